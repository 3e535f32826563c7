//! One contract against one snapshot. Pure.

use super::model::{Contract, ExpectedTable};
use super::result::{ConstraintDifference, ConstraintKind, ContractResult, Unknown};
use super::{columns, keys};
use crate::schema::canonical;
use crate::schema::{Column, Database, Engine, Snapshot, Table, View};

/// What is compared: the contract, where it is looked for, and what was found so far.
pub(super) struct Checking<'a> {
    pub contract: &'a Contract,
    pub engine: Engine,
    /// Names of databases and tables compare without case.
    pub folds: bool,
    pub result: ContractResult,
}

/// A table or a view of the snapshot.
#[derive(Clone, Copy)]
pub(super) enum Live<'a> {
    Table(&'a Table),
    View(&'a View),
}

impl<'a> Live<'a> {
    pub(super) fn columns(self) -> &'a [Column] {
        match self {
            Self::Table(table) => &table.columns,
            Self::View(view) => &view.columns,
        }
    }

    pub(super) fn column(self, name: &str) -> Option<&'a Column> {
        self.columns().iter().find(|column| same(&column.name, name))
    }
}

/// Column names compare without case everywhere.
pub(super) fn same(one: &str, other: &str) -> bool {
    one == other || one.to_lowercase() == other.to_lowercase()
}

fn same_table(folds: bool, one: &str, other: &str) -> bool {
    one == other || (folds && one.to_lowercase() == other.to_lowercase())
}

impl Checking<'_> {
    pub(super) fn same_table(&self, one: &str, other: &str) -> bool {
        same_table(self.folds, one, other)
    }

    pub(super) fn unknown(&mut self, object: String, reason: &str) {
        self.result.unknown.push(Unknown { object, reason: reason.to_owned() });
    }

    pub(super) fn differs(&mut self, table: &str, kind: ConstraintKind, expected: String, actual: String) {
        self.result.constraint_differences.push(ConstraintDifference {
            table: table.to_owned(),
            kind,
            expected,
            actual,
        });
    }
}

/// Compares a contract with a snapshot. A database or table that is not in the snapshot is missing: dropped, left out by
/// the snapshot's globs, or hidden from its account; applications cannot tell either.
#[must_use]
pub fn check(contract: &Contract, snapshot: &Snapshot) -> ContractResult {
    let mut result = compare(contract, snapshot);
    let folds = snapshot.server.lower_case_table_names != 0;
    let database = snapshot.databases.iter().find(|database| same_table(folds, &database.name, &contract.database));
    result.checked_hash = database.and_then(|database| {
        let objects = canonical::object_hashes(database).ok()?;
        Some(canonical::database_hash(database, &objects))
    });
    result
}

/// As [`check`], without the hash of what was checked, which costs far more than the comparison where the database is
/// large.
#[must_use]
pub fn compare(contract: &Contract, snapshot: &Snapshot) -> ContractResult {
    let folds = snapshot.server.lower_case_table_names != 0;
    let mut checking = Checking { contract, engine: snapshot.server.dialect, folds, result: ContractResult::default() };
    match snapshot.databases.iter().find(|database| checking.same_table(&database.name, &contract.database)) {
        Some(database) => checking.database(database),
        None => checking.result.missing_tables = contract.tables.iter().map(|table| table.name.clone()).collect(),
    }
    checking.result.finish();
    checking.result
}

impl Checking<'_> {
    fn database(&mut self, database: &Database) {
        let contract = self.contract;
        for expected in &contract.tables {
            match self.find(database, &expected.name) {
                Some(live) => self.table(expected, live),
                None => self.result.missing_tables.push(expected.name.clone()),
            }
        }
        if contract.forbids_extra_tables {
            let names = database.tables.iter().map(|t| &t.name).chain(database.views.iter().map(|v| &v.name));
            let extra: Vec<String> =
                names.filter(|name| !contract.tables.iter().any(|t| self.same_table(&t.name, name))).cloned().collect();
            self.result.forbidden_present.extend(extra);
        }
    }

    fn find<'d>(&self, database: &'d Database, name: &str) -> Option<Live<'d>> {
        let table = database.tables.iter().find(|table| self.same_table(&table.name, name)).map(Live::Table);
        table.or_else(|| database.views.iter().find(|view| self.same_table(&view.name, name)).map(Live::View))
    }

    fn table(&mut self, expected: &ExpectedTable, live: Live<'_>) {
        if let Live::View(view) = live
            && view.invalid
        {
            let actual = "names something that is gone, so that it has no columns".to_owned();
            return self.differs(&expected.name, ConstraintKind::View, "a view that can be read".to_owned(), actual);
        }
        columns::check(self, expected, live);
        if let Live::Table(table) = live {
            keys::check(self, expected, table);
        }
    }
}
