//! How each MCP server is started: its program, arguments, files and environment. Starts nothing by itself. Passwords and
//! tokens travel in the environment or in a file of the server's own folder, never on a command line.

use std::fmt;
use std::path::PathBuf;
use std::process::Command;

use crate::{Engine, Login, Result, Tools, Workdir};

/// Which MCP server, and over which of its transports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ServerKind {
    /// PingCAP's pytidb over streamable HTTP: one session per client, answers as events.
    Pytidb,
    /// The same over the older HTTP+SSE, as its published command line serves it.
    PytidbSse,
    /// Bytebase's dbhub.
    Dbhub,
    /// Google's MCP Toolbox with its prebuilt MySQL tools.
    ToolboxMysql,
    /// The same with a source of type `tidb`.
    ToolboxTidb,
    /// benborla's mcp-server-mysql.
    Benborla,
    /// The REST tools server (`mcp/rest.py`), which speaks no MCP.
    RestTools,
}

/// What a server is started with.
#[derive(Clone, Debug)]
pub struct ServerOptions {
    /// Which server.
    pub kind: ServerKind,
    /// What it believes to have before it: some want other settings for TiDB.
    pub engine: Engine,
    /// Whether it asks for a bearer token. dbhub does when told to; mcp-server-mysql always does, the others never.
    pub token: bool,
    /// More settings, as environment variables of the server's own.
    pub environment: Vec<(&'static str, &'static str)>,
}

impl ServerOptions {
    /// The server as its README starts it.
    #[must_use]
    pub const fn new(kind: ServerKind, engine: Engine) -> Self {
        Self { kind, engine, token: false, environment: Vec::new() }
    }
}

impl ServerKind {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Pytidb,
        Self::PytidbSse,
        Self::Dbhub,
        Self::ToolboxMysql,
        Self::ToolboxTidb,
        Self::Benborla,
        Self::RestTools,
    ];

    /// A name for messages and folders.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pytidb => "pytidb",
            Self::PytidbSse => "pytidb-sse",
            Self::Dbhub => "dbhub",
            Self::ToolboxMysql => "toolbox-mysql",
            Self::ToolboxTidb => "toolbox-tidb",
            Self::Benborla => "benborla",
            Self::RestTools => "rest-tools",
        }
    }

    /// The path of its endpoint, which is what a user puts after the port.
    pub(super) const fn path(self) -> &'static str {
        match self {
            Self::PytidbSse => "/sse",
            Self::RestTools => "",
            Self::Pytidb | Self::Dbhub | Self::ToolboxMysql | Self::ToolboxTidb | Self::Benborla => "/mcp",
        }
    }

    /// What answers as soon as the server does.
    pub(super) const fn ready_path(self) -> &'static str {
        match self {
            Self::RestTools => "/health",
            other => other.path(),
        }
    }

    /// Whether it can ask for a bearer token, must, or cannot.
    pub(super) const fn asks_for_token(self, wanted: bool) -> bool {
        matches!(self, Self::Benborla) || (wanted && matches!(self, Self::Dbhub))
    }
}

impl fmt::Display for ServerKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A server that is ready to be started any number of times.
#[derive(Debug)]
pub(super) struct Launch {
    program: PathBuf,
    arguments: Vec<String>,
    environment: Vec<(&'static str, String)>,
}

/// Where the server listens and what it stands before.
pub(super) struct Place<'a> {
    pub(super) port: u16,
    pub(super) database_port: u16,
    pub(super) login: &'a Login,
    pub(super) token: Option<&'a str>,
}

impl Launch {
    /// Writes the server's files into `folder` and puts its command line together.
    pub(super) fn new(options: &ServerOptions, place: &Place<'_>, folder: &Workdir) -> Result<Self> {
        let tools = Tools::load()?;
        let mut launch = match options.kind {
            ServerKind::Pytidb => pytidb(&tools, place, folder, "streamable-http")?,
            ServerKind::PytidbSse => pytidb(&tools, place, folder, "sse")?,
            ServerKind::Dbhub => dbhub(&tools, place, options.engine),
            ServerKind::ToolboxMysql => toolbox_mysql(&tools, place),
            ServerKind::ToolboxTidb => toolbox_tidb(&tools, place, folder)?,
            ServerKind::Benborla => benborla(&tools, place, folder, options.engine)?,
            ServerKind::RestTools => rest_tools(&tools, place, folder)?,
        };
        launch.environment.extend(options.environment.iter().map(|&(name, value)| (name, value.to_owned())));
        Ok(launch)
    }

    /// The command. Nothing of the caller's environment reaches the server but where programs and certificates are: a
    /// stray MYSQL_HOST or DSN would send it to another database.
    pub(super) fn command(&self, folder: &Workdir) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).current_dir(folder.path()).env_clear().env("HOME", folder.path());
        command.envs(["PATH", "LANG", "TMPDIR"].into_iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }
}

/// The one database every account may enter.
const DATABASE: &str = "information_schema";

fn strings<const N: usize>(arguments: [&str; N]) -> Vec<String> {
    arguments.map(str::to_owned).to_vec()
}

fn python(tools: &Tools, script: PathBuf, arguments: Vec<String>) -> (PathBuf, Vec<String>) {
    // -s and -E: nothing of the person's own Python.
    let mut all = strings(["-s", "-E", "-B"]);
    all.push(script.display().to_string());
    all.extend(arguments);
    (tools.mcp_python.clone(), all)
}

