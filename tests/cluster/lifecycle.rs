//! Start, stop and restart of the operator process, and what it tells about itself.

use std::path::Path;
use std::time::Duration;

use mcpschema_bed::{AuditFilter, OperatorProcess, Process, Workdir, wait_for};
use serde_json::json;

use crate::faults::scripted;
use crate::support::{Case, OPERATOR_NAMESPACE, SOON, operator, world};

#[tokio::test(flavor = "multi_thread")]
async fn sigterm_ends_it_cleanly_and_a_restart_asks_nothing_while_fresh() {
    let case = Case::new("restart").await;
    case.table("t", "id INT PRIMARY KEY").await;
    let server = scripted(&case).await;
    case.snapshot(&server.url(), json!({"refresh": {"interval": "10m"}})).await;
    case.published().await;
    let queries = server.queries().len();
    let second = operator(case.world.bed, &[]).await.unwrap();
    let text = wait_for("its view of the snapshot", SOON, async || {
        let text = second.metrics().await.map_err(|e| e.to_string())?;
        if text.contains(&format!("mcp_schema_snapshot_tables{{name=\"orders\",namespace=\"{}\"}} 1", case.namespace)) {
            Ok(text)
        } else {
            Err(text)
        }
    });
    text.await.unwrap();
    assert_eq!(second.terminate(Duration::from_secs(30)).await.unwrap(), Some(0));
    assert_eq!(server.queries().len(), queries, "a fresh copy costs a restarted operator no query");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_value_stops_the_start_with_a_sentence() {
    let folder = Workdir::new("badvalue").unwrap();
    let binary = Path::new(env!("CARGO_BIN_EXE_mcp-schema-operator"));
    let mut command = std::process::Command::new(binary);
    command.arg("run").env("MCP_MAX_RETRIES", "many");
    let process = Process::spawn("the operator", &mut command, &folder.path().join("log")).unwrap();
    assert_eq!(process.wait(Duration::from_secs(20)).await.unwrap().code(), Some(2));
    let log = std::fs::read_to_string(process.log()).unwrap();
    for part in ["--max-retries", "MCP_MAX_RETRIES", "many", "whole number from 0 to 10"] {
        assert!(log.contains(part), "{part} in {log}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn probes_metrics_and_version_answer() {
    let world = world().await;
    for (path, says) in
        [("/livez", "ok"), ("/readyz", "ok"), ("/version", "0.1.0"), ("/metrics", "mcp_schema_build_info")]
    {
        let (status, body) = world.operator.get(path).await.unwrap();
        assert!(status == 200 && body.contains(says), "{path}: {status} {body}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_charts_identity_is_never_refused_anything() {
    let case = Case::new("rbac").await;
    case.table("t", "id INT PRIMARY KEY").await;
    case.snapshot(&case.world.bed.mcp.url(), json!({})).await;
    case.published().await;
    case.event("Published").await;
    let user = format!("system:serviceaccount:{OPERATOR_NAMESPACE}:{}", crate::support::ACCOUNT);
    let filter = AuditFilter { user: Some(&user), ..AuditFilter::default() };
    let events = case.world.bed.control_plane.audit(&filter).unwrap();
    assert!(events.iter().any(|e| e.verb == "patch"), "the operator runs under that account");
    let refused: Vec<_> = events
        .iter()
        .filter(|e| e.response_status.as_ref().is_some_and(|s| s.code == 403))
        .map(|e| (&e.verb, &e.uri))
        .collect();
    assert!(refused.is_empty(), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_cluster_it_says_what_it_lacks() {
    let folder = Workdir::new("nocluster").unwrap();
    let missing = folder.path().join("kubeconfig");
    let operator =
        OperatorProcess::spawn(Path::new(env!("CARGO_BIN_EXE_mcp-schema-operator")), &missing, &[], &[]).unwrap();
    assert_eq!(operator.wait(Duration::from_secs(20)).await.unwrap(), Some(2));
    let log = std::fs::read_to_string(operator.log()).unwrap();
    assert!(log.contains("no Kubernetes configuration was found") && log.contains("KUBECONFIG"), "{log}");
}
