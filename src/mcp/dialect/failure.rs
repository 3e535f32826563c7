//! The error an answer reports in place of rows, in any of the shapes servers use: `isError`, `success: false` or an
//! `error` beside or instead of rows, a row that is an error, and plain text. (A JSON-RPC error never becomes an answer.)
//! Nothing of a server's text is shown: it repeats queries and names objects. Pure.

use serde_json::Value;

use super::{preset, told, words};
use crate::error::Reason;
use crate::mcp::{Dialect, McpError, RawAnswer};

/// Longest text that is parsed to see whether it reports an error. Those that do are short; rows are not parsed twice.
const PEEK: usize = 16 << 10;
/// What servers write before the text of the database or of its driver.
const HEADS: [&str; 5] =
    ["Error executing tool ", "Error: ", "error processing request: ", "unable to execute query: ", "(conn:"];

/// The error that an answer reports.
pub(super) fn of(dialect: Dialect, rows_pointer: Option<&str>, answer: &RawAnswer) -> Option<McpError> {
    let text = answer.content.first().map_or("", String::as_str);
    if answer.is_error {
        let body = answer.structured.clone().or_else(|| parsed(text));
        let told = body.as_ref().and_then(|body| in_body(dialect, rows_pointer, body));
        return told.or_else(|| Some(classify(dialect, text, None)));
    }
    if let Some(body) = &answer.structured {
        return in_body(dialect, rows_pointer, body);
    }
    if text.len() > PEEK || preset::of(dialect).blocks == preset::Blocks::PerRow {
        return None;
    }
    match serde_json::from_str(text) {
        Ok(body) => in_body(dialect, rows_pointer, &body),
        Err(_) => in_text(dialect, text),
    }
}

/// The error in an answer's JSON.
pub(super) fn in_body(dialect: Dialect, rows_pointer: Option<&str>, body: &Value) -> Option<McpError> {
    let error = body.get("error").filter(|error| !error.is_null());
    if error.is_some() || body.get("success") == Some(&Value::Bool(false)) {
        let code = body.get("code").and_then(Value::as_str);
        return Some(classify(dialect, error.map_or("", text_of), code));
    }
    let preset = preset::of(dialect);
    let mut pointers = rows_pointer.into_iter().chain(preset.rows.iter().copied());
    let rows = pointers.find_map(|pointer| body.pointer(pointer)?.as_array())?;
    match rows.as_slice() {
        [Value::Object(row)] if preset.error_row && row.len() == 1 => {
            let error = row.get("error").filter(|error| !error.is_null())?;
            Some(classify(dialect, text_of(error), None))
        }
        _ => None,
    }
}

/// The error that a text is which should have been rows, when it says that it is one.
pub(super) fn in_text(dialect: Dialect, text: &str) -> Option<McpError> {
    let says = text.trim_start().get(..5).is_some_and(|head| head.eq_ignore_ascii_case("error"));
    says.then(|| classify(dialect, text, None))
}

fn parsed(text: &str) -> Option<Value> {
    if text.starts_with('{') { serde_json::from_str(text).ok() } else { None }
}

/// The words of an `error`: a text, or an object with a message.
fn text_of(error: &Value) -> &str {
    error.as_str().or_else(|| error.get("message")?.as_str()).unwrap_or_default()
}

/// What an error text means, by the surest sign in it: the server's code word, the database's number, the database's
/// wording, the server's wording.
fn classify(dialect: Dialect, text: &str, code: Option<&str>) -> McpError {
    // The query that SQLAlchemy and MariaDB's driver repeat holds anything.
    let said = text.split("\n[SQL:").next().unwrap_or_default();
    let said = said.split("\nsql: ").next().unwrap_or_default();
    let bare = without_heads(said);
    let own = code.and_then(words::coded);
    let number = if own.is_none() { (preset::of(dialect).number)(said).or_else(|| words::said(bare)) } else { None };
    if let Some(number) = number {
        return told::refused(number);
    }
    let unknown = "the database refused a query and gave no error number: see the MCP server's log";
    let (reason, message) = own.or_else(|| words::refused(bare)).unwrap_or((Reason::DatabaseError, unknown));
    McpError::new(reason, message)
}

/// The text behind everything that servers and drivers put before it.
fn without_heads(text: &str) -> &str {
    let mut rest = text;
    while let Some(head) = HEADS.iter().find(|head| rest.starts_with(**head)) {
        let behind = &rest[head.len()..];
        rest = match *head {
            "Error executing tool " => behind.split_once(": ").map_or("", |(_, rest)| rest),
            "(conn:" => behind.split_once(") ").map_or("", |(_, rest)| rest),
            _ => behind,
        };
    }
    rest
}
