//! What has to be written so that the ConfigMaps hold a layout. Pure: desired against known, nothing is asked.
//!
//! A ConfigMap costs no request when its resourceVersion is the one our last write returned and that write's hash is the
//! wanted one: then nobody has written since, so its data, which the watch does not carry, is what we wrote. A hash in an
//! annotation could not tell that, since a hand edit of `data` leaves it alone.

use std::collections::BTreeMap;
use std::sync::Arc;

use k8s_openapi::api::core::v1::ConfigMap;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::core::PartialObjectMeta;
use kube::{Resource, ResourceExt};

use super::layout::{Layout, MAX_SHARDS, Part};
use super::metadata::{self, Changes, Metadata};
use crate::api::status::OutputStatus;
use crate::api::{SchemaSnapshot, labels};

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
    /// It has the controller it should have: the snapshot, or none where it is to outlive it.
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
    let owner = (!snapshot.retains()).then_some(uid.as_str());
    let mut found: Vec<Owned> = all.iter().filter(ours).map(|meta| known(&meta.metadata, owner)).collect();
    found.sort_by(|left, right| left.name.cmp(&right.name));
    found
}

/// `owner` is the UID of the snapshot, or `None` when its ConfigMaps are to outlive it and so have no controller.
fn known(meta: &ObjectMeta, owner: Option<&str>) -> Owned {
    let owners = meta.owner_references.as_deref().unwrap_or_default();
    let controller = owners.iter().find(|o| o.controller == Some(true)).map(|o| o.uid.as_str());
    Owned {
        name: meta.name.clone().unwrap_or_default(),
        uid: meta.uid.clone().unwrap_or_default(),
        resource_version: meta.resource_version.clone().unwrap_or_default(),
        labels: meta.labels.clone().unwrap_or_default(),
        annotations: meta.annotations.clone().unwrap_or_default(),
        controlled: controller == owner,
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

/// A ConfigMap to write.
#[derive(Clone, Debug, PartialEq)]
pub struct Write {
    /// The object, without anything the server fills in.
    pub config_map: ConfigMap,
    /// Hash over its data.
    pub hash: String,
    /// Bytes of values.
    pub bytes: usize,
    /// How.
    pub how: How,
}

/// How a ConfigMap is written.
#[derive(Clone, Debug, PartialEq)]
pub enum How {
    /// Not known to be ours: looked at before anything at all is written, since a forced apply would silently take
    /// somebody else's ConfigMap over.
    First,
    /// Applied as a whole.
    Whole {
        /// Somebody else wrote it since our last write: keys nobody planned are taken out.
        foreign: bool,
        /// Its metadata before, which tells what is to be taken out of it.
        before: Metadata,
    },
    /// Its data is as wanted and is not touched: a merge patch of labels and annotations.
    Metadata {
        /// The version the patch is for; any other means that somebody wrote in between.
        resource_version: String,
        /// What is different.
        changes: Changes,
        /// Its metadata before.
        before: Metadata,
    },
}

/// A ConfigMap of ours that no longer belongs to the set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leftover {
    /// Its name.
    pub name: String,
    /// Deleted only while it is still this one …
    pub uid: String,
    /// … and unchanged: taking our label or owner reference off is how a person keeps it.
    pub resource_version: String,
}

/// What to do, in this order: writes (shards first, index last), then deletes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// ConfigMaps to write.
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
}

/// Compares what should be with what is known to be.
#[must_use]
pub fn plan(desired: &Desired<'_>, owned: &[Owned], outputs: &[OutputStatus]) -> Plan {
    let mut plan = Plan::default();
    for part in &desired.layout.parts {
        let config_map = object(desired, part);
        let found = owned.iter().find(|o| o.name == part.name && o.controlled);
        let written = outputs.iter().find(|o| o.config_map == part.name);
        match how(part, &config_map, found, written) {
            Some(how) => plan.writes.push(Write { config_map, hash: part.hash.clone(), bytes: part.bytes, how }),
            None => plan.unchanged.extend(written.cloned()),
        }
    }
    plan.deletes = leftovers(desired, owned);
    plan
}

/// How one ConfigMap has to be written; `None` when it is as it should be.
fn how(part: &Part, wanted: &ConfigMap, found: Option<&Owned>, written: Option<&OutputStatus>) -> Option<How> {
    let Some(found) = found else { return Some(How::First) };
    let before = Metadata { labels: found.labels.clone(), annotations: found.annotations.clone() };
    let Some(written) = written.filter(|written| written.resource_version == found.resource_version) else {
        return Some(How::Whole { foreign: true, before });
    };
    if written.hash != part.hash {
        return Some(How::Whole { foreign: false, before });
    }
    let changes = metadata::changes(&before, &before, wanted);
    let resource_version = found.resource_version.clone();
    (!changes.is_empty()).then_some(How::Metadata { resource_version, changes, before })
}

/// Shards from a time when there were more of them. The name is looked at too: a copy that a person made of one of our
/// ConfigMaps carries our labels and owner reference and is not ours to delete.
fn leftovers(desired: &Desired<'_>, owned: &[Owned]) -> Vec<Leftover> {
    let name = desired.snapshot.config_map_name();
    let planned = |o: &&Owned| desired.layout.parts.iter().any(|part| part.name == o.name);
    let shard = |o: &&Owned| {
        let number = o.name.strip_prefix(&name).and_then(|rest| rest.strip_prefix('-'));
        (1..=MAX_SHARDS).any(|n| number == Some(n.to_string().as_str()))
            && o.labels.get(labels::ROLE).is_some_and(|role| role == labels::ROLE_SHARD)
    };
    let gone = owned.iter().filter(|o| o.controlled && shard(o) && !planned(o));
    gone.map(|o| Leftover { name: o.name.clone(), uid: o.uid.clone(), resource_version: o.resource_version.clone() })
        .collect()
}

fn object(desired: &Desired<'_>, part: &Part) -> ConfigMap {
    let snapshot = desired.snapshot;
    let Metadata { labels, annotations } =
        metadata::wanted(snapshot, part.index, &desired.layout.index.content_hash, desired.volatile);
    let mut config_map = ConfigMap { data: Some(part.data.clone()), ..ConfigMap::default() };
    let meta = config_map.meta_mut();
    meta.name = Some(part.name.clone());
    meta.namespace = snapshot.namespace();
    meta.labels = Some(labels);
    meta.annotations = (!annotations.is_empty()).then_some(annotations);
    // Without `blockOwnerDeletion`: it would need a permission on finalizers for nothing.
    let owner = snapshot.controller_owner_ref(&()).filter(|_| !snapshot.retains());
    meta.owner_references = owner.map(|owner| vec![owner]);
    config_map
}

#[cfg(test)]
mod tests;
