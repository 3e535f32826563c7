#![expect(clippy::unwrap_used, reason = "tests")]

use serde_json::{Value, json};

use super::super::{Pages, read};
use super::*;
use crate::discovery::queries::{Part, hex, lists, page};
use crate::discovery::testing::Scripted;

fn list() -> &'static List {
    lists(Engine::Mariadb).find(|list| list.part == Part::IndexParts).unwrap()
}

/// One table's three index parts, in the order JSON_ARRAYAGG happened to take.
fn table(number: u64) -> Value {
    let name = format!("t{number}");
    let cells = |seq| json!(["ix", hex("ix"), seq, 1, "c\"\\\n", "A", null, "BTREE", "", "NO"]);
    json!({"t": name, "k": hex(&name), "n": 3, "r": json!([cells(3), cells(1), cells(2)]).to_string()})
}

fn plain_rows(tables: u64) -> Vec<Value> {
    let parts = |t: u64| (1..4).map(move |seq| (format!("t{t}"), seq));
    let row = |(t, seq): (String, u64)| json!({"t": t, "k": hex(&t), "ix": "ix", "ik": hex("ix"), "seq": seq, "nonuniq": 1, "c": "c\"\\\n", "ord": "A", "sub": null, "typ": "BTREE", "cmt": "", "ign": "NO"});
    (0..tables).flat_map(parts).map(row).collect()
}

/// A server with up to ten tables that sends at most `cap` rows, and packed ones as `change` leaves them.
fn server(tables: u64, cap: usize, change: impl Fn(&mut Value) + Send + Sync + 'static) -> Scripted {
    Scripted::new(move |sql| {
        let (_, n) = sql.rsplit_once(' ').unwrap();
        let n = cap.min(n.parse().unwrap());
        if !sql.contains("JSON_ARRAYAGG") {
            assert!(sql.starts_with(
                page(Engine::Mariadb, list(), "d", &Key::start(list()), 1).split(" WHERE").next().unwrap()
            ));
            return Ok(plain_rows(tables).into_iter().take(n).collect());
        }
        let after = sql.split("> '").nth(1).unwrap().split('\'').next().unwrap().to_owned();
        let mut page: Vec<Value> =
            (0..tables).map(table).filter(|row| row["k"].as_str().unwrap() > after.as_str()).take(n).collect();
        page.iter_mut().for_each(&change);
        Ok(page)
    })
}

async fn rows(source: &Scripted, expected: Option<u64>, tables: u64) -> Result<Rows, McpError> {
    let expected = Expected { rows: expected, about: 3 * tables, tables };
    read(source, Engine::Mariadb, list(), "d", expected, &mut Pages::new(5000, true)).await
}

fn want(tables: u64) -> Rows {
    plain_rows(tables).into_iter().map(|row| Row::new(row.as_object().unwrap().clone())).collect()
}

#[tokio::test]
async fn packed_rows_are_the_plain_ones_in_their_order() {
    for (cap, expected, calls) in [(usize::MAX, Some(24), 1), (usize::MAX, None, 2), (3, Some(24), 3), (3, None, 4)] {
        let source = server(8, cap, |_| ());
        assert_eq!(rows(&source, expected, 8).await.unwrap(), want(8), "{cap} {expected:?}");
        assert_eq!(source.asked().len(), calls, "{cap} {expected:?}");
        assert!(source.asked().iter().all(|sql| sql.contains("JSON_ARRAYAGG")));
    }
}

#[tokio::test]
async fn what_does_not_read_exactly_is_asked_for_plainly_and_packing_ends() {
    type Change = fn(&mut Value);
    let changes: [Change; 8] = [
        |row| row["r"] = Value::Null,
        |row| row["r"] = serde_json::from_str(row["r"].as_str().unwrap()).unwrap(),
        |row| row["r"] = row["r"].as_str().unwrap().trim_end_matches("]]").into(),
        |row| row["n"] = 4.into(),
        |row| row["r"] = row["r"].as_str().unwrap().replace("3,1,", "2,1,").into(),
        |row| row["r"] = row["r"].as_str().unwrap().replace("\"ix\"", "\"iy\"").into(),
        |row| row["t"] = "?".into(),
        |row| (row["t"], row["k"]) = ("t0".into(), hex("t0").into()),
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let source = server(4, usize::MAX, change);
        let expected = Expected { rows: Some(12), about: 12, tables: 4 };
        let mut pages = Pages::new(5000, true);
        for _ in 0..2 {
            let rows = read(&source, Engine::Mariadb, list(), "d", expected, &mut pages).await.unwrap();
            assert_eq!(rows, want(4), "{number}");
        }
        let packed = source.asked().iter().filter(|sql| sql.contains("JSON_ARRAYAGG")).count();
        assert_eq!((packed, source.asked().len()), (1, 3), "{number}");
    }
}

#[tokio::test]
async fn a_refusal_of_the_form_is_met_plainly_and_any_other_failure_is_one() {
    for (reason, plainly) in [
        (Reason::DatabaseError, true),
        (Reason::ProtocolError, true),
        (Reason::ResponseTooLarge, true),
        (Reason::Timeout, false),
        (Reason::ConnectFailed, false),
    ] {
        let source = Scripted::new(move |sql| {
            let packed = sql.contains("JSON_ARRAYAGG");
            if packed { Err(McpError::new(reason, "no")) } else { Ok(plain_rows(1)) }
        });
        let read = rows(&source, Some(3), 1).await;
        assert_eq!(read.map_err(|error| error.reason), if plainly { Ok(want(1)) } else { Err(reason) });
    }
}

#[test]
fn a_page_holds_about_three_times_as_many_rows_as_a_plain_one() {
    let expected = |about, tables| Expected { rows: None, about, tables };
    for (rows, about, tables, want) in [
        (5000, 20_000, 1_000, 750),
        (5000, 1_668, 1_000, 8_992),
        (5000, 0, 0, 15_000),
        (50, 4_000_000, 1_000, 1),
        (u32::MAX, 1, u64::MAX, u32::MAX),
    ] {
        assert_eq!(tables_per_page(rows, expected(about, tables)), want, "{rows} {about} {tables}");
    }
}
