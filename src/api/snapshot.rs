//! `SchemaSnapshot`: what an application team writes. Field comments are user documentation; the rules are judged by
//! the API server, and their messages are part of the interface (`tests/admission/` holds an example of each).
//! Every field here does something today; one that does not yet work has no place.
#![expect(unreachable_pub, reason = "the schema derive puts a copy of each type into a function body")]

use std::time::Duration;

use kube::{CustomResource, KubeSchema, ResourceExt};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::changes::ChangePolicy;
pub use super::output::{DeletionPolicy, Output, OutputFormat, history};
use super::source::Source;
use super::status::SchemaSnapshotStatus;
use crate::duration::{self, DurationError};
use crate::schema::select::{GHOST_TABLES, GlobError, Selection};

/// What to mirror, from where, how often, and into which ConfigMaps.
#[derive(CustomResource, KubeSchema, Serialize, Deserialize, Clone, Debug, PartialEq)]
#[kube(
    group = "mcpschema.io",
    version = "v1alpha1",
    kind = "SchemaSnapshot",
    namespaced,
    status = "SchemaSnapshotStatus",
    derive = "PartialEq",
    shortname = "ssnap",
    category = "schemas",
    selectable = ".spec.suspend",
    selectable = ".spec.source.clusterSource",
    doc = "A live copy of a database's schema, read through an MCP server and published as ConfigMaps that pods of this namespace can mount.",
    validation = Rule::new("size(self.metadata.name) <= 63")
        .message("metadata.name may have at most 63 characters: it becomes a label value")
        .field_path(".metadata.name"),
    validation = Rule::new(
        "(has(self.spec.output) && has(self.spec.output.configMapName) ? self.spec.output.configMapName : self.metadata.name + '-schema') == (has(oldSelf.spec.output) && has(oldSelf.spec.output.configMapName) ? oldSelf.spec.output.configMapName : oldSelf.metadata.name + '-schema')")
        .message("spec.output.configMapName cannot be changed, since pods mount the ConfigMaps by that name: create a second snapshot under the new name, then delete this one")
        .field_path(".spec.output.configMapName"),
    printcolumn(name = "Ready", type_ = "string", json_path = ".status.conditions[?(@.type==\"Ready\")].status", description = "Applications can rely on the ConfigMaps"),
    printcolumn(name = "Reason", type_ = "string", json_path = ".status.conditions[?(@.type==\"Ready\")].reason", description = "Why it is ready, or not"),
    printcolumn(name = "Revision", type_ = "string", json_path = ".status.revision", description = "First 12 hex digits of the published content's hash"),
    printcolumn(name = "Held", type_ = "string", json_path = ".status.conditions[?(@.type==\"Held\")].status", description = "New content waits for approval"),
    printcolumn(name = "Tables", type_ = "integer", json_path = ".status.counts.tables", description = "Tables mirrored"),
    printcolumn(name = "Refreshed", type_ = "date", json_path = ".status.lastRefreshTime", description = "Last successful look at the database"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp", description = "Since the snapshot was created"),
    printcolumn(name = "Databases", type_ = "integer", json_path = ".status.counts.databases", priority = 1, description = "Databases mirrored"),
    printcolumn(name = "Stale", type_ = "boolean", json_path = ".status.stale", priority = 1, description = "The ConfigMaps are older than they should be"),
    printcolumn(name = "Breaking", type_ = "integer", json_path = ".status.changes.breaking", priority = 1, description = "Breaking changes in the revision"),
    printcolumn(name = "Server", type_ = "string", json_path = ".status.source.server", priority = 1, description = "Name the MCP server gives itself"),
    printcolumn(name = "Dialect", type_ = "string", json_path = ".status.source.dialect", priority = 1, description = "Product whose SQL tool is spoken to"),
    printcolumn(name = "Interval", type_ = "string", json_path = ".status.interval", priority = 1, description = "Interval in force"),
)]
#[x_kube(validation = Rule::new("has(self.databases) && has(self.databases.include) && size(self.databases.include) > 0")
    .message("name the databases to mirror, as in include: [shop]; \"*\" means every one the account can see")
    .field_path(".databases"))]
