//! The HTTP layer below rmcp: one POST in, one bounded answer out. rmcp tells its caller little of why an answer did
//! not come (an oversized or broken stream is just "transport closed"), so every failure is also noted in [`Seen`].
//! Knows no tool and no SQL; makes no decision about retries.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};
use http::header::{ACCEPT, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderName, HeaderValue, StatusCode};
use reqwest::Response;
use rmcp::model::{ClientJsonRpcMessage, ClientNotification, JsonRpcMessage, RequestId, ServerJsonRpcMessage};
use rmcp::transport::streamable_http_client::{
    SseError, StreamableHttpClient, StreamableHttpError, StreamableHttpPostResponse,
};
use sse_stream::{Sse, SseStream};

use super::answer;
use super::fault::Fault;
use super::seen::{Exchange, Seen};
use super::text::printable;
use crate::mcp::Endpoint;

/// Most bytes of one answer. Larger ones would sit in memory several times over (text, parsed, rows).
pub(super) const MAX_ANSWER: usize = 16 << 20;
/// Most bytes read of a refusal, where only a JSON-RPC error code is of interest.
const MAX_REFUSAL: usize = 64 << 10;
/// Most redirects followed (same origin only: Python servers answer `/mcp` with `/mcp/`).
const MAX_REDIRECTS: usize = 3;
/// Most times a broken answer is resumed within one request.
const MAX_RESUMES: u32 = 3;

const SESSION_ID: &str = "mcp-session-id";
const BOTH_TYPES: &str = "application/json, text/event-stream";

type Failed = StreamableHttpError<Fault>;
type Events = BoxStream<'static, Result<Sse, SseError>>;
type Headers = HashMap<HeaderName, HeaderValue>;

/// An HTTP client for one session.
#[derive(Clone, Debug)]
pub(super) struct Http {
    client: reqwest::Client,
    /// What happened below rmcp during the current request.
    pub(super) seen: Seen,
}

impl Http {
    /// A client with the endpoint's patience.
    ///
    /// # Errors
    /// [`Fault::Tls`] when an https endpoint is to be reached from an image without certificate authorities.
    pub(super) fn new(endpoint: &Endpoint) -> Result<Self, Fault> {
        if rustls::crypto::CryptoProvider::get_default().is_none() {
            // Losing the race against another caller is fine: then theirs is installed.
            let _ = rustls::crypto::ring::default_provider().install_default();
        }
        let mut builder = reqwest::Client::builder()
            .connect_timeout(endpoint.connect_timeout)
            .read_timeout(endpoint.request_timeout)
            .redirect(same_origin())
            .no_proxy()
            .user_agent(concat!("mcp-schema-operator/", env!("CARGO_PKG_VERSION")));
        if endpoint.url.scheme() == "http" {
            // Otherwise reqwest loads the system's authorities, and fails without them, even where no TLS is spoken.
            builder = builder.tls_certs_only([]);
        }
        let client = builder
            .build()
            .map_err(|_| Fault::Tls("this image has no certificate authorities (is ca-certificates installed?)"))?;
        Ok(Self { client, seen: Seen::default() })
    }

    async fn post(
        &self,
        uri: &str,
        message: &ClientJsonRpcMessage,
        session: Option<&str>,
        headers: Headers,
    ) -> Result<StreamableHttpPostResponse, Fault> {
        let exchange = self.seen.exchange();
        let mut request = self.client.post(uri).header(ACCEPT, BOTH_TYPES).json(message);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        if let Some(session) = session {
            request = request.header(SESSION_ID, session);
        }
        let response = request.send().await.map_err(|error| Fault::of(&error))?;
        let status = response.status();
        if !status.is_success() {
            return Err(refusal(response, session.is_some()).await);
        }
        let given = response.headers().get(SESSION_ID).and_then(|id| id.to_str().ok()).map(str::to_owned);
        let JsonRpcMessage::Request(asked) = message else { return Ok(StreamableHttpPostResponse::Accepted) };
        if matches!(status, StatusCode::ACCEPTED | StatusCode::NO_CONTENT) {
            return Err(Fault::NoAnswer);
        }
        let kind = media_type(&response);
        if kind == "text/event-stream" {
            let (id, keeping) = (asked.id.clone(), exchange.clone());
            let shorter = events(response, exchange).map_ok(move |mut event| {
                let short = event.data.as_ref().and_then(|data| past_rmcp(data.as_bytes(), &id, &keeping));
                event.data = short.or(event.data);
                event
            });
            return Ok(StreamableHttpPostResponse::Sse(shorter.boxed(), given));
        }
        if kind != "application/json" {
            return Err(Fault::ContentType(printable(&kind, 60)));
        }
        let body = read(response, MAX_ANSWER, &exchange).await?;
        let short = past_rmcp(&body, &asked.id, &exchange).map(String::into_bytes);
        Ok(StreamableHttpPostResponse::Json(parse(&short.unwrap_or(body), &asked.id)?, given))
    }
}

impl StreamableHttpClient for Http {
    type Error = Fault;

    async fn post_message(
        &self,
        uri: Arc<str>,
        message: ClientJsonRpcMessage,
        session_id: Option<Arc<str>>,
        _auth_header: Option<String>,
        custom_headers: Headers,
    ) -> Result<StreamableHttpPostResponse, Failed> {
        let result = self.post(&uri, &message, session_id.as_deref(), custom_headers).await;
        result.map_err(|fault| {
            // Telling the server that we stopped waiting may fail without consequence.
            if !is_cancellation(&message) {
                self.seen.note(fault.clone());
            }
            match fault {
                Fault::SessionLost { status: 404 } => Failed::SessionExpired,
                fault => Failed::Client(fault),
            }
        })
    }

