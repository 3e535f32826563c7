//! `SchemaSnapshot.status`: what the operator tells people and kubectl. A summary with a cap on every list; the whole
//! schema is in the ConfigMaps. Field comments are user documentation. Who fills it in is the controller's business.
#![expect(unreachable_pub, reason = "the schema derive puts a copy of each type into a function body")]

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, Time};
use kube::KubeSchema;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

mod published;

pub use published::{Counts, DatabaseStatus, OutputStatus, TableStatus};

use super::changes::{ChangesStatus, DriftStatus, RevisionStatus};
use super::conditions;

/// Most databases listed in `status.databases`.
pub const MAX_DATABASES: usize = 100;
/// Most tables listed in `status.tables`.
pub const MAX_TABLES: usize = 200;
/// Most column names listed for one table.
pub const MAX_COLUMNS: usize = 32;
/// Most column names listed for one primary key; MySQL, MariaDB and TiDB allow 16.
pub const MAX_KEY_COLUMNS: usize = 16;
/// Most ConfigMaps listed in `status.outputs`: the index and 16 shards.
pub const MAX_OUTPUTS: usize = 17;
/// Longest text from a server (name, version) in characters; cut before it is written here.
pub const MAX_TEXT: usize = 128;

/// What the operator last saw and did.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct SchemaSnapshotStatus {
    /// Generation of the spec this status speaks of; -1 until the operator has looked at the object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// First 12 hex digits of contentHash; changes exactly when the published schema does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 12))]
    pub revision: Option<String>,
    /// Interval in force: of the spec, or the operator's default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 32))]
    pub interval: Option<String>,
    /// Hash over everything published, "sha256:" and 64 hex digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 71))]
    pub content_hash: Option<String>,
    /// Who answered at the last successful look.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<SourceStatus>,
    /// How much was published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counts: Option<Counts>,
    /// The published databases at a glance, sorted by name, at most 100.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 100))]
    #[x_kube(merge_strategy = ListMerge::Atomic)]
    pub databases: Vec<DatabaseStatus>,
    /// The published tables, views and sequences at a glance, sorted by name, at most 200.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 200))]
    #[x_kube(merge_strategy = ListMerge::Atomic)]
    pub tables: Vec<TableStatus>,
    /// True when databases, tables or columns were left out of this status for its size; the ConfigMaps hold them all.
    #[serde(default)]
    pub truncated: bool,
    /// How the cache served this snapshot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache: Option<CacheStatus>,
    /// Last successful look. While nothing changes it moves at most once per interval, and at most every 5 minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_refresh_time: Option<Time>,
    /// Last time the whole schema was read instead of its fingerprints.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_full_discovery_time: Option<Time>,
    /// Last time the published content changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_change_time: Option<Time>,
    /// When the operator looks next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_refresh_time: Option<Time>,
    /// Value of the annotation mcpschema.io/refresh that was last answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 256))]
    pub last_handled_refresh: Option<String>,
    /// Value of the annotation mcpschema.io/approve that last released held content.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 256))]
    pub last_handled_approval: Option<String>,
    /// What the last publication that changed anything changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changes: Option<ChangesStatus>,
    /// In how much the database differs from changes.baseline, or from what is published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drift: Option<DriftStatus>,
    /// Contents that were published before, newest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 50))]
    #[x_kube(merge_strategy = ListMerge::Atomic)]
    pub revisions: Vec<RevisionStatus>,
    /// Content that waits for approval; applications do not see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<HeldStatus>,
    /// Number of ConfigMaps the tables are spread over; kept once chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 16))]
    pub shards: Option<u32>,
    /// True while the ConfigMaps are older than they should be because the server is away. When they are older than
    /// refresh.maxStaleness allows, the annotation mcpschema.io/stale of the index ConfigMap is "true" as well.
    #[serde(default)]
    pub stale: bool,
    /// The ConfigMaps as last written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 17))]
    #[x_kube(merge_strategy = ListMerge::Atomic)]
    pub outputs: Vec<OutputStatus>,
    /// Ready, Reconciling, Stalled, SourceReachable, Fresh, Published, Held and Drifted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "condition_list")]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["type".into()]))]
    pub conditions: Vec<Condition>,
}

/// The server at the other end.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct SourceStatus {
    /// Name the MCP server gives itself.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 128))]
    pub server: String,
    /// Its version.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 128))]
    pub server_version: String,
    /// Revision of the Model Context Protocol both sides agreed on.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 128))]
    pub protocol_version: String,
    /// How the server is reached, as in StreamableHttp.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 128))]
    pub transport: String,
    /// Product whose SQL tool is spoken to, as in Pytidb.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 128))]
    pub dialect: String,
    /// Database product and version behind the MCP server, as in TiDB v8.5.1.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 128))]
    pub database: String,
}

