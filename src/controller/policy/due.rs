//! When a policy is evaluated next. Pure: time, status and memory are arguments.

use std::time::Duration;

use k8s_openapi::jiff::Timestamp;

use crate::api::conditions::{ConditionType, find};
use crate::api::policy::{Exception, SchemaValidationPolicyStatus};

/// One selected snapshot, as far as it matters to whether the policy has to look again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Its name.
    pub snapshot: String,
    /// Revision of what it publishes; empty when it publishes nothing.
    pub revision: String,
    /// What it publishes is older than it should be.
    pub stale: bool,
    /// Newer content of it waits for policies.
    pub held: bool,
}

/// Everything the decision rests on.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    /// Now.
    pub now: Timestamp,
    /// `metadata.generation`.
    pub generation: i64,
    /// The status as last written.
    pub status: &'a SchemaValidationPolicyStatus,
    /// The selected snapshots, sorted by name.
    pub seen: &'a [Seen],
    /// The same at the last evaluation this process made; `None` before the first, when the status tells.
    pub told: Option<&'a [Seen]>,
    /// The interval in force.
    pub interval: Duration,
    /// 0..=1: where in a spread of times this object stands, and how much of the interval the spread may add.
    pub spread: (f64, f64),
    /// The last evaluation this process made.
    pub evaluated: Option<Timestamp>,
    /// Not before this time, after an evaluation that could not be made whole.
    pub retry_at: Option<Timestamp>,
    /// When the next exception of the policy expires.
    pub expiry: Option<Timestamp>,
}

/// The decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// Evaluate now.
    Now,
    /// Nothing to do before this much time has passed.
    Wait(Duration),
    /// Nothing to do until the policy changes.
    Never,
}

/// Decides; see [`Facts`].
#[must_use]
pub fn due(facts: &Facts<'_>) -> Due {
    let status = facts.status;
    if status.observed_generation != Some(facts.generation) {
        return Due::Now;
    }
    // Its words cannot work; what they mean may differ in another version of the operator.
    if find(&status.conditions, ConditionType::Stalled).is_some_and(|c| c.status == "True") {
        return if facts.evaluated.is_some() { Due::Never } else { Due::Now };
    }
    let of_status = || -> Vec<Seen> {
        let evaluated = status.evaluated.iter();
        let seen = evaluated.map(|one| Seen {
            snapshot: one.snapshot.clone(),
            revision: one.revision.clone(),
            stale: one.stale,
            held: one.held,
        });
        seen.collect()
    };
    if facts.told.map_or_else(|| of_status() != facts.seen, |told| told != facts.seen) {
        return Due::Now;
    }
    if let Some(at) = facts.retry_at {
        return until(facts.now, at);
    }
    let Some(last) = facts.evaluated.or_else(|| status.last_evaluation_time.as_ref().map(|time| time.0)) else {
        return Due::Now;
    };
    // A time in the future was written by another clock.
    let last = last.min(facts.now);
    let (spread, jitter) = facts.spread;
    let regular = plus(last, facts.interval.mul_f64(jitter.mul_add(spread, 1.0)));
    let expiry = facts.expiry.filter(|expiry| *expiry > last);
    until(facts.now, expiry.map_or(regular, |expiry| expiry.min(regular)))
}

/// When the next of them expires: from then on it counts again.
#[must_use]
pub fn next_expiry(exceptions: &[Exception], after: Timestamp) -> Option<Timestamp> {
    exceptions.iter().filter_map(|e| e.expires.as_ref()).map(|time| time.0).filter(|time| *time > after).min()
}

fn until(now: Timestamp, at: Timestamp) -> Due {
    let left = Duration::try_from(at.duration_since(now)).ok().filter(|left| !left.is_zero());
    left.map_or(Due::Now, Due::Wait)
}

fn plus(at: Timestamp, duration: Duration) -> Timestamp {
    at.checked_add(duration).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

    use super::*;
    use crate::api::conditions::{ConditionStatus, set_condition};
    use crate::api::policy::status::EvaluatedSnapshot;
    use crate::error::Reason;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    fn seen(revision: &str, stale: bool) -> Vec<Seen> {
        vec![Seen { snapshot: "orders".into(), revision: revision.into(), stale, held: false }]
    }

    fn status(revision: &str) -> SchemaValidationPolicyStatus {
        SchemaValidationPolicyStatus {
            observed_generation: Some(1),
            evaluated: vec![EvaluatedSnapshot {
                snapshot: "orders".into(),
                revision: revision.into(),
                ..Default::default()
            }],
            last_evaluation_time: Some(Time(at(100))),
            ..Default::default()
        }
    }

    #[test]
    fn a_policy_is_evaluated_when_something_it_rests_on_changed_or_its_time_has_come() {
        let (status, stalled) = (status("aa"), {
            let mut stalled = status("aa");
            let stuck = ConditionStatus::True;
            set_condition(&mut stalled.conditions, ConditionType::Stalled, stuck, Reason::InvalidSpec, "", 1, at(100));
            stalled
        });
        let (same, other, stale) = (seen("aa", false), seen("bb", false), seen("aa", true));
        let held = vec![Seen { held: true, ..same[0].clone() }];
        let wait = |seconds| Due::Wait(Duration::from_secs(seconds));
        let base = Facts {
            now: at(130),
            generation: 1,
            status: &status,
            seen: &same,
            told: None,
            interval: Duration::from_secs(60),
            spread: (0.5, 0.0),
            evaluated: None,
            retry_at: None,
            expiry: None,
        };
        for (what, facts, want) in [
            ("nothing changed", base.clone(), wait(30)),
            ("this process looked later", Facts { evaluated: Some(at(120)), ..base.clone() }, wait(50)),
            ("spread over the interval", Facts { spread: (1.0, 0.1), ..base.clone() }, wait(36)),
            ("the interval is over", Facts { now: at(160), ..base.clone() }, Due::Now),
            ("another clock", Facts { now: at(90), ..base.clone() }, wait(60)),
            ("the policy changed", Facts { generation: 2, ..base.clone() }, Due::Now),
            ("another revision", Facts { seen: &other, ..base.clone() }, Due::Now),
            ("the server went away", Facts { seen: &stale, ..base.clone() }, Due::Now),
            ("newer content is held", Facts { seen: &held, ..base.clone() }, Due::Now),
            ("a snapshot came or went", Facts { seen: &[], ..base.clone() }, Due::Now),
            ("an exception expires first", Facts { expiry: Some(at(140)), ..base.clone() }, wait(10)),
            ("an exception expired", Facts { expiry: Some(at(125)), ..base.clone() }, Due::Now),
            ("which was taken in already", Facts { expiry: Some(at(95)), ..base.clone() }, wait(30)),
            (
                "what could not be judged is not tried at once",
                Facts { seen: &other, told: Some(&other), ..base.clone() },
                wait(30),
            ),
            ("what this process judged last counts", Facts { told: Some(&other), ..base.clone() }, Due::Now),
            ("a retry", Facts { retry_at: Some(at(135)), ..base.clone() }, wait(5)),
            ("which has come", Facts { retry_at: Some(at(130)), ..base.clone() }, Due::Now),
            (
                "a spec that cannot work",
                Facts { status: &stalled, evaluated: Some(at(99)), ..base.clone() },
                Due::Never,
            ),
            ("and another process", Facts { status: &stalled, ..base }, Due::Now),
        ] {
            assert_eq!(due(&facts), want, "{what}");
        }
    }
}
