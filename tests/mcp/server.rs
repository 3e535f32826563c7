//! A small MCP server that can be told to misbehave while it runs. Healthy, it is what pytidb is: a streamable HTTP
//! server with a `db_query(sql_stmt)` tool, whose answers a closure gives. Other test binaries include this file with
//! `#[path = "../mcp/server.rs"] mod server;`.
#![allow(dead_code, clippy::expect_used, reason = "for tests, none of which uses every fault")]

#[path = "broken.rs"]
mod broken;

use std::collections::BTreeMap;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use rmcp::ServerHandler;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, Implementation, InitializeResult,
    ListToolsResult, PaginatedRequestParams, ServerCapabilities, Tool,
};
use rmcp::service::{RequestContext, RoleServer};
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub(crate) use self::broken::Fault;

/// What the SQL tool answers.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// A row set, sent as pytidb does: structured, and one text per row.
    Rows(Vec<Value>),
    /// `isError` with this text.
    Error(String),
    /// Exactly this.
    Raw { structured: Option<Value>, content: Vec<String>, is_error: bool },
}

impl Answer {
    /// An error of the database as pytidb words it.
    pub(crate) fn database_error(code: u16, text: &str, sql: &str) -> Self {
        Self::Error(format!(
            "Error executing tool db_query: (pymysql.err.OperationalError) ({code}, \"{text}\")\n[SQL: {sql}]\n(Background on this error at: https://sqlalche.me/e/21/e3q8)"
        ))
    }
}

/// Which requests a fault hits.
#[derive(Clone, Copy, Debug)]
pub(crate) enum When {
    /// Every request.
    Always,
    /// Calls of a tool.
    Calls,
    /// The next so many calls of a tool; then the server is healthy.
    NextCalls(usize),
}

/// How the server behaves.
#[derive(Clone, Debug)]
pub(crate) enum Mode {
    /// As pytidb does.
    Healthy,
    /// As [`Mode::Healthy`], without sessions and with JSON bodies.
    Stateless,
    /// Requests go wrong below MCP.
    Broken(Fault, When),
    /// No SQL tool among fourteen others, one with an ugly name.
    NoSqlTool,
    /// Two SQL tools.
    TwoSqlTools,
    /// A list of tools that repeats its cursor.
    RepeatedCursor,
    /// A list of tools that never ends.
    EndlessTools,
    /// Names and their hex no longer agree.
    Masked,
    /// Big numbers went through a float.
    Rounded,
}

type Reply = Pin<Box<dyn Future<Output = Option<Answer>> + Send>>;
type Handler = Arc<dyn Fn(String) -> Reply + Send + Sync>;
type Service = StreamableHttpService<Tools, LocalSessionManager>;

/// A running server.
pub(crate) struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

struct Shared {
    mode: Mutex<Mode>,
    calls: Mutex<BTreeMap<String, usize>>,
    queries: Mutex<Vec<String>>,
    handler: Handler,
}

impl Server {
    /// Starts a healthy server on a free loopback port. `handler` answers a query, or leaves it (`None`) to the
    /// server, which knows the canary and answers anything else with no rows.
    pub(crate) async fn start<H, F>(handler: H) -> Self
    where
        H: Fn(String) -> F + Send + Sync + 'static,
        F: Future<Output = Option<Answer>> + Send + 'static,
    {
        Self::start_at(SocketAddr::from(([127, 0, 0, 1], 0)), handler).await
    }

    /// As [`Self::start`], at an address of one's own: a server that comes back.
    pub(crate) async fn start_at<H, F>(address: SocketAddr, handler: H) -> Self
    where
        H: Fn(String) -> F + Send + Sync + 'static,
        F: Future<Output = Option<Answer>> + Send + 'static,
    {
        let listener = TcpListener::bind(address).await.expect("a loopback port");
        let address = listener.local_addr().expect("the port bound");
        let handler: Handler = Arc::new(move |sql| Box::pin(handler(sql)));
        let shared = Arc::new(Shared {
            mode: Mutex::new(Mode::Healthy),
            calls: Mutex::default(),
            queries: Mutex::default(),
            handler,
        });
        let front = Arc::new(Front {
            stateful: service(&shared, StreamableHttpServerConfig::default()),
            stateless: service(&shared, stateless()),
            shared: Arc::clone(&shared),
        });
        let router = Router::new().fallback(answer).with_state(front);
        let task = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Self { address, shared, task }
    }

