//! The cluster behind the kubeconfig: which snapshot is meant, what it published, and the annotations that ask the operator
//! for something. What these commands ask the API server for.

use std::time::Duration;

use k8s_openapi::api::core::v1::ConfigMap;
use kube::api::{Api, ApiResource, DynamicObject, ListParams, Patch, PatchParams};
use kube::{Client, ResourceExt};
use serde_json::json;

use super::cli::Options;
use super::connection::{call, connect, unread};
use super::text::listed;
use crate::api::{SchemaSnapshot, SchemaSnapshotStatus, SchemaValidationPolicy};
use crate::schema::Snapshot;
use crate::schema::changes::describe::counted;
use crate::store::{Content, Store};
use crate::validation::query::suggest::nearest;

/// Most objects of one list.
pub(super) const MOST_LISTED: u32 = 500;
/// Pause before a set of ConfigMaps that is just being written is read once more.
const SECOND_LOOK: Duration = Duration::from_secs(1);
/// Field manager of the annotations.
const AGENT: &str = "kubectl-schema";

/// A snapshot and the connection it came through.
pub(super) struct Target {
    client: Client,
    namespace: String,
    /// The object.
    pub(super) object: SchemaSnapshot,
}

/// What applications see.
pub(super) struct Published {
    /// Its hash.
    pub(super) content_hash: String,
    /// The schema.
    pub(super) snapshot: Snapshot,
}

impl Target {
    /// The snapshot of that name, or the only one of the namespace.
    pub(super) async fn find(options: &Options, name: Option<&str>) -> Result<Self, String> {
        let (client, namespace) = connect(options).await?;
        let api = dynamic(&client, &namespace);
        let name = match name {
            Some(name) => name.to_owned(),
            None => only(&names(&api, &namespace).await?, &namespace)?,
        };
        match call(&format!("reading SchemaSnapshot {name}"), api.get_opt(&name)).await? {
            Some(found) => Self::read(client, namespace, &found),
            None => Err(missing(&name, &names(&api, &namespace).await?, &namespace)),
        }
    }

    /// The same snapshot as it is now.
    pub(super) async fn again(&self) -> Result<Self, String> {
        let api = dynamic(&self.client, &self.namespace);
        let name = self.name();
        let found = call(&format!("reading SchemaSnapshot {name}"), api.get(&name)).await?;
        Self::read(self.client.clone(), self.namespace.clone(), &found)
    }

    fn read(client: Client, namespace: String, found: &DynamicObject) -> Result<Self, String> {
        let object = serde_json::to_value(found).and_then(serde_json::from_value).map_err(|error| {
            format!(
                "SchemaSnapshot {} is not as this version knows it ({error}): use the operator's version",
                found.name_any()
            )
        })?;
        Ok(Self { client, namespace, object })
    }

    /// Name of the snapshot.
    pub(super) fn name(&self) -> String {
        self.object.name_any()
    }

    /// NAMESPACE/NAME.
    pub(super) fn title(&self) -> String {
        format!("{}/{}", self.namespace, self.name())
    }

    /// The command that says more about it.
    pub(super) fn status_command(&self) -> String {
        format!("kubectl schema status {} -n {}", self.name(), self.namespace)
    }

    /// Its status; an empty one before the operator has looked at it.
    pub(super) fn status(&self) -> SchemaSnapshotStatus {
        self.object.status.clone().unwrap_or_default()
    }

    /// The ConfigMaps of its namespace.
    pub(super) fn config_maps(&self) -> Api<ConfigMap> {
        Api::namespaced(self.client.clone(), &self.namespace)
    }

    /// The policies of its namespace, none where their definition is not installed.
    pub(super) async fn policies(&self) -> Result<Vec<SchemaValidationPolicy>, String> {
        let resource = ApiResource::erase::<SchemaValidationPolicy>(&());
        let api: Api<DynamicObject> = Api::namespaced_with(self.client.clone(), &self.namespace, &resource);
        let list = ListParams::default().limit(MOST_LISTED);
        let listing = async {
            match api.list(&list).await {
                Err(kube::Error::Api(status)) if status.code == 404 => Ok(Vec::new()),
                found => found.map(|found| found.items),
            }
        };
        let what = format!("listing the SchemaValidationPolicies of namespace {}", self.namespace);
        let found = call(&what, listing).await?;
        // One that this version cannot read is the business of another.
        let read = |object: &DynamicObject| serde_json::to_value(object).and_then(serde_json::from_value).ok();
        Ok(found.iter().filter_map(read).collect())
    }

