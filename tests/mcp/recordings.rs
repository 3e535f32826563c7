//! Real answers of TiDB 8.4.0 and MariaDB 10.11 through five MCP servers, as recorded: what replays, and how. The cells
//! are compared in `recordings_cells`, the errors judged in `recordings_errors`.

use std::path::PathBuf;

use mcp_schema_operator::error::Reason;
use mcp_schema_operator::mcp::{Dialect, RawAnswer, Replay, ReplayError, ServerInfo, SqlSource, decode, page, query};
use serde_json::Value;

use crate::support::fit_to_show;

/// Every recording: engine and server.
pub(crate) const ALL: [(&str, &str); 9] = [
    ("mariadb-10.11", "pytidb"),
    ("mariadb-10.11", "dbhub"),
    ("mariadb-10.11", "toolbox-mysql"),
    ("mariadb-10.11", "benborla"),
    ("tidb-8.4.0", "pytidb"),
    ("tidb-8.4.0", "dbhub"),
    ("tidb-8.4.0", "toolbox-mysql"),
    ("tidb-8.4.0", "toolbox-tidb"),
    ("tidb-8.4.0", "benborla"),
];

/// The recording of one server.
pub(crate) fn path((engine, server): (&str, &str)) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/recordings").join(engine).join(format!("{server}.ndjson"))
}

/// Who answered, and the lines that are calls.
pub(crate) fn calls(recording: (&str, &str)) -> (ServerInfo, Vec<Value>) {
    let text = std::fs::read_to_string(path(recording)).unwrap();
    let mut lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let server = serde_json::from_value(lines.next().unwrap()["server"].clone()).unwrap();
    (server, lines.collect())
}

const PYTIDB: [(&str, &str); 2] = [ALL[0], ALL[4]];

#[tokio::test]
async fn a_tape_of_any_server_replays_in_that_servers_dialect() {
    for recording in ALL {
        let replay = Replay::open([path(recording)]).unwrap();
        let want = match recording.1 {
            "pytidb" => Dialect::Pytidb,
            "dbhub" => Dialect::Dbhub,
            "benborla" => Dialect::Benborla,
            _ => Dialect::Toolbox,
        };
        assert_eq!(replay.server().dialect, want, "{recording:?}");
        let mut seen = (0, 0);
        for line in calls(recording).1 {
            let Some(sql) = line["sql"].as_str() else { continue };
            let name = line["name"].as_str().unwrap();
            // Answers without an error that are not the rows of one statement, or from which one cannot tell.
            let refused = match (recording.1, name) {
                ("benborla", "misc.empty" | "misc.set") => line["isError"] == false,
                ("dbhub", "misc.multi") | ("toolbox-mysql", "misc.duplicate-label") => true,
                _ => false,
            };
            match query(&replay, sql).await {
                Ok(_) => {
                    assert!(line["isError"] == false && !refused, "{recording:?} {name}");
                    seen.0 += 1;
                }
                Err(error) => {
                    assert!(line["isError"] == true || refused, "{recording:?} {name}: {error}");
                    fit_to_show(&error);
                    seen.1 += 1;
                }
            }
        }
        assert!(seen.0 >= 60 && seen.1 >= 5, "{recording:?}: {seen:?}");
    }
}

#[tokio::test]
async fn rows_read_alike_from_structured_content_and_from_the_texts() {
    for recording in PYTIDB {
        let (server, lines) = calls(recording);
        for line in lines.into_iter().filter(|line| line["isError"] == false && line["sql"].is_string()) {
            let mut answer: RawAnswer = serde_json::from_value(line.clone()).unwrap();
            let page = decode(&server, answer.clone()).unwrap();
            assert_eq!(page.rows.len(), line["structured"]["result"].as_array().unwrap().len(), "{}", line["name"]);
            answer.structured = None;
            assert_eq!(decode(&server, answer).unwrap(), page, "{recording:?} {}", line["name"]);
        }
    }
}

#[tokio::test]
async fn recordings_can_be_chained_and_an_unknown_query_is_named() {
    let replay = Replay::open(PYTIDB.map(path)).unwrap();
    // Recorded twice in each file, with a wrong password and then with a wrong database.
    let login = "SELECT 1 AS a";
    for code in [1045, 1049, 1045, 1049, 1049] {
        assert_eq!(query(&replay, login).await.expect_err("a login error").sql_code, Some(code));
    }

    let error = replay.ask("SELECT\n'never asked'").await.expect_err("not in the recording");
    assert_eq!(error.reason, Reason::InvalidSpec);
    assert!(error.message.contains("no answer to the query SELECT\\u{a}'never asked'"), "{error}");
}

#[tokio::test]
async fn a_tape_of_a_described_tool_carries_where_its_rows_are() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x.ndjson");
    let lines = concat!(
        r#"{"server":{"name":"x","version":"","protocolVersion":"2025-11-25","dialect":"Custom","rowsPointer":"/data/rows"}}"#,
        "\n",
        r#"{"sql":"SELECT 1 AS n","content":["{\"data\":{\"rows\":[{\"n\":1}]}}"],"isError":false}"#,
    );
    std::fs::write(&file, lines).unwrap();
    let rows = query(&Replay::open([&file]).unwrap(), "SELECT 1 AS n").await.unwrap();
    assert_eq!(rows[0].number("n").unwrap(), 1);
}

#[tokio::test]
async fn an_answer_that_the_server_cut_is_a_page_and_never_all_there_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x.ndjson");
    let lines = concat!(
        r#"{"server":{"name":"DBHub MCP Server","version":"1.4.0","protocolVersion":"2025-11-25","dialect":"Dbhub"}}"#,
        "\n",
        r#"{"sql":"SELECT 1 AS n","content":["{\"success\":true,\"data\":{\"statements\":[{\"rows\":[{\"n\":1}],\"count\":1,\"truncated\":true}]}}"],"isError":false}"#,
    );
    std::fs::write(&file, lines).unwrap();
    let replay = Replay::open([&file]).unwrap();
    let cut = page(&replay, "SELECT 1 AS n").await.unwrap();
    assert_eq!((cut.rows.len(), cut.truncated), (1, true));
    let error = query(&replay, "SELECT 1 AS n").await.expect_err("rows are missing");
    assert_eq!(error.reason, Reason::ResponseTooLarge);
    assert!(error.message.contains("cut an answer after 1 rows: raise or remove its row limit"), "{error}");
}

#[test]
fn what_is_no_recording_is_refused_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x.ndjson");
    std::fs::write(&file, "\n{\"ddl\":\"ALTER TABLE t\"}\nnot json\n").unwrap();
    let error = Replay::open([&file]).expect_err("line 3 is not JSON");
    assert!(matches!(error, ReplayError::Malformed { line: 3, .. }), "{error}");
    let error = Replay::open([folder.path().join("gone")]).expect_err("no such file");
    assert!(matches!(error, ReplayError::Unreadable { .. }), "{error}");
}

#[tokio::test]
async fn a_json_rpc_error_in_a_recording_is_a_failure() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x.ndjson");
    let line = r#"{"sql":"SELECT 1","rpc":{"code":-32602,"message":"hunter2"},"isError":null,"content":[]}"#;
    std::fs::write(&file, line).unwrap();
    let error = Replay::open([&file]).unwrap().ask("SELECT 1").await.expect_err("a JSON-RPC error");
    fit_to_show(&error);
    assert_eq!(error.reason, Reason::ProtocolError);
}
