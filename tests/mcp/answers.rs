//! Answers that are errors in disguise, and answers that are not whole, as they come over a live connection.

use mcp_schema_operator::error::Reason;
use mcp_schema_operator::mcp::{Connection, Dialect, Endpoint, page, query};
use serde_json::{Value, json};

use crate::server::{Answer, Fault, Mode, Server, Speaks, When, canary, is_canary};
use crate::support::{Notes, endpoint, fit_to_show};

/// A product: how it is reached, its tool, and what it answers to `SELECT bad` and to anything else.
struct Product {
    dialect: Dialect,
    speaks: Speaks,
    tool: (&'static str, &'static str),
    wrap: fn(Vec<Value>) -> Answer,
    bad: fn() -> Answer,
}

fn text(body: Value) -> Answer {
    Answer::Raw { structured: None, content: vec![body.to_string()], is_error: false }
}

fn structured(body: Value) -> Answer {
    Answer::Raw { structured: Some(body), content: vec![], is_error: false }
}

fn products() -> Vec<(&'static str, Product)> {
    let rest = |bad| Product {
        dialect: Dialect::RestTools,
        speaks: Speaks::Rest,
        tool: ("execute_query_tool", "query"),
        wrap: Answer::Rows,
        bad,
    };
    vec![
        (
            "isError",
            Product {
                dialect: Dialect::Pytidb,
                speaks: Speaks::Streamable,
                tool: ("db_query", "sql_stmt"),
                wrap: Answer::Rows,
                bad: || Answer::database_error(1146, "Table 'n.none' doesn't exist", "SELECT hunter2"),
            },
        ),
        (
            "success: false in a text",
            Product {
                dialect: Dialect::Dbhub,
                speaks: Speaks::Stateless,
                tool: ("execute_sql", "sql"),
                wrap: |rows| {
                    text(
                        json!({"success": true, "data": {"statements": [{"sql": "hunter2", "count": rows.len(), "rows": rows}]}}),
                    )
                },
                bad: || {
                    text(
                        json!({"success": false, "error": "(conn:1, no: 1146, SQLState: 42S02) Table 'n.none' doesn't exist\nsql: hunter2", "code": "EXECUTION_ERROR"}),
                    )
                },
            },
        ),
        (
            "plain text",
            Product {
                dialect: Dialect::Benborla,
                speaks: Speaks::Streamable,
                tool: ("mysql_query", "sql"),
                wrap: |rows| text(json!(rows)),
                bad: || Answer::Raw {
                    structured: None,
                    content: vec!["Error: Table 'n.none' doesn't exist".into()],
                    is_error: false,
                },
            },
        ),
        (
            "success: false beside rows",
            rest(|| {
                structured(
                    json!({"columns": [], "rows": [], "row_count": 0, "success": false, "error": "(1146, \"Table 'n.none' doesn't exist\")"}),
                )
            }),
        ),
        (
            "an object error",
            rest(|| {
                structured(
                    json!({"error": {"code": "INTERNAL", "message": "(1146, \"Table 'n.none' doesn't exist\")", "request_id": "hunter2"}}),
                )
            }),
        ),
        (
            "a row that is an error",
            rest(|| {
                structured(
                    json!({"rows": [{"error": "(1146, \"Table 'n.none' doesn't exist\")"}], "row_count": 1, "success": true}),
                )
            }),
        ),
    ]
}

async fn connected(product: &Product) -> (Server, Connection, std::sync::Arc<Notes>) {
    let (wrap, bad) = (product.wrap, product.bad);
    let server = Server::start(move |sql| async move {
        Some(match sql.as_str() {
            "SELECT bad" => bad(),
            "SELECT cut" => {
                structured(json!({"rows": [{"a": 1}, {"a": 2}], "row_count": 2, "truncated": true, "success": true}))
            }
            "SELECT short" => {
                structured(json!({"rows": [{"a": 1}], "row_count": 2, "truncated": false, "success": true}))
            }
            _ => wrap(if is_canary(&sql) { canary() } else { vec![json!({"a": 1})] }),
        })
    })
    .await;
    server.speak(product.speaks);
    server.offer(product.tool.0, product.tool.1);
    let notes = Notes::new();
    let endpoint = Endpoint { dialect: Some(product.dialect), ..endpoint(&server.base()) };
    let connection = Connection::connect(endpoint, notes.clone()).await.unwrap();
    (server, connection, notes)
}

#[tokio::test]
async fn an_error_is_one_in_every_shape_it_comes_in_and_costs_no_session() {
    for (shape, product) in products() {
        let (server, connection, notes) = connected(&product).await;
        let error = query(&connection, "SELECT bad").await.expect_err(shape);
        fit_to_show(&error);
        assert_eq!((error.reason, error.sql_code), (Reason::DatabaseError, Some(1146)), "{shape}: {error}");
        assert_eq!(
            notes.calls.lock().unwrap().last().unwrap().0,
            Err(Reason::DatabaseError),
            "{shape}: counted as what it is"
        );
        assert_eq!(query(&connection, "SELECT 1").await.unwrap().len(), 1, "{shape}");
        assert_eq!(server.queries().iter().filter(|sql| is_canary(sql)).count(), 1, "{shape}: one session");

        if product.speaks == Speaks::Streamable {
            server.set(Mode::Broken(Fault::Rpc(-32000), When::NextCalls(1)));
            let error = query(&connection, "SELECT 1").await.expect_err("a JSON-RPC error");
            assert_eq!(error.reason, Reason::ProtocolError, "{shape}: {error}");
        }
    }
}

#[tokio::test]
async fn an_answer_that_says_it_was_cut_is_no_whole_one_and_one_that_miscounts_is_refused() {
    let (_, product) = products().pop().unwrap();
    let (_server, connection, _) = connected(&product).await;
    let error = query(&connection, "SELECT cut").await.expect_err("not all rows came");
    fit_to_show(&error);
    assert_eq!(error.reason, Reason::ResponseTooLarge, "{error}");
    let cut = page(&connection, "SELECT cut").await.unwrap();
    assert!(cut.truncated && cut.rows.len() == 2);
    let error = query(&connection, "SELECT short").await.expect_err("one row is missing");
    fit_to_show(&error);
    assert_eq!(error.reason, Reason::ProtocolError, "{error}");
    assert_eq!(query(&connection, "SELECT 1").await.unwrap().len(), 1);
}
