//! The lists of rows that describe a database, as data: where each comes from, its cells and its key, per engine. A new
//! list is one more entry of [`LISTS`] (and a variant of [`Part`]); every text that asks for it is made from the entry
//! by [`super::page`]. Holds no text of a whole statement.
//!
//! Every cell has an alias in lower case: MySQL 8 answers with upper-case labels otherwise.

mod lists;

use lists::LISTS;

use crate::schema::Engine;
use crate::schema::Engine::Tidb;

/// One list of rows that describe a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::discovery) enum Part {
    /// Tables, views and sequences.
    Tables,
    /// Their columns.
    Columns,
    /// Index parts.
    IndexParts,
    /// Foreign-key columns.
    ForeignKeyParts,
    /// Foreign-key rules.
    ForeignKeyRules,
    /// CHECK constraints.
    Checks,
    /// How each partitioned table is cut: one row a table.
    Partitions,
    /// Views.
    Views,
    /// Sequences.
    Sequences,
    /// The indexes TiDB has finished building.
    PublicIndexes,
    /// TiFlash replicas.
    TiFlash,
}

impl Part {
    /// An older version may lack the table or a column of it; the rest of the schema can be read all the same.
    pub(in crate::discovery) const fn may_be_missing(self) -> bool {
        matches!(self, Self::Checks | Self::Partitions | Self::Sequences | Self::PublicIndexes | Self::TiFlash)
    }
}

/// The lists an engine has, in the order they are read, the list of tables first.
pub(in crate::discovery) fn lists(engine: Engine) -> impl Iterator<Item = &'static List> {
    LISTS.iter().filter(move |list| list.engines.contains(&engine))
}

/// Where the rows of a part come from.
#[derive(Debug)]
pub(in crate::discovery) struct List {
    /// What the rows are.
    pub(in crate::discovery) part: Part,
    /// The word for messages, and the prefix of the list's cells in a fingerprint.
    pub(in crate::discovery) name: &'static str,
    engines: &'static [Engine],
    /// What follows `FROM information_schema.`.
    pub(super) from: &'static str,
    /// The column that holds the database's name.
    pub(super) schema: &'static str,
    /// More conditions, each with a leading AND.
    pub(super) and: &'static str,
    cells: &'static [Cell],
    /// What rows are sorted and continued by, the most significant first; unique in a database.
    pub(in crate::discovery) order: &'static [Order],
}

impl List {
    /// Several rows may be of one table, so that packing them saves rows.
    pub(in crate::discovery) const fn packs(&self) -> bool {
        self.order.len() > 1
    }

    /// Alias and expression of each cell.
    pub(super) fn cells(&self, engine: Engine) -> impl Iterator<Item = (&'static str, String)> {
        let here = self.cells.iter().filter(move |cell| cell.engines.contains(&engine));
        here.map(move |cell| (cell.alias, cell.sql(engine)))
    }

    /// The expression behind an alias.
    pub(super) fn expression(&self, alias: &str) -> &'static str {
        self.cells.iter().find(|cell| cell.alias == alias).map_or("NULL", |cell| cell.sql)
    }
}

/// One cell of a list.
#[derive(Debug)]
struct Cell {
    alias: &'static str,
    sql: &'static str,
    engines: &'static [Engine],
    long: bool,
}

impl Cell {
    fn sql(&self, engine: Engine) -> String {
        // Some servers send LONGTEXT columns of TiDB as base64; a cast without a length cuts nothing. On MariaDB it is
        // the cast that makes LONGTEXT.
        if self.long && engine == Tidb { format!("CAST({} AS CHAR)", self.sql) } else { self.sql.to_owned() }
    }
}

/// One step of a list's order.
#[derive(Clone, Copy, Debug)]
pub(in crate::discovery) enum Order {
    /// By the cell `hex`, which is HEX of the cell `of`: no collation changes the order of its bytes.
    Name { hex: &'static str, of: &'static str },
    /// By a number; lists begin after `from`.
    Number { cell: &'static str, from: i64 },
}
