//! The same database through every MCP server gives the same bytes. One file per kind of evidence: live on MariaDB, over
//! TiDB's recorded rows, live on TiDB where there is one, and by replay. What a server cannot do is refused, with its
//! reason, and the README's table of servers says so.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod cells;
mod command;
mod direct;
mod live;
mod replay;
mod support;
mod tidb;
mod transplant;
