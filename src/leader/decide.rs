//! What a candidate does with the lease as it last saw it. Pure: time is an argument.
//!
//! The lease's own times are never compared with ours: clocks of two machines differ. A lease counts as expired when
//! this process has seen one and the same version of it for as long as its holder promised to need at most.

use std::time::Duration;

/// The longest time a holder may ask for; a larger number in a lease was written by something else and must not keep
/// every replica out for ever.
pub const LONGEST: Duration = Duration::from_secs(300);

/// A lease as the API server told it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// `metadata.resourceVersion`: another one means that the holder is alive.
    pub version: String,
    /// Who holds it; empty when it was given back.
    pub holder: String,
    /// How long it is valid after each renewal; `None` when the lease does not say.
    pub duration: Option<Duration>,
    /// How often it has changed hands.
    pub transitions: i32,
}

/// What is known of the lease.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// The newest version seen.
    pub record: &'a Record,
    /// For how long it has been the newest, by the local monotonic clock.
    pub age: Duration,
    /// The last look found no lease: someone deleted it, which does not stop its holder at once.
    pub gone: bool,
}

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// There is no lease: create it.
    Create,
    /// It is ours: write that we live.
    Renew,
    /// It is free or has expired: take it.
    Take,
    /// Somebody else's; it cannot expire before this time has passed.
    Wait(Duration),
}

/// Decides for the candidate `me`; `duration` is what it asks for itself, and what a lease without one is taken for.
#[must_use]
pub fn step(seen: Option<Seen<'_>>, me: &str, duration: Duration) -> Step {
    let Some(Seen { record, age, gone }) = seen else { return Step::Create };
    let valid = record.duration.unwrap_or(duration).min(LONGEST);
    if record.holder == me {
        return if gone { Step::Create } else { Step::Renew };
    }
    match valid.checked_sub(age).filter(|left| !left.is_zero()) {
        Some(left) if !record.holder.is_empty() => Step::Wait(left),
        _ if gone => Step::Create,
        _ => Step::Take,
    }
}

/// How long a leader may still write, given how long ago its last successful renewal was *sent*; `None`: no longer.
#[must_use]
pub fn left(since_renewal: Duration, renew_deadline: Duration) -> Option<Duration> {
    renew_deadline.checked_sub(since_renewal).filter(|left| !left.is_zero())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: fn(u64) -> Duration = Duration::from_millis;

    fn record(holder: &str, seconds: Option<u64>) -> Record {
        let duration = seconds.map(Duration::from_secs);
        Record { version: "7".into(), holder: holder.into(), duration, transitions: 3 }
    }

    #[test]
    fn a_candidate_acts_on_what_it_has_seen_for_long_enough() {
        for (holder, seconds, age, gone, want) in [
            ("b", Some(10), 0, false, Step::Wait(MS(10_000))),
            ("b", Some(10), 9_999, false, Step::Wait(MS(1))),
            ("b", Some(10), 10_000, false, Step::Take),
            ("b", Some(10), 60_000, false, Step::Take),
            // Given back: free at once.
            ("", Some(10), 0, false, Step::Take),
            ("", None, 0, false, Step::Take),
            // The holder's promise counts, not what this candidate would ask for.
            ("b", Some(30), 15_000, false, Step::Wait(MS(15_000))),
            ("b", Some(3), 3_000, false, Step::Take),
            ("b", None, 9_000, false, Step::Wait(MS(1_000))),
            // Nonsense must not keep everybody out.
            ("b", Some(1_000_000_000), 0, false, Step::Wait(LONGEST)),
            ("b", Some(0), 0, false, Step::Take),
            // Deleted by hand while somebody leads: they do not know it yet.
            ("b", Some(10), 1_000, true, Step::Wait(MS(9_000))),
            ("b", Some(10), 10_000, true, Step::Create),
            ("", Some(10), 0, true, Step::Create),
            ("me", Some(10), 60_000, true, Step::Create),
            ("me", Some(10), 0, false, Step::Renew),
            ("me", Some(10), 60_000, false, Step::Renew),
        ] {
            let record = record(holder, seconds);
            let seen = Seen { record: &record, age: MS(age), gone };
            assert_eq!(step(Some(seen), "me", MS(10_000)), want, "{holder:?} {seconds:?} {age} {gone}");
        }
        assert_eq!(step(None, "me", MS(10_000)), Step::Create);
    }

    #[test]
    fn a_leader_may_write_until_the_renew_deadline_and_not_a_moment_longer() {
        for (since, want) in
            [(0, Some(7_000)), (6_999, Some(1)), (7_000, None), (7_001, None), (u64::from(u32::MAX), None)]
        {
            assert_eq!(left(MS(since), MS(7_000)), want.map(MS), "{since}");
        }
    }
}
