//! Tokens and headers from Secrets: taken anew without a restart, told apart when refused, missing or wrong, and never
//! to be read anywhere.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use futures::FutureExt as _;
use k8s_openapi::api::core::v1::{ConfigMap, Secret};
use k8s_openapi::api::events::v1::Event;
use kube::api::{Api, ListParams, Patch, PatchParams};
use mcp_schema_operator::api::conditions::{ConditionType, find};
use mcp_schema_operator::api::{SchemaSnapshot, annotations};
use mcpschema_bed::wait_for;
use serde_json::{Value, json};

use crate::faults::{live, scripted};
use crate::server::{Fault, Mode, Server, When};
use crate::support::{Case, SOON, operator_in};

/// Makes or changes a Secret of the case's namespace.
pub(crate) async fn secret(case: &Case, name: &str, data: &[(&str, &str)]) {
    let data: BTreeMap<&str, &str> = data.iter().copied().collect();
    let object = json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "stringData": data});
    secrets(case).patch(name, &PatchParams::apply("test").force(), &Patch::Apply(&object)).await.unwrap();
}

fn secrets(case: &Case) -> Api<Secret> {
    Api::namespaced(case.client.clone(), &case.namespace)
}

/// `spec.source` beside the URL: a token, which may travel to the loopback address of these tests.
fn with_token() -> Value {
    json!({"source": {"allowInsecureAuth": true, "auth": {"bearerTokenSecretRef": {"name": "mcp-token", "key": "token"}}}})
}

/// Asks for a look now.
pub(crate) async fn refresh(case: &Case, word: &str) {
    case.annotate(annotations::REFRESH, word).await;
}

