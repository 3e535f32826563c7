//! Which calls the store makes, in which order, and what it says when one fails. The API server is a table of answers.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use http::{Method, Request, Response};
use kube::client::Body;

use super::*;
use plan::Leftover;

/// ConfigMaps by name; what is written is recorded as `PATCH name`, in order.
#[derive(Clone, Default)]
struct Server {
    config_maps: Arc<Mutex<BTreeMap<String, Value>>>,
    calls: Arc<Mutex<Vec<String>>>,
    /// Method, HTTP status and message of a call that fails.
    failing: Option<(&'static str, u16, &'static str)>,
    /// Never answers.
    hangs: bool,
}

impl Server {
    fn with(self, config_map: Value) -> Self {
        let name = config_map["metadata"]["name"].as_str().unwrap().to_owned();
        self.config_maps.lock().unwrap().insert(name, config_map);
        self
    }

    fn calls(&self) -> Vec<String> {
        self.calls.lock().unwrap().clone()
    }

    fn store(&self) -> Store {
        let server = self.clone();
        let service = tower::service_fn(move |request: Request<Body>| {
            let server = server.clone();
            async move { Ok::<_, std::convert::Infallible>(server.answer(request).await) }
        });
        Store::new(Client::new(service, "default"))
    }

    async fn answer(&self, request: Request<Body>) -> Response<Body> {
        if self.hangs {
            std::future::pending::<()>().await;
        }
        let (parts, body) = request.into_parts();
        let name = parts.uri.path().rsplit('/').next().unwrap().to_owned();
        let kind = parts.headers.get("content-type").map_or("", |v| v.to_str().unwrap());
        let merge = if kind.contains("merge-patch") { " merge" } else { "" };
        self.calls.lock().unwrap().push(format!("{} {name}{merge}", parts.method));
        if let Some((method, code, message)) = self.failing
            && parts.method.as_str() == method
        {
            return error(code, message);
        }
        let body: Value = serde_json::from_slice(&body.collect_bytes().await.unwrap()).unwrap_or_default();
        let mut all = self.config_maps.lock().unwrap();
        match parts.method {
            Method::GET => all.get(&name).map_or_else(|| error(404, "not found"), answer),
            Method::DELETE => {
                let uid = all.get(&name).map(|c| c["metadata"]["uid"].clone());
                match uid {
                    None => error(404, "not found"),
                    Some(uid) if uid != body["preconditions"]["uid"] => error(409, "the UID in the precondition"),
                    Some(_) => answer(&all.remove(&name).unwrap()),
                }
            }
            _ => {
                assert!(parts.uri.query().unwrap().contains("fieldManager=mcp-schema-operator"));
                let slot = all.entry(name.clone()).or_insert_with(|| json!({"metadata": {"name": name}, "data": {}}));
                for field in ["data", "binaryData"] {
                    for (key, value) in body[field].as_object().into_iter().flatten() {
                        slot[field][key] = value.clone();
                    }
                    if let Some(map) = slot[field].as_object_mut() {
                        map.retain(|_, value| !value.is_null());
                    }
                }
                let version: u32 = slot["metadata"]["resourceVersion"].as_str().unwrap_or("0").parse().unwrap();
                slot["metadata"]["resourceVersion"] = json!((version + 1).to_string());
                answer(slot)
            }
        }
    }
}

fn answer(object: &Value) -> Response<Body> {
    Response::builder().status(200).body(Body::from(serde_json::to_vec(object).unwrap())).unwrap()
}

fn error(code: u16, message: &str) -> Response<Body> {
    let reason = match code {
        403 => "Forbidden",
        404 => "NotFound",
        409 => "Conflict",
        _ => "InternalError",
    };
    let status = json!({"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": message, "reason": reason, "code": code});
    Response::builder().status(code).body(Body::from(serde_json::to_vec(&status).unwrap())).unwrap()
}

fn snapshot() -> SchemaSnapshot {
    let spec = serde_json::from_value(json!({"databases": {"include": ["shop"]}})).unwrap();
    let mut snapshot = SchemaSnapshot::new("orders", spec);
    (snapshot.metadata.namespace, snapshot.metadata.uid) = (Some("ns".into()), Some("uid-1".into()));
    snapshot
}

fn write(name: &str, foreign: bool, known: bool) -> Write {
    let config_map = json!({"metadata": {"name": name, "namespace": "ns"}, "data": {"k.json": "{}"}});
    let config_map = serde_json::from_value(config_map).unwrap();
    Write { config_map, hash: format!("sha256:{name}"), bytes: 2, foreign, known }
}

