//! What a person reads when the database refused: one sentence per number, the same through every server. Pure.

use crate::error::Reason;
use crate::mcp::McpError;

/// The failure that a number of the database stands for.
pub(super) fn refused(code: u16) -> McpError {
    let mut error = McpError::new(Reason::DatabaseError, told(code));
    error.sql_code = Some(code);
    error
}

/// One sentence per error a person can do something about (numbers of MySQL, MariaDB, TiDB and their client library).
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
