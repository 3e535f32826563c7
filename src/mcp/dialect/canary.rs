//! The first query of every session: proves the database login and that values come through unaltered. Pure.

use crate::error::Reason;
use crate::mcp::rows::Row;
use crate::mcp::{McpError, Rows};

/// Two rows with a number, text, NULL, a number beyond 2^53 and a decimal. Every cell is one that some server is known
/// to alter: rounded through a float, base64, or left out.
pub(in crate::mcp) const SQL: &str = "SELECT 1 AS i, CAST('a' AS CHAR(16)) AS s, NULL AS z, CAST(18446744073709551615 AS CHAR(32)) AS u, CAST(1.5 AS DECIMAL(2,1)) AS p UNION ALL SELECT 2,'b',NULL,'x',0.5";

const LABELS: [&str; 5] = ["i", "s", "z", "u", "p"];
const WANT: [[Option<&str>; 5]; 2] = [
    [Some("1"), Some("a"), None, Some("18446744073709551615"), Some("1.5")],
    [Some("2"), Some("b"), None, Some("x"), Some("0.5")],
];

/// Compares the rows with what was asked for.
///
/// # Errors
/// `CanaryFailed`, with the column that differs.
pub(in crate::mcp) fn judge(rows: &Rows) -> Result<(), McpError> {
    if rows.len() != WANT.len() {
        return Err(failed(&format!("{} rows came where 2 were asked for", rows.len())));
    }
    for (row, want) in rows.iter().zip(WANT) {
        if row.labels().count() != LABELS.len() {
            return Err(failed("other columns came than those asked for"));
        }
        for (label, want) in LABELS.iter().zip(want) {
            if !row.text_or_null(label).is_ok_and(|got| got.as_deref() == want) {
                return Err(failed(&format!("{} did not come through", told(row, label))));
            }
        }
    }
    Ok(())
}

fn told(row: &Row, label: &str) -> &'static str {
    match label {
        "i" => "a small number",
        "s" => "a text",
        "z" => "NULL",
        "u" => "a number beyond 2^53",
        // What the MCP Toolbox makes of a decimal when its source type does not fit the database.
        _ if row.text("p").is_ok_and(|p| p == "MS41") => {
            "a decimal (sent as base64: the server is set up for another database)"
        }
        _ => "a decimal",
    }
}

fn failed(what: &str) -> McpError {
    McpError::new(
        Reason::CanaryFailed,
        format!(
            "the MCP server alters what the database sends: {what}; use a server and settings that pass values on as they are"
        ),
    )
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn rows(value: Value) -> Rows {
        let rows: Vec<_> = value.as_array().unwrap().clone();
        rows.into_iter().map(|row| Row::new(row.as_object().unwrap().clone())).collect()
    }

    fn good() -> Value {
        json!([{"i": 1, "s": "a", "z": null, "u": "18446744073709551615", "p": "1.5"}, {"i": 2, "s": "b", "z": null, "u": "x", "p": "0.5"}])
    }

    #[test]
    fn the_canary_accepts_numbers_as_text_and_labels_of_any_case() {
        judge(&rows(good())).unwrap();
        let other = json!([{"I": "1", "S": "a", "Z": null, "U": 18_446_744_073_709_551_615_u64, "P": 1.5}, {"I": "2", "S": "b", "Z": null, "U": "x", "P": 0.5}]);
        judge(&rows(other)).unwrap();
    }

    #[test]
    fn the_canary_names_what_was_altered() {
        for (cell, value, want) in [
            ("u", json!(1.844_674_407_370_955_2e19), "beyond 2^53"),
            ("u", json!("18446744073709552000"), "beyond 2^53"),
            ("z", json!(""), "NULL"),
            ("z", json!("NULL"), "NULL"),
            ("p", json!("MS41"), "base64"),
            ("p", json!("1.50"), "a decimal"),
            ("s", json!("YQ=="), "a text"),
            ("i", json!({}), "small number"),
            ("extra", json!(1), "other columns"),
        ] {
            let mut altered = good();
            altered[0][cell] = value.clone();
            let error = judge(&rows(altered)).unwrap_err();
            assert_eq!(error.reason, Reason::CanaryFailed);
            assert!(error.message.contains(want), "{cell} = {value}: {error}");
        }
        for cut in [json!([]), json!([good()[0]]), json!([good()[0], good()[1], good()[1]])] {
            assert!(judge(&rows(cut)).unwrap_err().message.contains("where 2 were asked for"));
        }
    }
}
