//! The scanner beside serde_json: the same texts are JSON, and the same values come out.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use proptest::prelude::*;
use serde_json::Value;

use super::*;

fn same_as_serde(text: &str) {
    let ours = Scanner::whole(text);
    let theirs: Result<Value, _> = serde_json::from_str(text);
    // serde_json alone refuses a number that no float can hold.
    if theirs.as_ref().is_err_and(|error| error.to_string().contains("out of range")) {
        return;
    }
    assert_eq!(ours.is_ok(), theirs.is_ok(), "{text:?}: {ours:?} {theirs:?}");
    match (ours, theirs) {
        (Ok(Cell::String(text)), Ok(Value::String(value))) => assert_eq!(text.value(), value),
        (Ok(Cell::Number { text, int }), Ok(number)) => {
            // serde_json makes a float of -0.
            let int = int.filter(|int| *int != 0);
            assert_eq!(int.map_or_else(|| number.clone(), Value::from), number, "{text}");
        }
        _ => {}
    }
}

#[test]
fn what_is_json_and_what_is_not() {
    for text in [
        "null",
        "true",
        "falsy",
        "nul",
        "",
        " ",
        "0",
        "-0",
        "01",
        "-",
        "1.",
        "1.5",
        ".5",
        "1e5",
        "1e",
        "1E+5",
        "--1",
        "18446744073709551615",
        "-9223372036854775808",
        "999999999999999999",
        "-999999999999999999",
        r#""""#,
        r#""a"#,
        r#""\u00e9""#,
        r#""\ud83d\ude00""#,
        r#""\ud83d""#,
        r#""\ud83dx""#,
        r#""\ude00""#,
        r#""\u12""#,
        r#""\x""#,
        r#""\"\\\/\b\f\n\r\t""#,
        "\"a\tb\"",
        "\"abcdefgh\u{1}\"",
        "\"abcdefgé\"",
        "[]",
        "[1,]",
        "[1 2]",
        "{}",
        r#"{"a":1}"#,
        r#"{"a":1,}"#,
        r#"{a:1}"#,
        r#"{"a" : [ {} , null ] }"#,
        r#"{"a":1} x"#,
        "[[[]]",
        r#""\u+123""#,
    ] {
        same_as_serde(text);
    }
}

#[test]
fn a_number_too_large_for_a_float_is_a_number() {
    assert_eq!(Scanner::whole("1e400"), Ok(Cell::Number { text: "1e400", int: None }));
}

#[test]
fn nesting_is_bounded() {
    let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(Scanner::whole(&deep(MAX_DEPTH)).is_ok());
    assert_eq!(Scanner::whole(&deep(MAX_DEPTH + 1)), Err(Fault::Depth));
    assert_eq!(Scanner::whole(&"[".repeat(1_000_000)), Err(Fault::Depth));
}

#[test]
fn a_string_knows_whether_it_is_plain() {
    for (text, plain) in [
        (r#""abcdefghij""#, true),
        (r#""abcdefghi\u00e9""#, false),
        ("\"abcdefghié\"", false),
        ("\"é\"", false),
        ("\"é234567\"", false),
        (r#""abc\n""#, false),
        (r#""""#, true),
    ] {
        let Ok(Cell::String(text)) = Scanner::whole(text) else { panic!("{text}") };
        assert_eq!(text.is_plain_ascii(), plain, "{text:?}");
    }
}

proptest! {
    #[test]
    fn any_text_is_judged_as_serde_json_does(text in r#"[\[\]{}",:0-9eE+\-.\\untrfalsx \PC]{0,24}"#) {
        same_as_serde(&text);
    }

    #[test]
    fn any_string_comes_back(text in any::<String>()) {
        same_as_serde(&serde_json::to_string(&text).unwrap());
    }
}
