//! What an account may not see is never a change.

use serde_json::{Value, json};

use super::*;

const T: &str = "/tables/1";

#[test]
fn what_one_side_may_not_see_is_noted_and_no_change() {
    let key = json!({"name": "fk_customer", "columns": ["customer_id"], "refTable": "customers", "refColumns": ["id"],
        "onDelete": "unknown", "onUpdate": "unknown"});
    let told = |more: Value| {
        merged(json!({"placement": "p", "tiflashReplicas": 1, "shardRowIdBits": 2, "extrasUnknown": true}), more)
    };
    let lossy = json!({"kind": "expression", "value": "unknown"});
    for (edits, note) in [
        (vec![(format!("{T}/foreignKeys/0"), key)], "shop.orders.fk_customer: what the foreign key does"),
        (
            vec![(format!("{T}/checks/0"), json!({"name": "ck_n", "expr": "unknown"}))],
            "shop.orders.ck_n: the condition",
        ),
        (vec![(format!("{T}/partitioning"), json!({"method": "unknown"}))], "shop.orders: how it is partitioned"),
        (vec![(format!("{T}/tidb"), told(json!({})))], "shop.orders: what only SHOW CREATE TABLE tells"),
        (vec![(format!("{T}/columns/3/default"), lossy)], "shop.orders.n: the server shows its default inexactly"),
        (vec![("/views/0/definition".to_owned(), Value::Null)], "shop.v_mail: the view's text"),
        (vec![("/sequences/0".to_owned(), json!({"name": "s", "unknown": true}))], "shop.s: how the sequence counts"),
        (
            vec![
                ("/charset".to_owned(), Value::Null),
                ("/collation".to_owned(), Value::Null),
                ("/placement".to_owned(), Value::Null),
            ],
            "shop: its default character set",
        ),
    ] {
        let edits: Vec<_> = edits.iter().map(|(pointer, value)| (pointer.as_str(), value.clone())).collect();
        for changes in [between(base(), edited(&edits)), between(edited(&edits), base())] {
            assert!(changes.is_empty() && changes.items.is_empty(), "{edits:?}: {:?}", found(&changes));
            let [only] = changes.unknown.notes.as_slice() else { unreachable!("{edits:?}: {:?}", changes.unknown) };
            assert!(only.starts_with(note), "{only}");
        }
    }
}

#[test]
fn what_both_sides_may_not_see_is_nothing_new() {
    let hidden =
        edited(&[("/views/0/definition", Value::Null), (&format!("{T}/partitioning/method"), json!("unknown"))]);
    let changes = between(hidden.clone(), hidden);
    assert!(changes.is_empty() && changes.unknown.is_empty());
}

#[test]
fn the_rest_of_a_half_seen_object_is_compared_all_the_same() {
    let key = format!("{T}/foreignKeys/0");
    let new = edited(&[(&format!("{key}/onDelete"), json!("unknown")), (&format!("{key}/refTable"), json!("orders"))]);
    let changes = between(base(), new);
    assert_eq!(found(&changes), [("foreign_key_target_changed", "shop.orders.fk_customer".to_owned())]);
    assert_eq!(changes.unknown.notes.len(), 1);
    let view = edited(&[("/views/0/definition", Value::Null), ("/views/0/security", json!("invoker"))]);
    let changes = between(base(), view);
    assert_eq!(found(&changes), [("view_definition_changed", "shop.v_mail".to_owned())]);
    assert!(!changes.items[0].message.contains("SELECT"), "{}", changes.items[0].message);
}

#[test]
fn extras_that_are_hidden_take_nothing_with_them() {
    // Everything SHOW CREATE TABLE alone tells, on the seen side.
    let (column, check) = (format!("{T}/columns/3/type"), format!("{T}/checks/0/enforced"));
    let (key, predicate) = (format!("{T}/foreignKeys/0/valid"), format!("{T}/indexes/0/predicate"));
    let seen = edited(&[
        (&column, json!({"base": "int", "unsigned": true, "zerofill": true})),
        (&check, json!(false)),
        (&key, json!(false)),
        (&predicate, json!("`n` > 1")),
        (&format!("{T}/options/temporary"), json!("on commit delete rows")),
        (&format!("{T}/options/auto_id_cache"), json!("1")),
        (&format!("{T}/tidb/affinity"), json!("table")),
    ]);
    let hidden = edited(&[
        (&column, json!({"base": "int", "unsigned": true})),
        (
            &format!("{T}/tidb"),
            json!({"placement": "p", "tiflashReplicas": 1, "shardRowIdBits": 2, "extrasUnknown": true}),
        ),
    ]);
    for changes in [between(seen.clone(), hidden.clone()), between(hidden, seen)] {
        assert!(changes.is_empty() && changes.unknown.notes.len() == 1, "{:?} {:?}", found(&changes), changes.unknown);
    }
}

#[test]
fn columns_an_account_may_not_see_are_not_dropped() {
    let old = [database(base())];
    let new = [database(edited(&[
        (&format!("{T}/columns/2"), Value::Null),
        (&format!("{T}/indexes/1"), Value::Null),
        (&format!("{T}/foreignKeys/0"), Value::Null),
        (&format!("{T}/columns/0/comment"), json!("seen")),
    ]))];
    let (server, hidden) = (server(2), BTreeSet::from([("shop".to_owned(), "orders".to_owned())]));
    let side = Side { hidden_columns: Some(&hidden), ..Side::new(&server, &new) };
    let changes = diff(&Side::new(&server, &old), &side, &[]);
    assert_eq!(found(&changes), [("column_comment_changed", "shop.orders.id".to_owned())]);
    assert!(changes.unknown.notes[0].starts_with("shop.orders: it has columns that are not visible"));
}

#[test]
fn another_server_is_noted() {
    let (old, new) = (server(2), ServerFacts { dialect: Engine::Mysql, lower_case_table_names: 0, ..server(2) });
    let databases = [database(base())];
    let changes = diff(&Side::new(&old, &databases), &Side::new(&new, &databases), &[]);
    assert!(changes.is_empty());
    assert_eq!(changes.unknown.notes.len(), 2, "{:?}", changes.unknown);
    let newer =
        ServerFacts { version: "9".into(), time_zone: "+02:00".into(), sql_mode: vec!["X".into()], ..server(2) };
    let changes = diff(&Side::new(&old, &databases), &Side::new(&newer, &databases), &[]);
    assert!(changes.is_empty() && changes.unknown.is_empty(), "a patch of the server changes no schema");
}
