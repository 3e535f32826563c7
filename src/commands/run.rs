//! `run`: wires configuration, probes, watches and the controller together, and takes them down again on SIGTERM.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use http::header::{HeaderValue, USER_AGENT};
use kube::client::ClientBuilder;
use kube::{Client, Config};
use tokio_util::sync::CancellationToken;

use super::{EXIT_ERROR, block_on};
use crate::cache::SchemaManager;
use crate::config::{RunArgs, RunConfig};
use crate::controller::watch::{self, ConfigMapWatch, SnapshotWatch};
use crate::controller::{Context, events::Events, facts};
use crate::discovery::Settings;
use crate::metrics::Metrics;
use crate::readiness::Readiness;
use crate::store::Store;

/// Idle time after which an open watch counts as dead; longer than the 290 s a watch lasts.
const READ_TIMEOUT: Duration = Duration::from_secs(300);

/// Runs until SIGTERM or SIGINT; exit code 0 after a clean stop, 2 when it could not start.
#[must_use]
pub fn run(args: &RunArgs) -> ExitCode {
    let config = match RunConfig::resolve(args, std::env::vars()) {
        Ok(config) => config,
        Err(error) => return refuse(&error.to_string()),
    };
    let rust_log = std::env::var("RUST_LOG").ok();
    if let Err(error) = crate::telemetry::init(config.log_format, &config.log_level, rust_log.as_deref()) {
        return refuse(&error.to_string());
    }
    block_on(async {
        match start(config).await {
            Ok(()) => ExitCode::SUCCESS,
            Err(message) => {
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

async fn start(config: RunConfig) -> Result<(), String> {
    let text = |error: &dyn std::fmt::Display| error.to_string();
    let metrics = Metrics::new().map_err(|error| text(&error))?;
    let readiness = Readiness::new(&["the list of SchemaSnapshots", "the list of ConfigMaps"]);
    let listener = crate::http::bind(config.http_bind).await.map_err(|error| text(&error))?;
    let http_stop = CancellationToken::new();
    let serving = crate::http::serve(listener, metrics.clone(), readiness.clone(), http_stop.clone());
    let server = tokio::spawn(serving);
    let client = client(&metrics).await?;
    let stop = CancellationToken::new();
    on_signal(stop.clone())?;

    let (snapshots, config_maps) = (SnapshotWatch::default(), ConfigMapWatch::default());
    open_when(&readiness, "the list of SchemaSnapshots", snapshots.ready.clone());
    open_when(&readiness, "the list of ConfigMaps", config_maps.ready.clone());
    let reader = snapshots.store.clone();
    metrics.watch_snapshots(move || facts::of(&reader.state())).map_err(|error| text(&error))?;
    let ctx = Arc::new(Context::new(
        client.clone(),
        Store::new(client.clone()),
        SchemaManager::new(Settings::default()),
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
    if let Ok(Err(error)) = server.await {
        tracing::warn!("{error}");
    }
    tracing::info!("stopped");
    Ok(())
}

fn open_when(readiness: &Readiness, name: &str, ready: CancellationToken) {
    if let Some(gate) = readiness.gate(name) {
        tokio::spawn(async move {
            ready.cancelled().await;
            gate.open();
        });
    }
}

/// The client: every call is counted; one that fails is tried again by us, not for minutes inside the call.
async fn client(metrics: &Metrics) -> Result<Client, String> {
    let mut config = Config::infer().await.map_err(|error| {
        format!("no Kubernetes configuration was found: run inside a cluster, or set KUBECONFIG ({error})")
    })?;
    config.default_retry = false;
    config.read_timeout = Some(READ_TIMEOUT);
    let agent = concat!("mcp-schema-operator/", env!("CARGO_PKG_VERSION"));
    config.headers.push((USER_AGENT, HeaderValue::from_static(agent)));
    let builder = ClientBuilder::try_from(config);
    let builder = builder.map_err(|error| format!("the Kubernetes client could not be made: {error}"))?;
    Ok(builder.with_layer(&metrics.kube_layer()).build())
}

/// SIGTERM (kubelet) and SIGINT (a person) stop the same way.
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
