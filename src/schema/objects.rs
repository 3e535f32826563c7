//! Views and sequences: plain data of the published format.

use serde::{Deserialize, Serialize};

use super::{Column, is_false, is_zero_u64};

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

/// A sequence. Its next value is no part of the schema.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sequence {
    /// Name.
    pub name: String,
    /// First value, in decimal as the bounds are: they may pass what a JSON number holds exactly.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub start: String,
    /// Step; negative when it counts down.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub increment: String,
    /// Least value.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub min: String,
    /// Greatest value.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub max: String,
    /// Values a server takes at a time; left out for NOCACHE.
    #[serde(default, skip_serializing_if = "is_zero_u64")]
    pub cache: u64,
    /// Begins again after the last value.
    #[serde(default, skip_serializing_if = "is_false")]
    pub cycle: bool,
    /// Sequence comment.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub comment: String,
    /// It is there, and how it counts could not be read.
    #[serde(default, skip_serializing_if = "is_false")]
    pub unknown: bool,
}
