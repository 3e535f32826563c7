//! The leader is killed at random moments while DDL runs and it publishes: no ConfigMap state is lost or torn, and in the
//! end what is published is what a fresh discovery finds. Three kills, or as many as `SOAK_KILLS` says (`make soak`).

use std::collections::BTreeSet;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use k8s_openapi::api::core::v1::ConfigMap;
use kube::Client;
use kube::api::{Api, Patch, PatchParams, PostParams};
use mcp_schema_operator::api::SchemaSnapshot;
use mcp_schema_operator::schema::{Snapshot, canonical};
use mcp_schema_operator::store::Store;
use mcpschema_bed::{Sql, wait_for};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::release::{Release, SHORT_LEASE};
use crate::support::{Case, SOON};

const TABLES: usize = 24;
const SHARDS: usize = 3;

/// Work that goes on until it is told to stop.
struct Background {
    stop: Arc<AtomicBool>,
    rounds: Arc<AtomicU64>,
    task: JoinHandle<()>,
}

impl Background {
    /// Does `work` with the number of the round again and again.
    fn start<F, W>(pause: Duration, mut work: F) -> Self
    where
        F: FnMut(u64) -> W + Send + 'static,
        W: Future<Output = ()> + Send,
    {
        let (stop, rounds) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let (stopped, done) = (Arc::clone(&stop), Arc::clone(&rounds));
        let task = tokio::spawn(async move {
            while !stopped.load(Ordering::SeqCst) {
                work(done.fetch_add(1, Ordering::SeqCst)).await;
                tokio::time::sleep(pause).await;
            }
        });
        Self { stop, rounds, task }
    }

    /// Ends it; how many rounds there were. What failed in it fails here.
    async fn end(self) -> u64 {
        self.stop.store(true, Ordering::SeqCst);
        self.task.await.unwrap();
        self.rounds.load(Ordering::SeqCst)
    }
}

/// Alters one table after the other.
async fn alter(sql: Sql, database: String, round: u64) {
    let table = round % TABLES as u64;
    sql.execute(&format!(
        "ALTER TABLE `{database}`.t{table} COMMENT 'round {round}', MODIFY a VARCHAR({})",
        8 + round % 40
    ))
    .await
    .unwrap();
}

/// Asks for a look, so that something is published nearly all the time.
async fn ask(snapshots: Api<SchemaSnapshot>, round: String) {
    let patch = json!({"metadata": {"annotations": {"mcpschema.io/refresh": round}}});
    snapshots.patch("orders", &PatchParams::default(), &Patch::Merge(&patch)).await.unwrap();
}

/// What an application must find at every moment: the index, in it every table, and each table where the index says.
/// (That a shard is ahead of its index for a moment is documented; that anything is missing never is.)
async fn nothing_is_missing(client: Client, namespace: String) {
    let api: Api<ConfigMap> = Api::namespaced(client, &namespace);
    let data = async |name: &str| api.get_opt(name).await.unwrap().and_then(|map| map.data).unwrap_or_default();
    let index: Value = serde_json::from_str(&data("orders-schema").await["index.json"]).unwrap();
    let tables = index["databases"][0]["tables"].as_array().unwrap().clone();
    assert_eq!(tables.len(), TABLES, "tables of the index");
    let shards: BTreeSet<&str> = tables.iter().map(|table| table["configMap"].as_str().unwrap()).collect();
    for shard in shards {
        let data = data(shard).await;
        for table in tables.iter().filter(|table| table["configMap"] == *shard) {
            let key = table["keys"]["json"].as_str().unwrap();
            let text = data.get(key).unwrap_or_else(|| panic!("{shard} has no {key}"));
            let content: Value = serde_json::from_str(text).unwrap();
            assert_eq!(content["columns"].as_array().unwrap().len(), 2, "{key}");
        }
    }
}

/// A number nobody can foresee, below `limit`.
fn any(limit: u64) -> u64 {
    u64::from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().subsec_nanos()) / 7 % limit
}

