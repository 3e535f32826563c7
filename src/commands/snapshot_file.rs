//! Reads a schema from a file that `discover --format json` wrote, for every command that takes one.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde::Deserialize;

use crate::schema::{MODEL_VERSION, Snapshot};

/// Largest file that is read: more than the operator's own cap of 5,000 tables can fill.
const MOST_BYTES: u64 = 256 * 1024 * 1024;

/// The schema in a file; `-` is standard input.
///
/// # Errors
/// A sentence that names the file and says what to do.
pub fn read_snapshot(path: &Path) -> Result<Snapshot, String> {
    let standard = path.as_os_str() == "-";
    let name = if standard { "standard input".to_owned() } else { path.display().to_string() };
    let failed = |error: std::io::Error| format!("{name}: {error}");
    let mut bytes = Vec::new();
    let read = match standard {
        true => std::io::stdin().lock().take(MOST_BYTES + 1).read_to_end(&mut bytes),
        false => File::open(path).and_then(|file| file.take(MOST_BYTES + 1).read_to_end(&mut bytes)),
    };
    let size = read.map_err(failed)?;
    if u64::try_from(size).unwrap_or(u64::MAX) > MOST_BYTES {
        return Err(format!("{name}: larger than {} MiB; narrow it with --database and --table", MOST_BYTES >> 20));
    }
    parse(&bytes).map_err(|problem| format!("{name}: {problem}"))
}

/// The one field that every version of the format has.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head {
    model_version: u32,
}

const REMEDY: &str = "give a file that `discover --format json` wrote";

fn parse(bytes: &[u8]) -> Result<Snapshot, String> {
    let snapshot = serde_json::from_slice::<Snapshot>(bytes);
    // A newer form may read as this one and mean something else, or not read at all; either way its version says so.
    let version = match &snapshot {
        Ok(snapshot) => Some(snapshot.model_version),
        // A list reads as the fields in order, and is none of ours.
        Err(_) if bytes.trim_ascii_start().starts_with(b"[") => None,
        Err(_) => serde_json::from_slice::<Head>(bytes).ok().map(|head| head.model_version),
    };
    match (snapshot, version) {
        (_, Some(version)) if version > MODEL_VERSION => Err(format!(
            "has modelVersion {version}, and this program knows {MODEL_VERSION}; use the version that wrote it, or newer"
        )),
        (Ok(snapshot), _) => Ok(snapshot),
        (Err(error), Some(_)) => Err(format!("is damaged at {}; {REMEDY}", place(&error))),
        (Err(error), None) if error.is_data() => Err(format!("is no schema; {REMEDY}")),
        (Err(error), None) if bytes.trim_ascii().is_empty() => Err(format!("is empty ({}); {REMEDY}", place(&error))),
        (Err(error), None) => Err(format!("is no JSON from {} on; {REMEDY}", place(&error))),
    }
}

/// Where, and not what stands there.
fn place(error: &serde_json::Error) -> String {
    format!("line {}, column {}", error.line(), error.column())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_no_schema_says_what_to_do() {
        let server = r#""server":{"dialect":"tidb","version":"8","lowerCaseTableNames":2}"#;
        let with = |rest: &str| format!("{{{server},{rest}}}");
        for (text, want) in [
            (String::new(), "is empty"),
            ("{".to_owned(), "is no JSON from line 1, column 1 on"),
            ("[1]".to_owned(), "is no schema; give a file that `discover --format json` wrote"),
            (r#"{"items":[]}"#.to_owned(), "is no schema"),
            (with(r#""modelVersion":2,"databases":[]"#), "has modelVersion 2, and this program knows 1"),
            (r#"{"modelVersion":7,"shapes":[]}"#.to_owned(), "has modelVersion 7"),
            (with(r#""modelVersion":1,"databases":[{"name":1}]"#), "is damaged at line 1, column"),
        ] {
            let error = parse(text.as_bytes()).unwrap_err();
            assert!(error.starts_with(want), "{text}: {error}");
        }
        assert!(parse(with(r#""modelVersion":1,"databases":[]"#).as_bytes()).unwrap().databases.is_empty());
        let error = read_snapshot(Path::new("/no/such/file.json")).unwrap_err();
        assert!(error.starts_with("/no/such/file.json: "), "{error}");
    }
}
