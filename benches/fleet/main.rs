//! A thousand snapshots of twenty MCP servers that each take 50 ms to answer, on a real API server and a real database:
//! how long until all are ready, what the operator takes of memory, and what it costs API server and MCP servers. Then the
//! same operator beside ten thousand ConfigMaps and Secrets that are none of its business. A measurement: it fails when
//! something breaks, not when it is slow.

#[path = "../../tests/mcp/server.rs"]
mod server;

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures::StreamExt;
use k8s_openapi::api::core::v1::{ConfigMap, Namespace, Secret};
use kube::Client;
use kube::api::{Api, ListParams, PostParams};
use mcp_schema_operator::api::SchemaSnapshot;
use mcp_schema_operator::api::conditions::{ConditionType, find};
use mcpschema_bed::{AuditFilter, Bed, BedOptions, OperatorProcess, wait_for};
use serde_json::{Value, json};

use crate::server::{Answer, Server, is_canary};

const SNAPSHOTS: usize = 1000;
const SOURCES: usize = 20;
const DATABASES: usize = 3;
const TABLES: usize = 20;
const FOREIGN: usize = 10_000;
/// What a call takes before the database is asked.
const LATENCY: Duration = Duration::from_millis(50);
/// Long enough that nothing is asked twice while this is measured.
const INTERVAL: &str = "1h";
const NAMESPACE: &str = "fleet";
const RELEASE: (&str, &str) = ("mcp-schema", "schema-mcp-schema-operator");

type Any = Box<dyn Error>;

