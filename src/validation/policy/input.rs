//! What is judged, and the seams where other engines plug in: queries, rows, and what was looked up live. Plain data.

use std::collections::BTreeSet;

use crate::api::policy::{DataCheck, QueryCheck, Severity};
use crate::config::switches::Switches;
use crate::schema::Snapshot;

/// The content that is judged, and what is known about it.
#[derive(Clone, Copy)]
pub struct Candidate<'a> {
    /// The content.
    pub snapshot: &'a Snapshot,
    /// Its hash, where it is known; else it is computed, which costs as much as a few rules.
    pub content_hash: Option<&'a str>,
    /// How it differs from what came before.
    pub changes: Changes<'a>,
    /// Databases of the other snapshots the policy selects: what concerns one of them is judged there.
    pub elsewhere: &'a BTreeSet<String>,
    /// The next AUTO_INCREMENT value of a table (database, table), where it is known.
    pub next_values: &'a dyn Fn(&str, &str) -> Option<u64>,
}

/// How the content differs from what came before.
#[derive(Clone, Copy, Debug)]
pub enum Changes<'a> {
    /// There is nothing before it, so that nothing changed.
    First,
    /// Nobody said what came before.
    NotGiven,
    /// There is, and the changes are not known, and why.
    Unknown(&'a str),
    /// These changes, none perhaps.
    Known(&'a [ChangeFacts]),
}

/// One change, as a rule sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangeFacts {
    /// Its kind, as in `column_dropped`.
    pub kind: String,
    /// The database.
    pub database: String,
    /// The table; empty for the database itself.
    pub table: String,
    /// Column, index or key; empty for the table itself.
    pub element: String,
    /// For readers: ok, risky or breaking.
    pub readers: String,
    /// For writers: ok, risky or breaking.
    pub writers: String,
    /// compatible, risky, breaking_readers, breaking_writers or breaking_both.
    pub class: String,
    /// low, medium, high or critical.
    pub severity: String,
    /// What changed, in a sentence.
    pub message: String,
}

/// A query, as a rule sees it: never its text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QueryFacts {
    /// Its name in the policy.
    pub name: String,
    /// Its default database.
    pub database: String,
    /// Kind of statement.
    pub kind: String,
    /// It only reads.
    pub read_only: bool,
    /// Tables it names, as DB.TABLE.
    pub tables: Vec<String>,
    /// Columns it names, as DB.TABLE.COLUMN.
    pub columns: Vec<String>,
}

/// The object a result speaks of.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Object {
    /// The database; empty when there is none.
    pub database: String,
    /// The table or view; empty for the database itself.
    pub table: String,
    /// Column, index or key; empty for the table itself.
    pub element: String,
}

impl Object {
    /// A database, table or element.
    #[must_use]
    pub fn new(database: &str, table: &str, element: &str) -> Self {
        Self { database: database.to_owned(), table: table.to_owned(), element: element.to_owned() }
    }

    /// DB, DB.TABLE or DB.TABLE.ELEMENT.
    #[must_use]
    pub fn path(&self) -> String {
        let parts = [&self.database, &self.table, &self.element];
        parts.into_iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(".")
    }
}

/// What was decided about one object, whoever decided it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// The rule, `contract/NAME`, `query/NAME`, `rows/DB.TABLE` or `relationship/DB.TABLE`.
    pub rule: String,
    /// What it is about.
    pub category: &'static str,
    /// What it speaks of.
    pub object: Object,
    /// The decision.
    pub outcome: Outcome,
    /// How much it matters when it is broken.
    pub severity: Severity,
    /// A key or a foreign key is lost, or a whole table.
    pub critical: bool,
    /// What is wrong, in a sentence without any row value or SQL text.
    pub message: String,
    /// The kind of change it speaks of; exceptions may name it.
    pub change: Option<String>,
}

/// A decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All is well.
    Pass,
    /// Something is wrong.
    Broken,
    /// It could not be judged: never a pass.
    Unknown,
    /// It does not apply.
    Skip,
    /// It was not looked at here.
    NotRun,
}

/// A query's result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryJudged {
    /// What rules of scope Query see; none when the query could not be read.
    pub facts: Option<QueryFacts>,
    /// What is wrong with it, or that nothing is.
    pub results: Vec<Judged>,
}

/// The engines of other parts. Each gives results; what none of them can judge is [`Outcome::Unknown`].
#[derive(Clone, Copy)]
pub struct Engines<'a> {
    /// Judges one query against the snapshot.
    pub query: &'a dyn Fn(&QueryCheck, &Snapshot) -> QueryJudged,
    /// Judges rows of a ConfigMap against the snapshot.
    pub rows: &'a dyn Fn(&DataCheck, &Snapshot, Switches) -> Vec<Judged>,
    /// What was looked up through the MCP server (samples, relationships); none where nothing may be looked up.
    pub live: Option<&'a [Judged]>,
}
