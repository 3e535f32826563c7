//! Samples and relationships against a real MariaDB behind real MCP servers: what is asked there is answered, rows that
//! are right pass, what is wrong is found, and what an account may not read is never a pass.

use std::time::Duration;

use mcp_schema_operator::cache::{Fault, Identity, Options, Owner, SchemaManager};
use mcp_schema_operator::config::switches::Switches;
use mcp_schema_operator::discovery::{Settings, discover};
use mcp_schema_operator::error::Reason;
use mcp_schema_operator::mcp::{Endpoint, Rows, Secret, unobserved};
use mcp_schema_operator::metrics::Metrics;
use mcp_schema_operator::metrics::labels::Source as Label;
use mcp_schema_operator::schema::Snapshot;
use mcp_schema_operator::schema::select::Selection;
use mcp_schema_operator::validation::live::{Question, judge, questions};
use mcp_schema_operator::validation::policy::{Judged, Outcome, Policy};
use mcpschema_bed::{Database, Engine, McpServer, ServerKind};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::direct::Direct;

pub(crate) fn policy(spec: Value) -> Policy {
    Policy::compile("live", &serde_json::from_value(spec).unwrap(), Switches::default()).unwrap()
}

fn samples(tables: &[&str], more: &Value) -> Policy {
    let data: Vec<Value> = tables.iter().map(|table| json!({"table": table, "sample": {"limit": 100}})).collect();
    let mut spec = json!({"data": data});
    spec.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    policy(spec)
}

fn relationships(table: &str, key: &str, limit: u32) -> Policy {
    policy(json!({"relationships": [{"table": table, "foreignKey": key, "limit": limit}]}))
}

/// What the operator has of one MCP server.
pub(crate) struct Source {
    pub(crate) manager: SchemaManager,
    identity: Identity,
    endpoint: Endpoint,
}

impl Source {
    pub(crate) fn new(server: &McpServer, options: Options) -> Self {
        let (manager, _) = SchemaManager::new(options, Metrics::new().unwrap(), CancellationToken::new());
        let token = server.token().map(|token| Secret::new(token.to_owned()));
        let endpoint = Endpoint { token, ..Endpoint::new(&server.url()).unwrap() };
        let owner = Owner::Namespace("shop".to_owned());
        let identity = Identity { owner, url: server.url(), asked: String::new(), versions: String::new() };
        Self { manager, identity, endpoint }
    }

    pub(crate) async fn ask(&self, deadline: Duration, statements: &[&str]) -> Vec<Result<Rows, Fault>> {
        let Self { manager, identity, endpoint } = self;
        manager.ask(identity, endpoint, unobserved(), &Label::Inline, deadline, statements).await
    }

    async fn judge(&self, policy: &Policy, snapshot: &Snapshot) -> Vec<Judged> {
        let all = questions(policy, snapshot, &|_| false, &|_| true);
        let statements: Vec<&str> = all.iter().filter_map(Question::statement).collect();
        let mut answers = self.ask(Duration::from_secs(60), &statements).await.into_iter();
        let mut judged = Vec::new();
        for question in &all {
            let answer = question.statement().map(|_| answers.next().unwrap());
            let answer = match &answer {
                Some(Ok(rows)) => Ok(rows),
                Some(Err(fault)) => Err(fault.message.as_str()),
                None => Err("not asked"),
            };
            judged.extend(judge(question, answer, snapshot, policy));
        }
        judged
    }
}

/// Outcome, object and message of each.
fn told(judged: &[Judged]) -> Vec<(Outcome, String, String)> {
    judged.iter().map(|one| (one.outcome, one.object.path(), one.message.clone())).collect()
}

/// The schema, with a key that MariaDB itself would not allow: its columns have different collations.
async fn schema(database: &Database, login: &mcpschema_bed::Login) -> Snapshot {
    let selection = Selection::new(&["live", "closed"], &[], &[], &[]).unwrap();
    let found = discover(&Direct::new(database, login), &selection, &Settings::default()).await.unwrap();
    let mut snapshot = found.snapshot();
    let live = snapshot.databases.iter_mut().find(|database| database.name == "live").unwrap();
    let apart = live.tables.iter_mut().find(|table| table.name == "apart").unwrap();
    apart.foreign_keys = serde_json::from_value(json!([{"name": "fk_apart", "columns": ["code"], "refTable": "parent",
        "refColumns": ["code"], "onDelete": "restrict", "onUpdate": "restrict"}]))
    .unwrap();
    snapshot
}

const NASTY: &str = "live.Nasty Bx.1-`é$ ?{a} 'q' \"d\"";

