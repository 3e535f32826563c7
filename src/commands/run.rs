//! `run`: wires configuration, probes, watches and the controller together, and takes them down again on SIGTERM.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use kube::{Client, Config};
use tokio_util::sync::CancellationToken;

use crate::cache::SchemaManager;
use crate::config::RunConfig;
use crate::controller::watch::{self, ConfigMapWatch, SnapshotWatch};
use crate::controller::{Context, events::Events, facts};
use crate::http::{self, Readiness};
use crate::metrics::Metrics;
use crate::store::Store;

/// Bad configuration, or nothing to run against.
const EXIT_USAGE: u8 = 2;

/// Idle time after which an open watch counts as dead; longer than the 290 s a watch lasts.
const READ_TIMEOUT: Duration = Duration::from_secs(300);

/// How long open HTTP requests may finish at the end.
const HTTP_DRAIN: Duration = Duration::from_secs(5);

/// Runs until SIGTERM or SIGINT; exit code 0 after a clean stop, 2 when it could not start.
pub async fn run(config: RunConfig) -> ExitCode {
    match start(config).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            tracing::error!("{message}");
            ExitCode::from(EXIT_USAGE)
        }
    }
}

async fn start(config: RunConfig) -> Result<(), String> {
    let stop = CancellationToken::new();
    let metrics = Metrics::new().map_err(|error| format!("metrics could not be registered: {error}"))?;
    let readiness = Readiness::new(&["snapshots", "configmaps"]);
    let bound = http::bind(config.http_bind).await.map_err(|error| {
        format!("--http-bind {}: {error}; choose a free address, as in 0.0.0.0:8080", config.http_bind)
    })?;
    let http_stop = CancellationToken::new();
    let server = tokio::spawn(bound.serve(readiness.clone(), metrics.clone(), http_stop.clone()));
    let client = client(&metrics).await?;
    on_signal(stop.clone())?;

    let (snapshots, config_maps) = (SnapshotWatch::default(), ConfigMapWatch::default());
    readiness.open_when("snapshots", snapshots.ready.clone());
    readiness.open_when("configmaps", config_maps.ready.clone());
    let reader = snapshots.store.clone();
    metrics.watch_snapshots(move || facts::of(&reader.state()));
    let ctx = Arc::new(Context::new(
        client.clone(),
        Store::new(client.clone()),
        SchemaManager::new(config.discovery_settings()),
        config,
        metrics,
        Events::new(client.clone(), std::env::var("POD_NAME").ok()),
        config_maps.store.clone(),
        config_maps.ready.clone(),
    ));
    tracing::info!(version = env!("CARGO_PKG_VERSION"), "started");
    watch::run(client, Arc::clone(&ctx), snapshots, config_maps, stop).await;
    ctx.manager.close().await;
    http_stop.cancel();
    drop(tokio::time::timeout(HTTP_DRAIN, server).await);
    tracing::info!("stopped");
    Ok(())
}

/// The client: calls are counted by the metrics layer; one that fails is retried by us, not inside the call.
async fn client(metrics: &Metrics) -> Result<Client, String> {
    let mut config = Config::infer().await.map_err(|error| {
        format!("no Kubernetes configuration was found ({error}); run inside a cluster, or set KUBECONFIG")
    })?;
    config.default_retry = false;
    config.read_timeout = Some(READ_TIMEOUT);
    let agent = concat!("mcp-schema-operator/", env!("CARGO_PKG_VERSION"));
    config.headers.push((http_header::USER_AGENT, http_header::HeaderValue::from_static(agent)));
    crate::metrics::kube::client(config, metrics).map_err(|error| format!("the Kubernetes client could not be made: {error}"))
}

use ::http::header as http_header;

/// SIGTERM (kubelet) and SIGINT (a person) stop the same way; a second one ends the process at once, by default action.
fn on_signal(stop: CancellationToken) -> Result<(), String> {
    use tokio::signal::unix::{SignalKind, signal};
    let listen = |kind| signal(kind).map_err(|error| format!("signals cannot be handled: {error}"));
    let (mut term, mut int) = (listen(SignalKind::terminate())?, listen(SignalKind::interrupt())?);
    tokio::spawn(async move {
        tokio::select! { _ = term.recv() => {}, _ = int.recv() => {} }
        tracing::info!("stopping: running reconciles may finish");
        stop.cancel();
    });
    Ok(())
}
