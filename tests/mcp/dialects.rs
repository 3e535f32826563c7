//! The live client against every recorded server: a small HTTP server gives each one's handshake, list of tools and answers
//! as recorded, so that the tool is found, called as it wants to be called, and its answers read, all over the wire.

use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use mcp_schema_operator::error::Reason;
use mcp_schema_operator::mcp::{Connection, Custom, Dialect, Endpoint, SqlSource, query, unobserved};
use serde_json::{Map, Value, json};

use crate::recordings::{ALL, calls, path};

/// What the client asks besides the canary where decimals come as base64.
const VERSION: &str = "SELECT VERSION() AS version";

/// A server that answers from a recording.
struct Played {
    url: String,
    shared: Arc<Shared>,
    task: tokio::task::JoinHandle<()>,
}

struct Shared {
    handshake: Value,
    lines: Vec<Value>,
    /// What [`VERSION`] answers.
    version: String,
    called: Mutex<Vec<Value>>,
}

impl Played {
    async fn start(recording: (&str, &str), version: &str) -> Self {
        let told = std::fs::read(path(recording).with_extension("handshake.json")).unwrap();
        let shared = Arc::new(Shared {
            handshake: serde_json::from_slice(&told).unwrap(),
            lines: calls(recording).1,
            version: version.to_owned(),
            called: Mutex::default(),
        });
        let router = axum::Router::new().fallback(answer).with_state(Arc::clone(&shared));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/mcp", listener.local_addr().unwrap());
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, shared, task }
    }

    fn endpoint(&self) -> Endpoint {
        Endpoint { max_retries: 0, ..Endpoint::new(&self.url).unwrap() }
    }

    /// Arguments of every call so far.
    fn called(&self) -> Vec<Value> {
        self.shared.called.lock().unwrap().clone()
    }
}

impl Drop for Played {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer(State(shared): State<Arc<Shared>>, request: Bytes) -> Response {
    let request: Value = serde_json::from_slice(&request).unwrap_or_default();
    let result = match request["method"].as_str().unwrap_or_default() {
        "initialize" => shared.handshake["initialize"].clone(),
        "tools/list" => shared.handshake["tools/list"].clone(),
        "tools/call" => shared.call(&request["params"]["arguments"]),
        _ => return StatusCode::ACCEPTED.into_response(),
    };
    let answer = json!({"jsonrpc": "2.0", "id": request["id"], "result": result});
    ([(header::CONTENT_TYPE, "application/json")], answer.to_string()).into_response()
}

impl Shared {
    fn call(&self, arguments: &Value) -> Value {
        self.called.lock().unwrap().push(arguments.clone());
        let sql = arguments.as_object().and_then(|all| all.values().find(|value| value.is_string())).unwrap();
        if sql == VERSION {
            let row = json!({"version": self.version}).to_string();
            return json!({"content": [{"type": "text", "text": row}]});
        }
        let Some(line) = self.lines.iter().find(|line| line["sql"] == *sql) else {
            return json!({"content": [{"type": "text", "text": "not recorded"}], "isError": true});
        };
        let blocks: Vec<_> =
            line["content"].as_array().unwrap().iter().map(|text| json!({"type": "text", "text": text})).collect();
        let mut result = json!({"content": blocks, "isError": line["isError"]});
        if line["structured"].is_object() {
            result["structuredContent"] = line["structured"].clone();
        }
        result
    }
}

fn facts(recording: (&str, &str)) -> String {
    let line = calls(recording).1.into_iter().find(|line| line["name"] == "facts").unwrap();
    line["sql"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn every_recorded_server_is_recognised_passes_the_canary_and_answers() {
    for recording in ALL {
        let server = Played::start(recording, "8.0.11-TiDB-v8.4.0").await;
        let connection = Connection::connect(server.endpoint(), unobserved()).await.unwrap();
        let (told, _) = calls(recording);
        let found = connection.server();
        assert_eq!((found.dialect, &found.name, &found.version), (told.dialect, &told.name, &told.version));
        assert_eq!(found.protocol_version, told.protocol_version, "{recording:?}");

        let sql = facts(recording);
        let rows = query(&connection, &sql).await.unwrap();
        let engine = if recording.0.starts_with("tidb") { "TiDB" } else { "MariaDB" };
        assert!(rows[0].text("version").unwrap().contains(engine), "{recording:?}");

        let argument = if recording.1 == "pytidb" { "sql_stmt" } else { "sql" };
        let called = server.called();
        assert_eq!(called.last(), Some(&json!({argument: sql})), "{recording:?}");
        // Only where decimals come as base64 is the engine asked for.
        let asked = called.iter().filter(|call| call[argument] == VERSION).count();
        assert_eq!(asked, usize::from(recording.1 == "toolbox-tidb"), "{recording:?}: {called:?}");
        let missing = query(&connection, "SELECT a FROM nasty_shop.nope").await.unwrap_err();
        assert_eq!((missing.reason, missing.sql_code), (Reason::DatabaseError, Some(1146)), "{recording:?}");
        connection.close().await;
    }
}

#[tokio::test]
async fn a_toolbox_of_type_tidb_in_front_of_another_database_is_refused() {
    let server = Played::start(("tidb-8.4.0", "toolbox-tidb"), "10.11.19-MariaDB").await;
    let error = Connection::connect(server.endpoint(), unobserved()).await.unwrap_err();
    assert_eq!(error.reason, Reason::CanaryFailed);
    assert!(error.message.contains("has type tidb, but the database is not TiDB: use type mysql"), "{error}");
}

#[tokio::test]
async fn the_dialect_that_the_user_names_is_the_one_spoken() {
    let server = Played::start(("mariadb-10.11", "dbhub"), "").await;
    for (dialect, reason) in [
        (Dialect::Pytidb, Reason::NoSqlTool),
        (Dialect::Benborla, Reason::NoSqlTool),
        // The tool is called alike, but what it answers is not rows.
        (Dialect::Toolbox, Reason::CanaryFailed),
    ] {
        let endpoint = Endpoint { dialect: Some(dialect), ..server.endpoint() };
        let error = Connection::connect(endpoint, unobserved()).await.unwrap_err();
        assert_eq!(error.reason, reason, "{dialect}: {error}");
    }
    let extra: Map<_, _> = [("limit".to_owned(), json!(0))].into_iter().collect();
    let custom = Custom {
        tool: "execute_sql".into(),
        sql_argument: "sql".into(),
        extra_arguments: extra,
        rows_pointer: "/data/statements/0/rows".into(),
    };
    let endpoint = Endpoint { dialect: Some(Dialect::Custom), custom: Some(custom), ..server.endpoint() };
    let connection = Connection::connect(endpoint, unobserved()).await.unwrap();
    assert_eq!(connection.server().dialect, Dialect::Custom);
    let sql = facts(("mariadb-10.11", "dbhub"));
    let rows = query(&connection, &sql).await.unwrap();
    assert!(rows[0].text("version").unwrap().contains("MariaDB"));
    assert_eq!(server.called().last(), Some(&json!({"sql": sql, "limit": 0})));
    connection.close().await;
}
