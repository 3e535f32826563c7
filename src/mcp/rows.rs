//! Rows as an MCP server sends them: JSON objects whose cells may be a string or a number for the same column.
//! The readers here accept both and name the column when a cell is neither.

use serde_json::{Map, Value};

use super::McpError;
use crate::error::Reason;

/// The rows of one answer, in the order sent.
pub type Rows = Vec<Row>;

/// The rows of one answer, and whether the server said that it left some out.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// The rows, as sent.
    pub rows: Rows,
    /// The server cut the answer after these rows: more may follow, whatever was asked for. Never true without a row.
    pub truncated: bool,
}

impl Page {
    /// The rows, when they are all there are.
    ///
    /// # Errors
    /// `ResponseTooLarge` when the server cut the answer.
    pub fn whole(self) -> Result<Rows, McpError> {
        if self.truncated { Err(self.cut()) } else { Ok(self.rows) }
    }

    /// The failure that a cut answer is where only a whole one is of use.
    pub(super) fn cut(&self) -> McpError {
        McpError::new(
            Reason::ResponseTooLarge,
            format!(
                "the MCP server cut an answer after {} rows: raise or remove its row limit (dbhub: max_rows of the tool)",
                self.rows.len()
            ),
        )
    }
}

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
        self.0.get(label).or_else(|| self.in_any_case(label).next())
    }

    fn in_any_case<'a, 'l>(&'a self, label: &'l str) -> impl Iterator<Item = &'a Value> + use<'a, 'l> {
        self.0.iter().filter(move |(key, _)| key.eq_ignore_ascii_case(label)).map(|(_, value)| value)
    }

    fn cell(&self, label: &str) -> Result<&Value, McpError> {
        if let Some(cell) = self.0.get(label) {
            return Ok(cell);
        }
        let mut found = self.in_any_case(label);
        match (found.next(), found.next()) {
            (Some(cell), None) => Ok(cell),
            (None, _) => Err(malformed(label, "is missing")),
            (Some(_), Some(_)) => Err(malformed(label, "comes twice")),
        }
    }

    /// The cell as text; `None` for SQL NULL. Numbers and booleans become their text, bytes (as Node.js servers send
    /// binary strings) the text they are in UTF-8. Base64 is never guessed.
    ///
    /// # Errors
    /// `ProtocolError` when the column is missing, or holds bytes that are no text, an object or a list.
    pub fn text_or_null(&self, label: &str) -> Result<Option<String>, McpError> {
        match self.cell(label)? {
            Value::Null => Ok(None),
            Value::String(text) => Ok(Some(text.clone())),
            Value::Number(number) => Ok(Some(number.to_string())),
            Value::Bool(flag) => Ok(Some(u8::from(*flag).to_string())),
            Value::Object(object) => match bytes(object) {
                Some(bytes) => String::from_utf8(bytes)
                    .map(Some)
                    .map_err(|_| malformed(label, "holds bytes that are not UTF-8 text")),
                None => Err(malformed(label, "is neither text nor a number")),
            },
            Value::Array(_) => Err(malformed(label, "is neither text nor a number")),
        }
    }

    /// The cell of a column whose value is a JSON list or object, sent as its text or, as some servers do, already parsed;
    /// `None` for SQL NULL.
    ///
    /// # Errors
    /// As [`Self::text_or_null`], and when the text is no JSON list or object.
    pub fn json_or_null(&self, label: &str) -> Result<Option<Value>, McpError> {
        match self.cell(label)? {
            Value::Array(list) => return Ok(Some(Value::Array(list.clone()))),
            Value::Object(object) if bytes(object).is_none() => return Ok(Some(Value::Object(object.clone()))),
            _ => {}
        }
        let Some(text) = self.text_or_null(label)? else { return Ok(None) };
        match serde_json::from_str(&text) {
            Ok(json @ (Value::Array(_) | Value::Object(_))) => Ok(Some(json)),
            _ => Err(malformed(label, "is no JSON list or object")),
        }
    }

    /// [`Self::json_or_null`] as compact JSON text, the same from every server.
    ///
    /// # Errors
    /// As there.
    pub fn json_text_or_null(&self, label: &str) -> Result<Option<String>, McpError> {
        Ok(self.json_or_null(label)?.map(|json| json.to_string()))
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

/// The bytes in `{"type": "Buffer", "data": [..]}`, which is how Node.js writes a binary string as JSON.
fn bytes(object: &Map<String, Value>) -> Option<Vec<u8>> {
    let buffer = object.len() == 2 && object.get("type").and_then(Value::as_str) == Some("Buffer");
    let data = object.get("data").filter(|_| buffer)?.as_array()?;
    data.iter().map(|byte| u8::try_from(byte.as_u64()?).ok()).collect()
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
    #[test]
    fn bytes_are_the_text_they_hold_or_an_error() {
        let row = row(json!({
            "text": {"type": "Buffer", "data": [195, 169, 49]}, "empty": {"type": "Buffer", "data": []},
            "bad": {"type": "Buffer", "data": [255, 0]}, "wide": {"type": "Buffer", "data": [256]},
            "more": {"type": "Buffer", "data": [49], "x": 1}, "other": {"type": "Bytes", "data": [49]}, "base64": "MS41",
        }));
        assert_eq!(row.text("text").unwrap(), "é1");
        assert_eq!(row.text("empty").unwrap(), "");
        assert_eq!(row.text("base64").unwrap(), "MS41");
        for (label, want) in [("bad", "not UTF-8"), ("wide", "neither"), ("more", "neither"), ("other", "neither")] {
            assert!(row.text(label).unwrap_err().message.contains(want), "{label}");
        }
    }

    #[test]
    fn json_reads_the_same_from_its_text_and_parsed() {
        let row = row(json!({
            "text": "[1, \"a\", null,  {\"b\": 18446744073709551615, \"a\": 1.5}]", "parsed": [1, "a", null, {"a": 1.5, "b": u64::MAX}],
            "bytes": {"type": "Buffer", "data": [91, 49, 93]}, "null": null, "scalar": "1", "plain": "x", "n": 1,
        }));
        for label in ["text", "parsed"] {
            let want = r#"[1,"a",null,{"a":1.5,"b":18446744073709551615}]"#;
            assert_eq!(row.json_text_or_null(label).unwrap().as_deref(), Some(want), "{label}");
        }
        assert_eq!(row.json_or_null("bytes").unwrap(), Some(json!([1])));
        assert_eq!(row.json_or_null("null").unwrap(), None);
        for label in ["scalar", "plain", "n"] {
            assert!(row.json_or_null(label).unwrap_err().message.contains("no JSON list or object"), "{label}");
        }
        assert!(row.text("parsed").is_err());
    }

    #[test]
    fn a_label_that_comes_in_two_spellings_is_told_apart_only_by_its_own() {
        let row = row(json!({"K": 1, "k": 2, "Ab": 3, "aB": 4}));
        assert_eq!((row.number("K").unwrap(), row.number("k").unwrap()), (1, 2));
        assert!(row.number("AB").unwrap_err().message.contains("comes twice"));
    }

    #[test]
    fn only_a_page_that_was_not_cut_is_whole() {
        let rows = vec![row(json!({"a": 1})); 3];
        assert_eq!(Page { rows: rows.clone(), truncated: false }.whole().unwrap(), rows);
        let error = Page { rows, truncated: true }.whole().unwrap_err();
        assert_eq!(error.reason, Reason::ResponseTooLarge);
        assert!(error.message.contains("after 3 rows"), "{error}");
    }
}