/// What every server must come to: outcome, object, and how the message begins.
const WANT: &[(Outcome, &str, &str)] = &[
    (Outcome::Pass, "live.types", "3 rows were looked at"),
    (Outcome::NotRun, "live.types", "2 values were not looked at, being longer than "),
    (Outcome::Skip, "live.types", "not looked at, being of types that are not read back: f7, p"),
    (Outcome::Pass, NASTY, "1 row was looked at"),
    (Outcome::Skip, "live.empty", "the table has no rows"),
    (Outcome::Broken, "live.old.n", "row 1: CHECK_VIOLATION"),
    // Strict.
    (Outcome::Broken, "live.old.d", "row 0: ZERO_DATE_NOT_ALLOWED"),
    (Outcome::Broken, "live.old.n", "row 1: CHECK_VIOLATION"),
    // Every key of a table, by name; then some of its rows; then one whose columns have different collations.
    (Outcome::Broken, "live.child.fk_code", "1 of the 3 rows looked at has no parent"),
    (Outcome::Broken, "live.child.fk_parent", "2 of the 4 rows looked at have no parent"),
    (Outcome::Broken, "live.child.fk_region", "2 of the 4 rows looked at have no parent"),
    (Outcome::Broken, "live.child.fk_self", "1 of the 4 rows looked at has no parent"),
    (Outcome::Broken, "live.child.fk_parent", "1 of the 3 rows looked at has no parent"),
    (Outcome::NotRun, "live.child.fk_parent", "only the first 3 rows"),
    (Outcome::Broken, "live.apart.fk_apart", "1 of the 2 rows looked at has no parent"),
    (Outcome::Pass, "live.whole.fk_whole", "2 rows looked at, each with its parent"),
    // As much as is ever asked for in one answer.
    (Outcome::Pass, "live.wide", "1000 rows were looked at"),
];

async fn everything(source: &Source, snapshot: &Snapshot) -> Vec<(Outcome, String, String)> {
    let mut all = Vec::new();
    for policy in [
        samples(&["live.types", NASTY, "live.empty", "live.old"], &json!({})),
        samples(&["live.old"], &json!({"strictMode": true})),
        relationships("live.child", "*", 100),
        relationships("live.child", "fk_parent", 3),
        relationships("live.apart", "fk_apart", 100),
        relationships("live.whole", "*", 2),
        policy(json!({"data": [{"table": "live.wide", "sample": {"limit": 1000}}]})),
    ] {
        all.extend(told(&source.judge(&policy, snapshot).await));
    }
    all
}

/// A MariaDB with the tables and rows of `live.sql`.
async fn database() -> Database {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let database = Database::start(Engine::MariaDb).await.unwrap_or_else(|error| panic!("{error}"));
    let script = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/rows/live.sql")).unwrap();
    database.admin().execute_script(&script).await.unwrap_or_else(|error| panic!("{error}"));
    database
}

#[tokio::test(flavor = "multi_thread")]
async fn samples_and_relationships_are_judged_alike_through_every_server() {
    let database = database().await;
    let reader = database.create_reader("live", &["*"]).await.unwrap();
    let snapshot = schema(&database, &reader).await;
    let kinds = ServerKind::ALL.into_iter().filter(|kind| *kind != ServerKind::ToolboxTidb);
    for kind in kinds {
        let server = McpServer::start_kind(kind, &database, &reader).await.unwrap();
        let source = Source::new(&server, Options::default());
        let mut got = everything(&source, &snapshot).await;
        if kind == ServerKind::RestTools {
            // It sends no more than a hundred rows, and says so.
            let cut = got.last_mut().unwrap();
            assert!(cut.0 == Outcome::Unknown && cut.2.contains("cut an answer after 100 rows"), "{cut:?}");
            (cut.0, cut.2) = (Outcome::Pass, "1000 rows were looked at".to_owned());
        }
        let same = |((outcome, object, words), got): (&(Outcome, &str, &str), &(Outcome, String, String))| {
            *outcome == got.0 && *object == got.1 && got.2.starts_with(words)
        };
        assert!(got.len() == WANT.len() && WANT.iter().zip(&got).all(same), "{kind}: {got:#?}");
        if kind == ServerKind::Pytidb {
            narrowed(&source, snapshot.clone()).await;
        }
        source.manager.close().await;
    }
}

