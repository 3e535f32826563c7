//! A small SQL handle for tests: run a statement, run a script, read rows as JSON typed the way pytidb sends them.

use mysql_async::consts::ColumnType;
use mysql_async::prelude::Queryable as _;
use mysql_async::{Conn, OptsBuilder, Params, Pool, PoolConstraints, PoolOpts, Row};
use serde_json::{Map, Value};

use super::{Login, split_statements};
use crate::Result;
use crate::error::Context as _;

/// Connections of one handle at the same time, at least and at most.
const CONNECTIONS: (usize, usize) = (0, 4);

/// SQL as one account. Each call takes a connection from a small pool, so nothing of a session (`USE`, `SET`) carries
/// over to the next call; a script is one call.
#[derive(Clone, Debug)]
pub struct Sql {
    pool: Pool,
}

impl Sql {
    pub(crate) fn new(port: u16, login: &Login, setup: &[&str]) -> Self {
        let constraints = PoolConstraints::new(CONNECTIONS.0, CONNECTIONS.1).unwrap_or_default();
        let pool = PoolOpts::default().with_constraints(constraints);
        let options = OptsBuilder::default()
            .ip_or_hostname("127.0.0.1")
            .tcp_port(port)
            .user(Some(&login.user))
            .pass(Some(&login.password))
            .prefer_socket(false)
            .pool_opts(pool)
            .setup(setup.iter().map(ToString::to_string).collect::<Vec<_>>());
        Self { pool: Pool::new(options) }
    }

    /// Runs one statement and drops its rows.
    ///
    /// # Errors
    /// When there is no connection or the server refuses; the server's own words.
    pub async fn execute(&self, sql: &str) -> Result<()> {
        let mut connection = self.connection().await?;
        connection.query_drop(sql).await.context(|| head(sql))
    }

    /// Runs the statements of a script in one session, to the first that fails.
    ///
    /// # Errors
    /// As [`Self::execute`], with the start of the statement.
    pub async fn execute_script(&self, script: &str) -> Result<()> {
        let mut connection = self.connection().await?;
        for statement in split_statements(script) {
            connection.query_drop(statement).await.context(|| head(statement))?;
        }
        Ok(())
    }

    /// Runs one prepared statement once per set of values.
    ///
    /// # Errors
    /// As [`Self::execute`].
    pub(crate) async fn execute_batch(&self, sql: &str, values: Vec<Params>) -> Result<()> {
        let mut connection = self.connection().await?;
        connection.exec_batch(sql, values).await.context(|| head(sql))
    }

    /// The rows of one statement: integers and floats as numbers, NULL as null, everything else as text (dates and times
    /// in ISO 8601). The last of two columns with one name wins.
    ///
    /// # Errors
    /// As [`Self::execute`].
    pub async fn rows(&self, sql: &str) -> Result<Vec<Map<String, Value>>> {
        self.try_rows(sql).await.context(|| head(sql))
    }

    /// As [`Self::rows`], with the driver's own error.
    pub(crate) async fn try_rows(&self, sql: &str) -> std::result::Result<Vec<Map<String, Value>>, mysql_async::Error> {
        let rows: Vec<Row> = self.pool.get_conn().await?.query(sql).await?;
        Ok(rows.into_iter().map(row_to_json).collect())
    }

    async fn connection(&self) -> Result<Conn> {
        self.pool.get_conn().await.context(|| "no connection to the test database")
    }
}

/// The start of a statement, for a message.
fn head(sql: &str) -> String {
    sql.chars().take(200).collect()
}

fn row_to_json(row: Row) -> Map<String, Value> {
    let columns = row.columns();
    let cells = row.unwrap_raw().into_iter();
    columns
        .iter()
        .zip(cells)
        .map(|(column, cell)| (column.name_str().into_owned(), cell_to_json(column.column_type(), cell)))
        .collect()
}

/// One cell of the text protocol, where everything but NULL is bytes.
fn cell_to_json(kind: ColumnType, cell: Option<mysql_async::Value>) -> Value {
    let bytes = match cell {
        Some(mysql_async::Value::Bytes(bytes)) => bytes,
        Some(other) if other != mysql_async::Value::NULL => return Value::String(other.as_sql(true)),
        _ => return Value::Null,
    };
    let text = String::from_utf8_lossy(&bytes).into_owned();
    match kind {
        ColumnType::MYSQL_TYPE_TINY
        | ColumnType::MYSQL_TYPE_SHORT
        | ColumnType::MYSQL_TYPE_INT24
        | ColumnType::MYSQL_TYPE_LONG
        | ColumnType::MYSQL_TYPE_LONGLONG
        | ColumnType::MYSQL_TYPE_YEAR
        | ColumnType::MYSQL_TYPE_FLOAT
        | ColumnType::MYSQL_TYPE_DOUBLE => serde_json::from_str(&text).unwrap_or(Value::String(text)),
        ColumnType::MYSQL_TYPE_DATETIME | ColumnType::MYSQL_TYPE_TIMESTAMP => Value::String(text.replacen(' ', "T", 1)),
        _ => Value::String(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_typed_as_the_mcp_server_sends_them() {
        use ColumnType as C;
        let cases = [
            (C::MYSQL_TYPE_LONGLONG, Some("18446744073709551615"), serde_json::json!(u64::MAX)),
            (C::MYSQL_TYPE_LONG, Some("-7"), serde_json::json!(-7)),
            (C::MYSQL_TYPE_NEWDECIMAL, Some("1.50"), serde_json::json!("1.50")),
            (C::MYSQL_TYPE_VAR_STRING, Some("7"), serde_json::json!("7")),
            (C::MYSQL_TYPE_DATETIME, Some("2026-01-02 03:04:05"), serde_json::json!("2026-01-02T03:04:05")),
            (C::MYSQL_TYPE_LONG, None, Value::Null),
        ];
        for (kind, text, wanted) in cases {
            let cell = text.map(|text| mysql_async::Value::Bytes(text.into()));
            assert_eq!(cell_to_json(kind, cell), wanted, "{kind:?} {text:?}");
        }
    }
}
