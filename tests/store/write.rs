//! Plans carried out.

use mcp_schema_operator::error::Reason;
use mcp_schema_operator::store::{Failure, StoreError};
use serde_json::{Value, json};

use crate::support::{
    Ask, INDEX, Step, applied, failure, laid_out, meta, never, planned, resource, run, step, written,
};

fn absent(name: &str) -> Step {
    failure(Ask::Look, name, 404, "not found")
}

const ONE: &str = "orders-schema-1";
const TWO: &str = "orders-schema-2";

#[tokio::test]
async fn what_is_as_it_should_be_costs_no_request() {
    let (snapshot, layout) = (resource(json!({})), laid_out(2));
    let (owned, outputs) = written(&snapshot, &layout);
    let plan = planned(&snapshot, &layout, &owned, &outputs);
    let applied = run(vec![], async |store| store.apply(&snapshot, &plan).await).await.unwrap();
    assert_eq!((applied.created, applied.updated, applied.unchanged, applied.deleted), (0, 0, 3, 0));
    let recorded: Vec<_> = applied.outputs.iter().map(|o| o.resource_version.as_str()).collect();
    assert_eq!(recorded, ["12", "10", "11"], "by name: the index, then its shards");
}

#[tokio::test]
async fn a_first_publication_looks_at_every_name_then_writes_the_index_last() {
    let (snapshot, layout) = (resource(json!({})), laid_out(2));
    let plan = planned(&snapshot, &layout, &[], &[]);
    let hash = layout.parts[2].hash.clone();
    let steps = vec![
        absent(ONE),
        absent(TWO),
        absent(INDEX),
        applied(ONE, "21"),
        applied(TWO, "22"),
        applied(INDEX, "23").with(|body| {
            assert!(body["data"]["index.json"].is_string() && body["kind"] == "ConfigMap", "{body}");
            assert!(body["metadata"].get("managedFields").is_none());
        }),
    ];
    let applied = run(steps, async |store| store.apply(&snapshot, &plan).await).await.unwrap();
    assert_eq!((applied.created, applied.updated), (3, 0));
    let index = &applied.outputs[0];
    assert_eq!((index.config_map.as_str(), index.resource_version.as_str(), &index.hash), (INDEX, "23", &hash));
}

#[tokio::test]
async fn what_is_not_ours_is_left_alone_and_nothing_else_is_written() {
    let owner = |kind: &str, name: &str, uid: &str| json!({"apiVersion": "x/v1", "kind": kind, "name": name, "uid": uid, "controller": true});
    let ours = json!({"mcpschema.io/snapshot": "orders"});
    let cases = [
        ("nobody's label", json!({}), "someone else"),
        ("another manager", json!({"managedFields": [{"manager": "kubectl"}]}), "someone else (written by kubectl)"),
        ("another snapshot", json!({"labels": {"mcpschema.io/snapshot": "billing"}}), "SchemaSnapshot billing"),
        ("controlled", json!({"labels": ours, "ownerReferences": [owner("App", "web", "u")]}), "App web"),
        (
            "another snapshot's",
            json!({"labels": ours, "ownerReferences": [owner("SchemaSnapshot", "billing", "u")]}),
            "SchemaSnapshot billing",
        ),
    ];
    for (name, more, whose) in cases {
        let (snapshot, layout) = (resource(json!({})), laid_out(2));
        let plan = planned(&snapshot, &layout, &[], &[]);
        // It is the last of three names, and still nothing has been written to the two before.
        let steps = vec![absent(ONE), absent(TWO), step(Ask::Look, INDEX, 200, meta(INDEX, "5", more))];
        let error = run(steps, async |store| store.apply(&snapshot, &plan).await).await.unwrap_err();
        assert_eq!(error.reason(), Reason::OutputConflict, "{name}");
        let said = error.to_string();
        let start = format!("ConfigMap {INDEX} exists and belongs to {whose}; it is left alone: delete or rename it");
        assert!(said.starts_with(&start) && said.contains("kubectl annotate schemasnapshot orders"), "{name}: {said}");
    }
}

