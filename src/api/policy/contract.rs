//! `spec.contracts` of a policy: what one consumer of a database relies on. Plain data; it is read and checked by
//! `validation::contract`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What one consumer relies on.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct Contract {
    /// Name of the contract, unique in the policy, as in billing-reader.
    #[schemars(length(min = 1, max = 63))]
    pub name: String,
    /// Who to talk to before it is broken: a team or a person.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 128))]
    pub owner: String,
    /// The database its tables are in.
    #[schemars(length(min = 1, max = 64))]
    pub database: String,
    /// Reader selects rows, Writer inserts and updates them, Both does both.
    pub role: Role,
    /// Tables the contract does not name: Allow, or Forbid. Left out: Allow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extra_tables: Option<Extra>,
    /// Columns of its tables the contract does not name: Allow, or Forbid. Left out: Allow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extra_columns: Option<Extra>,
    /// The tables and views it relies on, at most 200.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 200))]
    pub tables: Vec<TableContract>,
}

/// What the consumer does with the rows.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "docs on variants would turn the enum into oneOf; the field explains them")]
pub enum Role {
    Reader,
    Writer,
    Both,
}

/// What is done about objects a contract does not name.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "docs on variants would turn the enum into oneOf; the field explains them")]
pub enum Extra {
    #[default]
    Allow,
    Forbid,
}

/// What is expected of one table or view; of a view only the columns are looked at.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct TableContract {
    /// Name of the table or view.
    #[schemars(length(min = 1, max = 64))]
    pub name: String,
    /// The columns it relies on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 500))]
    pub columns: Vec<ColumnContract>,
    /// Columns of the primary key, in order. Left out: not looked at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16), inner(length(min = 1, max = 64)))]
    pub primary_key: Vec<String>,
    /// Indexes it relies on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64))]
    pub indexes: Vec<IndexContract>,
    /// Foreign keys it relies on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64))]
    pub foreign_keys: Vec<ForeignKeyContract>,
    /// Columns that must not be there, as in ssn.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 100), inner(length(min = 1, max = 64)))]
    pub absent_columns: Vec<String>,
}

/// What is expected of one column.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct ColumnContract {
    /// Name of the column.
    #[schemars(length(min = 1, max = 64))]
    pub name: String,
    /// Its type as SQL writes it, as in bigint unsigned, varchar(20) or enum('new','paid'); a character set may follow, as
    /// in varchar(20) character set utf8mb4. Left out with match Exists.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 4096))]
    pub r#type: String,
    /// Whether NULL may occur (for a reader) or is written (for a writer). Left out: not looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nullable: Option<bool>,
    /// Exact wants this very type, Compatible one that serves the role as well, Exists only the column. Left out:
    /// Compatible with a type, Exists without.
    #[serde(default, rename = "match", skip_serializing_if = "Option::is_none")]
    pub matching: Option<Match>,
}

/// How close a column's type must be.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "docs on variants would turn the enum into oneOf; the field explains them")]
pub enum Match {
    Exact,
    Compatible,
    Exists,
}

/// An index the consumer relies on.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct IndexContract {
    /// Its columns: the first ones of some index, in this order. A unique index must have exactly these.
    #[schemars(length(min = 1, max = 16), inner(length(min = 1, max = 64)))]
    pub columns: Vec<String>,
    /// Whether it allows no duplicates. Left out: any index serves, the primary key too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unique: Option<bool>,
}

/// A foreign key the consumer relies on.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct ForeignKeyContract {
    /// Its columns, in order.
    #[schemars(length(min = 1, max = 16), inner(length(min = 1, max = 64)))]
    pub columns: Vec<String>,
    /// The parent and its columns, as in customers(id) or billing.customers(id).
    #[serde(rename = "ref")]
    #[schemars(length(min = 1, max = 512))]
    pub references: String,
    /// What happens when the parent row goes; Restrict and NoAction are the same. Left out: not looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_delete: Option<Action>,
    /// What happens when the parent's key changes. Left out: not looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_update: Option<Action>,
}

/// What happens to the child row.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "docs on variants would turn the enum into oneOf; the field explains them")]
pub enum Action {
    Restrict,
    NoAction,
    Cascade,
    SetNull,
    SetDefault,
}
