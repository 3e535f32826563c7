//! The words between the cache and whoever asks it: a question, its answer, and why there is none.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::breaker::Refusal;
use super::{Anew, Owner, Tally};
use crate::discovery::{Discovered, DiscoveryError, Published};
use crate::error::Reason;
use crate::mcp::{McpError, ServerInfo};
use crate::metrics::CacheFill;
use crate::schema::ServerFacts;
use crate::schema::select::Selection;

/// Who may share a connection and what is fetched over it: whose source it is, how it is reached, and with which
/// credentials. Patience and filters are no part of it. Sources of two namespaces never share, so that nobody is served
/// through a connection that is not theirs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Identity {
    /// To whom it belongs.
    pub owner: Owner,
    /// The endpoint's URL.
    pub url: String,
    /// Digest of everything else that makes it this source: transport, dialect, headers, names of Secrets.
    pub asked: String,
    /// Versions of the Secrets and ConfigMaps that were read for it: a new token means a new connection.
    pub versions: String,
}

impl Identity {
    /// Whether `newer` is this source with other versions of its Secrets: then nobody will ask for this one again.
    pub(super) fn gives_way_to(&self, newer: &Self) -> bool {
        let place = |identity: &Self| (identity.owner.clone(), identity.url.clone(), identity.asked.clone());
        self.versions != newer.versions && place(self) == place(newer)
    }
}

/// Whoever asks, to be woken when a source that was away is back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asker {
    /// Namespace of the object.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its UID.
    pub uid: String,
}

/// What is published of the databases; lets a look be a fingerprint instead of a full read.
#[derive(Clone)]
pub struct Known<'a> {
    /// The server as it was.
    pub facts: ServerFacts,
    /// 16 hex digits per database.
    pub fingerprints: BTreeMap<String, String>,
    /// The content, asked for only when some databases changed and others did not.
    pub durable: &'a dyn Durable,
}

/// The durable tier: what was published last.
#[async_trait]
pub trait Durable: Send + Sync {
    /// Reads it back; `None` when it is not there, or not whole: everything is read anew then.
    async fn published(&self) -> Option<Published>;
}

/// One look at the databases of a source.
pub struct Ask<'a> {
    /// Who asks.
    pub asker: &'a Asker,
    /// Which databases and tables.
    pub selection: &'a Selection,
    /// Age up to which an earlier look, by whomever, is fresh: the asking snapshot's interval.
    pub max_age: Duration,
    /// What has to be read since that time, whatever fingerprints say.
    pub anew: Option<(&'a Anew, Instant)>,
    /// What is published.
    pub published: Option<&'a Known<'a>>,
    /// Deadline of each fetch.
    pub deadline: Duration,
    /// What is read is kept in memory.
    pub remember: bool,
    /// A person asks, and so the source is asked although its circuit is open.
    pub insists: bool,
    /// Who may work on an answer at the same time. Many wait for one source, and are answered at once: only whoever has a
    /// turn gets a copy of the databases. `None` is for whoever is alone.
    pub turns: Option<&'a Arc<Semaphore>>,
}

impl Ask<'_> {
    /// Waits until the answer may be put together.
    pub(super) async fn turn(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(self.turns?).acquire_owned().await.ok()
    }
}

/// The answer to one look.
#[derive(Debug)]
pub struct Answer {
    /// What was found.
    pub look: Look,
    /// Who answered.
    pub server: ServerInfo,
    /// Age of the oldest fact it rests on.
    pub age: Duration,
    /// Age of the content read longest ago; `None` when some of it was not read but taken as it is published.
    pub read: Option<Duration>,
    /// How it was come by.
    pub tally: Tally,
    /// How much of memory its databases take.
    pub fill: CacheFill,
    /// The turn to work on it, where [`Ask::turns`] asked for one.
    pub turn: Option<OwnedSemaphorePermit>,
}

/// What a look found.
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

/// Why a look gave no answer. The same for all who waited for it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Fault {
    /// Why.
    pub reason: Reason,
    /// What happened and what to do next.
    pub message: String,
    /// The server asked for a pause.
    pub retry_after: Option<Duration>,
    /// Too many wait for this source already: nothing is known of it, and the asker should come again soon.
    pub busy: bool,
}

impl Fault {
    pub(super) fn new(reason: Reason, message: impl Into<String>) -> Self {
        Self { reason, message: message.into(), retry_after: None, busy: false }
    }

    pub(super) fn circuit_open(refusal: &Refusal) -> Self {
        let seconds = refusal.next_probe.as_secs().max(1);
        let message = format!(
            "the last tries failed ({}: {}); one probe in each --breaker-period finds out when the server is back, the \
             next in {seconds} s, and everybody who waits is then asked again",
            refusal.reason, refusal.message
        );
        Self::new(Reason::CircuitOpen, message)
    }
}

impl From<McpError> for Fault {
    fn from(error: McpError) -> Self {
        Self { retry_after: error.retry_after, ..Self::new(error.reason, error.message) }
    }
}

impl From<DiscoveryError> for Fault {
    fn from(error: DiscoveryError) -> Self {
        match error {
            DiscoveryError::Mcp(error) => error.into(),
            other => Self::new(other.reason(), other.to_string()),
        }
    }
}
