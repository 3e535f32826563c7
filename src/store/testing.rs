//! Schemas for the tests of this folder.
#![expect(clippy::unwrap_used, reason = "tests")]

use serde_json::json;

use crate::api::SchemaSnapshot;
use crate::schema::{Database, Engine, MODEL_VERSION, ServerFacts, Snapshot, Table, View};

/// A table whose canonical JSON is as long as its comment makes it.
pub(super) fn table(name: &str, comment: usize) -> Table {
    let columns = json!([{"name": "id", "ordinal": 1, "type": {"base": "int"}, "nullable": false}]);
    let value = json!({"name": name, "kind": "base", "comment": "c".repeat(comment), "columns": columns});
    serde_json::from_value(value).unwrap()
}

pub(super) fn view(name: &str) -> View {
    serde_json::from_value(json!({"name": name, "definition": "select 1"})).unwrap()
}

pub(super) fn database(name: &str, tables: Vec<Table>, views: Vec<View>) -> Database {
    let (charset, collation) = ("utf8mb4".to_owned(), "utf8mb4_bin".to_owned());
    Database { name: name.to_owned(), charset, collation, tables, views }
}

pub(super) fn facts() -> ServerFacts {
    ServerFacts {
        dialect: Engine::Tidb,
        version: "8.0.11-TiDB-v8.4.0".to_owned(),
        lower_case_table_names: 2,
        sql_mode: vec!["STRICT_TRANS_TABLES".to_owned()],
        time_zone: "UTC".to_owned(),
        fk_checks: true,
    }
}

pub(super) fn schema(databases: Vec<Database>) -> Snapshot {
    Snapshot { model_version: MODEL_VERSION, server: facts(), databases }
}

/// `n` tables in one database, each with a comment of `comment` bytes.
pub(super) fn tables(n: usize, comment: usize) -> Snapshot {
    schema(vec![database("shop", (0..n).map(|n| table(&format!("t{n:04}"), comment)).collect(), vec![])])
}

/// The resource `orders` of namespace `shop`.
pub(super) fn resource(output: serde_json::Value) -> SchemaSnapshot {
    serde_json::from_value(json!({
        "apiVersion": "mcpschema.io/v1alpha1", "kind": "SchemaSnapshot",
        "metadata": {"name": "orders", "namespace": "shop", "uid": "uid-1"},
        "spec": {"databases": {"include": ["shop"]}, "output": output},
    }))
    .unwrap()
}
