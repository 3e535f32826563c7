//! The circuit breaker of one source: after a few failures in a row nobody asks any more, and one probe in each period
//! finds out when asking is of use again. Pure: time is an argument.

use std::time::{Duration, Instant};

use crate::error::Reason;

/// Failed looks in a row after which the circuit opens.
pub(super) const FAILURES: u32 = 3;

/// State of the circuit of one source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Breaker {
    failures: u32,
    open: Option<Open>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Open {
    /// The failure that opened it, or the newest probe's.
    reason: Reason,
    message: String,
    next_probe: Instant,
}

/// What an open circuit tells everybody who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    /// Why the last try failed.
    pub reason: Reason,
    /// What it said.
    pub message: String,
    /// Time until the next probe.
    pub next_probe: Duration,
}

/// Whether a failure says that asking the source again soon is of no use to anybody. A refused credential or a schema
/// that is not whole says nothing of the sort.
#[must_use]
pub(super) const fn counts(reason: Reason) -> bool {
    matches!(
        reason,
        Reason::ConnectFailed
            | Reason::TlsFailed
            | Reason::Timeout
            | Reason::ServerError
            | Reason::ProtocolError
            | Reason::WrongEndpoint
            | Reason::DatabaseError
    )
}

impl Breaker {
    /// Why nobody may ask now; `None` while the circuit is closed.
    #[must_use]
    pub(super) fn refusal(&self, now: Instant) -> Option<Refusal> {
        let Open { reason, message, next_probe } = self.open.as_ref()?;
        let next_probe = next_probe.saturating_duration_since(now);
        Some(Refusal { reason: *reason, message: message.clone(), next_probe })
    }

    /// Nobody asks at present.
    #[must_use]
    pub(super) const fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// A look or a probe failed; true when the circuit opens by it.
    pub(super) fn failed(&mut self, reason: Reason, message: &str, period: Duration, now: Instant) -> bool {
        if !counts(reason) && self.open.is_none() {
            // The source answered, if only to refuse.
            self.failures = 0;
            return false;
        }
        let was_open = self.open.is_some();
        self.failures = self.failures.saturating_add(1);
        if was_open || self.failures >= FAILURES {
            self.open = Some(Open { reason, message: message.to_owned(), next_probe: now + period });
        }
        !was_open && self.open.is_some()
    }

    /// A look or a probe succeeded; true when the circuit closes by it.
    pub(super) fn succeeded(&mut self) -> bool {
        let was_open = self.open.is_some();
        *self = Self::default();
        was_open
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PERIOD: Duration = Duration::from_secs(30);

    #[test]
    fn it_opens_at_the_third_failure_in_a_row_and_closes_at_the_first_success() {
        let (mut breaker, now) = (Breaker::default(), Instant::now());
        assert!(!breaker.failed(Reason::Timeout, "a", PERIOD, now));
        assert!(!breaker.succeeded(), "it was not open");
        for last in [false, false, true] {
            assert_eq!(breaker.refusal(now), None);
            assert_eq!(breaker.failed(Reason::ConnectFailed, "nobody listens", PERIOD, now), last);
        }
        let refusal = breaker.refusal(now + Duration::from_secs(10));
        let told = refusal.map(|refusal| (refusal.reason, refusal.message, refusal.next_probe));
        assert_eq!(told, Some((Reason::ConnectFailed, "nobody listens".to_owned(), Duration::from_secs(20))));
        assert!(!breaker.failed(Reason::Timeout, "still", PERIOD, now + PERIOD), "it is open already");
        let refusal = breaker.refusal(now + PERIOD).map(|refusal| (refusal.reason, refusal.next_probe));
        assert_eq!(refusal, Some((Reason::Timeout, PERIOD)), "the newest probe counts");
        assert!(breaker.succeeded() && !breaker.is_open());
        assert_eq!(breaker.refusal(now), None);
    }

    #[test]
    fn what_says_nothing_of_the_server_being_away_never_opens_it() {
        let now = Instant::now();
        for reason in Reason::ALL {
            let mut breaker = Breaker::default();
            for _ in 0..9 {
                breaker.failed(*reason, "x", PERIOD, now);
            }
            assert_eq!(breaker.is_open(), counts(*reason), "{reason}");
        }
        let mut breaker = Breaker::default();
        for reason in [Reason::Timeout, Reason::Timeout, Reason::AuthenticationFailed, Reason::Timeout] {
            assert!(!breaker.failed(reason, "x", PERIOD, now), "an answer in between ends the row");
        }
        assert!(!counts(Reason::AuthenticationFailed) && !counts(Reason::DiscoveryIncomplete));
    }
}
