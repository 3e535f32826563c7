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
    /// A look that was to read more than the fingerprints ask for failed: the next one has to.
    pub owes: Reading,
    /// The last look that saw the database, kept through failures: how old what is served is.
    pub last_seen: Option<Timestamp>,
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
    /// A refresh was asked for by annotation and not answered yet.
    pub refresh_asked: bool,
    /// The publication of what is held was asked for.
    pub approval_asked: bool,
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

/// How much of the database a look needs, from least to most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reading {
    /// Whether anything differs from what is published.
    #[default]
    Compare,
    /// The content, from memory where that is fresh: what is published is not what it should be.
    Content,
    /// The content, read anew whatever fingerprints say.
    Anew,
}

/// The decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// Look now.
    Look(Reading),
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
    let look = Due::Look(reading(facts));
    if facts.generation != facts.observed_generation || facts.refresh_asked || facts.approval_asked {
        return look;
    }
    if let Some(at) = facts.memory.retry_at {
        return remaining(facts.now, at).map_or(look, Due::Wait);
    }
    if facts.memory.parked {
        return Due::Never;
    }
    if incomplete(facts) {
        return look;
    }
    if !facts.outputs_intact {
        return settling(facts).map_or(look, Due::Wait);
    }
    if facts.policy != RefreshPolicy::Periodic {
        return Due::Never;
    }
    remaining(facts.now, next_look(facts)).map_or(look, Due::Wait)
}

/// What is published is not what the spec asks for.
fn incomplete(facts: &Facts<'_>) -> bool {
    !facts.has_content || facts.published_generation != Some(facts.generation)
}

fn reading(facts: &Facts<'_>) -> Reading {
    let broken = incomplete(facts) || !facts.outputs_intact || facts.generation != facts.observed_generation;
    // Nothing published yet is read once, not once more because it was never read before.
    let anew = facts.refresh_asked || (facts.has_content && full_is_due(facts));
    let own = match (anew, broken || facts.approval_asked) {
        (true, _) => Reading::Anew,
        (false, true) => Reading::Content,
        (false, false) => Reading::Compare,
    };
    own.max(facts.memory.owes)
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
#[must_use]
pub fn remaining(now: Timestamp, at: Timestamp) -> Option<Duration> {
    Duration::try_from(at.duration_since(now)).ok().filter(|left| !left.is_zero())
}

#[cfg(test)]
mod tests;
