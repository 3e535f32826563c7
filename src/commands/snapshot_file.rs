//! Reads a snapshot file: what `discover --format json` prints.

use std::path::Path;

use serde::Deserialize;

use crate::schema::{MODEL_VERSION, Snapshot};

/// What every version of the format has.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head {
    model_version: u32,
}

/// Reads the file.
///
/// # Errors
/// When it cannot be read, is of a newer version or is no such file; says what to do.
pub fn read_snapshot(path: &Path) -> Result<Snapshot, String> {
    let text = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    parse(&text).map_err(|problem| format!("{}: {problem}", path.display()))
}

fn parse(text: &[u8]) -> Result<Snapshot, String> {
    let other = |error: serde_json::Error| {
        let (line, column) = (error.line(), error.column());
        format!("not a snapshot (line {line}, column {column}); make one with `discover --format json`")
    };
    let head: Head = serde_json::from_slice(text).map_err(other)?;
    if head.model_version > MODEL_VERSION {
        let version = head.model_version;
        return Err(format!(
            "modelVersion {version} is newer than {MODEL_VERSION}, the newest known here; update mcp-schema-operator"
        ));
    }
    serde_json::from_slice(text).map_err(other)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_no_snapshot_is_refused_with_what_to_do() {
        for (text, wanted) in [
            ("{\"modelVersion\":2,\"tables\":{}}", "modelVersion 2 is newer than 1"),
            ("{\"modelVersion\":1}", "make one with `discover --format json`"),
            ("{\"tables\":[]}", "make one with `discover --format json`"),
            ("SELECT 1", "not a snapshot (line 1, column 1)"),
            ("", "not a snapshot"),
        ] {
            let error = parse(text.as_bytes()).unwrap_err();
            assert!(error.contains(wanted), "{text}: {error}");
        }
        let server = "{\"dialect\":\"tidb\",\"version\":\"8\",\"lowerCaseTableNames\":2}";
        let snapshot =
            parse(format!("{{\"modelVersion\":1,\"server\":{server},\"databases\":[]}}").as_bytes()).unwrap();
        assert_eq!(snapshot.server.lower_case_table_names, 2);
        let missing = read_snapshot(Path::new("/nowhere/shop.json")).unwrap_err();
        assert!(missing.starts_with("/nowhere/shop.json: "), "{missing}");
    }
}