    async fn delete_session(
        &self,
        uri: Arc<str>,
        session_id: Arc<str>,
        _auth_header: Option<String>,
        _custom_headers: Headers,
    ) -> Result<(), Failed> {
        let request = self.client.delete(uri.as_ref()).header(SESSION_ID, session_id.as_ref());
        // A server may refuse (405), and has nothing to delete when it restarted: neither matters to anyone.
        let _ = request.send().await;
        Ok(())
    }

    /// Resumes a broken answer. The standing stream for the server's own messages is not opened: nothing in it is of
    /// use to a client that polls, and it would have to be kept alive and reconnected.
    async fn get_stream(
        &self,
        uri: Arc<str>,
        session_id: Option<Arc<str>>,
        last_event_id: Option<String>,
        _auth_header: Option<String>,
        custom_headers: Headers,
    ) -> Result<Events, Failed> {
        let Some(last) = last_event_id.filter(|_| self.seen.may_resume(MAX_RESUMES)) else {
            return Err(Failed::ServerDoesNotSupportSse);
        };
        let exchange = self.seen.exchange();
        let mut request = self.client.get(uri.as_ref()).header(ACCEPT, BOTH_TYPES).header("last-event-id", last);
        for (name, value) in custom_headers {
            request = request.header(name, value);
        }
        if let Some(session) = session_id {
            request = request.header(SESSION_ID, session.as_ref());
        }
        let response = request.send().await.map_err(|error| Failed::Client(Fault::of(&error)))?;
        if response.status() != StatusCode::OK || media_type(&response) != "text/event-stream" {
            return Err(Failed::ServerDoesNotSupportSse);
        }
        Ok(events(response, exchange))
    }
}

/// Follows a redirect that keeps method, body and origin; any other is handed back as the answer it is.
fn same_origin() -> reqwest::redirect::Policy {
    reqwest::redirect::Policy::custom(|attempt| {
        let keeps_body = matches!(attempt.status(), StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT);
        let same = attempt.previous().first().is_some_and(|first| first.origin() == attempt.url().origin());
        if keeps_body && same && attempt.previous().len() <= MAX_REDIRECTS { attempt.follow() } else { attempt.stop() }
    })
}

fn is_cancellation(message: &ClientJsonRpcMessage) -> bool {
    let JsonRpcMessage::Notification(sent) = message else { return false };
    matches!(sent.notification, ClientNotification::CancelledNotification(_))
}

/// The body's type in lower case, without parameters.
fn media_type(response: &Response) -> String {
    let full = response.headers().get(CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
    let full = String::from_utf8_lossy(full);
    full.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// What a status other than 2xx means. Of a 400 the body is looked at for a JSON-RPC error code.
async fn refusal(response: Response, with_session: bool) -> Fault {
    let status = response.status().as_u16();
    let seconds = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
    let rpc_code = if status == 400 { rpc_code(response).await } else { None };
    // Older servers answer 400 where the protocol says 404; a new session shows which it was.
    if with_session && matches!(status, 400 | 404) {
        return Fault::SessionLost { status };
    }
    Fault::Status { status, retry_after: seconds.map(Duration::from_secs), rpc_code }
}

async fn rpc_code(response: Response) -> Option<i32> {
    let body = read(response, MAX_REFUSAL, &Exchange::default()).await.ok()?;
    match serde_json::from_slice(&body).ok()? {
        ServerJsonRpcMessage::Error(error) => Some(error.error.code.0),
        _ => None,
    }
}

/// The whole body, at most `limit` bytes.
async fn read(response: Response, limit: usize, exchange: &Exchange) -> Result<Vec<u8>, Fault> {
    let mut body = Vec::new();
    let mut chunks = response.bytes_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|error| Fault::of(&error))?;
        exchange.count(chunk.len());
        if body.len() + chunk.len() > limit {
            return Err(Fault::TooLarge { limit });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// The answer to request `id` in a JSON body. An error without its id (servers that refuse before they read it) is
/// still the answer: there is nothing else in the body it could belong to.
fn parse(body: &[u8], id: &RequestId) -> Result<ServerJsonRpcMessage, Fault> {
    match serde_json::from_slice(body).map_err(|_| Fault::Garbage)? {
        ServerJsonRpcMessage::Error(error) => Ok(ServerJsonRpcMessage::error(error.error, Some(id.clone()))),
        ServerJsonRpcMessage::Response(answer) if answer.id.to_string() == id.to_string() => {
            Ok(ServerJsonRpcMessage::Response(answer))
        }
        _ => Err(Fault::Garbage),
    }
}

/// Keeps an answer with rows for those above rmcp; what to give to rmcp in its place.
fn past_rmcp(message: &[u8], id: &RequestId, exchange: &Exchange) -> Option<String> {
    exchange.keep(answer::read(message, id)?);
    Some(answer::stand_in(id))
}

/// The events of a stream, at most [`MAX_ANSWER`] bytes of them; notes how it ended.
fn events(response: Response, exchange: Exchange) -> Events {
    let counting = exchange.clone();
    let bytes = response.bytes_stream().map_err(|error| Fault::of(&error)).and_then(move |chunk| {
        let total = counting.count(chunk.len());
        let fits = total <= MAX_ANSWER as u64;
        futures::future::ready(if fits { Ok(chunk) } else { Err(Fault::TooLarge { limit: MAX_ANSWER }) })
    });
    let noting = exchange.clone();
    let bytes = bytes.inspect_err(move |fault| noting.note(fault.clone()));
    let watching = exchange.clone();
    let events = SseStream::from_bytes_stream(bytes).inspect_ok(move |event| watching.event(event.data.as_deref()));
    let end = futures::stream::once(async move { exchange.ended() }).filter_map(|()| futures::future::ready(None));
    events.chain(end).boxed()
}
