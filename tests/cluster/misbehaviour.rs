//! Everything an MCP server can do wrong, through the whole operator: what a user reads in the conditions, what is counted,
//! that nothing published is touched, and that all is well again at the first look after the server is.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use k8s_openapi::api::core::v1::ConfigMap;
use mcp_schema_operator::api::conditions::{ConditionType, find};
use mcp_schema_operator::api::{SchemaSnapshotStatus, annotations};
use mcpschema_bed::{Sql, wait_for};
use serde_json::{Value, json};

use crate::server::{Answer, Fault, Mode, Server, Speaks, When, is_canary};
use crate::support::{Case, SOON};

/// How answers lie while the server itself is healthy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
enum Lie {
    None,
    /// No more than three rows, the first ones.
    Capped,
    /// No more than three rows, the last ones.
    CappedAnyhow,
    /// No more than three rows, and it says so.
    Truncated,
    /// The schema changes whenever columns are read.
    Migrating,
    /// The schema changes once while columns are read.
    MigratedOnce,
    /// The database's login is refused.
    LoginRefused,
}

const LIES: [Lie; 7] =
    [Lie::None, Lie::Capped, Lie::CappedAnyhow, Lie::Truncated, Lie::Migrating, Lie::MigratedOnce, Lie::LoginRefused];

/// A published snapshot of a few tables, through a server that does as it is told.
struct Stage {
    case: Case,
    server: Server,
    lie: Arc<AtomicUsize>,
    asked: usize,
}

impl Stage {
    async fn new(name: &str, speaks: Speaks) -> Self {
        let case = Case::new(name).await;
        for n in 0..5 {
            case.table(&format!("t{n}"), "id INT PRIMARY KEY, name VARCHAR(20) NOT NULL").await;
        }
        let lie = Arc::new(AtomicUsize::new(0));
        let server = lying(&case, &lie).await;
        server.speak(speaks);
        case.snapshot(&server.base(), json!({"refresh": {"interval": "1h"}})).await;
        case.published().await;
        Self { case, server, lie, asked: 0 }
    }

    fn tell(&self, lie: Lie) {
        self.lie.store(lie as usize, Ordering::SeqCst);
    }

    /// Asks for a look and waits until it was taken.
    async fn look(&mut self) -> SchemaSnapshotStatus {
        self.asked += 1;
        let asked = self.asked.to_string();
        self.case.annotate(annotations::REFRESH, &asked).await;
        let look = async || {
            let now = self.case.status().await;
            if now.last_handled_refresh.as_ref() == Some(&asked) { Ok(now) } else { Err(format!("{now:?}")) }
        };
        wait_for(&format!("look {asked} in {}", self.case.namespace), SOON, look)
            .await
            .unwrap_or_else(|e| panic!("{e}"))
    }

    async fn content(&self) -> ConfigMap {
        self.case.config_maps().get("orders-schema").await.unwrap()
    }

    /// Calls counted with this outcome.
    async fn counted(&self, outcome: &str) -> f64 {
        let text = self.case.world.operator.metrics().await.unwrap();
        let series = format!("mcp_schema_mcp_requests_total{{outcome=\"{outcome}\",source=\"inline\"}} ");
        text.lines().find_map(|line| line.strip_prefix(&series)?.parse().ok()).unwrap_or_default()
    }

    /// A look that fails: the condition `SourceReachable` has `reason`, or is True when the server answered; the metric
    /// has `outcome`; the published content is as it was. Then a look that does not fail, once `mend` mended the server.
    async fn fails(&mut self, what: &str, reason: &str, outcome: &str) {
        let (before, counted) = (self.content().await, self.counted(outcome).await);
        let status = self.look().await;
        let told = |kind| {
            let found = find(&status.conditions, kind).unwrap();
            (found.status.clone(), found.reason.clone(), found.message.clone())
        };
        let (ready, reachable, fresh) =
            (told(ConditionType::Ready), told(ConditionType::SourceReachable), told(ConditionType::Fresh));
        let incomplete = reason == "DiscoveryIncomplete";
        let want = if incomplete { ("True", "Reachable") } else { ("False", reason) };
        assert_eq!((reachable.0.as_str(), reachable.1.as_str()), want, "{what}: {reachable:?}, {ready:?}");
        assert_eq!((ready.0.as_str(), ready.1.as_str()), ("True", "ServingStale"), "{what}: {ready:?}");
        assert_eq!((fresh.0.as_str(), fresh.1.as_str()), ("False", "ServingStale"), "{what}: {fresh:?}");
        assert!(ready.2.len() > 40 && !ready.2.contains("hunter2"), "{what}: {ready:?}");
        assert!(status.stale && status.revision.is_some(), "{what}");
        let now = self.content().await;
        assert_eq!(now.metadata.resource_version, before.metadata.resource_version, "{what}: not even written");
        assert!(self.counted(outcome).await > counted, "{what}: counted as {outcome}");

        self.server.set(Mode::Healthy);
        self.tell(Lie::None);
        self.well(what).await;
    }

