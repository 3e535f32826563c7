//! Writes `/status`: a server-side apply when more than time changed, else a heartbeat at most every five minutes.

use std::time::Duration;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use k8s_openapi::jiff::Timestamp;
use kube::api::{Api, Patch, PatchParams};
use kube::{Client, Resource, ResourceExt};
use serde_json::json;

use crate::api::conditions::{ConditionType, find};
use crate::api::{FIELD_MANAGER, SchemaSnapshot, SchemaSnapshotStatus};

/// The shortest pause between two heartbeats.
const MIN_HEARTBEAT: Duration = Duration::from_secs(300);

/// Deadline of one call to the API server.
const CALL_DEADLINE: Duration = Duration::from_secs(15);

/// What has to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needed {
    /// Nothing.
    Nothing,
    /// Only the times; by merge patch.
    Heartbeat,
    /// Everything; by server-side apply.
    Full,
}

/// Compares the status as last written with the new one. Pure.
#[must_use]
pub fn needed(old: &SchemaSnapshotStatus, new: &SchemaSnapshotStatus, interval: Duration, now: Timestamp) -> Needed {
    if slim(old.clone()).differs_ignoring_time(&slim(new.clone())) {
        return Needed::Full;
    }
    let Some(looked) = new.last_refresh_time.as_ref() else { return Needed::Nothing };
    let due = heartbeat_due(old.last_refresh_time.as_ref(), interval, now);
    let news = old.last_refresh_time.as_ref() != Some(looked);
    if due && news { Needed::Heartbeat } else { Needed::Nothing }
}

/// Whether a write that tells of nothing but the time is due, `last` having been written before.
#[must_use]
pub fn heartbeat_due(last: Option<&Time>, interval: Duration, now: Timestamp) -> bool {
    last.is_none_or(|last| {
        // A last time that lies in the future was written by another clock: it is put right at once.
        Duration::try_from(now.duration_since(last.0)).map_or(true, |since| since >= interval.max(MIN_HEARTBEAT))
    })
}

/// The generation the published content was made for; `None` while the content is not what it should be. A failed look
/// moves `observedGeneration`, but never this one.
#[must_use]
pub fn published_generation(status: &SchemaSnapshotStatus) -> Option<i64> {
    find(&status.conditions, ConditionType::Published).filter(|c| c.status == "True")?.observed_generation
}

/// The status with its tables taken out: what is worth keeping in memory.
#[must_use]
pub fn slim(mut status: SchemaSnapshotStatus) -> SchemaSnapshotStatus {
    status.tables = Vec::new();
    status
}

/// Applies the whole status. `has_tables` is false when `status` was made without looking at the content; its tables are
/// then read back first, since an apply that leaves them out deletes them.
///
/// # Errors
/// Whatever the API server says; a conflict means that the object changed meanwhile.
pub async fn apply(
    client: &Client,
    snapshot: &SchemaSnapshot,
    mut status: SchemaSnapshotStatus,
    has_tables: bool,
) -> Result<(), kube::Error> {
    let api: Api<SchemaSnapshot> = Api::namespaced(client.clone(), &snapshot.namespace().unwrap_or_default());
    let name = snapshot.name_any();
    if !has_tables && status.content_hash.is_some() {
        let live = bounded(api.get(&name)).await?;
        if let Some(live) = live.status {
            status.tables = live.tables;
        }
    }
    let patch = json!({
        "apiVersion": SchemaSnapshot::api_version(&()),
        "kind": SchemaSnapshot::kind(&()),
        "metadata": { "name": name, "uid": snapshot.uid() },
        "status": status,
    });
    let params = PatchParams::apply(FIELD_MANAGER).force();
    bounded(api.patch_status(&name, &params, &Patch::Apply(&patch))).await.map(drop)
}

/// Moves the times alone.
///
/// # Errors
/// As [`apply`].
pub async fn heartbeat(
    client: &Client,
    snapshot: &SchemaSnapshot,
    status: &SchemaSnapshotStatus,
) -> Result<(), kube::Error> {
    let api: Api<SchemaSnapshot> = Api::namespaced(client.clone(), &snapshot.namespace().unwrap_or_default());
    let patch = json!({ "metadata": { "uid": snapshot.uid() }, "status": {
        "lastRefreshTime": status.last_refresh_time,
        "nextRefreshTime": status.next_refresh_time,
        "lastFullDiscoveryTime": status.last_full_discovery_time,
        "cache": status.cache,
    }});
    let params = PatchParams { field_manager: Some(FIELD_MANAGER.to_owned()), ..PatchParams::default() };
    bounded(api.patch_status(&snapshot.name_any(), &params, &Patch::Merge(&patch))).await.map(drop)
}

/// Every call has a deadline: a half-dead connection must not hold a reconcile for ever.
pub(super) async fn bounded<T>(call: impl Future<Output = Result<T, kube::Error>>) -> Result<T, kube::Error> {
    tokio::time::timeout(CALL_DEADLINE, call)
        .await
        .unwrap_or_else(|_| Err(kube::Error::Service("no answer from the Kubernetes API within 15 s".into())))
}

#[cfg(test)]
mod tests;
