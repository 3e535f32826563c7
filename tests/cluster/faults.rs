//! The MCP server dies, hangs and lies while a snapshot is Ready: the data stays, the condition says what is wrong, and
//! all is well again by itself soon after the server is back.

use std::time::Duration;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use mcp_schema_operator::api::conditions::{ConditionType, find};
use mcpschema_bed::{McpServer, wait_for};
use serde_json::{Value, json};

use crate::server::{Answer, Fault, Mode, Server, When};
use crate::support::{Case, SOON};

/// A scriptable MCP server whose healthy answers come from the real database.
pub(crate) async fn scripted(case: &Case) -> Server {
    Server::start(live(case)).await
}

/// Answers from the real database.
pub(crate) fn live(case: &Case) -> impl Fn(String) -> BoxFuture<'static, Option<Answer>> + Send + Sync + use<> {
    let sql = case.world.bed.database.connect(&case.world.bed.reader);
    move |text| {
        let sql = sql.clone();
        async move {
            Some(match sql.rows(&text).await {
                Ok(rows) => Answer::Rows(rows.into_iter().map(Value::Object).collect()),
                Err(_) => Answer::database_error(1064, "refused", ""),
            })
        }
        .boxed()
    }
}

/// With the server away: `ServingStale`, `SourceReachable` with the reason, bytes and identity of the ConfigMap as before.
async fn serves_the_old_copy(case: &Case, before: &k8s_openapi::api::core::v1::ConfigMap, reason: &str) {
    let status = case.condition(ConditionType::Ready, "True", "ServingStale").await;
    let reachable = find(&status.conditions, ConditionType::SourceReachable).unwrap();
    assert_eq!((reachable.status.as_str(), reachable.reason.as_str()), ("False", reason), "{}", reachable.message);
    assert!(reachable.message.len() > 20, "the message says what to do: {}", reachable.message);
    let fresh = find(&status.conditions, ConditionType::Fresh).unwrap();
    assert_eq!((fresh.status.as_str(), fresh.reason.as_str()), ("False", "ServingStale"));
    // The next try is never further away than one retry period: here the interval of 10 s (times have whole seconds).
    let since = find(&status.conditions, ConditionType::SourceReachable).unwrap().last_transition_time.0;
    let next = status.next_refresh_time.as_ref().unwrap().0.duration_since(since);
    assert!(next.as_secs() <= 11, "next try after {next:?}");
    assert!(status.stale && status.revision.is_some() && !status.tables.is_empty(), "{status:?}");
    for (kind, want) in [(ConditionType::Reconciling, "False"), (ConditionType::Stalled, "False")] {
        assert_eq!(find(&status.conditions, kind).unwrap().status, want, "{}", kind.as_str());
    }
    let now = case.config_maps().get("orders-schema").await.unwrap();
    assert_eq!(now.data, before.data);
    assert_eq!(Case::resource_version(&now), Case::resource_version(before), "not even written");
    // Being asked to slow down is no news.
    if reason != "Throttled" {
        case.event("ServingStale").await;
    }
}

async fn recovers(case: &Case) {
    let status = case.condition(ConditionType::Ready, "True", "Published").await;
    assert!(!status.stale);
    case.condition(ConditionType::SourceReachable, "True", "Reachable").await;
    case.event("Recovered").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_keeps_the_data_and_recovers() {
    let case = Case::new("killed").await;
    case.table("t", "id INT PRIMARY KEY").await;
    let server = McpServer::start(&case.world.bed.database, &case.world.bed.reader).await.unwrap();
    case.snapshot(&server.url(), json!({})).await;
    case.published().await;
    let before = case.config_maps().get("orders-schema").await.unwrap();
    server.kill();
    serves_the_old_copy(&case, &before, "ConnectFailed").await;
    server.restart().await.unwrap();
    recovers(&case).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hung_server_keeps_the_data_and_recovers() {
    let case = Case::new("hung").await;
    case.table("t", "id INT PRIMARY KEY").await;
    let server = McpServer::start(&case.world.bed.database, &case.world.bed.reader).await.unwrap();
    case.snapshot(&server.url(), json!({})).await;
    case.published().await;
    let before = case.config_maps().get("orders-schema").await.unwrap();
    server.pause().unwrap();
    serves_the_old_copy(&case, &before, "Timeout").await;
    server.resume().unwrap();
    recovers(&case).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage_keeps_the_data_and_is_got_over() {
    let case = Case::new("garbage").await;
    case.table("t", "id INT PRIMARY KEY").await;
    let server = scripted(&case).await;
    case.snapshot(&server.url(), json!({})).await;
    case.published().await;
    let before = case.config_maps().get("orders-schema").await.unwrap();
    server.set(Mode::Broken(Fault::BrokenJson, When::Always));
    serves_the_old_copy(&case, &before, "ProtocolError").await;
    server.set(Mode::Healthy);
    recovers(&case).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_before_the_first_look_is_no_empty_schema() {
    let case = Case::new("early").await;
    case.table("t", "id INT PRIMARY KEY").await;
    let server = scripted(&case).await;
    server.set(Mode::Broken(Fault::Status(503), When::Always));
    case.snapshot(&server.url(), json!({})).await;
    let status = case.condition(ConditionType::Ready, "False", "SourceUnavailable").await;
    assert_eq!(find(&status.conditions, ConditionType::Reconciling).unwrap().status, "True");
    assert_eq!(find(&status.conditions, ConditionType::SourceReachable).unwrap().reason, "ServerError");
    assert!(case.config_maps().get_opt("orders-schema").await.unwrap().is_none());
    server.set(Mode::Healthy);
    case.published().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_after_is_obeyed_and_nothing_is_hammered() {
    let case = Case::new("throttled").await;
    case.table("t", "id INT PRIMARY KEY").await;
    let server = scripted(&case).await;
    case.snapshot(&server.url(), json!({})).await;
    case.published().await;
    let before = case.config_maps().get("orders-schema").await.unwrap();
    server.set(Mode::Broken(Fault::RetryAfter(429, "3".to_owned()), When::Always));
    serves_the_old_copy(&case, &before, "Throttled").await;
    let calls = |server: &Server| server.calls().values().sum::<usize>();
    let start = calls(&server);
    let until = tokio::time::Instant::now() + Duration::from_secs(12);
    // A lower bound on time is all this needs: at most one try with one retry every three seconds.
    wait_for("twelve seconds", SOON, async || (tokio::time::Instant::now() > until).then_some(())).await.unwrap();
    assert!(calls(&server) - start <= 12, "{} calls in 12 s", calls(&server) - start);
    server.set(Mode::Healthy);
    recovers(&case).await;
}
