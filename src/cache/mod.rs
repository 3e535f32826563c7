//! The one door from controllers to databases, shared by all of them: one connection, one fetch, one fingerprint and one
//! copy in memory for each source and database, however many ask. The durable copy of a schema is the snapshot's own
//! ConfigMaps; here is memory alone, and what is lost at a restart costs a poll and nothing else.
//!
//! ```text
//!  look ─► plan (pure): what is to be done next? ─► flight: do it, or wait for whoever does it ─► gather: filter
//!            │ fresh in memory, or unchanged: no call            │ failed 3 times ─► breaker ─► probe ─► wake
//! ```

mod ask;
mod breaker;
mod content;
mod flight;
mod gather;
mod owner;
mod plan;
mod probe;
mod rows;
mod slot;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{Mutex, mpsc};
use tokio_util::sync::CancellationToken;

pub use ask::{Answer, Ask, Asker, Durable, Fault, Identity, Known, Look};
pub use flight::Tally;
pub use owner::Owner;
pub use plan::Anew;

use crate::discovery::Settings;
use crate::error::Reason;
use crate::mcp::{Endpoint, Observer};
use crate::metrics::labels::Source;
use crate::metrics::{CacheFill, Metrics};
use content::{Contents, SourceId};
use flight::Flight;
use slot::Slot;

/// Sources known at once; the one unused for longest is closed to make room.
const MAX_SOURCES: usize = 256;

/// How long a source is kept that nobody used.
const IDLE: Duration = Duration::from_secs(3600);

/// Looks that may wait for one source at once; whoever comes after them is asked to come again.
const MAX_WAITING: usize = 256;

/// Tables, views and sequences of one fetch at most: a database is fetched whole, and a snapshot may select a part of it.
const FETCH_CAP: usize = 20_000;

/// How the manager works.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How databases are read.
    pub discovery: Settings,
    /// Bytes of the memory tier.
    pub budget: usize,
    /// Time between two probes of a source whose circuit is open.
    pub breaker_period: Duration,
}

impl Default for Options {
    fn default() -> Self {
        let discovery = Settings { table_cap: FETCH_CAP, ..Settings::default() };
        Self { discovery, budget: 64 << 20, breaker_period: Duration::from_secs(30) }
    }
}

/// A source that was away is back, and this object depends on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wake(pub Asker);

/// The shared cache.
pub struct SchemaManager {
    slots: Mutex<Slots>,
    contents: Contents,
    options: Options,
    metrics: Metrics,
    wakes: mpsc::UnboundedSender<Wake>,
    stop: CancellationToken,
}

#[derive(Default)]
struct Slots {
    by_identity: BTreeMap<Identity, Arc<Slot>>,
    last: SourceId,
}

impl SchemaManager {
    /// Starts with nothing known. Whoever is to be asked again comes out of the receiver; `stop` ends the probes.
    #[must_use]
    pub fn new(options: Options, metrics: Metrics, stop: CancellationToken) -> (Self, mpsc::UnboundedReceiver<Wake>) {
        let (wakes, woken) = mpsc::unbounded_channel();
        let contents = Contents::new(options.budget, metrics.clone());
        (Self { slots: Mutex::default(), contents, options, metrics, wakes, stop }, woken)
    }

    /// Looks at the databases of a source, at the least cost that is honest: from memory when that is fresh, else by
    /// fingerprint, and then reads those that changed.
    ///
    /// # Errors
    /// Whatever kept a whole schema from being known; the connection is then made anew the next time.
    pub async fn look(
        &self,
        identity: &Identity,
        endpoint: &Endpoint,
        observer: Arc<dyn Observer>,
        label: &Source,
        ask: &Ask<'_>,
    ) -> Result<Answer, Fault> {
        let slot = self.slot(identity).await;
        self.register(&slot, endpoint, &observer, ask)?;
        let _waiting = Waiting(&slot);
        let mut flight = Flight {
            slot: &slot,
            contents: &self.contents,
            settings: &self.options.discovery,
            metrics: &self.metrics,
            endpoint,
            observer: &observer,
            ask,
            published: ask.published,
            started: Instant::now(),
            own: BTreeMap::new(),
            tally: Tally::default(),
        };
        let result = flight.run().await;
        let asked = flight.tally.asked;
        match &result {
            Ok(_) if asked => self.answered(&slot, label),
            Err(fault) if asked => self.failed(&slot, label, fault),
            _ => {}
        }
        let names = result?;
        flight.pin(&names);
        let turn = ask.turn().await;
        if let Some(answer) = gather::answer(&flight, &names).await? {
            return Ok(Answer { turn, ..answer });
        }
        drop(turn);
        // What is published cannot be read back whole: without it the databases are read.
        flight.published = None;
        let names = flight.run().await?;
        flight.pin(&names);
        let turn = ask.turn().await;
        let answer = gather::answer(&flight, &names).await?.ok_or_else(gather::moved)?;
        Ok(Answer { turn, ..answer })
    }

