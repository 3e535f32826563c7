//! Every MCP server of the test bed starts with a reader's login, speaks its transport, asks for its token, and comes back
//! on the same port after it was killed.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::time::Duration;

use mcpschema_bed::{Database, Engine, Login, McpServer, ServerKind, ServerOptions};
use reqwest::{RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use tokio::sync::OnceCell;

static DATABASE: OnceCell<(Database, Login)> = OnceCell::const_new();

async fn database() -> &'static (Database, Login) {
    let start = async || {
        let database = Database::start(Engine::MariaDb).await?;
        let login = database.create_reader("reader", &["*"]).await?;
        Ok::<_, mcpschema_bed::BedError>((database, login))
    };
    DATABASE.get_or_try_init(start).await.unwrap()
}

async fn start(kind: ServerKind) -> McpServer {
    let (database, login) = database().await;
    McpServer::start_kind(kind, database, login).await.unwrap()
}

fn http() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(30)).build().unwrap()
}

fn authorized(server: &McpServer, request: RequestBuilder) -> RequestBuilder {
    match server.token() {
        Some(token) => request.bearer_auth(token),
        None => request,
    }
}

fn initialize(server: &McpServer) -> RequestBuilder {
    let client = json!({"name": "bed", "version": "1"});
    let params = json!({"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": client});
    let request = json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params});
    http().post(server.url()).header("accept", "application/json, text/event-stream").json(&request)
}

async fn speaks(server: &McpServer) {
    let text = match server.kind() {
        ServerKind::PytidbSse => {
            let mut stream = http().get(server.url()).send().await.unwrap();
            let first = stream.chunk().await.unwrap().unwrap();
            String::from_utf8(first.to_vec()).unwrap()
        }
        ServerKind::RestTools => ask(server, "SELECT 'serverInfo' AS a").await.to_string(),
        _ => {
            let answer = authorized(server, initialize(server)).send().await.unwrap();
            assert_eq!(answer.status(), 200, "{}", server.kind());
            answer.text().await.unwrap()
        }
    };
    let want = if server.kind() == ServerKind::PytidbSse { "event: endpoint" } else { "serverInfo" };
    assert!(text.contains(want), "{}: {text}", server.kind());
}

#[tokio::test]
async fn every_server_starts_speaks_and_comes_back_on_the_same_port() {
    let all = ServerKind::ALL.map(async |kind| {
        let server = start(kind).await;
        speaks(&server).await;
        server.kill();
        assert!(http().get(server.url()).send().await.unwrap_err().is_connect(), "{kind}");
        server.restart().await.unwrap();
        speaks(&server).await;
    });
    futures::future::join_all(all).await;
}

#[tokio::test]
async fn servers_that_ask_for_a_token_refuse_without_it() {
    let (database, login) = database().await;
    for kind in [ServerKind::Dbhub, ServerKind::Benborla] {
        let options = ServerOptions { token: true, ..ServerOptions::new(kind, Engine::MariaDb) };
        let server = McpServer::launch(&options, database.port(), login).await.unwrap();
        let answer = initialize(&server).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{kind}");
        let challenge = answer.headers().contains_key("www-authenticate");
        assert_eq!(challenge, kind == ServerKind::Dbhub, "{kind}");
        speaks(&server).await;
    }
}

/// Every interface of a Linux machine is in 127.0.0.0/8 or has an address of its own; 127.0.0.2 stands for "any other".
#[tokio::test]
async fn every_server_listens_on_one_address_alone() {
    for kind in ServerKind::ALL {
        let server = start(kind).await;
        let elsewhere = tokio::net::TcpStream::connect(("127.0.0.2", server.port())).await;
        assert!(elsewhere.is_err(), "{kind} listens on every interface");
    }
}

async fn post(server: &McpServer, tool: &str, arguments: &Value) -> Response {
    http().post(format!("{}/tools/{tool}", server.url())).json(arguments).send().await.unwrap()
}

async fn ask(server: &McpServer, query: &str) -> Value {
    let answer = post(server, "execute_query_tool", &json!({"query": query, "use_cache": false})).await;
    assert_eq!(answer.status(), 200);
    answer.json().await.unwrap()
}

#[tokio::test]
async fn the_rest_tools_answer_rows_up_to_their_cap() {
    let server = start(ServerKind::RestTools).await;
    let query = "SELECT 1 AS i, CAST(1.5 AS DECIMAL(2,1)) AS d, NULL AS z, X'FF' AS b, 18446744073709551615 AS u";
    let want = json!({"i": 1, "d": 1.5, "z": null, "b": "/w==", "u": u64::MAX});
    let answer = ask(&server, query).await;
    assert_eq!(answer["rows"], json!([want]));
    assert_eq!((&answer["success"], &answer["truncated"]), (&json!(true), &json!(false)));
    assert_eq!(answer["columns"], json!(["i", "d", "z", "b", "u"]));
    for (rows, want, truncated) in [(99, 99, false), (100, 100, false), (101, 100, true)] {
        let answer = ask(&server, &format!("SELECT COLUMN_NAME FROM information_schema.COLUMNS LIMIT {rows}")).await;
        assert_eq!((&answer["row_count"], &answer["truncated"]), (&json!(want), &json!(truncated)), "{rows}");
    }
}

#[tokio::test]
async fn the_rest_tools_refuse_words_wherever_they_stand_with_status_200() {
    let server = start(ServerKind::RestTools).await;
    for (query, word) in [
        ("SELECT 'set' AS a", "SET"),
        ("SELECT 1 AS `check`", "CHECK"),
        ("WITH a AS (SELECT 1) SELECT * FROM a", "must start with"),
        ("SELECT 1 -- x", "comment"),
        ("", "empty"),
        ("SELECT * FROM information_schema.NOPE", "1109"),
    ] {
        let answer = ask(&server, query).await;
        assert_eq!(answer["success"], json!(false), "{query}");
        assert!(answer["error"].as_str().unwrap().contains(word), "{answer}");
    }
    let passed = ask(&server, "SELECT COUNT(*) AS n FROM information_schema.CHECK_CONSTRAINTS").await;
    assert_eq!(passed["success"], json!(true));
}

#[tokio::test]
async fn the_rest_tools_answer_wrong_requests_and_old_answers_as_theirs_do() {
    let server = start(ServerKind::RestTools).await;
    assert_eq!(post(&server, "execute_query_tool", &json!({})).await.status(), 422);
    assert_eq!(post(&server, "execute_query_tool", &json!({"query": 1})).await.status(), 422);
    assert_eq!(post(&server, "nope", &json!({})).await.status(), 404);
    let origin = http().get(format!("{}/health", server.url())).header("origin", "http://x").send().await.unwrap();
    assert_eq!(origin.headers()["access-control-allow-origin"], "*");

    let clock = "SELECT NOW(6) AS t";
    let cached = json!({"query": clock});
    let first: Value = post(&server, "execute_query_tool", &cached).await.json().await.unwrap();
    let again: Value = post(&server, "execute_query_tool", &cached).await.json().await.unwrap();
    assert_eq!(first, again);
    assert_ne!(ask(&server, clock).await["rows"], first["rows"]);
    post(&server, "clear_cache_tool", &json!({})).await.error_for_status().unwrap();
    let fresh: Value = post(&server, "execute_query_tool", &cached).await.json().await.unwrap();
    assert_ne!(fresh["rows"], first["rows"]);
    let nothing: Value =
        post(&server, "discover_tables_tool", &json!({"database": "nope"})).await.json().await.unwrap();
    assert_eq!(nothing, json!([]));
}
