//! All of it together: one control plane, one database with a reader's account, one MCP server.

use tokio::sync::OnceCell;

use crate::{ControlPlane, Database, Engine, Login, McpServer, Result};

/// Name of the reading account of a bed.
const READER: &str = "mcp_reader";

/// What a bed is made of.
#[derive(Clone, Debug)]
pub struct BedOptions {
    /// The database engine.
    pub engine: Engine,
    /// Databases the MCP server's account may read; `"*"` means every one.
    pub databases: Vec<String>,
}

impl Default for BedOptions {
    fn default() -> Self {
        Self { engine: Engine::MariaDb, databases: vec!["*".to_owned()] }
    }
}

/// A whole test bed. Dropping it takes everything down.
#[derive(Debug)]
pub struct Bed {
    /// The API server and its company.
    pub control_plane: ControlPlane,
    /// The MCP server in front of the database.
    pub mcp: McpServer,
    /// The database.
    pub database: Database,
    /// The account the MCP server uses.
    pub reader: Login,
}

impl Bed {
    /// Starts all parts, side by side where they do not need each other.
    ///
    /// # Errors
    /// When a tool is missing or a part does not come up in time; shows the end of that part's log.
    pub async fn start(options: BedOptions) -> Result<Self> {
        let (control_plane, (database, reader, mcp)) = futures::try_join!(ControlPlane::start(), data_side(&options))?;
        Ok(Self { control_plane, mcp, database, reader })
    }
}

async fn data_side(options: &BedOptions) -> Result<(Database, Login, McpServer)> {
    let database = Database::start(options.engine).await?;
    let databases: Vec<&str> = options.databases.iter().map(String::as_str).collect();
    let reader = database.create_reader(READER, &databases).await?;
    let mcp = McpServer::start(&database, &reader).await?;
    Ok((database, reader, mcp))
}

static SHARED: OnceCell<Bed> = OnceCell::const_new();

/// The bed of this test binary, on MariaDB or, with BED_ENGINE=tidb, on TiDB: started by the first test that asks, taken down when the process ends. Tests
/// share it, so each works in a namespace and a database of its own.
///
/// # Errors
/// As [`Bed::start`]; the next caller tries again.
pub async fn shared() -> Result<&'static Bed> {
    let engine = match std::env::var("BED_ENGINE").as_deref() {
        Ok("tidb") => Engine::TiDb,
        _ => Engine::MariaDb,
    };
    SHARED.get_or_try_init(|| Bed::start(BedOptions { engine, ..BedOptions::default() })).await
}
