//! What a failure means for the status: how far the look got decides which conditions it may speak of. Pure. Whatever
//! happens here, what was published stays described as it is.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, Time};

use super::{Conditions, Failure, Given, Note, Staleness};
use crate::api::conditions::{ConditionStatus, ConditionType, find};
use crate::api::status::SchemaSnapshotStatus;
use crate::error::{Class, Reason};

/// How far a failed look got: it decides which conditions it may speak of.
enum Reached {
    /// The spec itself cannot work; nobody was asked.
    Spec,
    /// The source gave no usable answer.
    Source,
    /// The source answered, but the answers do not make a whole schema.
    Answers,
    /// A whole schema was read; the rest failed.
    Schema,
}

const fn reached(reason: Reason) -> Reached {
    match reason {
        Reason::InvalidSpec | Reason::NewerFormat => Reached::Spec,
        Reason::DiscoveryIncomplete | Reason::SchemaChangeInProgress => Reached::Answers,
        Reason::NothingSelected | Reason::OutputTooLarge | Reason::OutputConflict | Reason::KubeApi => Reached::Schema,
        _ => Reached::Source,
    }
}

pub(super) fn fail(
    status: &mut SchemaSnapshotStatus,
    old: &SchemaSnapshotStatus,
    failure: &Failure,
    given: &Given<'_>,
) -> Option<Note> {
    let has_data = old.content_hash.is_some();
    if let (Some(seen), Reached::Source | Reached::Answers) = (given.last_seen, reached(failure.reason)) {
        // Heartbeats are rare; what is served now is as old as the last look, not as the last heartbeat.
        status.last_refresh_time = Some(Time(seen));
    }
    let (reason, message) = (failure.reason, failure.message.as_str());
    match reached(reason) {
        Reached::Spec => {}
        Reached::Source | Reached::Answers => status.stale = has_data,
        Reached::Schema => status.stale = false,
    }
    let mut conditions = Conditions(status, given);
    match reached(reason) {
        Reached::Spec => spec(&mut conditions, reason, message),
        Reached::Source => {
            conditions.set(ConditionType::SourceReachable, ConditionStatus::False, reason, message);
            stale(&mut conditions, has_data, reason, message, Reason::SourceUnavailable);
        }
        Reached::Answers => {
            conditions.reachable();
            stale(&mut conditions, has_data, reason, message, reason);
        }
        Reached::Schema => {
            conditions.reachable();
            let message_of_fresh = "the MCP server was just asked";
            conditions.set(ConditionType::Fresh, ConditionStatus::True, Reason::WithinInterval, message_of_fresh);
            conditions.ready(ConditionStatus::False, reason, message);
        }
    }
    if matches!(reached(reason), Reached::Schema) && reason != Reason::NothingSelected {
        conditions.set(ConditionType::Published, ConditionStatus::False, reason, message);
    } else if !has_data {
        conditions.set(ConditionType::Published, ConditionStatus::False, reason, "nothing is published yet");
    }
    failure_note(status, old, failure)
}

/// Nobody was asked, so what is known of the source stays; only "the first discovery is running" is no longer true.
fn spec(conditions: &mut Conditions<'_, '_>, reason: Reason, message: &str) {
    conditions.ready(ConditionStatus::False, reason, message);
    let waiting = |fresh: &Condition| fresh.reason == Reason::Discovering.as_str();
    if find(&conditions.0.conditions, ConditionType::Fresh).is_some_and(waiting) {
        conditions.set(ConditionType::Fresh, ConditionStatus::Unknown, reason, "the MCP server was not asked");
    }
}

/// Ready and Fresh while the source gives nothing new: the last good copy is served when there is one.
fn stale(conditions: &mut Conditions<'_, '_>, has_data: bool, reason: Reason, message: &str, without: Reason) {
    let permanent = reason.class() == Class::Permanent;
    let given = conditions.1;
    let servable = given.staleness.left(given.last_seen, given.now).is_some();
    if has_data && !permanent && !servable {
        let (shown, text) = match given.staleness {
            Staleness::UpTo(limit) => (
                Reason::StaleTooLong,
                format!("the last good copy is older than maxStaleness ({} s): {message}", limit.as_secs()),
            ),
            _ => (Reason::SourceUnavailable, format!("MCP_FALLBACK_ENABLED is false: {message}")),
        };
        conditions.ready(ConditionStatus::False, shown, &text);
        conditions.set(ConditionType::Fresh, ConditionStatus::False, shown, &text);
        return;
    }
    if has_data && !permanent {
        let text = format!("serving the last good copy: {message}");
        conditions.ready(ConditionStatus::True, Reason::ServingStale, &text);
        conditions.set(ConditionType::Fresh, ConditionStatus::False, Reason::ServingStale, &text);
        return;
    }
    let credential =
        matches!(reason, Reason::AuthenticationFailed | Reason::PermissionDenied | Reason::CredentialsUnavailable);
    let telling = permanent || credential;
    let shown = if telling { reason } else { without };
    conditions.ready(ConditionStatus::False, shown, message);
    let fresh = if has_data { Reason::ServingStale } else { shown };
    conditions.set(ConditionType::Fresh, ConditionStatus::False, fresh, message);
}

fn failure_note(status: &SchemaSnapshotStatus, old: &SchemaSnapshotStatus, failure: &Failure) -> Option<Note> {
    let words = |s: &SchemaSnapshotStatus| {
        let pick = |kind| find(&s.conditions, kind).map(|c| (c.status.clone(), c.reason.clone()));
        [pick(ConditionType::Ready), pick(ConditionType::SourceReachable), pick(ConditionType::Published)]
    };
    // A server that asks for a pause is no news, and gets one; nor is that nobody asks one that was away before.
    let told = failure.reason == Reason::CircuitOpen
        && find(&old.conditions, ConditionType::SourceReachable).is_some_and(|c| c.status == "False")
        && find(&old.conditions, ConditionType::Ready).map(|c| &c.reason)
            == find(&status.conditions, ConditionType::Ready).map(|c| &c.reason);
    if words(status) == words(old) || failure.reason == Reason::Throttled || told {
        return None;
    }
    let serving =
        find(&status.conditions, ConditionType::Ready).is_some_and(|c| c.reason == Reason::ServingStale.as_str());
    let ready = find(&status.conditions, ConditionType::Ready);
    let (reason, text) = if let Some(over) = ready.filter(|c| c.reason == Reason::StaleTooLong.as_str()) {
        (Reason::StaleTooLong, over.message.clone())
    } else if serving {
        (Reason::ServingStale, format!("serving the last good copy ({}): {}", failure.reason, failure.message))
    } else {
        (failure.reason, failure.message.clone())
    };
    Some(Note { warning: true, reason: reason.as_str(), text })
}
