//! Row validation agrees with the database: every row of `cases/` goes into a real MariaDB in strict mode and through the
//! validator, against the schema discovered from that database, and both accept it or both refuse it. Where they differ
//! on purpose the case says why; a difference that is gone, or was not announced, fails.
//!
//! A row becomes SQL in the most natural way: a string is a quoted text, a number its own digits, `true` and `false` the
//! keywords, null NULL, an array or object its JSON text in quotes. So binary values are written as their own bytes.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod cases;
mod command;
#[path = "../matrix/direct.rs"]
mod direct;
mod live;
mod parents;
mod sql;

use std::collections::BTreeSet;

use cases::{Case, Table};
use direct::Direct;
use mcp_schema_operator::discovery::{Settings, discover};
use mcp_schema_operator::schema::Snapshot;
use mcp_schema_operator::schema::select::Selection;
use mcp_schema_operator::validation::rows::{
    Batch, BinaryEncoding, KeyValue, Lookup, Options, SchemaRef, Severity, Validator,
};
use mcpschema_bed::{Database, Engine, Sql};

const DATABASE: &str = "agree";
/// The issue asks for so many pairs of a table and a row.
const AT_LEAST: usize = 400;

/// Everything the database is asked to create.
async fn create(sql: &Sql, tables: &[Table]) {
    let mut script = format!("CREATE DATABASE {DATABASE}; USE {DATABASE};\n");
    for table in tables {
        script += &format!("CREATE TABLE `{}` ({}) {};\n", table.name, table.columns, table.options);
        for row in &table.given {
            script += &format!("{};\n", sql::insert(&table.name, row));
        }
    }
    sql.execute_script(&script).await.unwrap_or_else(|error| panic!("{error}"));
}

/// Whether the database takes each row of a case, one after the other; nothing of it stays.
async fn database_accepts(sql: &Sql, table: &str, case: &Case) -> Vec<Result<(), String>> {
    let mut accepted: Vec<String> = Vec::new();
    let mut verdicts = Vec::new();
    for row in &case.rows {
        let insert = sql::insert(table, row);
        let script = format!(
            "USE {DATABASE}; START TRANSACTION; {}; ROLLBACK",
            [accepted.as_slice(), std::slice::from_ref(&insert)].concat().join("; ")
        );
        let verdict = sql.execute_script(&script).await.map_err(|error| error.to_string());
        if verdict.is_ok() {
            accepted.push(insert);
        }
        verdicts.push(verdict);
    }
    verdicts
}

/// Whether the validator takes each row of a case; parents are looked for in the database.
async fn validator_accepts(sql: &Sql, validator: &Validator, case: &Case) -> Vec<Result<(), String>> {
    let mut batch = validator.batch();
    for row in &case.rows {
        batch.row(row.as_bytes());
    }
    look_up(sql, &mut batch).await;
    let result = batch.finish(SchemaRef::default(), 0);
    assert_eq!(result.is_valid, result.errors.is_empty());
    let mut verdicts = vec![Ok(()); case.rows.len()];
    for finding in result.errors.iter().filter(|finding| finding.severity == Severity::Error) {
        let row = usize::try_from(finding.row.unwrap()).unwrap();
        verdicts[row] = Err(format!("{} {}", finding.error_code.as_str(), finding.message));
    }
    let bad: BTreeSet<_> = result.errors.iter().map(|finding| finding.row).collect();
    assert_eq!(result.summary.rows_invalid, bad.len() as u64);
    verdicts
}

async fn look_up(sql: &Sql, batch: &mut Batch<'_>) {
    for Lookup { foreign_key, table, columns, tuples, .. } in batch.lookups() {
        let mut found = Vec::new();
        for tuple in tuples {
            let conditions = columns.iter().zip(tuple).map(|(column, value)| match value {
                KeyValue::Number(number) => format!("`{column}` = {number}"),
                KeyValue::Text(text) => format!("`{column}` = CONVERT(X'{}' USING utf8mb4)", sql::hex(text.as_bytes())),
                KeyValue::Bytes(bytes) => format!("`{column}` = X'{}'", sql::hex(&bytes)),
            });
            let conditions = conditions.collect::<Vec<_>>().join(" AND ");
            let rows =
                sql.rows(&format!("SELECT 1 FROM {DATABASE}.`{table}` WHERE {conditions} LIMIT 1")).await.unwrap();
            found.push(Some(!rows.is_empty()));
        }
        batch.answer(&foreign_key, &found);
    }
}

fn validator(snapshot: &Snapshot, table: &str) -> Validator {
    let tables = &snapshot.databases.first().unwrap().tables;
    let table = tables.iter().find(|found| found.name == table).unwrap_or_else(|| panic!("{table} was not discovered"));
    let options = Options { binary_encoding: BinaryEncoding::Utf8, lookups: 1000, ..Options::default() };
    Validator::compile(table, &snapshot.server, options)
}

/// `UPDATE_GOLDEN=1 cargo test --test rows the_readme` rewrites the list.
#[test]
fn the_readme_lists_every_difference() {
    let reasons = cases::read().into_iter().flat_map(|table| table.cases).filter_map(|case| case.differs);
    let list: String = reasons.map(|why| format!("- {why}\n")).collect();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let have = std::fs::read_to_string(path).unwrap();
    let (start, end) = ("<!-- row-differences:start -->\n", "<!-- row-differences:end -->");
    let (head, rest) = have.split_once(start).unwrap();
    let (_, tail) = rest.split_once(end).unwrap();
    let want = format!("{head}{start}{list}{end}{tail}");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(path, &want).unwrap();
    }
    assert!(have == want || std::env::var_os("UPDATE_GOLDEN").is_some(), "README.md lists other differences");
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_are_accepted_and_refused_as_mariadb_does() {
    let tables = cases::read();
    let database = Database::start(Engine::MariaDb).await.unwrap_or_else(|error| panic!("{error}"));
    let (sql, reader) = (database.admin(), database.create_reader("reader", &["*"]).await.unwrap());
    create(&sql, &tables).await;
    let selection = Selection::new(&[DATABASE], &[], &[], &[]).unwrap();
    let found = discover(&Direct::new(&database, &reader), &selection, &Settings::default()).await.unwrap();
    let snapshot = found.snapshot();
    assert!(
        snapshot.server.sql_mode.iter().any(|mode| mode == "STRICT_TRANS_TABLES"),
        "{:?}",
        snapshot.server.sql_mode
    );

    let (mut pairs, mut differences, mut wrong) = (0, 0, Vec::new());
    for table in &tables {
        let validator = validator(&snapshot, &table.name);
        for case in &table.cases {
            let theirs = database_accepts(&sql, &table.name, case).await;
            let ours = validator_accepts(&sql, &validator, case).await;
            pairs += case.rows.len();
            let differ = theirs.iter().zip(&ours).any(|(theirs, ours)| theirs.is_ok() != ours.is_ok());
            differences += usize::from(differ);
            if differ != case.differs.is_some() {
                let announced = case.differs.as_deref().unwrap_or("agree");
                wrong.push(format!(
                    "({}) {:?}\n  wanted: {announced}\n  MariaDB: {theirs:?}\n  ours:    {ours:?}",
                    table.columns, case.rows
                ));
            }
        }
    }
    println!("{pairs} pairs, {} tables, {differences} announced differences", tables.len());
    assert!(wrong.is_empty(), "{} cases:\n{}", wrong.len(), wrong.join("\n"));
    assert!(pairs >= AT_LEAST, "only {pairs} pairs");
}
