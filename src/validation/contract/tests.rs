//! Tests of contracts: one live table, many expectations.
#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::api::policy::contract::Role;
use crate::schema::Snapshot;
use crate::validation::testing::{any_snapshot, column, contract_of, parts, snapshot, table};

fn live() -> Snapshot {
    let orders = table(
        "orders",
        json!({
            "columns": [
                column("id", "bigint unsigned", json!({"autoIncrement": true})),
                column("customer_id", "bigint unsigned", json!({})),
                column("status", "enum('new','paid')", json!({"default": {"kind": "literal", "value": "new"}})),
                column("note", "varchar(200)", json!({"nullable": true})),
                column("total", "decimal(10,2)", json!({"nullable": true, "generated": {"kind": "stored", "expr": "1"}})),
                column("odd", "sketch(3)", json!({"nullable": true})),
            ],
            "indexes": [
                {"name": "k_customer", "unique": false, "type": "btree", "parts": parts(&["customer_id", "status"])},
                {"name": "k_hidden", "unique": false, "type": "btree", "invisible": true, "parts": parts(&["note"])},
                {"name": "u_note", "unique": true, "type": "btree", "parts": parts(&["note(9)", "id"])},
                {"name": "u_two", "unique": true, "type": "btree", "parts": parts(&["customer_id", "id"])},
            ],
            "foreignKeys": [
                {"name": "fk_customer", "columns": ["customer_id"], "refTable": "customers", "refColumns": ["id"],
                    "onDelete": "cascade", "onUpdate": "unknown"},
                {"name": "fk_off", "columns": ["id"], "refTable": "customers", "refColumns": ["id"], "valid": false,
                    "onDelete": "restrict", "onUpdate": "restrict"},
            ],
        }),
    );
    let views = json!([
        {"name": "open_orders", "definition": "select 1", "columns": [column("id", "bigint unsigned", json!({"nullable": true}))]},
        {"name": "broken", "definition": "select 1", "invalid": true},
    ]);
    snapshot("mysql", json!([orders, table("customers", json!({}))]), views)
}

fn checked(role: &str, table: Value, more: Value, live: &Snapshot) -> ContractResult {
    let mut words = json!({"name": "c", "owner": "team-a", "database": "shop", "role": role, "tables": [table]});
    words.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let contract = read(&serde_json::from_value(words).unwrap(), "spec.contracts[0]").unwrap();
    check(&contract, live)
}

/// What is wrong, one word per item.
fn said(result: &ContractResult) -> Vec<String> {
    let mut out: Vec<String> = result.missing_tables.iter().map(|t| format!("no table {t}")).collect();
    out.extend(result.missing_columns.iter().map(|c| format!("no column {c}")));
    out.extend(
        result
            .type_mismatches
            .iter()
            .map(|m| format!("{} {}", m.column, serde_json::to_value(m.direction).unwrap().as_str().unwrap())),
    );
    out.extend(
        result.constraint_differences.iter().map(|d| format!("{}: {} but {}", d.kind.words(), d.expected, d.actual)),
    );
    out.extend(result.extra_required_columns.iter().map(|c| format!("required {c}")));
    out.extend(result.forbidden_present.iter().map(|c| format!("forbidden {c}")));
    out.extend(result.unknown.iter().map(|u| format!("unknown {}", u.object)));
    out
}

