//! What evaluations mean for the status, by tables of cases.

use std::collections::BTreeMap;

use super::*;
use crate::validation::policy::ReportSeverity;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn item(rule: &str, result: ResultWord, severity: ReportSeverity) -> ResultItem {
    ResultItem {
        source: "mcp-schema-operator",
        policy: "p".into(),
        rule: rule.into(),
        category: "own rule",
        severity: Some(severity),
        result,
        scored: true,
        message: format!("{rule} says so"),
        properties: BTreeMap::from([("database", "shop".to_owned()), ("table", "orders".to_owned())]),
    }
}

fn report(compliant: Verdict, counts: [u64; 5], results: Vec<ResultItem>) -> Report {
    let [pass, fail, warn, error, skip] = counts;
    let summary = Summary { pass, fail, warn, error, skip };
    let (policy, content_hash) = ("p".to_owned(), "sha256:abc".to_owned());
    Report { policy, content_hash, compliant, summary, results, results_left_out: 0 }
}

fn one(snapshot: &str, stale: bool, report: Report) -> Evaluated {
    Evaluated { snapshot: snapshot.into(), revision: "abcdef012345".into(), exists: true, stale, held: false, report }
}

fn judged(evaluated: Vec<Evaluated>) -> Outcome {
    Outcome::Judged { evaluated, left_out: 0, unreported: None }
}

fn passes() -> Report {
    report(Verdict::True, [3, 0, 0, 0, 1], vec![item("fine", ResultWord::Pass, ReportSeverity::High)])
}

fn fails() -> Report {
    let worst = item("bad", ResultWord::Fail, ReportSeverity::Critical);
    report(Verdict::False, [1, 1, 1, 0, 0], vec![worst, item("odd", ResultWord::Warn, ReportSeverity::Low)])
}

fn words(status: &SchemaValidationPolicyStatus, kind: ConditionType) -> (String, String, String) {
    let found = find(&status.conditions, kind).cloned();
    found.map(|c| (c.status, c.reason, c.message)).unwrap_or_default()
}

#[test]
fn every_outcome_ends_in_conditions_a_person_can_read() {
    let fault =
        Outcome::Invalid(vec![Fault::new("spec.rules[0].expression", "tabel is not known; did you mean table?")]);
    let unjudged = || one("orders", false, Report::unjudged("p", "nothing is published yet"));
    let nothing = || one("orders", false, report(Verdict::Unknown, [0, 0, 0, 0, 2], vec![]));
    let crowded = Outcome::Judged { evaluated: vec![one("a", false, passes())], left_out: 7, unreported: None };
    let unreported = Outcome::Judged {
        evaluated: vec![one("a", false, passes())],
        left_out: 0,
        unreported: Some("install the CRD".to_owned()),
    };
    for (what, outcome, ready, compliant, says) in [
        (
            "passes",
            judged(vec![one("a", false, passes())]),
            ("True", "Evaluated"),
            ("True", "Compliant"),
            "3 results passed.",
        ),
        (
            "stale",
            judged(vec![one("a", true, passes())]),
            ("True", "Evaluated"),
            ("True", "ServingStale"),
            "the last good copy of a",
        ),
        (
            "fails",
            judged(vec![one("a", false, passes()), one("b", false, fails())]),
            ("True", "Evaluated"),
            ("False", "NotCompliant"),
            "b: shop.orders, bad: bad says so",
        ),
        (
            "stale and fails",
            judged(vec![one("b", true, fails())]),
            ("True", "Evaluated"),
            ("False", "NotCompliant"),
            "the last good copy of b",
        ),
        (
            "held",
            judged(vec![Evaluated { held: true, ..one("a", false, passes()) }]),
            ("True", "Evaluated"),
            ("True", "Compliant"),
            "Newer content of a is held",
        ),
        (
            "fails beside unjudged",
            judged(vec![one("b", false, fails()), unjudged()]),
            ("True", "Evaluated"),
            ("False", "NotCompliant"),
            "1 result fails",
        ),
        (
            "unjudged beside passing",
            judged(vec![one("a", false, passes()), unjudged()]),
            ("True", "Evaluated"),
            ("Unknown", "NotJudged"),
            "nothing is published yet",
        ),
        (
            "nothing to judge",
            judged(vec![nothing()]),
            ("True", "Evaluated"),
            ("Unknown", "NotJudged"),
            "there was nothing to judge",
        ),
        ("too many", crowded, ("True", "Evaluated"), ("Unknown", "NotJudged"), "7 snapshots more"),
        ("no report", unreported, ("False", "ReportUnavailable"), ("True", "Compliant"), "3 results passed."),
        (
            "nothing selected",
            Outcome::NoSnapshots,
            ("False", "NoSnapshots"),
            ("Unknown", "NoSnapshots"),
            "selects no SchemaSnapshot",
        ),
        ("a fault", fault, ("False", "InvalidSpec"), ("Unknown", "InvalidSpec"), "did you mean table?"),
    ] {
        let status = decide(&outcome, &SchemaValidationPolicyStatus::default(), 4, at(10)).status;
        let (truth, reason, _) = words(&status, ConditionType::Ready);
        assert_eq!((truth.as_str(), reason.as_str()), ready, "{what}");
        let (truth, reason, message) = words(&status, ConditionType::Compliant);
        assert_eq!((truth.as_str(), reason.as_str()), compliant, "{what}");
        assert!(message.contains(says), "{what}: {message}");
        let stalled = words(&status, ConditionType::Stalled).0;
        assert_eq!(stalled, if reason == "InvalidSpec" { "True" } else { "False" }, "{what}");
        assert_eq!(status.observed_generation, Some(4));
        assert!(status.conditions.iter().all(|c| c.observed_generation == Some(4) && !c.message.is_empty()), "{what}");
    }
}