    /// A healthy server without a database.
    pub(crate) async fn empty() -> Self {
        Self::start(|_| async { None }).await
    }

    /// URL of the MCP endpoint.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/mcp", self.address)
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Changes how the server behaves, from the next request on.
    pub(crate) fn set(&self, mode: Mode) {
        *lock(&self.shared.mode) = mode;
    }

    /// Requests so far, by JSON-RPC method; `GET` and `DELETE` stand for themselves.
    pub(crate) fn calls(&self) -> BTreeMap<String, usize> {
        lock(&self.shared.calls).clone()
    }

    /// Requests so far of one method.
    pub(crate) fn count(&self, method: &str) -> usize {
        lock(&self.shared.calls).get(method).copied().unwrap_or(0)
    }

    /// Queries that reached the SQL tool, in order.
    pub(crate) fn queries(&self) -> Vec<String> {
        lock(&self.shared.queries).clone()
    }

    /// Stops listening and drops every connection.
    pub(crate) async fn stop(self) {
        self.task.abort();
        let _ = self.task.await;
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn stateless() -> StreamableHttpServerConfig {
    let mut config = StreamableHttpServerConfig::default();
    config.legacy_session_mode = false;
    config.json_response = true;
    config
}

fn service(shared: &Arc<Shared>, config: StreamableHttpServerConfig) -> Service {
    let shared = Arc::clone(shared);
    StreamableHttpService::new(move || Ok(Tools(Arc::clone(&shared))), Arc::default(), config)
}

/// What stands in front of the MCP services: counts, and lets requests go wrong.
struct Front {
    stateful: Service,
    stateless: Service,
    shared: Arc<Shared>,
}

async fn answer(State(front): State<Arc<Front>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 8 << 20).await.unwrap_or_default();
    let message: Value = serde_json::from_slice(&body).unwrap_or_default();
    let method = message["method"].as_str().unwrap_or(parts.method.as_str()).to_owned();
    *lock(&front.shared.calls).entry(method.clone()).or_default() += 1;
    if let Some(fault) = front.shared.fault(&method, parts.headers.contains_key("mcp-session-id")) {
        return broken::response(fault, &message["id"]).await;
    }
    if !matches!(parts.uri.path(), "/mcp" | "/mcp/") {
        return broken::status(404);
    }
    let service = match *lock(&front.shared.mode) {
        Mode::Stateless => front.stateless.clone(),
        _ => front.stateful.clone(),
    };
    service.handle(Request::from_parts(parts, Body::from(body))).await.map(Body::new)
}

impl Shared {
    /// The fault that hits this request, if any.
    fn fault(&self, method: &str, in_session: bool) -> Option<Fault> {
        let mut mode = lock(&self.mode);
        let Mode::Broken(fault, when) = &mut *mode else { return None };
        let (fault, hit) = (fault.clone(), matches!(when, When::Always) || method == "tools/call");
        if !hit || (matches!(fault, Fault::SessionLost) && !in_session) {
            return None;
        }
        if let When::NextCalls(left) = when {
            *left = left.saturating_sub(1);
            if *left == 0 {
                *mode = Mode::Healthy;
            }
        }
        Some(fault)
    }

