//! Tests of policies: compiled, evaluated, and what the verdict is.
#![expect(clippy::unwrap_used, reason = "tests")]

mod compiling;
mod exceptions;

use std::collections::BTreeSet;

use k8s_openapi::jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::api::policy::{QueryCheck, Severity};
use crate::config::switches::Switches;
use crate::schema::Snapshot;
use crate::validation::Fault;
use crate::validation::testing::{any_snapshot, column, snapshot, table};

fn compiled(spec: Value) -> Result<Policy, Vec<Fault>> {
    Policy::compile("p", &serde_json::from_value(spec).unwrap(), Switches::default())
}

fn live() -> Snapshot {
    let orders = table(
        "orders",
        json!({"columns": [column("id", "bigint unsigned", json!({})), column("total_amount", "float", json!({}))]}),
    );
    snapshot(
        "mysql",
        json!([orders, table("bare", json!({"primaryKey": null})), table("tmp_1", json!({"primaryKey": null}))]),
        json!([]),
    )
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn query_engine(query: &QueryCheck, _: &Snapshot) -> QueryJudged {
    let unknown = query.sql.contains("unreadable");
    let outcome = if unknown {
        Outcome::Unknown
    } else if query.sql.contains("bad") {
        Outcome::Broken
    } else {
        Outcome::Pass
    };
    let judged = Judged {
        rule: format!("query/{}", query.name),
        category: "query",
        object: Object::new(&query.database, "", &query.name),
        outcome,
        severity: Severity::Error,
        critical: false,
        message: "told by the engine".to_owned(),
        change: None,
    };
    let facts = QueryFacts {
        name: query.name.clone(),
        database: query.database.clone(),
        kind: "select".to_owned(),
        ..QueryFacts::default()
    };
    QueryJudged { facts: (!unknown).then_some(facts), results: vec![judged] }
}

struct World<'a> {
    changes: Changes<'a>,
    elsewhere: BTreeSet<String>,
    live: Option<Vec<Judged>>,
    late_after: usize,
}

impl Default for World<'_> {
    fn default() -> Self {
        Self { changes: Changes::NotGiven, elsewhere: BTreeSet::new(), live: None, late_after: usize::MAX }
    }
}

fn judged_in(world: &World<'_>, policy: &Policy, live: &Snapshot, now: &str) -> Report {
    let candidate =
        Candidate { snapshot: live, changes: world.changes, elsewhere: &world.elsewhere, next_values: &|_, _| None };
    let engines = Engines { query: &query_engine, rows: &|_, _, _| Vec::new(), live: world.live.as_deref() };
    let asked = std::sync::atomic::AtomicUsize::new(0);
    let late = || asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed) >= world.late_after;
    evaluate(policy, &candidate, &engines, at(now), &late)
}

const NOW: &str = "2026-06-01T00:00:00Z";

fn judged(spec: Value) -> Report {
    judged_in(&World::default(), &compiled(spec).unwrap(), &live(), NOW)
}

/// The verdict and the five counts.
fn counts(report: &Report) -> String {
    let Summary { pass, fail, warn, error, skip } = report.summary;
    format!("{:?} pass {pass} fail {fail} warn {warn} error {error} skip {skip}", report.compliant)
}

