//! What held content means for the status, and when an approval releases it. Pure. The published content stays as it is,
//! and whoever relies on it is well served: Ready stays True.

use std::time::Duration;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use super::{Conditions, Given, Note};
use crate::api::changes::DriftStatus;
use crate::api::conditions::{ConditionStatus, ConditionType, find};
use crate::api::status::{HeldStatus, SchemaSnapshotStatus};
use crate::error::Reason;
use crate::schema::canonical::revision;

/// Content that was read and is not published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Why.
    pub reason: Reason,
    /// What the database has, what applications see, and how to release it.
    pub message: String,
    /// Hash of the content that waits.
    pub content_hash: String,
    /// How much it differs from what is published, where that could be judged.
    pub drift: Option<DriftStatus>,
    /// Something else is published meanwhile.
    pub published: bool,
    /// It is judged anew after this long, if that is less than the interval.
    pub again: Option<Duration>,
}

/// Whether an approval that was not used yet names this content, by its hash or its revision.
#[must_use]
pub fn approves(approval: Option<&str>, used: Option<&str>, content_hash: &str) -> bool {
    approval.is_some_and(|text| Some(text) != used && (text == content_hash || text == revision(content_hash)))
}

pub(super) fn hold(
    status: &mut SchemaSnapshotStatus,
    old: &SchemaSnapshotStatus,
    held: &Held,
    given: &Given<'_>,
) -> Option<Note> {
    // Other content than before has waited since now only, and an approval of the old one does not release it.
    let since = old.held.as_ref().filter(|before| before.content_hash == held.content_hash);
    let since = since.map_or(Time(given.now), |before| before.since.clone());
    let first = status.held.replace(HeldStatus { content_hash: held.content_hash.clone(), since }).is_none()
        || old.held.as_ref().is_none_or(|before| before.content_hash != held.content_hash);
    withdraw(status, given);
    status.stale = false;
    status.last_refresh_time = Some(Time(given.now));
    let (reason, message) = (held.reason, held.message.as_str());
    let mut conditions = Conditions(status, given);
    conditions.ready(held.published.into(), Reason::Held, message);
    // What is held waits for a person: nothing is being done about it, also where nothing is published yet.
    conditions.set(ConditionType::Reconciling, ConditionStatus::False, Reason::Held, "nothing to do");
    conditions.reachable();
    let fresh = "the last look is younger than the interval";
    conditions.set(ConditionType::Fresh, ConditionStatus::True, Reason::WithinInterval, fresh);
    conditions.set(ConditionType::Published, ConditionStatus::False, reason, message);
    let drifted = if held.published {
        "the database has what waits for approval, applications see what was published before"
    } else {
        "the database has what waits for approval, applications see nothing yet"
    };
    conditions.set(ConditionType::Drifted, ConditionStatus::True, Reason::Drifted, drifted);
    conditions.0.drift = held.drift;
    let waiting = find(&conditions.0.conditions, ConditionType::Held).is_some_and(|c| c.status == "True");
    conditions.set(ConditionType::Held, ConditionStatus::True, reason, message);
    let news = first || !waiting;
    news.then(|| Note { warning: true, reason: Reason::Held.as_str(), text: message.to_owned() })
}

/// Nothing waits any more; an approval that released it is acknowledged.
pub(super) fn release(status: &mut SchemaSnapshotStatus, given: &Given<'_>) {
    if let Some(held) = status.held.take()
        && approves(given.approve, status.last_handled_approval.as_deref(), &held.content_hash)
        && status.content_hash.as_ref() == Some(&held.content_hash)
    {
        status.last_handled_approval = given.approve.map(str::to_owned);
    }
    withdraw(status, given);
}

/// An approval is used once. Taking the annotation away and setting it again is another approval.
fn withdraw(status: &mut SchemaSnapshotStatus, given: &Given<'_>) {
    if given.approve.is_none() {
        status.last_handled_approval = None;
    }
}
