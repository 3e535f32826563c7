//! A schema at a glance, as text for a person: one aligned line per database and a total. Pure.

use super::{Database, Snapshot, canonical};

const HEADINGS: [&str; 9] =
    ["DATABASE", "CHARSET", "TABLES", "VIEWS", "COLUMNS", "INDEXES", "FOREIGN KEYS", "CHECKS", "HASH"];

/// The table, with a line that names the server before and the revision after it.
///
/// # Errors
/// As [`canonical::bytes`].
pub fn text(snapshot: &Snapshot) -> Result<String, serde_json::Error> {
    let mut rows: Vec<Vec<String>> = vec![HEADINGS.iter().map(|&word| word.to_owned()).collect()];
    let mut hashes = Vec::new();
    for database in &snapshot.databases {
        let hash = canonical::database_hash(database, &canonical::object_hashes(database)?);
        rows.push(row(database, &hash));
        hashes.push((database.name.clone(), hash));
    }
    let revision = canonical::revision(&canonical::content_hash(&snapshot.server, &hashes));
    let objects: usize = snapshot.databases.iter().map(|d| d.tables.len() + d.views.len()).sum();
    let server = format!("{} {}", snapshot.server.dialect.as_str(), snapshot.server.version);
    let total = format!("{} databases, {objects} tables and views, revision {revision}", snapshot.databases.len());
    Ok(format!("{server}\n\n{}\n{total}\n", aligned(&rows)))
}

fn row(database: &Database, hash: &str) -> Vec<String> {
    let sum = |count: fn(&super::Table) -> usize| database.tables.iter().map(count).sum::<usize>().to_string();
    vec![
        printable(&database.name),
        database.charset.clone(),
        database.tables.len().to_string(),
        database.views.len().to_string(),
        sum(|table| table.columns.len()),
        sum(|table| table.indexes.len()),
        sum(|table| table.foreign_keys.len()),
        sum(|table| table.checks.len()),
        canonical::revision(hash),
    ]
}

/// A name cannot move the cursor or forge a line.
fn printable(name: &str) -> String {
    name.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

fn aligned(rows: &[Vec<String>]) -> String {
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..HEADINGS.len()).map(|column| width(column).unwrap_or(0)).collect();
    let line = |row: &Vec<String>| {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        format!("{}\n", cells.join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn one_aligned_line_per_database() {
        let snapshot: Snapshot = serde_json::from_value(serde_json::json!({
            "modelVersion": 1,
            "server": {"dialect": "tidb", "version": "8.0.11-TiDB-v8.4.0", "lowerCaseTableNames": 2},
            "databases": [
                {"name": "a\nb", "charset": "utf8mb4", "tables": [{"name": "t", "kind": "base", "columns": [
                    {"name": "id", "ordinal": 1, "type": {"base": "int"}, "nullable": false}]}]},
                {"name": "überlang", "charset": "latin1", "views": [{"name": "v"}]},
            ],
        }))
        .unwrap();
        let text = text(&snapshot).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "tidb 8.0.11-TiDB-v8.4.0");
        assert_eq!(lines[2], "DATABASE  CHARSET  TABLES  VIEWS  COLUMNS  INDEXES  FOREIGN KEYS  CHECKS  HASH");
        assert!(
            lines[3].starts_with("a\u{fffd}b       utf8mb4  1       0      1        0        0             0       "),
            "{text}"
        );
        assert!(lines[4].starts_with("überlang  latin1   0       1      0 "), "{text}");
        assert!(lines[6].starts_with("2 databases, 2 tables and views, revision "), "{text}");
    }
}