#[test]
fn the_verdict_follows_the_results() {
    let key = json!({"builtin": "table-has-primary-key"});
    let contract = |table: &str| json!([{"name": "c", "owner": "team-a", "database": "shop", "role": "Reader", "tables": [{"name": table, "columns": [{"name": "id"}]}]}]);
    let own = |expression: &str| json!([{"name": "own", "scope": "Table", "expression": expression, "message": "no", "tables": ["orders"]}]);
    for (spec, want) in [
        (json!({}), "Unknown pass 0 fail 0 warn 0 error 0 skip 0"),
        (json!({"rules": [key]}), "False pass 1 fail 2 warn 0 error 0 skip 0"),
        (
            json!({"rules": [{"builtin": "table-has-primary-key", "tables": ["shop.orders"]}]}),
            "True pass 1 fail 0 warn 0 error 0 skip 0",
        ),
        (
            json!({"rules": [{"builtin": "table-has-primary-key", "severity": "Warn"}]}),
            "True pass 1 fail 0 warn 2 error 0 skip 0",
        ),
        (
            json!({"rules": [{"builtin": "table-has-primary-key", "severity": "Off"}]}),
            "Unknown pass 0 fail 0 warn 0 error 0 skip 0",
        ),
        // A rule that looks at nothing has not passed.
        (
            json!({"rules": [{"builtin": "table-has-primary-key", "tables": ["gone"]}]}),
            "Unknown pass 0 fail 0 warn 0 error 0 skip 1",
        ),
        (json!({"rules": [{"builtin": "fk-indexed"}]}), "True pass 0 fail 0 warn 0 error 0 skip 3"),
        // Off by default and listed: a warning.
        (
            json!({"rules": [{"builtin": "no-enum"}, {"builtin": "no-foreign-keys"}]}),
            "True pass 3 fail 0 warn 0 error 0 skip 3",
        ),
        (json!({"contracts": contract("orders")}), "True pass 1 fail 0 warn 0 error 0 skip 0"),
        (json!({"contracts": contract("gone")}), "False pass 0 fail 1 warn 0 error 0 skip 0"),
        (json!({"rules": own("table.engine == 'InnoDB'")}), "True pass 1 fail 0 warn 0 error 0 skip 0"),
        (json!({"rules": own("table.engine == 'x'")}), "False pass 0 fail 1 warn 0 error 0 skip 0"),
        (json!({"rules": own("table.columns[9].nullable")}), "Unknown pass 0 fail 0 warn 0 error 1 skip 0"),
        (
            json!({"queries": [{"name": "a", "database": "shop", "sql": "good"}]}),
            "True pass 1 fail 0 warn 0 error 0 skip 0",
        ),
        (
            json!({"queries": [{"name": "a", "database": "shop", "sql": "bad"}]}),
            "False pass 0 fail 1 warn 0 error 0 skip 0",
        ),
        (
            json!({"queries": [{"name": "a", "database": "shop", "sql": "unreadable"}]}),
            "Unknown pass 0 fail 0 warn 0 error 1 skip 0",
        ),
        // An engine that says nothing has not judged.
        (
            json!({"data": [{"table": "shop.orders", "rowsFrom": {"configMapKeyRef": {"name": "a", "key": "b"}}}]}),
            "Unknown pass 0 fail 0 warn 0 error 1 skip 0",
        ),
        (
            json!({"data": [{"table": "shop.orders", "sample": {"limit": 1}}], "relationships": [{"table": "shop.orders", "foreignKey": "*"}]}),
            "Unknown pass 0 fail 0 warn 0 error 0 skip 2",
        ),
        (
            json!({"contracts": contract("gone"), "queries": [{"name": "a", "sql": "unreadable"}]}),
            "False pass 0 fail 1 warn 0 error 1 skip 0",
        ),
    ] {
        assert_eq!(counts(&judged(spec.clone())), want, "{spec}");
    }
}

#[test]
fn rules_of_every_scope_are_asked_about_every_object() {
    let rule = |scope: &str, expression: &str| json!({"rules": [{"name": "own", "scope": scope, "expression": expression, "message": "no"}]});
    for (scope, expression, want) in [
        ("Database", "db.name == 'shop' && db.tables.size() == 3", "True pass 1 fail 0"),
        ("Table", "size(table.primaryKey.columns) > 0", "False pass 1 fail 2"),
        ("Column", "!column.name.endsWith('_amount') || column.type.base == 'decimal'", "False pass 3 fail 1"),
        ("Index", "index.unique", "Unknown pass 0 fail 0"),
        ("ForeignKey", "fk.valid", "Unknown pass 0 fail 0"),
        ("Change", "change.class == 'x'", "Unknown pass 0 fail 0"),
        ("Query", "query.readOnly", "Unknown pass 0 fail 0"),
    ] {
        let report = judged(rule(scope, expression));
        assert!(counts(&report).starts_with(want), "{scope}: {}", counts(&report));
    }
    let mut spec = rule("Query", "query.kind == 'select' && query.tables.size() == 0");
    spec["queries"] = json!([{"name": "a", "database": "shop", "sql": "good"}, {"name": "b", "sql": "unreadable"}]);
    assert_eq!(counts(&judged(spec)), "Unknown pass 2 fail 0 warn 0 error 2 skip 0");
}

