//! How an MCP session begins: the handshake over each transport, and the list of tools.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use rmcp::RoleClient;
use rmcp::model::{
    ClientCapabilities, Implementation, InitializeRequestParams, PaginatedRequestParams, ProtocolVersion, Tool,
};
use rmcp::service::{
    ClientCacheConfig, ClientInitializeError, ClientLifecycleMode, ClientServiceExt, RunningService, ServiceExt,
};
use rmcp::transport::StreamableHttpClientTransport;
use rmcp::transport::common::client_side_sse::FixedInterval;
use rmcp::transport::streamable_http_client::StreamableHttpClientTransportConfig;
use serde_json::Value;

use super::Endpoint;
use super::classify::{self, Failure, Step};
use super::dialect::tools::Listed;
use super::ladder::Rung;
use super::transport::Http;
use super::transport::sse::SseTransport;
use super::wire::{Turn, Wire};
use crate::error::Reason;

/// Most pages of tools read. Real servers send one.
const MAX_PAGES: usize = 10;
/// Most tools looked at.
const MAX_TOOLS: usize = 500;
/// Longest wait for the server to take note that we no longer wait for an answer.
const CONTROL: Duration = Duration::from_secs(1);

/// rmcp's side of a session.
pub(super) type Service = RunningService<RoleClient, InitializeRequestParams>;

/// Makes the handshake of `rung`, which is one of MCP's.
pub(super) async fn connect(rung: Rung, endpoint: &Endpoint, http: Http) -> Result<Service, ClientInitializeError> {
    let me = Implementation::new("mcp-schema-operator", env!("CARGO_PKG_VERSION"));
    // rmcp would offer its newest revision, which has no handshake any more and which servers refuse.
    let me = InitializeRequestParams::new(ClientCapabilities::default(), me)
        .with_protocol_version(ProtocolVersion::LATEST_WITH_INITIALIZE);
    let service = match rung {
        Rung::Discover => {
            let modern = ClientLifecycleMode::Discover { preferred_versions: vec![ProtocolVersion::V_2026_07_28] };
            me.serve_with_lifecycle(streamable(rung, endpoint, http), modern).await?
        }
        Rung::Sse => {
            let seen = http.seen.clone();
            match SseTransport::open(http, endpoint.place(rung.transport())).await {
                Ok(transport) => me.serve(transport).await?,
                Err(fault) => {
                    seen.note(fault);
                    return Err(ClientInitializeError::ConnectionClosed("no event stream".into()));
                }
            }
        }
        Rung::Initialize | Rung::Rest => me.serve(streamable(rung, endpoint, http)).await?,
    };
    service.peer().set_response_cache_config(ClientCacheConfig::disabled()).await;
    Ok(service)
}

fn streamable(rung: Rung, endpoint: &Endpoint, http: Http) -> StreamableHttpClientTransport<Http> {
    let mut config = StreamableHttpClientTransportConfig::with_uri(endpoint.place(rung.transport()).as_str())
        .max_concurrent_requests(1)
        .control_request_timeout(CONTROL);
    // A lost session is opened anew by the connection, so that tools and canary are looked at again: behind the
    // same URL another server may stand by now.
    config.reinit_on_expired_session = false;
    let mut interval = FixedInterval::default();
    (interval.max_times, interval.duration) = (Some(3), Duration::from_secs(1));
    config.retry_config = Arc::new(interval);
    StreamableHttpClientTransport::with_client(http, config)
}

/// All tools, page by page. A cursor that repeats, and more pages or tools than any server has, end the list with an
/// error: choosing from part of it could pick the wrong tool.
pub(super) async fn list_tools(service: &Service, wire: &Wire, turn: Turn) -> Result<Vec<Listed>, Failure> {
    let (mut tools, mut cursors, mut cursor) = (Vec::new(), HashSet::new(), None);
    for _ in 0..MAX_PAGES {
        let params = PaginatedRequestParams::default().with_cursor(cursor.take());
        let page = wire
            .request(
                turn.then(Step::ToolList),
                service.peer().list_tools(Some(params)),
                |error, noted| classify::request(error, noted, Step::ToolList, wire.to),
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

fn listed(tool: &Tool) -> Listed {
    let properties = tool.input_schema.get("properties").and_then(Value::as_object);
    let arguments = properties.map(|all| all.keys().cloned().collect()).unwrap_or_default();
    Listed { name: tool.name.to_string(), arguments }
}
