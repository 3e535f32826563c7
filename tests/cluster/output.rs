//! `spec.output` changes under a published snapshot: labels, annotations and the number of shards, on a real API server.

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::api::core::v1::ConfigMap;
use kube::ResourceExt;
use kube::api::{ListParams, Patch, PatchParams};
use mcpschema_bed::wait_for;
use serde_json::{Value, json};

use crate::support::{Case, SOON};

async fn index(case: &Case) -> ConfigMap {
    case.config_maps().get("orders-schema").await.unwrap()
}

/// Waits until the index ConfigMap says `label` and `annotation` of the spec, or neither.
async fn says(case: &Case, label: Option<&str>, annotation: Option<&str>) -> ConfigMap {
    let look = async || {
        let now = index(case).await;
        let found = (now.labels().get("team").cloned(), now.annotations().get("reload").cloned());
        if (found.0.as_deref(), found.1.as_deref()) == (label, annotation) {
            Ok(now)
        } else {
            Err(format!("{found:?}"))
        }
    };
    let what = format!("label {label:?} and annotation {annotation:?}");
    wait_for(&what, SOON, look).await.unwrap_or_else(|error| panic!("{error}"))
}

/// Time of the last write of `data` by server-side apply, which a patch of metadata alone does not move.
fn data_written(config_map: &ConfigMap) -> Value {
    let of_data = config_map.managed_fields().iter().filter(|m| m.operation.as_deref() == Some("Apply"));
    json!(of_data.map(|m| (&m.manager, &m.time)).collect::<Vec<_>>())
}

#[tokio::test(flavor = "multi_thread")]
async fn labels_and_annotations_come_and_go_with_the_spec_and_leave_data_and_others_alone() {
    let case = Case::new("labels").await;
    case.table("t", "id INT PRIMARY KEY").await;
    let url = case.world.bed.mcp.url();
    case.snapshot(&url, json!({})).await;
    case.published().await;
    let theirs = json!({"metadata": {"labels": {"theirs": "x"}, "annotations": {"theirs": "y"}}});
    case.config_maps().patch("orders-schema", &PatchParams::default(), &Patch::Merge(&theirs)).await.unwrap();
    let before = index(&case).await;

    let both = |value: &str| json!({"output": {"labels": {"team": value}, "annotations": {"reload": value}}});
    case.snapshot(&url, both("a")).await;
    says(&case, Some("a"), Some("a")).await;
    case.snapshot(&url, both("b")).await;
    let changed = says(&case, Some("b"), Some("b")).await;
    case.snapshot(&url, json!({})).await;
    let gone = says(&case, None, None).await;
    for now in [&changed, &gone] {
        assert_eq!(now.data, before.data);
        assert_eq!(now.labels().get("theirs").map(String::as_str), Some("x"));
        assert_eq!(now.annotations().get("theirs").map(String::as_str), Some("y"));
        assert_eq!(data_written(now), data_written(&changed), "labels are patched alone");
    }

    // A label that a patch has set goes with the spec even when the content changes in the same write.
    case.snapshot(&url, both("c")).await;
    says(&case, Some("c"), Some("c")).await;
    case.table("u", "id INT PRIMARY KEY").await;
    case.snapshot(&url, json!({})).await;
    let now = says(&case, None, None).await;
    let look =
        async || case.data("orders-schema").await.contains_key(&format!("{}.u.json", case.database)).then_some(());
    wait_for("the new table", SOON, look).await.unwrap();
    assert_eq!(now.annotations().get("theirs").map(String::as_str), Some("y"));
}

/// Every table's text by name, found the way an application does, or what is wrong with the set.
async fn read(case: &Case) -> Result<BTreeMap<String, String>, String> {
    let list = case.config_maps().list(&ListParams::default().labels("mcpschema.io/snapshot=orders")).await.unwrap();
    let all: BTreeMap<String, BTreeMap<String, String>> =
        list.into_iter().map(|c| (c.name_any(), c.data.unwrap_or_default())).collect();
    let index: Value = serde_json::from_str(&all["orders-schema"]["index.json"]).unwrap();
    let mut tables = BTreeMap::new();
    for entry in index["databases"][0]["tables"].as_array().unwrap() {
        let [config_map, key] = [&entry["configMap"], &entry["keys"]["json"]].map(|v| v.as_str().unwrap());
        let text = all.get(config_map).and_then(|data| data.get(key)).ok_or(format!("{config_map} lacks {key}"))?;
        tables.insert(entry["name"].as_str().unwrap().to_owned(), text.clone());
    }
    Ok(tables)
}

#[tokio::test(flavor = "multi_thread")]
async fn another_number_of_shards_moves_every_table_and_deletes_what_is_left_over() {
    let case = Case::new("shards").await;
    for name in ["a", "b", "c", "d"] {
        case.table(name, "id INT PRIMARY KEY").await;
    }
    let url = case.world.bed.mcp.url();
    case.snapshot(&url, json!({"output": {"shards": 1}})).await;
    case.published().await;
    let tables = read(&case).await.unwrap();
    assert_eq!(tables.len(), 4);
    for shards in [3, 2, 1] {
        case.snapshot(&url, json!({"output": {"shards": shards}})).await;
        let want: BTreeSet<String> = match shards {
            1 => ["orders-schema".to_owned()].into(),
            n => (1..=n).map(|n| format!("orders-schema-{n}")).chain(["orders-schema".to_owned()]).collect(),
        };
        let look = async || {
            let ours = ListParams::default().labels("mcpschema.io/snapshot=orders,mcpschema.io/role!=revision");
            let names: BTreeSet<String> =
                case.config_maps().list(&ours).await.unwrap().iter().map(ResourceExt::name_any).collect();
            let (now, status) = (read(&case).await?, case.status().await);
            if names == want && now == tables && status.shards == Some(shards) {
                Ok(())
            } else {
                Err(format!("{names:?}, {} tables, status.shards {:?}", now.len(), status.shards))
            }
        };
        wait_for(&format!("{shards} shards"), SOON, look).await.unwrap_or_else(|error| panic!("{error}"));
    }
}
