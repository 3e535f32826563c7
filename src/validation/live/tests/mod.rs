//! What is asked for a policy, and what is known without asking.
#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::config::switches::Switches;
use crate::mcp::rows::Row;
use crate::validation::testing::{any_snapshot, column, parts, snapshot, table, with};

/// A policy of these samples and relationships.
pub(super) fn policy(spec: Value) -> Policy {
    Policy::compile("p", &serde_json::from_value(spec).unwrap(), Switches::default()).unwrap()
}

/// Rows as a server sends them.
pub(super) fn rows(rows: Value) -> Rows {
    rows.as_array().unwrap().iter().map(|row| Row::new(row.as_object().unwrap().clone())).collect()
}

/// Everything may be read, and nothing is elsewhere.
pub(super) fn asked(policy: &Policy, snapshot: &Snapshot) -> Vec<Question> {
    questions(policy, snapshot, &|_| false, &|_| true)
}

pub(super) fn key(name: &str, columns: &[&str], parent: &str, more: Value) -> Value {
    with(
        json!({"name": name, "columns": columns, "refTable": parent, "refColumns": ["id"], "onDelete": "restrict",
            "onUpdate": "restrict"}),
        &more,
    )
}

fn shop() -> Snapshot {
    let child = json!({"columns": [column("id", "bigint unsigned", json!({})), column("buyer", "bigint unsigned", json!({}))],
        "foreignKeys": [key("fk_buyer", &["buyer"], "buyers", json!({})),
            key("fk_far", &["buyer"], "t", json!({"refDatabase": "far"}))]});
    snapshot(
        "mysql",
        json!([table("buyers", json!({})), table("orders", child), table("odd:name", json!({}))]),
        json!([]),
    )
}

fn sample(table: &str) -> Value {
    json!({"data": [{"table": table, "sample": {"limit": 5}}]})
}

fn relationship(table: &str, key: &str) -> Value {
    json!({"relationships": [{"table": table, "foreignKey": key}]})
}

#[test]
fn what_needs_no_answer_is_known_at_once_and_never_a_pass() {
    let snapshot = shop();
    for (spec, is_elsewhere, may, outcome, words) in [
        (sample("shop.orders"), false, false, Outcome::Unknown, "rows of shop may not be read: set rows: true"),
        (sample("shop.order"), false, true, Outcome::Unknown, "the table is not in the schema"),
        (sample("shop.odd:name"), false, true, Outcome::Unknown, "has a name that MCP servers may take"),
        (sample("other.t"), false, true, Outcome::Unknown, "the database is not in the schema"),
        (sample("other.t"), true, true, Outcome::NotRun, "the database other is in another snapshot of this policy"),
        (relationship("shop.orders", "fk_buyr"), false, true, Outcome::Unknown, "did you mean fk_buyer?"),
        (relationship("shop.orders", "nothing"), false, true, Outcome::Unknown, "no foreign key of that name"),
        (relationship("shop.orders", "fk_far"), false, true, Outcome::Unknown, "the database far, which is not in"),
        (relationship("shop.orders", "*"), false, false, Outcome::Unknown, "set rows: true"),
        (relationship("shop.buyers", "*"), false, true, Outcome::Skip, "no foreign keys"),
        (relationship("other.t", "*"), true, true, Outcome::NotRun, "judged there"),
    ] {
        let policy = policy(spec.clone());
        let found = questions(&policy, &snapshot, &|name| is_elsewhere && name == "other", &|_| may);
        let [question] = found.as_slice() else { unreachable!("one question: {spec}") };
        assert_eq!(question.statement(), None, "{spec}");
        // Whatever is answered.
        for answer in [Ok(&Rows::new()), Err("x")] {
            let judged = judge(question, answer, &snapshot, &policy);
            assert_eq!(judged.len(), 1);
            assert_eq!((judged[0].outcome, judged[0].rule.as_str()), (outcome, question.rule()), "{spec}");
            assert!(judged[0].message.contains(words), "{spec}: {}", judged[0].message);
        }
    }
}

