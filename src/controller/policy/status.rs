//! Writes the status of a policy: a server-side apply when more than time changed, or now and then for the time alone.

use std::time::Duration;

use k8s_openapi::jiff::Timestamp;
use kube::api::{Api, Patch, PatchParams};
use kube::{Client, Resource, ResourceExt};
use serde_json::json;

use super::decide::differs;
use crate::api::policy::SchemaValidationPolicyStatus;
use crate::api::{FIELD_MANAGER, SchemaValidationPolicy};
use crate::controller::status::{bounded, heartbeat_due};

/// Whether the new status is worth a write.
pub(super) fn needed(
    old: &SchemaValidationPolicyStatus,
    new: &SchemaValidationPolicyStatus,
    interval: Duration,
    now: Timestamp,
) -> bool {
    heartbeat_due(old.last_evaluation_time.as_ref(), interval, now) || differs(old, new)
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
    bounded(api.patch_status(&name, &params, &Patch::Apply(&patch))).await.map(drop)
}
