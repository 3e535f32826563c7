//! What the status of a ClusterSchemaSource says, and when it is worth a write. Pure; the time is an argument.

use std::time::Duration;

use k8s_openapi::jiff::Timestamp;

use crate::api::conditions::{ConditionStatus, ConditionType, differ_ignoring_time, find, set_condition};
use crate::api::status::SourceStatus;
use crate::api::{ClusterSchemaSource, ClusterSchemaSourceStatus};
use crate::controller::outcome::Failure;
use crate::controller::source::Named;
use crate::controller::source::access::Access;
use crate::error::Reason;

/// The shortest pause between two writes that tell of nothing but numbers.
pub const PAUSE: Duration = Duration::from_secs(300);

/// What came of the last look at a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// [`Named::version`] of the source that was looked at.
    version: String,
    found: Result<Option<SourceStatus>, (Reason, String)>,
}

impl Seen {
    /// Who answered, or why nobody did. A failure that is the snapshot's own, such as a glob that selects nothing, is an
    /// answer too.
    #[must_use]
    pub fn new(version: String, found: Result<SourceStatus, &Failure>) -> Self {
        let found = match found {
            Ok(source) => Ok(Some(source)),
            Err(failure) if answered(failure.reason) => Ok(None),
            Err(failure) => Err((failure.reason, failure.message.clone())),
        };
        Self { version, found }
    }
}

const fn answered(reason: Reason) -> bool {
    matches!(
        reason,
        Reason::NothingSelected
            | Reason::DiscoveryIncomplete
            | Reason::SchemaChangeInProgress
            | Reason::OutputTooLarge
            | Reason::OutputConflict
            | Reason::KubeApi
    )
}

/// The status: `snapshots` name the source, and the last of them that asked has `seen` this. `old` is the status as last
/// written; what it says of the same spec holds until somebody asks again.
#[must_use]
pub fn decide(
    source: &ClusterSchemaSource,
    old: &ClusterSchemaSourceStatus,
    snapshots: u32,
    seen: Option<&Seen>,
    now: Timestamp,
) -> ClusterSchemaSourceStatus {
    let generation = source.metadata.generation.unwrap_or_default();
    let mut status = old.clone();
    (status.observed_generation, status.snapshots) = (Some(generation), Some(snapshots));
    let version = Named::There(std::sync::Arc::new(source.clone())).version();
    let seen = seen.filter(|seen| seen.version == version);
    if let Some(Seen { found: Ok(Some(found)), .. }) = seen {
        let known = old.source.as_ref().map(|source| source.database.clone()).unwrap_or_default();
        let database = if found.database.is_empty() { known } else { found.database.clone() };
        status.source = Some(SourceStatus { database, ..found.clone() });
    }
    if let Some((truth, reason, message)) = ready(source, old, snapshots, seen) {
        set_condition(&mut status.conditions, ConditionType::Ready, truth, reason, &message, generation, now);
    }
    status
}

/// What Ready says; `None` leaves it as it is.
fn ready(
    source: &ClusterSchemaSource,
    old: &ClusterSchemaSourceStatus,
    snapshots: u32,
    seen: Option<&Seen>,
) -> Option<(ConditionStatus, Reason, String)> {
    if let Err(error) = Access::of_cluster_source(&source.spec.access) {
        return Some((ConditionStatus::False, Reason::InvalidSpec, error.to_string()));
    }
    if source.spec.access.is_empty() {
        let message = "access is empty, so nobody may use it: add the namespaces and databases";
        return Some((ConditionStatus::Unknown, Reason::Unused, message.to_owned()));
    }
    if snapshots == 0 {
        let message = "no snapshot names it in source.clusterSource, so nobody has asked it";
        return Some((ConditionStatus::Unknown, Reason::Unused, message.to_owned()));
    }
    match seen.map(|seen| &seen.found) {
        Some(Ok(_)) => Some((ConditionStatus::True, Reason::Reachable, "the MCP server answers".to_owned())),
        Some(Err((reason, message))) => Some((ConditionStatus::False, *reason, message.clone())),
        None => {
            let told = find(&old.conditions, ConditionType::Ready)
                .filter(|ready| ready.observed_generation == source.metadata.generation)
                .is_some_and(|ready| ![Reason::Unused, Reason::Discovering].iter().any(|r| r.as_str() == ready.reason));
            let message = "none of the snapshots that name it has asked it yet: see their conditions";
            (!told).then(|| (ConditionStatus::Unknown, Reason::Discovering, message.to_owned()))
        }
    }
}

/// Whether `new` is worth a write: at once when Ready says something else of the source, else when `since` the last write
/// of this process (`None`: there was none) the pause has passed.
#[must_use]
pub fn due(old: &ClusterSchemaSourceStatus, new: &ClusterSchemaSourceStatus, since: Option<Duration>) -> bool {
    let told = |status: &ClusterSchemaSourceStatus| {
        let ready = find(&status.conditions, ConditionType::Ready);
        ready.map(|ready| (ready.status.clone(), ready.reason.clone(), ready.observed_generation))
    };
    let timeless =
        |status: &ClusterSchemaSourceStatus| ClusterSchemaSourceStatus { conditions: Vec::new(), ..status.clone() };
    if told(old) != told(new) {
        return true;
    }
    let differs = differ_ignoring_time(&old.conditions, &new.conditions) || timeless(old) != timeless(new);
    differs && since.is_none_or(|since| since >= PAUSE)
}

#[cfg(test)]
#[path = "status_tests.rs"]
mod tests;
