//! ClusterSchemaSources as the controllers see them: which there are, what was found at them, and what their status says
//! of it. `watch` follows them, `status` decides (pure), `report` writes.

pub mod report;
pub mod status;
pub mod watch;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use kube::runtime::reflector::store::Writer;
use kube::runtime::reflector::{self, ObjectRef};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use self::status::Seen;
use super::outcome::Failure;
use super::source::Named;
use crate::api::status::SourceStatus;
use crate::api::{ClusterSchemaSource, SchemaSnapshot};

/// The ClusterSchemaSources of the cluster, as far as the operator may read them.
pub struct ClusterSources {
    store: reflector::Store<ClusterSchemaSource>,
    /// Set when the first list is in, or was refused: before, an absent object means nothing.
    known: CancellationToken,
    readable: AtomicBool,
    /// What came of the last look at each, by name.
    seen: Mutex<BTreeMap<String, Seen>>,
    news: Notify,
}

impl ClusterSources {
    /// Nothing is known yet; what is given to the writer becomes known.
    #[must_use]
    pub fn new() -> (Self, Writer<ClusterSchemaSource>) {
        let (store, writer) = reflector::store();
        let (known, readable) = (CancellationToken::new(), AtomicBool::new(false));
        (Self { store, known, readable, seen: Mutex::default(), news: Notify::new() }, writer)
    }

    /// What a snapshot's `source.clusterSource` stands for. Waits until that is known.
    pub async fn named(&self, snapshot: &SchemaSnapshot) -> Named {
        let Some(name) = snapshot.spec.cluster_source() else { return Named::Nothing };
        self.known.cancelled().await;
        if !self.readable.load(Ordering::Acquire) {
            return Named::Unreadable;
        }
        self.store.get(&ObjectRef::new(name)).map_or(Named::Unknown, Named::There)
    }

    /// Remembers what came of a look at a source: who answered, or why nobody did.
    pub fn looked(&self, named: &Named, found: Result<SourceStatus, &Failure>) {
        let Named::There(source) = named else { return };
        let Some(name) = source.metadata.name.clone() else { return };
        let seen = Seen::new(named.version(), found);
        if let Ok(mut all) = self.seen.lock() {
            all.insert(name, seen);
        }
        self.news.notify_one();
    }

    /// The list is in. Returns whether it had been refused before.
    fn listed(&self) -> bool {
        let refused = self.known.is_cancelled() && !self.readable.load(Ordering::Acquire);
        self.readable.store(true, Ordering::Release);
        self.known.cancel();
        self.news.notify_one();
        refused
    }

    /// The list is refused: snapshots that name a source are told so. Returns whether that is news. A source that was
    /// seen before stays in use, as everything does that a watch has seen and now cannot.
    fn refused(&self) -> bool {
        let news = !self.known.is_cancelled();
        self.known.cancel();
        news
    }

    fn seen(&self, name: &str) -> Option<Seen> {
        self.seen.lock().ok()?.get(name).cloned()
    }

    fn forget_all_but(&self, alive: &[Arc<ClusterSchemaSource>]) {
        let alive = |name: &String| alive.iter().any(|source| source.metadata.name.as_ref() == Some(name));
        if let Ok(mut all) = self.seen.lock() {
            all.retain(|name, _| alive(name));
        }
    }
}
