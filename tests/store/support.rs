//! An API server that follows a script: it asserts each request as it comes and that none is left over.

use std::collections::BTreeMap;

use http::{Request, Response};
use kube::Client;
use kube::client::Body;
use mcp_schema_operator::api::SchemaSnapshot;
use mcp_schema_operator::api::status::OutputStatus;
use mcp_schema_operator::schema::Snapshot;
use mcp_schema_operator::store::Store;
use mcp_schema_operator::store::layout::{self, Input, Layout, Placement};
use mcp_schema_operator::store::plan::{self, Desired, Owned, Plan};
use serde_json::{Value, json};

/// Name of the index ConfigMap.
pub(crate) const INDEX: &str = "orders-schema";

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ask {
    Get,
    /// Metadata alone.
    Look,
    Apply,
    Merge,
    Delete,
}

/// One expected request and its answer.
pub(crate) struct Step {
    ask: Ask,
    name: String,
    check: Box<dyn Fn(&Value) + Send>,
    answer: Answer,
}

enum Answer {
    Json(u16, Value),
    Never,
}

pub(crate) fn step(ask: Ask, name: &str, code: u16, answer: Value) -> Step {
    Step { ask, name: name.to_owned(), check: Box::new(|_| {}), answer: Answer::Json(code, answer) }
}

impl Step {
    /// Looks at the body of the request.
    pub(crate) fn with(self, check: impl Fn(&Value) + Send + 'static) -> Self {
        Self { check: Box::new(check), ..self }
    }
}

pub(crate) fn never(ask: Ask, name: &str) -> Step {
    Step { answer: Answer::Never, ..step(ask, name, 0, Value::Null) }
}

/// A failure as the API server words it.
pub(crate) fn failure(ask: Ask, name: &str, code: u16, message: &str) -> Step {
    let reason = match code {
        403 => "Forbidden",
        404 => "NotFound",
        409 => "Conflict",
        _ => "InternalError",
    };
    let status = json!({"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code, "reason": reason,
        "message": message, "metadata": {}});
    step(ask, name, code, status)
}

/// A successful write that leaves the ConfigMap at `version`, with the metadata that was sent.
pub(crate) fn applied(name: &str, version: &str) -> Step {
    step(Ask::Apply, name, 200, meta(name, version, json!({})))
}

pub(crate) fn meta(name: &str, version: &str, more: Value) -> Value {
    let mut metadata = json!({"name": name, "namespace": "shop", "uid": format!("uid-of-{name}"),
        "resourceVersion": version});
    for (key, value) in more.as_object().unwrap() {
        metadata[key] = value.clone();
    }
    json!({"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": metadata})
}

/// Runs `act` against a server that expects exactly `steps`.
pub(crate) async fn run<T>(steps: Vec<Step>, act: impl AsyncFnOnce(Store) -> T) -> T {
    let (service, mut handle) = tower_test::mock::pair::<Request<Body>, Response<Body>>();
    let store = Store::new(Client::new(service, "default"));
    let server = async move {
        let mut unanswered = Vec::new();
        for step in steps {
            let (request, respond) = handle.next_request().await.unwrap_or_else(|| panic!("no {:?}", step.ask));
            assert_eq!(what(&request), (step.ask, step.name.clone()));
            let body = request.into_body().collect_bytes().await.unwrap();
            (step.check)(&serde_json::from_slice(&body).unwrap_or(Value::Null));
            match step.answer {
                Answer::Json(code, mut answer) => {
                    if step.ask == Ask::Apply && code == 200 {
                        let sent: Value = serde_json::from_slice(&body).unwrap();
                        for field in ["labels", "annotations"] {
                            if answer["metadata"].get(field).is_none() {
                                answer["metadata"][field] = sent["metadata"][field].clone();
                            }
                        }
                    }
                    let answer = Body::from(serde_json::to_vec(&answer).unwrap());
                    respond.send_response(Response::builder().status(code).body(answer).unwrap());
                }
                Answer::Never => unanswered.push(respond),
            }
        }
        if let Some((request, _)) = handle.next_request().await {
            panic!("one request more: {:?}", what(&request));
        }
    };
    tokio::join!(server, act(store)).1
}