#[tokio::test]
async fn what_a_deleted_snapshot_of_the_same_name_leaves_is_waited_for() {
    let labels = json!({"mcpschema.io/snapshot": "orders"});
    let owner = json!([{"apiVersion": "mcpschema.io/v1alpha1", "kind": "SchemaSnapshot", "name": "orders",
        "uid": "uid-0", "controller": true}]);
    for more in [
        json!({"labels": labels, "ownerReferences": owner}),
        json!({"labels": labels, "deletionTimestamp": "2026-01-01T00:00:00Z"}),
    ] {
        let (snapshot, layout) = (resource(json!({})), laid_out(1));
        let plan = planned(&snapshot, &layout, &[], &[]);
        let steps = vec![step(Ask::Look, INDEX, 200, meta(INDEX, "5", more))];
        let error = run(steps, async |store| store.apply(&snapshot, &plan).await).await.unwrap_err();
        assert!(matches!(&error, StoreError::Leaving { name } if name == INDEX), "{error}");
        assert_eq!(error.reason(), Reason::KubeApi, "it is retried by itself");
    }
}

/// A read of the whole ConfigMap with a stranger's keys beside ours.
fn with_strangers(version: &str, data: &Value) -> Value {
    let mut data = data.clone();
    data["stranger"] = json!("x");
    json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": INDEX, "resourceVersion": version,
        "labels": {"mcpschema.io/snapshot": "orders", "mcpschema.io/role": "index", "mcpschema.io/odd": "x",
            "app.kubernetes.io/managed-by": "mcp-schema-operator", "theirs": "stays"}},
        "data": data, "binaryData": {"more": "eA=="}})
}

