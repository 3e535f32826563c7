//! When a snapshot is looked at next, and how thoroughly. Pure: time, status and memory are arguments.

use std::time::Duration;

use k8s_openapi::jiff::Timestamp;

use crate::api::snapshot::RefreshPolicy;

/// The longest pause between two tries after a failure.
pub const MAX_BACKOFF: Duration = Duration::from_secs(300);

/// While DDL is running the database is looked at again this soon.
pub const DDL_PAUSE: Duration = Duration::from_secs(30);

/// After a look of ours the watch on ConfigMaps may still show what was before our writes: a difference seen within this
/// time is given that time to vanish. Doubles with every repair in a row, so that a war with another writer stays cheap.
const WATCH_LAG: Duration = Duration::from_secs(2);

/// What this process remembers of a snapshot between two reconciles. Lost at a restart, and rebuilt without harm.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// Failures in a row.
    pub failures: u32,
    /// Not before this time, after a failure. Keeps a failure's own status write from causing an instant retry.
    pub retry_at: Option<Timestamp>,
    /// The last look that went well.
    pub last_success: Option<Timestamp>,
    /// A failure only a person can mend was reported for this generation and refresh request.
    pub parked: bool,
    /// A look that was to read everything failed: the next one has to read everything, whatever the fingerprints say.
    pub owes_full: bool,
    /// Looks in a row that were caused by ConfigMaps somebody else had written.
    pub repairs: u32,
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
    /// The generation the published content was made for; the status may have observed later ones and failed.
    pub published_generation: Option<i64>,
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
    /// A refresh, or the publication of what is held, was asked for by annotation and not answered yet.
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
    /// When this process began to work: a time that stands still, unlike `now`, which each wait would move away from.
    pub started: Timestamp,
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
    let incomplete = !facts.has_content || facts.published_generation != Some(facts.generation);
    let full = incomplete || !facts.outputs_intact || facts.memory.owes_full || full_is_due(facts);
    if let Some(at) = facts.memory.retry_at {
        return remaining(facts.now, at).map_or(Due::Look { full }, Due::Wait);
    }
    if facts.memory.parked {
        return Due::Never;
    }
    if incomplete {
        return Due::Look { full: true };
    }
    if !facts.outputs_intact {
        return settling(facts).map_or(Due::Look { full: true }, Due::Wait);
    }
    if facts.policy != RefreshPolicy::Periodic {
        return Due::Never;
    }
    remaining(facts.now, next_look(facts)).map_or(Due::Look { full }, Due::Wait)
}

/// Time left in which a difference between ConfigMaps and status may be our own write that the watch does not show yet.
fn settling(facts: &Facts<'_>) -> Option<Duration> {
    let last = facts.memory.last_success?.min(facts.now);
    let pause = WATCH_LAG.saturating_mul(1_u32.checked_shl(facts.memory.repairs.min(16)).unwrap_or(u32::MAX));
    remaining(facts.now, plus(last, pause.min(facts.interval).min(MAX_BACKOFF)))
}

fn full_is_due(facts: &Facts<'_>) -> bool {
    facts.last_full.is_none_or(|last| remaining(facts.now, plus(last, facts.full_every)).is_none())
}

fn next_look(facts: &Facts<'_>) -> Timestamp {
    if let Some(last) = facts.memory.last_success {
        return plus(last.min(facts.now), facts.interval.mul_f64(facts.jitter.mul_add(facts.spread, 1.0)));
    }
    // After a restart: what is still fresh is left alone, and what was due meanwhile is spread over one interval.
    let young = facts.interval.max(MAX_BACKOFF);
    // A time in the future comes from another clock; it must not put the next look off any further than "just now".
    let started = facts.started.min(facts.now);
    match facts.last_refresh.map(|last| last.min(started)) {
        Some(last) if facts.healthy && remaining(started, plus(last, young)).is_some() => {
            let regular = plus(last, facts.interval);
            if regular > started { regular } else { plus(started, facts.interval.mul_f64(facts.spread)) }
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
mod tests;
