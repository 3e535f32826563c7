//! A real database MCP server in front of the database, each of those the operator supports. Can be killed, restarted on
//! the same port, paused and given a wrong password, as the outages of a real one.

mod kind;

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rustix::process::Signal;

pub use self::kind::{ServerKind, ServerOptions};

use self::kind::{Launch, Place};
use crate::error::Context as _;
use crate::net::{free_port, http_client, secret};
use crate::{BedError, Database, Engine, Login, Process, Result, Workdir};

/// The Python ones import for some seconds before they listen, many more on a loaded machine.
const START_DEADLINE: Duration = Duration::from_secs(90);

/// A running MCP server. Dropping it ends it. The methods take `&self`: one server may serve a whole test binary.
#[derive(Debug)]
pub struct McpServer {
    kind: ServerKind,
    launch: Launch,
    port: u16,
    token: Option<String>,
    process: Mutex<Option<Process>>,
    folder: Workdir,
}

impl McpServer {
    /// Starts pytidb over streamable HTTP, logged in to `database` as `login`, and waits until it answers HTTP. It
    /// connects to the database with the first query only, so it starts as well when the login is wrong.
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
        Self::launch(&ServerOptions::new(ServerKind::Pytidb, Engine::MariaDb), database_port, login).await
    }

    /// As [`Self::start`], of any kind. The MCP Toolbox starts with a right login alone.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub async fn start_kind(kind: ServerKind, database: &Database, login: &Login) -> Result<Self> {
        Self::launch(&ServerOptions::new(kind, database.engine()), database.port(), login).await
    }

    /// As [`Self::start_kind`], with settings.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub async fn launch(options: &ServerOptions, database_port: u16, login: &Login) -> Result<Self> {
        let folder = Workdir::new(options.kind.as_str())?;
        let (kind, port) = (options.kind, free_port()?);
        let token = kind.asks_for_token(options.token).then(secret);
        let place = Place { port, database_port, login, token: token.as_deref() };
        let launch = Launch::new(options, &place, &folder)?;
        let server = Self { kind, launch, port, token, process: Mutex::default(), folder };
        server.restart().await?;
        Ok(server)
    }

    /// Which server it is.
    #[must_use]
    pub const fn kind(&self) -> ServerKind {
        self.kind
    }

    /// The bearer token it asks for, if it does.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// What a user is told to point the operator at: `http://127.0.0.1:PORT/mcp`, `…/sse`, or the base of the REST tools.
    #[must_use]
    pub fn url(&self) -> String {
        self.at(self.kind.path())
    }

    fn at(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
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
        let mut command = self.launch.command(&self.folder);
        let name = format!("the MCP server {}", self.kind);
        let process = Process::spawn(&name, &mut command, &self.folder.path().join("mcp.log"))?;
        let http = http_client(Duration::from_secs(5))?;
        let url = self.at(self.kind.ready_path());
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
