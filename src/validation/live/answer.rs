//! The rows of a sample: from cells to the JSON of a row, through the same validator as any other rows, to results. Pure.

use super::cells::{Cell, quoted};
use super::names::UNSENDABLE;
use super::sample::{Plan, label};
use super::{About, count};
use crate::api::policy::Severity;
use crate::config::switches::Switches;
use crate::mcp::Rows;
use crate::mcp::rows::Row;
use crate::schema::ServerFacts;
use crate::validation::policy::{Judged, Outcome};
use crate::validation::rows::{BinaryEncoding, Finding, Operation, Options, SchemaRef, Validator};

/// Judges the rows of a sample.
///
/// # Errors
/// The rows are not those asked for.
pub(super) fn judge(
    about: &About,
    plan: &Plan,
    rows: &Rows,
    server: &ServerFacts,
    switches: Switches,
) -> Result<Vec<Judged>, String> {
    if rows.len() as u64 > plan.rows {
        return Err("the answer holds more rows than were asked for".to_owned());
    }
    if rows.is_empty() {
        return Ok(vec![about.judged("", Outcome::Skip, "the table has no rows".to_owned())]);
    }
    let validator = Validator::compile(&plan.table, server, options(switches));
    let (mut batch, mut long) = (validator.batch(), 0);
    for row in rows {
        batch.row(json(plan, row, &mut long)?.as_bytes());
    }
    let found = batch.finish(SchemaRef::default(), 0);
    let told = |finding: &Finding, severity| {
        let row = finding.row.map_or_else(String::new, |row| format!("row {row}: "));
        let message = format!("{row}{}: {}", finding.error_code.as_str(), finding.message);
        let element = finding.field.as_deref().unwrap_or_default();
        Judged { severity, ..about.judged(element, Outcome::Broken, message) }
    };
    let errors = found.errors.iter().map(|finding| told(finding, Severity::Error));
    let warnings = found.warnings.iter().map(|finding| told(finding, Severity::Warn));
    let mut results: Vec<Judged> = errors.chain(warnings).collect();
    if found.is_valid && results.is_empty() {
        let message = format!("{} looked at", count(rows.len() as u64, "row was", "rows were"));
        results.push(about.judged("", Outcome::Pass, message));
    }
    results.extend(left_out(about, plan, rows.len() as u64, long));
    Ok(results)
}

/// As rows from elsewhere are judged, but for what a row that is in the table already cannot do wrong: a value that is
/// too long to be looked at is as good as one that an UPDATE leaves as it is.
fn options(switches: Switches) -> Options {
    Options {
        strict: switches.strict_mode,
        types: switches.validate_types,
        constraints: switches.validate_constraints,
        relationships: false,
        allow_unknown_columns: switches.allow_unknown_columns,
        operation: Operation::Update,
        binary_encoding: BinaryEncoding::Hex,
        ..Options::default()
    }
}

/// A row as JSON; counts the values that were too long.
fn json(plan: &Plan, row: &Row, long: &mut u64) -> Result<String, String> {
    let mut out = String::from("{");
    for (at, (column, read)) in plan.table.columns.iter().zip(&plan.reads).enumerate() {
        let cell = row.text_or_null(&label(at)).ok().and_then(|text| read.cell(text.as_deref()));
        match cell {
            Some(Cell::Json(value)) => {
                let comma = if out.len() > 1 { "," } else { "" };
                out.push_str(&format!("{comma}{}:{value}", quoted(&column.name)));
            }
            Some(Cell::Long) => *long += 1,
            None => {
                return Err(format!(
                    "the values of the column {} did not come back as they were asked for",
                    column.name
                ));
            }
        }
    }
    out.push('}');
    Ok(out)
}

/// What of the table was not looked at, and why.
fn left_out(about: &About, plan: &Plan, rows: u64, long: u64) -> Vec<Judged> {
    let mut out = Vec::new();
    if plan.rows < plan.wanted && rows == plan.rows {
        let message = format!(
            "only the first {} looked at, of {} asked for: with columns as wide as these, one answer holds no more",
            count(rows, "row was", "rows were"),
            plan.wanted
        );
        out.push(about.judged("", Outcome::NotRun, message));
    }
    if long > 0 {
        let message = format!(
            "{} not looked at, being longer than {} bytes: a sample of fewer rows has room for longer ones",
            count(long, "value was", "values were"),
            plan.cap
        );
        out.push(about.judged("", Outcome::NotRun, message));
    }
    if !plan.unreadable.is_empty() {
        let message = format!("not looked at, being of types that are not read back: {}", plan.unreadable.join(", "));
        out.push(about.judged("", Outcome::Skip, message));
    }
    out.extend(plan.unsendable.iter().map(|column| {
        let message = format!("the column {UNSENDABLE}");
        about.judged(column, Outcome::Unknown, message)
    }));
    out
}
