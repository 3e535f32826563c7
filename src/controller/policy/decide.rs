//! What an evaluation means for the policy's status, and its Event. Pure: the time is an argument. What could not be
//! judged is never compliant, and every outcome ends in conditions a person can read.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use k8s_openapi::jiff::Timestamp;

use crate::api::conditions::{ConditionStatus, ConditionType, differ_ignoring_time, find, set_condition};
use crate::api::policy::SchemaValidationPolicyStatus;
use crate::api::policy::status::{EvaluatedSnapshot, MAX_STATUS_RESULTS, ResultCounts, StatusResult};
use crate::controller::outcome::Note;
use crate::error::{Reason, shorten};
use crate::schema::changes::describe::counted;
use crate::validation::Fault;
use crate::validation::policy::{Report, ResultItem, ResultWord, Summary, Verdict};

/// Faults named in a message.
const NAMED: usize = 5;

/// One snapshot, judged or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evaluated {
    /// Its name.
    pub snapshot: String,
    /// Revision of what was judged; empty when there was nothing.
    pub revision: String,
    /// There is a snapshot of that name.
    pub exists: bool,
    /// What was judged is older than it should be.
    pub stale: bool,
    /// Newer content waits for policies that enforce.
    pub held: bool,
    /// What was found.
    pub report: Report,
}

/// How a reconcile of a policy ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Its words cannot work; nothing was judged.
    Invalid(Vec<Fault>),
    /// It selects nothing.
    NoSnapshots,
    /// Its snapshots were looked at.
    Judged {
        /// Each of them, sorted by name.
        evaluated: Vec<Evaluated>,
        /// So many more are selected than one policy judges.
        left_out: usize,
        /// Why there is no report object where one is asked for.
        unreported: Option<String>,
    },
}

/// The new status and what to tell about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// Status to write, when it differs from the old one in more than time.
    pub status: SchemaValidationPolicyStatus,
    /// An Event, when the verdict is another.
    pub note: Option<Note>,
}

/// Turns an outcome into the new status; `old` is the status as last written.
#[must_use]
pub fn decide(outcome: &Outcome, old: &SchemaValidationPolicyStatus, generation: i64, now: Timestamp) -> Decision {
    let mut status = SchemaValidationPolicyStatus {
        observed_generation: Some(generation),
        last_evaluation_time: Some(Time(now)),
        conditions: old.conditions.clone(),
        ..SchemaValidationPolicyStatus::default()
    };
    let (ready, verdict) = match outcome {
        Outcome::Invalid(_) => {
            let text = unjudged_because(outcome);
            (
                (ConditionStatus::False, Reason::InvalidSpec, text.clone()),
                (ConditionStatus::Unknown, Reason::InvalidSpec, text),
            )
        }
        Outcome::NoSnapshots => {
            let said = |truth| (truth, Reason::NoSnapshots, unjudged_because(outcome));
            (said(ConditionStatus::False), said(ConditionStatus::Unknown))
        }
        Outcome::Judged { evaluated, left_out, unreported } => {
            fill(&mut status, evaluated);
            (readiness(evaluated.len(), unreported.as_deref()), verdict(evaluated, *left_out))
        }
    };
    let stalled = matches!(outcome, Outcome::Invalid(_));
    let mut set = |kind, (truth, reason, text): (ConditionStatus, Reason, &str)| {
        set_condition(&mut status.conditions, kind, truth, reason, text, generation, now);
    };
    set(ConditionType::Ready, (ready.0, ready.1, &ready.2));
    set(ConditionType::Compliant, (verdict.0, verdict.1, &verdict.2));
    let text = if stalled { ready.2.as_str() } else { "not stalled" };
    set(ConditionType::Stalled, (stalled.into(), ready.1, text));
    let note = note(&status, old);
    Decision { status, note }
}

/// The two statuses differ in something other than a time.
#[must_use]
pub fn differs(old: &SchemaValidationPolicyStatus, new: &SchemaValidationPolicyStatus) -> bool {
    let facts = |s: &SchemaValidationPolicyStatus| {
        let told = SchemaValidationPolicyStatus { last_evaluation_time: None, conditions: Vec::new(), ..s.clone() };
        (told, s.last_evaluation_time.is_some())
    };
    facts(old) != facts(new) || differ_ignoring_time(&old.conditions, &new.conditions)
}

/// Why nothing at all was judged; empty when something was.
#[must_use]
pub fn unjudged_because(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Invalid(faults) => invalid(faults),
        Outcome::NoSnapshots => "spec.snapshots selects no SchemaSnapshot of this namespace, so nothing was judged: correct it, or create one".to_owned(),
        Outcome::Judged { .. } => String::new(),
    }
}

fn invalid(faults: &[Fault]) -> String {
    let mut lines: Vec<String> = faults.iter().take(NAMED).map(ToString::to_string).collect();
    if faults.len() > NAMED {
        lines.push(format!("and {} more faults", faults.len() - NAMED));
    }
    lines.join("; ")
}

/// `1 result`, `2 results`.
#[must_use]
pub fn results(count: u64) -> String {
    counted(usize::try_from(count).unwrap_or(usize::MAX), "result")
}

/// `1 result fails`, `2 results fail`.
#[must_use]
pub fn failing(count: u64) -> String {
    format!("{} {}", results(count), if count == 1 { "fails" } else { "fail" })
}

fn readiness(snapshots: usize, unreported: Option<&str>) -> (ConditionStatus, Reason, String) {
    match unreported {
        None => (ConditionStatus::True, Reason::Evaluated, format!("{} looked at", counted(snapshots, "snapshot"))),
        Some(why) => (ConditionStatus::False, Reason::ReportUnavailable, why.to_owned()),
    }
}

