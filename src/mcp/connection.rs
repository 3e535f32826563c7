//! The live [`SqlSource`]: a few sessions with one MCP server, each opened when it is needed and anew when it broke. Owns
//! how many calls are in flight, and when a session is kept, dropped and reopened; what goes over it is `session`'s.

use std::fmt;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::Semaphore;
use tokio::time::Instant;

use super::classify::{self, Again, Failure, Step};
use super::ladder::Rung;
use super::retry;
use super::session::{Session, within};
use super::{Dialect, Endpoint, McpError, Observer, RawAnswer, ServerInfo, SqlSource};
use crate::error::Reason;

/// A connection to an MCP server. It heals by itself: a session that broke (server restarted, connection lost, a call
/// that did not end) is opened anew, with handshake, tools and canary, by the next call.
pub struct Connection {
    endpoint: Endpoint,
    observer: Arc<dyn Observer>,
    server: ServerInfo,
    /// One permit for each call that may be in flight, handed out in the order asked for.
    turns: Semaphore,
    /// How many there are of them.
    most: usize,
    /// The sessions no call has at the moment: at most as many as there are turns, none that is known to be broken.
    idle: Mutex<Vec<Session>>,
    replaced: AtomicBool,
}

/// Calls at once where the endpoint does not say: pytidb answers one request at a time, more would only time out.
const fn in_flight(endpoint: &Endpoint, dialect: Dialect) -> usize {
    match (endpoint.max_in_flight, dialect) {
        (Some(asked), _) => clamped(asked),
        (None, Dialect::Pytidb) => 1,
        (None, _) => 2,
    }
}

/// No more than is of use with one server.
const fn clamped(asked: NonZeroU32) -> usize {
    const MOST: u32 = 64;
    if asked.get() < MOST { asked.get() as usize } else { MOST as usize }
}

impl Connection {
    /// Connects: handshake, tools, canary. Retries as [`Endpoint::max_retries`] allows, so at worst this takes each
    /// try's connect and request timeout and the back-offs between; where the transport is not given, a try may take
    /// three connect timeouts.
    ///
    /// # Errors
    /// Why there is no usable server, database included.
    pub async fn connect(endpoint: Endpoint, observer: Arc<dyn Observer>) -> Result<Self, McpError> {
        let session = retry::run(&endpoint, observer.as_ref(), || Session::open(&endpoint, &observer, None)).await?;
        let server = session.server.clone();
        let most = in_flight(&endpoint, server.dialect);
        let (turns, idle, replaced) = (Semaphore::new(most), Mutex::new(vec![session]), AtomicBool::new(false));
        Ok(Self { endpoint, observer, server, turns, most, idle, replaced })
    }

    /// The same connection with the patience of one who shares it: deadline of a call, retries and the pauses between.
    #[must_use]
    pub const fn patient<'a>(&'a self, patience: &'a Endpoint) -> Patient<'a> {
        Patient { connection: self, patience }
    }

    /// Never makes more calls at once than that.
    #[must_use]
    pub fn keeps_to(&self, max_in_flight: Option<NonZeroU32>) -> bool {
        max_in_flight.is_none_or(|asked| self.most <= clamped(asked))
    }

    /// Whether the server that answers now is the one [`SqlSource::server`] tells of. When not (it was upgraded, or
    /// another took its place), answers that come are still right, but a new connection should be made; one of another
    /// dialect gets no queries over this one.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        !self.replaced.load(Ordering::Relaxed)
    }

    /// Ends the sessions, within two seconds.
    pub async fn close(self) {
        let idle = self.idle.into_inner().unwrap_or_else(PoisonError::into_inner);
        futures::future::join_all(idle.into_iter().map(Session::close)).await;
    }

    /// One try: waits for its turn and the answer within the request timeout. The session goes back only when it is
    /// known to be good; a caller that goes away while waiting leaves a new one to the next.
    async fn attempt(&self, sql: &str, patience: Duration) -> Result<RawAnswer, Failure> {
        let asked = Instant::now();
        let Some(_turn) = within(patience, self.turns.acquire()).await else {
            return Err(classify::late(Step::Query, patience));
        };
        let waited = asked.elapsed();
        let session = match self.take() {
            Some(session) => session,
            None => self.reopen().await?,
        };
        match session.call(sql, patience.saturating_sub(waited)).await {
            Ok(answer) => {
                let failure = session.failure(&answer);
                if failure.as_ref().is_none_or(Failure::keeps_session) {
                    self.give_back(session);
                }
                match failure {
                    Some(failure) if failure.again != Again::Never => Err(failure),
                    _ => Ok(answer),
                }
            }
            Err(failure) => {
                if failure.keeps_session() {
                    self.give_back(session);
                }
                Err(failure)
            }
        }
    }

    /// The session used last, so that those in excess idle out; one whose stream ended meanwhile is forgotten.
    fn take(&self) -> Option<Session> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(session) = idle.pop() {
            if session.is_open() {
                return Some(session);
            }
        }
        None
    }

    fn give_back(&self, session: Session) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(session);
    }

    async fn reopen(&self) -> Result<Session, Failure> {
        let found = Some(Rung::of(&self.server));
        let session = Session::open(&self.endpoint, &self.observer, found).await?;
        let (now, before) = (&session.server, &self.server);
        if now != before {
            self.replaced.store(true, Ordering::Relaxed);
        }
        if (now.dialect, &now.rows_pointer) == (before.dialect, &before.rows_pointer) {
            return Ok(session);
        }
        // Whoever asks reads answers in the dialect of before.
        let message =
            "another kind of MCP server answers at the URL than before: it is connected to anew at the next try";
        Err(Failure { again: Again::Never, ..Failure::new(Reason::ConnectFailed, message) })
    }
}

#[async_trait]
impl SqlSource for Connection {
    async fn ask(&self, sql: &str) -> Result<RawAnswer, McpError> {
        self.patient(&self.endpoint).ask(sql).await
    }

    fn server(&self) -> &ServerInfo {
        &self.server
    }
}

/// A connection seen by one of those who share it, see [`Connection::patient`].
pub struct Patient<'a> {
    connection: &'a Connection,
    patience: &'a Endpoint,
}

#[async_trait]
impl SqlSource for Patient<'_> {
    async fn ask(&self, sql: &str) -> Result<RawAnswer, McpError> {
        let Self { connection, patience } = *self;
        let attempt = || connection.attempt(sql, patience.request_timeout);
        retry::run(patience, connection.observer.as_ref(), attempt).await
    }

    fn server(&self) -> &ServerInfo {
        &self.connection.server
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("server", &self.server).finish_non_exhaustive()
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn pytidb_is_asked_one_thing_at_a_time_unless_told_otherwise() {
        for (asked, dialect, want) in [
            (None, Dialect::Pytidb, 1),
            (None, Dialect::Dbhub, 2),
            (None, Dialect::Custom, 2),
            (Some(1), Dialect::Toolbox, 1),
            (Some(5), Dialect::Pytidb, 5),
            (Some(u32::MAX), Dialect::Benborla, 64),
        ] {
            let max_in_flight = asked.and_then(NonZeroU32::new);
            let endpoint = Endpoint { max_in_flight, ..Endpoint::new("http://h").unwrap() };
            assert_eq!(in_flight(&endpoint, dialect), want, "{asked:?} {dialect}");
        }
    }
}