/// The values are those of the table: a schema with less room for them finds fault with each.
async fn narrowed(source: &Source, mut snapshot: Snapshot) {
    let live = snapshot.databases.iter_mut().find(|database| database.name == "live").unwrap();
    let table = live.tables.iter_mut().find(|table| table.name == "types").unwrap();
    table.checks.clear();
    for column in &mut table.columns {
        let narrow = match column.name.as_str() {
            "id" | "t" | "z" | "y" => json!({"base": "bit", "length": 1}),
            "i" => json!({"base": "int"}),
            "d" => json!({"base": "decimal", "precision": 36, "scale": 2}),
            "b" | "dz" | "gs" => json!({"base": "date"}),
            "f" | "g" => json!({"base": "decimal", "precision": 2, "scale": 0}),
            "db" => json!({"base": "float"}),
            "bits" => json!({"base": "bit", "length": 63}),
            "c" | "v" | "l" | "lt" => json!({"base": "varchar", "length": 0, "unit": "chars"}),
            "bin" | "vb" | "bl" => json!({"base": "varbinary", "length": 0, "unit": "bytes"}),
            "da" | "ti" | "e" | "s" | "j" | "u" | "i4" | "i6" => json!({"base": "int"}),
            "dt" | "ts" => json!({"base": "year"}),
            _ => continue,
        };
        column.r#type = serde_json::from_value(narrow).unwrap();
    }
    let wanted: Vec<String> =
        table.columns.iter().map(|c| c.name.clone()).filter(|name| !["f7", "p"].contains(&name.as_str())).collect();
    let judged = source.judge(&samples(&["live.types"], &json!({"strictMode": true})), &snapshot).await;
    let found: std::collections::BTreeSet<&str> = judged.iter().map(|one| one.object.element.as_str()).collect();
    let missed: Vec<&String> = wanted.iter().filter(|name| !found.contains(name.as_str())).collect();
    assert!(missed.is_empty(), "{missed:?}: {:#?}", told(&judged));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_account_may_not_read_is_unknown_and_no_fault_of_the_server() {
    let database = database().await;
    let reader = database.create_reader("live", &["*"]).await.unwrap();
    let snapshot = schema(&database, &reader).await;
    let blind = database.create_reader("blind", &["closed"]).await.unwrap();
    let server = McpServer::start(&database, &blind).await.unwrap();
    let source = Source::new(&server, Options::default());
    let spec = json!({"data": [{"table": "live.types", "sample": {"limit": 9}}, {"table": "closed.t", "sample": {"limit": 9}}],
        "relationships": [{"table": "live.child", "foreignKey": "fk_self"}]});
    // More often than a circuit would bear.
    for _ in 0..5 {
        let judged = source.judge(&policy(spec.clone()), &snapshot).await;
        let outcomes: Vec<Outcome> = judged.iter().map(|one| one.outcome).collect();
        assert_eq!(outcomes, [Outcome::Unknown, Outcome::Pass, Outcome::Unknown], "{judged:?}");
        assert!(judged[0].message.contains("denies the MCP server's account"), "{}", judged[0].message);
        assert!(judged.iter().all(|one| !one.message.contains("SELECT CAST")), "{judged:?}");
    }
    source.manager.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_is_away_is_not_asked_for_ever_and_is_asked_again_when_it_is_back() {
    let database = database().await;
    let reader = database.create_reader("live", &["*"]).await.unwrap();
    let server = McpServer::start(&database, &reader).await.unwrap();
    let options = Options { breaker_period: Duration::from_millis(500), ..Options::default() };
    let mut source = Source::new(&server, options);
    source.endpoint.max_retries = 0;
    let three = ["SELECT 1 AS a", "SELECT nonsense", "SELECT 2 AS a"];
    let ask = async |deadline| {
        let asked = source.ask(deadline, &three).await;
        asked
            .into_iter()
            .map(|one| one.map(|rows| rows[0].text("a").unwrap()).map_err(|fault| fault.reason))
            .collect::<Vec<_>>()
    };
    let minute = Duration::from_secs(60);
    let good = [Ok("1".to_owned()), Err(Reason::DatabaseError), Ok("2".to_owned())];
    assert_eq!(ask(minute).await, good);
    assert_eq!(source.ask(minute, &[]).await.len(), 0);

    server.pause().unwrap();
    assert_eq!(ask(Duration::from_secs(1)).await, vec![Err(Reason::Timeout); 3], "one deadline for all");
    server.resume().unwrap();
    assert_eq!(ask(minute).await, good);

    server.kill();
    for _ in 0..3 {
        assert_eq!(ask(minute).await, vec![Err(Reason::ConnectFailed); 3]);
    }
    assert_eq!(ask(minute).await, vec![Err(Reason::CircuitOpen); 3]);
    server.restart().await.unwrap();
    let back = async || {
        while ask(minute).await != good {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(minute, back()).await.unwrap();
    source.manager.close().await;
}
