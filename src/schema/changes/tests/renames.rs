//! What was renamed, what was not, and what a rename takes along.

use serde_json::{Value, json};

use super::super::change::Confidence;
use super::*;
use crate::schema::verdict::Verdict;

const T: &str = "/tables/1";

fn table(name: &str, columns: &[&str]) -> Value {
    let columns = columns
        .iter()
        .zip(1..)
        .map(|(name, ordinal)| json!({"name": name, "ordinal": ordinal, "nullable": false, "type": {"base": "int"}}));
    json!({"name": name, "kind": "base", "columns": columns.collect::<Vec<_>>()})
}

fn of(tables: &[Value]) -> Value {
    json!({"name": "shop", "charset": "utf8mb4", "collation": "utf8mb4_bin", "tables": tables})
}

fn tables(old: &[Value], new: &[Value]) -> Vec<(&'static str, String)> {
    found(&between(of(old), of(new)))
}

fn pair(kind: &'static str, object: &str) -> (&'static str, String) {
    (kind, object.to_owned())
}

#[test]
fn a_column_is_renamed_when_one_went_and_an_equal_one_came_in_its_place() {
    let renamed = |old: &[&str], new: &[&str]| tables(&[table("t", old)], &[table("t", new)]);
    assert_eq!(renamed(&["a", "b"], &["a", "c"]), [pair("column_renamed", "shop.t.c")]);
    assert_eq!(
        renamed(&["a", "b", "c"], &["x", "b", "y"]),
        [pair("column_renamed", "shop.t.x"), pair("column_renamed", "shop.t.y")]
    );
    // Other columns that came or went are not in the way.
    assert_eq!(renamed(&["a", "b"], &["c", "a", "d"]).iter().filter(|(kind, _)| *kind == "column_renamed").count(), 1);
    for (old, new) in
        [(&["a", "b"][..], &["x", "a"][..]), (&["a", "b", "c"], &["c", "x", "y"]), (&["a", "b"], &["a", "x", "y"])]
    {
        let found = renamed(old, new);
        assert!(found.iter().all(|(kind, _)| *kind != "column_renamed"), "{old:?} {new:?}: {found:?}");
    }
    let change = &between(of(&[table("t", &["a", "b"])]), of(&[table("t", &["a", "c"])])).items[0];
    let rename = change.rename_of.as_ref().unwrap();
    assert_eq!((rename.object.as_str(), rename.confidence), ("shop.t.b", Confidence::Likely));
    assert_eq!((change.readers, change.writers), (Verdict::Breaking, Verdict::Breaking));
}

#[test]
fn a_column_that_differs_in_more_is_dropped_and_added() {
    let new =
        edited(&[(&format!("{T}/columns/7/name"), json!("yes")), (&format!("{T}/columns/7/comment"), json!("x"))]);
    let found = found(&between(base(), new));
    assert_eq!(found, [pair("column_dropped", "shop.orders.flag"), pair("column_added_required", "shop.orders.yes")]);
}

#[test]
fn what_names_a_renamed_column_is_folded_into_the_rename() {
    let new = edited(&[
        (&format!("{T}/columns/3/name"), json!("amount")),
        (&format!("{T}/columns/4/generated/expr"), json!("`amount` * 2")),
        (&format!("{T}/indexes/1/parts/1/column"), json!("amount")),
        (&format!("{T}/checks/0/expr"), json!("`amount` > 0")),
        (&format!("{T}/checks/0/columns/0"), json!("amount")),
    ]);
    let changes = between(base(), new);
    assert_eq!(found(&changes), [pair("column_renamed", "shop.orders.amount")]);
    let affected: Vec<_> = changes.items[0].impact.affected.iter().map(|one| one.object.as_str()).collect();
    assert_eq!(affected, ["shop.orders.uq_email", "shop.orders.ck_n", "shop.orders.twice"]);
    // The key of a column that is renamed, in the child and in the parent.
    let child = edited(&[
        (&format!("{T}/columns/1/name"), json!("buyer")),
        (&format!("{T}/indexes/0/parts/0/column"), json!("buyer")),
        (&format!("{T}/foreignKeys/0/columns/0"), json!("buyer")),
    ]);
    assert_eq!(found(&between(base(), child)), [pair("column_renamed", "shop.orders.buyer")]);
    let parent = edited(&[
        ("/tables/0/columns/0/name", json!("key")),
        ("/tables/0/primaryKey/columns/0/column", json!("key")),
        (&format!("{T}/foreignKeys/0/refColumns/0"), json!("key")),
    ]);
    let changes = between(base(), parent);
    assert_eq!(found(&changes), [pair("column_renamed", "shop.customers.key")]);
    let affected: Vec<_> = changes.items[0].impact.affected.iter().map(|one| one.object.as_str()).collect();
    assert_eq!(affected, ["shop.orders.fk_customer", "shop.customers.PRIMARY"]);
    // The scheme of partitions follows as well.
    let key = edited(&[
        (&format!("{T}/columns/0/name"), json!("nr")),
        (&format!("{T}/primaryKey/columns/0/column"), json!("nr")),
        (&format!("{T}/partitioning/expression"), json!("`nr`")),
    ]);
    assert_eq!(found(&between(base(), key)), [pair("column_renamed", "shop.orders.nr")]);
}

