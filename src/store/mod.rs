//! The only ConfigMap I/O. `layout` and `plan` decide (pure); here is what they decided carried out, with a deadline on
//! every call.
//!
//! There is no transaction over several ConfigMaps, so the order is what keeps readers safe. Shards are written before
//! the index that names them, and what no index names is deleted last. When it fails in between, the old index still
//! stands: every table that did not change is found where it says, with the hash it says; one that changed or moved in a
//! shard already written has another hash or is not there, which a reader that checks the hash of a key can tell, and the
//! next try completes the set. From one shard to several, and back, the old set is whole until the new one is.

pub mod error;
mod history;
pub mod index;
pub mod layout;
pub mod metadata;
pub mod plan;
pub mod revisions;
pub mod stored;
#[cfg(test)]
mod testing;

use std::collections::BTreeMap;
use std::time::Duration;

use k8s_openapi::api::core::v1::ConfigMap;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::api::{Api, DeleteParams, Patch, PatchParams, Preconditions};
use kube::core::PartialObjectMeta;
use kube::{Client, Resource, ResourceExt};
use serde_json::{Map, Value, json};

use crate::api::status::OutputStatus;
use crate::api::{FIELD_MANAGER, SchemaSnapshot, annotations, labels};
use crate::error::shorten;
pub use error::{Failure, StoreError, Verb};
pub use history::Approval;
use index::Unreadable;
use metadata::Metadata;
use plan::{How, Leftover, Plan, Write};
pub use stored::{Content, Stored};

/// Deadline of one call to the API server, its retries included.
const CALL_DEADLINE: Duration = Duration::from_secs(10);

