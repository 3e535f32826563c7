//! Starts TiDB with its embedded store from the `tidb-server` that `make tools` found. Its fresh administrator has no
//! password and gets one.

use std::process::Command;

use super::{Database, Engine, Login, START_DEADLINE, Sql};
use crate::net::{free_port, secret};
use crate::{BedError, Process, Result, Tools, Workdir};

pub(super) async fn start() -> Result<Database> {
    let missing = "there is no tidb-server here: set TIDB_SERVER to one and run `make tools`";
    let program = Tools::load()?.tidb_server.ok_or_else(|| BedError::new(missing))?;
    let folder = Workdir::new("tidb")?;
    let (port, status) = (free_port()?, free_port()?);
    let mut command = Command::new(program);
    command.args(["-store", "unistore", "-host", "127.0.0.1", "-advertise-address", "127.0.0.1"]);
    command.arg("-path").arg(folder.path().join("data")).arg("-temp-dir").arg(folder.path().join("temp"));
    command.arg("-socket").arg(folder.path().join("tidb.sock"));
    command.args(["-P", &port.to_string(), "-status-host", "127.0.0.1", "-status", &status.to_string()]);
    let process = Process::spawn("tidb-server", &mut command, &folder.path().join("tidb.log"))?;

    let mut admin = Login { user: "root".to_owned(), password: String::new() };
    let fresh = Sql::new(port, &admin, &[]);
    process.until("an answer", START_DEADLINE, async || fresh.execute("SELECT 1").await).await?;
    admin.password = secret();
    // Off by default, and then a CHECK in a CREATE TABLE is dropped without a word.
    fresh.execute("SET GLOBAL tidb_enable_check_constraint = ON").await?;
    fresh.execute(&format!("ALTER USER 'root'@'%' IDENTIFIED BY '{}'", admin.password)).await?;
    Ok(Database { engine: Engine::TiDb, process, port, admin, _folder: folder })
}
