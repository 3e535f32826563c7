//! What is written, left and deleted, case by case.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use serde_json::json;

use super::*;
use crate::schema::{Database, Engine, MODEL_VERSION, ServerFacts, Snapshot};
use crate::store::layout::{Input, Placement, layout};

/// A snapshot, its layout over `shards` ConfigMaps, and the ConfigMaps and status as a first publication leaves them.
struct World {
    snapshot: SchemaSnapshot,
    layout: Layout,
    volatile: BTreeMap<&'static str, String>,
    spec_changed: bool,
    owned: Vec<Owned>,
    outputs: Vec<OutputStatus>,
}

fn world(shards: u32) -> World {
    let output = json!({"labels": {"team": "a"}, "annotations": {"reload": "yes"}});
    let spec = serde_json::from_value(json!({"databases": {"include": ["shop"]}, "output": output})).unwrap();
    let mut snapshot = SchemaSnapshot::new("orders", spec);
    snapshot.metadata.namespace = Some("ns".into());
    snapshot.metadata.uid = Some("uid-1".into());
    let table = serde_json::from_value(json!({"name": "orders", "kind": "base"})).unwrap();
    let database = Database {
        name: "shop".into(),
        charset: String::new(),
        collation: String::new(),
        tables: vec![table],
        views: vec![],
    };
    let server = ServerFacts {
        dialect: Engine::Tidb,
        version: "x".into(),
        lower_case_table_names: 2,
        sql_mode: vec![],
        time_zone: "UTC".into(),
        fk_checks: true,
    };
    let content = Snapshot { model_version: MODEL_VERSION, server, databases: vec![database] };
    let previous = Placement::new();
    let input =
        Input { name: "orders-schema", snapshot: &content, asked: Some(shards), kept: None, previous: &previous };
    let volatile = BTreeMap::from([(annotations::FINGERPRINTS, r#"{"shop":"1"}"#.to_owned())]);
    let layout = layout(&input).unwrap();
    let mut world = World { snapshot, layout, volatile, spec_changed: false, owned: vec![], outputs: vec![] };
    for (number, write) in world.plan().writes.into_iter().enumerate() {
        let version = number.to_string();
        world.outputs.push(OutputStatus {
            config_map: write.config_map.name_any(),
            bytes: 0,
            hash: write.hash.clone(),
            resource_version: version.clone(),
        });
        world.owned.push(Owned {
            name: write.config_map.name_any(),
            uid: format!("cm-{number}"),
            resource_version: version,
            labels: write.config_map.labels().clone(),
            annotations: write.config_map.annotations().clone(),
            controlled: true,
        });
    }
    world
}

impl World {
    fn plan(&self) -> Plan {
        let (snapshot, layout, volatile) = (&self.snapshot, &self.layout, &self.volatile);
        plan(&Desired { snapshot, layout, volatile, spec_changed: self.spec_changed }, &self.owned, &self.outputs)
    }

    fn output_spec(&mut self) -> &mut crate::api::snapshot::Output {
        self.snapshot.spec.output.as_mut().unwrap()
    }
}

/// Name, foreign, known of every write, and the names that are deleted.
fn told(plan: &Plan) -> (Vec<(String, bool, bool)>, Vec<String>) {
    let writes = plan.writes.iter().map(|w| (w.config_map.name_any(), w.foreign, w.known)).collect();
    (writes, plan.deletes.iter().map(|d| d.name.clone()).collect())
}

#[test]
fn the_first_publication_writes_shards_before_the_index() {
    let mut world = world(2);
    (world.owned, world.outputs) = (vec![], vec![]);
    let plan = world.plan();
    let fresh = |name: &str| (name.to_owned(), false, false);
    let want = vec![fresh("orders-schema-1"), fresh("orders-schema-2"), fresh("orders-schema")];
    assert_eq!(told(&plan), (want, vec![]));
    assert!(plan.unchanged.is_empty());
}

#[test]
fn a_config_map_says_whose_it_is_and_only_the_index_carries_the_users_annotations() {
    let mut world = world(2);
    world.owned.clear();
    let plan = world.plan();
    for write in &plan.writes {
        let (config_map, index) = (&write.config_map, write.config_map.name_any() == "orders-schema");
        let role = if index { "index" } else { "shard" };
        let labels = serde_json::to_value(config_map.labels()).unwrap();
        let ours = "mcp-schema-operator";
        let want = json!({"team": "a", "mcpschema.io/snapshot": "orders", "mcpschema.io/role": role, "app.kubernetes.io/managed-by": ours});
        assert_eq!(labels, want);
        let keys: Vec<&str> = config_map.annotations().keys().map(String::as_str).collect();
        let notes = ["mcpschema.io/content-hash", "mcpschema.io/fingerprints", "mcpschema.io/revision", "reload"];
        assert_eq!(keys, if index { notes.to_vec() } else { vec![] });
        let [owner] = config_map.owner_references() else { panic!("one owner") };
        assert_eq!(
            (owner.kind.as_str(), owner.uid.as_str(), owner.controller),
            ("SchemaSnapshot", "uid-1", Some(true))
        );
        assert_eq!(owner.block_owner_deletion, None, "it would need a permission on finalizers");
        assert_eq!(config_map.metadata.resource_version, None);
        assert_eq!(config_map.namespace().as_deref(), Some("ns"));
    }
}

#[test]
fn a_user_cannot_take_our_labels_over() {
    let mut world = world(1);
    let stolen = [(labels::SNAPSHOT, "other"), (labels::MANAGED_BY, "me"), (labels::ROLE, "x")];
    world.output_spec().labels = stolen.map(|(k, v)| (k.to_owned(), v.to_owned())).into();
    world.owned.clear();
    let labels = world.plan().writes[0].config_map.labels().clone();
    assert_eq!(labels[labels::SNAPSHOT], "orders");
    assert_eq!(labels[labels::MANAGED_BY], labels::MANAGED_BY_US);
    assert_eq!(labels[labels::ROLE], "index");
}

#[test]
fn a_difference_is_written_and_nothing_else() {
    let (shard, index) = ("orders-schema-1", "orders-schema");
    let cases: Vec<(&str, fn(&mut World), Vec<(&str, bool, bool)>, Vec<&str>)> = vec![
        ("nothing", |_| {}, vec![], vec![]),
        ("edited by hand", |w| w.owned[0].resource_version = "77".into(), vec![(shard, true, true)], vec![]),
        ("deleted", |w| drop(w.owned.remove(0)), vec![(shard, false, false)], vec![]),
        (
            "all deleted",
            |w| w.owned.clear(),
            vec![(shard, false, false), ("orders-schema-2", false, false), (index, false, false)],
            vec![],
        ),
        ("status lost", |w| drop(w.outputs.remove(0)), vec![(shard, true, true)], vec![]),
        ("other content", |w| w.outputs[0].hash = "sha256:old".into(), vec![(shard, false, true)], vec![]),
        ("orphan", |w| w.owned[0].controlled = false, vec![(shard, false, false)], vec![]),
        ("label lost", |w| drop(w.owned[2].labels.remove("team")), vec![(index, false, true)], vec![]),
        ("others' label", |w| drop(w.owned[2].labels.insert("argo".into(), "x".into())), vec![], vec![]),
        ("others' annotation", |w| drop(w.owned[2].annotations.insert("argo".into(), "x".into())), vec![], vec![]),
        (
            "annotation changed in the spec",
            |w| drop(w.output_spec().annotations.insert("reload".into(), "no".into())),
            vec![(index, false, true)],
            vec![],
        ),
        (
            "label added in the spec",
            |w| drop(w.output_spec().labels.insert("new".into(), "x".into())),
            vec![(shard, false, true), ("orders-schema-2", false, true), (index, false, true)],
            vec![],
        ),
        (
            "label taken out of the spec",
            |w| {
                w.output_spec().labels.clear();
                w.spec_changed = true;
            },
            vec![(shard, false, true), ("orders-schema-2", false, true), (index, false, true)],
            vec![],
        ),
        (
            "fingerprints alone",
            |w| drop(w.volatile.insert(annotations::FINGERPRINTS, "{}".into())),
            vec![(index, false, true)],
            vec![],
        ),
        (
            "left-over shard of ours",
            |w| w.owned.push(Owned { name: "orders-schema-3".into(), uid: "cm-3".into(), ..w.owned[0].clone() }),
            vec![],
            vec!["orders-schema-3"],
        ),
        (
            "left-over that is not controlled by us",
            |w| w.owned.push(Owned { name: "copy".into(), controlled: false, ..w.owned[0].clone() }),
            vec![],
            vec![],
        ),
    ];
    for (name, change, writes, deletes) in cases {
        let mut world = world(2);
        change(&mut world);
        let plan = world.plan();
        let writes: Vec<_> = writes.into_iter().map(|(n, foreign, known)| (n.to_owned(), foreign, known)).collect();
        assert_eq!(told(&plan), (writes, deletes.into_iter().map(str::to_owned).collect()), "{name}");
        assert_eq!(plan.writes.len() + plan.unchanged.len(), 3, "{name}: every ConfigMap is accounted for");
    }
}

#[test]
fn new_fingerprints_leave_the_data_byte_for_byte() {
    let mut world = world(1);
    let data = world.layout.parts[0].data.clone();
    world.volatile.insert(annotations::FINGERPRINTS, "{}".into());
    let plan = world.plan();
    assert_eq!(plan.writes[0].config_map.data.as_ref(), Some(&data));
    assert_eq!(plan.writes[0].hash, world.outputs[0].hash);
}

#[test]
fn going_from_several_shards_to_one_deletes_the_others_by_uid() {
    let (three, one) = (world(3), world(1));
    let plan = World { owned: three.owned.clone(), outputs: three.outputs, ..one }.plan();
    assert_eq!(told(&plan).0, [("orders-schema".to_owned(), false, true)]);
    let deleted: Vec<(&str, &str)> = plan.deletes.iter().map(|d| (d.name.as_str(), d.uid.as_str())).collect();
    assert_eq!(deleted, [("orders-schema-1", "cm-0"), ("orders-schema-2", "cm-1"), ("orders-schema-3", "cm-2")]);
}

#[test]
fn outputs_are_intact_while_all_are_there_as_we_wrote_them() {
    let cases: Vec<(&str, fn(&mut World), bool)> = vec![
        ("as written", |_| {}, true),
        ("one more of ours", |w| w.owned.push(Owned { name: "x".into(), ..w.owned[0].clone() }), true),
        ("edited", |w| w.owned[1].resource_version = "9".into(), false),
        ("deleted", |w| drop(w.owned.pop()), false),
        ("orphaned", |w| w.owned[0].controlled = false, false),
    ];
    for (name, change, want) in cases {
        let mut world = world(2);
        change(&mut world);
        assert_eq!(intact(&world.owned, &world.outputs), want, "{name}");
    }
}

#[test]
fn only_config_maps_with_our_label_in_our_namespace_are_ours() {
    let world = world(1);
    let meta = |name: &str, namespace: &str, label: Option<&str>, owner: Option<&str>| {
        let labels = label.map(|label| json!({"mcpschema.io/snapshot": label}));
        let owners = owner.map(|uid| {
            json!([{"apiVersion": "mcpschema.io/v1alpha1", "kind": "SchemaSnapshot", "name": "orders", "uid": uid, "controller": true}])
        });
        let metadata = json!({"name": name, "namespace": namespace, "uid": "u", "resourceVersion": "5",
            "labels": labels, "ownerReferences": owners});
        let object = json!({"apiVersion": "v1", "kind": "PartialObjectMetadata", "metadata": metadata});
        Arc::new(serde_json::from_value::<PartialObjectMeta<ConfigMap>>(object).unwrap())
    };
    let all = [
        meta("b", "ns", Some("orders"), Some("uid-1")),
        meta("a", "ns", Some("orders"), Some("uid-0")),
        meta("c", "ns", Some("orders"), None),
        meta("d", "elsewhere", Some("orders"), Some("uid-1")),
        meta("e", "ns", Some("other"), Some("uid-1")),
        meta("f", "ns", None, Some("uid-1")),
    ];
    let found = owned(&all, &world.snapshot);
    let told: Vec<(&str, bool)> = found.iter().map(|o| (o.name.as_str(), o.controlled)).collect();
    assert_eq!(told, [("a", false), ("b", true), ("c", false)]);
    assert_eq!(found[0].resource_version, "5");
}
