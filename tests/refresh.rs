//! What a look at unchanged databases costs through a real MCP server, and that a look at a changed one reads no other.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use mcp_schema_operator::discovery::{Kept, Published, Settings, discover, discover_changed, poll};
use mcp_schema_operator::error::Reason;
use mcp_schema_operator::mcp::{Connection, Endpoint, McpError, Observer, RawAnswer, Running, ServerInfo, SqlSource};
use mcp_schema_operator::schema::select::Selection;
use mcpschema_bed::{Database, Engine, McpServer};

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
async fn a_thousand_unchanged_tables_cost_one_call_and_one_change_costs_one_database() {
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

    let changed = name(3);
    database.admin().execute(&format!("ALTER TABLE {changed}.t7 ADD COLUMN c DATE")).await.unwrap();
    let seen = poll(&source, &known.server, &known.fingerprints, &literal, &settings, &known.memory).await.unwrap();
    assert_eq!(seen.changed(&known.fingerprints), [changed.as_str()]);
    let published = Published { server: known.server, fingerprints: known.fingerprints, databases: known.databases };
    source.take();
    let found =
        discover_changed(&source, &literal, &settings, Kept::of(published, &seen), &known.memory).await.unwrap();
    let mut read = BTreeMap::<String, usize>::new();
    for sql in source.take() {
        let of = names.iter().find(|name| sql.contains(&format!("'{name}'"))).cloned();
        *read.entry(of.unwrap_or_default()).or_default() += 1;
    }
    let whole = discover(&source, &literal, &settings).await.unwrap();
    assert_eq!((found.snapshot(), &found.fingerprints), (whole.snapshot(), &whole.fingerprints));
    assert_eq!(found.kept.len(), DATABASES - 1);
    // Facts, list and count of databases; fingerprint, tables, columns, index parts, fingerprint.
    assert_eq!(read, BTreeMap::from([(String::new(), 3), (changed, 5)]));
    connection.close().await;
}