/// How the cache served a snapshot. Moves with the heartbeat; it alone causes no write.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct CacheStatus {
    /// Looks for which no database had to be read.
    #[serde(default)]
    pub hits: u64,
    /// Looks for which one had to be read, or that failed.
    #[serde(default)]
    pub misses: u64,
    /// hits of all looks, from "0.000" to "1.000"; "0.000" before the first.
    #[serde(default)]
    #[schemars(length(max = 8))]
    pub hit_rate: String,
    /// Databases of any snapshot that left the operator's memory since it started.
    #[serde(default)]
    pub evictions: u64,
    /// Databases of this snapshot in the operator's memory.
    #[serde(default)]
    pub entries: u32,
    /// Bytes they take there.
    #[serde(default)]
    pub bytes: u64,
    /// Seconds since the one read longest ago was read.
    #[serde(default)]
    pub oldest_entry_age_seconds: u64,
    /// Seconds since the one read last was read.
    #[serde(default)]
    pub newest_entry_age_seconds: u64,
}

/// Content that waits for approval.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct HeldStatus {
    /// Its hash: the value of the annotation mcpschema.io/approve that publishes exactly this content.
    #[schemars(length(max = 71))]
    pub content_hash: String,
    /// Since when this content waits.
    pub since: Time,
}

impl SchemaSnapshotStatus {
    /// The two differ in something other than the time of the last or next look or of a transition: worth a write.
    #[must_use]
    pub fn differs_ignoring_time(&self, other: &Self) -> bool {
        let timeless = |status: &Self| Self {
            cache: None,
            last_refresh_time: None,
            last_full_discovery_time: None,
            next_refresh_time: None,
            conditions: Vec::new(),
            ..status.clone()
        };
        conditions::differ_ignoring_time(&self.conditions, &other.conditions) || timeless(self) != timeless(other)
    }
}

/// The list of `metav1.Condition`, with the bounds the Go type has and the Rust one lacks.
pub(super) fn condition_list(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "array",
        "maxItems": 16,
        "items": {
            "type": "object",
            "required": ["type", "status", "lastTransitionTime", "reason", "message"],
            "properties": {
                "type": {"type": "string", "maxLength": 316, "description": "What the condition speaks about."},
                "status": {"type": "string", "enum": ["True", "False", "Unknown"], "description": "True, False or Unknown."},
                "observedGeneration": {"type": "integer", "format": "int64", "minimum": 0, "description": "Generation of the spec the condition speaks of."},
                "lastTransitionTime": {"type": "string", "format": "date-time", "description": "When the status last changed from one answer to another."},
                "reason": {"type": "string", "minLength": 1, "maxLength": 1024, "description": "Why, in one CamelCase word."},
                "message": {"type": "string", "maxLength": 32768, "description": "Why, in a sentence, and what to do next."},
            },
        },
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use k8s_openapi::jiff::Timestamp;

    use super::*;
    use crate::api::conditions::{ConditionType, set_condition};
    use crate::error::Reason;

    fn time(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    #[test]
    fn times_alone_are_not_worth_a_write() {
        let mut old = SchemaSnapshotStatus { revision: Some("3f9c1a77be20".into()), ..Default::default() };
        set_condition(&mut old.conditions, ConditionType::Ready, true.into(), Reason::Published, "", 1, time(1));
        let mut new = old.clone();
        new.last_refresh_time = Some(Time(time(5)));
        new.last_full_discovery_time = Some(Time(time(5)));
        new.next_refresh_time = Some(Time(time(9)));
        new.conditions[0].last_transition_time = Time(time(5));
        assert!(!old.differs_ignoring_time(&new));
        for change in [
            |s: &mut SchemaSnapshotStatus| s.revision = None,
            |s: &mut SchemaSnapshotStatus| s.stale = true,
            |s: &mut SchemaSnapshotStatus| s.observed_generation = Some(2),
            |s: &mut SchemaSnapshotStatus| s.last_change_time = Some(Time(time(1))),
            |s: &mut SchemaSnapshotStatus| s.conditions[0].message = "x".into(),
        ] {
            let mut changed = new.clone();
            change(&mut changed);
            assert!(old.differs_ignoring_time(&changed), "{changed:?}");
        }
    }

    #[test]
    fn the_status_of_a_fresh_object_is_read() {
        let status: SchemaSnapshotStatus = serde_json::from_str(r#"{"observedGeneration":-1}"#).unwrap();
        assert_eq!(status.observed_generation, Some(-1));
        assert_eq!(SchemaSnapshotStatus { observed_generation: None, ..status }, SchemaSnapshotStatus::default());
    }
}
