//! Whether packed rows are used is found out at connect time; a server that spoils or refuses them is used plainly.

use mcp_schema_operator::mcp::SqlSource as _;
use serde_json::{Value, json};

use crate::server::{Answer, Server, canary, is_canary};
use crate::support::connect;

/// What pytidb answers to the second canary on MariaDB.
const PACKED: &str = "[[1, \"\\\"'\\\\\\\\n\\u0000\\u0001\\b\\n\\r\\u001F\u{7f}é\u{2028}😀\", null, \"NULL\", 9007199254740993],[2, \"\", \"x\", \" \", 0]]";

/// A server that answers the second canary so.
async fn packs(answer: Answer) -> bool {
    let server = Server::start(move |sql| {
        let answer = if is_canary(&sql) { Answer::Rows(canary()) } else { answer.clone() };
        async move { Some(answer) }
    })
    .await;
    let connection = connect(&server.url()).await.expect("a session all the same");
    let queries = server.queries();
    assert_eq!(queries.len(), 2, "{queries:?}");
    assert!(queries[1].contains("JSON_ARRAYAGG"), "{queries:?}");
    connection.server().packed
}

#[tokio::test]
async fn only_an_exact_answer_turns_packing_on() {
    let row = |packed: Value| Answer::Rows(vec![json!({"t": "G", "k": "47", "n": 2, "r": packed})]);
    assert!(packs(row(PACKED.into())).await);
    let parsed: Value = serde_json::from_str(PACKED).unwrap();
    for answer in [
        row(parsed),
        row(PACKED.replace('😀', "?").into()),
        row(Value::Null),
        Answer::Rows(vec![]),
        Answer::Error("Error: Parsing failed".to_owned()),
        Answer::database_error(1305, "FUNCTION JSON_ARRAYAGG does not exist", ""),
        Answer::Raw { structured: None, content: vec!["nonsense".to_owned()], is_error: false },
    ] {
        assert!(!packs(answer.clone()).await, "{answer:?}");
    }
}
