//! A connection over time: what it survives, what it costs the server, and how calls share it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use mcp_schema_operator::error::Reason;
use mcp_schema_operator::mcp::{Connection, Dialect, Endpoint, Recorder, Replay, SqlSource, query, unobserved};
use serde_json::json;

use crate::server::{Answer, Fault, Mode, Server, Speaks, When, is_canary};
use crate::support::{Notes, SLACK, connect, endpoint};

async fn one_row(sql: String) -> Option<Answer> {
    (!is_canary(&sql)).then(|| Answer::Rows(vec![json!({"a": 1})]))
}

#[tokio::test]
async fn many_calls_share_one_session_and_every_request_is_counted() {
    let server = Server::start(one_row).await;
    let notes = Notes::new();
    let connection = Connection::connect(endpoint(&server.url()), notes.clone()).await.unwrap();
    let info = connection.server().clone();
    assert_eq!((info.name.as_str(), info.version.as_str(), info.dialect), ("tidb", "1.30.0", Dialect::Pytidb));
    assert_eq!(info.protocol_version, "2025-11-25");
    for _ in 0..5 {
        assert_eq!(query(&connection, "SELECT 1 AS a").await.unwrap()[0].number("a").unwrap(), 1);
    }
    connection.close().await;
    let calls = server.calls();
    assert_eq!(
        (calls["initialize"], calls["tools/list"], calls["tools/call"]),
        (1, 1, 7),
        "two canaries and five: {calls:?}"
    );
    assert_eq!(calls.get("GET"), None, "no standing stream is opened");
    assert_eq!(calls["DELETE"], 1, "the session is given back");
    let seen = notes.calls.lock().unwrap();
    assert_eq!(seen.len(), 9, "handshake, list, two canaries, five queries");
    assert!(seen.iter().all(|(outcome, bytes)| outcome.is_ok() && *bytes > 50), "{seen:?}");
    assert!(notes.retries.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_server_without_sessions_that_answers_in_json_works_as_well() {
    let server = Server::start(one_row).await;
    server.speak(Speaks::Stateless);
    let connection = connect(&server.url()).await.unwrap();
    assert_eq!(query(&connection, "SELECT 1 AS a").await.unwrap().len(), 1);
    connection.close().await;
    assert_eq!(server.calls().get("DELETE"), None);
}

#[tokio::test]
async fn a_lost_session_is_renewed_within_the_call_and_looked_at_again() {
    let server = Server::start(one_row).await;
    let no_retries = Endpoint { max_retries: 0, ..endpoint(&server.url()) };
    let connection = Connection::connect(no_retries, unobserved()).await.unwrap();
    server.set(Mode::Broken(Fault::SessionLost, When::NextCalls(1)));
    assert_eq!(query(&connection, "SELECT 1 AS a").await.unwrap().len(), 1);
    let calls = server.calls();
    assert_eq!((calls["initialize"], calls["tools/list"]), (2, 2), "{calls:?}");
    assert_eq!(server.queries().iter().filter(|sql| is_canary(sql)).count(), 2);
    assert!(connection.is_usable());
}

#[tokio::test]
async fn a_restarted_server_is_found_again_without_a_new_connection() {
    let server = Server::start(one_row).await;
    let address = server.address();
    let connection = connect(&server.url()).await.unwrap();
    server.stop().await;
    let started = Instant::now();
    let error = connection.ask("SELECT 1 AS a").await.expect_err("the server is gone");
    assert_eq!(error.reason, Reason::ConnectFailed, "{error}");
    assert!(started.elapsed() < SLACK);

    let _again = Server::start_at(address, one_row).await;
    assert_eq!(query(&connection, "SELECT 1 AS a").await.unwrap().len(), 1);
    assert!(connection.is_usable());
}

#[tokio::test]
async fn passing_failures_are_tried_again_and_told_to_the_observer() {
    let server = Server::start(one_row).await;
    let notes = Notes::new();
    let connection = Connection::connect(endpoint(&server.url()), notes.clone()).await.unwrap();
    for (fault, reason) in [
        (Fault::Status(503), Reason::ServerError),
        (Fault::DropMidAnswer { resumable: false }, Reason::ConnectFailed),
        (Fault::EmptySse, Reason::ConnectFailed),
    ] {
        notes.retries.lock().unwrap().clear();
        server.set(Mode::Broken(fault.clone(), When::NextCalls(2)));
        assert_eq!(query(&connection, "SELECT 1 AS a").await.unwrap().len(), 1, "{fault:?}");
        assert_eq!(*notes.retries.lock().unwrap(), [reason; 2], "{fault:?}");
    }
}

#[tokio::test]
async fn a_broken_answer_is_resumed_a_few_times_at_most() {
    let server = Server::start(one_row).await;
    let patient = Endpoint { request_timeout: SLACK * 3, max_retries: 0, ..endpoint(&server.url()) };
    let connection = Connection::connect(patient, unobserved()).await.unwrap();
    server.set(Mode::Broken(Fault::DropMidAnswer { resumable: true }, When::Always));
    let error = connection.ask("SELECT 1 AS a").await.expect_err("the rest never comes");
    assert_eq!(error.reason, Reason::ConnectFailed, "{error}");
    assert_eq!((server.count("GET"), server.count("tools/call")), (3, 3), "{:?}", server.calls());
}

#[tokio::test]
async fn a_database_connection_that_idled_out_is_tried_again_once() {
    let lost = Arc::new(AtomicUsize::new(1));
    let left = Arc::clone(&lost);
    let server = Server::start(move |sql| {
        let left = Arc::clone(&left);
        async move {
            let lose =
                !is_canary(&sql) && left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1)).is_ok();
            let answer = Answer::database_error(2013, "Lost connection to MySQL server during query", &sql);
            if lose { Some(answer) } else { one_row(sql).await }
        }
    })
    .await;
    let connection = connect(&server.url()).await.unwrap();
    assert_eq!(query(&connection, "SELECT 1 AS a").await.unwrap().len(), 1);

    lost.store(2, Ordering::SeqCst);
    let error = query(&connection, "SELECT 1 AS a").await.expect_err("lost twice");
    assert_eq!((error.reason, error.sql_code), (Reason::DatabaseError, Some(2013)));
    assert_eq!(query(&connection, "SELECT 1 AS a").await.unwrap().len(), 1);
    assert_eq!(server.count("initialize"), 1, "the MCP session was never at fault");
}

