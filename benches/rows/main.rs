//! How long a row of 20 columns takes: this crate on the row's bytes, the `jsonschema` crate on the JSON Schema of the same
//! table, and ajv (Node.js, compiled) on that schema, the same rows in one run. First criterion's figures of the two Rust
//! sides, then a table with the ratios. A measurement: it fails when a validator refuses a row, not when it is slow.
#![expect(clippy::expect_used, reason = "a bench that cannot run says why and ends")]

mod report;
mod workload;

use criterion::{Criterion, Throughput};
use mcp_schema_operator::validation::rows::{Options, Piece, SchemaRef, Splitter, Validator};
use serde_json::Value;

/// The sides that are compared.
pub(crate) struct Sides {
    pub(crate) rows: String,
    pub(crate) full: Validator,
    pub(crate) bare: Validator,
    pub(crate) schema: Value,
    pub(crate) json_schema: jsonschema::Validator,
    pub(crate) parsed: Vec<Value>,
}

impl Sides {
    fn new() -> Self {
        let (rows, schema, server) = (workload::rows(), workload::json_schema(), workload::server());
        let json_schema =
            jsonschema::options().should_validate_formats(true).build(&schema).expect("the schema compiles");
        let parsed = rows.lines().map(|row| serde_json::from_str(row).expect("a row is JSON")).collect();
        let compile = |bare| Validator::compile(&workload::table(bare), &server, Options::default());
        Self { full: compile(false), bare: compile(true), rows, schema, json_schema, parsed }
    }

    /// Every row through a validator of ours, cut out of the stream as the command does it.
    pub(crate) fn ours(&self, validator: &Validator) {
        let (mut batch, mut splitter) = (validator.batch(), Splitter::new(1 << 20));
        splitter.push(self.rows.as_bytes(), |piece| match piece {
            Piece::Row(bytes) => batch.row(bytes),
            Piece::TooLarge => batch.too_large(1 << 20),
        });
        let result = batch.finish(SchemaRef::default(), 0);
        assert!(result.is_valid && result.warnings.is_empty(), "{result:?}");
        assert_eq!(result.summary.rows_total, workload::ROWS as u64);
    }

    /// Every row parsed and validated by the crate.
    pub(crate) fn crate_on_bytes(&self) {
        let valid = |row: &str| serde_json::from_str(row).is_ok_and(|row: Value| self.json_schema.is_valid(&row));
        assert!(self.rows.lines().all(valid), "the crate refuses a row");
    }

    /// Every row validated by the crate, parsed before.
    pub(crate) fn crate_on_values(&self) {
        assert!(self.parsed.iter().all(|row| self.json_schema.is_valid(row)), "the crate refuses a row");
    }
}

fn main() {
    let sides = Sides::new();
    let mut criterion = Criterion::default().sample_size(10).configure_from_args();
    let mut group = criterion.benchmark_group("rows of 20 columns");
    group.throughput(Throughput::Elements(workload::ROWS as u64));
    group.bench_function("types and NULL", |bench| bench.iter(|| sides.ours(&sides.bare)));
    group.bench_function("with two keys and a CHECK", |bench| bench.iter(|| sides.ours(&sides.full)));
    group.bench_function("jsonschema, parse and validate", |bench| bench.iter(|| sides.crate_on_bytes()));
    group.bench_function("jsonschema, validate alone", |bench| bench.iter(|| sides.crate_on_values()));
    group.finish();
    match report::compare(&sides) {
        Ok(report) => println!("\n{report}"),
        Err(error) => {
            eprintln!("bench: {error}");
            std::process::exit(1);
        }
    }
}
