//! One run of all sides turn by turn, and the ratios.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::Command;
use std::time::Instant;

use mcpschema_bed::{BedError, Tools};

use crate::{Sides, workload};

/// Timed rounds. The best counts: whatever else the machine does makes a round slower and never faster.
const ROUNDS: usize = 25;

fn best(rounds: Vec<f64>) -> f64 {
    rounds.into_iter().fold(f64::INFINITY, f64::min)
}

fn timed(work: impl Fn()) -> f64 {
    let begin = Instant::now();
    work();
    begin.elapsed().as_secs_f64() * 1e9 / workload::ROWS as f64
}

/// What ajv needs, with the parsing of a row's text and without; each the best of as many rounds.
fn ajv(sides: &Sides) -> Result<(f64, f64), BedError> {
    let tools = Tools::load()?;
    let ajv = tools.judges.with_file_name("node_modules/ajv/dist/2020.js");
    let failed = |what: &str, error: &dyn std::fmt::Display| BedError::new(format!("{what}: {error}"));
    let folder = tempfile::tempdir().map_err(|error| failed("a temporary folder", &error))?;
    let (schema, rows) = (folder.path().join("schema.json"), folder.path().join("rows.ndjson"));
    let write =
        |path: &std::path::Path, bytes: &[u8]| std::fs::File::create(path).and_then(|mut file| file.write_all(bytes));
    write(&schema, sides.schema.to_string().as_bytes()).map_err(|error| failed("the schema", &error))?;
    write(&rows, sides.rows.as_bytes()).map_err(|error| failed("the rows", &error))?;
    let script = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/rows/ajv.mjs");
    let output =
        Command::new(&tools.mcp_node).arg(script).arg(ajv).arg(schema).arg(rows).arg(ROUNDS.to_string()).output();
    let output = output.map_err(|error| failed("node", &error))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut figures = text.split_whitespace().map(str::parse::<f64>);
    match (output.status.success(), figures.next(), figures.next()) {
        (true, Some(Ok(parse)), Some(Ok(alone))) => Ok((parse, alone)),
        _ => Err(failed("ajv.mjs", &String::from_utf8_lossy(&output.stderr))),
    }
}

/// The table of all sides.
pub(crate) fn compare(sides: &Sides) -> Result<String, BedError> {
    let mut series: [Vec<f64>; 4] = Default::default();
    for _ in 0..ROUNDS {
        series[0].push(timed(|| sides.ours(&sides.bare)));
        series[1].push(timed(|| sides.ours(&sides.full)));
        series[2].push(timed(|| sides.crate_on_bytes()));
        series[3].push(timed(|| sides.crate_on_values()));
    }
    let [bare, full, crate_bytes, crate_values] = series.map(best);
    let (ajv_bytes, ajv_values) = ajv(sides)?;
    let megabytes = sides.rows.len() as f64 / workload::ROWS as f64 * 1e3;
    let mut out = format!(
        "{} rows of 20 columns, {} bytes each, best of {ROUNDS} rounds\n\n  {:44} {:>9} {:>9} {:>11} {:>9}\n",
        workload::ROWS,
        sides.rows.len() / workload::ROWS,
        "",
        "ns a row",
        "MB/s",
        "to bare",
        "to full"
    );
    for (name, figure) in [
        ("this crate, types and NULL (bare)", bare),
        ("this crate, with two keys and a CHECK (full)", full),
        ("ajv compiled, JSON.parse and validate", ajv_bytes),
        ("ajv compiled, validate alone", ajv_values),
        ("jsonschema crate, parse and validate", crate_bytes),
        ("jsonschema crate, validate alone", crate_values),
    ] {
        let _ = writeln!(
            out,
            "  {name:44} {figure:9.0} {:9.0} {:10.2}x {:8.2}x",
            megabytes / figure,
            figure / bare,
            figure / full
        );
    }
    Ok(out)
}
