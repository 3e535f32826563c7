//! Answers from recordings in place of a server. Matches by the text of the query alone; reads files, opens no
//! connection.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use serde::Deserialize;

use super::record::Told;
use super::{Dialect, McpError, RawAnswer, ServerInfo, SqlSource, Transport, classify, text};
use crate::error::Reason;

/// Largest recording read, all files together.
const MAX_BYTES: u64 = 64 << 20;

/// Why a recording cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The file cannot be read.
    #[error("cannot read the recording {}: {error}", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The files are too large.
    #[error("the recording is larger than {} MiB: record fewer databases", MAX_BYTES >> 20)]
    TooLarge,
    /// A line is not part of a recording.
    #[error("line {line} of the recording {} is not a recorded answer ({problem}): record again", path.display())]
    Malformed {
        /// Which file.
        path: PathBuf,
        /// Which line, from 1.
        line: usize,
        /// What is wrong with it.
        problem: String,
    },
}

/// What tells lines apart. The rest of a line is parsed when it is asked for.
#[derive(Deserialize)]
struct Head {
    sql: Option<String>,
    server: Option<ServerInfo>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    error: Option<Told>,
    rpc: Option<Rpc>,
    #[serde(default)]
    structured: Option<serde_json::Value>,
    #[serde(default)]
    content: Vec<String>,
    #[serde(default)]
    is_error: Option<bool>,
}

#[derive(Deserialize)]
struct Rpc {
    code: i32,
}

/// The answers to one query, in order, and how many were given.
#[derive(Debug, Default)]
struct Answers {
    lines: Vec<String>,
    given: usize,
}

/// A source that answers from recordings. The n-th call of a query gets its n-th recorded answer, and the last one
/// from then on.
#[derive(Debug)]
pub struct Replay {
    server: ServerInfo,
    answers: Mutex<HashMap<String, Answers>>,
}

impl Replay {
    /// Reads recordings, one after the other as if they were one file. Lines that record no query (schema changes
    /// made in between, calls of other tools) are passed over; who answers is taken from the first line that says so.
    ///
    /// # Errors
    /// When a file cannot be read, is no recording, or all together are larger than 64 MiB.
    pub fn open<P: AsRef<Path>>(paths: impl IntoIterator<Item = P>) -> Result<Self, ReplayError> {
        let (mut answers, mut server, mut left) = (HashMap::<String, Answers>::new(), None, MAX_BYTES);
        for path in paths {
            let path = path.as_ref();
            let unreadable = |error| ReplayError::Unreadable { path: path.to_owned(), error };
            let file = std::fs::File::open(path).map_err(unreadable)?;
            // One byte more than allowed tells a file that just fits from one that was cut.
            let mut reader = BufReader::new(file.take(left + 1));
            for number in 1.. {
                let mut line = String::new();
                let read = reader.read_line(&mut line).map_err(unreadable)?;
                left = left.checked_sub(read as u64).ok_or(ReplayError::TooLarge)?;
                if read == 0 {
                    break;
                }
                if line.trim().is_empty() {
                    continue;
                }
                let head: Head = serde_json::from_str(&line).map_err(|error| ReplayError::Malformed {
                    path: path.to_owned(),
                    line: number,
                    problem: error.to_string(),
                })?;
                server = server.or(head.server);
                if let Some(sql) = head.sql {
                    answers.entry(sql).or_default().lines.push(line);
                }
            }
        }
        let server = server.unwrap_or_else(|| ServerInfo {
            name: "recording".into(),
            version: String::new(),
            protocol_version: "2025-11-25".into(),
            dialect: Dialect::Pytidb,
            transport: Transport::StreamableHttp,
            rows_pointer: None,
            packed: false,
        });
        Ok(Self { server, answers: Mutex::new(answers) })
    }

    fn next(&self, sql: &str) -> Option<String> {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let answers = answers.get_mut(sql)?;
        let line = answers.lines.get(answers.given).or(answers.lines.last()).cloned();
        answers.given += 1;
        line
    }
}

#[async_trait]
impl SqlSource for Replay {
    async fn ask(&self, sql: &str) -> Result<RawAnswer, McpError> {
        // The query is shown here and nowhere else: it stands in the user's own file, or should.
        let Some(line) = self.next(sql) else {
            let shown = text::printable(sql, 2_000);
            return Err(unusable(format!(
                "the recording has no answer to the query {shown}: record again with this version"
            )));
        };
        let body: Body = serde_json::from_str(&line).map_err(|error| {
            let shown = text::printable(sql, 2_000);
            unusable(format!("the recorded answer to the query {shown} is malformed ({error}): record again"))
        })?;
        if let Some(told) = body.error {
            return Err(recorded(told));
        }
        if let Some(rpc) = body.rpc {
            return Err(classify::rpc_error(rpc.code));
        }
        let is_error = body.is_error.unwrap_or(false);
        Ok(RawAnswer { structured: body.structured, content: body.content, is_error })
    }

    fn server(&self) -> &ServerInfo {
        &self.server
    }
}

fn unusable(message: String) -> McpError {
    McpError::new(Reason::InvalidSpec, message)
}

fn recorded(told: Told) -> McpError {
    let known = Reason::ALL.iter().find(|reason| reason.as_str() == told.reason);
    let mut error =
        McpError::new(known.copied().unwrap_or(Reason::ProtocolError), text::printable(&told.message, 1_000));
    error.sql_code = told.sql_code;
    error
}