    async fn ask(&self, sql: String) -> Answer {
        lock(&self.queries).push(sql.clone());
        let answered = (self.handler)(sql.clone()).await;
        let answer = answered.unwrap_or_else(|| Answer::Rows(if is_canary(&sql) { canary() } else { vec![] }));
        match (lock(&self.mode).clone(), answer) {
            (Mode::Masked, Answer::Rows(rows)) => Answer::Rows(rows.into_iter().map(masked).collect()),
            (Mode::Rounded, Answer::Rows(rows)) => Answer::Rows(rows.into_iter().map(rounded).collect()),
            (_, answer) => answer,
        }
    }
}

/// Whether this is the query with which every session begins.
pub(crate) fn is_canary(sql: &str) -> bool {
    sql.starts_with("SELECT 1 AS i, CAST('a' AS CHAR(16)) AS s")
}

/// The right answer to it.
pub(crate) fn canary() -> Vec<Value> {
    vec![
        json!({"i": 1, "s": "a", "z": null, "u": "18446744073709551615", "p": "1.5"}),
        json!({"i": 2, "s": "b", "z": null, "u": "x", "p": "0.5"}),
    ]
}

fn masked(mut row: Value) -> Value {
    if row.get("k").is_some() {
        row["k"] = json!("***-***-4552");
    }
    row
}

fn rounded(row: Value) -> Value {
    let cell = |value: Value| match value.as_str().and_then(|text| text.parse::<u64>().ok()) {
        Some(big) if big > 1 << 53 => json!(big as f64),
        _ => value,
    };
    let Value::Object(cells) = row else { return row };
    Value::Object(cells.into_iter().map(|(label, value)| (label, cell(value))).collect())
}

/// The MCP server proper.
#[derive(Clone)]
struct Tools(Arc<Shared>);

impl ServerHandler for Tools {
    fn get_info(&self) -> InitializeResult {
        InitializeResult::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(Implementation::new("tidb", "1.30.0"))
    }

    async fn list_tools(
        &self,
        request: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, rmcp::ErrorData> {
        let mode = lock(&self.0.mode).clone();
        let page = request.and_then(|request| request.cursor).and_then(|page| page.parse().ok()).unwrap_or(0_u64);
        let mut tools = vec![tool("show_tables", None), tool("db_execute", Some("sql_stmts"))];
        match mode {
            Mode::NoSqlTool => tools.extend((0..12).map(|n| tool(&format!("evil\n{n}"), None))),
            Mode::TwoSqlTools => tools.extend([tool("db_query", Some("sql_stmt")), tool("db_query", Some("sql_stmt"))]),
            _ => tools.push(tool("db_query", Some("sql_stmt"))),
        }
        let mut listed = ListToolsResult::with_all_items(tools);
        listed.next_cursor = match mode {
            Mode::RepeatedCursor => Some("1".into()),
            Mode::EndlessTools => Some((page + 1).to_string()),
            _ => None,
        };
        Ok(listed)
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, rmcp::ErrorData> {
        let sql = request.arguments.as_ref().and_then(|all| all.get("sql_stmt")?.as_str());
        let answer = match (&*request.name, sql) {
            ("db_query", Some(sql)) => self.0.ask(sql.to_owned()).await,
            ("db_query", None) => {
                Answer::Error("Error executing tool db_query: 1 validation error for db_queryArguments".into())
            }
            (other, _) => Answer::Error(format!("Unknown tool: {other}")),
        };
        Ok(CallToolResponse::Complete(result(answer)))
    }
}

fn tool(name: &str, argument: Option<&str>) -> Tool {
    let properties: Map<_, _> = argument.into_iter().map(|name| (name.to_owned(), json!({"type": "string"}))).collect();
    let schema = json!({"type": "object", "properties": properties});
    Tool::new(name.to_owned(), "for tests", schema.as_object().cloned().unwrap_or_default())
}

fn result(answer: Answer) -> CallToolResult {
    let (structured, content, is_error) = match answer {
        Answer::Rows(rows) => {
            let texts = rows.iter().map(|row| format!("{row:#}")).collect();
            (Some(json!({ "result": rows })), texts, false)
        }
        Answer::Error(text) => (None, vec![text], true),
        Answer::Raw { structured, content, is_error } => (structured, content, is_error),
    };
    let mut result = CallToolResult::success(content.into_iter().map(ContentBlock::text).collect());
    result.structured_content = structured;
    result.is_error = Some(is_error);
    result
}
