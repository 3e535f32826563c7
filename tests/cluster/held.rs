//! What looks like a lost grant is held: applications keep what they have until it comes back or a person approves.

use k8s_openapi::api::core::v1::ConfigMap;
use mcp_schema_operator::api::conditions::{ConditionType, find};
use mcp_schema_operator::api::{SchemaSnapshotStatus, annotations};
use serde_json::json;

use crate::support::Case;

async fn held(case: &Case) -> SchemaSnapshotStatus {
    let status = case.condition(ConditionType::Held, "True", "SuspectedPermissionLoss").await;
    for (kind, truth, reason) in [
        (ConditionType::Ready, "True", "Held"),
        (ConditionType::Published, "False", "SuspectedPermissionLoss"),
        (ConditionType::Fresh, "True", "WithinInterval"),
    ] {
        let condition = find(&status.conditions, kind).unwrap();
        assert_eq!((condition.status.as_str(), condition.reason.as_str()), (truth, reason));
    }
    status
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_database_is_held_and_comes_back() {
    let case = Case::new("dropped").await;
    case.table("t", "id INT PRIMARY KEY").await;
    case.snapshot(&case.world.bed.mcp.url(), json!({})).await;
    let published = case.published().await;
    let before = case.data("orders-schema").await;
    case.run(&format!("DROP DATABASE `{}`", case.database)).await;
    let status = held(&case).await;
    assert_eq!(status.revision, published.revision);
    assert_eq!(case.data("orders-schema").await, before);
    let message = Case::message(&status, ConditionType::Held);
    assert!(message.contains("published databases are gone: t_dropped"), "{message}");
    case.run(&format!("CREATE DATABASE `{}` CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci", case.database)).await;
    case.table("t", "id INT PRIMARY KEY").await;
    let back = case.condition(ConditionType::Held, "False", "Published").await;
    assert_eq!((back.content_hash, back.held), (published.content_hash, None));
    assert_eq!(case.data("orders-schema").await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mass_drop_waits_for_the_approval_of_exactly_that_content() {
    let case = Case::new("massdrop").await;
    for n in 1..=6 {
        case.table(&format!("t{n}"), "id INT PRIMARY KEY").await;
    }
    case.snapshot(&case.world.bed.mcp.url(), json!({})).await;
    case.published().await;
    let before = case.data("orders-schema").await;
    for n in 1..=4 {
        case.run(&format!("DROP TABLE `{}`.t{n}", case.database)).await;
    }
    case.annotate(annotations::REFRESH, "after the drops").await;
    let first = held(&case).await.held.unwrap().content_hash;
    // What was approved is no longer what the database has: the approval is void.
    case.run(&format!("ALTER TABLE `{}`.t5 ADD COLUMN late INT", case.database)).await;
    case.annotate(annotations::APPROVE, &first).await;
    let other = |status: &SchemaSnapshotStatus| status.held.as_ref().is_some_and(|held| held.content_hash != first);
    let status = case.until("another content held", other).await;
    assert_eq!(case.data("orders-schema").await, before, "nothing of it is visible");
    let message = Case::message(&status, ConditionType::Held);
    let approve = message.rsplit_once("mcpschema.io/approve=").unwrap().1.to_owned();
    assert!(message.contains("4 of the 6 published tables, views and sequences are gone"), "{message}");
    case.annotate(annotations::APPROVE, &approve).await;
    let status = case.condition(ConditionType::Held, "False", "Published").await;
    assert_eq!(status.counts.unwrap().tables, 2);
    assert_eq!((status.revision, status.last_handled_approval), (Some(approve.clone()), Some(approve)));
    assert_ne!(case.data("orders-schema").await, before);
    let index: ConfigMap = case.config_maps().get("orders-schema").await.unwrap();
    let account = &index.metadata.annotations.unwrap()[annotations::ACCOUNT];
    assert_eq!(account.len(), 16, "only a hash of the account is kept");
}