#[tokio::test]
async fn an_orphan_is_adopted_and_rid_of_what_nobody_planned() {
    let (snapshot, layout) = (resource(json!({})), laid_out(1));
    let plan = planned(&snapshot, &layout, &[], &[]);
    let annotations = plan.writes[0].config_map.metadata.annotations.clone();
    let mut live = with_strangers("31", &json!(layout.parts[0].data));
    live["metadata"]["annotations"] = json!(annotations);
    let orphan = json!({"labels": {"mcpschema.io/snapshot": "orders", "team": "a"},
        "annotations": {"mcpschema.io/added": r#"{"labels":["team"]}"#}});
    let steps = vec![
        step(Ask::Look, INDEX, 200, meta(INDEX, "5", orphan)),
        applied(INDEX, "30").with(|body| assert_eq!(body["metadata"]["ownerReferences"][0]["uid"], "uid-1")),
        step(Ask::Get, INDEX, 200, live),
        step(Ask::Merge, INDEX, 200, meta(INDEX, "32", json!({}))).with(|body| {
            let want = json!({"data": {"stranger": null}, "binaryData": {"more": null},
                "metadata": {"resourceVersion": "31", "labels": {"mcpschema.io/odd": null}, "annotations": {}}});
            assert_eq!(*body, want);
        }),
    ];
    let applied = run(steps, async |store| store.apply(&snapshot, &plan).await).await.unwrap();
    assert_eq!((applied.created, applied.updated), (0, 1));
    assert_eq!(applied.outputs[0].resource_version, "32");
}

#[tokio::test]
async fn a_hand_edit_is_written_over_and_a_clean_one_costs_no_further_write() {
    let (snapshot, layout) = (resource(json!({})), laid_out(1));
    let (mut owned, outputs) = written(&snapshot, &layout);
    owned[0].resource_version = "20".into();
    let plan = planned(&snapshot, &layout, &owned, &outputs);
    let clean = json!({"apiVersion": "v1", "kind": "ConfigMap", "data": layout.parts[0].data,
        "metadata": {"resourceVersion": "21", "labels": owned[0].labels, "annotations": owned[0].annotations}});
    let steps = vec![applied(INDEX, "21"), step(Ask::Get, INDEX, 200, clean)];
    let applied = run(steps, async |store| store.apply(&snapshot, &plan).await).await.unwrap();
    assert_eq!((applied.updated, applied.outputs[0].resource_version.as_str()), (1, "21"));
}

#[tokio::test]
async fn labels_alone_are_patched_alone_and_a_write_in_between_is_found_out() {
    let (before, after, layout) = (resource(json!({})), resource(json!({"labels": {"team": "a"}})), laid_out(1));
    let (owned, outputs) = written(&before, &layout);
    let plan = planned(&after, &layout, &owned, &outputs);
    let patch = |code| {
        let step = match code {
            200 => step(Ask::Merge, INDEX, 200, meta(INDEX, "20", json!({}))),
            _ => failure(Ask::Merge, INDEX, code, "the object has been modified"),
        };
        step.with(|body| {
            assert!(body.get("data").is_none(), "data is left alone");
            assert_eq!(body["metadata"]["resourceVersion"], "10");
            assert_eq!(body["metadata"]["labels"], json!({"team": "a"}));
        })
    };
    let done = run(vec![patch(200)], async |store| store.apply(&after, &plan).await).await.unwrap();
    assert_eq!((done.updated, done.outputs[0].resource_version.as_str()), (1, "20"));

    let mut live = with_strangers("30", &json!(layout.parts[0].data));
    live["metadata"]["labels"] = json!({});
    for code in [409, 404] {
        let steps = vec![
            patch(code),
            applied(INDEX, "30"),
            step(Ask::Get, INDEX, 200, live.clone()),
            step(Ask::Merge, INDEX, 200, meta(INDEX, "31", json!({}))),
        ];
        let done = run(steps, async |store| store.apply(&after, &plan).await).await.unwrap();
        assert_eq!(done.outputs[0].resource_version, "31");
    }
}

#[tokio::test]
async fn a_label_a_patch_had_set_goes_even_when_the_content_changes_too() {
    let (before, after, layout) = (resource(json!({"labels": {"team": "a"}})), resource(json!({})), laid_out(1));
    let (owned, mut outputs) = written(&before, &layout);
    outputs[0].hash = "sha256:old".into();
    let plan = planned(&after, &layout, &owned, &outputs);
    // The apply gives the label up, but the earlier patch still owns it.
    let still = meta(
        INDEX,
        "20",
        json!({"labels": {"team": "a"}, "annotations": plan.writes[0].config_map.metadata.annotations}),
    );
    let steps = vec![
        step(Ask::Apply, INDEX, 200, still),
        step(Ask::Merge, INDEX, 200, meta(INDEX, "21", json!({}))).with(|body| {
            assert_eq!(body["metadata"]["labels"]["team"], Value::Null);
            assert!(body["metadata"]["labels"].as_object().unwrap().contains_key("team"));
        }),
    ];
    run(steps, async |store| store.apply(&after, &plan).await).await.unwrap();
}

#[tokio::test]
async fn left_over_shards_go_last_and_only_as_we_know_them() {
    let snapshot = resource(json!({}));
    let (owned, outputs) = written(&snapshot, &laid_out(2));
    let plan = planned(&snapshot, &laid_out(1), &owned, &outputs);
    let delete = |name: &'static str, version: &'static str, step: Step| {
        step.with(move |body| {
            let want = json!({"uid": format!("uid-of-{name}"), "resourceVersion": version});
            assert_eq!(body["preconditions"], want);
        })
    };
    let gone = || delete(ONE, "10", failure(Ask::Delete, ONE, 404, "not found"));
    let done = delete(TWO, "11", step(Ask::Delete, TWO, 200, json!({"kind": "Status", "status": "Success"})));
    let applied_to = run(vec![applied(INDEX, "20"), gone(), done], async |store| store.apply(&snapshot, &plan).await);
    assert_eq!(applied_to.await.unwrap().deleted, 1);

    let kept = delete(TWO, "11", failure(Ask::Delete, TWO, 409, "precondition failed"));
    let error = run(vec![applied(INDEX, "20"), gone(), kept], async |store| store.apply(&snapshot, &plan).await);
    assert_eq!(error.await.unwrap_err().failure(), Some(Failure::Changed));
}

#[tokio::test]
async fn a_failure_midway_leaves_the_old_index_alone() {
    let rbac = "configmaps is forbidden: User \"x\" cannot create resource \"configmaps\" in API group \"\"";
    for (code, message, kind, says) in [
        (500, "etcd", Failure::Failed, "not well (500)"),
        (403, rbac, Failure::Forbidden, "lacks the verb create and patch on configmaps"),
    ] {
        let (snapshot, layout) = (resource(json!({})), laid_out(2));
        let plan = planned(&snapshot, &layout, &[], &[]);
        let looks = [ONE, TWO, INDEX].map(absent);
        let writes = [applied(ONE, "20"), failure(Ask::Apply, TWO, code, message)];
        let steps = looks.into_iter().chain(writes).collect();
        let error = run(steps, async |store| store.apply(&snapshot, &plan).await).await.unwrap_err();
        assert_eq!((error.reason(), error.failure()), (Reason::KubeApi, Some(kind)));
        let said = error.to_string();
        assert!(said.starts_with("apply of ConfigMap orders-schema-2 failed:") && said.contains(says), "{said}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_api_server_that_does_not_answer_is_given_up_on() {
    let (snapshot, layout) = (resource(json!({})), laid_out(1));
    let plan = planned(&snapshot, &layout, &[], &[]);
    let error = run(vec![never(Ask::Look, INDEX)], async |store| {
        let result = store.apply(&snapshot, &plan).await;
        drop(store);
        result
    });
    let error = error.await.unwrap_err();
    assert_eq!(error.failure(), Some(Failure::Timeout));
    assert!(error.to_string().contains("did not answer within 10 s"), "{error}");
}
