//! The hash over what clients of a database rely on: two databases with the same one serve the same readers and writers.
//! Never published; what a restored DDL must keep, and what tells a change of substance from one of decoration. Pure.

use super::{database_hash, object_hashes};
use crate::schema::{Column, Database, Table, View};

/// The option that is no setting of the storage: rows that go with the transaction are another promise.
const TEMPORARY: &str = "temporary";

/// Hash of a database without comments, placement, TiFlash, TTL, engine options, index visibility and view definitions,
/// its columns numbered 1..n. A view that names something gone promises nothing and is left out too.
///
/// # Errors
/// As [`super::bytes`].
pub fn contract_hash(database: &Database) -> Result<String, serde_json::Error> {
    let contract = contract(database);
    let hash = database_hash(&contract, &object_hashes(&contract)?);
    Ok(super::sha256(&[b"schema/v1/contract\n", hash.as_bytes()]))
}

fn contract(database: &Database) -> Database {
    let mut out = Database { placement: String::new(), ..database.clone() };
    out.tables.iter_mut().for_each(strip_table);
    out.views.retain(|view| !view.invalid);
    out.views.iter_mut().for_each(strip_view);
    out.sequences.iter_mut().for_each(|sequence| sequence.comment.clear());
    out
}

fn strip_table(table: &mut Table) {
    table.comment.clear();
    table.options.retain(|option, _| option == TEMPORARY);
    table.tidb.placement.clear();
    table.tidb.tiflash_replicas = 0;
    table.tidb.ttl = None;
    for index in &mut table.indexes {
        index.invisible = false;
        index.comment.clear();
    }
    strip_columns(&mut table.columns);
}

fn strip_view(view: &mut View) {
    view.definition.clear();
    strip_columns(&mut view.columns);
}

fn strip_columns(columns: &mut [Column]) {
    for (ordinal, column) in (1..).zip(columns) {
        column.ordinal = ordinal;
        column.comment.clear();
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn shop() -> Value {
        let column = |name: &str, ordinal: u32| json!({"name": name, "ordinal": ordinal, "type": {"base": "int"}, "nullable": false});
        json!({"name": "shop", "charset": "utf8mb4", "collation": "utf8mb4_bin",
            "tables": [{"name": "t", "kind": "base", "engine": "InnoDB", "collation": "utf8mb4_bin",
                "columns": [column("id", 1), column("x", 2)],
                "indexes": [{"name": "k", "unique": false, "type": "btree", "parts": [{"column": "x"}]}]}],
            "views": [{"name": "v", "definition": "select 1", "security": "definer", "columns": [column("id", 1)]}],
            "sequences": [{"name": "s", "start": "1"}]})
    }

    fn hash(database: &Value) -> String {
        contract_hash(&serde_json::from_value(database.clone()).unwrap()).unwrap()
    }

    #[test]
    fn decoration_does_not_count_and_substance_does() {
        let ttl = json!({"column": "at", "interval": "3 MONTH", "enabled": true});
        let cases = [
            ("/tables/0/comment", json!("c"), true),
            ("/tables/0/columns/1/comment", json!("c"), true),
            ("/tables/0/columns/1/ordinal", json!(7), true),
            ("/tables/0/indexes/0/comment", json!("c"), true),
            ("/tables/0/indexes/0/invisible", json!(true), true),
            ("/tables/0/options", json!({"row_format": "COMPACT"}), true),
            ("/tables/0/tidb", json!({"placement": "p", "tiflashReplicas": 2, "ttl": ttl}), true),
            ("/placement", json!("p"), true),
            ("/views/0/definition", json!("select 2"), true),
            ("/views/0/columns/0/comment", json!("c"), true),
            ("/sequences/0/comment", json!("c"), true),
            ("/views/1", json!({"name": "w", "definition": "select 1", "invalid": true}), true),
            ("/collation", json!("utf8mb4_general_ci"), false),
            ("/tables/0/engine", json!("MyISAM"), false),
            ("/tables/0/options", json!({"temporary": "on commit delete rows"}), false),
            ("/tables/0/columns/1/nullable", json!(true), false),
            ("/tables/0/columns/1/name", json!("y"), false),
            ("/tables/0/indexes/0/unique", json!(true), false),
            ("/tables/0/partitioning", json!({"method": "hash", "expression": "`id`"}), false),
            ("/tables/0/tidb", json!({"shardRowIdBits": 4}), false),
            ("/views/0/columns/0/type/base", json!("bigint"), false),
            ("/views/0/invalid", json!(true), false),
            ("/sequences/0/start", json!("2"), false),
        ];
        for (pointer, value, same) in cases {
            let mut changed = shop();
            let (parent, field) = pointer.rsplit_once('/').unwrap();
            match changed.pointer_mut(parent).unwrap() {
                Value::Object(map) => drop(map.insert(field.to_owned(), value.clone())),
                Value::Array(list) => list.push(value.clone()),
                other => unreachable!("{other}"),
            }
            assert_eq!(hash(&changed) == hash(&shop()), same, "{pointer} = {value}");
        }
    }

    #[test]
    fn the_contract_is_no_other_hash_of_the_database() {
        let database: Database = serde_json::from_value(shop()).unwrap();
        let whole = database_hash(&database, &object_hashes(&database).unwrap());
        assert_ne!(contract_hash(&database).unwrap(), whole);
    }
}
