//! `check` as people run it: the example policies over the demo schema, which is discovered on a real MariaDB through a
//! real MCP server, with the printed reports beside this file; and what the command says of inputs it cannot use.
//! `UPDATE_GOLDEN=1 cargo test --test check` rewrites the reports after a change on purpose.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use mcp_schema_operator::discovery::{Settings, discover};
use mcp_schema_operator::mcp::{Connection, Endpoint, unobserved};
use mcp_schema_operator::schema::canonical;
use mcp_schema_operator::schema::select::Selection;
use mcpschema_bed::{Database, Engine, McpServer};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn check(arguments: &[&str]) -> Output {
    check_in(&[], arguments)
}

fn check_in(environment: &[(&str, &str)], arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mcp-schema-operator"))
        .arg("check")
        .envs(environment.iter().copied())
        .args(arguments)
        .current_dir(root())
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The demo's schema as `discover --format json` prints it. Fails, and says how to get it, where `make tools` did not run.
async fn shop() -> Vec<u8> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let script = fs::read_to_string(root().join("examples/demo/shop.sql")).unwrap();
    let database = Database::start(Engine::MariaDb).await.unwrap_or_else(|error| panic!("{error}"));
    database.admin().execute_script(&script).await.unwrap();
    let reader = database.create_reader("check", &["shop"]).await.unwrap();
    let server = McpServer::start(&database, &reader).await.unwrap_or_else(|error| panic!("{error}"));
    let connection = Connection::connect(Endpoint::new(&server.url()).unwrap(), unobserved()).await.unwrap();
    let selection = Selection::new(&["shop"], &[], &[], &[]).unwrap();
    let discovered = discover(&connection, &selection, &Settings::default()).await.unwrap();
    connection.close().await;
    canonical::bytes(&discovered.snapshot()).unwrap()
}

fn same_as_kept(name: &str, have: &str) {
    let path = root().join("tests/check").join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, have).unwrap();
    }
    let want = fs::read_to_string(&path).unwrap_or_default();
    assert!(have == want, "{} differs; it is now:\n{have}", path.display());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_example_policies_over_the_demo_schema_give_the_reports_kept_here() {
    let folder = tempfile::tempdir().unwrap();
    let schema = folder.path().join("shop.json");
    fs::write(&schema, shop().await).unwrap();
    let schema = schema.to_str().unwrap();
    for (name, code) in [("policy-shop", 0), ("policy-shop-broken", 1)] {
        let policy = format!("examples/{name}.yaml");
        let output = check(&["--schema", schema, &policy]);
        assert_eq!(
            (output.status.code(), text(&output.stderr)),
            (Some(code), String::new()),
            "{}",
            text(&output.stdout)
        );
        same_as_kept(&format!("{name}.txt"), &text(&output.stdout));
        let json = check(&["--schema", schema, "--format", "json", &policy]);
        let report: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
        assert_eq!(report["compliant"], if code == 0 { "True" } else { "False" });
        // Nothing of a row and nothing of a query's text is ever shown.
        assert!(!text(&json.stdout).contains("123456789") && !text(&json.stdout).contains("SELECT"));
        let junit = check(&["--schema", schema, "--format", "junit", &policy]);
        assert_eq!(junit.status.code(), Some(code));
        assert!(text(&junit.stdout).starts_with("<?xml version=\"1.0\""));
    }
    let same = check(&["--schema", schema, "--previous", schema, "examples/policy-shop.yaml"]);
    assert_eq!(same.status.code(), Some(0));
}

/// A schema of one table, and a policy, in files of their own.
fn files(folder: &Path, policy: &str) -> (PathBuf, PathBuf) {
    let schema = r#"{"modelVersion":1,"server":{"dialect":"mysql","version":"8","lowerCaseTableNames":0},
        "databases":[{"name":"shop","tables":[{"name":"t","kind":"base","columns":[]}]}]}"#;
    let head = "apiVersion: mcpschema.io/v1alpha1\nkind: SchemaValidationPolicy\nmetadata: {name: p}\n";
    let (schema_file, policy_file) = (folder.join("schema.json"), folder.join("policy.yaml"));
    fs::write(&schema_file, schema).unwrap();
    fs::write(&policy_file, format!("{head}spec: {policy}\n")).unwrap();
    (schema_file, policy_file)
}

