//! TiDB's information_schema without TiDB: its recorded rows in tables of a MariaDB, asked with TiDB's own statements.
//! What it cannot show is listed in `tidb/README.md`. Reads its files from this crate's folder.

mod files;

use std::collections::BTreeMap;

use mysql_async::Error as SqlError;
use serde_json::{Map, Value};

use crate::database::Login;
use crate::{BedError, Database, Engine, Result, Sql};

/// The name `tables.sql` gives the database; replaced by that of a transplant.
const RECORDED_NAME: &str = "tidb_is";

/// What TiDB's text comparison and clock rest on: UTC, and GROUP BY as strict as TiDB's.
const SESSION: [&str; 3] =
    ["SET NAMES utf8mb4", "SET time_zone = '+00:00'", "SET sql_mode = CONCAT(@@sql_mode, ',ONLY_FULL_GROUP_BY')"];

/// Which recording is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Seven databases full of odd cases.
    Base,
    /// The same after some twenty changes (`tidb/after_alter/alter.sql`).
    AfterAlter,
}

/// What the MCP server would send.
#[derive(Clone, Debug, PartialEq)]
pub enum TransplantAnswer {
    /// The rows, typed as pytidb types them.
    Rows(Vec<Map<String, Value>>),
    /// The text of an error answer, in the shape pytidb gives it.
    Error(String),
}

/// A loaded recording. Bound to the runtime that made it.
#[derive(Debug)]
pub struct Transplant {
    admin: Sql,
    session: Sql,
    name: String,
    recorded: BTreeMap<String, Vec<Map<String, Value>>>,
}

impl Transplant {
    /// Loads a recording into the database `name` of a MariaDB, replacing what is there. Tests that run side by side
    /// take different names.
    ///
    /// # Errors
    /// When the server is no MariaDB, the name is not `[0-9a-z_]+`, or loading fails.
    pub async fn load(database: &Database, name: &str, state: State) -> Result<Self> {
        if database.engine() != Engine::MariaDb {
            return Err(BedError::new("TiDB's recorded rows go into MariaDB only; ask a live TiDB directly"));
        }
        if name.is_empty()
            || !name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        {
            return Err(BedError::new(format!("{name:?} is no name for a transplant: use [0-9a-z_]")));
        }
        let login: &Login = database.admin_login();
        let session = Sql::new(database.port(), login, &SESSION);
        let mut transplant =
            Self { admin: database.admin(), session, name: name.to_owned(), recorded: BTreeMap::new() };
        transplant.switch(state).await?;
        Ok(transplant)
    }

    /// Loads the other recording.
    ///
    /// # Errors
    /// When loading fails; what is loaded then is neither.
    pub async fn switch(&mut self, state: State) -> Result<()> {
        let script = files::tables()?.replace(RECORDED_NAME, &self.name);
        self.admin.execute_script(&script).await?;
        for table in files::rows(state)? {
            let sql = table.insert_statement(&self.name);
            if let Some(sql) = sql {
                self.session.execute_batch(&sql, table.values()).await?;
            }
        }
        self.recorded = files::answers(state)?;
        Ok(())
    }

    /// The statement that, sent to the same MariaDB by whatever server stands before it, brings the rows [`Self::ask`]
    /// would bring. One that reads no information_schema and was not recorded is returned as it is.
    #[must_use]
    pub fn statement(&self, sql: &str) -> String {
        let recorded = || self.recorded.get(&files::normal(sql)).map(|rows| files::select(rows));
        files::redirect(sql, &self.name).or_else(recorded).unwrap_or_else(|| sql.to_owned())
    }

    /// Answers one statement: what reads `information_schema` is run, everything else must have been recorded.
    ///
    /// # Errors
    /// For a statement that reads no information_schema and was not recorded (names it), and when MariaDB is gone.
    pub async fn ask(&self, sql: &str) -> Result<TransplantAnswer> {
        let Some(local) = files::redirect(sql, &self.name) else {
            let rows = self.recorded.get(&files::normal(sql)).cloned();
            let unknown = || BedError::new(format!("TiDB's answer to this statement was not recorded: {sql}"));
            return rows.map(TransplantAnswer::Rows).ok_or_else(unknown);
        };
        match self.session.try_rows(&local).await {
            Ok(rows) => Ok(TransplantAnswer::Rows(rows)),
            Err(SqlError::Server(refusal)) => {
                let text = files::error_text(refusal.code, &refusal.message, sql);
                Ok(TransplantAnswer::Error(text.replace(&self.name, "information_schema")))
            }
            Err(error) => Err(BedError::new(format!("the transplant is gone: {error}"))),
        }
    }
}
