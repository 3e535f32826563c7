//! What is generated and committed is what the code says today: the CRDs, their copy in the chart, and the tables of
//! the README. `UPDATE_GOLDEN=1 cargo test --test drift` rewrites them. The CRDs are also held to the rules every field
//! must obey: bounded, described, no null.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};

use mcp_schema_operator::commands::crds;
use mcp_schema_operator::validation::rules;
use mcp_schema_operator::{config, metrics};
use serde_json::{Value, json};

/// etcd and `kubectl apply` take more, but a definition of this size is no longer read by anyone.
const MAX_CRD_BYTES: usize = 200 * 1024;

/// The one field that takes anything: what a tool of the user's own wants besides the SQL text.
const OPEN: &str = ".custom.extraArguments";

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn check_or_update(path: &Path, want: &str) {
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, want).unwrap();
    }
    let have = fs::read_to_string(path).unwrap_or_default();
    assert!(
        have == want,
        "{} is not what the code generates; run UPDATE_GOLDEN=1 cargo test --test drift",
        path.display()
    );
}

fn folder_holds_exactly(folder: &Path, files: &[(String, String)]) {
    let mut have: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    have.sort();
    let want: Vec<_> = files.iter().map(|(name, _)| name.clone()).collect();
    assert_eq!(have, want, "{}: delete what is no longer generated", folder.display());
}

#[test]
fn the_committed_crds_are_those_of_the_types() {
    let files = crds::files().unwrap();
    let chart = root().join("charts/mcp-schema-operator/crd-manifests");
    let folders = [Some(root().join("crds")), chart.is_dir().then_some(chart)];
    for folder in folders.into_iter().flatten() {
        for (name, text) in &files {
            assert!(text.len() < MAX_CRD_BYTES, "{name} has {} bytes", text.len());
            check_or_update(&folder.join(name), text);
        }
        folder_holds_exactly(&folder, &files);
    }
}

#[test]
fn the_command_prints_what_is_committed() {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_mcp-schema-operator")).arg("crds").output().unwrap();
    let want: String = crds::files().unwrap().into_iter().map(|(_, text)| format!("---\n{text}")).collect();
    assert_eq!((output.status.code(), String::from_utf8(output.stdout).unwrap()), (Some(0), want));
}

#[test]
fn the_documentation_of_the_rules_is_that_of_their_table() {
    check_or_update(&root().join("docs/rules.md"), &rules::docs::markdown());
}

#[test]
fn the_tables_of_the_readme_are_those_of_the_code() {
    let path = root().join("README.md");
    let mut text = fs::read_to_string(&path).unwrap();
    for (mark, table) in [("flags", config::flags_markdown()), ("metrics", metrics::markdown())] {
        let (start, end) = (format!("<!-- {mark}:start -->"), format!("<!-- {mark}:end -->"));
        let (head, rest) = text.split_once(&start).unwrap_or_else(|| panic!("README.md lost its marker {start}"));
        let (_, tail) = rest.split_once(&end).unwrap_or_else(|| panic!("README.md lost its marker {end}"));
        text = format!("{head}{start}\n{table}{end}{tail}");
    }
    check_or_update(&path, &text);
}

