//! A small server that can be told to misbehave while it runs. Healthy, it is what pytidb is: a streamable HTTP server
//! with a `db_query(sql_stmt)` tool, whose answers a closure gives; told to, it speaks any other transport, and offers
//! another tool. Other test binaries include this file with `#[path = "../mcp/server.rs"] mod server;`.
#![allow(dead_code, unused_imports, clippy::expect_used, reason = "for tests, none of which uses every fault")]

#[path = "broken.rs"]
mod broken;
#[path = "legacy.rs"]
mod legacy;
#[path = "modes.rs"]
mod modes;
#[path = "rest.rs"]
mod rest;
#[path = "tls.rs"]
mod tls;
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
use http::{HeaderMap, Method};
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub(crate) use self::broken::Fault;
use self::legacy::Legacy;
pub(crate) use self::modes::{Mode, Speaks, When};
pub(crate) use self::tls::Authority;
use self::tools::Tools;
pub(crate) use self::tools::{Answer, canary, is_canary};

type Reply = Pin<Box<dyn Future<Output = Option<Answer>> + Send>>;
type Handler = Arc<dyn Fn(String) -> Reply + Send + Sync>;
type Service = StreamableHttpService<Tools, LocalSessionManager>;

/// A running server.
pub(crate) struct Server {
    address: SocketAddr,
    scheme: &'static str,
    shared: Arc<Shared>,
    legacy: Arc<Legacy>,
    task: JoinHandle<()>,
}

