//! Keys and constraints of tables: plain data of the published format.

use serde::{Deserialize, Serialize};

use super::is_false;

/// The primary key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrimaryKey {
    /// Parts in key order.
    pub columns: Vec<KeyPart>,
    /// The rows are stored by it (told by TiDB alone; InnoDB always does so).
    #[serde(default, skip_serializing_if = "is_false")]
    pub clustered: bool,
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
    /// One index over all partitions of the table (TiDB).
    #[serde(default, skip_serializing_if = "is_false")]
    pub global: bool,
    /// Several entries per row (JSON array cast).
    #[serde(default, skip_serializing_if = "is_false")]
    pub multi_valued: bool,
    /// The condition of a partial index, in normal form (TiDB).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub predicate: String,
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
    /// False for a key that TiDB shows and does not enforce (`FOREIGN KEY INVALID`); left out when true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid: Option<bool>,
}

/// A CHECK constraint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Check {
    /// Constraint name.
    pub name: String,
    /// The condition in normal form; `unknown` when the account may not see it.
    pub expr: String,
    /// The columns it names, in column order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<String>,
    /// False for NOT ENFORCED; left out when true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enforced: Option<bool>,
    /// Where it was declared; left out for one of the table.
    #[serde(default, skip_serializing_if = "CheckLevel::is_table")]
    pub level: CheckLevel,
}

/// Where a CHECK was declared. MariaDB alone tells; what it matters for is how the check is dropped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CheckLevel {
    /// Beside the columns.
    #[default]
    Table,
    /// With a column, whose name it has.
    Column,
}

impl CheckLevel {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if passes a reference")]
    const fn is_table(&self) -> bool {
        matches!(self, Self::Table)
    }
}
