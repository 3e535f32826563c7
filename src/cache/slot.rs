//! Everything held of one source: its connection, what was seen of its databases, who waits for whom, and its circuit.
//! Plain state behind a lock that is never held across a call.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::breaker::Breaker;
use super::content::SourceId;
use super::plan::{Seen, State};
use super::{Asker, Fault};
use crate::discovery::{Discovered, Memory, Poll};
use crate::mcp::{Connection, Endpoint, McpError, Observer, ServerInfo, SqlSource};
use crate::schema::ServerFacts;

/// Objects remembered as depending on one source; beyond them the first is forgotten, which only delays it after an outage.
const DEPENDENTS: usize = 10_000;

/// What is known of one source.
#[derive(Default)]
pub(super) struct Known {
    /// What the decisions rest on.
    pub(super) state: State,
    /// What the server said of itself.
    pub(super) facts: Option<ServerFacts>,
    /// The account, to tell a lost grant from a dropped table.
    pub(super) user: String,
    /// Who answered last.
    pub(super) server: Option<ServerInfo>,
    /// What earlier discoveries leave for later ones.
    pub(super) memory: Arc<Memory>,
    /// The last failed fetch, for those who waited for it.
    pub(super) failed: Option<Failed>,
    /// Whether asking is of use at present.
    pub(super) breaker: Breaker,
    /// Somebody probes it.
    pub(super) probed: bool,
    /// Who asked for what; woken when the source is back.
    pub(super) dependents: BTreeMap<String, Asker>,
    /// Looks that wait for another.
    pub(super) waiting: usize,
    /// Calls at once that the most careful asker allows.
    pub(super) in_flight: Option<std::num::NonZeroU32>,
    /// How it is reached, for the probes of an open circuit.
    pub(super) endpoint: Option<(Endpoint, Arc<dyn Observer>)>,
}

/// A fetch that failed.
pub(super) struct Failed {
    pub(super) when: Instant,
    /// What it was about; `None` is about the source as a whole.
    pub(super) databases: Option<Vec<String>>,
    pub(super) fault: Fault,
}

/// One source.
pub(super) struct Slot {
    pub(super) id: SourceId,
    pub(super) known: Mutex<Known>,
    /// Somebody let go of what others may wait for.
    pub(super) changed: Notify,
    connection: tokio::sync::Mutex<Option<Arc<Connection>>>,
    used: Mutex<Instant>,
}

impl Slot {
    pub(super) fn new(id: SourceId) -> Self {
        let (connection, used) = (tokio::sync::Mutex::new(None), Mutex::new(Instant::now()));
        Self { id, known: Mutex::default(), changed: Notify::new(), connection, used }
    }

    pub(super) fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The connection, made when there is none. Others of the same source wait here instead of connecting as well.
    pub(super) async fn connect(
        &self,
        endpoint: &Endpoint,
        observer: &Arc<dyn Observer>,
    ) -> Result<Arc<Connection>, McpError> {
        let mut held = self.connection.lock().await;
        let limit = self.known().in_flight;
        // Another server may answer at the same place by now; what we tell of it must be true.
        let fits = |connection: &&Arc<Connection>| connection.is_usable() && connection.keeps_to(limit);
        if let Some(connection) = held.as_ref().filter(fits) {
            return Ok(Arc::clone(connection));
        }
        let endpoint = Endpoint { max_in_flight: limit, ..endpoint.clone() };
        let connection = Arc::new(Connection::connect(endpoint, Arc::clone(observer)).await?);
        self.known().server = Some(connection.server().clone());
        *held = Some(Arc::clone(&connection));
        Ok(connection)
    }

    /// Takes over a connection that a probe made.
    pub(super) async fn adopt(&self, connection: Connection) {
        self.known().server = Some(connection.server().clone());
        *self.connection.lock().await = Some(Arc::new(connection));
    }

    /// Forgets `broken`, unless somebody has already put another connection in its place.
    pub(super) async fn reset(&self, broken: &Arc<Connection>) {
        let mut held = self.connection.lock().await;
        if held.as_ref().is_some_and(|current| Arc::ptr_eq(current, broken)) {
            *held = None;
        }
    }

    /// The connection, to be closed.
    pub(super) async fn take(&self) -> Option<Connection> {
        self.connection.lock().await.take().and_then(Arc::into_inner)
    }

    pub(super) fn touch(&self) {
        *self.used.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    pub(super) fn idle(&self) -> Duration {
        self.used.lock().unwrap_or_else(PoisonError::into_inner).elapsed()
    }
}

impl Known {
    /// Remembers who depends on the source.
    pub(super) fn depend(&mut self, asker: &Asker) {
        if self.dependents.len() >= DEPENDENTS && !self.dependents.contains_key(&asker.uid) {
            self.dependents.pop_first();
        }
        self.dependents.insert(asker.uid.clone(), asker.clone());
    }

    /// Takes in what a poll of `asked` saw at `checked`.
    pub(super) fn polled(&mut self, asked: &[String], poll: &Poll, checked: Instant) {
        for name in asked {
            let fingerprint = poll.fingerprints.get(name).cloned();
            let changing = poll.changing.contains(name);
            let before = self.state.seen.get(name);
            let (asked, max_age) = before.map_or((checked, Duration::ZERO), |seen| (seen.asked, seen.max_age));
            self.state.seen.insert(name.clone(), Seen { fingerprint, changing, checked, asked, max_age });
        }
    }

    /// Takes in what reading `asked` found; reading began at `checked`.
    pub(super) fn read(&mut self, asked: &[String], found: &Discovered, checked: Instant) {
        let fold = found.server.lower_case_table_names != 0;
        let same = |a: &str, b: &str| if fold { a.to_lowercase() == b.to_lowercase() } else { a == b };
        let seen = |fingerprint: Option<String>, changing| Seen {
            fingerprint,
            changing,
            checked,
            asked: checked,
            max_age: Duration::ZERO,
        };
        for name in asked {
            match found.databases.iter().find(|database| same(&database.name, name)) {
                // The server spells it another way.
                Some(database) if database.name != *name => drop(self.state.seen.remove(name)),
                Some(_) => {}
                None => drop(self.state.seen.insert(name.clone(), seen(None, false))),
            }
        }
        for database in &found.databases {
            let (name, changing) = (&database.name, found.changing.contains(&database.name));
            self.state.seen.insert(name.clone(), seen(found.fingerprints.get(name).cloned(), changing));
        }
        if self.facts.as_ref().is_some_and(|before| *before != found.server) {
            // Another server, or another configuration of it: what was seen before may mean another thing.
            let new = |name: &String| found.databases.iter().any(|database| database.name == *name);
            self.state.seen.retain(|name, _| new(name));
            self.state.listed = None;
        }
        self.state.fold = Some(fold);
        self.facts = Some(found.server.clone());
        self.user.clone_from(&found.user);
        Arc::make_mut(&mut self.memory).learn(found.memory.clone());
    }

    /// Notes who wants what, and how fresh, so that polls are shared.
    pub(super) fn wanted(&mut self, names: &[String], max_age: Duration, now: Instant) {
        for name in names {
            if let Some(seen) = self.state.seen.get_mut(name) {
                (seen.asked, seen.max_age) = (now, max_age);
            }
        }
    }
}
