//! Reads a schema from a file that `discover --format json` wrote.

use std::path::Path;

use serde::Deserialize;

use crate::schema::{MODEL_VERSION, Snapshot};

/// What every version of the format has.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head {
    model_version: u32,
}

/// The schema in a file.
///
/// # Errors
/// When it cannot be read, is of a newer version or is no such file; says what to do.
pub fn read_snapshot(path: &Path) -> Result<Snapshot, String> {
    let bytes = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    parse(&bytes).map_err(|problem| format!("{}: {problem}", path.display()))
}

fn parse(bytes: &[u8]) -> Result<Snapshot, String> {
    let other = |error: serde_json::Error| {
        let (line, column) = (error.line(), error.column());
        format!("is no schema file (line {line}, column {column}); make one with `discover --format json`")
    };
    let head: Head = serde_json::from_slice(bytes).map_err(other)?;
    if head.model_version > MODEL_VERSION {
        let version = head.model_version;
        return Err(format!("has modelVersion {version}, and this program knows {MODEL_VERSION}; use a newer one"));
    }
    serde_json::from_slice(bytes).map_err(other)
}
