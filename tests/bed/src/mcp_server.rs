//! A real database MCP server in front of the database: PingCAP's pytidb over streamable HTTP. Can be killed, restarted
//! on the same port, paused and given a wrong password, as the outages of a real one.

use std::path::PathBuf;
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rustix::process::Signal;

use crate::error::Context as _;
use crate::net::{free_port, http_client};
use crate::{BedError, Database, Login, Process, Result, Tools, Workdir};

/// It imports for some seconds before it listens, many more on a loaded machine.
const START_DEADLINE: Duration = Duration::from_secs(90);

/// A running MCP server. Dropping it ends it. The methods take `&self`: one server may serve a whole test binary.
#[derive(Debug)]
pub struct McpServer {
    python: PathBuf,
    script: PathBuf,
    port: u16,
    environment: [(&'static str, String); 5],
    process: Mutex<Option<Process>>,
    folder: Workdir,
}

impl McpServer {
    /// Starts a server that logs in to `database` as `login`, and waits until it answers HTTP. It connects to the
    /// database with the first query only, so it starts as well when the login is wrong.
    ///
    /// # Errors
    /// When a tool is missing or the server does not come up in time; shows the end of its log.
    pub async fn start(database: &Database, login: &Login) -> Result<Self> {
        Self::start_for_port(database.port(), login).await
    }

    /// As [`Self::start`], for whatever listens or does not listen on that port of 127.0.0.1.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub async fn start_for_port(database_port: u16, login: &Login) -> Result<Self> {
        let folder = Workdir::new("mcp")?;
        let script = folder.write("serve.py", include_str!("../mcp/serve.py"))?;
        let environment = [
            ("TIDB_HOST", "127.0.0.1".to_owned()),
            ("TIDB_PORT", database_port.to_string()),
            ("TIDB_USERNAME", login.user.clone()),
            ("TIDB_PASSWORD", login.password.clone()),
            // The one database every account may enter.
            ("TIDB_DATABASE", "information_schema".to_owned()),
        ];
        let python = Tools::load()?.mcp_python;
        let server = Self { python, script, port: free_port()?, environment, process: Mutex::default(), folder };
        server.restart().await?;
        Ok(server)
    }

    /// `http://127.0.0.1:PORT/mcp`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/mcp", self.port)
    }

    /// Its port, the same after a restart.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Process id, or `None` while it is killed.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.process().as_ref().map(Process::pid)
    }

    /// Kills the server at once: connections are refused from now on.
    pub fn kill(&self) {
        drop(self.process().take());
    }

    /// Kills the server if it runs, starts it on the same port and waits until it answers HTTP.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub async fn restart(&self) -> Result<()> {
        self.kill();
        let mut command = Command::new(&self.python);
        // -s and -E: nothing of the person's own Python; the folder keeps a stray .env file out.
        command.args(["-s", "-E", "-B"]).arg(&self.script).args(["--port", &self.port.to_string()]);
        command.current_dir(self.folder.path()).env_remove("TIDB_DATABASE_URL");
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        let process = Process::spawn("the MCP server", &mut command, &self.folder.path().join("mcp.log"))?;
        let http = http_client(Duration::from_secs(5))?;
        let url = self.url();
        process.until("an HTTP answer", START_DEADLINE, async || http.get(&url).send().await.map(drop)).await?;
        *self.process() = Some(process);
        Ok(())
    }

    /// Stops the server in its tracks (SIGSTOP): connections are accepted by the kernel and nothing ever answers.
    ///
    /// # Errors
    /// When it does not run.
    pub fn pause(&self) -> Result<()> {
        self.signal(Signal::STOP)
    }

    /// Lets a paused server go on (SIGCONT).
    ///
    /// # Errors
    /// When it does not run.
    pub fn resume(&self) -> Result<()> {
        self.signal(Signal::CONT)
    }

    fn signal(&self, signal: Signal) -> Result<()> {
        let process = self.process();
        process.as_ref().ok_or_else(|| BedError::new("the MCP server does not run"))?.signal(signal)
    }

    fn process(&self) -> std::sync::MutexGuard<'_, Option<Process>> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the server wrote since it was first started.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn log(&self) -> Result<String> {
        std::fs::read_to_string(self.folder.path().join("mcp.log")).context(|| "cannot read the log of the MCP server")
    }
}