#[test]
fn a_column_serves_a_role_or_says_how_it_does_not() {
    let columns: [(&str, Value, &str); 26] = [
        ("Reader", json!({"name": "id", "type": "bigint unsigned", "nullable": false}), ""),
        ("Reader", json!({"name": "ID", "type": "BIGINT UNSIGNED"}), ""),
        ("Reader", json!({"name": "id", "type": "int unsigned"}), "id widened"),
        ("Writer", json!({"name": "id", "type": "int unsigned"}), ""),
        ("Both", json!({"name": "id", "type": "int unsigned"}), "id widened"),
        ("Reader", json!({"name": "id", "type": "decimal(20,0)"}), ""),
        ("Reader", json!({"name": "id", "type": "varchar(20)"}), "id changed"),
        ("Reader", json!({"name": "id", "type": "varchar(20)", "match": "Exists"}), ""),
        ("Reader", json!({"name": "gone"}), "no column orders.gone"),
        ("Reader", json!({"name": "status", "type": "enum('new','paid','sent')"}), ""),
        ("Writer", json!({"name": "status", "type": "enum('new','paid','sent')"}), "status narrowed"),
        ("Reader", json!({"name": "status", "type": "enum('new','paid','sent')", "match": "Exact"}), "status narrowed"),
        ("Reader", json!({"name": "status", "type": "enum('new','paid')", "match": "Exact"}), ""),
        ("Reader", json!({"name": "status", "type": "enum('new')"}), "status widened"),
        ("Reader", json!({"name": "note", "type": "varchar(200)", "nullable": false}), "note nullable"),
        ("Writer", json!({"name": "note", "type": "varchar(200)", "nullable": false}), ""),
        ("Writer", json!({"name": "customer_id", "type": "bigint unsigned", "nullable": true}), "customer_id not_null"),
        ("Writer", json!({"name": "status", "type": "enum('new')", "nullable": true}), ""),
        ("Reader", json!({"name": "customer_id", "type": "bigint unsigned", "nullable": true}), ""),
        (
            "Reader",
            json!({"name": "customer_id", "type": "bigint unsigned", "nullable": true, "match": "Exact"}),
            "customer_id not_null",
        ),
        ("Reader", json!({"name": "note", "type": "varchar(200) character set utf8mb4", "match": "Exact"}), ""),
        ("Reader", json!({"name": "note", "type": "varchar(200) character set latin1"}), "note widened"),
        (
            "Writer",
            json!({"name": "total", "type": "decimal(10,2)"}),
            "generated column: total that can be written but computed by the server",
        ),
        ("Both", json!({"name": "total", "type": "decimal(10,2)"}), ""),
        ("Reader", json!({"name": "odd", "type": "int"}), "unknown orders.odd"),
        ("Reader", json!({"name": "odd"}), ""),
    ];
    for (role, expected, want) in columns {
        let all = json!([expected, {"name": "customer_id"}]);
        let result = checked(role, json!({"name": "orders", "columns": all}), json!({}), &live());
        assert_eq!(said(&result).join("; "), want, "{role} {expected}");
        let compatible = if want.starts_with("unknown") { None } else { Some(want.is_empty()) };
        assert_eq!(result.is_compatible, compatible, "{role} {expected}");
        assert_eq!(result.recommendations.is_empty(), want.is_empty(), "{role} {expected}");
    }
}

#[test]
fn keys_and_what_must_not_be_there_are_compared() {
    for (role, expected, more, want) in [
        ("Reader", json!({"primaryKey": ["id"]}), json!({}), ""),
        ("Reader", json!({"primaryKey": ["id", "status"]}), json!({}), "primary key: (id, status) but (id)"),
        ("Reader", json!({"indexes": [{"columns": ["customer_id"]}]}), json!({}), ""),
        ("Reader", json!({"indexes": [{"columns": ["customer_id"], "unique": false}]}), json!({}), ""),
        (
            "Reader",
            json!({"indexes": [{"columns": ["customer_id"], "unique": true}]}),
            json!({}),
            "index: unique (customer_id) but none",
        ),
        ("Reader", json!({"indexes": [{"columns": ["customer_id", "id"], "unique": true}]}), json!({}), ""),
        ("Reader", json!({"indexes": [{"columns": ["status"]}]}), json!({}), "index: (status) but none"),
        ("Reader", json!({"indexes": [{"columns": ["id"], "unique": true}, {"columns": ["id"]}]}), json!({}), ""),
        (
            "Reader",
            json!({"indexes": [{"columns": ["note", "id"], "unique": true}]}),
            json!({}),
            "index: unique (note, id) but none",
        ),
        (
            "Reader",
            json!({"indexes": [{"columns": ["note"], "unique": false}]}),
            json!({}),
            "index: non-unique (note) but none",
        ),
        (
            "Reader",
            json!({"foreignKeys": [{"columns": ["customer_id"], "ref": "customers(id)", "onDelete": "Cascade"}]}),
            json!({}),
            "",
        ),
        (
            "Reader",
            json!({"foreignKeys": [{"columns": ["customer_id"], "ref": "`shop`.`customers`(`id`)", "onDelete": "NoAction"}]}),
            json!({}),
            "foreign key: (customer_id) on delete restrict but (customer_id) on delete cascade",
        ),
        (
            "Reader",
            json!({"foreignKeys": [{"columns": ["customer_id"], "ref": "customers(id)", "onUpdate": "Restrict"}]}),
            json!({}),
            "unknown orders.fk_customer",
        ),
        (
            "Reader",
            json!({"foreignKeys": [{"columns": ["customer_id"], "ref": "old.customers(id)"}]}),
            json!({}),
            "foreign key: (customer_id) references old.customers(id) but (customer_id) references shop.customers(id)",
        ),
        (
            "Reader",
            json!({"foreignKeys": [{"columns": ["id"], "ref": "customers(id)"}]}),
            json!({}),
            "foreign key: (id) references shop.customers(id) but fk_off is shown by the server and not enforced",
        ),
        ("Reader", json!({"absentColumns": ["NOTE", "ssn"]}), json!({}), "forbidden orders.note"),
        (
            "Reader",
            json!({"columns": [{"name": "id"}]}),
            json!({"extraColumns": "Forbid"}),
            "forbidden orders.customer_id; forbidden orders.status; forbidden orders.note; forbidden orders.total; forbidden orders.odd",
        ),
        (
            "Reader",
            json!({}),
            json!({"extraTables": "Forbid"}),
            "forbidden customers; forbidden open_orders; forbidden broken",
        ),
        ("Writer", json!({"columns": [{"name": "id"}]}), json!({}), "required orders.customer_id"),
        ("Both", json!({"columns": []}), json!({}), "required orders.customer_id"),
        ("Reader", json!({"columns": []}), json!({}), ""),
        ("Reader", json!({"name": "open_orders", "columns": [{"name": "id", "nullable": true}]}), json!({}), ""),
        (
            "Reader",
            json!({"name": "broken", "columns": [{"name": "id"}]}),
            json!({}),
            "view: a view that can be read but names something that is gone, so that it has no columns",
        ),
        ("Reader", json!({"name": "Orders"}), json!({}), "no table Orders"),
        ("Reader", json!({}), json!({"database": "other"}), "no table orders"),
    ] {
        let mut table = json!({"name": "orders"});
        table.as_object_mut().unwrap().extend(expected.as_object().unwrap().clone());
        let result = checked(role, table, more, &live());
        assert_eq!(said(&result).join("; "), want, "{role} {expected}");
    }
}

