//! What the tests of this folder share.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use mcp_schema_operator::error::Reason;
use mcp_schema_operator::mcp::{Connection, Endpoint, McpError, Observer, Running, unobserved};

/// Longest any test waits for something that should come at once, on a machine that is busy.
pub(crate) const SLACK: Duration = Duration::from_secs(10);

/// An endpoint with little patience and short back-offs.
pub(crate) fn endpoint(url: &str) -> Endpoint {
    Endpoint {
        connect_timeout: Duration::from_secs(5),
        request_timeout: Duration::from_secs(5),
        max_retries: 2,
        retry_delay: Duration::from_millis(10),
        ..Endpoint::new(url).unwrap()
    }
}

pub(crate) async fn connect(url: &str) -> Result<Connection, McpError> {
    Connection::connect(endpoint(url), unobserved()).await
}

/// The failure of connecting to `url`; no message may hold what a server said in confidence, a URL or SQL.
pub(crate) async fn refusal(url: &str) -> McpError {
    let error = connect(url).await.expect_err("the server is broken");
    fit_to_show(&error);
    error
}

pub(crate) fn fit_to_show(error: &McpError) {
    let text = &error.message;
    assert!(text.len() < 800 && !text.contains('\n'), "{text}");
    for never in ["hunter2", "127.0.0.1", "[SQL", " FROM ", "n_none", "nasty_"] {
        assert!(!text.contains(never), "{text}");
    }
}

/// How a call ended, and the bytes of its body.
pub(crate) type Call = (Result<(), Reason>, u64);

/// Keeps what it is told.
#[derive(Default)]
pub(crate) struct Notes {
    pub(crate) calls: Arc<Mutex<Vec<Call>>>,
    pub(crate) retries: Mutex<Vec<Reason>>,
}

impl Notes {
    pub(crate) fn new() -> Arc<Self> {
        Arc::default()
    }
}

impl Observer for Notes {
    fn started(&self) -> Box<dyn Running> {
        Box::new(Note(Arc::clone(&self.calls)))
    }

    fn retry(&self, reason: Reason) {
        self.retries.lock().unwrap().push(reason);
    }
}

struct Note(Arc<Mutex<Vec<Call>>>);

impl Running for Note {
    fn ended(self: Box<Self>, outcome: Result<(), Reason>, bytes: u64) {
        self.0.lock().unwrap().push((outcome, bytes));
    }
}
