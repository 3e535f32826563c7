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

/// The same with names of its own.
type Told = (String, String, Verdict, Verdict);

/// What is expected, sorted.
fn wanted(expected: &[Expected]) -> Vec<Told> {
    let own = |(kind, object, readers, writers): &Expected| (kind.to_string(), object.to_string(), *readers, *writers);
    let mut out: Vec<Told> = expected.iter().map(own).collect();
    out.sort();
    out
}

/// What a change is.
fn told(change: &Change) -> Told {
    let parts = [change.table.as_deref().unwrap_or_default(), &change.element];
    let object = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(".");
    (change.kind.as_str().to_owned(), object, change.readers, change.writers)
}