#[test]
fn table_names_fold_where_the_server_folds_them() {
    let mut folding = live();
    folding.server.lower_case_table_names = 2;
    let result = checked("Reader", json!({"name": "ORDERS"}), json!({"database": "Shop"}), &folding);
    assert_eq!(result.is_compatible, Some(true));
    assert!(result.checked_hash.unwrap().starts_with("sha256:"));
}

#[test]
fn what_tidb_does_not_tell_of_a_view_is_unknown_and_not_true() {
    let mut tidb = live();
    tidb.server.dialect = crate::schema::Engine::Tidb;
    let expected =
        json!({"name": "open_orders", "columns": [{"name": "id", "type": "bigint unsigned", "nullable": false}]});
    let result = checked("Reader", expected, json!({}), &tidb);
    assert_eq!((result.is_compatible, said(&result).join("")), (None, "unknown open_orders.id".to_owned()));
    assert!(serde_json::to_value(&result).unwrap()["is_compatible"].is_null());
}

#[test]
fn words_that_cannot_be_understood_name_their_field() {
    let tables = json!([{"name": "orders",
        "columns": [{"name": "id", "type": "strng"}, {"name": "id", "match": "Exact"}],
        "foreignKeys": [{"columns": ["a"], "ref": "customers"}, {"columns": ["a", "b"], "ref": "customers(id)"}]}]);
    let words = json!({"name": "c", "database": "shop", "role": "Reader", "tables": tables});
    let faults = read(&serde_json::from_value(words).unwrap(), "spec.contracts[0]").unwrap_err();
    let text: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert!(text[0].starts_with("spec.contracts[0].tables[0].columns[0].type: \"strng\" is not"), "{text:?}");
    assert!(text[1].contains("columns[1].type: match Exact and Compatible need a type"), "{text:?}");
    assert!(text[2].contains("foreignKeys[0].ref: \"customers\" names no parent"), "{text:?}");
    assert!(text[3].contains("foreignKeys[1].ref: 2 columns cannot refer to 1"), "{text:?}");
    assert_eq!(faults.len(), 4);
}

#[test]
fn recommendations_are_cut_and_say_how_many_there_were() {
    let columns: Vec<Value> = (0..50).map(|n| json!({"name": format!("gone{n}")})).collect();
    let result = checked("Reader", json!({"name": "orders", "columns": columns}), json!({}), &live());
    assert_eq!((result.missing_columns.len(), result.recommendations.len()), (50, 21));
    assert_eq!(result.recommendations[20], "and 30 more like these");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn the_contract_of_a_schema_is_compatible_with_it_for_every_role(
        snapshot in any_snapshot(), role in prop::sample::select(&[Role::Reader, Role::Writer, Role::Both][..]),
    ) {
        let words = contract_of(&snapshot.databases[0], role, snapshot.server.dialect);
        let contract = read(&words, "contract").unwrap();
        let result = check(&contract, &snapshot);
        prop_assert_eq!(result.is_compatible, Some(true), "{:?}", said(&result));
    }

    #[test]
    fn a_contract_of_one_schema_checked_against_another_never_panics(one in any_snapshot(), other in any_snapshot()) {
        let words = contract_of(&one.databases[0], Role::Both, one.server.dialect);
        let result = check(&read(&words, "contract").unwrap(), &other);
        prop_assert_eq!(result.is_compatible == Some(true), said(&result).is_empty());
    }
}