/// Waits until what is published is what a discovery that asks the server now finds.
async fn published_is_what_is_there(case: &Case) {
    let found = Command::new(env!("CARGO_BIN_EXE_mcp-schema-operator"))
        .args(["discover", "--url", &case.world.bed.mcp.url(), "--database", &case.database])
        .output()
        .unwrap();
    assert!(found.status.success(), "{}", String::from_utf8_lossy(&found.stderr));
    let fresh: Snapshot = serde_json::from_slice(&found.stdout).unwrap();
    let hash = canonical::hash_of(&fresh.server, &fresh.databases).unwrap();
    let status = case.until("the last content", |now| now.content_hash.as_ref() == Some(&hash)).await;
    let snapshot = case.snapshots().get("orders").await.unwrap();
    let store = Store::new(case.client.clone());
    let stored = store.load(&snapshot).await.unwrap().unwrap();
    let content = store.content(&snapshot, &stored).await.unwrap();
    assert!(content.damaged.is_empty(), "{:?}", content.damaged);
    assert_eq!(content.snapshot.databases, fresh.databases);
    // Each content that is listed can be read back, whoever was killed while it was kept.
    for revision in &status.revisions {
        store.revision(&snapshot, &revision.revision).await.unwrap().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leader_killed_at_any_moment_leaves_nothing_lost_or_torn() {
    let kills: u64 = std::env::var("SOAK_KILLS").map_or(3, |text| text.parse().unwrap());
    let case = Case::new("crash").await;
    for table in 0..TABLES {
        case.table(&format!("t{table}"), "id INT PRIMARY KEY, a VARCHAR(7)").await;
    }
    let release = Release::install(&case, "crash", &[&case.namespace]);
    let mut leader = release.replica("0", &SHORT_LEASE).await;
    leader.leads(true).await;
    let (url, label) = (case.world.bed.mcp.url(), json!({"mcpschema.io/instance": release.class}));
    case.labelled_snapshot("orders", &url, json!({"output": {"shards": SHARDS}}), label).await;
    case.published().await;

    let (sql, database) = (case.sql.clone(), case.database.clone());
    let ddl = Background::start(Duration::from_millis(50), move |round| alter(sql.clone(), database.clone(), round));
    let api = case.snapshots();
    let asking = Background::start(Duration::from_millis(200), move |round| ask(api.clone(), format!("r{round}")));
    let (client, namespace) = (case.client.clone(), case.namespace.clone());
    let reader =
        Background::start(Duration::from_millis(20), move |_| nothing_is_missing(client.clone(), namespace.clone()));
    let mut writes = 0;
    for kill in 1..=kills {
        let next = release.replica(&kill.to_string(), &SHORT_LEASE).await;
        let before = leader.writes(None).len();
        let busy = async || (leader.writes(None).len() > before).then_some(());
        wait_for("the leader to write", SOON, busy).await.unwrap_or_else(|error| panic!("{error}\n{}", leader.log()));
        let pause = Duration::from_millis(any(1_500));
        tokio::time::sleep(pause).await;
        leader.process.kill();
        writes += leader.writes(None).len();
        eprintln!("kill {kill} of {kills}: {} ms after a write, {writes} writes so far", pause.as_millis());
        next.leads(true).await;
        leader = next;
    }
    let (statements, looks) = (ddl.end().await, reader.end().await);
    asking.end().await;
    eprintln!("{kills} kills, {statements} ALTERs, {looks} times read by an application");
    assert!(statements > kills && looks > kills);
    ask(case.snapshots(), "last".to_owned()).await;
    published_is_what_is_there(&case).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_leader_published_and_did_not_tell_is_told_by_the_next() {
    let case = Case::new("untold").await;
    case.table("t", "id INT PRIMARY KEY, a INT").await;
    let release = Release::install(&case, "untold", &[&case.namespace]);
    let first = release.replica("a", &SHORT_LEASE).await;
    release.snapshot("orders", &case.world.bed.mcp.url()).await;
    let before = case.published().await;
    case.run(&format!("ALTER TABLE `{}`.t DROP COLUMN a", case.database)).await;
    let after = case.changed(&before).await;
    first.process.kill();
    // As it is when the kill comes between the last ConfigMap and the status.
    let mut object = case.snapshots().get("orders").await.unwrap();
    object.status = Some(before.clone());
    case.snapshots().replace_status("orders", &PostParams::default(), &object).await.unwrap();
    let second = release.replica("b", &SHORT_LEASE).await;
    second.leads(true).await;
    let told = case.changed(&before).await;
    assert_eq!((&told.revision, &told.content_hash), (&after.revision, &after.content_hash));
    let (changes, was) = (told.changes.unwrap(), after.changes.unwrap());
    assert_eq!((&changes.from_revision, changes.breaking), (before.revision.as_ref().unwrap(), 1));
    assert_eq!(changes, was, "as the first one told it");
    let metrics = second.process.metrics().await.unwrap();
    assert!(metrics.contains("mcp_schema_schema_changes_total{class=\"breaking_both\"} 1\n"), "{metrics}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_older_operator_wrote_in_another_form_is_written_anew_and_not_compared() {
    let case = Case::new("olderform").await;
    case.table("t", "id INT PRIMARY KEY").await;
    let release = Release::install(&case, "olderform", &[&case.namespace]);
    let first = release.replica("a", &SHORT_LEASE).await;
    release.snapshot("orders", &case.world.bed.mcp.url()).await;
    let now = case.published().await;
    first.process.kill();
    // As an operator before this one would have left it: another modelVersion, and so another hash of the same schema.
    let older = format!("sha256:{}", "0".repeat(64));
    let mut index: Value = serde_json::from_str(&case.data("orders-schema").await["index.json"]).unwrap();
    (index["modelVersion"], index["contentHash"]) = (json!(0), json!(older));
    let edit = Patch::Merge(json!({"data": {"index.json": index.to_string()}}));
    case.config_maps().patch("orders-schema", &PatchParams::default(), &edit).await.unwrap();
    let mut object = case.snapshots().get("orders").await.unwrap();
    let status = object.status.as_mut().unwrap();
    (status.content_hash, status.revision) = (Some(older), Some("000000000000".to_owned()));
    case.snapshots().replace_status("orders", &PostParams::default(), &object).await.unwrap();
    let second = release.replica("b", &SHORT_LEASE).await;
    second.leads(true).await;
    let told = case.until("the present form", |status| status.content_hash == now.content_hash).await;
    assert_eq!(told.changes, now.changes, "the form is no change of the schema");
    case.event("Rebaselined").await;
    let index: Value = serde_json::from_str(&case.data("orders-schema").await["index.json"]).unwrap();
    assert_eq!(index["modelVersion"], json!(1));
}
