//! The recorded rows in MariaDB answer as TiDB answered: every recorded statement, cell by cell.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use mcpschema_bed::{Database, Engine, State, Transplant, TransplantAnswer};
use serde_json::{Map, Value};
use tokio::sync::OnceCell;

static DATABASE: OnceCell<Database> = OnceCell::const_new();

async fn load(name: &str, state: State) -> Transplant {
    let database = DATABASE.get_or_try_init(|| Database::start(Engine::MariaDb)).await.unwrap();
    Transplant::load(database, name, state).await.unwrap()
}

#[derive(serde::Deserialize)]
struct Recorded {
    name: String,
    sql: String,
    rows: Vec<Map<String, Value>>,
}

async fn rows(transplant: &Transplant, sql: &str) -> Vec<Map<String, Value>> {
    match transplant.ask(sql).await.unwrap() {
        TransplantAnswer::Rows(rows) => rows,
        TransplantAnswer::Error(text) => panic!("{text}"),
    }
}

/// Ids, DDL times, job ids and the hash over DDL times differ from one load of the schema to the next; TiDB also lists
/// its system schemas.
fn comparable(rows: Vec<Map<String, Value>>) -> Vec<Map<String, Value>> {
    const SYSTEM: [&str; 5] = ["information_schema", "metrics_schema", "performance_schema", "mysql", "sys"];
    const PASSING: [&str; 4] = ["tid", "ddl_time", "last_job", "tables_fp"];
    let user_made = |row: &Map<String, Value>| {
        let name = row.get("name").and_then(Value::as_str).unwrap_or_default();
        !SYSTEM.contains(&name.to_ascii_lowercase().as_str())
    };
    let mut rows: Vec<_> = rows.into_iter().filter(user_made).collect();
    for row in &mut rows {
        row.retain(|label, _| !PASSING.contains(&label.as_str()));
    }
    rows
}

#[tokio::test]
async fn every_recorded_answer_of_tidb_is_given_again() {
    let transplant = load("recorded", State::Base).await;
    let recorded =
        include_str!("../tidb/recorded.ndjson").lines().map(|line| serde_json::from_str::<Recorded>(line).unwrap());
    let (mut answers, mut cells) = (0, 0);
    for Recorded { name, sql, rows: wanted } in recorded {
        let mut found = comparable(rows(&transplant, &sql).await);
        let mut wanted = comparable(wanted);
        cells += wanted.iter().map(Map::len).sum::<usize>();
        if !sql.contains("ORDER BY") {
            // Without an order neither server promises one.
            let text = |row: &Map<String, Value>| serde_json::to_string(row).unwrap();
            found.sort_by_key(text);
            wanted.sort_by_key(text);
        }
        assert_eq!(found, wanted, "{name}: {sql}");
        answers += 1;
    }
    assert!(answers > 150 && cells > 10_000, "{answers} answers, {cells} cells");
}

#[tokio::test]
async fn switching_shows_the_schema_after_its_changes_and_back() {
    const COLUMNS: &str = "SELECT COLUMN_NAME AS c FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = 'nasty_shop' AND TABLE_NAME = 'order_line' AND COLUMN_NAME = 'note'";
    let mut transplant = load("switched", State::Base).await;
    assert_eq!(rows(&transplant, COLUMNS).await.len(), 1);
    transplant.switch(State::AfterAlter).await.unwrap();
    assert_eq!(rows(&transplant, COLUMNS).await.len(), 0);
    let create = rows(&transplant, "SHOW CREATE TABLE nasty_shop.order_line").await;
    assert!(!create[0]["Create Table"].as_str().unwrap().contains("`note`"));
    transplant.switch(State::Base).await.unwrap();
    assert_eq!(rows(&transplant, COLUMNS).await.len(), 1);
}

#[tokio::test]
async fn what_reads_no_table_is_answered_from_the_recording_or_refused_by_name() {
    let transplant = load("fixed", State::Base).await;
    assert_eq!(rows(&transplant, "SELECT 1 AS a").await[0]["a"], 1);
    let error = transplant.ask("SELECT 2 AS b").await.unwrap_err().to_string();
    assert!(error.contains("was not recorded: SELECT 2 AS b"), "{error}");
}

#[tokio::test]
async fn a_statement_for_another_client_brings_the_same_rows() {
    let transplant = load("told", State::Base).await;
    let admin = DATABASE.get().unwrap().admin();
    for sql in [
        "SELECT @@tidb_enable_check_constraint AS chk, @@allow_auto_random_explicit_insert AS arx, @@tidb_enable_foreign_key AS tfk",
        "SHOW CREATE TABLE `nasty_shop`.`comments`",
        "SELECT TABLE_NAME AS t FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'nasty_ref' ORDER BY HEX(TABLE_NAME)",
    ] {
        let told = admin.rows(&transplant.statement(sql)).await.unwrap();
        assert_eq!(told, rows(&transplant, sql).await, "{sql}");
        assert!(!told.is_empty(), "{sql}");
    }
    assert_eq!(transplant.statement("SELECT 2 AS b"), "SELECT 2 AS b");
}

#[tokio::test]
async fn an_error_reads_as_the_mcp_server_would_tell_it() {
    let transplant = load("refused", State::Base).await;
    let answer = transplant.ask("SELECT nope FROM information_schema.TABLES").await.unwrap();
    let TransplantAnswer::Error(text) = answer else { panic!("{answer:?}") };
    assert!(text.starts_with("(pymysql.err.OperationalError) (1054, \"Unknown column 'nope'"), "{text}");
    let answer = transplant.ask("SELECT 1 FROM information_schema.NOPE").await.unwrap();
    let TransplantAnswer::Error(text) = answer else { panic!("{answer:?}") };
    assert!(
        text.starts_with("(pymysql.err.ProgrammingError) (1146, \"Table 'information_schema.NOPE' doesn't"),
        "{text}"
    );
}
