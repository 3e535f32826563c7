//! A result as text for people, as JSON, and as JUnit XML for CI systems.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::report::{Finding, ValidationResult};

/// Where a finding without a column is listed in JUnit.
const WHOLE_ROW: &str = "(row)";

/// The result as one JSON document and a line end.
#[must_use]
pub fn json(result: &ValidationResult) -> String {
    // Plain data with text keys: it always can be written.
    serde_json::to_string(result).unwrap_or_default() + "\n"
}

/// The result for people: one line of verdict, then errors before warnings, aligned.
#[must_use]
pub fn text(result: &ValidationResult) -> String {
    let summary = &result.summary;
    let verdict = match (result.is_valid, result.warnings.is_empty()) {
        (true, true) => "valid",
        (true, false) => "valid, with warnings",
        (false, _) => "invalid",
    };
    let mut out = format!(
        "{}.{}: {verdict}: {} rows, {} valid, {} invalid ({} ms)\n",
        result.schema.database,
        result.schema.table,
        summary.rows_total,
        summary.rows_valid,
        summary.rows_invalid,
        result.validation_time_ms,
    );
    let lines: Vec<[String; 4]> = result.errors.iter().chain(&result.warnings).map(cells).collect();
    let widths: Vec<usize> = (0..4)
        .map(|at| lines.iter().filter_map(|line| line.get(at)).map(|cell| cell.chars().count()).max().unwrap_or(0))
        .collect();
    for (line, finding) in lines.iter().zip(result.errors.iter().chain(&result.warnings)) {
        out.push_str("  ");
        for (cell, width) in line.iter().zip(&widths) {
            let _ = write!(out, "{cell:width$}  ");
        }
        let _ = writeln!(out, "{}", sentence(finding));
    }
    if !summary.by_code.is_empty() {
        let mut counts: Vec<_> = summary.by_code.iter().collect();
        counts.sort_by_key(|(code, count)| (std::cmp::Reverse(**count), **code));
        let counts: Vec<_> = counts.iter().map(|(code, count)| format!("{} {count}", code.as_str())).collect();
        let _ = writeln!(out, "errors: {}", counts.join(", "));
    }
    out
}

fn cells(finding: &Finding) -> [String; 4] {
    let severity = match finding.severity {
        super::report::Severity::Error => "error",
        super::report::Severity::Warning => "warning",
    };
    let row = finding.row.map_or_else(|| "all rows".to_owned(), |row| format!("row {row}"));
    let field = finding.field.as_deref().map(printable).unwrap_or_default();
    [severity.to_owned(), row, field, finding.error_code.as_str()]
}

/// A name without characters that would disturb a terminal.
fn printable(name: &str) -> String {
    name.chars().map(|c| if c.is_control() { '\u{FFFD}' } else { c }).collect()
}

fn sentence(finding: &Finding) -> String {
    let mut out = printable(&finding.message);
    if let Some(expected) = &finding.expected {
        let _ = write!(out, " [{}]", printable(expected));
    }
    if let Some(constraint) = &finding.constraint {
        let _ = write!(out, " [constraint {}]", printable(constraint));
    }
    if let Some(value) = &finding.suggested_value {
        let _ = write!(out, " [stored: {}]", printable(value));
    }
    if finding.server_would_coerce {
        out.push_str(" [the server is not in strict mode and would change it]");
    }
    out
}

/// The result as JUnit XML: one test case per column, so that a CI system can follow each from run to run.
#[must_use]
pub fn junit(result: &ValidationResult) -> String {
    let field = |finding: &Finding| finding.field.clone().unwrap_or_else(|| WHOLE_ROW.to_owned());
    let listed: BTreeSet<String> = result.errors.iter().map(field).collect();
    let mut cases: Vec<String> = result.validated_fields.clone();
    let others =
        listed.iter().chain(result.summary.by_field.keys()).filter(|name| !result.validated_fields.contains(name));
    cases.extend(others.cloned().collect::<BTreeSet<_>>());
    if cases.is_empty() {
        cases.push(WHOLE_ROW.to_owned());
    }
    let failed = |case: &str| result.summary.by_field.contains_key(case) || listed.contains(case);
    let suite = escaped(&format!("{}.{}", result.schema.database, result.schema.table));
    let failures = cases.iter().filter(|case| failed(case)).count();
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let seconds = format!("{}.{:03}", result.validation_time_ms / 1000, result.validation_time_ms % 1000);
    let _ = writeln!(out, "<testsuites tests=\"{0}\" failures=\"{failures}\" time=\"{seconds}\">", cases.len());
    let _ = writeln!(
        out,
        "  <testsuite name=\"{suite}\" tests=\"{}\" failures=\"{failures}\" errors=\"0\" time=\"{seconds}\">",
        cases.len()
    );
    for case in &cases {
        let _ = write!(out, "    <testcase classname=\"{suite}\" name=\"{}\"", escaped(case));
        if !failed(case) {
            out.push_str("/>\n");
            continue;
        }
        let count = result.summary.by_field.get(case).copied();
        let lines: Vec<String> = result.errors.iter().filter(|finding| field(finding) == **case).map(line).collect();
        let count = count.unwrap_or(lines.len() as u64);
        let _ = write!(
            out,
            ">\n      <failure message=\"{count} errors\">{}</failure>\n    </testcase>\n",
            escaped(&lines.join("\n"))
        );
    }
    let warnings: Vec<String> = result.warnings.iter().map(line).collect();
    if !warnings.is_empty() {
        let _ = writeln!(out, "    <system-out>{}</system-out>", escaped(&warnings.join("\n")));
    }
    out.push_str("  </testsuite>\n</testsuites>\n");
    out
}

fn line(finding: &Finding) -> String {
    format!("{}: {}", cells(finding).join(" "), sentence(finding))
}

/// Text for XML, without the characters XML 1.0 cannot hold.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push('\n'),
            c if c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}') => out.push('\u{FFFD}'),
            c => out.push(c),
        }
    }
    out
}
