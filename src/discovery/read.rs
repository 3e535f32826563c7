//! Reads one database whole: fingerprint, pages, fingerprint. Rows that came while the schema changed are thrown away
//! and read again, within bounds.

use std::time::Duration;

use super::assemble::{DatabaseRows, rows_of};
use super::create::Creates;
use super::error::DiscoveryError;
use super::extras::Extras;
use super::fingerprint::{Fingerprint, look};
use super::guards::{self, Shortfall};
use super::pages::{self, Pages};
use super::queries::{Part, lists};
use crate::mcp::{McpError, SqlSource};
use crate::schema::Engine;

/// Readings thrown away because the schema changed meanwhile, at most.
const CHANGED_RETRIES: u32 = 3;
/// Readings thrown away because rows were missing, at most.
const SHORT_RETRIES: u32 = 1;

/// A database's rows, what its objects told themselves, and the fingerprint all this belongs to.
pub(super) struct Reading {
    pub(super) rows: DatabaseRows,
    pub(super) creates: Creates,
    /// Parts that this version of the server does not have.
    pub(super) missing: Vec<Part>,
    pub(super) fingerprint: Fingerprint,
}

/// One try.
enum Attempt {
    Whole(Box<Reading>),
    /// The fingerprints before and after differ.
    Changed,
    /// The fingerprints agree and a list has too few or too many rows.
    Short(&'static str, Shortfall),
    /// The database is not there.
    Gone,
}

/// Reads a database; `None` when it is not there (any more). `judge` sees the list of tables before the rest is read
/// and may end the reading.
///
/// # Errors
/// A failed call, what `judge` says, or a database that will not hold still.
pub(super) async fn database(
    source: &dyn SqlSource,
    engine: Engine,
    name: &str,
    pages: &mut Pages,
    retry_delay: Duration,
    judge: &(dyn Fn(&DatabaseRows) -> Result<(), DiscoveryError> + Sync),
    extras: &mut Extras<'_>,
) -> Result<Option<Reading>, DiscoveryError> {
    let (mut changed, mut short) = (0, 0);
    loop {
        match attempt(source, engine, name, pages, judge, extras).await? {
            Attempt::Whole(reading) => return Ok(Some(*reading)),
            Attempt::Gone => return Ok(None),
            Attempt::Changed if changed < CHANGED_RETRIES => {
                changed += 1;
                tokio::time::sleep(back_off(retry_delay, changed)).await;
            }
            Attempt::Changed => {
                return Err(DiscoveryError::Incomplete {
                    database: name.to_owned(),
                    part: "schema".to_owned(),
                    problem: "it changed each time while it was read: wait until the running migration is over"
                        .to_owned(),
                });
            }
            Attempt::Short(..) if short < SHORT_RETRIES => short += 1,
            Attempt::Short(list, Shortfall { got, want }) => {
                return Err(DiscoveryError::missing(name, list, got, want));
            }
        }
    }
}

/// Doubles with each retry, with full jitter over the upper half.
fn back_off(delay: Duration, retry: u32) -> Duration {
    let most = delay.saturating_mul(1 << retry.min(6));
    most / 2 + most.mul_f64(fastrand::f64() / 2.0)
}

async fn attempt(
    source: &dyn SqlSource,
    engine: Engine,
    name: &str,
    pages: &mut Pages,
    judge: &(dyn Fn(&DatabaseRows) -> Result<(), DiscoveryError> + Sync),
    extras: &mut Extras<'_>,
) -> Result<Attempt, DiscoveryError> {
    let Some(before) = look(source, engine, &[name]).await?.remove(name) else { return Ok(Attempt::Gone) };
    let (mut rows, mut short, mut missing) = (DatabaseRows::new(), None, Vec::new());
    for list in lists(engine) {
        let mut expected = before.expected(list);
        if list.part == Part::Sequences && !has_sequences(&rows)? {
            expected.rows = Some(0);
        }
        let read = match pages::read(source, engine, list, name, expected, pages).await {
            Err(error) if list.part.may_be_missing() && is_missing(&error) => {
                missing.push(list.part);
                continue;
            }
            other => other?,
        };
        let (got, want) = match list.part {
            Part::PublicIndexes => {
                (guards::public_parts(&read, rows_of(&rows, Part::IndexParts))?, Some(expected.about))
            }
            _ => (read.len(), expected.rows),
        };
        if let (None, Err(found)) = (&short, guards::whole(got, want)) {
            short = Some((list.name, found));
        }
        rows.insert(list.part, read);
        if list.part == Part::Tables {
            judge(&rows)?;
        }
    }
    let creates = extras.read(source, engine, name, &mut rows).await?;
    let after = look(source, engine, &[name]).await?.remove(name);
    Ok(match (after, short) {
        (Some(after), None) if after == before => {
            Attempt::Whole(Box::new(Reading { rows, creates, missing, fingerprint: after }))
        }
        (Some(after), Some((list, found))) if after.value == before.value => Attempt::Short(list, found),
        (Some(_), _) => Attempt::Changed,
        (None, _) => Attempt::Gone,
    })
}

/// The list of tables has a sequence, so that asking for them is worth a call.
fn has_sequences(rows: &DatabaseRows) -> Result<bool, McpError> {
    for row in rows_of(rows, Part::Tables) {
        if row.text("typ")?.eq_ignore_ascii_case("sequence") {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The server has no such column or table.
fn is_missing(error: &McpError) -> bool {
    matches!(error.sql_code, Some(1054 | 1109 | 1146))
}

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;
