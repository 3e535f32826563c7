//! What is written, left and deleted, case by case.
#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::api::annotations;
use crate::api::snapshot::OutputFormat;
use crate::store::layout::{self, Input, Placement};
use crate::store::testing::{resource, tables};

const NAME: &str = "orders-schema";

fn laid_out(n: usize, shards: u32) -> Layout {
    laid_out_as(n, shards, &[])
}

fn laid_out_as(n: usize, shards: u32, formats: &[OutputFormat]) -> Layout {
    let input = Input {
        name: NAME,
        snapshot: &tables(n, 60),
        formats,
        asked: Some(shards),
        kept: None,
        previous: &Placement::new(),
        previous_files: &Placement::new(),
    };
    layout::layout(&input).unwrap()
}

fn volatile() -> BTreeMap<&'static str, String> {
    BTreeMap::from([(annotations::FINGERPRINTS, r#"{"shop":"00"}"#.to_owned())])
}

fn planned(snapshot: &SchemaSnapshot, layout: &Layout, owned: &[Owned], outputs: &[OutputStatus]) -> Plan {
    plan(&Desired { snapshot, layout, volatile: &volatile() }, owned, outputs)
}

/// The cluster and the status as they are after `plan` was carried out; versions start at `version`.
fn carried_out(snapshot: &SchemaSnapshot, layout: &Layout, version: usize) -> (Vec<Owned>, Vec<OutputStatus>) {
    let plan = planned(snapshot, layout, &[], &[]);
    let both = plan.writes.iter().enumerate().map(|(at, write)| {
        let (name, resource_version) = (write.config_map.name_any(), (version + at).to_string());
        let output = OutputStatus {
            config_map: name.clone(),
            bytes: 1,
            hash: write.hash.clone(),
            resource_version: resource_version.clone(),
        };
        let meta = ObjectMeta {
            uid: Some(format!("uid-of-{name}")),
            resource_version: Some(resource_version),
            ..write.config_map.metadata.clone()
        };
        (known(&meta, Some("uid-1")), output)
    });
    both.unzip()
}

#[test]
fn another_format_is_written_although_the_content_is_the_same() {
    let (snapshot, plain) = (resource(json!({})), laid_out(3, 1));
    let (owned, outputs) = carried_out(&snapshot, &plain, 7);
    for formats in [&[OutputFormat::JsonSchema][..], &[OutputFormat::Ddl], &[OutputFormat::Mermaid]] {
        let other = laid_out_as(3, 1, formats);
        assert_eq!(other.index.content_hash, plain.index.content_hash);
        let plan = planned(&snapshot, &other, &owned, &outputs);
        assert_eq!((names(&plan), plan.unchanged.len()), (vec![NAME.to_owned()], 0), "{formats:?}");
        // And back: the keys of the form are gone from what is applied, and so from the ConfigMap.
        let (owned, outputs) = carried_out(&snapshot, &other, 9);
        let back = planned(&snapshot, &plain, &owned, &outputs);
        let data = back.writes[0].config_map.data.as_ref().unwrap();
        assert_eq!(data, &plain.parts[0].data, "{formats:?}");
    }
    let json = planned(&snapshot, &laid_out_as(3, 1, &[OutputFormat::Json]), &owned, &outputs);
    assert_eq!(json, Plan { unchanged: outputs, ..Plan::default() }, "Json alone changes nothing");
}

fn names(plan: &Plan) -> Vec<String> {
    plan.writes.iter().map(|write| write.config_map.name_any()).collect()
}

#[test]
fn the_first_plan_writes_shards_first_and_looks_at_every_name() {
    let snapshot = resource(json!({"labels": {"team": "a"}, "annotations": {"reload": "yes"}}));
    let plan = planned(&snapshot, &laid_out(3, 2), &[], &[]);
    assert_eq!(names(&plan), ["orders-schema-1", "orders-schema-2", NAME]);
    assert!(plan.writes.iter().all(|write| write.how == How::First));
    assert!(plan.deletes.is_empty() && plan.unchanged.is_empty());
    let (shard, index) = (&plan.writes[0].config_map, &plan.writes[2].config_map);
    for (object, role) in [(shard, "shard"), (index, "index")] {
        let labels = json!({"team": "a", "mcpschema.io/snapshot": "orders", "mcpschema.io/role": role,
            "app.kubernetes.io/managed-by": "mcp-schema-operator"});
        assert_eq!(json!(object.labels()), labels);
        assert_eq!(
            json!(object.owner_references()),
            json!([{"apiVersion": "mcpschema.io/v1alpha1", "kind": "SchemaSnapshot", "name": "orders",
                "uid": "uid-1", "controller": true}])
        );
        assert!(object.metadata.managed_fields.is_none() && object.metadata.resource_version.is_none());
    }
    let added: serde_json::Value = serde_json::from_str(&index.annotations()[annotations::ADDED]).unwrap();
    assert_eq!(added, json!({"labels": ["team"], "annotations": ["reload"]}));
    let keys: Vec<&str> = index.annotations().keys().map(String::as_str).collect();
    let want = ["added", "content-hash", "fingerprints", "revision"].map(|key| format!("mcpschema.io/{key}"));
    assert_eq!(keys[..4], want);
    assert_eq!(keys[4..], ["reload"]);
    assert_eq!(shard.annotations().keys().collect::<Vec<_>>(), [annotations::ADDED], "users' are on the index alone");
}

#[test]
fn a_user_cannot_take_our_labels_over() {
    let stolen = json!({labels::SNAPSHOT: "other", labels::MANAGED_BY: "me", labels::ROLE: "x"});
    let plan = planned(&resource(json!({"labels": stolen})), &laid_out(1, 1), &[], &[]);
    let labels = plan.writes[0].config_map.labels();
    let ours = [(labels::SNAPSHOT, "orders"), (labels::MANAGED_BY, labels::MANAGED_BY_US), (labels::ROLE, "index")];
    assert!(ours.iter().all(|(key, value)| labels[*key] == *value), "{labels:?}");
}

#[test]
fn what_is_deleted_is_written_again_and_nothing_else() {
    let (snapshot, layout) = (resource(json!({})), laid_out(3, 2));
    for deleted in 0..3 {
        let (mut owned, outputs) = carried_out(&snapshot, &layout, 10);
        let gone = owned.remove(deleted);
        let plan = planned(&snapshot, &layout, &owned, &outputs);
        assert_eq!(names(&plan), [gone.name]);
        assert_eq!((&plan.writes[0].how, plan.unchanged.len()), (&How::First, 2));
    }
}

#[test]
fn annotations_that_would_not_fit_are_left_out() {
    let volatile = BTreeMap::from([(annotations::FINGERPRINTS, "f".repeat(100 * 1024))]);
    let (snapshot, layout) = (resource(json!({})), laid_out(1, 1));
    let plan = plan(&Desired { snapshot: &snapshot, layout: &layout, volatile: &volatile }, &[], &[]);
    let keys: Vec<_> = plan.writes[0].config_map.annotations().keys().map(String::as_str).collect();
    assert_eq!(keys, [annotations::CONTENT_HASH, annotations::REVISION]);
}

/// What happens to one part of three (two shards and the index) when one thing is different.
#[test]
fn each_difference_costs_exactly_the_write_it_needs() {
    type Change = fn(&mut Owned, &mut OutputStatus);
    let whole = |foreign| Some(move |how: &How| matches!(how, How::Whole { foreign: f, .. } if *f == foreign));
    let metadata = |want: serde_json::Value| {
        move |how: &How| match how {
            How::Metadata { changes, resource_version, .. } => {
                let patch = changes.to_merge_patch(resource_version);
                json!({"labels": patch["labels"], "annotations": patch["annotations"]}) == want
            }
            _ => false,
        }
    };
    let snapshot = resource(json!({}));
    let layout = laid_out(3, 2);
    let check = |name: &str, at: usize, change: Change, want: Option<Box<dyn Fn(&How) -> bool>>| {
        let (mut owned, mut outputs) = carried_out(&snapshot, &layout, 10);
        change(&mut owned[at], &mut outputs[at]);
        let plan = planned(&snapshot, &layout, &owned, &outputs);
        let Some(want) = want else {
            assert!(plan.writes.is_empty() && plan.unchanged.len() == 3, "{name}: {plan:?}");
            return;
        };
        assert_eq!(names(&plan), [owned[at].name.clone()], "{name}");
        assert!(want(&plan.writes[0].how), "{name}: {:?}", plan.writes[0].how);
        assert_eq!(plan.unchanged.len(), 2, "{name}");
        assert!(plan.deletes.is_empty(), "{name}");
    };
    let boxed = |f: Option<_>| f.map(|f| Box::new(f) as Box<dyn Fn(&How) -> bool>);
    check("nothing", 0, |_, _| {}, None);
    check(
        "a stranger's label and annotation",
        2,
        |o, _| {
            o.labels.insert("theirs".into(), "x".into());
            o.annotations.insert("kubectl.kubernetes.io/x".into(), "x".into());
        },
        None,
    );
    check("hand edit", 1, |o, _| o.resource_version = "99".into(), boxed(whole(true)));
    check("content", 1, |_, w| w.hash = "sha256:old".into(), boxed(whole(false)));
    check("status lost", 2, |_, w| w.config_map = "other".into(), boxed(whole(true)));
    check("not controlled by us", 0, |o, _| o.controlled = false, Some(Box::new(|how| *how == How::First)));
    check(
        "a fingerprint",
        2,
        |o, _| {
            o.annotations.insert(annotations::FINGERPRINTS.into(), "old".into());
        },
        Some(Box::new(metadata(json!({"labels": {}, "annotations": {annotations::FINGERPRINTS: r#"{"shop":"00"}"#}})))),
    );
    check(
        "labels and annotations taken out of the spec",
        2,
        |o, _| {
            o.labels.insert("team".into(), "a".into());
            o.annotations.insert("reload".into(), "yes".into());
            o.annotations.insert(annotations::ADDED.into(), r#"{"labels":["team"],"annotations":["reload"]}"#.into());
        },
        Some(Box::new(metadata(json!({"labels": {"team": null},
        "annotations": {"reload": null, annotations::ADDED: null}})))),
    );
}

#[test]
fn a_label_new_in_the_spec_is_a_metadata_patch_of_every_config_map() {
    let layout = laid_out(3, 2);
    let (owned, outputs) = carried_out(&resource(json!({})), &layout, 10);
    let plan = planned(&resource(json!({"labels": {"team": "a"}})), &layout, &owned, &outputs);
    assert_eq!(plan.writes.len(), 3);
    for (write, owned) in plan.writes.iter().zip(&owned) {
        let How::Metadata { resource_version, changes, .. } = &write.how else { unreachable!("{:?}", write.how) };
        assert_eq!(resource_version, &owned.resource_version);
        assert_eq!(changes.labels, BTreeMap::from([("team".to_owned(), Some("a".to_owned()))]));
    }
}

#[test]
fn only_our_own_left_over_shards_are_deleted() {
    let snapshot = resource(json!({}));
    let (mut owned, outputs) = carried_out(&snapshot, &laid_out(4, 4), 10);
    let like = |name: &str, change: fn(&mut Owned)| {
        let mut copy = Owned { name: name.to_owned(), ..owned[3].clone() };
        change(&mut copy);
        copy
    };
    let others = [
        like("orders-schema-backup", |_| {}),
        like("orders-schema-17", |_| {}),
        like("orders-schema-03", |_| {}),
        like("my-orders-schema-3", |_| {}),
        like("orders-schema-5", |o| o.controlled = false),
        like("orders-schema-6", |o| {
            o.labels.insert(labels::ROLE.into(), "revision".into());
        }),
    ];
    owned.extend(others);
    let plan = planned(&snapshot, &laid_out(4, 2), &owned, &outputs);
    let gone = |number: u32, version: &str| Leftover {
        name: format!("orders-schema-{number}"),
        uid: format!("uid-of-orders-schema-{number}"),
        resource_version: version.to_owned(),
    };
    assert_eq!(plan.deletes, [gone(3, "12"), gone(4, "13")]);
}

#[test]
fn owned_are_those_of_this_snapshot_in_its_namespace() {
    let meta = |name: &str, namespace: &str, label: &str, uid: &str, controller: bool| {
        let value = json!({"metadata": {"name": name, "namespace": namespace, "uid": "u", "resourceVersion": "1",
            "labels": {labels::SNAPSHOT: label},
            "ownerReferences": [{"apiVersion": "v1", "kind": "X", "name": "x", "uid": uid, "controller": controller}]}});
        Arc::new(serde_json::from_value::<PartialObjectMeta<ConfigMap>>(value).unwrap())
    };
    let all = [
        meta("b", "shop", "orders", "uid-1", true),
        meta("a", "shop", "orders", "uid-1", false),
        meta("c", "shop", "orders", "uid-2", true),
        meta("d", "other", "orders", "uid-1", true),
        meta("e", "shop", "billing", "uid-1", true),
    ];
    let found: Vec<_> = owned(&all, &resource(json!({}))).into_iter().map(|o| (o.name, o.controlled)).collect();
    assert_eq!(found, [("a".to_owned(), false), ("b".to_owned(), true), ("c".to_owned(), false)]);
}

#[test]
fn intact_means_every_output_is_as_our_last_write_left_it() {
    let (owned, outputs) = carried_out(&resource(json!({})), &laid_out(2, 2), 10);
    assert!(intact(&owned, &outputs));
    assert!(!intact(&owned[1..], &outputs), "one is gone");
    for change in [|o: &mut Owned| o.resource_version = "99".into(), |o: &mut Owned| o.controlled = false] {
        let mut changed = owned.clone();
        change(&mut changed[0]);
        assert!(!intact(&changed, &outputs));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_plan_carried_out_leaves_nothing_to_do(
        n in 0_usize..6, shards in 1_u32..5, label in "[a-z]{1,4}", annotation in proptest::option::of("[a-z]{1,4}"),
    ) {
        let annotations = annotation.map_or(json!({}), |key| json!({key: "x"}));
        let snapshot = resource(json!({"labels": {label: "x"}, "annotations": annotations}));
        let layout = laid_out(n, shards);
        let (owned, outputs) = carried_out(&snapshot, &layout, 10);
        let plan = planned(&snapshot, &layout, &owned, &outputs);
        prop_assert_eq!(plan, Plan { unchanged: outputs, ..Plan::default() });
    }
}
