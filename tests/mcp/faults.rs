//! One fault after the other, at the handshake and during a call.

use std::time::{Duration, Instant};

use mcp_schema_operator::error::Reason;
use mcp_schema_operator::mcp::{Connection, Endpoint, SqlSource, query, unobserved};
use serde_json::json;
use tokio::net::TcpListener;

use crate::server::{Answer, Fault, Mode, Server, When, is_canary};
use crate::support::{Notes, SLACK, connect, endpoint, fit_to_show, refusal};

#[tokio::test]
async fn every_broken_handshake_has_its_reason_and_is_tried_only_as_often_as_it_helps() {
    let server = Server::empty().await;
    for (fault, reason, says, tries) in [
        (Fault::Html, Reason::WrongEndpoint, "content type text/html", 1),
        (Fault::BrokenJson, Reason::ProtocolError, "http://host:port/mcp", 1),
        (Fault::OtherJson, Reason::ProtocolError, "not a valid MCP message", 1),
        (Fault::BrokenSse, Reason::ProtocolError, "not a valid MCP message", 1),
        (Fault::EmptySse, Reason::ConnectFailed, "broke before its answer", 3),
        (Fault::Accepted, Reason::ProtocolError, "acknowledged a request", 1),
        (Fault::Status(400), Reason::ProtocolError, "HTTP 400", 1),
        (Fault::Status(401), Reason::AuthenticationFailed, "wants a credential (HTTP 401)", 1),
        (Fault::Challenge, Reason::AuthenticationFailed, "wants a credential (HTTP 401)", 1),
        (Fault::Status(403), Reason::PermissionDenied, "HTTP 403", 1),
        (Fault::Status(404), Reason::WrongEndpoint, "answered 404: check that path and port of the URL", 1),
        (Fault::Status(405), Reason::WrongEndpoint, "answered 405", 1),
        (Fault::Status(421), Reason::WrongEndpoint, "--host 0.0.0.0", 1),
        (Fault::Status(429), Reason::Throttled, "HTTP 429", 3),
        (Fault::Status(500), Reason::ServerError, "HTTP 500", 3),
        (Fault::Status(503), Reason::ServerError, "HTTP 503", 3),
        (Fault::Redirect("http://example.invalid/mcp".into()), Reason::WrongEndpoint, "use the final URL", 1),
        (Fault::Rpc(-32601), Reason::ProtocolError, "2024-11-05 to 2025-11-25, and 2026-07-28", 1),
        (Fault::Rpc(-32022), Reason::ProtocolError, "speaks none of the MCP revisions", 1),
        (Fault::Refused(400, -32022), Reason::ProtocolError, "speaks none of the MCP revisions", 1),
        (Fault::Rpc(-32603), Reason::ServerError, "JSON-RPC error -32603", 3),
        (Fault::HugeJson, Reason::ResponseTooLarge, "larger than 16 MiB", 1),
        (Fault::HugeSse, Reason::ResponseTooLarge, "larger than 16 MiB", 1),
        (Fault::DropMidAnswer { resumable: false }, Reason::ConnectFailed, "broke before its answer", 3),
    ] {
        let (before, started) = (server.count("initialize"), Instant::now());
        server.set(Mode::Broken(fault.clone(), When::Always));
        let error = refusal(&server.url()).await;
        assert_eq!(error.reason, reason, "{fault:?}: {error}");
        assert!(error.message.contains(says), "{fault:?}: {error}");
        assert_eq!(server.count("initialize") - before, tries, "{fault:?}");
        assert!(started.elapsed() < SLACK, "{fault:?}");
    }
    assert_eq!(server.count("tools/call"), 0);
}

#[tokio::test]
async fn a_server_that_never_answers_costs_one_try_and_no_more_than_the_deadline() {
    let server = Server::empty().await;
    server.set(Mode::Broken(Fault::Hang, When::Always));
    let patience = Duration::from_millis(300);
    let short = Endpoint { connect_timeout: patience, request_timeout: patience, ..endpoint(&server.url()) };
    let started = Instant::now();
    let error = Connection::connect(short.clone(), unobserved()).await.expect_err("the server hangs");
    fit_to_show(&error);
    assert_eq!(error.reason, Reason::Timeout, "{error}");
    assert!(error.message.contains("handshake within 0.300 s"), "{error}");
    assert!(started.elapsed() >= patience && started.elapsed() < patience + SLACK);
    assert_eq!(server.count("initialize"), 1);

    server.set(Mode::Healthy);
    let connection = Connection::connect(Endpoint { connect_timeout: SLACK, ..short }, unobserved()).await.unwrap();
    server.set(Mode::Broken(Fault::Hang, When::Calls));
    let (before, started) = (server.count("tools/call"), Instant::now());
    let error = connection.ask("SELECT SLEEP(9)").await.expect_err("the call hangs");
    fit_to_show(&error);
    assert_eq!(error.reason, Reason::Timeout, "{error}");
    assert!(error.message.contains("a query within 0.300 s"), "{error}");
    assert!(started.elapsed() < patience + SLACK);
    assert_eq!(server.count("tools/call") - before, 1);
}

#[tokio::test]
async fn a_port_that_accepts_and_says_nothing_is_a_timeout() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let patience = Duration::from_millis(200);
    let error = Connection::connect(Endpoint { connect_timeout: patience, ..endpoint(&url) }, unobserved())
        .await
        .expect_err("nobody answers");
    assert_eq!(error.reason, Reason::Timeout, "{error}");
}

