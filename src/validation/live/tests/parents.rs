//! What is asked about the parents of rows, and what answers tell of them.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::tests::{key, policy, rows};
use super::*;
use crate::validation::policy::engines;
use crate::validation::testing::{column, snapshot, table};

/// `shop.child` with these columns and keys beside `shop.parent` with those.
fn shop(own: Value, theirs: Value, keys: Value) -> Snapshot {
    let child = table("child", json!({"columns": own, "primaryKey": null, "foreignKeys": keys}));
    snapshot("mariadb", json!([child, table("parent", json!({"columns": theirs})), table("no", json!({}))]), json!([]))
}

fn number(name: &str) -> Value {
    column(name, "bigint unsigned", json!({"nullable": true}))
}

/// A key `fk` from `p` to `parent.id`.
fn simple() -> Snapshot {
    shop(json!([number("p")]), json!([number("id")]), json!([key("fk", &["p"], "parent", json!({}))]))
}

fn check(table: &str) -> Value {
    json!({"table": table, "rowsFrom": {"configMapKeyRef": {"name": "a", "key": "b"}}})
}

fn child() -> Policy {
    policy(json!({"data": [check("shop.child")]}))
}

fn questions(policy: &Policy, snapshot: &Snapshot, text: &str) -> Vec<ParentQuestion> {
    parents(policy, |_| Some(text), snapshot, &|_| true)
}

/// What is said of the rows; nothing but a pass is an empty message.
fn told(policy: &Policy, snapshot: &Snapshot, text: &str, known: Option<&Parents>) -> Vec<String> {
    let (judged, _) = engines::rows(|_| Ok(text), &policy.data[0], snapshot, policy.switches, known);
    judged.into_iter().map(|one| one.message.split(": ").take(2).collect::<Vec<_>>().join(": ")).collect()
}

const NOT_CHECKED: &str = "row 0: FOREIGN_KEY_NOT_CHECKED";

#[test]
fn each_key_is_asked_for_once_with_all_of_its_columns() {
    let name = column("n`a", "varchar(9)", json!({"nullable": true}));
    let snapshot = shop(
        json!([number("p"), name.clone()]),
        json!([number("id"), name]),
        json!([key("fk", &["p", "n`a"], "parent", json!({"refColumns": ["id", "n`a"]}))]),
    );
    let text = r#"[{"p": 1, "n`a": "x"}, {"p": 1, "n`a": "x"}, {"p": 2, "n`a": null}, {"p": 3, "n`a": "y:"}]"#;
    let asked = questions(&child(), &snapshot, text);
    assert_eq!(
        asked.iter().map(ParentQuestion::statement).collect::<Vec<_>>(),
        ["SELECT CAST(CONCAT(CASE WHEN EXISTS (SELECT 1 FROM `shop`.`parent` p WHERE p.`id` = 1 AND p.`n``a` = \
             CONVERT(X'78' USING utf8mb4) COLLATE utf8mb4_bin) THEN 'y' ELSE 'n' END, CASE WHEN EXISTS (SELECT 1 FROM \
             `shop`.`parent` p WHERE p.`id` = 3 AND p.`n``a` = CONVERT(X'793A' USING utf8mb4) COLLATE utf8mb4_bin) THEN \
             'y' ELSE 'n' END) AS CHAR) AS found"]
    );
}

