//! How each product's SQL tool is called and how its answers read: presets as data, one decoder. Pure; knows no
//! connection.

pub(super) mod canary;
mod pytidb;
pub(super) mod tools;

use super::{Dialect, McpError, RawAnswer, Rows};
use crate::error::Reason;

/// The rows of one answer. `rows_pointer` is where a server of dialect Custom puts them.
pub(super) fn decode(dialect: Dialect, _rows_pointer: Option<&str>, answer: RawAnswer) -> Result<Rows, McpError> {
    match dialect {
        Dialect::Pytidb => pytidb::decode(answer),
        _ => Err(unreadable(dialect)),
    }
}

/// The error an answer reports instead of rows.
pub(super) fn failure(dialect: Dialect, answer: &RawAnswer) -> Option<McpError> {
    match dialect {
        Dialect::Pytidb => pytidb::failure(answer),
        _ => Some(unreadable(dialect)),
    }
}

fn unreadable(dialect: Dialect) -> McpError {
    McpError::new(Reason::ProtocolError, format!("answers of dialect {dialect} cannot be read"))
}