#[serde(rename_all = "camelCase")]
pub struct SchemaSnapshotSpec {
    /// Where the MCP server is: url, or clusterSource. Left out: the operator's default server (TIDB_MCP_SERVER_URL of the
    /// operator).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// Which databases to mirror. Required; the server's own databases (mysql, information_schema, ...) never are.
    #[serde(default, skip_serializing_if = "DatabaseSelector::is_empty")]
    pub databases: DatabaseSelector,
    /// Which of their tables and views to mirror. Left out: all but the ghost tables of online migration tools.
    #[serde(default)]
    pub tables: TableSelector,
    /// When to look at the database.
    #[serde(default)]
    pub refresh: Refresh,
    /// The ConfigMaps the schema is published in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<Output>,
    /// What happens when the schema changes. Left out: every change is published, and breaking ones are told in an Event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changes: Option<ChangePolicy>,
    /// True stops all calls to the MCP server; the ConfigMaps stay as they are.
    #[serde(default)]
    pub suspend: bool,
}

/// Databases by name or glob.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct DatabaseSelector {
    /// Names or globs (`*` any characters, `?` one, `[ab]` a set) of the databases to mirror. Required, at least one;
    /// "*" means every one the account can see.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 100), inner(length(min = 1, max = 256)))]
    pub include: Vec<String>,
    /// Names or globs of databases to leave out; wins over include.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 100), inner(length(min = 1, max = 256)))]
    pub exclude: Vec<String>,
}

/// Tables and views by name or glob.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct TableSelector {
    /// Globs on TABLE or DB.TABLE (`*` any characters, `?` one, `[ab]` a set). Left out: every table and view.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 500), inner(length(min = 1, max = 256)))]
    pub include: Vec<String>,
    /// Globs on TABLE or DB.TABLE to leave out; wins over include. The default are the tables that gh-ost, pt-osc and
    /// Vitess leave while they migrate; a list of your own replaces it.
    #[serde(default = "ghost_tables")]
    #[schemars(length(max = 500), inner(length(min = 1, max = 256)))]
    pub exclude: Vec<String>,
}

/// When to look at the database.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[x_kube(validation = Rule::new("!has(self.maxStaleness) || !has(self.interval) || !self.maxStaleness.matches('^([0-9]{1,5}(ms|s|m|h)){1,4}$') || !self.interval.matches('^([0-9]{1,5}(ms|s|m|h)){1,4}$') || duration(self.maxStaleness) >= duration(self.interval)")
    .message("maxStaleness must not be shorter than interval"))]
#[serde(rename_all = "camelCase")]
pub struct Refresh {
    /// Periodic looks once per interval and whenever the spec changes, OnChange only when the spec changes, Once until
    /// the first success and never again.
    #[serde(default)]
    pub policy: RefreshPolicy,
    /// Time between two looks under policy Periodic, at least 10s, as in 30s, 5m or 1h30m. Left out: the operator's
    /// MCP_CACHE_TTL; status.interval shows what is in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 32))]
    #[x_kube(validation = Rule::new("self.matches('^([0-9]{1,5}(ms|s|m|h)){1,4}$') && duration(self) >= duration('10s')")
        .message("interval must be a duration of at least 10s, as in 30s, 5m or 1h30m"))]
    pub interval: Option<String>,
    /// How long the last good copy is served while the server gives nothing new, counted from the last look that
    /// succeeded, as in 24h; not shorter than interval. Beyond it Ready is False with reason StaleTooLong; the ConfigMaps
    /// stay, annotated mcpschema.io/stale. Left out: the operator's --max-staleness. Of no meaning under policies
    /// OnChange and Once, which ask for no regular look.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 32))]
    #[x_kube(validation = Rule::new("self.matches('^([0-9]{1,5}(ms|s|m|h)){1,4}$') && duration(self) >= duration('10s')")
        .message("maxStaleness must be a duration of at least 10s, as in 30m or 24h"))]
    pub max_staleness: Option<String>,
}

/// What starts a look at the database.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RefreshPolicy {
    #[default]
    #[expect(missing_docs, reason = "docs on variants would turn the enum into oneOf; the field explains them")]
    Periodic,
    #[expect(missing_docs, reason = "see Periodic")]
    OnChange,
    #[expect(missing_docs, reason = "see Periodic")]
    Once,
}

impl SchemaSnapshot {
    /// The ConfigMaps outlive the snapshot.
    #[must_use]
    pub fn retains(&self) -> bool {
        self.spec.output.as_ref().is_some_and(|output| output.deletion_policy == DeletionPolicy::Retain)
    }

