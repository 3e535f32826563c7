//! Every way to reach a server: each transport alone, and the search for the right one.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use mcp_schema_operator::error::Reason;
use mcp_schema_operator::mcp::{Connection, Dialect, Endpoint, SqlSource, Transport, query, unobserved};
use serde_json::json;

use crate::server::{Answer, Fault, Mode, Server, Speaks, When, is_canary};
use crate::support::{Notes, SLACK, connect, endpoint, fit_to_show, refusal};

async fn one_row(sql: String) -> Option<Answer> {
    (!is_canary(&sql)).then(|| Answer::Rows(vec![json!({"a": 1})]))
}

/// A server that speaks so, with the tool that belongs to it.
async fn speaking(speaks: Speaks) -> Server {
    let server = Server::start(one_row).await;
    server.speak(speaks);
    server
}

fn over(url: &str, transport: Transport) -> Endpoint {
    Endpoint { transport: Some(transport), ..endpoint(url) }
}

async fn answers(connection: &Connection) {
    assert_eq!(query(connection, "SELECT 1 AS a").await.unwrap()[0].number("a").unwrap(), 1);
}

#[tokio::test]
async fn every_transport_is_found_by_a_url_without_a_path_and_without_being_named() {
    for (speaks, transport, revision, dialect, wrong_ways) in [
        (Speaks::Streamable, Transport::StreamableHttp, "2025-11-25", Dialect::Pytidb, 0),
        (Speaks::Stateless, Transport::StreamableHttp, "2025-11-25", Dialect::Pytidb, 0),
        (Speaks::Modern(200), Transport::StreamableHttp, "2026-07-28", Dialect::Pytidb, 1),
        (Speaks::Modern(400), Transport::StreamableHttp, "2026-07-28", Dialect::Pytidb, 1),
        (Speaks::Modern(404), Transport::StreamableHttp, "2026-07-28", Dialect::Pytidb, 1),
        (Speaks::Sse, Transport::Sse, "2025-11-25", Dialect::Pytidb, 1),
        (Speaks::Rest, Transport::RestTools, "", Dialect::RestTools, 2),
    ] {
        let server = speaking(speaks).await;
        let notes = Notes::new();
        let found = Connection::connect(endpoint(&server.base()), notes.clone()).await;
        let connection = found.unwrap_or_else(|error| panic!("{speaks:?}: {error}"));
        let info = connection.server().clone();
        assert_eq!((info.transport, info.dialect), (transport, dialect), "{speaks:?}");
        assert_eq!(info.protocol_version, revision, "{speaks:?}");
        let name = if speaks == Speaks::Rest { ("REST tools server", "") } else { ("tidb", "1.30.0") };
        assert_eq!((info.name.as_str(), info.version.as_str()), name, "{speaks:?}");
        answers(&connection).await;
        {
            let seen = notes.calls.lock().unwrap();
            let (failed, good): (Vec<_>, Vec<_>) = seen.iter().partition(|(outcome, _)| outcome.is_err());
            assert_eq!(failed.len(), wrong_ways, "{speaks:?}: {seen:?}");
            assert!(good.iter().all(|(_, bytes)| *bytes > 50), "{speaks:?}: {seen:?}");
            assert!(notes.retries.lock().unwrap().is_empty(), "{speaks:?}: another way is no retry");
        }
        connection.close().await;

        let chosen = Connection::connect(over(&server.base(), transport), unobserved()).await.unwrap();
        assert_eq!(*chosen.server(), info, "{speaks:?}: named or found, it is the same");
    }
}

#[tokio::test]
async fn a_url_that_ends_in_sse_is_tried_as_such_first() {
    let server = speaking(Speaks::Sse).await;
    let connection = connect(&format!("{}/sse", server.base())).await.unwrap();
    assert_eq!(connection.server().transport, Transport::Sse);
    let calls = server.calls();
    // The two calls are the canaries, of plain rows and of packed ones.
    assert_eq!((calls["GET"], calls["initialize"], calls["tools/call"]), (1, 1, 2), "{calls:?}");
}

#[tokio::test]
async fn a_dialect_of_rest_tools_means_their_transport_and_another_dialect_never_tries_it() {
    let server = speaking(Speaks::Rest).await;
    let rest = Endpoint { dialect: Some(Dialect::RestTools), ..endpoint(&server.base()) };
    assert_eq!(Connection::connect(rest, unobserved()).await.unwrap().server().transport, Transport::RestTools);
    assert_eq!(server.calls().keys().collect::<Vec<_>>(), ["tools/call"]);

    let pytidb = Endpoint { dialect: Some(Dialect::Pytidb), ..endpoint(&server.base()) };
    let error = Connection::connect(pytidb, unobserved()).await.expect_err("no such server");
    assert_eq!(error.reason, Reason::WrongEndpoint, "{error}");
    assert_eq!(server.count("tools/call"), 2, "the two canaries of before");
}