fn what(request: &Request<Body>) -> (Ask, String) {
    let header = |name: &str| request.headers().get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
    let (path, query) = (request.uri().path(), request.uri().query().unwrap_or_default());
    let name = path.strip_prefix("/api/v1/namespaces/shop/configmaps/").unwrap_or_else(|| panic!("{path}"));
    let metadata_alone = header("accept").contains("PartialObjectMetadata");
    let ask = match (request.method().as_str(), header("content-type").as_str()) {
        ("GET", _) if metadata_alone => Ask::Look,
        ("GET", _) => Ask::Get,
        ("PATCH", "application/apply-patch+yaml") => {
            assert!(query.contains("force=true") && query.contains("fieldManager=mcp-schema-operator"), "{query}");
            Ask::Apply
        }
        ("PATCH", "application/merge-patch+json") => Ask::Merge,
        ("DELETE", _) => Ask::Delete,
        (method, kind) => panic!("{method} {kind}"),
    };
    assert!(request.method() != "PATCH" || metadata_alone, "the data does not come back");
    (ask, name.to_owned())
}

/// The resource.
pub(crate) fn resource(output: Value) -> SchemaSnapshot {
    serde_json::from_value(json!({
        "apiVersion": "mcpschema.io/v1alpha1", "kind": "SchemaSnapshot",
        "metadata": {"name": "orders", "namespace": "shop", "uid": "uid-1"},
        "spec": {"databases": {"include": ["shop"]}, "output": output},
    }))
    .unwrap()
}

/// A schema of two tables and a view.
pub(crate) fn schema() -> Snapshot {
    let column = json!({"name": "id", "ordinal": 1, "type": {"base": "int"}, "nullable": false});
    let table = |name: &str| json!({"name": name, "kind": "base", "columns": [column]});
    serde_json::from_value(json!({
        "modelVersion": 1,
        "server": {"dialect": "tidb", "version": "8.0.11-TiDB-v8.4.0", "lowerCaseTableNames": 2,
            "timeZone": "UTC", "fkChecks": true},
        "databases": [{"name": "shop", "charset": "utf8mb4", "collation": "utf8mb4_bin",
            "tables": [table("a.b"), table("orders")], "views": [{"name": "open", "definition": "select 1"}]}],
    }))
    .unwrap()
}

pub(crate) fn laid_out(shards: u32) -> Layout {
    let previous = Placement::new();
    let input = Input {
        name: INDEX,
        snapshot: &schema(),
        asked: Some(shards),
        formats: &[],
        kept: None,
        previous: &previous,
        previous_files: &previous,
    };
    layout::layout(&input).unwrap()
}

pub(crate) fn planned(snapshot: &SchemaSnapshot, layout: &Layout, owned: &[Owned], outputs: &[OutputStatus]) -> Plan {
    plan::plan(&Desired { snapshot, layout, volatile: &BTreeMap::new() }, owned, outputs)
}

/// The cluster and the status after `layout` was written; versions start at 10.
pub(crate) fn written(snapshot: &SchemaSnapshot, layout: &Layout) -> (Vec<Owned>, Vec<OutputStatus>) {
    let both = planned(snapshot, layout, &[], &[]).writes.into_iter().enumerate().map(|(at, write)| {
        let (meta, resource_version) = (write.config_map.metadata, (10 + at).to_string());
        let name = meta.name.unwrap();
        let output = OutputStatus {
            config_map: name.clone(),
            bytes: u32::try_from(write.bytes).unwrap(),
            hash: write.hash,
            resource_version: resource_version.clone(),
        };
        let owned = Owned {
            uid: format!("uid-of-{name}"),
            name,
            resource_version,
            labels: meta.labels.unwrap_or_default(),
            annotations: meta.annotations.unwrap_or_default(),
            controlled: true,
        };
        (owned, output)
    });
    both.unzip()
}
