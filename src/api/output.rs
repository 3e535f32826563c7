//! `spec.output` of a SchemaSnapshot: the ConfigMaps it is published in. Field comments are user documentation.
#![expect(unreachable_pub, reason = "the schema derive puts a copy of each type into a function body")]

use std::collections::BTreeMap;

use kube::KubeSchema;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// The ConfigMaps.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct Output {
    /// Name of the ConfigMap with index.json. Left out: the snapshot's name and "-schema". With several shards the
    /// tables are in <configMapName>-1, -2 and so on. Cannot be changed later, since pods mount it by this name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 253))]
    #[x_kube(validation = Rule::new("size(self) <= 238 && self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$')")
        .message("configMapName must be an object name of at most 238 characters: lower case letters, digits, - and ., as in orders-schema"))]
    pub config_map_name: Option<String>,
    /// Forms the schema is published in. Json (canonical JSON) is always there; JsonSchema adds a JSON Schema 2020-12 for the
    /// rows of each table, Ddl the SQL that makes each database again, Mermaid an ER diagram of each. They change the
    /// ConfigMaps, not the revision.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 4))]
    #[x_kube(validation = Rule::new("self.all(x, self.exists_one(y, x == y))")
        .message("name each of formats once, as in formats: [JsonSchema, Ddl]"))]
    pub formats: Vec<OutputFormat>,
    /// Labels added to the ConfigMaps. Those of mcpschema.io/ and app.kubernetes.io/ belong to the operator.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(schema_with = "label_map")]
    #[x_kube(
        validation = Rule::new("self.all(k, !k.startsWith('mcpschema.io/') && !k.startsWith('app.kubernetes.io/'))")
            .message("labels of mcpschema.io/ and app.kubernetes.io/ belong to the operator"),
        validation = Rule::new("self.all(k, !format.qualifiedName().validate(k).hasValue() && !format.labelValue().validate(self[k]).hasValue())")
            .message("labels must be valid: keys as in team or example.com/team, values of at most 63 letters, digits, -, _ and ., with a letter or digit at both ends")
    )]
    pub labels: BTreeMap<String, String>,
    /// Annotations added to the ConfigMap with index.json, which is written last: the place for the annotation of a
    /// reloader. Those of mcpschema.io/ belong to the operator.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(schema_with = "annotation_map")]
    #[x_kube(
        validation = Rule::new("self.all(k, !k.startsWith('mcpschema.io/'))")
            .message("annotations of mcpschema.io/ belong to the operator"),
        validation = Rule::new("self.all(k, !format.qualifiedName().validate(k.lowerAscii()).hasValue())")
            .message("annotations must have valid keys, as in team or example.com/team")
    )]
    pub annotations: BTreeMap<String, String>,
    /// Number of ConfigMaps the tables are spread over, 1 to 16, each at most 800 KiB. Left out: chosen at the first
    /// publication and kept. It never changes by itself, so that mounts stay whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 16))]
    pub shards: Option<u32>,
    /// How many contents that were published before are kept, each in a ConfigMap of its own, 1 to 50.
    #[serde(default = "history")]
    #[schemars(range(min = 1, max = 50))]
    pub revision_history_limit: u32,
    /// What becomes of the ConfigMaps when the snapshot is deleted: Delete takes them along, Retain leaves them to whoever
    /// mounts them; a snapshot created anew under the same name adopts them.
    #[serde(default)]
    pub deletion_policy: DeletionPolicy,
}

impl Default for Output {
    fn default() -> Self {
        Self {
            config_map_name: None,
            formats: Vec::new(),
            labels: BTreeMap::new(),
            annotations: BTreeMap::new(),
            shards: None,
            revision_history_limit: history(),
            deletion_policy: DeletionPolicy::default(),
        }
    }
}

/// What becomes of the ConfigMaps when their snapshot is deleted.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DeletionPolicy {
    #[default]
    #[expect(missing_docs, reason = "docs on variants would turn the enum into oneOf; the field explains them")]
    Delete,
    #[expect(missing_docs, reason = "see Delete")]
    Retain,
}

/// A form the schema is published in.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputFormat {
    #[expect(missing_docs, reason = "see DeletionPolicy")]
    Json,
    #[expect(missing_docs, reason = "see DeletionPolicy")]
    JsonSchema,
    #[expect(missing_docs, reason = "see DeletionPolicy")]
    Ddl,
    #[expect(missing_docs, reason = "see DeletionPolicy")]
    Mermaid,
}

/// [`Output::revision_history_limit`] where there is no `output`.
#[must_use]
pub const fn history() -> u32 {
    5
}

fn label_map(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "object", "maxProperties": 32, "additionalProperties": {"type": "string", "maxLength": 253}})
}

fn annotation_map(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "object", "maxProperties": 32, "additionalProperties": {"type": "string", "maxLength": 4096}})
}
