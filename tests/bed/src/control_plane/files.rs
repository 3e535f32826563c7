//! Texts of the files a control plane is started with. Pure.

use std::path::Path;

/// Who asked what, without bodies; not the moment a request came in, which would double every entry.
pub(super) const AUDIT_POLICY: &str = "\
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: Metadata
";

/// A kubeconfig with one user that shows `token`.
pub(super) fn kubeconfig(server: &str, certificate: &Path, user: &str, token: &str) -> String {
    let document = serde_json::json!({
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "bed", "cluster": {"server": server, "certificate-authority": certificate}}],
        "users": [{"name": user, "user": {"token": token}}],
        "contexts": [{"name": "bed", "context": {"cluster": "bed", "user": user}}],
        "current-context": "bed",
    });
    format!("{document:#}\n") // JSON is YAML
}
