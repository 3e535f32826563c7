//! The parents of rows that stand in a ConfigMap: which keys of the parents have to be looked for, and what the answers
//! tell. The database compares, in the parent's own collation, and answers with one letter a key. A key that is not asked
//! for, or whose answer is not what was asked for, stays unknown: the rows' verdict then says that it was not checked.
//! Pure.

use super::literal::{fits, literal};
use super::names;
use super::relationship::find;
use super::{database, same, table};
use crate::api::policy::{DataCheck, KeyRef};
use crate::mcp::Rows;
use crate::schema::{Column, Database, Engine, Snapshot};
use crate::validation::policy::engines::{lookups, may_refer};
use crate::validation::policy::{Parents, Policy, STATEMENTS, TUPLES};
use crate::validation::rows::{KeyValue, Lookup};

/// Most bytes of the keys in one statement: some servers take no larger requests than 100 kB.
const BYTES: usize = 64 << 10;

/// The letters of an answer.
const THERE: char = 'y';
const MISSING: char = 'n';

/// Keys of one parent table to look for.
#[derive(Clone, Debug)]
pub struct ParentQuestion {
    /// The table of the rows, in the words of the policy.
    table: String,
    foreign_key: String,
    keys: Vec<Vec<KeyValue>>,
    /// The parent's rows may come from elsewhere, so that it says nothing when they are not in the database.
    may_come: bool,
    statement: String,
}

impl ParentQuestion {
    /// The read-only statement to send. It holds values of the rows: it is to be shown nowhere.
    #[must_use]
    pub fn statement(&self) -> &str {
        &self.statement
    }
}

/// Whether [`parents`] can come to anything.
#[must_use]
pub fn wants_parents(policy: &Policy, snapshot: &Snapshot) -> bool {
    policy.data.iter().any(|check| may_refer(check, snapshot, policy.switches))
}

/// What has to be asked about the parents of the rows that stand in ConfigMaps, in policy order. `read` gives the text of
/// a key, where there is one. `rows_of`: rows of the database may be read.
pub fn parents<'t>(
    policy: &Policy,
    read: impl Fn(&KeyRef) -> Option<&'t str>,
    snapshot: &Snapshot,
    rows_of: &dyn Fn(&str) -> bool,
) -> Vec<ParentQuestion> {
    let mut out = Vec::new();
    for (at, check) in policy.data.iter().enumerate() {
        let Some(text) = check.rows_from.as_ref().and_then(|from| read(&from.config_map_key_ref)) else { continue };
        let mut questions = Vec::new();
        for lookup in lookups(text, check, snapshot, policy.switches) {
            let Some(parent) = Parent::of(check, &lookup, snapshot, rows_of) else { continue };
            let brings = |other: &DataCheck| other.rows_from.is_some() && parent.is(other, snapshot);
            let may_come = policy.data.iter().enumerate().any(|(other, check)| other != at && brings(check));
            parent.ask(&lookup, |keys, statement| {
                let (table, foreign_key) = (check.table.clone(), lookup.foreign_key.clone());
                questions.push(ParentQuestion { table, foreign_key, keys, may_come, statement });
            });
        }
        questions.truncate(STATEMENTS);
        out.append(&mut questions);
    }
    out
}

/// A parent that may be looked into.
struct Parent<'s> {
    database: &'s Database,
    table: &'s str,
    /// Its columns in SQL, each with the column that says how its values compare.
    columns: Vec<(String, &'s Column)>,
    from: String,
    engine: Engine,
}

