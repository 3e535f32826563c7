//! The database under the MCP server: MariaDB wherever `make tools` ran, TiDB where a `tidb-server` was found. Both behind
//! one type, so that a test reads the same for both.

mod mariadb;
mod script;
mod sql;
mod tidb;

use std::fmt;
use std::time::Duration;

pub use script::split_statements;
pub use sql::Sql;

use crate::net::secret;
use crate::{Process, Result, Tools, Workdir};

/// How long a database may take to come up.
const START_DEADLINE: Duration = Duration::from_secs(60);

/// Which database server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Engine {
    /// MariaDB.
    MariaDb,
    /// TiDB with its embedded store.
    TiDb,
}

impl Engine {
    /// `mariadb` or `tidb`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MariaDb => "mariadb",
            Self::TiDb => "tidb",
        }
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The engines that can run here: MariaDB always, TiDB only where there is a `tidb-server`.
///
/// # Errors
/// When `make tools` has not run.
pub fn engines() -> Result<Vec<Engine>> {
    let tidb = Tools::load()?.tidb_server.map(|_| Engine::TiDb);
    Ok([Engine::MariaDb].into_iter().chain(tidb).collect())
}

/// A database account.
#[derive(Clone, Debug)]
pub struct Login {
    /// The name, valid from any host.
    pub user: String,
    /// Its password.
    pub password: String,
}

/// A running database server with no data of its own. Dropping it ends the server and removes its files.
#[derive(Debug)]
pub struct Database {
    engine: Engine,
    process: Process,
    port: u16,
    admin: Login,
    _folder: Workdir,
}

impl Database {
    /// Starts a server on a free port of 127.0.0.1 and waits until it answers.
    ///
    /// # Errors
    /// When a tool is missing or the server does not come up in time; shows the end of its log.
    pub async fn start(engine: Engine) -> Result<Self> {
        match engine {
            Engine::MariaDb => mariadb::start().await,
            Engine::TiDb => tidb::start().await,
        }
    }

    /// Which server this is.
    #[must_use]
    pub const fn engine(&self) -> Engine {
        self.engine
    }

    /// Its port on 127.0.0.1.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// The server's process.
    #[must_use]
    pub const fn process(&self) -> &Process {
        &self.process
    }

    /// The administrator's account.
    #[must_use]
    pub const fn admin_login(&self) -> &Login {
        &self.admin
    }

    /// SQL as administrator, bound to the runtime that asks: make one per test.
    #[must_use]
    pub fn admin(&self) -> Sql {
        self.connect(&self.admin)
    }

    /// SQL as any account; connects on first use.
    #[must_use]
    pub fn connect(&self, login: &Login) -> Sql {
        Sql::new(self.port, login, &["SET NAMES utf8mb4"])
    }

    /// Makes an account that can read the schema and the rows of `databases`, and nothing else: SELECT, SHOW VIEW and
    /// REFERENCES, the least that shows everything on MariaDB, MySQL and TiDB. An existing account loses its grants and
    /// its password. `"*"` means every database.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn create_reader(&self, user: &str, databases: &[&str]) -> Result<Login> {
        let login = Login { user: user.to_owned(), password: secret() };
        let account = format!("{}@'%'", text(user));
        let admin = self.admin();
        admin.execute(&format!("DROP USER IF EXISTS {account}")).await?;
        admin.execute(&format!("CREATE USER {account} IDENTIFIED BY {}", text(&login.password))).await?;
        for database in databases {
            let scope = grant_scope(database);
            admin.execute(&format!("GRANT SELECT, SHOW VIEW, REFERENCES ON {scope}.* TO {account}")).await?;
        }
        Ok(login)
    }
}

/// A text literal.
fn text(value: &str) -> String {
    format!("'{}'", value.replace('\\', "\\\\").replace('\'', "''"))
}

/// The database of a GRANT, where `_` and `%` are wildcards unless escaped.
fn grant_scope(database: &str) -> String {
    if database == "*" {
        return database.to_owned();
    }
    let escaped = database.replace('`', "``").replace('_', "\\_").replace('%', "\\%");
    format!("`{escaped}`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_names_one_database_and_not_a_pattern() {
        for (database, scope) in [("*", "*"), ("shop", "`shop`"), ("a_b", "`a\\_b`"), ("o`d%", "`o``d\\%`")] {
            assert_eq!(grant_scope(database), scope);
        }
    }
}
