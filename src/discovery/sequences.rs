//! MariaDB's sequences, which are in no table of information_schema: each is asked itself, many in one statement. Thin
//! I/O; bounded; one that the server refuses to show is left out and never an error.

use std::collections::BTreeMap;

use super::memory::Memory;
use super::names::qualified;
use super::queries::hex;
use crate::mcp::rows::Row;
use crate::mcp::{McpError, SqlSource};
use crate::schema::canonical::sha256_hex;
use crate::schema::select::Selection;

/// Sequences in one statement; a branch has about 250 bytes.
const PER_STATEMENT: usize = 100;

/// The settings of sequences, given as database and name; each with the HEX of its database as `d` and of its name as `k`.
/// One that may not be read would spoil the statement for the others, which are then asked one by one.
///
/// # Errors
/// A failed call.
pub(super) async fn read(source: &dyn SqlSource, names: &[(&str, &str)]) -> Result<Vec<Row>, McpError> {
    let dialect = source.server().dialect;
    let branch = |(database, name): &(&str, &str)| Some(branch(database, name, &qualified(database, name, dialect)?));
    let branches: Vec<String> = names.iter().filter_map(branch).collect();
    let mut out = Vec::new();
    for batch in branches.chunks(PER_STATEMENT) {
        match crate::mcp::query(source, &batch.join(" UNION ALL ")).await {
            Ok(rows) => out.extend(rows),
            Err(error) if super::create::refusal(&error) => {
                for one in batch.iter().filter(|_| batch.len() > 1) {
                    match crate::mcp::query(source, one).await {
                        Ok(rows) => out.extend(rows),
                        Err(error) if super::create::refusal(&error) => {}
                        Err(error) => return Err(error),
                    }
                }
            }
            Err(error) => return Err(error),
        }
    }
    Ok(out)
}

fn branch(database: &str, name: &str, qualified: &str) -> String {
    format!(
        "SELECT '{}' AS d, '{}' AS k, CAST(start_value AS CHAR) AS st, CAST(minimum_value AS CHAR) AS mn, \
         CAST(maximum_value AS CHAR) AS mx, CAST(increment AS CHAR) AS inc, CAST(cache_size AS CHAR) AS ca, cycle_option \
         AS cy FROM {qualified}",
        hex(database),
        hex(name)
    )
}

/// A fingerprint that ALTER SEQUENCE changes as well; the same as before for a database without sequences.
///
/// # Errors
/// Rows that lack a cell.
pub(super) fn extend(fingerprint: String, rows: &[&Row]) -> Result<String, McpError> {
    if rows.is_empty() {
        return Ok(fingerprint);
    }
    let cells = |row: &&Row| {
        let cells = ["k", "st", "mn", "mx", "inc", "ca", "cy"].map(|label| row.text(label));
        Ok(cells.into_iter().collect::<Result<Vec<_>, _>>()?.join("|"))
    };
    let mut lines = rows.iter().map(cells).collect::<Result<Vec<_>, McpError>>()?;
    lines.sort_unstable();
    Ok(sha256_hex(&[fingerprint.as_bytes(), b"\n", lines.join("\n").as_bytes()])[..16].to_owned())
}

/// Extends the fingerprints of databases whose sequences an earlier discovery found, in as few calls as they fit into.
/// One that nobody remembers keeps a fingerprint that differs from what a discovery gave it, and so is read again.
///
/// # Errors
/// A failed call.
pub(super) async fn extend_all(
    source: &dyn SqlSource,
    fingerprints: &mut BTreeMap<String, String>,
    known: &Memory,
    selection: &Selection,
    fold: bool,
) -> Result<(), McpError> {
    let of = |database: &String| known.sequences(database).map(|name| (database.clone(), name.to_owned())).collect();
    let all: Vec<(String, String)> = fingerprints.keys().flat_map(|database| -> Vec<_> { of(database) }).collect();
    let wanted = all.iter().filter(|(database, name)| selection.table(database, name, fold));
    let names: Vec<(&str, &str)> = wanted.map(|(database, name)| (database.as_str(), name.as_str())).collect();
    let rows = read(source, &names).await?;
    for (database, fingerprint) in fingerprints {
        let key = hex(database);
        let own: Vec<&Row> = rows.iter().filter(|row| row.text("d").is_ok_and(|d| d == key)).collect();
        *fingerprint = extend(std::mem::take(fingerprint), &own)?;
    }
    Ok(())
}

#[cfg(test)]
#[path = "sequences_tests.rs"]
mod tests;
