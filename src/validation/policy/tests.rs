//! Tests of policies: compiled, evaluated, and what the verdict is.
#![expect(clippy::unwrap_used, reason = "tests")]

mod compiling;
mod exceptions;
mod results;

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
    let candidate = Candidate {
        snapshot: live,
        content_hash: None,
        changes: world.changes,
        elsewhere: &world.elsewhere,
        next_values: &|_, _| None,
    };
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
