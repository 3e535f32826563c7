//! Real answers of TiDB 8.4.0 and MariaDB 10.11 through pytidb 0.0.14, as recorded: rows decode to what was stored,
//! errors to a number and a sentence, and nothing of the server's own text is shown.

use std::path::PathBuf;

use mcp_schema_operator::error::Reason;
use mcp_schema_operator::mcp::{
    Dialect, RawAnswer, Replay, ReplayError, ServerInfo, SqlSource, Transport, decode, query,
};
use serde_json::Value;

use crate::support::fit_to_show;

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/recordings").join(name)
}

/// The lines of a recording that are calls of the SQL tool.
fn lines(name: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(path(name)).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn pytidb() -> ServerInfo {
    ServerInfo {
        name: "recording".into(),
        version: String::new(),
        protocol_version: "2025-11-25".into(),
        dialect: Dialect::Pytidb,
        transport: Transport::StreamableHttp,
        rows_pointer: None,
    }
}

const BOTH: [&str; 2] = ["pytidb-mariadb-10.11.ndjson", "pytidb-tidb-8.4.0.ndjson"];

#[tokio::test]
async fn every_recorded_answer_decodes_as_it_was_meant() {
    for file in BOTH {
        let replay = Replay::open([path(file)]).unwrap();
        let mut seen = (0, 0);
        for line in lines(file) {
            let Some(sql) = line["sql"].as_str() else { continue };
            let name = line["name"].as_str().unwrap();
            match query(&replay, sql).await {
                Ok(rows) => {
                    assert_eq!(line["isError"], false, "{file} {name}");
                    assert_eq!(rows.len(), line["structured"]["result"].as_array().unwrap().len(), "{file} {name}");
                    seen.0 += 1;
                }
                Err(error) => {
                    assert_eq!(line["isError"], true, "{file} {name}: {error}");
                    fit_to_show(&error);
                    let text = line["content"][0].as_str().unwrap();
                    let code = error.sql_code.map(|code| format!("({code}, "));
                    assert_eq!(code.is_some(), text.contains("pymysql.err"), "{file} {name}: {error}");
                    assert!(code.is_none_or(|code| text.contains(&code)), "{file} {name}: {error}");
                    seen.1 += 1;
                }
            }
        }
        assert!(seen.0 >= 8 && seen.1 >= 10, "{file}: {seen:?}");
    }
}

#[tokio::test]
async fn recorded_errors_say_what_to_do() {
    for (name, reason, code, says) in [
        ("misc.wrong-password", Reason::DatabaseError, Some(1045), "database user and password"),
        ("misc.default-db-missing", Reason::DatabaseError, Some(1049), "default database does not exist"),
        ("user.n_none.select-data", Reason::DatabaseError, Some(1142), "grant it SELECT, SHOW VIEW and REFERENCES"),
        ("misc.unknown-table", Reason::DatabaseError, Some(1146), "database error 1146"),
        ("misc.syntax", Reason::DatabaseError, Some(1064), "database error 1064"),
        ("misc.bind", Reason::DatabaseError, None, "no error number"),
        ("misc.binary", Reason::ProtocolError, None, "not valid UTF-8"),
        ("tool.unknown-tool", Reason::NoSqlTool, None, "no longer has its SQL tool"),
        ("tool.wrong-arg", Reason::ProtocolError, None, "other arguments than it lists"),
    ] {
        for file in BOTH {
            let line = lines(file).into_iter().find(|line| line["name"] == name).unwrap();
            let answer = serde_json::from_value(line).unwrap();
            let error = decode(&pytidb(), answer).expect_err(name);
            fit_to_show(&error);
            assert_eq!((error.reason, error.sql_code), (reason, code), "{file} {name}");
            assert!(error.message.contains(says), "{file} {name}: {error}");
        }
    }
}

#[tokio::test]
async fn rows_read_alike_from_structured_content_and_from_the_texts() {
    for file in BOTH {
        for line in lines(file).into_iter().filter(|line| line["isError"] == false && line["sql"].is_string()) {
            let mut answer: RawAnswer = serde_json::from_value(line.clone()).unwrap();
            let dialect = pytidb();
            let rows = decode(&dialect, answer.clone()).unwrap();
            answer.structured = None;
            assert_eq!(decode(&dialect, answer).unwrap(), rows, "{file} {}", line["name"]);
        }
    }
}

#[tokio::test]
async fn recordings_can_be_chained_and_an_unknown_query_is_named() {
    let replay = Replay::open(BOTH.map(path)).unwrap();
    // Recorded twice in each file, with a wrong password and then with a wrong database.
    let login = "SELECT 1 AS a";
    for code in [1045, 1049, 1045, 1049, 1049] {
        assert_eq!(query(&replay, login).await.expect_err("a login error").sql_code, Some(code));
    }

    let error = replay.ask("SELECT\n'never asked'").await.expect_err("not in the recording");
    assert_eq!(error.reason, Reason::InvalidSpec);
    assert!(error.message.contains("no answer to the query SELECT\\u{a}'never asked'"), "{error}");
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
