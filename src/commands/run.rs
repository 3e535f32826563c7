//! `run`: wires configuration, probes, leader election, watches and the controller together, and takes them down again on
//! SIGTERM.

mod kubernetes;

use std::process::ExitCode;
use std::sync::Arc;

use kube::Client;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{EXIT_ERROR, EXIT_LEASE_LOST, block_on};
use crate::cache::{Options, SchemaManager};
use crate::config::{RunArgs, RunConfig};
use crate::controller::cluster_source::{self, ClusterSources};
use crate::controller::policy::{self, Policies, facts as policy_facts};
use crate::controller::scope::WatchScope;
use crate::controller::source;
use crate::controller::watch::{self as watches, ConfigMapWatch, SnapshotWatch};
use crate::controller::{Context, events::Events, facts};
use crate::leader::fence::Fence;
use crate::leader::{Candidate, Elector, Ended, Role, Timing};
use crate::metrics::Metrics;
use crate::readiness::Readiness;
use crate::store::Store;
use kubernetes::Cluster;

/// Name of the Lease, and what follows it for an operator of a class.
const LEASE: &str = "mcp-schema-operator";

/// Why `run` ended other than by being told to.
enum Failure {
    /// It could not start; the sentence says what to do.
    Start(String),
    /// It led and could not stay the leader.
    LeaseLost,
}

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Start(error.to_string())
    }
}

/// Runs until SIGTERM or SIGINT; exit code 0 after a clean stop, 2 when it could not start, 3 when the lease was lost.
#[must_use]
pub fn run(args: &RunArgs) -> ExitCode {
    let config = match RunConfig::resolve(args, std::env::vars()) {
        Ok(config) => config,
        Err(error) => return refuse(&error.to_string()),
    };
    if let Err(error) = source::check(&config) {
        return refuse(&error.to_string());
    }
    let rust_log = std::env::var("RUST_LOG").ok();
    if let Err(error) = crate::telemetry::init(config.log_format, &config.log_level, rust_log.as_deref()) {
        return refuse(&error.to_string());
    }
    block_on(async {
        match start(config).await {
            Ok(()) => ExitCode::SUCCESS,
            Err(Failure::LeaseLost) => ExitCode::from(EXIT_LEASE_LOST),
            Err(Failure::Start(message)) => {
                tracing::error!("{message}");
                ExitCode::from(EXIT_ERROR)
            }
        }
    })
}

/// Before logging is set up.
fn refuse(message: &str) -> ExitCode {
    eprintln!("mcp-schema-operator: {message}");
    ExitCode::from(EXIT_ERROR)
}

async fn start(mut config: RunConfig) -> Result<(), Failure> {
    let metrics = Metrics::new()?;
    let readiness = Readiness::new(&["the list of SchemaSnapshots", "the list of ConfigMaps"]);
    let listener = crate::http::bind(config.http_bind).await?;
    let http_stop = CancellationToken::new();
    let serving = crate::http::serve(listener, metrics.clone(), readiness.clone(), http_stop.clone());
    let server = tokio::spawn(serving);
    let cluster = Cluster::find(&config.leader.namespace).await?;
    config.network.api_server.extend(cluster.addresses().await);
    let stop = CancellationToken::new();
    on_signal(stop.clone())?;
    tracing::info!(version = env!("CARGO_PKG_VERSION"), "started");
    if config.leader.enabled {
        elect(cluster, config, metrics, readiness, stop).await?;
    } else {
        metrics.leads(true);
        let client = cluster.client(&metrics, &Fence::always_open())?;
        let parts = Parts { namespace: cluster.namespace, client, config, metrics, readiness, stop };
        parts.work().await?.manager.close().await;
    }
    http_stop.cancel();
    if let Ok(Err(error)) = server.await {
        tracing::warn!("{error}");
    }
    tracing::info!("stopped");
    Ok(())
}

/// Stands by until this process may lead, works as long as it does, and then gives the lease back.
async fn elect(
    cluster: Cluster,
    config: RunConfig,
    metrics: Metrics,
    readiness: Readiness,
    stop: CancellationToken,
) -> Result<(), Failure> {
    let fence = Fence::default();
    let client = cluster.client(&metrics, &fence)?;
    let election = &config.leader;
    let timing = Timing { duration: election.duration, renew_deadline: election.renew_deadline, retry: election.retry };
    let candidate = candidate(&config, &cluster.namespace);
    let (elector, mut role) =
        Elector::new(cluster.lease_client(&metrics, timing.renew_deadline)?, &candidate, timing, fence);
    tokio::spawn(tell(role.clone(), metrics.clone(), readiness.clone()));
    let release = CancellationToken::new();
    let mut elector = tokio::spawn(elector.run(release.clone()));

    let leads = tokio::select! {
        () = stop.cancelled() => false,
        leads = role.wait_for(|role| *role == Role::Leader) => leads.is_ok(),
    };
    let mut worked = None;
    if leads {
        let parts = Parts { namespace: cluster.namespace, client, config, metrics, readiness, stop };
        tokio::select! {
            // Nothing of it is waited for: what may not write any more had better not run.
            _ = &mut elector => return Err(Failure::LeaseLost),
            context = parts.work() => worked = Some(context?),
        }
    }
    release.cancel();
    let Ok(Ended::Stopped) = elector.await else { return Err(Failure::LeaseLost) };
    // The next leader need not wait for our leave-taking from the MCP servers.
    if let Some(context) = worked {
        context.manager.close().await;
    }
    Ok(())
}

