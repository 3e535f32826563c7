//! What judging a schema of 1,000 tables by a policy costs next to reading that schema from its file, in one run: built in
//! rules, rules of one's own, contracts and queries, each alone and all together. Ends with the ratios.

#[path = "shared/median.rs"]
mod shared;

use std::collections::BTreeSet;
use std::process::ExitCode;

use k8s_openapi::jiff::Timestamp;
use mcp_schema_operator::api::SchemaValidationPolicySpec;
use mcp_schema_operator::config::switches::Switches;
use mcp_schema_operator::schema::Snapshot;
use mcp_schema_operator::validation::policy::{Candidate, Changes, Engines, Policy, Report, engines, evaluate};
use serde_json::{Value, json};

use shared::median;

const TABLES: usize = 1000;
const COLUMNS: usize = 20;

fn table(at: usize) -> Value {
    let column = |number: usize| {
        let r#type = match number % 3 {
            0 => json!({"base": "bigint"}),
            1 => json!({"base": "decimal", "precision": 10, "scale": 2}),
            _ => json!({"base": "varchar", "length": 20 + number, "unit": "chars"}),
        };
        let texts = if number % 3 == 2 { ["utf8mb4", "utf8mb4_bin"] } else { ["", ""] };
        json!({"name": format!("column_{number:02}"), "ordinal": number + 1, "type": r#type, "nullable": number > 0,
            "charset": texts[0], "collation": texts[1], "comment": "what it holds"})
    };
    let key = |number: usize| {
        json!({"name": format!("key_{number}"), "unique": false, "type": "btree",
            "parts": [{"column": format!("column_{number:02}")}, {"column": "column_00"}]})
    };
    json!({"name": format!("table_{at:04}"), "kind": "base", "engine": "InnoDB", "charset": "utf8mb4",
        "collation": "utf8mb4_bin", "columns": (0..COLUMNS).map(column).collect::<Vec<_>>(),
        "primaryKey": {"columns": [{"column": "column_00"}]}, "indexes": [key(1), key(2), key(3)],
        "foreignKeys": [{"name": "fk", "columns": ["column_03"], "refTable": format!("table_{:04}", at / 2),
            "refColumns": ["column_00"], "onDelete": "restrict", "onUpdate": "restrict"}]})
}

fn builtin() -> Value {
    let names = [
        "table-has-primary-key",
        "primary-key-not-null-unique-stable",
        "name-lower-case",
        "name-length",
        "name-reserved-word",
        "no-zero-date-default",
        "no-timestamp-2038",
        "collation-consistent",
        "fk-indexed",
        "fk-type-match",
        "fk-parent-exists",
        "fk-parent-unique",
        "fk-no-cycle",
        "duplicate-index",
        "redundant-index",
        "unique-nullable-column",
        "nullable-boolean",
        "column-type-consistent",
        "check-enforced",
        "no-enum",
    ];
    json!({"rules": names.map(|name| json!({"builtin": name, "severity": "Warn"}))})
}

fn own() -> Value {
    let rule = |name: &str, scope: &str, expression: &str| json!({"name": name, "scope": scope, "expression": expression, "message": "is not so"});
    json!({"rules": [
        rule("exact", "Column", "column.type.base != 'float' && !column.name.startsWith('tmp_')"),
        rule("commented", "Table", "table.columns.all(c, c.comment != '')"),
        rule("short", "Index", "index.parts.size() <= 4"),
    ]})
}

fn contracts() -> Value {
    let columns: Vec<_> = (0..COLUMNS)
        .map(|number| {
            let text = match number % 3 {
                0 => "bigint".to_owned(),
                1 => "decimal(10,2)".to_owned(),
                _ => format!("varchar({})", 20 + number),
            };
            json!({"name": format!("column_{number:02}"), "type": text})
        })
        .collect();
    let tables: Vec<_> = (0..50).map(|at| json!({"name": format!("table_{at:04}"), "columns": columns})).collect();
    let contract = |n: usize| json!({"name": format!("c{n}"), "database": "bench", "role": "Reader", "tables": tables});
    json!({"contracts": (0..10).map(contract).collect::<Vec<_>>()})
}

