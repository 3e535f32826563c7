//! A report for people, for programs, and for CI systems. Pure.

use std::fmt::Write as _;

use super::report::{Report, ResultItem, ResultWord, Summary, Verdict};

/// Widest object and rule column; longer ones push their line.
const MAX_COLUMN: usize = 60;

/// The verdict, the counts, and what did not pass, worst first, in columns.
#[must_use]
pub fn text(report: &Report) -> String {
    let verdict = match report.compliant {
        Verdict::True => "compliant",
        Verdict::False => "not compliant",
        Verdict::Unknown => "could not be judged",
    };
    let Summary { pass, fail, warn, error, skip } = report.summary;
    let mut out =
        format!("{}: {verdict} ({fail} fail, {error} error, {warn} warn, {skip} skip, {pass} pass)\n", report.policy);
    let shown: Vec<&ResultItem> = report.results.iter().filter(|item| is_told(item)).collect();
    let rows = shown.iter().map(|item| {
        let severity = item.severity.map_or("-", |severity| severity.as_str());
        [
            item.result.as_str().to_owned(),
            severity.to_owned(),
            printable(&item.object()),
            item.rule.clone(),
            message(item),
        ]
    });
    let head = ["RESULT", "SEVERITY", "OBJECT", "RULE", "MESSAGE"].map(str::to_owned);
    let rows: Vec<[String; 5]> = std::iter::once(head).chain(rows).collect();
    if rows.len() > 1 {
        out.push('\n');
        let width = |column: usize| {
            let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
            cells.max().unwrap_or(0).min(MAX_COLUMN)
        };
        let widths = [width(0), width(1), width(2), width(3)];
        for [result, severity, object, rule, message] in &rows {
            let [a, b, c, d] = widths;
            let _ = writeln!(out, "{result:a$}  {severity:b$}  {object:c$}  {rule:d$}  {message}");
        }
    }
    let told = fail + error + warn;
    let listed = shown.iter().filter(|item| item.result > ResultWord::Skip).count() as u64;
    if told > listed {
        let _ = writeln!(out, "and {} more (report.maxResults)", told - listed);
    }
    out
}

/// What did not pass, and what would not have.
fn is_told(item: &ResultItem) -> bool {
    item.result > ResultWord::Skip || item.properties.contains_key("waiver")
}

fn message(item: &ResultItem) -> String {
    let waived = item.result == ResultWord::Skip;
    let waiver = item.properties.get("waiver").filter(|_| waived).map(|text| format!(" ({text})"));
    printable(&format!("{}{}", item.message, waiver.unwrap_or_default()))
}

/// Names come from servers: nothing in them moves the cursor.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// The whole report as one JSON document.
#[must_use]
pub fn json(report: &Report) -> String {
    serde_json::to_string_pretty(report).map(|text| format!("{text}\n")).unwrap_or_default()
}

/// One test case per listed result: `fail` is a failure, `error` an error, `skip` is skipped, `warn` passes with a note.
#[must_use]
pub fn junit(report: &Report) -> String {
    let count = |word| report.results.iter().filter(|item| item.result == word).count();
    let name = escaped(&report.policy);
    let counts = format!(
        "tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\"",
        report.results.len(),
        count(ResultWord::Fail),
        count(ResultWord::Error),
        count(ResultWord::Skip)
    );
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(out, "<testsuites name=\"{name}\" {counts}>\n  <testsuite name=\"{name}\" {counts}>");
    let Summary { pass, fail, warn, error, skip } = report.summary;
    let verdict = format!("{:?}", report.compliant);
    out.push_str("    <properties>\n");
    let left_out = report.results_left_out;
    for (key, value) in [
        ("compliant", verdict),
        ("contentHash", report.content_hash.clone()),
        ("summary", format!("pass {pass}, fail {fail}, warn {warn}, error {error}, skip {skip}")),
        ("resultsLeftOut", left_out.to_string()),
    ] {
        let _ = writeln!(out, "      <property name=\"{key}\" value=\"{}\"/>", escaped(&value));
    }
    out.push_str("    </properties>\n");
    for item in &report.results {
        case(&mut out, item);
    }
    out.push_str("  </testsuite>\n</testsuites>\n");
    out
}

