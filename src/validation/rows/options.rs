//! What a validation of rows is told: the switches of the original system and those that came with it.

use super::zone::Offset;

/// What the rows are for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Operation {
    /// INSERT: what is left out must be filled by somebody.
    #[default]
    Insert,
    /// UPDATE: what is left out stays as it is.
    Update,
    /// INSERT … ON DUPLICATE KEY UPDATE: a key that is there already is no fault.
    Upsert,
}

/// How the text of a binary column holds its bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BinaryEncoding {
    /// Base64 with padding (RFC 4648).
    #[default]
    Base64,
    /// Two hexadecimal digits a byte.
    Hex,
    /// The text's own UTF-8 bytes.
    Utf8,
}

/// What a string for a JSON column is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum JsonStrings {
    /// JSON text, as the database takes it.
    #[default]
    Text,
    /// A JSON string value.
    Value,
}

/// The options of one validation; `Default` is what the original system did.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Every silent change of a value is an error instead of a warning.
    pub strict: bool,
    /// Check types, ranges, lengths and formats.
    pub types: bool,
    /// Check NULL, required, generated and drawn columns, CHECK constraints and keys.
    pub constraints: bool,
    /// Check foreign keys.
    pub relationships: bool,
    /// A column the table does not have is a warning instead of an error.
    pub allow_unknown_columns: bool,
    /// What the rows are for.
    pub operation: Operation,
    /// The session's offset from UTC, in which TIMESTAMP values are read.
    pub time_zone: Offset,
    /// How binary values are written.
    pub binary_encoding: BinaryEncoding,
    /// What a string for a JSON column is.
    pub json_strings: JsonStrings,
    /// Parent keys the caller is ready to look for, all foreign keys together; 0 when nobody can look.
    pub lookups: usize,
    /// Findings listed, errors and warnings each; the rest is counted.
    pub max_errors: usize,
    /// Memory for the keys of a batch, in bytes; when it is used up the rest is not checked, and that is said.
    pub key_memory: usize,
    /// Put values into messages and suggestions. Off: what is in the rows never leaves them.
    pub include_values: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            strict: false,
            types: true,
            constraints: true,
            relationships: true,
            allow_unknown_columns: false,
            operation: Operation::Insert,
            time_zone: Offset::UTC,
            binary_encoding: BinaryEncoding::Base64,
            json_strings: JsonStrings::Text,
            lookups: 0,
            max_errors: 100,
            key_memory: 256 << 20,
            include_values: false,
        }
    }
}
