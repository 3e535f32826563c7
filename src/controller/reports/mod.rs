//! A policy's result as a report that dashboards and `kubectl get` know: a `Report` of OpenReports or a `PolicyReport`,
//! whichever the cluster has. `choice`, `build` and `compare` decide (pure), `api` asks what there is, here is the I/O.
//!
//! A report is read before it is written: it costs one request a round, finds what is not ours, mends what somebody
//! edited or deleted, and lets a round that found nothing new write nothing.

pub mod api;
pub mod build;
pub mod choice;
pub mod compare;
pub mod error;
#[cfg(test)]
mod testing;

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use k8s_openapi::jiff::Timestamp;
use kube::api::{Api, DeleteParams, Patch, PatchParams, Preconditions};
use kube::core::{ApiResource, DynamicObject, GroupVersionKind};
use kube::{Client, ResourceExt};

use crate::api::policy::ReportApi;
use crate::api::{FIELD_MANAGER, SchemaValidationPolicy};
use crate::error::shorten;
use crate::validation::policy::Report;
use api::Known;
pub use choice::{Installed, NoReport, ReportKind};
use compare::Whose;
pub use error::ReportsError;
use error::{Failure, Verb};

/// Deadline of one call to the API server.
const CALL_DEADLINE: Duration = Duration::from_secs(10);

/// Writes the reports of all policies.
#[derive(Debug, Default)]
pub struct Reports {
    known: Known,
    /// By UID, where the report of a policy is, as far as this process has seen to it that it is nowhere else.
    settled: Mutex<HashMap<String, Option<ReportKind>>>,
}

/// What became of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// Which kind it is, or why there is none.
    pub kind: Result<ReportKind, NoReport>,
    /// It was written; false when all of it was there already.
    pub wrote: bool,
    /// How many reports under an API that is no longer the policy's choice were deleted.
    pub deleted: usize,
}

impl Reports {
    /// Nothing is known yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sees to it that the policy's report says what was found in each snapshot (by name), under the API it chose, and
    /// that there is none of ours under another. Does not write when nothing but the time is new.
    ///
    /// # Errors
    /// What is not ours is left alone, a permission is missing, or the API server refused or failed a call. The next call
    /// completes what this one did not.
    pub async fn write(
        &self,
        client: &Client,
        policy: &SchemaValidationPolicy,
        snapshots: &[(String, Report)],
        now: Timestamp,
    ) -> Result<Written, ReportsError> {
        let wanted = policy.spec.report.as_ref().and_then(|report| report.api).unwrap_or_default();
        if wanted == ReportApi::None && self.place(policy) == Some(None) {
            return Ok(Written { kind: Err(NoReport::NotWanted), wrote: false, deleted: 0 });
        }
        let installed = self.known.installed(client, now).await?;
        let kind = choice::choose(wanted, installed);
        let wrote = match kind {
            Ok(kind) => {
                let written = write_one(client, policy, snapshots, now, kind).await;
                if written.as_ref().is_err_and(ReportsError::is_absent) {
                    self.known.forget().await;
                }
                written?
            }
            Err(_) => false,
        };
        // The new one stands before the old one goes.
        let mut deleted = 0;
        if self.place(policy) != Some(kind.ok()) {
            for old in ReportKind::ALL.into_iter().filter(|old| kind != Ok(*old) && installed.has(*old)) {
                deleted += usize::from(delete_one(client, policy, old).await?);
            }
            self.settle(policy, kind.ok());
        }
        Ok(Written { kind, wrote, deleted })
    }

    /// Which kinds of report the cluster serves, as far as was last asked; `None` when nobody can tell.
    pub async fn installed(&self, client: &Client, now: Timestamp) -> Option<Installed> {
        self.known.installed(client, now).await.ok()
    }

    /// Forgets a policy that is gone; its report goes with it, by its owner reference.
    pub fn forget(&self, policy: &SchemaValidationPolicy) {
        if let (Ok(mut settled), Some(uid)) = (self.settled.lock(), policy.metadata.uid.as_ref()) {
            settled.remove(uid);
        }
    }

