//! Tests of the results: their order, number and severity, and what was not or could not be judged.

use super::*;

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
