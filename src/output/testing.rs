//! Databases for the tests of this folder: small ones by hand, and any at all. Names and texts are hostile on purpose.
#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use crate::schema::{Database, ServerFacts};

pub(super) fn server(dialect: &str) -> ServerFacts {
    serde_json::from_value(json!({"dialect": dialect, "version": "1", "lowerCaseTableNames": 0, "timeZone": "UTC"}))
        .unwrap()
}

/// Tables of one key each, and foreign keys from their column `x` to the key of another table.
pub(super) fn linked(tables: &[(&str, &[&str])]) -> Database {
    let table = |(name, parents): &(&str, &[&str])| {
        let keys: Vec<Value> =
            parents.iter().map(|parent| link(&format!("fk_{name}_{parent}"), None, parent)).collect();
        json!({"name": name, "kind": "base", "columns": [column("id", false), column("x", true)],
            "primaryKey": {"columns": [{"column": "id"}]}, "foreignKeys": keys})
    };
    let tables: Vec<Value> = tables.iter().map(table).collect();
    serde_json::from_value(json!({"name": "d", "tables": tables})).unwrap()
}

pub(super) fn column(name: &str, nullable: bool) -> Value {
    json!({"name": name, "ordinal": 1, "type": {"base": "int"}, "nullable": nullable})
}

pub(super) fn link(name: &str, database: Option<&str>, parent: &str) -> Value {
    let mut key = json!({"name": name, "columns": ["x"], "refTable": parent, "refColumns": ["id"],
        "onDelete": "restrict", "onUpdate": "restrict"});
    if let Some(database) = database {
        key["refDatabase"] = json!(database);
    }
    key
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-c]{1,2}",
        "\\PC{1,12}",
        "[`'\"\\\\%{}*/; \n\t\u{0}#_-]{1,8}",
        select(vec!["PK", "one", "class", "1a", "*/", "--", "%%{init}%%", "é", "title", "unknown", ""])
            .prop_map(str::to_owned),
    ]
}

fn one_type() -> impl Strategy<Value = Value> {
    let bases = vec![
        "tinyint",
        "int",
        "bigint",
        "decimal",
        "float",
        "double",
        "bit",
        "char",
        "varchar",
        "varbinary",
        "tinytext",
        "longblob",
        "date",
        "datetime",
        "timestamp",
        "time",
        "year",
        "enum",
        "set",
        "json",
        "vector",
        "point",
        "uuid",
        "inet6",
        "unknown",
        "nonsense",
    ];
    let numbers =
        (any::<Option<u32>>(), any::<Option<u32>>(), prop::option::of(0..80_u32), prop::option::of(0..80_u32));
    (select(bases), numbers, vec(text(), 0..3), any::<[bool; 3]>(), text()).prop_map(
        |(base, numbers, values, flags, words)| {
            let mut out = json!({"base": base, "unsigned": flags[0], "zerofill": flags[1], "boolHint": flags[2],
            "values": values, "text": words});
            for (key, number) in
                [("length", numbers.0), ("dims", numbers.1), ("precision", numbers.2), ("scale", numbers.3)]
            {
                if let Some(number) = number {
                    (out[key], out["fsp"]) = (json!(number), json!(number));
                }
            }
            out
        },
    )
}

fn one_column() -> impl Strategy<Value = Value> {
    let default = prop_oneof![
        Just(Value::Null),
        text().prop_map(|value| json!({"kind": "literal", "value": value})),
        text().prop_map(|value| json!({"kind": "expression", "value": value})),
        (0..9_u32).prop_map(|fsp| json!({"kind": "current_timestamp", "fsp": fsp})),
    ];
    (text(), one_type(), default, any::<[bool; 4]>(), text()).prop_map(|(name, r#type, default, flags, comment)| {
        let mut out = json!({"name": name, "ordinal": 1, "type": r#type, "nullable": flags[0], "autoIncrement": flags[1],
            "invisible": flags[2], "comment": comment, "collation": "utf8mb3_bin", "charset": "utf8mb3"});
        if flags[3] {
            out["generated"] = json!({"kind": "stored", "expr": comment});
        }
        if !default.is_null() {
            out["default"] = default;
        }
        out
    })
}

fn one_table() -> impl Strategy<Value = Value> {
    let keys = vec((text(), prop::option::of(text()), text()), 0..3);
    let methods =
        vec!["range", "range columns", "list", "list columns", "hash", "key", "system_time", "unknown", "odd"];
    (text(), vec(one_column(), 0..5), keys, vec((text(), text()), 0..3), select(methods), any::<[bool; 2]>(), text()).prop_map(
        |(name, columns, keys, checks, method, flags, words)| {
            let names: Vec<Value> = columns.iter().map(|column| json!({"column": column["name"]})).collect();
            let keys: Vec<Value> = keys.iter().map(|(name, database, parent)| link(name, database.as_deref(), parent)).collect();
            let checks: Vec<Value> = checks.iter().map(|(name, expr)| json!({"name": name, "expr": expr})).collect();
            let mut out = json!({"name": name, "kind": if flags[0] { "base" } else { "system_versioned" }, "columns": columns,
                "primaryKey": {"columns": names}, "indexes": [{"name": words, "unique": flags[1], "type": "hash", "parts": names}],
                "foreignKeys": keys, "checks": checks, "comment": words, "options": {(words.clone()): words, "cached": "on"},
                "tidb": {"placement": words, "tiflashReplicas": 1, "ttl": {"column": words, "interval": words, "enabled": true}}});
            if flags[1] {
                out["partitioning"] = json!({"method": method, "expression": words});
            }
            out
        },
    )
}

/// Any database that the format allows, sense or none.
pub(super) fn any_database() -> impl Strategy<Value = Database> {
    (text(), vec(one_table(), 0..5), btree_set((text(), text()), 0..4)).prop_map(|(name, tables, views)| {
        let views: Vec<Value> =
            views.iter().map(|(name, definition)| json!({"name": name, "definition": definition})).collect();
        let sequences = json!([{"name": name, "start": "1"}, {"name": name, "unknown": true}]);
        serde_json::from_value(json!({"name": name, "tables": tables, "views": views, "sequences": sequences})).unwrap()
    })
}