fn writes(writes: Vec<Write>) -> Plan {
    Plan { writes, ..Plan::default() }
}

/// A ConfigMap as it stands on the server: its label for a snapshot, and its controller's kind, name and uid.
fn standing(name: &str, label: Option<&str>, owner: Option<[&str; 3]>) -> Value {
    let owners = owner.map(
        |[kind, name, uid]| json!([{"apiVersion": "x/v1", "kind": kind, "name": name, "uid": uid, "controller": true}]),
    );
    let labels = label.map(|label| json!({"mcpschema.io/snapshot": label}));
    json!({"metadata": {"name": name, "uid": format!("u-{name}"), "resourceVersion": "7", "labels": labels,
        "ownerReferences": owners, "managedFields": [{"manager": "kubectl-create"}]}, "data": {}})
}

#[tokio::test]
async fn a_plan_with_nothing_to_do_makes_no_call() {
    let server = Server::default();
    let unchanged = vec![OutputStatus { config_map: "orders-schema".into(), ..OutputStatus::default() }];
    let plan = Plan { unchanged: unchanged.clone(), ..Plan::default() };
    let applied = server.store().apply(&snapshot(), &plan).await.unwrap();
    assert_eq!(applied, Applied { outputs: unchanged, ..Applied::default() });
    assert_eq!(server.calls(), Vec::<String>::new());
}

#[tokio::test]
async fn shards_are_written_before_the_index_and_left_overs_go_last() {
    let server = Server::default().with(standing("s-2", Some("orders"), None));
    let leftover = |name: &str, uid: &str| Leftover { name: name.into(), uid: uid.into() };
    let deletes = vec![leftover("s-2", "u-s-2"), leftover("gone", "x")];
    let plan = Plan { deletes, ..writes(vec![write("s-1", false, false), write("s", false, true)]) };
    let applied = server.store().apply(&snapshot(), &plan).await.unwrap();
    assert_eq!(server.calls(), ["GET s-1", "PATCH s-1", "PATCH s", "DELETE s-2", "DELETE gone"]);
    assert_eq!((applied.created, applied.updated, applied.deleted), (1, 1, 2));
    let outputs: Vec<_> =
        applied.outputs.iter().map(|o| (o.config_map.as_str(), o.resource_version.as_str())).collect();
    assert_eq!(outputs, [("s", "1"), ("s-1", "1")]);
    assert_eq!(applied.outputs[0].hash, "sha256:s");
}

#[tokio::test]
async fn what_was_made_anew_under_a_left_overs_name_is_not_deleted() {
    let server = Server::default().with(standing("s-2", Some("orders"), None));
    let deletes = vec![Leftover { name: "s-2".into(), uid: "another".into() }];
    server.store().apply(&snapshot(), &Plan { deletes, ..Plan::default() }).await.unwrap();
    assert!(server.config_maps.lock().unwrap().contains_key("s-2"));
}

#[tokio::test]
async fn one_config_map_of_somebody_else_stops_everything_before_the_first_write() {
    for (standing, owner) in [
        (standing("s", None, None), "someone else (written by kubectl-create)"),
        (standing("s", Some("other"), None), "SchemaSnapshot other"),
        (standing("s", Some("orders"), Some(["Deployment", "web", "uid-9"])), "Deployment web"),
        (standing("s", None, Some(["SchemaSnapshot", "other", "uid-9"])), "SchemaSnapshot other"),
    ] {
        let server = Server::default().with(standing);
        let plan = writes(vec![write("s-1", false, false), write("s", false, false)]);
        let error = server.store().apply(&snapshot(), &plan).await.unwrap_err();
        assert_eq!((error.reason(), server.calls()), (Reason::OutputConflict, vec!["GET s-1".into(), "GET s".into()]));
        let text = error.to_string();
        assert!(text.starts_with(&format!("ConfigMap s exists and belongs to {owner};")), "{text}");
        assert!(text.contains("kubectl annotate schemasnapshot orders mcpschema.io/refresh="), "{text}");
    }
}

#[tokio::test]
async fn what_is_ours_is_adopted_and_cleaned_of_strangers() {
    for (label, owner) in [(Some("orders"), None), (None, Some(["SchemaSnapshot", "orders", "uid-1"]))] {
        let mut orphan = standing("s", label, owner);
        orphan["data"] = json!({"k.json": "old", "stranger": "x"});
        orphan["binaryData"] = json!({"blob": "AA=="});
        let server = Server::default().with(orphan);
        let applied = server.store().apply(&snapshot(), &writes(vec![write("s", false, false)])).await.unwrap();
        assert_eq!(server.calls(), ["GET s", "PATCH s", "GET s", "PATCH s merge"]);
        let now = server.config_maps.lock().unwrap()["s"].clone();
        assert_eq!((&now["data"], &now["binaryData"]), (&json!({"k.json": "{}"}), &json!({})));
        assert_eq!((applied.created, applied.updated), (0, 1));
        assert_eq!(applied.outputs[0].resource_version, "9", "that of the last write, not of the first");
    }
}

