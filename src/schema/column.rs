//! Columns of tables and views, their types and defaults: plain data of the published format.

use serde::{Deserialize, Serialize};

use super::{is_false, is_zero};

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
    /// AUTO_RANDOM (TiDB).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auto_random: Option<AutoRandom>,
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

/// How TiDB draws the values of an AUTO_RANDOM column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AutoRandom {
    /// Random bits at the top, 1..15.
    pub shard_bits: u32,
    /// Bits in all, 32..64.
    pub range_bits: u32,
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
