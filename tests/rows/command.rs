//! The command itself: what it prints, its exit codes, and that a stream of any length needs little memory.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

fn schema() -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    let column = |name: &str, ordinal: u32, base: Value, nullable: bool| json!({"name": name, "ordinal": ordinal, "type": base, "nullable": nullable});
    let snapshot = json!({
        "modelVersion": 1,
        "server": {"dialect": "mariadb", "version": "10.11.6-MariaDB", "lowerCaseTableNames": 0, "sqlMode": ["STRICT_TRANS_TABLES"]},
        "databases": [{"name": "my.shop", "tables": [{
            "name": "orders", "kind": "base",
            "columns": [
                column("id", 1, json!({"base": "bigint", "unsigned": true}), false),
                column("name", 2, json!({"base": "varchar", "length": 10, "unit": "chars"}), true),
            ],
            "primaryKey": {"columns": [{"column": "id"}]},
        }]}],
    });
    serde_json::to_writer(&file, &snapshot).unwrap();
    file
}

fn run(flags: &[&str], input: &[u8]) -> Output {
    let schema = schema();
    let mut command = Command::new(env!("CARGO_BIN_EXE_mcp-schema-operator"));
    command.args(["validate", "rows", "--schema"]).arg(schema.path()).args(flags);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}

fn result(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

const TABLE: [&str; 2] = ["--table", "`my.shop`.orders"];

#[test]
fn exit_codes_tell_valid_from_findings_from_not_judged() {
    for (flags, input, code) in [
        (&TABLE[..], "{\"id\":1}\n{\"id\":2}\n", 0),
        (&TABLE, "[{\"id\":1},{\"id\":2}]", 0),
        (&TABLE, "", 0),
        (&TABLE, "{\"id\":-1}\n", 1),
        (&TABLE, "{\"id\":1}\n{\"id\":", 1),
        (&TABLE, "[{\"id\":1}", 1),
        (&["--table", "shop.orders"], "{\"id\":1}\n", 2),
        (&["--table", "`my.shop`.nothing"], "{\"id\":1}\n", 2),
        (&["--table", "`my.shop`.orders", "/nowhere/rows.json"], "", 2),
    ] {
        let output = run(flags, input.as_bytes());
        assert_eq!(output.status.code(), Some(code), "{flags:?} {input:?} {output:?}");
        assert_eq!(output.stderr.is_empty(), code != 2, "{output:?}");
    }
}

#[test]
fn json_holds_the_result_and_no_value_of_a_row() {
    let output = run(&TABLE, b"{\"id\":1,\"name\":\"secret-value-of-a-row\"}\n{\"id\":1}\n");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(!text.contains("secret"), "{text}");
    let result = result(&output);
    assert_eq!(result["is_valid"], json!(false));
    assert_eq!(result["summary"]["by_code"], json!({"STRING_TOO_LONG": 1, "DUPLICATE_PRIMARY_KEY": 1}));
    assert_eq!(result["validated_fields"], json!(["id", "name"]));
    assert_eq!(result["schema"]["database"], json!("my.shop"));
    let first = &result["errors"][0];
    assert_eq!(
        (&first["row"], &first["path"], &first["expected"]),
        (&json!(0), &json!("/name"), &json!("varchar(10)"))
    );
    assert_eq!(first["suggested_value"], Value::Null);
    assert_eq!(result["errors"][1]["first_row"], json!(0));
}

#[test]
fn text_and_junit_say_what_is_wrong_where() {
    let text = run(&[TABLE[0], TABLE[1], "--format", "text"], b"{\"id\":-1}\n{\"id\":1,\"extra\":1}\n");
    let text = String::from_utf8_lossy(&text.stdout).into_owned();
    assert!(text.starts_with("my.shop.orders: invalid: 2 rows, 0 valid, 2 invalid"), "{text}");
    assert!(text.contains("INTEGER_OUT_OF_RANGE") && text.contains("row 1"), "{text}");
    let junit = run(&[TABLE[0], TABLE[1], "--format", "junit"], b"{\"id\":-1,\"name\":\"a\"}\n{\"id\":1,\"<&>\":1}\n");
    let junit = String::from_utf8_lossy(&junit.stdout).into_owned();
    assert!(junit.contains("<testcase classname=\"my.shop.orders\" name=\"name\"/>"), "{junit}");
    assert!(junit.contains("name=\"&lt;&amp;&gt;\"") && junit.contains("tests=\"3\" failures=\"2\""), "{junit}");
}

#[test]
fn options_reach_the_validator() {
    let with = |flags: &[&str], input: &str| run(&[&TABLE[..], flags].concat(), input.as_bytes()).status.code();
    for (flags, input, code) in [
        (&["--allow-unknown-columns"][..], "{\"id\":1,\"x\":1}", 0),
        (&["--strict"], "{\"id\":\"1\"}", 1),
        (&[], "{\"id\":\"1\"}", 0),
        (&["--operation", "update"], "{\"name\":\"a\"}", 0),
        (&["--operation", "upsert"], "{\"id\":1}\n{\"id\":1}", 0),
        (&["--operation", "insert"], "{\"name\":\"a\"}", 1),
    ] {
        assert_eq!(with(flags, input), Some(code), "{flags:?} {input}");
    }
}

/// Peak memory of the command on 28 MB of rows, as NDJSON and as one array.
#[test]
#[cfg(target_os = "linux")]
fn a_long_stream_needs_little_memory() {
    for array in [false, true] {
        let schema = schema();
        let mut command = Command::new(env!("CARGO_BIN_EXE_mcp-schema-operator"));
        command.args(["validate", "rows", "--operation", "upsert", "--schema"]).arg(schema.path()).args(TABLE);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        let block = if array { "{\"id\":1,\"name\":\"abc\"}," } else { "{\"id\":1,\"name\":\"abc\"}\n" }.repeat(40_000);
        if array {
            input.write_all(b"[").unwrap();
        }
        for _ in 0..30 {
            input.write_all(block.as_bytes()).unwrap();
        }
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
        input.write_all(if array { b"{\"id\":1}]" } else { b"{\"id\":1}\n" }).unwrap();
        drop(input);
        let output = child.wait_with_output().unwrap();
        assert_eq!(result(&output)["summary"]["rows_valid"], json!(1_200_001), "{output:?}");
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        let kilobytes: u64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
        assert!(kilobytes < 100_000, "{kilobytes} kB");
    }
}