/// What was done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// Every ConfigMap of the set, for `status.outputs`, by name.
    pub outputs: Vec<OutputStatus>,
    /// ConfigMaps that were not there before.
    pub created: usize,
    /// ConfigMaps written over.
    pub updated: usize,
    /// ConfigMaps that cost no request.
    pub unchanged: usize,
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
    /// `Conflict` and `Leaving` before the first write; `Kube` possibly between two writes, which the next try completes.
    pub async fn apply(&self, snapshot: &SchemaSnapshot, plan: &Plan) -> Result<Applied, StoreError> {
        let api = self.api(snapshot);
        let mut adopted = Vec::new();
        for write in &plan.writes {
            adopted.push(match write.how {
                How::First => adoptable(&api, snapshot, &write.config_map.name_any()).await?,
                _ => None,
            });
        }
        let unchanged = plan.unchanged.len();
        let mut applied = Applied { outputs: plan.unchanged.clone(), unchanged, ..Applied::default() };
        for (write, adopted) in plan.writes.iter().zip(adopted) {
            if write.how == How::First && adopted.is_none() {
                applied.created += 1
            } else {
                applied.updated += 1
            }
            applied.outputs.push(write_one(&api, write, adopted).await?);
        }
        for leftover in &plan.deletes {
            applied.deleted += usize::from(delete(&api, leftover).await?);
        }
        applied.outputs.sort_by(|left, right| left.config_map.cmp(&right.config_map));
        Ok(applied)
    }

    /// Says on the index ConfigMap whether its content is older than it should be; returns its new version, or `None`
    /// when there is nothing to say it on, or nothing to change.
    ///
    /// # Errors
    /// The API server's.
    pub async fn mark_stale(
        &self,
        snapshot: &SchemaSnapshot,
        outputs: &[OutputStatus],
        stale: bool,
    ) -> Result<Option<String>, StoreError> {
        let name = snapshot.config_map_name();
        let Some(written) = outputs.iter().find(|output| output.config_map == name) else { return Ok(None) };
        // Another version was edited by hand, and is mended by the next publication.
        let metadata = json!({
            "resourceVersion": written.resource_version,
            "annotations": { annotations::STALE: stale.to_string() },
        });
        match merge(&self.api(snapshot), &name, json!({ "metadata": metadata })).await {
            Ok(live) => Ok(live.resource_version.filter(|version| *version != written.resource_version)),
            Err(StoreError::Kube { kind: Failure::Changed | Failure::Absent, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What the index ConfigMap of `snapshot` tells; `None` when there is none, or it is not ours.
    ///
    /// # Errors
    /// `NewerFormat`, or the API server's.
    pub async fn load(&self, snapshot: &SchemaSnapshot) -> Result<Option<Stored>, StoreError> {
        let name = snapshot.config_map_name();
        let found = call(Verb::Get, &name, self.api(snapshot).get_opt(&name)).await?;
        let ours = |found: &ConfigMap| found.labels().get(labels::SNAPSHOT) == Some(&snapshot.name_any());
        match found.filter(ours).map(Stored::read).transpose() {
            Ok(stored) => Ok(stored),
            Err(Unreadable::Newer { format, model_version }) => {
                Err(StoreError::NewerFormat { name, format, model_version })
            }
            // `Stored::read` reports damage in its result.
            Err(Unreadable::Damaged) => Ok(None),
        }
    }

    /// The schema as last published: reads the shards the index names, one call each, and checks every hash.
    ///
    /// # Errors
    /// The API server's. Damage is in the result.
    pub async fn content(&self, snapshot: &SchemaSnapshot, stored: &Stored) -> Result<Content, StoreError> {
        let api = self.api(snapshot);
        let mut shards = BTreeMap::new();
        for name in stored.elsewhere() {
            if let Some(found) = call(Verb::Get, &name, api.get_opt(&name)).await? {
                shards.insert(name, found.data.unwrap_or_default());
            }
        }
        Ok(stored.content(&shards))
    }
}

/// The metadata of a ConfigMap of that name that may be taken over, as one left by `kubectl delete --cascade=orphan`;
/// `None` when there is none. Between this look and the write somebody may create one: the API has no "apply only if
/// absent", and a create instead would own its fields apart from all later applies.
async fn adoptable(
    api: &Api<ConfigMap>,
    snapshot: &SchemaSnapshot,
    name: &str,
) -> Result<Option<Metadata>, StoreError> {
    let Some(found) = call(Verb::Get, name, api.get_metadata_opt(name)).await? else { return Ok(None) };
    let conflict =
        |owner: String| Err(StoreError::Conflict { name: name.to_owned(), owner, snapshot: snapshot.name_any() });
    let mine = snapshot.name_any();
    let controller = found.owner_references().iter().find(|owner| owner.controller == Some(true));
    if let Some(owner) = controller.filter(|owner| Some(&owner.uid) != snapshot.metadata.uid.as_ref()) {
        if owner.kind == SchemaSnapshot::kind(&()) && owner.name == mine {
            return Err(StoreError::Leaving { name: name.to_owned() });
        }
        return conflict(shorten(&format!("{} {}", owner.kind, owner.name), 256));
    }
    match found.labels().get(labels::SNAPSHOT) {
        Some(label) if *label != mine => return conflict(format!("SchemaSnapshot {}", shorten(label, 63))),
        // Whose controller we are is ours, whatever somebody did to its labels.
        None if controller.is_none() => return conflict(manager(&found)),
        _ => {}
    }
    if found.metadata.deletion_timestamp.is_some() {
        return Err(StoreError::Leaving { name: name.to_owned() });
    }
    Ok(Some(told(&found.metadata)))
}

fn manager(found: &PartialObjectMeta<ConfigMap>) -> String {
    let first = found.managed_fields().first().and_then(|fields| fields.manager.clone());
    first.map_or_else(
        || "someone else".to_owned(),
        |manager| format!("someone else (written by {})", shorten(&manager, 64)),
    )
}

fn told(meta: &ObjectMeta) -> Metadata {
    Metadata {
        labels: meta.labels.clone().unwrap_or_default(),
        annotations: meta.annotations.clone().unwrap_or_default(),
    }
}

async fn write_one(api: &Api<ConfigMap>, write: &Write, adopted: Option<Metadata>) -> Result<OutputStatus, StoreError> {
    let written = match (&write.how, adopted) {
        (How::First, None) => whole(api, write, false, &Metadata::default()).await?,
        (How::First, Some(before)) => whole(api, write, true, &before).await?,
        (How::Whole { foreign, before }, _) => whole(api, write, *foreign, before).await?,
        (How::Metadata { resource_version, changes, before }, _) => {
            let body = json!({ "metadata": changes.to_merge_patch(resource_version) });
            match merge(api, &write.config_map.name_any(), body).await {
                // Somebody wrote in between, so what we believed of the data is no longer known.
                Err(StoreError::Kube { kind: Failure::Changed | Failure::Absent, .. }) => {
                    whole(api, write, true, before).await?
                }
                other => other?,
            }
        }
    };
    Ok(OutputStatus {
        config_map: write.config_map.name_any(),
        bytes: u32::try_from(write.bytes).unwrap_or(u32::MAX),
        hash: write.hash.clone(),
        resource_version: written.resource_version.unwrap_or_default(),
    })
}

/// Applies the object and, where an apply alone is not enough, takes out what must not be there: data keys that somebody
/// else put beside ours, and labels or annotations of ours that a merge patch had set.
async fn whole(
    api: &Api<ConfigMap>,
    write: &Write,
    foreign: bool,
    before: &Metadata,
) -> Result<ObjectMeta, StoreError> {
    let name = write.config_map.name_any();
    let params = PatchParams::apply(FIELD_MANAGER).force();
    let patch = Patch::Apply(&write.config_map);
    let mut live = call(Verb::Apply, &name, api.patch_metadata(&name, &params, &patch)).await?.metadata;
    let mut body = json!({});
    if foreign {
        let read = call(Verb::Get, &name, api.get(&name)).await?;
        body = strangers(&read, &write.config_map);
        live = read.metadata;
    }
    let changes = metadata::changes(&told(&live), before, &write.config_map);
    if changes.is_empty() && body == json!({}) {
        return Ok(live);
    }
    body["metadata"] = changes.to_merge_patch(live.resource_version.as_deref().unwrap_or_default());
    merge(api, &name, body).await
}

/// Nulls for every key nobody planned, as a merge patch.
fn strangers(live: &ConfigMap, planned: &ConfigMap) -> Value {
    let strange = |key: &&String| planned.data.as_ref().is_none_or(|data| !data.contains_key(*key));
    let nulls =
        |keys: Vec<&String>| -> Map<String, Value> { keys.into_iter().map(|key| (key.clone(), Value::Null)).collect() };
    let data = nulls(live.data.iter().flatten().map(|(key, _)| key).filter(strange).collect());
    let binary = nulls(live.binary_data.iter().flatten().map(|(key, _)| key).collect());
    let both = [("data", data), ("binaryData", binary)].into_iter().filter(|(_, keys)| !keys.is_empty());
    both.map(|(field, keys)| (field.to_owned(), Value::Object(keys))).collect::<Map<_, _>>().into()
}

async fn merge(api: &Api<ConfigMap>, name: &str, body: Value) -> Result<ObjectMeta, StoreError> {
    let params = PatchParams { field_manager: Some(FIELD_MANAGER.to_owned()), ..PatchParams::default() };
    let patch = Patch::Merge(body);
    Ok(call(Verb::Patch, name, api.patch_metadata(name, &params, &patch)).await?.metadata)
}

/// True when it was there to be deleted.
async fn delete(api: &Api<ConfigMap>, leftover: &Leftover) -> Result<bool, StoreError> {
    let preconditions =
        Preconditions { uid: Some(leftover.uid.clone()), resource_version: Some(leftover.resource_version.clone()) };
    let params = DeleteParams { preconditions: Some(preconditions), ..DeleteParams::default() };
    match call(Verb::Delete, &leftover.name, api.delete(&leftover.name, &params)).await {
        Ok(_) => Ok(true),
        Err(StoreError::Kube { kind: Failure::Absent, .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

/// One call with a deadline and an error that says what to do.
async fn call<T>(verb: Verb, name: &str, call: impl Future<Output = Result<T, kube::Error>>) -> Result<T, StoreError> {
    let (kind, problem) = match tokio::time::timeout(CALL_DEADLINE, call).await {
        Ok(Ok(value)) => return Ok(value),
        Ok(Err(kube::Error::Api(status))) => error::failure(verb, &status),
        Ok(Err(error)) => (Failure::Failed, shorten(&error.to_string(), 256)),
        Err(_) => {
            let seconds = CALL_DEADLINE.as_secs();
            (Failure::Timeout, format!("the API server did not answer within {seconds} s; it is tried again"))
        }
    };
    Err(StoreError::Kube { verb, name: name.to_owned(), kind, problem })
}
