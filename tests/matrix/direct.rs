//! A database as a source of discovery, without any MCP server in between.

use async_trait::async_trait;
use mcp_schema_operator::error::Reason;
use mcp_schema_operator::mcp::{Dialect, McpError, RawAnswer, ServerInfo, SqlSource, Transport};
use mcpschema_bed::{Database, Login, Sql};
use serde_json::{Value, json};

/// The database itself, without any server in between: what every cell is compared with. Its rows look as pytidb's do.
pub(crate) struct Direct {
    sql: Sql,
    info: ServerInfo,
}

impl Direct {
    pub(crate) fn new(database: &Database, login: &Login) -> Self {
        let text = str::to_owned;
        let info = ServerInfo {
            name: text("direct"),
            version: text("1"),
            protocol_version: text("2025-11-25"),
            dialect: Dialect::Pytidb,
            transport: Transport::StreamableHttp,
            rows_pointer: None,
            packed: false,
        };
        Self { sql: database.connect(login), info }
    }
}

#[async_trait]
impl SqlSource for Direct {
    async fn ask(&self, sql: &str) -> Result<RawAnswer, McpError> {
        let rows = self.sql.rows(sql).await.map_err(|error| McpError::new(Reason::DatabaseError, error.to_string()))?;
        let rows: Vec<Value> = rows.into_iter().map(Value::Object).collect();
        Ok(RawAnswer { structured: Some(json!({ "result": rows })), content: Vec::new(), is_error: false })
    }

    fn server(&self) -> &ServerInfo {
        &self.info
    }
}
