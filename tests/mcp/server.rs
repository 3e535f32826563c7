//! A small MCP server that can be told to misbehave while it runs. Healthy, it is what pytidb is: a streamable HTTP
//! server with a `db_query(sql_stmt)` tool, whose answers a closure gives. Other test binaries include this file with
//! `#[path = "../mcp/server.rs"] mod server;`.
#![allow(dead_code, unused_imports, clippy::expect_used, reason = "for tests, none of which uses every fault")]

#[path = "broken.rs"]
mod broken;
#[path = "tools.rs"]
mod tools;

use std::collections::BTreeMap;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub(crate) use self::broken::Fault;
use self::tools::Tools;
pub(crate) use self::tools::{Answer, canary, is_canary};

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
}
