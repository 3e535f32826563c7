//! Rows that the database itself packed into one JSON text per group, which spares a server most of its work per row.
//! Reads such a text strictly, and knows the query that proves at connect time that one comes through unaltered. Pure.
//!
//! Nothing here is an error: what does not read exactly is not packed, and is then asked for as plain rows.

use serde_json::Value;

use super::Rows;
use super::rows::Row;

/// What MySQL and TiDB put before a string they take for binary inside JSON; such a cell is not the text it stands for.
const BINARY: &str = "base64:type";

/// Two rows in one group, with everything JSON must escape (quotes, a backslash, control characters), characters of two,
/// three and four bytes, NULL beside the texts `NULL` and empty, and a number beyond 2^53.
pub(super) const CANARY: &str = "SELECT g AS t, HEX(g) AS k, COUNT(*) AS n, \
    CAST(JSON_ARRAYAGG(JSON_ARRAY(i,a,b,c,d)) AS CHAR) AS r FROM (SELECT 'G' AS g, 1 AS i, \
    CONVERT(X'22275C5C6E0001080A0D1F7FC3A9E280A8F09F9880' USING utf8mb4) AS a, NULL AS b, 'NULL' AS c, \
    9007199254740993 AS d UNION ALL SELECT 'G', 2, '', 'x', ' ', 0) P GROUP BY HEX(g), g ORDER BY HEX(g)";

/// Whether the answer to [`CANARY`] is exact.
pub(super) fn passes(rows: &Rows) -> bool {
    let [row] = rows.as_slice() else { return false };
    let Ok((name, text)) = row.text("t").and_then(|t| Ok((t, row.text("r")?))) else { return false };
    let mut got = match (name.as_str(), row.number("n"), unpack(&text, 2, 5)) {
        ("G", Ok(2), Some(got)) => got,
        _ => return false,
    };
    got.sort_by_key(|row| row.first().and_then(Value::as_u64));
    let hostile = "\"'\\\\n\u{0}\u{1}\u{8}\n\r\u{1f}\u{7f}é\u{2028}😀";
    let want = [
        [1.into(), hostile.into(), Value::Null, "NULL".into(), 9_007_199_254_740_993_u64.into()],
        [2.into(), "".into(), "x".into(), " ".into(), 0.into()],
    ];
    got == want
}

/// The rows in a packed text: a JSON array of `rows` arrays of `width` cells each. `None` when it is anything else, as
/// when the database cut it short (MariaDB does at `group_concat_max_len`).
#[must_use]
pub fn unpack(text: &str, rows: u64, width: usize) -> Option<Vec<Vec<Value>>> {
    let mut all: Vec<Vec<Value>> = serde_json::from_str(text).ok()?;
    if all.len() as u64 != rows || all.iter().any(|row| row.len() != width) {
        return None;
    }
    all.iter_mut().flatten().all(plain).then_some(all)
}

/// Whether a cell is one a plain row could have; a truth value becomes the number it is there.
fn plain(cell: &mut Value) -> bool {
    if let Value::Bool(truth) = cell {
        *cell = u8::from(*truth).into();
    }
    match cell {
        Value::Null | Value::Number(_) => true,
        Value::String(text) => !text.starts_with(BINARY),
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => false,
    }
}

/// A row made of unpacked cells and the labels they stand for.
#[must_use]
pub fn row<'a>(labels: impl IntoIterator<Item = &'a str>, cells: impl IntoIterator<Item = Value>) -> Row {
    Row::new(labels.into_iter().map(str::to_owned).zip(cells).collect())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use serde_json::json;

    use super::*;

    /// What MariaDB 10.11 sends.
    const PACKED: &str =
        r#"[[1, "\"'\\\\n\u0000\u0001\b\n\r\u001F é😀", null, "NULL", 9007199254740993],[2, "", "x", " ", 0]]"#;

    fn answer(packed: &Value) -> Rows {
        vec![Row::new(json!({"t": "G", "k": "47", "n": 2, "r": packed}).as_object().unwrap().clone())]
    }

    fn exact() -> String {
        PACKED.replace("\\u001F é", "\\u001F\u{7f}é\u{2028}")
    }

    #[test]
    fn an_exact_answer_passes_in_any_order_of_rows_and_any_spelling_of_escapes() {
        assert!(passes(&answer(&exact().into())));
        let rows: Vec<Value> = serde_json::from_str(&exact()).unwrap();
        let turned = json!([rows[1], rows[0]]).to_string();
        assert_ne!(turned, exact());
        assert!(passes(&answer(&turned.into())));
    }

    #[test]
    fn whatever_is_altered_or_parsed_on_the_way_is_read_plainly() {
        for (from, to) in [
            ("😀", "?"),
            ("\\\\\\\\", "\\\\"),
            ("\\u0000", ""),
            ("\u{2028}", " "),
            ("null", "\"NULL\""),
            ("\"NULL\"", "null"),
            ("9007199254740993", "9007199254740992"),
            ("[2, \"\",", "[2, null,"),
            ("\" \"", "\"\""),
            ("[2,", "[\"2\","),
            ("]]", "]"),
            ("],[", "]],[["),
            (",[2, \"\", \"x\", \" \", 0]", ""),
        ] {
            let altered = exact().replacen(from, to, 1);
            assert_ne!(altered, exact(), "{from}");
            assert!(!passes(&answer(&altered.into())), "{from} -> {to}");
        }
        let parsed: Value = serde_json::from_str(&exact()).unwrap();
        assert!(!passes(&answer(&parsed)), "a server that parses JSON cells");
        assert!(!passes(&vec![]) && !passes(&[answer(&exact().into()), answer(&exact().into())].concat()));
    }

    #[test]
    fn a_text_that_is_cut_nested_or_binary_is_not_unpacked() {
        let want = vec![vec![json!(1), json!("a")], vec![json!(0), json!(null)]];
        assert_eq!(unpack(r#"[[true,"a"],[false,null]]"#, 2, 2), Some(want));
        for (text, rows, width) in [
            (r#"[[1,"a"],[2,"b"#, 2, 2),
            (r#"[[1,"a"]]"#, 2, 2),
            (r#"[[1,"a"],[2,"b","c"]]"#, 2, 2),
            (r#"[[1,{"a":1}]]"#, 1, 2),
            (r"[[1,[2]]]", 1, 2),
            (r#"[[1,"base64:type252:YQ=="]]"#, 1, 2),
            (r#"{"a":1}"#, 1, 2),
            ("[[1,\"a\"]] x", 1, 2),
            ("[[1,\"\u{1}\"]]", 1, 2),
            ("", 0, 2),
        ] {
            assert_eq!(unpack(text, rows, width), None, "{text}");
        }
    }

    #[test]
    fn the_canary_has_no_character_a_server_would_take_for_something_else() {
        assert!(CANARY.is_ascii() && !CANARY.contains([':', '%', '\\', ';', '`', '"']) && !CANARY.contains("  "));
    }
}
