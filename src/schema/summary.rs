//! A schema in a few lines for a person: one line per database, totals, and notes. Pure.

use super::canonical::{content_hash, database_hash, object_hashes, revision};
use super::{Database, Snapshot};

/// Columns of the table, and how many of them are counts.
const WIDTH: usize = 10;
const COUNTS: usize = 7;

const HEAD: [&str; WIDTH] =
    ["DATABASE", "CHARSET", "TABLES", "VIEWS", "SEQUENCES", "COLUMNS", "INDEXES", "FOREIGN KEYS", "CHECKS", "HASH"];

/// The summary's text, ending in a newline. `notes` (warnings, say) follow the totals, one a line.
///
/// # Errors
/// As [`super::canonical::bytes`].
pub fn summary(snapshot: &Snapshot, notes: &[String]) -> Result<String, serde_json::Error> {
    let (mut rows, mut hashes, mut totals) = (vec![HEAD.map(str::to_owned)], Vec::new(), [0; COUNTS]);
    for database in &snapshot.databases {
        let hash = database_hash(database, &object_hashes(database)?);
        let counts = counts(database);
        for (total, count) in totals.iter_mut().zip(counts) {
            *total += count;
        }
        rows.push(line(&printable(&database.name), &database.charset, counts, &revision(&hash)));
        hashes.push((database.name.clone(), hash));
    }
    let content = content_hash(&snapshot.server, &hashes);
    let how_many = snapshot.databases.len();
    let label = format!("{how_many} {}", if how_many == 1 { "database" } else { "databases" });
    rows.push(line(&label, "", totals, &revision(&content)));
    let mut out = aligned(&rows);
    if !notes.is_empty() {
        out.push('\n');
    }
    for note in notes {
        out.push_str(&printable(note));
        out.push('\n');
    }
    Ok(out)
}

/// Tables, views, sequences, columns (of tables), indexes (the primary key included), foreign keys, checks.
fn counts(database: &Database) -> [usize; COUNTS] {
    let sum = |of: &dyn Fn(&super::Table) -> usize| database.tables.iter().map(of).sum();
    [
        database.tables.len(),
        database.views.len(),
        database.sequences.len(),
        sum(&|t| t.columns.len()),
        sum(&|t| t.indexes.len() + usize::from(t.primary_key.is_some())),
        sum(&|t| t.foreign_keys.len()),
        sum(&|t| t.checks.len()),
    ]
}

fn line(name: &str, charset: &str, counts: [usize; COUNTS], hash: &str) -> [String; WIDTH] {
    let [tables, views, sequences, columns, indexes, keys, checks] = counts.map(|n| n.to_string());
    let charset = if charset.is_empty() { "-" } else { charset };
    [name.to_owned(), charset.to_owned(), tables, views, sequences, columns, indexes, keys, checks, hash.to_owned()]
}

/// A name or note on one line: control characters would break the table or the terminal.
pub(crate) fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{FFFD}' } else { c }).collect()
}

/// Words to the left, numbers to the right, two blanks between.
fn aligned(rows: &[[String; WIDTH]]) -> String {
    let width = |at: usize| rows.iter().map(|row| row[at].chars().count()).max().unwrap_or(0);
    let widths: [usize; WIDTH] = std::array::from_fn(width);
    let mut out = String::new();
    for row in rows {
        let cells = row.iter().zip(widths).enumerate().map(|(at, (cell, width))| match at {
            0 | 1 => format!("{cell:<width$}"),
            at if at + 1 == WIDTH => cell.clone(),
            _ => format!("{cell:>width$}"),
        });
        out.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
        out.push('\n');
    }
    out
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use serde_json::json;

    use super::*;

    fn snapshot(names: &[&str]) -> Snapshot {
        let table = json!({"name": "t", "kind": "base",
            "columns": [{"name": "id", "ordinal": 1, "type": {"base": "int"}, "nullable": false}],
            "primaryKey": {"columns": [{"column": "id"}]}});
        let database =
            |name: &&str| json!({"name": name, "charset": "utf8mb4", "collation": "utf8mb4_bin", "tables": [table]});
        let databases: Vec<_> = names.iter().map(database).collect();
        let server = json!({"dialect": "tidb", "version": "8", "lowerCaseTableNames": 2});
        serde_json::from_value(json!({"modelVersion": 1, "server": server, "databases": databases})).unwrap()
    }

    #[test]
    fn columns_line_up_and_totals_follow() {
        let text = summary(&snapshot(&["shop", "täble列"]), &["VIEW_INVALID shop.v: repair it".to_owned()]).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines[0],
            "DATABASE     CHARSET  TABLES  VIEWS  SEQUENCES  COLUMNS  INDEXES  FOREIGN KEYS  CHECKS  HASH"
        );
        assert!(
            lines[1].starts_with(
                "shop         utf8mb4       1      0          0        1        1             0       0  "
            )
        );
        assert!(lines[2].starts_with("täble列       utf8mb4       1      0          0        1 "), "{}", lines[2]);
        assert!(
            lines[3].starts_with("2 databases  -             2      0          0        2        2 "),
            "{}",
            lines[3]
        );
        let hash = |line: &str| line.rsplit("  ").next().unwrap().to_owned();
        assert!(lines[1..4].iter().all(|line| hash(line).len() == 12));
        assert_ne!(hash(lines[1]), hash(lines[2]));
        assert_eq!(lines[4..], ["", "VIEW_INVALID shop.v: repair it"]);
    }

    #[test]
    fn an_empty_schema_and_a_hostile_name_stay_readable() {
        assert!(summary(&snapshot(&[]), &[]).unwrap().contains("\n0 databases  "));
        let text = summary(&snapshot(&["a\n\u{1b}[31mb"]), &[]).unwrap();
        assert_eq!(text.lines().count(), 3);
        assert!(!text.contains('\u{1b}'));
    }
}
