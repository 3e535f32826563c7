#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};

use super::*;
use crate::discovery::create::Allowance;
use crate::discovery::memory::Memory;
use crate::discovery::queries::hex;
use crate::discovery::testing::Scripted;

/// MariaDB with one table of two columns, whose fingerprint and number of columns may depend on how often each was
/// asked for.
fn server(
    fingerprint: impl Fn(u32) -> u32 + Send + Sync + 'static,
    columns: impl Fn(u32) -> usize + Send + Sync + 'static,
) -> Scripted {
    let (looks, reads) = (AtomicU32::new(0), AtomicU32::new(0));
    Scripted::new(move |sql| {
        if sql.starts_with("SELECT db.n") {
            let look = looks.fetch_add(1, Ordering::Relaxed);
            let mut row = serde_json::Map::new();
            for part in
                ["db", "tables", "columns", "index_parts", "fk_parts", "fk_rules", "partitions", "views", "checks"]
            {
                let n = match part {
                    "db" | "tables" => 1,
                    "columns" => 2,
                    _ => 0,
                };
                row.insert(format!("{part}_n"), json!(n));
                row.insert(format!("{part}_fp"), json!(fingerprint(look).to_string()));
            }
            return Ok(vec![Value::Object(row)]);
        }
        if sql.contains("FROM information_schema.TABLES") {
            return Ok(vec![json!({"t": "t", "k": hex("t"), "typ": "BASE TABLE", "tmp": "N"})]);
        }
        if sql.contains(&format!("HEX(TABLE_NAME) > '{}'", hex("t"))) {
            return Ok(vec![]);
        }
        let n = columns(reads.fetch_add(1, Ordering::Relaxed));
        Ok((1..=n).map(|pos| json!({"t": "t", "k": hex("t"), "pos": pos, "c": format!("c{pos}")})).collect())
    })
}

async fn read(source: &Scripted) -> Result<Option<Reading>, DiscoveryError> {
    let mut size = Pages::new(5000, false);
    let mut allowance = Allowance::new(9);
    let mut extras = Extras { wanted: &|_| true, known: &Memory::default(), allowance: &mut allowance };
    database(source, Engine::Mariadb, "d", &mut size, Duration::ZERO, &|_| Ok(()), &mut extras).await
}

fn looks(source: &Scripted) -> usize {
    source.asked().iter().filter(|sql| sql.starts_with("SELECT db.n")).count()
}

#[tokio::test]
async fn a_quiet_database_is_read_once() {
    let source = server(|_| 7, |_| 2);
    let reading = read(&source).await.unwrap().unwrap();
    assert_eq!(reading.rows[&Part::Columns].len(), 2);
    assert_eq!(source.asked().len(), 4, "fingerprint, tables, columns, fingerprint: empty lists are not asked for");
}

#[tokio::test]
async fn a_database_that_changes_while_it_is_read_is_read_again() {
    // Looks 0 and 1 differ, 2 and 3 agree.
    let source = server(|look| u32::from(look > 0), |_| 2);
    assert!(read(&source).await.unwrap().is_some());
    assert_eq!(looks(&source), 4);
}

#[tokio::test]
async fn a_database_that_never_holds_still_is_given_up_after_three_retries() {
    let source = server(|look| look, |_| 2);
    let error = read(&source).await.err().unwrap();
    assert!(error.to_string().contains("database d: schema: it changed each time"), "{error}");
    assert_eq!(looks(&source), 2 * 4);
}

#[tokio::test]
async fn missing_rows_are_read_once_more_and_then_named() {
    let source = server(|_| 7, |read| if read == 0 { 1 } else { 2 });
    assert!(read(&source).await.unwrap().is_some());

    let source = server(|_| 7, |_| 1);
    let error = read(&source).await.err().unwrap();
    assert!(error.to_string().starts_with("database d: columns: 1 rows came and the server counts 2"), "{error}");
    assert_eq!(looks(&source), 4);
}

#[tokio::test]
async fn too_many_rows_are_no_whole_list_either() {
    let source = server(|_| 7, |_| 3);
    assert_eq!(read(&source).await.err().unwrap().reason(), crate::error::Reason::DiscoveryIncomplete);
}

#[tokio::test]
async fn the_judge_ends_the_reading_before_the_columns() {
    let source = server(|_| 7, |_| 2);
    let refuse = |_: &DatabaseRows| Err(DiscoveryError::TooManyTables { tables: 2, cap: 1 });
    let mut size = Pages::new(5000, false);
    let mut allowance = Allowance::new(9);
    let mut extras = Extras { wanted: &|_| true, known: &Memory::default(), allowance: &mut allowance };
    let read = database(&source, Engine::Mariadb, "d", &mut size, Duration::ZERO, &refuse, &mut extras).await;
    let error = read.err().unwrap();
    assert!(matches!(error, DiscoveryError::TooManyTables { .. }));
    assert_eq!(source.asked().len(), 2);
}

#[test]
fn waits_double_with_jitter_and_stay_bounded() {
    let second = Duration::from_secs(1);
    for retry in 1..=40 {
        let most = second * (1 << retry.min(6));
        let wait = back_off(second, retry);
        assert!(wait >= most / 2 && wait <= most, "{retry}: {wait:?}");
    }
    assert_eq!(back_off(Duration::ZERO, 3), Duration::ZERO);
}
