//! A small schema for the tests of this folder, with one of everything that is shown.
#![expect(clippy::unwrap_used, reason = "tests")]

use serde_json::json;

use crate::schema::Snapshot;

pub(super) fn shop() -> Snapshot {
    let orders = json!({
        "name": "orders", "kind": "base", "engine": "InnoDB", "collation": "utf8mb4_bin", "comment": "what was bought",
        "columns": [
            {"name": "id", "ordinal": 1, "type": {"base": "bigint", "unsigned": true}, "nullable": false, "autoIncrement": true},
            {"name": "customer", "ordinal": 2, "type": {"base": "int"}, "nullable": true},
            {"name": "state", "ordinal": 3, "type": {"base": "enum", "values": ["new", "paid"]}, "nullable": false,
                "default": {"kind": "literal", "value": "new"}, "charset": "latin1", "collation": "latin1_bin",
                "comment": "how far it is"},
            {"name": "changed", "ordinal": 4, "type": {"base": "datetime", "fsp": 3}, "nullable": false,
                "default": {"kind": "current_timestamp", "fsp": 3}, "onUpdate": {"kind": "current_timestamp", "fsp": 3}},
            {"name": "twice", "ordinal": 5, "type": {"base": "int"}, "nullable": true, "invisible": true,
                "generated": {"kind": "stored", "expr": "`id` * 2"}},
        ],
        "primaryKey": {"columns": [{"column": "id"}], "clustered": true},
        "indexes": [
            {"name": "by_state", "unique": false, "type": "btree", "parts": [{"column": "state", "prefix": 3, "desc": true}]},
            {"name": "once", "unique": true, "type": "hash", "parts": [{"column": "customer"}, {"expression": "`id` + 1"}],
                "invisible": true, "comment": "one each"},
        ],
        "foreignKeys": [{"name": "fk_customer", "columns": ["customer"], "refTable": "customers", "refColumns": ["id"],
            "onDelete": "set_null", "onUpdate": "restrict"}],
        "checks": [{"name": "ck", "expr": "`id` > 0", "columns": ["id"], "enforced": false}],
        "partitioning": {"method": "range", "expression": "`id`"},
    });
    let column = json!({"name": "id", "ordinal": 1, "type": {"base": "int"}, "nullable": false});
    let customers = json!({"name": "customers", "kind": "base", "columns": [column],
        "primaryKey": {"columns": [{"column": "id"}]}});
    let numbers = json!({"name": "numbers", "start": "1", "increment": "5", "min": "1", "max": "99", "cache": 10});
    serde_json::from_value(json!({"modelVersion": 1,
        "server": {"dialect": "mariadb", "version": "10.11", "lowerCaseTableNames": 0},
        "databases": [{"name": "bare"}, {"name": "shop", "tables": [customers, orders],
            "views": [{"name": "broken", "invalid": true}], "sequences": [numbers]}]}))
    .unwrap()
}
