//! What goes wrong below MCP: responses as raw HTTP. Part of `server.rs`.

use std::convert::Infallible;
use std::io;

use axum::body::Body;
use axum::response::Response;
use futures::StreamExt;
use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};

/// How one HTTP exchange goes wrong.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// 200 with a web page.
    Html,
    /// 200 with JSON that is cut in half.
    BrokenJson,
    /// 200 with JSON that is no JSON-RPC.
    OtherJson,
    /// 200 with an event that is no JSON, then the end.
    BrokenSse,
    /// 200 with an event stream that ends at once.
    EmptySse,
    /// 202 in place of an answer.
    Accepted,
    /// This status with a text body that holds a secret.
    Status(u16),
    /// 401 with a `WWW-Authenticate` challenge.
    Challenge,
    /// This status with `Retry-After`.
    RetryAfter(u16, String),
    /// 307 to this place.
    Redirect(String),
    /// A JSON-RPC error with this code, status 200.
    Rpc(i32),
    /// This status with a JSON-RPC error with this code.
    Refused(u16, i32),
    /// 403 of a server that does not accept the Host header.
    HostRefused,
    /// An event stream that never ends, in small pieces of nothing, slowly.
    Drip,
    /// An event stream that never ends, in notifications, as fast as it can.
    Endless,
    /// No answer, ever.
    Hang,
    /// A JSON body of more than 16 MiB.
    HugeJson,
    /// An event of more than 16 MiB.
    HugeSse,
    /// Part of an answer, then the connection drops; with an event id, the client may resume.
    DropMidAnswer { resumable: bool },
    /// 404 to a known session.
    SessionLost,
}

pub(super) fn plain(code: u16, kind: &'static str, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = StatusCode::from_u16(code).expect("a status");
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

pub(super) fn status(code: u16) -> Response {
    plain(code, "text/plain", "hunter2 is the secret of this body")
}

/// A notification as an event, of 16 KiB.
pub(super) fn notice() -> String {
    let data = "x".repeat(16 << 10);
    format!(
        "event: message\ndata: {{\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\",\"params\":{{\"level\":\"info\",\"data\":\"{data}\"}}}}\n\n"
    )
}

fn drip() -> Body {
    let pieces = futures::stream::unfold((), |()| async {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        Some((Ok::<_, Infallible>(":\n"), ()))
    });
    Body::from_stream(pieces)
}

const JSON: &str = "application/json";
const SSE: &str = "text/event-stream";

/// The response to request `id` that is broken so.
pub(super) async fn response(fault: Fault, id: &Value) -> Response {
    let with = |mut response: Response, name, value: &str| {
        response.headers_mut().insert(name, HeaderValue::from_str(value).expect("a header"));
        response
    };
    let error = |code| json!({"jsonrpc": "2.0", "id": id, "error": {"code": code, "message": "hunter2"}}).to_string();
    match fault {
        Fault::Html => plain(200, "text/html; charset=utf-8", "<html>hunter2</html>"),
        Fault::BrokenJson => plain(200, JSON, "{\"jsonrpc\":\"2.0\",\"id\":1,\"res"),
        Fault::OtherJson => plain(200, JSON, "{\"hello\":\"hunter2\"}"),
        Fault::BrokenSse => plain(200, SSE, "data: {\"jsonrpc\":\"2.0\",\"id\":hunter2\n\n"),
        Fault::EmptySse => plain(200, SSE, ""),
        Fault::Accepted => plain(202, JSON, ""),
        Fault::Status(code) => status(code),
        Fault::Challenge => with(status(401), header::WWW_AUTHENTICATE, "Bearer realm=\"hunter2\""),
        Fault::RetryAfter(code, seconds) => with(status(code), header::RETRY_AFTER, &seconds),
        Fault::Redirect(to) => with(status(307), header::LOCATION, &to),
        Fault::Rpc(code) => plain(200, JSON, error(code)),
        Fault::Refused(status, code) => plain(status, JSON, error(code)),
        Fault::HostRefused => plain(403, JSON, error(-32000).replace("hunter2", "Invalid Host header: hunter2")),
        Fault::Drip => plain(200, SSE, drip()),
        Fault::Endless => {
            plain(200, SSE, Body::from_stream(futures::stream::repeat(notice()).map(Ok::<_, Infallible>)))
        }
        Fault::Hang => std::future::pending().await,
        Fault::HugeJson => plain(200, JSON, huge("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"x\":\"")),
        Fault::HugeSse => plain(200, SSE, huge("data: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"x\":\"")),
        Fault::DropMidAnswer { resumable } => plain(200, SSE, dropped(resumable)),
        Fault::SessionLost => status(404),
    }
}

fn huge(start: &'static str) -> Body {
    Body::from_stream(futures::stream::iter(large(start).map(Ok::<_, Infallible>)))
}

/// `start`, then 17 MiB of x, one MiB at a time.
pub(super) fn large(start: &str) -> impl Iterator<Item = String> + use<> {
    std::iter::once(start.to_owned()).chain((0..17).map(|_| "x".repeat(1 << 20)))
}

fn dropped(resumable: bool) -> Body {
    let id = if resumable { "id: 1\ndata:\n\n" } else { "" };
    let part = format!("{id}data: {{\"jsonrpc\":\"2.0\",\"id\":");
    let cut = futures::stream::once(async {
        // The part before goes out only when there is nothing more to send for a moment.
        tokio::task::yield_now().await;
        Err(io::Error::other("cut"))
    });
    Body::from_stream(futures::stream::iter([Ok(part)]).chain(cut))
}