#[tokio::test]
async fn nobody_listening_an_unknown_name_and_missing_tls_are_told_apart() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let closed = listener.local_addr().unwrap();
    drop(listener);
    let notes = Notes::new();
    let error = Connection::connect(endpoint(&format!("http://{closed}")), notes.clone()).await.expect_err("closed");
    fit_to_show(&error);
    assert_eq!(error.reason, Reason::ConnectFailed);
    assert!(error.message.contains("check that it runs"), "{error}");
    assert_eq!(*notes.retries.lock().unwrap(), [Reason::ConnectFailed; 2]);
    assert_eq!(notes.calls.lock().unwrap().len(), 3);

    let error = refusal("http://no-such-server.invalid:8000").await;
    assert_eq!(error.reason, Reason::ConnectFailed);
    assert!(error.message.contains("host name does not resolve"), "{error}");

    let server = Server::empty().await;
    let error = refusal(&format!("https://{}/mcp", server.address())).await;
    assert_eq!(error.reason, Reason::TlsFailed, "{error}");
    assert!(error.message.contains("or the https in the URL"), "{error}");
}

#[tokio::test]
async fn a_server_without_one_sql_tool_is_told_from_one_with_two_and_one_without_end() {
    let server = Server::empty().await;
    for (mode, reason, says, pages) in [
        (Mode::NoSqlTool, Reason::NoSqlTool, "and 4 more; supported: db_query(sql_stmt) of Pytidb", 1),
        (Mode::TwoSqlTools, Reason::AmbiguousTools, "2 SQL tools", 1),
        (Mode::RepeatedCursor, Reason::ProtocolError, "does not end", 2),
        (Mode::EndlessTools, Reason::ProtocolError, "does not end", 10),
    ] {
        let before = server.count("tools/list");
        server.set(mode.clone());
        let error = refusal(&server.url()).await;
        assert_eq!(error.reason, reason, "{mode:?}: {error}");
        assert!(error.message.contains(says), "{mode:?}: {error}");
        assert_eq!(server.count("tools/list") - before, pages, "{mode:?}");
    }
    assert_eq!(server.count("tools/call"), 0, "no tool but the SQL tool is ever called");
}

#[tokio::test]
async fn a_server_that_alters_values_is_refused() {
    let name = "pupés";
    let hex = "707570C3A973";
    let server = Server::start(move |sql| async move {
        (!is_canary(&sql)).then(|| Answer::Rows(vec![json!({"t": name, "k": hex, "ix": name, "ik": hex})]))
    })
    .await;
    let connection = connect(&server.url()).await.unwrap();
    assert_eq!(query(&connection, "SELECT t").await.unwrap()[0].text("t").unwrap(), name);

    server.set(Mode::Masked);
    let error = query(&connection, "SELECT t").await.expect_err("names are masked");
    fit_to_show(&error);
    assert_eq!(error.reason, Reason::CanaryFailed, "{error}");

    server.set(Mode::Rounded);
    let error = refusal(&server.url()).await;
    assert_eq!(error.reason, Reason::CanaryFailed, "{error}");
    assert!(error.message.contains("a number beyond 2^53"), "{error}");
}

#[tokio::test]
async fn a_wrong_database_password_behind_a_healthy_server_is_told_as_such() {
    let server = Server::start(|sql| async move {
        Some(Answer::database_error(1045, "Access denied for user 'hunter2'@'localhost' (using password: YES)", &sql))
    })
    .await;
    let error = refusal(&server.url()).await;
    assert_eq!((error.reason, error.sql_code), (Reason::DatabaseError, Some(1045)));
    assert!(error.message.contains("the MCP server is up, but its database login was refused"), "{error}");
    assert!(error.message.contains("check the MCP server's database user and password"), "{error}");
    assert_eq!(server.count("tools/call"), 1);
}

#[tokio::test]
async fn a_throttling_server_is_obeyed_or_left_to_the_next_reconcile() {
    let server = Server::empty().await;
    server.set(Mode::Broken(Fault::RetryAfter(429, "120".into()), When::Always));
    let error = refusal(&server.url()).await;
    assert_eq!((error.reason, error.retry_after), (Reason::Throttled, Some(Duration::from_secs(120))));
    assert_eq!(server.count("initialize"), 1, "two minutes are longer than a call waits");

    server.set(Mode::Healthy);
    let connection = connect(&server.url()).await.unwrap();
    server.set(Mode::Broken(Fault::RetryAfter(429, "1".into()), When::NextCalls(1)));
    let started = Instant::now();
    query(&connection, "SELECT 1").await.unwrap();
    assert!(started.elapsed() >= Duration::from_secs(1), "{:?}", started.elapsed());
}

/// Set for the child of the test below.
const NO_AUTHORITIES: &str = "MCP_TEST_NO_CERTIFICATE_AUTHORITIES";

#[tokio::test]
async fn an_image_without_certificate_authorities_can_speak_http_and_says_what_https_needs() {
    if std::env::var_os(NO_AUTHORITIES).is_none() {
        // Where the authorities are is read from the environment, so this needs a process of its own.
        let folder = tempfile::tempdir().unwrap();
        let name = "faults::an_image_without_certificate_authorities_can_speak_http_and_says_what_https_needs";
        let child = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", name])
            .env(NO_AUTHORITIES, "1")
            .env("SSL_CERT_FILE", folder.path().join("none.pem"))
            .env("SSL_CERT_DIR", folder.path())
            .output()
            .unwrap();
        assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stdout));
        assert!(String::from_utf8_lossy(&child.stdout).contains("1 passed"));
        return;
    }
    let server = Server::empty().await;
    connect(&server.url()).await.unwrap();
    let error = refusal(&format!("https://{}/mcp", server.address())).await;
    assert_eq!(error.reason, Reason::TlsFailed);
    assert!(error.message.contains("is ca-certificates installed?"), "{error}");
}