impl<'s> Parent<'s> {
    fn of(
        check: &DataCheck,
        lookup: &'s Lookup,
        snapshot: &'s Snapshot,
        rows_of: &dyn Fn(&str) -> bool,
    ) -> Option<Self> {
        let (own, name) = check.table.split_once('.')?;
        let own = database(snapshot, own)?;
        let child = table(snapshot, own, name)?;
        let key = child.foreign_keys.iter().find(|key| key.name == lookup.foreign_key)?;
        let parent = lookup.database.as_deref().map_or(Some(own), |name| database(snapshot, name))?;
        if !rows_of(&parent.name) || key.columns.len() != lookup.columns.len() {
            return None;
        }
        let known = table(snapshot, parent, &lookup.table);
        let column = |(of, name): (&'s String, &'s String)| {
            let child = find(child, of)?;
            // A parent that the snapshot leaves out compares as the child does, or the server would have no such key.
            let by = match known {
                Some(table) => find(table, name).filter(|parent| fits(child, parent))?,
                None => Some(child).filter(|child| fits(child, child))?,
            };
            Some((format!("p.{}", names::quoted(name)?), by))
        };
        let columns = key.columns.iter().zip(&lookup.columns).map(column).collect::<Option<Vec<_>>>()?;
        let from = names::qualified(&parent.name, &lookup.table)?;
        (!columns.is_empty()).then_some(Self {
            database: parent,
            table: &lookup.table,
            columns,
            from,
            engine: snapshot.server.dialect,
        })
    }

    /// The rows of a check are rows of it.
    fn is(&self, check: &DataCheck, snapshot: &Snapshot) -> bool {
        let (database, table) = check.table.split_once('.').unwrap_or((&check.table, ""));
        same(snapshot, database, &self.database.name) && same(snapshot, table, self.table)
    }

    /// The statements for the keys of a lookup, each with its keys.
    fn ask(&self, lookup: &Lookup, mut each: impl FnMut(Vec<Vec<KeyValue>>, String)) {
        let (mut keys, mut parts, mut bytes) = (Vec::new(), Vec::new(), 0);
        for key in &lookup.tuples {
            let Some(part) = self.part(key).filter(|part| part.len() <= BYTES) else { continue };
            if keys.len() == TUPLES || bytes + part.len() > BYTES {
                each(std::mem::take(&mut keys), statement(&std::mem::take(&mut parts)));
                bytes = 0;
            }
            bytes += part.len();
            keys.push(key.clone());
            parts.push(part);
        }
        if !keys.is_empty() {
            each(keys, statement(&parts));
        }
    }

    /// The letter of a key.
    fn part(&self, key: &[KeyValue]) -> Option<String> {
        if key.len() != self.columns.len() {
            return None;
        }
        let equal = self.columns.iter().zip(key).map(|((name, column), value)| {
            let value = literal(value, column, self.engine)?;
            Some(format!("{name} = {value}"))
        });
        let equal = equal.collect::<Option<Vec<_>>>()?.join(" AND ");
        let from = &self.from;
        Some(format!("CASE WHEN EXISTS (SELECT 1 FROM {from} p WHERE {equal}) THEN '{THERE}' ELSE '{MISSING}' END"))
    }
}

/// Letters, for a server that hides what looks like the number of a card or a telephone would hide digits.
fn statement(parts: &[String]) -> String {
    format!("SELECT CAST(CONCAT({}) AS CHAR) AS found", parts.join(", "))
}

/// What the answers tell, in the order of the questions; an answer is `None` where there is none.
pub fn found<'a>(questions: &[ParentQuestion], answers: impl IntoIterator<Item = Option<&'a Rows>>) -> Parents {
    let mut parents = Parents::default();
    for (question, answer) in questions.iter().zip(answers) {
        let Some(letters) = answer.and_then(|rows| letters(rows, question.keys.len())) else { continue };
        for (key, is_there) in question.keys.iter().zip(letters) {
            if is_there || !question.may_come {
                parents.learn(&question.table, &question.foreign_key, key, is_there);
            }
        }
    }
    parents
}

/// One letter a key, or nothing at all.
fn letters(rows: &Rows, keys: usize) -> Option<Vec<bool>> {
    let [row] = rows.as_slice() else { return None };
    let text = row.text("found").ok()?;
    let letter = |letter| match letter {
        THERE => Some(true),
        MISSING => Some(false),
        _ => None,
    };
    text.chars().map(letter).collect::<Option<Vec<_>>>().filter(|letters| letters.len() == keys)
}

#[cfg(test)]
#[path = "tests/parents.rs"]
mod tests;
