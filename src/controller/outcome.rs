//! What a reconcile's result means for the object: status, Event and next run. Pure and table-tested; every outcome,
//! good or bad, ends in conditions a person can read.

use std::time::Duration;

use k8s_openapi::jiff::Timestamp;

use crate::api::conditions::{ConditionStatus, ConditionType, find, set_condition};
use crate::api::status::SchemaSnapshotStatus;
use crate::controller::due::Memory;
use crate::error::{Class, Reason};

mod failure;
mod held;
mod settled;

pub use held::{Held, approves};
pub use settled::{Content, Settled};

/// What happened in one reconcile.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The first look starts; nothing is known yet.
    Discovering,
    /// `spec.suspend` is set.
    Suspended,
    /// The ConfigMaps hold what the database has.
    Settled(Box<Settled>),
    /// What came is not published before a person approves it.
    Held(Box<Held>),
    /// Something stands in the way.
    Failed(Failure),
}

/// Why a look, or the publication after it, did not succeed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Why.
    pub reason: Reason,
    /// What happened and what to do next.
    pub message: String,
    /// The server asked for a pause.
    pub retry_after: Option<Duration>,
}

impl Failure {
    /// A failure after which nobody asked for a pause.
    #[must_use]
    pub fn new(reason: Reason, message: impl Into<String>) -> Self {
        Self { reason, message: message.into(), retry_after: None }
    }
}

/// A Kubernetes Event to publish, best effort.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Warning instead of Normal.
    pub warning: bool,
    /// Reason of the Event.
    pub reason: &'static str,
    /// Text of the Event.
    pub text: String,
}

/// When to reconcile again by ourselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// After this long.
    After(Duration),
    /// When the object or its ConfigMaps change.
    OnChange,
}

/// What the rules below need beside the outcome.
#[derive(Clone, Copy, Debug)]
pub struct Given<'a> {
    /// Now.
    pub now: Timestamp,
    /// `metadata.generation`.
    pub generation: i64,
    /// The interval in force, and its text as status shows it.
    pub interval: (Duration, &'a str),
    /// The refresh annotation's value.
    pub refresh: Option<&'a str>,
    /// The approve annotation's value.
    pub approve: Option<&'a str>,
    /// The last look that saw the database, by whatever is known of it.
    pub last_seen: Option<Timestamp>,
    /// How long the last good copy is served while the source gives nothing new.
    pub staleness: Staleness,
}

/// Bounds on serving the last good copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Staleness {
    /// Not at all (`MCP_FALLBACK_ENABLED=false`).
    Never,
    /// Up to this age.
    UpTo(Duration),
    /// Without end: nobody asked for a look at regular times.
    Always,
}

impl Staleness {
    /// Time left in which what was seen then may be served; `None` when it is over.
    #[must_use]
    pub fn left(self, last_seen: Option<Timestamp>, now: Timestamp) -> Option<Duration> {
        match self {
            Self::Never => None,
            Self::Always => Some(Duration::MAX),
            Self::UpTo(limit) => {
                let age = last_seen
                    .map_or(Duration::ZERO, |seen| Duration::try_from(now.duration_since(seen)).unwrap_or_default());
                limit.checked_sub(age).filter(|left| !left.is_zero())
            }
        }
    }
}

/// The new status and what to tell about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// Status to write, when it differs from the old one in more than time.
    pub status: SchemaSnapshotStatus,
    /// At most one Event per transition.
    pub note: Option<Note>,
}

/// Turns an outcome into the new status; `old` is the status as last written.
#[must_use]
pub fn decide(outcome: &Outcome, old: &SchemaSnapshotStatus, given: &Given<'_>) -> Decision {
    let mut status = old.clone();
    status.observed_generation = Some(given.generation);
    status.interval = Some(given.interval.1.to_owned());
    if let (Some(asked), true) = (given.refresh, !matches!(outcome, Outcome::Discovering | Outcome::Suspended)) {
        status.last_handled_refresh = Some(asked.to_owned());
    }
    let note = match outcome {
        Outcome::Discovering => discovering(&mut status, given),
        Outcome::Suspended => suspended(&mut status, given),
        Outcome::Settled(settled) => settled::settle(&mut status, old, settled, given),
        Outcome::Held(held) => held::hold(&mut status, old, held, given),
        Outcome::Failed(failure) => failure::fail(&mut status, old, failure, given),
    };
    Decision { status, note }
}

/// What is published is older than it may be served: readers are told on the index ConfigMap.
#[must_use]
pub fn too_old(status: &SchemaSnapshotStatus) -> bool {
    let over = [Reason::StaleTooLong, Reason::SourceUnavailable].map(Reason::as_str);
    let ready = find(&status.conditions, ConditionType::Ready);
    status.content_hash.is_some() && ready.is_some_and(|ready| over.contains(&ready.reason.as_str()))
}

fn before(now: Timestamp, age: Duration) -> Timestamp {
    now.checked_sub(age).unwrap_or(now)
}

