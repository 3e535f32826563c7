//! The operator's verdict is that of `check`: the example policies over the demo schema, result by result, as the report
//! object has them.

use std::path::Path;
use std::process::Command;

use kube::api::{Patch, PatchParams};
use mcp_schema_operator::api::conditions::ConditionType;
use serde_json::{Value, json};

use crate::reports::installed;
use crate::support::Case;

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

/// The verdict of the operator on a policy of the snapshot `orders` is that of `check` on the same schema.
pub(crate) async fn agree(case: &Case, name: &str, file: &str, schema: &Path) {
    let checked = Command::new(env!("CARGO_BIN_EXE_mcp-schema-operator"))
        .args(["check", "--format", "json", "--schema", schema.to_str().unwrap(), file])
        .output()
        .unwrap();
    let problem = String::from_utf8_lossy(&checked.stderr);
    let checked: Value = serde_json::from_slice(&checked.stdout).unwrap_or_else(|_| panic!("{problem}"));
    apply(case, file).await;
    let status = case.verdict(name, ConditionType::Ready, "True", "Evaluated").await;
    let compliant = status.conditions.iter().find(|c| c.type_ == "Compliant").unwrap();
    assert_eq!(json!(compliant.status), checked["compliant"], "{name}: {}", compliant.message);
    let report = case.report_of(name).await;
    assert_eq!(report["summary"], checked["summary"], "{name}");
    let results: Vec<Value> = report["results"].as_array().unwrap().iter().map(plain).collect();
    let (have, want) = (json!(results), &checked["results"]);
    assert_eq!(serde_json::to_string(&have).unwrap(), serde_json::to_string(want).unwrap(), "{name}");
    assert!(!results.is_empty());
    let told: Vec<_> = status.results.iter().map(|r| json!([r.rule, r.result, r.message])).collect();
    let wrong = results.iter().filter(|r| !["pass", "skip"].contains(&r["result"].as_str().unwrap()));
    let wrong: Vec<_> = wrong.map(|r| json!([r["rule"], r["result"], r["message"]])).take(50).collect();
    assert_eq!(told, wrong, "{name}: the status lists the worst of them");
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
    for name in ["shop", "shop-broken"] {
        agree(&case, name, &format!("{}/examples/policy-{name}.yaml", env!("CARGO_MANIFEST_DIR")), &schema).await;
    }
}

/// Applies every document of an example as a user would.
async fn apply(case: &Case, file: &str) {
    let text = std::fs::read_to_string(file).unwrap();
    let params = PatchParams::apply("test").force();
    for document in serde_saphyr::from_multiple::<Value>(&text).unwrap() {
        let name = document["metadata"]["name"].as_str().unwrap().to_owned();
        if document["kind"] == "ConfigMap" {
            case.config_maps().patch(&name, &params, &Patch::Apply(&document)).await.unwrap();
        } else {
            case.policies().patch(&name, &params, &Patch::Apply(&document)).await.unwrap();
        }
    }
}
