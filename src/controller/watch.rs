//! The watches of the snapshot controller and how their events become reconciles.

use std::sync::Arc;
use std::time::Duration;

use futures::{Stream, StreamExt};
use k8s_openapi::api::core::v1::ConfigMap;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::OwnerReference;
use k8s_openapi::jiff::Timestamp;
use kube::core::{DeserializeGuard, PartialObjectMeta};
use kube::runtime::controller::{Action, Config as ControllerConfig};
use kube::runtime::reflector::store::Writer;
use kube::runtime::reflector::{self, ObjectRef};
use kube::runtime::utils::PredicateConfig;
use kube::runtime::watcher::{Config as WatchConfig, Event};
use kube::runtime::{Controller, Predicate, WatchStreamExt, predicates, watcher};
use kube::{Client, Resource, ResourceExt};
use serde::de::DeserializeOwned;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::cluster_source::watch::{Change, changes};
use super::policy::{self, Released};
use super::scope::WatchScope;
use super::snapshot::{ReconcileError, reconcile};
use super::{Context, due, merge};
use crate::api::{ClusterSchemaSource, SchemaSnapshot, labels};
use crate::cache::Wake;

/// Events of one object that come within this time make one reconcile.
const DEBOUNCE: Duration = Duration::from_millis(200);

/// An unchanged object passes the change filter once in this time; longer than any interval that matters.
pub(super) const PREDICATE_TTL: Duration = Duration::from_secs(24 * 3600);

/// Reconciles that may wait for MCP servers, beside those that work: one that waits costs little.
const WAITING: u16 = 4096;

/// How long running reconciles may finish after the stop signal.
pub(super) const DRAIN: Duration = Duration::from_secs(20);

/// The owned ConfigMaps' metadata as a store that fills while the returned stream is polled.
pub struct ConfigMapWatch {
    /// Metadata by name.
    pub store: reflector::Store<PartialObjectMeta<ConfigMap>>,
    /// Set when the first list is in.
    pub ready: CancellationToken,
    writer: Writer<PartialObjectMeta<ConfigMap>>,
}

impl Default for ConfigMapWatch {
    fn default() -> Self {
        let (store, writer) = reflector::store();
        Self { store, ready: CancellationToken::new(), writer }
    }
}

/// The snapshots as a store that fills while [`run`] is polled.
pub struct SnapshotWatch {
    /// Snapshots by namespace and name, without managed fields and without status tables.
    pub store: reflector::Store<SchemaSnapshot>,
    /// Set when the first list is in.
    pub ready: CancellationToken,
    writer: Writer<SchemaSnapshot>,
}

impl Default for SnapshotWatch {
    fn default() -> Self {
        let (store, writer) = reflector::store();
        Self { store, ready: CancellationToken::new(), writer }
    }
}

/// Watches the snapshots of `scope`, their ConfigMaps and the ClusterSchemaSources, and reconciles until `ctx.stop`; then
/// running reconciles get [`DRAIN`] to finish.
pub async fn run(
    ctx: Arc<Context>,
    snapshots: SnapshotWatch,
    config_maps: ConfigMapWatch,
    cluster_sources: Writer<ClusterSchemaSource>,
    scope: &WatchScope,
    woken: mpsc::UnboundedReceiver<Wake>,
    released: Released,
) {
    let (client, stop) = (ctx.client.clone(), ctx.stop.clone());
    let (resync, relisted) = futures::channel::mpsc::channel(1);
    let reader = snapshots.store.clone();
    let owned = config_map_stream(&client, scope, config_maps, resync);
    let naming = snapshots.store.clone();
    let judged_anew = changes(&client, cluster_sources, Arc::clone(&ctx.cluster_sources))
        .flat_map(move |change| futures::stream::iter(affected(&naming, &change)));
    let primary = snapshot_stream(&client, scope, snapshots, Arc::clone(&ctx));
    let controller = Controller::for_stream(primary, reader.clone())
        .with_config(
            ControllerConfig::default().concurrency(ctx.config.concurrency.saturating_add(WAITING)).debounce(DEBOUNCE),
        )
        .watches_stream(owned, owner)
        .reconcile_all_on(relisted)
        .reconcile_on(woken_objects(woken, Arc::clone(&ctx)))
        .reconcile_on(judged_anew)
        .reconcile_on(policy::watch::received(released.0))
        .graceful_shutdown_on(stop.clone().cancelled_owned())
        .run(reconcile, on_error, Arc::clone(&ctx))
        .for_each(|result| {
            tell(&result);
            futures::future::ready(())
        });
    // If the first list never succeeds the controller cannot end by itself.
    tokio::select! {
        () = controller => {}
        () = async { stop.cancelled().await; tokio::time::sleep(DRAIN).await } => {
            tracing::warn!("some reconciles did not finish within {} s and are dropped", DRAIN.as_secs());
        }
    }
}

