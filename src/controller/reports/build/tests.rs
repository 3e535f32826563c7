//! The objects themselves, field by field, and which results are in them.
#![expect(clippy::unwrap_used, reason = "tests")]

use serde_json::json;

use super::*;
use crate::controller::reports::testing::{item, policy, report};
use crate::validation::policy::ResultWord;

const TIME: &str = "2026-11-28T00:00:01.5Z";

fn built(kind: ReportKind, snapshots: &[(&str, Report)], max: usize) -> Value {
    let snapshots: Vec<(String, Report)> = snapshots.iter().map(|(name, r)| ((*name).to_owned(), r.clone())).collect();
    build(kind, &policy("orders"), &snapshots, TIME.parse().unwrap(), max)
}

/// SNAPSHOT RESULT OBJECT of every result.
fn order(report: &Value) -> Vec<String> {
    let text = |value: &Value, key: &str| value[key].as_str().unwrap_or_default().to_owned();
    let line = |r: &Value| {
        format!("{} {} {}", text(&r["properties"], "snapshot"), text(r, "result"), text(&r["properties"], "table"))
    };
    report["results"].as_array().unwrap().iter().map(line).collect()
}

#[test]
fn the_whole_object_has_the_fields_of_its_kind() {
    let mut bad = item(ResultWord::Fail, Some(ReportSeverity::Critical), "a");
    bad.properties.insert("waiver", "ended 2026-01-01".to_owned());
    let snapshots = [("shop", report(vec![bad]))];
    let want = json!({
        "apiVersion": "openreports.io/v1alpha1",
        "kind": "Report",
        "metadata": {
            "name": "schema-policy-orders",
            "namespace": "team",
            "labels": {"app.kubernetes.io/managed-by": "mcp-schema-operator", "mcpschema.io/policy": "orders"},
            "ownerReferences": [{
                "apiVersion": "mcpschema.io/v1alpha1", "kind": "SchemaValidationPolicy", "name": "orders", "uid": "u-orders",
                "controller": true,
            }],
        },
        "source": "mcp-schema-operator",
        "summary": {"pass": 0, "fail": 1, "warn": 0, "error": 0, "skip": 0},
        "results": [{
            "source": "mcp-schema-operator", "policy": "orders", "rule": "a-rule", "category": "keys",
            "severity": "critical", "result": "fail", "scored": true, "message": "a is wrong",
            "resources": [
                {"apiVersion": "mcpschema.io/v1alpha1", "kind": "SchemaSnapshot", "namespace": "team", "name": "shop"},
            ],
            "properties": {"database": "db", "table": "a", "waiver": "ended 2026-01-01", "snapshot": "shop"},
            "timestamp": {"seconds": 1_795_824_001, "nanos": 500_000_000},
        }],
    });
    assert_eq!(built(ReportKind::OpenReports, &snapshots, 10), want);

    // A PolicyReport of the first years has no source at its top and no such severity.
    let mut old = want;
    old["apiVersion"] = json!("wgpolicyk8s.io/v1alpha2");
    old["kind"] = json!("PolicyReport");
    old.as_object_mut().unwrap().remove("source");
    old["results"][0]["severity"] = json!("high");
    old["results"][0]["properties"]["severity"] = json!("critical");
    assert_eq!(built(ReportKind::PolicyReport, &snapshots, 10), old);
}

#[test]
fn the_worst_of_all_snapshots_come_first_whatever_order_they_come_in() {
    use ResultWord::{Error, Fail, Pass, Skip, Warn};
    let high = Some(ReportSeverity::High);
    let one = report(vec![item(Warn, Some(ReportSeverity::Medium), "b"), item(Pass, None, "a"), item(Fail, high, "z")]);
    let other = report(vec![
        item(Skip, None, "a"),
        item(Fail, Some(ReportSeverity::Critical), "y"),
        item(Error, high, "x"),
        item(Fail, high, "a"),
    ]);
    let want = ["two fail y", "one fail z", "two fail a", "two error x", "one warn b", "two skip a", "one pass a"];
    for snapshots in [[("one", one.clone()), ("two", other.clone())], [("two", other.clone()), ("one", one.clone())]] {
        assert_eq!(order(&built(ReportKind::OpenReports, &snapshots, 10)), want);
        let cut = built(ReportKind::OpenReports, &snapshots, 3);
        assert_eq!(order(&cut), want[..3]);
        assert_eq!(cut["metadata"]["annotations"], json!({"mcpschema.io/results-left-out": "4"}));
        assert_eq!(cut["summary"], json!({"pass": 1, "fail": 3, "warn": 1, "error": 1, "skip": 1}));
    }
}

#[test]
fn what_the_evaluation_left_out_is_counted_too() {
    let mut cut = report(vec![item(ResultWord::Pass, None, "a")]);
    (cut.results_left_out, cut.summary.pass) = (41, 42);
    let built = built(ReportKind::PolicyReport, &[("one", cut.clone()), ("two", cut)], 200);
    assert_eq!(built["metadata"]["annotations"]["mcpschema.io/results-left-out"], "82");
    assert_eq!((&built["summary"]["pass"], built["results"].as_array().unwrap().len()), (&json!(84), 2));
}

#[test]
fn nothing_judged_is_an_empty_report_and_no_annotation() {
    for snapshots in [vec![], vec![("one", report(vec![]))]] {
        let built = built(ReportKind::OpenReports, &snapshots, 200);
        assert_eq!((&built["results"], built["metadata"].get("annotations")), (&json!([]), None));
        assert_eq!(built["summary"], json!({"pass": 0, "fail": 0, "warn": 0, "error": 0, "skip": 0}));
    }
}

#[test]
fn a_thousand_long_messages_stay_below_what_the_api_server_stores() {
    let long = |at: usize| ResultItem {
        message: "\u{1}".repeat(1024),
        ..item(ResultWord::Fail, Some(ReportSeverity::High), &format!("t{at:04}"))
    };
    let built = built(ReportKind::OpenReports, &[("one", report((0..1000).map(long).collect()))], 1000);
    let kept = built["results"].as_array().unwrap().len();
    assert!(built.to_string().len() < 1_100_000 && kept > 100, "{kept}");
    assert_eq!(built["metadata"]["annotations"]["mcpschema.io/results-left-out"], (1000 - kept).to_string());
    assert_eq!(built["summary"]["fail"], 1000);
}

#[test]
fn names_and_labels_fit_and_stay_apart() {
    for (given, wanted, label_wanted) in
        [("orders", Some("schema-policy-orders"), Some("orders")), ("a.b", Some("schema-policy-a.b"), Some("a.b"))]
    {
        assert_eq!((Some(name(&policy(given)).as_str()), Some(label(&policy(given)).as_str())), (wanted, label_wanted));
    }
    let (one, other) = (policy(&format!("{}.1", "a".repeat(250))), policy(&format!("{}.2", "a".repeat(250))));
    for text in [name(&one), label(&one), fitting(&format!("{}.{}", "a".repeat(32), "b".repeat(20)), 50)] {
        let (start, hash) = text.rsplit_once('-').unwrap();
        assert!(start.ends_with('a') && hash.len() == 16, "{text}");
    }
    assert_eq!((name(&one).len(), label(&one).len()), (MAX_NAME, MAX_LABEL));
    assert!(name(&one) != name(&other) && label(&one) != label(&other));
}