    fn place(&self, policy: &SchemaValidationPolicy) -> Option<Option<ReportKind>> {
        let uid = policy.metadata.uid.as_ref()?;
        self.settled.lock().ok()?.get(uid).copied()
    }

    fn settle(&self, policy: &SchemaValidationPolicy, kind: Option<ReportKind>) {
        if let (Ok(mut settled), Some(uid)) = (self.settled.lock(), policy.metadata.uid.clone()) {
            settled.insert(uid, kind);
        }
    }
}

fn reports(client: &Client, policy: &SchemaValidationPolicy, kind: ReportKind) -> Api<DynamicObject> {
    let gvk = GroupVersionKind::gvk(kind.group(), kind.version(), kind.kind());
    let resource = ApiResource::from_gvk_with_plural(&gvk, kind.plural());
    Api::namespaced_with(client.clone(), &policy.namespace().unwrap_or_default(), &resource)
}

/// True when it was written. Between the look and the write somebody may create one of that name: the API has no "apply
/// only if absent", and a create instead would own its fields apart from all later applies.
async fn write_one(
    client: &Client,
    policy: &SchemaValidationPolicy,
    snapshots: &[(String, Report)],
    now: Timestamp,
    kind: ReportKind,
) -> Result<bool, ReportsError> {
    let (api, name) = (reports(client, policy, kind), build::name(policy));
    let mut report = build::build(kind, policy, snapshots, now, policy.spec.max_results());
    if let Some(live) = call(Verb::Get, kind, &name, api.get_opt(&name)).await? {
        match compare::whose(&live, policy) {
            Whose::Ours => {}
            Whose::Leaving => return Err(ReportsError::Leaving { kind, name }),
            Whose::Foreign(owner) => return Err(ReportsError::Conflict { kind, name, owner }),
        }
        let live = serde_json::to_value(&live).unwrap_or_default();
        compare::keep_times(&live, &mut report);
        if !compare::differs(&live, &report) {
            return Ok(false);
        }
    }
    let params = PatchParams::apply(FIELD_MANAGER).force();
    call(Verb::Apply, kind, &name, api.patch_metadata(&name, &params, &Patch::Apply(&report))).await?;
    Ok(true)
}

/// True when there was one of ours to delete.
async fn delete_one(client: &Client, policy: &SchemaValidationPolicy, kind: ReportKind) -> Result<bool, ReportsError> {
    let (api, name) = (reports(client, policy, kind), build::name(policy));
    let live = match call(Verb::Get, kind, &name, api.get_metadata_opt(&name)).await {
        Ok(Some(live)) => live,
        Ok(None) => return Ok(false),
        // Who may not read reports of this kind has most likely written none, and `api: None` has to work without a role.
        Err(ReportsError::Forbidden { .. }) => return Ok(false),
        Err(error) => return Err(error),
    };
    if compare::whose(&live, policy) != Whose::Ours {
        return Ok(false);
    }
    let preconditions = Preconditions { uid: live.uid(), resource_version: live.resource_version() };
    let params = DeleteParams { preconditions: Some(preconditions), ..DeleteParams::default() };
    match call(Verb::Delete, kind, &name, api.delete(&name, &params)).await {
        Ok(_) => Ok(true),
        Err(error) if error.is_absent() => Ok(false),
        Err(error) => Err(error),
    }
}

/// One call with a deadline and an error that says what to do.
async fn call<T>(
    verb: Verb,
    kind: ReportKind,
    name: &str,
    call: impl Future<Output = Result<T, kube::Error>>,
) -> Result<T, ReportsError> {
    let (failure, problem) = match tokio::time::timeout(CALL_DEADLINE, call).await {
        Ok(Ok(value)) => return Ok(value),
        Ok(Err(kube::Error::Api(status))) => return Err(error::of_answer(verb, kind, name, &status)),
        Ok(Err(error)) => (Failure::Failed, shorten(&error.to_string(), 256)),
        Err(_) => {
            let seconds = CALL_DEADLINE.as_secs();
            (Failure::Timeout, format!("the API server did not answer within {seconds} s; it is tried again"))
        }
    };
    Err(ReportsError::Kube { verb, kind, name: name.to_owned(), failure, problem })
}

#[cfg(test)]
mod tests;
