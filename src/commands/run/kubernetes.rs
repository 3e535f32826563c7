//! The connections to the Kubernetes API: one for the work, and one for the lease alone, which nothing else can hold up.

use std::net::IpAddr;
use std::time::Duration;

use http::header::{HeaderValue, USER_AGENT};
use kube::client::ClientBuilder;
use kube::{Client, Config};

use super::Failure;
use crate::leader::fence::Fence;
use crate::metrics::Metrics;

/// Idle time after which an open watch counts as dead; longer than the 290 s a watch lasts.
const READ_TIMEOUT: Duration = Duration::from_secs(300);

/// How long the API server's name may take to resolve.
const RESOLVE_DEADLINE: Duration = Duration::from_secs(5);

/// Where the API server is, who we are to it, and our own namespace.
pub(super) struct Cluster {
    config: Config,
    /// The operator's namespace.
    pub(super) namespace: String,
}

impl Cluster {
    /// In a pod from its service account, else from the kubeconfig; `namespace` wins over the one found there.
    pub(super) async fn find(namespace: &str) -> Result<Self, Failure> {
        let mut config = Config::infer().await.map_err(|error| {
            Failure::Start(format!(
                "no Kubernetes configuration was found: run inside a cluster, or set KUBECONFIG ({error})"
            ))
        })?;
        // One that fails is tried again by us, not for minutes inside the call.
        config.default_retry = false;
        config.headers.push((USER_AGENT, agent()));
        let namespace = if namespace.is_empty() { config.default_namespace.clone() } else { namespace.to_owned() };
        Ok(Self { config, namespace })
    }

    /// The addresses of the API server, as far as its name resolves. Where it does not, it cannot be reached either.
    pub(super) async fn addresses(&self) -> Vec<IpAddr> {
        let url = &self.config.cluster_url;
        let Some(host) = url.host().map(|host| host.trim_matches(['[', ']'])) else { return Vec::new() };
        let found = tokio::time::timeout(RESOLVE_DEADLINE, tokio::net::lookup_host((host, 0))).await;
        match found {
            Ok(Ok(found)) => found.map(|address| address.ip()).collect(),
            _ => {
                tracing::warn!(
                    "the API server's host name does not resolve: urls of snapshots are not held off from it by its addresses"
                );
                Vec::new()
            }
        }
    }

    /// The client for the work: every call is counted, and none writes unless `fence` is open.
    pub(super) fn client(&self, metrics: &Metrics, fence: &Fence) -> Result<Client, Failure> {
        let mut config = self.config.clone();
        config.read_timeout = Some(READ_TIMEOUT);
        // The fence stands next to the wire, behind everything else that takes time.
        Ok(ClientBuilder::try_from(config)?.with_layer(fence).with_layer(&metrics.kube_layer()).build())
    }

    /// The client for the lease; a connection that is silent for longer than `patience` is given up.
    pub(super) fn lease_client(&self, metrics: &Metrics, patience: Duration) -> Result<Client, Failure> {
        let mut config = self.config.clone();
        (config.read_timeout, config.connect_timeout) = (Some(patience), Some(patience));
        Ok(ClientBuilder::try_from(config)?.with_layer(&metrics.kube_layer()).build())
    }
}

/// The API server's audit log shows with it which replica wrote what.
fn agent() -> HeaderValue {
    const PRODUCT: &str = concat!("mcp-schema-operator/", env!("CARGO_PKG_VERSION"));
    let full = HeaderValue::from_str(&format!("{PRODUCT} ({})", pod_name()));
    full.unwrap_or_else(|_| HeaderValue::from_static(PRODUCT))
}

/// Name of the pod, or of the machine outside a cluster.
pub(super) fn pod_name() -> String {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let machine = || std::fs::read_to_string("/proc/sys/kernel/hostname").ok().map(|name| name.trim().to_owned());
    set("POD_NAME").or_else(|| set("HOSTNAME")).or_else(machine).unwrap_or_else(|| "unknown".to_owned())
}
