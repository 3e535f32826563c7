//! What a value is in a statement.
#![expect(clippy::unwrap_used, reason = "tests")]

use serde_json::{Value, json};

use super::*;
use crate::validation::testing::column as model;

fn column(r#type: &str, more: Value) -> Column {
    serde_json::from_value(model("c", r#type, more)).unwrap()
}

fn number(digits: &str) -> KeyValue {
    KeyValue::Number(digits.to_owned())
}

fn text(text: &str) -> KeyValue {
    KeyValue::Text(text.to_owned())
}

#[test]
fn values_are_written_so_that_nothing_is_taken_for_something_else() {
    let latin = json!({"charset": "latin1", "collation": "latin1_swedish_ci"});
    let three = json!({"charset": "utf8mb3", "collation": "utf8mb3_bin"});
    let bytes = |bytes: &[u8]| KeyValue::Bytes(bytes.to_vec());
    for (r#type, more, value, want) in [
        ("int", json!({}), number("-5"), Some("-5")),
        ("bigint unsigned", json!({}), number("18446744073709551615"), Some("18446744073709551615")),
        ("decimal(20,4)", json!({}), number("-0.5000"), Some("-0.5000")),
        ("year", json!({}), number("2024"), Some("2024")),
        // What is no number is no number.
        ("int", json!({}), number("1 OR 1=1"), None),
        ("int", json!({}), number(""), None),
        ("int", json!({}), number("-"), None),
        ("int", json!({}), number("--1"), None),
        ("int", json!({}), number("1."), None),
        ("int", json!({}), number("1.2.3"), None),
        ("int", json!({}), number("٣"), None),
        ("int", json!({}), text("1"), None),
        ("varchar(9)", json!({}), text("':%\\"), Some("CONVERT(X'273A255C' USING utf8mb4) COLLATE utf8mb4_bin")),
        ("varchar(9)", json!({}), text(""), Some("CONVERT('' USING utf8mb4) COLLATE utf8mb4_bin")),
        ("varchar(9)", json!({}), number("1"), None),
        (
            "char(9)",
            latin,
            text("é"),
            Some("CONVERT(CONVERT(X'C3A9' USING utf8mb4) USING latin1) COLLATE latin1_swedish_ci"),
        ),
        ("char(9)", three, text("a"), Some("CONVERT(CONVERT(X'61' USING utf8mb4) USING utf8mb3) COLLATE utf8mb3_bin")),
        ("char(9)", json!({"collation": "x' OR 1"}), text("a"), None),
        ("char(9)", json!({"charset": null, "collation": null}), text("a"), None),
        ("varbinary(9)", json!({}), bytes(&[0, 0xFF]), Some("X'00FF'")),
        ("varbinary(9)", json!({}), bytes(&[]), Some("''")),
        ("date", json!({}), text("2024"), Some("CAST(CONVERT(X'32303234' USING utf8mb4) AS DATE)")),
        ("date", json!({}), text("0000-00-00"), None),
        ("datetime", json!({}), text("2024-00-01 00:00:00.000000"), None),
        ("datetime", json!({}), text("1"), Some("CAST(CONVERT(X'31' USING utf8mb4) AS DATETIME(6))")),
        ("time", json!({}), text("1"), Some("CAST(CONVERT(X'31' USING utf8mb4) AS TIME(6))")),
        ("timestamp", json!({}), text("2024-01-01 00:00:00"), None),
        ("enum('a','b')", json!({}), number("1"), None),
        ("set('a','b')", json!({}), number("1"), None),
        ("float", json!({}), number("1"), None),
        ("uuid", json!({}), bytes(&[0; 16]), None),
    ] {
        let column = column(r#type, more);
        assert_eq!(literal(&value, &column, Engine::Mariadb).as_deref(), want, "{type} {value:?}");
    }
    let three = column("char(9)", json!({"charset": "utf8mb3", "collation": "utf8mb3_bin"}));
    let want = "CONVERT(CONVERT(X'61' USING utf8mb4) USING utf8) COLLATE utf8_bin";
    assert_eq!(literal(&text("a"), &three, Engine::Tidb).as_deref(), Some(want));
}

#[test]
fn columns_that_do_not_agree_on_what_is_equal_are_not_compared() {
    let other = json!({"collation": "utf8mb4_general_ci"});
    for (child, more, parent, want) in [
        ("int", json!({}), "bigint unsigned", true),
        ("varchar(9)", json!({}), "char(20)", true),
        ("varchar(9)", other, "varchar(9)", false),
        ("varbinary(9)", json!({}), "varbinary(20)", true),
        ("binary(4)", json!({}), "binary(4)", true),
        ("binary(4)", json!({}), "binary(5)", false),
        ("binary(4)", json!({}), "varbinary(4)", false),
        ("varchar(9)", json!({}), "varbinary(9)", false),
        ("int", json!({}), "varchar(9)", false),
        ("date", json!({}), "datetime", false),
        ("timestamp", json!({}), "timestamp", false),
        ("enum('a')", json!({}), "enum('a')", false),
    ] {
        assert_eq!(fits(&column(child, more), &column(parent, json!({}))), want, "{child} {parent}");
    }
}
