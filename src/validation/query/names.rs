//! Names: how they compare, and what stands behind them in the snapshot. Column names compare without case everywhere,
//! those of databases and tables only where `lower_case_table_names` is not 0.

use sqlparser::ast::{Ident, ObjectName, ObjectNamePart};

use crate::schema::select::SYSTEM_DATABASES;
use crate::schema::{Database, Engine, Sequence, Snapshot, Table, View};

/// Unicode simple lower case: one character stays one.
pub(super) fn fold(name: &str) -> String {
    name.chars().map(fold_char).collect()
}

pub(super) fn fold_char(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

/// Two names without case.
pub(super) fn same_folded(a: &str, b: &str) -> bool {
    if a.is_ascii() && b.is_ascii() {
        return a.eq_ignore_ascii_case(b);
    }
    a.chars().map(fold_char).eq(b.chars().map(fold_char))
}

/// What a name in FROM stands for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Object<'a> {
    Table(&'a Table),
    View(&'a View),
    Sequence(&'a Sequence),
}

impl<'a> Object<'a> {
    pub(super) fn name(self) -> &'a str {
        match self {
            Self::Table(table) => &table.name,
            Self::View(view) => &view.name,
            Self::Sequence(sequence) => &sequence.name,
        }
    }
}

/// The snapshot, asked by name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Catalog<'a> {
    pub(super) snapshot: &'a Snapshot,
}

impl<'a> Catalog<'a> {
    pub(super) const fn engine(self) -> Engine {
        self.snapshot.server.dialect
    }

    /// Database, table and alias names compare as the server compares them.
    pub(super) fn same_table(self, a: &str, b: &str) -> bool {
        if self.snapshot.server.lower_case_table_names == 0 { a == b } else { same_folded(a, b) }
    }

    pub(super) fn database(self, name: &str) -> Option<&'a Database> {
        self.snapshot.databases.iter().find(|database| self.same_table(&database.name, name))
    }

    pub(super) fn object(self, database: &'a Database, name: &str) -> Option<Object<'a>> {
        let table = database.tables.iter().find(|table| self.same_table(&table.name, name)).map(Object::Table);
        let view = || database.views.iter().find(|view| self.same_table(&view.name, name)).map(Object::View);
        let sequence = || database.sequences.iter().find(|s| self.same_table(&s.name, name)).map(Object::Sequence);
        table.or_else(view).or_else(sequence)
    }

    pub(super) fn object_names(database: &'a Database) -> impl Iterator<Item = &'a str> {
        let tables = database.tables.iter().map(|table| table.name.as_str());
        let views = database.views.iter().map(|view| view.name.as_str());
        tables.chain(views).chain(database.sequences.iter().map(|sequence| sequence.name.as_str()))
    }

    /// A mode of `sql_mode` is on.
    pub(super) fn mode(self, mode: &str) -> bool {
        self.snapshot.server.sql_mode.iter().any(|on| on.eq_ignore_ascii_case(mode))
    }

    /// Rows that do not fit are refused and not bent.
    pub(super) fn is_strict(self) -> bool {
        self.mode("STRICT_TRANS_TABLES") || self.mode("STRICT_ALL_TABLES")
    }
}

/// A database of the server itself, which no snapshot holds.
pub(super) fn is_system(database: &str) -> bool {
    SYSTEM_DATABASES.iter().any(|system| system.eq_ignore_ascii_case(database))
}

/// The identifiers of a dotted name; `None` when a part is something else.
pub(super) fn parts(name: &ObjectName) -> Option<Vec<&Ident>> {
    name.0.iter().map(ObjectNamePart::as_ident).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fold_by_simple_lower_case() {
        for (a, b, same) in [
            ("Id", "iD", true),
            ("ÜBER", "über", true),
            ("straße", "STRASSE", false),
            ("İx", "ix", true),
            ("a", "b", false),
        ] {
            assert_eq!(same_folded(a, b), same, "{a} {b}");
            assert_eq!(fold(a) == fold(b), same, "{a} {b}");
        }
    }
}
