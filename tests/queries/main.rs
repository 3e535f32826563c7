//! The query validator beside a real MariaDB: over the demo schema, discovered through a real MCP server, it calls a
//! statement valid exactly when the server can EXPLAIN it. Where they differ on purpose, `differences.txt` says why.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod command;

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use mcp_schema_operator::discovery::{Settings, discover};
use mcp_schema_operator::mcp::{Connection, Endpoint, unobserved};
use mcp_schema_operator::schema::Snapshot;
use mcp_schema_operator::schema::select::Selection;
use mcp_schema_operator::validation::query::{Options, QueryResult, validate};
use mcpschema_bed::{Database, Engine, McpServer, Sql};

fn file(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn lines(name: &str) -> Vec<String> {
    let kept = |line: &&str| !line.trim().is_empty() && !line.starts_with("# ");
    file(name).lines().filter(kept).map(str::to_owned).collect()
}

/// The demo's database, and its schema as discovery reads it. Fails, and says how to get it, where `make tools` did not run.
async fn shop() -> (Database, Snapshot) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let database = Database::start(Engine::MariaDb).await.unwrap();
    database.admin().execute_script(&file("examples/demo/shop.sql")).await.unwrap();
    let reader = database.create_reader("queries", &["shop"]).await.unwrap();
    let server = McpServer::start(&database, &reader).await.unwrap();
    let connection = Connection::connect(Endpoint::new(&server.url()).unwrap(), unobserved()).await.unwrap();
    let selection = Selection::new(&["shop"], &[], &[], &[]).unwrap();
    let discovered = discover(&connection, &selection, &Settings::default()).await.unwrap();
    connection.close().await;
    (database, discovered.snapshot())
}

/// What the server says to EXPLAIN of the statement: nothing, or why it refuses.
async fn refused(sql: &Sql, statement: &str) -> Option<String> {
    let explained = sql.execute_script(&format!("USE shop;\nEXPLAIN {statement};\n")).await;
    explained.err().map(|error| error.to_string())
}

fn judged(snapshot: &Snapshot, statement: &str, read_only: bool) -> QueryResult {
    let options = Options { default_database: Some("shop".to_owned()), read_only, ..Options::default() };
    validate(statement, snapshot, &options)
}

/// Every difference between the server and the validator, by statement.
async fn differences(
    name: &str,
    read_only: bool,
    database: &Database,
    snapshot: &Snapshot,
) -> BTreeMap<String, String> {
    let sql = database.admin();
    let statements = lines(name);
    let mut differences = BTreeMap::new();
    let mut refusals = 0;
    for statement in &statements {
        let (server, ours) = (refused(&sql, statement).await, judged(snapshot, statement, read_only));
        refusals += usize::from(server.is_some());
        if server.is_none() != ours.is_valid {
            let server = server.unwrap_or_else(|| "explains it".to_owned());
            differences.insert(statement.clone(), format!("server: {server}\n  validator: {:?}", ours.errors));
        }
    }
    // A list of good statements alone would agree with a validator that refuses nothing, and the other way round.
    assert!(refusals > 10 && statements.len() - refusals > 10, "{name}: {refusals} of {} refused", statements.len());
    // The server was there all the time.
    assert_eq!(refused(&sql, "SELECT id FROM orders").await, None);
    differences
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_is_valid_exactly_when_the_server_can_explain_it() {
    let (database, snapshot) = shop().await;
    let mut found = differences("tests/queries/selects.sql", true, &database, &snapshot).await;
    found.extend(differences("tests/queries/writes.sql", false, &database, &snapshot).await);
    let explained: BTreeMap<String, String> = lines("tests/queries/differences.txt")
        .into_iter()
        .map(|line| {
            let (statement, reason) = line.split_once(" ## ").unwrap_or_else(|| panic!("no reason: {line}"));
            (statement.to_owned(), reason.to_owned())
        })
        .collect();
    for (statement, difference) in &found {
        assert!(explained.contains_key(statement), "not explained in differences.txt:\n{statement}\n  {difference}");
    }
    for statement in explained.keys() {
        assert!(found.contains_key(statement), "no difference any more, take it out of differences.txt:\n{statement}");
    }
    assert!(lines("tests/queries/selects.sql").len() >= 80);
}