/// A case with one table, and a server that takes this token alone.
async fn guarded(name: &str, token: &str) -> (Case, Server) {
    let case = Case::new(name).await;
    case.table("t", "id INT PRIMARY KEY").await;
    let server = scripted(&case).await;
    server.accept(&[token]);
    (case, server)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_token_is_taken_without_a_restart_and_without_a_failed_look() {
    let (case, server) = guarded("rotated", "first").await;
    secret(&case, "mcp-token", &[("token", "first\n")]).await;
    case.snapshot(&server.url(), with_token()).await;
    let before = case.published().await;
    // As a careful administrator does it: the server takes both for a while.
    server.accept(&["first", "second"]);
    secret(&case, "mcp-token", &[("token", "second")]).await;
    let seen = || server.heads().iter().any(|head| head.get("authorization").is_some_and(|v| v == "Bearer second"));
    wait_for("a request with the new token", SOON, async || seen().then_some(())).await.unwrap();
    server.accept(&["second"]);
    case.table("u", "id INT PRIMARY KEY").await;
    case.changed(&before).await;
    case.published().await;
    let events = case.events("orders").await;
    assert!(!events.iter().any(|reason| reason == "ServingStale" || reason == "AuthenticationFailed"), "{events:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_replaced_in_the_middle_of_a_look_is_read_again_and_the_look_succeeds() {
    let case = Case::new("midlook").await;
    case.table("t", "id INT PRIMARY KEY").await;
    let (armed, itself) = (Arc::new(AtomicBool::new(false)), Arc::new(OnceLock::<Server>::new()));
    let (answers, client, namespace) = (Arc::new(live(&case)), case.client.clone(), case.namespace.clone());
    let (trigger, server) = (Arc::clone(&armed), Arc::clone(&itself));
    let started = Server::start(move |text| {
        let (answers, trigger, server) = (Arc::clone(&answers), Arc::clone(&trigger), Arc::clone(&server));
        let api: Api<Secret> = Api::namespaced(client.clone(), &namespace);
        async move {
            if trigger.swap(false, Ordering::SeqCst) {
                let patch = json!({"stringData": {"token": "second"}});
                api.patch("mcp-token", &PatchParams::default(), &Patch::Merge(&patch)).await.unwrap();
                server.get().unwrap().accept(&["second"]);
            }
            answers(text).await
        }
        .boxed()
    })
    .await;
    started.accept(&["first"]);
    let server = itself.get_or_init(|| started);
    secret(&case, "mcp-token", &[("token", "first")]).await;
    case.snapshot(&server.url(), with_token()).await;
    case.published().await;
    armed.store(true, Ordering::SeqCst);
    refresh(&case, "while it is replaced").await;
    let handled = async || {
        let status = case.status().await;
        (status.last_handled_refresh.as_deref() == Some("while it is replaced")).then_some(status)
    };
    let status = wait_for("the answer to the refresh", SOON, handled).await.unwrap();
    assert!(!armed.load(Ordering::SeqCst), "the token was replaced in the middle of it");
    assert_eq!(find(&status.conditions, ConditionType::Ready).unwrap().reason, "Published");
    let events = case.events("orders").await;
    assert!(!events.iter().any(|reason| reason == "ServingStale" || reason == "AuthenticationFailed"), "{events:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_token_is_told_and_mended_by_the_secret_and_a_refresh() {
    let (case, server) = guarded("wrongtoken", "good").await;
    secret(&case, "mcp-token", &[("token", "bad")]).await;
    case.snapshot(&server.url(), with_token()).await;
    let status = case.condition(ConditionType::Ready, "False", "AuthenticationFailed").await;
    assert_eq!(find(&status.conditions, ConditionType::Reconciling).unwrap().status, "True");
    assert_eq!(find(&status.conditions, ConditionType::Stalled).unwrap().status, "False");
    let message = Case::message(&status, ConditionType::SourceReachable);
    assert!(message.contains("HTTP 401") && message.contains("token") && !message.contains("bad"), "{message}");
    case.event("AuthenticationFailed").await;
    secret(&case, "mcp-token", &[("token", "good")]).await;
    refresh(&case, "the token is right now").await;
    case.published().await;
    // With a copy to serve it is served, and the reason is the same.
    server.accept(&["another"]);
    let status = case.condition(ConditionType::Ready, "True", "ServingStale").await;
    let reachable = find(&status.conditions, ConditionType::SourceReachable).unwrap();
    assert_eq!((reachable.status.as_str(), reachable.reason.as_str()), ("False", "AuthenticationFailed"));
    assert_eq!(find(&status.conditions, ConditionType::Fresh).unwrap().reason, "ServingStale");
    secret(&case, "mcp-token", &[("token", "another")]).await;
    refresh(&case, "right again").await;
    case.published().await;
    case.event("Recovered").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_is_missing_is_named_and_waited_for_and_nobody_is_asked_without_it() {
    let (case, server) = guarded("nosecret", "good").await;
    case.snapshot(&server.url(), with_token()).await;
    let status = case.condition(ConditionType::Ready, "False", "CredentialsUnavailable").await;
    let message = Case::message(&status, ConditionType::SourceReachable);
    let want = format!("source.auth.bearerTokenSecretRef: Secret \"mcp-token\" is not in namespace {}", case.namespace);
    assert!(message.starts_with(&want), "{message}");
    assert_eq!(find(&status.conditions, ConditionType::Reconciling).unwrap().status, "True");
    case.event("CredentialsUnavailable").await;
    secret(&case, "mcp-token", &[("other", "good")]).await;
    let told = async || {
        let message = Case::message(&case.status().await, ConditionType::SourceReachable);
        if message.contains("key \"token\" of Secret \"mcp-token\" is not there") { Ok(()) } else { Err(message) }
    };
    wait_for("the missing key to be named", SOON, told).await.unwrap();
    assert_eq!(server.calls(), BTreeMap::new(), "a server that wants a token is not asked without one");
    secret(&case, "mcp-token", &[("token", "good")]).await;
    case.published().await;
    // What was published stays when the Secret goes, and is said to be stale.
    secrets(&case).delete("mcp-token", &Default::default()).await.unwrap();
    let status = case.condition(ConditionType::Ready, "True", "ServingStale").await;
    assert_eq!(find(&status.conditions, ConditionType::SourceReachable).unwrap().reason, "CredentialsUnavailable");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_told_apart_from_a_server_that_is_down_in_condition_and_metric() {
    let case = Case::new("told-refusals").await;
    case.table("t", "id INT PRIMARY KEY").await;
    let server = scripted(&case).await;
    case.snapshot(&server.url(), json!({})).await;
    case.published().await;
    let faults = [
        (Fault::Status(401), "AuthenticationFailed", "HTTP 401"),
        (Fault::Challenge, "AuthenticationFailed", "HTTP 401"),
        (Fault::Status(403), "PermissionDenied", "HTTP 403"),
        (Fault::Status(421), "WrongEndpoint", "host name"),
        (Fault::Status(503), "ServerError", "HTTP 503"),
    ];
    for (at, (fault, reason, says)) in faults.into_iter().enumerate() {
        server.set(Mode::Broken(fault, When::Always));
        refresh(&case, &format!("fault {at}")).await;
        let status = case.condition(ConditionType::SourceReachable, "False", reason).await;
        let message = Case::message(&status, ConditionType::SourceReachable);
        assert!(message.contains(says), "{reason}: {message}");
        assert_eq!(find(&status.conditions, ConditionType::Ready).unwrap().reason, "ServingStale", "{reason}");
        let metrics = case.world.operator.metrics().await.unwrap();
        let counted = format!("mcp_schema_mcp_requests_total{{outcome=\"{reason}\",source=\"inline\"}}");
        assert!(metrics.contains(&counted), "{counted}");
        server.set(Mode::Healthy);
        refresh(&case, &format!("after fault {at}")).await;
        case.condition(ConditionType::SourceReachable, "True", "Reachable").await;
    }
    server.stop().await;
    // After a few tries the circuit is open, and says why.
    let status = case
        .until("a server that is down", |now| {
            let told = find(&now.conditions, ConditionType::SourceReachable).unwrap();
            told.reason == "ConnectFailed" || told.message.contains("ConnectFailed")
        })
        .await;
    assert_eq!(find(&status.conditions, ConditionType::SourceReachable).unwrap().status, "False");
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_of_the_spec_and_of_a_secret_are_on_every_request() {
    let case = Case::new("headers").await;
    case.table("t", "id INT PRIMARY KEY").await;
    let server = scripted(&case).await;
    secret(&case, "api", &[("key", "a key of its own\n")]).await;
    let headers = json!([
        {"name": "X-Tenant", "value": "shop"},
        {"name": "X-Api-Key", "valueFromSecretRef": {"name": "api", "key": "key"}},
    ]);
    case.snapshot(&server.url(), json!({"source": {"allowInsecureAuth": true, "headers": headers}})).await;
    case.published().await;
    let heads = server.heads();
    assert!(heads.len() > 3);
    for head in heads {
        let value = |name: &str| head.get(name).and_then(|value| value.to_str().ok());
        assert_eq!((value("x-tenant"), value("x-api-key")), (Some("shop"), Some("a key of its own")), "{head:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transport_or_dialect_that_the_server_does_not_have_is_said_so() {
    let case = Case::new("forced").await;
    case.table("t", "id INT PRIMARY KEY").await;
    let server = scripted(&case).await;
    case.snapshot(&server.url(), json!({"source": {"transport": "Sse"}})).await;
    let told = async || {
        let status = case.status().await;
        let message = Case::message(&status, ConditionType::SourceReachable);
        // Servers refuse a GET of an event stream they do not have in many ways; the message names what was looked for.
        if message.contains("(HTTP+SSE)") { Ok(status) } else { Err(message) }
    };
    let status = wait_for("the transport to be named", SOON, told).await.unwrap();
    assert_eq!(find(&status.conditions, ConditionType::Ready).unwrap().reason, "SourceUnavailable");
    case.snapshot(&server.url(), json!({"source": {"transport": "StreamableHttp", "dialect": "Dbhub"}})).await;
    let status = case.condition(ConditionType::Ready, "False", "NoSqlTool").await;
    let message = Case::message(&status, ConditionType::Ready);
    assert!(message.contains("db_query"), "says what the server offers: {message}");
    case.snapshot(&server.url(), json!({"source": {"transport": "StreamableHttp", "dialect": "Pytidb"}})).await;
    let source = case.published().await.source.unwrap();
    assert_eq!((source.transport.as_str(), source.dialect.as_str()), ("StreamableHttp", "Pytidb"));
}

/// Everything an operator writes or shows of this case, and the log of a second operator that tells all it can.
async fn everything_told(case: &Case, debugging: &mcpschema_bed::OperatorProcess) -> Vec<(&'static str, String)> {
    let all = ListParams::default();
    let events: Api<Event> = Api::namespaced(case.client.clone(), &case.namespace);
    let maps: Api<ConfigMap> = case.config_maps();
    let snapshots: Api<SchemaSnapshot> = case.snapshots();
    vec![
        ("log", std::fs::read_to_string(case.world.operator.log()).unwrap()),
        ("debug log", std::fs::read_to_string(debugging.log()).unwrap()),
        ("metrics", case.world.operator.metrics().await.unwrap()),
        ("metrics of the other", debugging.metrics().await.unwrap()),
        ("events", serde_json::to_string(&events.list(&all).await.unwrap().items).unwrap()),
        ("ConfigMaps", serde_json::to_string(&maps.list(&all).await.unwrap().items).unwrap()),
        ("snapshots", serde_json::to_string(&snapshots.list(&all).await.unwrap().items).unwrap()),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn no_credential_is_to_be_read_anywhere() {
    // In base64, as a Secret holds them: aHVudGVyMi10b2tlbg== and aHVudGVyMi1oZWFkZXI=.
    let (case, server) = guarded("leaks", "hunter2-token").await;
    // What the log level lets through, and no directive beside it.
    let debugging = operator_in(case.world.bed, &["--log-level", "debug"], &[("RUST_LOG", "")]).await.unwrap();
    secret(&case, "mcp-token", &[("token", "hunter2-token")]).await;
    secret(&case, "api", &[("key", "hunter2-header")]).await;
    let mut extra = with_token();
    extra["source"]["headers"] = json!([{"name": "X-Api-Key", "valueFromSecretRef": {"name": "api", "key": "key"}}]);
    case.snapshot(&server.url(), extra).await;
    case.published().await;
    // Refused, unusable, broken by the server in every way that puts something of a request into an answer.
    for (token, fault, reason) in [
        ("hunter2-wrong", None, "AuthenticationFailed"),
        ("Bearer hunter2-token", None, "CredentialsUnavailable"),
        ("hunter2-token", Some(Fault::Html), "WrongEndpoint"),
        ("hunter2-token", Some(Fault::BrokenJson), "ProtocolError"),
        ("hunter2-token", Some(Fault::Redirect("http://hunter2.test/".to_owned())), "WrongEndpoint"),
    ] {
        if let Some(fault) = fault {
            server.set(Mode::Broken(fault, When::Always));
        }
        secret(&case, "mcp-token", &[("token", token)]).await;
        refresh(&case, reason).await;
        case.condition(ConditionType::SourceReachable, "False", reason).await;
        server.set(Mode::Healthy);
        secret(&case, "mcp-token", &[("token", "hunter2-token")]).await;
        refresh(&case, &format!("after {reason}")).await;
        case.condition(ConditionType::SourceReachable, "True", "Reachable").await;
    }
    let told = everything_told(&case, &debugging).await;
    for (place, text) in &told {
        assert!(!text.is_empty(), "{place} is empty");
        for never in ["hunter2", "aHVudGVyMi"] {
            let at = text.find(never).map(|at| text[at.saturating_sub(200)..].chars().take(400).collect::<String>());
            assert_eq!(at, None, "{never} in {place}");
        }
    }
    let log = &told[1].1;
    assert!(log.contains("DEBUG") && log.contains(&case.namespace), "the other operator told what it did");
}
