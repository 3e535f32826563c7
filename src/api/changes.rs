//! `spec.changes` of a SchemaSnapshot and what its status says of changes. Field comments are user documentation.
#![expect(unreachable_pub, reason = "the schema derive puts a copy of each type into a function body")]

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use kube::KubeSchema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Most changes listed in `status.changes`.
pub const MAX_ITEMS: usize = 50;
/// Most revisions listed in `status.revisions`.
pub const MAX_REVISIONS: usize = 50;

/// What happens when the schema changes.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct ChangePolicy {
    /// Who must not break: Readers (queries made for the old schema still work), Writers (writes made for it are still
    /// accepted), Clients (both), or None.
    #[serde(default)]
    pub protect: Protect,
    /// What becomes of a change that breaks them: Publish it with an Event, or Hold it until somebody approves exactly
    /// that content; applications see the content from before meanwhile.
    #[serde(default)]
    pub on_breaking: OnBreaking,
    /// Changes that do not matter: neither counted nor held, and not published alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 100))]
    pub ignore: Vec<IgnoreRule>,
    /// Content hashes (sha256:...) that are approved, as status.held.contentHash tells them; the way to approve in Git what
    /// the annotation mcpschema.io/approve does by hand.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 50), inner(length(max = 71)))]
    pub approved: Vec<String>,
    /// The schema that Drifted compares the database with. Left out: what was published last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<Baseline>,
}

/// Whom a change must not break.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Protect {
    #[expect(missing_docs, reason = "docs on variants would turn the enum into oneOf; the field explains them")]
    None,
    #[expect(missing_docs, reason = "see None")]
    Readers,
    #[expect(missing_docs, reason = "see None")]
    Writers,
    #[default]
    #[expect(missing_docs, reason = "see None")]
    Clients,
}

/// What becomes of a breaking change.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnBreaking {
    #[default]
    #[expect(missing_docs, reason = "docs on variants would turn the enum into oneOf; the field explains them")]
    Publish,
    #[expect(missing_docs, reason = "see Publish")]
    Hold,
}

/// Changes that do not matter, for a while.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[x_kube(validation = Rule::new("has(self.object) && has(self.reason) && has(self.expires)")
    .message("an ignored change needs object, reason and expires, as in object: \"shop.tmp_*\", reason: scratch tables, expires: \"2027-01-31T00:00:00Z\""))]
#[serde(rename_all = "camelCase")]
pub struct IgnoreRule {
    /// The kind of change, as status.changes names it: column_comment_changed, index_added and so on. Left out: every kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 64))]
    pub kind: Option<String>,
    /// Glob on DB.TABLE, which covers all that belongs to the table, or on DB.TABLE.COLUMN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 256))]
    pub object: Option<String>,
    /// Why it does not matter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 512))]
    pub reason: Option<String>,
    /// From this time on it matters again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Time>,
}

/// A schema in a ConfigMap.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct Baseline {
    /// A key of a ConfigMap of this namespace that holds what discover --format json prints.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config_map_key_ref: Option<ConfigMapKey>,
}

/// A key of a ConfigMap.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq, Eq)]
#[x_kube(validation = Rule::new("has(self.name) && has(self.key)").message("configMapKeyRef needs name and key"))]
#[serde(rename_all = "camelCase")]
pub struct ConfigMapKey {
    /// Name of the ConfigMap.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 253))]
    pub name: Option<String>,
    /// Key of its data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 253))]
    pub key: Option<String>,
}

/// What the last publication that changed anything changed.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct ChangesStatus {
    /// The revision before.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 12))]
    pub from_revision: String,
    /// Changes that break readers or writers.
    #[serde(default)]
    pub breaking: u32,
    /// Changes that break nobody for certain.
    #[serde(default)]
    pub risky: u32,
    /// Changes that break nobody.
    #[serde(default)]
    pub compatible: u32,
    /// Changes that changes.ignore left out of these numbers.
    #[serde(default)]
    pub ignored: u32,
    /// True when not every change is listed; the numbers are exact all the same.
    #[serde(default)]
    pub truncated: bool,
    /// The changes, worst first, at most 50.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 50))]
    #[x_kube(merge_strategy = ListMerge::Atomic)]
    pub items: Vec<ChangeItem>,
}

/// One change.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct ChangeItem {
    /// What happened, as in column_dropped.
    #[schemars(length(max = 64))]
    pub kind: String,
    /// To what, as in shop.customers.email.
    #[schemars(length(max = 256))]
    pub object: String,
    /// What it means to queries made for the schema before: ok, risky or breaking.
    #[schemars(length(max = 16))]
    pub readers: String,
    /// What it means to writes made for it.
    #[schemars(length(max = 16))]
    pub writers: String,
    /// What was and what is.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 256))]
    pub message: String,
    /// Contracts of policies that it breaks, each with its owner, as in billing-reader (team-a); at most 16.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16), inner(length(max = 256)))]
    pub consumers: Vec<String>,
}

/// In how much the database differs from the baseline, or from what is published.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct DriftStatus {
    /// Changes that break readers or writers.
    #[serde(default)]
    pub breaking: u32,
    /// Changes that break nobody for certain.
    #[serde(default)]
    pub risky: u32,
    /// Changes that break nobody.
    #[serde(default)]
    pub compatible: u32,
}

/// One content that was published once, kept in ConfigMaps of its own.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct RevisionStatus {
    /// First 12 hex digits of its content hash.
    #[schemars(length(max = 12))]
    pub revision: String,
    /// The ConfigMap that holds it.
    #[schemars(length(max = 253))]
    pub config_map: String,
    /// When it was published last.
    pub time: Time,
    /// Changes in it that break readers or writers of the one before.
    #[serde(default)]
    pub breaking: u32,
    /// How it came to be published although it was held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<ApprovalStatus>,
}

/// An approval that was used.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct ApprovalStatus {
    /// When.
    pub time: Time,
    /// Annotation (mcpschema.io/approve) or Spec (changes.approved).
    #[schemars(length(max = 16))]
    pub by: String,
}
