//! A Kubernetes control plane on loopback: etcd, kube-apiserver, and of the controllers the garbage collector and the
//! namespace controller. There is no kubelet, scheduler or DNS, and no `default` service account.
//!
//! The garbage collector looks for new resource types every 30 s: what a fresh custom resource owns may outlive it for as
//! long in the first minute after its CRD was made.

mod audit;
mod clients;
mod files;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

pub use audit::{AuditEvent, AuditFilter};
use k8s_openapi::api::core::v1::Namespace;
use kube::{Api, Client};

use crate::error::Context as _;
use crate::net::{free_port, http_client, secret};
use crate::{Process, Result, Tools, Workdir};

/// How long each part may take to come up; a loaded machine needs many times the usual second.
const START_DEADLINE: Duration = Duration::from_secs(90);

/// Range of the API server's service addresses; nothing listens there.
const SERVICE_RANGE: &str = "10.0.0.0/24";

/// A running control plane. Dropping it ends its processes and removes its files.
#[derive(Debug)]
pub struct ControlPlane {
    tools: Tools,
    controllers: Process,
    api_server: Process,
    etcd: Process,
    kubeconfig: PathBuf,
    server: String,
    audit_log: PathBuf,
    folder: Workdir,
}

impl ControlPlane {
    /// Starts all three on free ports, with their data in a temporary folder, and waits until they work.
    ///
    /// # Errors
    /// When a tool is missing or a part does not come up in time; shows the end of that part's log.
    pub async fn start() -> Result<Self> {
        let tools = Tools::load()?;
        let folder = Workdir::new("control-plane")?;
        let token = secret();
        let api_port = free_port()?;
        let server = format!("https://127.0.0.1:{api_port}");
        let certificate = folder.path().join("certs/apiserver.crt");
        let kubeconfig =
            folder.write("admin.kubeconfig", &files::kubeconfig(&server, &certificate, "admin", &token))?;
        folder.write("tokens.csv", &format!("{token},admin,admin,\"system:masters\"\n"))?;
        folder.write("audit-policy.yaml", files::AUDIT_POLICY)?;

        let etcd_port = free_port()?;
        let etcd = start_etcd(&tools, folder.path(), etcd_port).await?;
        let api_server = start_api_server(&tools, folder.path(), etcd_port, api_port, &kubeconfig).await?;
        let controllers = start_controllers(&tools, folder.path(), &kubeconfig).await?;
        let audit_log = folder.path().join("audit.log");
        Ok(Self { tools, controllers, api_server, etcd, kubeconfig, server, audit_log, folder })
    }

    /// Kubeconfig of an administrator (group `system:masters`).
    #[must_use]
    pub fn kubeconfig(&self) -> &Path {
        &self.kubeconfig
    }

    /// `https://127.0.0.1:PORT` of the API server.
    #[must_use]
    pub fn server(&self) -> &str {
        &self.server
    }

    /// The audit log: one JSON event per line, level Metadata. [`Self::audit`] reads it.
    #[must_use]
    pub fn audit_log(&self) -> &Path {
        &self.audit_log
    }

    /// The API server's process; kill -9 is the way to test its loss (SIGTERM lets watches live on for a minute).
    #[must_use]
    pub const fn api_server(&self) -> &Process {
        &self.api_server
    }

    /// Process ids of etcd, the API server and the controllers.
    #[must_use]
    pub const fn pids(&self) -> [u32; 3] {
        [self.etcd.pid(), self.api_server.pid(), self.controllers.pid()]
    }
}

async fn start_etcd(tools: &Tools, folder: &Path, port: u16) -> Result<Process> {
    let (clients, peers) = (format!("http://127.0.0.1:{port}"), format!("http://127.0.0.1:{}", free_port()?));
    let mut command = Command::new(&tools.etcd);
    command.arg("--data-dir").arg(folder.join("etcd")).arg("--unsafe-no-fsync");
    command.args(["--listen-client-urls", &clients, "--advertise-client-urls", &clients]);
    command.args(["--listen-peer-urls", &peers, "--initial-advertise-peer-urls", &peers]);
    command.args(["--initial-cluster", &format!("default={peers}")]);
    let etcd = Process::spawn("etcd", &mut command, &folder.join("etcd.log"))?;
    let http = http_client(Duration::from_secs(2))?;
    let health = format!("{clients}/health");
    let look = async || http.get(&health).send().await.and_then(reqwest::Response::error_for_status).map(drop);
    etcd.until("health", START_DEADLINE, look).await?;
    Ok(etcd)
}

async fn start_api_server(
    tools: &Tools,
    folder: &Path,
    etcd_port: u16,
    port: u16,
    kubeconfig: &Path,
) -> Result<Process> {
    let at = |name: &str| folder.join(name);
    // The serving key the server makes for itself signs the service accounts' tokens too.
    let key = at("certs/apiserver.key");
    let mut command = Command::new(&tools.kube_apiserver);
    command.arg(format!("--etcd-servers=http://127.0.0.1:{etcd_port}")).arg("--cert-dir").arg(at("certs"));
    command.args(["--bind-address=127.0.0.1", "--advertise-address=127.0.0.1"]).arg(format!("--secure-port={port}"));
    // Needed with a loopback address, which may not be an endpoint of the service `kubernetes`.
    command.arg("--endpoint-reconciler-type=none").arg(format!("--service-cluster-ip-range={SERVICE_RANGE}"));
    command.arg("--authorization-mode=RBAC").arg("--token-auth-file").arg(at("tokens.csv"));
    // ServiceAccount admission wants a `default` account in each namespace, which nothing here creates.
    command.arg("--disable-admission-plugins=ServiceAccount");
    command.arg("--enable-admission-plugins=OwnerReferencesPermissionEnforcement");
    command.arg("--service-account-issuer=https://kubernetes.default.svc");
    command.arg("--service-account-key-file").arg(&key).arg("--service-account-signing-key-file").arg(&key);
    command.arg("--audit-policy-file").arg(at("audit-policy.yaml")).arg("--audit-log-path").arg(at("audit.log"));
    let server = Process::spawn("kube-apiserver", &mut command, &at("kube-apiserver.log"))?;
    let look = async || {
        let client = clients::connect(kubeconfig).await?;
        clients::get_text(&client, "/readyz").await?;
        namespace_exists(client, "default").await
    };
    server.until("readiness", START_DEADLINE, look).await?;
    Ok(server)
}

async fn start_controllers(tools: &Tools, folder: &Path, kubeconfig: &Path) -> Result<Process> {
    let log = folder.join("kube-controller-manager.log");
    let mut command = Command::new(&tools.kube_controller_manager);
    command.arg("--kubeconfig").arg(kubeconfig).arg("--cert-dir").arg(folder.join("controllers"));
    command.args(["--leader-elect=false", "--bind-address=127.0.0.1"]).arg(format!("--secure-port={}", free_port()?));
    command.arg("--controllers=garbage-collector-controller,namespace-controller");
    let controllers = Process::spawn("kube-controller-manager", &mut command, &log)?;
    // There is no page that says when deletions start to work; the garbage collector logs it.
    let look = async || {
        let text = std::fs::read_to_string(&log).unwrap_or_default();
        text.contains("monitors have synced").then_some(())
    };
    controllers.until("start", START_DEADLINE, look).await?;
    Ok(controllers)
}

async fn namespace_exists(client: Client, name: &str) -> Result<()> {
    let namespaces: Api<Namespace> = Api::all(client);
    namespaces.get(name).await.map(drop).context(|| format!("cannot get namespace {name}"))
}