#[tokio::test]
async fn another_server_behind_the_same_url_is_noticed() {
    let server = Server::start(one_row).await;
    let address = server.address();
    let connection = connect(&server.url()).await.unwrap();
    server.stop().await;
    let other = Server::start_at(address, one_row).await;
    other.set(Mode::NoSqlTool);
    let error = connection.ask("SELECT 1 AS a").await.expect_err("no SQL tool any more");
    assert_eq!(error.reason, Reason::NoSqlTool, "{error}");
    other.set(Mode::Healthy);
    assert_eq!(query(&connection, "SELECT 1 AS a").await.unwrap().len(), 1);
}

#[tokio::test]
async fn one_call_is_in_flight_at_a_time_and_waiting_counts_within_the_deadline() {
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let counters = (Arc::clone(&now), Arc::clone(&most));
    let server = Server::start(move |sql| {
        let (now, most) = counters.clone();
        async move {
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            if sql.contains("SLEEP") {
                tokio::time::sleep(Duration::from_secs(60)).await;
            }
            tokio::task::yield_now().await;
            now.fetch_sub(1, Ordering::SeqCst);
            one_row(sql).await
        }
    })
    .await;
    let connection = connect(&server.url()).await.unwrap();
    let all = futures::future::join_all((0..20).map(|_| query(&connection, "SELECT 1 AS a"))).await;
    assert!(all.iter().all(Result::is_ok));
    assert_eq!(most.load(Ordering::SeqCst), 1);

    let short = Endpoint { request_timeout: Duration::from_millis(400), ..endpoint(&server.url()) };
    let connection = Connection::connect(short, unobserved()).await.unwrap();
    let started = Instant::now();
    let (slow, queued) = tokio::join!(connection.ask("SELECT SLEEP(60)"), connection.ask("SELECT 1 AS a"));
    assert_eq!(slow.expect_err("too slow").reason, Reason::Timeout);
    // The one behind it either ran out of time in the queue or was answered in a session of its own.
    assert!(queued.map_or_else(|error| error.reason == Reason::Timeout, |answer| !answer.is_error));
    assert!(started.elapsed() < SLACK);
}

