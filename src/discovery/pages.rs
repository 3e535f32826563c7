//! Reads a list of any length in pages that fit through any MCP server. Thin I/O around the rules: continue after the
//! last key, stop at an empty page or at the server's own count, never because a page is short, and learn from a
//! server that caps rows or bytes.

mod packed;

use super::guards;
use super::queries::{Key, List, page};
use crate::error::Reason;
use crate::mcp::rows::Rows;
use crate::mcp::{McpError, SqlSource};
use crate::schema::Engine;

/// A page is never asked for in fewer rows because of its bytes: 50 column rows are about 30 kB.
pub(super) const FLOOR: u32 = 50;

/// How many rows to ask for; shrinks as the server shows its limits, for the rest of the discovery.
#[derive(Clone, Copy, Debug)]
pub(super) struct PageSize {
    rows: u32,
    floor: u32,
}

impl PageSize {
    /// Starts with `rows` a page, at least one.
    pub(super) const fn new(rows: u32) -> Self {
        Self { rows: if rows == 0 { 1 } else { rows }, floor: FLOOR }
    }

    /// No limit known yet; each row may be a large one.
    const fn unlimited() -> Self {
        Self { rows: u32::MAX, floor: 1 }
    }

    /// The rows to ask for now.
    pub(super) const fn rows(self) -> u32 {
        self.rows
    }

    /// After an answer of `asked` rows that was too large: half as many. False when that cannot be.
    fn halve(&mut self, asked: u32) -> bool {
        let smaller = (asked / 2).max(self.floor);
        let could = smaller < asked;
        self.rows = smaller.min(self.rows);
        could
    }

    /// After a page of `got` rows that was not the last one: the server caps rows there.
    fn cap(&mut self, got: usize) {
        self.rows = u32::try_from(got).unwrap_or(self.rows).clamp(1, self.rows);
    }
}

/// How the lists of one discovery are asked for, and what was learnt of the server's limits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pages {
    /// Plain rows.
    pub(super) plain: PageSize,
    /// Packed rows, one per table; `None` where they do not come through.
    packed: Option<PageSize>,
    /// Plain rows asked for at first.
    wanted: u32,
}

/// What a fingerprint says of a list before it is read.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Expected {
    /// Rows of the list, where the server counts the same ones.
    pub(super) rows: Option<u64>,
    /// About as many rows as the list has.
    pub(super) about: u64,
    /// Tables they are spread over.
    pub(super) tables: u64,
}

impl Pages {
    /// Starts with `rows` plain rows a page.
    pub(super) fn new(rows: u32, packed: bool) -> Self {
        Self { plain: PageSize::new(rows), packed: packed.then(PageSize::unlimited), wanted: rows }
    }
}

/// Asks for a page of at most `most` rows, in smaller ones while the answer is too large.
pub(super) async fn ask(
    source: &dyn SqlSource,
    size: &mut PageSize,
    most: u32,
    text: impl Fn(u32) -> String,
) -> Result<Rows, McpError> {
    loop {
        let n = size.rows().min(most);
        match crate::mcp::page(source, &text(n)).await {
            Err(error) if error.reason == Reason::ResponseTooLarge && size.halve(n) => {}
            Ok(page) => {
                if page.truncated {
                    // So that the page is a full one, which never ends a list.
                    size.cap(page.rows.len());
                }
                return Ok(page.rows);
            }
            Err(error) => return Err(error),
        }
    }
}

/// Every row of a list of a database, packed where the server passes that on exactly, else plain. One packed answer that
/// does not read ends packing for the rest of the discovery.
///
/// # Errors
/// A failed call, or rows that are not what was asked for.
pub(super) async fn read(
    source: &dyn SqlSource,
    engine: Engine,
    list: &List,
    database: &str,
    expected: Expected,
    pages: &mut Pages,
) -> Result<Rows, McpError> {
    if let (Some(size), true) = (&mut pages.packed, list.packs()) {
        let most = packed::tables_per_page(pages.wanted, expected);
        match packed::read(source, engine, list, database, expected.rows, size, most).await? {
            Some(rows) => return Ok(rows),
            None => pages.packed = None,
        }
    }
    plain(source, engine, list, database, expected.rows, &mut pages.plain).await
}

/// Plain rows. `expected` is the server's own count: reaching it saves the empty last page.
async fn plain(
    source: &dyn SqlSource,
    engine: Engine,
    list: &List,
    database: &str,
    expected: Option<u64>,
    size: &mut PageSize,
) -> Result<Rows, McpError> {
    let mut all = Rows::new();
    let mut last = Key::start(list);
    let mut short = None;
    while expected.is_none_or(|n| (all.len() as u64) < n) {
        let asked = size.rows();
        let rows = ask(source, size, u32::MAX, |n| page(engine, list, database, &last, n)).await?;
        let keys = rows.iter().map(|row| guards::key(list, row)).collect::<Result<Vec<_>, _>>()?;
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
