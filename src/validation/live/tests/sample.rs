//! How many rows are asked for, and what the rows of a sample come to.
#![expect(clippy::unwrap_used, reason = "tests")]

use serde_json::{Value, json};

use super::super::tests::{asked, policy, rows};
use super::super::{Body, judge};
use super::*;
use crate::schema::Snapshot;
use crate::validation::policy::{Judged, Policy};
use crate::validation::testing::{column, snapshot, table, with};

fn of(columns: &[Value], more: Value) -> Snapshot {
    let table = with(table("t", json!({"columns": columns})), &more);
    snapshot("mysql", json!([table]), json!([]))
}

fn sample(limit: u32, more: Value) -> Policy {
    policy(with(json!({"data": [{"table": "shop.t", "sample": {"limit": limit}}]}), &more))
}

fn judged(snapshot: &Snapshot, policy: &Policy, answer: Value) -> Vec<Judged> {
    judge(&asked(policy, snapshot)[0], Ok(&rows(answer)), snapshot, policy)
}

fn told(results: &[Judged]) -> Vec<(Outcome, &str, &str)> {
    results.iter().map(|one| (one.outcome, one.object.element.as_str(), one.message.as_str())).collect()
}

#[test]
fn as_many_rows_are_asked_for_as_one_answer_holds() {
    let many = |r#type: &str, number: usize| -> Vec<Value> {
        (0..number).map(|at| column(&format!("c{at}"), r#type, json!({}))).collect()
    };
    for (columns, limit, rows, cap) in [
        (many("int", 3), 5, 5, MOST_CAP),
        (many("int", 3), 5000, 1000, MOST_CAP),
        (many("int", 3), 0, 1, MOST_CAP),
        (many("longtext", 1), 10, 10, MOST_CAP),
        (many("longtext", 3), 100, 100, 10_473),
        (many("longtext", 3), 1000, 1000, 1036),
        (many("varchar(255)", 3), 1000, 1000, MOST_CAP),
        (many("varchar(255)", 30), 1000, 101, MOST_CAP),
        (many("longblob", 1000), 1000, 3, LEAST_CAP),
    ] {
        let snapshot = of(&columns, json!({}));
        let question = &asked(&sample(limit, json!({})), &snapshot)[0];
        let Body::Sample(plan) = &question.body else { unreachable!("a sample") };
        assert_eq!((plan.rows, plan.cap), (rows, cap), "{} {limit}", columns[0]);
        assert!(plan.statement.ends_with(&format!(" LIMIT {rows}")));
        let row: u64 = plan.reads.iter().map(|read| read.most().min(cap) * read.expansion() + AROUND).sum();
        assert!(row * rows <= BUDGET, "{} {limit}", columns[0]);
    }
}

#[test]
fn a_sample_is_read_by_its_key_and_every_column_has_a_label() {
    let snapshot = of(&[column("id", "bigint unsigned", json!({})), column("a`b", "varchar(9)", json!({}))], json!({}));
    assert_eq!(
        asked(&sample(7, json!({})), &snapshot)[0].statement().unwrap(),
        "SELECT CAST(s.`id` AS CHAR) AS c0, CAST(HEX(CONVERT(s.`a``b` USING utf8mb4)) AS CHAR) AS c1 \
         FROM `shop`.`t` s ORDER BY s.`id` LIMIT 7"
    );
}

#[test]
fn what_is_in_the_table_is_judged_as_such_and_not_as_an_insert() {
    let generated = json!({"generated": {"kind": "stored", "expr": "id + 1"}});
    let columns = [
        column("id", "bigint", json!({"autoRandom": {"shardBits": 5, "rangeBits": 64}})),
        column("made", "int", generated),
        column("name", "varchar(9)", json!({"collation": "utf8mb4_general_ci"})),
    ];
    let more = json!({"indexes": [{"name": "u", "unique": true, "type": "btree", "parts": [{"column": "name"}]}],
        "foreignKeys": [super::super::tests::key("fk", &["made"], "t", json!({}))]});
    let snapshot = of(&columns, more);
    // é and e may be the same to the collation; in a table they cannot be.
    let answer = json!([{"c0": "1", "c1": "2", "c2": "C3A9"}, {"C0": 3, "C1": "4", "C2": "65"}]);
    let results = judged(&snapshot, &sample(7, json!({})), answer);
    assert_eq!(told(&results), [(Outcome::Pass, "", "2 rows were looked at")]);
    let empty = judged(&snapshot, &sample(7, json!({})), json!([]));
    assert_eq!(told(&empty), [(Outcome::Skip, "", "the table has no rows")]);
}

#[test]
fn findings_name_row_and_column_and_never_the_value() {
    let columns = [column("d", "date", json!({})), column("n", "int", json!({"nullable": true}))];
    let more = json!({"checks": [{"name": "ck", "expr": "`n` > 0", "columns": ["n"]}]});
    let snapshot = of(&columns, more);
    let answer = json!([{"c0": "0000-00-00", "c1": "-7777"}, {"c0": "2024-01-02", "c1": null}]);
    let lenient = judged(&snapshot, &sample(7, json!({"strictMode": false})), answer.clone());
    assert_eq!(lenient.len(), 1, "{lenient:?}");
    assert_eq!((lenient[0].outcome, lenient[0].object.path().as_str()), (Outcome::Broken, "shop.t.n"));
    assert!(lenient[0].message.starts_with("row 0: CHECK_VIOLATION"), "{}", lenient[0].message);
    let strict = judged(&snapshot, &sample(7, json!({"strictMode": true})), answer.clone());
    assert_eq!(strict.len(), 2);
    assert!(strict[0].message.starts_with("row 0: ZERO_DATE_NOT_ALLOWED"), "{}", strict[0].message);
    assert!(strict.iter().all(|one| !one.message.contains("7777") && one.rule == "rows/shop.t"));
    let off = json!({"validateConstraints": false, "validateTypes": false});
    assert_eq!(judged(&snapshot, &sample(7, off), answer)[0].outcome, Outcome::Pass);
}

#[test]
fn what_was_not_looked_at_is_said() {
    let columns = [
        column("id", "int", json!({})),
        column("where", "point", json!({})),
        column("odd:name", "int", json!({})),
        column("long", "longtext", json!({})),
    ];
    let snapshot = of(&columns, json!({"checks": [{"name": "ck", "expr": "`odd:name` > 0", "columns": ["odd:name"]}]}));
    let results = judged(&snapshot, &sample(7, json!({})), json!([{"c0": "1", "c1": "long"}, {"c0": "2", "c1": "61"}]));
    let outcomes: Vec<_> = results.iter().map(|one| (one.outcome, one.object.element.as_str())).collect();
    assert_eq!(
        outcomes,
        [(Outcome::Pass, ""), (Outcome::NotRun, ""), (Outcome::Skip, ""), (Outcome::Unknown, "odd:name")]
    );
    assert!(results[1].message.starts_with("1 value was not looked at, being longer than 65536 bytes"));
    assert!(results[2].message.ends_with("not read back: where"), "{}", results[2].message);

    let only = of(&[column("where", "point", json!({}))], json!({"primaryKey": null}));
    let question = &asked(&sample(7, json!({})), &only)[0];
    assert_eq!(question.statement(), None);
    assert_eq!(judge(question, Err(""), &only, &sample(7, json!({})))[0].outcome, Outcome::Unknown);

    let wide: Vec<Value> = (0..1000).map(|at| column(&format!("c{at}"), "varchar(255)", json!({}))).collect();
    let wide = of(&wide, json!({"primaryKey": null}));
    let row: Value = (0..1000).map(|at| (label(at), json!("61"))).collect::<serde_json::Map<_, _>>().into();
    let results = judged(&wide, &sample(9, json!({})), json!([row, row, row]));
    assert_eq!(results.len(), 2);
    assert!(results[1].message.starts_with("only the first 3 rows were looked at, of 9 asked for"), "{results:?}");
}

#[test]
fn cells_that_are_not_what_was_asked_for_are_no_findings() {
    let snapshot = of(&[column("a", "varchar(9)", json!({}))], json!({"primaryKey": null}));
    let policy = sample(1, json!({}));
    for answer in [
        json!([{"c0": "secret"}]),
        json!([{"c1": "61"}]),
        json!([{"c0": {"a": 1}}]),
        json!([{"c0": "61"}, {"c0": "61"}]),
    ] {
        let results = judged(&snapshot, &policy, answer.clone());
        assert_eq!(results.iter().map(|one| one.outcome).collect::<Vec<_>>(), [Outcome::Unknown], "{answer}");
        assert!(!results[0].message.contains("secret"));
    }
}
