//! Every recorded error of every server: the reason, the database's number and the sentence a person reads, and that nothing
//! of the server's text is shown.

#![expect(clippy::panic, reason = "tests")]

use mcp_schema_operator::error::Reason;
use mcp_schema_operator::mcp::{McpError, RawAnswer, Replay, SqlSource, decode};
use serde_json::Value;

use crate::recordings::{ALL, calls};
use crate::support::fit_to_show;

/// Server (empty: any), a piece of its text, and what becomes of it. The first that fits counts.
const WANT: &[(&str, &str, Reason, Option<u16>, &str)] = &[
    (
        "benborla",
        "Parsing failed: Cannot read properties",
        Reason::ProtocolError,
        None,
        "other arguments than it lists",
    ),
    ("benborla", "Parsing failed: r.trim", Reason::ProtocolError, None, "other arguments than it lists"),
    ("benborla", "Parsing failed", Reason::ProtocolError, None, "reads SQL with a parser of its own"),
    ("benborla", "function READ ONLY", Reason::DatabaseError, None, "MYSQL_DISABLE_READ_ONLY_TRANSACTIONS=true"),
    ("", "Unknown tool", Reason::NoSqlTool, None, "no longer has its SQL tool"),
    ("pytidb", "validation error for", Reason::ProtocolError, None, "other arguments than it lists"),
    ("dbhub", "Input validation error", Reason::ProtocolError, None, "other arguments than it lists"),
    ("toolbox", "provided parameters", Reason::ProtocolError, None, "other arguments than it lists"),
    ("pytidb", "Error serializing to JSON", Reason::ProtocolError, None, "not valid UTF-8"),
    ("pytidb", "bind parameter", Reason::DatabaseError, None, "no error number"),
    ("pytidb", "does not return rows", Reason::DatabaseError, None, "no error number"),
    ("pytidb", "Packet sequence number wrong", Reason::DatabaseError, None, "lost step"),
    ("dbhub", "sql parameter is mandatory", Reason::DatabaseError, None, "no error number"),
    ("dbhub", "duplicate field name", Reason::DatabaseError, None, "no error number"),
    ("", "Unknown system variable", Reason::DatabaseError, Some(1193), "database error 1193"),
    ("", "Unknown column", Reason::DatabaseError, Some(1054), "database error 1054"),
    ("pytidb", "Unknown table", Reason::DatabaseError, Some(1109), "database error 1109"),
    ("", "doesn't exist", Reason::DatabaseError, Some(1146), "database error 1146"),
    ("", "multi-statement capability", Reason::DatabaseError, Some(8130), "database error 8130"),
    ("", "You have an error in your SQL syntax", Reason::DatabaseError, Some(1064), "database error 1064"),
    ("", "Query was empty", Reason::DatabaseError, Some(1065), "database error 1065"),
    ("", "Unknown database", Reason::DatabaseError, Some(1049), "default database does not exist"),
    ("", "(using password: YES)", Reason::DatabaseError, Some(1045), "database user and password"),
    ("", "command denied to user", Reason::DatabaseError, Some(1142), "grant it SELECT, SHOW VIEW and REFERENCES"),
];

/// No three words of the server's text, and no name in it, may be in what we say.
fn hides(text: &str, error: &McpError, name: &str) {
    fit_to_show(error);
    let words: Vec<_> = text.split_whitespace().collect();
    for three in words.windows(3).map(|three| three.join(" ")).filter(|three| three.len() > 12) {
        assert!(!error.message.contains(&three), "{name} shows {three:?}: {error}");
    }
    for secret in ["nasty", "nope", "n_none", "n_full", "customer", "tidb_enable", "' :nm'"] {
        assert!(!error.message.contains(secret), "{name} shows {secret}: {error}");
    }
}