#[test]
fn questions_come_in_the_order_of_the_policy_and_of_the_table() {
    let spec = json!({"data": [{"table": "shop.orders", "sample": {"limit": 5}},
        {"table": "shop.orders", "rowsFrom": {"configMapKeyRef": {"name": "a", "key": "b"}}},
        {"table": "shop.buyers", "sample": {"limit": 5}}],
        "relationships": [{"table": "shop.orders", "foreignKey": "*"}, {"table": "shop.orders", "foreignKey": "FK_BUYER"}]});
    let all = asked(&policy(spec), &shop());
    let told: Vec<_> = all.iter().map(|q| (q.rule(), q.object().path(), q.statement().is_some())).collect();
    assert_eq!(
        told,
        [
            ("rows/shop.orders", "shop.orders".to_owned(), true),
            ("rows/shop.buyers", "shop.buyers".to_owned(), true),
            ("relationship/shop.orders", "shop.orders.fk_buyer".to_owned(), true),
            ("relationship/shop.orders", "shop.orders.fk_far".to_owned(), false),
            ("relationship/shop.orders", "shop.orders.fk_buyer".to_owned(), true),
        ]
    );
}

#[test]
fn names_are_found_as_the_server_compares_them_and_sent_in_its_spelling() {
    let mut snapshot = shop();
    assert_eq!(asked(&policy(sample("SHOP.Buyers")), &snapshot)[0].statement(), None);
    snapshot.server.lower_case_table_names = 2;
    let found = asked(&policy(sample("SHOP.Buyers")), &snapshot);
    assert!(found[0].statement().unwrap().contains("FROM `shop`.`buyers` s"));
    assert_eq!(found[0].rule(), "rows/SHOP.Buyers", "the policy's own words");
}

#[test]
fn no_answer_and_a_wrong_one_are_unknown() {
    let snapshot = shop();
    for spec in [sample("shop.orders"), relationship("shop.orders", "fk_buyer")] {
        let policy = policy(spec);
        let question = &asked(&policy, &snapshot)[0];
        for answer in [Err("the server is away"), Ok(&rows(json!([{"other": "1"}])))] {
            let judged = judge(question, answer, &snapshot, &policy);
            assert_eq!(judged.iter().map(|j| j.outcome).collect::<Vec<_>>(), [Outcome::Unknown], "{judged:?}");
            assert!(answer.is_ok() || judged[0].message == "could not be looked up: the server is away");
        }
    }
}

proptest! {
    #[test]
    fn no_statement_holds_what_a_server_takes_for_something_else(mut snapshot in any_snapshot(), odd in "[:%;#`é \\\\-]{0,3}") {
        let tables = &mut snapshot.databases[0].tables;
        for (at, table) in tables.iter_mut().enumerate() {
            for column in &mut table.columns {
                if column.ordinal % 2 == 0 {
                    column.name.push_str(&odd);
                }
            }
            if at == 1 {
                table.name.push_str(&odd);
            }
        }
        let names: Vec<String> = tables.iter().map(|table| format!("shop.{}", table.name)).collect();
        let data: Vec<Value> = names.iter().map(|name| json!({"table": name, "sample": {"limit": 1000}})).collect();
        let keys: Vec<Value> = names.iter().map(|name| json!({"table": name, "foreignKey": "*"})).collect();
        let policy = policy(json!({"data": data, "relationships": keys}));
        let all = asked(&policy, &snapshot);
        prop_assert!(all.len() >= names.len() * 2);
        for question in &all {
            if let Some(sql) = question.statement() {
                prop_assert!(sql.starts_with("SELECT ") && !sql.contains([':', '%', '\\', ';', '#']), "{sql}");
                prop_assert!(!sql.contains("--") && !sql.contains("/*"), "{sql}");
            }
            // Any rows at all: an answer that means nothing is never a pass.
            let judged = judge(question, Ok(&rows(json!([{"x": 1}]))), &snapshot, &policy);
            prop_assert!(judged.iter().all(|judged| judged.outcome != Outcome::Pass), "{judged:?}");
        }
    }
}

#[test]
fn the_parts_of_a_key_are_read_in_its_order() {
    let keyed = json!({"primaryKey": {"columns": [{"column": "b", "desc": true}, {"column": "a"}]},
        "columns": [column("a", "int", json!({})), column("b", "int", json!({}))]});
    for (more, want) in [
        (json!({}), " ORDER BY s.`b` DESC, s.`a`"),
        (json!({"primaryKey": {"columns": parts(&["a(3)"])}}), ""),
        (json!({"primaryKey": {"columns": [{"expression": "lower(a)"}]}}), ""),
        (json!({"primaryKey": {"columns": parts(&["a:b"])}}), ""),
        (json!({"primaryKey": null}), ""),
    ] {
        let table = with(table("t", keyed.clone()), &more);
        assert_eq!(sample::order(&serde_json::from_value(table).unwrap()), want, "{more}");
    }
}
