//! Reads the schema of a database through SQL alone, the same way for TiDB, MariaDB and MySQL. Asks `mcp`, normalises
//! what comes, and refuses anything that does not add up; writes nothing and knows nothing of Kubernetes.
//!
//! ```text
//!  facts ─► databases ─► per database: fingerprint ─► pages ─► the same fingerprint? ─► assemble ─► Discovered
//! ```
//! A whole discovery's deadline is the caller's: dropping the future ends it.

mod assemble;
mod error;
mod facts;
mod fingerprint;
mod guards;
mod normalize;
mod pages;
mod poll;
mod queries;
mod read;
#[cfg(test)]
mod testing;
mod warning;

use std::collections::BTreeMap;
use std::time::Duration;

pub use error::DiscoveryError;
pub use facts::{Facts, facts};
pub use poll::{Poll, UNSETTLED, poll};
pub use warning::{WARNINGS, Warning, WarningCode};

use assemble::{Context, DatabaseRows, rows_of};
use fingerprint::Ddl;
use normalize::temporal::Zone;
use pages::PageSize;
use queries::Part;

use crate::mcp::{McpError, SqlSource};
use crate::schema::select::Selection;
use crate::schema::{Database, MODEL_VERSION, ServerFacts, Snapshot};

/// How to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Rows asked for in one call; falls by itself where a server caps rows or bytes. At least 1.
    pub page_size: u32,
    /// First wait before reading a database again that changed meanwhile; doubles, with jitter.
    pub retry_delay: Duration,
    /// Most tables and views of one discovery.
    pub table_cap: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { page_size: 5000, retry_delay: Duration::from_secs(1), table_cap: 5000 }
    }
}

/// A discovery's result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discovered {
    /// What the server says of itself.
    pub server: ServerFacts,
    /// The selected databases with their selected tables, sorted by name.
    pub databases: Vec<Database>,
    /// Fingerprint of each selected database as a whole, for [`poll`].
    pub fingerprints: BTreeMap<String, String>,
    /// What could not be read exactly, sorted; the first [`WARNINGS`].
    pub warnings: Vec<Warning>,
    /// How many more warnings there were.
    pub warnings_left_out: usize,
    /// Databases on which DDL was running; half-built objects are left out of them.
    pub changing: Vec<String>,
    /// The account, to tell a lost grant from a dropped table; stays in memory.
    pub user: String,
    /// Tables and views in the selected databases before the globs for tables.
    pub tables_seen: usize,
}

/// Why a discovery selected nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nothing {
    /// No visible database matches the globs for databases.
    Database,
    /// There are tables, and none matches the globs for tables.
    Table,
}

impl Discovered {
    /// What matched nothing, if so. A database that has no tables is no reason: it is published empty.
    #[must_use]
    pub fn nothing(&self) -> Option<Nothing> {
        let empty = |database: &Database| database.tables.is_empty() && database.views.is_empty();
        match self.databases.iter().all(empty) {
            _ if self.databases.is_empty() => Some(Nothing::Database),
            true if self.tables_seen > 0 => Some(Nothing::Table),
            _ => None,
        }
    }

    /// The published part.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        let (server, databases) = (self.server.clone(), self.databases.clone());
        Snapshot { model_version: MODEL_VERSION, server, databases }
    }
}

