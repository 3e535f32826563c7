//! Policies that enforce: what fails is not seen by applications before it passes, a person approves, or the policy goes.

use mcp_schema_operator::api::conditions::{ConditionType, find};
use mcp_schema_operator::api::{SchemaSnapshotStatus, annotations};
use mcpschema_bed::wait_for;
use serde_json::{Value, json};

use crate::policies::message;
use crate::support::{Case, SOON};

fn no_floats() -> Value {
    json!({"enforcement": "Enforce", "rules": [
        {"name": "no-floats", "scope": "Column", "expression": "column.type.base != 'float'", "message": "floats are not exact"}]})
}

async fn held(case: &Case, ready: &str) -> SchemaSnapshotStatus {
    let status = case.condition(ConditionType::Held, "True", "PolicyFailed").await;
    for (kind, truth, reason) in [
        (ConditionType::Ready, ready, "Held"),
        (ConditionType::Published, "False", "PolicyFailed"),
        (ConditionType::Fresh, "True", "WithinInterval"),
    ] {
        let condition = find(&status.conditions, kind).unwrap();
        assert_eq!((condition.status.as_str(), condition.reason.as_str()), (truth, reason));
    }
    let told = Case::message(&status, ConditionType::Held);
    for part in ["policy strict: 1 result fails", "no-floats: floats are not exact", "mcpschema.io/approve="] {
        assert!(told.contains(part), "{told}");
    }
    status
}

#[tokio::test(flavor = "multi_thread")]
async fn content_that_fails_is_held_until_it_passes_or_is_approved_or_the_policy_goes() {
    let case = Case::new("enforce").await;
    case.table("t", "id INT PRIMARY KEY").await;
    case.policy("strict", no_floats()).await;
    case.snapshot(&case.world.bed.mcp.url(), json!({})).await;
    case.published().await;
    case.compliant("strict").await;
    let before = case.data("orders-schema").await;
    let alter = async |what: &str| case.run(&format!("ALTER TABLE `{}`.t {what}", case.database)).await;

    alter("ADD COLUMN f FLOAT").await;
    held(&case, "True").await;
    assert_eq!(case.data("orders-schema").await, before, "applications see nothing of it");
    case.event("Held").await;
    // What is published still passes; that there is more is told.
    let look = async || {
        let told = case.compliant("strict").await;
        if told.evaluated[0].held { Ok(told) } else { Err("held is not told".to_owned()) }
    };
    let told = wait_for("held in the policy's status", SOON, look).await.unwrap();
    assert!(message(&told, ConditionType::Compliant).contains("Newer content of orders is held"));
    // The next content that passes releases it.
    alter("MODIFY COLUMN f DOUBLE").await;
    let passed = case.condition(ConditionType::Held, "False", "Published").await;
    assert_eq!(passed.held, None);
    let before = case.data("orders-schema").await;

    alter("ADD COLUMN g FLOAT").await;
    let waiting = held(&case, "True").await;
    assert_eq!(case.data("orders-schema").await, before);
    case.annotate(annotations::APPROVE, &waiting.held.unwrap().content_hash).await;
    let approved = case.condition(ConditionType::Held, "False", "Published").await;
    assert_ne!(case.data("orders-schema").await, before);
    assert_eq!(approved.revisions[0].approval.as_ref().unwrap().by, "Annotation");
    // Approved for this once: the policy goes on telling that it is not as it should be, and holds what comes next.
    case.not_compliant("strict").await;

    alter("ADD COLUMN h INT").await;
    case.condition(ConditionType::Held, "True", "PolicyFailed").await;
    case.drop_policy("strict").await;
    let free = case.condition(ConditionType::Held, "False", "Published").await;
    assert_eq!(free.held, None);
    assert!(case.json("t").await["columns"].as_array().unwrap().iter().any(|column| column["name"] == "h"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_about_changes_holds_the_change_and_not_what_comes_with_it_later() {
    let case = Case::new("enforcechange").await;
    case.table("t", "id INT PRIMARY KEY, a INT, b INT").await;
    let rule = json!({"enforcement": "Enforce", "rules": [{"name": "no-floats", "scope": "Change",
        "expression": "change.kind != 'column_dropped'", "message": "floats are not exact"}]});
    case.policy("strict", rule).await;
    case.snapshot(&case.world.bed.mcp.url(), json!({})).await;
    let first = case.published().await;
    case.run(&format!("ALTER TABLE `{}`.t DROP COLUMN a", case.database)).await;
    held(&case, "True").await;
    // Put back in its place, nothing has changed.
    case.run(&format!("ALTER TABLE `{}`.t ADD COLUMN a INT AFTER id", case.database)).await;
    let back = case.condition(ConditionType::Held, "False", "Published").await;
    assert_eq!(back.revision, first.revision);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_publication_that_fails_publishes_nothing() {
    let case = Case::new("enforcefirst").await;
    case.table("t", "id INT PRIMARY KEY, f FLOAT").await;
    case.policy("strict", no_floats()).await;
    case.snapshot(&case.world.bed.mcp.url(), json!({})).await;
    let status = held(&case, "False").await;
    assert_eq!((status.revision.as_ref(), status.outputs.len()), (None, 0));
    assert!(Case::message(&status, ConditionType::Held).contains("applications see nothing yet"));
    assert!(case.config_maps().get_opt("orders-schema").await.unwrap().is_none());
    let nothing = case.not_judged("strict").await;
    assert!(nothing.evaluated[0].compliant.is_none());
    // A policy that only audits lets it through.
    let mut audit = no_floats();
    audit["enforcement"] = json!("Audit");
    case.policy("strict", audit).await;
    case.published().await;
    case.not_compliant("strict").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_that_cannot_judge_holds_for_a_while_and_says_until_when() {
    let case = Case::new("enforceunclear").await;
    case.table("t", "id INT PRIMARY KEY").await;
    let rows = json!({"enforcement": "Enforce", "data": [{"table": format!("{}.t", case.database),
        "rowsFrom": {"configMapKeyRef": {"name": "fixtures", "key": "rows.ndjson"}}}]});
    case.policy("unclear", rows).await;
    case.snapshot(&case.world.bed.mcp.url(), json!({})).await;
    let status = case.condition(ConditionType::Held, "True", "PolicyNotJudged").await;
    let told = Case::message(&status, ConditionType::Held);
    assert!(told.contains("there is no ConfigMap fixtures") && told.contains("it is published at "), "{told}");
    assert_eq!(status.revision, None);
    // Once it can be judged it is, without waiting for anybody.
    case.rows("fixtures", "{\"id\": 1}").await;
    case.published().await;
    case.compliant("unclear").await;
}
