//! What was recorded and what is live agree: MariaDB's recording with a live MariaDB, a tape with the discovery it was made
//! from, and TiDB's rows on the whole way through MCP server, operator and ConfigMaps with the tape of the same rows.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use mcp_schema_operator::api::{SchemaSnapshotStatus, annotations};
use mcp_schema_operator::schema::{Snapshot, canonical};
use mcpschema_bed::{Database, Engine, McpServer, State, Transplant, TransplantAnswer, Workdir};
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::reports::installed;
use crate::server::{Answer, Server};
use crate::support::Case;
use crate::verdicts::agree;

fn golden_file(case: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(case).join("discover.json")
}

fn golden(case: &str) -> Snapshot {
    serde_json::from_str(&std::fs::read_to_string(golden_file(case)).unwrap()).unwrap()
}

/// The hash that publishing exactly these databases gives.
fn content_hash(snapshot: &Snapshot) -> String {
    let hash = |d| canonical::database_hash(d, &canonical::object_hashes(d).unwrap());
    let hashes: Vec<_> = snapshot.databases.iter().map(|d| (d.name.clone(), hash(d))).collect();
    canonical::content_hash(&snapshot.server, &hashes)
}

fn discover(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mcp-schema-operator")).arg("discover").args(args).output().unwrap()
}

fn ok(output: Output) -> Vec<u8> {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

#[tokio::test(flavor = "multi_thread")]
async fn a_live_mariadb_gives_what_its_recording_gives() {
    // A database of its own: the script makes accounts, and on a bed with TiDB there is no other MariaDB.
    let database = Database::start(Engine::MariaDb).await.unwrap();
    let ddl = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings/mariadb-10.11/ddl.sql");
    database.admin().execute_script(&std::fs::read_to_string(ddl).unwrap()).await.unwrap();
    let reader = database.create_reader("reader", &["*"]).await.unwrap();
    let server = McpServer::start(&database, &reader).await.unwrap();
    let url = server.url();
    let live =
        ok(discover(&["--url", &url, "--database", "nasty_*", "--database", "Nasty*", "--exclude-table", "none"]));
    let live: Snapshot = serde_json::from_slice(&live).unwrap();
    let mut recorded = golden("mariadb-10.11-nasty");
    recorded.databases.retain(|d| d.name.to_lowercase().starts_with("nasty"));
    let names = |s: &Snapshot| s.databases.iter().map(|d| d.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&live), names(&recorded));
    for (live, recorded) in live.databases.iter().zip(&recorded.databases) {
        for (live, recorded) in live.tables.iter().zip(&recorded.tables) {
            assert_eq!(live, recorded);
        }
        assert_eq!(live, recorded);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tape_gives_the_bytes_of_the_discovery_it_was_made_from() {
    let case = Case::new("tape").await;
    case.table("t", "id INT PRIMARY KEY, note VARCHAR(20) DEFAULT 'ä''\\n' COMMENT 'x'").await;
    let folder = Workdir::new("tape").unwrap();
    let tape: PathBuf = folder.path().join("tape.ndjson");
    let tape = tape.to_str().unwrap();
    let live = ok(discover(&["--url", &case.world.bed.mcp.url(), "--database", &case.database, "--record", tape]));
    let again = ok(discover(&["--replay", tape, "--database", &case.database]));
    assert!(!live.is_empty());
    assert_eq!(live, again);
    let summary = ok(discover(&["--replay", tape, "--database", &case.database, "--format", "summary"]));
    assert!(String::from_utf8_lossy(&summary).contains(&case.database));
    let other = discover(&["--replay", tape, "--database", "another_database"]);
    assert_eq!(other.status.code(), Some(2));
    assert!(!other.stderr.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn tidbs_rows_go_the_whole_way() {
    installed().await;
    let case = Case::new("tidbrows").await;
    let database = Database::start(Engine::MariaDb).await.unwrap();
    let rows = Transplant::load(&database, "tidb_is", State::Base).await.unwrap();
    let rows = Arc::new(Mutex::new(rows));
    let asked = Arc::clone(&rows);
    let server = Server::start(move |sql| {
        let rows = Arc::clone(&asked);
        async move {
            if !sql.to_lowercase().contains("from information_schema") && sql.contains(" AS p UNION ALL ") {
                return None; // The canary, which the server knows.
            }
            Some(match rows.lock().await.ask(&sql).await {
                Ok(TransplantAnswer::Rows(rows)) => Answer::Rows(rows.into_iter().map(Value::Object).collect()),
                Ok(TransplantAnswer::Error(text)) => Answer::Error(text),
                Err(error) => Answer::Error(error.to_string()),
            })
        }
    })
    .await;
    let selection = json!({"databases": {"include": ["*"]}, "tables": {"exclude": []}});
    case.snapshot(&server.url(), selection).await;
    let status = case.published().await;
    assert!(status.source.as_ref().unwrap().database.contains("TiDB"), "{:?}", status.source);
    assert_eq!(status.content_hash, Some(content_hash(&golden("tidb-8.4-nasty"))));
    let policy = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cluster/tidb-policy.yaml");
    agree(&case, "tidb", policy, &golden_file("tidb-8.4-nasty")).await;
    rows.lock().await.switch(State::AfterAlter).await.unwrap();
    // One of the databases was dropped: that waits for a person, who approves exactly what is there now.
    let want = content_hash(&golden("tidb-8.4-after-alter"));
    let held = |now: &SchemaSnapshotStatus| now.held.as_ref().is_some_and(|held| held.content_hash == want);
    case.until("the altered schema held", held).await;
    case.annotate(annotations::APPROVE, &want).await;
    let status = case.published().await;
    assert_eq!(status.content_hash, Some(want));
}
