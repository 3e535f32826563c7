//! One more release of the chart with a class and namespaces of its own, its replicas as processes, and what each of them
//! was seen to write.

use std::path::Path;
use std::time::Duration;

use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::jiff::Timestamp;
use kube::api::Api;
use mcpschema_bed::{AuditEvent, AuditFilter, OperatorProcess, wait_for};
use serde_json::json;

use crate::support::{Case, SOON, operator_as};

/// A lease that runs out soon, so that a takeover does not take long.
pub(crate) const SHORT_LEASE: [&str; 6] =
    ["--lease-duration", "3s", "--renew-deadline", "2s", "--lease-retry", "500ms"];

/// A release `CLASS` in namespace `op-CLASS`.
pub(crate) struct Release<'a> {
    pub(crate) case: &'a Case,
    pub(crate) class: String,
    pub(crate) namespace: String,
    chosen: String,
    /// Namespaces its replicas are told to serve; those of the chart unless a test says otherwise.
    pub(crate) served: String,
}

impl<'a> Release<'a> {
    /// Installs it for these namespaces, which must exist.
    pub(crate) fn install(case: &'a Case, class: &str, namespaces: &[&str]) -> Self {
        let chosen = namespaces.join(",");
        let release =
            Self { case, class: class.to_owned(), namespace: format!("op-{class}"), served: chosen.clone(), chosen };
        release.apply();
        release
    }

    /// Installs it, or puts back what somebody took away from it.
    pub(crate) fn apply(&self) {
        let chart = Path::new(env!("CARGO_MANIFEST_DIR")).join("charts/mcp-schema-operator");
        let (instance, chosen) = (format!("instance={}", self.class), format!("namespaces={{{}}}", self.chosen));
        let values = ["--set", "crds.install=false", "--set", &instance, "--set", &chosen];
        let plane = &self.case.world.bed.control_plane;
        plane.install_chart(&chart, &self.class, &self.namespace, &values).unwrap();
    }

    fn account(&self) -> String {
        format!("{}-mcp-schema-operator", self.class)
    }

    /// A ready replica called `CLASS-NAME`; `args` are added to those of the chart.
    pub(crate) async fn replica(&self, name: &str, args: &[&str]) -> Replica<'a> {
        let pod = format!("{}-{name}", self.class);
        let mut all = vec!["--instance", &self.class, "--namespaces", &self.served];
        all.extend(["--leader-elect", "--operator-namespace", &self.namespace]);
        all.extend(args);
        let (account, environment) = (self.account(), [("POD_NAME", pod.as_str())]);
        let identity = (self.namespace.as_str(), account.as_str());
        let process = operator_as(self.case.world.bed, identity, &all, &environment).await.unwrap();
        Replica { case: self.case, process, pod }
    }

    /// A snapshot of this release's class.
    pub(crate) async fn snapshot(&self, name: &str, url: &str) {
        self.case.labelled_snapshot(name, url, json!({}), json!({"mcpschema.io/instance": self.class})).await;
    }

    /// The pod that holds the lease, empty for nobody, and how often it has changed hands.
    pub(crate) async fn holder(&self) -> (String, i32) {
        let leases: Api<Lease> = Api::namespaced(self.case.client.clone(), &self.namespace);
        let lease = leases.get(&format!("mcp-schema-operator-{}", self.class)).await.unwrap();
        let spec = lease.spec.unwrap_or_default();
        let holder = spec.holder_identity.unwrap_or_default();
        (holder.split('_').next().unwrap_or_default().to_owned(), spec.lease_transitions.unwrap_or(0))
    }
}

/// One process of a release.
pub(crate) struct Replica<'a> {
    case: &'a Case,
    pub(crate) process: OperatorProcess,
    pub(crate) pod: String,
}

impl Replica<'_> {
    /// Every request of this replica since a time, by its user agent.
    pub(crate) fn requests(&self, since: Option<Timestamp>) -> Vec<AuditEvent> {
        let agent = format!("mcp-schema-operator/{} ({})", env!("CARGO_PKG_VERSION"), self.pod);
        let filter = AuditFilter { user_agent: Some(&agent), since, ..AuditFilter::default() };
        self.case.world.bed.control_plane.audit(&filter).unwrap()
    }

    /// What it wrote, the lease left out.
    pub(crate) fn writes(&self, since: Option<Timestamp>) -> Vec<AuditEvent> {
        let write = |e: &AuditEvent| !matches!(e.verb.as_str(), "get" | "list" | "watch") && !is_lease(e);
        self.requests(since).into_iter().filter(write).collect()
    }

    /// Its renewals and whatever else it did to the lease, successfully.
    pub(crate) fn lease_writes(&self, since: Option<Timestamp>) -> Vec<AuditEvent> {
        let write = |e: &AuditEvent| matches!(e.verb.as_str(), "create" | "update") && is_lease(e);
        let done = |e: &AuditEvent| e.response_status.as_ref().is_some_and(|status| status.code < 300);
        self.requests(since).into_iter().filter(|event| write(event) && done(event)).collect()
    }

    /// Waits until its metric says that it leads, or that it does not.
    pub(crate) async fn leads(&self, leads: bool) {
        let line = format!("mcp_schema_leader {}\n", u8::from(leads));
        let look = async || match self.process.metrics().await {
            Ok(text) if text.contains(&line) => Ok(()),
            Ok(_) => Err("the other value".to_owned()),
            Err(error) => Err(error.to_string()),
        };
        let what = format!("{} of {}", line.trim(), self.pod);
        wait_for(&what, SOON, look).await.unwrap_or_else(|error| panic!("{error}\n{}", self.log()));
    }

    /// The end of its log.
    pub(crate) fn log(&self) -> String {
        self.process.process().log_tail()
    }

    /// Waits for its own end.
    pub(crate) async fn ended(&self) -> Option<i32> {
        self.process.wait(Duration::from_secs(30)).await.unwrap_or_else(|error| panic!("{error}"))
    }
}

fn is_lease(event: &AuditEvent) -> bool {
    event.object_ref.as_ref().is_some_and(|object| object.resource == "leases")
}
