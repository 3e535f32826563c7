//! The same query through every recorded server: each cell, as the readers of a row give it, equals the one through
//! pytidb in front of the same engine. What differs by the server's own doing is listed here and nowhere else.

#![expect(clippy::panic, reason = "tests")]

use mcp_schema_operator::mcp::decode;
use mcp_schema_operator::mcp::rows::{Row, Rows};
use serde_json::Value;

use crate::recordings::{ALL, calls};

/// The discovery queries of a recording by name, decoded.
fn answers(recording: (&str, &str)) -> Vec<(String, Rows)> {
    let (server, lines) = calls(recording);
    let of_discovery = |line: &&Value| {
        let name = line["name"].as_str().unwrap();
        let other = ["misc.", "tool.", "user.", "default-env."].iter().any(|head| name.starts_with(head));
        line["isError"] == false && !other && (name != "v2.canary" || recording.1 != "toolbox-tidb")
    };
    let decoded = |line: &Value| {
        let name = line["name"].as_str().unwrap().to_owned();
        let page = decode(&server, serde_json::from_value(line.clone()).unwrap());
        let rows = page.and_then(|page| page.whole()).unwrap_or_else(|error| panic!("{recording:?} {name}: {error}"));
        (name, rows)
    };
    lines.iter().filter(of_discovery).map(decoded).collect()
}

/// A cell as discovery reads it: JSON where that is asked for, else text.
fn cell(row: &Row, label: &str, json: bool) -> Option<String> {
    let read = if json { row.json_text_or_null(label) } else { row.text_or_null(label) };
    let text = read.unwrap_or_else(|error| panic!("{error}: {row:?}"));
    // The drivers of Node.js add it to the session.
    let without = |modes: String| modes.split(',').filter(|mode| *mode != "IGNORE_SPACE").collect::<Vec<_>>().join(",");
    if label == "sql_mode" { text.map(without) } else { text }
}

/// What differs by the recording, not by the server: the texts of the earlier version were asked through pytidb at another
/// time, when the schema had been loaded anew, and through the Toolbox with type tidb as another account.
fn recorded_apart(engine: &str, server: &str, query: &str, label: &str) -> bool {
    let of_the_load = match label {
        "created" | "updated" | "tid" | "ddl_time" | "last_job" => true,
        "tables_fp" => engine.starts_with("tidb"),
        // Statistics, which are gathered when it suits the engine.
        "n" | "bytes" => query.starts_with("stats/"),
        _ => false,
    };
    (of_the_load && !query.starts_with("v2.")) || (server == "toolbox-tidb" && query == "facts" && label == "usr")
}

/// What the Toolbox with type tidb encodes where a text of the earlier version does not cast.
fn encoded(server: &str, query: &str, label: &str) -> bool {
    let columns: &[&str] = match query.split('/').next().unwrap() {
        "checks" => &["expr"],
        "partitions" => &["pe", "pd"],
        "views" => &["def"],
        _ => &[],
    };
    server == "toolbox-tidb" && columns.contains(&label)
}

fn labels(row: &Row) -> Vec<&str> {
    let mut labels: Vec<_> = row.labels().collect();
    labels.sort_unstable();
    labels
}

/// Compares the rows of one query; how many cells that were.
fn compare(engine: &str, server: &str, name: &str, rows: &Rows, want: &Rows) -> usize {
    assert_eq!(rows.len(), want.len(), "{engine} {server} {name}");
    let mut cells = 0;
    for (row, want) in rows.iter().zip(want) {
        assert_eq!(labels(row), labels(want), "{engine} {server} {name}");
        for label in row.labels() {
            if recorded_apart(engine, server, name, label) || encoded(server, name, label) {
                continue;
            }
            let json = label == "j";
            assert_eq!(cell(row, label, json), cell(want, label, json), "{engine} {server} {name} {label}");
            cells += 1;
        }
    }
    cells
}

#[test]
fn every_server_gives_every_cell_as_pytidb_does() {
    let mut total = 0;
    for engine in ["mariadb-10.11", "tidb-8.4.0"] {
        let pytidb = answers((engine, "pytidb"));
        for (_, server) in ALL.into_iter().filter(|(of, server)| *of == engine && *server != "pytidb") {
            let (mut queries, mut cells) = (0, 0);
            for (name, rows) in answers((engine, server)) {
                let (_, want) = pytidb.iter().find(|(other, _)| *other == name).expect("asked through pytidb too");
                cells += compare(engine, server, &name, &rows, want);
                queries += 1;
            }
            println!("{engine} {server}: {cells} cells of {queries} queries are equal to pytidb's");
            assert!(queries >= 50 && cells >= 13_000, "{engine} {server}: {queries} queries, {cells} cells");
            total += cells;
        }
    }
    println!("{total} cells compared");
}
