//! Reads a list of any length in pages that fit through any MCP server. Thin I/O around the rules: continue after the
//! last key, stop at an empty page or at the server's own count, never because a page is short, and learn from a
//! server that caps rows or bytes.

use super::guards;
use super::queries::{Key, Part, page};
use crate::error::Reason;
use crate::mcp::rows::Rows;
use crate::mcp::{McpError, SqlSource};
use crate::schema::Engine;

/// A page is never asked for in fewer rows because of its bytes: 50 column rows are about 30 kB.
const FLOOR: u32 = 50;

/// How many rows to ask for; shrinks as the server shows its limits, for the rest of the discovery.
#[derive(Clone, Copy, Debug)]
pub(super) struct PageSize(u32);

impl PageSize {
    /// Starts with `rows` a page, at least one.
    pub(super) const fn new(rows: u32) -> Self {
        Self(if rows == 0 { 1 } else { rows })
    }

    /// The rows to ask for now.
    pub(super) const fn rows(self) -> u32 {
        self.0
    }

    /// After an answer that was too large: half as many. False when that cannot be.
    fn halve(&mut self) -> bool {
        let smaller = (self.0 / 2).max(FLOOR);
        let could = smaller < self.0;
        self.0 = smaller.min(self.0);
        could
    }

    /// After a page of `got` rows that was not the last one: the server caps rows there.
    fn cap(&mut self, got: usize) {
        self.0 = u32::try_from(got).unwrap_or(self.0).clamp(1, self.0);
    }
}

/// Asks for a page, in smaller ones while the answer is too large.
pub(super) async fn ask(
    source: &dyn SqlSource,
    size: &mut PageSize,
    text: impl Fn(u32) -> String,
) -> Result<Rows, McpError> {
    loop {
        match crate::mcp::query(source, &text(size.rows())).await {
            Err(error) if error.reason == Reason::ResponseTooLarge && size.halve() => {}
            other => return other,
        }
    }
}

/// Every row of a part of a database. `expected` is the server's own count: reaching it saves the empty last page.
///
/// # Errors
/// A failed call, or rows that are not what was asked for.
pub(super) async fn read(
    source: &dyn SqlSource,
    engine: Engine,
    part: Part,
    database: &str,
    expected: Option<u64>,
    size: &mut PageSize,
) -> Result<Rows, McpError> {
    let mut all = Rows::new();
    let mut last = Key::default();
    let mut short = None;
    while expected.is_none_or(|n| (all.len() as u64) < n) {
        let asked = size.rows();
        let rows = ask(source, size, |n| page(engine, part, database, &last, n)).await?;
        let keys = rows.iter().map(|row| guards::key(part, row)).collect::<Result<Vec<_>, _>>()?;
        guards::ascending(&last, &keys)?;
        let Some(newest) = keys.last() else { break };
        if let Some(cap) = short.take() {
            size.cap(cap);
        }
        // Compared with what was asked last: halving on the way made the page smaller by itself.
        if rows.len() < asked.min(size.rows()) as usize {
            short = Some(rows.len());
        }
        last = newest.clone();
        all.extend(rows);
    }
    Ok(all)
}

#[cfg(test)]
#[path = "pages_tests.rs"]
mod tests;
