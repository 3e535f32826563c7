//! What a change does to a snapshot: published and told, or held until somebody approves exactly that content; what is
//! ignored; what the database drifts from; and the revisions that are kept.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use k8s_openapi::api::core::v1::ConfigMap;
use kube::ResourceExt;
use kube::api::{Api, ListParams, Patch, PatchParams, PostParams};
use mcp_schema_operator::api::conditions::{ConditionType, find};
use mcp_schema_operator::api::{SchemaSnapshotStatus, annotations};
use mcp_schema_operator::store::Store;
use mcpschema_bed::wait_for;
use serde_json::json;
use tokio::task::JoinHandle;

use crate::support::{Case, SOON};

/// An application that reads the mounted file again and again, and remembers every version it saw.
struct Reader {
    stop: Arc<AtomicBool>,
    task: JoinHandle<Vec<String>>,
}

impl Reader {
    fn start(case: &Case, key: String) -> Self {
        let (api, stop) = (case.config_maps(), Arc::new(AtomicBool::new(false)));
        let stopped = Arc::clone(&stop);
        let task = tokio::spawn(async move {
            let mut seen: Vec<String> = Vec::new();
            while !stopped.load(Ordering::SeqCst) {
                let now: Option<ConfigMap> = api.get_opt("orders-schema").await.unwrap();
                let text = now.and_then(|map| map.data).and_then(|mut data| data.remove(&key)).unwrap_or_default();
                if seen.last() != Some(&text) {
                    seen.push(text);
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            seen
        });
        Self { stop, task }
    }

    async fn versions(self) -> Vec<String> {
        self.stop.store(true, Ordering::SeqCst);
        self.task.await.unwrap()
    }
}

async fn revisions(case: &Case) -> Vec<String> {
    let chosen = ListParams::default().labels("mcpschema.io/role=revision,mcpschema.io/snapshot=orders");
    case.config_maps().list(&chosen).await.unwrap().iter().map(ResourceExt::name_any).collect()
}

async fn refresh(case: &Case, value: &str) -> SchemaSnapshotStatus {
    case.annotate(annotations::REFRESH, value).await;
    case.until(&format!("refresh {value}"), |now| now.last_handled_refresh.as_deref() == Some(value)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_breaking_change_is_told_with_who_breaks_and_a_revision_of_each_content_is_kept() {
    let case = Case::new("breaking").await;
    case.table("customers", "id INT PRIMARY KEY, email VARCHAR(255), note VARCHAR(20)").await;
    case.snapshot(&case.world.bed.mcp.url(), json!({"output": {"revisionHistoryLimit": 2}})).await;
    let first = case.published().await;
    assert_eq!((first.changes, first.revisions.len()), (None, 1));
    case.run(&format!("ALTER TABLE `{}`.customers DROP COLUMN email, ADD COLUMN age INT", case.database)).await;
    let second = refresh(&case, "1").await;
    let changes = second.changes.clone().unwrap();
    assert_eq!((changes.breaking, changes.risky + changes.compatible > 0), (1, true), "{changes:?}");
    assert_eq!(Some(changes.from_revision), first.revision);
    let worst = &changes.items[0];
    let object = format!("{}.customers.email", case.database);
    assert_eq!((worst.kind.as_str(), worst.object.as_str()), ("column_dropped", object.as_str()));
    assert_eq!((worst.readers.as_str(), worst.writers.as_str()), ("breaking", "breaking"));
    assert!(worst.message.contains("varchar(255)"), "{}", worst.message);
    case.event("BreakingChange").await;
    assert_eq!(
        second.revisions.iter().map(|r| Some(r.revision.clone())).collect::<Vec<_>>(),
        [second.revision.clone(), first.revision.clone()]
    );
    assert_eq!((second.revisions[0].breaking, second.revisions[1].breaking), (1, 0));
    // What was published before can be read back whole.
    let snapshot = case.snapshots().get("orders").await.unwrap();
    let store = Store::new(case.client.clone());
    let before = store.revision(&snapshot, first.revision.as_deref().unwrap()).await.unwrap().unwrap();
    assert_eq!(before.databases[0].tables[0].columns[1].name, "email");
    // Two are kept; the third content takes the place of the first, and one that comes back moves to the top.
    case.run(&format!("ALTER TABLE `{}`.customers ADD COLUMN third INT", case.database)).await;
    let third = refresh(&case, "2").await;
    assert_eq!(third.changes.as_ref().unwrap().breaking, 0);
    case.event("SchemaChanged").await;
    case.run(&format!("ALTER TABLE `{}`.customers DROP COLUMN third", case.database)).await;
    let again = refresh(&case, "3").await;
    assert_eq!(again.revision, second.revision);
    let kept = revisions(&case).await;
    assert_eq!(kept.len(), 2, "{kept:?}");
    assert_eq!(again.revisions[0].revision, second.revision.unwrap());
    assert_eq!(again.revisions[1].revision, third.revision.unwrap());
    let metrics = case.world.operator.metrics().await.unwrap();
    assert!(metrics.contains("mcp_schema_schema_changes_total{class=\"breaking_both\"} "), "counted by class");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_change_is_seen_by_nobody_until_it_is_approved_and_then_once() {
    let case = Case::new("holds").await;
    case.table("t", "id INT PRIMARY KEY, a INT, b INT").await;
    case.snapshot(&case.world.bed.mcp.url(), json!({"changes": {"onBreaking": "Hold"}})).await;
    let published = case.published().await;
    let key = format!("{}.t.json", case.database);
    let reader = Reader::start(&case, key.clone());
    case.run(&format!("ALTER TABLE `{}`.t DROP COLUMN a", case.database)).await;
    case.annotate(annotations::REFRESH, "1").await;
    let held = case.condition(ConditionType::Held, "True", "Held").await;
    for (kind, truth, reason) in [
        (ConditionType::Ready, "True", "Held"),
        (ConditionType::Published, "False", "Held"),
        (ConditionType::Fresh, "True", "WithinInterval"),
        (ConditionType::Drifted, "True", "Drifted"),
    ] {
        let found = find(&held.conditions, kind).unwrap();
        assert_eq!((found.status.as_str(), found.reason.as_str()), (truth, reason), "{}", kind.as_str());
    }
    assert_eq!((&held.revision, held.drift.map(|drift| drift.breaking)), (&published.revision, Some(1)));
    let message = Case::message(&held, ConditionType::Held);
    for part in ["t.a column_dropped", "applications still see revision", "mcpschema.io/approve="] {
        assert!(message.contains(part), "{part} in {message}");
    }
    case.event("Held").await;
    let first = held.held.unwrap().content_hash;
    // A further change replaces the candidate, and an approval of the old one does nothing.
    case.run(&format!("ALTER TABLE `{}`.t ADD COLUMN c INT", case.database)).await;
    case.annotate(annotations::APPROVE, &first).await;
    let other = |now: &SchemaSnapshotStatus| now.held.as_ref().is_some_and(|held| held.content_hash != first);
    let second = case.until("another candidate", other).await.held.unwrap().content_hash;
    assert_eq!(case.status().await.revision, published.revision);
    case.annotate(annotations::APPROVE, &second[7..19]).await;
    let released = case.published().await;
    assert_eq!(released.content_hash.as_ref(), Some(&second));
    assert_eq!((released.held, released.last_handled_approval.as_deref()), (None, Some(&second[7..19])));
    let approval = released.revisions[0].approval.clone().unwrap();
    assert_eq!(approval.by, "Annotation");
    case.event("Approved").await;
    assert_eq!(find(&released.conditions, ConditionType::Drifted).unwrap().status, "False");
    let settled = async || {
        let now = case.data("orders-schema").await;
        if now[&key].contains("\"c\"") { Ok(()) } else { Err("not yet") }
    };
    wait_for("the approved content", SOON, settled).await.unwrap();
    let versions = reader.versions().await;
    assert_eq!(versions.len(), 2, "before and after, and nothing in between: {versions:#?}");
    assert!(versions[0].contains("\"a\"") && !versions[1].contains("\"a\"") && versions[1].contains("\"c\""));
    // The candidate that was never published is no revision.
    assert_eq!(revisions(&case).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn git_approves_by_hash_and_a_protected_side_alone_holds() {
    let case = Case::new("gitops").await;
    case.table("t", "id INT PRIMARY KEY, a INT NOT NULL").await;
    let hold =
        |approved: &[&str]| json!({"changes": {"onBreaking": "Hold", "protect": "Readers", "approved": approved}});
    let url = case.world.bed.mcp.url();
    case.snapshot(&url, hold(&[])).await;
    let before = case.published().await;
    // Breaks writers alone: nobody who is protected.
    case.run(&format!("ALTER TABLE `{}`.t ADD COLUMN needed INT NOT NULL", case.database)).await;
    let written = refresh(&case, "1").await;
    assert_ne!(written.revision, before.revision);
    assert_eq!(written.changes.unwrap().breaking, 1);
    case.run(&format!("ALTER TABLE `{}`.t DROP COLUMN a", case.database)).await;
    case.annotate(annotations::REFRESH, "2").await;
    let held = case.condition(ConditionType::Held, "True", "Held").await.held.unwrap().content_hash;
    case.snapshot(&url, hold(&[&held])).await;
    let released = case.until("the approved content", |now| now.content_hash.as_ref() == Some(&held)).await;
    assert_eq!(released.revisions[0].approval.as_ref().unwrap().by, "Spec");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_ignored_is_not_published_alone_and_goes_along_with_what_is_not() {
    let case = Case::new("ignored").await;
    case.table("t", "id INT PRIMARY KEY").await;
    let rule = json!({"kind": "table_comment_changed", "object": format!("{}.*", case.database), "reason": "generated", "expires": "2999-01-01T00:00:00Z"});
    case.snapshot(&case.world.bed.mcp.url(), json!({"changes": {"ignore": [rule]}})).await;
    let before = case.published().await;
    case.run(&format!("ALTER TABLE `{}`.t COMMENT 'new'", case.database)).await;
    let ignored = refresh(&case, "1").await;
    assert_eq!((&ignored.revision, ignored.changes), (&before.revision, None));
    assert_eq!(find(&ignored.conditions, ConditionType::Ready).unwrap().reason, "Published");
    case.run(&format!("ALTER TABLE `{}`.t ADD COLUMN c INT", case.database)).await;
    let both = refresh(&case, "2").await;
    let changes = both.changes.unwrap();
    assert_eq!((changes.compatible, changes.ignored), (1, 1));
    assert_eq!(case.json("t").await["comment"], "new");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_database_is_compared_with_a_baseline() {
    let case = Case::new("drift").await;
    case.table("t", "id INT PRIMARY KEY, a INT").await;
    let url = case.world.bed.mcp.url();
    let discover = std::process::Command::new(env!("CARGO_BIN_EXE_mcp-schema-operator"))
        .args(["discover", "--url", &url, "--database", &case.database])
        .output()
        .unwrap();
    assert!(discover.status.success());
    let text = String::from_utf8(discover.stdout).unwrap();
    let reference = json!({"changes": {"baseline": {"configMapKeyRef": {"name": "expected", "key": "schema.json"}}}});
    case.snapshot(&url, reference).await;
    case.condition(ConditionType::Drifted, "Unknown", "BaselineUnavailable").await;
    let map: ConfigMap =
        serde_json::from_value(json!({"metadata": {"name": "expected"}, "data": {"schema.json": text}})).unwrap();
    let api: Api<ConfigMap> = case.config_maps();
    api.create(&PostParams::default(), &map).await.unwrap();
    refresh(&case, "1").await;
    case.condition(ConditionType::Drifted, "False", "NoDrift").await;
    case.run(&format!("ALTER TABLE `{}`.t DROP COLUMN a", case.database)).await;
    let drifted = refresh(&case, "2").await;
    let condition = find(&drifted.conditions, ConditionType::Drifted).unwrap();
    assert_eq!((condition.status.as_str(), condition.reason.as_str()), ("True", "Drifted"));
    assert!(condition.message.contains("column_dropped"), "{}", condition.message);
    assert_eq!(drifted.drift.unwrap().breaking, 1);
    let series = format!(
        "mcp_schema_snapshot_drift_changes{{class=\"breaking\",name=\"orders\",namespace=\"{}\"}} 1",
        case.namespace
    );
    let scraped = async || {
        let text = case.world.operator.metrics().await.map_err(|error| error.to_string())?;
        if text.contains(&series) { Ok(()) } else { Err("no such series".to_owned()) }
    };
    wait_for(&series, SOON, scraped).await.unwrap();
    let wrong = json!({"spec": {"changes": {"ignore": [{"kind": "colum_dropped", "object": "a.b", "reason": "r", "expires": "2999-01-01T00:00:00Z"}]}}});
    case.snapshots().patch("orders", &PatchParams::default(), &Patch::Merge(&wrong)).await.unwrap();
    let status = case.condition(ConditionType::Ready, "False", "InvalidSpec").await;
    assert!(Case::message(&status, ConditionType::Ready).contains("there is no kind"));
}