/// Snapshots whose source is back after it was away; whatever pause they are in is over.
fn woken_objects(
    woken: mpsc::UnboundedReceiver<Wake>,
    ctx: Arc<Context>,
) -> impl Stream<Item = ObjectRef<SchemaSnapshot>> + Send + use<> {
    futures::stream::unfold(woken, |mut woken| async move { Some((woken.recv().await?, woken)) })
        .map(move |Wake(asker)| {
            ctx.wake(&asker.uid);
            ObjectRef::new(&asker.name).within(&asker.namespace)
        })
        // A trigger that ends would end the controller.
        .chain(futures::stream::pending())
}

/// Snapshots that changed in spec, annotations or labels. Status writes (our own) do not pass.
fn snapshot_stream(
    client: &Client,
    scope: &WatchScope,
    watch: SnapshotWatch,
    ctx: Arc<Context>,
) -> impl Stream<Item = Result<SchemaSnapshot, watcher::Error>> + Send + use<> {
    let SnapshotWatch { store, ready, writer } = watch;
    let config = WatchConfig::default().labels(&scope.snapshots).streaming_lists();
    let slim = |event| Some(readable(event)?.modify(slimmer));
    merge::events(scope.apis(client), config, "SchemaSnapshots", slim, store.clone(), |_| {})
        .reflect(writer)
        .inspect(move |event| match event {
            Ok(Event::InitDone) => {
                ready.cancel();
                ctx.forget_all_but(&store);
                ctx.policies.touch_all();
            }
            Ok(Event::Apply(changed)) => ctx.policies.touch(changed),
            Ok(Event::Delete(gone)) => {
                ctx.forget(gone);
                ctx.policies.waits_no_more(gone);
                ctx.policies.touch(gone);
            }
            _ => {}
        })
        .applied_objects()
        .predicate_filter(
            predicates::generation.combine(predicates::annotations).combine(predicates::labels),
            PredicateConfig::default().ttl(PREDICATE_TTL),
        )
}

/// Managed fields and tables can be larger than all the rest, and nothing here needs them.
fn slimmer(snapshot: &mut SchemaSnapshot) {
    snapshot.managed_fields_mut().clear();
    if let Some(status) = snapshot.status.as_mut() {
        status.tables = Vec::new();
    }
}

/// The snapshots that a change of ClusterSchemaSources concerns.
fn affected(snapshots: &reflector::Store<SchemaSnapshot>, change: &Change) -> Vec<ObjectRef<SchemaSnapshot>> {
    let concerns = |snapshot: &&Arc<SchemaSnapshot>| match (snapshot.spec.cluster_source(), change) {
        (None, _) => false,
        (Some(_), Change::All) => true,
        (Some(name), Change::One(changed)) => name == changed,
    };
    snapshots.state().iter().filter(concerns).map(|snapshot| ObjectRef::from_obj(snapshot.as_ref())).collect()
}

/// One object that this version cannot read must not stop the others.
pub(super) fn readable<K>(event: Event<DeserializeGuard<K>>) -> Option<Event<K>>
where
    K: Resource<DynamicType = ()> + DeserializeOwned,
{
    let unreadable = |error: &kube::core::error_boundary::InvalidObject| {
        let name = error.metadata.name.clone().unwrap_or_default();
        let namespace = error.metadata.namespace.clone().unwrap_or_default();
        let kind = K::kind(&());
        tracing::error!(
            namespace,
            name,
            "this {kind} cannot be read and is left alone; were the CRDs upgraded together with the operator?"
        );
    };
    let keep = |guard: DeserializeGuard<K>| guard.0.inspect_err(unreadable).ok();
    match event {
        Event::Apply(guard) => keep(guard).map(Event::Apply),
        Event::InitApply(guard) => keep(guard).map(Event::InitApply),
        Event::Delete(guard) => keep(guard).map(Event::Delete),
        Event::Init => Some(Event::Init),
        Event::InitDone => Some(Event::InitDone),
    }
}

