//! What a policy wants looked up in the database itself: samples of rows, children without a parent, and the parents that
//! rows of a ConfigMap refer to. First what has to be asked, then what an answer means. Pure: whoever may talk to the MCP server sends the statements, one at a time.
//!
//! ```text
//! questions(policy, snapshot) ─► Question ─┬─ known already: elsewhere, no access, no such table, no such key
//!                                          └─ statement() ─► (MCP server) ─► judge(question, answer) ─► Judged
//! parents(policy, texts, snapshot) ─► ParentQuestion ─► statement() ─► (MCP server) ─► found(…) ─► Parents ─► the rows' engine
//! ```
//! No result holds a row value or SQL text, and what could not be looked at is said to be so: it is never a pass.

mod answer;
mod cells;
mod literal;
mod names;
mod parents;
mod relationship;
mod sample;

pub use parents::{ParentQuestion, found, parents, wants_parents};

use crate::api::policy::Severity;
use crate::mcp::Rows;
use crate::schema::{Database, Snapshot, Table};
use crate::validation::policy::{Judged, Object, Outcome, Policy, elsewhere};

/// One thing to look up.
#[derive(Clone, Debug)]
pub struct Question {
    about: About,
    body: Body,
}

/// What is to be done about it.
#[derive(Clone, Debug)]
enum Body {
    /// Nothing: the result is known.
    Known(Judged),
    /// A sample of a table's rows.
    Sample(Box<sample::Plan>),
    /// The rows of a child table whose parent is looked for.
    Relationship(relationship::Plan),
}

/// What every result of a question has in common.
#[derive(Clone, Debug)]
struct About {
    rule: String,
    category: &'static str,
    object: Object,
}

impl Question {
    /// The rule its results are of: `rows/DB.TABLE` or `relationship/DB.TABLE`.
    #[must_use]
    pub fn rule(&self) -> &str {
        &self.about.rule
    }

    /// What it is about.
    #[must_use]
    pub const fn object(&self) -> &Object {
        &self.about.object
    }

    /// The read-only statement to send; none where nothing has to be asked.
    #[must_use]
    pub fn statement(&self) -> Option<&str> {
        match &self.body {
            Body::Known(_) => None,
            Body::Sample(plan) => Some(&plan.statement),
            Body::Relationship(plan) => Some(&plan.statement),
        }
    }

    fn known(about: About, outcome: Outcome, message: &str) -> Self {
        let judged = about.judged("", outcome, message.to_owned());
        Self { about, body: Body::Known(judged) }
    }
}

impl About {
    fn new(category: &'static str, table: &str) -> Self {
        let (database, name) = table.split_once('.').unwrap_or((table, ""));
        Self { rule: format!("{category}/{table}"), category, object: Object::new(database, name, "") }
    }

    /// A result; `element` is a column, or empty for what the question is about.
    fn judged(&self, element: &str, outcome: Outcome, message: String) -> Judged {
        let mut object = self.object.clone();
        if !element.is_empty() {
            element.clone_into(&mut object.element);
        }
        Judged {
            rule: self.rule.clone(),
            category: self.category,
            object,
            outcome,
            severity: Severity::Error,
            critical: false,
            message,
            change: None,
        }
    }
}

/// What has to be asked to judge the samples and relationships of a policy, in policy order: every sample, then every
/// foreign key. `is_elsewhere`: the database is judged with another snapshot of the policy. `rows_of`: rows of the
/// database may be read.
pub fn questions(
    policy: &Policy,
    snapshot: &Snapshot,
    is_elsewhere: &dyn Fn(&str) -> bool,
    rows_of: &dyn Fn(&str) -> bool,
) -> Vec<Question> {
    let mut out = Vec::new();
    for check in &policy.data {
        let Some(wanted) = &check.sample else { continue };
        let about = About::new("rows", &check.table);
        out.push(match find(about, snapshot, is_elsewhere, rows_of) {
            Err(known) => *known,
            Ok((about, database, table)) => sample::question(about, database, table, wanted, snapshot.server.dialect),
        });
    }
    for check in &policy.relationships {
        let about = About::new("relationship", &check.table);
        match find(about, snapshot, is_elsewhere, rows_of) {
            Err(known) => out.push(*known),
            Ok((about, database, table)) => {
                out.extend(relationship::questions(&about, database, table, check, snapshot, rows_of));
            }
        }
    }
    out
}

/// The table a question is about, in the server's spelling; or what is known without asking.
fn find<'s>(
    about: About,
    snapshot: &'s Snapshot,
    is_elsewhere: &dyn Fn(&str) -> bool,
    rows_of: &dyn Fn(&str) -> bool,
) -> Result<(About, &'s Database, &'s Table), Box<Question>> {
    let (name, table) = (about.object.database.clone(), about.object.table.clone());
    let unknown = |about, message: &str| Err(Box::new(Question::known(about, Outcome::Unknown, message)));
    let Some(database) = database(snapshot, &name) else {
        if is_elsewhere(&name) {
            let judged = elsewhere(about.rule.clone(), about.category, &name);
            return Err(Box::new(Question { about, body: Body::Known(judged) }));
        }
        return unknown(about, "the database is not in the schema, so nothing can be looked up in it");
    };
    if !rows_of(&database.name) {
        return unknown(about, &no_access(&database.name));
    }
    match self::table(snapshot, database, &table) {
        Some(table) => Ok((about, database, table)),
        None => unknown(about, "the table is not in the schema, so its rows cannot be looked at"),
    }
}

fn no_access(database: &str) -> String {
    format!("rows of {database} may not be read: set rows: true for it in access of the source")
}

/// The database of that name, as the server compares names.
fn database<'s>(snapshot: &'s Snapshot, name: &str) -> Option<&'s Database> {
    snapshot.databases.iter().find(|one| same(snapshot, &one.name, name))
}

fn table<'s>(snapshot: &Snapshot, database: &'s Database, name: &str) -> Option<&'s Table> {
    database.tables.iter().find(|one| same(snapshot, &one.name, name))
}

fn same(snapshot: &Snapshot, a: &str, b: &str) -> bool {
    if snapshot.server.lower_case_table_names == 0 { a == b } else { a.to_lowercase() == b.to_lowercase() }
}

/// What an answer, or its absence, means. `answer` of an error: why there is none, without SQL and values.
#[must_use]
pub fn judge(question: &Question, answer: Result<&Rows, &str>, snapshot: &Snapshot, policy: &Policy) -> Vec<Judged> {
    let about = &question.about;
    let rows = match (&question.body, answer) {
        (Body::Known(judged), _) => return vec![judged.clone()],
        (_, Ok(rows)) => rows,
        (_, Err(why)) => {
            let message = format!("could not be looked up: {why}");
            return vec![about.judged("", Outcome::Unknown, message)];
        }
    };
    let judged = match &question.body {
        Body::Known(judged) => Ok(vec![judged.clone()]),
        Body::Sample(plan) => answer::judge(about, plan, rows, &snapshot.server, policy.switches),
        Body::Relationship(plan) => relationship::judge(about, plan, rows),
    };
    judged.unwrap_or_else(|problem| vec![about.judged("", Outcome::Unknown, problem)])
}

/// A number with its word.
fn count(number: u64, one: &str, more: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { more })
}

#[cfg(test)]
#[path = "tests/mod.rs"]
mod tests;
