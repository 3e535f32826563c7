#![expect(clippy::unwrap_used, reason = "tests")]

use serde_json::{Value, json};

use super::*;
use crate::discovery::testing::Scripted;

/// A fingerprint row; `n` counts in every part.
fn row(engine: Engine, n: u64) -> Value {
    let mut row = serde_json::Map::new();
    for Scan { name, .. } in scans(engine) {
        row.insert(format!("{name}_n"), json!(n));
        row.insert(format!("{name}_fp"), json!(format!("{n:016x}")));
    }
    Value::Object(row)
}

fn tagged(mut row: Value, database: &str) -> Value {
    row["db"] = json!(hex(database));
    row
}

#[test]
fn every_engine_fingerprints_its_own_parts() {
    let names = |engine| scans(engine).iter().map(|scan| scan.name).collect::<Vec<_>>().join(" ");
    let common = "db tables columns index_parts fk_parts fk_rules partitions views checks";
    assert_eq!(names(Engine::Mariadb), common);
    assert_eq!(names(Engine::Tidb), format!("{common} public_indexes"));
    assert_eq!(names(Engine::Mysql), format!("{common} constraints"));
    let mysql = statement(Engine::Mysql, &["d"]);
    assert!(mysql.contains("CONCAT_WS('|',HEX(CONSTRAINT_NAME),CHECK_CLAUSE)"), "{mysql}");
    assert!(mysql.contains("IS_VISIBLE,IFNULL(EXPRESSION,'')") && !mysql.contains("TIDB_"), "{mysql}");
}

#[test]
fn statements_are_bounded_and_hold_no_character_a_server_would_misread() {
    for engine in [Engine::Tidb, Engine::Mariadb, Engine::Mysql] {
        let names: Vec<String> = (0..70).map(|i| format!("{i}:%;\\ü{}", "x".repeat(50))).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let batches = batches(engine, &names);
        assert_eq!(batches.concat(), names);
        for batch in batches {
            let sql = statement(engine, &batch);
            assert!(batch.len() <= DATABASES_PER_STATEMENT && sql.len() <= STATEMENT_BYTES, "{}", sql.len());
            assert!(sql.is_ascii() && !sql.contains([':', '%', '\\', ';']), "{sql}");
        }
    }
    let plain: Vec<String> = (0..45).map(|i| format!("db{i}")).collect();
    let plain: Vec<&str> = plain.iter().map(String::as_str).collect();
    let sizes: Vec<_> = batches(Engine::Mariadb, &plain).iter().map(Vec::len).collect();
    assert_eq!(sizes, [20, 20, 5]);
}

#[test]
fn the_value_covers_every_cell_and_the_newest_job() {
    let read =
        |row: &Value, jobs: Jobs| read_row(Engine::Tidb, &Row::new(row.as_object().unwrap().clone()), &jobs).unwrap();
    let base = row(Engine::Tidb, 3);
    let value = read(&base, None).value;
    assert!(value.len() == 16 && value.bytes().all(|b| b.is_ascii_hexdigit()));
    for label in base.as_object().unwrap().keys() {
        let mut other = base.clone();
        other[label] = json!("9");
        assert_ne!(read(&other, None).value, value, "{label}");
    }
    let with_job = read(&base, Some(("7".into(), false)));
    assert_ne!(with_job.value, value);
    assert_ne!(read(&base, Some(("8".into(), false))).value, with_job.value);
    assert_eq!(read(&base, Some(("7".into(), true))).value, with_job.value, "a running job changes nothing by itself");
    // Servers send numbers as numbers or as text.
    let mut text = base.clone();
    text["tables_n"] = json!("3");
    assert_eq!(read(&text, None).value, value);
}

#[test]
fn ddl_is_known_where_the_server_shows_it() {
    let ddl = |engine, jobs: Jobs| {
        let cells = row(engine, 1);
        read_row(engine, &Row::new(cells.as_object().unwrap().clone()), &jobs).unwrap().ddl
    };
    assert_eq!(ddl(Engine::Mariadb, None), Ddl::Idle);
    assert_eq!(ddl(Engine::Tidb, None), Ddl::Unknown);
    assert_eq!(ddl(Engine::Tidb, Some(("4".into(), true))), Ddl::Running);
    assert_eq!(ddl(Engine::Tidb, Some(("4".into(), false))), Ddl::Idle);
}

#[tokio::test]
async fn rows_are_told_apart_by_name_in_whatever_order_they_come() {
    let source = Scripted::new(|sql| {
        if sql.contains("DDL_JOBS") {
            let job = |db, last, running| tagged(json!({"last_job": last, "running": running}), db);
            return Ok(vec![job("c", "0", "0"), job("b", "5", "1"), job("a", "4", "0")]);
        }
        Ok(vec![
            tagged(row(Engine::Tidb, 0), "c"),
            tagged(row(Engine::Tidb, 2), "b"),
            tagged(row(Engine::Tidb, 1), "a"),
        ])
    });
    let found = look(&source, Engine::Tidb, &["a", "b", "c"]).await.unwrap();
    assert_eq!(found.keys().collect::<Vec<_>>(), ["a", "b"], "a database with nothing in any part is gone");
    let columns = queries::lists(Engine::Tidb).find(|list| list.part == Part::Columns).unwrap();
    assert_eq!(found["a"].expected(columns).rows, Some(1));
    assert_eq!(found["b"].expected(columns).rows, Some(2));
    assert_eq!((found["a"].ddl, found["b"].ddl), (Ddl::Idle, Ddl::Running));
    assert_eq!(source.asked().len(), 2);
}

#[tokio::test]
async fn a_server_that_hides_its_jobs_is_looked_at_without_them() {
    let source = Scripted::new(|sql| {
        if sql.contains("DDL_JOBS") {
            Err(McpError::new(Reason::DatabaseError, "no"))
        } else {
            Ok(vec![row(Engine::Tidb, 1)])
        }
    });
    assert_eq!(look(&source, Engine::Tidb, &["a"]).await.unwrap()["a"].ddl, Ddl::Unknown);
}

#[tokio::test]
async fn a_missing_or_doubled_row_is_refused() {
    for rows in [vec!["a"], vec!["a", "b", "b"], vec![]] {
        let answer: Vec<Value> = rows.iter().map(|db| tagged(row(Engine::Mariadb, 1), db)).collect();
        let source = Scripted::new(move |_| Ok(answer.clone()));
        let error = look(&source, Engine::Mariadb, &["a", "b"]).await.unwrap_err();
        assert_eq!(error.reason(), Reason::ProtocolError, "{rows:?}");
    }
}

#[tokio::test]
async fn a_database_seen_through_a_table_grant_alone_exists() {
    let source = Scripted::new(|_| {
        let mut row = row(Engine::Mariadb, 1);
        row["db_n"] = json!(0);
        Ok(vec![row])
    });
    assert_eq!(look(&source, Engine::Mariadb, &["a"]).await.unwrap().len(), 1);
}