#[tokio::test]
async fn a_transport_that_is_named_is_the_only_one_tried() {
    for (speaks, named, says) in [
        (Speaks::Streamable, Transport::Sse, "(HTTP+SSE), as in http://host:port/sse"),
        (Speaks::Streamable, Transport::RestTools, "the base of a REST tools server"),
        (Speaks::Sse, Transport::StreamableHttp, "(streamable HTTP), as in http://host:port/mcp"),
        (Speaks::Rest, Transport::Sse, "(HTTP+SSE), as in http://host:port/sse"),
    ] {
        let server = speaking(speaks).await;
        let error = Connection::connect(over(&server.base(), named), unobserved()).await.expect_err("another one");
        fit_to_show(&error);
        assert_eq!(error.reason, Reason::WrongEndpoint, "{speaks:?} as {named}: {error}");
        assert!(error.message.contains(says), "{speaks:?} as {named}: {error}");
        assert_eq!(server.calls().values().sum::<usize>(), 1, "{speaks:?} as {named}: {:?}", server.calls());
    }
}

#[tokio::test]
async fn an_outage_or_a_refusal_is_told_at_once_and_not_searched_around() {
    let server = Server::empty().await;
    for (fault, reason) in [
        (Fault::Status(401), Reason::AuthenticationFailed),
        (Fault::Challenge, Reason::AuthenticationFailed),
        (Fault::Status(403), Reason::PermissionDenied),
        (Fault::HostRefused, Reason::WrongEndpoint),
        (Fault::Status(421), Reason::WrongEndpoint),
        (Fault::RetryAfter(429, "120".into()), Reason::Throttled),
        (Fault::Status(500), Reason::ServerError),
        (Fault::Status(503), Reason::ServerError),
        (Fault::Redirect("http://example.invalid/mcp".into()), Reason::WrongEndpoint),
        (Fault::DropMidAnswer { resumable: false }, Reason::ConnectFailed),
        (Fault::HugeJson, Reason::ResponseTooLarge),
    ] {
        server.set(Mode::Broken(fault.clone(), When::Always));
        assert_eq!(refusal(&server.base()).await.reason, reason, "{fault:?}");
        let others: Vec<_> = server.calls().into_keys().filter(|method| method != "initialize").collect();
        assert!(others.is_empty(), "{fault:?}: {others:?}");
    }
}

#[tokio::test]
async fn where_no_way_leads_to_a_server_the_first_failure_is_told_unless_another_came_nearer() {
    let server = speaking(Speaks::Sse).await;
    server.speak(Speaks::Sse);
    server.set(Mode::NoSqlTool);
    assert_eq!(refusal(&server.base()).await.reason, Reason::NoSqlTool, "the server was found by the second way");

    server.set(Mode::Broken(Fault::Status(404), When::Always));
    let error = refusal(&server.base()).await;
    assert_eq!(error.reason, Reason::WrongEndpoint);
    assert!(error.message.contains("http://host:port/mcp"), "{error}");
    assert_eq!(server.count("POST"), 0);

    let rest = speaking(Speaks::Rest).await;
    rest.set(Mode::Broken(Fault::Status(401), When::Calls));
    assert_eq!(refusal(&rest.base()).await.reason, Reason::AuthenticationFailed, "REST tools that want a token");
    rest.set(Mode::Broken(Fault::OtherJson, When::Calls));
    assert_eq!(refusal(&rest.base()).await.reason, Reason::WrongEndpoint, "JSON of something else");
}

#[tokio::test]
async fn an_event_stream_that_announces_another_origin_is_not_followed() {
    let server = speaking(Speaks::SseElsewhere).await;
    for endpoint in [endpoint(&server.base()), over(&server.base(), Transport::Sse)] {
        let error = Connection::connect(endpoint, unobserved()).await.expect_err("the endpoint is elsewhere");
        fit_to_show(&error);
        assert_eq!(error.reason, Reason::WrongEndpoint, "{error}");
        assert!(error.message.contains("announces an endpoint at another scheme, host or port"), "{error}");
    }
}

#[tokio::test]
async fn a_lost_session_is_healed_within_the_call_over_every_transport_and_by_the_way_it_was_found() {
    for (speaks, transport, handshakes) in [
        (Speaks::Streamable, Transport::StreamableHttp, (2, 0)),
        (Speaks::Modern(400), Transport::StreamableHttp, (1, 2)),
        (Speaks::Sse, Transport::Sse, (3, 0)),
    ] {
        let server = speaking(speaks).await;
        let no_retries = Endpoint { max_retries: 0, ..endpoint(&server.base()) };
        let connection = Connection::connect(no_retries, unobserved()).await.unwrap();
        if matches!(speaks, Speaks::Modern(_)) {
            // There is no session to lose: what breaks a connection there is an answer that does not come.
            server.set(Mode::Broken(Fault::BrokenJson, When::NextCalls(1)));
            connection.ask("SELECT 1 AS a").await.expect_err("broken");
        } else {
            server.set(Mode::Broken(Fault::SessionLost, When::NextCalls(1)));
        }
        answers(&connection).await;
        let calls = (server.count("initialize"), server.count("server/discover"));
        assert_eq!(calls, handshakes, "{speaks:?}: {:?}", server.calls());
        assert_eq!(connection.server().transport, transport);
        assert!(connection.is_usable(), "{speaks:?}: the same server answers");
    }
}

