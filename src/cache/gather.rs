//! Puts an answer together from what a look settled: unchanged, or the databases from memory and from what is published,
//! filtered by the asker's own globs.

use std::collections::BTreeMap;
use std::time::Instant;

use super::content::Content;
use super::flight::Flight;
use super::{Answer, Fault, Look};
use crate::discovery::{Discovered, Kept, Memory, Poll, UNSETTLED};
use crate::error::Reason;
use crate::schema::select::Selection;
use crate::schema::{Database, ServerFacts};

/// What the slot knew when the look settled.
struct Settled {
    facts: ServerFacts,
    user: String,
    fingerprints: BTreeMap<String, String>,
    changing: Vec<String>,
    checked: Instant,
}

/// The answer of a look that has settled on these databases; `None` when it needs what is published, and that cannot be
/// read back whole.
pub(super) async fn answer(flight: &Flight<'_>, names: &[String]) -> Result<Option<Answer>, Fault> {
    let now = Instant::now();
    let Some(settled) = settled(flight, names) else { return Err(moved()) };
    let server = flight.slot.known().server.clone();
    // Nobody has spoken to the server yet only when everything was known from what is published.
    let Some(server) = server else { return Err(moved()) };
    let (look, read) = match flight.published {
        Some(published) if flight.ask.anew.is_none() && unchanged(&published.fingerprints, &settled.fingerprints) => {
            (Look::Unchanged { changing: settled.changing.clone() }, None)
        }
        _ => match discovered(flight, names, &settled, now).await {
            Some((found, read)) => {
                let whole = found.kept.is_empty();
                (Look::Read(Box::new(found)), whole.then(|| now.saturating_duration_since(read)))
            }
            None => return Ok(None),
        },
    };
    let age = now.saturating_duration_since(settled.checked);
    let fill = flight.contents.fill(Some((flight.slot.id, names)), now);
    Ok(Some(Answer { look, server, age, read, tally: flight.tally, fill, turn: None }))
}

fn settled(flight: &Flight<'_>, names: &[String]) -> Option<Settled> {
    let known = flight.slot.known();
    let (mut fingerprints, mut changing, mut checked) = (BTreeMap::new(), Vec::new(), Instant::now());
    for name in names {
        let seen = known.state.seen.get(name)?;
        fingerprints.insert(name.clone(), seen.fingerprint.clone()?);
        if seen.changing {
            changing.push(name.clone());
        }
        checked = checked.min(seen.checked);
    }
    Some(Settled { facts: known.facts.clone()?, user: known.user.clone(), fingerprints, changing, checked })
}

fn unchanged(published: &BTreeMap<String, String>, now: &BTreeMap<String, String>) -> bool {
    published == now && !now.values().any(|fingerprint| fingerprint == UNSETTLED)
}

/// Everything selected, and when the content read longest ago was read.
async fn discovered(
    flight: &Flight<'_>,
    names: &[String],
    settled: &Settled,
    now: Instant,
) -> Option<(Discovered, Instant)> {
    let fold = settled.facts.lower_case_table_names != 0;
    let mut out = Discovered {
        server: settled.facts.clone(),
        databases: Vec::new(),
        fingerprints: settled.fingerprints.clone(),
        warnings: Vec::new(),
        warnings_left_out: 0,
        changing: settled.changing.clone(),
        user: settled.user.clone(),
        tables_seen: 0,
        kept: Vec::new(),
        memory: Memory::default(),
    };
    let mut oldest = now;
    let mut published: Option<BTreeMap<String, (String, Database)>> = None;
    for name in names {
        let fingerprint = settled.fingerprints.get(name);
        let held = flight.content(name, now).filter(|content| Some(&content.fingerprint) == fingerprint);
        if let Some(content) = held {
            oldest = oldest.min(content.read);
            out.tables_seen += content.database.objects();
            out.databases.push(filtered(&content, flight.ask.selection, fold));
            continue;
        }
        if published.is_none() {
            published = Some(durable(flight, settled).await);
        }
        let (_, database) = published.as_mut()?.remove(name)?;
        out.tables_seen += database.objects();
        out.kept.push(name.clone());
        out.databases.push(database);
    }
    Some((out, oldest))
}

/// What is published and still holds, with its fingerprint, by name.
async fn durable(flight: &Flight<'_>, settled: &Settled) -> BTreeMap<String, (String, Database)> {
    let Some(known) = flight.published else { return BTreeMap::new() };
    let Some(published) = known.durable.published().await else { return BTreeMap::new() };
    let seen = Poll { fingerprints: settled.fingerprints.clone(), changing: settled.changing.clone() };
    Kept::of(published, &seen).on(&settled.facts)
}

fn filtered(content: &Content, selection: &Selection, fold: bool) -> Database {
    let Database { name, charset, collation, placement, tables, views, sequences } = &content.database;
    let wanted = |table: &str| selection.table(name, table, fold);
    Database {
        name: name.clone(),
        charset: charset.clone(),
        collation: collation.clone(),
        placement: placement.clone(),
        tables: tables.iter().filter(|table| wanted(&table.name)).cloned().collect(),
        views: views.iter().filter(|view| wanted(&view.name)).cloned().collect(),
        sequences: sequences.iter().filter(|sequence| wanted(&sequence.name)).cloned().collect(),
    }
}

pub(super) fn moved() -> Fault {
    Fault::new(
        Reason::SchemaChangeInProgress,
        "the databases changed while they were looked at: it is tried again soon",
    )
}
