//! What counts as a difference, whose an object is, and which time a result has.
#![expect(clippy::unwrap_used, reason = "tests")]

use kube::core::DynamicObject;

use super::*;
use crate::controller::reports::choice::ReportKind;
use crate::controller::reports::testing::{item, policy, report};
use crate::validation::policy::{ReportSeverity, ResultWord};

/// A report on these tables, judged at that second.
fn built(tables: &[&str], second: i64) -> Value {
    let fail = |table: &&str| item(ResultWord::Fail, Some(ReportSeverity::High), table);
    let snapshots = [("shop".to_owned(), report(tables.iter().map(fail).collect()))];
    let time = k8s_openapi::jiff::Timestamp::from_second(second).unwrap();
    build::build(ReportKind::OpenReports, &policy("orders"), &snapshots, time, 2)
}

fn seconds(report: &Value) -> Vec<i64> {
    results(report).iter().map(|result| result["timestamp"]["seconds"].as_i64().unwrap()).collect()
}

#[test]
fn time_alone_is_nothing_to_write() {
    let (live, mut now) = (built(&["a", "b"], 1), built(&["a", "b"], 2));
    keep_times(&live, &mut now);
    assert!(!differs(&live, &now));
    assert_eq!(seconds(&now), [1, 1]);
}

#[test]
fn a_result_keeps_the_time_it_was_found_at() {
    let live = built(&["b", "d"], 1);
    for (tables, want) in [(["a", "b"], [2, 1]), (["b", "d"], [1, 1]), (["d", "e"], [1, 2]), (["b", "b"], [1, 2])] {
        let mut now = built(&tables, 2);
        keep_times(&live, &mut now);
        assert_eq!(seconds(&now), want, "{tables:?}");
    }
}

#[test]
fn everything_of_ours_is_compared_and_nothing_of_others() {
    let live = built(&["a", "b", "c"], 1);
    let same: [fn(&mut Value); 4] = [
        |o| o["metadata"]["labels"]["team"] = json!("shop"),
        |o| o["metadata"]["annotations"]["note"] = json!("theirs"),
        |o| o["metadata"]["ownerReferences"][0]["blockOwnerDeletion"] = json!(true),
        |o| o["scope"] = json!({"kind": "Namespace"}),
    ];
    let others: [fn(&mut Value); 9] = [
        |o| drop(o["metadata"].as_object_mut().unwrap().remove("labels")),
        |o| o["metadata"]["labels"]["mcpschema.io/policy"] = json!("other"),
        |o| drop(o["metadata"].as_object_mut().unwrap().remove("annotations")),
        |o| o["metadata"]["ownerReferences"] = json!([]),
        |o| o["summary"]["fail"] = json!(0),
        |o| o["source"] = json!("somebody"),
        |o| o["results"][0]["message"] = json!("all is well"),
        |o| drop(o["results"].as_array_mut().unwrap().pop()),
        |o| o["results"].as_array_mut().unwrap().reverse(),
    ];
    for (differ, edits) in [(false, same.as_slice()), (true, others.as_slice())] {
        for (at, edit) in edits.iter().enumerate() {
            let mut edited = live.clone();
            edit(&mut edited);
            let mut now = built(&["a", "b", "c"], 2);
            keep_times(&edited, &mut now);
            assert_eq!(differs(&edited, &now), differ, "{at}: {edited}");
        }
    }
    // One that no longer leaves anything out takes its annotation away.
    assert!(differs(&live, &built(&["a", "b"], 1)));
}

#[test]
fn only_what_is_the_policys_own_is_touched() {
    let ours = json!({"app.kubernetes.io/managed-by": "mcp-schema-operator", "mcpschema.io/policy": "orders"});
    let owner = |kind: &str, name: &str, uid: &str, controller: bool| json!([{"apiVersion": "v1", "kind": kind, "name": name, "uid": uid, "controller": controller}]);
    let policy_kind = "SchemaValidationPolicy";
    let foreign = |who: &str| Whose::Foreign(who.to_owned());
    for (labels, owners, deleted, want) in [
        (ours.clone(), owner(policy_kind, "orders", "u-orders", true), false, Whose::Ours),
        (json!({}), owner(policy_kind, "orders", "u-orders", true), false, Whose::Ours),
        (ours.clone(), json!([]), false, Whose::Ours),
        (ours.clone(), owner("Deployment", "web", "u-9", false), false, Whose::Ours),
        (ours.clone(), json!([]), true, Whose::Leaving),
        (ours.clone(), owner(policy_kind, "orders", "u-before", true), false, Whose::Leaving),
        (ours.clone(), owner(policy_kind, "other", "u-other", true), false, foreign("SchemaValidationPolicy other")),
        (ours, owner("Deployment", "web", "u-9", true), false, foreign("Deployment web")),
        (json!({}), json!([]), false, foreign("someone else (written by kubectl)")),
        (json!({"mcpschema.io/policy": "orders"}), json!([]), false, foreign("someone else (written by kubectl)")),
        (
            json!({"app.kubernetes.io/managed-by": "mcp-schema-operator", "mcpschema.io/policy": "other"}),
            json!([]),
            false,
            foreign("someone else (written by kubectl)"),
        ),
    ] {
        let mut found = json!({"metadata": {
            "name": "schema-policy-orders", "labels": labels, "ownerReferences": owners,
            "managedFields": [{"manager": "kubectl"}],
        }});
        if deleted {
            found["metadata"]["deletionTimestamp"] = json!("2026-11-28T00:00:00Z");
        }
        let object: DynamicObject = serde_json::from_value(found.clone()).unwrap();
        assert_eq!(whose(&object, &policy("orders")), want, "{found}");
    }
}
