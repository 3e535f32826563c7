//! The one way a request is made, whatever the transport: with a deadline, its failure classified, and counted.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::Observer;
use super::classify::{self, Failure, Step, To};
use super::fault::Fault;
use super::seen::Seen;
use super::transport::MAX_ANSWER;
use crate::error::Reason;

/// What every request of a session shares.
#[derive(Clone)]
pub(super) struct Wire {
    /// What happens below, during the request in flight.
    pub(super) seen: Seen,
    pub(super) to: To,
    observer: Arc<dyn Observer>,
}

/// What is waited for, and until when.
#[derive(Clone, Copy, Debug)]
pub(super) struct Turn {
    pub(super) step: Step,
    patience: Duration,
    deadline: Instant,
}

impl Turn {
    /// From now on, for so long.
    pub(super) fn new(step: Step, patience: Duration) -> Self {
        Self { step, patience, deadline: Instant::now() + patience }
    }

    /// Another step within the same time.
    pub(super) const fn then(self, step: Step) -> Self {
        Self { step, ..self }
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wire").field("seen", &self.seen).field("to", &self.to).finish_non_exhaustive()
    }
}

impl Wire {
    pub(super) const fn new(seen: Seen, to: To, observer: Arc<dyn Observer>) -> Self {
        Self { seen, to, observer }
    }

    /// Makes a request. `failed` classifies its error, with what was noted below; `verdict` looks for an error inside an
    /// answer, for the count alone.
    pub(super) async fn request<T, E>(
        &self,
        turn: Turn,
        request: impl Future<Output = Result<T, E>>,
        failed: impl FnOnce(E, Option<Fault>) -> Failure,
        verdict: impl FnOnce(&T) -> Result<(), Reason>,
    ) -> Result<T, Failure> {
        let running = self.observer.started();
        self.seen.begin();
        let ended = timeout_at(turn.deadline, request).await;
        let (bytes, noted) = self.seen.end();
        let result = match ended {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(error)) => Err(failed(error, noted)),
            // An answer that was too large or broken may leave rmcp waiting for another: what was noted is the cause.
            Err(_) if matches!(noted, Some(Fault::TooLarge { .. })) => {
                Err(classify::of(Fault::TooLarge { limit: MAX_ANSWER }, turn.step, self.to))
            }
            Err(_) => Err(classify::late(turn.step, turn.patience)),
        };
        let outcome = result.as_ref().map_or_else(|failure| Err(failure.error.reason), verdict);
        running.ended(outcome, bytes);
        result
    }
}