fn queries() -> Value {
    let query = |n: usize| {
        let sql = format!(
            "SELECT a.column_00, b.column_02 FROM table_{n:04} a JOIN table_{:04} b ON b.column_00 = a.column_03 \
             WHERE a.column_01 > 10 ORDER BY a.column_00 LIMIT 10",
            n / 2
        );
        json!({"name": format!("q{n}"), "database": "bench", "sql": sql})
    };
    json!({"queries": (0..64).map(query).collect::<Vec<_>>()})
}

fn compiled(parts: &[Value]) -> Result<Policy, String> {
    let mut spec = json!({"snapshots": {"names": ["bench"]}, "rules": []});
    for (key, value) in parts.iter().filter_map(Value::as_object).flatten() {
        match (spec.get_mut(key).and_then(Value::as_array_mut), value.as_array()) {
            (Some(list), Some(more)) => list.extend(more.iter().cloned()),
            _ => spec[key] = value.clone(),
        }
    }
    let spec: SchemaValidationPolicySpec = serde_json::from_value(spec).map_err(|error| error.to_string())?;
    Policy::compile("bench", &spec, Switches::default()).map_err(|faults| format!("{faults:?}"))
}

fn judge(policy: &Policy, snapshot: &Snapshot) -> Report {
    let elsewhere = BTreeSet::new();
    let candidate = Candidate {
        snapshot,
        content_hash: None,
        changes: Changes::NotGiven,
        elsewhere: &elsewhere,
        next_values: &|_, _| None,
    };
    let engines = Engines { query: &engines::query, rows: &|_, _, _| Vec::new(), live: None };
    evaluate(policy, &candidate, &engines, Timestamp::UNIX_EPOCH, &|| false)
}

fn run() -> Result<(), String> {
    let tables: Vec<_> = (0..TABLES).map(table).collect();
    let text = json!({"modelVersion": 1, "server": {"dialect": "tidb", "version": "8", "lowerCaseTableNames": 2},
        "databases": [{"name": "bench", "charset": "utf8mb4", "collation": "utf8mb4_bin", "tables": tables}]})
    .to_string();
    let read = || serde_json::from_str::<Snapshot>(&text);
    let snapshot = read().map_err(|error| error.to_string())?;
    let reading = median(read);
    println!(
        "{TABLES} tables x {COLUMNS} columns, {} bytes: read in {:.1} ms",
        text.len(),
        reading.as_secs_f64() * 1e3
    );
    let (all, own, contracts, queries) = (builtin(), own(), contracts(), queries());
    let parts: [(&str, Vec<Value>); 5] = [
        ("20 built in rules", vec![all.clone()]),
        ("3 rules of one's own", vec![own.clone()]),
        ("10 contracts of 50 tables", vec![contracts.clone()]),
        ("64 queries", vec![queries.clone()]),
        ("all of it", vec![all, own, contracts, queries]),
    ];
    for (what, parts) in parts {
        let compiling = median(|| compiled(&parts));
        let policy = compiled(&parts)?;
        let report = judge(&policy, &snapshot);
        let judging = median(|| judge(&policy, &snapshot));
        let sum = report.summary;
        println!(
            "{what:26} {:8.1} ms, {:5.2} of reading; compiled in {:6.2} ms; {} results, {} of them errors",
            judging.as_secs_f64() * 1e3,
            judging.as_secs_f64() / reading.as_secs_f64(),
            compiling.as_secs_f64() * 1e3,
            sum.pass + sum.fail + sum.warn + sum.error + sum.skip,
            sum.error
        );
    }
    Ok(())
}

fn main() -> ExitCode {
    // `cargo test` runs a bench without arguments of its own; only `cargo bench` measures.
    if !std::env::args().any(|argument| argument == "--bench") {
        return ExitCode::SUCCESS;
    }
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("policies: {problem}");
            ExitCode::FAILURE
        }
    }
}
