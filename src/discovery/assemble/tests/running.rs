//! What TiDB showed while an ALTER TABLE was running, and right after it.

use super::*;
use crate::schema::Table;

/// The recorded rows of one state, and what SHOW CREATE TABLE said.
fn recorded(state: &str) -> (DatabaseRows, Option<String>) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/ddl_running.ndjson");
    let text = std::fs::read_to_string(path).unwrap();
    let mut rows = DatabaseRows::from([(Part::Tables, list(vec![base_table("d")]))]);
    let mut create = None;
    for line in text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()).filter(|l| l["state"] == state) {
        let read = || list(line["rows"].as_array().unwrap().clone());
        match line["what"].as_str().unwrap() {
            "columns" => drop(rows.insert(Part::Columns, read())),
            "index_parts" => drop(rows.insert(Part::IndexParts, read())),
            "public_indexes" => drop(rows.insert(Part::PublicIndexes, read())),
            "partitions" => drop(rows.insert(Part::Partitions, read())),
            "show_create" => create = line["rows"][0]["Create Table"].as_str().map(str::to_owned),
            "ddl_jobs" => assert_eq!(line["rows"][0]["running"], "1"),
            what => unreachable!("{what}"),
        }
    }
    assert!(rows.len() > 3, "{state}");
    (rows, create)
}

/// The table in a state; `create` is the text of SHOW CREATE TABLE then.
fn table(state: &str, ddl: Ddl, create: &str) -> Table {
    let creates = Creates::from_texts([("d", create)]);
    let context = Context { creates: &creates, ..context(Engine::Tidb, ddl) };
    let (mut database, warnings) = build(&context, &recorded(state).0);
    assert_eq!(warnings, []);
    database.tables.remove(0)
}

fn while_running(state: &str) -> Table {
    let create = recorded(state).1.unwrap();
    table(state, Ddl::Running, &create)
}

#[test]
fn while_an_alter_runs_the_table_is_what_it_was_before() {
    let adding = while_running("add-unique");
    assert!(adding.indexes.is_empty(), "an index that enforces nothing yet is not there");
    // What the next ALTER starts from is what the one before left.
    let modifying = recorded("modify").1.unwrap();
    let added = table("add-unique.after", Ddl::Idle, &modifying);
    assert_eq!(added.indexes.iter().map(|index| index.name.as_str()).collect::<Vec<_>>(), ["ua"]);
    assert_eq!(Table { indexes: vec![], ..added.clone() }, adding);
    assert_eq!(while_running("modify"), added);
    let partitioning = recorded("partition-by").1.unwrap();
    let modified = table("modify.after", Ddl::Idle, &partitioning);
    assert_ne!(modified, added);
    assert_eq!(while_running("partition-by"), modified);
    assert_eq!(modified.partitioning, None);
}
