//! The operator's verdict is that of `check`: the example policies over the demo schema, result by result, as the report
//! object has them.

use std::process::Command;
use std::time::Duration;

use kube::api::{Api, Patch, PatchParams};
use kube::core::{ApiResource, DynamicObject, GroupVersionKind};
use mcp_schema_operator::api::SchemaValidationPolicy;
use mcpschema_bed::wait_for;
use serde_json::{Value, json};

use crate::reports::installed;
use crate::support::Case;

/// The operator asks once a minute which kinds of report there are.
const NOTICED: Duration = Duration::from_secs(180);

async fn report(case: &Case, policy: &str, generation: i64) -> Value {
    let gvk = GroupVersionKind::gvk("openreports.io", "v1alpha1", "Report");
    let api: Api<DynamicObject> =
        Api::namespaced_with(case.client.clone(), &case.namespace, &ApiResource::from_gvk_with_plural(&gvk, "reports"));
    let look = async || {
        let now = case.policies().get(policy).await.unwrap();
        let status = now.status.clone().unwrap_or_default();
        let ready = status.conditions.iter().find(|c| c.type_ == "Ready").cloned();
        let told = ready.as_ref().is_some_and(|c| c.status == "True" && c.observed_generation == Some(generation));
        match api.get_opt(&format!("schema-policy-{policy}")).await.unwrap() {
            Some(found) if told => Ok(serde_json::to_value(found).unwrap()),
            _ => Err(format!("{ready:?}")),
        }
    };
    wait_for(&format!("the report of {policy}"), NOTICED, look)
        .await
        .unwrap_or_else(|error| panic!("{error}\n{}", case.log()))
}

/// A result without the time it was found, and without what only a cluster has.
fn plain(result: &Value) -> Value {
    let mut plain = result.clone();
    let fields = plain.as_object_mut().unwrap();
    fields.remove("timestamp");
    let about = fields.remove("resources").or_else(|| fields.remove("subjects"));
    assert_eq!(about.unwrap()[0]["name"], "orders");
    assert_eq!(fields["properties"].as_object_mut().unwrap().remove("snapshot"), Some(json!("orders")));
    plain
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_and_check_give_the_same_report() {
    installed().await;
    let case = Case::new("verdicts").await;
    case.sql.execute_script(include_str!("../../examples/demo/shop.sql")).await.unwrap();
    let url = case.world.bed.mcp.url();
    case.snapshot(&url, json!({"databases": {"include": ["shop"]}})).await;
    case.published().await;
    let folder = tempfile::tempdir().unwrap();
    let schema = folder.path().join("shop.json");
    let found = Command::new(env!("CARGO_BIN_EXE_mcp-schema-operator"))
        .args(["discover", "--url", &url, "--database", "shop"])
        .output()
        .unwrap();
    assert!(found.status.success(), "{}", String::from_utf8_lossy(&found.stderr));
    std::fs::write(&schema, &found.stdout).unwrap();
    for (name, exit) in [("shop", 0), ("shop-broken", 1)] {
        let file = format!("{}/examples/policy-{name}.yaml", env!("CARGO_MANIFEST_DIR"));
        let checked = Command::new(env!("CARGO_BIN_EXE_mcp-schema-operator"))
            .args(["check", "--format", "json", "--schema", schema.to_str().unwrap(), &file])
            .output()
            .unwrap();
        assert_eq!(checked.status.code(), Some(exit), "{}", String::from_utf8_lossy(&checked.stderr));
        let checked: Value = serde_json::from_slice(&checked.stdout).unwrap();
        let generation = apply(&case, &file).await;
        let report = report(&case, name, generation).await;
        assert_eq!(report["summary"], checked["summary"], "{name}");
        let results: Vec<Value> = report["results"].as_array().unwrap().iter().map(plain).collect();
        let (have, want) = (json!(results), &checked["results"]);
        assert_eq!(serde_json::to_string(&have).unwrap(), serde_json::to_string(want).unwrap(), "{name}");
        assert!(!results.is_empty());
        let status = case.policies().get(name).await.unwrap().status.unwrap();
        let told: Vec<_> = status.results.iter().map(|r| json!([r.rule, r.result, r.message])).collect();
        let wrong: Vec<_> = results
            .iter()
            .filter(|r| !["pass", "skip"].contains(&r["result"].as_str().unwrap()))
            .map(|r| json!([r["rule"], r["result"], r["message"]]))
            .take(50)
            .collect();
        assert_eq!(told, wrong, "{name}: the status lists the worst of them");
    }
    // The report goes with its policy.
    case.drop_policy("shop").await;
}

/// Applies every document of an example as a user would; the generation of the policy in it.
async fn apply(case: &Case, file: &str) -> i64 {
    let text = std::fs::read_to_string(file).unwrap();
    let params = PatchParams::apply("test").force();
    let mut generation = 0;
    for document in serde_saphyr::from_multiple::<Value>(&text).unwrap() {
        let name = document["metadata"]["name"].as_str().unwrap().to_owned();
        if document["kind"] == "ConfigMap" {
            case.config_maps().patch(&name, &params, &Patch::Apply(&document)).await.unwrap();
        } else {
            let policies: Api<SchemaValidationPolicy> = case.policies();
            generation =
                policies.patch(&name, &params, &Patch::Apply(&document)).await.unwrap().metadata.generation.unwrap();
        }
    }
    generation
}
