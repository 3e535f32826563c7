//! What real servers make of DDL, told as changes: one case for every kind on a real MariaDB, discovered before and after
//! through a real MCP server; TiDB from its recordings; the command on files. A match without a wildcard says of every
//! kind which of them shows it.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod cases;
mod command;
mod mariadb;
mod origin;
mod tape;
mod tidb;

use mcp_schema_operator::schema::changes::Change;
use mcp_schema_operator::schema::verdict::Verdict;

/// What is expected of one change: kind, table and element (`t.c`), readers, writers.
type Expected = (&'static str, &'static str, Verdict, Verdict);

/// A change in the form of [`Expected`].
fn told(change: &Change) -> (String, String, Verdict, Verdict) {
    let parts = [change.table.as_deref().unwrap_or_default(), &change.element];
    let object = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(".");
    (change.kind.as_str().to_owned(), object, change.readers, change.writers)
}
