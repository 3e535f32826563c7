//! Two replicas: one works, the other is ready and does nothing, and takes over when the first stops, dies, is paused or
//! cannot renew. That never two of them write is read from the API server's audit log.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use k8s_openapi::jiff::Timestamp;
use mcp_schema_operator::api::SchemaSnapshotStatus;
use mcpschema_bed::{AuditEvent, Signal, wait_for};
use serde_json::Value;
use tokio::sync::watch;

use crate::release::{Release, Replica, SHORT_LEASE};
use crate::server::{Answer, Server};
use crate::support::{Case, SOON};

/// The first replica leads and has published; the second stands by.
async fn pair<'a>(release: &Release<'a>, url: &str, args: &[&str]) -> (Replica<'a>, Replica<'a>) {
    let first = release.replica("a", args).await;
    first.leads(true).await;
    let second = release.replica("b", args).await;
    release.snapshot("orders", url).await;
    release.case.published().await;
    (first, second)
}

/// What the first wrote lies before everything the second wrote.
fn one_after_the_other(first: &Replica<'_>, second: &Replica<'_>) {
    let (before, after) = (first.writes(None), second.writes(None));
    assert!(!before.is_empty() && !after.is_empty(), "both have worked: {} {}", before.len(), after.len());
    let last = before.iter().map(|event| event.request_received_timestamp).max();
    let start = after.iter().map(|event| event.request_received_timestamp).min();
    assert!(last < start, "{last:?} {start:?}");
}

/// A change in the database that the new leader has to publish.
async fn goes_on(case: &Case, leader: &Replica<'_>) {
    let before = case.status().await;
    case.run(&format!("ALTER TABLE `{}`.t ADD COLUMN note TEXT", case.database)).await;
    published_by(case, leader, &before).await;
}

