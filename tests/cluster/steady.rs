//! An unchanged schema costs fingerprints and nothing else: no full discovery, no write but the heartbeat.

use std::time::Duration;

use k8s_openapi::jiff::Timestamp;
use mcpschema_bed::{AuditFilter, wait_for};
use serde_json::json;

use crate::faults::scripted;
use crate::support::{Case, SOON};

#[tokio::test(flavor = "multi_thread")]
async fn three_quiet_intervals_cost_three_fingerprints_and_no_write() {
    let case = Case::new("steady").await;
    case.table("t", "id INT PRIMARY KEY").await;
    let server = scripted(&case).await;
    case.snapshot(&server.url(), json!({})).await;
    let status = case.published().await;
    let fingerprints = || server.queries().iter().filter(|sql| sql.contains("BIT_XOR")).count();
    // The first poll after publication has happened: everything from here on is steady state.
    let start = fingerprints();
    wait_for("a first poll", SOON, async || (fingerprints() > start).then_some(())).await.unwrap();
    let (since, queries, polls) = (Timestamp::now(), server.queries().len(), fingerprints());
    wait_for("three more polls", Duration::from_secs(90), async || (fingerprints() >= polls + 3).then_some(()))
        .await
        .unwrap();
    assert_eq!(server.queries().len() - queries, fingerprints() - polls, "a poll is one statement");

    let filter = AuditFilter { user_agent: Some("mcp-schema-operator/"), since: Some(since), ..AuditFilter::default() };
    let events = case.world.bed.control_plane.audit(&filter).unwrap();
    let ours: Vec<_> =
        events.iter().filter(|event| event.uri.contains(&case.namespace)).map(|e| (&e.verb, &e.uri)).collect();
    assert!(ours.is_empty(), "no request at all within five minutes of the last write: {ours:?}");
    assert_eq!(case.status().await.revision, status.revision);
}
