//! Reads a snapshot file, the document that `discover --format json` prints.

use std::io::Read as _;
use std::path::Path;

use serde_json::Value;

use crate::error::shorten;
use crate::schema::{MODEL_VERSION, Snapshot};

/// The largest file that is read: several times what the operator's own limits let a snapshot become.
const MAX_BYTES: u64 = 1 << 30;

/// Reads the file.
///
/// # Errors
/// A sentence with the file's name that says what to do.
pub fn read_snapshot(path: &Path) -> Result<Snapshot, String> {
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    let mut bytes = Vec::new();
    std::fs::File::open(path).map_err(failed)?.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(failed)?;
    parse(&bytes).map_err(|problem| format!("{} {problem}", path.display()))
}

fn parse(bytes: &[u8]) -> Result<Snapshot, String> {
    let refused = |problem: &str| {
        let problem = shorten(problem, 200);
        format!("is not a snapshot file ({problem}): write one with discover --format json > FILE")
    };
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > MAX_BYTES {
        return Err(refused("it is larger than 1 GiB"));
    }
    let value: Value = serde_json::from_slice(bytes).map_err(|error| refused(&error.to_string()))?;
    // Looked at first: a newer form may well not parse as this one.
    match value.get("modelVersion").and_then(Value::as_u64) {
        Some(version) if version > u64::from(MODEL_VERSION) => Err(format!(
            "was written by a newer version (modelVersion {version}, this one reads {MODEL_VERSION}): upgrade mcp-schema-operator, or write the file again with this version"
        )),
        Some(version) if version == u64::from(MODEL_VERSION) => {
            serde_json::from_value(value).map_err(|error| refused(&error.to_string()))
        }
        _ => Err(refused("it has no modelVersion")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_cannot_be_used_says_what_to_do() {
        let server = r#"{"dialect":"tidb","version":"8","lowerCaseTableNames":2}"#;
        for (text, want) in [
            (format!(r#"{{"modelVersion":1,"server":{server},"databases":[]}}"#), None),
            (
                format!(r#"{{"modelVersion":2,"server":{server},"databases":{{}}}}"#),
                Some("was written by a newer version"),
            ),
            (format!(r#"{{"modelVersion":0,"server":{server},"databases":[]}}"#), Some("has no modelVersion")),
            (r#"{"modelVersion":1}"#.to_owned(), Some("missing field `server`")),
            (r#"{"format":1,"databases":[]}"#.to_owned(), Some("has no modelVersion")),
            ("CREATE TABLE t (id int)".to_owned(), Some("is not a snapshot file")),
            (String::new(), Some("discover --format json")),
            ("[".repeat(100_000), Some("is not a snapshot file")),
        ] {
            let problem = parse(text.as_bytes()).err();
            let good = match want {
                None => problem.is_none(),
                Some(words) => problem.as_ref().is_some_and(|problem| problem.contains(words) && problem.len() < 400),
            };
            assert!(good, "{problem:?}");
        }
        let missing = read_snapshot(Path::new("/nowhere/shop.json")).err();
        assert!(missing.is_some_and(|text| text.starts_with("/nowhere/shop.json: ")));
    }
}
