//! The parents of a ConfigMap's rows, looked for in a real MariaDB behind real MCP servers: what is said of a row is what
//! the database says when it is asked to take it.

use std::time::Duration;

use mcp_schema_operator::cache::Options;
use mcp_schema_operator::discovery::{Settings, discover};
use mcp_schema_operator::schema::Snapshot;
use mcp_schema_operator::schema::select::Selection;
use mcp_schema_operator::validation::live::{ParentQuestion, found, parents};
use mcp_schema_operator::validation::policy::{Parents, Policy, engines};
use mcpschema_bed::{Database, Engine, Login, McpServer, ServerKind};
use serde_json::{Value, json};

use crate::direct::Direct;
use crate::live::{Source, policy};

/// A row of `kin.child` without its number, as JSON and as SQL.
const ROWS: &[(&str, &str, bool)] = &[
    (r#"{"id": 18446744073709551615}"#, "id = 18446744073709551615", true),
    (r#"{"id": 18446744073709551614}"#, "id = 18446744073709551614", false),
    (r#"{"id": 0}"#, "id = 0", true),
    (r#"{"id": null}"#, "id = NULL", true),
    (r#"{"code": "AB"}"#, "code = 'AB'", true),
    (r#"{"code": "ab  "}"#, "code = 'ab  '", true),
    (r#"{"code": "abc"}"#, "code = 'abc'", false),
    (r#"{"code": "STRASSE"}"#, "code = 'STRASSE'", true),
    (
        r#"{"code": "it's \"100%\" \\ a:b; -- c /* d */ # ? {e} $1 é😀"}"#,
        r#"code = 'it''s "100%" \\ a:b; -- c /* d */ # ? {e} $1 é😀'"#,
        true,
    ),
    (r#"{"code": "it's \"100%\" \\ a:b; -- c"}"#, r#"code = 'it''s "100%" \\ a:b; -- c'"#, false),
    (r#"{"code": ""}"#, "code = ''", true),
    (r#"{"strict": "Ab"}"#, "strict = 'Ab'", true),
    (r#"{"strict": "AB"}"#, "strict = 'AB'", false),
    (r#"{"strict": "x\u0000y"}"#, r"strict = 'x\0y'", true),
    (r#"{"strict": "' OR ''='"}"#, "strict = ''' OR ''''='''", false),
    (r#"{"old": "ä"}"#, "old = 'ä'", true),
    (r#"{"old": "ÿ"}"#, "old = 'ÿ'", false),
    (r#"{"three": "É列"}"#, "three = 'É列'", true),
    (r#"{"three": "列"}"#, "three = '列'", false),
    (r#"{"price": -12345678901.50}"#, "price = -12345678901.50", true),
    (r#"{"price": "-12345678901.5000"}"#, "price = -12345678901.5", true),
    (r#"{"price": -12345678901.5001}"#, "price = -12345678901.5001", false),
    (r#"{"fixed": "YWI="}"#, "fixed = 'ab'", true),
    (r#"{"fixed": "YWIg"}"#, "fixed = 'ab '", false),
    (r#"{"bytes": "AP8nOg=="}"#, "bytes = X'00FF273A'", true),
    (r#"{"bytes": "AP8nOgA="}"#, "bytes = X'00FF273A00'", false),
    (r#"{"bytes": ""}"#, "bytes = ''", false),
    (r#"{"day": "2024-02-29"}"#, "day = '2024-02-29'", true),
    (r#"{"day": "2023-02-28"}"#, "day = '2023-02-28'", false),
    (r#"{"moment": "2024-02-29 23:59:59.123456"}"#, "moment = '2024-02-29 23:59:59.123456'", true),
    (r#"{"moment": "2024-02-29 23:59:59"}"#, "moment = '2024-02-29 23:59:59'", false),
    (r#"{"clock": "-12:34:56.789"}"#, "clock = '-12:34:56.789'", true),
    (r#"{"clock": "12:34:56.789"}"#, "clock = '12:34:56.789'", false),
    (r#"{"bits": 18446744073709551615}"#, "bits = 18446744073709551615", true),
    (r#"{"bits": 1}"#, "bits = 1", false),
    (r#"{"y": 2024}"#, "y = 2024", true),
    (r#"{"y": 2023}"#, "y = 2023", false),
    (r#"{"c1": "aB", "i1": 18446744073709551615}"#, "c1 = 'aB', i1 = 18446744073709551615", true),
    (r#"{"c1": "aB", "i1": 7}"#, "c1 = 'aB', i1 = 7", false),
    (r#"{"c1": "nowhere", "i1": null}"#, "c1 = 'nowhere', i1 = NULL", true),
];

fn check(table: &str) -> Value {
    json!({"table": table, "rowsFrom": {"configMapKeyRef": {"name": "rows", "key": "k"}}})
}

fn one(table: &str) -> Policy {
    policy(json!({"data": [check(table)]}))
}

async fn asked(source: &Source, questions: &[ParentQuestion]) -> Parents {
    let statements: Vec<&str> = questions.iter().map(ParentQuestion::statement).collect();
    let answers = source.ask(Duration::from_secs(60), &statements).await;
    for answer in answers.iter().filter_map(|answer| answer.as_ref().err()) {
        assert!(!answer.message.contains("EXISTS") && !answer.message.contains("p.`"), "{answer:?}");
    }
    found(questions, answers.iter().map(|answer| answer.as_ref().ok()))
}

/// What is said of rows, and how many statements it took.
async fn judged(source: &Source, table: &str, text: &str, snapshot: &Snapshot) -> (Vec<String>, usize) {
    let policy = one(table);
    let may = |database: &str| database != "secret";
    let questions = parents(&policy, |_| Some(text), snapshot, &may);
    let known = asked(source, &questions).await;
    let (judged, _) = engines::rows(|_| Ok(text), &policy.data[0], snapshot, policy.switches, Some(&known));
    let told = judged.iter().filter(|one| one.message.contains("FOREIGN_KEY_"));
    let told = told.map(|one| one.message.split(": ").take(2).collect::<Vec<_>>().join(": "));
    (told.collect(), questions.len())
}

async fn database() -> Database {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let database = Database::start(Engine::MariaDb).await.unwrap_or_else(|error| panic!("{error}"));
    let script = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/rows/parents.sql")).unwrap();
    database.admin().execute_script(&script).await.unwrap_or_else(|error| panic!("{error}"));
    database
}

async fn schema(database: &Database, login: &Login) -> Snapshot {
    let selection = Selection::new(&["kin", "secret"], &[], &[], &[]).unwrap();
    discover(&Direct::new(database, login), &selection, &Settings::default()).await.unwrap().snapshot()
}

/// Rows with one field `p`.
fn column(values: impl Iterator<Item = String>) -> String {
    values.map(|value| format!("{{\"p\": {value}}}\n")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_have_the_parents_that_the_database_finds_through_every_server() {
    let database = database().await;
    for (_, sql, good) in ROWS {
        let taken =
            database.admin().execute_script(&format!("SET NAMES utf8mb4; INSERT INTO kin.child SET {sql};")).await;
        assert_eq!(taken.is_ok(), *good, "{sql}: {taken:?}");
    }
    let reader = database.create_reader("parents", &["*"]).await.unwrap();
    let snapshot = schema(&database, &reader).await;
    let text: String = ROWS.iter().map(|(row, ..)| format!("{row}\n")).collect();
    let wrong = ROWS.iter().enumerate().filter(|(_, (.., good))| !good);
    let wrong: Vec<String> = wrong.map(|(row, _)| format!("row {row}: FOREIGN_KEY_NOT_FOUND")).collect();
    for kind in ServerKind::ALL.into_iter().filter(|kind| *kind != ServerKind::ToolboxTidb) {
        let server = McpServer::start_kind(kind, &database, &reader).await.unwrap();
        let source = Source::new(&server, Options::default());
        let (told, asked) = judged(&source, "kin.child", &text, &snapshot).await;
        assert_eq!((told, asked), (wrong.clone(), 14), "{kind}");
        let many = column((1..=450).map(|n| n.to_string()));
        let told = judged(&source, "kin.many", &many, &snapshot).await;
        assert_eq!(told, (vec!["row 449: FOREIGN_KEY_NOT_FOUND".to_owned()], 3), "{kind}");
        // Long keys: fewer in a statement.
        let long = column((1..=101).map(|n| format!("\"{n}{}\"", "É".repeat(690))));
        let (told, asked) = judged(&source, "kin.longs", &long, &snapshot).await;
        assert_eq!(told, ["row 100: FOREIGN_KEY_NOT_FOUND"], "{kind}");
        assert!(asked > 3, "{asked}");
        source.manager.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_looked_for_is_not_checked() {
    let database = database().await;
    let reader = database.create_reader("parents", &["*"]).await.unwrap();
    let snapshot = schema(&database, &reader).await;
    // An account that may not read the parents.
    let blind = database.create_reader("blind", &["secret"]).await.unwrap();
    let server = McpServer::start(&database, &blind).await.unwrap();
    let source = Source::new(&server, Options::default());
    for (table, text, statements) in [
        ("kin.many", r#"{"p": 1}"#, 1),
        // Nobody may read rows of the parent's database.
        ("kin.apart", r#"{"p": 1}"#, 0),
        // Numbers of members mean something in one table alone.
        ("kin.odd", r#"{"e": "a"}"#, 0),
    ] {
        let (told, asked) = judged(&source, table, text, &snapshot).await;
        assert_eq!((told, asked), (vec!["row 0: FOREIGN_KEY_NOT_CHECKED".to_owned()], statements), "{table}");
    }
    // A server that is away.
    server.kill();
    let (told, _) = judged(&source, "kin.many", r#"{"p": 1}"#, &snapshot).await;
    assert_eq!(told, ["row 0: FOREIGN_KEY_NOT_CHECKED"]);
    source.manager.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parent_that_another_config_map_brings_is_not_missed() {
    let database = database().await;
    let reader = database.create_reader("parents", &["*"]).await.unwrap();
    let snapshot = schema(&database, &reader).await;
    let server = McpServer::start(&database, &reader).await.unwrap();
    let source = Source::new(&server, Options::default());
    let policy = policy(json!({"data": [check("kin.number"), check("kin.many")]}));
    let text = "{\"p\": 1}\n{\"p\": 450}";
    let questions = parents(&policy, |_| Some(text), &snapshot, &|_| true);
    let known = asked(&source, &questions).await;
    let (judged, _) = engines::rows(|_| Ok(text), &policy.data[1], &snapshot, policy.switches, Some(&known));
    let told: Vec<&str> = judged.iter().map(|one| one.message.as_str()).collect();
    assert!(told.len() == 1 && told[0].starts_with("row 1: FOREIGN_KEY_NOT_CHECKED"), "{told:?}");
    source.manager.close().await;
}
