//! One session with a server: found by one of the ways of `ladder`, its tool picked, its canary heard; then calls of the
//! one SQL tool. Every request goes through [`Wire::request`]. Retries nothing.

use std::sync::Arc;
use std::time::Duration;

use rmcp::model::{CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock};
use rmcp::service::ServiceError;
use serde_json::{Map, Value};
use tokio::time::timeout;

use super::classify::{self, Failure, Step, To};
use super::dialect::canary::{self, Verdict};
use super::dialect::tools::{self, SqlTool};
use super::handshake::{self, Service};
use super::ladder::{self, Rung, Told};
use super::text::printable;
use super::transport::Http;
use super::transport::rest::Rest;
use super::wire::{Turn, Wire};
use super::{Endpoint, Observer, RawAnswer, Rows, ServerInfo, answer, packed};
use crate::error::Reason;

/// Longest wait for the server to take note that we leave.
const FAREWELL: Duration = Duration::from_secs(2);

/// An open session.
#[derive(Debug)]
pub(super) struct Session {
    speaker: Speaker,
    wire: Wire,
    tool: SqlTool,
    /// Who answers.
    pub(super) server: ServerInfo,
}

/// Who carries a call over.
#[derive(Debug)]
enum Speaker {
    /// rmcp, over any of MCP's transports.
    Mcp(Service),
    /// Plain JSON.
    Rest(Rest),
}

impl Session {
    /// Opens a session, by the way it was `found` before or else by whichever leads to a server. Each way has the connect
    /// timeout for itself. When none does, the failure of the first is told, unless another one came nearer.
    pub(super) async fn open(
        endpoint: &Endpoint,
        observer: &Arc<dyn Observer>,
        found: Option<Rung>,
    ) -> Result<Self, Failure> {
        let mut rung = ladder::first(endpoint, found);
        let (mut tried, mut first) = (Vec::new(), None);
        loop {
            tried.push(rung);
            let failure = match Self::by(rung, endpoint, observer).await {
                Ok(session) => return Ok(session),
                Err(failure) => failure,
            };
            tracing::debug!(?rung, reason = %failure.error.reason, told = ?failure.told, "no MCP server this way");
            let next = ladder::next(endpoint, &tried, failure.told);
            let nearer = ladder::got_further(failure.told, failure.error.reason);
            let told = match first.take() {
                Some(first) if !nearer => first,
                _ => failure,
            };
            rung = match next {
                Some(next) => next,
                None => return Err(told),
            };
            first = Some(told);
        }
    }

    async fn by(rung: Rung, endpoint: &Endpoint, observer: &Arc<dyn Observer>) -> Result<Self, Failure> {
        let to = To { transport: rung.transport(), credential: endpoint.token.is_some() };
        let http = Http::new(endpoint, rung == Rung::Sse).map_err(|fault| classify::of(fault, Step::Handshake, to))?;
        let wire = Wire::new(http.seen.clone(), to, Arc::clone(observer));
        match rung {
            Rung::Rest => Self::rest(wire, http, endpoint).await,
            _ => Self::mcp(rung, wire, http, endpoint).await,
        }
    }

    /// Handshake and list of tools within the connect timeout, then the canary.
    async fn mcp(rung: Rung, wire: Wire, http: Http, endpoint: &Endpoint) -> Result<Self, Failure> {
        let turn = Turn::new(Step::Handshake, endpoint.connect_timeout);
        let connected = handshake::connect(rung, endpoint, http);
        let service = wire
            .request(turn, connected, |error, noted| classify::handshake(error, noted, wire.to), |_| Ok(()))
            .await?;
        let listed = handshake::list_tools(&service, &wire, turn).await?;
        let me = introduced(&service);
        let tool = tools::detect(&listed, endpoint.dialect, endpoint.custom.as_ref(), &me.name)?;
        let mut session = Self { server: me.with(&tool, rung), speaker: Speaker::Mcp(service), wire, tool };
        session.heard(Turn::new(Step::Query, endpoint.request_timeout)).await?;
        session.server.packed = session.packs(endpoint.request_timeout).await;
        Ok(session)
    }

    /// There is no handshake: the canary shows whether this is the server, within the time of one.
    async fn rest(wire: Wire, http: Http, endpoint: &Endpoint) -> Result<Self, Failure> {
        let tool = tools::unlisted(endpoint.custom.as_ref());
        let me = Introduced { name: "REST tools server".into(), ..Introduced::default() };
        let rest = Rest { http, base: endpoint.place(wire.to.transport) };
        let mut session = Self { server: me.with(&tool, Rung::Rest), speaker: Speaker::Rest(rest), wire, tool };
        session.heard(Turn::new(Step::Handshake, endpoint.connect_timeout)).await.map_err(|mut failure| {
            // JSON of another kind: something else lives there.
            if failure.error.reason == Reason::ProtocolError {
                failure.told = Told::Elsewhere;
            }
            failure
        })?;
        session.server.packed = session.packs(endpoint.request_timeout).await;
        Ok(session)
    }

