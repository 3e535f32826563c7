//! Recorded schemas, and the programs that judge what is made of them.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use mcp_schema_operator::schema::Snapshot;
use mcpschema_bed::Tools;
use serde_json::Value;

/// The discovered schemas of `tests/golden/`.
pub(crate) const CASES: [&str; 3] = ["tidb-8.4-nasty", "tidb-8.4-after-alter", "mariadb-10.11-nasty"];

pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

pub(crate) fn file(path: &str) -> String {
    let path = root().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

pub(crate) fn recorded_file(case: &str) -> PathBuf {
    root().join("tests/golden").join(case).join("discover.json")
}

pub(crate) fn recorded(case: &str) -> Snapshot {
    serde_json::from_str(&std::fs::read_to_string(recorded_file(case)).unwrap()).unwrap()
}

/// What ajv and mermaid say; see `judge.mjs`.
pub(crate) fn judge(wish: &Value) -> Value {
    let tools = Tools::load().unwrap_or_else(|error| panic!("{error}"));
    let mut child = Command::new(&tools.mcp_node)
        .arg(root().join("tests/outputs/judge.mjs"))
        .arg(&tools.judges)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let text = wish.to_string();
    // On a thread of its own: neither side may wait for the other to read.
    let writing = std::thread::spawn(move || input.write_all(text.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writing.join().unwrap().unwrap();
    assert!(output.status.success(), "judge.mjs failed; its words are above");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Compares with the file, or rewrites it when asked to.
pub(crate) fn golden(path: &Path, text: &str) {
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(path, text).unwrap();
    }
    let want = std::fs::read_to_string(path).unwrap_or_default();
    let differs = want.lines().zip(text.lines()).position(|(a, b)| a != b);
    assert!(want == text, "{} differs from line {differs:?}; UPDATE_GOLDEN=1 rewrites it", path.display());
}
