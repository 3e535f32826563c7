//! Answers of a real TiDB, some of them as they were after one more statement of DDL.

use std::collections::HashMap;
use std::path::PathBuf;

use async_trait::async_trait;
use mcp_schema_operator::mcp::{Dialect, McpError, RawAnswer, ServerInfo, SqlSource, Transport};
use serde::Deserialize;

/// A line of a tape or of a recording.
#[derive(Deserialize)]
struct Line {
    #[serde(default)]
    name: String,
    sql: Option<String>,
    #[serde(flatten)]
    answer: RawAnswer,
}

/// Answers by statement.
pub(crate) struct Tape {
    answers: HashMap<String, RawAnswer>,
    info: ServerInfo,
}

fn lines(path: &str) -> Vec<Line> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

impl Tape {
    /// The whole schema, and over it what was recorded after the steps up to the one whose name begins so.
    pub(crate) fn after(step: usize) -> Self {
        let text = str::to_owned;
        let info = ServerInfo {
            name: text("tape"),
            version: text("1"),
            protocol_version: text("2025-11-25"),
            dialect: Dialect::Pytidb,
            transport: Transport::StreamableHttp,
            rows_pointer: None,
            packed: false,
        };
        let mut answers = HashMap::new();
        for line in lines("tests/golden/tidb-8.4-nasty/tape.ndjson") {
            // The first page holds all rows; a second one is asked for after the last of them.
            answers.entry(line.sql.unwrap()).or_insert(line.answer);
        }
        for line in lines("tests/recordings/tidb-8.4.0/alter.ndjson") {
            if let Some(sql) = line.sql.filter(|_| line.name.starts_with(&format!("alter{step}."))) {
                answers.insert(sql, line.answer);
            }
        }
        Self { answers, info }
    }

    /// Cells of the rows of the statement that contains all these words.
    pub(crate) fn cells(&self, words: &[&str], cells: [&str; 2]) -> Vec<[String; 2]> {
        let (_, answer) = self.answers.iter().find(|(sql, _)| words.iter().all(|word| sql.contains(word))).unwrap();
        let rows = answer.structured.as_ref().unwrap()["result"].as_array().unwrap();
        rows.iter().map(|row| cells.map(|cell| row[cell].as_str().unwrap().to_owned())).collect()
    }
}

#[async_trait]
impl SqlSource for Tape {
    async fn ask(&self, sql: &str) -> Result<RawAnswer, McpError> {
        let empty = serde_json::json!({ "result": [] });
        // What was not recorded: SHOW CREATE TABLE, which is refused then, and pages behind the last row.
        let unknown = RawAnswer { structured: Some(empty), content: vec![], is_error: sql.starts_with("SHOW ") };
        Ok(self.answers.get(sql).cloned().unwrap_or(unknown))
    }

    fn server(&self) -> &ServerInfo {
        &self.info
    }
}