#[test]
fn changes_are_judged_when_they_are_known() {
    let spec = json!({"rules": [{"name": "no-breaks", "scope": "Change", "expression": "change.class != 'breaking_readers' || db.name.startsWith('dev_')", "message": "breaks readers"}]});
    let policy = compiled(spec.clone()).unwrap();
    let change = |class: &str| ChangeFacts {
        kind: "column_dropped".into(),
        database: "shop".into(),
        table: "orders".into(),
        element: "note".into(),
        class: class.into(),
        ..ChangeFacts::default()
    };
    let (breaking, fine) = ([change("breaking_readers"), change("compatible")], [change("compatible")]);
    for (changes, want) in [
        (Changes::Known(&breaking), "False pass 1 fail 1 warn 0 error 0 skip 0"),
        (Changes::Known(&fine), "True pass 1 fail 0 warn 0 error 0 skip 0"),
        (Changes::Known(&[]), "True pass 0 fail 0 warn 0 error 0 skip 1"),
        (Changes::First, "True pass 0 fail 0 warn 0 error 0 skip 1"),
        (Changes::NotGiven, "Unknown pass 0 fail 0 warn 0 error 0 skip 1"),
        (Changes::Unknown("not compared"), "Unknown pass 0 fail 0 warn 0 error 1 skip 0"),
    ] {
        let world = World { changes, ..World::default() };
        assert_eq!(counts(&judged_in(&world, &policy, &live(), NOW)), want, "{changes:?}");
    }
    // An exception may name the kind of change.
    let mut waived = spec;
    waived["exceptions"] = json!([{"rule": "column_dropped", "object": "shop.orders.*", "reason": "agreed", "expires": "2027-01-31T00:00:00Z"}]);
    let world = World { changes: Changes::Known(&breaking), ..World::default() };
    let report = judged_in(&world, &compiled(waived).unwrap(), &live(), NOW);
    assert_eq!(counts(&report), "True pass 1 fail 0 warn 0 error 0 skip 1");
}

#[test]
fn results_are_worst_first_capped_and_counted_exactly() {
    let many: Vec<Value> = (0..700)
        .map(|n| {
            table(
                &format!("t{n:03}"),
                json!({"primaryKey": if n % 7 == 0 { Value::Null } else { json!({"columns": [{"column": "id"}]}) }}),
            )
        })
        .collect();
    let spec = json!({"report": {"maxResults": 3}, "rules": [
        {"builtin": "table-comment-required"}, {"builtin": "table-has-primary-key"}, {"builtin": "primary-key-type"}, {"builtin": "column-count-max", "params": {"max": 0}}]});
    let report =
        judged_in(&World::default(), &compiled(spec).unwrap(), &snapshot("mysql", json!(many), json!([])), NOW);
    assert_eq!(counts(&report), "False pass 1200 fail 100 warn 1400 error 0 skip 100");
    assert_eq!((report.results.len(), report.results_left_out), (3, 2797));
    let shown: Vec<_> =
        report.results.iter().map(|item| (item.object(), item.result, item.severity.unwrap())).collect();
    let fail = |name: &str| (name.to_owned(), ResultWord::Fail, ReportSeverity::Critical);
    assert_eq!(shown, [fail("shop.t000"), fail("shop.t007"), fail("shop.t014")]);
    assert!(report.results[0].properties["hash"].starts_with("sha256:"));
}

#[test]
fn the_severity_of_a_rule_is_that_of_its_results() {
    let spec = json!({"rules": [{"builtin": "table-comment-required", "tables": ["orders"]}, {"builtin": "no-float-for-money", "tables": ["orders"]},
        {"name": "own", "scope": "Table", "tables": ["orders"], "expression": "false", "message": "never"}]});
    let report = judged(spec);
    let shown: Vec<_> = report.results.iter().map(|item| (item.result, item.severity.unwrap(), item.scored)).collect();
    assert_eq!(
        shown,
        [
            (ResultWord::Fail, ReportSeverity::High, true),
            (ResultWord::Warn, ReportSeverity::Medium, true),
            (ResultWord::Warn, ReportSeverity::Low, false),
        ]
    );
}

#[test]
fn what_the_deadline_left_out_is_an_error_and_never_a_pass() {
    let spec = json!({"rules": [{"builtin": "column-count-max"}, {"builtin": "index-count-max"}, {"name": "own", "scope": "Table", "expression": "true", "message": "no"}],
        "contracts": [{"name": "c", "database": "shop", "role": "Reader"}], "queries": [{"name": "a", "sql": "good"}]});
    let policy = compiled(spec).unwrap();
    for (late_after, want) in [
        (0, "Unknown pass 0 fail 0 warn 0 error 5 skip 0"),
        (2, "Unknown pass 2 fail 0 warn 0 error 4 skip 0"),
        (5, "Unknown pass 5 fail 0 warn 0 error 3 skip 0"),
        (9, "Unknown pass 9 fail 0 warn 0 error 1 skip 0"),
        (11, "True pass 11 fail 0 warn 0 error 0 skip 0"),
    ] {
        let world = World { late_after, ..World::default() };
        let report = judged_in(&world, &policy, &live(), NOW);
        assert_eq!(counts(&report), want, "{late_after}");
        let said = report.results.iter().any(|item| item.message.contains("the deadline passed"));
        assert_eq!(said, late_after < 11);
    }
}

