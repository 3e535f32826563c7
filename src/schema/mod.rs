//! The schema model: plain data, no I/O, no clock. Everything else speaks in these types.
//! Field names are those of the published JSON; a field added later must be optional and left out when empty, so that
//! the hash of an object that does not use it stays what it was. Volatile facts (row counts, times) never enter here.
//! The types of the published format stand in `table`, `column`, `keys` and `objects`, and hold no logic.

pub mod canonical;
mod column;
pub mod column_facts;
mod keys;
mod objects;
pub mod select;
pub mod sql_type;
pub mod summary;
mod table;

pub use column::{AutoRandom, Column, DefaultValue, Generated, GeneratedKind, LengthUnit, Type};
pub use keys::{Check, CheckLevel, ForeignKey, Index, IndexType, KeyPart, PrimaryKey, ReferentialAction};
pub use objects::{Sequence, View};
pub use summary::summary;
pub use table::{Partitioning, Table, TableKind, TableTidb, Ttl};

use serde::{Deserialize, Serialize};

/// Version of the canonical form below. A newer one found in a cluster is never overwritten.
pub const MODEL_VERSION: u32 = 1;

/// The engine behind the MCP server; decides which SQL is sent and how its answers are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Engine {
    /// TiDB (its VERSION() contains `TiDB`).
    Tidb,
    /// MariaDB.
    Mariadb,
    /// MySQL and everything else that speaks like it.
    Mysql,
}

impl Engine {
    /// The word used in JSON and in hashes.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tidb => "tidb",
            Self::Mariadb => "mariadb",
            Self::Mysql => "mysql",
        }
    }
}

/// What the server says of itself. Only `dialect` and `lower_case_table_names` enter the content hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServerFacts {
    /// The engine.
    pub dialect: Engine,
    /// VERSION() as sent.
    pub version: String,
    /// `lower_case_table_names`: 0 case matters, 1 stored in lower case, 2 compared in lower case.
    pub lower_case_table_names: u8,
    /// `sql_mode` split and sorted, without IGNORE_SPACE (some drivers add it).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sql_mode: Vec<String>,
    /// Session time zone, the system's where the session says SYSTEM.
    #[serde(default)]
    pub time_zone: String,
    /// `foreign_key_checks`.
    #[serde(default)]
    pub fk_checks: bool,
}

/// One discovery's result, and the document of `discover --format json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Snapshot {
    /// [`MODEL_VERSION`].
    pub model_version: u32,
    /// The server.
    pub server: ServerFacts,
    /// Databases sorted by name bytes.
    pub databases: Vec<Database>,
}

/// One database (a "schema" in MySQL's words).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Database {
    /// Name as the server spells it.
    pub name: String,
    /// Default character set; empty when the account cannot see it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub charset: String,
    /// Default collation; empty when the account cannot see it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub collation: String,
    /// Default placement policy (TiDB).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub placement: String,
    /// Base tables, sorted by name bytes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tables: Vec<Table>,
    /// Views, sorted by name bytes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub views: Vec<View>,
    /// Sequences, sorted by name bytes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sequences: Vec<Sequence>,
}

impl Database {
    /// Holds no table, view or sequence.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.objects() == 0
    }

    /// How many tables, views and sequences it holds.
    #[must_use]
    pub const fn objects(&self) -> usize {
        self.tables.len() + self.views.len() + self.sequences.len()
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if passes a reference")]
const fn is_false(flag: &bool) -> bool {
    !*flag
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if passes a reference")]
const fn is_zero(number: &u32) -> bool {
    *number == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if passes a reference")]
const fn is_zero_u64(number: &u64) -> bool {
    *number == 0
}
