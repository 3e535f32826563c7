//! Reads the schema of a database through SQL alone, the same way for TiDB, MariaDB and MySQL. Asks `mcp`, normalises
//! what comes, and refuses anything that does not add up; writes nothing and knows nothing of Kubernetes.
//!
//! ```text
//!  facts ─► databases ─► per database: fingerprint ─► pages ─► the same fingerprint? ─► assemble ─► Discovered
//! ```
//! A whole discovery's deadline is the caller's: dropping the future ends it.

mod assemble;
mod create;
mod error;
mod extras;
mod facts;
mod fingerprint;
mod guards;
mod kept;
mod memory;
mod names;
mod normalize;
mod pages;
mod poll;
mod queries;
mod read;
mod sequences;
#[cfg(test)]
mod testing;
mod warning;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

pub(crate) use create::refusal as is_refusal;
pub use error::DiscoveryError;
pub use facts::{Facts, TidbFacts, facts};
pub use kept::{Kept, Published};
pub use memory::Memory;
pub use poll::{Poll, UNSETTLED, poll};
pub use warning::{WARNINGS, Warning, WarningCode};

use assemble::{Context, DatabaseRows, rows_of};
use create::Allowance;
use extras::Extras;
use facts::Attributes;
use fingerprint::Ddl;
use normalize::temporal::Zone;
use pages::Pages;
use queries::Part;

use crate::mcp::{McpError, SqlSource};
use crate::schema::select::Selection;
use crate::schema::{Database, Engine, MODEL_VERSION, ServerFacts, Snapshot};

/// How to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Rows asked for in one call; falls by itself where a server caps rows or bytes. At least 1.
    pub page_size: u32,
    /// First wait before reading a database again that changed meanwhile; doubles, with jitter.
    pub retry_delay: Duration,
    /// Most tables, views and sequences of one discovery.
    pub table_cap: usize,
    /// Most SHOW CREATE TABLE statements of one discovery (about 10 ms each, TiDB only). Tables beyond them are
    /// published with `extrasUnknown`, and read by the discoveries after, which need not ask for the others again.
    pub show_create_cap: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { page_size: 5000, retry_delay: Duration::from_secs(1), table_cap: 5000, show_create_cap: 2000 }
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
    /// Tables, views and sequences in the selected databases before the globs for tables; of those in `kept` after them.
    pub tables_seen: usize,
    /// Databases that were taken as they are published; a discovery leaves it empty.
    pub kept: Vec<String>,
    /// What the next discovery of the same server need not ask again; stays in memory.
    pub memory: Memory,
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
        match self.databases.iter().all(Database::is_empty) {
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

/// The visible databases by name, those of the server itself too, in as few calls as they fit.
///
/// # Errors
/// A failed call, or a list that does not equal its count.
pub async fn names(
    source: &dyn SqlSource,
    engine: Engine,
    settings: &Settings,
) -> Result<BTreeSet<String>, DiscoveryError> {
    facts::names(source, engine, &mut pages::PageSize::new(settings.page_size)).await
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
    discover_again(source, selection, settings, &Memory::default()).await
}

/// As [`discover`], with the same result for less: what earlier discoveries of the same server remembered
/// ([`Discovered::memory`]) is not asked again.
///
/// # Errors
/// As [`discover`].
pub async fn discover_again(
    source: &dyn SqlSource,
    selection: &Selection,
    settings: &Settings,
    known: &Memory,
) -> Result<Discovered, DiscoveryError> {
    let Facts { server, user, tidb } = facts(source).await?;
    let fold = server.lower_case_table_names != 0;
    let mut pages = Pages::new(settings.page_size, source.server().packed);
    let visible = facts::databases(source, server.dialect, &mut pages.plain).await?;
    let allowance = Allowance::new(settings.show_create_cap);
    let mut run =
        Run { source, selection, settings, known, allowance, pages, fold, warnings: Vec::new(), tables: 0, seen: 0 };
    run.warn_of_missing(&visible);
    if tidb.is_some_and(|facts| !facts.checks) {
        run.warn(String::new(), String::new(), WarningCode::ChecksOff);
    }
    let mut out = Discovered {
        server,
        databases: Vec::new(),
        fingerprints: BTreeMap::new(),
        warnings: Vec::new(),
        warnings_left_out: 0,
        changing: Vec::new(),
        user,
        tables_seen: 0,
        memory: Memory::default(),
        kept: Vec::new(),
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
    known: &'a Memory,
    allowance: Allowance,
    pages: Pages,
    fold: bool,
    warnings: Vec<Warning>,
    /// Tables, views and sequences selected so far.
    tables: usize,
    /// Those there are, selected or not.
    seen: usize,
}

impl Run<'_> {
    async fn database(
        &mut self,
        name: &str,
        attributes: Attributes,
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
        let mut extras = Extras { wanted: &wanted, known: self.known, allowance: &mut self.allowance };
        let reading = read::database(self.source, engine, name, &mut self.pages, delay, &judge, &mut extras).await?;
        let Some(read::Reading { rows, creates, missing, fingerprint }) = reading else {
            // Dropped since it was listed: as if it had not been.
            return Ok(());
        };
        let zone = Zone::parse(&out.server.time_zone);
        let (ddl, creates, missing) = (fingerprint.ddl, &creates, missing.as_slice());
        let context = Context { database: name, engine, fold, zone, ddl, creates, missing };
        let (database, warnings) = assemble::database(&context, attributes, &rows, &wanted)?;
        self.tables += database.objects();
        self.seen += objects(&rows, engine)?.len();
        self.warnings.extend(warnings);
        for list in queries::lists(engine).filter(|list| missing.contains(&list.part)) {
            self.warn(name.to_owned(), list.name.to_owned(), WarningCode::Unsupported);
        }
        out.memory.learn(creates.memory.clone());
        if fingerprint.ddl == Ddl::Running {
            out.changing.push(name.to_owned());
        }
        let blind = fingerprint.ddl == Ddl::Unknown;
        let unsettled = blind && fingerprint::altered_just_now(self.source, name).await?;
        let value = if unsettled { UNSETTLED.to_owned() } else { fingerprint.value };
        let value = if engine == Engine::Mariadb {
            sequences::extend(value, &rows_of(&rows, Part::Sequences).iter().collect::<Vec<_>>())?
        } else {
            value
        };
        out.fingerprints.insert(name.to_owned(), value);
        out.databases.push(database);
        Ok(())
    }

    fn warn_of_missing(&mut self, visible: &facts::Databases) {
        let ignore_case = self.fold;
        let fold = |name: &str| if ignore_case { name.to_lowercase() } else { name.to_owned() };
        let asked = self.selection.literal_databases().unwrap_or_default();
        for name in asked.iter().filter(|name| !visible.keys().any(|seen| fold(seen) == fold(name))) {
            self.warn(name.clone(), String::new(), WarningCode::DatabaseNotFound);
        }
    }

    fn warn(&mut self, database: String, object: String, code: WarningCode) {
        self.warnings.push(Warning { database, object, element: String::new(), code });
    }
}

/// Names of the tables, views and sequences in the list of tables.
fn objects(rows: &DatabaseRows, engine: Engine) -> Result<Vec<String>, McpError> {
    let named = rows_of(rows, Part::Tables).iter().map(|row| assemble::object(row, engine));
    let named = named.collect::<Result<Vec<_>, _>>()?;
    Ok(named.into_iter().flatten().map(|(name, _)| name).collect())
}

#[cfg(test)]
#[path = "discover_tests.rs"]
mod tests;
