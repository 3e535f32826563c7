//! `spec.source` of a snapshot, and the fields it shares with a ClusterSchemaSource: where an MCP server is, how to speak
//! to it, with which credential, and how patient to be with it.
//! Field comments are user documentation; the rules are judged by the API server (`tests/admission/` holds an example of
//! each). Nothing here has a default in the schema: what was left out stays visible as left out. Holds names of Secrets,
//! never what is in them.
#![expect(unreachable_pub, reason = "the schema derive puts a copy of each type into a function body")]

use kube::KubeSchema;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Where a snapshot's MCP server is: described here, named as a ClusterSchemaSource, or neither: the operator's default
/// server.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[x_kube(
    validation = Rule::new("!has(self.url) || !has(self.clusterSource)")
        .message("set url or clusterSource, not both; leave both out for the operator's default server")
        .field_path(".clusterSource"),
    validation = Rule::new("has(self.url) || !(has(self.transport) || has(self.dialect) || has(self.custom) || has(self.auth) || has(self.allowInsecureAuth) || has(self.headers) || has(self.tls) || has(self.maxInFlight))")
        .message("transport, dialect, custom, auth, allowInsecureAuth, headers, tls and maxInFlight describe a server: they need url (a clusterSource and the default server bring their own)")
        .field_path(".url"),
)]
#[serde(rename_all = "camelCase")]
pub struct Source {
    /// Name of a ClusterSchemaSource, which the platform team owns and which has to allow this namespace. Then no url may
    /// stand here, and of the rest only connectTimeout, requestTimeout, maxRetries and retryDelay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 253))]
    #[x_kube(validation = Rule::new("!format.dns1123Subdomain().validate(self).hasValue()")
        .message("clusterSource must be the name of a ClusterSchemaSource, as in tidb-prod"))]
    pub cluster_source: Option<String>,
    /// The server.
    #[serde(flatten)]
    pub server: Server,
}