fn fill(status: &mut SchemaValidationPolicyStatus, evaluated: &[Evaluated]) {
    let one = |one: &Evaluated| EvaluatedSnapshot {
        snapshot: one.snapshot.clone(),
        revision: one.revision.clone(),
        stale: one.stale,
        held: one.held,
        compliant: compliant(&one.report),
        counts: counts(one.report.summary),
    };
    // One that is not there is told of in the results; once it is, that is news.
    status.evaluated = evaluated.iter().filter(|one| one.exists).map(one).collect();
    status.summary = Some(counts(total(evaluated)));
    let told = worst(evaluated).into_iter().take(MAX_STATUS_RESULTS);
    status.results = told
        .map(|(snapshot, item)| StatusResult {
            snapshot: snapshot.to_owned(),
            object: shorten(&item.object(), 256),
            rule: shorten(&item.rule, 128),
            result: item.result.as_str().to_owned(),
            message: item.message.clone(),
        })
        .collect();
}

const fn compliant(report: &Report) -> Option<bool> {
    match report.compliant {
        Verdict::True => Some(true),
        Verdict::False => Some(false),
        Verdict::Unknown => None,
    }
}

fn total(evaluated: &[Evaluated]) -> Summary {
    evaluated.iter().map(|one| one.report.summary).fold(Summary::default(), |sum, one| Summary {
        pass: sum.pass + one.pass,
        fail: sum.fail + one.fail,
        warn: sum.warn + one.warn,
        error: sum.error + one.error,
        skip: sum.skip + one.skip,
    })
}

fn counts(summary: Summary) -> ResultCounts {
    let number = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
    ResultCounts {
        pass: number(summary.pass),
        fail: number(summary.fail),
        warn: number(summary.warn),
        error: number(summary.error),
        skip: number(summary.skip),
    }
}

/// What did not pass, worst first; of equals in the order of snapshots, and within one as its report has them.
fn worst(evaluated: &[Evaluated]) -> Vec<(&str, &ResultItem)> {
    let mut items: Vec<(&str, &ResultItem)> = evaluated
        .iter()
        .flat_map(|one| one.report.results.iter().map(|item| (one.snapshot.as_str(), item)))
        .filter(|(_, item)| item.result > ResultWord::Skip)
        .collect();
    items.sort_by_key(|(_, item)| std::cmp::Reverse((item.result, item.severity)));
    items
}

/// All of them are as the policy demands; or one is not; or one could not be judged.
fn verdict(evaluated: &[Evaluated], left_out: usize) -> (ConditionStatus, Reason, String) {
    let sum = total(evaluated);
    let first = worst(evaluated).first().map(|(snapshot, item)| {
        let object = Some(item.object()).filter(|object| !object.is_empty()).map(|object| format!("{object}, "));
        format!("{snapshot}: {}{}: {}", object.unwrap_or_default(), item.rule, shorten(&item.message, 512))
    });
    let first = first.unwrap_or_default();
    let is = |verdict| evaluated.iter().any(|one| one.report.compliant == verdict);
    let names = |which: fn(&Evaluated) -> bool| {
        let names: Vec<&str> = evaluated.iter().filter(|one| which(one)).map(|one| one.snapshot.as_str()).collect();
        shorten(&names.join(", "), 192)
    };
    let (stale, held) = (names(|one| one.stale), names(|one| one.held));
    let mut by = String::new();
    if !stale.is_empty() {
        by = format!(" Judged by the last good copy of {stale}, whose server is away.");
    }
    if !held.is_empty() {
        by = format!("{by} Newer content of {held} is held and not judged here: see its condition Held.");
    }
    if is(Verdict::False) {
        let text = format!("{}, the worst: {first}.{by}", failing(sum.fail));
        return (ConditionStatus::False, Reason::NotCompliant, text);
    }
    if left_out > 0 {
        let text = format!(
            "{left_out} snapshots more are selected than one policy judges: split it into several by selector.{by}"
        );
        return (ConditionStatus::Unknown, Reason::NotJudged, text);
    }
    if is(Verdict::Unknown) {
        let what = if sum.error == 0 { "there was nothing to judge".to_owned() } else { first };
        let text = format!("{} could not be judged: {what}.{by}", results(sum.error));
        return (ConditionStatus::Unknown, Reason::NotJudged, text);
    }
    let reason = if stale.is_empty() { Reason::Compliant } else { Reason::ServingStale };
    let warned = if sum.warn == 0 {
        String::new()
    } else {
        format!(", {}, the worst: {first}", counted(usize::try_from(sum.warn).unwrap_or(usize::MAX), "warning"))
    };
    (ConditionStatus::True, reason, format!("{} passed{warned}.{by}", results(sum.pass)))
}

/// An Event when the verdict is another one than before.
fn note(status: &SchemaValidationPolicyStatus, old: &SchemaValidationPolicyStatus) -> Option<Note> {
    let words = |s: &SchemaValidationPolicyStatus| {
        find(&s.conditions, ConditionType::Compliant).map(|c| (c.status.clone(), c.reason.clone()))
    };
    if words(status) == words(old) {
        return None;
    }
    let now = find(&status.conditions, ConditionType::Compliant)?;
    let reason =
        [Reason::InvalidSpec, Reason::NoSnapshots, Reason::NotCompliant, Reason::NotJudged, Reason::ServingStale];
    let reason = reason.into_iter().find(|reason| reason.as_str() == now.reason).unwrap_or(Reason::Compliant);
    Some(Note { warning: now.status != "True", reason: reason.as_str(), text: now.message.clone() })
}

#[cfg(test)]
#[path = "decide_tests.rs"]
mod tests;
