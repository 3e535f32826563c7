//! The other things a policy judges (rows, relationships, queries) and what it forgives. Plain data.
#![expect(unreachable_pub, reason = "the schema derive puts a copy of each type into a function body")]

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use kube::KubeSchema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Rows judged against the schema.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, PartialEq)]
#[x_kube(
    validation = Rule::new("has(self.rowsFrom) != has(self.sample)")
        .message("set exactly one of rowsFrom and sample"),
    validation = Rule::new("has(self.table) && self.table.matches('^[^.]+[.].+$')")
        .message("table must be DB.TABLE, as in shop.customers")
)]
#[serde(rename_all = "camelCase")]
pub struct DataCheck {
    /// The table, as DB.TABLE.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 129))]
    pub table: String,
    /// Rows kept in the cluster.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows_from: Option<RowsFrom>,
    /// Rows read from the table through the MCP server; their values never leave memory. The source's access must allow
    /// rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample: Option<Sample>,
}

/// Rows kept in the cluster.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct RowsFrom {
    /// A key of a ConfigMap of this namespace: one JSON object per line, or a JSON array of objects.
    pub config_map_key_ref: KeyRef,
}

/// A key of a ConfigMap.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct KeyRef {
    /// Name of the ConfigMap.
    #[schemars(length(min = 1, max = 253))]
    pub name: String,
    /// Its key.
    #[schemars(length(min = 1, max = 253))]
    pub key: String,
}

/// Rows read from the table.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct Sample {
    /// Most rows to read, 1 to 1000.
    #[schemars(range(min = 1, max = 1000))]
    pub limit: u32,
}

/// A foreign key whose rows are looked up.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, PartialEq)]
#[x_kube(validation = Rule::new("has(self.table) && self.table.matches('^[^.]+[.].+$')")
    .message("table must be DB.TABLE, as in shop.customers"))]
#[serde(rename_all = "camelCase")]
pub struct RelationshipCheck {
    /// The child table, as DB.TABLE.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 129))]
    pub table: String,
    /// Name of the foreign key, or * for every one of the table.
    #[schemars(length(min = 1, max = 64))]
    pub foreign_key: String,
    /// Most rows to look at, in the order of the primary key, 1 to 10000; that there are more is told. Left out: 1000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 10_000))]
    pub limit: Option<u32>,
}

/// A query judged against the schema; it is never run.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct QueryCheck {
    /// Name of the query, unique in the policy; reports show it, never the text.
    #[schemars(length(min = 1, max = 63))]
    pub name: String,
    /// Database its bare table names are in. Left out: every name must carry its database.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 64))]
    pub database: String,
    /// The text, one statement.
    #[schemars(length(min = 1, max = 65_536))]
    pub sql: String,
}

/// Objects that may break a rule for a while.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, PartialEq)]
#[x_kube(validation = Rule::new("has(self.reason) && size(self.reason) > 0 && has(self.expires)")
    .message("exceptions need reason and expires, as in reason: scratch tables, expires: \"2027-01-31T00:00:00Z\""))]
#[serde(rename_all = "camelCase")]
pub struct Exception {
    /// The rule that may be broken: a built in one, one of yours, contract/NAME, query/NAME, or a kind of change as in
    /// table_dropped. Globs are understood.
    #[schemars(length(min = 1, max = 128))]
    pub rule: String,
    /// Name or glob of the object: DB, DB.TABLE, or DB.TABLE.ELEMENT for a column, index or key, as in "shop.tmp_*".
    #[schemars(length(min = 1, max = 256))]
    pub object: String,
    /// Why it may; shown beside the result. Required.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 512))]
    pub reason: String,
    /// When it counts again, as in 2027-01-31T00:00:00Z. Required.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Time>,
}
