//! Trying again: how long to wait and when to give up. The decision is pure; only `run` sleeps.

use std::future::Future;
use std::time::Duration;

use super::classify::{Again, Failure};
use super::{Endpoint, McpError, Observer};

/// Longest back-off. A server that asks for more is asked again by the next reconcile, not by this call.
pub(super) const CEILING: Duration = Duration::from_secs(30);

/// The back-off before retry number `attempt` (from 0): exponential with full jitter, so anywhere between nothing and
/// `retry_delay` doubled `attempt` times, never above `ceiling`. `random` is in 0..1.
#[must_use]
pub fn delay(attempt: u32, retry_delay: Duration, ceiling: Duration, random: f64) -> Duration {
    let doubled = 2_u32.checked_pow(attempt).and_then(|factor| retry_delay.checked_mul(factor));
    doubled.unwrap_or(ceiling).min(ceiling).mul_f64(random.clamp(0.0, 1.0))
}

/// How often one request has been tried again.
#[derive(Clone, Copy, Debug, Default)]
struct Tries {
    at_once: u32,
    later: u32,
}

/// How long to wait before the next try; `None` to give up. A renewal (session, database connection) is not a retry
/// and is allowed once even with `max_retries` 0.
fn next(failure: &Failure, tries: Tries, endpoint: &Endpoint, random: f64) -> Option<Duration> {
    match failure.again {
        Again::Never => None,
        Again::AtOnce => (tries.at_once == 0).then_some(Duration::ZERO),
        Again::Later if tries.later >= endpoint.max_retries => None,
        Again::Later => {
            let own = delay(tries.later, endpoint.retry_delay, CEILING, random);
            let asked = failure.error.retry_after.unwrap_or_default();
            (asked <= CEILING).then(|| asked.max(own))
        }
    }
}

/// Runs `attempt` until it succeeds or trying again is of no use.
pub(super) async fn run<T, F>(
    endpoint: &Endpoint,
    observer: &dyn Observer,
    mut attempt: impl FnMut() -> F,
) -> Result<T, McpError>
where
    F: Future<Output = Result<T, Failure>>,
{
    let mut tries = Tries::default();
    loop {
        let failure = match attempt().await {
            Ok(value) => return Ok(value),
            Err(failure) => failure,
        };
        let Some(wait) = next(&failure, tries, endpoint, fastrand::f64()) else { return Err(failure.error) };
        match failure.again {
            Again::AtOnce => tries.at_once += 1,
            Again::Later | Again::Never => tries.later += 1,
        }
        tracing::debug!(reason = %failure.error.reason, ?wait, "trying the MCP server again");
        observer.retry(failure.error.reason);
        tokio::time::sleep(wait).await;
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::cell::Cell;

    use tokio::time::Instant;

    use super::*;
    use crate::error::Reason;
    use crate::mcp::observer::Unobserved;

    fn endpoint(max_retries: u32) -> Endpoint {
        Endpoint { max_retries, ..Endpoint::new("http://h").unwrap() }
    }

    #[test]
    fn delays_double_up_to_the_ceiling_and_are_spread_by_chance() {
        let (second, half) = (Duration::from_secs(1), Duration::from_millis(500));
        for (attempt, base, random, want) in [
            (0, second, 1.0, 1_000),
            (0, second, 0.5, 500),
            (0, second, 0.0, 0),
            (1, second, 1.0, 2_000),
            (4, second, 1.0, 16_000),
            (5, second, 1.0, 30_000),
            (31, second, 1.0, 30_000),
            (32, second, 0.5, 15_000),
            (u32::MAX, second, 1.0, 30_000),
            (3, half, 1.0, 4_000),
            (9, Duration::ZERO, 1.0, 0),
            (0, Duration::MAX, 1.0, 30_000),
            (1, Duration::MAX, 7.0, 30_000),
        ] {
            let got = delay(attempt, base, CEILING, random);
            assert_eq!(got, Duration::from_millis(want), "attempt {attempt}, base {base:?}, random {random}");
        }
    }

    #[test]
    fn only_what_can_pass_by_itself_is_tried_again() {
        let lost = |code| {
            let mut error = McpError::new(Reason::DatabaseError, "x");
            error.sql_code = Some(code);
            Failure::from(error).again
        };
        assert_eq!(
            (lost(2006), lost(2013), lost(1045), lost(1146)),
            (Again::AtOnce, Again::AtOnce, Again::Never, Again::Never)
        );
        for reason in Reason::ALL {
            let transient = matches!(reason, Reason::ConnectFailed | Reason::ServerError | Reason::Throttled);
            let want = if transient { Again::Later } else { Again::Never };
            assert_eq!(Failure::new(*reason, "x").again, want, "{reason}");
        }
    }

    #[test]
    fn a_server_that_names_its_delay_is_obeyed_up_to_the_ceiling() {
        for (asked, want) in [(None, Some(1)), (Some(7), Some(7)), (Some(30), Some(30)), (Some(31), None)] {
            let mut failure = Failure::new(Reason::Throttled, "x");
            failure.error.retry_after = asked.map(Duration::from_secs);
            let got = next(&failure, Tries::default(), &endpoint(3), 1.0);
            assert_eq!(got, want.map(Duration::from_secs), "{asked:?}");
        }
    }

    async fn tries_until_given_up(reason: Reason, code: Option<u16>, max_retries: u32) -> (u32, Duration) {
        let (tries, started) = (Cell::new(0), Instant::now());
        let result: Result<(), _> = run(&endpoint(max_retries), &Unobserved, || async {
            tries.set(tries.get() + 1);
            let mut error = McpError::new(reason, "x");
            error.sql_code = code;
            Err(error.into())
        })
        .await;
        assert_eq!(result.unwrap_err().reason, reason);
        (tries.get(), started.elapsed())
    }

    #[tokio::test(start_paused = true)]
    async fn retries_end_and_their_delays_have_a_bound() {
        let (tries, took) = tries_until_given_up(Reason::ConnectFailed, None, 3).await;
        assert_eq!(tries, 4);
        assert!(took <= Duration::from_secs(1 + 2 + 4) + Duration::from_millis(3), "{took:?}");
        let (tries, took) = tries_until_given_up(Reason::ServerError, None, 12).await;
        assert_eq!(tries, 13);
        assert!(took <= CEILING * 12, "{took:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_lost_database_connection_is_tried_again_once_and_a_timeout_never() {
        assert_eq!(tries_until_given_up(Reason::DatabaseError, Some(2013), 0).await, (2, Duration::ZERO));
        assert_eq!(tries_until_given_up(Reason::DatabaseError, Some(1045), 3).await, (1, Duration::ZERO));
        assert_eq!(tries_until_given_up(Reason::Timeout, None, 3).await, (1, Duration::ZERO));
    }
}
