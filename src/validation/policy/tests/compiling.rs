//! Tests of compiling a policy: every fault with its field, and which switches are in force.

use std::cell::Cell;
use std::collections::BTreeSet;

use serde_json::json;

use super::{NOW, at, compiled, live, query_engine};
use crate::config::switches::Switches;
use crate::validation::policy::*;

#[test]
fn faults_of_a_policy_are_found_together_each_with_its_field() {
    let spec = json!({
        "interval": "soon",
        "contracts": [{"name": "c", "database": "shop", "role": "Reader", "tables": [{"name": "t", "columns": [{"name": "a", "type": "strng"}]}]}, {"name": "c", "database": "shop", "role": "Both"}],
        "queries": [{"name": "q", "sql": "a"}, {"name": "q", "sql": "b"}],
        "rules": [
            {"name": "x", "scope": "Table", "expression": "tabel.name == ''", "message": "m"},
            {"name": "x", "scope": "Table", "expression": "true", "message": "m", "tables": ["[a"]},
            {"builtin": "no-set", "params": {"pattern": "a"}},
            {"builtin": "no-set", "expression": "true"},
            {"builtin": "no-set", "message": "m"},
            {"expression": "true", "scope": "Table", "message": "m"},
            {}],
        "data": [{"table": "orders"}, {"table": "shop.orders", "sample": {"limit": 1}, "rowsFrom": {"configMapKeyRef": {"name": "a", "key": "b"}}}],
        "relationships": [{"table": "orders.", "foreignKey": "*"}],
        "exceptions": [{"rule": "a", "object": "b", "reason": "c"}, {"rule": "[", "object": "b", "reason": "c", "expires": "2027-01-31T00:00:00Z"}],
    });
    let faults: Vec<String> = compiled(spec).unwrap_err().iter().map(ToString::to_string).collect();
    let wanted = [
        "spec.interval: \"soon\" is not a duration",
        "spec.contracts[0].tables[0].columns[0].type: \"strng\" is not a column type",
        "spec.contracts: contracts must be unique by name: c is there twice",
        "spec.queries: queries must be unique by name: q is there twice",
        "spec.rules: rules must be unique by name: x is there twice",
        "spec.rules[0].expression: line 1, column 1: unknown variable tabel: did you mean table?",
        "spec.rules[1]: tables: \"[a\" is not a valid glob",
        "spec.rules[2]: no-set takes no params.pattern; it takes max",
        "spec.rules[3]: set exactly one of builtin and expression",
        "spec.rules[4]: name, scope and message go with an expression",
        "spec.rules[5]: a rule with an expression needs name, scope and message",
        "spec.rules[6]: set exactly one of builtin and expression",
        "spec.data[0]: set exactly one of rowsFrom and sample",
        "spec.data[0]: table must be DB.TABLE",
        "spec.data[1]: set exactly one of rowsFrom and sample",
        "spec.relationships[0]: table must be DB.TABLE",
        "spec.exceptions[0]: exceptions need reason and expires",
        "spec.exceptions[1]: rule: \"[\" is not a valid glob",
    ];
    assert_eq!(faults.len(), wanted.len(), "{faults:#?}");
    for (have, want) in faults.iter().zip(wanted) {
        assert!(have.starts_with(want), "{have} instead of {want}");
    }
}

#[test]
fn switches_of_the_policy_win_over_those_of_the_operator() {
    let seen = Cell::new(None);
    let rows = |_: &_, _: &_, switches: Switches| {
        seen.set(Some(switches));
        Vec::new()
    };
    let spec = json!({"strictMode": true, "validateTypes": false, "data": [{"table": "shop.orders", "rowsFrom": {"configMapKeyRef": {"name": "a", "key": "b"}}}]});
    let defaults = Switches { allow_unknown_columns: true, ..Switches::default() };
    let policy = Policy::compile("p", &serde_json::from_value(spec).unwrap(), defaults).unwrap();
    let (live, elsewhere) = (live(), BTreeSet::new());
    let candidate = Candidate {
        content_hash: None,
        snapshot: &live,
        changes: Changes::First,
        elsewhere: &elsewhere,
        next_values: &|_, _| None,
    };
    let _ =
        evaluate(&policy, &candidate, &Engines { query: &query_engine, rows: &rows, live: None }, at(NOW), &|| false);
    assert_eq!(
        seen.get(),
        Some(Switches { strict_mode: true, validate_types: false, allow_unknown_columns: true, ..Switches::default() })
    );
}
