//! ConfigMaps edited or deleted by hand are put back; those of others are left alone.

use k8s_openapi::api::core::v1::ConfigMap;
use kube::ResourceExt;
use kube::api::{DeleteParams, Patch, PatchParams, PostParams};
use mcp_schema_operator::api::conditions::{ConditionType, find};
use mcpschema_bed::wait_for;
use serde_json::json;

use crate::support::{Case, SOON};

#[tokio::test(flavor = "multi_thread")]
async fn a_hand_edit_and_a_delete_are_repaired() {
    let case = Case::new("repair").await;
    case.table("t", "id INT PRIMARY KEY").await;
    case.snapshot(&case.world.bed.mcp.url(), json!({})).await;
    case.published().await;
    let good = case.data("orders-schema").await;
    let is_good = async || (case.config_maps().get_opt("orders-schema").await.unwrap()?.data? == good).then_some(());

    let edit = json!({"data": {"index.json": "broken by hand", "stranger": "x"}});
    case.config_maps().patch("orders-schema", &PatchParams::default(), &Patch::Merge(&edit)).await.unwrap();
    wait_for("the edit to be undone, the stranger's key with it", SOON, is_good).await.unwrap();

    case.config_maps().delete("orders-schema", &DeleteParams::default()).await.unwrap();
    wait_for("the ConfigMap to be back", SOON, is_good).await.unwrap();
    case.published().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn someone_elses_config_map_is_never_touched() {
    let case = Case::new("theirs").await;
    case.table("t", "id INT PRIMARY KEY").await;
    let theirs: ConfigMap =
        serde_json::from_value(json!({"metadata": {"name": "orders-schema"}, "data": {"precious": "yes"}})).unwrap();
    let theirs = case.config_maps().create(&PostParams::default(), &theirs).await.unwrap();
    case.snapshot(&case.world.bed.mcp.url(), json!({})).await;
    let status = case.condition(ConditionType::Ready, "False", "OutputConflict").await;
    assert_eq!(find(&status.conditions, ConditionType::Stalled).unwrap().status, "True");
    let message = Case::message(&status, ConditionType::Ready);
    assert!(message.contains("orders-schema") && message.contains("kubectl annotate"), "{message}");
    let now = case.config_maps().get("orders-schema").await.unwrap();
    assert_eq!((now.resource_version(), &now.data), (theirs.resource_version(), &theirs.data));
    // Out of the way and asked again, as the message says, it is published.
    case.config_maps().delete("orders-schema", &DeleteParams::default()).await.unwrap();
    let ask = json!({"metadata": {"annotations": {"mcpschema.io/refresh": "now"}}});
    case.snapshots().patch("orders", &PatchParams::default(), &Patch::Merge(&ask)).await.unwrap();
    let status = case.published().await;
    assert_eq!(status.last_handled_refresh.as_deref(), Some("now"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_config_map_goes_with_the_snapshot() {
    let case = Case::new("collected").await;
    case.table("t", "id INT PRIMARY KEY").await;
    case.snapshot(&case.world.bed.mcp.url(), json!({"output": {"labels": {"team": "a"}, "annotations": {"x": "y"}}}))
        .await;
    case.published().await;
    let config_map = case.config_maps().get("orders-schema").await.unwrap();
    assert_eq!(config_map.labels().get("team").map(String::as_str), Some("a"));
    assert_eq!(config_map.annotations().get("x").map(String::as_str), Some("y"));
    assert_eq!(config_map.labels().get("mcpschema.io/snapshot").map(String::as_str), Some("orders"));
    case.snapshots().delete("orders", &DeleteParams::default()).await.unwrap();
    let gone = async || case.config_maps().get_opt("orders-schema").await.unwrap().is_none().then_some(());
    wait_for("the garbage collector", SOON, gone).await.unwrap();
}
