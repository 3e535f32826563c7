//! Schemas and resources for the tests of this folder.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;

use serde_json::json;

use crate::api::SchemaSnapshot;
use crate::schema::{
    Column, Database, Engine, LengthUnit, MODEL_VERSION, Sequence, ServerFacts, Snapshot, Table, TableKind, TableTidb,
    Type, View,
};

pub(super) fn table(name: &str, comment: &str) -> Table {
    Table {
        name: name.to_owned(),
        kind: TableKind::Base,
        engine: String::new(),
        collation: String::new(),
        comment: comment.to_owned(),
        columns: Vec::new(),
        primary_key: None,
        indexes: Vec::new(),
        foreign_keys: Vec::new(),
        checks: Vec::new(),
        partitioning: None,
        options: BTreeMap::new(),
        generated_pk: false,
        tidb: TableTidb::default(),
    }
}

pub(super) fn view(name: &str) -> View {
    View {
        name: name.to_owned(),
        definition: "select 1".to_owned(),
        check_option: String::new(),
        security: String::new(),
        updatable: false,
        invalid: false,
        columns: Vec::new(),
    }
}

pub(super) fn sequence(name: &str) -> Sequence {
    Sequence { name: name.to_owned(), start: "1".to_owned(), increment: "1".to_owned(), ..Sequence::default() }
}

pub(super) fn column(number: u32) -> Column {
    Column {
        name: format!("column_{number:02}"),
        ordinal: number,
        r#type: Type {
            base: "varchar".to_owned(),
            length: Some(255),
            unit: Some(LengthUnit::Chars),
            precision: None,
            scale: None,
            fsp: None,
            unsigned: false,
            zerofill: false,
            values: Vec::new(),
            dims: None,
            bool_hint: false,
            text: String::new(),
        },
        nullable: true,
        default: None,
        on_update: None,
        auto_increment: false,
        auto_random: None,
        generated: None,
        invisible: false,
        charset: "utf8mb4".to_owned(),
        collation: "utf8mb4_bin".to_owned(),
        srid: None,
        comment: String::new(),
    }
}

pub(super) fn database(name: &str, tables: Vec<Table>) -> Database {
    Database {
        name: name.to_owned(),
        charset: "utf8mb4".to_owned(),
        collation: "utf8mb4_bin".to_owned(),
        tables,
        ..Database::default()
    }
}

pub(super) fn snapshot(databases: Vec<Database>) -> Snapshot {
    let server = ServerFacts {
        dialect: Engine::Tidb,
        version: "8.0.11-TiDB-v8.5.1".to_owned(),
        lower_case_table_names: 2,
        sql_mode: Vec::new(),
        time_zone: "UTC".to_owned(),
        fk_checks: true,
    };
    Snapshot { model_version: MODEL_VERSION, server, databases }
}

/// `n` tables in one database; each takes `bytes` of canonical JSON.
pub(super) fn tables(n: usize, bytes: usize) -> Snapshot {
    let frame = r#"{"comment":"","kind":"base","name":"t0000"}"#.len();
    let sized = |n: usize| table(&format!("t{n:04}"), &"c".repeat(bytes.saturating_sub(frame)));
    snapshot(vec![database("shop", (0..n).map(sized).collect())])
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
