//! Why a discovery failed. A message names the database and what to do next; it holds no SQL and no value.

use crate::error::{Class, Reason};
use crate::mcp::McpError;

/// A discovery that gave nothing to publish.
#[derive(Debug, thiserror::Error)]
pub enum DiscoveryError {
    /// A call failed.
    #[error(transparent)]
    Mcp(#[from] McpError),
    /// The answers do not add up to a whole schema.
    #[error("database {database}: {part}: {problem}")]
    Incomplete {
        /// The database, or `*` when the list of databases itself is not whole.
        database: String,
        /// What is missing: a list of rows (`columns`), or one table.
        part: String,
        /// What was seen and what to do.
        problem: String,
    },
    /// More tables than the operator publishes.
    #[error("{tables} tables and views are selected, {cap} is the most: narrow tables.include or databases.include")]
    TooManyTables {
        /// How many are selected up to the database that passed the cap.
        tables: usize,
        /// The most there may be.
        cap: usize,
    },
}

impl DiscoveryError {
    /// Rows of one list are missing although the database did not change.
    pub(super) fn missing(database: &str, part: &str, got: u64, want: u64) -> Self {
        Self::Incomplete {
            database: database.to_owned(),
            part: part.to_owned(),
            problem: format!(
                "{got} rows came and the server counts {want}: it may cut long results short; lower the page size, \
                 raise the MCP server's row limit, or check the account's grants"
            ),
        }
    }

    /// The word for conditions and metrics.
    #[must_use]
    pub const fn reason(&self) -> Reason {
        match self {
            Self::Mcp(error) => error.reason,
            Self::Incomplete { .. } => Reason::DiscoveryIncomplete,
            Self::TooManyTables { .. } => Reason::OutputTooLarge,
        }
    }

    /// How to go on.
    #[must_use]
    pub const fn class(&self) -> Class {
        self.reason().class()
    }
}
