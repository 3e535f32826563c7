//! The text before it is parsed: comments, strings, and what only looks like them.

use super::*;

#[test]
fn comments_and_strings_are_read_as_the_server_reads_them() {
    expect(&[
        ("SELECT 1 -- a comment", ""),
        ("SELECT 1 --", ""),
        ("SELECT 1 --1", ""),
        ("SELECT 1 # '\n + 1", ""),
        ("SELECT /* ' */ 1 /* \" */", ""),
        ("SELECT '/*! not a comment */', `/*M!`, \"/*T!\" FROM (SELECT 1 AS `/*M!`) t", ""),
        ("SELECT 'it''s', 'it\\'s /*! */', \"a\"\"b\"", ""),
        ("SELECT /*+ MAX_EXECUTION_TIME(1000) */ 1", ""),
        ("SELECT /* /*! */ 1", ""),
        ("SELECT /*!50000 1 */", "Q_EXECUTABLE_COMMENT 1:8"),
        ("SELECT 1\n  /*M!100100 + 1 */", "Q_EXECUTABLE_COMMENT 2:3"),
        ("SELECT 1 /*T![auto_rand] x */", "Q_EXECUTABLE_COMMENT 1:10"),
        ("SELECT /*+ set_var(sql_mode='') */ 1", "Q_EXECUTABLE_COMMENT 1:8"),
        ("SELECT 'ü' /*!1*/", "Q_EXECUTABLE_COMMENT 1:12"),
        ("SELECT 1 /* open", "Q_PARSE_ERROR 1:10"),
        ("SELECT 'open", "Q_PARSE_ERROR 1:8"),
        ("SELECT `open", "Q_PARSE_ERROR 1:8"),
        ("SELECT \0", "Q_PARSE_ERROR 1:8"),
        ("SELECT '\0'", "Q_PARSE_ERROR 1:9"),
        // The server reads a space outside ASCII as part of a name: no comment begins here.
        ("SELECT 1 --\u{a0}\n, SLEEP(1)", "Q_PARSE_ERROR 1:12"),
        ("", "Q_EMPTY 1:1"),
        ("/* nothing */ ; # at all", "Q_EMPTY 1:1"),
    ]);
}

#[test]
fn a_string_that_hides_text_from_the_parser_is_not_judged() {
    // The server reads a column `b` and the string `\' , `; the parser a bit literal, and the call as part of a string.
    let result = judged("SELECT b'\\' , ' , SLEEP(5) , ' ' FROM (SELECT 1 AS b) t", true);
    assert_eq!((result.is_valid, result.read_only), (false, false), "{:#?}", result.issues);
    for sql in ["SELECT b'01', x'4a', N'a', _utf8mb4'a', _utf8mb4 x'41', 0x41, 0b01", "SELECT 'a' 'b', 1 AS'c'"] {
        assert_eq!(judged(sql, true).verdict, Verdict::Valid, "{sql}: {:#?}", judged(sql, true).issues);
    }
    for sql in ["SELECT b'02'", "SELECT x'zz'"] {
        assert_ne!(judged(sql, true).verdict, Verdict::Valid, "{sql}");
    }
}

#[test]
fn sql_modes_that_change_how_strings_are_read_leave_no_verdict() {
    for (mode, sql, verdict) in [
        ("NO_BACKSLASH_ESCAPES", "SELECT 'a\\'", Verdict::Unknown),
        ("NO_BACKSLASH_ESCAPES", "SELECT 'a''b', `\\`  FROM (SELECT 1 AS `\\`) t", Verdict::Valid),
        ("ANSI_QUOTES", "SELECT \"id\" FROM orders LIMIT 1", Verdict::Unknown),
        ("ANSI_QUOTES", "SELECT 'id' FROM `orders` LIMIT 1", Verdict::Valid),
        ("", "SELECT \"id\", 'a\\'' FROM orders LIMIT 1", Verdict::Valid),
    ] {
        let result = validate(sql, &snapshot_of("mysql", 0, mode), &options(true));
        assert_eq!(result.verdict, verdict, "{mode}: {sql}: {:#?}", result.issues);
    }
}

