//! Waiting for a condition with a deadline: the only way anything here waits.

use std::fmt::Display;
use std::time::Duration;

use tokio::time::Instant;

use crate::{BedError, Result};

/// How long to let pass between two looks.
const PAUSE: Duration = Duration::from_millis(100);

/// The outcome of one look: `Some` and `Ok` end the wait, `None` and `Err` mean "not yet".
pub trait Attempt {
    /// What a successful look brings.
    type Value;

    /// The value, or what was seen instead of it.
    ///
    /// # Errors
    /// The text for the final message when the deadline passes.
    fn outcome(self) -> std::result::Result<Self::Value, String>;
}

impl<T> Attempt for Option<T> {
    type Value = T;

    fn outcome(self) -> std::result::Result<T, String> {
        self.ok_or_else(|| "nothing".to_owned())
    }
}

impl<T, E: Display> Attempt for std::result::Result<T, E> {
    type Value = T;

    fn outcome(self) -> std::result::Result<T, String> {
        self.map_err(|error| error.to_string())
    }
}

/// Looks every 100 ms until `look` brings a value; a look that hangs is cut off at the deadline.
///
/// # Errors
/// When `deadline` has passed: names `what` was waited for and the last thing seen.
pub async fn wait_for<A, F>(what: &str, deadline: Duration, mut look: F) -> Result<A::Value>
where
    A: Attempt,
    F: AsyncFnMut() -> A,
{
    let end = Instant::now() + deadline;
    let mut last = "nothing, the first look did not end".to_owned();
    loop {
        match tokio::time::timeout_at(end, look()).await.map(Attempt::outcome) {
            Ok(Ok(value)) => return Ok(value),
            Ok(Err(seen)) => last = seen,
            Err(_) => {}
        }
        if Instant::now() + PAUSE >= end {
            let seconds = deadline.as_secs_f32();
            return Err(BedError::new(format!("waited {seconds} s for {what}; last seen: {last}")));
        }
        tokio::time::sleep(PAUSE).await;
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_wait_ends_with_the_first_value() {
        let mut looks = 0;
        let value = wait_for("the third look", Duration::from_secs(30), async || {
            looks += 1;
            (looks == 3).then_some("here")
        });
        assert_eq!(value.await.unwrap(), "here");
        assert_eq!(looks, 3);
    }

    #[tokio::test]
    async fn a_wait_that_fails_says_what_was_last_seen() {
        let look = async || Err::<(), _>("HTTP 503");
        let error = wait_for("readiness", Duration::from_millis(250), look).await.unwrap_err();
        assert_eq!(error.to_string(), "waited 0.25 s for readiness; last seen: HTTP 503");
    }

    #[tokio::test]
    async fn a_look_that_hangs_is_cut_off_at_the_deadline() {
        let look = async || std::future::pending::<Option<()>>().await;
        let error = wait_for("an answer", Duration::from_millis(250), look).await.unwrap_err();
        assert!(error.to_string().ends_with("the first look did not end"), "{error}");
    }
}
