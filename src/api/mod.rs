//! The custom resources: types, names and conditions users see. The only place for the literals of group, labels,
//! annotations and field manager. Doc comments on spec and status fields are what `kubectl explain` prints, so they
//! are written for people who use the operator. No I/O.

pub mod changes;
pub mod cluster_source;
pub mod conditions;
pub mod crd;
pub mod output;
pub mod policy;
pub mod snapshot;
pub mod source;
pub mod status;

pub use cluster_source::{ClusterSchemaSource, ClusterSchemaSourceSpec, ClusterSchemaSourceStatus};
pub use policy::{SchemaValidationPolicy, SchemaValidationPolicySpec, SchemaValidationPolicyStatus};
pub use snapshot::{SchemaSnapshot, SchemaSnapshotSpec};
pub use status::SchemaSnapshotStatus;

/// API group of every custom resource.
pub const GROUP: &str = "mcpschema.io";

/// The only version so far.
pub const VERSION: &str = "v1alpha1";

/// Field manager of everything the operator writes with server-side apply.
pub const FIELD_MANAGER: &str = "mcp-schema-operator";

/// Labels on the ConfigMaps and reports we own, and one on snapshots.
pub mod labels {
    /// On a snapshot, set by a user: the class of the operator (`--instance`) that serves it. Without it the operator
    /// without a class does. A label has one value, so two operators never serve one snapshot. Repeated on the ConfigMaps.
    /// On a ClusterSchemaSource: the class of the operator that writes its status; those of any class may use it.
    pub const INSTANCE: &str = "mcpschema.io/instance";
    /// Name of the snapshot a ConfigMap belongs to.
    pub const SNAPSHOT: &str = "mcpschema.io/snapshot";
    /// What a ConfigMap holds: [`ROLE_INDEX`], [`ROLE_SHARD`] or [`ROLE_REVISION`].
    pub const ROLE: &str = "mcpschema.io/role";
    /// The ConfigMap with `index.json`; the only one that carries the user's annotations.
    pub const ROLE_INDEX: &str = "index";
    /// A ConfigMap with tables only.
    pub const ROLE_SHARD: &str = "shard";
    /// A content that was published once, or waits to be.
    pub const ROLE_REVISION: &str = "revision";
    /// On a report: name of the policy it belongs to.
    pub const POLICY: &str = "mcpschema.io/policy";
    /// Who manages the object; the watch selects by it.
    pub const MANAGED_BY: &str = "app.kubernetes.io/managed-by";
    /// Value of [`MANAGED_BY`].
    pub const MANAGED_BY_US: &str = "mcp-schema-operator";
}

/// Annotations on the ConfigMaps and reports we own.
pub mod annotations {
    /// `sha256:` and 64 hex digits over the content of this ConfigMap's snapshot.
    pub const CONTENT_HASH: &str = "mcpschema.io/content-hash";
    /// First 12 hex digits of the content hash.
    pub const REVISION: &str = "mcpschema.io/revision";
    /// On the index ConfigMap: `true` while its content is older than it may be served because the server is away.
    pub const STALE: &str = "mcpschema.io/stale";
    /// On a snapshot, set by a user: any new value asks for a look now that reads everything anew, or, after a space, what
    /// is named there; `status.lastHandledRefresh` acknowledges it.
    pub const REFRESH: &str = "mcpschema.io/refresh";
    /// On a snapshot, set by a user: the content hash or revision of held content to publish after all;
    /// `status.lastHandledApproval` acknowledges it.
    pub const APPROVE: &str = "mcpschema.io/approve";
    /// On a revision: of how many ConfigMaps it consists.
    pub const PIECES: &str = "mcpschema.io/pieces";
    /// On a revision: when it was published last, RFC 3339. One that waits for approval has none.
    pub const PUBLISHED_AT: &str = "mcpschema.io/published-at";
    /// On a revision: when and how it was approved, JSON.
    pub const APPROVAL: &str = "mcpschema.io/approval";
    /// First 16 hex digits of a hash over the account that read the content, to tell a lost grant from a change.
    pub const ACCOUNT: &str = "mcpschema.io/account";
    /// JSON, database name to the first 16 hex digits of its fingerprint; lets a restart skip a full discovery.
    pub const FINGERPRINTS: &str = "mcpschema.io/fingerprints";
    /// JSON of what the server said of itself; volatile, so never part of `data`.
    pub const SERVER: &str = "mcpschema.io/server";
    /// JSON of the keys that `spec.output.labels` and `.annotations` added; what is taken out of the spec goes with it.
    pub const ADDED: &str = "mcpschema.io/added";
    /// On a report: how many results are not in it, because there are more than `report.maxResults` or than fit; those
    /// that are in it are the worst, and its summary counts all.
    pub const RESULTS_LEFT_OUT: &str = "mcpschema.io/results-left-out";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_of_ours_lies_in_our_group() {
        for key in [
            labels::INSTANCE,
            labels::SNAPSHOT,
            labels::ROLE,
            annotations::CONTENT_HASH,
            annotations::REVISION,
            annotations::REFRESH,
            annotations::APPROVE,
            annotations::ACCOUNT,
            annotations::FINGERPRINTS,
            annotations::SERVER,
            annotations::ADDED,
            labels::POLICY,
            annotations::RESULTS_LEFT_OUT,
        ] {
            assert!(key.starts_with(&format!("{GROUP}/")), "{key}");
        }
    }
}
