//! How each product's SQL tool is called and how its answers read: presets as data, one decoder. Pure; knows no
//! connection.

pub(super) mod canary;
mod decode;
mod failure;
mod number;
mod preset;
mod told;
pub(super) mod tools;
mod words;

use super::rows::Page;
use super::{Dialect, McpError, RawAnswer};

/// The rows of one answer. `rows_pointer` is where a server of dialect Custom puts them.
///
/// # Errors
/// What the answer itself reports; `ProtocolError` when it holds no row set; `ResponseTooLarge` when it was cut to nothing.
pub(super) fn decode(dialect: Dialect, rows_pointer: Option<&str>, answer: RawAnswer) -> Result<Page, McpError> {
    decode::rows(dialect, rows_pointer, answer)
}

/// The error an answer reports instead of rows. Rows are not looked at closely: what [`decode`] takes is not settled by
/// `None`.
pub(super) fn failure(dialect: Dialect, rows_pointer: Option<&str>, answer: &RawAnswer) -> Option<McpError> {
    failure::of(dialect, rows_pointer, answer)
}
