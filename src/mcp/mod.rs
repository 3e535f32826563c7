//! Talking to one MCP server: the only network I/O towards databases. Knows nothing of Kubernetes.
//! [`SqlSource`] is the seam: a live connection, a recording, or a test's own source all answer SQL through it.

mod answer;
mod classify;
mod connection;
mod dialect;
mod endpoint;
mod fault;
pub mod guard;
mod handshake;
mod ladder;
mod observer;
pub mod packed;
pub mod pem;
mod query;
mod record;
mod replay;
pub mod retry;
pub mod rows;
mod seen;
mod session;
mod text;
mod transport;
mod wire;

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use self::connection::{Connection, Patient};
pub use self::endpoint::{Custom, Endpoint, EndpointError, Secret, Tls};
pub use self::observer::{Observer, Running, Unobserved, unobserved};
pub use self::query::{decode, page, query};
pub use self::record::Recorder;
pub use self::replay::{Replay, ReplayError};
pub use self::rows::{Page, Rows};
use crate::error::{Class, Reason};

/// Which product's SQL tool we speak to, and so how rows and errors look in its answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Dialect {
    /// PingCAP's `tidb-mcp-server` (pytidb): `db_query(sql_stmt)`.
    Pytidb,
    /// Bytebase's dbhub: `execute_sql(sql)`, or `execute_sql_<source>(sql)` of one source.
    Dbhub,
    /// Google's MCP Toolbox for Databases: `execute_sql(sql)`.
    Toolbox,
    /// benborla's mcp-server-mysql: `mysql_query(sql)`.
    Benborla,
    /// The REST tools server this operator's predecessor used: `execute_query_tool(query)`.
    RestTools,
    /// A tool the user describes, see [`Custom`].
    Custom,
}

/// How an MCP server is reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Transport {
    /// MCP's streamable HTTP (revision 2025-03-26 and later).
    #[default]
    StreamableHttp,
    /// MCP's older HTTP+SSE (revision 2024-11-05): a GET stream announces where to POST.
    Sse,
    /// No MCP: `POST {base}/tools/{tool}` with plain JSON.
    RestTools,
}

/// What the handshake told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServerInfo {
    /// `serverInfo.name`, cut to 128 bytes.
    pub name: String,
    /// `serverInfo.version`, cut to 128 bytes.
    pub version: String,
    /// The MCP revision both sides agreed on.
    pub protocol_version: String,
    /// The dialect found.
    pub dialect: Dialect,
    /// The transport found. Recordings made before there was a choice do not tell.
    #[serde(default)]
    pub transport: Transport,
    /// JSON pointer to the rows (RFC 6901), for dialect Custom alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows_pointer: Option<String>,
    /// Rows packed into JSON by the database come through exactly, see [`packed`]. Recordings made before there was
    /// that form hold plain rows.
    #[serde(default)]
    pub packed: bool,
}

/// One answer of the SQL tool as it came: the unit that is recorded and replayed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RawAnswer {
    /// `structuredContent`.
    #[serde(default)]
    pub structured: Option<Value>,
    /// Text of the content blocks, in order. A live connection leaves it empty beside `structured`, which says the same.
    #[serde(default)]
    pub content: Vec<String>,
    /// `isError`.
    #[serde(default)]
    pub is_error: bool,
}

/// Something that answers SQL through an MCP server's query tool.
#[async_trait]
pub trait SqlSource: Send + Sync {
    /// Sends one read-only statement and returns the answer as it came.
    ///
    /// # Errors
    /// When no answer came at all; an answer that *is* an error is a [`RawAnswer`], judged by the dialect.
    async fn ask(&self, sql: &str) -> Result<RawAnswer, McpError>;

    /// Who answers.
    fn server(&self) -> &ServerInfo;
}

/// A failed call, with everything the outside may know of it. `message` holds no SQL, no row, no token and no URL (but
/// [`Replay`] names the query that its file lacks).
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct McpError {
    /// Why.
    pub reason: Reason,
    /// One sentence that says what happened and what to do next.
    pub message: String,
    /// The database's own error number, when it gave one (MySQL error reference).
    pub sql_code: Option<u16>,
    /// How long the server asked us to wait.
    pub retry_after: Option<Duration>,
    /// The cause, for debug logs only.
    #[source]
    pub cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl McpError {
    /// A failure without a cause of its own.
    #[must_use]
    pub fn new(reason: Reason, message: impl Into<String>) -> Self {
        Self { reason, message: message.into(), sql_code: None, retry_after: None, cause: None }
    }

    /// How to go on.
    #[must_use]
    pub const fn class(&self) -> Class {
        self.reason.class()
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pytidb => "Pytidb",
            Self::Dbhub => "Dbhub",
            Self::Toolbox => "Toolbox",
            Self::Benborla => "Benborla",
            Self::RestTools => "RestTools",
            Self::Custom => "Custom",
        })
    }
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::StreamableHttp => "StreamableHttp",
            Self::Sse => "Sse",
            Self::RestTools => "RestTools",
        })
    }
}