/// Metadata of our ConfigMaps. What was deleted while the watch was down gives no event, so every list after the first
/// asks for a reconcile of everything (which costs nothing where nothing is missing).
fn config_map_stream(
    client: &Client,
    scope: &WatchScope,
    watch: ConfigMapWatch,
    mut resync: futures::channel::mpsc::Sender<()>,
) -> impl Stream<Item = Result<PartialObjectMeta<ConfigMap>, watcher::Error>> + Send + use<> {
    let ConfigMapWatch { ready, writer, store } = watch;
    let config = WatchConfig::default().labels(&scope.config_maps).streaming_lists();
    let slim =
        |event: Event<PartialObjectMeta<ConfigMap>>| Some(event.modify(|meta| meta.managed_fields_mut().clear()));
    merge::events(scope.apis(client), config, "ConfigMaps", slim, store, |_| {})
        .reflect(writer)
        .inspect(move |event| match event {
            Ok(Event::InitDone) if ready.is_cancelled() => drop(resync.try_send(())),
            Ok(Event::InitDone) => ready.cancel(),
            _ => {}
        })
        .touched_objects()
        .predicate_filter(predicates::resource_version, PredicateConfig::default())
}

/// The snapshot a ConfigMap belongs to, by label: an owner reference is lost with `--cascade=orphan`, the label is not.
/// Where a hand edit took the label away, the owner reference tells.
fn owner(config_map: PartialObjectMeta<ConfigMap>) -> Option<ObjectRef<SchemaSnapshot>> {
    let ours = |owner: &&OwnerReference| owner.controller == Some(true) && owner.kind == SchemaSnapshot::kind(&());
    let label = config_map.labels().get(labels::SNAPSHOT).cloned();
    let name = label.or_else(|| config_map.owner_references().iter().find(ours).map(|owner| owner.name.clone()))?;
    Some(ObjectRef::new(&name).within(&config_map.namespace()?))
}

/// The outcome could not be written: try again, each time later. The object's memory counts the failures.
fn on_error(snapshot: Arc<SchemaSnapshot>, error: &ReconcileError, ctx: Arc<Context>) -> Action {
    let mut remembered = ctx.recall(&snapshot);
    let pause =
        due::backoff(remembered.write_failures, Duration::from_secs(1), due::MAX_BACKOFF, false, fastrand::f64());
    remembered.write_failures = remembered.write_failures.saturating_add(1);
    let conflict = matches!(error, ReconcileError::Kube(kube::Error::Api(status)) if status.is_conflict());
    let (namespace, name) = (snapshot.namespace().unwrap_or_default(), snapshot.name_any());
    if conflict {
        tracing::debug!(namespace, snapshot = name, "the object changed meanwhile; trying again");
    } else {
        tracing::warn!(namespace, snapshot = name, %error, "the reconcile could not be finished and is tried again");
    }
    // The object itself has changed since then, and that is looked at at once.
    remembered.write_again = if conflict { None } else { Timestamp::now().checked_add(pause).ok() };
    ctx.remember(&snapshot, remembered);
    Action::requeue(pause)
}

pub(super) fn tell<K: Resource<DynamicType = ()>, Q: std::error::Error + 'static>(
    result: &Result<(ObjectRef<K>, Action), kube::runtime::controller::Error<ReconcileError, Q>>,
) {
    use kube::runtime::controller::Error;
    match result {
        Ok((object, action)) => tracing::debug!(%object, ?action, "reconciled"),
        // Reported by `on_error`, or an object that is gone: both normal.
        Err(Error::ReconcilerFailed(..) | Error::ObjectNotFound(_)) => {}
        Err(error) => tracing::warn!(%error, "a trigger of the controller failed"),
    }
}
