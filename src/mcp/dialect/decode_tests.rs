//! Tables of answers in every product's shape, and of those that only look like one.
#![expect(clippy::unwrap_used, reason = "tests")]

use serde_json::json;

use super::*;

fn structured(body: Value) -> RawAnswer {
    RawAnswer { structured: Some(body), ..RawAnswer::default() }
}

fn texts(content: &[&str]) -> RawAnswer {
    RawAnswer { content: content.iter().map(|&text| text.to_owned()).collect(), ..RawAnswer::default() }
}

fn error(text: &str) -> RawAnswer {
    RawAnswer { is_error: true, ..texts(&[text]) }
}

fn text_of(body: &Value) -> RawAnswer {
    texts(&[&body.to_string(), "Query execution time: 0.52 ms"])
}

#[test]
fn the_same_rows_are_read_from_every_shape() {
    use Dialect::{Benborla, Custom, Dbhub, Pytidb, RestTools, Toolbox};
    let list = json!([{"a": 1, "b": null}, {"a": 2, "b": "x"}]);
    let one =
        json!({"success": true, "data": {"statements": [{"sql": "S", "rows": list, "count": 2}], "source_id": "d"}});
    let old = json!({"success": true, "data": {"rows": list, "count": 2, "source_id": "d"}});
    let rest =
        json!({"columns": ["a"], "rows": list, "row_count": 2, "truncated": false, "success": true, "error": null});
    for (dialect, pointer, answer) in [
        (Pytidb, None, structured(json!({ "result": list }))),
        (Pytidb, None, texts(&["{\n \"a\": 1,\n \"b\": null\n}", r#"{"a":2,"b":"x"}"#])),
        (Toolbox, None, texts(&[r#"{"a":1,"b":null}"#, r#"{"a":2,"b":"x"}"#])),
        (Dbhub, None, text_of(&one)),
        (Dbhub, None, text_of(&old)),
        (Benborla, None, text_of(&list)),
        (RestTools, None, structured(rest.clone())),
        (RestTools, None, text_of(&rest)),
        (Custom, Some("/result"), structured(json!({ "result": list }))),
        (Custom, Some(""), text_of(&list)),
        (Custom, Some("/a~1b/0"), text_of(&json!({"a/b": [list]}))),
    ] {
        let page = rows(dialect, pointer, answer.clone()).unwrap();
        let want: Rows =
            list.as_array().unwrap().iter().map(|row| Row::new(row.as_object().unwrap().clone())).collect();
        assert_eq!(page, Page { rows: want, truncated: false }, "{dialect} {answer:?}");
        assert!(failure::of(dialect, pointer, &answer).is_none(), "{dialect} {answer:?}");
    }
}

#[test]
fn no_rows_are_an_empty_list_and_nothing_else() {
    use Dialect::{Benborla, Custom, Dbhub, Pytidb, RestTools, Toolbox};
    for (dialect, pointer, answer) in [
        (Pytidb, None, structured(json!({"result": []}))),
        (Toolbox, None, texts(&[])),
        (Dbhub, None, texts(&[r#"{"success":true,"data":{"statements":[{"rows":[],"count":0}]}}"#])),
        (Benborla, None, texts(&["[]"])),
        (RestTools, None, structured(json!({"rows": [], "row_count": 0, "success": true}))),
        (Custom, Some("/result"), structured(json!({"result": []}))),
    ] {
        assert_eq!(rows(dialect, pointer, answer).unwrap().whole().unwrap(), Rows::new(), "{dialect}");
    }
    for (dialect, pointer, answer) in [
        (Pytidb, None, structured(json!({}))),
        (Pytidb, None, structured(json!({"result": null}))),
        (Pytidb, None, structured(json!({"result": ["t"]}))),
        (Pytidb, None, texts(&["[]"])),
        (Toolbox, None, texts(&["null"])),
        (Toolbox, None, texts(&[r#"{"a":1}"#, "2 rows"])),
        (Toolbox, None, texts(&[r#"[{"a":1}]"#])),
        // Cut in the middle.
        (Toolbox, None, texts(&[r#"{"a":1}"#, r#"{"a":"#])),
        (Dbhub, None, texts(&[r#"{"success":true,"data":{"statements":[{"rows":[{"a":1}"#])),
        (Benborla, None, texts(&[r#"[{"a":1},"#])),
        (Dbhub, None, texts(&[])),
        (Dbhub, None, texts(&[r#"{"success":true,"data":{"statements":[]}}"#])),
        // An answer to two statements, of which one was asked.
        (Dbhub, None, texts(&[r#"{"success":true,"data":{"statements":[{"rows":[]},{"rows":[]}]}}"#])),
        (Benborla, None, texts(&[r#"{"fieldCount":0,"affectedRows":0}"#, "Query execution time: 0.1 ms"])),
        (Benborla, None, texts(&["[[1]]"])),
        (Benborla, None, texts(&["Query execution time: 0.1 ms"])),
        (RestTools, None, structured(json!({"columns": [], "success": true}))),
        (Custom, Some("/rows"), structured(json!({"result": []}))),
        (Custom, Some("rows"), structured(json!({"rows": []}))),
        (Custom, None, structured(json!({"rows": []}))),
        (Custom, Some(""), texts(&["a,b\n1,2\n"])),
    ] {
        let error = rows(dialect, pointer, answer.clone()).unwrap_err();
        assert_eq!(error.reason, Reason::ProtocolError, "{dialect} {answer:?}: {error}");
        assert!(error.message.contains("holds no rows: check"), "{dialect} {answer:?}: {error}");
    }
}

#[test]
fn a_label_that_comes_twice_in_a_row_is_refused() {
    let error = rows(Dialect::Toolbox, None, texts(&[r#"{"a":1,"a":2}"#])).unwrap_err();
    assert_eq!(error.reason, Reason::ProtocolError);
    assert!(rows(Dialect::Toolbox, None, texts(&[r#"{"a":{"x":1},"b":{"x":2}}"#])).is_ok());
}

#[test]
fn what_the_server_says_it_left_out_makes_a_cut_page_and_never_a_whole_one() {
    use Dialect::{Custom, Dbhub, RestTools};
    let list = json!([{"a": 1}]);
    let cut = |count: u64| json!({"rows": list, "count": count, "row_count": count, "truncated": true});
    for (dialect, pointer, body) in [
        (Dbhub, None, json!({"success": true, "data": {"statements": [cut(1)]}})),
        (Dbhub, None, json!({"success": true, "data": cut(500)})),
        (RestTools, None, cut(1)),
        (RestTools, None, cut(4)),
        (Custom, Some("/rows"), cut(1)),
        (Custom, Some("/data/rows"), json!({"data": cut(1)})),
        (Custom, Some("/data/rows"), json!({"data": {"rows": list}, "truncated": true})),
        (Custom, Some("/rows"), json!({"rows": list, "truncated": "at 1 row"})),
    ] {
        for answer in [text_of(&body), structured(body.clone())] {
            let page = rows(dialect, pointer, answer).unwrap();
            assert!(page.truncated && page.rows.len() == 1, "{dialect} {body}");
            assert_eq!(page.whole().unwrap_err().reason, Reason::ResponseTooLarge, "{dialect} {body}");
        }
    }
    for (dialect, body) in [
        (Dbhub, json!({"data": {"statements": [{"rows": [], "truncated": true}]}})),
        (RestTools, json!({"rows": [], "truncated": true, "row_count": 0})),
    ] {
        let error = rows(dialect, None, text_of(&body)).unwrap_err();
        assert_eq!(error.reason, Reason::ResponseTooLarge, "{dialect}: {error}");
    }
    for (dialect, body) in [
        (Dbhub, json!({"success": true, "data": {"statements": [{"rows": list, "count": 2}]}})),
        (RestTools, json!({"rows": list, "row_count": 101, "truncated": false})),
    ] {
        let error = rows(dialect, None, text_of(&body)).unwrap_err();
        assert!(error.message.contains("another number of rows than it says"), "{dialect}: {error}");
    }
}

#[test]
fn every_shape_of_error_is_an_error_with_the_databases_number() {
    use Dialect::{Benborla, Custom, Dbhub, Pytidb, RestTools, Toolbox};
    let said = "Table 'hunter2.t' doesn't exist";
    let driver = format!("(conn:15, no: 1146, SQLState: 42S02) {said}\nsql: SELECT (9999, 'hunter2')");
    let pymysql = format!("(pymysql.err.ProgrammingError) (1146, \"{said}\")\n[SQL: SELECT 1]");
    let dbhub = |error: &str| json!({"success": false, "error": error, "code": "EXECUTION_ERROR"});
    let rest =
        json!({"success": false, "error": format!("(1146, \"{said}\")"), "error_type": "ProgrammingError", "rows": []});
    let code = json!({"error": {"code": "EXECUTION_ERROR", "message": said, "request_id": "1", "tool_name": "t"}});
    for (dialect, answer) in [
        (Pytidb, error(&format!("Error executing tool db_query: {pymysql}"))),
        (Toolbox, error(&format!("error processing request: unable to execute query: Error 1146 (42S02): {said}"))),
        (Dbhub, RawAnswer { is_error: true, ..text_of(&dbhub(&driver)) }),
        (Dbhub, text_of(&dbhub(&driver))),
        (Dbhub, RawAnswer { is_error: true, ..text_of(&dbhub(said)) }),
        (Benborla, error(&format!("Error: {said}"))),
        (RestTools, structured(rest.clone())),
        (RestTools, text_of(&rest)),
        (RestTools, structured(code)),
        (Custom, structured(json!({"result": [{"error": format!("Error executing query: {pymysql}")}]}))),
        (Custom, text_of(&json!({"result": [{"error": said}]}))),
        (Custom, structured(json!({"result": [], "error": {"message": said}}))),
        (Custom, texts(&[&format!("Error executing tool run: {said}")])),
        (Custom, texts(&[&format!("Error: {said}")])),
    ] {
        let seen = failure::of(dialect, Some("/result"), &answer).unwrap();
        let decoded = rows(dialect, Some("/result"), answer.clone()).unwrap_err();
        for error in [seen, decoded] {
            assert_eq!((error.reason, error.sql_code), (Reason::DatabaseError, Some(1146)), "{dialect} {answer:?}");
            assert!(error.message.contains("database error 1146") && !error.message.contains("hunter2"), "{error}");
        }
    }
}

#[test]
fn a_row_that_has_more_than_an_error_is_a_row() {
    for (dialect, body) in [
        (Dialect::Custom, json!({"result": [{"error": "x", "n": 1}]})),
        (Dialect::Custom, json!({"result": [{"error": "x"}, {"error": "y"}]})),
        (Dialect::Custom, json!({"result": [{"error": null}]})),
        (Dialect::Pytidb, json!({"result": [{"error": "x"}]})),
        (Dialect::RestTools, json!({"rows": [{"error": "x", "n": 1}], "error": null})),
    ] {
        assert!(failure::of(dialect, Some("/result"), &structured(body.clone())).is_none(), "{body}");
        assert!(rows(dialect, Some("/result"), structured(body.clone())).is_ok(), "{body}");
    }
}

#[test]
fn what_servers_themselves_refuse_says_what_to_do() {
    let read_only = r#"{"success":false,"error":"Read-only mode is enabled. hunter2","code":"READONLY_VIOLATION"}"#;
    for (dialect, text, reason, says) in [
        (Dialect::Dbhub, read_only, Reason::PermissionDenied, "turn its read-only mode off"),
        (
            Dialect::Dbhub,
            "Input validation error: Invalid arguments for tool hunter2",
            Reason::ProtocolError,
            "other arguments",
        ),
        (
            Dialect::Toolbox,
            "provided parameters were invalid: parameter \"hunter2\" is required",
            Reason::ProtocolError,
            "other arguments",
        ),
        (Dialect::Benborla, "Error: Unknown tool: hunter2", Reason::NoSqlTool, "no longer has its SQL tool"),
        (Dialect::Benborla, "Error: Parsing failed: hunter2", Reason::ProtocolError, "a parser of its own"),
        (
            Dialect::Benborla,
            "Error: Parsing failed: Cannot read properties of undefined (reading 'trim')",
            Reason::ProtocolError,
            "other arguments",
        ),
        (
            Dialect::Benborla,
            "Error: function READ ONLY has only noop implementation in tidb now",
            Reason::DatabaseError,
            "set MYSQL_DISABLE_READ_ONLY_TRANSACTIONS=true on that server",
        ),
        (
            Dialect::Benborla,
            "Error: SQL introspection of hunter2 is not permitted",
            Reason::PermissionDenied,
            "set ENABLE_PII_REDACTION=false",
        ),
        (Dialect::Benborla, "Error: hunter2", Reason::DatabaseError, "no error number"),
        (
            Dialect::Pytidb,
            "Error executing tool db_query: (pymysql.err.InternalError) Packet sequence number wrong - got 1",
            Reason::DatabaseError,
            "lost step",
        ),
        (Dialect::RestTools, r#"{"success":false}"#, Reason::DatabaseError, "no error number"),
        (Dialect::Custom, "", Reason::DatabaseError, "no error number"),
    ] {
        let told = failure::of(dialect, Some(""), &error(text)).unwrap();
        assert_eq!((told.reason, told.sql_code), (reason, None), "{text}: {told}");
        assert!(told.message.contains(says) && !told.message.contains("hunter2"), "{text}: {told}");
        assert_eq!(rows(dialect, Some(""), error(text)).unwrap_err().message, told.message);
    }
}
