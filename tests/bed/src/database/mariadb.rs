//! Starts MariaDB with a data directory of its own: server defaults, save what only makes tests faster.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Database, Engine, Login, START_DEADLINE, Sql};
use crate::error::Context as _;
use crate::net::{free_port, secret};
use crate::{BedError, Process, Result, Tools, Workdir};

/// Durability and sizes only: nothing a client can tell from the defaults.
const SETTINGS: [&str; 11] = [
    "--bind-address=127.0.0.1",
    "--skip-name-resolve",
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-doublewrite=0",
    "--innodb-buffer-pool-size=256M",
    "--innodb-fast-shutdown=2",
    "--performance-schema=OFF",
    // A thousand tables stay open, or each look at information_schema opens them anew.
    "--table-definition-cache=4000",
    "--table-open-cache=4000",
    "--open-files-limit=16384",
    "--max-connections=200",
];

pub(super) async fn start() -> Result<Database> {
    let tools = Tools::load()?;
    let folder = Workdir::new("mariadb")?;
    let data = folder.path().join("data");
    let scratch = scratch(&folder)?;
    make_data(&tools, &data, &scratch).await?;

    let admin = Login { user: "root".to_owned(), password: secret() };
    let init = data.join("init.sql");
    std::fs::write(&init, init_sql(&admin)).context(|| "cannot write the first statements of MariaDB")?;
    let port = free_port()?;
    let mut command = Command::new(&tools.mariadbd);
    command.arg("--no-defaults").args(user_argument()).arg(format!("--datadir={}", data.display()));
    command.arg(format!("--port={port}")).arg(format!("--socket={}", data.join("mysqld.sock").display()));
    command.arg(format!("--init-file={}", init.display())).args(SETTINGS);
    command.arg(format!("--tmpdir={}", scratch.display()));
    let process = Process::spawn("mariadbd", &mut command, &folder.path().join("mariadbd.log"))?;
    let sql = Sql::new(port, &admin, &[]);
    process.until("an answer", START_DEADLINE, async || sql.execute("SELECT 1").await).await?;
    std::fs::remove_file(&init).context(|| "cannot remove the first statements of MariaDB")?;
    Ok(Database { engine: Engine::MariaDb, process, port, admin, _folder: folder })
}

/// A folder for temporary tables of this server alone: one that starts deletes every temporary table it finds, those of
/// the servers that run included. Like /tmp, because MariaDB runs as another user when we are root.
fn scratch(folder: &Workdir) -> Result<PathBuf> {
    let scratch = folder.path().join("tmp");
    let make = || {
        std::fs::create_dir(&scratch)?;
        std::fs::set_permissions(&scratch, Permissions::from_mode(0o1777))
    };
    make().context(|| "cannot make a folder for temporary tables")?;
    Ok(scratch)
}

/// Fills a fresh data directory. Done by a program of its own, which takes a few seconds.
async fn make_data(tools: &Tools, data: &Path, scratch: &Path) -> Result<()> {
    let mut command = tokio::process::Command::new(&tools.mariadb_install_db);
    command.arg("--no-defaults").args(user_argument()).arg(format!("--datadir={}", data.display()));
    command.args(["--auth-root-authentication-method=normal", "--skip-name-resolve", "--skip-test-db"]);
    command.arg(format!("--tmpdir={}", scratch.display())).env("TMPDIR", scratch);
    let output = command.kill_on_drop(true).output();
    let output = tokio::time::timeout(START_DEADLINE, output).await.context(|| "mariadb-install-db takes too long")?;
    let output = output.context(|| "cannot run mariadb-install-db")?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    Err(BedError::new(format!(
        "mariadb-install-db failed ({}): {}",
        output.status,
        String::from_utf8_lossy(&said).trim()
    )))
}

/// MariaDB refuses to run as root unless told whom to become.
fn user_argument() -> Option<&'static str> {
    rustix::process::geteuid().is_root().then_some("--user=mysql")
}

/// The administrator gets a password, and the anonymous users go: they would win over accounts at `'%'`.
fn init_sql(admin: &Login) -> String {
    let account = format!("`{}`@`127.0.0.1`", admin.user);
    format!(
        "DELETE FROM mysql.global_priv WHERE User = '' OR User = 'root';\n\
         FLUSH PRIVILEGES;\n\
         CREATE USER {account} IDENTIFIED BY '{}';\n\
         GRANT ALL ON *.* TO {account} WITH GRANT OPTION;\n",
        admin.password
    )
}
