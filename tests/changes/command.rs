//! `diff` from the command line: exit codes, both formats, and what it says of files that are none.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use mcp_schema_operator::schema::Snapshot;
use mcp_schema_operator::schema::changes::Changes;
use mcpschema_bed::Workdir;
use serde_json::Value;

fn run(args: &[&str], input: Option<&Path>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mcp-schema-operator"));
    command.arg("diff").args(args);
    let stdin = input.map_or_else(Stdio::null, |path| std::fs::File::open(path).unwrap().into());
    command.stdin(stdin).output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn golden(case: &str) -> String {
    format!("{}/tests/golden/{case}/discover.json", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_exit_code_says_whether_a_protected_side_breaks() {
    let folder = Workdir::new("diff").unwrap();
    let old = golden("tidb-8.4-nasty");
    // The same schema with one text column longer: risky to readers, and to nobody else.
    let mut snapshot: Snapshot = serde_json::from_slice(&std::fs::read(&old).unwrap()).unwrap();
    let columns = snapshot.databases.iter_mut().flat_map(|d| &mut d.tables).flat_map(|t| &mut t.columns);
    let mut text = columns.filter(|column| column.r#type.base == "varchar" && column.r#type.length == Some(20));
    text.next().unwrap().r#type.length = Some(30);
    let wider = folder.write("wider.json", &serde_json::to_string(&snapshot).unwrap()).unwrap();
    let wider = wider.to_str().unwrap();
    for (from, to, protect, code) in [
        (old.as_str(), old.as_str(), "clients", 0),
        (&old, wider, "clients", 0),
        (wider, &old, "clients", 1),
        (wider, &old, "writers", 1),
        (wider, &old, "readers", 0),
        (wider, &old, "none", 0),
        (&old, &golden("tidb-8.4-after-alter"), "readers", 1),
    ] {
        let output = run(&[from, to, "--protect", protect], None);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{protect}: {said}{}", out(&output));
        assert!(output.stderr.is_empty());
    }
    assert_eq!(out(&run(&[&old, &old], None)), "no changes\n");
    let standard = run(&[wider, "-"], Some(Path::new(&old)));
    assert_eq!(standard.status.code(), Some(1), "clients are protected unless told otherwise");
}

#[test]
fn text_is_for_people_and_json_for_machines() {
    let (old, new) = (golden("tidb-8.4-nasty"), golden("tidb-8.4-after-alter"));
    let text = out(&run(&[&old, &new], None));
    assert!(text.starts_with("CLASS ") && !text.contains('\u{1b}'), "no colour outside a terminal");
    let ends = "30 changes: 5 breaking both sides, 5 breaking writers, 10 risky, 10 compatible; 10 of them break protected clients\n";
    assert!(text.ends_with(ends), "{text}");
    let line = text.lines().find(|line| line.contains("nasty_shop.order_line.note")).unwrap();
    let words: Vec<_> = line.split("  ").map(str::trim).filter(|word| !word.is_empty()).collect();
    let want = [
        "BREAKING",
        "nasty_shop.order_line.note",
        "column_dropped",
        "varchar(20) removed",
        "breaks readers and writers",
        "statements that name it fail",
    ];
    assert_eq!(words, want);
    let json = out(&run(&[&old, &new, "--format", "json", "--protect", "writers"], None));
    let value: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((value["protect"].as_str(), value["breaks"].as_bool()), (Some("writers"), Some(true)));
    let changes: Changes = serde_json::from_str(&json).unwrap();
    assert_eq!((changes.items.len(), changes.counts.total()), (30, 30));
}

#[test]
fn a_file_that_is_no_schema_is_an_input_error() {
    let (folder, good) = (Workdir::new("diff").unwrap(), golden("tidb-8.4-nasty"));
    let newer = std::fs::read_to_string(&good).unwrap().replace("\"modelVersion\": 1", "\"modelVersion\": 9");
    let newer = folder.write("newer.json", &newer).unwrap();
    let list = folder.write("list.json", "[]").unwrap();
    for (bad, want) in [
        ("/no/such/file", "diff: /no/such/file: "),
        (newer.to_str().unwrap(), "has modelVersion 9, and this program knows 1"),
        (list.to_str().unwrap(), "is no schema; give a file that `discover --format json` wrote"),
    ] {
        let output = run(&[&good, bad], None);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(2) && error.contains(want), "{error}");
        assert!(output.stdout.is_empty());
    }
    assert_eq!(run(&["-", "-"], None).status.code(), Some(2));
    assert_eq!(run(&[&good], None).status.code(), Some(2));
}
