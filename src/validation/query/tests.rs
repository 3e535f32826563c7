//! Queries against a small schema: a case for every code, names in every scope, reads told from writes.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod codes;
mod lexical;
mod reads;
mod scopes;
mod tables;
mod types;
mod writes;

use serde_json::{Value, json};

use super::*;

fn column(name: &str, base: &str, more: Value) -> Value {
    let mut column = json!({"name": name, "ordinal": 1, "type": {"base": base}, "nullable": false});
    let object = column.as_object_mut().unwrap();
    if base == "varchar" || base == "enum" {
        object.insert("collation".to_owned(), json!("utf8mb4_general_ci"));
    }
    object.extend(more.as_object().unwrap().clone());
    column
}

fn table(name: &str, columns: &[Value], key: &[&str], more: Value) -> Value {
    let key: Vec<_> = key.iter().map(|name| json!({"column": name})).collect();
    let mut table = json!({"name": name, "kind": "base", "columns": columns, "primaryKey": {"columns": key}});
    table.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    table
}

/// `shop` and `crm`: keys of all kinds, a generated and an invisible column, an enum, views and a sequence.
fn shop() -> Value {
    let id = || column("id", "bigint", json!({"autoIncrement": true}));
    let states =
        json!({"type": {"base": "enum", "values": ["new", "paid"]}, "default": {"kind": "literal", "value": "new"}});
    let orders = [
        id(),
        column("customer_id", "bigint", json!({})),
        column("status", "enum", states),
        column("placed_at", "datetime", json!({"default": {"kind": "current_timestamp"}})),
    ];
    let customers = [
        id(),
        column("email", "varchar", json!({})),
        column("full_name", "varchar", json!({})),
        column("secret", "varchar", json!({"invisible": true, "nullable": true})),
    ];
    let products = [
        column("sku", "varchar", json!({"collation": "utf8mb4_bin"})),
        column("price", "decimal", json!({})),
        column("gross", "decimal", json!({"nullable": true, "generated": {"kind": "stored", "expr": "price * 2"}})),
        column("details", "json", json!({"nullable": true})),
    ];
    let lines = [
        column("order_id", "bigint", json!({})),
        column("line_no", "int", json!({})),
        column("sku", "varchar", json!({})),
        column("quantity", "int", json!({"default": {"kind": "literal", "value": "1"}})),
    ];
    let unique = json!([{"name": "uq_email", "unique": true, "type": "btree", "parts": [{"column": "email"}]}]);
    let view = |name: &str, updatable: bool| json!({"name": name, "updatable": updatable, "columns": [column("id", "bigint", json!({})), column("email", "varchar", json!({}))]});
    json!({
        "name": "shop",
        "tables": [
            table("Foo", &[column("A", "int", json!({}))], &["A"], json!({})),
            table("customers", &customers, &["id"], json!({"indexes": unique})),
            table("foo", &[column("b", "int", json!({}))], &["b"], json!({})),
            table("order_lines", &lines, &["order_id", "line_no"], json!({})),
            table("orders", &orders, &["id"], json!({})),
            table("products", &products, &["sku"], json!({})),
        ],
        "views": [view("open_orders", false), view("writable", true)],
        "sequences": [{"name": "numbers"}],
    })
}

fn snapshot_of(dialect: &str, folding: u8, mode: &str) -> Snapshot {
    let crm =
        json!({"name": "crm", "tables": [table("orders", &[column("ref", "int", json!({}))], &["ref"], json!({}))]});
    let mode: Vec<_> = mode.split(',').filter(|mode| !mode.is_empty()).collect();
    let server = json!({"dialect": dialect, "version": "1", "lowerCaseTableNames": folding, "sqlMode": mode});
    serde_json::from_value(json!({"modelVersion": 1, "server": server, "databases": [crm, shop()]})).unwrap()
}

fn snapshot() -> Snapshot {
    snapshot_of("mysql", 0, "STRICT_TRANS_TABLES")
}

fn options(read_only: bool) -> Options {
    Options { default_database: Some("shop".to_owned()), read_only, ..Options::default() }
}

fn judged(sql: &str, read_only: bool) -> QueryResult {
    validate(sql, &snapshot(), &options(read_only))
}

/// `CODE line:column` of every issue, worst first.
fn issues(result: &QueryResult) -> Vec<String> {
    result.issues.iter().map(|issue| format!("{} {}:{}", issue.code, issue.line, issue.column)).collect()
}

/// The errors alone.
fn errors(result: &QueryResult) -> Vec<String> {
    let errors = result.issues.iter().filter(|issue| issue.severity == Severity::Error);
    errors.map(|issue| format!("{} {}:{}", issue.code, issue.line, issue.column)).collect()
}

/// Each text has exactly these errors: `""` for none, several joined by `, `.
fn expect(cases: &[(&str, &str)]) {
    expect_on(&snapshot(), cases);
}

fn expect_on(snapshot: &Snapshot, cases: &[(&str, &str)]) {
    for (sql, wanted) in cases {
        let result = validate(sql, snapshot, &options(false));
        assert_eq!(errors(&result).join(", "), *wanted, "{sql}\n{:#?}", result.issues);
    }
}
