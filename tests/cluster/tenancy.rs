//! Who may use which server: what is not allowed has a condition that says what to do, and nobody is asked.

use kube::api::{Api, Patch, PatchParams};
use mcp_schema_operator::api::conditions::{ConditionType, find};
use mcp_schema_operator::api::{ClusterSchemaSource, ClusterSchemaSourceStatus, SchemaSnapshot, SchemaSnapshotStatus};
use mcpschema_bed::{AuditFilter, wait_for};
use serde_json::{Value, json};

use crate::credentials::{refresh, secret};
use crate::faults::scripted;
use crate::release::{Release, SHORT_LEASE};
use crate::server::{Fault, Mode, When};
use crate::support::{Case, OPERATOR_NAMESPACE, SOON};

/// Makes or changes a ClusterSchemaSource.
async fn source(case: &Case, name: &str, spec: Value) {
    let object = json!({"apiVersion": "mcpschema.io/v1alpha1", "kind": "ClusterSchemaSource", "metadata": {"name": name}, "spec": spec});
    sources(case).patch(name, &PatchParams::apply("test").force(), &Patch::Apply(&object)).await.unwrap();
}

fn sources(case: &Case) -> Api<ClusterSchemaSource> {
    Api::all(case.client.clone())
}

/// The source as it is when its Ready has this status and one of these reasons.
async fn source_is(case: &Case, name: &str, status: &str, reasons: &[&str]) -> ClusterSchemaSourceStatus {
    let look = async || {
        let now = sources(case).get(name).await.unwrap().status.unwrap_or_default();
        let told = find(&now.conditions, ConditionType::Ready).map(|c| (c.status.clone(), c.reason.clone()));
        let wanted = told.as_ref().is_some_and(|(s, r)| s == status && reasons.contains(&r.as_str()));
        if wanted { Ok(now) } else { Err(format!("{told:?}")) }
    };
    wait_for(&format!("{name} to be {status} {reasons:?}"), SOON, look).await.unwrap_or_else(|error| panic!("{error}"))
}

/// A snapshot `orders` that names a source, of these databases.
async fn naming(case: &Case, source: &str, databases: Value) {
    let object = json!({
        "apiVersion": "mcpschema.io/v1alpha1", "kind": "SchemaSnapshot", "metadata": {"name": "orders"},
        "spec": {"source": {"clusterSource": source}, "databases": {"include": databases}, "refresh": {"interval": "10s"}},
    });
    case.snapshots().patch("orders", &PatchParams::apply("test").force(), &Patch::Apply(&object)).await.unwrap();
}

/// Waits until Ready is False with this reason and says this.
pub(crate) async fn refused(
    snapshots: &Api<SchemaSnapshot>,
    name: &str,
    reason: &str,
    says: &str,
) -> SchemaSnapshotStatus {
    let look = async || {
        let now = snapshots.get(name).await.unwrap().status.unwrap_or_default();
        let told =
            find(&now.conditions, ConditionType::Ready).map(|c| format!("{} {}: {}", c.status, c.reason, c.message));
        let told = told.unwrap_or_default();
        if told.starts_with(&format!("False {reason}: ")) && told.contains(says) { Ok(now) } else { Err(told) }
    };
    let what = format!("{name} to be refused: {reason}, {says}");
    let status = wait_for(&what, SOON, look).await.unwrap_or_else(|error| panic!("{error}"));
    let truth = |kind| find(&status.conditions, kind).unwrap().status.clone();
    assert_eq!((truth(ConditionType::Stalled).as_str(), truth(ConditionType::Reconciling).as_str()), ("True", "False"));
    status
}

