//! What every cluster test starts from: the shared world, and a case with its own namespace and database.

use std::path::Path;
use std::time::Duration;

use k8s_openapi::api::core::v1::{ConfigMap, Namespace};
use kube::api::{Api, Patch, PatchParams, PostParams};
use kube::{Client, ResourceExt};
use mcp_schema_operator::api::conditions::{ConditionType, find};
use mcp_schema_operator::api::{SchemaSnapshot, SchemaSnapshotStatus};
use mcpschema_bed::{Bed, OperatorProcess, Sql, shared, wait_for};
use serde_json::{Value, json};
use tokio::sync::OnceCell;

/// Longest wait for anything that should happen within seconds.
pub(crate) const SOON: Duration = Duration::from_secs(60);
/// Namespace and release of the chart.
pub(crate) const OPERATOR_NAMESPACE: &str = "mcp-schema";
/// ServiceAccount that the chart makes.
pub(crate) const ACCOUNT: &str = "schema-mcp-schema-operator";

/// The bed, and an operator that watches all of it.
pub(crate) struct World {
    pub(crate) bed: &'static Bed,
    pub(crate) operator: OperatorProcess,
}

static WORLD: OnceCell<World> = OnceCell::const_new();

/// Starts everything at the first call; the chart is installed with helm, so a wrong chart fails here.
pub(crate) async fn world() -> &'static World {
    let start = async || {
        let bed = shared().await?;
        let chart = Path::new(env!("CARGO_MANIFEST_DIR")).join("charts/mcp-schema-operator");
        bed.control_plane.install_chart(&chart, "schema", OPERATOR_NAMESPACE, &[])?;
        let operator = operator(bed, &[]).await?;
        Ok::<_, mcpschema_bed::BedError>(World { bed, operator })
    };
    WORLD.get_or_try_init(start).await.unwrap_or_else(|error| panic!("{error}"))
}

/// One more operator under the chart's identity.
pub(crate) async fn operator(bed: &Bed, args: &[&str]) -> Result<OperatorProcess, mcpschema_bed::BedError> {
    operator_in(bed, args, &[]).await
}

/// As [`operator`], with more environment.
pub(crate) async fn operator_in(
    bed: &Bed,
    args: &[&str],
    environment: &[(&str, &str)],
) -> Result<OperatorProcess, mcpschema_bed::BedError> {
    operator_as(bed, (OPERATOR_NAMESPACE, ACCOUNT), args, environment).await
}

/// An operator under the identity of this namespace and account, impatient so that outages show within seconds.
pub(crate) async fn operator_as(
    bed: &Bed,
    (namespace, account): (&str, &str),
    args: &[&str],
    environment: &[(&str, &str)],
) -> Result<OperatorProcess, mcpschema_bed::BedError> {
    let identity = bed.control_plane.identity_kubeconfig(namespace, account)?;
    let binary = Path::new(env!("CARGO_BIN_EXE_mcp-schema-operator"));
    let url = bed.mcp.url();
    let mut all = vec!["--server-url", &url, "--retry-delay", "200ms", "--max-retries", "1"];
    all.extend(["--connection-timeout", "10s", "--request-timeout", "10s", "--breaker-period", "2s"]);
    // Everything here is on this machine, where the url of a snapshot may otherwise not lead.
    if !args.iter().any(|arg| arg.starts_with("--allowed-")) {
        all.extend(["--allowed-hosts=*", "--allowed-addresses=127.0.0.0/8"]);
    }
    all.extend(args);
    // One of its own takes the place of ours.
    if args.iter().any(|arg| arg.starts_with("--server-url")) {
        all.drain(..2);
    }
    OperatorProcess::start(binary, &identity, &all, environment).await
}

/// One test's corner of the world.
pub(crate) struct Case {
    pub(crate) world: &'static World,
    pub(crate) client: Client,
    pub(crate) namespace: String,
    pub(crate) database: String,
    pub(crate) sql: Sql,
}

impl Case {
    /// A new namespace `t-NAME` and an empty database `t_NAME`.
    pub(crate) async fn new(name: &str) -> Self {
        let world = world().await;
        let client = world.bed.control_plane.client().await.unwrap();
        let case = Self {
            world,
            client,
            namespace: format!("t-{name}"),
            database: format!("t_{}", name.replace('-', "_")),
            sql: world.bed.database.admin(),
        };
        let namespace: Namespace = serde_json::from_value(json!({"metadata": {"name": case.namespace}})).unwrap();
        Api::all(case.client.clone()).create(&PostParams::default(), &namespace).await.unwrap();
        case.run(&format!("CREATE DATABASE `{}` CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci", case.database))
            .await;
        case
    }

    /// SQL as administrator.
    pub(crate) async fn run(&self, sql: &str) {
        self.sql.execute(sql).await.unwrap();
    }

    /// `CREATE TABLE` in the case's database.
    pub(crate) async fn table(&self, name: &str, columns: &str) {
        self.run(&format!("CREATE TABLE `{}`.`{name}` ({columns})", self.database)).await;
    }

    pub(crate) fn snapshots(&self) -> Api<SchemaSnapshot> {
        Api::namespaced(self.client.clone(), &self.namespace)
    }

    pub(crate) fn config_maps(&self) -> Api<ConfigMap> {
        Api::namespaced(self.client.clone(), &self.namespace)
    }

    /// A snapshot `orders` of the case's database through `url`, every 10 s; `extra` is merged into the spec.
    pub(crate) async fn snapshot(&self, url: &str, extra: Value) {
        self.named_snapshot("orders", url, extra).await;
    }

