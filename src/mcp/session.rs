//! One MCP session: handshake, list of tools, canary, then calls of the one SQL tool. Every request goes through
//! [`Wire::request`], which gives it a deadline and tells the observer. Retries nothing.

use std::collections::HashSet;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use rmcp::RoleClient;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ClientCapabilities, ContentBlock, Implementation,
    InitializeRequestParams, PaginatedRequestParams, ProtocolVersion,
};
use rmcp::service::{ClientCacheConfig, RunningService, ServiceError, ServiceExt};
use rmcp::transport::StreamableHttpClientTransport;
use rmcp::transport::common::client_side_sse::FixedInterval;
use rmcp::transport::streamable_http_client::StreamableHttpClientTransportConfig;
use serde_json::Value;
use tokio::time::{Instant, timeout, timeout_at};

use super::classify::{self, Failure, Step};
use super::dialect::tools::{self, Listed, SqlTool};
use super::dialect::{self, canary};
use super::fault::Fault;
use super::http::{Http, MAX_ANSWER};
use super::seen::Seen;
use super::text::printable;
use super::{Endpoint, Observer, RawAnswer, ServerInfo, Transport, answer};
use crate::error::Reason;

/// Most pages of tools read. Real servers send one.
const MAX_PAGES: usize = 10;
/// Most tools looked at.
const MAX_TOOLS: usize = 500;
/// Longest wait for the server to take note that we leave.
const FAREWELL: Duration = Duration::from_secs(2);
/// Longest wait for the server to take note that we no longer wait for an answer.
const CONTROL: Duration = Duration::from_secs(1);

type Service = RunningService<RoleClient, InitializeRequestParams>;

/// An open session.
#[derive(Debug)]
pub(super) struct Session {
    service: Service,
    wire: Wire,
    tool: SqlTool,
    /// Who answers.
    pub(super) server: ServerInfo,
}

impl Session {
    /// Opens a session: handshake and list of tools within the connect timeout, then the canary.
    pub(super) async fn open(endpoint: &Endpoint, observer: &Arc<dyn Observer>) -> Result<Self, Failure> {
        let http = Http::new(endpoint).map_err(|fault| classify::of(fault, Step::Handshake))?;
        let wire = Wire { seen: http.seen.clone(), observer: Arc::clone(observer) };
        let deadline = Instant::now() + endpoint.connect_timeout;
        let service = wire
            .request(
                deadline,
                |_| classify::late(Step::Handshake, endpoint.connect_timeout),
                handshake(endpoint, http),
                classify::handshake,
                |_| Ok(()),
            )
            .await?;
        service.peer().set_response_cache_config(ClientCacheConfig::disabled()).await;
        let listed = wire.list_tools(&service, deadline, endpoint.connect_timeout).await?;
        let tool = tools::detect(&listed)?;
        let session = Self { server: describe(&service, tool), service, wire, tool };
        let answer = session.call(canary::SQL, endpoint.request_timeout).await?;
        canary::judge(&dialect::decode(tool.dialect, None, answer)?)?;
        Ok(session)
    }

    /// Calls the SQL tool. An answer that reports an error is an answer.
    pub(super) async fn call(&self, sql: &str, patience: Duration) -> Result<RawAnswer, Failure> {
        let arguments = [(self.tool.argument.to_owned(), Value::from(sql))].into_iter().collect();
        let params = CallToolRequestParams::new(self.tool.name).with_arguments(arguments);
        let call = async {
            match self.service.peer().call_tool_once(params).await? {
                CallToolResponse::Complete(result) => {
                    let past_rmcp = if answer::stands_in(&result) { self.wire.seen.take_answer() } else { None };
                    Ok(past_rmcp.unwrap_or_else(|| raw(result)))
                }
                // Questions back to a person and tasks to poll: a query tool has no use for either.
                _ => Err(ServiceError::UnexpectedResponse),
            }
        };
        self.wire
            .request(
                Instant::now() + patience,
                |after| classify::late(Step::Query, after),
                call,
                |error, noted| classify::request(error, noted, Step::Query),
                |answer| dialect::failure(self.tool.dialect, answer).map_or(Ok(()), |error| Err(error.reason)),
            )
            .await
    }

    /// Whether an answer asks for another try, and which.
    pub(super) fn failure(&self, answer: &RawAnswer) -> Option<Failure> {
        dialect::failure(self.tool.dialect, answer).map(Failure::from)
    }

    /// Ends the session; waits a moment for the server to note it.
    pub(super) async fn close(mut self) {
        // Whether the server heard is its own business: it forgets idle sessions by itself.
        let _ = self.service.close_with_timeout(FAREWELL).await;
    }
}

/// What every request of a session shares.
#[derive(Clone)]
struct Wire {
    seen: Seen,
    observer: Arc<dyn Observer>,
}

impl std::fmt::Debug for Wire {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wire").field("seen", &self.seen).finish_non_exhaustive()
    }
}

