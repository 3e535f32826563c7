//! The database and the MCP server do what the operator's tests will rely on: scripts, least privilege, a real handshake,
//! and the outages of a real server.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::time::Duration;

use mcpschema_bed::{Database, Engine, Login, McpServer, engines, wait_for};
use serde_json::json;
use tokio::sync::OnceCell;

static DATABASE: OnceCell<Database> = OnceCell::const_new();

async fn database() -> &'static Database {
    DATABASE.get_or_try_init(|| Database::start(Engine::MariaDb)).await.unwrap()
}

fn http() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(5)).build().unwrap()
}

async fn initialize(server: &McpServer) -> reqwest::Result<reqwest::Response> {
    let client = json!({"name": "bed", "version": "1"});
    let params = json!({"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": client});
    let request = json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params});
    http().post(server.url()).header("accept", "application/json, text/event-stream").json(&request).send().await
}

#[tokio::test]
async fn mariadb_can_always_run_here() {
    assert_eq!(engines().unwrap()[0], Engine::MariaDb);
}

#[tokio::test]
async fn a_script_fills_a_database_and_rows_come_back_typed() {
    let admin = database().await.admin();
    let script = "CREATE DATABASE script; -- one; comment\n\
        CREATE TABLE script.`a;b` (id bigint unsigned, d decimal(4,2), t varchar(9), at datetime(3), n int);\n\
        INSERT INTO script.`a;b` VALUES (18446744073709551615, 1.5, 'é;''', '2024-02-29 13:14:15.123', NULL);";
    admin.execute_script(script).await.unwrap();
    let rows = admin.rows("SELECT * FROM script.`a;b`").await.unwrap();
    let wanted = json!({"id": u64::MAX, "d": "1.50", "t": "é;'", "at": "2024-02-29T13:14:15.123", "n": null});
    assert_eq!(json!(rows), json!([wanted]));
}

#[tokio::test]
async fn a_reader_sees_what_it_was_granted_and_writes_nothing() {
    let database = database().await;
    let script = "CREATE DATABASE read_me; CREATE TABLE read_me.t (id int); CREATE DATABASE readxme; CREATE TABLE readxme.t (id int)";
    database.admin().execute_script(script).await.unwrap();
    let login = database.create_reader("narrow", &["read_me"]).await.unwrap();
    let reader = database.connect(&login);
    reader.rows("SELECT * FROM read_me.t").await.unwrap();
    for refused in ["INSERT INTO read_me.t VALUES (1)", "SELECT * FROM readxme.t", "CREATE TABLE read_me.u (id int)"] {
        let error = reader.execute(refused).await.unwrap_err().to_string();
        assert!(error.contains("1142"), "{error}");
    }
}

#[tokio::test]
async fn the_mcp_server_answers_the_handshake_and_survives_its_outages() {
    let database = database().await;
    let login = database.create_reader("mcp", &["*"]).await.unwrap();
    let server = McpServer::start(database, &login).await.unwrap();
    let answer = initialize(&server).await.unwrap();
    assert_eq!(answer.status(), 200);
    assert!(answer.text().await.unwrap().contains("serverInfo"));

    server.pause().unwrap();
    assert!(initialize(&server).await.unwrap_err().is_timeout());
    server.resume().unwrap();
    let look = async || initialize(&server).await.and_then(reqwest::Response::error_for_status).map(drop);
    wait_for("an answer after the pause", Duration::from_secs(60), look).await.unwrap();

    let url = server.url();
    server.kill();
    assert!(initialize(&server).await.unwrap_err().is_connect());
    assert!(server.pause().unwrap_err().to_string().contains("does not run"));
    server.restart().await.unwrap();
    assert_eq!(server.url(), url);
    assert_eq!(initialize(&server).await.unwrap().status(), 200);
}

#[tokio::test]
async fn the_mcp_server_starts_with_a_wrong_password_too() {
    let database = database().await;
    let login = Login { user: "nobody".to_owned(), password: "wrong".to_owned() };
    let server = McpServer::start(database, &login).await.unwrap();
    assert_eq!(initialize(&server).await.unwrap().status(), 200);
}
