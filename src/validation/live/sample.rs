//! The statement that reads a sample of a table's rows, and how much of them: as many rows as the policy asks for, unless
//! they are so wide that one answer could not hold them. Pure.

use super::cells::Read;
use super::names::{self, UNSENDABLE};
use super::{About, Question};
use crate::api::policy::Sample;
use crate::schema::{Column, Database, Engine, Table};
use crate::validation::policy::Outcome;

/// Most rows, as the API says.
const MOST_ROWS: u64 = 1000;
/// Most characters of the cells of one answer. An answer holds 16 MiB at most, and some servers send everything twice.
const BUDGET: u64 = 6 << 20;
/// What stands around a cell in an answer: its label, quotes and commas.
const AROUND: u64 = 24;
/// A value up to so many bytes is looked at whatever it costs: an ordinary VARCHAR(255) always is.
const LEAST_CAP: u64 = 1024;
/// A longer one never is.
const MOST_CAP: u64 = 64 << 10;

/// A sample, ready to be asked for.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) statement: String,
    /// The table as its rows are judged: the columns that are read, without what concerns an INSERT alone.
    pub(super) table: Table,
    /// How each column of `table` is read.
    pub(super) reads: Vec<Read>,
    /// Rows that the policy asks for.
    pub(super) wanted: u64,
    /// Rows that are asked for.
    pub(super) rows: u64,
    /// Bytes beyond which a value is not looked at.
    pub(super) cap: u64,
    /// Columns whose values do not come back in a form that can be judged.
    pub(super) unreadable: Vec<String>,
    /// Columns whose names cannot be sent.
    pub(super) unsendable: Vec<String>,
}

/// The label of a column's cells.
pub(super) fn label(at: usize) -> String {
    format!("c{at}")
}

/// The question for a sample of a table.
pub(super) fn question(about: About, database: &Database, table: &Table, wanted: &Sample, engine: Engine) -> Question {
    let Some(from) = names::qualified(&database.name, &table.name) else {
        return Question::known(about, Outcome::Unknown, &format!("the table {UNSENDABLE}"));
    };
    let (mut columns, mut reads) = (Vec::new(), Vec::new());
    let (mut unreadable, mut unsendable) = (Vec::new(), Vec::new());
    for column in &table.columns {
        let Some(name) = names::quoted(&column.name) else {
            unsendable.push(column.name.clone());
            continue;
        };
        match Read::new(column, &format!("s.{name}"), engine) {
            Some(read) => {
                columns.push(column.clone());
                reads.push(read);
            }
            None => unreadable.push(column.name.clone()),
        }
    }
    if reads.is_empty() {
        let message = "no column of the table can be read back for judging, so its rows were not looked at";
        return Question::known(about, Outcome::Unknown, message);
    }
    let wanted = u64::from(wanted.limit).clamp(1, MOST_ROWS);
    let (rows, cap) = room(&reads, wanted);
    let cells = reads.iter().enumerate().map(|(at, read)| format!("{} AS {}", read.expression(cap), label(at)));
    let cells = cells.collect::<Vec<_>>().join(", ");
    let statement = format!("SELECT {cells} FROM {from} s{} LIMIT {rows}", order(table));
    let table = judged(table, columns);
    let plan = Plan { statement, table, reads, wanted, rows, cap, unreadable, unsendable };
    Question { about, body: super::Body::Sample(Box::new(plan)) }
}

/// How many rows are asked for, and up to how many bytes a value is looked at: all rows, with as much of long values as
/// there is room for; where even the short ones leave none, fewer rows.
fn room(reads: &[Read], wanted: u64) -> (u64, u64) {
    let is_long = |read: &&Read| read.most() > LEAST_CAP;
    let short = reads.iter().filter(|read| !is_long(read)).map(|read| read.most() * read.expansion()).sum::<u64>();
    let fixed = short + reads.len() as u64 * AROUND;
    let long: u64 = reads.iter().filter(is_long).map(Read::expansion).sum();
    let left = (BUDGET / wanted).saturating_sub(fixed);
    let cap = left.checked_div(long).map_or(MOST_CAP, |cap| cap.clamp(LEAST_CAP, MOST_CAP));
    let row = fixed + long * cap;
    ((BUDGET / row.max(1)).clamp(1, wanted), cap)
}

/// The same rows every time, where the primary key can tell: an order by anything else would sort the whole table.
pub(super) fn order(table: &Table) -> String {
    let parts = table.primary_key.iter().flat_map(|key| &key.columns).map(|part| {
        let column = part.column.as_deref().filter(|_| part.prefix.is_none() && part.expression.is_none())?;
        Some(format!("s.{}{}", names::quoted(column)?, if part.desc { " DESC" } else { "" }))
    });
    match parts.collect::<Option<Vec<_>>>() {
        Some(parts) if !parts.is_empty() => format!(" ORDER BY {}", parts.join(", ")),
        _ => String::new(),
    }
}

/// The table as what it holds is judged. Who fills a column concerns an INSERT alone, so a generated one is as good as any;
/// two rows that are in the table are no duplicates, whatever a comparison here would say; parents are looked for by
/// relationships; and a condition on a column that is not read cannot be evaluated.
fn judged(table: &Table, mut columns: Vec<Column>) -> Table {
    for column in &mut columns {
        (column.generated, column.auto_random, column.auto_increment) = (None, None, false);
    }
    let is_read = |name: &String| columns.iter().any(|column| column.name.to_lowercase() == name.to_lowercase());
    let mut checks = table.checks.clone();
    checks.retain(|check| check.columns.iter().all(is_read));
    let (primary_key, indexes, foreign_keys) = (None, Vec::new(), Vec::new());
    Table { columns, primary_key, indexes, foreign_keys, checks, ..table.clone() }
}

#[cfg(test)]
#[path = "tests/sample.rs"]
mod tests;
