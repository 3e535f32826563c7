//! Sources of answers: a tape, a tape that serves pages of any size, a child process, and a recorder around one.

use std::collections::HashMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use mcp_schema_operator::error::Reason;
use mcp_schema_operator::mcp::{Dialect, McpError, RawAnswer, ServerInfo, SqlSource, Transport};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Serialize, Deserialize)]
struct Line {
    sql: String,
    #[serde(flatten)]
    answer: RawAnswer,
}

fn pytidb() -> ServerInfo {
    let text = |t: &str| t.to_owned();
    ServerInfo {
        name: text("tape"),
        version: text("1"),
        protocol_version: text("2025-11-25"),
        dialect: Dialect::Pytidb,
        transport: Transport::StreamableHttp,
        rows_pointer: None,
        packed: false,
    }
}

fn rows_of(answer: &RawAnswer) -> Vec<Value> {
    answer.structured.as_ref().and_then(|s| s["result"].as_array()).cloned().unwrap_or_default()
}

fn answer(rows: &[Value]) -> RawAnswer {
    let content = rows.iter().map(Value::to_string).collect();
    RawAnswer { structured: Some(json!({ "result": rows })), content, is_error: false }
}

/// Answers each statement with what was recorded for it; the last answer of several is repeated.
pub(crate) struct Tape {
    answers: HashMap<String, Vec<RawAnswer>>,
    asked: Mutex<HashMap<String, usize>>,
    lenient: bool,
    info: ServerInfo,
}

impl Tape {
    pub(crate) fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}; record it first", path.display()));
        let mut answers: HashMap<String, Vec<RawAnswer>> = HashMap::new();
        for line in text.lines() {
            let Line { sql, answer } = serde_json::from_str(line).unwrap();
            answers.entry(sql).or_default().push(answer);
        }
        Self { answers, asked: Mutex::default(), lenient: false, info: pytidb() }
    }

    /// Answers with another tape what that one holds, and the rest as before.
    pub(crate) fn over(&mut self, path: &Path) {
        self.answers.extend(Self::read(path).answers);
    }

    /// Changes the rows of every statement that contains `part`.
    pub(crate) fn edit(&mut self, part: &str, change: impl Fn(&mut Vec<Value>)) {
        for (_, answers) in self.answers.iter_mut().filter(|(sql, _)| sql.contains(part)) {
            for one in answers {
                let mut rows = rows_of(one);
                change(&mut rows);
                *one = answer(&rows);
            }
        }
    }

    /// Takes some statements off the tape.
    pub(crate) fn forget(&mut self, which: impl Fn(&str) -> bool) {
        self.answers.retain(|sql, _| !which(sql));
    }

    /// A statement that is not on the tape has no rows, instead of being an error.
    pub(crate) fn unasked_is_empty(&mut self) {
        self.lenient = true;
    }
}

#[async_trait]
impl SqlSource for Tape {
    async fn ask(&self, sql: &str) -> Result<RawAnswer, McpError> {
        let Some(answers) = self.answers.get(sql) else {
            assert!(self.lenient, "not on the tape: {sql}");
            return Ok(answer(&[]));
        };
        let mut asked = self.asked.lock().unwrap();
        let at = asked.entry(sql.to_owned()).or_default();
        *at += 1;
        Ok(answers[(*at - 1).min(answers.len() - 1)].clone())
    }

    fn server(&self) -> &ServerInfo {
        &self.info
    }
}

/// Serves pages of any size from the whole lists of a tape, by their keyset, as a server would; `cap` is the most rows
/// it ever sends.
pub(crate) struct Paged {
    tape: Tape,
    lists: HashMap<String, Vec<Value>>,
    cap: usize,
    pages: AtomicUsize,
}

/// A page's statement taken apart: what lists it, after which key, how many rows.
struct Page {
    list: String,
    key: (String, String, u64),
    limit: usize,
}

impl Page {
    fn parse(sql: &str) -> Option<Self> {
        let (rest, limit) = sql.rsplit_once(" LIMIT ")?;
        let (list, tail) = rest.split_once(" > '")?;
        let quoted = |text: &str| text.split('\'').next().unwrap_or_default().to_owned();
        let number = |text: &str| text.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok();
        let item = tail.split_once(" > '").map(|(_, t)| quoted(t)).unwrap_or_default();
        let position =
            ["ORDINAL_POSITION > ", "SEQ_IN_INDEX > "].iter().find_map(|mark| number(tail.split_once(mark)?.1));
        let key = (quoted(tail), item, position.unwrap_or(0));
        Some(Self { list: list.to_owned(), key, limit: limit.parse().ok()? })
    }

