//! One call that goes wrong in every way below MCP, over every transport: the reason a user sees, what is counted, whether
//! the session outlives it, and that the next call works.

use std::time::{Duration, Instant};

use mcp_schema_operator::error::Reason;
use mcp_schema_operator::mcp::{Connection, Endpoint, SqlSource, query};

use crate::server::{Fault, Mode, Server, Speaks, When, is_canary};
use crate::support::{Notes, SLACK, endpoint, fit_to_show};

/// How often a new session was opened: by the call that failed, and by the one after it.
type Opened = (usize, usize);

/// The session is kept.
const KEPT: Opened = (0, 0);
/// The session is given up.
const DROPPED: Opened = (0, 1);
/// The session is renewed within the call, which fails again.
const RENEWED: Opened = (1, 1);

type Case = (Fault, Reason, &'static str, Opened);

fn sessions(server: &Server) -> usize {
    server.queries().iter().filter(|sql| is_canary(sql)).count()
}

/// Every case over one transport. `patience` is what a call waits.
async fn all(speaks: Speaks, patience: Duration, cases: Vec<Case>) {
    let server = Server::empty().await;
    server.speak(speaks);
    let notes = Notes::new();
    let endpoint = Endpoint { request_timeout: patience, max_retries: 0, ..endpoint(&server.base()) };
    let connection = Connection::connect(endpoint, notes.clone()).await.unwrap();
    for (fault, reason, says, opened) in cases {
        let case = format!("{speaks:?} {fault:?}");
        let (before, started) = (sessions(&server), Instant::now());
        notes.calls.lock().unwrap().clear();
        server.set(Mode::Broken(fault, When::Calls));
        let error = connection.ask("SELECT 1").await.expect_err("the call is broken");
        fit_to_show(&error);
        assert_eq!(error.reason, reason, "{case}: {error}");
        assert!(error.message.contains(says), "{case}: {error}");
        assert!(started.elapsed() < patience + SLACK, "{case}");
        let counted = notes.calls.lock().unwrap().iter().filter_map(|(outcome, _)| outcome.err()).collect::<Vec<_>>();
        // A session that is lost again while it is opened is counted where it is lost.
        assert!(counted.first() == Some(&reason) && counted.iter().all(|r| *r == reason), "{case}: {counted:?}");

        server.set(Mode::Healthy);
        let within = sessions(&server) - before;
        assert!(query(&connection, "SELECT 1").await.unwrap().is_empty(), "{case}");
        assert_eq!((within, sessions(&server) - before - within), (0, opened.1), "{case}");
        assert_eq!(counted.len() - 1, opened.0, "{case}: {counted:?}");
    }
    assert!(connection.is_usable());
    connection.close().await;
}

#[tokio::test]
async fn over_streamable_http_with_sessions() {
    use Reason as R;
    all(
        Speaks::Streamable,
        Duration::from_secs(5),
        vec![
            (Fault::Html, R::ProtocolError, "content type text/html", DROPPED),
            (Fault::BrokenJson, R::ProtocolError, "not a valid MCP message", DROPPED),
            (Fault::OtherJson, R::ProtocolError, "not a valid MCP message", DROPPED),
            (Fault::BrokenSse, R::ProtocolError, "not a valid MCP message", DROPPED),
            (Fault::EmptySse, R::ConnectFailed, "broke before its answer", DROPPED),
            (Fault::DropMidAnswer { resumable: false }, R::ConnectFailed, "broke before its answer", DROPPED),
            (Fault::Accepted, R::ProtocolError, "acknowledged a request", DROPPED),
            (Fault::Status(401), R::AuthenticationFailed, "HTTP 401", DROPPED),
            (Fault::Challenge, R::AuthenticationFailed, "HTTP 401", DROPPED),
            (Fault::Status(403), R::PermissionDenied, "HTTP 403", DROPPED),
            (Fault::HostRefused, R::WrongEndpoint, "answered 403, it does not accept the host name", DROPPED),
            (Fault::Status(421), R::WrongEndpoint, "answered 421, it does not accept the host name", DROPPED),
            (Fault::SessionLost, R::ProtocolError, "does not recognise the session it gave (HTTP 404)", RENEWED),
            (Fault::Status(400), R::ProtocolError, "does not recognise the session it gave (HTTP 400)", RENEWED),
            (Fault::Status(405), R::WrongEndpoint, "answered 405", DROPPED),
            (Fault::Status(413), R::ProtocolError, "HTTP 413", DROPPED),
            (Fault::RetryAfter(429, "1".into()), R::Throttled, "HTTP 429", KEPT),
            (Fault::Status(500), R::ServerError, "HTTP 500", KEPT),
            (Fault::Status(503), R::ServerError, "HTTP 503", KEPT),
            (Fault::Status(504), R::ServerError, "gave up waiting", KEPT),
            (Fault::Redirect("http://example.invalid/mcp".into()), R::WrongEndpoint, "use the final URL", DROPPED),
            (Fault::Rpc(-32602), R::ProtocolError, "JSON-RPC error -32602", DROPPED),
            (Fault::Rpc(-32603), R::ServerError, "JSON-RPC error -32603", KEPT),
            (Fault::HugeJson, R::ResponseTooLarge, "larger than 16 MiB", DROPPED),
            (Fault::HugeSse, R::ResponseTooLarge, "larger than 16 MiB", DROPPED),
        ],
    )
    .await;
}

#[tokio::test]
async fn over_streamable_http_without_sessions_and_by_the_newest_revision() {
    use Reason as R;
    for speaks in [Speaks::Stateless, Speaks::Modern(400)] {
        let cases = vec![
            (Fault::Html, R::ProtocolError, "content type text/html", DROPPED),
            (Fault::BrokenJson, R::ProtocolError, "not a valid MCP message", DROPPED),
            (Fault::DropMidAnswer { resumable: false }, R::ConnectFailed, "broke before its answer", DROPPED),
            (Fault::Challenge, R::AuthenticationFailed, "HTTP 401", DROPPED),
            (Fault::Status(403), R::PermissionDenied, "HTTP 403", DROPPED),
            (Fault::Status(404), R::WrongEndpoint, "answered 404", DROPPED),
            (Fault::RetryAfter(429, "1".into()), R::Throttled, "HTTP 429", KEPT),
            (Fault::Status(503), R::ServerError, "HTTP 503", KEPT),
            (Fault::Rpc(-32603), R::ServerError, "JSON-RPC error -32603", KEPT),
            (Fault::HugeJson, R::ResponseTooLarge, "larger than 16 MiB", DROPPED),
        ];
        all(speaks, Duration::from_secs(5), cases).await;
    }
}

#[tokio::test]
async fn over_http_with_sse() {
    use Reason as R;
    all(
        Speaks::Sse,
        Duration::from_secs(5),
        vec![
            (Fault::BrokenSse, R::ProtocolError, "not a valid MCP message", DROPPED),
            (Fault::EmptySse, R::ConnectFailed, "broke before its answer", RENEWED),
            (Fault::DropMidAnswer { resumable: false }, R::ConnectFailed, "broke before its answer", RENEWED),
            (Fault::Challenge, R::AuthenticationFailed, "HTTP 401", DROPPED),
            (Fault::Status(403), R::PermissionDenied, "HTTP 403", DROPPED),
            (Fault::Status(421), R::WrongEndpoint, "answered 421", DROPPED),
            (Fault::SessionLost, R::ProtocolError, "does not recognise the session it gave (HTTP 404)", RENEWED),
            (Fault::RetryAfter(429, "1".into()), R::Throttled, "HTTP 429", KEPT),
            (Fault::Status(503), R::ServerError, "HTTP 503", KEPT),
            (Fault::Redirect("http://example.invalid/mcp".into()), R::WrongEndpoint, "use the final URL", DROPPED),
            (Fault::Rpc(-32603), R::ServerError, "JSON-RPC error -32603", KEPT),
            (Fault::HugeSse, R::ResponseTooLarge, "larger than 16 MiB", DROPPED),
        ],
    )
    .await;
}

#[tokio::test]
async fn over_rest() {
    use Reason as R;
    all(
        Speaks::Rest,
        Duration::from_secs(5),
        vec![
            (Fault::Html, R::ProtocolError, "content type text/html", DROPPED),
            (Fault::BrokenJson, R::ProtocolError, "not a valid MCP message", DROPPED),
            (Fault::Challenge, R::AuthenticationFailed, "HTTP 401", DROPPED),
            (Fault::Status(403), R::PermissionDenied, "HTTP 403", DROPPED),
            (Fault::Status(404), R::WrongEndpoint, "the base of a REST tools server", DROPPED),
            (Fault::Status(422), R::ProtocolError, "does not accept the arguments", DROPPED),
            (Fault::RetryAfter(429, "1".into()), R::Throttled, "HTTP 429", KEPT),
            (Fault::Status(500), R::ServerError, "HTTP 500", KEPT),
            (Fault::Redirect("http://example.invalid/mcp".into()), R::WrongEndpoint, "use the final URL", DROPPED),
            (Fault::HugeJson, R::ResponseTooLarge, "larger than 16 MiB", DROPPED),
        ],
    )
    .await;
}

#[tokio::test]
async fn an_answer_that_does_not_come_in_time_costs_no_more_than_that_and_one_that_never_ends_no_more_than_16_mib() {
    let patience = Duration::from_secs(1);
    let says = "did not answer a query within 1.000 s";
    for speaks in [Speaks::Streamable, Speaks::Stateless, Speaks::Modern(400), Speaks::Rest] {
        let mut cases = vec![(Fault::Hang, Reason::Timeout, says, DROPPED)];
        if speaks != Speaks::Rest {
            cases.push((Fault::Drip, Reason::Timeout, says, DROPPED));
        }
        all(speaks, patience, cases).await;
    }
    all(Speaks::Sse, patience, vec![(Fault::Hang, Reason::Timeout, says, DROPPED)]).await;
    for speaks in [Speaks::Streamable, Speaks::Sse] {
        let endless = (Fault::Endless, Reason::ResponseTooLarge, "larger than 16 MiB", DROPPED);
        all(speaks, Duration::from_secs(30), vec![endless]).await;
    }
}