fn pytidb(tools: &Tools, place: &Place<'_>, folder: &Workdir, transport: &str) -> Result<Launch> {
    let script = folder.write("serve.py", include_str!("../../mcp/serve.py"))?;
    let arguments = strings(["--port", &place.port.to_string(), "--transport", transport]);
    let (program, arguments) = python(tools, script, arguments);
    let environment = vec![
        ("TIDB_HOST", "127.0.0.1".to_owned()),
        ("TIDB_PORT", place.database_port.to_string()),
        ("TIDB_USERNAME", place.login.user.clone()),
        ("TIDB_PASSWORD", place.login.password.clone()),
        ("TIDB_DATABASE", DATABASE.to_owned()),
    ];
    Ok(Launch { program, arguments, environment })
}

fn rest_tools(tools: &Tools, place: &Place<'_>, folder: &Workdir) -> Result<Launch> {
    let script = folder.write("rest.py", include_str!("../../mcp/rest.py"))?;
    let (program, arguments) = python(tools, script, strings(["--port", &place.port.to_string()]));
    let environment = vec![
        ("TIDB_HOST", "127.0.0.1".to_owned()),
        ("TIDB_PORT", place.database_port.to_string()),
        ("TIDB_USER", place.login.user.clone()),
        ("TIDB_PASSWORD", place.login.password.clone()),
    ];
    Ok(Launch { program, arguments, environment })
}

fn dbhub(tools: &Tools, place: &Place<'_>, engine: Engine) -> Launch {
    let Place { port, database_port, login, token } = place;
    // The scheme picks the driver: MariaDB's own, or mysql2.
    let scheme = if engine == Engine::MariaDb { "mariadb" } else { "mysql" };
    let dsn =
        format!("{scheme}://{}:{}@127.0.0.1:{database_port}/{DATABASE}?sslmode=disable", login.user, login.password);
    let arguments = [
        vec![tools.mcp_dbhub.display().to_string()],
        strings(["--transport", "http", "--host", "127.0.0.1", "--port", &port.to_string()]),
    ];
    let mut environment = vec![("DSN", dsn)];
    environment.extend(token.map(|token| ("DBHUB_AUTH_TOKEN", token.to_owned())));
    Launch { program: tools.mcp_node.clone(), arguments: arguments.concat(), environment }
}

fn toolbox_mysql(tools: &Tools, place: &Place<'_>) -> Launch {
    let port = place.port.to_string();
    let arguments =
        strings(["--prebuilt", "mysql", "--address", "127.0.0.1", "--port", &port, "--disable-version-check"]);
    let environment = vec![
        ("MYSQL_HOST", "127.0.0.1".to_owned()),
        ("MYSQL_PORT", place.database_port.to_string()),
        ("MYSQL_USER", place.login.user.clone()),
        ("MYSQL_PASSWORD", place.login.password.clone()),
        ("MYSQL_DATABASE", DATABASE.to_owned()),
    ];
    Launch { program: tools.mcp_toolbox.clone(), arguments, environment }
}

/// There are no prebuilt tools for TiDB.
fn toolbox_tidb(tools: &Tools, place: &Place<'_>, folder: &Workdir) -> Result<Launch> {
    let Place { port, database_port, login, .. } = place;
    let config = format!(
        "kind: source\nname: database\ntype: tidb\nhost: 127.0.0.1\nport: {database_port}\ndatabase: {DATABASE}\n\
         user: {}\npassword: {}\n---\nkind: tool\nname: execute_sql\ntype: tidb-execute-sql\nsource: database\n\
         description: Run one SQL statement.\n",
        login.user, login.password
    );
    let config = folder.write("tools.yaml", &config)?;
    let arguments = [
        strings(["--config", &config.display().to_string(), "--disable-reload", "--disable-version-check"]),
        strings(["--address", "127.0.0.1", "--port", &port.to_string()]),
    ];
    Ok(Launch { program: tools.mcp_toolbox.clone(), arguments: arguments.concat(), environment: Vec::new() })
}

fn benborla(tools: &Tools, place: &Place<'_>, folder: &Workdir, engine: Engine) -> Result<Launch> {
    let loopback = folder.write("loopback.cjs", include_str!("../../mcp/loopback.cjs"))?;
    let arguments =
        vec!["--require".to_owned(), loopback.display().to_string(), tools.mcp_benborla.display().to_string()];
    let mut environment = vec![
        ("IS_REMOTE_MCP", "true".to_owned()),
        ("REMOTE_SECRET_KEY", place.token.unwrap_or_default().to_owned()),
        ("PORT", place.port.to_string()),
        ("MYSQL_HOST", "127.0.0.1".to_owned()),
        ("MYSQL_PORT", place.database_port.to_string()),
        ("MYSQL_USER", place.login.user.clone()),
        ("MYSQL_PASS", place.login.password.clone()),
    ];
    if engine == Engine::TiDb {
        // TiDB knows read-only transactions as a word only, and refuses it.
        environment.push(("MYSQL_DISABLE_READ_ONLY_TRANSACTIONS", "true".to_owned()));
    }
    Ok(Launch { program: tools.mcp_node.clone(), arguments, environment })
}
