//! What the per-snapshot gauges tell, read from the watch's store at each scrape. Pure.

use std::sync::Arc;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use kube::ResourceExt;

use crate::api::SchemaSnapshot;
use crate::api::conditions::{ConditionType, truth};
use crate::metrics::snapshots::SnapshotFacts;

/// Facts of every snapshot in the store.
#[must_use]
pub fn of(snapshots: &[Arc<SchemaSnapshot>]) -> Vec<SnapshotFacts> {
    snapshots.iter().map(|snapshot| one(snapshot)).collect()
}

fn one(snapshot: &SchemaSnapshot) -> SnapshotFacts {
    let status = snapshot.status.clone().unwrap_or_default();
    SnapshotFacts {
        namespace: snapshot.namespace().unwrap_or_default(),
        name: snapshot.name_any(),
        source: super::source::label(snapshot),
        conditions: ConditionType::ALL.into_iter().filter_map(|kind| truth(&status.conditions, kind)).collect(),
        last_success: seconds(status.last_refresh_time.as_ref()),
        last_change: seconds(status.last_change_time.as_ref()),
        tables: status.counts.as_ref().map(|counts| counts.tables),
        columns: status.counts.as_ref().map(|counts| counts.columns),
        drift: status.drift.map_or([0; 3], |drift| [drift.breaking, drift.risky, drift.compatible]),
        output_bytes: status.content_hash.as_ref().map(|_| status.outputs.iter().map(|o| u64::from(o.bytes)).sum()),
    }
}

fn seconds(time: Option<&Time>) -> Option<f64> {
    time.map(|time| time.0.as_duration().as_secs_f64())
}
