//! The binary under test as a process: started with a kubeconfig, watched over its HTTP port, ended like a pod.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use rustix::process::Signal;

use crate::error::Context as _;
use crate::net::{free_port, http_client};
use crate::{BedError, Process, Result, Workdir};

/// How long the operator may take to become ready.
const START_DEADLINE: Duration = Duration::from_secs(60);
/// Longest wait for one HTTP answer.
const HTTP_DEADLINE: Duration = Duration::from_secs(10);
/// Requests and secrets stay out of the log: kube's client logs bodies on a decode error.
const LOG_FILTER: &str = "info,kube_client=off";

/// A running operator. Dropping it kills it.
#[derive(Debug)]
pub struct OperatorProcess {
    process: Process,
    port: u16,
    _folder: Workdir,
}

impl OperatorProcess {
    /// Runs `binary run --http-bind 127.0.0.1:PORT ARGS` and waits until `/readyz` answers 200. `environment` is added to
    /// ours; `RUST_LOG` is `info,kube_client=off` unless it is named there.
    ///
    /// # Errors
    /// When it ends or is not ready in time; shows the end of its log.
    pub async fn start(binary: &Path, kubeconfig: &Path, args: &[&str], environment: &[(&str, &str)]) -> Result<Self> {
        let operator = Self::spawn(binary, kubeconfig, args, environment)?;
        let url = operator.url("/readyz");
        let http = http_client(HTTP_DEADLINE)?;
        let look = async || http.get(&url).send().await?.error_for_status().map(drop);
        operator.process.until("readiness", START_DEADLINE, look).await?;
        Ok(operator)
    }

    /// As [`Self::start`] without waiting: for an operator that should refuse to start, or a replica that waits for the
    /// lease.
    ///
    /// # Errors
    /// When the program cannot be started.
    pub fn spawn(binary: &Path, kubeconfig: &Path, args: &[&str], environment: &[(&str, &str)]) -> Result<Self> {
        let folder = Workdir::new("operator")?;
        let port = free_port()?;
        let bind = format!("127.0.0.1:{port}");
        let mut command = Command::new(binary);
        command.args([OsStr::new("run"), OsStr::new("--http-bind"), OsStr::new(&bind)]).args(args);
        command.env("KUBECONFIG", kubeconfig).env("RUST_LOG", LOG_FILTER);
        command.envs(environment.iter().copied());
        let process = Process::spawn("the operator", &mut command, &folder.path().join("operator.log"))?;
        Ok(Self { process, port, _folder: folder })
    }

    /// Its process: pid, log file, end.
    #[must_use]
    pub const fn process(&self) -> &Process {
        &self.process
    }

    /// `http://127.0.0.1:PORT` and `path`.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// The file that holds its log.
    #[must_use]
    pub fn log(&self) -> &Path {
        self.process.log()
    }

    /// HTTP status and body of one of its pages.
    ///
    /// # Errors
    /// When it does not answer within ten seconds.
    pub async fn get(&self, path: &str) -> Result<(u16, String)> {
        let what = || format!("GET {path} of the operator");
        let response = http_client(HTTP_DEADLINE)?.get(self.url(path)).send().await.context(what)?;
        let status = response.status().as_u16();
        Ok((status, response.text().await.context(what)?))
    }

    /// The text of `/metrics`.
    ///
    /// # Errors
    /// When it answers anything but 200.
    pub async fn metrics(&self) -> Result<String> {
        match self.get("/metrics").await? {
            (200, text) => Ok(text),
            (status, _) => Err(BedError::new(format!("/metrics of the operator answers HTTP {status}"))),
        }
    }

    /// Ends it as a pod is ended (SIGTERM) and returns its exit code; `None` when a signal ended it.
    ///
    /// # Errors
    /// When it still runs after `deadline`; shows the end of its log.
    pub async fn terminate(&self, deadline: Duration) -> Result<Option<i32>> {
        self.process.signal(Signal::TERM)?;
        self.wait(deadline).await
    }

    /// Waits until it ends by itself and returns its exit code; `None` when a signal ended it.
    ///
    /// # Errors
    /// As [`Self::terminate`].
    pub async fn wait(&self, deadline: Duration) -> Result<Option<i32>> {
        self.process.wait(deadline).await.map(|status| status.code())
    }

    /// Kills it at once (SIGKILL).
    pub fn kill(&self) {
        self.process.kill();
    }
}
