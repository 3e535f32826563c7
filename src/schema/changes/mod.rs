//! What changed between two schemas, and who breaks. Pure: two schemas in, a list of changes out; nothing is read, nothing
//! is remembered, no clock.
//!
//! ```text
//! Side (old) ─┬─ matching ── pairs ─── databases, tables, columns, keys, constraints, objects ─► Draft
//! Side (new) ─┘   names, renames             algebra judges types                                  │
//!                                            dependents name views and child keys                  ▼
//!                               Changes ◄── worst first, counted ◄── ignore rules ◄── collect ◄── kinds
//! ```
//! What an account may not see is `unknown` and never a change: it ends up in [`Changes::unknown`].

mod change;
mod collect;
mod columns;
mod constraints;
mod databases;
mod dependents;
pub(crate) mod describe;
mod ignore;
mod keys;
mod kinds;
mod matching;
mod names;
mod objects;
mod report;
mod tables;
pub mod text;
mod ttl;
mod types;

use std::collections::{BTreeMap, BTreeSet};

pub use change::{AFFECTED, Affected, Change, Class, Confidence, Dependent, Impact, MESSAGE, RenameOf, Seed, Severity};
pub use ignore::Ignore;
pub use kinds::{ChangeKind, Meaning};
pub use report::{Changes, Counts, LISTED, NOTES, Notes, Protect};

use self::collect::Collector;
use self::names::Names;
use super::{Database, ServerFacts, Snapshot};

/// Ids of tables by database and table name, as TiDB gives them; they are the same as long as the table is.
pub type TableIds = BTreeMap<(String, String), String>;

/// One of the two schemas.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    /// The server it was read from.
    pub server: &'a ServerFacts,
    /// Its databases.
    pub databases: &'a [Database],
    /// Ids of its tables, where the server has any and both sides are of the same server.
    pub table_ids: Option<&'a TableIds>,
    /// Tables (database, table) that have more columns than the account may see.
    pub hidden_columns: Option<&'a BTreeSet<(String, String)>>,
}

impl<'a> Side<'a> {
    /// A schema of which no more is known than it says itself.
    #[must_use]
    pub const fn new(server: &'a ServerFacts, databases: &'a [Database]) -> Self {
        Self { server, databases, table_ids: None, hidden_columns: None }
    }

    fn table_id(&self, database: &str, table: &str) -> Option<&'a str> {
        self.table_ids?.get(&(database.to_owned(), table.to_owned())).map(String::as_str)
    }

    fn has_table_ids(&self) -> bool {
        self.table_ids.is_some_and(|ids| !ids.is_empty())
    }

    fn hides_columns(&self, database: &str, table: &str) -> bool {
        self.hidden_columns.is_some_and(|hidden| hidden.contains(&(database.to_owned(), table.to_owned())))
    }
}

impl<'a> From<&'a Snapshot> for Side<'a> {
    fn from(snapshot: &'a Snapshot) -> Self {
        Self::new(&snapshot.server, &snapshot.databases)
    }
}

/// Everything that changed from `old` to `new`, judged by the rules of `ignore`.
#[must_use]
pub fn diff(old: &Side<'_>, new: &Side<'_>, ignore: &[Ignore]) -> Changes {
    let fold = old.server.lower_case_table_names != 0 || new.server.lower_case_table_names != 0;
    let mut out = Collector::new(ignore, fold);
    if old.server.dialect != new.server.dialect {
        let (old, new) = (old.server.dialect.as_str(), new.server.dialect.as_str());
        out.note(&format!(
            "server: {old} before, {new} now; expressions, defaults and index types are written otherwise"
        ));
    }
    if old.server.lower_case_table_names != new.server.lower_case_table_names {
        let (old, new) = (old.server.lower_case_table_names, new.server.lower_case_table_names);
        out.note(&format!(
            "server: lower_case_table_names was {old} and is {new}; names of tables are compared without case"
        ));
    }
    databases::compare(old, new, Names { fold }, &mut out);
    out.finish()
}

#[cfg(test)]
mod tests;