fn case(out: &mut String, item: &ResultItem) {
    let (rule, object, text) = (escaped(&item.rule), escaped(&item.object()), escaped(&message(item)));
    let severity = item.severity.map_or("", |severity| severity.as_str());
    let inner = match item.result {
        ResultWord::Pass => None,
        ResultWord::Skip => Some(format!("<skipped message=\"{text}\"/>")),
        ResultWord::Warn => Some(format!("<system-out>warning ({severity}): {text}</system-out>")),
        ResultWord::Error => Some(format!("<error type=\"{severity}\" message=\"{text}\"/>")),
        ResultWord::Fail => Some(format!("<failure type=\"{severity}\" message=\"{text}\"/>")),
    };
    let _ = match inner {
        None => writeln!(out, "    <testcase classname=\"{rule}\" name=\"{object}\"/>"),
        Some(inner) => writeln!(out, "    <testcase classname=\"{rule}\" name=\"{object}\">{inner}</testcase>"),
    };
}

/// For an attribute or a text of XML; what XML cannot hold is replaced.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::validation::policy::ReportSeverity;

    fn item(
        result: ResultWord,
        severity: Option<ReportSeverity>,
        object: [&str; 3],
        message: &str,
        waiver: Option<&str>,
    ) -> ResultItem {
        let [database, table, element] = object.map(str::to_owned);
        let mut properties = BTreeMap::from([("database", database), ("table", table), ("element", element)]);
        properties.retain(|_, text| !text.is_empty());
        properties.extend(waiver.map(|text| ("waiver", text.to_owned())));
        ResultItem {
            source: "mcp-schema-operator",
            policy: "p".into(),
            rule: "some-rule".into(),
            category: "Names",
            severity,
            result,
            scored: true,
            message: message.into(),
            properties,
        }
    }

    fn report() -> Report {
        Report {
            policy: "orders <&> \"p\"".into(),
            content_hash: "sha256:1".into(),
            compliant: Verdict::False,
            summary: Summary { pass: 3, fail: 4, warn: 1, error: 0, skip: 1 },
            results: vec![
                item(
                    ResultWord::Fail,
                    Some(ReportSeverity::Critical),
                    ["shop", "Überblick", "a\u{1b}[2J"],
                    "is < \"wrong\"",
                    None,
                ),
                item(ResultWord::Warn, Some(ReportSeverity::Low), ["shop", "t", ""], "odd", None),
                item(ResultWord::Skip, None, ["shop", "t", ""], "no key", Some("waived until 2027: tmp")),
                item(ResultWord::Skip, None, ["shop", "t", ""], "does not apply", None),
                item(ResultWord::Pass, None, ["shop", "", ""], "as it should be", None),
            ],
            results_left_out: 4,
        }
    }

    #[test]
    fn people_read_what_is_wrong_in_columns_worst_first() {
        let want = "orders <&> \"p\": not compliant (4 fail, 0 error, 1 warn, 1 skip, 3 pass)\n\n\
            RESULT  SEVERITY  OBJECT                RULE       MESSAGE\n\
            fail    critical  shop.Überblick.a\u{fffd}[2J  some-rule  is < \"wrong\"\n\
            warn    low       shop.t                some-rule  odd\n\
            skip    -         shop.t                some-rule  no key (waived until 2027: tmp)\n\
            and 3 more (report.maxResults)\n";
        assert_eq!(text(&report()), want);
        let clean = Report { compliant: Verdict::True, summary: Summary::default(), results: vec![], ..report() };
        assert_eq!(text(&clean).lines().count(), 1);
    }

    #[test]
    fn programs_read_one_json_document() {
        let value: serde_json::Value = serde_json::from_str(&json(&report())).unwrap_or_default();
        assert_eq!((value["compliant"].as_str(), value["resultsLeftOut"].as_u64()), (Some("False"), Some(4)));
        assert_eq!(value["results"][0]["severity"], "critical");
        assert_eq!(value["results"][3].get("severity"), None);
    }

    #[test]
    fn ci_systems_read_well_formed_xml() {
        let xml = junit(&report());
        for line in [
            "<testsuites name=\"orders &lt;&amp;&gt; &quot;p&quot;\" tests=\"5\" failures=\"1\" errors=\"0\" skipped=\"2\">",
            "<testcase classname=\"some-rule\" name=\"shop.Überblick.a\u{fffd}[2J\"><failure type=\"critical\" message=\"is &lt; &quot;wrong&quot;\"/></testcase>",
            "<system-out>warning (low): odd</system-out>",
            "<testcase classname=\"some-rule\" name=\"shop\"/>",
            "<property name=\"summary\" value=\"pass 3, fail 4, warn 1, error 0, skip 1\"/>",
        ] {
            assert!(xml.contains(line), "{line}\n{xml}");
        }
        assert_eq!(xml.matches("<testcase").count(), 5);
        assert!(!xml.chars().any(|c| c.is_control() && c != '\n'));
    }
}
