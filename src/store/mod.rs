//! The only ConfigMap I/O. `layout` and `plan` decide (pure); here is what they decided carried out, with a deadline on
//! every call. Old content stays valid until the new index is in: shards are written before the index that names them,
//! and what no index names is deleted last. A reader that meets the moment between sees a hash that does not match.

pub mod layout;
pub mod plan;

use std::time::Duration;

use k8s_openapi::api::core::v1::ConfigMap;
use kube::api::{Api, DeleteParams, Patch, PatchParams, Preconditions};
use kube::core::PartialObjectMeta;
use kube::{Client, Resource, ResourceExt};
use serde_json::{Map, Value, json};

use crate::api::status::OutputStatus;
use crate::api::{FIELD_MANAGER, SchemaSnapshot, labels};
use crate::error::{Reason, shorten};
use layout::{INDEX_KEY, IndexDocument};
use plan::{Plan, Write};

/// Deadline of one call to the API server.
const CALL_DEADLINE: Duration = Duration::from_secs(15);

/// Why the ConfigMaps could not be made to say what they should.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The content does not fit.
    #[error(transparent)]
    Layout(#[from] layout::LayoutError),
    /// A ConfigMap of that name is not ours.
    #[error(
        "ConfigMap {name} exists and belongs to {owner}; it is left alone: delete or rename it, or choose another \
         output.configMapName in a new snapshot, then ask again with \
         kubectl annotate schemasnapshot {snapshot} mcpschema.io/refresh=now --overwrite"
    )]
    Conflict {
        /// The ConfigMap.
        name: String,
        /// Whose it is.
        owner: String,
        /// The snapshot that wants it.
        snapshot: String,
    },
    /// Written by a newer operator.
    #[error("ConfigMap {name} was written by a newer operator ({found}); upgrade this one")]
    NewerFormat {
        /// The index ConfigMap.
        name: String,
        /// What is newer, as in `modelVersion 2`.
        found: String,
    },
    /// The API server refused or failed a call.
    #[error("{verb} of ConfigMap {name} failed: {problem}")]
    Kube {
        /// What was tried.
        verb: &'static str,
        /// On which ConfigMap.
        name: String,
        /// What to know and do.
        problem: String,
    },
}

impl StoreError {
    /// The word for conditions and metrics.
    #[must_use]
    pub const fn reason(&self) -> Reason {
        match self {
            Self::Layout(_) => Reason::OutputTooLarge,
            Self::Conflict { .. } => Reason::OutputConflict,
            Self::NewerFormat { .. } => Reason::NewerFormat,
            Self::Kube { .. } => Reason::KubeApi,
        }
    }
}

/// What was done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// Every ConfigMap of the set, for `status.outputs`, by name.
    pub outputs: Vec<OutputStatus>,
    /// ConfigMaps that were not there before.
    pub created: usize,
    /// ConfigMaps written over.
    pub updated: usize,
    /// ConfigMaps taken away.
    pub deleted: usize,
}

/// Reads and writes ConfigMaps.
#[derive(Clone)]
pub struct Store(Client);

impl Store {
    /// Over one API client.
    #[must_use]
    pub const fn new(client: Client) -> Self {
        Self(client)
    }

    fn api(&self, snapshot: &SchemaSnapshot) -> Api<ConfigMap> {
        Api::namespaced(self.0.clone(), &snapshot.namespace().unwrap_or_default())
    }

    /// Carries a plan out. Names that are not known to be ours are looked at before anything is written.
    ///
    /// # Errors
    /// `Conflict` before the first write; `Kube` possibly between two writes, which the next try completes.
    pub async fn apply(&self, snapshot: &SchemaSnapshot, plan: &Plan) -> Result<Applied, StoreError> {
        let api = self.api(snapshot);
        let mut existed = Vec::new();
        for write in &plan.writes {
            existed.push(write.known || is_adoptable(&api, snapshot, &write.config_map.name_any()).await?);
        }
        let mut applied = Applied { outputs: plan.unchanged.clone(), ..Applied::default() };
        for (write, existed) in plan.writes.iter().zip(existed) {
            applied.outputs.push(apply_one(&api, write, existed).await?);
            if existed { applied.updated += 1 } else { applied.created += 1 }
        }
        for leftover in &plan.deletes {
            let preconditions = Preconditions { uid: Some(leftover.uid.clone()), resource_version: None };
            let params = DeleteParams { preconditions: Some(preconditions), ..DeleteParams::default() };
            match call("delete", &leftover.name, api.delete(&leftover.name, &params)).await {
                Err(error) if !error.1 => return Err(error.0),
                _ => applied.deleted += 1,
            }
        }
        applied.outputs.sort_by(|left, right| left.config_map.cmp(&right.config_map));
        Ok(applied)
    }

    /// The index as last published; `None` when there is none, or not a readable one.
    ///
    /// # Errors
    /// `NewerFormat`, or the API server's.
    pub async fn index(&self, snapshot: &SchemaSnapshot) -> Result<Option<IndexDocument>, StoreError> {
        let name = snapshot.config_map_name();
        let Some(found) = call("get", &name, self.api(snapshot).get_opt(&name)).await.map_err(|e| e.0)? else {
            return Ok(None);
        };
        if found.labels().get(labels::SNAPSHOT) != Some(&snapshot.name_any()) {
            return Ok(None);
        }
        let Some(text) = found.data.as_ref().and_then(|data| data.get(INDEX_KEY)) else { return Ok(None) };
        if let Some(version) = newer(text) {
            return Err(StoreError::NewerFormat { name, found: version });
        }
        Ok(serde_json::from_str(text).ok())
    }
}

