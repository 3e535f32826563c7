//! Is a query right for this schema, and is it only a read? Judged by the snapshot alone: no server is asked.
//!
//! ```text
//!  text ─► lexical (comments, strings) ─► parse ─► classify (read or not, on the tree) ─► resolve (names, values) ─► result
//! ```
//! Whatever is not known to be a read is none, and what cannot be judged is never valid. This is a second line: the
//! account behind the MCP server must be a read-only one all the same.

mod classify;
mod code;
mod functions;
mod known;
mod lexical;
mod names;
mod parse;
mod resolve;
mod result;
mod scope;
pub(crate) mod suggest;
mod types;
mod unsupported;

#[cfg(test)]
mod tests;

use self::classify::classify;
pub use self::code::{Code, Severity};
pub use self::lexical::MAX_BYTES;
use self::lexical::scan;
use self::names::Catalog;
use self::parse::parse;
use self::resolve::Resolver;
use self::result::{At, Findings};
pub use self::result::{Issue, MAX_COLUMNS, MAX_ISSUES, QueryResult, StatementKind, Verdict};
use crate::schema::Snapshot;

/// Room for the deepest tree that is let through, in a build without optimisation: the parser and its walks recurse.
const STACK_BYTES: usize = 64 * 1024 * 1024;

/// What a query is judged by beside the schema.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// The database of names without one.
    pub default_database: Option<String>,
    /// Anything but a read is an error.
    pub read_only: bool,
    /// Tables and columns that should not be used any more.
    pub deprecated: Vec<Deprecated>,
}

/// A table or column that should not be used any more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deprecated {
    /// Its database.
    pub database: String,
    /// The table or view.
    pub table: String,
    /// The column; `None` for the whole table.
    pub column: Option<String>,
    /// What to use instead, or when it goes; added to the message.
    pub note: String,
    /// It is scheduled to go: a contract breaks, and not only a habit.
    pub scheduled: bool,
}

impl Deprecated {
    fn object(&self) -> String {
        let column = self.column.iter().map(|column| format!(".{column}")).collect::<String>();
        format!("{}.{}{column}", self.database, self.table)
    }
}

/// Judges one query.
///
/// Never panics and never takes long: text, depth, names and issues are bounded, and what goes beyond is
/// [`Verdict::Unknown`].
#[must_use]
pub fn validate(sql: &str, snapshot: &Snapshot, options: &Options) -> QueryResult {
    std::thread::scope(|scope| {
        let builder = std::thread::Builder::new().name("query".to_owned()).stack_size(STACK_BYTES);
        let thread = builder.spawn_scoped(scope, || judge(sql, snapshot, options));
        // The parser is not ours: should it ever panic, the query could not be judged.
        thread.ok().and_then(|thread| thread.join().ok()).unwrap_or_else(unjudged)
    })
}

fn unjudged() -> QueryResult {
    let mut found = Findings::default();
    found.push(Issue::unsupported(At::START, "the query could not be judged; please report it"));
    found.finish(StatementKind::Unknown, false)
}

fn judge(sql: &str, snapshot: &Snapshot, options: &Options) -> QueryResult {
    let catalog = Catalog { snapshot };
    let mut found = Findings::default();
    let parsed = scan(sql, catalog, &mut found).and_then(|scanned| parse(&scanned, &mut found));
    let Some(parsed) = parsed else {
        return found.finish(StatementKind::Unknown, false);
    };
    let class = classify(&parsed, options.read_only, &mut found);
    if class.understood && !matches!(class.kind, StatementKind::Ddl | StatementKind::Admin) {
        Resolver::new(catalog, options, &mut found).statement(&parsed.statement);
    }
    found.finish(class.kind, class.reads)
}
