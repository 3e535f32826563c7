//! Every code that one row can have: the column, the value, what it means when lenient and when strict.

use serde_json::json;

use super::*;

const MARIADB: Engine = Engine::Mariadb;
const TIDB: Engine = Engine::Tidb;
const MYSQL: Engine = Engine::Mysql;

/// Column `c` of a type, a value, and the codes of a lenient validation.
fn value(engine: Engine, r#type: &str, value: &str, want: &[&str]) {
    let table = table(&[column(&format!("c {type}"), json!({}))], json!({}));
    let row = format!("{{\"c\":{value}}}");
    let options = Options { binary_encoding: BinaryEncoding::Utf8, ..Options::default() };
    assert_eq!(found(&judge(&table, engine, options, &[&row])), want, "{engine:?} {type} {value}");
    // Strict: what the server changes in silence is an error, and nothing else changes.
    let strict = judge(&table, engine, Options { strict: true, ..options }, &[&row]);
    let mut codes: Vec<_> = want
        .iter()
        .map(|code| match code.trim_start_matches('!') {
            mild @ ("TYPE_NOT_CHECKED" | "TEMPORAL_BELOW_SUPPORTED") => mild.to_owned(),
            code => format!("!{code}"),
        })
        .collect();
    codes.sort();
    let mut got = found(&strict);
    got.sort();
    if !value.contains("0000-00-00") {
        assert_eq!(got, codes, "strict: {engine:?} {type} {value}");
    }
}

