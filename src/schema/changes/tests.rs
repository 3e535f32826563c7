//! Model values in, changes out; what servers really make of DDL is tested in `tests/changes/`.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod counting;
mod edits;
mod hidden;
mod impact;
mod kinds;
mod properties;
mod renames;
mod report;
mod schemas;

use serde_json::{Value, json};

use super::*;
use crate::schema::Engine;

pub(super) fn server(fold: u8) -> ServerFacts {
    ServerFacts {
        dialect: Engine::Tidb,
        version: "8".into(),
        lower_case_table_names: fold,
        sql_mode: vec![],
        time_zone: "UTC".into(),
        fk_checks: true,
    }
}

/// A database that uses every part of the model.
pub(super) fn base() -> Value {
    let text = |name: &str, ordinal: u32, more: Value| {
        merged(
            json!({"name": name, "ordinal": ordinal, "nullable": false, "charset": "utf8mb4",
            "collation": "utf8mb4_bin", "type": {"base": "varchar", "length": 20, "unit": "chars"}}),
            more,
        )
    };
    let int = |name: &str, ordinal: u32, more: Value| {
        merged(json!({"name": name, "ordinal": ordinal, "nullable": false, "type": {"base": "int"}}), more)
    };
    let orders = json!({
        "name": "orders", "kind": "base", "engine": "InnoDB", "collation": "utf8mb4_bin", "comment": "o",
        "columns": [
            int("id", 1, json!({"autoIncrement": true})),
            int("customer_id", 2, json!({"nullable": true})),
            text("email", 3, json!({"comment": "c"})),
            int("n", 4, json!({"default": {"kind": "literal", "value": "1"}})),
            int("twice", 5, json!({"nullable": true, "generated": {"kind": "virtual", "expr": "`n` * 2"}})),
            int("at", 6, json!({"type": {"base": "datetime"}, "onUpdate": {"kind": "current_timestamp"}})),
            int("st", 7, json!({"type": {"base": "enum", "values": ["new", "paid"]}})),
            int("flag", 8, json!({"type": {"base": "tinyint", "boolHint": true}})),
            int("spot", 9, json!({"type": {"base": "point"}, "srid": 4326})),
        ],
        "primaryKey": {"columns": [{"column": "id"}], "clustered": true},
        "indexes": [
            {"name": "k_customer", "unique": false, "type": "btree", "parts": [{"column": "customer_id"}], "comment": "i"},
            {"name": "uq_email", "unique": true, "type": "btree", "parts": [{"column": "email"}, {"column": "n"}]},
        ],
        "foreignKeys": [{"name": "fk_customer", "columns": ["customer_id"], "refTable": "customers",
            "refColumns": ["id"], "onDelete": "restrict", "onUpdate": "cascade"}],
        "checks": [{"name": "ck_n", "expr": "`n` > 0", "columns": ["n"]}],
        "partitioning": {"method": "hash", "expression": "`id`"},
        "options": {"row_format": "DYNAMIC"},
        "tidb": {"ttl": {"column": "at", "interval": "3 MONTH", "enabled": true, "jobInterval": "24h"},
            "shardRowIdBits": 2, "preSplit": 2, "placement": "p", "tiflashReplicas": 1},
    });
    let customers = json!({
        "name": "customers", "kind": "base", "engine": "InnoDB", "collation": "utf8mb4_bin",
        "columns": [int("id", 1, json!({})), text("name", 2, json!({}))],
        "primaryKey": {"columns": [{"column": "id"}]},
    });
    let view = json!({
        "name": "v_mail", "definition": "select `shop`.`orders`.`email` AS `email` from `shop`.`orders`",
        "security": "definer", "updatable": true, "columns": [text("email", 1, json!({}))],
    });
    json!({"name": "shop", "charset": "utf8mb4", "collation": "utf8mb4_bin", "placement": "p",
        "tables": [customers, orders], "views": [view],
        "sequences": [{"name": "s", "start": "1", "increment": "1", "min": "1", "max": "99", "cache": 10}]})
}

pub(super) fn merged(mut value: Value, more: Value) -> Value {
    value.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    value
}

/// The base with some values put elsewhere: `(pointer, value)`, where `null` takes the value away and `/-` appends.
pub(super) fn edited(edits: &[(&str, Value)]) -> Value {
    let mut out = base();
    for (pointer, value) in edits {
        let (parent, last) = pointer.rsplit_once('/').unwrap();
        let parent = out.pointer_mut(parent).unwrap_or_else(|| unreachable!("{pointer}"));
        match parent {
            Value::Array(items) if last == "-" => items.push(value.clone()),
            Value::Array(items) if value.is_null() => drop(items.remove(last.parse().unwrap())),
            Value::Array(items) => items[last.parse::<usize>().unwrap()] = value.clone(),
            Value::Object(map) if value.is_null() => drop(map.remove(last).unwrap()),
            Value::Object(map) => drop(map.insert(last.to_owned(), value.clone())),
            _ => unreachable!("{pointer}"),
        }
    }
    out
}

pub(super) fn database(value: Value) -> Database {
    serde_json::from_value(value).unwrap()
}

pub(super) fn between(old: Value, new: Value) -> Changes {
    changes(&[database(old)], &[database(new)])
}

pub(super) fn changes(old: &[Database], new: &[Database]) -> Changes {
    let server = server(2);
    diff(&Side::new(&server, old), &Side::new(&server, new), &[])
}

/// Kind and object of every change.
pub(super) fn found(changes: &Changes) -> Vec<(&'static str, String)> {
    changes.items.iter().map(|change| (change.kind.as_str(), change.object())).collect()
}
