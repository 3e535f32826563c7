//! What was published, at a glance: numbers, databases, tables, ConfigMaps. Field comments are user documentation.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How much was published.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// Databases.
    pub databases: u32,
    /// Tables without views.
    pub tables: u32,
    /// Views.
    pub views: u32,
    /// Sequences.
    #[serde(default)]
    pub sequences: u32,
    /// Columns of tables and views.
    pub columns: u32,
    /// Indexes, primary keys among them.
    pub indexes: u32,
    /// Foreign keys.
    pub foreign_keys: u32,
}

/// One database at a glance.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct DatabaseStatus {
    /// Name as the server spells it.
    #[schemars(length(max = 256))]
    pub name: String,
    /// Default character set.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 64))]
    pub charset: String,
    /// Default collation.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 64))]
    pub collation: String,
    /// False when the account cannot read the database's attributes.
    pub accessible: bool,
    /// Tables, views and sequences published of it.
    pub tables: u32,
    /// Hash of its content, "sha256:" and 64 hex digits.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 71))]
    pub hash: String,
}

/// One table, view or sequence at a glance.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct TableStatus {
    /// DB.TABLE.
    #[schemars(length(max = 256))]
    pub name: String,
    /// The first 32 column names, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 32), inner(length(max = 256)))]
    pub columns: Vec<String>,
    /// Columns of the primary key, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16), inner(length(max = 256)))]
    pub primary_key: Vec<String>,
    /// Hash of its content, "sha256:" and 64 hex digits.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 71))]
    pub hash: String,
    /// ConfigMap that holds it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 253))]
    pub config_map: String,
    /// Key in that ConfigMap.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 253))]
    pub key: String,
}

/// One ConfigMap as last written by the operator.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct OutputStatus {
    /// Its name.
    #[schemars(length(max = 253))]
    pub config_map: String,
    /// Size of its data in bytes.
    pub bytes: u32,
    /// Hash of its data, "sha256:" and 64 hex digits.
    #[schemars(length(max = 71))]
    pub hash: String,
    /// resourceVersion of that write: another one means that somebody else wrote since.
    #[schemars(length(max = 64))]
    pub resource_version: String,
}