    /// Hears the canary, and asks for the database's version where that decides whether the canary was right.
    async fn heard(&self, turn: Turn) -> Result<(), Failure> {
        if canary::judge(self.tool.dialect, &self.rows(canary::SQL, turn).await?)? == Verdict::OnTidbAlone {
            canary::judge_engine(&self.rows(canary::VERSION, turn).await?)?;
        }
        Ok(())
    }

    /// Whether packed rows come through. Any failure means that they do not, never that there is no session.
    async fn packs(&self, patience: Duration) -> bool {
        self.rows(packed::CANARY, Turn::new(Step::Query, patience)).await.is_ok_and(|rows| packed::passes(&rows))
    }

    async fn rows(&self, sql: &str, turn: Turn) -> Result<Rows, Failure> {
        Ok(self.tool.decode(self.ask(sql, turn).await?)?.whole()?)
    }

    /// Calls the SQL tool. An answer that reports an error is an answer.
    pub(super) async fn call(&self, sql: &str, patience: Duration) -> Result<RawAnswer, Failure> {
        self.ask(sql, Turn::new(Step::Query, patience)).await
    }

    async fn ask(&self, sql: &str, turn: Turn) -> Result<RawAnswer, Failure> {
        let arguments = self.tool.arguments(sql);
        let verdict = |answer: &RawAnswer| self.failure(answer).map_or(Ok(()), |failure| Err(failure.error.reason));
        let to = self.wire.to;
        match &self.speaker {
            Speaker::Mcp(service) => {
                let call = self.call_tool(service, arguments);
                self.wire
                    .request(turn, call, |error, noted| classify::request(error, noted, turn.step, to), verdict)
                    .await
            }
            Speaker::Rest(rest) => {
                let call = rest.call(&self.tool.name, &arguments);
                self.wire.request(turn, call, |fault, _| classify::of(fault, turn.step, to), verdict).await
            }
        }
    }

    async fn call_tool(&self, service: &Service, arguments: Map<String, Value>) -> Result<RawAnswer, ServiceError> {
        let params = CallToolRequestParams::new(self.tool.name.clone()).with_arguments(arguments);
        match service.peer().call_tool_once(params).await? {
            CallToolResponse::Complete(result) => {
                let past_rmcp = if answer::stands_in(&result) { self.wire.seen.take_answer() } else { None };
                Ok(past_rmcp.unwrap_or_else(|| raw(result)))
            }
            // Questions back to a person and tasks to poll: a query tool has no use for either.
            _ => Err(ServiceError::UnexpectedResponse),
        }
    }

    /// Whether an answer asks for another try, and which.
    pub(super) fn failure(&self, answer: &RawAnswer) -> Option<Failure> {
        self.tool.failure(answer).map(Failure::from)
    }

    /// Whether a call can still go over it. One that is found closed between two calls is no failure of either.
    pub(super) fn is_open(&self) -> bool {
        match &self.speaker {
            Speaker::Mcp(service) => !service.peer().is_transport_closed(),
            Speaker::Rest(_) => true,
        }
    }

    /// Ends the session; waits a moment for the server to note it.
    pub(super) async fn close(self) {
        if let Speaker::Mcp(mut service) = self.speaker {
            // Whether the server heard is its own business: it forgets idle sessions by itself.
            let _ = service.close_with_timeout(FAREWELL).await;
        }
    }
}

/// What a server says of itself.
#[derive(Default)]
struct Introduced {
    name: String,
    version: String,
    protocol_version: String,
}

fn introduced(service: &Service) -> Introduced {
    let peer = service.peer().peer_info();
    let me = peer.as_ref().and_then(|peer| peer.server_info.as_ref());
    Introduced {
        name: me.map(|me| printable(&me.name, 128)).unwrap_or_default(),
        version: me.map(|me| printable(&me.version, 128)).unwrap_or_default(),
        protocol_version: peer.as_ref().map(|peer| printable(peer.protocol_version.as_str(), 32)).unwrap_or_default(),
    }
}

impl Introduced {
    fn with(self, tool: &SqlTool, rung: Rung) -> ServerInfo {
        ServerInfo {
            name: self.name,
            version: self.version,
            protocol_version: self.protocol_version,
            dialect: tool.dialect,
            transport: rung.transport(),
            rows_pointer: tool.rows_pointer.clone(),
            packed: false,
        }
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
