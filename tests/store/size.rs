//! How much a large schema takes. Prints its figures (`--nocapture`) and judges no time.

use std::time::Instant;

use mcp_schema_operator::schema::Snapshot;
use mcp_schema_operator::store::layout::{self, Input, MAX_BYTES, Placement};
use serde_json::{Value, json};

use crate::support::schema;

#[test]
fn a_thousand_tables_of_twenty_columns_take_a_few_shards_with_half_as_much_room_again() {
    let column = |n: usize| {
        json!({"name": format!("column_{n:02}"), "ordinal": n, "nullable": true, "comment": format!("column {n}"),
            "type": {"base": "varchar", "length": 40, "unit": "chars"}, "charset": "utf8mb4",
            "collation": "utf8mb4_bin"})
    };
    let columns: Vec<Value> = (1..=20).map(column).collect();
    let table = |n: usize| json!({"name": format!("table_{n:04}"), "kind": "base", "columns": columns});
    let tables: Vec<Value> = (0..1000).map(table).collect();
    let mut snapshot: Snapshot = schema();
    snapshot.databases[0].views.clear();
    snapshot.databases[0].tables = serde_json::from_value(json!(tables)).unwrap();
    let previous = Placement::new();
    let input = Input {
        name: "orders-schema",
        snapshot: &snapshot,
        asked: None,
        formats: &[],
        kept: None,
        previous: &previous,
        previous_files: &previous,
    };

    let started = Instant::now();
    let layout = layout::layout(&input).unwrap();
    let took = started.elapsed();

    let (index, shards) = layout.parts.split_last().unwrap();
    let tables: usize = shards.iter().map(|part| part.bytes).sum();
    println!(
        "1,000 tables x 20 columns: {tables} bytes of tables in {} shards, index {} bytes, laid out in {took:?}",
        layout.shards, index.bytes
    );
    assert!(shards.iter().chain([index]).all(|part| part.bytes <= MAX_BYTES));
    assert_eq!(shards.iter().map(|part| part.data.len()).sum::<usize>(), 1000);
    assert!(layout.shards > 1 && tables * 3 <= shards.len() * MAX_BYTES * 2, "{tables} bytes");
}
