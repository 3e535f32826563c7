//! Writes what passes through a source to a file, one JSON line per call, for [`Replay`](super::Replay) to answer
//! from. The file holds queries and rows as they are: it is readable by its owner alone.

use std::io;
use std::path::Path;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::fs::{File, OpenOptions};
use tokio::io::AsyncWriteExt;
use tokio::sync::Mutex;

use super::{McpError, RawAnswer, ServerInfo, SqlSource};
use crate::error::Reason;

/// One line of a recording, as written.
#[derive(Serialize)]
#[serde(untagged)]
enum Line<'a> {
    Server {
        server: &'a ServerInfo,
    },
    #[serde(rename_all = "camelCase")]
    Answer {
        sql: &'a str,
        structured: &'a Option<Value>,
        content: &'a [String],
        is_error: bool,
    },
    Failure {
        sql: &'a str,
        error: Told,
    },
}

/// A failure without an answer, as recorded.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Told {
    /// [`Reason::as_str`].
    pub(super) reason: String,
    /// [`McpError::message`].
    pub(super) message: String,
    /// [`McpError::sql_code`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) sql_code: Option<u16>,
}

/// A source that records another one.
#[derive(Debug)]
pub struct Recorder<S> {
    inner: S,
    file: Mutex<File>,
}

impl<S: SqlSource> Recorder<S> {
    /// Creates the file, or empties it, with access for its owner alone, and writes who answers as its first line.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub async fn create(inner: S, path: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        options.mode(0o600);
        let mut file = options.open(path).await?;
        #[cfg(unix)]
        {
            // The mode above is for a new file; one that was there keeps its own.
            use std::os::unix::fs::PermissionsExt;
            file.set_permissions(std::fs::Permissions::from_mode(0o600)).await?;
        }
        write(&mut file, &Line::Server { server: inner.server() }).await?;
        Ok(Self { inner, file: Mutex::new(file) })
    }

    /// Gives the recorded source back.
    pub fn into_inner(self) -> S {
        self.inner
    }
}

async fn write(file: &mut File, line: &Line<'_>) -> io::Result<()> {
    let mut bytes = serde_json::to_vec(line)?;
    bytes.push(b'\n');
    file.write_all(&bytes).await?;
    file.flush().await
}

#[async_trait]
impl<S: SqlSource> SqlSource for Recorder<S> {
    async fn ask(&self, sql: &str) -> Result<RawAnswer, McpError> {
        let result = self.inner.ask(sql).await;
        let line = match &result {
            Ok(answer) => Line::Answer {
                sql,
                structured: &answer.structured,
                content: &answer.content,
                is_error: answer.is_error,
            },
            Err(error) => Line::Failure {
                sql,
                error: Told {
                    reason: error.reason.as_str().into(),
                    message: error.message.clone(),
                    sql_code: error.sql_code,
                },
            },
        };
        // A recording with a hole would be replayed as something that never happened.
        write(&mut *self.file.lock().await, &line).await.map_err(|error| {
            McpError::new(
                Reason::InvalidSpec,
                format!("cannot write the recording ({error}): check the disk, or record elsewhere"),
            )
        })?;
        result
    }

    fn server(&self) -> &ServerInfo {
        self.inner.server()
    }
}

#[async_trait]
impl<S: SqlSource + ?Sized> SqlSource for std::sync::Arc<S> {
    async fn ask(&self, sql: &str) -> Result<RawAnswer, McpError> {
        (**self).ask(sql).await
    }

    fn server(&self) -> &ServerInfo {
        (**self).server()
    }
}