    /// A look that goes well.
    async fn well(&mut self, what: &str) -> SchemaSnapshotStatus {
        let status = self.look().await;
        for (kind, reason) in [(ConditionType::Ready, "Published"), (ConditionType::SourceReachable, "Reachable")] {
            let found = find(&status.conditions, kind).unwrap();
            assert_eq!(
                (found.status.as_str(), found.reason.as_str()),
                ("True", reason),
                "after {what}: {}",
                found.message
            );
        }
        assert!(!status.stale, "after {what}");
        status
    }
}

/// A server whose healthy answers come from the real database.
async fn lying(case: &Case, lie: &Arc<AtomicUsize>) -> Server {
    let (reader, admin) = (case.world.bed.database.connect(&case.world.bed.reader), case.world.bed.database.admin());
    let (lie, database, columns) = (Arc::clone(lie), case.database.clone(), Arc::new(AtomicUsize::new(0)));
    Server::start(move |text| {
        let (reader, admin, database) = (reader.clone(), admin.clone(), database.clone());
        let (lie, columns) = (Arc::clone(&lie), Arc::clone(&columns));
        async move {
            let told = LIES[lie.load(Ordering::SeqCst)];
            if told == Lie::LoginRefused {
                return Some(Answer::database_error(1045, "Access denied for user 'hunter2'", ""));
            }
            let rows = match reader.rows(&text).await {
                Ok(rows) => rows.into_iter().map(Value::Object).collect(),
                Err(_) => return Some(Answer::database_error(1064, "refused", "")),
            };
            let reads_columns = !is_canary(&text) && text.to_lowercase().contains("information_schema.columns");
            if reads_columns && matches!(told, Lie::Migrating | Lie::MigratedOnce) {
                migrate(&admin, &database, columns.fetch_add(1, Ordering::SeqCst)).await;
                if told == Lie::MigratedOnce {
                    lie.store(Lie::None as usize, Ordering::SeqCst);
                }
            }
            // The list of databases is everybody's, and longer each time.
            let all = text.to_lowercase().contains("information_schema.schemata");
            Some(if all { Answer::Rows(rows) } else { cut(rows, told) })
        }
    })
    .await
}

async fn migrate(admin: &Sql, database: &str, n: usize) {
    admin.execute(&format!("ALTER TABLE `{database}`.t0 ADD COLUMN new_{n} INT")).await.unwrap();
}

