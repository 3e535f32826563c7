//! The statement for a foreign key, and what its counts mean.
#![expect(clippy::unwrap_used, reason = "tests")]

use serde_json::{Value, json};

use super::super::tests::{asked, key, policy, rows};
use super::super::{judge, questions};
use super::*;
use crate::validation::testing::{column, snapshot, table};

fn shop(child: Value, parent: Value, keys: Value) -> Snapshot {
    let id = column("id", "bigint unsigned", json!({}));
    let child = table("child", json!({"columns": [id, child], "foreignKeys": keys}));
    snapshot("mysql", json!([child, table("parent", json!({"columns": [parent]}))]), json!([]))
}

fn check(limit: Value) -> crate::validation::policy::Policy {
    policy(json!({"relationships": [{"table": "shop.child", "foreignKey": "*", "limit": limit}]}))
}

#[test]
fn the_statement_counts_in_the_database_and_reads_no_more_than_it_may() {
    let keys = json!([key("fk", &["p", "id"], "parent", json!({"refColumns": ["a`b", "c"]}))]);
    let snapshot = shop(column("p", "int", json!({})), column("a`b", "int", json!({})), keys);
    assert_eq!(
        asked(&check(json!(5)), &snapshot)[0].statement().unwrap(),
        "SELECT CAST(COUNT(*) AS CHAR) AS looked, CAST(SUM(j.o) AS CHAR) AS orphans, CAST((SELECT COUNT(*) FROM (SELECT 1 \
         AS x FROM `shop`.`child` s WHERE s.`p` IS NOT NULL AND s.`id` IS NOT NULL LIMIT 6) m) AS CHAR) AS found FROM \
         (SELECT CASE WHEN EXISTS (SELECT 1 FROM `shop`.`parent` p WHERE p.`a``b` = c.f0 AND p.`c` = c.f1) THEN 0 ELSE 1 \
         END AS o FROM (SELECT s.`p` AS f0, s.`id` AS f1 FROM `shop`.`child` s WHERE s.`p` IS NOT NULL AND s.`id` IS NOT \
         NULL ORDER BY s.`id` LIMIT 5) c) j"
    );
    for (limit, rows) in [(json!(null), 1000), (json!(0), 1), (json!(99_999), 10_000)] {
        let all = asked(&check(limit.clone()), &snapshot);
        assert!(all[0].statement().unwrap().ends_with(&format!("LIMIT {rows}) c) j")), "{limit}");
    }
}

#[test]
fn texts_are_compared_as_the_parent_does_and_nothing_is_guessed() {
    let text =
        |charset: &str, collation: &str| column("p", "varchar(9)", json!({"charset": charset, "collation": collation}));
    let bin = text("utf8mb4", "utf8mb4_bin");
    for (parent, table, want) in [
        (text("utf8mb4", "utf8mb4_bin"), "parent", "p.`p` = c.f0)"),
        (
            text("latin1", "latin1_swedish_ci"),
            "parent",
            "p.`p` = CONVERT(c.f0 USING latin1) COLLATE latin1_swedish_ci)",
        ),
        (text("utf8mb4", "utf8mb4_bin' OR 1"), "parent", "p.`p` = c.f0)"),
        (text("", ""), "parent", "p.`p` = c.f0)"),
        (column("p", "int", json!({})), "parent", "p.`p` = c.f0)"),
        (text("latin1", "latin1_swedish_ci"), "left_out", "p.`p` = c.f0)"),
    ] {
        let keys = json!([key("fk", &["p"], table, json!({"refColumns": ["p"]}))]);
        let snapshot = shop(bin.clone(), parent.clone(), keys);
        let all = asked(&check(json!(5)), &snapshot);
        assert!(all[0].statement().unwrap().contains(want), "{parent} {table}: {:?}", all[0].statement());
    }
}

#[test]
fn a_parent_that_may_not_be_looked_at_is_said_and_so_is_a_name_that_cannot_be_sent() {
    for (more, may, words) in [
        (json!({}), true, ""),
        (json!({"refDatabase": "away"}), true, "its parent table is in the database away, which is not in the schema"),
        (json!({"refDatabase": "other"}), true, ""),
        (json!({"refDatabase": "other"}), false, "its parent table cannot be looked at: rows of other may not be read"),
        (json!({"refTable": "a:b"}), true, "its parent table has a name that MCP servers"),
        (json!({"refColumns": ["a%b"]}), true, "a column of its parent has a name"),
        (json!({"columns": ["a;b"]}), true, "one of its columns has a name"),
        (json!({"refColumns": []}), true, "its columns are not known"),
    ] {
        let keys = json!([key("fk", &["p"], "parent", more.clone())]);
        let mut snapshot = shop(column("p", "int", json!({})), column("id", "int", json!({})), keys);
        let other = Database { name: "other".to_owned(), ..snapshot.databases[0].clone() };
        snapshot.databases.push(other);
        let policy = check(json!(5));
        let all = questions(&policy, &snapshot, &|_| false, &|name| may || name == "shop");
        let known = judge(&all[0], Err("x"), &snapshot, &policy);
        assert_eq!(all[0].statement().is_some(), words.is_empty(), "{more}");
        assert_eq!(known[0].outcome, Outcome::Unknown);
        assert!(words.is_empty() || known[0].message.contains(words), "{more}: {}", known[0].message);
        assert_eq!(known[0].object.path(), "shop.child.fk");
    }
}

#[test]
fn counts_become_results() {
    let keys = json!([key("fk", &["p"], "parent", json!({}))]);
    let snapshot = shop(column("p", "int", json!({})), column("id", "int", json!({})), keys);
    let policy = check(json!(5));
    let question = &asked(&policy, &snapshot)[0];
    for (answer, want) in [
        (
            json!([{"looked": "3", "orphans": "0", "found": "3"}]),
            vec![(Outcome::Pass, "3 rows looked at, each with its parent")],
        ),
        (json!([{"LOOKED": 0, "ORPHANS": null, "FOUND": 0}]), vec![(Outcome::Pass, "no row has a value in it")]),
        (
            json!([{"looked": "3", "orphans": "1", "found": "3"}]),
            vec![(Outcome::Broken, "1 of the 3 rows looked at has no parent in the table the key refers to")],
        ),
        (
            json!([{"looked": "5", "orphans": "2", "found": "6"}]),
            vec![
                (Outcome::Broken, "2 of the 5 rows looked at have no parent in the table the key refers to"),
                (Outcome::NotRun, "only the first 5 rows that the key applies to were looked at"),
            ],
        ),
        (json!([{"looked": "6", "orphans": "0", "found": "6"}]), vec![(Outcome::Unknown, "contradict")]),
        (json!([{"looked": "1", "orphans": "2", "found": "1"}]), vec![(Outcome::Unknown, "contradict")]),
        (json!([{"looked": "x", "orphans": "2", "found": "1"}]), vec![(Outcome::Unknown, "no counts")]),
        (json!([]), vec![(Outcome::Unknown, "one row")]),
    ] {
        let judged = judge(question, Ok(&rows(answer.clone())), &snapshot, &policy);
        assert_eq!(judged.len(), want.len(), "{answer}: {judged:?}");
        for (judged, (outcome, words)) in judged.iter().zip(want) {
            assert_eq!(judged.outcome, outcome, "{answer}");
            assert!(judged.message.contains(words), "{answer}: {}", judged.message);
            assert_eq!(
                (judged.rule.as_str(), judged.object.path().as_str()),
                ("relationship/shop.child", "shop.child.fk")
            );
        }
    }
}
