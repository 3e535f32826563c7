//! Every built in rule on a schema that passes and one that does not. The last test proves that none is left out.
#![expect(clippy::unwrap_used, reason = "tests")]

mod cases;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::*;
use crate::api::policy::Params;
use crate::schema::Snapshot;
use crate::validation::contract;
use crate::validation::testing::{any_snapshot, snapshot, table};

/// One schema judged by one rule.
pub(super) struct Case {
    rule: BuiltinRule,
    dialect: &'static str,
    params: Value,
    tables: Value,
    views: Value,
    /// `pass`, `skip`, `unknown`, or what was found, as OBJECT: the beginning of the message.
    want: &'static [&'static str],
}

/// A case on MySQL with tables.
pub(super) fn case(rule: BuiltinRule, params: Value, tables: Value, want: &'static [&'static str]) -> Case {
    Case { rule, dialect: "mysql", params, tables, views: json!([]), want }
}

impl Case {
    pub(super) fn on(self, dialect: &'static str) -> Self {
        Self { dialect, ..self }
    }

    pub(super) fn views(self, views: Value) -> Self {
        Self { views, ..self }
    }
}

/// What a rule says of every object, one text each.
fn judge(rule: BuiltinRule, params: &Value, snapshot: &Snapshot) -> Vec<String> {
    let (_, builtin) = find(rule).unwrap();
    let given: Params = serde_json::from_value(params.clone()).unwrap();
    let settings = Settings::new(builtin, Some(&given)).unwrap();
    let words = json!({"name": "writer", "database": "shop", "role": "Writer",
        "tables": [{"name": "promised", "columns": [{"name": "a"}]}]});
    let contracts = [contract::read(&serde_json::from_value(words).unwrap(), "c").unwrap()];
    let next = |_: &str, table: &str| (table == "counted").then_some(4_000_000_000);
    let mut out = Vec::new();
    for database in &snapshot.databases {
        let on = On {
            snapshot,
            database,
            params: &settings,
            contracts: &contracts,
            next_values: &next,
            selected: &|_| true,
        };
        match builtin.check {
            Check::Table(check) => database.tables.iter().for_each(|t| told(&mut out, &t.name, check(&on, t))),
            Check::View(check) => database.views.iter().for_each(|v| told(&mut out, &v.name, check(&on, v))),
            Check::Database(check) => told(&mut out, "", check(&on)),
        }
    }
    out
}

fn told(out: &mut Vec<String>, object: &str, judgement: Judgement) {
    match judgement {
        Judgement::Pass => out.push("pass".to_owned()),
        Judgement::Skip(why) => out.push(format!("skip: {why}")),
        Judgement::Unknown(why) => out.push(format!("unknown: {why}")),
        Judgement::Found(findings) => {
            assert!(!findings.is_empty(), "found nothing and says it did");
            out.extend(findings.into_iter().map(|finding| {
                let table = finding.table.unwrap_or_else(|| object.to_owned());
                let element = finding.element.map(|element| format!(".{element}")).unwrap_or_default();
                format!("{table}{element}: {}", finding.message)
            }));
        }
    }
}

#[test]
fn every_rule_says_what_is_wrong_and_where() {
    for case in cases::all() {
        let live = snapshot(case.dialect, case.tables.clone(), case.views.clone());
        let have = judge(case.rule, &case.params, &live);
        let fits =
            have.len() == case.want.len() && have.iter().zip(case.want).all(|(have, want)| have.starts_with(want));
        assert!(fits, "{} {}\n{}\nhave {have:#?}\nwant {:#?}", case.rule, case.params, case.tables, case.want);
    }
}

#[test]
fn every_rule_has_a_case_that_passes_and_one_that_does_not() {
    let names = |wanted: fn(&str) -> bool| -> BTreeSet<BuiltinRule> {
        cases::all()
            .into_iter()
            .filter(|case| case.want.iter().any(|text| wanted(text)))
            .map(|case| case.rule)
            .collect()
    };
    let passes = names(|text| text == "pass");
    let fails = names(|text| text != "pass" && !text.starts_with("skip"));
    let all: BTreeSet<BuiltinRule> = BuiltinRule::ALL.iter().copied().collect();
    // What a snapshot does not hold can never pass.
    let never = BTreeSet::from([BuiltinRule::PartitionHasMaxvalue]);
    assert_eq!(all.difference(&passes).copied().collect::<BTreeSet<_>>(), never);
    assert_eq!(all.difference(&fails).collect::<Vec<_>>(), Vec::<&BuiltinRule>::new());
}