#[test]
fn what_another_snapshot_of_the_policy_holds_is_judged_there() {
    let spec = json!({"contracts": [{"name": "c", "database": "billing", "role": "Reader", "tables": [{"name": "t"}]}],
        "queries": [{"name": "a", "database": "billing", "sql": "good"}], "rules": [{"builtin": "column-count-max"}]});
    let policy = compiled(spec).unwrap();
    let there = World { elsewhere: BTreeSet::from(["billing".to_owned()]), ..World::default() };
    assert_eq!(counts(&judged_in(&there, &policy, &live(), NOW)), "True pass 3 fail 0 warn 0 error 0 skip 2");
    let nowhere = judged_in(&World::default(), &policy, &live(), NOW);
    assert_eq!(nowhere.compliant, Verdict::False);
}

#[test]
fn what_was_looked_up_live_is_reported_with_the_rest() {
    let spec = json!({"relationships": [{"table": "shop.orders", "foreignKey": "*"}]});
    let orphans = Judged {
        rule: "relationship/shop.orders".into(),
        category: "relationship",
        object: Object::new("shop", "orders", "fk"),
        outcome: Outcome::Broken,
        severity: Severity::Error,
        critical: true,
        message: "3 rows have no parent".into(),
        change: None,
    };
    let world = World { live: Some(vec![orphans]), ..World::default() };
    let report = judged_in(&world, &compiled(spec).unwrap(), &live(), NOW);
    assert_eq!(counts(&report), "False pass 0 fail 1 warn 0 error 0 skip 0");
    assert_eq!(report.results[0].object(), "shop.orders.fk");
}

#[test]
fn a_contract_that_breaks_names_its_owner() {
    let tables = json!([{"name": "bare", "primaryKey": ["id"], "absentColumns": ["id"]}, {"name": "gone"}]);
    let report = judged(
        json!({"contracts": [{"name": "billing", "owner": "team-a", "database": "shop", "role": "Reader", "tables": tables}]}),
    );
    let said: Vec<_> = report.results.iter().map(|r| (r.object(), r.severity.unwrap(), r.message.as_str())).collect();
    assert_eq!(
        said,
        [
            (
                "shop.bare".to_owned(),
                ReportSeverity::Critical,
                "primary key: expected (id), found none (owner: team-a)"
            ),
            (
                "shop.gone".to_owned(),
                ReportSeverity::Critical,
                "is not in the snapshot: dropped, left out by its globs, or hidden from its account (owner: team-a)"
            ),
            ("shop.bare.id".to_owned(), ReportSeverity::High, "is there and must not be (owner: team-a)"),
        ]
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn every_rule_on_any_schema_gives_the_same_report_twice(live in any_snapshot(), most in 1_u32..30) {
        let rules: Vec<Value> = crate::api::policy::BuiltinRule::ALL.iter().map(|rule| {
            let needs = matches!(rule.as_str(), "forbidden-types" | "collation-allowed");
            json!({"builtin": rule, "params": if needs { json!({"values": ["int"]}) } else { Value::Null }})
        }).collect();
        let mut spec = json!({"report": {"maxResults": most}, "rules": rules});
        spec["rules"].as_array_mut().unwrap().push(json!({"name": "own", "scope": "Column", "expression": "column.default == null", "message": "m"}));
        let policy = compiled(spec).unwrap();
        let (one, other) = (judged_in(&World::default(), &policy, &live, NOW), judged_in(&World::default(), &policy, &live, NOW));
        prop_assert_eq!(&one, &other);
        let Summary { pass, fail, warn, error, skip } = one.summary;
        prop_assert_eq!(pass + fail + warn + error + skip, one.results.len() as u64 + one.results_left_out);
        prop_assert!(one.results.windows(2).all(|pair| pair[0].result >= pair[1].result));
        serde_json::to_string(&one).unwrap();
    }
}
