//! The one door from controllers to databases: one connection per source, shared by all that may use it, and the answer
//! to "what is there now?". Holds connections only; the durable copy of a schema is the snapshot's own ConfigMaps.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use crate::discovery::{self, Discovered, DiscoveryError, Settings};
use crate::error::Reason;
use crate::mcp::{Connection, Endpoint, McpError, Observer, ServerInfo, SqlSource};
use crate::schema::ServerFacts;
use crate::schema::select::Selection;

/// Connections kept at once; the one unused for longest is closed to make room.
const MAX_CONNECTIONS: usize = 256;

/// How long a connection is kept that nobody used.
const IDLE: Duration = Duration::from_secs(3600);

/// Who may share a connection: the namespace a source belongs to, and how it is reached. Sources of two namespaces
/// never share, so that nobody is served through a connection that is not theirs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Identity {
    /// Namespace of the snapshot, or `None` for the operator's default server.
    pub namespace: Option<String>,
    /// The endpoint's URL.
    pub url: String,
}

/// What was true at the last look; lets the next one be a fingerprint instead of a full read.
#[derive(Clone, Debug)]
pub struct Known {
    /// The server as it was.
    pub facts: ServerFacts,
    /// 16 hex digits per database.
    pub fingerprints: BTreeMap<String, String>,
}

/// The answer to one look.
#[derive(Debug)]
pub enum Look {
    /// The fingerprints are those of [`Known`].
    Unchanged {
        /// Databases on which DDL is running.
        changing: Vec<String>,
    },
    /// Everything that is selected, read anew.
    Read(Box<Discovered>),
}

/// Connections by identity.
pub struct SchemaManager {
    slots: Mutex<BTreeMap<Identity, Arc<Slot>>>,
    settings: Settings,
}

struct Slot {
    connection: Mutex<Option<Arc<Connection>>>,
    used: std::sync::Mutex<Instant>,
}

impl SchemaManager {
    /// Starts with no connection.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self { slots: Mutex::default(), settings }
    }

    /// Looks at the databases of a source: by fingerprint when `known` is given and nothing changed, else in full.
    /// Also tells who answered.
    ///
    /// # Errors
    /// Whatever kept a whole schema from being read; the connection is then made anew the next time.
    pub async fn look(
        &self,
        identity: &Identity,
        endpoint: &Endpoint,
        observer: Arc<dyn Observer>,
        selection: &Selection,
        known: Option<&Known>,
    ) -> Result<(Look, ServerInfo), DiscoveryError> {
        let slot = self.slot(identity).await;
        let connection = slot.connect(endpoint, observer).await?;
        let result = self.ask(connection.as_ref(), selection, known).await;
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
        known: Option<&Known>,
    ) -> Result<Look, DiscoveryError> {
        if let Some(known) = known {
            let poll = discovery::poll(source, &known.facts, &known.fingerprints, selection, &self.settings).await?;
            if poll.unchanged(&known.fingerprints) {
                return Ok(Look::Unchanged { changing: poll.changing });
            }
        }
        Ok(Look::Read(Box::new(discovery::discover(source, selection, &self.settings).await?)))
    }

    async fn slot(&self, identity: &Identity) -> Arc<Slot> {
        let mut slots = self.slots.lock().await;
        if let Some(slot) = slots.get(identity) {
            slot.touch();
            return Arc::clone(slot);
        }
        slots.retain(|_, slot| Arc::strong_count(slot) > 1 || slot.idle() < IDLE);
        while slots.len() >= MAX_CONNECTIONS {
            let unused = |(_, slot): &(&Identity, &Arc<Slot>)| Arc::strong_count(slot) == 1;
            let Some(oldest) = slots.iter().filter(unused).max_by_key(|(_, s)| s.idle()).map(|(i, _)| i.clone()) else {
                break;
            };
            slots.remove(&oldest);
        }
        let slot = Arc::new(Slot { connection: Mutex::new(None), used: std::sync::Mutex::new(Instant::now()) });
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
