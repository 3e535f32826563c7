//! What comparing two schemas of 5,000 tables costs next to reading them from their files, in one run: unchanged, with one
//! table in a hundred altered, and with every table altered. Ends with the ratios, and fails when comparing takes longer.

#[path = "shared/median.rs"]
mod shared;

use std::process::ExitCode;

use criterion::{BenchmarkId, Criterion};
use mcp_schema_operator::schema::changes::{Side, diff};
use mcp_schema_operator::schema::{Database, Snapshot};
use serde_json::json;

use shared::median;

/// The operator's own cap.
const TABLES: usize = 5000;
const COLUMNS: usize = 20;

/// Every so many tables are altered; 0 alters none.
fn snapshot(every: usize) -> Result<Snapshot, serde_json::Error> {
    let altered = |at: usize| every > 0 && at.is_multiple_of(every);
    let tables: Vec<_> = (0..TABLES).map(|at| table(at, altered(at))).collect();
    let views: Vec<_> = (0..TABLES / 20).map(view).collect();
    let database =
        json!({"name": "bench", "charset": "utf8mb4", "collation": "utf8mb4_bin", "tables": tables, "views": views});
    let database: Database = serde_json::from_value(database)?;
    let server = json!({"dialect": "tidb", "version": "8", "lowerCaseTableNames": 2});
    serde_json::from_value(json!({"modelVersion": 1, "server": server, "databases": [database]}))
}

fn name(table: usize) -> String {
    format!("table_{table:05}")
}

/// A table with keys, one of them to its neighbour.
fn table(at: usize, altered: bool) -> serde_json::Value {
    let column = |number: usize| {
        let text = json!({"base": "varchar", "length": 20 + number, "unit": "chars"});
        let r#type = match number % 4 {
            0 => json!({"base": if altered && number == 4 { "int" } else { "bigint" }}),
            1 => json!({"base": "decimal", "precision": 10, "scale": 2}),
            _ => text,
        };
        let charset = if number % 4 > 1 { "utf8mb4" } else { "" };
        let collation = if number % 4 > 1 { "utf8mb4_bin" } else { "" };
        json!({"name": format!("column_{number:02}"), "ordinal": number + 1, "type": r#type, "nullable": number > 0,
            "charset": charset, "collation": collation, "comment": "what it holds"})
    };
    let mut columns: Vec<_> = (0..COLUMNS).map(column).collect();
    if altered {
        columns.pop();
    }
    let key = |number: usize| {
        let parts = [json!({"column": format!("column_{number:02}")}), json!({"column": "column_00"})];
        json!({"name": format!("key_{number}"), "unique": number == 1, "type": "btree", "parts": parts})
    };
    let parent = json!({"name": "fk", "columns": ["column_04"], "refTable": name(at / 2), "refColumns": ["column_00"],
        "onDelete": "restrict", "onUpdate": "restrict"});
    json!({"name": name(at), "kind": "base", "engine": "InnoDB", "collation": "utf8mb4_bin", "columns": columns,
        "primaryKey": {"columns": [{"column": "column_00"}]}, "indexes": [key(1), key(2), key(3)],
        "foreignKeys": [parent], "checks": [{"name": "ck", "expr": "`column_01` > 0", "columns": ["column_01"]}]})
}

fn view(at: usize) -> serde_json::Value {
    let table = name(at * 20);
    json!({"name": format!("view_{at:05}"), "security": "definer",
        "definition": format!("select `bench`.`{table}`.`column_04` AS `a` from `bench`.`{table}`")})
}

fn measure() -> Result<bool, serde_json::Error> {
    let old = snapshot(0)?;
    let old_text = serde_json::to_vec(&old)?;
    let mut criterion = Criterion::default().sample_size(10).configure_from_args();
    let mut good = true;
    for (what, every) in [("unchanged", 0), ("one table in a hundred", 100), ("every table", 1)] {
        let new = snapshot(every)?;
        let new_text = serde_json::to_vec(&new)?;
        let parse = || (serde_json::from_slice::<Snapshot>(&old_text), serde_json::from_slice::<Snapshot>(&new_text));
        let compare = || diff(&Side::from(&old), &Side::from(&new), &[]);
        let mut group = criterion.benchmark_group(format!("{TABLES} tables"));
        group.bench_function(BenchmarkId::new("parse both", what), |bench| bench.iter(parse));
        group.bench_function(BenchmarkId::new("compare", what), |bench| bench.iter(compare));
        group.finish();
        let changes = compare();
        let (parse, compare) = (median(parse), median(compare));
        let ratio = compare.as_secs_f64() / parse.as_secs_f64();
        println!(
            "{what}: {} changes; parsing both ({} MB) {parse:.1?}, comparing {compare:.1?}, ratio {ratio:.3}\n",
            changes.counts.total(),
            (old_text.len() + new_text.len()) >> 20,
        );
        good &= ratio < 1.0 && changes.is_empty() == (every == 0);
    }
    criterion.final_summary();
    Ok(good)
}

fn main() -> ExitCode {
    match measure() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => {
            eprintln!("bench: comparing takes longer than parsing, or found other changes than were made");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}
