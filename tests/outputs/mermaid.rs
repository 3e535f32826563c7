//! Mermaid reads the diagrams.

use mcp_schema_operator::output::mermaid;
use mcp_schema_operator::schema::{Database, Snapshot};
use serde_json::{Value, json};

use crate::support::{CASES, judge, recorded};

/// What Mermaid complains of in these diagrams, one line each.
fn complaints(diagrams: &[String]) -> Vec<String> {
    let judged = judge(&json!({ "mermaid": diagrams }));
    let all = judged["mermaid"].as_array().unwrap();
    assert_eq!(all.len(), diagrams.len());
    all.iter().zip(diagrams).filter_map(|(error, diagram)| Some(format!("{}\n{diagram}", error.as_str()?))).collect()
}

#[test]
fn mermaid_reads_the_diagrams_of_every_recorded_schema() {
    let snapshots: Vec<Snapshot> = CASES.into_iter().map(recorded).collect();
    let databases = snapshots.iter().flat_map(|snapshot| &snapshot.databases);
    let diagrams: Vec<String> = databases.flat_map(mermaid::texts).collect();
    assert!(diagrams.iter().map(String::len).sum::<usize>() > 50_000, "{} diagrams", diagrams.len());
    assert_eq!(complaints(&diagrams), Vec::<String>::new());
}

#[test]
fn mermaid_reads_any_name_and_comment_where_they_may_stand() {
    // Every ASCII character alone and in a word, every word of the language, and some of everything else.
    let mut names: Vec<String> = (0..128_u8).map(|c| char::from(c).to_string()).collect();
    names.extend((0..128_u8).map(|c| format!("a{}b", char::from(c))));
    let words = "one many only zero to optionally u title style class classDef direction accTitle accDescr erDiagram PK FK UK \
        TB BT LR RL default end graph subgraph click and or more 0 1 1a 1.5 0_1 +1 || |o o{ }o .. -- --- %% %%{init:{}}%% \
        __proto__ constructor toString é 列 😀 \u{202e} \\n #quot; &amp; <b> ``` one_or_more only_one many(0) PK_ pk";
    names.extend(words.split(' ').map(str::to_owned));
    names.extend(["one or more".to_owned(), "zero or one".to_owned(), "a\"b".to_owned(), "x\r\ny".to_owned()]);
    let database = |name: &String| -> Database {
        let column = json!({"name": name, "ordinal": 1, "type": {"base": "unknown", "text": name}, "nullable": true, "comment": name});
        let key = json!({"name": name, "columns": [name], "refDatabase": name, "refTable": name, "refColumns": [name],
            "onDelete": "restrict", "onUpdate": "restrict"});
        let own = json!({"name": name, "columns": [name], "refTable": name, "refColumns": [name],
            "onDelete": "restrict", "onUpdate": "restrict"});
        serde_json::from_value(json!({"name": name, "tables": [{"name": name, "kind": "base", "columns": [column],
            "foreignKeys": [key, own]}]}))
        .unwrap()
    };
    let diagrams: Vec<String> = names.iter().map(database).flat_map(|database| mermaid::texts(&database)).collect();
    assert!(diagrams.len() > 300);
    assert_eq!(complaints(&diagrams), Vec::<String>::new());
}

#[test]
fn what_is_no_diagram_is_noticed() {
    let bad = ["erDiagram\n  a {".to_owned(), "graph TD\n  a --> b".to_owned(), "nonsense".to_owned()];
    assert_eq!(complaints(&bad).len(), 3);
    assert_eq!(judge(&json!({"mermaid": ["erDiagram\n"]}))["mermaid"], Value::Array(vec![Value::Null]));
}