#[tokio::test]
async fn a_server_that_changes_its_transport_is_found_again_and_no_longer_the_same() {
    for (before, after, found) in [
        (Speaks::Sse, Speaks::Streamable, Transport::StreamableHttp),
        (Speaks::Streamable, Speaks::Sse, Transport::Sse),
        (Speaks::Rest, Speaks::Stateless, Transport::StreamableHttp),
    ] {
        let server = speaking(before).await;
        let connection = connect(&server.base()).await.unwrap();
        answers(&connection).await;
        server.speak(after);
        server.end_streams();
        // The first call may find out that what was there is gone; the answer in another dialect is not for this reader.
        let _ = connection.ask("SELECT 1 AS a").await;
        match (before, query(&connection, "SELECT 1 AS a").await) {
            (Speaks::Rest, answer) => {
                let error = answer.expect_err("another dialect");
                assert_eq!(error.reason, Reason::ConnectFailed, "{error}");
                assert!(error.message.contains("another kind of MCP server"), "{error}");
            }
            (_, answer) => assert_eq!(answer.unwrap().len(), 1, "{before:?} to {after:?}"),
        }
        assert!(!connection.is_usable(), "{before:?} to {after:?}");
        assert_eq!(connect(&server.base()).await.unwrap().server().transport, found, "{before:?} to {after:?}");
    }
}

#[tokio::test]
async fn an_event_stream_that_ended_between_two_calls_is_no_failure_of_the_next() {
    let server = speaking(Speaks::Sse).await;
    let no_retries = Endpoint { max_retries: 0, ..over(&server.base(), Transport::Sse) };
    let connection = Connection::connect(no_retries, unobserved()).await.unwrap();
    answers(&connection).await;
    server.end_streams();
    // The end arrives in its own time: from then on each call finds it out before it is sent.
    let deadline = tokio::time::Instant::now() + SLACK;
    while server.count("GET") == 1 && tokio::time::Instant::now() < deadline {
        tokio::task::yield_now().await;
        answers(&connection).await;
    }
    assert_eq!(server.count("GET"), 2, "{:?}", server.calls());
}

#[tokio::test]
async fn calls_go_in_parallel_up_to_the_bound_and_a_broken_session_is_replaced_alone() {
    for (speaks, asked, want) in [
        (Speaks::Streamable, None, 1),
        (Speaks::Streamable, Some(3), 3),
        (Speaks::Sse, Some(2), 2),
        (Speaks::Rest, None, 2),
        (Speaks::Rest, Some(1), 1),
    ] {
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let counters = (Arc::clone(&now), Arc::clone(&most));
        let server = Server::start(move |sql| {
            let (now, most) = counters.clone();
            async move {
                if is_canary(&sql) {
                    return None;
                }
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                // Until as many are here as may be, nobody leaves.
                let deadline = tokio::time::Instant::now() + SLACK / 4;
                while most.load(Ordering::SeqCst) < want && tokio::time::Instant::now() < deadline {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                now.fetch_sub(1, Ordering::SeqCst);
                let text = sql.trim_start_matches("SELECT ").to_owned();
                Some(Answer::Rows(vec![json!({"a": text})]))
            }
        })
        .await;
        server.speak(speaks);
        let endpoint = Endpoint { max_in_flight: asked.and_then(NonZeroU32::new), ..endpoint(&server.base()) };
        let notes = Notes::new();
        let connection = Connection::connect(endpoint, notes.clone()).await.unwrap();
        let ask = async |n: usize| {
            let rows = query(&connection, &format!("SELECT {n}")).await.unwrap();
            assert_eq!(rows[0].text("a").unwrap(), n.to_string(), "each call has its own answer");
        };
        futures::future::join_all((0..24).map(ask)).await;
        assert_eq!(most.load(Ordering::SeqCst), want, "{speaks:?} {asked:?}");
        let all_good =
            notes.calls.lock().unwrap().iter().rev().take(24).all(|(outcome, bytes)| outcome.is_ok() && *bytes > 20);
        assert!(all_good, "{speaks:?}: {:?}", notes.calls.lock().unwrap());

        if speaks == Speaks::Streamable && want > 1 {
            let before = server.count("initialize");
            server.set(Mode::Broken(Fault::SessionLost, When::NextCalls(1)));
            futures::future::join_all((0..24).map(ask)).await;
            assert_eq!(server.count("initialize"), before + 1, "one was lost, one is opened");
        }
    }
}
