//! One look, carried out: decides the next step, does it or waits for whoever is doing it, until everything needed is
//! known. Whatever is fetched is fetched once, however many ask.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::content::{Content, Contents};
use super::plan::{self, Step, Want};
use super::slot::{Failed, Slot};
use super::{Ask, Fault, Known};
use crate::discovery::{self, Discovered, DiscoveryError, Settings};
use crate::error::Reason;
use crate::mcp::{Connection, Endpoint, McpError, Observer, SqlSource};
use crate::metrics::Metrics;
use crate::metrics::labels::{DiscoveryKind, Outcome};
use crate::schema::select::Selection;

/// Steps of one look at most; each brings it nearer to the end unless the databases change all the time.
const STEPS: usize = 64;

/// What the steps of one look use and gather.
pub(super) struct Flight<'a> {
    pub(super) slot: &'a Arc<Slot>,
    pub(super) contents: &'a Contents,
    pub(super) settings: &'a Settings,
    pub(super) metrics: &'a Metrics,
    pub(super) endpoint: &'a Endpoint,
    pub(super) observer: &'a Arc<dyn Observer>,
    pub(super) ask: &'a Ask<'a>,
    /// What is published, as long as it is of use.
    pub(super) published: Option<&'a Known<'a>>,
    pub(super) started: Instant,
    /// What this look read itself: it is there even where the memory tier has no room.
    pub(super) own: BTreeMap<String, Arc<Content>>,
    pub(super) tally: Tally,
}

/// How a look came to its answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// It waited for somebody else's fetch.
    pub waited: bool,
    /// It asked the source itself.
    pub asked: bool,
    /// It read databases itself.
    pub read: usize,
}

/// What a look may hold while it works on it; let go of when dropped, also when the look is given up.
struct Claim {
    slot: Arc<Slot>,
    names: Vec<String>,
    list: bool,
}

impl Drop for Claim {
    fn drop(&mut self) {
        let mut known = self.slot.known();
        known.state.claimed.retain(|name| !self.names.contains(name));
        if self.list {
            known.state.claimed_list = false;
        }
        drop(known);
        self.slot.changed.notify_waiters();
    }
}

