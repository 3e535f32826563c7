//! What a look at one source has to do next, given what is known of its databases: nothing, wait for somebody who is
//! already at it, list, poll or read. Pure; the loop that carries it out is `flight`.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use crate::discovery::UNSETTLED;
use crate::schema::select::Selection;

/// Half-built objects are looked at again this soon.
const CHANGING: Duration = Duration::from_secs(30);

/// Most databases one poll asks for unasked, so that a shared poll stays one statement.
const POLL: usize = 20;

/// What the last look at a database saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    /// Its fingerprint; `None` when it was not there.
    pub fingerprint: Option<String>,
    /// DDL was running on it.
    pub changing: bool,
    /// When it was looked at: a poll, or the beginning of reading it.
    pub checked: Instant,
    /// When somebody wanted it last.
    pub asked: Instant,
    /// How old a look that one takes for fresh.
    pub max_age: Duration,
}

/// What is known of one source, as far as the decision needs it.
#[derive(Clone, Debug, Default)]
pub(super) struct State {
    /// Names compare without case; `None` before the server was asked what it is.
    pub fold: Option<bool>,
    /// The visible databases when they were listed last.
    pub listed: Option<(BTreeSet<String>, Instant)>,
    /// By database.
    pub seen: BTreeMap<String, Seen>,
    /// Databases somebody polls or reads at the moment.
    pub claimed: BTreeSet<String>,
    /// Somebody asks what the server is, or for the list of databases.
    pub claimed_list: bool,
}

/// What a look wants.
#[derive(Clone, Copy, Debug)]
pub(super) struct Want<'a> {
    /// Which databases and tables.
    pub selection: &'a Selection,
    /// When it began: nothing seen later than that is too old.
    pub started: Instant,
    /// Age up to which what was seen before is fresh.
    pub max_age: Duration,
    /// What has to be read since this time, whatever fingerprints say.
    pub anew: Option<(&'a Anew, Instant)>,
    /// Fingerprints of what is published, by database.
    pub published: &'a BTreeMap<String, String>,
}

/// What is to be read again whatever fingerprints say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Anew {
    /// Everything, the list of databases too.
    Everything,
    /// The list of databases alone; of those that are new, and of those that changed, the rest follows.
    List,
    /// Every selected database.
    Tables,
    /// One database.
    Database(String),
}

/// The next step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Ask the server what it is.
    Facts,
    /// List the databases.
    List,
    /// Compare the fingerprints of these.
    Poll(Vec<String>),
    /// Read these.
    Read(Vec<String>),
    /// Somebody is at it.
    Wait,
    /// Everything needed is known: the databases that are there.
    Settled(Vec<String>),
}

/// Decides. `held` tells whether the content of a database with that fingerprint is at hand, read at that time or later.
pub(super) fn next(
    state: &State,
    want: &Want<'_>,
    now: Instant,
    held: &dyn Fn(&str, &str, Option<Instant>) -> bool,
) -> Step {
    let Some(fold) = state.fold else { return if state.claimed_list { Step::Wait } else { Step::Facts } };
    let names = match want.selection.literal_databases() {
        Some(names) => spelled(names, state, want.published, fold),
        None => match listed(state, want, now) {
            Some(names) => names.iter().cloned().collect(),
            None => return if state.claimed_list { Step::Wait } else { Step::List },
        },
    };
    let names: Vec<String> = names.into_iter().filter(|name| want.selection.database(name, fold)).collect();
    let want = &Want { anew: known_scope(want, &names, fold), ..*want };
    let (mut poll, mut read, mut wait) = (Vec::new(), Vec::new(), false);
    for name in &names {
        match need(state, want, name, now, held) {
            Need::Nothing => {}
            _ if state.claimed.contains(name) => wait = true,
            Need::Poll => poll.push(name.clone()),
            Need::Read => read.push(name.clone()),
        }
    }
    if !poll.is_empty() {
        share(state, &mut poll, now);
        return Step::Poll(poll);
    }
    // While a poll by somebody else is under way it is not known yet whether there is anything to read.
    let there = |name: &String| state.seen.get(name).is_some_and(|seen| seen.fingerprint.is_some());
    match (read.is_empty(), wait) {
        (true, false) => Step::Settled(names.into_iter().filter(there).collect()),
        (true, true) => Step::Wait,
        (false, _) => Step::Read(read),
    }
}

