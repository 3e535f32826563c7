//! What has to be written so that the ConfigMaps hold a layout. Pure: desired against known, nothing is asked.

use std::collections::BTreeMap;
use std::sync::Arc;

use k8s_openapi::api::core::v1::ConfigMap;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::OwnerReference;
use kube::core::PartialObjectMeta;
use kube::{Resource, ResourceExt};

use super::layout::{Layout, Part};
use crate::api::status::OutputStatus;
use crate::api::{SchemaSnapshot, annotations, labels};
use crate::schema::canonical::revision;

/// What is known of a ConfigMap that carries our labels for this snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owned {
    /// Its name.
    pub name: String,
    /// Its identity, for a safe delete.
    pub uid: String,
    /// Its version.
    pub resource_version: String,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Its annotations.
    pub annotations: BTreeMap<String, String>,
    /// It has the snapshot as its controller.
    pub controlled: bool,
}

/// The ConfigMaps in `all` that carry the labels of `snapshot`, by name.
#[must_use]
pub fn owned(all: &[Arc<PartialObjectMeta<ConfigMap>>], snapshot: &SchemaSnapshot) -> Vec<Owned> {
    let (namespace, name) = (snapshot.namespace(), snapshot.name_any());
    let ours = |meta: &&Arc<PartialObjectMeta<ConfigMap>>| {
        meta.namespace() == namespace && meta.labels().get(labels::SNAPSHOT) == Some(&name)
    };
    let uid = snapshot.uid().unwrap_or_default();
    let mut found: Vec<Owned> = all.iter().filter(ours).map(|meta| known(meta.as_ref(), &uid)).collect();
    found.sort_by(|left, right| left.name.cmp(&right.name));
    found
}

fn known(meta: &PartialObjectMeta<ConfigMap>, owner_uid: &str) -> Owned {
    Owned {
        name: meta.name_any(),
        uid: meta.uid().unwrap_or_default(),
        resource_version: meta.resource_version().unwrap_or_default(),
        labels: meta.labels().clone(),
        annotations: meta.annotations().clone(),
        controlled: meta.owner_references().iter().any(|o| o.controller == Some(true) && o.uid == owner_uid),
    }
}

/// The ConfigMaps are as our last write left them: all there, and none written by anybody since.
#[must_use]
pub fn intact(owned: &[Owned], outputs: &[OutputStatus]) -> bool {
    outputs.iter().all(|output| {
        owned
            .iter()
            .any(|o| o.name == output.config_map && o.controlled && o.resource_version == output.resource_version)
    })
}

/// A ConfigMap to apply as a whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Write {
    /// The object, without anything the server fills in.
    pub config_map: ConfigMap,
    /// Hash over its data.
    pub hash: String,
    /// Bytes of values.
    pub bytes: usize,
    /// Somebody else wrote it since our last write: keys nobody planned are to be taken out.
    pub foreign: bool,
    /// The watch shows it with the snapshot as its controller, so it need not be asked whose it is.
    pub known: bool,
}

/// A ConfigMap of ours that no longer belongs to the set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leftover {
    /// Its name.
    pub name: String,
    /// Deleted only while it is still this one.
    pub uid: String,
}

/// What to do, in this order: writes (shards first, index last), then deletes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// Applied as a whole.
    pub writes: Vec<Write>,
    /// Left as they are: what status says of them stays true.
    pub unchanged: Vec<OutputStatus>,
    /// Deleted at the end, when no index names them any more.
    pub deletes: Vec<Leftover>,
}

/// What a plan is made from.
#[derive(Clone, Copy, Debug)]
pub struct Desired<'a> {
    /// The snapshot, for names, labels and the owner reference.
    pub snapshot: &'a SchemaSnapshot,
    /// The content.
    pub layout: &'a Layout,
    /// Annotation values of the index that change without the content: fingerprints and server, as JSON.
    pub volatile: &'a BTreeMap<&'static str, String>,
    /// The spec is not the one the ConfigMaps were last written for. All are then applied: a label or annotation that was
    /// taken out of the spec is still on them, and only an apply without it takes it away (one that changes nothing keeps
    /// the resourceVersion).
    pub spec_changed: bool,
}

/// Compares what should be with what is known to be.
#[must_use]
pub fn plan(desired: &Desired<'_>, owned: &[Owned], outputs: &[OutputStatus]) -> Plan {
    let mut plan = Plan::default();
    for part in &desired.layout.parts {
        let config_map = object(desired, part);
        let found = owned.iter().find(|o| o.name == part.name);
        let written = outputs.iter().find(|o| o.config_map == part.name);
        let untouched = found.zip(written).is_some_and(|(o, w)| o.resource_version == w.resource_version);
        let same =
            written.is_some_and(|w| w.hash == part.hash) && found.is_some_and(|o| o.controlled && says(o, &config_map));
        match written {
            Some(written) if untouched && same && !desired.spec_changed => plan.unchanged.push(written.clone()),
            _ => plan.writes.push(Write {
                config_map,
                hash: part.hash.clone(),
                bytes: part.bytes,
                foreign: found.is_some() && !untouched,
                known: found.is_some_and(|o| o.controlled),
            }),
        }
    }
    let gone = |o: &&Owned| o.controlled && !desired.layout.parts.iter().any(|part| part.name == o.name);
    plan.deletes = owned.iter().filter(gone).map(|o| Leftover { name: o.name.clone(), uid: o.uid.clone() }).collect();
    plan
}

/// Labels and annotations we want are there; more of them (of others) do no harm.
fn says(owned: &Owned, wanted: &ConfigMap) -> bool {
    wanted.labels().iter().all(|(key, value)| owned.labels.get(key) == Some(value))
        && wanted.annotations().iter().all(|(key, value)| owned.annotations.get(key) == Some(value))
}

fn object(desired: &Desired<'_>, part: &Part) -> ConfigMap {
    let (snapshot, output) = (desired.snapshot, desired.snapshot.spec.output.as_ref());
    let role = if part.index { labels::ROLE_INDEX } else { labels::ROLE_SHARD };
    let mut all = output.map(|o| o.labels.clone()).unwrap_or_default();
    for (key, value) in [
        (labels::SNAPSHOT, snapshot.name_any()),
        (labels::ROLE, role.into()),
        (labels::MANAGED_BY, labels::MANAGED_BY_US.into()),
    ] {
        all.insert(key.to_owned(), value);
    }
    let content_hash = &desired.layout.index.content_hash;
    let mut notes = BTreeMap::new();
    if part.index {
        // User annotations go here only: a reloader then acts once, after the whole set is written.
        notes = output.map(|o| o.annotations.clone()).unwrap_or_default();
        notes.insert(annotations::CONTENT_HASH.to_owned(), content_hash.clone());
        notes.insert(annotations::REVISION.to_owned(), revision(content_hash));
        notes.extend(desired.volatile.iter().map(|(key, value)| ((*key).to_owned(), value.clone())));
    }
    let mut config_map = ConfigMap { data: Some(part.data.clone()), ..ConfigMap::default() };
    let meta = config_map.meta_mut();
    meta.name = Some(part.name.clone());
    meta.namespace = snapshot.namespace();
    meta.labels = Some(all);
    meta.annotations = (!notes.is_empty()).then_some(notes);
    meta.owner_references = owner(snapshot).map(|owner| vec![owner]);
    config_map
}

/// `blockOwnerDeletion` stays unset: it would need a permission on finalizers for nothing.
fn owner(snapshot: &SchemaSnapshot) -> Option<OwnerReference> {
    snapshot.controller_owner_ref(&())
}

#[cfg(test)]
mod tests;
