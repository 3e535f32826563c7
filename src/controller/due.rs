//! When a snapshot is looked at next, and how thoroughly. Pure: time, status and memory are arguments.

use std::time::Duration;

use k8s_openapi::jiff::Timestamp;

use crate::api::snapshot::RefreshPolicy;

/// The longest pause between two tries after a failure.
pub const MAX_BACKOFF: Duration = Duration::from_secs(300);

/// What this process remembers of a snapshot between two reconciles. Lost at a restart, and rebuilt without harm.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// Failures in a row.
    pub failures: u32,
    /// Not before this time, after a failure. Keeps a failure's own status write from causing an instant retry.
    pub retry_at: Option<Timestamp>,
    /// The last look that went well.
    pub last_success: Option<Timestamp>,
    /// A failure only a person can mend was reported for this generation, refresh request and these outputs.
    pub parked: bool,
}

/// Everything the decision rests on.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    /// Now.
    pub now: Timestamp,
    /// `metadata.generation`.
    pub generation: i64,
    /// `status.observedGeneration`.
    pub observed_generation: i64,
    /// `spec.suspend`.
    pub suspend: bool,
    /// `spec.refresh.policy`.
    pub policy: RefreshPolicy,
    /// The interval in force.
    pub interval: Duration,
    /// 0..=1: where in a spread of times this object stands; fixed by its UID so that restarts cause no herd.
    pub spread: f64,
    /// Part of the interval that the spread may add, 0..=0.5.
    pub jitter: f64,
    /// Everything is read anew at least this often.
    pub full_every: Duration,
    /// A refresh was asked for by annotation and not answered yet.
    pub refresh_asked: bool,
    /// There is published content.
    pub has_content: bool,
    /// The ConfigMaps are as our last write left them.
    pub outputs_intact: bool,
    /// Conditions say that the last look went well.
    pub healthy: bool,
    /// `status.lastRefreshTime`.
    pub last_refresh: Option<Timestamp>,
    /// `status.lastFullDiscoveryTime`.
    pub last_full: Option<Timestamp>,
    /// What this process remembers.
    pub memory: &'a Memory,
}

/// The decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// Look now; `full` reads everything, else a fingerprint decides.
    Look {
        /// Read everything.
        full: bool,
    },
    /// Nothing to do before this much time has passed.
    Wait(Duration),
    /// Nothing to do until the object changes.
    Never,
    /// Suspended: make no call.
    Suspended,
}

/// Decides; see [`Facts`].
#[must_use]
pub fn due(facts: &Facts<'_>) -> Due {
    if facts.suspend {
        return Due::Suspended;
    }
    if facts.generation != facts.observed_generation || facts.refresh_asked {
        return Due::Look { full: true };
    }
    let full = !facts.has_content || !facts.outputs_intact || full_is_due(facts);
    if let Some(at) = facts.memory.retry_at {
        return remaining(facts.now, at).map_or(Due::Look { full }, Due::Wait);
    }
    if facts.memory.parked {
        return Due::Never;
    }
    if !facts.has_content || !facts.outputs_intact {
        return Due::Look { full: true };
    }
    if facts.policy != RefreshPolicy::Periodic {
        return Due::Never;
    }
    remaining(facts.now, next_look(facts)).map_or(Due::Look { full }, Due::Wait)
}

fn full_is_due(facts: &Facts<'_>) -> bool {
    facts.last_full.is_none_or(|last| remaining(facts.now, plus(last, facts.full_every)).is_none())
}

fn next_look(facts: &Facts<'_>) -> Timestamp {
    if let Some(last) = facts.memory.last_success {
        return plus(last, facts.interval.mul_f64(facts.jitter.mul_add(facts.spread, 1.0)));
    }
    // After a restart: what is still fresh is left alone, and what was due meanwhile is spread over one interval.
    let young = facts.interval.max(MAX_BACKOFF);
    match facts.last_refresh {
        Some(last) if facts.healthy && remaining(facts.now, plus(last, young)).is_some() => {
            let regular = plus(last, facts.interval);
            if regular > facts.now { regular } else { plus(facts.now, facts.interval.mul_f64(facts.spread)) }
        }
        _ => facts.now,
    }
}

/// The pause before the next try: exponential from `retry_delay` with full jitter (`random` in 0..=1), and never beyond
/// the smaller of the interval and [`MAX_BACKOFF`]. A slow failure waits that ceiling at once.
#[must_use]
pub fn backoff(failures: u32, retry_delay: Duration, interval: Duration, slow: bool, random: f64) -> Duration {
    let ceiling = interval.min(MAX_BACKOFF);
    if slow {
        return ceiling;
    }
    let grown = retry_delay.saturating_mul(1_u32.checked_shl(failures.min(16)).unwrap_or(u32::MAX)).min(ceiling);
    // Never nearly zero: a failing server must not be asked in a tight loop.
    grown.mul_f64(random.clamp(0.0, 1.0)).max(Duration::from_millis(200)).min(ceiling)
}

/// 0..1 from a UID, the same in every process.
#[must_use]
pub fn spread(uid: &str) -> f64 {
    let hex = crate::schema::canonical::sha256_hex(&[uid.as_bytes()]);
    let head = u32::from_str_radix(hex.get(..8).unwrap_or("0"), 16).unwrap_or(0);
    f64::from(head) / f64::from(u32::MAX)
}