    pub(crate) async fn named_snapshot(&self, name: &str, url: &str, extra: Value) {
        self.labelled_snapshot(name, url, extra, json!({})).await;
    }

    pub(crate) async fn labelled_snapshot(&self, name: &str, url: &str, extra: Value, labels: Value) {
        let mut object = json!({
            "apiVersion": "mcpschema.io/v1alpha1", "kind": "SchemaSnapshot", "metadata": {"name": name, "labels": labels},
            "spec": {"source": {"url": url}, "databases": {"include": [self.database]}, "refresh": {"interval": "10s"}},
        });
        merge(&mut object["spec"], extra);
        let params = PatchParams::apply("test").force();
        self.snapshots().patch(name, &params, &Patch::Apply(&object)).await.unwrap();
    }

    pub(crate) async fn status(&self) -> SchemaSnapshotStatus {
        self.snapshots().get("orders").await.unwrap().status.unwrap_or_default()
    }

    /// Waits until condition `kind` of `orders` has `status` and `reason`.
    pub(crate) async fn condition(&self, kind: ConditionType, status: &str, reason: &str) -> SchemaSnapshotStatus {
        let what = format!("{}={status} {reason} in {}", kind.as_str(), self.namespace);
        let look = async || {
            let now = self.status().await;
            match find(&now.conditions, kind) {
                Some(c) if c.status == status && c.reason == reason => Ok(now),
                Some(c) => Err(format!("{}={} {}: {}", kind.as_str(), c.status, c.reason, c.message)),
                None => Err("no such condition".to_owned()),
            }
        };
        wait_for(&what, SOON, look).await.unwrap_or_else(|error| panic!("{error}\n{}", self.log()))
    }

    /// What the operator said of this case, for the message of a failed test.
    pub(crate) fn log(&self) -> String {
        let text = std::fs::read_to_string(self.world.operator.log()).unwrap_or_default();
        let lines: Vec<&str> = text.lines().filter(|line| line.contains(&self.namespace)).collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }

    pub(crate) async fn published(&self) -> SchemaSnapshotStatus {
        self.condition(ConditionType::Ready, "True", "Published").await
    }

    /// Waits until the published revision is another than `before`.
    pub(crate) async fn changed(&self, before: &SchemaSnapshotStatus) -> SchemaSnapshotStatus {
        self.until("another revision", |now| now.revision != before.revision).await
    }

    /// Waits until the status of `orders` is as wanted.
    pub(crate) async fn until(
        &self,
        what: &str,
        wanted: impl Fn(&SchemaSnapshotStatus) -> bool,
    ) -> SchemaSnapshotStatus {
        let look = async || {
            let now = self.status().await;
            if wanted(&now) { Ok(now) } else { Err(format!("not in revision {:?}", now.revision)) }
        };
        wait_for(what, SOON, look).await.unwrap_or_else(|error| panic!("{error}\n{}", self.log()))
    }

    /// `data` of a ConfigMap.
    pub(crate) async fn data(&self, name: &str) -> std::collections::BTreeMap<String, String> {
        self.config_maps().get(name).await.unwrap().data.unwrap_or_default()
    }

    /// One table of the ConfigMap `orders-schema`, as JSON.
    pub(crate) async fn json(&self, table: &str) -> Value {
        let data = self.data("orders-schema").await;
        let key = format!("{}.{table}.json", self.database);
        serde_json::from_str(data.get(&key).unwrap_or_else(|| panic!("no key {key} in {:?}", data.keys()))).unwrap()
    }

    /// Sets an annotation of `orders`, as `kubectl annotate --overwrite` does.
    pub(crate) async fn annotate(&self, key: &str, value: &str) {
        let patch = json!({"metadata": {"annotations": {key: value}}});
        self.snapshots().patch("orders", &PatchParams::default(), &Patch::Merge(&patch)).await.unwrap();
    }

    /// Reasons of the Events about a snapshot.
    pub(crate) async fn events(&self, name: &str) -> Vec<String> {
        let events: Api<k8s_openapi::api::events::v1::Event> = Api::namespaced(self.client.clone(), &self.namespace);
        let all = events.list(&Default::default()).await.unwrap();
        let about = |e: &&k8s_openapi::api::events::v1::Event| {
            e.regarding.as_ref().is_some_and(|r| r.name.as_deref() == Some(name))
        };
        all.iter().filter(about).filter_map(|e| e.reason.clone()).collect()
    }

    /// Waits for an Event about `orders`.
    pub(crate) async fn event(&self, reason: &str) {
        let look = async || {
            let seen = self.events("orders").await;
            if seen.iter().any(|r| r == reason) { Ok(()) } else { Err(format!("{seen:?}")) }
        };
        wait_for(&format!("Event {reason}"), SOON, look).await.unwrap_or_else(|error| panic!("{error}"));
    }

    /// The message of a condition.
    pub(crate) fn message(status: &SchemaSnapshotStatus, kind: ConditionType) -> String {
        find(&status.conditions, kind).map(|c| c.message.clone()).unwrap_or_default()
    }

    pub(crate) fn resource_version(config_map: &ConfigMap) -> String {
        config_map.resource_version().unwrap_or_default()
    }
}

fn merge(into: &mut Value, from: Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (key, value) in from {
                merge(into.entry(key).or_insert(Value::Null), value);
            }
        }
        (into, from) => *into = from,
    }
}