#[tokio::test]
async fn a_hand_edit_that_left_no_stranger_costs_one_look_more() {
    let server = Server::default().with(standing("s", Some("orders"), None));
    server.store().apply(&snapshot(), &writes(vec![write("s", true, true)])).await.unwrap();
    assert_eq!(server.calls(), ["PATCH s", "GET s"]);
}

#[tokio::test]
async fn what_a_deleted_namesake_left_is_waited_for() {
    let former = Some(["SchemaSnapshot", "orders", "uid-0"]);
    let server = Server::default().with(standing("s", Some("orders"), former));
    let error = server.store().apply(&snapshot(), &writes(vec![write("s", false, false)])).await.unwrap_err();
    assert_eq!((error.reason(), server.calls()), (Reason::KubeApi, vec!["GET s".to_owned()]));
    assert!(error.to_string().contains("garbage collector"), "{error}");
}

#[tokio::test]
async fn a_refused_call_names_its_verb_and_where_to_look() {
    for (method, plan, want) in [
        ("GET", writes(vec![write("s", false, false)]), "may not get configmaps here: check the chart's RBAC"),
        ("PATCH", writes(vec![write("s", false, true)]), "may not create or patch configmaps here"),
        (
            "DELETE",
            Plan { deletes: vec![Leftover { name: "s".into(), uid: "u".into() }], ..Plan::default() },
            "may not delete configmaps here",
        ),
    ] {
        let server = Server { failing: Some((method, 403, "configmaps is forbidden")), ..Server::default() };
        let error = server.store().apply(&snapshot(), &plan).await.unwrap_err();
        assert_eq!(error.reason(), Reason::KubeApi);
        assert!(error.to_string().contains(want), "{error}");
    }
    let server = Server { failing: Some(("PATCH", 500, "etcd is tired")), ..Server::default() };
    let error = server.store().apply(&snapshot(), &writes(vec![write("s", false, true)])).await.unwrap_err();
    assert_eq!(error.to_string(), "patch of ConfigMap s failed: etcd is tired");
}

#[tokio::test(start_paused = true)]
async fn a_call_without_an_answer_ends_at_its_deadline() {
    let server = Server { hangs: true, ..Server::default() };
    let start = tokio::time::Instant::now();
    let error = server.store().apply(&snapshot(), &writes(vec![write("s", false, true)])).await.unwrap_err();
    assert_eq!((start.elapsed().as_secs(), error.reason()), (15, Reason::KubeApi));
    assert_eq!(error.to_string(), "patch of ConfigMap s failed: no answer within 15 s");
}

#[tokio::test]
async fn an_index_is_read_when_it_is_ours_and_of_a_version_we_know() {
    let index =
        r#"{"format":1,"modelVersion":1,"dialect":"tidb","lowerCaseTableNames":2,"contentHash":"h","databases":[]}"#;
    let with = |label: Option<&str>, text: Option<&str>| {
        let mut config_map = standing("orders-schema", label, None);
        config_map["data"] = text.map_or_else(|| json!({}), |text| json!({ "index.json": text }));
        Server::default().with(config_map).store()
    };
    let found = with(Some("orders"), Some(index)).index(&snapshot()).await.unwrap().unwrap();
    assert_eq!(found.content_hash, "h");
    for store in [
        Server::default().store(),
        with(Some("orders"), None),
        with(Some("orders"), Some("broken by hand")),
        with(Some("other"), Some(index)),
        with(None, Some(r#"{"format":9}"#)),
    ] {
        assert_eq!(store.index(&snapshot()).await.unwrap(), None);
    }
    for (text, want) in [
        (index.replace("\"modelVersion\":1", "\"modelVersion\":2"), "modelVersion 2"),
        (index.replace("\"format\":1", "\"format\":2"), "format 2"),
        (r#"{"format":3,"everything":"else"}"#.to_owned(), "format 3"),
    ] {
        let error = with(Some("orders"), Some(&text)).index(&snapshot()).await.unwrap_err();
        assert_eq!(error.reason(), Reason::NewerFormat);
        let want = format!("ConfigMap orders-schema was written by a newer operator ({want}); upgrade this one");
        assert_eq!(error.to_string(), want);
    }
}
