//! Labels and annotations of our ConfigMaps: which are wanted, and what of the present ones has to change. Pure.
//!
//! A person may put labels and annotations of their own on a ConfigMap, and other tools do; those stay. What came from
//! `spec.output` must go when it is taken out of there, so an annotation remembers which keys those were: the watch
//! carries no managed fields (they are larger than all the rest), and a merge patch and an apply of the same manager own
//! a field apart from each other, so that an apply alone would not remove what a patch has added.

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::api::core::v1::ConfigMap;
use kube::ResourceExt;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::api::{GROUP, SchemaSnapshot, annotations, labels};
use crate::schema::canonical::revision;

/// Longest volatile value that is kept, in bytes: all annotations of an object together may have 256 KiB. A longer one
/// (fingerprints of thousands of databases) is left out, which costs a whole discovery where a poll would have done.
const MAX_VOLATILE: usize = 96 * 1024;

/// Labels and annotations of a ConfigMap as it is, was or should be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    /// Labels.
    pub labels: BTreeMap<String, String>,
    /// Annotations.
    pub annotations: BTreeMap<String, String>,
}

/// Keys to set, or to take away (`None`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Of labels.
    pub labels: BTreeMap<String, Option<String>>,
    /// Of annotations.
    pub annotations: BTreeMap<String, Option<String>>,
}

impl Changes {
    /// There is nothing to change.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty() && self.annotations.is_empty()
    }

    /// As the `metadata` of a merge patch.
    #[must_use]
    pub fn to_merge_patch(&self, resource_version: &str) -> Value {
        json!({"resourceVersion": resource_version, "labels": self.labels, "annotations": self.annotations})
    }
}

/// Keys that `spec.output` has added, as remembered in an annotation.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Added {
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    labels: BTreeSet<String>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    annotations: BTreeSet<String>,
}

/// Labels and annotations a ConfigMap of `snapshot` should have.
pub(super) fn wanted(
    snapshot: &SchemaSnapshot,
    index: bool,
    content_hash: &str,
    volatile: &BTreeMap<&'static str, String>,
) -> Metadata {
    let output = snapshot.spec.output.as_ref();
    let mut wanted = Metadata { labels: output.map(|o| o.labels.clone()).unwrap_or_default(), ..Metadata::default() };
    if index {
        // User annotations go here only: a reloader then acts once, after the whole set is written.
        wanted.annotations = output.map(|o| o.annotations.clone()).unwrap_or_default();
    }
    let added = Added {
        labels: wanted.labels.keys().cloned().collect(),
        annotations: wanted.annotations.keys().cloned().collect(),
    };
    let anything = !added.labels.is_empty() || !added.annotations.is_empty();
    if let Some(text) = anything.then(|| serde_json::to_string(&added).ok()).flatten() {
        wanted.annotations.insert(annotations::ADDED.to_owned(), text);
    }
    if index {
        wanted.annotations.insert(annotations::CONTENT_HASH.to_owned(), content_hash.to_owned());
        wanted.annotations.insert(annotations::REVISION.to_owned(), revision(content_hash));
        let short = volatile.iter().filter(|(_, value)| value.len() <= MAX_VOLATILE);
        wanted.annotations.extend(short.map(|(key, value)| ((*key).to_owned(), value.clone())));
    }
    for (key, value) in [
        (labels::SNAPSHOT, snapshot.name_any()),
        (labels::ROLE, if index { labels::ROLE_INDEX } else { labels::ROLE_SHARD }.to_owned()),
        (labels::MANAGED_BY, labels::MANAGED_BY_US.to_owned()),
    ] {
        wanted.labels.insert(key.to_owned(), value);
    }
    if let Some(class) = snapshot.labels().get(labels::INSTANCE) {
        wanted.labels.insert(labels::INSTANCE.to_owned(), class.clone());
    }
    wanted
}

/// What makes `live` say what `wanted` says. `before` is what the ConfigMap said when we last looked: it tells which keys
/// came from `spec.output`.
pub(super) fn changes(live: &Metadata, before: &Metadata, wanted: &ConfigMap) -> Changes {
    let added = before.annotations.get(annotations::ADDED);
    let added: Added = added.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    Changes {
        labels: differences(&live.labels, &added.labels, wanted.labels()),
        annotations: differences(&live.annotations, &added.annotations, wanted.annotations()),
    }
}

fn differences(
    live: &BTreeMap<String, String>,
    added: &BTreeSet<String>,
    wanted: &BTreeMap<String, String>,
) -> BTreeMap<String, Option<String>> {
    let set = wanted.iter().filter(|(key, value)| live.get(*key) != Some(value));
    let ours = |key: &str| key.strip_prefix(GROUP).is_some_and(|rest| rest.starts_with('/')) || added.contains(key);
    let gone = live.keys().filter(|key| ours(key.as_str()) && !wanted.contains_key(*key));
    set.map(|(key, value)| (key.clone(), Some(value.clone()))).chain(gone.map(|key| (key.clone(), None))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn what_the_spec_added_goes_with_it_and_what_others_added_stays() {
        let added: BTreeSet<String> = ["team".to_owned(), "gone".to_owned()].into();
        let cases: &[(&str, &[(&str, &str)], &[(&str, &str)], &[(&str, Option<&str>)])] = &[
            ("same", &[("team", "a")], &[("team", "a")], &[]),
            ("new", &[], &[("team", "a")], &[("team", Some("a"))]),
            ("other value", &[("team", "b")], &[("team", "a")], &[("team", Some("a"))]),
            ("taken out of the spec", &[("team", "a")], &[], &[("team", None)]),
            ("a stranger's", &[("theirs", "x"), ("mcpschema.iox/y", "x")], &[], &[]),
            ("ours, no longer wanted", &[("mcpschema.io/old", "x")], &[], &[("mcpschema.io/old", None)]),
        ];
        for (name, live, wanted, want) in cases {
            let want: BTreeMap<String, Option<String>> =
                want.iter().map(|(key, value)| ((*key).to_owned(), value.map(str::to_owned))).collect();
            assert_eq!(differences(&map(live), &added, &map(wanted)), want, "{name}");
        }
    }
}
