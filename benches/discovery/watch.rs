//! What discovery sends and receives: the statements, to send them again raw, and the bytes of the answers.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use mcp_schema_operator::error::Reason;
use mcp_schema_operator::mcp::{McpError, Observer, RawAnswer, Running, ServerInfo, SqlSource};

/// A source that keeps the text of every statement.
pub(crate) struct Texts<'a> {
    inner: &'a dyn SqlSource,
    info: ServerInfo,
    texts: Mutex<Vec<String>>,
}

impl<'a> Texts<'a> {
    pub(crate) fn new(inner: &'a dyn SqlSource) -> Self {
        Self { inner, info: inner.server().clone(), texts: Mutex::default() }
    }

    /// Of a server that is said to pass no packed rows on.
    pub(crate) fn plain(inner: &'a dyn SqlSource) -> Self {
        let info = ServerInfo { packed: false, ..inner.server().clone() };
        Self { info, ..Self::new(inner) }
    }

    pub(crate) fn into_texts(self) -> Vec<String> {
        self.texts.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl SqlSource for Texts<'_> {
    async fn ask(&self, sql: &str) -> Result<RawAnswer, McpError> {
        self.texts.lock().unwrap_or_else(PoisonError::into_inner).push(sql.to_owned());
        self.inner.ask(sql).await
    }

    fn server(&self) -> &ServerInfo {
        &self.info
    }
}

/// Counts the bytes of all answers.
#[derive(Clone, Default)]
pub(crate) struct Bytes(Arc<AtomicU64>);

impl Bytes {
    /// The bytes since the last call.
    pub(crate) fn take(&self) -> u64 {
        self.0.swap(0, Ordering::Relaxed)
    }
}

impl Observer for Bytes {
    fn started(&self) -> Box<dyn Running> {
        Box::new(self.clone())
    }

    fn retry(&self, _: Reason) {}
}

impl Running for Bytes {
    fn ended(self: Box<Self>, _: Result<(), Reason>, bytes: u64) {
        self.0.fetch_add(bytes, Ordering::Relaxed);
    }
}
