//! Reads one database whole: fingerprint, pages, fingerprint. Rows that came while the schema changed are thrown away
//! and read again, within bounds.

use std::time::Duration;

use super::assemble::DatabaseRows;
use super::error::DiscoveryError;
use super::fingerprint::{Fingerprint, look};
use super::guards::{self, Shortfall};
use super::pages::{self, PageSize};
use super::queries::Part;
use crate::mcp::SqlSource;
use crate::schema::Engine;

/// Readings thrown away because the schema changed meanwhile, at most.
const CHANGED_RETRIES: u32 = 3;
/// Readings thrown away because rows were missing, at most.
const SHORT_RETRIES: u32 = 1;

/// A database's rows and the fingerprint they belong to.
pub(super) struct Reading {
    pub(super) rows: DatabaseRows,
    pub(super) fingerprint: Fingerprint,
}

/// One try.
enum Attempt {
    Whole(Box<Reading>),
    /// The fingerprints before and after differ.
    Changed,
    /// The fingerprints agree and a list has too few or too many rows.
    Short(Part, Shortfall),
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
    size: &mut PageSize,
    retry_delay: Duration,
    judge: &(dyn Fn(&DatabaseRows) -> Result<(), DiscoveryError> + Sync),
) -> Result<Option<Reading>, DiscoveryError> {
    let (mut changed, mut short) = (0, 0);
    loop {
        match attempt(source, engine, name, size, judge).await? {
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
            Attempt::Short(part, Shortfall { got, want }) => {
                return Err(DiscoveryError::missing(name, part.as_str(), got, want));
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
    size: &mut PageSize,
    judge: &(dyn Fn(&DatabaseRows) -> Result<(), DiscoveryError> + Sync),
) -> Result<Attempt, DiscoveryError> {
    let Some(before) = look(source, engine, &[name]).await?.remove(name) else { return Ok(Attempt::Gone) };
    let (mut rows, mut short) = (DatabaseRows::new(), None);
    for part in Part::of(engine) {
        let want = before.count(part);
        let list = pages::read(source, engine, part, name, want, size).await?;
        if let (None, Err(found)) = (&short, guards::whole(list.len(), want)) {
            short = Some((part, found));
        }
        rows.insert(part, list);
        if part == Part::Tables {
            judge(&rows)?;
        }
    }
    let after = look(source, engine, &[name]).await?.remove(name);
    Ok(match (after, short) {
        (Some(after), None) if after == before => Attempt::Whole(Box::new(Reading { rows, fingerprint: after })),
        (Some(after), Some((part, found))) if after.value == before.value => Attempt::Short(part, found),
        (Some(_), _) => Attempt::Changed,
        (None, _) => Attempt::Gone,
    })
}

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;
