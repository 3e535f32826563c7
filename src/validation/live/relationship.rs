//! Children without a parent: one statement per foreign key, which counts them in the database itself, so that no value of
//! a row ever leaves it. Pure.

use super::names::{self, UNSENDABLE};
use super::sample::order;
use super::{About, Body, Question, count, database, no_access, table};
use crate::api::policy::RelationshipCheck;
use crate::mcp::Rows;
use crate::schema::{Column, Database, ForeignKey, Snapshot, Table};
use crate::validation::policy::{Judged, Outcome};
use crate::validation::suggest::closest;

/// Rows that are looked at where the policy does not say.
const ROWS: u32 = 1000;
/// Most rows, as the API says.
const MOST_ROWS: u32 = 10_000;

/// The rows of a foreign key, ready to be asked for.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) statement: String,
    /// Rows that are looked at.
    rows: u64,
}

/// The questions of one check, in the table's order of its foreign keys.
pub(super) fn questions(
    about: &About,
    child: &Database,
    from: &Table,
    check: &RelationshipCheck,
    snapshot: &Snapshot,
    rows_of: &dyn Fn(&str) -> bool,
) -> Vec<Question> {
    let wanted = check.foreign_key.as_str();
    let fold = |name: &str| name.to_lowercase();
    let keys = from.foreign_keys.iter().filter(|key| wanted == "*" || fold(&key.name) == fold(wanted));
    let rows = check.limit.unwrap_or(ROWS).clamp(1, MOST_ROWS);
    let question = |key: &ForeignKey| {
        let mut about = about.clone();
        about.object.element.clone_from(&key.name);
        match statement(child, from, key, rows, snapshot, rows_of) {
            Ok(statement) => Question { about, body: Body::Relationship(Plan { statement, rows: u64::from(rows) }) },
            Err(why) => Question::known(about, Outcome::Unknown, &why),
        }
    };
    let found: Vec<Question> = keys.map(question).collect();
    if !found.is_empty() {
        return found;
    }
    let mut about = about.clone();
    if wanted == "*" {
        return vec![Question::known(about, Outcome::Skip, "the table has no foreign keys")];
    }
    wanted.clone_into(&mut about.object.element);
    let hint = closest(wanted, from.foreign_keys.iter().map(|key| key.name.as_str()));
    let hint = hint.map_or_else(String::new, |name| format!("; did you mean {name}?"));
    vec![Question::known(about, Outcome::Unknown, &format!("the table has no foreign key of that name{hint}"))]
}

/// The statement, or why there is none.
fn statement(
    child: &Database,
    from: &Table,
    key: &ForeignKey,
    rows: u32,
    snapshot: &Snapshot,
    rows_of: &dyn Fn(&str) -> bool,
) -> Result<String, String> {
    let parent = key.ref_database.as_deref().unwrap_or(&child.name);
    let Some(parent) = database(snapshot, parent) else {
        return Err(format!("its parent table is in the database {parent}, which is not in the schema"));
    };
    if !rows_of(&parent.name) {
        return Err(format!("its parent table cannot be looked at: {}", no_access(&parent.name)));
    }
    if key.columns.is_empty() || key.columns.len() != key.ref_columns.len() {
        return Err("its columns are not known, so that its rows cannot be looked up".to_owned());
    }
    let sent = |table: Option<String>, what: &str| table.ok_or_else(|| format!("{what} {UNSENDABLE}"));
    let own = sent(names::qualified(&child.name, &from.name), "the table")?;
    let theirs = sent(names::qualified(&parent.name, &key.ref_table), "its parent table")?;
    // Where the table of the same server is not in the snapshot, nothing is known of its columns.
    let known = table(snapshot, parent, &key.ref_table);
    let (mut read, mut given, mut equal) = (Vec::new(), Vec::new(), Vec::new());
    for (at, (column, parent)) in key.columns.iter().zip(&key.ref_columns).enumerate() {
        let name = sent(names::quoted(column), "one of its columns")?;
        let other = sent(names::quoted(parent), "a column of its parent")?;
        let value = compared(find(from, column), known.and_then(|table| find(table, parent)), at);
        read.push(format!("s.{name} AS f{at}"));
        given.push(format!("s.{name} IS NOT NULL"));
        equal.push(format!("p.{other} = {value}"));
    }
    let (read, given, equal, order) = (read.join(", "), given.join(" AND "), equal.join(" AND "), order(from));
    let more = rows.saturating_add(1);
    // EXISTS: a parent's columns need not be unique, and a join would then count a child twice.
    Ok(format!(
        "SELECT CAST(COUNT(*) AS CHAR) AS looked, CAST(SUM(j.o) AS CHAR) AS orphans, CAST((SELECT COUNT(*) FROM \
         (SELECT 1 AS x FROM {own} s WHERE {given} LIMIT {more}) m) AS CHAR) AS found FROM (SELECT CASE WHEN EXISTS \
         (SELECT 1 FROM {theirs} p WHERE {equal}) THEN 0 ELSE 1 END AS o FROM (SELECT {read} FROM {own} s WHERE \
         {given}{order} LIMIT {rows}) c) j"
    ))
}

/// The column of that name.
pub(super) fn find<'t>(table: &'t Table, name: &str) -> Option<&'t Column> {
    table.columns.iter().find(|column| column.name.to_lowercase() == name.to_lowercase())
}

/// The child's value as the parent compares it: in the parent's collation, where both are texts of different ones.
fn compared(child: Option<&Column>, parent: Option<&Column>, at: usize) -> String {
    let value = format!("c.f{at}");
    match (child, parent) {
        (Some(child), Some(parent))
            if child.collation != parent.collation
                && names::is_word(&parent.charset)
                && names::is_word(&parent.collation) =>
        {
            format!("CONVERT({value} USING {}) COLLATE {}", parent.charset, parent.collation)
        }
        _ => value,
    }
}

/// What the counts mean.
///
/// # Errors
/// The answer is not the one row of counts asked for.
pub(super) fn judge(about: &About, plan: &Plan, rows: &Rows) -> Result<Vec<Judged>, String> {
    let [row] = rows.as_slice() else { return Err("the answer is not the one row asked for".to_owned()) };
    let number = |label: &str| row.number_or_null(label).map_err(|_| "the answer holds no counts".to_owned());
    let (looked, orphans) = (number("looked")?.unwrap_or(0), number("orphans")?.unwrap_or(0));
    let found = number("found")?.unwrap_or(0);
    if looked > plan.rows || orphans > looked || looked > found {
        return Err("the counts in the answer contradict each other".to_owned());
    }
    let of = count(looked, "row", "rows");
    let mut out = vec![match orphans {
        0 if looked == 0 => about.judged("", Outcome::Pass, "no row has a value in it".to_owned()),
        0 => about.judged("", Outcome::Pass, format!("{of} looked at, each with its parent")),
        some => {
            let verb = if some == 1 { "has" } else { "have" };
            let message = format!("{some} of the {of} looked at {verb} no parent in the table the key refers to");
            about.judged("", Outcome::Broken, message)
        }
    }];
    if found > looked {
        let message = format!(
            "only the first {of} that the key applies to {} looked at",
            if looked == 1 { "was" } else { "were" }
        );
        out.push(about.judged("", Outcome::NotRun, message));
    }
    Ok(out)
}

#[cfg(test)]
#[path = "tests/relationship.rs"]
mod tests;