enum Need {
    Nothing,
    Poll,
    Read,
}

fn need(
    state: &State,
    want: &Want<'_>,
    name: &str,
    now: Instant,
    held: &dyn Fn(&str, &str, Option<Instant>) -> bool,
) -> Need {
    let since = forced(want, name);
    let published = want.published.get(name);
    let Some(seen) = state.seen.get(name) else {
        // A fingerprint tells something only where there is one to compare it with.
        return if published.is_some() && since.is_none() { Need::Poll } else { Need::Read };
    };
    if since.is_some_and(|since| seen.checked < since) {
        return Need::Read;
    }
    if !fresh(seen, want, now) {
        return Need::Poll;
    }
    let Some(fingerprint) = &seen.fingerprint else { return Need::Nothing };
    let same = published == Some(fingerprint) && fingerprint != UNSETTLED;
    if (same && since.is_none()) || held(name, fingerprint, since) { Need::Nothing } else { Need::Read }
}

/// A scope that names no database of this snapshot is none: then everything is read, rather than nothing.
fn known_scope<'a>(want: &Want<'a>, names: &[String], fold: bool) -> Option<(&'a Anew, Instant)> {
    let (anew, since) = want.anew?;
    match anew {
        Anew::Database(one) => match names.iter().find(|name| same(name, one, fold)) {
            Some(_) => Some((anew, since)),
            None => Some((&Anew::Tables, since)),
        },
        _ => Some((anew, since)),
    }
}

fn same(a: &str, b: &str, fold: bool) -> bool {
    if fold { a.to_lowercase() == b.to_lowercase() } else { a == b }
}

/// Since when the content has to be read, if it has to be.
fn forced(want: &Want<'_>, name: &str) -> Option<Instant> {
    let (anew, since) = want.anew?;
    let hit = match anew {
        Anew::Everything | Anew::Tables => true,
        Anew::List => false,
        Anew::Database(one) => one == name || one.to_lowercase() == name.to_lowercase(),
    };
    hit.then_some(since)
}

fn fresh(seen: &Seen, want: &Want<'_>, now: Instant) -> bool {
    let max_age = if seen.changing { want.max_age.min(CHANGING) } else { want.max_age };
    seen.checked >= want.started || now.saturating_duration_since(seen.checked) < max_age
}

fn listed<'a>(state: &'a State, want: &Want<'_>, now: Instant) -> Option<&'a BTreeSet<String>> {
    let (names, when) = state.listed.as_ref()?;
    let relist = want.anew.filter(|(anew, _)| matches!(anew, Anew::Everything | Anew::List));
    let fresh = match relist {
        Some((_, since)) => *when >= since,
        None => *when >= want.started || now.saturating_duration_since(*when) < want.max_age,
    };
    fresh.then_some(names)
}

/// Adds to a poll what others will soon want to know, so that one statement serves them all.
fn share(state: &State, poll: &mut Vec<String>, now: Instant) {
    let soon = |seen: &Seen| {
        let wanted = now.saturating_duration_since(seen.asked) < seen.max_age.saturating_mul(2);
        wanted && now.saturating_duration_since(seen.checked) > seen.max_age / 2 && seen.fingerprint.is_some()
    };
    for (name, seen) in &state.seen {
        if poll.len() >= POLL {
            break;
        }
        if soon(seen) && !state.claimed.contains(name) && !poll.contains(name) {
            poll.push(name.clone());
        }
    }
}

/// Literal names in the server's spelling where it is known, each once.
fn spelled(names: &[String], state: &State, published: &BTreeMap<String, String>, fold: bool) -> Vec<String> {
    let same = |a: &str, b: &str| same(a, b, fold);
    let mut out: Vec<String> = Vec::new();
    for name in names {
        let known = || state.seen.keys().chain(published.keys()).find(|seen| same(seen, name));
        let name = if state.seen.contains_key(name) { name } else { known().unwrap_or(name) };
        if !out.iter().any(|before| same(before, name)) {
            out.push(name.clone());
        }
    }
    out
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
