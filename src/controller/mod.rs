//! The controllers: watches in, conditions out. `snapshot` holds the reconcile, `due` and `outcome` decide (pure),
//! `look` asks the source, `status` and `events` write.

pub mod cluster_source;
mod compare;
pub mod credentials;
pub mod drift;
pub mod due;
pub mod events;
pub mod facts;
mod history;
pub mod judge;
pub mod look;
pub mod loss;
pub mod merge;
pub mod observe;
pub mod outcome;
pub mod policy;
pub mod publish;
pub mod refresh;
pub mod report;
pub mod reports;
pub mod scope;
pub mod snapshot;
pub mod source;
pub mod stats;
pub mod status;
mod steps;
pub mod summary;
pub mod watch;
mod weigh;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use k8s_openapi::api::core::v1::ConfigMap;
use k8s_openapi::jiff::Timestamp;
use kube::core::PartialObjectMeta;
use kube::runtime::reflector;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

use crate::api::status::CacheStatus;
use crate::api::{SchemaSnapshot, SchemaSnapshotStatus};
use crate::cache::SchemaManager;
use crate::config::RunConfig;
use crate::controller::cluster_source::ClusterSources;
use crate::controller::due::Memory;
use crate::controller::policy::Policies;
use crate::controller::source::Named;
use crate::metrics::Metrics;
use crate::store::Store;

/// What every reconcile may use.
pub struct Context {
    /// The Kubernetes API.
    pub client: kube::Client,
    /// The only writer of ConfigMaps.
    pub store: Store,
    /// The only door to databases.
    pub manager: SchemaManager,
    /// Flags and environment of `run`.
    pub config: RunConfig,
    /// Counters.
    pub metrics: Metrics,
    /// Best-effort Events.
    pub events: events::Events,
    /// Metadata of the ConfigMaps we own, kept by a watch.
    pub config_maps: reflector::Store<PartialObjectMeta<ConfigMap>>,
    /// Set once that watch has delivered its first list: before, an absent ConfigMap means nothing.
    pub config_maps_ready: CancellationToken,
    /// The ClusterSchemaSources, kept by a watch.
    pub cluster_sources: Arc<ClusterSources>,
    /// The policies, kept by a watch, and the snapshots they may select.
    pub policies: Policies,
    /// Set when the process is to end: a reconcile that only reads is given up, one that writes may finish.
    pub stop: CancellationToken,
    /// When the work began.
    pub started: Timestamp,
    /// One permit for each reconcile that may be at work at once.
    turns: Arc<Semaphore>,
    memories: Mutex<HashMap<String, Remembered>>,
}

/// Memory of one object, by UID. The watch may lag behind our own writes, so the status as last written is kept here.
#[derive(Clone, Debug, Default)]
pub struct Remembered {
    /// Retry and freshness.
    pub memory: Memory,
    /// The status as last written, without its tables (they can be large, and are read back when needed).
    pub status: Option<Arc<SchemaSnapshotStatus>>,
    /// How the cache served it.
    pub cache: Option<CacheStatus>,
    /// What the spec's `clusterSource` stood for at the last look; `None` before the first.
    pub named: Option<Named>,
    /// Outcomes in a row that could not be written to the API server.
    pub write_failures: u32,
    /// Not before this time after one of them: what was written before it failed wakes us by itself, and would again.
    pub write_again: Option<Timestamp>,
}

impl Context {
    /// Puts the parts together; nothing is remembered yet.
    #[must_use]
    #[expect(clippy::too_many_arguments, reason = "called once, at start; a builder would only repeat the fields")]
    pub fn new(
        client: kube::Client,
        store: Store,
        manager: SchemaManager,
        config: RunConfig,
        metrics: Metrics,
        events: events::Events,
        config_maps: reflector::Store<PartialObjectMeta<ConfigMap>>,
        config_maps_ready: CancellationToken,
        cluster_sources: Arc<ClusterSources>,
        policies: Policies,
        stop: CancellationToken,
    ) -> Self {
        let (started, memories) = (Timestamp::now(), Mutex::default());
        let turns = Arc::new(Semaphore::new(usize::from(config.concurrency)));
        Self {
            client,
            store,
            manager,
            config,
            metrics,
            events,
            config_maps,
            config_maps_ready,
            cluster_sources,
            policies,
            stop,
            started,
            turns,
            memories,
        }
    }

    /// Waits until this reconcile may work; whoever waits for an MCP server gives its turn back meanwhile.
    pub async fn turn(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.turns).acquire_owned().await.ok()
    }

    /// The source of this object is back: whatever pause it was in is over.
    pub fn wake(&self, uid: &str) {
        if let Ok(mut memories) = self.memories.lock()
            && let Some(remembered) = memories.get_mut(uid)
        {
            remembered.memory.retry_at = remembered.memory.retry_at.map(|_| Timestamp::now());
        }
    }

    /// What is remembered of an object.
    #[must_use]
    pub fn recall(&self, snapshot: &SchemaSnapshot) -> Remembered {
        let uid = snapshot.metadata.uid.as_deref().unwrap_or_default();
        self.memories.lock().ok().and_then(|memories| memories.get(uid).cloned()).unwrap_or_default()
    }

    /// Remembers.
    pub fn remember(&self, snapshot: &SchemaSnapshot, remembered: Remembered) {
        if let (Ok(mut memories), Some(uid)) = (self.memories.lock(), snapshot.metadata.uid.clone()) {
            memories.insert(uid, remembered);
        }
    }

    /// Forgets one object.
    pub fn forget(&self, snapshot: &SchemaSnapshot) {
        if let (Ok(mut memories), Some(uid)) = (self.memories.lock(), snapshot.metadata.uid.as_deref()) {
            memories.remove(uid);
        }
    }

    /// Forgets every object that is not in `alive`; called after a relist.
    pub fn forget_all_but(&self, alive: &reflector::Store<SchemaSnapshot>) {
        let uids: std::collections::HashSet<String> =
            alive.state().iter().filter_map(|snapshot| snapshot.metadata.uid.clone()).collect();
        if let Ok(mut memories) = self.memories.lock() {
            memories.retain(|uid, _| uids.contains(uid));
        }
    }
}
