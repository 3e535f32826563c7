//! What a look at unchanged databases costs through a real MCP server, and that a look at a changed one reads no other.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use mcp_schema_operator::cache::{Ask, Asker, Durable, Identity, Known, Look, Options, Owner, SchemaManager};
use mcp_schema_operator::discovery::{Published, Settings, discover, poll};
use mcp_schema_operator::error::Reason;
use mcp_schema_operator::mcp::{
    Connection, Endpoint, McpError, Observer, RawAnswer, Running, ServerInfo, SqlSource, unobserved,
};
use mcp_schema_operator::metrics::Metrics;
use mcp_schema_operator::metrics::labels::Source;
use mcp_schema_operator::schema::select::Selection;
use mcpschema_bed::{Database, Engine, McpServer};
use tokio_util::sync::CancellationToken;

const DATABASES: usize = 10;
const TABLES: usize = 100;
/// Most bytes of the answers to one look at a thousand unchanged tables in ten databases.
const MOST_BYTES: u64 = 20_000;

/// Bytes of all answers.
#[derive(Clone, Default)]
struct Bytes(Arc<AtomicU64>);

impl Observer for Bytes {
    fn started(&self) -> Box<dyn Running> {
        Box::new(self.clone())
    }

    fn retry(&self, _: Reason) {}
}

impl Running for Bytes {
    fn ended(self: Box<Self>, _: Result<(), Reason>, bytes: u64) {
        self.0.fetch_add(bytes, Ordering::Relaxed);
    }
}

/// Keeps the statements that pass through.
struct Texts<'a>(&'a Connection, Mutex<Vec<String>>);

impl Texts<'_> {
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.1.lock().unwrap())
    }
}

#[async_trait]
impl SqlSource for Texts<'_> {
    async fn ask(&self, sql: &str) -> Result<RawAnswer, McpError> {
        self.1.lock().unwrap().push(sql.to_owned());
        self.0.ask(sql).await
    }

    fn server(&self) -> &ServerInfo {
        self.0.server()
    }
}

fn name(number: usize) -> String {
    format!("refresh_{number:02}")
}

fn script() -> String {
    let mut text = String::new();
    for database in (0..DATABASES).map(name) {
        text.push_str(&format!("CREATE DATABASE {database};"));
        for table in 0..TABLES {
            text.push_str(&format!(
                "CREATE TABLE {database}.t{table} (id BIGINT PRIMARY KEY, a INT NOT NULL, b VARCHAR(99), KEY (a, b));"
            ));
        }
    }
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_unchanged_tables_cost_one_call() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let database = Database::start(Engine::MariaDb).await.unwrap();
    database.admin().execute_script(&script()).await.unwrap();
    let reader = database.create_reader("refresh", &["*"]).await.unwrap();
    let server = McpServer::start(&database, &reader).await.unwrap();
    let bytes = Bytes::default();
    let connection = Connection::connect(Endpoint::new(&server.url()).unwrap(), Arc::new(bytes.clone())).await.unwrap();
    let source = Texts(&connection, Mutex::default());
    let settings = Settings::default();

    let names: Vec<String> = (0..DATABASES).map(name).collect();
    let literal = Selection::new(&names, &[], &[], &[]).unwrap();
    let known = discover(&source, &literal, &settings).await.unwrap();
    assert_eq!(known.databases.iter().map(|database| database.tables.len()).sum::<usize>(), DATABASES * TABLES);

    // A wildcard needs the list of databases too.
    for (selection, calls) in [(&literal, 1), (&Selection::new(&["refresh_*"], &[], &[], &[]).unwrap(), 2)] {
        source.take();
        bytes.0.store(0, Ordering::Relaxed);
        let seen =
            poll(&source, &known.server, &known.fingerprints, selection, &settings, &known.memory).await.unwrap();
        assert!(seen.unchanged(&known.fingerprints));
        let (asked, got) = (source.take().len(), bytes.0.load(Ordering::Relaxed));
        assert_eq!(asked, calls);
        assert!((1_000..=MOST_BYTES).contains(&got), "{got} bytes in {asked} calls");
    }

    connection.close().await;
}

/// What is published, as the ConfigMaps would give it back.
struct Stored(Published);

#[async_trait]
impl Durable for Stored {
    async fn published(&self) -> Option<Published> {
        Some(self.0.clone())
    }
}

/// Calls of all askers.
#[derive(Clone, Default)]
struct Calls(Arc<AtomicU64>);

impl Observer for Calls {
    fn started(&self) -> Box<dyn Running> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Box::new(Bytes::default())
    }

    fn retry(&self, _: Reason) {}
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_one_database_reads_that_one_and_takes_the_others_as_they_are_published() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let database = Database::start(Engine::MariaDb).await.unwrap();
    database.admin().execute_script(&script()).await.unwrap();
    let reader = database.create_reader("refresh", &["*"]).await.unwrap();
    let server = McpServer::start(&database, &reader).await.unwrap();
    let endpoint = Endpoint::new(&server.url()).unwrap();
    let names: Vec<String> = (0..DATABASES).map(name).collect();
    let selection = Selection::new(&names, &[], &[], &[]).unwrap();
    let connection = Connection::connect(endpoint.clone(), unobserved()).await.unwrap();
    let before = discover(&connection, &selection, &Settings::default()).await.unwrap();
    let (facts, fingerprints) = (before.server.clone(), before.fingerprints.clone());
    let stored =
        Stored(Published { server: before.server, fingerprints: before.fingerprints, databases: before.databases });
    database.admin().execute(&format!("ALTER TABLE {}.t7 ADD COLUMN c DATE", name(3))).await.unwrap();

    // As after a restart: nothing is in memory, and what is published is known.
    let metrics = Metrics::new().unwrap();
    let (manager, _woken) = SchemaManager::new(Options::default(), metrics, CancellationToken::new());
    let (owner, url) = (Owner::Namespace("shop".to_owned()), server.url());
    let identity = Identity { owner, url, asked: String::new(), versions: String::new() };
    let asker = Asker { namespace: "shop".into(), name: "orders".into(), uid: "1".into() };
    let known = Known { facts, fingerprints, durable: &stored };
    let ask = Ask {
        asker: &asker,
        selection: &selection,
        max_age: Duration::from_secs(60),
        anew: None,
        published: Some(&known),
        deadline: Duration::from_secs(60),
        remember: true,
        insists: false,
        turns: None,
    };
    let calls = Calls::default();
    let look = async || {
        calls.0.store(0, Ordering::Relaxed);
        let answer = manager.look(&identity, &endpoint, Arc::new(calls.clone()), &Source::Inline, &ask).await.unwrap();
        (answer, calls.0.load(Ordering::Relaxed))
    };
    let (answer, _) = look().await;
    let Look::Read(found) = answer.look else { panic!("a change was not noticed") };
    let whole = discover(&connection, &selection, &Settings::default()).await.unwrap();
    assert_eq!((found.snapshot(), &found.fingerprints), (whole.snapshot(), &whole.fingerprints));
    assert_eq!((found.kept.len(), answer.tally.read), (DATABASES - 1, 1));
    // Within the interval the same question costs nothing.
    let (again, asked) = look().await;
    let Look::Read(found) = again.look else { panic!("what is published is still another") };
    assert_eq!((asked, found.snapshot(), again.tally.asked), (0, whole.snapshot(), false));
    manager.close().await;
    connection.close().await;
}