#[test]
fn numbers_have_their_codes() {
    for (r#type, text, want) in [
        ("int", "1", &[][..]),
        ("int", "5.0", &[]),
        ("int", "1e2", &[]),
        ("int", "\"12\"", &["VALUE_COERCED"]),
        ("int", "1.5", &["VALUE_ROUNDED"]),
        ("int", "\"1.5\"", &["VALUE_COERCED", "VALUE_ROUNDED"]),
        ("int", "true", &["VALUE_COERCED"]),
        ("tinyint(1)", "true", &[]),
        ("int", "2147483648", &["!INTEGER_OUT_OF_RANGE"]),
        ("bigint", "1e400", &["!INTEGER_OUT_OF_RANGE"]),
        ("int", "\"x\"", &["!INVALID_INTEGER"]),
        ("int", "[]", &["!INVALID_INTEGER"]),
        ("decimal(5,2)", "1.5", &[]),
        ("decimal(5,2)", "\"1.5\"", &[]),
        ("decimal(5,2)", "1.005", &["DECIMAL_SCALE_EXCEEDED"]),
        ("decimal(5,2)", "999.995", &["!DECIMAL_OUT_OF_RANGE"]),
        ("decimal(5,2) unsigned", "-1", &["!DECIMAL_OUT_OF_RANGE"]),
        ("decimal(5,2)", "\"x\"", &["!INVALID_DECIMAL"]),
        ("decimal(5,2)", "{}", &["!INVALID_DECIMAL"]),
        ("float", "1.5", &[]),
        ("float", "16777217", &["FLOAT_PRECISION_LOSS"]),
        ("float", "16777218", &[]),
        ("double", "9007199254740993", &["FLOAT_PRECISION_LOSS"]),
        ("float", "1e39", &["!FLOAT_OUT_OF_RANGE"]),
        ("double", "1e400", &["!FLOAT_OUT_OF_RANGE"]),
        ("float", "\"nan\"", &["!INVALID_FLOAT"]),
        ("float", "[1]", &["!INVALID_FLOAT"]),
        ("bit(4)", "15", &[]),
        ("bit(4)", "16", &["!BIT_TOO_LONG"]),
        ("bit(4)", "-1", &["!INVALID_BIT"]),
        ("bit(4)", "[]", &["!INVALID_BIT"]),
        ("year", "2024", &[]),
        ("year", "\"2024\"", &[]),
        ("year", "99", &["VALUE_COERCED"]),
        ("year", "1900", &["!INVALID_YEAR"]),
    ] {
        value(MARIADB, r#type, text, want);
    }
}

#[test]
fn texts_bytes_and_members_have_their_codes() {
    for (r#type, text, want) in [
        ("varchar(3)", "\"abc\"", &[][..]),
        ("varchar(3)", "\"a\\u00e9\\ud83d\\ude00\"", &[]),
        ("varchar(3)", "\"abcd\"", &["!STRING_TOO_LONG"]),
        ("char(3)", "\"abc  \"", &["TRAILING_SPACES_TRUNCATED"]),
        ("varchar(3)", "12", &["VALUE_COERCED"]),
        ("varchar(3)", "true", &["VALUE_COERCED"]),
        ("varchar(3)", "[]", &["!INVALID_TYPE"]),
        ("binary(3)", "\"abc\"", &[]),
        ("binary(3)", "\"ab\"", &["BINARY_PADDED"]),
        ("varbinary(3)", "\"ab \"", &[]),
        ("varbinary(3)", "\"abc \"", &["!BINARY_TOO_LONG"]),
        ("enum('a','b')", "\"a\"", &[]),
        ("enum('a','b')", "\"A\"", &["VALUE_COERCED"]),
        ("enum('a','b')", "2", &["ENUM_INDEX_USED"]),
        ("enum('a','b')", "\"x\"", &["!ENUM_VALUE_INVALID"]),
        ("set('a','b')", "\"a,b\"", &[]),
        ("set('a','b')", "[\"a\",\"b\"]", &[]),
        ("set('a','b')", "[\"b\",\"a\"]", &["VALUE_COERCED"]),
        ("set('a','b')", "[\"a\",1]", &["!SET_MEMBER_INVALID"]),
        ("set('a','b')", "\"\"", &[]),
        ("json", "{\"a\":1}", &[]),
        ("json", "\"x\"", &["!JSON_INVALID"]),
        ("json", "{\"a\":1,\"a\":2}", &["JSON_DUPLICATE_KEY"]),
        ("json", "{\"b\":[{\"a\":1,\"\\u0061\":2}]}", &["JSON_DUPLICATE_KEY"]),
        ("vector(2)", "[1,2.5]", &[]),
        ("vector(2)", "\"[1, 2]\"", &[]),
        ("vector(2)", "[1]", &["!VECTOR_DIMENSION_MISMATCH"]),
        ("vector(2)", "[1,1e39]", &["!VECTOR_INVALID"]),
        ("vector(2)", "\"[5, ]\"", &["!VECTOR_INVALID"]),
        ("vector", "[1,2,3]", &[]),
        ("uuid", "\"x\"", &["!UUID_INVALID"]),
        ("inet4", "\"1.2.3\"", &["!INET_INVALID"]),
        ("inet6", "\"::1\"", &[]),
        ("point", "\"POINT(1 2)\"", &[]),
        ("point", "{\"type\":\"Point\",\"coordinates\":[1,2]}", &[]),
        ("point", "\"LINESTRING(0 0,1 1)\"", &["!SPATIAL_INVALID"]),
        ("geometry", "\"x\"", &["!SPATIAL_INVALID"]),
        ("datatypeofthefuture", "{}", &["TYPE_NOT_CHECKED"]),
    ] {
        value(MARIADB, r#type, text, want);
    }
    let many = (0..40).map(|n| format!("\"k{n}\":1")).collect::<Vec<_>>().join(",");
    value(MARIADB, "json", &format!("{{{many}}}"), &[]);
    value(MARIADB, "json", &format!("{{{many},\"k30\":2}}"), &["JSON_DUPLICATE_KEY"]);
    value(MARIADB, "json", &format!("{{{many},\"k3\":2}}"), &["JSON_DUPLICATE_KEY"]);
    let deep = format!("{}{}", "[".repeat(101), "]".repeat(101));
    value(MYSQL, "json", &deep, &["!JSON_TOO_DEEP"]);
    value(MYSQL, "json", &deep[1..201], &[]);
    value(MARIADB, "json", &deep[69..133], &["!JSON_TOO_DEEP"]);
}

#[test]
fn dates_and_times_have_their_codes_by_server() {
    for (engine, r#type, text, want) in [
        (MARIADB, "date", "\"2024-02-29\"", &[][..]),
        (MARIADB, "date", "\"2023-02-29\"", &["!INVALID_DATE"]),
        (MARIADB, "date", "\"24-1-2\"", &["VALUE_COERCED"]),
        (MARIADB, "date", "\"2024-01-02 10:00:00\"", &["TIME_PART_DROPPED"]),
        (MARIADB, "date", "\"0999-01-01\"", &["TEMPORAL_BELOW_SUPPORTED"]),
        (MARIADB, "date", "[]", &["!INVALID_DATE"]),
        (MARIADB, "datetime", "\"2024-01-02 10:11:12\"", &[]),
        (MARIADB, "datetime", "\"2024-01-02T10:11:12\"", &[]),
        (MARIADB, "datetime", "\"2024-01-02\"", &["VALUE_COERCED"]),
        (MARIADB, "datetime", "20240102", &["VALUE_COERCED"]),
        (MARIADB, "datetime", "\"2024-01-02 10:11:12.5\"", &["FRACTION_REDUCED"]),
        (MARIADB, "datetime(1)", "\"2024-01-02 10:11:12.50\"", &[]),
        (MARIADB, "datetime", "\"9999-12-31 23:59:59.6\"", &["FRACTION_REDUCED"]),
        (TIDB, "datetime", "\"9999-12-31 23:59:59.6\"", &["!TEMPORAL_OUT_OF_RANGE"]),
        (MYSQL, "datetime", "\"9999-12-31 23:59:59.4\"", &["FRACTION_REDUCED"]),
        (MARIADB, "datetime", "\"2024-01-02 24:00:00\"", &["!INVALID_DATETIME"]),
        (MARIADB, "datetime", "\"2024-01-02 10:11:12Z\"", &["!TIMEZONE_NOT_SUPPORTED"]),
        (MYSQL, "datetime", "\"2024-01-02 10:11:12Z\"", &["!TIMEZONE_NOT_SUPPORTED"]),
        (TIDB, "datetime", "\"2024-01-02 10:11:12Z\"", &[]),
        (MARIADB, "datetime", "\"2024-01-02 10:11:12+05:30\"", &["!TIMEZONE_NOT_SUPPORTED"]),
        (MYSQL, "datetime", "\"2024-01-02 10:11:12+05:30\"", &[]),
        (TIDB, "timestamp", "\"1970-01-01 05:30:01+05:30\"", &[]),
        (TIDB, "timestamp", "\"1970-01-01 05:30:00+05:30\"", &["!TEMPORAL_OUT_OF_RANGE"]),
        (MARIADB, "timestamp", "\"2038-01-19 03:14:08\"", &["!TEMPORAL_OUT_OF_RANGE"]),
        (MARIADB, "timestamp", "\"2024-00-01 00:00:00\"", &["!ZERO_DATE_NOT_ALLOWED"]),
        (MARIADB, "datetime", "\"0000-00-00 00:00:00\"", &[]),
        (MARIADB, "time", "\"-838:59:59\"", &[]),
        (MARIADB, "time", "\"839:00:00\"", &["!TEMPORAL_OUT_OF_RANGE"]),
        (MARIADB, "time", "\"10:11\"", &["VALUE_COERCED"]),
        (MARIADB, "time", "\"10:60:00\"", &["!INVALID_TIME"]),
        (MARIADB, "time", "\"838:59:59.9\"", &["FRACTION_REDUCED"]),
        (TIDB, "time", "\"838:59:59.9\"", &["!TEMPORAL_OUT_OF_RANGE"]),
        (MARIADB, "time", "\"x\"", &["!INVALID_TIME"]),
    ] {
        value(engine, r#type, text, want);
    }
}

#[test]
fn zero_dates_follow_the_sql_mode_and_are_never_strict() {
    let table = table(&[column("c date", json!({}))], json!({}));
    for (mode, strict, date, refused) in [
        (&["STRICT_TRANS_TABLES"][..], false, "0000-00-00", false),
        (&["STRICT_TRANS_TABLES"], true, "0000-00-00", true),
        (&["NO_ZERO_DATE", "STRICT_TRANS_TABLES"], false, "0000-00-00", true),
        (&["NO_ZERO_DATE", "STRICT_TRANS_TABLES"], false, "2024-00-01", false),
        (&["NO_ZERO_IN_DATE", "STRICT_TRANS_TABLES"], false, "2024-00-01", true),
        (&["NO_ZERO_IN_DATE", "STRICT_TRANS_TABLES"], false, "2024-01-00", true),
    ] {
        let sql_mode = mode.iter().map(|&mode| mode.to_owned()).collect();
        let server = ServerFacts { sql_mode, ..server(MARIADB) };
        let validator = Validator::compile(&table, &server, Options { strict, ..Options::default() });
        let mut batch = validator.batch();
        batch.row(format!("{{\"c\":\"{date}\"}}").as_bytes());
        let result = batch.finish(SchemaRef::default(), 0);
        let code = result.errors.first().map(|finding| finding.error_code);
        assert_eq!(code, refused.then_some(Code::ZeroDateNotAllowed), "{mode:?} {strict} {date}");
    }
}

#[test]
fn encodings_charsets_and_json_strings_are_as_told() {
    let latin = table(&[column("c varchar(5)", json!({"charset": "latin1"}))], json!({}));
    let gbk = table(&[column("c varchar(5)", json!({"charset": "gbk"}))], json!({}));
    let blob = table(&[column("c varbinary(2)", json!({}))], json!({}));
    let document = table(&[column("c json", json!({}))], json!({}));
    let hex = Options { binary_encoding: BinaryEncoding::Hex, ..Options::default() };
    let strings = Options { json_strings: JsonStrings::Value, ..Options::default() };
    for (table, options, row, want) in [
        (&latin, Options::default(), r#"{"c":"語"}"#, &["!CHARSET_NOT_REPRESENTABLE"][..]),
        (&latin, Options::default(), r#"{"c":"€"}"#, &[]),
        (&gbk, Options::default(), r#"{"c":"語"}"#, &["TYPE_NOT_CHECKED"]),
        (&blob, Options::default(), r#"{"c":"YWI="}"#, &[]),
        (&blob, Options::default(), r#"{"c":"YWJj"}"#, &["!BINARY_TOO_LONG"]),
        (&blob, Options::default(), r#"{"c":"YW"}"#, &["!INVALID_BINARY_ENCODING"]),
        (&blob, hex, r#"{"c":"00ff"}"#, &[]),
        (&blob, hex, r#"{"c":"0"}"#, &["!INVALID_BINARY_ENCODING"]),
        (&document, strings, r#"{"c":"any text"}"#, &[]),
    ] {
        assert_eq!(found(&judge(table, MARIADB, options, &[row])), want, "{row}");
    }
}

#[test]
fn switches_turn_whole_kinds_of_rules_off() {
    let table = table(
        &[column("id int not null", json!({})), column("v int not null", json!({}))],
        json!({"primaryKey": {"columns": [{"column": "id"}]}, "checks": [{"name": "k", "expr": "`v` > 0"}]}),
    );
    let rows = [r#"{"id":1,"v":-1}"#, r#"{"id":1,"v":"x"}"#, r#"{"id":2}"#];
    let all = judge(&table, MARIADB, Options::default(), &rows);
    assert_eq!(found(&all), ["!CHECK_VIOLATION", "!DUPLICATE_PRIMARY_KEY", "!INVALID_INTEGER", "!MISSING_REQUIRED"]);
    let types = judge(&table, MARIADB, Options { constraints: false, ..Options::default() }, &rows);
    assert_eq!(found(&types), ["!INVALID_INTEGER"]);
    let constraints = judge(&table, MARIADB, Options { types: false, ..Options::default() }, &rows);
    assert!(!found(&constraints).contains(&"!INVALID_INTEGER".to_owned()), "{:?}", found(&constraints));
}

#[test]
fn a_lax_server_changes_values_and_says_so() {
    let table = table(&[column("c tinyint", json!({})), column("j json", json!({}))], json!({}));
    let server = ServerFacts { sql_mode: vec!["NO_ENGINE_SUBSTITUTION".to_owned()], ..server(MARIADB) };
    let judged = |strict| {
        let validator = Validator::compile(&table, &server, Options { strict, ..Options::default() });
        let mut batch = validator.batch();
        batch.row(br#"{"c":128,"j":"x"}"#);
        batch.finish(SchemaRef::default(), 0)
    };
    let lenient = judged(false);
    assert_eq!(found(&lenient), ["!JSON_INVALID", "INTEGER_OUT_OF_RANGE"]);
    assert!(lenient.warnings[0].server_would_coerce);
    assert_eq!(found(&judged(true)), ["!INTEGER_OUT_OF_RANGE", "!JSON_INVALID"]);
}

#[test]
fn values_are_repeated_only_when_asked_for() {
    let table = table(&[column("c int", json!({})), column("d datetime", json!({}))], json!({}));
    let rows = [r#"{"c":"7.6","d":"2024-01-02 10:11:12+05:30"}"#];
    for (include_values, suggested) in [(false, vec![]), (true, vec!["2024-01-02 04:41:12.000000", "8", "8"])] {
        let result = judge(&table, MARIADB, Options { include_values, ..Options::default() }, &rows);
        let all = result.errors.iter().chain(&result.warnings);
        let values: Vec<_> = all.filter_map(|finding| finding.suggested_value.as_deref()).collect();
        assert_eq!(values, suggested);
    }
}