#[test]
fn what_a_server_knows_and_the_parser_does_not_is_unknown_and_not_wrong() {
    for sql in [
        "SELECT id FROM orders AS OF TIMESTAMP '2026-01-01'",
        "SELECT 7 MOD 2",
        "SELECT !1",
        "TABLE orders",
        "SELECT NEXT VALUE FOR numbers",
        "CREATE TABLE t (id BIGINT PRIMARY KEY AUTO_RANDOM)",
        "CREATE TABLE t (id INT) PARTITION BY HASH (id)",
        "LOAD DATA LOCAL INFILE 'x' INTO TABLE orders",
        "BATCH ON id LIMIT 10 DELETE FROM orders",
        "ADMIN SHOW DDL JOBS",
        "FLASHBACK TABLE orders",
        "HANDLER orders OPEN",
        "DO SLEEP(1)",
        "SELECT id FROM orders INTO OUTFILE '/tmp/x'",
        "SELECT id FROM orders INTO DUMPFILE '/tmp/x'",
        "SELECT id FROM orders LOCK IN SHARE MODE",
        "SELECT CHAR(65 USING utf8mb4)",
        "SELECT id FROM orders WHERE status SOUNDS LIKE 'new'",
        "UPDATE orders o, customers c SET o.status = 'paid' WHERE c.id = o.customer_id",
        "SELECT o.id FROM (orders o, customers c)",
        "DESC orders id",
        "SELECT id FROM (orders)",
        "SELECT INTERVAL(1, 2)",
        "SELECT placed_at + INTERVAL '1:30' HOUR_MINUTE FROM orders",
        "SELECT id FROM orders full",
    ] {
        for read_only in [false, true] {
            let result = judged(sql, read_only);
            let [issue] = result.issues.as_slice() else { panic!("{sql}: {:#?}", result.issues) };
            assert!(issue.unsupported && issue.code == Code::ParseError, "{sql}: {issue:?}");
            assert_eq!((result.verdict, result.is_valid, result.read_only), (Verdict::Unknown, false, false), "{sql}");
        }
    }
    let json = serde_json::to_value(judged("TABLE orders", true)).unwrap();
    assert_eq!((&json["verdict"], &json["issues"][0]["unsupported"]), (&json!("unknown"), &json!(true)));
}

#[test]
fn what_goes_beyond_a_bound_is_unknown_and_never_valid() {
    let wide = |n: usize| format!("SELECT 1 WHERE 1 IN ({})", vec!["1"; n].join(","));
    let derived =
        (0..40).map(|n| format!("t{} AS (SELECT a.* FROM t{n} a, t{n} b)", n + 1)).collect::<Vec<_>>().join(", ");
    for (sql, verdict) in [
        (format!("SELECT '{}'", "x".repeat(MAX_BYTES)), Verdict::Unknown),
        (format!("SELECT '{}'", "x".repeat(MAX_BYTES - 9)), Verdict::Valid),
        (format!("SELECT {}1{}", "(".repeat(200), ")".repeat(200)), Verdict::Unknown),
        (format!("SELECT {}1", "NOT ".repeat(5000)), Verdict::Unknown),
        (format!("SELECT 1{}", " + 1".repeat(900)), Verdict::Valid),
        (format!("SELECT 1{}", " + 1".repeat(9000)), Verdict::Unknown),
        (format!("SELECT {}1{}", "(".repeat(30), format!("{})", " + 1".repeat(60)).repeat(30)), Verdict::Unknown),
        (format!("SELECT 1{}", " UNION SELECT 1".repeat(300)), Verdict::Valid),
        (format!("SELECT 1{}", " UNION SELECT 1".repeat(3000)), Verdict::Unknown),
        (wide(20_000), Verdict::Valid),
        (
            format!("SELECT 1 FROM orders o0{}", (1..400).map(|n| format!(", orders o{n}")).collect::<String>()),
            Verdict::Unknown,
        ),
        (format!("WITH t0 AS (SELECT 1 AS x), {derived} SELECT x FROM t40"), Verdict::Valid),
        (format!("SELECT 1 FROM {}", vec!["orders NATURAL JOIN orders"; 200].join(" NATURAL JOIN ")), Verdict::Invalid),
    ] {
        let start: String = sql.chars().take(60).collect();
        let result = judged(&sql, true);
        assert_eq!(result.verdict, verdict, "{start}: {:#?}", result.issues.first());
    }
}

#[test]
fn a_query_that_makes_more_columns_than_can_be_kept_is_not_judged_further() {
    let doubled = |n: usize| format!("t{} AS (SELECT a.*, b.* FROM t{n} a, t{n} b)", n + 1);
    let doubled = (0..40).map(doubled).collect::<Vec<_>>().join(", ");
    let result = judged(&format!("WITH t0 AS (SELECT 1 AS x), {doubled} SELECT x FROM t40"), true);
    let given_up = |issue: &Issue| issue.unsupported && issue.message.contains("too many columns");
    assert!(result.issues.iter().any(given_up) && !result.is_valid, "{:#?}", result.issues);
}
