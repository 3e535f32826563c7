//! How `tidb-mcp-server` (pytidb) answers: rows in `structuredContent.result` and once more as one JSON text each;
//! errors as text with the database's number inside. Pure; knows no connection.

use serde_json::Value;

use crate::error::Reason;
use crate::mcp::rows::Row;
use crate::mcp::{McpError, RawAnswer, Rows};

/// The rows of an answer.
///
/// # Errors
/// What the answer itself reports, or `ProtocolError` when it holds no row set.
pub(in crate::mcp) fn decode(answer: RawAnswer) -> Result<Rows, McpError> {
    if let Some(error) = failure(&answer) {
        return Err(error);
    }
    match answer.structured {
        Some(Value::Object(mut object)) => match object.remove("result") {
            Some(Value::Array(rows)) => rows.into_iter().map(row).collect(),
            _ => Err(no_rows()),
        },
        Some(_) => Err(no_rows()),
        // Servers on mcp before 1.10 send the texts alone.
        None => answer.content.iter().map(|text| row(serde_json::from_str(text).map_err(|_| no_rows())?)).collect(),
    }
}

fn row(value: Value) -> Result<Row, McpError> {
    match value {
        Value::Object(cells) => Ok(Row::new(cells)),
        _ => Err(no_rows()),
    }
}

fn no_rows() -> McpError {
    McpError::new(
        Reason::ProtocolError,
        "the MCP server's answer holds no rows: check that it is a pytidb server (tidb-mcp-server) of a supported version",
    )
}

/// The error an answer reports, in our words: its text repeats the query and names objects, so none of it is shown.
pub(in crate::mcp) fn failure(answer: &RawAnswer) -> Option<McpError> {
    if !answer.is_error {
        return None;
    }
    let text = answer.content.first().map_or("", String::as_str);
    let head = text.split("\n[SQL:").next().unwrap_or_default();
    if let Some(code) = number(head) {
        let mut error = McpError::new(Reason::DatabaseError, told(code));
        error.sql_code = Some(code);
        return Some(error);
    }
    let (reason, message) = if head.starts_with("Unknown tool") {
        (Reason::NoSqlTool, "the MCP server no longer has its SQL tool: see whether another server took its place")
    } else if head.contains("validation error for") {
        (Reason::ProtocolError, "the MCP server's SQL tool takes other arguments than it lists: check its version")
    } else if head.contains("Error serializing to JSON") {
        (Reason::ProtocolError, "the MCP server could not send a value that is not valid UTF-8: see its log")
    } else if head.contains("Packet sequence number wrong") {
        (Reason::DatabaseError, "the MCP server lost step with its database: see its log")
    } else {
        (Reason::DatabaseError, "the database refused a query and gave no error number: see the MCP server's log")
    };
    Some(McpError::new(reason, message))
}

/// The database's number in `… (pymysql.err.OperationalError) (1146, "Table …`: the first parenthesis that holds a
/// number of four or five digits and then a quoted text. The driver writes it before anything the database said.
fn number(text: &str) -> Option<u16> {
    text.match_indices('(').find_map(|(at, _)| {
        let (digits, rest) = text[at + 1..].split_once(", ")?;
        let plausible = (4..=5).contains(&digits.len()) && rest.starts_with(['"', '\'']);
        if plausible { digits.parse().ok() } else { None }
    })
}

/// One sentence per error a person can do something about (numbers of MySQL, MariaDB and TiDB).
fn told(code: u16) -> String {
    match code {
        1045 | 1698 => format!(
            "the MCP server is up, but its database login was refused (database error {code}): check the MCP server's database user and password"
        ),
        1044 | 1142 | 1143 | 1227 | 8121 => format!(
            "the database denies the MCP server's account (database error {code}): grant it SELECT, SHOW VIEW and REFERENCES on the databases to mirror"
        ),
        1049 => format!(
            "the MCP server's default database does not exist (database error {code}): check the database name in the MCP server's settings"
        ),
        1040 | 1203 => format!(
            "the database has no connection left for the MCP server (database error {code}): raise its connection limit"
        ),
        2002 | 2003 | 2005 => format!(
            "the MCP server is up, but cannot reach its database (database error {code}): check the database, and its address in the MCP server's settings"
        ),
        2006 | 2013 | 2055 => format!(
            "the MCP server lost its database connection (database error {code}): check the database and its log"
        ),
        1317 | 1969 | 3024 => format!(
            "the database stopped a query that took too long (database error {code}): raise the account's time limit for queries"
        ),
        _ => format!("the database refused a query (database error {code}): see the MCP server's log for its text"),
    }
}