#[test]
fn what_a_dropped_column_takes_along_is_folded_into_the_drop() {
    // The engine takes the column out of its indexes, and its own checks away.
    let new = edited(&[
        (&format!("{T}/columns/1"), Value::Null),
        (&format!("{T}/indexes/0"), Value::Null),
        (&format!("{T}/foreignKeys/0"), Value::Null),
    ]);
    let changes = between(base(), new);
    assert_eq!(
        found(&changes),
        [pair("column_dropped", "shop.orders.customer_id"), pair("foreign_key_dropped", "shop.orders.fk_customer")]
    );
    let affected: Vec<_> = changes.items[0].impact.affected.iter().map(|one| one.object.as_str()).collect();
    assert_eq!(affected, ["shop.orders.fk_customer", "shop.orders.k_customer"]);
    let check = edited(&[
        (&format!("{T}/columns/3"), Value::Null),
        (&format!("{T}/columns/3/generated/expr"), json!("1")),
        (&format!("{T}/checks/0"), Value::Null),
        (&format!("{T}/indexes/1/parts/1"), Value::Null),
    ]);
    let mut kinds = found(&between(base(), check));
    kinds.sort_unstable();
    // A unique index that lost a column refuses more rows, which the drop alone does not say.
    assert_eq!(
        kinds,
        [
            pair("column_dropped", "shop.orders.n"),
            pair("generated_expr_changed", "shop.orders.twice"),
            pair("unique_tightened", "shop.orders.uq_email"),
        ]
    );
}

#[test]
fn a_primary_key_that_goes_with_its_column_is_told() {
    let new = edited(&[(&format!("{T}/columns/0"), Value::Null), (&format!("{T}/primaryKey"), Value::Null)]);
    let mut kinds = found(&between(base(), new));
    kinds.sort_unstable();
    assert_eq!(kinds, [pair("column_dropped", "shop.orders.id"), pair("primary_key_dropped", "shop.orders.PRIMARY")]);
}

#[test]
fn a_table_is_renamed_when_one_went_and_the_only_equal_one_came() {
    let renamed = tables(&[table("a", &["x"]), table("keep", &["x"])], &[table("b", &["x"]), table("keep", &["x"])]);
    assert_eq!(renamed, [pair("table_renamed", "shop.b")]);
    let twins = tables(&[table("a", &["x"]), table("b", &["x"])], &[table("c", &["x"])]);
    assert!(twins.iter().all(|(kind, _)| *kind != "table_renamed"), "{twins:?}");
    let altered = tables(&[table("a", &["x"])], &[table("b", &["x", "y"])]);
    assert_eq!(altered, [pair("table_dropped", "shop.a"), pair("table_created", "shop.b")]);
}

