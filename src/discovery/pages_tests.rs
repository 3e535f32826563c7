#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::discovery::queries::{Part, hex, lists};
use crate::discovery::testing::Scripted;

/// What a server does to a page.
#[derive(Clone, Copy)]
struct Limits {
    /// Sends no more rows than this.
    rows: usize,
    /// Refuses answers of more rows than this as too large.
    fits: usize,
}

const NONE: Limits = Limits { rows: usize::MAX, fits: usize::MAX };

fn list() -> &'static List {
    lists(Engine::Mariadb).find(|list| list.part == Part::IndexParts).unwrap()
}

fn index_part(table: u64, index: u64, seq: u64) -> Value {
    let (t, ix) = (format!("T {table:03}"), format!("ix{index}"));
    json!({"t": t, "k": hex(&t), "ix": ix, "ik": hex(&ix), "seq": seq})
}

fn index_parts(tables: u64) -> Vec<Value> {
    (0..tables).flat_map(|t| (0..2).flat_map(move |i| (1..4).map(move |s| index_part(t, i, s)))).collect()
}

/// A server that holds sorted rows and finds a page by the very text that asks for it.
fn server(rows: Vec<Value>, limits: Limits) -> Scripted {
    Scripted::new(move |sql| {
        let n: u32 = sql.rsplit_once(' ').unwrap().1.parse().unwrap();
        let key = |at: usize| {
            let row = crate::mcp::rows::Row::new(rows[at].as_object().unwrap().clone());
            guards::key(list(), &row).unwrap()
        };
        let text = |key: &Key| page(Engine::Mariadb, list(), "d", key, n);
        let from = if text(&Key::start(list())) == sql {
            0
        } else {
            1 + (0..rows.len()).find(|at| text(&key(*at)) == sql).expect("a page starts after a row that was sent")
        };
        let page: Vec<Value> = rows[from..].iter().take((n as usize).min(limits.rows)).cloned().collect();
        if page.len() > limits.fits {
            return Err(McpError::new(Reason::ResponseTooLarge, "too large"));
        }
        Ok(page)
    })
}

async fn read_all(source: &Scripted, expected: Option<u64>, size: &mut PageSize) -> Result<Vec<Value>, McpError> {
    let rows = plain(source, Engine::Mariadb, list(), "d", expected, size).await?;
    let cells = ["t", "k", "ix", "ik"];
    let value = |row: &crate::mcp::rows::Row| {
        let mut object: serde_json::Map<String, Value> =
            cells.iter().map(|c| ((*c).to_owned(), row.text(c).unwrap().into())).collect();
        object.insert("seq".to_owned(), row.number("seq").unwrap().into());
        Value::Object(object)
    };
    Ok(rows.iter().map(value).collect())
}

#[tokio::test]
async fn reading_ends_at_the_count_or_at_an_empty_page_but_never_at_a_short_one() {
    let rows = index_parts(4);
    for (expected, n, limits, want_calls) in [
        (Some(24), 5000, NONE, 1),
        (None, 5000, NONE, 2),
        (Some(24), 7, NONE, 4),
        (None, 24, NONE, 2),
        (Some(24), 5000, Limits { rows: 10, ..NONE }, 3),
        (None, 5000, Limits { rows: 10, ..NONE }, 4),
    ] {
        let source = server(rows.clone(), limits);
        assert_eq!(read_all(&source, expected, &mut PageSize::new(n)).await.unwrap(), rows, "{expected:?} {n}");
        assert_eq!(source.asked().len(), want_calls, "{expected:?} {n}");
    }
}

#[tokio::test]
async fn an_empty_list_that_the_server_counts_as_empty_is_not_asked_for() {
    let source = server(vec![], NONE);
    assert!(read_all(&source, Some(0), &mut PageSize::new(9)).await.unwrap().is_empty());
    assert!(source.asked().is_empty());
}

#[tokio::test]
async fn a_cap_on_rows_is_learnt() {
    let source = server(index_parts(10), Limits { rows: 13, ..NONE });
    let mut size = PageSize::new(5000);
    assert_eq!(read_all(&source, None, &mut size).await.unwrap().len(), 60);
    assert_eq!(size.rows(), 13);
}

#[tokio::test]
async fn a_last_short_page_teaches_nothing() {
    let source = server(index_parts(10), NONE);
    let mut size = PageSize::new(50);
    assert_eq!(read_all(&source, None, &mut size).await.unwrap().len(), 60);
    assert_eq!(size.rows(), 50);
}

#[tokio::test]
async fn an_answer_that_is_too_large_halves_the_page_down_to_fifty_rows() {
    let rows = index_parts(200);
    let source = server(rows.clone(), Limits { fits: 400, ..NONE });
    let mut size = PageSize::new(5000);
    assert_eq!(read_all(&source, Some(1200), &mut size).await.unwrap(), rows);
    assert_eq!(size.rows(), 312);

    let source = server(rows, Limits { fits: 40, ..NONE });
    let mut size = PageSize::new(1000);
    let error = read_all(&source, Some(1200), &mut size).await.unwrap_err();
    assert_eq!((error.reason, size.rows()), (Reason::ResponseTooLarge, 50));
}

#[tokio::test]
async fn a_small_page_is_not_made_larger_by_the_floor() {
    let source = server(index_parts(10), Limits { fits: 5, ..NONE });
    let mut size = PageSize::new(20);
    assert_eq!(read_all(&source, None, &mut size).await.unwrap_err().reason, Reason::ResponseTooLarge);
    assert_eq!(size.rows(), 20);
}

#[tokio::test]
async fn a_server_that_ignores_the_key_is_refused() {
    let source = Scripted::new(|_| Ok(vec![index_part(1, 1, 1)]));
    let error = read_all(&source, None, &mut PageSize::new(1)).await.unwrap_err();
    assert_eq!(error.reason, Reason::ProtocolError);
    assert_eq!(source.asked().len(), 2);
}

proptest! {
    #[test]
    fn every_page_size_and_cap_reads_the_same_rows(tables in 0..30_u64, n in 1..40_u32, cap in 1..40_usize) {
        let rows = index_parts(tables);
        let source = server(rows.clone(), Limits { rows: cap, ..NONE });
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let counted = Some(rows.len() as u64);
        for expected in [None, counted] {
            let read = runtime.block_on(read_all(&source, expected, &mut PageSize::new(n))).unwrap();
            prop_assert_eq!(&read, &rows);
        }
    }
}
