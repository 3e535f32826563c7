//! Rows of the table of conditions that no other file here is about: conditions, bytes of the ConfigMap, metric and Event.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use kube::api::{Patch, PatchParams};
use mcp_schema_operator::api::SchemaSnapshotStatus;
use mcp_schema_operator::api::conditions::{ConditionType, find};
use mcpschema_bed::wait_for;
use serde_json::{Value, json};

use crate::leader::gated;
use crate::manager::watching;
use crate::server::{Mode, Server};
use crate::support::{Case, SOON};

/// Status and reason of each condition, as in `True Published`.
fn words(status: &SchemaSnapshotStatus, kinds: &[ConditionType]) -> Vec<String> {
    let word = |kind: &ConditionType| {
        find(&status.conditions, *kind).map_or("-".to_owned(), |c| format!("{} {}", c.status, c.reason))
    };
    kinds.iter().map(word).collect()
}

const MAIN: [ConditionType; 4] =
    [ConditionType::Ready, ConditionType::Reconciling, ConditionType::Stalled, ConditionType::Published];

/// Waits until the metric of a condition has that value.
async fn metric(case: &Case, condition: &str, value: i8) {
    let line = format!(
        "mcp_schema_snapshot_condition{{condition=\"{condition}\",name=\"orders\",namespace=\"{}\"}} {value}\n",
        case.namespace
    );
    let look = async || {
        let text = case.world.operator.metrics().await.map_err(|error| error.to_string())?;
        let mine =
            || text.lines().filter(|l| l.contains(&case.namespace) && l.contains("condition")).collect::<Vec<_>>();
        if text.contains(&line) { Ok(()) } else { Err(format!("{:?}", mine())) }
    };
    wait_for(&line, SOON, look).await.unwrap_or_else(|error| panic!("{error}"));
}