impl Wire {
    /// The one way a request is made: with a deadline, classified, and counted. `verdict` looks for an error inside
    /// an answer, for the count alone.
    async fn request<T, E>(
        &self,
        deadline: Instant,
        late: impl FnOnce(Duration) -> Failure,
        request: impl Future<Output = Result<T, E>>,
        failed: impl FnOnce(E, Option<Fault>) -> Failure,
        verdict: impl FnOnce(&T) -> Result<(), Reason>,
    ) -> Result<T, Failure> {
        let (started, running) = (Instant::now(), self.observer.started());
        self.seen.begin();
        let ended = timeout_at(deadline, request).await;
        let (bytes, noted) = self.seen.end();
        let result = match ended {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(error)) => Err(failed(error, noted)),
            // An answer that was too large or broken may leave rmcp waiting for another: what was noted is the cause.
            Err(_) if matches!(noted, Some(Fault::TooLarge { .. })) => {
                Err(classify::of(Fault::TooLarge { limit: MAX_ANSWER }, Step::Query))
            }
            Err(_) => Err(late(deadline.saturating_duration_since(started))),
        };
        let outcome = result.as_ref().map_or_else(|failure| Err(failure.error.reason), verdict);
        running.ended(outcome, bytes);
        result
    }

    /// All tools, page by page. A cursor that repeats, and more pages or tools than any server has, end the list with
    /// an error: choosing from part of it could pick the wrong tool.
    async fn list_tools(
        &self,
        service: &Service,
        deadline: Instant,
        patience: Duration,
    ) -> Result<Vec<Listed>, Failure> {
        let (mut tools, mut cursors, mut cursor) = (Vec::new(), HashSet::new(), None);
        for _ in 0..MAX_PAGES {
            let params = PaginatedRequestParams::default().with_cursor(cursor.take());
            let page = self
                .request(
                    deadline,
                    |_| classify::late(Step::ToolList, patience),
                    service.peer().list_tools(Some(params)),
                    |error, noted| classify::request(error, noted, Step::ToolList),
                    |_| Ok(()),
                )
                .await?;
            tools.extend(page.tools.iter().map(listed));
            cursor = page.next_cursor.filter(|next| !next.is_empty());
            match &cursor {
                None => return Ok(tools),
                Some(next) if !cursors.insert(next.clone()) => break,
                Some(_) if tools.len() > MAX_TOOLS => break,
                Some(_) => {}
            }
        }
        Err(Failure::new(
            Reason::ProtocolError,
            format!(
                "the MCP server's list of tools does not end (stopped after {} tools): see its version and settings",
                tools.len()
            ),
        ))
    }
}

async fn handshake(endpoint: &Endpoint, http: Http) -> Result<Service, rmcp::service::ClientInitializeError> {
    let mut config = StreamableHttpClientTransportConfig::with_uri(endpoint.url.as_str())
        .max_concurrent_requests(1)
        .control_request_timeout(CONTROL);
    // A lost session is opened anew by the connection, so that tools and canary are looked at again: behind the
    // same URL another server may stand by now.
    config.reinit_on_expired_session = false;
    let mut interval = FixedInterval::default();
    (interval.max_times, interval.duration) = (Some(3), Duration::from_secs(1));
    config.retry_config = Arc::new(interval);
    let me = Implementation::new("mcp-schema-operator", env!("CARGO_PKG_VERSION"));
    // rmcp would offer its newest revision, which has no handshake any more and which servers refuse.
    InitializeRequestParams::new(ClientCapabilities::default(), me)
        .with_protocol_version(ProtocolVersion::LATEST_WITH_INITIALIZE)
        .serve(StreamableHttpClientTransport::with_client(http, config))
        .await
}

fn listed(tool: &rmcp::model::Tool) -> Listed {
    let properties = tool.input_schema.get("properties").and_then(Value::as_object);
    let arguments = properties.map(|all| all.keys().cloned().collect()).unwrap_or_default();
    Listed { name: tool.name.to_string(), arguments }
}

fn describe(service: &Service, tool: SqlTool) -> ServerInfo {
    let peer = service.peer().peer_info();
    let me = peer.as_ref().and_then(|peer| peer.server_info.as_ref());
    ServerInfo {
        name: me.map(|me| printable(&me.name, 128)).unwrap_or_default(),
        version: me.map(|me| printable(&me.version, 128)).unwrap_or_default(),
        protocol_version: peer.as_ref().map(|peer| printable(peer.protocol_version.as_str(), 32)).unwrap_or_default(),
        dialect: tool.dialect,
        transport: Transport::StreamableHttp,
        rows_pointer: None,
    }
}

fn raw(result: CallToolResult) -> RawAnswer {
    let text = |block| match block {
        ContentBlock::Text(text) => Some(text.text),
        _ => None,
    };
    RawAnswer {
        structured: result.structured_content,
        content: result.content.into_iter().filter_map(text).collect(),
        is_error: result.is_error.unwrap_or(false),
    }
}

/// Waits for `future` at most `patience`.
pub(super) async fn within<T>(patience: Duration, future: impl Future<Output = T>) -> Option<T> {
    timeout(patience, future).await.ok()
}
