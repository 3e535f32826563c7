//! Does the database have another schema than the one it should have? The baseline is a file in a ConfigMap, or, without
//! one, what is published. Thin: reads the baseline; the comparison is `schema::changes`.

use k8s_openapi::api::core::v1::ConfigMap;
use kube::{Api, ResourceExt};

use super::{Context, judge};
use crate::api::SchemaSnapshot;
use crate::api::changes::{ConfigMapKey, DriftStatus};
use crate::discovery::Discovered;
use crate::error::shorten;
use crate::schema::changes::{Side, diff};
use crate::schema::{MODEL_VERSION, Snapshot};

/// Deadline of the call for the baseline.
const DEADLINE: std::time::Duration = std::time::Duration::from_secs(15);

/// What is known of the drift.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drift {
    /// `None` when it could not be judged.
    pub status: Option<DriftStatus>,
    /// What it was compared with, or why it could not be.
    pub message: String,
}

impl Drift {
    /// The database has something else.
    #[must_use]
    pub fn is_drifted(&self) -> Option<bool> {
        self.status.map(|status| status != DriftStatus::default())
    }
}

/// Compares what the database has (`None`: what is published, which is the same) with the baseline.
pub(super) async fn of(ctx: &Context, snapshot: &SchemaSnapshot, found: Option<&Discovered>) -> Option<Drift> {
    let baseline = snapshot.spec.changes.as_ref().and_then(|changes| changes.baseline.as_ref());
    let Some(reference) = baseline.and_then(|baseline| baseline.config_map_key_ref.as_ref()) else {
        let message = "the database has what is published".to_owned();
        return Some(Drift { status: Some(DriftStatus::default()), message });
    };
    // Without its content there is nothing to compare; what was said of it still holds.
    let found = found?;
    Some(match read(ctx, snapshot, reference).await {
        Err(problem) => Drift { status: None, message: problem },
        Ok(baseline) => {
            let changes = diff(&Side::from(&baseline), &Side::new(&found.server, &found.databases), &[]);
            let status = judge::drift(&changes);
            let total = status.breaking + status.risky + status.compatible;
            let message = if total == 0 {
                "the database has what changes.baseline has".to_owned()
            } else {
                let first = changes.items.first().map(|c| format!("{} {}", c.object(), c.kind.as_str()));
                format!(
                    "{total} changes from changes.baseline, the worst: {}",
                    shorten(&first.unwrap_or_default(), 256)
                )
            };
            Drift { status: Some(status), message }
        }
    })
}

async fn read(ctx: &Context, snapshot: &SchemaSnapshot, reference: &ConfigMapKey) -> Result<Snapshot, String> {
    let (name, key) = (reference.name.as_deref().unwrap_or_default(), reference.key.as_deref().unwrap_or_default());
    let about = |problem: &str| format!("changes.baseline: ConfigMap {name:?}, key {key:?}: {problem}");
    let api: Api<ConfigMap> = Api::namespaced(ctx.client.clone(), &snapshot.namespace().unwrap_or_default());
    let got = tokio::time::timeout(DEADLINE, api.get_opt(name)).await;
    let found = got.map_err(|_| about("the API server did not answer in time"))?;
    let found = found.map_err(|error| about(&shorten(&error.to_string(), 256)))?;
    let map = found.ok_or_else(|| about("is not there: create it with what discover --format json prints"))?;
    let text = map.data.unwrap_or_default().remove(key).ok_or_else(|| about("there is no such key"))?;
    let baseline: Snapshot =
        serde_json::from_str(&text).map_err(|_| about("is no schema: put in what discover --format json prints"))?;
    if baseline.model_version > MODEL_VERSION {
        return Err(about("was written by a newer version"));
    }
    Ok(baseline)
}
