//! The one door from controllers to databases: one connection per source, shared by all that may use it, and the answer
//! to "what is there now?". Holds connections only; the durable copy of a schema is the snapshot's own ConfigMaps.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use tokio::sync::Mutex;

use crate::discovery::{self, Discovered, DiscoveryError, Kept, Memory, Published, Settings};
use crate::error::Reason;
use crate::mcp::{Connection, Endpoint, McpError, Observer, ServerInfo, SqlSource};
use crate::schema::ServerFacts;
use crate::schema::select::Selection;

mod owner;

pub use owner::Owner;

/// Connections kept at once; the one unused for longest is closed to make room.
const MAX_CONNECTIONS: usize = 256;

/// How long a connection is kept that nobody used.
const IDLE: Duration = Duration::from_secs(3600);

/// Who may share a connection: to whom a source belongs, and how it is reached. Sources of two namespaces never share, so
/// that nobody is served through a connection that is not theirs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Identity {
    /// To whom it belongs.
    pub owner: Owner,
    /// The endpoint's URL.
    pub url: String,
    /// Digest of everything else the spec asks for: transport, dialect, headers, names of Secrets, patience.
    pub asked: String,
    /// Versions of the Secrets and ConfigMaps that were read for it: a new token means a new connection.
    pub versions: String,
}

impl Identity {
    /// Whether `newer` is this source with other versions of its Secrets: then nobody will ask for this one again.
    fn gives_way_to(&self, newer: &Self) -> bool {
        let place = |identity: &Self| (identity.owner.clone(), identity.url.clone(), identity.asked.clone());
        self.versions != newer.versions && place(self) == place(newer)
    }
}

/// What was true at the last look; lets the next one be a fingerprint instead of a full read.
#[derive(Clone)]
pub struct Known<'a> {
    /// The server as it was.
    pub facts: ServerFacts,
    /// 16 hex digits per database.
    pub fingerprints: BTreeMap<String, String>,
    /// What came of that look, asked for only when some databases changed and others did not.
    pub durable: &'a dyn Durable,
}

/// The durable tier: what was published last.
#[async_trait]
pub trait Durable: Send + Sync {
    /// Reads it back; `None` when it is not there, or not whole: everything is read anew then.
    async fn published(&self) -> Option<Published>;
}

/// The answer to one look.
#[derive(Debug)]
pub enum Look {
    /// The fingerprints are those of [`Known`].
    Unchanged {
        /// Databases on which DDL is running.
        changing: Vec<String>,
    },
    /// Everything that is selected: read anew, but for the databases in [`Discovered::kept`].
    Read(Box<Discovered>),
}

/// Connections by identity.
pub struct SchemaManager {
    slots: Mutex<BTreeMap<Identity, Arc<Slot>>>,
    settings: Settings,
}

struct Slot {
    connection: Mutex<Option<Arc<Connection>>>,
    /// What earlier discoveries leave for later ones.
    memory: std::sync::Mutex<Arc<Memory>>,
    used: std::sync::Mutex<Instant>,
}