#[test]
fn what_cannot_be_judged_or_read_ends_with_two_and_says_why() {
    let folder = tempfile::tempdir().unwrap();
    for (policy, code, want) in [
        ("{rules: [{builtin: column-count-max}]}", 0, "p: compliant (0 fail, 0 error, 0 warn, 0 skip, 1 pass)\n"),
        (
            "{rules: [{builtin: table-has-primary-key}]}",
            1,
            "p: not compliant (1 fail, 0 error, 0 warn, 0 skip, 0 pass)\n",
        ),
        ("{}", 2, "p: could not be judged (0 fail, 0 error, 0 warn, 0 skip, 0 pass)\n"),
        ("{rules: [{builtin: no-sets}]}", 2, "spec: unknown variant `no-sets`"),
        (
            "{rules: [{name: a, scope: Table, message: m, expression: tabel.name == ''}]}",
            2,
            "spec.rules[0].expression: line 1, column 1: unknown variable tabel: did you mean table?",
        ),
        ("{rulez: []}", 2, "spec.rulez: there is no such field; did you mean rules?"),
    ] {
        let (schema, policy_file) = files(folder.path(), policy);
        let output = check(&["--schema", schema.to_str().unwrap(), policy_file.to_str().unwrap()]);
        let said = text(&output.stdout) + &text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{policy}: {said}");
        assert!(said.contains(want), "{policy}: {said}");
        // The report alone goes to standard output.
        assert_eq!(output.stdout.is_empty(), !said.starts_with("p: "), "{said}");
    }
    let (schema, policy) = files(folder.path(), "{}");
    fs::write(folder.path().join("newer.json"), r#"{"modelVersion":9,"tables":{}}"#).unwrap();
    let newer = folder.path().join("newer.json");
    for (schema, policy, want) in [
        (newer.as_path(), policy.as_path(), "has modelVersion 9, and this program knows 1"),
        (
            policy.as_path(),
            policy.as_path(),
            "is no JSON from line 1, column 1 on; give a file that `discover --format json` wrote",
        ),
        (Path::new("/nowhere.json"), policy.as_path(), "/nowhere.json: "),
        (schema.as_path(), Path::new("/nowhere.yaml"), "/nowhere.yaml: "),
        (schema.as_path(), schema.as_path(), "must hold exactly one object of kind SchemaValidationPolicy"),
    ] {
        let output = check(&["--schema", schema.to_str().unwrap(), policy.to_str().unwrap()]);
        let said = text(&output.stderr);
        assert_eq!((output.status.code(), output.stdout.is_empty()), (Some(2), true), "{said}");
        assert!(said.starts_with("check: ") && said.contains(want), "{said}");
    }
}

#[test]
fn how_rows_are_judged_is_what_the_policy_says_then_the_environment_then_the_default() {
    let folder = tempfile::tempdir().unwrap();
    let (name, rows) = ("SCHEMA_ALLOW_UNKNOWN_COLUMNS", "---\nkind: ConfigMap\nmetadata: {name: rows}\n");
    let data = "data: [{table: shop.t, rowsFrom: {configMapKeyRef: {name: rows, key: a}}}]";
    for (spec, environment, code) in [
        ("", &[][..], 1),
        ("", &[(name, "")], 1),
        ("", &[(name, "true")], 0),
        ("allowUnknownColumns: false, ", &[(name, "true")], 1),
        ("allowUnknownColumns: true, ", &[(name, "false")], 0),
    ] {
        let (schema, policy) = files(folder.path(), &format!("{{{spec}{data}}}\n{rows}data: {{a: '[{{\"x\":1}}]'}}"));
        let output = check_in(environment, &["--schema", schema.to_str().unwrap(), policy.to_str().unwrap()]);
        let said = text(&output.stdout) + &text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{spec}{environment:?}: {said}");
    }
    let (schema, policy) = files(folder.path(), "{}");
    let arguments = ["--schema", schema.to_str().unwrap(), policy.to_str().unwrap()];
    let output = check_in(&[("SCHEMA_STRICT_MODE", "on")], &arguments);
    let said = "check: SCHEMA_STRICT_MODE is \"on\": it must be true or false\n";
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(2), said.to_owned()));
}
