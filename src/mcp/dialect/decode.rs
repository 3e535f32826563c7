//! From an answer to rows: one decoder for every product, driven by its preset. Never guesses: what is not plainly the
//! list of rows that was asked for is an error, and so is one whose own count says that some are missing. Pure.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde_json::{Map, Value};

use super::failure;
use super::preset::{self, Blocks, Preset};
use crate::error::Reason;
use crate::mcp::rows::{Page, Row, Rows};
use crate::mcp::{Dialect, McpError, RawAnswer};

/// The rows of an answer.
///
/// # Errors
/// What the answer itself reports, `ProtocolError` when it holds no row set, `ResponseTooLarge` when it was cut to
/// nothing.
pub(super) fn rows(dialect: Dialect, rows_pointer: Option<&str>, answer: RawAnswer) -> Result<Page, McpError> {
    let preset = preset::of(dialect);
    if answer.is_error {
        let error = failure::of(dialect, rows_pointer, &answer);
        return Err(error.unwrap_or_else(|| no_rows(preset)));
    }
    let body = match (answer.structured, preset.blocks) {
        (Some(body), _) => body,
        (None, Blocks::PerRow) => {
            let rows = answer.content.iter().map(|text| row_of(preset, text)).collect::<Result<_, _>>()?;
            return Ok(Page { rows, truncated: false });
        }
        (None, Blocks::First) => {
            let text = answer.content.first().ok_or_else(|| no_rows(preset))?;
            serde_json::from_str(text).map_err(|_| unreadable(preset, text))?
        }
    };
    match failure::in_body(dialect, rows_pointer, &body) {
        Some(error) => Err(error),
        None => in_body(preset, rows_pointer, body),
    }
}

/// The rows in an answer's JSON, with what stands beside them.
fn in_body(preset: &Preset, rows_pointer: Option<&str>, mut body: Value) -> Result<Page, McpError> {
    if let Some(statements) = preset.statements.and_then(|pointer| body.pointer(pointer))
        && statements.as_array().is_none_or(|all| all.len() != 1)
    {
        return Err(no_rows(preset));
    }
    let mut pointers = rows_pointer.into_iter().chain(preset.rows.iter().copied());
    let leads = |pointer: &&str| body.pointer(pointer).is_some_and(Value::is_array);
    let pointer = pointers.find(leads).ok_or_else(|| no_rows(preset))?;
    let (around, _) = pointer.rsplit_once('/').unwrap_or_default();
    let beside = |name: &str| body.pointer(around)?.get(name);
    let told_cut = |value: Option<&Value>| !matches!(value, None | Some(Value::Null | Value::Bool(false)));
    let truncated = told_cut(beside("truncated")) || told_cut(body.get("truncated"));
    let count = preset.count.and_then(|name| beside(name)?.as_u64());

    let Some(Value::Array(rows)) = body.pointer_mut(pointer).map(Value::take) else { return Err(no_rows(preset)) };
    if !truncated && count.is_some_and(|count| count != rows.len() as u64) {
        return Err(McpError::new(
            Reason::ProtocolError,
            "the MCP server's answer holds another number of rows than it says: see what stands between the operator and it",
        ));
    }
    let rows = rows.into_iter().map(|row| match row {
        Value::Object(cells) => Ok(Row::new(cells)),
        _ => Err(no_rows(preset)),
    });
    let page = Page { rows: rows.collect::<Result<Rows, _>>()?, truncated };
    if page.truncated && page.rows.is_empty() { Err(page.cut()) } else { Ok(page) }
}

/// One row that is a text of its own.
fn row_of(preset: &Preset, text: &str) -> Result<Row, McpError> {
    match serde_json::from_str(text) {
        Ok(Cells(cells)) => Ok(Row::new(cells)),
        Err(_) => Err(unreadable(preset, text)),
    }
}

/// The cells of a row. A label that comes twice is refused: which of the two values was meant cannot be known.
struct Cells(Map<String, Value>);

impl<'de> Deserialize<'de> for Cells {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Labels;
        impl<'de> Visitor<'de> for Labels {
            type Value = Cells;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a row")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Cells, A::Error> {
                let mut cells = Map::new();
                while let Some((label, value)) = map.next_entry()? {
                    if cells.insert(label, value).is_some() {
                        return Err(A::Error::custom("a label comes twice"));
                    }
                }
                Ok(Cells(cells))
            }
        }
        deserializer.deserialize_map(Labels)
    }
}

fn unreadable(preset: &Preset, text: &str) -> McpError {
    failure::in_text(preset.dialect, text).unwrap_or_else(|| no_rows(preset))
}

fn no_rows(preset: &Preset) -> McpError {
    let check = match preset.dialect {
        Dialect::Pytidb => "check that it is a pytidb server (tidb-mcp-server) of a supported version",
        Dialect::Custom => "check that custom.rowsPointer leads to the list of rows in its answers",
        _ => "check that it is of the dialect chosen and of a supported version",
    };
    McpError::new(Reason::ProtocolError, format!("the MCP server's answer holds no rows: {check}"))
}

#[cfg(test)]
#[path = "decode_tests.rs"]
mod tests;