    /// Name of the ConfigMap that holds the index: as given, or `<name>-schema`.
    #[must_use]
    pub fn config_map_name(&self) -> String {
        let given = self.spec.output.as_ref().and_then(|o| o.config_map_name.clone());
        given.unwrap_or_else(|| format!("{}-schema", self.name_any()))
    }

    /// The forms asked for; canonical JSON is always published.
    #[must_use]
    pub fn formats(&self) -> &[OutputFormat] {
        self.spec.output.as_ref().map_or(&[], |output| &output.formats)
    }
}

impl SchemaSnapshotSpec {
    /// The MCP server's URL as written.
    #[must_use]
    pub fn source_url(&self) -> Option<&str> {
        self.source.as_ref().and_then(|s| s.server.url.as_deref())
    }

    /// Name of the ClusterSchemaSource. Without it and [`Self::source_url`] it is the operator's default server.
    #[must_use]
    pub fn cluster_source(&self) -> Option<&str> {
        self.source.as_ref().and_then(|s| s.cluster_source.as_deref())
    }

    /// `refresh.interval` when it was given.
    ///
    /// # Errors
    /// A text that is no duration; the API server refuses it, unless the object is older than that rule.
    pub fn interval(&self) -> Result<Option<Duration>, DurationError> {
        self.refresh.interval.as_deref().map(duration::parse).transpose()
    }

    /// `refresh.maxStaleness` when it was given.
    ///
    /// # Errors
    /// As [`Self::interval`].
    pub fn max_staleness(&self) -> Result<Option<Duration>, DurationError> {
        self.refresh.max_staleness.as_deref().map(duration::parse).transpose()
    }

    /// The compiled globs.
    ///
    /// # Errors
    /// A text that is no glob, with the list it stands in.
    pub fn selection(&self) -> Result<Selection, GlobError> {
        Selection::new(&self.databases.include, &self.databases.exclude, &self.tables.include, &self.tables.exclude)
    }
}

impl DatabaseSelector {
    fn is_empty(&self) -> bool {
        self.include.is_empty() && self.exclude.is_empty()
    }
}

impl Default for TableSelector {
    fn default() -> Self {
        Self { include: Vec::new(), exclude: ghost_tables() }
    }
}

fn ghost_tables() -> Vec<String> {
    GHOST_TABLES.iter().map(|&glob| glob.to_owned()).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use serde_json::json;

    use super::*;

    fn snapshot(spec: serde_json::Value) -> SchemaSnapshot {
        SchemaSnapshot::new("orders", serde_json::from_value(spec).unwrap())
    }

    #[test]
    fn the_config_map_name_is_the_given_one_or_follows_the_snapshot() {
        for (spec, want) in [
            (json!({"databases": {"include": ["shop"]}}), "orders-schema"),
            (json!({"output": {}}), "orders-schema"),
            (json!({"output": {"configMapName": "mine"}}), "mine"),
        ] {
            assert_eq!(snapshot(spec).config_map_name(), want);
        }
    }

    #[test]
    fn what_was_left_out_means_what_the_documentation_says() {
        let spec = snapshot(json!({"databases": {"include": ["shop"]}})).spec;
        assert_eq!(spec.source_url(), None);
        assert_eq!(spec.interval().unwrap(), None);
        assert_eq!((spec.refresh.policy, spec.suspend), (RefreshPolicy::Periodic, false));
        let selection = spec.selection().unwrap();
        assert!(selection.table("shop", "orders", false) && !selection.table("shop", "_orders_gho", false));
    }

    #[test]
    fn an_exclude_of_ones_own_replaces_the_default() {
        let spec = snapshot(json!({"databases": {"include": ["shop"]}, "tables": {"exclude": []}})).spec;
        assert!(spec.selection().unwrap().table("shop", "_orders_gho", false));
    }

    #[test]
    fn the_interval_is_read_with_the_grammar_of_its_rule() {
        let spec = |text: &str| snapshot(json!({"refresh": {"interval": text}})).spec;
        assert_eq!(spec("1h30m").interval().unwrap(), Some(Duration::from_secs(5400)));
        assert!(spec("soon").interval().unwrap_err().to_string().contains("as in 30s"));
    }

    #[test]
    fn an_object_with_unknown_fields_of_a_later_version_is_read() {
        let spec = snapshot(json!({"databases": {"include": ["shop"]}, "fromTheFuture": {"a": 1}})).spec;
        assert_eq!(spec.databases.include, ["shop"]);
    }
}