#[test]
fn every_recorded_error_has_its_reason_number_and_sentence_and_shows_nothing_else() {
    let mut met = vec![0; WANT.len()];
    for recording in ALL {
        let (server, lines) = calls(recording);
        for line in lines.iter().filter(|line| line["isError"] == true) {
            let name = format!("{recording:?} {}", line["name"]);
            let text = line["content"][0].as_str().unwrap();
            let fits = |(of, piece, ..): &(&str, &str, Reason, Option<u16>, &str)| {
                recording.1.starts_with(of) && text.contains(piece)
            };
            let at = WANT.iter().position(fits).unwrap_or_else(|| panic!("{name}: {text}"));
            let (_, _, reason, code, says) = WANT[at];
            met[at] += 1;

            let answer: RawAnswer = serde_json::from_value(line.clone()).unwrap();
            let error = decode(&server, answer).expect_err(&name);
            assert_eq!((error.reason, error.sql_code), (reason, code), "{name}: {error}");
            assert!(error.message.contains(says), "{name}: {error}");
            hides(text, &error, &name);
        }
    }
    for ((server, piece, ..), times) in WANT.iter().zip(&met) {
        assert!(*times > 0 || *piece == "Packet sequence number wrong", "{server} {piece} is in no recording");
    }
    println!("{} recorded errors judged", met.iter().sum::<i32>());
}

#[test]
fn answers_that_are_no_rows_of_one_statement_are_refused_though_the_server_calls_them_good() {
    for (recording, name) in [
        (("tidb-8.4.0", "dbhub"), "misc.multi"),
        (("mariadb-10.11", "dbhub"), "misc.multi"),
        (("tidb-8.4.0", "benborla"), "misc.set"),
        (("mariadb-10.11", "benborla"), "misc.set"),
        (("tidb-8.4.0", "toolbox-mysql"), "misc.duplicate-label"),
        (("mariadb-10.11", "toolbox-mysql"), "misc.duplicate-label"),
    ] {
        let (server, lines) = calls(recording);
        let line = lines.into_iter().find(|line| line["name"] == name).unwrap();
        assert_eq!(line["isError"], false, "{recording:?} {name}");
        let error = decode(&server, serde_json::from_value(line).unwrap()).expect_err(name);
        assert_eq!(error.reason, Reason::ProtocolError, "{recording:?} {name}: {error}");
        fit_to_show(&error);
    }
}

#[test]
fn values_that_no_text_can_be_made_of_are_errors_and_base64_is_left_as_it_is() {
    for (recording, name, want) in [
        (("tidb-8.4.0", "dbhub"), "misc.binary", None),
        (("tidb-8.4.0", "benborla"), "misc.binary", None),
        (("tidb-8.4.0", "dbhub"), "misc.bit", Some("\u{5}")),
        (("mariadb-10.11", "benborla"), "misc.bit", Some("\u{5}")),
        (("tidb-8.4.0", "toolbox-mysql"), "misc.bit", Some("\u{5}")),
        (("tidb-8.4.0", "toolbox-tidb"), "misc.bit", Some("BQ==")),
    ] {
        let (server, lines) = calls(recording);
        let line = lines.into_iter().find(|line| line["name"] == name).unwrap();
        let rows = decode(&server, serde_json::from_value(line).unwrap()).unwrap().whole().unwrap();
        assert_eq!(rows[0].text("a").ok().as_deref(), want, "{recording:?} {name}");
    }
    // What was rounded on the way cannot be repaired, but never reads as a whole number: discovery casts, and the canary
    // checks the cast.
    for (recording, number) in [("dbhub", Some(u64::MAX)), ("toolbox-tidb", Some(u64::MAX)), ("benborla", None)] {
        let (server, lines) = calls(("tidb-8.4.0", recording));
        let line = lines.into_iter().find(|line| line["name"] == "misc.numbers").unwrap();
        let rows = decode(&server, serde_json::from_value(line).unwrap()).unwrap().whole().unwrap();
        assert_eq!(rows[0].number("u").ok(), number, "{recording}");
    }
}

#[tokio::test]
async fn a_tool_that_is_unknown_is_a_json_rpc_error_on_some_servers() {
    let folder = tempfile::tempdir().unwrap();
    let mut seen = 0;
    for recording in ALL {
        for mut line in calls(recording).1.into_iter().filter(|line| line["rpc"].is_object()) {
            line["sql"] = Value::from("SELECT 1");
            let file = folder.path().join("x.ndjson");
            std::fs::write(&file, line.to_string()).unwrap();
            let error = Replay::open([&file]).unwrap().ask("SELECT 1").await.expect_err("a JSON-RPC error");
            assert_eq!(error.reason, Reason::ProtocolError, "{recording:?}: {error}");
            hides(line["rpc"]["message"].as_str().unwrap(), &error, "rpc");
            seen += 1;
        }
    }
    assert_eq!(seen, 5, "dbhub and the Toolbox");
}
