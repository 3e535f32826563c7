//! SQL in, checked rows out: asks a source, decodes in its dialect, and verifies that names came through unaltered.

use serde_json::Value;

use super::rows::{Page, Row, Rows};
use super::{McpError, RawAnswer, ServerInfo, SqlSource, dialect};
use crate::error::Reason;

/// A column of hexadecimal bytes, and the columns one of which it must mirror.
const MIRRORS: [(&str, &[&str]); 2] = [("k", &["t", "name"]), ("ik", &["ix", "fk", "ck"])];

/// Asks `source` for the rows of one read-only statement. In every row, a column `k` must be the upper-case hex of the
/// bytes of `t` (or `name`), and `ik` that of `ix`, `fk` or `ck`: the database computes it, so a server that masks,
/// cuts or re-encodes values on the way gives itself away.
///
/// # Errors
/// What the source or the answer reports; `CanaryFailed` when a name was altered; `ResponseTooLarge` when the server says
/// that it left rows out.
pub async fn query(source: &dyn SqlSource, sql: &str) -> Result<Rows, McpError> {
    page(source, sql).await?.whole()
}

/// As [`query`], for a statement that can be continued after its last row: an answer that the server cut is a page, marked
/// as cut. It is never the last one.
///
/// # Errors
/// As [`query`]; `ResponseTooLarge` only when no row is left.
pub async fn page(source: &dyn SqlSource, sql: &str) -> Result<Page, McpError> {
    let answer = source.ask(sql).await?;
    let page = decode(source.server(), answer)?;
    page.rows.iter().try_for_each(verify)?;
    Ok(page)
}

/// The rows of one answer.
///
/// # Errors
/// What the answer itself reports (`DatabaseError` with the database's number, mostly), `ProtocolError` when it holds no
/// row set, or `ResponseTooLarge` when it was cut to nothing.
pub fn decode(server: &ServerInfo, answer: RawAnswer) -> Result<Page, McpError> {
    dialect::decode(server.dialect, server.rows_pointer.as_deref(), answer)
}

fn verify(row: &Row) -> Result<(), McpError> {
    for (hex, names) in MIRRORS {
        let Some(hex) = row.find(hex) else { continue };
        let Some(name) = names.iter().find_map(|name| row.find(name)) else { continue };
        let same = match (hex, name) {
            (Value::Null, Value::Null) => true,
            (Value::String(hex), Value::String(name)) => is_hex_of(hex, name),
            // A name or its hex sent as a number was parsed on the way.
            _ => false,
        };
        if !same {
            return Err(McpError::new(
                Reason::CanaryFailed,
                "the MCP server alters names on the way (a name differs from its own bytes as the database sent them): \
                 turn off masking or re-encoding in it, or use another server",
            ));
        }
    }
    Ok(())
}

fn is_hex_of(hex: &str, name: &str) -> bool {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let want = name.bytes().flat_map(|byte| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
    hex.bytes().eq(want)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_is_upper_case_and_of_all_bytes() {
        for (hex, name, want) in [
            ("", "", true),
            ("61C3A9", "aé", true),
            ("61c3a9", "aé", false),
            ("61", "aé", false),
            ("6161", "a", false),
            ("F09F9880", "😀", true),
            ("***-***-4552", "PUPER", false),
        ] {
            assert_eq!(is_hex_of(hex, name), want, "{hex} {name}");
        }
    }
}