struct Conditions<'a, 'b>(&'a mut SchemaSnapshotStatus, &'a Given<'b>);

impl Conditions<'_, '_> {
    fn set(&mut self, kind: ConditionType, truth: ConditionStatus, reason: Reason, message: &str) {
        set_condition(&mut self.0.conditions, kind, truth, reason, message, self.1.generation, self.1.now);
    }

    fn reachable(&mut self) {
        let message = "the MCP server answers";
        self.set(ConditionType::SourceReachable, ConditionStatus::True, Reason::Reachable, message);
    }

    /// Ready, Reconciling and Stalled always move together: Ready=True means that neither of the others is.
    fn ready(&mut self, truth: ConditionStatus, reason: Reason, message: &str) {
        let retried = truth != ConditionStatus::True && reason.class() != Class::Permanent;
        let stalled = truth == ConditionStatus::False && reason.class() == Class::Permanent;
        let (busy, stuck) = if retried {
            (ConditionStatus::True, ConditionStatus::False)
        } else if stalled {
            (ConditionStatus::False, ConditionStatus::True)
        } else {
            (ConditionStatus::False, ConditionStatus::False)
        };
        self.set(ConditionType::Ready, truth, reason, message);
        self.set(ConditionType::Reconciling, busy, reason, if retried { message } else { "nothing to do" });
        self.set(ConditionType::Stalled, stuck, reason, if stalled { message } else { "not stalled" });
    }
}

fn discovering(status: &mut SchemaSnapshotStatus, given: &Given<'_>) -> Option<Note> {
    let mut conditions = Conditions(status, given);
    let message = "the first discovery is running";
    conditions.ready(ConditionStatus::Unknown, Reason::Discovering, message);
    conditions.set(ConditionType::Fresh, ConditionStatus::Unknown, Reason::Discovering, message);
    conditions.set(ConditionType::Published, ConditionStatus::False, Reason::Discovering, "nothing is published yet");
    None
}

fn suspended(status: &mut SchemaSnapshotStatus, given: &Given<'_>) -> Option<Note> {
    let (truth, before) = find(&status.conditions, ConditionType::Ready)
        .map_or((ConditionStatus::Unknown, String::new()), |c| (truth_of(&c.status), c.reason.clone()));
    let message = "spec.suspend is true: the MCP server is not asked; set it to false to go on";
    let mut conditions = Conditions(status, given);
    conditions.set(ConditionType::Ready, truth, Reason::Suspended, message);
    conditions.set(ConditionType::Reconciling, ConditionStatus::False, Reason::Suspended, message);
    conditions.set(ConditionType::Stalled, ConditionStatus::False, Reason::Suspended, message);
    let first = before != Reason::Suspended.as_str();
    first.then(|| Note { warning: false, reason: Reason::Suspended.as_str(), text: message.to_owned() })
}

fn truth_of(word: &str) -> ConditionStatus {
    match word {
        "True" => ConditionStatus::True,
        "False" => ConditionStatus::False,
        _ => ConditionStatus::Unknown,
    }
}

/// What to remember, and when to run again; `random` is 0..=1.
#[must_use]
pub fn next(outcome: &Outcome, memory: &mut Memory, given: &Given<'_>, retry_delay: Duration, random: f64) -> Next {
    let failure = match outcome {
        Outcome::Failed(failure) => failure,
        Outcome::Settled(settled) => {
            let seen = Some(before(given.now, settled.age));
            *memory = Memory { last_success: seen, last_seen: seen, repairs: memory.repairs, ..Memory::default() };
            if settled.changing.is_empty() {
                return Next::OnChange;
            }
            // What is half done is left out of the published schema, so the end of the DDL is waited for under every policy.
            let pause = super::due::DDL_PAUSE.min(given.interval.0);
            memory.retry_at = given.now.checked_add(pause).ok();
            return Next::After(pause);
        }
        Outcome::Held(held) => {
            let pause = held.again.map_or(given.interval.0, |again| again.min(given.interval.0));
            // What was published before is no longer what the database has: not the conditions but this sets the pace.
            let retry_at = given.now.checked_add(pause).ok();
            let seen = Some(given.now);
            *memory = Memory { last_success: seen, last_seen: seen, retry_at, ..Memory::default() };
            return Next::After(pause);
        }
        Outcome::Discovering | Outcome::Suspended => {
            *memory = Memory { last_seen: memory.last_seen, ..Memory::default() };
            return Next::OnChange;
        }
    };
    memory.last_success = None;
    if failure.reason.class() == Class::Permanent {
        *memory = Memory { parked: true, last_seen: memory.last_seen, ..Memory::default() };
        return Next::OnChange;
    }
    let slow = failure.reason.class() == Class::Slow;
    let pause = super::due::backoff(memory.failures, retry_delay, given.interval.0, slow, random);
    let pause = failure.retry_after.map_or(pause, |asked| asked.clamp(pause, super::due::MAX_BACKOFF.max(pause)));
    // The moment from which the last good copy is too old to be served is not slept through.
    let pause = given.staleness.left(given.last_seen, given.now).map_or(pause, |left| pause.min(left));
    memory.failures = memory.failures.saturating_add(1);
    memory.retry_at = given.now.checked_add(pause).ok();
    Next::After(pause)
}

#[cfg(test)]
mod tests;