    /// Notes who asks, and how, before it is known what will come of it.
    fn register(
        &self,
        slot: &Slot,
        endpoint: &Endpoint,
        observer: &Arc<dyn Observer>,
        ask: &Ask<'_>,
    ) -> Result<(), Fault> {
        self.enter(slot, endpoint, observer)?;
        let mut known = slot.known();
        known.depend(ask.asker);
        if let (None, Some(published)) = (&known.facts, ask.published) {
            known.state.fold = Some(published.facts.lower_case_table_names != 0);
            known.facts = Some(published.facts.clone());
        }
        Ok(())
    }

    /// Takes a place among those who wait for the source, to be given back by [`Waiting`], and notes how it is reached.
    fn enter(&self, slot: &Slot, endpoint: &Endpoint, observer: &Arc<dyn Observer>) -> Result<(), Fault> {
        let mut known = slot.known();
        if known.waiting >= MAX_WAITING {
            let message = format!("{MAX_WAITING} snapshots wait for this server already; this one asks again soon");
            return Err(Fault { busy: true, ..Fault::new(Reason::Throttled, message) });
        }
        known.waiting += 1;
        known.in_flight = [known.in_flight, endpoint.max_in_flight].into_iter().flatten().min();
        known.endpoint = Some((endpoint.clone(), Arc::clone(observer)));
        Ok(())
    }

    /// A look that began before the circuit opened may well succeed after.
    fn answered(&self, slot: &Slot, label: &Source) {
        probe::back(slot, label, &self.metrics, &self.wakes);
    }

    fn failed(&self, slot: &Arc<Slot>, label: &Source, fault: &Fault) {
        let (period, now) = (self.options.breaker_period, Instant::now());
        if fault.reason == Reason::CircuitOpen {
            return;
        }
        let opened = slot.known().breaker.failed(fault.reason, &fault.message, period, now);
        if opened {
            tracing::warn!(reason = %fault.reason, "an MCP server is away: it is probed until it is back");
            self.metrics.circuit(label, 1);
            self.probe(slot, label);
        }
    }

    async fn slot(&self, identity: &Identity) -> Arc<Slot> {
        let mut slots = self.slots.lock().await;
        if let Some(slot) = slots.by_identity.get(identity) {
            slot.touch();
            return Arc::clone(slot);
        }
        let stays = |known: &Identity, slot: &Arc<Slot>| {
            !known.gives_way_to(identity) && (Arc::strong_count(slot) > 1 || slot.idle() < IDLE)
        };
        let gone: Vec<Identity> = slots
            .by_identity
            .iter()
            .filter(|(known, slot)| !stays(known, slot))
            .map(|(known, _)| known.clone())
            .collect();
        gone.iter().for_each(|identity| self.remove(&mut slots, identity));
        while slots.by_identity.len() >= MAX_SOURCES {
            let unused = |(_, slot): &(&Identity, &Arc<Slot>)| Arc::strong_count(slot) == 1;
            let oldest = slots.by_identity.iter().filter(unused).max_by_key(|(_, slot)| slot.idle());
            let Some(oldest) = oldest.map(|(identity, _)| identity.clone()) else { break };
            self.remove(&mut slots, &oldest);
        }
        slots.last += 1;
        let slot = Arc::new(Slot::new(slots.last));
        slots.by_identity.insert(identity.clone(), Arc::clone(&slot));
        slot
    }

    fn remove(&self, slots: &mut Slots, identity: &Identity) {
        if let Some(slot) = slots.by_identity.remove(identity) {
            self.contents.forget_all(slot.id);
        }
    }

    /// How full the memory tier is.
    #[must_use]
    pub fn fill(&self) -> CacheFill {
        self.contents.fill(None, Instant::now())
    }

    /// Databases that left the memory tier so far.
    #[must_use]
    pub fn evictions(&self) -> u64 {
        self.contents.evictions()
    }

    /// Ends every session politely; each within its own short deadline.
    pub async fn close(&self) {
        let slots = std::mem::take(&mut self.slots.lock().await.by_identity);
        futures::future::join_all(slots.into_values().map(|slot| async move {
            if let Some(connection) = slot.take().await {
                connection.close().await;
            }
        }))
        .await;
    }
}

/// One look that may wait; no longer so when dropped.
struct Waiting<'a>(&'a Slot);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.known().waiting -= 1;
    }
}

#[cfg(test)]
mod tests;