struct Shared {
    mode: Mutex<Mode>,
    speaks: Mutex<Speaks>,
    /// Name and argument of the SQL tool.
    tool: Mutex<(String, String)>,
    calls: Mutex<BTreeMap<String, usize>>,
    queries: Mutex<Vec<String>>,
    heads: Mutex<Vec<HeaderMap>>,
    /// Bearer tokens it takes; `None` asks for none.
    tokens: Mutex<Option<Vec<String>>>,
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
        let (shared, legacy) = (Arc::new(Shared::new(handler)), Arc::<Legacy>::default());
        let router = router(&shared, &legacy);
        let task = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Self { address, scheme: "http", shared, legacy, task }
    }

    /// As [`Self::start`], with a certificate of `authority`; when `mutual`, for clients with one of it alone.
    pub(crate) async fn start_tls<H, F>(handler: H, authority: &Authority, mutual: bool) -> Self
    where
        H: Fn(String) -> F + Send + Sync + 'static,
        F: Future<Output = Option<Answer>> + Send + 'static,
    {
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.expect("a loopback port");
        let address = listener.local_addr().expect("the port bound");
        let (shared, legacy) = (Arc::new(Shared::new(handler)), Arc::<Legacy>::default());
        let (router, listener) = (router(&shared, &legacy), tls::Listener::new(listener, authority, mutual));
        let task = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Self { address, scheme: "https", shared, legacy, task }
    }

    /// A healthy server without a database.
    pub(crate) async fn empty() -> Self {
        Self::start(|_| async { None }).await
    }

    /// URL of the MCP endpoint.
    pub(crate) fn url(&self) -> String {
        format!("{}/mcp", self.base())
    }

    /// URL without a path.
    pub(crate) fn base(&self) -> String {
        format!("{}://{}", self.scheme, self.address)
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Changes how the server behaves, from the next request on.
    pub(crate) fn set(&self, mode: Mode) {
        *lock(&self.shared.mode) = mode;
    }

    /// Changes which transport it speaks, from the next request on.
    pub(crate) fn speak(&self, speaks: Speaks) {
        *lock(&self.shared.speaks) = speaks;
    }

    /// Offers another SQL tool.
    pub(crate) fn offer(&self, tool: &str, argument: &str) {
        *lock(&self.shared.tool) = (tool.to_owned(), argument.to_owned());
    }

    /// Takes requests with one of these bearer tokens alone, from the next request on.
    pub(crate) fn accept(&self, tokens: &[&str]) {
        *lock(&self.shared.tokens) = Some(tokens.iter().map(|&token| token.to_owned()).collect());
    }

    /// The headers of every request so far.
    pub(crate) fn heads(&self) -> Vec<HeaderMap> {
        lock(&self.shared.heads).clone()
    }

    /// Requests so far, by JSON-RPC method; other requests by their HTTP method, REST calls by `tools/call`.
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

    /// Ends every open event stream of HTTP+SSE.
    pub(crate) fn end_streams(&self) {
        self.legacy.end_streams();
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

fn router(shared: &Arc<Shared>, legacy: &Arc<Legacy>) -> Router {
    let mut stateless = StreamableHttpServerConfig::default();
    (stateless.legacy_session_mode, stateless.json_response) = (false, true);
    let front = Arc::new(Front {
        stateful: service(shared, StreamableHttpServerConfig::default()),
        stateless: service(shared, stateless),
        legacy: Arc::clone(legacy),
        shared: Arc::clone(shared),
    });
    Router::new().fallback(answer).with_state(front)
}

fn service(shared: &Arc<Shared>, config: StreamableHttpServerConfig) -> Service {
    let shared = Arc::clone(shared);
    StreamableHttpService::new(move || Ok(Tools(Arc::clone(&shared))), Arc::default(), config)
}

/// What stands in front of the services: counts, and lets requests go wrong.
struct Front {
    stateful: Service,
    stateless: Service,
    legacy: Arc<Legacy>,
    shared: Arc<Shared>,
}

async fn answer(State(front): State<Arc<Front>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 8 << 20).await.unwrap_or_default();
    let message: Value = serde_json::from_slice(&body).unwrap_or_default();
    let rest = parts.uri.path().starts_with("/tools/").then_some("tools/call");
    let method = message["method"].as_str().or(rest).unwrap_or(parts.method.as_str()).to_owned();
    *lock(&front.shared.calls).entry(method.clone()).or_default() += 1;
    lock(&front.shared.heads).push(parts.headers.clone());
    let speaks = *lock(&front.shared.speaks);
    let in_session = parts.headers.contains_key("mcp-session-id") || parts.uri.path() == "/messages";
    let refused = front.shared.refuses(&parts.headers).then_some(Fault::Challenge);
    let fault = refused.or_else(|| front.shared.fault(&method, in_session));
    match (speaks, fault, parts.uri.path()) {
        (Speaks::Sse, Some(fault), "/messages") => front.legacy.broken(fault, parts.uri.query(), &message["id"]).await,
        (_, Some(fault), _) => broken::response(fault, &message["id"]).await,
        (Speaks::Sse | Speaks::SseElsewhere, None, "/sse") if parts.method == Method::GET => {
            front.legacy.open(&front.shared, speaks == Speaks::SseElsewhere)
        }
        (Speaks::Sse | Speaks::SseElsewhere, None, "/sse") => broken::status(405),
        (Speaks::Sse | Speaks::SseElsewhere, None, "/messages") => front.legacy.post(parts.uri.query(), message),
        (Speaks::Rest, None, "/tools/execute_query_tool") => rest::call(&front.shared, &message).await,
        (Speaks::Modern(code), None, "/mcp") if method == "initialize" => {
            broken::response(Fault::Refused(code, -32601), &message["id"]).await
        }
        (Speaks::Streamable | Speaks::Stateless | Speaks::Modern(_), None, "/mcp" | "/mcp/") => {
            let service = if speaks == Speaks::Streamable { front.stateful.clone() } else { front.stateless.clone() };
            service.handle(Request::from_parts(parts, Body::from(body))).await.map(Body::new)
        }
        _ => broken::status(404),
    }
}

impl Shared {
    fn new<H, F>(handler: H) -> Self
    where
        H: Fn(String) -> F + Send + Sync + 'static,
        F: Future<Output = Option<Answer>> + Send + 'static,
    {
        Self {
            mode: Mutex::new(Mode::Healthy),
            speaks: Mutex::new(Speaks::Streamable),
            tool: Mutex::new(("db_query".into(), "sql_stmt".into())),
            calls: Mutex::default(),
            queries: Mutex::default(),
            heads: Mutex::default(),
            tokens: Mutex::default(),
            handler: Arc::new(move |sql| Box::pin(handler(sql))),
        }
    }

    /// Whether a request lacks the credential.
    fn refuses(&self, headers: &HeaderMap) -> bool {
        let given = headers.get("authorization").and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
        lock(&self.tokens).as_ref().is_some_and(|tokens| !tokens.iter().any(|token| given == Some(token.as_str())))
    }

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
