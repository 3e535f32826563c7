//! `validate query` as people and CI systems run it: arguments in, standard output, standard error and exit code out.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use mcpschema_bed::Workdir;
use serde_json::{Value, json};

const BINARY: &str = env!("CARGO_BIN_EXE_mcp-schema-operator");

fn snapshot(folder: &Workdir) -> String {
    let column = json!({"name": "id", "ordinal": 1, "type": {"base": "int"}, "nullable": false});
    let table =
        json!({"name": "orders", "kind": "base", "columns": [column], "primaryKey": {"columns": [{"column": "id"}]}});
    let server = json!({"dialect": "mariadb", "version": "10.11", "lowerCaseTableNames": 0});
    let snapshot = json!({"modelVersion": 1, "server": server, "databases": [{"name": "shop", "tables": [table]}]});
    folder.write("shop.json", &snapshot.to_string()).unwrap().display().to_string()
}

fn run(args: &[&str], stdin: &str) -> (i32, String, String) {
    let mut command = Command::new(BINARY);
    command.args(["validate", "query"]).args(args);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A command that refuses its arguments does not read.
    let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (status.code().unwrap(), text(stdout), text(stderr))
}

#[test]
fn the_exit_code_tells_valid_from_wrong_from_not_judged() {
    let folder = Workdir::new("queries").unwrap();
    let schema = snapshot(&folder);
    let newer = folder.write("newer.json", "{\"modelVersion\":99}").unwrap().display().to_string();
    for (code, args, stdin) in [
        (0, &["--schema", &schema, "SELECT id FROM orders WHERE id = 1"][..], ""),
        (0, &["--schema", &schema, "SELECT id FROM orders"], ""),
        (0, &["--schema", &schema, "--read-only", "-"], "SELECT id\nFROM shop.orders LIMIT 1"),
        (0, &["--schema", &schema, "DELETE FROM orders WHERE id = 1"], ""),
        (1, &["--schema", &schema, "--read-only", "DELETE FROM orders WHERE id = 1"], ""),
        (1, &["--schema", &schema, "SELECT nosuch FROM orders"], ""),
        (1, &["--schema", &schema, "--database", "crm", "SELECT id FROM orders"], ""),
        (1, &["--schema", &schema, "-"], ""),
        (2, &["--schema", &schema, "TABLE orders"], ""),
        (2, &["--schema", &schema, "DROP TABLE orders"], ""),
        (2, &["--schema", &schema], ""),
        (2, &["SELECT 1"], ""),
        (2, &["--schema", "/nowhere/shop.json", "SELECT 1"], ""),
        (2, &["--schema", &newer, "SELECT 1"], ""),
        (2, &["--schema", &schema, "--format", "yaml", "SELECT 1"], ""),
    ] {
        let (got, stdout, stderr) = run(args, stdin);
        assert_eq!(got, code, "{args:?}\n{stdout}\n{stderr}");
        assert_eq!(stdout.is_empty(), !stderr.is_empty(), "{args:?}: one of both speaks\n{stdout}\n{stderr}");
    }
    let (_, _, stderr) = run(&["--schema", &newer, "SELECT 1"], "");
    assert!(
        stderr.contains("has modelVersion 99, and this program knows 1; use the version that wrote it"),
        "{stderr}"
    );
    let long = format!("SELECT '{}'", "é".repeat(40_000));
    assert_eq!(run(&["--schema", &schema, "-"], &long).0, 2);
}

#[test]
fn json_stands_alone_on_standard_output_and_the_other_formats_say_the_same() {
    let folder = Workdir::new("queries").unwrap();
    let schema = snapshot(&folder);
    let sql = "SELECT ids\nFROM orders LIMIT 1";
    let (code, stdout, stderr) = run(&["--schema", &schema, "--format", "json", sql], "");
    let json: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!((code, stderr.as_str(), stdout.matches('\n').count()), (1, "", 1));
    assert_eq!((&json["is_valid"], &json["issues"][0]["suggestion"]), (&json!(false), &json!("did you mean `id`?")));
    let (_, text, _) = run(&["--schema", &schema, sql], "");
    assert!(text.starts_with("error    Q_UNKNOWN_COLUMN  1:8  there is no column `ids`"), "{text}");
    let (_, junit, _) = run(&["--schema", &schema, "--format", "junit", sql], "");
    assert!(junit.contains("<failure type=\"Q_UNKNOWN_COLUMN\"") && junit.ends_with("</testsuites>\n"), "{junit}");
}
