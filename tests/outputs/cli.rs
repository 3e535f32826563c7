//! `render` prints exactly the texts of the modules, writes exactly the keys of the ConfigMaps, and says what to do when it
//! cannot.

use std::path::Path;
use std::process::{Command, Output};

use mcp_schema_operator::output::{ddl, json_schema, mermaid};
use mcp_schema_operator::schema::{Database, canonical, summary};
use mcpschema_bed::Workdir;

use crate::support::{recorded, recorded_file};

const CASE: &str = "tidb-8.4-nasty";

fn render(schema: &Path, flags: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mcp-schema-operator"));
    command.arg("render").arg("--schema").arg(schema).args(flags).output().unwrap()
}

fn printed(flags: &[&str]) -> String {
    let output = render(&recorded_file(CASE), flags);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.is_empty(), "{flags:?}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

fn shop() -> Database {
    recorded(CASE).databases.into_iter().find(|database| database.name == "nasty_shop").unwrap()
}

#[test]
fn render_prints_each_form_as_it_is_published() {
    let (snapshot, shop) = (recorded(CASE), shop());
    let one = ["--database", "nasty_shop"];
    let with = |format: &'static str| [&["--format", format], &one[..]].concat();
    assert_eq!(printed(&with("ddl")), ddl::texts(&snapshot.server, &shop).concat());
    assert_eq!(printed(&with("mermaid")), mermaid::texts(&shop).concat());
    let schema = |table| String::from_utf8(json_schema::bytes("nasty_shop", table).unwrap()).unwrap() + "\n";
    assert_eq!(printed(&with("jsonschema")), shop.tables.iter().map(schema).collect::<String>());
    assert_eq!(printed(&["--format", "summary"]), summary(&snapshot, &[]).unwrap());
    assert_eq!(printed(&["--format", "json"]).trim_end().as_bytes(), canonical::bytes(&snapshot).unwrap());
    let all: String = snapshot
        .databases
        .iter()
        .map(|database| ddl::select(database) + &ddl::texts(&snapshot.server, database).concat())
        .collect();
    assert_eq!(printed(&["--format", "ddl"]), all, "several databases are told apart");
}

#[test]
fn globs_choose_databases_and_tables() {
    let text = printed(&["--format", "jsonschema", "--database", "nasty_*", "--table", "nasty_ref.region"]);
    assert_eq!(text.lines().count(), 1);
    assert!(text.contains("urn:sql-schema:nasty_ref:region:sha256:"), "{text}");
}

#[test]
fn the_files_are_the_keys_that_would_be_published() {
    let folder = Workdir::new("render").unwrap();
    for (format, file) in [
        ("json", "nasty_shop.customer.json"),
        ("jsonschema", "nasty_shop.customer.schema.json"),
        ("ddl", "nasty_shop.ddl.sql"),
        ("mermaid", "nasty_shop.mmd"),
    ] {
        let out = folder.path().join(format);
        let output = render(&recorded_file(CASE), &["--format", format, "--output", out.to_str().unwrap()]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.stdout.is_empty(), format != "json", "{format}");
        assert!(out.join("index.json").is_file() && out.join(file).is_file(), "{format}");
    }
    let shop = shop();
    let written = std::fs::read_to_string(folder.path().join("mermaid/nasty_shop.mmd")).unwrap();
    assert_eq!(written, mermaid::texts(&shop).concat());
}

#[test]
fn what_cannot_be_rendered_ends_with_2_and_says_what_to_do() {
    let folder = Workdir::new("render").unwrap();
    let newer = folder.write("newer.json", r#"{"modelVersion":9}"#).unwrap();
    let other = folder.write("other.json", r#"{"a":1}"#).unwrap();
    let golden = recorded_file(CASE);
    for (schema, flags, words) in [
        (golden.as_path(), &["--format", "mermaid"][..], "name one with --database"),
        (&golden, &["--format", "ddl", "--database", "nope"], "matches --database"),
        (&golden, &["--format", "ddl", "--table", "[a"], "is not a valid glob"),
        (&golden, &["--format", "sql"], "possible values: json, jsonschema, ddl, mermaid, summary"),
        (&newer, &["--format", "ddl"], "use the version that wrote it, or newer"),
        (&other, &["--format", "ddl"], "give a file that `discover --format json` wrote"),
        (Path::new("/nowhere.json"), &["--format", "ddl"], "/nowhere.json"),
    ] {
        let output = render(schema, flags);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{flags:?}: {said}");
        assert!(said.contains(words), "{flags:?}: {said}");
    }
}
