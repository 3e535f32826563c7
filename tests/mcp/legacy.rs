//! HTTP+SSE as pytidb's package serves it: a GET stream that announces where to POST. Part of `server.rs`.

use std::collections::HashMap;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::response::Response;
use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use futures::{Sink, SinkExt, StreamExt};
use rmcp::ServiceExt;
use rmcp::model::{ClientJsonRpcMessage, ServerJsonRpcMessage};
use serde_json::Value;

use super::broken::{self, Fault, notice, plain};
use super::tools::Tools;
use super::{Shared, lock};

type Piece = io::Result<String>;

/// The open streams.
#[derive(Default)]
pub(super) struct Legacy {
    last: AtomicU64,
    streams: Mutex<HashMap<String, Stream>>,
}

struct Stream {
    /// What goes to the client.
    out: UnboundedSender<Piece>,
    /// What came from it.
    into: UnboundedSender<ClientJsonRpcMessage>,
}

impl Legacy {
    /// Opens a stream with a server behind it.
    pub(super) fn open(&self, shared: &Arc<Shared>, elsewhere: bool) -> Response {
        let id = self.last.fetch_add(1, Ordering::SeqCst).to_string();
        let (out, pieces) = unbounded();
        let (into, messages) = unbounded();
        let origin = if elsewhere { "http://127.0.0.1:9" } else { "" };
        let _ = out.unbounded_send(Ok(format!("event: endpoint\r\ndata: {origin}/messages?session_id={id}\r\n\r\n")));
        tokio::spawn(serve(Tools(Arc::clone(shared)), out.clone(), messages));
        lock(&self.streams).insert(id, Stream { out, into });
        plain(200, "text/event-stream; charset=utf-8", Body::from_stream(pieces))
    }

    /// Takes a message.
    pub(super) fn post(&self, query: Option<&str>, message: Value) -> Response {
        let streams = lock(&self.streams);
        let Some(stream) = streams.get(session(query)) else {
            return plain(404, "text/plain", "Could not find session");
        };
        match serde_json::from_value(message) {
            Ok(message) => {
                let _ = stream.into.unbounded_send(message);
                plain(202, "text/plain", "Accepted")
            }
            Err(_) => plain(400, "text/plain", "Could not parse message"),
        }
    }

    /// Takes a message and does wrong by it: on the stream where the fault is one of answers, else in the response.
    pub(super) async fn broken(&self, fault: Fault, query: Option<&str>, id: &Value) -> Response {
        let Some(out) = lock(&self.streams).get(session(query)).map(|stream| stream.out.clone()) else {
            return broken::status(404);
        };
        match fault {
            Fault::Hang => {}
            Fault::BrokenSse => send(&out, "data: {\"jsonrpc\":\"2.0\",\"id\":hunter2\n\n"),
            Fault::EmptySse => out.close_channel(),
            Fault::HugeSse => broken::large("data: {\"x\":\"").for_each(|piece| send(&out, &piece)),
            Fault::Endless => (0..2_000).for_each(|_| send(&out, &notice())),
            Fault::DropMidAnswer { .. } => {
                send(&out, "data: {\"jsonrpc\":\"2.0\",\"id\":");
                let _ = out.unbounded_send(Err(io::Error::other("cut")));
            }
            Fault::Rpc(code) => send(
                &out,
                &format!(
                    "data: {{\"jsonrpc\":\"2.0\",\"id\":{id},\"error\":{{\"code\":{code},\"message\":\"hunter2\"}}}}\n\n"
                ),
            ),
            fault => return broken::response(fault, id).await,
        }
        plain(202, "text/plain", "Accepted")
    }

    /// Ends every stream, as a server does that is stopped.
    pub(super) fn end_streams(&self) {
        lock(&self.streams).drain().for_each(|(_, stream)| stream.out.close_channel());
    }
}

fn send(out: &UnboundedSender<Piece>, piece: &str) {
    let _ = out.unbounded_send(Ok(piece.to_owned()));
}

fn session(query: Option<&str>) -> &str {
    query.and_then(|query| query.strip_prefix("session_id=")).unwrap_or_default()
}

async fn serve(tools: Tools, out: UnboundedSender<Piece>, messages: UnboundedReceiver<ClientJsonRpcMessage>) {
    let answers = Box::pin(events(out));
    if let Ok(service) = tools.serve((answers, messages)).await {
        let _ = service.waiting().await;
    }
}

fn events(out: UnboundedSender<Piece>) -> impl Sink<ServerJsonRpcMessage, Error = io::Error> + Send {
    out.sink_map_err(io::Error::other).with(async |message: ServerJsonRpcMessage| {
        Ok(Ok(format!("event: message\r\ndata: {}\r\n\r\n", serde_json::to_string(&message)?)))
    })
}