fn cut(mut rows: Vec<Value>, lie: Lie) -> Answer {
    if rows.len() <= 3 {
        return Answer::Rows(rows);
    }
    match lie {
        Lie::Capped => rows.truncate(3),
        Lie::CappedAnyhow => rows = rows.split_off(rows.len() - 3),
        Lie::Truncated => {
            rows.truncate(3);
            let structured = Some(json!({"result": rows, "truncated": true}));
            return Answer::Raw { structured, content: vec![], is_error: false };
        }
        _ => {}
    }
    Answer::Rows(rows)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_refuses_is_told_as_it_refuses() {
    let mut stage = Stage::new("refusals", Speaks::Streamable).await;
    for (fault, reason) in [
        (Fault::Status(401), "AuthenticationFailed"),
        (Fault::Challenge, "AuthenticationFailed"),
        (Fault::Status(403), "PermissionDenied"),
        (Fault::HostRefused, "WrongEndpoint"),
        (Fault::Status(421), "WrongEndpoint"),
        (Fault::Status(404), "WrongEndpoint"),
        (Fault::Redirect("http://127.0.0.1:9/mcp".into()), "WrongEndpoint"),
        (Fault::RetryAfter(429, "1".into()), "Throttled"),
        (Fault::Status(503), "ServerError"),
        (Fault::Rpc(-32603), "ServerError"),
    ] {
        stage.server.set(Mode::Broken(fault.clone(), When::Always));
        stage.fails(&format!("{fault:?}"), reason, reason).await;
    }
    // What passes by itself is not even noticed.
    for (fault, outcome) in [(Fault::Status(503), "ServerError"), (Fault::SessionLost, "ProtocolError")] {
        let counted = stage.counted(outcome).await;
        stage.server.set(Mode::Broken(fault.clone(), When::NextCalls(1)));
        stage.well(&format!("one {fault:?}")).await;
        assert!(stage.counted(outcome).await > counted, "{fault:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_breaks_off_or_talks_nonsense_is_told_as_it_does() {
    let mut stage = Stage::new("nonsense", Speaks::Streamable).await;
    for (fault, reason) in [
        (Fault::BrokenJson, "ProtocolError"),
        (Fault::OtherJson, "ProtocolError"),
        (Fault::BrokenSse, "ProtocolError"),
        (Fault::Html, "ProtocolError"),
        (Fault::DropMidAnswer { resumable: false }, "ConnectFailed"),
        (Fault::EmptySse, "ConnectFailed"),
        (Fault::HugeJson, "ResponseTooLarge"),
        (Fault::HugeSse, "ResponseTooLarge"),
        (Fault::Endless, "ResponseTooLarge"),
        (Fault::Drip, "Timeout"),
    ] {
        stage.server.set(Mode::Broken(fault.clone(), When::Calls));
        stage.fails(&format!("{fault:?}"), reason, reason).await;
    }
    stage.server.set(Mode::Masked);
    stage.fails("masked names", "CanaryFailed", "success").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_that_are_not_whole_are_never_published() {
    let mut stage = Stage::new("lies", Speaks::Streamable).await;
    for (lie, reason, outcome) in [
        (Lie::CappedAnyhow, "DiscoveryIncomplete", "success"),
        (Lie::Migrating, "DiscoveryIncomplete", "success"),
        (Lie::LoginRefused, "DatabaseError", "DatabaseError"),
    ] {
        stage.tell(lie);
        stage.fails(&format!("{lie:?}"), reason, outcome).await;
    }
    // A cap that keeps the order is found out and read under, whether the server says that it cut or not.
    let before = stage.case.status().await;
    for lie in [Lie::Capped, Lie::Truncated] {
        stage.tell(lie);
        let queries = stage.server.queries().len();
        let capped = stage.well(&format!("{lie:?}")).await;
        assert_eq!(capped.content_hash, before.content_hash, "{lie:?}");
        assert!(stage.server.queries().len() > queries + 8, "{lie:?}: read in more pages");
    }
    stage.tell(Lie::MigratedOnce);
    let moved = stage.well("DDL between two pages").await;
    assert_ne!(moved.content_hash, before.content_hash, "read again, with what the migration made");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_tools_without_end_is_told_and_got_over() {
    let case = Case::new("cursor").await;
    case.table("t", "id INT PRIMARY KEY").await;
    let server = lying(&case, &Arc::default()).await;
    server.set(Mode::RepeatedCursor);
    case.snapshot(&server.url(), json!({"refresh": {"interval": "1h"}})).await;
    let status = case.condition(ConditionType::SourceReachable, "False", "ProtocolError").await;
    assert!(Case::message(&status, ConditionType::SourceReachable).contains("does not end"), "{status:?}");
    assert_eq!(find(&status.conditions, ConditionType::Ready).unwrap().reason, "SourceUnavailable");
    server.set(Mode::Healthy);
    let mut stage = Stage { case, server, lie: Arc::default(), asked: 0 };
    stage.well("a list without end").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_transport_publishes_the_same_and_heals_alike() {
    let mut hashes = Vec::new();
    for speaks in [Speaks::Stateless, Speaks::Modern(400), Speaks::Sse, Speaks::Rest] {
        let name = format!("{speaks:?}").to_lowercase().replace(['(', ')'], "");
        let mut stage = Stage::new(&format!("over-{name}"), speaks).await;
        for (fault, reason) in [(Fault::Challenge, "AuthenticationFailed"), (Fault::Status(503), "ServerError")] {
            stage.server.set(Mode::Broken(fault.clone(), When::Calls));
            stage.fails(&format!("{fault:?} over {speaks:?}"), reason, reason).await;
        }
        let tables = stage.well("all").await.tables;
        hashes.push((speaks, tables.into_iter().map(|table| table.hash).collect::<Vec<_>>()));
    }
    assert!(hashes.iter().all(|(_, tables)| tables.len() == 5 && *tables == hashes[0].1), "{hashes:?}");
}