/// Reads everything selected.
///
/// # Errors
/// A failed call, rows that do not add up to a whole schema, or more tables than [`Settings::table_cap`]. A selection
/// that matches nothing is no error: see [`Discovered::nothing`].
pub async fn discover(
    source: &dyn SqlSource,
    selection: &Selection,
    settings: &Settings,
) -> Result<Discovered, DiscoveryError> {
    let Facts { server, user } = facts(source).await?;
    let fold = server.lower_case_table_names != 0;
    let mut size = PageSize::new(settings.page_size);
    let visible = facts::databases(source, server.dialect, &mut size).await?;
    let mut run = Run { source, selection, settings, size, fold, warnings: Vec::new(), tables: 0, seen: 0 };
    run.warn_of_missing(&visible);
    let mut out = Discovered {
        server,
        databases: Vec::new(),
        fingerprints: BTreeMap::new(),
        warnings: Vec::new(),
        warnings_left_out: 0,
        changing: Vec::new(),
        user,
        tables_seen: 0,
    };
    for (name, attributes) in visible.into_iter().filter(|(name, _)| selection.database(name, fold)) {
        run.database(&name, attributes, &mut out).await?;
    }
    (out.warnings, out.warnings_left_out) = warning::cap(run.warnings);
    out.tables_seen = run.seen;
    Ok(out)
}

/// The running state of one discovery.
struct Run<'a> {
    source: &'a dyn SqlSource,
    selection: &'a Selection,
    settings: &'a Settings,
    size: PageSize,
    fold: bool,
    warnings: Vec<Warning>,
    /// Tables and views selected so far.
    tables: usize,
    /// Tables and views there are, selected or not.
    seen: usize,
}

impl Run<'_> {
    async fn database(
        &mut self,
        name: &str,
        attributes: (String, String),
        out: &mut Discovered,
    ) -> Result<(), DiscoveryError> {
        let engine = out.server.dialect;
        let (selection, fold, cap, before) = (self.selection, self.fold, self.settings.table_cap, self.tables);
        let wanted = |table: &str| selection.table(name, table, fold);
        let judge = |rows: &DatabaseRows| {
            let tables = before + objects(rows, engine)?.iter().filter(|table| wanted(table)).count();
            if tables > cap { Err(DiscoveryError::TooManyTables { tables, cap }) } else { Ok(()) }
        };
        let delay = self.settings.retry_delay;
        let reading = read::database(self.source, engine, name, &mut self.size, delay, &judge).await?;
        let Some(read::Reading { rows, fingerprint }) = reading else {
            // Dropped since it was listed: as if it had not been.
            return Ok(());
        };
        let zone = Zone::parse(&out.server.time_zone);
        let context = Context { database: name, engine, fold, zone, ddl: fingerprint.ddl };
        let (database, warnings) = assemble::database(&context, attributes, &rows, &wanted)?;
        self.tables += database.tables.len() + database.views.len();
        self.seen += objects(&rows, engine)?.len();
        self.warnings.extend(warnings);
        if fingerprint.ddl == Ddl::Running {
            out.changing.push(name.to_owned());
        }
        let blind = fingerprint.ddl == Ddl::Unknown;
        let unsettled = blind && fingerprint::altered_just_now(self.source, name).await?;
        let value = if unsettled { UNSETTLED.to_owned() } else { fingerprint.value };
        out.fingerprints.insert(name.to_owned(), value);
        out.databases.push(database);
        Ok(())
    }

    fn warn_of_missing(&mut self, visible: &facts::Databases) {
        let fold = |name: &str| if self.fold { name.to_lowercase() } else { name.to_owned() };
        let asked = self.selection.literal_databases().unwrap_or_default();
        for name in asked.iter().filter(|name| !visible.keys().any(|seen| fold(seen) == fold(name))) {
            let (database, code) = (name.clone(), WarningCode::DatabaseNotFound);
            self.warnings.push(Warning { database, object: String::new(), element: String::new(), code });
        }
    }
}

/// Names of the tables and views in the list of tables.
fn objects(rows: &DatabaseRows, engine: crate::schema::Engine) -> Result<Vec<String>, McpError> {
    let named = rows_of(rows, Part::Tables).iter().map(|row| assemble::object(row, engine));
    let named = named.collect::<Result<Vec<_>, _>>()?;
    Ok(named.into_iter().flatten().map(|(name, _)| name).collect())
}

#[cfg(test)]
#[path = "discover_tests.rs"]
mod tests;
