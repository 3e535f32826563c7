//! The controller of SchemaValidationPolicies: watches in, conditions out. `select`, `due`, `decide`, `consumers` and
//! `facts` decide (pure), `gather` reads what is judged, `evaluate` judges it on threads of its own, `reconcile` is the
//! straight line through them, `status` writes. `enforce` is asked by the snapshot controller before it publishes.

pub mod consumers;
pub mod decide;
pub mod due;
pub mod enforce;
pub(super) mod evaluate;
pub mod facts;
mod gather;
mod live;
mod reconcile;
pub mod select;
mod status;
pub mod watch;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use k8s_openapi::jiff::Timestamp;
use kube::ResourceExt;
use kube::runtime::reflector::store::Writer;
use kube::runtime::reflector::{self, ObjectRef};
use tokio::sync::{Semaphore, mpsc};
use tokio_util::sync::CancellationToken;

use super::Context;
use super::reports::Reports;
use crate::api::policy::SchemaValidationPolicyStatus;
use crate::api::{SchemaSnapshot, SchemaValidationPolicy};
use crate::config::switches::Switches;
use crate::validation::Fault;
use crate::validation::policy::Policy;

/// Evaluations at once of what is published, and as many again of what is to be: each has a thread of its own, so that an
/// expression that takes its time holds up nobody but its own policy, and no publication waits for a report.
const EVALUATIONS: usize = 8;

/// Snapshots that changed and whose policies were not told yet; beyond them every policy is asked instead.
const TOUCHED: usize = 1024;

/// The policies there are, and what is remembered of them.
pub struct Policies {
    /// Policies by namespace and name, kept by a watch.
    pub store: reflector::Store<SchemaValidationPolicy>,
    /// The snapshots they may select.
    pub snapshots: reflector::Store<SchemaSnapshot>,
    /// Set once all snapshots are in their store: before, an absent one means nothing.
    pub snapshots_ready: CancellationToken,
    /// Set when the first list of policies is in, or was refused.
    pub known: CancellationToken,
    /// Rows are judged so where a policy does not say otherwise.
    pub switches: Switches,
    /// Writes the reports of all policies.
    pub reports: Reports,
    evaluations: Arc<Semaphore>,
    gates: Arc<Semaphore>,
    memories: Mutex<HashMap<String, Memory>>,
    compiled: Mutex<HashMap<String, (i64, Arc<Compiled>)>>,
    unjudged: Mutex<HashMap<String, (String, Timestamp)>>,
    touched: mpsc::Sender<ObjectRef<SchemaSnapshot>>,
    overflow: mpsc::Sender<()>,
    released: mpsc::Sender<ObjectRef<SchemaSnapshot>>,
}

/// The other ends of [`Policies`], for the controller that follows them.
pub struct Ends {
    writer: Writer<SchemaValidationPolicy>,
    touched: mpsc::Receiver<ObjectRef<SchemaSnapshot>>,
    overflow: mpsc::Receiver<()>,
}

/// Snapshots that waited for a policy which says something else by now, for the controller that publishes them.
pub struct Released(pub(super) mpsc::Receiver<ObjectRef<SchemaSnapshot>>);

/// A policy ready to be evaluated, or what is wrong with it.
pub type Compiled = Result<Policy, Vec<Fault>>;

/// What this process remembers of a policy between two reconciles.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    /// The status as last written: the watch may lag behind.
    pub status: Option<Arc<SchemaValidationPolicyStatus>>,
    /// What the last evaluation rested on.
    pub seen: Option<Arc<Vec<due::Seen>>>,
    /// The last evaluation, also one that changed nothing and so was not written.
    pub evaluated: Option<Timestamp>,
    /// Not before this time again, after an evaluation that could not be made whole.
    pub retry_at: Option<Timestamp>,
    /// Such evaluations, or failed writes, in a row.
    pub failures: u32,
}

impl Policies {
    /// Nothing is known yet.
    #[must_use]
    pub fn new(
        snapshots: reflector::Store<SchemaSnapshot>,
        snapshots_ready: CancellationToken,
        switches: Switches,
    ) -> (Self, Ends, Released) {
        let (store, writer) = reflector::store();
        let (touched, touched_end) = mpsc::channel(TOUCHED);
        let (overflow, overflow_end) = mpsc::channel(1);
        let (released, released_end) = mpsc::channel(TOUCHED);
        let policies = Self {
            store,
            snapshots,
            snapshots_ready,
            known: CancellationToken::new(),
            switches,
            reports: Reports::new(),
            evaluations: Arc::new(Semaphore::new(EVALUATIONS)),
            gates: Arc::new(Semaphore::new(EVALUATIONS)),
            memories: Mutex::default(),
            compiled: Mutex::default(),
            unjudged: Mutex::default(),
            touched,
            overflow,
            released,
        };
        (policies, Ends { writer, touched: touched_end, overflow: overflow_end }, Released(released_end))
    }

    /// A snapshot changed, in whatever: its policies look whether that concerns them.
    pub fn touch(&self, snapshot: &SchemaSnapshot) {
        if self.touched.try_send(ObjectRef::from_obj(snapshot)).is_err() {
            self.touch_all();
        }
    }

