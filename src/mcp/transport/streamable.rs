//! Streamable HTTP: one POST in, one bounded answer out, as JSON or as a stream of events. rmcp tells its caller little
//! of why an answer did not come (an oversized or broken stream is just "transport closed"), so every failure is also
//! noted in [`Seen`](crate::mcp::seen::Seen).

use std::collections::HashMap;
use std::sync::Arc;

use futures::{StreamExt, TryStreamExt};
use http::header::ACCEPT;
use http::{HeaderName, HeaderValue, StatusCode};
use reqwest::Response;
use rmcp::model::{
    ClientJsonRpcMessage, ClientNotification, ClientRequest, JsonRpcMessage, RequestId, ServerJsonRpcMessage,
};
use rmcp::transport::streamable_http_client::{StreamableHttpClient, StreamableHttpError, StreamableHttpPostResponse};
use serde_json::{Value, json};
use sse_stream::SseStream;

use super::Http;
use super::client::{MAX_ANSWER, media_type, read, refusal};
use super::events::{Events, past_rmcp};
use crate::mcp::fault::Fault;
use crate::mcp::seen::Exchange;
use crate::mcp::text::printable;

/// Most times a broken answer is resumed within one request.
const MAX_RESUMES: u32 = 3;

const SESSION_ID: &str = "mcp-session-id";
const BOTH_TYPES: &str = "application/json, text/event-stream";

type Failed = StreamableHttpError<Fault>;
type Headers = HashMap<HeaderName, HeaderValue>;

impl Http {
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
            let (id, keeping, lenient) = (asked.id.clone(), exchange.clone(), is_discovery(asked));
            let shorter = events(response, exchange).map_ok(move |mut event| {
                let short = event.data.as_ref().and_then(|data| stand_in(data.as_bytes(), &id, &keeping, lenient));
                event.data = short.or(event.data);
                event
            });
            return Ok(StreamableHttpPostResponse::Sse(shorter.boxed(), given));
        }
        if kind != "application/json" {
            return Err(Fault::ContentType(printable(&kind, 60)));
        }
        let body = read(response, MAX_ANSWER, &exchange).await?;
        let short = stand_in(&body, &asked.id, &exchange, is_discovery(asked)).map(String::into_bytes);
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

pub(super) fn is_cancellation(message: &ClientJsonRpcMessage) -> bool {
    let JsonRpcMessage::Notification(sent) = message else { return false };
    matches!(sent.notification, ClientNotification::CancelledNotification(_))
}

fn is_discovery(asked: &rmcp::model::JsonRpcRequest<ClientRequest>) -> bool {
    matches!(asked.request, ClientRequest::DiscoverRequest(_))
}

/// What rmcp gets in place of a message, where that is something else than the message.
fn stand_in(message: &[u8], id: &RequestId, exchange: &Exchange, discovery: bool) -> Option<String> {
    if discovery { completed(message) } else { past_rmcp(message, id, exchange) }
}

/// An answer to `server/discover` with what the protocol demands and real servers leave out, none of which is of use to
/// a client that asks once.
fn completed(message: &[u8]) -> Option<String> {
    let mut message: Value = serde_json::from_slice(message).ok()?;
    let result = message.get_mut("result")?.as_object_mut()?;
    for (key, usual) in [("resultType", json!("complete")), ("ttlMs", json!(0)), ("cacheScope", json!("private"))] {
        result.entry(key).or_insert(usual);
    }
    Some(message.to_string())
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

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use rmcp::model::ServerResult;

    use super::*;

    #[test]
    fn a_discovery_without_what_nobody_needs_is_completed_and_nothing_else_is_touched() {
        // As the MCP Toolbox 1.12 answers.
        let toolbox = r#"{"jsonrpc":"2.0","id":1,"result":{"_meta":{"io.modelcontextprotocol/serverInfo":{"name":"Toolbox","version":"1.12.0"}},"resultType":"complete","supportedVersions":["2025-11-25","2026-07-28"],"capabilities":{"tools":{"listChanged":false}}}}"#;
        let given = serde_json::from_str::<ServerJsonRpcMessage>(&completed(toolbox.as_bytes()).unwrap()).unwrap();
        let ServerJsonRpcMessage::Response(response) = given else { unreachable!("a response") };
        let ServerResult::DiscoverResult(result) = response.result else { unreachable!("a discovery") };
        assert_eq!((result.supported_versions.len(), result.ttl_ms), (2, 0));

        let error = r#"{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"x"}}"#;
        for other in [error, "[]", "garbage", r#"{"jsonrpc":"2.0","id":1,"result":[]}"#] {
            assert_eq!(completed(other.as_bytes()), None, "{other}");
        }
        let mut own: Value = serde_json::from_str(toolbox).unwrap();
        own["result"]["ttlMs"] = json!(300_000);
        let kept: Value = serde_json::from_str(&completed(own.to_string().as_bytes()).unwrap()).unwrap();
        assert_eq!(kept["result"]["ttlMs"], json!(300_000));
    }
}