/// An MCP server, and how to speak to it.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[x_kube(
    validation = Rule::new("!has(self.url) || (self.url.matches('^https?://[^/?#\\\\s]+([/?][^#\\\\s]*)?$') && isURL(self.url) && url(self.url).getHostname() != '')")
        .message("url must be an absolute http or https URL, as in https://mcp.db.svc:8443/mcp")
        .field_path(".url"),
    validation = Rule::new("!has(self.url) || !self.url.matches('^[^/?#]*//[^/?#]*@')")
        .message("url must not hold a user name or password; put the credential into auth")
        .field_path(".url"),
    validation = Rule::new("has(self.custom) == (has(self.dialect) && self.dialect == 'Custom')")
        .message("custom goes with dialect: Custom; set both or neither")
        .field_path(".custom"),
    validation = Rule::new("!has(self.auth) || !has(self.url) || !self.url.startsWith('http:') || (has(self.allowInsecureAuth) && self.allowInsecureAuth)")
        .message("a token is sent over https only; use an https url, or set allowInsecureAuth: true to send it in clear text")
        .field_path(".auth"),
    validation = Rule::new("!has(self.headers) || !has(self.url) || !self.url.startsWith('http:') || (has(self.allowInsecureAuth) && self.allowInsecureAuth) || self.headers.all(h, !has(h.valueFromSecretRef) && h.name.lowerAscii() != 'authorization')")
        .message("Authorization and headers from a Secret are sent over https only; use an https url, or set allowInsecureAuth: true to send them in clear text")
        .field_path(".headers"),
    validation = Rule::new("!has(self.auth) || !has(self.headers) || self.headers.all(h, h.name.lowerAscii() != 'authorization')")
        .message("headers must not hold Authorization beside auth, which sets it; keep one of the two")
        .field_path(".headers"),
    validation = Rule::new("!has(self.tls) || !has(self.url) || !self.url.startsWith('http:')")
        .message("tls goes with an https url; no certificate is looked at over http")
        .field_path(".tls")
)]
#[serde(rename_all = "camelCase")]
pub struct Server {
    /// Absolute http or https URL of the MCP endpoint, without user name or password, as in
    /// https://mcp.db.svc:8443/mcp. A ClusterSchemaSource needs it. In a snapshot it may be left out: then clusterSource
    /// names the server or it is the operator's default one, and only connectTimeout, requestTimeout, maxRetries and
    /// retryDelay may stand beside. Where a snapshot's url may point is limited by the operator's --allowed-hosts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 2048))]
    pub url: Option<String>,
    /// How the server is reached: StreamableHttp (MCP since 2025), Sse (MCP's older HTTP+SSE), RestTools (no MCP: POST
    /// to <url>/tools/<tool>). Auto or left out: found out by asking; status.source.transport shows what was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transport: Option<TransportChoice>,
    /// Whose SQL tool the server offers: Pytidb (PingCAP), Dbhub (Bytebase), Toolbox (Google MCP Toolbox), Benborla
    /// (mcp-server-mysql), RestTools, or Custom, which `custom` describes. Auto or left out: found out from the server's
    /// list of tools; status.source.dialect shows what was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dialect: Option<DialectChoice>,
    /// The SQL tool of a server that no dialect knows. Together with dialect: Custom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom: Option<CustomTool>,
    /// The credential the server asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth: Option<Auth>,
    /// True lets the token, and headers from a Secret, travel over http, where everybody on the way can read them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allow_insecure_auth: Option<bool>,
    /// Headers sent with every request, at most 16.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16))]
    #[x_kube(validation = Rule::new("self.all(a, self.exists_one(b, a.name.lowerAscii() == b.name.lowerAscii()))")
        .message("header names must be unique; they are compared without case"))]
    pub headers: Vec<Header>,
    /// What the TLS handshake trusts and shows. Left out: the certificate authorities of the operator's image, and no
    /// client certificate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls: Option<TlsFiles>,
    /// Deadline for the connection and the MCP handshake, 100ms to 10m, as in 30s. Left out: the operator's
    /// MCP_CONNECTION_TIMEOUT.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 32))]
    #[x_kube(validation = Rule::new("self.matches('^([0-9]{1,5}(ms|s|m|h)){1,4}$') && duration(self) >= duration('100ms') && duration(self) <= duration('10m')")
        .message("connectTimeout must be a duration from 100ms to 10m, as in 30s or 1m"))]
    pub connect_timeout: Option<String>,
    /// Deadline for one call, 100ms to 1h, as in 60s. Left out: the operator's MCP_REQUEST_TIMEOUT.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 32))]
    #[x_kube(validation = Rule::new("self.matches('^([0-9]{1,5}(ms|s|m|h)){1,4}$') && duration(self) >= duration('100ms') && duration(self) <= duration('1h')")
        .message("requestTimeout must be a duration from 100ms to 1h, as in 60s or 5m"))]
    pub request_timeout: Option<String>,
    /// How often a failed call is tried again within one look, 0 to 10. Left out: the operator's MCP_MAX_RETRIES.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 10))]
    pub max_retries: Option<u32>,
    /// First wait before a failed call, or a failed look, is tried again, 10ms to 5m, as in 1s; it doubles each time,
    /// with jitter. Left out: the operator's MCP_RETRY_DELAY.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 32))]
    #[x_kube(validation = Rule::new("self.matches('^([0-9]{1,5}(ms|s|m|h)){1,4}$') && duration(self) >= duration('10ms') && duration(self) <= duration('5m')")
        .message("retryDelay must be a duration from 10ms to 5m, as in 500ms or 1s"))]
    pub retry_delay: Option<String>,
    /// Calls to this server at once, 1 to 32, shared by all snapshots with the same source. Left out: 1 for Pytidb, which
    /// answers one at a time, else 2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 32))]
    pub max_in_flight: Option<u32>,
}

/// How the server is reached.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "docs on variants would turn the enum into oneOf; the field explains them")]
pub enum TransportChoice {
    Auto,
    StreamableHttp,
    Sse,
    RestTools,
}

/// Whose SQL tool the server offers.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "docs on variants would turn the enum into oneOf; the field explains them")]
pub enum DialectChoice {
    Auto,
    Pytidb,
    Dbhub,
    Toolbox,
    Benborla,
    RestTools,
    Custom,
}

/// A SQL tool in the user's own words.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[x_kube(
    validation = Rule::new("has(self.tool) && size(self.tool) > 0 && has(self.sqlArgument) && size(self.sqlArgument) > 0")
        .message("custom needs tool and sqlArgument, as in {tool: run_sql, sqlArgument: sql}"),
    validation = Rule::new("!has(self.rowsPointer) || self.rowsPointer.matches('^(/([^~/]|~[01])*)*$')")
        .message("rowsPointer must be a JSON pointer, as in /rows or /result/0/rows; left out, the answer itself is the list of rows")
        .field_path(".rowsPointer")
)]
#[serde(rename_all = "camelCase")]
pub struct CustomTool {
    /// Name of the tool that runs one SQL query; the only one that is ever called, so name one that cannot write.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 128))]
    pub tool: String,
    /// Name of its argument that takes the SQL text.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 128))]
    pub sql_argument: String,
    /// Arguments sent beside it with every call, in any form the tool wants. No credentials: they are stored as they are.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    #[schemars(schema_with = "anything")]
    pub extra_arguments: Map<String, Value>,
    /// JSON pointer (RFC 6901) to the list of rows in the tool's answer, each an object by column name, as in /rows.
    /// Left out: the answer itself is that list.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 256))]
    pub rows_pointer: String,
}

