//! The chart's own text: quoting in templates, comments and tables that must follow the values, versions, notes.

use std::fs;

use serde_json::{Value, json};

use crate::helm;
use crate::values::{defaults, leaves};

/// A file of the chart.
fn text(path: &str) -> String {
    fs::read_to_string(helm::chart().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// Whether a template line inserts a scalar without quoting it. Block insertions start a line; integers are cast.
fn unquoted(line: &str) -> bool {
    let line = line.trim();
    if line.starts_with("{{") || line.starts_with('#') || !line.contains("{{") {
        return false;
    }
    let action = line.strip_prefix("- ").unwrap_or(line);
    let action = action.split_once(": ").filter(|(key, _)| !key.contains(['{', '"'])).map_or(action, |(_, rest)| rest);
    let inside = action.strip_prefix("{{ ").and_then(|rest| rest.strip_suffix(" }}"));
    !inside.is_some_and(|inside| !inside.contains("}}") && (inside.ends_with("| quote") || inside.ends_with("| int")))
}

#[test]
fn every_templated_scalar_is_quoted() {
    let bad = [
        "a: {{ .x }}",
        "- {{ .x }}",
        "- --a={{ .x }}",
        "a: {{ .x | quote }}-b",
        "a: x{{ .x | quote }}",
        "a: {{ .x }} {{ .y | quote }}",
    ];
    let good =
        ["a: {{ .x | quote }}", "- {{ .x | quote }}", "- name: {{ .x | int }}", "a: b", "{{- toYaml . | nindent 4 }}"];
    assert!(bad.iter().all(|line| unquoted(line)));
    assert!(!good.iter().any(|line| unquoted(line)));
    for entry in fs::read_dir(helm::chart().join("templates")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension != "txt") {
            let source = fs::read_to_string(&path).unwrap();
            let found: Vec<_> = source.lines().filter(|line| unquoted(line)).collect();
            assert!(found.is_empty(), "{}: {found:#?}", path.display());
        }
    }
}

#[test]
fn every_key_of_values_has_a_comment_above_it() {
    let source = text("values.yaml");
    let lines: Vec<&str> = source.lines().collect();
    let leaves = leaves(&defaults());
    for key in leaves.keys() {
        let name = key.rsplit('/').next().unwrap();
        let indent = " ".repeat(2 * (key.matches('/').count() - 1));
        let documented = lines.windows(2).any(|pair| {
            pair[0].starts_with(&format!("{indent}# -- ")) && pair[1].starts_with(&format!("{indent}{name}:"))
        });
        assert!(documented, "{key}");
    }
    assert_eq!(lines.iter().filter(|line| line.trim_start().starts_with("# -- ")).count(), leaves.len());
}

#[test]
fn the_readme_lists_exactly_the_values_with_their_defaults() {
    let readme = text("README.md");
    let table = readme.split("\n## ").find(|section| section.starts_with("Values\n")).unwrap();
    let cell = |cell: &str| cell.trim().trim_matches('`').to_owned();
    let rows = table.lines().filter(|line| line.starts_with("| `")).map(|line| {
        let cells: Vec<&str> = line.split('|').collect();
        (cell(cells[1]), serde_json::from_str::<Value>(&cell(cells[2])).unwrap_or_else(|e| panic!("{line}: {e}")))
    });
    let mut rows: Vec<(String, Value)> = rows.collect();
    rows.sort_by(|a, b| a.0.cmp(&b.0));
    let mut want: Vec<(String, Value)> =
        leaves(&defaults()).into_iter().map(|(key, value)| (key[1..].replace('/', "."), value)).collect();
    want.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!(rows, want);
}

#[test]
fn the_schema_says_nothing_of_keys_that_are_not_values() {
    let schema: Value = serde_json::from_str(&text("values.schema.json")).unwrap();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    let mut known: Vec<&String> =
        schema["properties"].as_object().unwrap().keys().filter(|key| *key != "global").collect();
    known.sort();
    let defaults = defaults();
    let mut keys: Vec<&String> = defaults.as_object().unwrap().keys().collect();
    keys.sort();
    assert_eq!(known, keys);
}

#[test]
fn the_chart_is_of_the_crates_version() {
    let chart: Value = serde_saphyr::from_str(&text("Chart.yaml")).unwrap();
    assert_eq!((&chart["appVersion"], &chart["apiVersion"]), (&json!(env!("CARGO_PKG_VERSION")), &json!("v2")));
}

#[test]
fn the_notes_hold_three_commands() {
    let notes = text("templates/NOTES.txt");
    let commands: Vec<_> = notes.lines().filter_map(|line| line.trim().strip_prefix("kubectl ")).collect();
    let starts = ["apply -f -", "get schemasnapshots -A", "wait --for=condition=Ready schemasnapshot/"];
    assert_eq!(commands.len(), starts.len(), "{commands:?}");
    assert!(commands.iter().zip(starts).all(|(command, start)| command.starts_with(start)), "{commands:?}");
}
