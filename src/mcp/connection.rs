//! The live [`SqlSource`]: one session at a time to one MCP server, opened anew when it broke, one call in flight.
//! Owns when a session is kept, dropped and reopened; what goes over it is `session`'s.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::classify::{self, Failure, Step};
use super::retry;
use super::session::{Session, within};
use super::{Endpoint, McpError, Observer, RawAnswer, ServerInfo, SqlSource};

/// A connection to an MCP server. It heals by itself: a session that broke (server restarted, connection lost, a call
/// that did not end) is opened anew, with handshake, tools and canary, by the next call.
pub struct Connection {
    endpoint: Endpoint,
    observer: Arc<dyn Observer>,
    server: ServerInfo,
    /// The session between two calls; empty while a call has it and after one that broke it. The lock is fair, and
    /// is the bound of one call in flight: pytidb answers one request at a time, more would only time out.
    session: Mutex<Option<Session>>,
    replaced: AtomicBool,
}

impl Connection {
    /// Connects: handshake, tools, canary. Retries as [`Endpoint::max_retries`] allows, so at worst this takes each
    /// try's connect and request timeout and the back-offs between.
    ///
    /// # Errors
    /// Why there is no usable server, database included.
    pub async fn connect(endpoint: Endpoint, observer: Arc<dyn Observer>) -> Result<Self, McpError> {
        let session = retry::run(&endpoint, observer.as_ref(), || Session::open(&endpoint, &observer)).await?;
        let server = session.server.clone();
        let (session, replaced) = (Mutex::new(Some(session)), AtomicBool::new(false));
        Ok(Self { endpoint, observer, server, session, replaced })
    }

    /// Whether the server that answers now is the one [`SqlSource::server`] tells of. When not (it was upgraded, or
    /// another took its place), answers are still right, but a new connection should be made.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        !self.replaced.load(Ordering::Relaxed)
    }

    /// Ends the session, within two seconds.
    pub async fn close(self) {
        if let Some(session) = self.session.into_inner() {
            session.close().await;
        }
    }

    /// One try: waits for its turn and the answer within the request timeout. The session goes back only when it is
    /// known to be good; a caller that goes away while waiting leaves a new one to the next.
    async fn attempt(&self, sql: &str) -> Result<RawAnswer, Failure> {
        let patience = self.endpoint.request_timeout;
        let asked = Instant::now();
        let Some(mut slot) = within(patience, self.session.lock()).await else {
            return Err(classify::late(Step::Query, patience));
        };
        let waited = asked.elapsed();
        let session = match slot.take() {
            Some(session) => session,
            None => self.reopen().await?,
        };
        match session.call(sql, patience.saturating_sub(waited)).await {
            Ok(answer) => {
                let failure = session.failure(&answer);
                if failure.as_ref().is_none_or(Failure::keeps_session) {
                    *slot = Some(session);
                }
                match failure {
                    Some(failure) if failure.again != classify::Again::Never => Err(failure),
                    _ => Ok(answer),
                }
            }
            Err(failure) => {
                if failure.keeps_session() {
                    *slot = Some(session);
                }
                Err(failure)
            }
        }
    }

    async fn reopen(&self) -> Result<Session, Failure> {
        let session = Session::open(&self.endpoint, &self.observer).await?;
        if session.server != self.server {
            self.replaced.store(true, Ordering::Relaxed);
        }
        Ok(session)
    }
}

#[async_trait]
impl SqlSource for Connection {
    async fn ask(&self, sql: &str) -> Result<RawAnswer, McpError> {
        retry::run(&self.endpoint, self.observer.as_ref(), || self.attempt(sql)).await
    }

    fn server(&self) -> &ServerInfo {
        &self.server
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("server", &self.server).finish_non_exhaustive()
    }
}
