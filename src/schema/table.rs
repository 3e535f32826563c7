//! Tables and what belongs to a table as a whole: plain data of the published format.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Check, Column, ForeignKey, Index, PrimaryKey, is_false, is_zero};

/// What a base table is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TableKind {
    /// An ordinary table.
    Base,
    /// A MariaDB table `WITH SYSTEM VERSIONING`.
    SystemVersioned,
}

/// A base table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Table {
    /// Name as the server spells it.
    pub name: String,
    /// What it is.
    pub kind: TableKind,
    /// Storage engine.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub engine: String,
    /// Default collation of new columns.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub collation: String,
    /// Table comment.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub comment: String,
    /// Columns by ordinal, numbered 1..n.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<Column>,
    /// The primary key, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub primary_key: Option<PrimaryKey>,
    /// Secondary indexes, sorted by name bytes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub indexes: Vec<Index>,
    /// Foreign keys, sorted by name bytes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub foreign_keys: Vec<ForeignKey>,
    /// CHECK constraints, sorted by name bytes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<Check>,
    /// How it is cut into partitions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partitioning: Option<Partitioning>,
    /// CREATE options that matter (`compressed` and the like).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, String>,
    /// The primary key is MySQL's own invisible `my_row_id`.
    #[serde(default, skip_serializing_if = "is_false")]
    pub generated_pk: bool,
    /// What TiDB alone has.
    #[serde(default, skip_serializing_if = "TableTidb::is_empty")]
    pub tidb: TableTidb,
}

/// The scheme of partitioning. The list of partitions is no part of it: with rolling partitions it changes daily.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Partitioning {
    /// `range`, `range columns`, `list`, `list columns`, `hash`, `key`, `linear hash`, `linear key`, `system_time`; or
    /// `unknown` when the account may not see it.
    pub method: String,
    /// The expression, or the columns, in normal form; left out where the method has none (`KEY ()` takes the primary key).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub expression: String,
    /// Method of the subpartitions.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sub_method: String,
    /// Expression of the subpartitions.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sub_expression: String,
}

/// What only a table of TiDB has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TableTidb {
    /// `SHARD_ROW_ID_BITS`.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub shard_row_id_bits: u32,
    /// `PRE_SPLIT_REGIONS`: two to this power.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub pre_split: u32,
    /// Rows expire.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ttl: Option<Ttl>,
    /// Placement policy.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub placement: String,
    /// TiFlash replicas asked for.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub tiflash_replicas: u32,
    /// `AFFINITY`: regions kept together by `table` or `partition`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub affinity: String,
    /// What only SHOW CREATE TABLE tells could not be read: ZEROFILL, `NOT ENFORCED`, foreign keys that are not valid,
    /// TTL, regions, AUTO_ID_CACHE, affinity, temporary tables, conditions and metrics of indexes. Not seeing them here
    /// does not mean that the table has none.
    #[serde(default, skip_serializing_if = "is_false")]
    pub extras_unknown: bool,
}

impl TableTidb {
    /// Nothing of it is used.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// When rows of a TiDB table expire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ttl {
    /// The column that holds a row's time.
    pub column: String,
    /// How long after it, as in `3 MONTH`.
    pub interval: String,
    /// Rows are deleted; false while it is switched off.
    pub enabled: bool,
    /// How often rows are looked for, as in `24h`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub job_interval: String,
}
