//! The schema model: plain data, no I/O, no clock. Everything else speaks in these types.
//! Field names are those of the published JSON; a field added later must be optional and left out when empty, so that
//! the hash of an object that does not use it stays what it was. Volatile facts (row counts, times) never enter here.
//! One file on purpose, though a long one: it is the published format, read from top to bottom, and holds no logic.

pub mod canonical;
pub mod select;
pub mod sql_type;
pub mod summary;

use std::collections::BTreeMap;

pub use summary::summary;

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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Base tables, sorted by name bytes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tables: Vec<Table>,
    /// Views, sorted by name bytes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub views: Vec<View>,
}

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
    /// CREATE options that matter (`compressed` and the like).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, String>,
}

/// A column of a table or a view.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Column {
    /// Name as the server spells it.
    pub name: String,
    /// Position, 1..n without gaps.
    pub ordinal: u32,
    /// The type.
    pub r#type: Type,
    /// May hold NULL. TiDB says so of every view column.
    pub nullable: bool,
    /// Default; absent means NULL on a nullable column and "no default" on a NOT NULL one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<DefaultValue>,
    /// `ON UPDATE CURRENT_TIMESTAMP(fsp)`; always [`DefaultValue::CurrentTimestamp`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_update: Option<DefaultValue>,
    /// AUTO_INCREMENT.
    #[serde(default, skip_serializing_if = "is_false")]
    pub auto_increment: bool,
    /// The column is computed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generated: Option<Generated>,
    /// Hidden from `SELECT *`.
    #[serde(default, skip_serializing_if = "is_false")]
    pub invisible: bool,
    /// Character set of a text type.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub charset: String,
    /// Collation of a text type.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub collation: String,
    /// Spatial reference system (MySQL).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub srid: Option<u32>,
    /// Column comment.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub comment: String,
}

/// A column's type, taken apart. `base` is one of the words of the model, or `unknown` with the server's words in `text`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Type {
    /// Base type in lower case.
    pub base: String,
    /// Length in `unit`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length: Option<u64>,
    /// What `length` counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<LengthUnit>,
    /// Digits of a decimal, or of a float with digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub precision: Option<u32>,
    /// Digits after the point.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale: Option<u32>,
    /// Fractional seconds digits, 1..6; absent is 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fsp: Option<u32>,
    /// UNSIGNED.
    #[serde(default, skip_serializing_if = "is_false")]
    pub unsigned: bool,
    /// ZEROFILL.
    #[serde(default, skip_serializing_if = "is_false")]
    pub zerofill: bool,
    /// Members of an enum or set, as declared.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
    /// Dimensions of a vector.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dims: Option<u32>,
    /// `tinyint(1)`, which people use for booleans.
    #[serde(default, skip_serializing_if = "is_false")]
    pub bool_hint: bool,
    /// The server's own words, for base `unknown` only.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
}

/// Unit of [`Type::length`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LengthUnit {
    /// Characters (char, varchar).
    Chars,
    /// Bytes (binary, varbinary).
    Bytes,
    /// Bits (bit).
    Bits,
}

/// A default value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum DefaultValue {
    /// A constant, unquoted and in normal form.
    Literal {
        /// The value's text.
        value: String,
    },
    /// An expression in normal form.
    Expression {
        /// The expression's text.
        value: String,
    },
    /// `CURRENT_TIMESTAMP(fsp)`.
    CurrentTimestamp {
        /// Fractional seconds digits; 0 is left out.
        #[serde(default, skip_serializing_if = "is_zero")]
        fsp: u32,
    },
}

/// How a generated column is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GeneratedKind {
    /// Written with the row.
    Stored,
    /// Computed when read.
    Virtual,
}

/// A generated column's rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Generated {
    /// How it is kept.
    pub kind: GeneratedKind,
    /// The expression in normal form.
    pub expr: String,
}

/// The primary key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrimaryKey {
    /// Parts in key order.
    pub columns: Vec<KeyPart>,
}

/// One part of a key: a column or an expression.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyPart {
    /// Column name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// Expression, when it is no column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expression: Option<String>,
    /// Descending.
    #[serde(default, skip_serializing_if = "is_false")]
    pub desc: bool,
    /// Indexed prefix, in characters for text and bytes for binary types.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefix: Option<u32>,
}

/// Structure of an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum IndexType {
    /// B-tree; TiDB says so of everything.
    Btree,
    /// Hash.
    Hash,
    /// Full text.
    Fulltext,
    /// R-tree.
    Spatial,
    /// Vector (approximate nearest neighbour).
    Vector,
    /// Columnar.
    Columnar,
}

/// A secondary index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Index {
    /// Name.
    pub name: String,
    /// Allows no duplicates.
    pub unique: bool,
    /// Structure.
    pub r#type: IndexType,
    /// Parts in key order.
    pub parts: Vec<KeyPart>,
    /// The optimizer ignores it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub invisible: bool,
    /// Several entries per row (JSON array cast).
    #[serde(default, skip_serializing_if = "is_false")]
    pub multi_valued: bool,
    /// Index comment.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub comment: String,
}

/// What happens to the child when the parent's key changes or goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReferentialAction {
    /// RESTRICT; NO ACTION means the same on all three engines.
    Restrict,
    /// CASCADE.
    Cascade,
    /// SET NULL.
    SetNull,
    /// SET DEFAULT.
    SetDefault,
    /// The account may not see the rule.
    Unknown,
}

/// A foreign key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ForeignKey {
    /// Constraint name.
    pub name: String,
    /// Columns of this table, in key order.
    pub columns: Vec<String>,
    /// The parent's database; left out when it is this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ref_database: Option<String>,
    /// The parent table.
    pub ref_table: String,
    /// The parent's columns, in key order.
    pub ref_columns: Vec<String>,
    /// On delete of the parent row.
    pub on_delete: ReferentialAction,
    /// On update of the parent's key.
    pub on_update: ReferentialAction,
}

/// A CHECK constraint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Check {
    /// Constraint name.
    pub name: String,
    /// The condition in normal form.
    pub expr: String,
    /// The columns it names, in column order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<String>,
    /// False for NOT ENFORCED; left out when true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enforced: Option<bool>,
}

/// A view.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct View {
    /// Name.
    pub name: String,
    /// The SELECT; empty when the account may not see it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub definition: String,
    /// `cascaded` or `local`; TiDB does not say.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub check_option: String,
    /// `definer` or `invoker`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub security: String,
    /// Rows can be written through it; TiDB does not say.
    #[serde(default, skip_serializing_if = "is_false")]
    pub updatable: bool,
    /// It names something that is gone; such a view has no columns.
    #[serde(default, skip_serializing_if = "is_false")]
    pub invalid: bool,
    /// Columns by ordinal.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<Column>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if passes a reference")]
const fn is_false(flag: &bool) -> bool {
    !*flag
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if passes a reference")]
const fn is_zero(number: &u32) -> bool {
    *number == 0
}