#[tokio::test]
async fn a_caller_that_goes_away_leaves_a_connection_that_works() {
    let server = Server::start(one_row).await;
    let connection = connect(&server.url()).await.unwrap();
    server.set(Mode::Broken(Fault::Hang, When::NextCalls(1)));
    let gone = tokio::time::timeout(Duration::from_millis(200), connection.ask("SELECT 1 AS a")).await;
    assert!(gone.is_err());
    server.set(Mode::Healthy);
    assert_eq!(query(&connection, "SELECT 1 AS a").await.unwrap().len(), 1);
}

#[tokio::test]
async fn closing_a_connection_to_a_server_that_hangs_is_bounded() {
    let server = Server::start(one_row).await;
    let connection = connect(&server.url()).await.unwrap();
    server.set(Mode::Broken(Fault::Hang, When::Always));
    let started = Instant::now();
    connection.close().await;
    assert!(started.elapsed() < SLACK);
}

#[tokio::test]
async fn what_was_recorded_is_replayed_call_by_call() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("recording.ndjson");
    std::fs::write(&path, "left over").unwrap();
    let turn = Arc::new(AtomicUsize::new(0));
    let server = Server::start(move |sql| {
        let turn = Arc::clone(&turn);
        async move {
            match sql.as_str() {
                "SELECT turn" => Some(Answer::Rows(vec![json!({"n": turn.fetch_add(1, Ordering::SeqCst)})])),
                "SELECT nope" => Some(Answer::database_error(1146, "Table 'a.nope' doesn't exist", &sql)),
                _ => None,
            }
        }
    })
    .await;
    let recorder = Recorder::create(connect(&server.url()).await.unwrap(), &path).await.unwrap();
    for n in 0..2 {
        assert_eq!(query(&recorder, "SELECT turn").await.unwrap()[0].number("n").unwrap(), n);
    }
    assert_eq!(query(&recorder, "SELECT nope").await.expect_err("no table").sql_code, Some(1146));
    server.set(Mode::Broken(Fault::Status(403), When::Calls));
    assert_eq!(recorder.ask("SELECT refused").await.expect_err("403").reason, Reason::PermissionDenied);
    assert_mode_0600(&path);

    let replay = Replay::open([&path]).unwrap();
    assert_eq!(replay.server(), recorder.server());
    for n in [0, 1, 1] {
        assert_eq!(query(&replay, "SELECT turn").await.unwrap()[0].number("n").unwrap(), n);
    }
    assert_eq!(query(&replay, "SELECT nope").await.expect_err("no table").sql_code, Some(1146));
    let error = replay.ask("SELECT refused").await.expect_err("403");
    assert_eq!(error.reason, Reason::PermissionDenied);
    assert!(error.message.contains("HTTP 403"), "{error}");
    let lines = std::fs::read_to_string(&path).unwrap();
    let second = lines.lines().nth(1).unwrap();
    assert!(second.starts_with(r#"{"sql":"SELECT turn","structured":{"result":[{"n":0}]},"content":["#), "{second}");
    assert!(second.ends_with(r#","isError":false}"#), "{second}");
}

#[cfg(unix)]
fn assert_mode_0600(path: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt;
    assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
}
#[cfg(not(unix))]
fn assert_mode_0600(_: &std::path::Path) {}