#[test]
fn the_status_counts_everything_and_lists_the_worst() {
    let evaluated = vec![one("a", false, passes()), one("b", true, fails())];
    let status = decide(&judged(evaluated), &SchemaValidationPolicyStatus::default(), 1, at(10)).status;
    let summary = status.summary.unwrap_or_default();
    assert_eq!((summary.pass, summary.fail, summary.warn, summary.error, summary.skip), (4, 1, 1, 0, 1));
    let listed: Vec<_> =
        status.results.iter().map(|r| (r.snapshot.as_str(), r.rule.as_str(), r.result.as_str())).collect();
    assert_eq!(listed, [("b", "bad", "fail"), ("b", "odd", "warn")]);
    let told: Vec<_> = status.evaluated.iter().map(|e| (e.snapshot.as_str(), e.compliant, e.stale)).collect();
    assert_eq!(told, [("a", Some(true), false), ("b", Some(false), true)]);
    let many = (0..80).map(|n| item(&format!("r{n}"), ResultWord::Fail, ReportSeverity::High)).collect();
    let many = judged(vec![one("a", false, report(Verdict::False, [0, 80, 0, 0, 0], many))]);
    assert_eq!(decide(&many, &status, 1, at(20)).status.results.len(), MAX_STATUS_RESULTS);
}

#[test]
fn an_event_tells_of_another_verdict_and_of_nothing_else() {
    let first = decide(&judged(vec![one("a", false, passes())]), &SchemaValidationPolicyStatus::default(), 1, at(10));
    assert_eq!(first.note.map(|note| (note.reason, note.warning)), Some(("Compliant", false)));
    let again = decide(&judged(vec![one("a", false, passes())]), &first.status, 1, at(20));
    assert_eq!(again.note, None);
    assert!(!differs(&first.status, &again.status), "only the time is another");
    let broken = decide(&judged(vec![one("a", false, fails())]), &again.status, 1, at(30));
    assert!(differs(&again.status, &broken.status));
    assert_eq!(broken.note.map(|note| (note.reason, note.warning)), Some(("NotCompliant", true)));
    let fault = decide(&Outcome::Invalid(vec![Fault::new("spec", "no")]), &broken.status, 2, at(40));
    assert_eq!(fault.note.map(|note| (note.reason, note.warning)), Some(("InvalidSpec", true)));
    assert_eq!((fault.status.summary, fault.status.results.len()), (None, 0), "what was found by other words is gone");
}
