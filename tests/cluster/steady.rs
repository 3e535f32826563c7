//! An unchanged schema costs fingerprints and nothing else: no full discovery, no write but the heartbeat. A changed
//! database costs its own pages and no other's.

use std::collections::BTreeSet;
use std::time::Duration;

use k8s_openapi::jiff::Timestamp;
use kube::api::{Patch, PatchParams};
use mcpschema_bed::{AuditFilter, wait_for};
use serde_json::json;

use crate::faults::scripted;
use crate::support::{Case, SOON};

/// The operator's requests about a case: verb and path.
fn ours(case: &Case, since: Timestamp) -> Vec<(String, String)> {
    let filter = AuditFilter { user_agent: Some("mcp-schema-operator/"), since: Some(since), ..AuditFilter::default() };
    let events = case.world.bed.control_plane.audit(&filter).unwrap();
    let about = events.into_iter().filter(|event| event.uri.contains(&format!("/{}/", case.namespace)));
    about.map(|event| (event.verb, event.uri)).collect()
}

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

    let ours = ours(&case, since);
    assert!(ours.is_empty(), "no request at all within five minutes of the last write: {ours:?}");
    assert_eq!(case.status().await.revision, status.revision);
}

/// Names of the databases whose lists the statements ask for.
fn read_of(case: &Case, queries: &[String]) -> BTreeSet<String> {
    let pages = queries.iter().filter(|sql| sql.contains("LIMIT") && !sql.contains("SCHEMATA"));
    let names = (0..10).map(|number| format!("{}_{number}", case.database)).collect::<Vec<_>>();
    pages.filter_map(|sql| names.iter().find(|name| sql.contains(&format!("'{name}'"))).cloned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_databases_are_polled_in_one_call_and_only_the_changed_one_is_read_again() {
    let case = Case::new("ten").await;
    let names: Vec<String> = (0..10).map(|number| format!("{}_{number}", case.database)).collect();
    for name in &names {
        case.run(&format!("CREATE DATABASE {name}")).await;
        for table in 0..3 {
            case.run(&format!("CREATE TABLE {name}.t{table} (id INT PRIMARY KEY, v VARCHAR(20))")).await;
        }
    }
    let server = scripted(&case).await;
    case.snapshot(&server.url(), json!({"databases": {"include": names}})).await;
    let before = case.published().await;
    assert_eq!(read_of(&case, &server.queries()).len(), 10);
    let polls = |from: usize| server.queries()[from..].iter().filter(|sql| sql.contains("UNION ALL")).count();
    // The first poll after publication has happened: everything from here on is steady state.
    let start = server.queries().len();
    wait_for("a first poll", SOON, async || (polls(start) > 0).then_some(())).await.unwrap();
    let (since, start) = (Timestamp::now(), server.queries().len());
    wait_for("two more polls", Duration::from_secs(60), async || (polls(start) >= 2).then_some(())).await.unwrap();
    let queries = server.queries();
    assert!(
        queries[start..].iter().all(|sql| names.iter().all(|name| sql.contains(name))),
        "one call asks for all ten"
    );
    assert!(ours(&case, since).is_empty(), "{:?}", ours(&case, since));

    let start = server.queries().len();
    case.run(&format!("ALTER TABLE {}.t1 ADD COLUMN more INT NOT NULL DEFAULT 7", names[4])).await;
    let after = case.changed(&before).await;
    assert_eq!(read_of(&case, &server.queries()[start..]), BTreeSet::from([names[4].clone()]));
    assert_eq!(after.last_full_discovery_time, before.last_full_discovery_time, "nine were not read");
    assert_eq!(after.counts.as_ref().map(|counts| (counts.databases, counts.columns)), Some((10, 61)));

    // Reading everything finds the very same schema.
    let start = server.queries().len();
    let patch = json!({"metadata": {"annotations": {"mcpschema.io/refresh": "now"}}});
    case.snapshots().patch("orders", &PatchParams::default(), &Patch::Merge(&patch)).await.unwrap();
    let all_read = async || (read_of(&case, &server.queries()[start..]).len() == 10).then_some(());
    wait_for("a full discovery", SOON, all_read).await.unwrap();
    let handled = async || (case.status().await.last_handled_refresh.as_deref() == Some("now")).then_some(());
    wait_for("an answered refresh", SOON, handled).await.unwrap();
    let whole = case.status().await;
    assert_eq!(whole.content_hash, after.content_hash);
    assert!(whole.last_full_discovery_time > after.last_full_discovery_time);
}