    /// Any snapshot may have changed, or gone.
    pub fn touch_all(&self) {
        // One that waits already is as good.
        let _ = self.overflow.try_send(());
    }

    /// The policies of a namespace that select this snapshot, sorted by name.
    #[must_use]
    pub fn of(&self, snapshot: &SchemaSnapshot) -> Vec<Arc<SchemaValidationPolicy>> {
        let namespace = snapshot.namespace();
        let selects = |policy: &Arc<SchemaValidationPolicy>| {
            policy.namespace() == namespace && select::selects(&policy.spec.snapshots, snapshot)
        };
        let mut found: Vec<_> = self.store.state().into_iter().filter(selects).collect();
        found.sort_by_key(|policy| policy.name_any());
        found
    }

    /// The policy compiled, once for each generation of it.
    pub async fn compile(&self, policy: &SchemaValidationPolicy) -> Arc<Compiled> {
        let (uid, generation) = (policy.uid().unwrap_or_default(), policy.metadata.generation.unwrap_or_default());
        if let Some((_, compiled)) = lock(&self.compiled).get(&uid).filter(|(of, _)| *of == generation) {
            return Arc::clone(compiled);
        }
        let (name, spec, switches) = (policy.name_any(), policy.spec.clone(), self.switches);
        let work = tokio::task::spawn_blocking(move || Policy::compile(&name, &spec, switches));
        let compiled = work.await.unwrap_or_else(|_| {
            Err(vec![Fault::new("spec", "could not be compiled: simplify its expressions and patterns")])
        });
        let compiled = Arc::new(compiled);
        lock(&self.compiled).insert(uid, (generation, Arc::clone(&compiled)));
        compiled
    }

    fn recall(&self, policy: &SchemaValidationPolicy) -> Memory {
        let uid = policy.metadata.uid.as_deref().unwrap_or_default();
        lock(&self.memories).get(uid).cloned().unwrap_or_default()
    }

    fn remember(&self, policy: &SchemaValidationPolicy, memory: Memory) {
        lock(&self.memories).insert(policy.uid().unwrap_or_default(), memory);
    }

    /// Every policy is to be evaluated again.
    fn look_again(&self) {
        for memory in lock(&self.memories).values_mut() {
            memory.retry_at = Some(Timestamp::now());
        }
        self.touch_all();
    }

    fn forget(&self, policy: &SchemaValidationPolicy) {
        let uid = policy.metadata.uid.as_deref().unwrap_or_default();
        lock(&self.memories).remove(uid);
        lock(&self.compiled).remove(uid);
        self.reports.forget(policy);
    }

    /// Forgets every policy that is not there; called after a relist.
    fn forget_the_gone(&self) {
        let uids: std::collections::HashSet<String> =
            self.store.state().iter().filter_map(|policy| policy.metadata.uid.clone()).collect();
        lock(&self.memories).retain(|uid, _| uids.contains(uid));
        lock(&self.compiled).retain(|uid, _| uids.contains(uid));
    }

    /// Since when this content of a snapshot waits for policies that cannot judge it.
    fn waits_since(&self, snapshot: &SchemaSnapshot, content_hash: &str, now: Timestamp) -> Timestamp {
        let mut unjudged = lock(&self.unjudged);
        let entry = unjudged.entry(snapshot.uid().unwrap_or_default());
        let (hash, since) = entry.or_insert_with(|| (content_hash.to_owned(), now));
        if hash != content_hash {
            (*hash, *since) = (content_hash.to_owned(), now);
        }
        *since
    }

    /// Content of this snapshot waits for policies that cannot judge it.
    fn waits(&self, snapshot: &SchemaSnapshot) -> bool {
        lock(&self.unjudged).contains_key(snapshot.metadata.uid.as_deref().unwrap_or_default())
    }

    /// This snapshot waits no more.
    pub fn waits_no_more(&self, snapshot: &SchemaSnapshot) {
        lock(&self.unjudged).remove(snapshot.metadata.uid.as_deref().unwrap_or_default());
    }
}

impl Context {
    /// Policies changed, in one namespace or in any: whatever snapshot waits there for one is looked at again.
    fn wake_held(&self, namespace: Option<&str>) {
        for snapshot in self.policies.snapshots.state() {
            let here = namespace.is_none_or(|name| snapshot.metadata.namespace.as_deref() == Some(name));
            let held = || {
                let told = self.recall(&snapshot).status.map(|status| status.held.is_some());
                told.unwrap_or_else(|| snapshot.status.as_ref().is_some_and(|status| status.held.is_some()))
            };
            if here && (held() || self.policies.waits(&snapshot)) {
                self.wake(snapshot.metadata.uid.as_deref().unwrap_or_default());
                // One that finds no room is looked at after its interval.
                drop(self.policies.released.try_send(ObjectRef::from_obj(snapshot.as_ref())));
            }
        }
    }
}

/// What a panic left behind is plain data, and as good as before.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