/// What is newer than this operator knows, if anything.
fn newer(index: &str) -> Option<String> {
    let value: Value = serde_json::from_str(index).ok()?;
    let known = [("modelVersion", crate::schema::MODEL_VERSION), ("format", layout::FORMAT)];
    known.into_iter().find_map(|(field, ours)| {
        let found = value.get(field)?.as_u64()?;
        (found > u64::from(ours)).then(|| format!("{field} {found}"))
    })
}

/// True when a ConfigMap of that name is there and may be taken over; false when there is none.
async fn is_adoptable(api: &Api<ConfigMap>, snapshot: &SchemaSnapshot, name: &str) -> Result<bool, StoreError> {
    let Some(found) = call("get", name, api.get_metadata_opt(name)).await.map_err(|e| e.0)? else { return Ok(false) };
    let conflict =
        |owner: String| Err(StoreError::Conflict { name: name.to_owned(), owner, snapshot: snapshot.name_any() });
    let uid = snapshot.uid().unwrap_or_default();
    match found.owner_references().iter().find(|owner| owner.controller == Some(true)) {
        // Labels may be lost to a hand edit; this is ours beyond doubt.
        Some(owner) if owner.uid == uid => return Ok(true),
        Some(former) if former.kind == SchemaSnapshot::kind(&()) && former.name == snapshot.name_any() => {
            let problem =
                "it still belongs to the SchemaSnapshot of that name that was deleted; it is written as soon as \
                           the garbage collector has removed it"
                    .to_owned();
            return Err(StoreError::Kube { verb: "adoption", name: name.to_owned(), problem });
        }
        Some(other) => return conflict(format!("{} {}", other.kind, other.name)),
        None => {}
    }
    match found.labels().get(labels::SNAPSHOT) {
        Some(label) if *label == snapshot.name_any() => Ok(true),
        Some(label) => conflict(format!("SchemaSnapshot {}", shorten(label, 63))),
        None => conflict(manager(&found)),
    }
}

fn manager(found: &PartialObjectMeta<ConfigMap>) -> String {
    let first = found.managed_fields().first().and_then(|fields| fields.manager.clone());
    first.map_or_else(
        || "someone else".to_owned(),
        |manager| format!("someone else (written by {})", shorten(&manager, 64)),
    )
}

async fn apply_one(api: &Api<ConfigMap>, write: &Write, existed: bool) -> Result<OutputStatus, StoreError> {
    let name = write.config_map.name_any();
    let params = PatchParams::apply(FIELD_MANAGER).force();
    let patch = Patch::Apply(&write.config_map);
    let mut written = call("patch", &name, api.patch_metadata(&name, &params, &patch)).await.map_err(|e| e.0)?;
    let touched = write.foreign || (existed && !write.known);
    if touched && let Some(cleaned) = remove_strangers(api, write).await? {
        written = cleaned;
    }
    Ok(OutputStatus {
        config_map: name,
        bytes: u32::try_from(write.bytes).unwrap_or(u32::MAX),
        hash: write.hash.clone(),
        resource_version: written.resource_version().unwrap_or_default(),
    })
}

/// Takes out keys that somebody else put beside ours: an apply leaves them where they are.
async fn remove_strangers(
    api: &Api<ConfigMap>,
    write: &Write,
) -> Result<Option<PartialObjectMeta<ConfigMap>>, StoreError> {
    let name = write.config_map.name_any();
    let live = call("get", &name, api.get(&name)).await.map_err(|e| e.0)?;
    let planned = write.config_map.data.as_ref();
    let strange = |key: &&String| planned.is_none_or(|data| !data.contains_key(*key));
    let nulls =
        |keys: Vec<&String>| -> Map<String, Value> { keys.into_iter().map(|k| (k.clone(), Value::Null)).collect() };
    let data = nulls(live.data.iter().flatten().map(|(key, _)| key).filter(strange).collect());
    let binary = nulls(live.binary_data.iter().flatten().map(|(key, _)| key).collect());
    if data.is_empty() && binary.is_empty() {
        return Ok(None);
    }
    let params = PatchParams { field_manager: Some(FIELD_MANAGER.to_owned()), ..PatchParams::default() };
    let patch = Patch::Merge(json!({ "data": data, "binaryData": binary }));
    call("patch", &name, api.patch_metadata(&name, &params, &patch)).await.map(Some).map_err(|e| e.0)
}

/// One call with a deadline. The flag of an error tells that the object was not there (any more).
async fn call<T>(
    verb: &'static str,
    name: &str,
    call: impl Future<Output = Result<T, kube::Error>>,
) -> Result<T, (StoreError, bool)> {
    let failed = |problem: String, absent| Err((StoreError::Kube { verb, name: name.to_owned(), problem }, absent));
    match tokio::time::timeout(CALL_DEADLINE, call).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(kube::Error::Api(status))) if status.is_forbidden() => {
            // An apply of what is not there yet needs both.
            let verbs = if verb == "patch" { "create or patch" } else { verb };
            failed(
                format!("the operator's ServiceAccount may not {verbs} configmaps here: check the chart's RBAC"),
                false,
            )
        }
        Ok(Err(kube::Error::Api(status))) => {
            let absent = status.is_not_found() || (verb == "delete" && status.is_conflict());
            failed(shorten(&status.message, 256), absent)
        }
        Ok(Err(error)) => failed(shorten(&error.to_string(), 256), false),
        Err(_) => failed(format!("no answer within {} s", CALL_DEADLINE.as_secs()), false),
    }
}

#[cfg(test)]
mod tests;
