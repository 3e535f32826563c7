//! Bad input gets a clear answer, and nothing is lost by it.

use kube::api::{Api, Patch, PatchParams};
use mcp_schema_operator::api::SchemaSnapshot;
use mcp_schema_operator::api::conditions::{ConditionType, find};
use mcpschema_bed::{Login, McpServer};
use serde_json::json;

use crate::server::{Mode, Server};
use crate::support::Case;

#[tokio::test(flavor = "multi_thread")]
async fn an_unreachable_url_says_so() {
    let case = Case::new("unreachable").await;
    case.snapshot("http://127.0.0.1:1/mcp", json!({})).await;
    let status = case.condition(ConditionType::Ready, "False", "SourceUnavailable").await;
    assert_eq!(find(&status.conditions, ConditionType::SourceReachable).unwrap().reason, "ConnectFailed");
    case.event("ConnectFailed").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_path_says_so() {
    let case = Case::new("path").await;
    let url = case.world.bed.mcp.url().replace("/mcp", "/wrong");
    case.snapshot(&url, json!({})).await;
    let status = case.condition(ConditionType::SourceReachable, "False", "WrongEndpoint").await;
    let message = Case::message(&status, ConditionType::SourceReachable);
    assert!(message.contains("404") && message.contains("as in http://host:port/mcp"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_a_sql_tool_stalls_with_a_list_of_what_it_has() {
    let case = Case::new("notool").await;
    let server = Server::empty().await;
    server.set(Mode::NoSqlTool);
    case.snapshot(&server.url(), json!({})).await;
    let status = case.condition(ConditionType::Ready, "False", "NoSqlTool").await;
    assert_eq!(find(&status.conditions, ConditionType::Stalled).unwrap().status, "True");
    assert_eq!(find(&status.conditions, ConditionType::Reconciling).unwrap().status, "False");
    let message = Case::message(&status, ConditionType::Ready);
    assert!(message.contains("db_query"), "says what is supported: {message}");
    // Mended, and asked for by annotation, it goes on: nothing is stuck for ever.
    case.run(&format!("CREATE TABLE `{}`.t (id INT PRIMARY KEY)", case.database)).await;
    let url = case.world.bed.mcp.url();
    case.snapshot(&url, json!({})).await;
    case.published().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_database_password_behind_the_server_is_told_apart() {
    let case = Case::new("password").await;
    let login = Login { password: "wrong".to_owned(), ..case.world.bed.reader.clone() };
    let server = McpServer::start(&case.world.bed.database, &login).await.unwrap();
    case.snapshot(&server.url(), json!({})).await;
    let status = case.condition(ConditionType::SourceReachable, "False", "DatabaseError").await;
    let message = Case::message(&status, ConditionType::SourceReachable);
    assert!(message.contains("1045") && message.contains("password"), "{message}");
    assert!(!message.contains(&case.world.bed.reader.user), "no account names: {message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn globs_that_match_nothing_keep_what_was_published() {
    let case = Case::new("nothing").await;
    case.table("t", "id INT PRIMARY KEY").await;
    let url = case.world.bed.mcp.url();
    case.snapshot(&url, json!({})).await;
    case.published().await;
    let before = case.data("orders-schema").await;
    case.snapshot(&url, json!({"tables": {"include": ["nosuch_*"]}})).await;
    let status = case.condition(ConditionType::Ready, "False", "NothingSelected").await;
    assert_eq!(find(&status.conditions, ConditionType::Reconciling).unwrap().status, "True");
    assert_eq!(find(&status.conditions, ConditionType::Fresh).unwrap().status, "True");
    assert_eq!(case.data("orders-schema").await, before);
    case.snapshot(&url, json!({"databases": {"include": ["t_nothing_*"]}, "tables": {"include": ["*"]}})).await;
    case.condition(ConditionType::Ready, "False", "NothingSelected").await;
    assert_eq!(case.data("orders-schema").await, before);
    case.snapshot(&url, json!({"databases": {"include": [case.database]}})).await;
    case.published().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_glob_that_is_none_stalls_with_a_sentence() {
    let case = Case::new("glob").await;
    case.snapshot(&case.world.bed.mcp.url(), json!({"tables": {"include": ["[a"]}})).await;
    let status = case.condition(ConditionType::Ready, "False", "InvalidSpec").await;
    assert_eq!(find(&status.conditions, ConditionType::Stalled).unwrap().status, "True");
    assert!(Case::message(&status, ConditionType::Ready).contains("tables.include"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_admission_refuses_never_reaches_the_operator() {
    let case = Case::new("admission-refused").await;
    let api: Api<SchemaSnapshot> = case.snapshots();
    for (spec, says) in [
        (json!({"source": {"url": "ftp://h/mcp"}, "databases": {"include": ["a"]}}), "absolute http or https URL"),
        (
            json!({"source": {"url": "http://u:hunter2@h/mcp"}, "databases": {"include": ["a"]}}),
            "user name or password",
        ),
        (json!({"refresh": {"interval": "5x"}, "databases": {"include": ["a"]}}), "at least 10s"),
        (json!({"refresh": {"interval": "1s"}, "databases": {"include": ["a"]}}), "at least 10s"),
        (json!({}), "name the databases to mirror"),
    ] {
        let object = json!({"apiVersion": "mcpschema.io/v1alpha1", "kind": "SchemaSnapshot",
            "metadata": {"name": "bad"}, "spec": spec});
        let error =
            api.patch("bad", &PatchParams::apply("test"), &Patch::Apply(&object)).await.unwrap_err().to_string();
        assert!(error.contains(says) && !error.contains("hunter2"), "{spec}: {error}");
    }
}
