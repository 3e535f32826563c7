//! Two operators share a cluster: each serves the snapshots of its class, namespaces and labels, and no other.

use mcp_schema_operator::api::SchemaSnapshot;
use mcpschema_bed::wait_for;
use serde_json::json;

use kube::api::{Api, Patch, PatchParams};

use crate::release::{Release, Replica, SHORT_LEASE};
use crate::support::{Case, SOON};

/// Waits until a snapshot is published.
async fn published(snapshots: &Api<SchemaSnapshot>, name: &str) {
    let look = async || {
        let status = snapshots.get(name).await.ok().and_then(|snapshot| snapshot.status).unwrap_or_default();
        status.revision.ok_or("no revision")
    };
    wait_for(&format!("{name} to be published"), SOON, look).await.unwrap();
}

/// Names of the snapshots and ConfigMaps a replica has written to; revisions, which are named by their hash, left out.
fn touched(replica: &Replica<'_>) -> Vec<String> {
    let about = |resource: &str| matches!(resource, "schemasnapshots" | "configmaps");
    let objects = replica.writes(None).into_iter().filter_map(|event| event.object_ref);
    let mut names: Vec<String> = objects.filter(|o| about(&o.resource)).map(|o| o.name).collect();
    let hash = |end: &str| end.len() == 12 && end.bytes().all(|b| b.is_ascii_hexdigit());
    names.retain(|name| !name.rsplit_once('-').is_some_and(|(_, end)| hash(end)));
    names.sort();
    names.dedup();
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn each_class_is_served_by_its_own_operator_and_a_label_moves_a_snapshot() {
    let case = Case::new("classes").await;
    case.table("t", "id INT PRIMARY KEY").await;
    let (red, blue) =
        (Release::install(&case, "red", &[&case.namespace]), Release::install(&case, "blue", &[&case.namespace]));
    // Both lead: their leases are not the same.
    let (red_replica, blue_replica) = (red.replica("a", &SHORT_LEASE).await, blue.replica("a", &SHORT_LEASE).await);
    red_replica.leads(true).await;
    blue_replica.leads(true).await;
    let url = case.world.bed.mcp.url();
    red.snapshot("of-red", &url).await;
    blue.snapshot("of-blue", &url).await;
    case.snapshot(&url, json!({})).await;
    let snapshots = case.snapshots();
    for name in ["of-red", "of-blue", "orders"] {
        published(&snapshots, name).await;
    }
    assert_eq!(touched(&red_replica), ["of-red", "of-red-schema"]);
    assert_eq!(touched(&blue_replica), ["of-blue", "of-blue-schema"]);
    let config_map = case.config_maps().get("of-red-schema").await.unwrap();
    assert_eq!(config_map.metadata.labels.as_ref().unwrap()["mcpschema.io/instance"], "red");

    // The new operator takes the ConfigMap over as it is: the label changes, data and identity do not.
    let label = Patch::Merge(json!({"metadata": {"labels": {"mcpschema.io/instance": "blue"}}}));
    snapshots.patch("of-red", &PatchParams::default(), &label).await.unwrap();
    let look = async || {
        let now = case.config_maps().get("of-red-schema").await.map_err(|error| error.to_string())?;
        let class = now.metadata.labels.clone().unwrap_or_default().remove("mcpschema.io/instance");
        if class.as_deref() == Some("blue") { Ok(now) } else { Err(format!("{class:?}")) }
    };
    let moved =
        wait_for("blue to take it over", SOON, look).await.unwrap_or_else(|e| panic!("{e}\n{}", blue_replica.log()));
    assert_eq!((&moved.data, &moved.metadata.uid), (&config_map.data, &config_map.metadata.uid));
    assert_eq!(touched(&red_replica), ["of-red", "of-red-schema"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_namespaces_and_a_selector_limit_what_is_served() {
    let (case, other, outside) = (Case::new("lista").await, Case::new("listb").await, Case::new("listc").await);
    let mut release = Release::install(&case, "listed", &[&case.namespace, &other.namespace]);
    // A namespace that went, and its Role with it, holds up none of the others.
    release.served.push_str(",t-gone");
    let mut args = vec!["--selector", "team in (shop, billing)"];
    args.extend(SHORT_LEASE);
    let url = case.world.bed.mcp.url();
    for place in [&case, &other, &outside] {
        place.table("t", "id INT PRIMARY KEY").await;
        for (name, team) in [("orders", "shop"), ("left-out", "test")] {
            let labels = json!({"mcpschema.io/instance": "listed", "team": team});
            place.labelled_snapshot(name, &url, json!({}), labels).await;
        }
    }
    let replica = release.replica("a", &args).await;
    replica.leads(true).await;
    for place in [&case, &other] {
        published(&place.snapshots(), "orders").await;
        // A hand edit is seen and repaired in each of them.
        place.config_maps().delete("orders-schema", &Default::default()).await.unwrap();
        let look = async || place.config_maps().get("orders-schema").await;
        wait_for("the ConfigMap again", SOON, look).await.unwrap_or_else(|e| panic!("{e}\n{}", replica.log()));
    }
    assert_eq!(touched(&replica), ["orders", "orders-schema"]);
    assert!(outside.snapshots().get("orders").await.unwrap().status.unwrap_or_default().revision.is_none());
    let metrics = replica.process.metrics().await.unwrap();
    assert_eq!(metrics.matches("mcp_schema_snapshot_info{").count(), 2, "{metrics}");
}