fn plus(at: Timestamp, duration: Duration) -> Timestamp {
    at.checked_add(duration).unwrap_or(Timestamp::MAX)
}

/// Time left until `at`; `None` when it has come.
fn remaining(now: Timestamp, at: Timestamp) -> Option<Duration> {
    Duration::try_from(at.duration_since(now)).ok().filter(|left| !left.is_zero())
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(second: i64) -> Timestamp {
        Timestamp::constant(1_000_000 + second, 0)
    }

    fn facts(memory: &Memory) -> Facts<'_> {
        Facts {
            now: at(0),
            generation: 1,
            observed_generation: 1,
            suspend: false,
            policy: RefreshPolicy::Periodic,
            interval: Duration::from_secs(60),
            spread: 0.5,
            jitter: 0.1,
            full_every: Duration::from_secs(86_400),
            refresh_asked: false,
            has_content: true,
            outputs_intact: true,
            healthy: true,
            last_refresh: Some(at(-30)),
            last_full: Some(at(-100)),
            memory,
        }
    }

    fn secs(n: u64) -> Due {
        Due::Wait(Duration::from_secs(n))
    }

    #[test]
    fn a_look_is_due_when_something_asks_for_it() {
        let fresh = Memory { last_success: Some(at(-30)), ..Memory::default() };
        let failed = Memory { failures: 2, retry_at: Some(at(7)), ..Memory::default() };
        let parked = Memory { parked: true, ..Memory::default() };
        let base = facts(&fresh);
        let (full, quick) = (Due::Look { full: true }, Due::Look { full: false });
        let cases: Vec<(&str, Facts<'_>, Due)> = vec![
            ("fresh", base.clone(), secs(33)),
            ("interval over", Facts { now: at(33), ..base.clone() }, quick),
            ("full every", Facts { now: at(90_000), ..base.clone() }, full),
            ("spec changed", Facts { generation: 2, ..base.clone() }, full),
            ("refresh asked", Facts { refresh_asked: true, ..base.clone() }, full),
            ("suspended beats all", Facts { suspend: true, generation: 2, ..base.clone() }, Due::Suspended),
            ("hand edit", Facts { outputs_intact: false, ..base.clone() }, full),
            ("failed, not yet", Facts { memory: &failed, ..base.clone() }, secs(7)),
            ("failed, now", Facts { memory: &failed, now: at(8), ..base.clone() }, quick),
            ("failed, edited", Facts { memory: &failed, outputs_intact: false, ..base.clone() }, secs(7)),
            ("failed, no data", Facts { memory: &failed, now: at(8), has_content: false, ..base.clone() }, full),
            ("failed, spec changed", Facts { memory: &failed, generation: 2, ..base.clone() }, full),
            ("parked", Facts { memory: &parked, has_content: false, ..base.clone() }, Due::Never),
            ("parked, refresh", Facts { memory: &parked, refresh_asked: true, ..base.clone() }, full),
            ("once, done", Facts { policy: RefreshPolicy::Once, now: at(999), ..base.clone() }, Due::Never),
            ("once, edited", Facts { policy: RefreshPolicy::Once, outputs_intact: false, ..base.clone() }, full),
            ("on change, nothing yet", Facts { policy: RefreshPolicy::OnChange, has_content: false, ..base }, full),
        ];
        for (name, facts, want) in cases {
            assert_eq!(due(&facts), want, "{name}");
        }
    }

    #[test]
    fn a_restart_asks_nothing_while_the_copy_is_fresh() {
        let nothing = Memory::default();
        let base = facts(&nothing);
        let quick = Due::Look { full: false };
        for (name, facts, want) in [
            ("regular time ahead", base.clone(), secs(30)),
            ("regular time past, young", Facts { last_refresh: Some(at(-200)), ..base.clone() }, secs(30)),
            ("old", Facts { last_refresh: Some(at(-301)), ..base.clone() }, quick),
            ("was failing", Facts { healthy: false, ..base.clone() }, quick),
            ("never looked", Facts { last_refresh: None, ..base }, quick),
        ] {
            assert_eq!(due(&facts), want, "{name}");
        }
    }

    #[test]
    fn backoff_doubles_up_to_the_ceiling_and_is_never_tight() {
        let (second, minute) = (Duration::from_secs(1), Duration::from_secs(60));
        for (failures, slow, random, want_ms) in [
            (0, false, 1.0, 1_000),
            (1, false, 1.0, 2_000),
            (3, false, 0.5, 4_000),
            (6, false, 1.0, 60_000),
            (40, false, 1.0, 60_000),
            (3, false, 0.0, 200),
            (0, true, 0.1, 60_000),
        ] {
            let got = backoff(failures, second, minute, slow, random);
            assert_eq!(got.as_millis(), want_ms, "{failures} failures, slow {slow}, random {random}");
        }
        assert_eq!(backoff(30, second, Duration::from_secs(3600), false, 1.0), MAX_BACKOFF);
    }

    #[test]
    fn spread_is_fixed_by_the_uid() {
        let (a, b) = (spread("uid-1"), spread("uid-2"));
        assert!((0.0..=1.0).contains(&a) && (0.0..=1.0).contains(&b));
        assert!((a - spread("uid-1")).abs() < f64::EPSILON && (a - b).abs() > f64::EPSILON);
    }
}
