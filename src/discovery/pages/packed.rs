//! Reads a list in packed form: one row per table, which holds that table's rows as one JSON text. The same rows come
//! out as from plain pages, in the same order. Whatever does not read exactly gives nothing at all.

use super::{Expected, PageSize, ask};
use crate::discovery::guards;
use crate::discovery::queries::{Key, List, packed, packed_labels};
use crate::error::Reason;
use crate::mcp::packed::{row, unpack};
use crate::mcp::rows::{Row, Rows};
use crate::mcp::{McpError, SqlSource};
use crate::schema::Engine;

/// Packed rows take about a third of the bytes of plain ones: 15,000 packed column rows are about 4 MB.
const DENSER: u64 = 3;

/// Tables whose rows fill a page, where a page of plain rows has `rows`.
pub(super) fn tables_per_page(rows: u32, expected: Expected) -> u32 {
    let tables = u64::from(rows).saturating_mul(DENSER).saturating_mul(expected.tables.max(1)) / expected.about.max(1);
    u32::try_from(tables).unwrap_or(u32::MAX).max(1)
}

/// Every row of a list, in pages of at most `most` tables; `None` when an answer cannot be told to be exact.
///
/// # Errors
/// A failed call that plain rows would meet as well.
pub(super) async fn read(
    source: &dyn SqlSource,
    engine: Engine,
    list: &List,
    database: &str,
    expected: Option<u64>,
    size: &mut PageSize,
    most: u32,
) -> Result<Option<Rows>, McpError> {
    let labels = packed_labels(engine, list);
    let (mut all, mut last, mut short) = (Rows::new(), String::new(), None);
    while expected.is_none_or(|n| (all.len() as u64) < n) {
        let asked = size.rows().min(most);
        let tables = match ask(source, size, most, |n| packed(engine, list, database, &last, n)).await {
            Ok(tables) => tables,
            Err(error) if plain_may_do(error.reason) => return Ok(None),
            Err(error) => return Err(error),
        };
        if tables.is_empty() {
            break;
        }
        if let Some(cap) = short.take() {
            size.cap(cap);
        }
        if tables.len() < asked.min(size.rows()) as usize {
            short = Some(tables.len());
        }
        for table in &tables {
            let Some(rows) = rows_of(list, &labels, table, &mut last) else { return Ok(None) };
            all.extend(rows);
        }
    }
    Ok(Some(all))
}

/// The server may refuse or spoil this form alone; anything else is no matter of form.
const fn plain_may_do(reason: Reason) -> bool {
    matches!(reason, Reason::DatabaseError | Reason::ProtocolError | Reason::CanaryFailed | Reason::ResponseTooLarge)
}

/// One table's rows, sorted, if all about them is as it must be: each table comes after the `last` one, and each row but
/// once.
fn rows_of(list: &List, labels: &[&str], table: &Row, last: &mut String) -> Option<Rows> {
    let hex = guards::named(table, "t", "k").ok().filter(|hex| hex > last)?;
    let (name, text) = (table.text("t").ok()?, table.text("r").ok()?);
    let of_table = ["t", "k"].into_iter();
    let rows = unpack(&text, table.number("n").ok()?, labels.len())?;
    let rows = rows.into_iter().map(|cells| {
        let head = [name.clone().into(), hex.clone().into()];
        row(of_table.clone().chain(labels.iter().copied()), head.into_iter().chain(cells))
    });
    let keyed = rows.map(|row| Some((guards::key(list, &row).ok()?, row)));
    let mut keyed: Vec<(Key, Row)> = keyed.collect::<Option<_>>()?;
    keyed.sort_by(|(a, _), (b, _)| a.cmp(b));
    *last = hex;
    let once = keyed.windows(2).all(|pair| matches!(pair, [(a, _), (b, _)] if a < b));
    once.then(|| keyed.into_iter().map(|(_, row)| row).collect())
}

#[cfg(test)]
#[path = "live_tests.rs"]
mod live_tests;
#[cfg(test)]
#[path = "packed_tests.rs"]
mod tests;
