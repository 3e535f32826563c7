//! Reads a snapshot file: what `discover --format json` prints.

use std::path::Path;

use crate::schema::{MODEL_VERSION, Snapshot};

/// The snapshot in a file.
///
/// # Errors
/// When the file cannot be read, holds something else, or a form newer than this program knows; says what to do.
pub fn read_snapshot(path: &Path) -> Result<Snapshot, String> {
    let shown = path.display();
    let bytes = std::fs::read(path).map_err(|error| format!("{shown}: {error}"))?;
    let snapshot: Snapshot = serde_json::from_slice(&bytes).map_err(|error| {
        format!("{shown} is no schema file ({error}): make one with `mcp-schema-operator discover --format json`")
    })?;
    match snapshot.model_version {
        MODEL_VERSION => Ok(snapshot),
        newer if newer > MODEL_VERSION => Err(format!(
            "{shown} has model version {newer}, this program knows {MODEL_VERSION}: use a newer mcp-schema-operator"
        )),
        other => Err(format!("{shown} has model version {other}: discover the schema anew")),
    }
}