impl Flight<'_> {
    /// Works until everything is known; the databases that are there.
    ///
    /// # Errors
    /// Why it cannot be known now. Whoever waited for the same thing gets the same answer.
    pub(super) async fn run(&mut self) -> Result<Vec<String>, Fault> {
        for _ in 0..STEPS {
            // Registered before the state is looked at, so that no change in between is missed.
            let changed = self.slot.changed.notified();
            let mut changed = std::pin::pin!(changed);
            changed.as_mut().enable();
            let (step, claim) = self.step()?;
            let work = match step {
                Step::Settled(names) => return Ok(names),
                Step::Wait => {
                    self.tally.waited = true;
                    changed.await;
                    continue;
                }
                work => work,
            };
            self.tally.asked = true;
            let done = self.work(&work).await;
            if let Err(fault) = &done {
                self.slot.known().failed = Some(failed(&work, fault));
            }
            drop(claim);
            done?;
        }
        Err(Fault::new(
            Reason::SchemaChangeInProgress,
            "the databases change faster than they can be read: wait until the running migration is over",
        ))
    }

    /// The next step, with what it works on already claimed.
    fn step(&self) -> Result<(Step, Option<Claim>), Fault> {
        let mut known = self.slot.known();
        let now = Instant::now();
        let published = self.published.map(|known| &known.fingerprints);
        let nothing = BTreeMap::new();
        let want = Want {
            selection: self.ask.selection,
            started: self.started,
            max_age: self.ask.max_age,
            anew: self.ask.anew,
            published: published.unwrap_or(&nothing),
        };
        let step = plan::next(&known.state, &want, now, &|name, fingerprint, since| {
            self.content(name, now).is_some_and(|content| {
                content.fingerprint == fingerprint && since.is_none_or(|since| content.read >= since)
            })
        });
        let (names, list) = match &step {
            Step::Settled(names) => {
                known.wanted(names, self.ask.max_age, now);
                return Ok((step, None));
            }
            Step::Wait => return Ok((step, None)),
            Step::Facts | Step::List => (Vec::new(), true),
            Step::Poll(names) | Step::Read(names) => (names.clone(), false),
        };
        if let Some(failed) = known.failed.as_ref().filter(|failed| self.tally.waited && failed.when >= self.started)
            && failed.databases.as_ref().is_none_or(|about| names.iter().any(|name| about.contains(name)))
        {
            return Err(failed.fault.clone());
        }
        if let Some(refusal) = known.breaker.refusal(now).filter(|_| !self.ask.insists) {
            return Err(Fault::circuit_open(&refusal));
        }
        known.state.claimed.extend(names.iter().cloned());
        known.state.claimed_list |= list;
        Ok((step, Some(Claim { slot: Arc::clone(self.slot), names, list })))
    }

    /// The content of a database, read by this look or held.
    pub(super) fn content(&self, name: &str, now: Instant) -> Option<Arc<Content>> {
        let own = self.own.get(name).cloned();
        own.or_else(|| self.contents.get(self.slot.id, name, now))
    }

    /// Keeps what is in memory now, so that it is still there when it is this look's turn. Everybody keeps the same copy.
    pub(super) fn pin(&mut self, names: &[String]) {
        let now = Instant::now();
        for name in names {
            if let Some(content) = self.content(name, now) {
                self.own.insert(name.clone(), content);
            }
        }
    }

    async fn work(&mut self, step: &Step) -> Result<(), Fault> {
        let limit = self.ask.deadline;
        let work = tokio::time::timeout(limit, self.fetch(step)).await;
        work.unwrap_or_else(|_| Err(Fault::out_of_time(limit)))
    }

    async fn fetch(&mut self, step: &Step) -> Result<(), Fault> {
        let connection = self.slot.connect(self.endpoint, self.observer).await?;
        let result = self.over(&connection, step).await;
        if let Err(error) = &result
            && breaks_connection(error.reason())
        {
            self.slot.reset(&connection).await;
        }
        result.map_err(Fault::from)
    }

    async fn over(&mut self, connection: &Arc<Connection>, step: &Step) -> Result<(), DiscoveryError> {
        let source = connection.patient(self.endpoint);
        let (began, clock) = (Instant::now(), self.metrics);
        match step {
            Step::Facts => {
                let facts = discovery::facts(&source).await?;
                let mut known = self.slot.known();
                known.state.fold = Some(facts.server.lower_case_table_names != 0);
                (known.facts, known.user) = (Some(facts.server), facts.user);
            }
            Step::List => {
                let engine = self.slot.known().facts.as_ref().map(|facts| facts.dialect);
                let Some(engine) = engine else { return Ok(()) };
                let names = discovery::names(&source, engine, self.settings).await?;
                self.slot.known().state.listed = Some((names, began));
            }
            Step::Poll(names) => {
                let told = self.poll(&source, names, began).await;
                clock.discovered(DiscoveryKind::Fingerprint, 1, outcome(&told), began.elapsed());
                told?;
            }
            Step::Read(names) => {
                let told = self.read(&source, names, began).await;
                let databases = if told.is_ok() { names.len() as u64 } else { 1 };
                clock.discovered(DiscoveryKind::Full, databases, outcome(&told), began.elapsed());
                told?;
            }
            Step::Wait | Step::Settled(_) => {}
        }
        Ok(())
    }

    async fn poll(&self, source: &dyn SqlSource, names: &[String], began: Instant) -> Result<(), DiscoveryError> {
        let (facts, memory) = {
            let known = self.slot.known();
            (known.facts.clone(), Arc::clone(&known.memory))
        };
        let Some(facts) = facts else { return Ok(()) };
        let exactly =
            Selection::exactly(names).map_err(|error| McpError::new(Reason::InvalidSpec, error.to_string()))?;
        // The names are in the server's spelling already.
        let poll = discovery::poll(source, &facts, &BTreeMap::new(), &exactly, self.settings, &memory).await?;
        self.slot.known().polled(names, &poll, began);
        Ok(())
    }

    async fn read(&mut self, source: &dyn SqlSource, names: &[String], began: Instant) -> Result<(), DiscoveryError> {
        let memory = Arc::clone(&self.slot.known().memory);
        let exactly =
            Selection::exactly(names).map_err(|error| McpError::new(Reason::InvalidSpec, error.to_string()))?;
        let found = discovery::discover_again(source, &exactly, self.settings, &memory).await?;
        for warning in &found.warnings {
            tracing::debug!(%warning, "not everything could be read exactly");
        }
        self.slot.known().read(names, &found, began);
        let Discovered { databases, fingerprints, .. } = found;
        self.tally.read += databases.len();
        for database in databases {
            let (name, fingerprint) = (database.name.clone(), fingerprints.get(&database.name).cloned());
            let content = Arc::new(Content::new(database, fingerprint.unwrap_or_default(), began));
            if self.ask.remember {
                self.contents.put(self.slot.id, Arc::clone(&content), Instant::now());
            }
            self.own.insert(name, content);
        }
        Ok(())
    }
}

/// What a failed fetch tells those who waited for it. A schema that is not whole is one database's own trouble.
fn failed(step: &Step, fault: &Fault) -> Failed {
    let databases = match step {
        Step::Read(names) if matches!(fault.reason, Reason::DiscoveryIncomplete | Reason::OutputTooLarge) => {
            Some(names.clone())
        }
        _ => None,
    };
    Failed { when: Instant::now(), databases, fault: fault.clone() }
}

fn outcome(result: &Result<(), DiscoveryError>) -> Outcome {
    result.as_ref().map_or_else(|error| Outcome::Failed(error.reason()), |()| Outcome::Success)
}

/// After these the session may be half dead: a new one is cheap, a wrong one is not.
const fn breaks_connection(reason: Reason) -> bool {
    !matches!(reason, Reason::NothingSelected | Reason::SchemaChangeInProgress)
}

impl Fault {
    /// A look took longer than one may.
    pub(super) fn out_of_time(limit: Duration) -> Self {
        let seconds = limit.as_secs();
        Self::new(
            Reason::Timeout,
            format!(
                "the discovery did not end within {seconds} s (--discovery-timeout); narrow databases.include or raise it"
            ),
        )
    }
}
