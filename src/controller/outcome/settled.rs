//! What a look that went well means for the status, and its Event: what changed, who breaks, how it came to be published.
//! Pure.

use std::time::Duration;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use super::held::release;
use super::{Conditions, Given, Note, before};
use crate::api::changes::DriftStatus;
use crate::api::conditions::{ConditionStatus, ConditionType, find};
use crate::api::status::SchemaSnapshotStatus;
use crate::controller::drift::Drift;
use crate::error::Reason;

/// A look that went well, and what was done with it.
#[derive(Clone, Debug, PartialEq)]
pub struct Settled {
    /// The new content's part of the status; `None` when the fingerprints said that nothing changed.
    pub content: Option<Content>,
    /// Databases in which DDL is still running.
    pub changing: Vec<String>,
    /// Age of the oldest fact it rests on: a look that others share is a little older than now.
    pub age: Duration,
    /// Whether the database has what it should have; `None` leaves what was said of it.
    pub drift: Option<Drift>,
}

/// The part of the status that describes published content.
#[derive(Clone, Debug, PartialEq)]
pub struct Content {
    /// Status fields filled from the content; conditions and times of it are ignored.
    pub status: SchemaSnapshotStatus,
    /// One sentence for the Event, such as "41 tables and 3 views in orders-schema".
    pub summary: String,
    /// Age of the database read longest ago; `None` when databases were kept as they had been published.
    pub read: Option<Duration>,
    /// What was published before has the form of an older operator, and so nothing was compared with it.
    pub rebaselined: bool,
    /// Policies that enforce could not judge it for as long as it waits for that; why they could not.
    pub unjudged: Option<String>,
}

pub(super) fn settle(
    status: &mut SchemaSnapshotStatus,
    old: &SchemaSnapshotStatus,
    settled: &Settled,
    given: &Given<'_>,
) -> Option<Note> {
    if let Some(content) = &settled.content {
        take_content(status, &content.status);
        if let Some(age) = content.read {
            let read = before(given.now, age);
            // Ages are measured anew each time: less than a second apart they are the same reading.
            let later = |last: &Time| Duration::try_from(read.duration_since(last.0)).is_ok_and(|by| by.as_secs() > 0);
            if status.last_full_discovery_time.as_ref().is_none_or(later) {
                status.last_full_discovery_time = Some(Time(read));
            }
        }
        if status.content_hash != old.content_hash {
            status.last_change_time = Some(Time(given.now));
        }
    }
    status.stale = false;
    release(status, given);
    status.last_refresh_time = Some(Time(before(given.now, settled.age)));
    let revision = status.revision.clone().unwrap_or_default();
    let mut conditions = Conditions(status, given);
    conditions.ready(ConditionStatus::True, Reason::Published, &format!("revision {revision} is published"));
    conditions.reachable();
    conditions.set(ConditionType::Published, ConditionStatus::True, Reason::Published, &format!("revision {revision}"));
    conditions.set(ConditionType::Held, ConditionStatus::False, Reason::Published, "nothing waits for approval");
    if let Some(drift) = &settled.drift {
        let (truth, reason) = match drift.is_drifted() {
            Some(true) => (ConditionStatus::True, Reason::Drifted),
            Some(false) => (ConditionStatus::False, Reason::NoDrift),
            None => (ConditionStatus::Unknown, Reason::BaselineUnavailable),
        };
        conditions.set(ConditionType::Drifted, truth, reason, &drift.message);
        conditions.0.drift = drift.status.filter(|status| *status != DriftStatus::default());
    }
    if settled.changing.is_empty() {
        let message = "the last look is younger than the interval";
        conditions.set(ConditionType::Fresh, ConditionStatus::True, Reason::WithinInterval, message);
    } else {
        let message = format!("DDL is running in {}; unfinished objects are left out", settled.changing.join(", "));
        conditions.set(ConditionType::Fresh, ConditionStatus::True, Reason::SchemaChangeInProgress, &message);
    }
    settled_note(status, old, settled)
}

fn settled_note(status: &SchemaSnapshotStatus, old: &SchemaSnapshotStatus, settled: &Settled) -> Option<Note> {
    let normal = |reason: &'static str, text: String| Some(Note { warning: false, reason, text });
    if let Some(content) = &settled.content
        && status.content_hash != old.content_hash
    {
        let revision = status.revision.as_deref().unwrap_or_default();
        if let Some(why) = &content.unjudged {
            let text = format!("revision {revision} is published although it could not be judged: {why}");
            return Some(Note { warning: true, reason: Reason::PolicyNotJudged.as_str(), text });
        }
        return match &old.revision {
            None => normal("Published", format!("revision {revision}: {}", content.summary)),
            Some(before) => Some(changed(status, before, content)),
        };
    }
    let was = find(&old.conditions, ConditionType::Ready)?;
    let was_reason = was.reason.as_str();
    let recovered =
        ![Reason::Published.as_str(), Reason::Discovering.as_str(), Reason::Suspended.as_str()].contains(&was_reason);
    if recovered {
        normal("Recovered", format!("{was_reason} is over; the published schema is up to date again"))
    } else {
        None
    }
}

/// The Event of a change: who breaks, and how it came to be published all the same.
fn changed(status: &SchemaSnapshotStatus, before: &str, content: &Content) -> Note {
    let revision = status.revision.as_deref().unwrap_or_default();
    if content.rebaselined {
        let text = format!(
            "revision {before} -> {revision}: {}; revision {before} was written in the form of an older operator, so the two were not compared",
            content.summary
        );
        return Note { warning: false, reason: "Rebaselined", text };
    }
    let changes = status.changes.as_ref().filter(|changes| changes.from_revision == before);
    let counts = changes.map_or_else(String::new, |c| {
        let worst =
            c.items.first().map_or_else(String::new, |item| format!(", the worst: {} {}", item.object, item.kind));
        format!("{} breaking, {} risky, {} compatible changes{worst}; ", c.breaking, c.risky, c.compatible)
    });
    let text = format!("revision {before} -> {revision}: {counts}{}", content.summary);
    let approved = status.revisions.first().and_then(|top| top.approval.as_ref());
    let breaking = changes.is_some_and(|changes| changes.breaking > 0);
    match (approved, breaking) {
        (Some(approval), _) => {
            let text = format!("approved by {}: {text}", approval.by.to_lowercase());
            Note { warning: false, reason: "Approved", text }
        }
        (None, true) => Note { warning: true, reason: "BreakingChange", text },
        (None, false) => Note { warning: false, reason: "SchemaChanged", text },
    }
}

fn take_content(status: &mut SchemaSnapshotStatus, content: &SchemaSnapshotStatus) {
    status.revision.clone_from(&content.revision);
    status.content_hash.clone_from(&content.content_hash);
    status.source.clone_from(&content.source);
    status.counts.clone_from(&content.counts);
    status.databases.clone_from(&content.databases);
    status.tables.clone_from(&content.tables);
    status.truncated = content.truncated;
    status.shards = content.shards;
    status.outputs.clone_from(&content.outputs);
    status.changes.clone_from(&content.changes);
    status.revisions.clone_from(&content.revisions);
}
