//! Rows as an MCP server sends them: JSON objects whose cells may be a string or a number for the same column.
//! The readers here accept both and name the column when a cell is neither.

use serde_json::{Map, Value};

use super::McpError;
use crate::error::Reason;

/// The rows of one answer, in the order sent.
pub type Rows = Vec<Row>;

/// One row. Labels are looked up in lower case (MySQL 8 answers in upper case whatever the query asks for).
#[derive(Clone, Debug, PartialEq)]
pub struct Row(Map<String, Value>);

impl Row {
    /// Takes a decoded object.
    #[must_use]
    pub const fn new(cells: Map<String, Value>) -> Self {
        Self(cells)
    }

    /// The labels of the row, as sent.
    pub fn labels(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The cell as sent.
    pub(super) fn find(&self, label: &str) -> Option<&Value> {
        self.0.get(label).or_else(|| {
            let same = |(key, _): &(&String, &Value)| key.eq_ignore_ascii_case(label);
            self.0.iter().find(same).map(|(_, value)| value)
        })
    }

    fn cell(&self, label: &str) -> Result<&Value, McpError> {
        self.find(label).ok_or_else(|| malformed(label, "is missing"))
    }

    /// The cell as text; `None` for SQL NULL. Numbers and booleans become their text.
    ///
    /// # Errors
    /// `ProtocolError` when the column is missing or holds an object or a list.
    pub fn text_or_null(&self, label: &str) -> Result<Option<String>, McpError> {
        match self.cell(label)? {
            Value::Null => Ok(None),
            Value::String(text) => Ok(Some(text.clone())),
            Value::Number(number) => Ok(Some(number.to_string())),
            Value::Bool(flag) => Ok(Some(u8::from(*flag).to_string())),
            Value::Array(_) | Value::Object(_) => Err(malformed(label, "is neither text nor a number")),
        }
    }

    /// The cell as text.
    ///
    /// # Errors
    /// As [`Self::text_or_null`], and when the cell is NULL.
    pub fn text(&self, label: &str) -> Result<String, McpError> {
        self.text_or_null(label)?.ok_or_else(|| malformed(label, "is NULL"))
    }

    /// The cell as an unsigned number, sent as one or as its text; `None` for SQL NULL.
    ///
    /// # Errors
    /// As [`Self::text_or_null`], and when the text is no such number.
    pub fn number_or_null(&self, label: &str) -> Result<Option<u64>, McpError> {
        let Some(text) = self.text_or_null(label)? else { return Ok(None) };
        text.parse().map(Some).map_err(|_| malformed(label, "is not a whole number"))
    }

    /// The cell as an unsigned number.
    ///
    /// # Errors
    /// As [`Self::number_or_null`], and when the cell is NULL.
    pub fn number(&self, label: &str) -> Result<u64, McpError> {
        self.number_or_null(label)?.ok_or_else(|| malformed(label, "is NULL"))
    }
}

fn malformed(label: &str, problem: &str) -> McpError {
    McpError::new(
        Reason::ProtocolError,
        format!("the MCP server's answer is not the row set asked for: column {label} {problem}"),
    )
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use serde_json::json;

    use super::*;

    fn row(value: Value) -> Row {
        let Value::Object(cells) = value else { unreachable!("a row is an object") };
        Row::new(cells)
    }

    #[test]
    fn cells_read_the_same_as_text_or_number() {
        let row = row(json!({"N": "2", "m": 2, "z": null, "t": "x", "big": 18_446_744_073_709_551_615_u64, "o": {}}));
        assert_eq!(row.number("n").unwrap(), 2);
        assert_eq!(row.number("m").unwrap(), 2);
        assert_eq!(row.text("m").unwrap(), "2");
        assert_eq!(row.number("big").unwrap(), u64::MAX);
        assert_eq!(row.text_or_null("z").unwrap(), None);
        for (label, want) in [("z", "is NULL"), ("gone", "is missing"), ("t", "whole number"), ("o", "neither")] {
            let error = row.number(label).unwrap_err();
            assert!(error.message.contains(want), "{label}: {}", error.message);
            assert_eq!(error.reason, Reason::ProtocolError);
        }
    }
}
