//! `ClusterSchemaSource`: an MCP server that the platform team describes once, with its credential, and the list of who
//! may read which databases through it. Field comments are user documentation; the rules are judged by the API server
//! (`tests/admission/` holds an example of each). The fields of the server are those of a snapshot's `spec.source`.
#![expect(unreachable_pub, reason = "the schema derive puts a copy of each type into a function body")]

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use kube::{CustomResource, KubeSchema};
use serde::{Deserialize, Serialize};

use super::source::Server;
use super::status::{SourceStatus, condition_list};

/// How an MCP server is reached, and who may use it.
#[derive(CustomResource, KubeSchema, Serialize, Deserialize, Clone, Debug, PartialEq)]
#[kube(
    group = "mcpschema.io",
    version = "v1alpha1",
    kind = "ClusterSchemaSource",
    status = "ClusterSchemaSourceStatus",
    derive = "PartialEq",
    shortname = "cssrc",
    category = "schemas",
    doc = "An MCP server that snapshots of several namespaces may use by its name, without knowing its credential. Nobody may until access says so.",
    validation = Rule::new("!(self.metadata.name in ['default', 'inline'])")
        .message("metadata.name must be neither default nor inline: metrics call the operator's own server and the urls of snapshots so")
        .field_path(".metadata.name"),
    printcolumn(name = "URL", type_ = "string", json_path = ".spec.url", description = "Where the MCP server is"),
    printcolumn(name = "Ready", type_ = "string", json_path = ".status.conditions[?(@.type==\"Ready\")].status", description = "The last snapshot that asked the server got an answer"),
    printcolumn(name = "Reason", type_ = "string", json_path = ".status.conditions[?(@.type==\"Ready\")].reason", description = "Why it is ready, or not"),
    printcolumn(name = "Snapshots", type_ = "integer", json_path = ".status.snapshots", description = "Snapshots that name it"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp", description = "Since the source was created"),
)]
#[x_kube(
    validation = Rule::new("has(self.url)")
        .message("url is required: where the MCP server is, as in https://mcp.db.svc:8443/mcp")
        .field_path(".url"),
    validation = Rule::new("has(self.secretNamespace) || !(has(self.auth) || (has(self.headers) && self.headers.exists(h, has(h.valueFromSecretRef))) || (has(self.tls) && (has(self.tls.caBundleRef) || has(self.tls.clientCertSecretRef))))")
        .message("secretNamespace is required: it is the namespace of the Secrets and ConfigMaps that auth, headers and tls name")
        .field_path(".secretNamespace"),
)]
#[serde(rename_all = "camelCase")]
pub struct ClusterSchemaSourceSpec {
    /// The server.
    #[serde(flatten)]
    pub server: Server,
    /// Namespace of every Secret and ConfigMap named here. Required as soon as one is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 63))]
    #[x_kube(validation = Rule::new("!format.dns1123Label().validate(self).hasValue()")
        .message("secretNamespace must be the name of a namespace, as in mcp-schema"))]
    pub secret_namespace: Option<String>,
    /// Who may use the server, and for which databases. A namespace gets what all entries that match it allow together.
    /// Empty or left out: nobody.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 100))]
    pub access: Vec<AccessRule>,
}

/// What some namespaces may read.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq, Eq)]
#[x_kube(validation = Rule::new("has(self.namespaces) && size(self.namespaces) > 0 && has(self.databases) && size(self.databases) > 0")
    .message("an entry of access needs namespaces and databases, as in {namespaces: [shop, \"team-*\"], databases: [\"shop*\"]}"))]
#[serde(rename_all = "camelCase")]
pub struct AccessRule {
    /// Names or globs (`*` any characters, `?` one, `[ab]` a set) of namespaces whose snapshots may use the server.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 100), inner(length(min = 1, max = 256)))]
    pub namespaces: Vec<String>,
    /// Names or globs of the databases they may read. Others are neither asked for nor shown, whatever a snapshot includes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 100), inner(length(min = 1, max = 256)))]
    pub databases: Vec<String>,
    /// True lets policies of these namespaces also read rows of these databases (sample, relationships), not only their
    /// schema. Left out: false.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<bool>,
}

/// What snapshots have lately found at the server.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct ClusterSchemaSourceStatus {
    /// Generation of the spec this status speaks of; -1 until the operator has looked at the object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// Snapshots that name this source. Counted anew at most every 5 minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshots: Option<u32>,
    /// Who answered last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<SourceStatus>,
    /// Ready: whether the last snapshot that asked got an answer, and if not, why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "condition_list")]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["type".into()]))]
    pub conditions: Vec<Condition>,
}
