//! The texts of the recorded schemas are those on file, to be read by people before a change is committed.

use mcp_schema_operator::output::{ddl, json_schema, mermaid};
use mcp_schema_operator::schema::{Database, ServerFacts};

use crate::support::{golden, recorded, root};

/// One of each engine; another of TiDB would differ in a few lines.
const ON_FILE: [&str; 2] = ["tidb-8.4-nasty", "mariadb-10.11-nasty"];

/// Five hundred columns teach nobody anything.
const LEFT_OUT: &str = "wide500";

fn texts(server: &ServerFacts, database: &Database) -> [String; 3] {
    let schema = |table| String::from_utf8(json_schema::bytes(&database.name, table).unwrap()).unwrap() + "\n";
    [
        ddl::select(database) + &ddl::texts(server, database).concat(),
        mermaid::texts(database).concat(),
        database.tables.iter().map(schema).collect(),
    ]
}

#[test]
fn the_texts_of_recorded_schemas_are_those_on_file() {
    for case in ON_FILE {
        let snapshot = recorded(case);
        let mut all = [String::new(), String::new(), String::new()];
        for mut database in snapshot.databases {
            database.tables.retain(|table| table.name != LEFT_OUT);
            for (all, text) in all.iter_mut().zip(texts(&snapshot.server, &database)) {
                all.push_str(&text);
            }
        }
        for (text, ending) in all.iter().zip(["sql", "mmd", "schema.ndjson"]) {
            golden(&root().join(format!("tests/outputs/{case}.{ending}")), text);
        }
    }
}