    fn key_of(row: &Value) -> (String, String, u64) {
        let text = |label: &str| row[label].as_str().unwrap_or_default().to_owned();
        (text("k"), text("ik"), row["pos"].as_u64().or(row["seq"].as_u64()).unwrap_or(0))
    }
}

impl Paged {
    pub(crate) fn new(tape: Tape, cap: usize) -> Self {
        let mut lists: HashMap<String, Vec<Value>> = HashMap::new();
        for (sql, answers) in &tape.answers {
            if let Some(page) = Page::parse(sql) {
                lists.entry(page.list).or_default().extend(rows_of(&answers[0]));
            }
        }
        for rows in lists.values_mut() {
            rows.sort_by_key(Page::key_of);
        }
        Self { tape, lists, cap, pages: AtomicUsize::new(0) }
    }

    pub(crate) fn pages(&self) -> usize {
        self.pages.load(Ordering::Relaxed)
    }
}

#[async_trait]
impl SqlSource for Paged {
    async fn ask(&self, sql: &str) -> Result<RawAnswer, McpError> {
        let Some(Page { list, key, limit }) = Page::parse(sql) else { return self.tape.ask(sql).await };
        self.pages.fetch_add(1, Ordering::Relaxed);
        let rows = self.lists.get(&list).map(Vec::as_slice).unwrap_or_default();
        let after = rows.iter().filter(|row| Page::key_of(row) > key);
        Ok(answer(&after.take(limit.min(self.cap)).cloned().collect::<Vec<_>>()))
    }

    fn server(&self) -> &ServerInfo {
        self.tape.server()
    }
}

/// A child process that answers one JSON line for each JSON line it reads.
pub(crate) struct Command {
    pipes: Mutex<(ChildStdin, BufReader<ChildStdout>)>,
    child: Mutex<Child>,
    info: ServerInfo,
}

impl Command {
    pub(crate) fn start(command: &str) -> Self {
        let mut child = std::process::Command::new("sh")
            .args(["-c", command])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let pipes = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        Self { pipes: Mutex::new(pipes), child: Mutex::new(child), info: pytidb() }
    }
}

impl Drop for Command {
    fn drop(&mut self) {
        let mut child = self.child.lock().unwrap();
        let _ = child.kill();
        let _ = child.wait();
    }
}

#[async_trait]
impl SqlSource for Command {
    async fn ask(&self, sql: &str) -> Result<RawAnswer, McpError> {
        let mut pipes = self.pipes.lock().unwrap();
        let (input, output) = &mut *pipes;
        writeln!(input, "{}", json!(sql)).unwrap();
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        serde_json::from_str(&line).map_err(|_| McpError::new(Reason::ConnectFailed, "the answering command ended"))
    }

    fn server(&self) -> &ServerInfo {
        &self.info
    }
}

/// Writes every answer that passes through to a tape, when dropped.
pub(crate) struct Recorder {
    inner: Command,
    lines: Mutex<Vec<String>>,
    path: PathBuf,
}

impl Recorder {
    pub(crate) fn new(inner: Command, path: &Path) -> Self {
        Self { inner, lines: Mutex::default(), path: path.to_owned() }
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        fs::create_dir_all(self.path.parent().unwrap()).unwrap();
        fs::write(&self.path, self.lines.lock().unwrap().concat()).unwrap();
    }
}

#[async_trait]
impl SqlSource for Recorder {
    async fn ask(&self, sql: &str) -> Result<RawAnswer, McpError> {
        let answer = self.inner.ask(sql).await?;
        let line = serde_json::to_string(&Line { sql: sql.to_owned(), answer: answer.clone() }).unwrap();
        let mut lines = self.lines.lock().unwrap();
        // The fingerprint after is the one before: one line serves both.
        if !lines.iter().any(|before| *before == format!("{line}\n")) {
            lines.push(format!("{line}\n"));
        }
        Ok(answer)
    }

    fn server(&self) -> &ServerInfo {
        self.inner.server()
    }
}
