//! HTTP+SSE, the transport of MCP's first revision (2024-11-05): a standing GET stream announces where to POST, and
//! carries every answer. The session is the stream: when it ends, so does the session.

use std::sync::{Arc, Mutex, PoisonError};

use futures::{StreamExt, TryStreamExt};
use rmcp::RoleClient;
use rmcp::model::{ClientJsonRpcMessage, JsonRpcMessage, RequestId, ServerJsonRpcMessage};
use rmcp::transport::Transport;
use sse_stream::SseStream;
use url::Url;

use super::Http;
use super::client::{MAX_ANSWER, refusal, sent};
use super::events::{Events, past_rmcp};
use super::streamable::is_cancellation;
use crate::mcp::fault::Fault;
use crate::mcp::seen::Exchange;

const EVENTS: &str = "text/event-stream";

/// The client's side of one stream.
pub(in crate::mcp) struct SseTransport {
    http: Http,
    post_to: Url,
    events: Events,
    /// The request whose answer is awaited. Only one is, per session.
    asked: Arc<Mutex<Option<(RequestId, Exchange)>>>,
}

impl SseTransport {
    /// Opens the stream and waits for its first event, which tells where to send messages.
    pub(in crate::mcp) async fn open(http: Http, url: Url) -> Result<Self, Fault> {
        let response = sent(http.client.get(url.clone()), EVENTS).await?;
        // Each request may see so many bytes, what came unasked since the one before included.
        let (counting, noting) = (http.seen.clone(), http.seen.clone());
        let bytes = response.bytes_stream().map_err(|error| Fault::of(&error)).and_then(move |chunk| {
            let fits = counting.exchange().count(chunk.len()) <= MAX_ANSWER as u64;
            futures::future::ready(if fits { Ok(chunk) } else { Err(Fault::TooLarge { limit: MAX_ANSWER }) })
        });
        let bytes = bytes.inspect_err(move |fault| noting.note(fault.clone()));
        let mut events = SseStream::from_bytes_stream(bytes).boxed();
        let announced = announced(&mut events).await?;
        let post_to = url.join(announced.trim()).map_err(|_| Fault::Garbage)?;
        if post_to.origin() != url.origin() {
            return Err(Fault::ForeignEndpoint);
        }
        http.judge(&post_to)?;
        Ok(Self { http, post_to, events, asked: Arc::default() })
    }

    /// One message of the stream; `None` when it is none.
    fn message(&self, data: &str) -> Option<ServerJsonRpcMessage> {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let short = asked.and_then(|(id, exchange)| past_rmcp(data.as_bytes(), &id, &exchange));
        serde_json::from_str(short.as_deref().unwrap_or(data)).ok()
    }
}

/// The data of the event `endpoint`. Whatever comes before it is not for us.
async fn announced(events: &mut Events) -> Result<String, Fault> {
    while let Some(event) = events.next().await {
        let Ok(event) = event else { break };
        if event.event.as_deref() == Some("endpoint") {
            return event.data.ok_or(Fault::Garbage);
        }
    }
    Err(Fault::Ended { garbage: true })
}

async fn deliver(http: &Http, to: Url, message: &ClientJsonRpcMessage) -> Result<(), Fault> {
    let response = http.client.post(to).json(message).send().await.map_err(|error| Fault::of(&error))?;
    // The answer comes over the stream: of the body, `Accepted` mostly, nothing is read.
    if response.status().is_success() { Ok(()) } else { Err(refusal(response, true).await) }
}

impl Transport<RoleClient> for SseTransport {
    type Error = Fault;

    fn send(&mut self, message: ClientJsonRpcMessage) -> impl Future<Output = Result<(), Fault>> + Send + 'static {
        if let JsonRpcMessage::Request(request) = &message {
            let asked = Some((request.id.clone(), self.http.seen.exchange()));
            *self.asked.lock().unwrap_or_else(PoisonError::into_inner) = asked;
        }
        let (http, to) = (self.http.clone(), self.post_to.clone());
        async move {
            let sent = deliver(&http, to, &message).await;
            if let Err(fault) = &sent
                && !is_cancellation(&message)
            {
                http.seen.note(fault.clone());
            }
            sent
        }
    }

    /// The next message. A stream that ends, or carries what is no message, ends the session.
    async fn receive(&mut self) -> Option<ServerJsonRpcMessage> {
        loop {
            let Some(Ok(event)) = self.events.next().await else {
                self.http.seen.note(Fault::Ended { garbage: false });
                return None;
            };
            let ours = event.event.as_deref().is_none_or(|name| name == "message");
            let Some(data) = event.data.filter(|data| ours && !data.trim().is_empty()) else { continue };
            let message = self.message(&data);
            if message.is_none() {
                self.http.seen.note(Fault::Ended { garbage: true });
            }
            return message;
        }
    }

    async fn close(&mut self) -> Result<(), Fault> {
        self.events = futures::stream::empty().boxed();
        Ok(())
    }
}