#[test]
fn names_the_server_made_from_the_tables_name_follow_it() {
    let key = |name: &str, parent: &str| {
        json!({"name": name, "columns": ["x"], "refTable": parent, "refColumns": ["x"],
        "onDelete": "restrict", "onUpdate": "restrict"})
    };
    let named = |name: &str| {
        merged(
            table(name, &["x"]),
            json!({
                "foreignKeys": [key(&format!("{name}_ibfk_1"), name)],
                "checks": [{"name": format!("{name}_chk_1"), "expr": "`x` > 0", "columns": ["x"]}],
            }),
        )
    };
    let child = |parent: &str| merged(table("child", &["x", "z"]), json!({"foreignKeys": [key("fk", parent)]}));
    let changes = between(of(&[named("a"), child("a")]), of(&[named("b"), child("b")]));
    assert_eq!(found(&changes), [pair("table_renamed", "shop.b")]);
    assert_eq!(changes.items[0].impact.affected[0].object, "shop.child.fk");
    assert_eq!(changes.items[0].rename_of.as_ref().unwrap().object, "shop.a");
}

#[test]
fn ids_of_tables_tell_renames_apart_from_twins() {
    let ids = |pairs: &[(&str, &str)]| -> TableIds {
        pairs.iter().map(|(table, id)| (("shop".to_owned(), (*table).to_owned()), (*id).to_owned())).collect()
    };
    let server = server(2);
    let run = |old: &[Value], new: &[Value], old_ids: &TableIds, new_ids: &TableIds| {
        let (old, new) = ([database(of(old))], [database(of(new))]);
        let side = |databases, ids| Side { table_ids: Some(ids), ..Side::new(&server, databases) };
        diff(&side(&old, old_ids), &side(&new, new_ids), &[])
    };
    // Renamed and altered at once.
    let changes = run(&[table("a", &["x"])], &[table("b", &["x", "y"])], &ids(&[("a", "7")]), &ids(&[("b", "7")]));
    let mut kinds = found(&changes);
    kinds.sort_unstable();
    assert_eq!(kinds, [pair("column_added_required", "shop.b.y"), pair("table_renamed", "shop.b")]);
    let rename = changes.items.iter().find_map(|change| change.rename_of.as_ref()).unwrap();
    assert_eq!((rename.object.as_str(), rename.confidence), ("shop.a", Confidence::Certain));
    // Equal, and another table all the same.
    let changes = run(&[table("a", &["x"])], &[table("b", &["x"])], &ids(&[("a", "7")]), &ids(&[("b", "8")]));
    assert_eq!(found(&changes), [pair("table_dropped", "shop.a"), pair("table_created", "shop.b")]);
    // Twins, told apart.
    let old = [table("a", &["x"]), table("b", &["x"])];
    let changes = run(&old, &[table("c", &["x"])], &ids(&[("a", "7"), ("b", "9")]), &ids(&[("c", "9")]));
    assert_eq!(found(&changes), [pair("table_dropped", "shop.a"), pair("table_renamed", "shop.c")]);
}

#[test]
fn names_of_tables_fold_only_where_the_server_does() {
    let (old, new) = ([database(of(&[table("Foo", &["x"])]))], [database(of(&[table("foo", &["X"])]))]);
    for (fold, want) in [
        (2, vec![pair("column_renamed", "shop.foo.X"), pair("table_renamed", "shop.foo")]),
        (0, vec![pair("table_created", "shop.foo"), pair("table_dropped", "shop.Foo")]),
    ] {
        let server = server(fold);
        let mut kinds = found(&diff(&Side::new(&server, &old), &Side::new(&server, &new), &[]));
        kinds.sort_unstable();
        assert_eq!(kinds, want, "{fold}");
    }
}

#[test]
fn keys_and_checks_of_equal_content_are_renamed() {
    let new = edited(&[
        (&format!("{T}/indexes/0/name"), json!("k_new")),
        (&format!("{T}/indexes/0/comment"), json!("x")),
        (&format!("{T}/foreignKeys/0/name"), json!("fk_new")),
        (&format!("{T}/checks/0/name"), json!("ck_new")),
    ]);
    let mut kinds = found(&between(base(), new));
    kinds.sort_unstable();
    assert_eq!(
        kinds,
        [
            pair("check_renamed", "shop.orders.ck_new"),
            pair("foreign_key_renamed", "shop.orders.fk_new"),
            pair("index_comment_changed", "shop.orders.k_new"),
            pair("index_renamed", "shop.orders.k_new"),
        ]
    );
}
