//! Who depends on what changed.

use serde_json::{Value, json};

use super::*;

const T: &str = "/tables/1";

fn affected(changes: &Changes, kind: &str) -> Vec<String> {
    let change = changes.items.iter().find(|change| change.kind.as_str() == kind).unwrap();
    change.impact.affected.iter().map(|one| format!("{} {}", one.kind.as_str(), one.object)).collect()
}

#[test]
fn a_dropped_parent_lists_its_children_and_views() {
    let over = json!({"name": "v_over", "definition": "select `e` from `shop`.`v_mail`", "columns": []});
    let parent_view = json!({"name": "v_c", "definition": "select `c`.`id` AS `id` from `shop`.`customers` `c`"});
    let old = edited(&[("/views/-", over), ("/views/-", parent_view)]);
    let mut new = old.clone();
    new["tables"] = json!([]);
    let changes = between(old, new);
    let dropped = |table: &str| {
        let change = changes.items.iter().find(|change| change.table.as_deref() == Some(table)).unwrap();
        change.impact.affected.iter().map(|one| one.object.clone()).collect::<Vec<_>>()
    };
    assert_eq!(dropped("customers"), ["shop.orders.fk_customer", "shop.v_c"]);
    assert_eq!(dropped("orders"), ["shop.v_mail", "shop.v_over"], "views over views too");
}

#[test]
fn a_foreign_key_of_another_database_is_no_child() {
    let old = |database: Value| vec![super::database(database)];
    let mut other = base();
    other["name"] = json!("crm");
    let mut both = old(base());
    both.extend(old(other));
    let mut after = both.clone();
    after[0].tables.remove(0);
    let changes = changes(&both, &after);
    assert_eq!(affected(&changes, "table_dropped"), ["foreign key shop.orders.fk_customer"]);
}

#[test]
fn a_changed_column_lists_the_views_and_keys_that_name_it() {
    let changed = |column: usize, path: &str, value: Value| {
        between(base(), edited(&[(&format!("{T}/columns/{column}{path}"), value)]))
    };
    assert_eq!(affected(&changed(2, "/type/length", json!(5)), "type_narrowed"), ["view shop.v_mail"]);
    assert_eq!(
        affected(&changed(1, "/nullable", json!(false)), "nullability_tightened"),
        ["foreign key shop.orders.fk_customer"]
    );
    assert!(changed(3, "/type/base", json!("bigint")).items[0].impact.is_empty(), "no view names it");
    assert!(changed(2, "/comment", json!("x")).items[0].impact.is_empty(), "a comment touches nobody");
}

#[test]
fn dependents_are_bounded_and_counted() {
    let mut old = base();
    for number in 0..AFFECTED + 7 {
        let view = json!({"name": format!("w{number:03}"), "definition": "select `id` from `shop`.`customers`"});
        old["views"].as_array_mut().unwrap().push(view);
    }
    let mut new = old.clone();
    new["tables"].as_array_mut().unwrap().remove(0);
    let changes = between(old, new);
    let impact = &changes.items[0].impact;
    assert_eq!((impact.affected.len(), impact.left_out), (AFFECTED, 8), "the views and one key");
}
