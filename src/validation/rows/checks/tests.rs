//! Conditions on rows: what violates, what passes, what is not evaluated.

use proptest::prelude::*;
use serde_json::json;

use super::super::tests::{column, found, judge, table};
use super::super::{Operation, Options};
use crate::schema::Engine;

const PASSES: &str = "";
const FAILS: &str = "!CHECK_VIOLATION";
const SKIPPED: &str = "CHECK_NOT_EVALUATED";

fn judged(condition: &str, row: &str, operation: Operation) -> String {
    let columns = [
        column("a int", json!({"default": {"kind": "literal", "value": "-1"}})),
        column("b int", json!({})),
        column("s varchar(20)", json!({})),
        column("d date", json!({})),
        column("x decimal(65,2)", json!({})),
        column("k varchar(20)", json!({"collation": "utf8mb4_bin"})),
        column("r int", json!({"default": {"kind": "expression", "value": "rand()"}})),
    ];
    let table = table(&columns, json!({"checks": [{"name": "c1", "expr": condition}]}));
    found(&judge(&table, Engine::Mysql, Options { operation, ..Options::default() }, &[row])).join(" ")
}

#[test]
fn only_false_violates() {
    for (condition, row, want) in [
        ("`a` > 0", r#"{"a":1}"#, PASSES),
        ("`a` > 0", r#"{"a":0}"#, FAILS),
        ("`a` > 0", r#"{"a":null}"#, PASSES),
        ("`a` > 0", r#"{"b":1}"#, FAILS),
        ("`t`.`a` > 0", r#"{"a":0}"#, FAILS),
        ("(`a` > 0) and (`b` > 0)", r#"{"a":null,"b":0}"#, FAILS),
        ("`a` > 0 or `b` > 0", r#"{"a":null,"b":0}"#, PASSES),
        ("not (`a` = 1)", r#"{"a":1}"#, FAILS),
        ("`a` in (1, 2, null)", r#"{"a":3}"#, PASSES),
        ("`a` not in (1, 2)", r#"{"a":2}"#, FAILS),
        ("`a` <=> null", r#"{"a":1}"#, FAILS),
        ("`a` MOD 2 = 0", r#"{"a":3}"#, FAILS),
        ("mod(`a`, 2) = 1", r#"{"a":3}"#, PASSES),
        ("`a` / 0 > 1", r#"{"a":3}"#, PASSES),
        ("`s` in ('x','y')", r#"{"s":"X "}"#, PASSES),
        ("`k` in ('x','y')", r#"{"k":"X"}"#, FAILS),
        ("`s` = _utf8mb4'x'", r#"{"s":"y"}"#, FAILS),
        ("`s` regexp '^[a-c]+$'", r#"{"s":"abd"}"#, FAILS),
        ("`s` like 'a|%' escape '|'", r#"{"s":"a%"}"#, PASSES),
        ("`d` >= '2000-01-01'", r#"{"d":"1999-12-31"}"#, FAILS),
        ("json_valid(`s`)", r#"{"s":"{"}"#, FAILS),
        ("json_type(`s`) = 'ARRAY'", r#"{"s":"[]"}"#, PASSES),
        ("`a` is true", r#"{"a":0}"#, FAILS),
        ("`a` is not false", r#"{"a":0}"#, FAILS),
        ("-`a` < 0", r#"{"a":5}"#, PASSES),
    ] {
        assert_eq!(judged(condition, row, Operation::Insert), want, "{condition} {row}");
    }
}

#[test]
fn what_cannot_be_decided_is_said_and_never_an_error() {
    for (condition, row) in [
        ("`a` > ", r#"{"a":0}"#),
        ("`a` > 0; drop table t", r#"{"a":0}"#),
        ("`nothing` > 0", r#"{"a":0}"#),
        ("`a` > (select 1)", r#"{"a":0}"#),
        ("`d` > curdate()", r#"{"d":"2024-01-01"}"#),
        ("`r` > 0", r#"{"a":0}"#),
        ("`s` = 'e'", r#"{"s":"é"}"#),
        ("`s` < '-'", r#"{"s":"a"}"#),
        ("`s` = `k`", r#"{"s":"a","k":"b"}"#),
        ("`s` regexp '[[:alpha:]]'", r#"{"s":"a"}"#),
        ("`x` > 1", &format!(r#"{{"x":{}}}"#, "9".repeat(60))),
        ("`a` = 'abc'", r#"{"a":0}"#),
        (&format!("{}1{}", "(".repeat(300), ")".repeat(300)), r#"{"a":0}"#),
        (&format!("`a` = 1{}", " + 1".repeat(20_000)), r#"{"a":0}"#),
        ("unknown", r#"{"a":0}"#),
    ] {
        assert_eq!(judged(condition, row, Operation::Insert), SKIPPED, "{condition:.80} {row}");
    }
    assert_eq!(judged("`a` > 0", r#"{"b":1}"#, Operation::Update), SKIPPED);
}

#[test]
fn a_condition_that_is_not_enforced_is_not_looked_at() {
    let check = json!({"name": "c1", "expr": "`a` > 0", "enforced": false});
    let table = table(&[column("a int", json!({}))], json!({"checks": [check]}));
    assert!(found(&judge(&table, Engine::Mysql, Options::default(), &[r#"{"a":0}"#])).is_empty());
}

proptest! {
    #[test]
    fn any_condition_is_taken_without_a_panic(
        condition in "[`abskdx() <>=!+*/%0-9.'\\-]{0,40}|[ a-z`<=0-9()']{0,40}",
        row in r#"\{"a":-?[0-9]{1,3},"b":(null|[0-9]),"s":"[a-zé%_]{0,4}","x":[0-9]{1,40}\}"#,
    ) {
        let verdict = judged(&condition, &row, Operation::Insert);
        prop_assert!([PASSES, FAILS, SKIPPED].iter().any(|known| verdict.contains(known)), "{}", verdict);
    }
}