#[test]
fn answers_become_verdicts_and_a_wrong_one_tells_nothing() {
    let (policy, snapshot) = (child(), simple());
    let text = "{\"p\": 7}\n{\"p\": 8}\n{\"p\": 7}\n{\"p\": null}";
    let asked = questions(&policy, &snapshot, text);
    assert_eq!(told(&policy, &snapshot, text, None), [NOT_CHECKED]);
    let not_found = |row: u32| format!("row {row}: FOREIGN_KEY_NOT_FOUND");
    for (answer, want) in [
        (json!([{"found": "yy"}]), vec![String::new()]),
        (json!([{"FOUND": "yn"}]), vec![not_found(1)]),
        (json!([{"found": "nn"}]), vec![not_found(0), not_found(1), not_found(2)]),
        (json!([{"found": "y"}]), vec![NOT_CHECKED.to_owned()]),
        (json!([{"found": "yyy"}]), vec![NOT_CHECKED.to_owned()]),
        (json!([{"found": "y*"}]), vec![NOT_CHECKED.to_owned()]),
        (json!([{"found": "11"}]), vec![NOT_CHECKED.to_owned()]),
        (json!([{"found": null}]), vec![NOT_CHECKED.to_owned()]),
        (json!([{"x": "yy"}]), vec![NOT_CHECKED.to_owned()]),
        (json!([{"found": "yy"}, {"found": "yy"}]), vec![NOT_CHECKED.to_owned()]),
        (json!([]), vec![NOT_CHECKED.to_owned()]),
    ] {
        let known = found(&asked, [Some(&rows(answer.clone()))]);
        assert_eq!(told(&policy, &snapshot, text, Some(&known)), want, "{answer}");
    }
    assert_eq!(told(&policy, &snapshot, text, Some(&found(&asked, [None]))), [NOT_CHECKED]);
    // What was answered of some rows is said of no others.
    let known = found(&asked, [Some(&rows(json!([{"found": "yy"}])))]);
    assert_eq!(told(&policy, &snapshot, r#"{"p": 9}"#, Some(&known)), [NOT_CHECKED]);
}

#[test]
fn nobody_is_asked_what_may_not_be_asked() {
    let p = || json!([number("p")]);
    let ids = || json!([number("id")]);
    let text = column("id", "varchar(9)", json!({}));
    for (own, theirs, more, may, want) in [
        (p(), ids(), json!({}), "shop", 1),
        (p(), ids(), json!({}), "other", 0),
        (p(), ids(), json!({"refDatabase": "other"}), "other", 1),
        (p(), ids(), json!({"refDatabase": "other"}), "shop", 0),
        (p(), ids(), json!({"refDatabase": "away"}), "away", 0),
        // A table that the snapshot leaves out is there all the same.
        (p(), ids(), json!({"refTable": "hidden"}), "shop", 1),
        (p(), ids(), json!({"refTable": "a:b"}), "shop", 0),
        (p(), ids(), json!({"refColumns": ["a%b"]}), "shop", 0),
        (p(), ids(), json!({"refColumns": ["gone"]}), "shop", 0),
        (p(), ids(), json!({"refColumns": []}), "shop", 0),
        (p(), json!([text]), json!({}), "shop", 0),
        (json!([column("p", "double", json!({}))]), ids(), json!({"refTable": "hidden"}), "shop", 0),
    ] {
        let mut snapshot = shop(own, theirs, json!([key("fk", &["p"], "parent", more.clone())]));
        let other = Database { name: "other".to_owned(), ..snapshot.databases[0].clone() };
        snapshot.databases.push(other);
        let policy = child();
        let asked = parents(&policy, |_| Some(r#"{"p": 1}"#), &snapshot, &|database| database == may);
        assert_eq!(asked.len(), want, "{more} {may}");
        let known = found(&asked, std::iter::empty());
        assert_eq!(told(&policy, &snapshot, r#"{"p": 1}"#, Some(&known)), [NOT_CHECKED], "{more} {may}");
    }
}

#[test]
fn only_keys_that_are_to_be_judged_are_looked_for() {
    let snapshot = simple();
    let sample = json!({"table": "shop.child", "sample": {"limit": 5}});
    for (spec, wants) in [
        (json!({"data": [check("shop.child")]}), true),
        (json!({"data": [check("shop.child")], "validateRelationships": false}), false),
        (json!({"data": [sample]}), false),
        (json!({"data": [check("shop.no")]}), false),
        (json!({"data": [check("shop.gone")]}), false),
        (json!({"data": [check("gone.child")]}), false),
        (json!({}), false),
    ] {
        let policy = policy(spec.clone());
        assert_eq!(wants_parents(&policy, &snapshot), wants, "{spec}");
        assert_eq!(questions(&policy, &snapshot, r#"{"p": 1}"#).len(), usize::from(wants), "{spec}");
        assert!(parents(&policy, |_| None, &snapshot, &|_| true).is_empty(), "no text: {spec}");
    }
}

#[test]
fn statements_are_bounded_and_what_is_beyond_is_not_checked() {
    let (policy, snapshot) = (child(), simple());
    let lines = |count: usize| (0..count).map(|n| format!("{{\"p\": {n}}}\n")).collect::<String>();
    for (count, want) in [(200, 1), (201, 2), (4000, 20), (4300, 20)] {
        let text = lines(count);
        let asked = questions(&policy, &snapshot, &text);
        assert_eq!(asked.len(), want, "{count}");
        assert!(asked.iter().all(|one| one.keys.len() <= TUPLES));
        let answers: Vec<Rows> = asked.iter().map(|one| rows(json!([{"found": "y".repeat(one.keys.len())}]))).collect();
        let known = found(&asked, answers.iter().map(Some));
        let told = told(&policy, &snapshot, &text, Some(&known));
        let want = if count > 4000 { "row 4000: FOREIGN_KEY_NOT_CHECKED" } else { "" };
        assert_eq!(told, [want], "{count}");
    }
    // Long keys: fewer in a statement, and one that fits in none is not asked for.
    let long = column("p", "text", json!({"nullable": true}));
    let parent = column("id", "text", json!({}));
    let snapshot = shop(json!([long]), json!([parent]), json!([key("fk", &["p"], "parent", json!({}))]));
    let text: String = (0..30).map(|n| format!("{{\"p\": \"{n}{}\"}}\n", "x".repeat(5000))).collect();
    let asked = questions(&policy, &snapshot, &text);
    assert_eq!(asked.iter().map(|one| one.keys.len()).collect::<Vec<_>>(), [6, 6, 6, 6, 6]);
    assert!(asked.iter().all(|one| one.statement().len() < BYTES + 100));
    let text = format!("{{\"p\": \"{}\"}}", "x".repeat(40_000));
    assert!(questions(&policy, &snapshot, &text).is_empty());
}

#[test]
fn a_parent_that_other_rows_bring_is_not_missed() {
    let snapshot = simple();
    let text = "{\"p\": 7}\n{\"p\": 8}";
    for (others, want) in [
        (vec![], "row 1: FOREIGN_KEY_NOT_FOUND"),
        (vec![check("shop.no")], "row 1: FOREIGN_KEY_NOT_FOUND"),
        (vec![json!({"table": "shop.parent", "sample": {"limit": 5}})], "row 1: FOREIGN_KEY_NOT_FOUND"),
        (vec![check("shop.parent")], "row 1: FOREIGN_KEY_NOT_CHECKED"),
    ] {
        let data: Vec<Value> = std::iter::once(check("shop.child")).chain(others).collect();
        let policy = policy(json!({"data": data}));
        let asked = questions(&policy, &snapshot, text);
        let known = found(&asked, [Some(&rows(json!([{"found": "yn"}])))]);
        assert_eq!(told(&policy, &snapshot, text, Some(&known)), [want], "{data:?}");
    }
}

proptest! {
    #[test]
    fn no_statement_holds_what_a_server_takes_for_something_else(value in "\\PC{0,20}", odd in "[:%;#`é \\\\'-]{0,3}") {
        let (own, theirs) = (format!("p{odd}"), format!("i{odd}"));
        let name = |name: &str| column(name, "varchar(90)", json!({}));
        let keys = json!([key("fk", &[&own], "parent", json!({"refColumns": [theirs]}))]);
        let snapshot = shop(json!([name(&own)]), json!([name(&theirs)]), keys);
        let text = json!({own: value}).to_string();
        for one in questions(&child(), &snapshot, &text) {
            let sql = one.statement();
            prop_assert!(sql.starts_with("SELECT ") && !sql.contains([':', '%', '\\', ';', '#']), "{sql}");
            prop_assert!(!sql.contains("--") && !sql.contains("/*"), "{sql}");
        }
    }
}