/// A credential.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[x_kube(validation = Rule::new("has(self.bearerTokenSecretRef)")
    .message("auth needs bearerTokenSecretRef, as in {bearerTokenSecretRef: {name: mcp-token, key: token}}"))]
#[serde(rename_all = "camelCase")]
pub struct Auth {
    /// The bearer token, sent as "Authorization: Bearer …" to the server's own origin and nowhere else. The Secret is
    /// read at every look, so a new token works without a restart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bearer_token_secret_ref: Option<SecretKeyRef>,
}

/// One key of a Secret of the snapshot's own namespace, or of the secretNamespace of a ClusterSchemaSource.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[x_kube(validation = Rule::new("has(self.name) && !format.dns1123Subdomain().validate(self.name).hasValue() && has(self.key) && self.key.matches('^[-._a-zA-Z0-9]+$')")
    .message("a reference needs the name of a Secret and one of its keys, as in {name: mcp-token, key: token}"))]
#[serde(rename_all = "camelCase")]
pub struct SecretKeyRef {
    /// Name of the Secret.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 253))]
    pub name: String,
    /// Key in its data.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 253))]
    pub key: String,
}

/// One header.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[x_kube(
    validation = Rule::new("self.name.matches('^[-!#$%&\\'*+.^_`|~0-9A-Za-z]+$')")
        .message("a header name holds letters, digits and !#$%&'*+-.^_`|~ only, as in X-Tenant")
        .field_path(".name"),
    validation = Rule::new("!self.name.lowerAscii().startsWith('mcp-') && !(self.name.lowerAscii() in ['accept', 'accept-encoding', 'connection', 'content-encoding', 'content-length', 'content-type', 'expect', 'host', 'keep-alive', 'last-event-id', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'user-agent'])")
        .message("this header is set by the operator's own client (Host, Accept, Content-*, Connection, Last-Event-ID, User-Agent, Mcp-* and others of the connection); leave it out")
        .field_path(".name"),
    validation = Rule::new("has(self.value) != has(self.valueFromSecretRef)")
        .message("set exactly one of value and valueFromSecretRef"),
    validation = Rule::new("!has(self.value) || self.value.matches('^[^\\\\x00-\\\\x08\\\\x0a-\\\\x1f\\\\x7f]*$')")
        .message("a header value must not hold line breaks and other control characters")
        .field_path(".value")
)]
#[serde(rename_all = "camelCase")]
pub struct Header {
    /// Name, as in X-Tenant. Not Authorization beside auth, and none that the client sets by itself.
    #[schemars(length(min = 1, max = 128))]
    pub name: String,
    /// Value in clear text; a credential belongs into a Secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 4096))]
    pub value: Option<String>,
    /// Value from a Secret, read at every look.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value_from_secret_ref: Option<SecretKeyRef>,
}

/// What the TLS handshake trusts and shows.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct TlsFiles {
    /// PEM certificates of the only certificate authorities to trust, in a ConfigMap or Secret. Read at every look.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_bundle_ref: Option<CaBundleRef>,
    /// Secret of type kubernetes.io/tls with the client certificate (tls.crt) and its key (tls.key) to show to a server
    /// that asks for one (mutual TLS). Read at every look.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_cert_secret_ref: Option<SecretRef>,
}

/// One key of a ConfigMap or Secret of the snapshot's own namespace, or of the secretNamespace of a ClusterSchemaSource.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, PartialEq)]
#[x_kube(validation = Rule::new("has(self.kind) && has(self.name) && !format.dns1123Subdomain().validate(self.name).hasValue() && has(self.key) && self.key.matches('^[-._a-zA-Z0-9]+$')")
    .message("caBundleRef needs kind (ConfigMap or Secret), name and key of an object, as in {kind: ConfigMap, name: corp-ca, key: ca.crt}"))]
#[serde(rename_all = "camelCase")]
pub struct CaBundleRef {
    /// ConfigMap or Secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<BundleKind>,
    /// Name of the object.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 253))]
    pub name: String,
    /// Key in its data.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 253))]
    pub key: String,
}

/// What holds a bundle of certificates.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "docs on variants would turn the enum into oneOf; the field explains them")]
pub enum BundleKind {
    ConfigMap,
    Secret,
}

/// A Secret of the snapshot's own namespace, or of the secretNamespace of a ClusterSchemaSource.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[x_kube(validation = Rule::new("has(self.name) && !format.dns1123Subdomain().validate(self.name).hasValue()")
    .message("clientCertSecretRef needs the name of a Secret, as in {name: mcp-mtls}"))]
#[serde(rename_all = "camelCase")]
pub struct SecretRef {
    /// Name of the Secret.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 253))]
    pub name: String,
}

/// The one place of the schema that takes any fields: what a tool wants is not ours to know.
fn anything(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "object", "maxProperties": 32, "x-kubernetes-preserve-unknown-fields": true})
}