fn candidate(config: &RunConfig, namespace: &str) -> Candidate {
    let instance = config.scope.instance.clone();
    let name = match (config.leader.lease_name.as_str(), instance.as_str()) {
        ("", "") => LEASE.to_owned(),
        ("", class) => format!("{LEASE}-{class}"),
        (name, _) => name.to_owned(),
    };
    // A pod that starts again is another process: it must not take the lease of the one before for its own.
    let identity = format!("{}_{:016x}", kubernetes::pod_name(), fastrand::u64(..));
    Candidate { namespace: namespace.to_owned(), name, identity, instance }
}

/// Metric and probe follow the role.
async fn tell(mut role: watch::Receiver<Role>, metrics: Metrics, readiness: Readiness) {
    loop {
        let now = role.borrow_and_update().clone();
        metrics.leads(now == Role::Leader);
        readiness.stand_by(matches!(now, Role::Standby { .. }));
        if role.changed().await.is_err() {
            return;
        }
    }
}

/// What the controllers are made from.
struct Parts {
    namespace: String,
    client: Client,
    config: RunConfig,
    metrics: Metrics,
    readiness: Readiness,
    stop: CancellationToken,
}

impl Parts {
    /// Watches and reconciles until the stop, and until what writes has finished; nothing is written after the end.
    async fn work(self) -> Result<Arc<Context>, Failure> {
        let Self { namespace, client, config, metrics, readiness, stop } = self;
        let (snapshots, config_maps) = (SnapshotWatch::default(), ConfigMapWatch::default());
        open_when(&readiness, "the list of SchemaSnapshots", snapshots.ready.clone());
        open_when(&readiness, "the list of ConfigMaps", config_maps.ready.clone());
        let (cluster_sources, sources) = ClusterSources::new();
        let (policies, ends, released) =
            Policies::new(snapshots.store.clone(), snapshots.ready.clone(), config.switches);
        let of_policies = policies.store.clone();
        let reader = snapshots.store.clone();
        if config.per_object_metrics {
            metrics.watch_policies(move || policy_facts::of(&of_policies.state()))?;
            metrics.watch_snapshots(move || facts::of(&reader.state()))?;
        }
        let (named_by, listed) = (snapshots.store.clone(), snapshots.ready.clone());
        let scope = WatchScope::new(&config.scope, &namespace);
        let options =
            Options { budget: config.cache.budget, breaker_period: config.cache.breaker_period, ..Options::default() };
        let (manager, woken) = SchemaManager::new(options, metrics.clone(), stop.clone());
        let ctx = Arc::new(Context::new(
            client.clone(),
            Store::new(client.clone()),
            manager,
            config,
            metrics,
            Events::new(client.clone(), std::env::var("POD_NAME").ok()),
            config_maps.store.clone(),
            config_maps.ready.clone(),
            Arc::new(cluster_sources),
            policies,
            stop,
        ));
        let cache = Arc::downgrade(&ctx);
        ctx.metrics.watch_cache(move || cache.upgrade().map(|ctx| ctx.manager.fill()).unwrap_or_default());
        tokio::join!(
            watches::run(Arc::clone(&ctx), snapshots, config_maps, sources, &scope, woken, released),
            policy::watch::run(Arc::clone(&ctx), ends, &scope),
            cluster_source::report::run(&ctx, &named_by, listed),
        );
        Ok(ctx)
    }
}

fn open_when(readiness: &Readiness, name: &str, ready: CancellationToken) {
    if let Some(gate) = readiness.gate(name) {
        tokio::spawn(async move {
            ready.cancelled().await;
            gate.open();
        });
    }
}

/// SIGTERM (kubelet) and SIGINT (a person) stop the same way.
fn on_signal(stop: CancellationToken) -> Result<(), Failure> {
    use tokio::signal::unix::{SignalKind, signal};
    let listen = |kind| signal(kind).map_err(|error| Failure::Start(format!("signals cannot be handled: {error}")));
    let (mut term, mut int) = (listen(SignalKind::terminate())?, listen(SignalKind::interrupt())?);
    tokio::spawn(async move {
        tokio::select! { _ = term.recv() => {}, _ = int.recv() => {} }
        tracing::info!("stopping: what is being written may be finished");
        stop.cancel();
    });
    Ok(())
}