/// What is wrong with a schema, one line each, with the path of the field.
fn lint(path: &str, schema: &Value, in_items: bool, faults: &mut Vec<String>) {
    let mut fault = |text: &str| faults.push(format!("{path}: {text}"));
    let has = |key: &str| schema.get(key).is_some();
    let is_metadata = path == ".metadata";
    if !has("description") && !in_items && !is_metadata {
        fault("has no description");
    }
    if has("nullable") || schema["enum"].as_array().is_some_and(|values| values.contains(&Value::Null)) {
        fault("may be null");
    }
    if has("default") && path.contains("[]") {
        fault("has a default inside a list");
    }
    let open = has("x-kubernetes-preserve-unknown-fields") && !path.ends_with(OPEN);
    if open || has("x-kubernetes-int-or-string") {
        fault("is not closed");
    }
    match schema["type"].as_str() {
        Some("string") if !has("maxLength") && !has("enum") && !has("format") => fault("is a string without a bound"),
        Some("array") if !has("maxItems") => fault("is a list without maxItems"),
        Some("array") if !has("items") => fault("is a list of anything"),
        Some("object") if !has("properties") && !has("maxProperties") => fault("is a map without maxProperties"),
        Some("object") if has("properties") && has("additionalProperties") => fault("mixes fields and a map"),
        Some("integer") if !matches!(schema["format"].as_str(), Some("int32" | "int64")) => {
            fault("has no known format")
        }
        Some("string" | "array" | "object" | "integer" | "boolean") => {}
        _ => fault("has no type a structural schema knows"),
    }
    for (name, child) in schema["properties"].as_object().into_iter().flatten() {
        lint(&format!("{path}.{name}"), child, false, faults);
    }
    if let Some(items) = schema.get("items") {
        lint(&format!("{path}[]"), items, true, faults);
    }
    if let Some(values) = schema.get("additionalProperties") {
        lint(&format!("{path}{{}}"), values, true, faults);
    }
}

#[test]
fn every_field_is_described_typed_and_bounded() {
    for (name, text) in crds::files().unwrap() {
        let crd: Value = serde_saphyr::from_str(&text).unwrap();
        for version in crd["spec"]["versions"].as_array().unwrap() {
            let mut faults = Vec::new();
            lint("", &version["schema"]["openAPIV3Schema"], false, &mut faults);
            assert!(faults.is_empty(), "{name}:\n{}", faults.join("\n"));
        }
    }
}

#[test]
fn the_lint_finds_what_it_is_there_for() {
    let described = |mut schema: Value| {
        schema["description"] = json!("x");
        schema
    };
    for (schema, want) in [
        (json!({"type": "boolean"}), "has no description"),
        (described(json!({"type": "boolean", "nullable": true})), "may be null"),
        (described(json!({"type": "string", "enum": ["A", null]})), "may be null"),
        (
            described(json!({"type": "object", "maxProperties": 1, "x-kubernetes-preserve-unknown-fields": true})),
            "is not closed",
        ),
        (described(json!({"type": "string"})), "without a bound"),
        (described(json!({"type": "array", "items": {"type": "boolean"}})), "without maxItems"),
        (described(json!({"type": "array", "maxItems": 1})), "list of anything"),
        (described(json!({"type": "object"})), "map without maxProperties"),
        (described(json!({"type": "integer", "format": "uint32"})), "no known format"),
        (described(json!({})), "no type"),
        (
            described(json!({"type": "array", "maxItems": 1, "items": {"type": "boolean", "default": true}})),
            "default inside a list",
        ),
    ] {
        let mut faults = Vec::new();
        lint(".spec.x", &schema, false, &mut faults);
        assert_eq!(faults.len(), 1, "{schema}: {faults:?}");
        assert!(faults[0].contains(want), "{schema}: {faults:?}");
    }
}

#[test]
fn what_the_environment_sets_has_no_default_in_the_schema() {
    let files = crds::files().unwrap();
    let spec = |name: &str| {
        let (_, text) = files.iter().find(|(file, _)| file.starts_with(name)).expect("a definition");
        let crd: Value = serde_saphyr::from_str(text).unwrap();
        crd.pointer("/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties").unwrap().clone()
    };
    assert!(!spec("clusterschemasources").to_string().contains("\"default\":"), "nothing of a server has a default");
    let policy = spec("schemavalidationpolicies");
    let spec = spec("schemasnapshots");
    assert_eq!(spec.pointer("/refresh/properties/interval/default"), None);
    assert_eq!(spec.pointer("/refresh/default"), Some(&json!({"policy": "Periodic"})));
    assert!(!spec["source"].to_string().contains("\"default\":"), "nothing under source has a default");
    assert_eq!(spec.pointer("/suspend/default"), Some(&json!(false)));
    let with_default: Vec<&String> = policy
        .as_object()
        .unwrap()
        .iter()
        .filter(|(_, field)| field.get("default").is_some())
        .map(|(name, _)| name)
        .collect();
    assert_eq!(with_default, ["enforcement", "onUnavailable"]);
}