#[test]
fn every_rule_stands_in_the_table_once_and_is_documented() {
    let table: Vec<&Builtin> = SUBJECTS.iter().flat_map(|(_, rules)| rules.iter()).collect();
    let mut rules: Vec<BuiltinRule> = table.iter().map(|builtin| builtin.rule).collect();
    rules.sort();
    let mut all = BuiltinRule::ALL.to_vec();
    all.sort();
    assert_eq!(rules, all);
    for builtin in table {
        let sentences = [builtin.demands, builtin.why];
        assert!(sentences.iter().all(|text| text.ends_with('.') && text.len() > 15), "{}", builtin.rule);
        let name = serde_json::to_value(builtin.rule).unwrap();
        assert_eq!(name, json!(builtin.rule.as_str()));
        assert!(docs::markdown().contains(&format!("| `{}` |", builtin.rule)));
    }
}

#[test]
fn parameters_a_rule_does_not_take_or_cannot_use_are_refused() {
    for (rule, params, want) in [
        (BuiltinRule::IndexCountMax, json!({"pattern": "a"}), "index-count-max takes no params.pattern; it takes max"),
        (BuiltinRule::NoZerofill, json!({"max": 1}), "no-zerofill takes no params.max; it takes nothing"),
        (
            BuiltinRule::PiiNameWithoutCommentTag,
            json!({"values": ["a"]}),
            "pii-name-without-comment-tag takes no params.values; it takes names and pattern",
        ),
        (BuiltinRule::ForbiddenTypes, json!({}), "forbidden-types needs params.values: types"),
        (
            BuiltinRule::TableNamePattern,
            json!({"pattern": "("}),
            "params.pattern is no regular expression: unclosed group",
        ),
        (
            BuiltinRule::TableNamePattern,
            json!({"pattern": "(a{999}){999}"}),
            "params.pattern is no regular expression: ",
        ),
        (BuiltinRule::NoFloatForMoney, json!({"names": ["[a"]}), "params.names: \"[a\" is not a valid glob"),
    ] {
        let given: Params = serde_json::from_value(params.clone()).unwrap();
        let error = Settings::new(find(rule).unwrap().1, Some(&given)).unwrap_err();
        assert!(error.starts_with(want), "{rule} {params}: {error}");
    }
    for rule in BuiltinRule::ALL {
        let (_, builtin) = find(*rule).unwrap();
        let needs = builtin.params.iter().any(|param| param.default == Given::Values(None));
        assert_eq!(Settings::new(builtin, None).is_err(), needs, "{rule}");
    }
}

#[test]
fn a_key_of_mysqls_own_is_a_warning_at_most() {
    let live = snapshot("mysql", json!([table("t", json!({"generatedPk": true}))]), json!([]));
    let (_, builtin) = find(BuiltinRule::TableHasPrimaryKey).unwrap();
    let Check::Table(check) = builtin.check else { unreachable!("it looks at tables") };
    let settings = Settings::default();
    let database = &live.databases[0];
    let on = On {
        snapshot: &live,
        database,
        params: &settings,
        contracts: &[],
        next_values: &|_, _| None,
        selected: &|_| true,
    };
    let Judgement::Found(findings) = check(&on, &database.tables[0]) else { unreachable!("it finds it") };
    assert_eq!(findings[0].at_most, Some(crate::api::policy::Severity::Warn));
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(100))]
    #[test]
    fn no_rule_panics_on_any_schema(live in any_snapshot()) {
        for rule in BuiltinRule::ALL {
            let values = if find(*rule).unwrap().1.params.iter().any(|p| p.default == Given::Values(None)) { json!({"values": ["int"]}) } else { json!({}) };
            let said = judge(*rule, &values, &live);
            proptest::prop_assert!(said.iter().all(|text| text.len() < 1000));
        }
    }
}