/// Waits until another revision than `before` is published.
async fn published_by(case: &Case, leader: &Replica<'_>, before: &SchemaSnapshotStatus) {
    let look = async || {
        let now = case.status().await;
        if now.revision == before.revision { Err(format!("{now:?}")) } else { Ok(()) }
    };
    wait_for("another revision", SOON, look).await.unwrap_or_else(|error| panic!("{error}\n{}", leader.log()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_standby_is_ready_and_asks_for_nothing_but_the_lease() {
    let case = Case::new("standby").await;
    case.table("t", "id INT PRIMARY KEY").await;
    let release = Release::install(&case, "standby", &[&case.namespace]);
    let (first, second) = pair(&release, &case.world.bed.mcp.url(), &SHORT_LEASE).await;
    second.leads(false).await;
    let (status, body) = second.process.get("/readyz").await.unwrap();
    assert!(status == 200 && body.contains("standing by"), "{status} {body}");
    let metrics = second.process.metrics().await.unwrap();
    assert!(!metrics.contains("mcp_schema_snapshot_") && !metrics.contains("mcp_schema_mcp_requests_total{"));
    assert!(first.process.metrics().await.unwrap().contains("mcp_schema_snapshot_tables{"));
    let other: Vec<_> =
        second.requests(None).into_iter().filter(|e| !e.uri.contains("/leases")).map(|e| e.uri).collect();
    assert!(other.is_empty() && second.lease_writes(None).is_empty(), "{other:?}");
    // ClusterSchemaSources are another matter: it asks, takes the no for an answer, and goes on without them.
    let refused = |r: &Replica<'_>| {
        let no = |e: &AuditEvent| e.response_status.as_ref().is_some_and(|status| status.code == 403);
        let events = r.requests(None).into_iter().filter(|e| no(e) && !e.uri.contains("/clusterschemasources"));
        events.map(|e| e.uri).collect::<Vec<_>>()
    };
    assert_eq!((refused(&first), refused(&second)), (vec![], vec![]), "the chart's roles are enough");
}

#[tokio::test(flavor = "multi_thread")]
async fn sigterm_hands_over_at_once_even_in_the_middle_of_a_look() {
    let case = Case::new("handover").await;
    case.table("t", "id INT PRIMARY KEY").await;
    let (server, gate, waiting) = gated(&case).await;
    let release = Release::install(&case, "handover", &[&case.namespace]);
    // The lease of the chart: had the second to wait until it expires, that would show.
    let (first, second) = pair(&release, &server.url(), &[]).await;
    gate.send_replace(false);
    wait_for("a look under way", SOON, async || (waiting.load(Ordering::SeqCst) > 0).then_some(())).await.unwrap();
    let (asked, clock) = (Instant::now(), Timestamp::now());
    assert_eq!(first.process.terminate(Duration::from_secs(30)).await.unwrap(), Some(0), "{}", first.log());
    second.leads(true).await;
    gate.send_replace(true);
    let given_back = first.lease_writes(Some(clock)).pop().unwrap().request_received_timestamp;
    let taken = second.lease_writes(None).remove(0).request_received_timestamp;
    eprintln!("SIGTERM: given back after {:#}, taken after {:#}", given_back - clock, taken - clock);
    assert!(asked.elapsed() < Duration::from_secs(8), "not by the lease's end: {:?}", asked.elapsed());
    assert_eq!(release.holder().await.1, 1);
    goes_on(&case, &second).await;
    one_after_the_other(&first, &second);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_kill_the_other_takes_over_when_the_lease_has_run_out() {
    let case = Case::new("crashed").await;
    case.table("t", "id INT PRIMARY KEY").await;
    let release = Release::install(&case, "crashed", &[&case.namespace]);
    let (first, second) = pair(&release, &case.world.bed.mcp.url(), &SHORT_LEASE).await;
    let revision = case.status().await.revision;
    let clock = Timestamp::now();
    first.process.kill();
    second.leads(true).await;
    let renewed = first.lease_writes(None).pop().unwrap().request_received_timestamp;
    let taken = second.lease_writes(None).remove(0).request_received_timestamp;
    eprintln!("SIGKILL with a lease of 3 s: taken after {:#}", taken - clock);
    assert!((taken - renewed).total(k8s_openapi::jiff::Unit::Second).unwrap() >= 2.9, "{renewed} {taken}");
    goes_on(&case, &second).await;
    assert_ne!(case.status().await.revision, revision);
    one_after_the_other(&first, &second);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leader_that_was_paused_in_the_middle_of_its_work_writes_nothing_when_it_goes_on() {
    let case = Case::new("paused").await;
    case.table("t", "id INT PRIMARY KEY").await;
    let (server, gate, waiting) = gated(&case).await;
    let release = Release::install(&case, "paused", &[&case.namespace]);
    let (first, second) = pair(&release, &server.url(), &SHORT_LEASE).await;
    let before = case.status().await;
    // It asks the database about a change, is paused, and gets an answer to publish while it is.
    gate.send_replace(false);
    case.run(&format!("ALTER TABLE `{}`.t ADD COLUMN note TEXT", case.database)).await;
    wait_for("a look under way", SOON, async || (waiting.load(Ordering::SeqCst) > 0).then_some(())).await.unwrap();
    first.process.process().signal(Signal::STOP).unwrap();
    second.leads(true).await;
    gate.send_replace(true);
    published_by(&case, &second, &before).await;
    // More to do as soon as it goes on: its watch will say that a ConfigMap of its own is gone.
    case.config_maps().delete("orders-schema", &Default::default()).await.unwrap();
    let clock = Timestamp::now();
    first.process.process().signal(Signal::CONT).unwrap();
    assert_eq!(first.ended().await, Some(3), "{}", first.log());
    let late: Vec<_> = first.writes(Some(clock)).into_iter().map(|e| (e.verb, e.uri)).collect();
    assert!(late.is_empty() && first.lease_writes(Some(clock)).is_empty(), "{late:?}");
    assert!(first.log().contains("the lease is lost"), "{}", first.log());
    let look = async || case.config_maps().get("orders-schema").await;
    wait_for("the ConfigMap again", SOON, look).await.unwrap();
    one_after_the_other(&first, &second);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leader_that_cannot_renew_stops_before_its_lease_has_run_out() {
    let case = Case::new("cutoff").await;
    case.table("t", "id INT PRIMARY KEY").await;
    let release = Release::install(&case, "cutoff", &[&case.namespace]);
    let (first, second) = pair(&release, &case.world.bed.mcp.url(), &SHORT_LEASE).await;
    // The API refuses every call about leases; all other calls still work.
    let role = format!("{}-mcp-schema-operator-lease", release.class);
    let plane = &case.world.bed.control_plane;
    assert!(plane.kubectl(["delete", "rolebinding", &role, "-n", &release.namespace]).unwrap().status.success());
    assert_eq!(first.ended().await, Some(3), "{}", first.log());
    let renewed = first.lease_writes(None).pop().unwrap().request_received_timestamp;
    let last = first.requests(None).pop().unwrap().request_received_timestamp;
    let seconds = (last - renewed).total(k8s_openapi::jiff::Unit::Second).unwrap();
    assert!(seconds < 3.0, "its last request of all came {seconds} s after its last renewal, within the lease");
    assert!(second.lease_writes(None).is_empty() && second.process.process().ended().unwrap().is_none());
    release.apply();
    second.leads(true).await;
    goes_on(&case, &second).await;
    one_after_the_other(&first, &second);
}

/// A scriptable MCP server that answers from the real database, but only while the gate is open, and how many of its
/// callers wait at the gate.
pub(crate) async fn gated(case: &Case) -> (Server, watch::Sender<bool>, Arc<AtomicUsize>) {
    let sql = case.world.bed.database.connect(&case.world.bed.reader);
    let (gate, open) = watch::channel(true);
    let waiting = Arc::<AtomicUsize>::default();
    let queue = Arc::clone(&waiting);
    let server = Server::start(move |text| {
        let (sql, mut open, queue) = (sql.clone(), open.clone(), Arc::clone(&queue));
        async move {
            queue.fetch_add(1, Ordering::SeqCst);
            let passed = open.wait_for(|open| *open).await.is_ok();
            queue.fetch_sub(1, Ordering::SeqCst);
            Some(match sql.rows(&text).await {
                Ok(rows) if passed => Answer::Rows(rows.into_iter().map(Value::Object).collect()),
                _ => Answer::database_error(1064, "refused", ""),
            })
        }
    })
    .await;
    (server, gate, waiting)
}