impl SchemaManager {
    /// Starts with no connection.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self { slots: Mutex::default(), settings }
    }

    /// Looks at the databases of a source: by fingerprint when `known` is given, and then reads those that changed; without
    /// it in full. Also tells who answered.
    ///
    /// # Errors
    /// Whatever kept a whole schema from being read; the connection is then made anew the next time.
    pub async fn look(
        &self,
        identity: &Identity,
        endpoint: &Endpoint,
        observer: Arc<dyn Observer>,
        selection: &Selection,
        known: Option<&Known<'_>>,
    ) -> Result<(Look, ServerInfo), DiscoveryError> {
        let slot = self.slot(identity).await;
        let connection = slot.connect(endpoint, observer).await?;
        let mut result = self.ask(connection.as_ref(), selection, known, &slot.memory()).await;
        if let Ok(Look::Read(found)) = &mut result {
            slot.learn(std::mem::take(&mut found.memory));
        }
        if let Err(error) = &result
            && breaks_connection(error.reason())
        {
            slot.reset(&connection).await;
        }
        result.map(|look| (look, connection.server().clone()))
    }

    async fn ask(
        &self,
        source: &dyn SqlSource,
        selection: &Selection,
        known: Option<&Known<'_>>,
        memory: &Memory,
    ) -> Result<Look, DiscoveryError> {
        let mut kept = Kept::default();
        if let Some(known) = known {
            let Known { facts, fingerprints, .. } = known;
            let poll = discovery::poll(source, facts, fingerprints, selection, &self.settings, memory).await?;
            if poll.unchanged(&known.fingerprints) {
                return Ok(Look::Unchanged { changing: poll.changing });
            }
            if poll.changed(&known.fingerprints).len() < known.fingerprints.len() {
                kept = known.durable.published().await.map(|all| Kept::of(all, &poll)).unwrap_or_default();
            }
        }
        let found = discovery::discover_changed(source, selection, &self.settings, kept, memory).await?;
        Ok(Look::Read(Box::new(found)))
    }

    async fn slot(&self, identity: &Identity) -> Arc<Slot> {
        let mut slots = self.slots.lock().await;
        if let Some(slot) = slots.get(identity) {
            slot.touch();
            return Arc::clone(slot);
        }
        slots
            .retain(|known, slot| !known.gives_way_to(identity) && (Arc::strong_count(slot) > 1 || slot.idle() < IDLE));
        while slots.len() >= MAX_CONNECTIONS {
            let unused = |(_, slot): &(&Identity, &Arc<Slot>)| Arc::strong_count(slot) == 1;
            let Some(oldest) = slots.iter().filter(unused).max_by_key(|(_, s)| s.idle()).map(|(i, _)| i.clone()) else {
                break;
            };
            slots.remove(&oldest);
        }
        let slot = Arc::new(Slot::new());
        slots.insert(identity.clone(), Arc::clone(&slot));
        slot
    }

    /// Ends every session politely; each within its own short deadline.
    pub async fn close(&self) {
        let slots = std::mem::take(&mut *self.slots.lock().await);
        futures::future::join_all(slots.into_values().map(|slot| async move {
            let held = slot.connection.lock().await.take();
            if let Some(connection) = held.and_then(Arc::into_inner) {
                connection.close().await;
            }
        }))
        .await;
    }
}

impl Slot {
    fn new() -> Self {
        let (connection, memory) = (Mutex::new(None), std::sync::Mutex::default());
        Self { connection, memory, used: std::sync::Mutex::new(Instant::now()) }
    }

    fn memory(&self) -> Arc<Memory> {
        self.memory.lock().map(|memory| Arc::clone(&memory)).unwrap_or_default()
    }

    fn learn(&self, later: Memory) {
        if let Ok(mut memory) = self.memory.lock() {
            Arc::make_mut(&mut memory).learn(later);
        }
    }

    /// The connection, made when there is none. Others of the same source wait here instead of connecting as well.
    async fn connect(&self, endpoint: &Endpoint, observer: Arc<dyn Observer>) -> Result<Arc<Connection>, McpError> {
        let mut held = self.connection.lock().await;
        // Another server may answer at the same place by now; what we tell of it must be true.
        if let Some(connection) = held.as_ref().filter(|connection| connection.is_usable()) {
            return Ok(Arc::clone(connection));
        }
        let connection = Arc::new(Connection::connect(endpoint.clone(), observer).await?);
        *held = Some(Arc::clone(&connection));
        Ok(connection)
    }

    /// Forgets `broken`, unless somebody has already put another connection in its place.
    async fn reset(&self, broken: &Arc<Connection>) {
        let mut held = self.connection.lock().await;
        if held.as_ref().is_some_and(|current| Arc::ptr_eq(current, broken)) {
            *held = None;
        }
    }

    fn touch(&self) {
        if let Ok(mut used) = self.used.lock() {
            *used = Instant::now();
        }
    }

    fn idle(&self) -> Duration {
        self.used.lock().map_or(Duration::ZERO, |used| used.elapsed())
    }
}

/// After these the session may be half dead: a new one is cheap, a wrong one is not.
const fn breaks_connection(reason: Reason) -> bool {
    !matches!(reason, Reason::NothingSelected | Reason::SchemaChangeInProgress)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(namespace: &str, versions: &str) -> Identity {
        Identity {
            owner: Owner::Namespace(namespace.to_owned()),
            url: "https://mcp.test/mcp".to_owned(),
            asked: "digest".to_owned(),
            versions: versions.to_owned(),
        }
    }

    #[tokio::test]
    async fn a_new_version_of_a_secret_takes_the_place_of_the_old_connection_and_of_no_other() {
        let manager = SchemaManager::new(Settings::default());
        for one in [identity("a", "token 1"), identity("b", "token 1"), identity("a", "token 2")] {
            manager.slot(&one).await;
        }
        let kept: Vec<Identity> = manager.slots.lock().await.keys().cloned().collect();
        assert_eq!(kept, [identity("a", "token 2"), identity("b", "token 1")]);
        let same = (manager.slot(&kept[0]).await, manager.slot(&kept[0]).await);
        assert!(Arc::ptr_eq(&same.0, &same.1), "the same source shares one connection");
    }
}
