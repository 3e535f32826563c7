//! Reads `cases/*.cases`: tables, and under each the rows to try.
//!
//! ```text
//! # a comment
//! table: c int unsigned            the columns; `table NAME:` where another table refers to it
//! given: {"id": 1}                 a row that is there before
//! 12                               a value for column `c`
//! {"c": 12}                        a row
//! [{"id": 1}, {"id": 1}]           several rows, one after the other
//! differs: why                     the next row is judged otherwise than MariaDB does, and why
//! ```

use std::fs;
use std::path::PathBuf;

use serde_json::value::RawValue;

/// A table and what is tried on it.
#[derive(Debug, Default)]
pub(crate) struct Table {
    pub(crate) name: String,
    pub(crate) columns: String,
    pub(crate) options: String,
    pub(crate) given: Vec<String>,
    pub(crate) cases: Vec<Case>,
}

/// Rows that are tried together.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) rows: Vec<String>,
    pub(crate) differs: Option<String>,
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/rows/cases")
}

/// Every table, in the order of files and lines.
pub(crate) fn read() -> Vec<Table> {
    let mut files: Vec<_> = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut tables: Vec<Table> = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let mut differs = None;
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            if let Some(table) = line.strip_prefix("table") {
                tables.push(header(table, tables.len()));
                continue;
            }
            let table = tables.last_mut().unwrap_or_else(|| panic!("{}: a row before any table", file.display()));
            if let Some(row) = line.strip_prefix("given:") {
                table.given.push(row.trim().to_owned());
            } else if let Some(why) = line.strip_prefix("differs:") {
                differs = Some(why.trim().to_owned());
            } else {
                table.cases.push(Case { rows: rows(line), differs: differs.take() });
            }
        }
        assert!(differs.is_none(), "{}: a difference without a row", file.display());
    }
    tables
}

/// ` NAME: columns` or `: columns`, with table options behind `|`.
fn header(text: &str, number: usize) -> Table {
    let (name, columns) = text.split_once(':').unwrap_or_else(|| panic!("table{text}"));
    let (columns, options) = columns.split_once(" | ").unwrap_or((columns, ""));
    let name = if name.trim().is_empty() { format!("t{number}") } else { name.trim().to_owned() };
    Table { name, columns: columns.trim().to_owned(), options: options.trim().to_owned(), ..Table::default() }
}

fn rows(line: &str) -> Vec<String> {
    if line.starts_with('{') {
        return vec![line.to_owned()];
    }
    match serde_json::from_str::<Vec<&RawValue>>(line) {
        Ok(rows) => rows.into_iter().map(|row| row.get().to_owned()).collect(),
        Err(_) => vec![format!("{{\"c\": {line}}}")],
    }
}
