//! Writes the status of a policy: a server-side apply when more than time changed, or now and then for the time alone.

use std::time::Duration;

use k8s_openapi::jiff::Timestamp;
use kube::api::{Api, Patch, PatchParams};
use kube::{Client, Resource, ResourceExt};
use serde_json::json;

use super::decide::differs;
use crate::api::policy::SchemaValidationPolicyStatus;
use crate::api::{FIELD_MANAGER, SchemaValidationPolicy};

/// The shortest pause between two writes that tell of nothing but the time.
const MIN_HEARTBEAT: Duration = Duration::from_secs(300);

/// Deadline of one call to the API server.
const CALL_DEADLINE: Duration = Duration::from_secs(15);

/// Whether the new status is worth a write.
pub(super) fn needed(
    old: &SchemaValidationPolicyStatus,
    new: &SchemaValidationPolicyStatus,
    interval: Duration,
    now: Timestamp,
) -> bool {
    let due = old.last_evaluation_time.as_ref().is_none_or(|last| {
        // A time in the future was written by another clock: it is put right at once.
        Duration::try_from(now.duration_since(last.0)).map_or(true, |since| since >= interval.max(MIN_HEARTBEAT))
    });
    due || differs(old, new)
}

/// Applies the whole status.
///
/// # Errors
/// Whatever the API server says; a conflict means that the object was made anew.
pub(super) async fn apply(
    client: &Client,
    policy: &SchemaValidationPolicy,
    status: &SchemaValidationPolicyStatus,
) -> Result<(), kube::Error> {
    let api: Api<SchemaValidationPolicy> = Api::namespaced(client.clone(), &policy.namespace().unwrap_or_default());
    let name = policy.name_any();
    let patch = json!({
        "apiVersion": SchemaValidationPolicy::api_version(&()),
        "kind": SchemaValidationPolicy::kind(&()),
        "metadata": { "name": name, "uid": policy.uid() },
        "status": status,
    });
    let params = PatchParams::apply(FIELD_MANAGER).force();
    let patch = Patch::Apply(&patch);
    let call = api.patch_status(&name, &params, &patch);
    tokio::time::timeout(CALL_DEADLINE, call)
        .await
        .unwrap_or_else(|_| Err(kube::Error::Service("no answer from the Kubernetes API within 15 s".into())))
        .map(drop)
}
