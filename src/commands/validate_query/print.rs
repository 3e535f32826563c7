//! A query's result for people and for CI systems. Pure.

use std::fmt::Write as _;

use crate::validation::query::{Issue, QueryResult, Severity, Verdict};

/// A line per issue, worst first, and the verdict last.
pub(super) fn text(result: &QueryResult) -> String {
    let codes = result.issues.iter().map(|issue| issue.code.as_str().len()).max().unwrap_or(0);
    let places = result.issues.iter().map(|issue| place(issue).len()).max().unwrap_or(0);
    let mut out = String::new();
    for issue in &result.issues {
        let _ = writeln!(out, "{:7}  {:codes$}  {:places$}  {}", issue.severity, issue.code, place(issue), said(issue));
    }
    if result.issues_left_out > 0 {
        let _ = writeln!(out, "… and {} more", result.issues_left_out);
    }
    if !result.issues.is_empty() {
        out.push('\n');
    }
    let (errors, warnings) = (result.errors.len(), result.warnings.len());
    let verdict = match result.verdict {
        Verdict::Valid => "valid",
        Verdict::Invalid => "not valid",
        Verdict::Unknown => "could not be judged",
    };
    let reads = if result.read_only { "only reads" } else { "not known to only read" };
    let kind = result.statement_kind.as_str();
    let _ =
        writeln!(out, "{verdict}: {}, {} ({kind}, {reads})", counted(errors, "error"), counted(warnings, "warning"));
    if !result.affected_tables.is_empty() {
        let _ = writeln!(out, "tables: {}", result.affected_tables.join(", "));
    }
    out
}

fn counted(count: usize, what: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {what}{ending}")
}

fn place(issue: &Issue) -> String {
    format!("{}:{}", issue.line, issue.column)
}

fn said(issue: &Issue) -> String {
    match &issue.suggestion {
        Some(suggestion) => format!("{}; {suggestion}", issue.message),
        None => issue.message.clone(),
    }
}

/// One test case: a failure per error, or an error when it could not be judged; warnings as output.
pub(super) fn junit(result: &QueryResult) -> String {
    let (failures, errors) = match result.verdict {
        Verdict::Valid => (0, 0),
        Verdict::Invalid => (1, 0),
        Verdict::Unknown => (0, 1),
    };
    let element = if result.verdict == Verdict::Unknown { "error" } else { "failure" };
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let counts = format!("tests=\"1\" failures=\"{failures}\" errors=\"{errors}\"");
    let _ = writeln!(out, "<testsuites {counts}>\n  <testsuite name=\"validate query\" {counts}>");
    let _ = writeln!(out, "    <testcase classname=\"query\" name=\"{}\">", result.statement_kind.as_str());
    for issue in result.issues.iter().filter(|issue| issue.severity == Severity::Error) {
        let message = format!("{}: {}", place(issue), said(issue));
        let _ = writeln!(out, "      <{element} type=\"{}\" message=\"{}\"/>", issue.code, escaped(&message));
    }
    if !result.warnings.is_empty() {
        let _ = writeln!(out, "      <system-out>{}</system-out>", escaped(&result.warnings.join("\n")));
    }
    out.push_str("    </testcase>\n  </testsuite>\n</testsuites>\n");
    out
}

/// Text in XML 1.0, which has no place for most control characters.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::schema::Snapshot;
    use crate::validation::query::{Options, validate};

    fn judged(sql: &str) -> QueryResult {
        let column = |name: &str, ordinal: u32| json!({"name": name, "ordinal": ordinal, "type": {"base": "int"}, "nullable": true});
        let table = json!({"name": "orders", "kind": "base", "columns": [column("id", 1), column("a<b", 2)]});
        let server = json!({"dialect": "mysql", "version": "8.4.0", "lowerCaseTableNames": 0});
        let snapshot = json!({"modelVersion": 1, "server": server, "databases": [{"name": "shop", "tables": [table]}]});
        let snapshot: Snapshot = serde_json::from_value(snapshot).unwrap();
        validate(sql, &snapshot, &Options { default_database: Some("shop".to_owned()), ..Options::default() })
    }

    #[test]
    fn people_read_aligned_lines_worst_first_and_the_verdict() {
        let wanted = "\
error    Q_UNKNOWN_COLUMN  1:11  there is no column `ids` in `orders`; did you mean `id`?
warning  Q_NO_LIMIT        1:1   the query has no LIMIT: it returns however many rows there are
warning  Q_SELECT_STAR     1:8   the columns of `*` change with the table; name those that are needed

not valid: 1 error, 2 warnings (select, only reads)
tables: shop.orders
";
        assert_eq!(text(&judged("SELECT *, ids FROM orders")), wanted);
        assert_eq!(text(&judged("SELECT 1")), "valid: 0 errors, 0 warnings (select, only reads)\n");
        let unknown = text(&judged("TABLE orders"));
        assert!(
            unknown.ends_with("could not be judged: 1 error, 0 warnings (unknown, not known to only read)\n"),
            "{unknown}"
        );
    }

    #[test]
    fn ci_systems_read_a_failure_per_error_and_an_error_where_nothing_could_be_judged() {
        let wanted = "\
<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<testsuites tests=\"1\" failures=\"1\" errors=\"0\">
  <testsuite name=\"validate query\" tests=\"1\" failures=\"1\" errors=\"0\">
    <testcase classname=\"query\" name=\"select\">
      <failure type=\"Q_UNKNOWN_COLUMN\" message=\"1:8: there is no column `a&lt;c` in `orders`; did you mean `a&lt;b`?\"/>
    </testcase>
  </testsuite>
</testsuites>
";
        assert_eq!(junit(&judged("SELECT `a<c` FROM orders LIMIT 1")), wanted);
        let unknown = junit(&judged("TABLE orders"));
        assert!(unknown.contains("failures=\"0\" errors=\"1\"") && unknown.contains("<error type=\"Q_PARSE_ERROR\""));
        let warned = junit(&judged("SELECT `a<b` FROM orders"));
        assert!(warned.contains("failures=\"0\"") && warned.contains("<system-out>Q_NO_LIMIT at 1:1: "), "{warned}");
    }
}