fn access(namespaces: &[&str], databases: &[&str]) -> Value {
    json!([{"namespaces": namespaces, "databases": databases}])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_is_used_by_whom_it_allows_for_what_it_allows_and_as_soon_as_it_does() {
    let (case, other) = (Case::new("tenant").await, Case::new("tenant-other").await);
    case.table("t", "id INT PRIMARY KEY").await;
    other.table("secret_of_others", "id INT PRIMARY KEY").await;
    let server = scripted(&case).await;
    naming(&case, "tenancy", json!(["t_tenant*"])).await;
    refused(&case.snapshots(), "orders", "InvalidSpec", "there is no ClusterSchemaSource \"tenancy\"").await;
    case.event("InvalidSpec").await;
    source(&case, "tenancy", json!({"url": server.base(), "access": access(&["t-nobody"], &["*"])})).await;
    let says = format!("does not allow namespace {}", case.namespace);
    refused(&case.snapshots(), "orders", "InvalidSpec", &says).await;
    source(&case, "tenancy", json!({"url": server.base(), "access": access(&[&case.namespace], &["t_of_others"])}))
        .await;
    naming(&case, "tenancy", json!([case.database])).await;
    refused(&case.snapshots(), "orders", "InvalidSpec", "none of the databases that databases.include names").await;
    assert!(server.calls().is_empty(), "nobody was asked: {:?}", server.calls());

    naming(&case, "tenancy", json!(["t_tenant*"])).await;
    source(&case, "tenancy", json!({"url": server.base(), "access": access(&[&case.namespace], &[&case.database])}))
        .await;
    let status = case.published().await;
    let names: Vec<&str> = status.databases.iter().map(|database| database.name.as_str()).collect();
    assert_eq!(names, [case.database.as_str()], "the other one matches the glob and is not allowed");
    let hex: String = other.database.bytes().map(|byte| format!("{byte:02X}")).collect();
    let asked = server.queries();
    assert!(asked.iter().all(|sql| !sql.to_uppercase().contains(&hex) && !sql.contains(&other.database)));
    assert!(!format!("{:?}", case.data("orders-schema").await).contains("secret_of_others"));
    let metrics = case.world.operator.metrics().await.unwrap();
    let info =
        format!("mcp_schema_snapshot_info{{name=\"orders\",namespace=\"{}\",source=\"tenancy\"}} 1", case.namespace);
    assert!(metrics.contains(&info) && metrics.contains("source=\"tenancy\"} "), "{info}");
    let told = source_is(&case, "tenancy", "True", &["Reachable"]).await;
    assert_eq!((told.snapshots, told.source.unwrap().dialect.as_str()), (Some(1), "Pytidb"));

    server.set(Mode::Broken(Fault::Status(503), When::Always));
    let away = |now: &SchemaSnapshotStatus| {
        find(&now.conditions, ConditionType::SourceReachable).is_some_and(|c| c.status == "False")
    };
    case.until("an outage", away).await;
    // A few failures later nobody but a probe asks it any more.
    source_is(&case, "tenancy", "False", &["ServerError", "CircuitOpen"]).await;
    server.set(Mode::Healthy);
    case.condition(ConditionType::SourceReachable, "True", "Reachable").await;
    source_is(&case, "tenancy", "True", &["Reachable"]).await;

    // What is taken away is not asked for again; what was published stays.
    let before = case.config_maps().get("orders-schema").await.unwrap();
    source(&case, "tenancy", json!({"url": server.base(), "access": []})).await;
    refused(&case.snapshots(), "orders", "InvalidSpec", &says).await;
    let calls = server.calls();
    source_is(&case, "tenancy", "Unknown", &["Unused"]).await;
    refresh(&case, "in vain").await;
    case.until("the answer to the refresh", |now| now.last_handled_refresh.as_deref() == Some("in vain")).await;
    assert_eq!(server.calls(), calls);
    assert_eq!(case.config_maps().get("orders-schema").await.unwrap().data, before.data);
    sources(&case).delete("tenancy", &Default::default()).await.unwrap();
    refused(&case.snapshots(), "orders", "InvalidSpec", "there is no ClusterSchemaSource \"tenancy\"").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn namespaces_share_a_connection_and_a_credential_that_is_in_none_of_them() {
    let (one, two) = (Case::new("share-one").await, Case::new("share-two").await);
    let keeper = Case::new("share-keeper").await;
    one.table("t", "id INT PRIMARY KEY").await;
    two.table("t", "id INT PRIMARY KEY").await;
    let server = scripted(&one).await;
    server.accept(&["platform"]);
    secret(&keeper, "mcp-token", &[("token", "platform")]).await;
    let spec = json!({
        "url": server.base(), "allowInsecureAuth": true, "secretNamespace": keeper.namespace,
        "auth": {"bearerTokenSecretRef": {"name": "mcp-token", "key": "token"}},
        "access": access(&["t-share-*"], &["t_share_*"]),
    });
    source(&one, "shared", spec).await;
    for case in [&one, &two] {
        naming(case, "shared", json!([case.database])).await;
    }
    for case in [&one, &two] {
        case.published().await;
    }
    assert_eq!(server.count("initialize"), 1, "{:?}", server.calls());
    source_is(&one, "shared", "True", &["Reachable"]).await;

    // The same words in a namespace's own source get nothing of it: neither Secret nor connection.
    let own = json!({"source": {"allowInsecureAuth": true, "auth": {"bearerTokenSecretRef": {"name": "mcp-token", "key": "token"}}}});
    one.named_snapshot("own", &server.url(), own).await;
    let told = async || {
        let status = one.snapshots().get("own").await.unwrap().status.unwrap_or_default();
        let message = Case::message(&status, ConditionType::SourceReachable);
        if message.contains(&format!("is not in namespace {}", one.namespace)) { Ok(()) } else { Err(message) }
    };
    wait_for("the missing Secret", SOON, told).await.unwrap();
    let user = format!("system:serviceaccount:{OPERATOR_NAMESPACE}:{}", crate::support::ACCOUNT);
    let filter = AuditFilter { user: Some(&user), ..AuditFilter::default() };
    let objects = one.world.bed.control_plane.audit(&filter).unwrap().into_iter().filter_map(|event| event.object_ref);
    let mut places: Vec<String> = objects
        .filter(|o| o.resource == "secrets" && o.namespace.starts_with("t-share-"))
        .map(|o| o.namespace)
        .collect();
    places.sort();
    places.dedup();
    assert_eq!(places, [keeper.namespace.clone(), one.namespace.clone()], "each Secret is read where its source is");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_of_some_namespaces_goes_on_without_the_right_to_read_sources_and_uses_them_once_it_has_it() {
    let case = Case::new("unsourced").await;
    case.table("t", "id INT PRIMARY KEY").await;
    let url = case.world.bed.mcp.url();
    source(&case, "unsourced", json!({"url": url, "access": access(&[&case.namespace], &["*"])})).await;
    let release = Release::install(&case, "unsourced", &[&case.namespace]);
    let replica = release.replica("a", &SHORT_LEASE).await;
    replica.leads(true).await;
    release.snapshot("plain", &url).await;
    let labels = json!({"mcpschema.io/instance": "unsourced"});
    let object = json!({
        "apiVersion": "mcpschema.io/v1alpha1", "kind": "SchemaSnapshot", "metadata": {"name": "orders", "labels": labels},
        "spec": {"source": {"clusterSource": "unsourced"}, "databases": {"include": [case.database]}},
    });
    case.snapshots().patch("orders", &PatchParams::apply("test").force(), &Patch::Apply(&object)).await.unwrap();
    refused(&case.snapshots(), "orders", "InvalidSpec", "may not list and watch ClusterSchemaSources").await;
    let published = async |name: &str| {
        let look = async || {
            let status = case.snapshots().get(name).await.unwrap().status.unwrap_or_default();
            status.revision.ok_or("no revision")
        };
        wait_for(name, SOON, look).await.unwrap_or_else(|e| panic!("{e}\n{}", replica.log()));
    };
    published("plain").await;
    let chart = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("charts/mcp-schema-operator");
    let chosen = format!("namespaces={{{}}}", case.namespace);
    let values = ["crds.install=false", "instance=unsourced", "rbac.clusterSources=true", &chosen];
    let values: Vec<&str> = values.iter().flat_map(|value| ["--set", value]).collect();
    case.world.bed.control_plane.install_chart(&chart, "unsourced", &release.namespace, &values).unwrap();
    published("orders").await;
    // Whose snapshots it does not all know it does not describe.
    let writes = replica.writes(None).into_iter().filter_map(|event| event.object_ref);
    assert_eq!(writes.filter(|object| object.resource == "clusterschemasources").count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_default_server_is_for_whom_the_flag_names_and_its_token_is_read_anew() {
    let (case, other) = (Case::new("default").await, Case::new("default-other").await);
    case.table("t", "id INT PRIMARY KEY").await;
    let server = scripted(&case).await;
    server.accept(&["first"]);
    let folder = tempfile::tempdir().unwrap();
    let token = folder.path().join("token");
    std::fs::write(&token, "first\n").unwrap();
    let release = Release::install(&case, "default", &[&case.namespace, &other.namespace]);
    let (url, file) = (format!("--server-url={}", server.url()), format!("--token-file={}", token.display()));
    let rules = json!([{"namespaces": [case.namespace], "databases": [case.database]}]);
    let rules = format!("--default-source-access={rules}");
    let mut args = vec![url.as_str(), &file, &rules];
    args.extend(SHORT_LEASE);
    let replica = release.replica("a", &args).await;
    replica.leads(true).await;
    for place in [&case, &other] {
        let object = json!({
            "apiVersion": "mcpschema.io/v1alpha1", "kind": "SchemaSnapshot",
            "metadata": {"name": "orders", "labels": {"mcpschema.io/instance": "default"}},
            "spec": {"databases": {"include": ["t_default*"]}, "refresh": {"interval": "1h"}},
        });
        place.snapshots().patch("orders", &PatchParams::apply("test").force(), &Patch::Apply(&object)).await.unwrap();
    }
    let status = case.published().await;
    assert_eq!(status.databases.len(), 1, "{:?}", status.databases);
    let says = format!("default server does not allow namespace {}", other.namespace);
    refused(&other.snapshots(), "orders", "InvalidSpec", &says).await;

    server.accept(&["second"]);
    std::fs::write(&token, "second\n").unwrap();
    refresh(&case, "with the new token").await;
    let handled = |now: &SchemaSnapshotStatus| now.last_handled_refresh.as_deref() == Some("with the new token");
    let status = case.until("the answer to the refresh", handled).await;
    assert_eq!(find(&status.conditions, ConditionType::SourceReachable).unwrap().reason, "Reachable");
    std::fs::remove_file(&token).unwrap();
    refresh(&case, "without a token").await;
    let status = case.condition(ConditionType::SourceReachable, "False", "CredentialsUnavailable").await;
    let message = Case::message(&status, ConditionType::SourceReachable);
    assert!(message.starts_with("--token-file: File ") && message.contains("is not there"), "{message}");
    assert_eq!(find(&status.conditions, ConditionType::Ready).unwrap().reason, "ServingStale");
}
