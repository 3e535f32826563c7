//! Ways to talk to the control plane: a client, kubectl, helm, and identities other than the administrator.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};

use super::{ControlPlane, files};
use crate::error::Context as _;
use crate::{BedError, Result};

impl ControlPlane {
    /// An administrator's client, bound to the runtime that asks: make one per test.
    ///
    /// # Errors
    /// When the kubeconfig is gone.
    pub async fn client(&self) -> Result<Client> {
        connect(&self.kubeconfig).await
    }

    /// A `kubectl` command as administrator, for callers that set more than arguments.
    #[must_use]
    pub fn kubectl_command(&self) -> Command {
        self.command(&self.tools.kubectl)
    }

    /// Runs `kubectl` as administrator to its end, whatever its exit code.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn kubectl<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Result<Output> {
        self.kubectl_command().args(args).output().context(|| "cannot run kubectl")
    }

    /// Runs `helm` as administrator to its end, whatever its exit code.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn helm<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Result<Output> {
        self.command(&self.tools.helm).args(args).output().context(|| "cannot run helm")
    }

    /// Installs or upgrades a chart, creating the namespace.
    ///
    /// # Errors
    /// When helm refuses; shows what it said.
    pub fn install_chart(&self, chart: &Path, release: &str, namespace: &str, extra: &[&str]) -> Result<()> {
        let mut args = vec![OsStr::new("upgrade"), OsStr::new("--install"), OsStr::new(release), chart.as_os_str()];
        args.extend(["--namespace", namespace, "--create-namespace"].map(OsStr::new));
        args.extend(extra.iter().map(OsStr::new));
        succeeded("helm upgrade --install", &self.helm(args)?).map(drop)
    }

    /// A kubeconfig whose user is this ServiceAccount, with the groups a pod would have; valid for two hours. The account
    /// must exist.
    ///
    /// # Errors
    /// When no token is issued; shows what kubectl said.
    pub fn identity_kubeconfig(&self, namespace: &str, account: &str) -> Result<PathBuf> {
        let output = self.kubectl(["create", "token", account, "-n", namespace, "--duration", "2h"])?;
        let token = succeeded("kubectl create token", &output)?;
        let user = format!("system:serviceaccount:{namespace}:{account}");
        let certificate = self.folder.path().join("certs/apiserver.crt");
        let text = files::kubeconfig(&self.server, &certificate, &user, token.trim());
        self.folder.write(&format!("{namespace}.{account}.kubeconfig"), &text)
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env("KUBECONFIG", &self.kubeconfig);
        // Helm and kubectl keep discovery caches per home; those of one bed must not outlive it.
        for (name, folder) in
            [("KUBECACHEDIR", "kube"), ("HELM_CACHE_HOME", "helm-cache"), ("HELM_DATA_HOME", "helm-data")]
        {
            command.env(name, self.folder.path().join("cache").join(folder));
        }
        command
    }
}

/// Standard output of a command that must have succeeded.
fn succeeded(what: &str, output: &Output) -> Result<String> {
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(BedError::new(format!("{what} failed ({}): {}", output.status, said.trim())))
}

/// A client from a kubeconfig file alone, ignoring proxies from the environment.
pub(super) async fn connect(kubeconfig: &Path) -> Result<Client> {
    let read = Kubeconfig::read_from(kubeconfig).context(|| "cannot read the kubeconfig")?;
    let mut config = Config::from_custom_kubeconfig(read, &KubeConfigOptions::default())
        .await
        .context(|| "the kubeconfig cannot be used")?;
    config.proxy_url = None;
    Client::try_from(config).context(|| "cannot make a Kubernetes client")
}

/// The text at a path of the API server.
pub(super) async fn get_text(client: &Client, path: &str) -> Result<String> {
    let request = http::Request::get(path).body(Vec::new()).context(|| "no such path")?;
    client.request_text(request).await.context(|| format!("GET {path}"))
}