    /// What it published, every hash checked.
    pub(super) async fn published(&self) -> Result<Published, String> {
        let store = Store::new(self.client.clone());
        let mut found = self.content(&store).await?;
        // Between two ConfigMaps of one publication they do not match.
        if !found.1.damaged.is_empty() {
            tokio::time::sleep(SECOND_LOOK).await;
            found = self.content(&store).await?;
        }
        let (content_hash, content) = found;
        match content.damaged.first() {
            None => Ok(Published { content_hash, snapshot: content.snapshot }),
            Some(first) => Err(format!(
                "what {} published is damaged: key {} of ConfigMap {} {}, {} in all; the operator mends it at its next look: \
                 kubectl schema refresh --wait --snapshot {} -n {}",
                self.title(),
                first.key,
                first.config_map,
                first.problem,
                counted(content.damaged.len(), "fault"),
                self.name(),
                self.namespace
            )),
        }
    }

    async fn content(&self, store: &Store) -> Result<(String, Content), String> {
        let stored = store.load(&self.object).await.map_err(|error| unread(&error, &self.namespace))?;
        let stored = stored
            .ok_or_else(|| format!("{} has published nothing yet; {} says why", self.title(), self.status_command()))?;
        let content = store.content(&self.object, &stored).await.map_err(|error| unread(&error, &self.namespace))?;
        Ok((stored.index.map(|index| index.content_hash).unwrap_or_default(), content))
    }

    /// Sets an annotation, as `kubectl annotate --overwrite` does.
    pub(super) async fn annotate(&self, key: &str, value: &str) -> Result<(), String> {
        let params = PatchParams { field_manager: Some(AGENT.to_owned()), ..PatchParams::default() };
        let patch = Patch::Merge(json!({"metadata": {"annotations": {key: value}}}));
        let api: Api<SchemaSnapshot> = Api::namespaced(self.client.clone(), &self.namespace);
        let what = format!("annotating SchemaSnapshot {}", self.title());
        call(&what, api.patch_metadata(&self.name(), &params, &patch)).await.map(drop)
    }
}

fn dynamic(client: &Client, namespace: &str) -> Api<DynamicObject> {
    Api::namespaced_with(client.clone(), namespace, &ApiResource::erase::<SchemaSnapshot>(&()))
}

async fn names(api: &Api<DynamicObject>, namespace: &str) -> Result<Vec<String>, String> {
    let what = format!("listing the SchemaSnapshots of namespace {namespace}");
    let found = call(&what, api.list_metadata(&ListParams::default().limit(MOST_LISTED))).await?;
    Ok(found.iter().map(ResourceExt::name_any).collect())
}

/// The name to use where none was given.
fn only(names: &[String], namespace: &str) -> Result<String, String> {
    match names {
        [one] => Ok(one.clone()),
        [] => Err(format!("namespace {namespace} has no SchemaSnapshot: choose another with -n")),
        several => Err(format!(
            "namespace {namespace} has {} SchemaSnapshots: name one with --snapshot: {}",
            several.len(),
            listed(several.iter().map(String::as_str))
        )),
    }
}

fn missing(name: &str, names: &[String], namespace: &str) -> String {
    let hint = nearest(name, names.iter().map(String::as_str)).unwrap_or_else(|| match names {
        [] => "it has none: choose another with -n".to_owned(),
        _ => format!("there are: {}", listed(names.iter().map(String::as_str))),
    });
    format!("there is no SchemaSnapshot `{name}` in namespace {namespace}; {hint}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(list: &[&str]) -> Vec<String> {
        list.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn without_a_name_there_must_be_exactly_one() {
        assert_eq!(only(&names(&["orders"]), "shop"), Ok("orders".to_owned()));
        for (list, want) in [
            (&[][..], "namespace shop has no SchemaSnapshot: choose another with -n"),
            (&["a", "b"], "namespace shop has 2 SchemaSnapshots: name one with --snapshot: a, b"),
        ] {
            assert_eq!(only(&names(list), "shop"), Err(want.to_owned()));
        }
        for (list, want) in [
            (&["orders", "bills"][..], "there is no SchemaSnapshot `oders` in namespace shop; did you mean `orders`?"),
            (&["x", "y"], "there is no SchemaSnapshot `oders` in namespace shop; there are: x, y"),
            (&[], "there is no SchemaSnapshot `oders` in namespace shop; it has none: choose another with -n"),
        ] {
            assert_eq!(missing("oders", &names(list), "shop"), want);
        }
    }
}
