//! The first query of every session: proves the database login and that values come through unaltered. Pure.

use crate::error::Reason;
use crate::mcp::rows::Row;
use crate::mcp::{Dialect, McpError, Rows};

/// Two rows with a number, text, NULL, a number beyond 2^53 and a decimal. Every cell is one that some server is known
/// to alter: rounded through a float, base64, or left out.
pub(in crate::mcp) const SQL: &str = "SELECT 1 AS i, CAST('a' AS CHAR(16)) AS s, NULL AS z, CAST(18446744073709551615 AS CHAR(32)) AS u, CAST(1.5 AS DECIMAL(2,1)) AS p UNION ALL SELECT 2,'b',NULL,'x',0.5";

/// What is asked besides where decimals come as base64, see [`judge_engine`].
pub(in crate::mcp) const VERSION: &str = "SELECT VERSION() AS version";

const LABELS: [&str; 5] = ["i", "s", "z", "u", "p"];
const WANT: [[Option<&str>; 5]; 2] = [
    [Some("1"), Some("a"), None, Some("18446744073709551615"), Some("1.5")],
    [Some("2"), Some("b"), None, Some("x"), Some("0.5")],
];
/// The decimals in base64.
const ENCODED: [&str; 2] = ["MS41", "MC41"];

/// What the canary shows of a server that alters nothing we ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::mcp) enum Verdict {
    /// Values come through.
    Good,
    /// Decimals come as base64, and with them much else on every engine but TiDB.
    OnTidbAlone,
}

/// Compares the rows with what was asked for.
///
/// # Errors
/// `CanaryFailed`, with the column that differs.
pub(in crate::mcp) fn judge(dialect: Dialect, rows: &Rows) -> Result<Verdict, McpError> {
    if rows.len() != WANT.len() {
        return Err(failed(&format!("{} rows came where 2 were asked for", rows.len())));
    }
    // The MCP Toolbox with a source of type tidb. There, what discovery asks for is cast so that it comes as text.
    let encoded = |(row, want): (&Row, _)| row.text("p").is_ok_and(|p| p == want);
    let on_tidb = dialect == Dialect::Toolbox && rows.iter().zip(ENCODED).all(encoded);
    for (row, want) in rows.iter().zip(WANT) {
        if row.labels().count() != LABELS.len() {
            return Err(failed("other columns came than those asked for"));
        }
        for (label, want) in LABELS.iter().zip(want) {
            let same = row.text_or_null(label).is_ok_and(|got| got.as_deref() == want);
            let encoded = on_tidb && *label == "p";
            if !same && !encoded {
                return Err(failed(&format!("{} did not come through", told(row, label))));
            }
        }
    }
    Ok(if on_tidb { Verdict::OnTidbAlone } else { Verdict::Good })
}

/// Whether the engine that answers [`VERSION`] is one for which base64 decimals do no harm.
///
/// # Errors
/// `CanaryFailed` on any engine but TiDB.
pub(in crate::mcp) fn judge_engine(rows: &Rows) -> Result<(), McpError> {
    let is_tidb = |row: &Row| row.text("version").is_ok_and(|version| version.contains("TiDB"));
    if rows.first().is_some_and(is_tidb) {
        return Ok(());
    }
    Err(McpError::new(
        Reason::CanaryFailed,
        "this MCP Toolbox source has type tidb, but the database is not TiDB: use type mysql in the Toolbox's configuration",
    ))
}

fn told(row: &Row, label: &str) -> &'static str {
    match label {
        "i" => "a small number",
        "s" => "a text",
        "z" => "NULL",
        "u" => "a number beyond 2^53",
        _ if row.text("p").is_ok_and(|p| p == ENCODED[0]) => {
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
        assert_eq!(judge(Dialect::Pytidb, &rows(good())).unwrap(), Verdict::Good);
        let other = json!([{"I": "1", "S": "a", "Z": null, "U": 18_446_744_073_709_551_615_u64, "P": 1.5}, {"I": "2", "S": "b", "Z": null, "U": "x", "P": 0.5}]);
        assert_eq!(judge(Dialect::Dbhub, &rows(other)).unwrap(), Verdict::Good);
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
            let error = judge(Dialect::Benborla, &rows(altered)).unwrap_err();
            assert_eq!(error.reason, Reason::CanaryFailed);
            assert!(error.message.contains(want), "{cell} = {value}: {error}");
        }
        for cut in [json!([]), json!([good()[0]]), json!([good()[0], good()[1], good()[1]])] {
            assert!(judge(Dialect::Pytidb, &rows(cut)).unwrap_err().message.contains("where 2 were asked for"));
        }
    }

    #[test]
    fn base64_decimals_are_the_toolboxs_alone_and_fit_tidb_alone() {
        let mut encoded = good();
        (encoded[0]["p"], encoded[1]["p"]) = (json!("MS41"), json!("MC41"));
        assert_eq!(judge(Dialect::Toolbox, &rows(encoded.clone())).unwrap(), Verdict::OnTidbAlone);
        assert!(judge(Dialect::Dbhub, &rows(encoded.clone())).unwrap_err().message.contains("base64"));
        let mut half = encoded.clone();
        half[1]["p"] = json!("0.5");
        assert!(judge(Dialect::Toolbox, &rows(half)).is_err());
        encoded[0]["u"] = json!("x");
        assert!(judge(Dialect::Toolbox, &rows(encoded)).unwrap_err().message.contains("beyond 2^53"));

        judge_engine(&rows(json!([{"VERSION": "8.0.11-TiDB-v8.4.0"}]))).unwrap();
        for other in [json!([{"version": "10.11.19-MariaDB"}]), json!([{"version": "OC4wLjExLVRpREI="}]), json!([])] {
            let error = judge_engine(&rows(other)).unwrap_err();
            assert_eq!(error.reason, Reason::CanaryFailed);
            assert!(error.message.contains("has type tidb, but the database is not TiDB: use type mysql"), "{error}");
        }
    }
}