async fn patch(case: &Case, spec: Value) {
    let patch = json!({"spec": spec});
    case.snapshots().patch("orders", &PatchParams::default(), &Patch::Merge(&patch)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_look_that_takes_its_time_is_discovering() {
    let case = Case::new("discovering").await;
    case.table("t", "id INT PRIMARY KEY").await;
    let (server, gate, waiting) = gated(&case).await;
    gate.send_replace(false);
    case.snapshot(&server.url(), json!({})).await;
    wait_for("a look under way", SOON, async || (waiting.load(Ordering::SeqCst) > 0).then_some(())).await.unwrap();
    let status = case.status().await;
    let want = ["Unknown Discovering", "True Discovering", "False Discovering", "False Discovering"];
    assert_eq!(words(&status, &MAIN), want);
    assert_eq!((status.content_hash, status.last_refresh_time), (None, None));
    metric(&case, "Ready", -1).await;
    assert!(
        case.config_maps().get_opt("orders-schema").await.unwrap().is_none(),
        "nothing is written before it is known"
    );
    gate.send_replace(true);
    case.published().await;
    metric(&case, "Ready", 1).await;
    case.event("Published").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_suspended_is_left_as_it_is_and_asks_nobody() {
    let case = Case::new("suspended").await;
    case.table("t", "id INT PRIMARY KEY").await;
    let (server, log) = watching(&case).await;
    case.snapshot(&server.url(), json!({})).await;
    case.published().await;
    let bytes = case.data("orders-schema").await;
    patch(&case, json!({"suspend": true})).await;
    let status = case.condition(ConditionType::Ready, "True", "Suspended").await;
    assert_eq!(words(&status, &MAIN[1..3]), ["False Suspended", "False Suspended"]);
    case.event("Suspended").await;
    case.run(&format!("ALTER TABLE `{}`.t ADD COLUMN late INT", case.database)).await;
    let asked = log.lock().unwrap().len();
    case.annotate("mcpschema.io/refresh", "now").await;
    // Longer than the interval.
    tokio::time::sleep(std::time::Duration::from_secs(12)).await;
    let asked_since = log.lock().unwrap().len() - asked;
    assert_eq!((asked_since, case.data("orders-schema").await), (0, bytes));
    metric(&case, "Ready", 1).await;
    patch(&case, json!({"suspend": false})).await;
    let status = case.changed(&status).await;
    assert_eq!(words(&status, &MAIN[..1]), ["True Published"]);
    assert_eq!(status.last_handled_refresh.as_deref(), Some("now"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_newer_operator_wrote_is_not_touched() {
    let case = Case::new("newer").await;
    case.table("t", "id INT PRIMARY KEY").await;
    case.snapshot(&case.world.bed.mcp.url(), json!({})).await;
    case.published().await;
    let edit = json!({"data": {"index.json": "{\"format\":99,\"modelVersion\":1,\"other\":{}}"}});
    case.config_maps().patch("orders-schema", &PatchParams::default(), &Patch::Merge(&edit)).await.unwrap();
    let edited = case.config_maps().get("orders-schema").await.unwrap();
    let status = case.condition(ConditionType::Ready, "False", "NewerFormat").await;
    assert_eq!(words(&status, &MAIN[1..3]), ["False NewerFormat", "True NewerFormat"]);
    let message = Case::message(&status, ConditionType::Ready);
    assert!(message.contains("orders-schema") && message.contains("format 99"), "{message}");
    metric(&case, "Ready", 0).await;
    metric(&case, "Stalled", 1).await;
    case.event("NewerFormat").await;
    let now = case.config_maps().get("orders-schema").await.unwrap();
    assert_eq!((now.metadata.resource_version, now.data), (edited.metadata.resource_version, edited.data));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_fit_is_not_published_and_the_old_stays() {
    let case = Case::new("toolarge").await;
    case.table("t", "id INT PRIMARY KEY").await;
    case.snapshot(&case.world.bed.mcp.url(), json!({"output": {"shards": 1}})).await;
    let before = case.published().await;
    let bytes: BTreeMap<String, String> = case.data("orders-schema").await;
    // 25 tables of 40 columns with comments of a kilobyte are more than 800 KiB.
    for table in 0..25 {
        let column = |n: usize| format!("c{n} INT COMMENT '{}'", format!("{table:03} {n:03} ").repeat(125));
        case.table(&format!("wide{table}"), &(0..40).map(column).collect::<Vec<_>>().join(", ")).await;
    }
    let status = case.condition(ConditionType::Ready, "False", "OutputTooLarge").await;
    assert_eq!(words(&status, &MAIN[1..]), ["False OutputTooLarge", "True OutputTooLarge", "False OutputTooLarge"]);
    let message = Case::message(&status, ConditionType::Ready);
    assert!(message.contains("output.shards"), "says what to do: {message}");
    assert_eq!((case.data("orders-schema").await, status.content_hash), (bytes, before.content_hash));
    metric(&case, "Published", 0).await;
    case.event("OutputTooLarge").await;
    // The way out that the message names.
    patch(&case, json!({"output": {"shards": 4}})).await;
    let status = case.published().await;
    assert_ne!(status.revision, before.revision);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_sql_tools_are_told_and_neither_is_tried() {
    let case = Case::new("twotools").await;
    let server = Server::empty().await;
    server.set(Mode::TwoSqlTools);
    case.snapshot(&server.url(), json!({})).await;
    let status = case.condition(ConditionType::Ready, "False", "AmbiguousTools").await;
    assert_eq!(words(&status, &MAIN[1..3]), ["False AmbiguousTools", "True AmbiguousTools"]);
    let message = Case::message(&status, ConditionType::Ready);
    assert!(message.contains("2 SQL tools") && message.contains("dialect"), "says what to set: {message}");
    metric(&case, "Ready", 0).await;
    case.event("AmbiguousTools").await;
    assert!(server.queries().is_empty(), "neither is called");
    assert!(case.config_maps().get_opt("orders-schema").await.unwrap().is_none());
}