#[tokio::main]
async fn main() -> ExitCode {
    let _ = rustls::crypto::ring::default_provider().install_default();
    match measure().await {
        Ok(report) => {
            println!("\n{report}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn measure() -> Result<String, Any> {
    eprintln!("bench: starting an API server and a database");
    let bed = Bed::start(BedOptions::default()).await?;
    let chart = Path::new(env!("CARGO_MANIFEST_DIR")).join("charts/mcp-schema-operator");
    bed.control_plane.install_chart(&chart, "schema", RELEASE.0, &[])?;
    let client = bed.control_plane.client().await?;
    for n in 0..DATABASES {
        let mut script = format!("CREATE DATABASE fleet_{n};");
        for table in 0..TABLES {
            script.push_str(&format!("CREATE TABLE fleet_{n}.t{table} (id BIGINT PRIMARY KEY, a INT, b VARCHAR(50));"));
        }
        bed.database.admin().execute_script(&script).await?;
    }
    let calls = Arc::new(AtomicUsize::new(0));
    let mut servers = Vec::new();
    for _ in 0..SOURCES {
        servers.push(slow(&bed, &calls).await);
    }
    snapshots(&client, &servers).await?;
    eprintln!("bench: starting the operator");
    let began = Instant::now();
    let operator = start(&bed).await?;
    let ready = all_ready(&client).await?;
    let took = began.elapsed();
    let peak = memory(&operator, "VmHWM:")?;
    let filter = AuditFilter {
        user: Some("system:serviceaccount:mcp-schema:schema-mcp-schema-operator"),
        ..AuditFilter::default()
    };
    let audit = bed.control_plane.audit(&filter)?;
    let writes = |resource: &str| {
        let of = |name: &str| name == resource;
        let written = audit.iter().filter(|e| !matches!(e.verb.as_str(), "get" | "list" | "watch"));
        written.filter(|e| e.object_ref.as_ref().is_some_and(|o| of(&o.resource))).count()
    };
    let first = format!(
        "{ready} snapshots of {SOURCES} servers ({} ms a call), {DATABASES} databases of {TABLES} tables each\n\
         start to all ready      {:>9.1} s\n\
         peak memory             {:>9.1} MiB\n\
         writes of status        {:>9}\n\
         writes of ConfigMaps    {:>9}\n\
         Events                  {:>9}\n\
         MCP queries             {:>9}   ({} sources x {DATABASES} databases)\n",
        LATENCY.as_millis(),
        took.as_secs_f64(),
        peak,
        writes("schemasnapshots"),
        writes("configmaps"),
        writes("events"),
        calls.load(Ordering::Relaxed),
        SOURCES,
    );
    operator.terminate(Duration::from_secs(30)).await?;
    let alone = settled(&bed).await?;
    foreign(&client).await?;
    let crowded = settled(&bed).await?;
    Ok(format!(
        "{first}after a restart         {alone:>9.1} MiB\n\
         the same, beside {FOREIGN} foreign ConfigMaps and as many Secrets {crowded:.1} MiB, {:+.1} MiB",
        crowded - alone
    ))
}

/// A server in front of the database, with a network in between.
async fn slow(bed: &Bed, calls: &Arc<AtomicUsize>) -> Server {
    let (reader, calls) = (bed.database.connect(&bed.reader), Arc::clone(calls));
    Server::start(move |text| {
        let (reader, calls) = (reader.clone(), Arc::clone(&calls));
        async move {
            calls.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(LATENCY).await;
            if is_canary(&text) {
                return None;
            }
            Some(match reader.rows(&text).await {
                Ok(rows) => Answer::Rows(rows.into_iter().map(Value::Object).collect()),
                Err(_) => Answer::database_error(1064, "refused", ""),
            })
        }
    })
    .await
}

async fn start(bed: &Bed) -> Result<OperatorProcess, Any> {
    let identity = bed.control_plane.identity_kubeconfig(RELEASE.0, RELEASE.1)?;
    // All of it is on this machine, where the url of a snapshot may otherwise not lead.
    let args = ["--server-url", "http://127.0.0.1:9/mcp", "--allowed-hosts=*", "--allowed-addresses=127.0.0.0/8"];
    Ok(OperatorProcess::start(Path::new(env!("CARGO_BIN_EXE_mcp-schema-operator")), &identity, &args, &[]).await?)
}

async fn snapshots(client: &Client, servers: &[Server]) -> Result<(), Any> {
    eprintln!("bench: creating {SNAPSHOTS} snapshots");
    let namespace: Namespace = serde_json::from_value(json!({"metadata": {"name": NAMESPACE}}))?;
    Api::all(client.clone()).create(&PostParams::default(), &namespace).await?;
    let api: Api<SchemaSnapshot> = Api::namespaced(client.clone(), NAMESPACE);
    let objects = (0..SNAPSHOTS).map(|n| {
        let (url, database) = (servers[n % SOURCES].url(), format!("fleet_{}", n % DATABASES));
        serde_json::from_value(json!({
            "apiVersion": "mcpschema.io/v1alpha1", "kind": "SchemaSnapshot", "metadata": {"name": format!("s{n}")},
            "spec": {"source": {"url": url}, "databases": {"include": [database]}, "refresh": {"interval": INTERVAL}},
        }))
    });
    create(api, objects.collect::<Result<Vec<SchemaSnapshot>, _>>()?).await
}

async fn foreign(client: &Client) -> Result<(), Any> {
    eprintln!("bench: creating {FOREIGN} foreign ConfigMaps and as many Secrets");
    let named = |n: usize| json!({"metadata": {"name": format!("foreign-{n}")}, "data": {"a": "eHh4".repeat(64)}});
    let maps = (0..FOREIGN).map(|n| serde_json::from_value(named(n)));
    create(Api::<ConfigMap>::namespaced(client.clone(), NAMESPACE), maps.collect::<Result<Vec<_>, _>>()?).await?;
    let secrets = (0..FOREIGN).map(|n| serde_json::from_value(named(n)));
    create(Api::<Secret>::namespaced(client.clone(), NAMESPACE), secrets.collect::<Result<Vec<_>, _>>()?).await
}

async fn create<K>(api: Api<K>, objects: Vec<K>) -> Result<(), Any>
where
    K: kube::Resource + Clone + std::fmt::Debug + serde::Serialize + serde::de::DeserializeOwned,
{
    let params = PostParams::default();
    let mut made = futures::stream::iter(&objects).map(|object| api.create(&params, object)).buffer_unordered(16);
    while let Some(result) = made.next().await {
        result?;
    }
    Ok(())
}

async fn all_ready(client: &Client) -> Result<usize, Any> {
    let api: Api<SchemaSnapshot> = Api::namespaced(client.clone(), NAMESPACE);
    let ready = |snapshot: &SchemaSnapshot| {
        let conditions = snapshot.status.as_ref().map(|status| status.conditions.as_slice()).unwrap_or_default();
        find(conditions, ConditionType::Ready).is_some_and(|ready| ready.status == "True")
    };
    let look = async || {
        let all = api.list(&ListParams::default()).await.map_err(|error| error.to_string())?;
        let count = all.iter().filter(|snapshot| ready(snapshot)).count();
        if count == SNAPSHOTS { Ok(count) } else { Err(format!("{count} of {SNAPSHOTS}")) }
    };
    Ok(wait_for("all snapshots to be ready", Duration::from_secs(300), look).await?)
}

/// Memory of an operator that found everything fresh, in MiB.
async fn settled(bed: &Bed) -> Result<f64, Any> {
    let operator = start(bed).await?;
    tokio::time::sleep(Duration::from_secs(10)).await;
    let used = memory(&operator, "VmRSS:")?;
    operator.terminate(Duration::from_secs(30)).await?;
    Ok(used)
}

/// A line of the process's memory, in MiB.
fn memory(operator: &OperatorProcess, line: &str) -> Result<f64, Any> {
    let text = std::fs::read_to_string(format!("/proc/{}/status", operator.process().pid()))?;
    let found = text.lines().find_map(|l| l.strip_prefix(line)?.split_whitespace().next()?.parse::<f64>().ok());
    found.map(|kib| kib / 1024.0).ok_or_else(|| "no such line".into())
}
