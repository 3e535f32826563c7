//! Primary key, indexes and foreign keys of one table of a contract. Pure.

use super::check::{Checking, same};
use super::model::{ExpectedForeignKey, ExpectedIndex, ExpectedTable};
use super::result::ConstraintKind;
use crate::schema::{ForeignKey, KeyPart, ReferentialAction, Table};

pub(super) fn check(checking: &mut Checking<'_>, expected: &ExpectedTable, live: &Table) {
    if !expected.primary_key.is_empty() {
        let parts = live.primary_key.as_ref().map(|key| key.columns.as_slice()).unwrap_or_default();
        if !(starts_with(parts, &expected.primary_key, true) && parts.len() == expected.primary_key.len()) {
            let actual = if parts.is_empty() { "none".to_owned() } else { list(parts) };
            let wanted = names(&expected.primary_key);
            checking.differs(&expected.name, ConstraintKind::PrimaryKey, wanted, actual);
        }
    }
    for index in &expected.indexes {
        if !serves(live, index) {
            let word = match index.unique {
                Some(true) => "unique ",
                Some(false) => "non-unique ",
                None => "",
            };
            let wanted = format!("{word}{}", names(&index.columns));
            checking.differs(&expected.name, ConstraintKind::Index, wanted, "none".to_owned());
        }
    }
    for key in &expected.foreign_keys {
        foreign_key(checking, &expected.name, key, live);
    }
}

/// The key begins with exactly these columns, in this order. `whole`: a prefix of a column does not count as the column.
fn starts_with(parts: &[KeyPart], columns: &[String], whole: bool) -> bool {
    let fits = |(part, column): (&KeyPart, &String)| {
        part.column.as_ref().is_some_and(|name| same(name, column)) && !(whole && part.prefix.is_some())
    };
    parts.len() >= columns.len() && parts.iter().zip(columns).all(fits)
}

/// Some index of the table serves. One the optimizer ignores still keeps its column unique, and is of no other use.
fn serves(live: &Table, wanted: &ExpectedIndex) -> bool {
    let primary = live.primary_key.as_ref().map(|key| key.columns.as_slice()).unwrap_or_default();
    let exactly = |parts: &[KeyPart]| parts.len() == wanted.columns.len() && starts_with(parts, &wanted.columns, true);
    let visible = || live.indexes.iter().filter(|index| !index.invisible);
    match wanted.unique {
        Some(true) => exactly(primary) || live.indexes.iter().any(|index| index.unique && exactly(&index.parts)),
        Some(false) => visible().any(|index| !index.unique && starts_with(&index.parts, &wanted.columns, false)),
        None => {
            starts_with(primary, &wanted.columns, false)
                || visible().any(|index| starts_with(&index.parts, &wanted.columns, false))
        }
    }
}

fn foreign_key(checking: &mut Checking<'_>, table: &str, wanted: &ExpectedForeignKey, live: &Table) {
    let equal =
        |one: &[String], other: &[String]| one.len() == other.len() && one.iter().zip(other).all(|(a, b)| same(a, b));
    let matches = |key: &&ForeignKey| {
        let database = key.ref_database.as_ref().unwrap_or(&checking.contract.database);
        equal(&key.columns, &wanted.columns)
            && equal(&key.ref_columns, &wanted.ref_columns)
            && checking.same_table(&key.ref_table, &wanted.ref_table)
            && checking.same_table(database, &wanted.ref_database)
    };
    let written = described(&wanted.columns, &wanted.ref_database, &wanted.ref_table, &wanted.ref_columns);
    let Some(found) = live.foreign_keys.iter().find(matches) else {
        let other = live.foreign_keys.iter().find(|key| equal(&key.columns, &wanted.columns));
        let here = &checking.contract.database;
        let actual = other.map_or_else(
            || "none".to_owned(),
            |key| {
                let database = key.ref_database.as_ref().unwrap_or(here);
                described(&key.columns, database, &key.ref_table, &key.ref_columns)
            },
        );
        return checking.differs(table, ConstraintKind::ForeignKey, written, actual);
    };
    let object = format!("{table}.{}", found.name);
    if found.valid == Some(false) {
        let actual = format!("{} is shown by the server and not enforced", found.name);
        checking.differs(table, ConstraintKind::ForeignKey, written, actual);
    } else if live.tidb.extras_unknown {
        checking.unknown(object.clone(), "whether the key is enforced could not be read");
    }
    for (event, expected, actual) in
        [("delete", wanted.on_delete, found.on_delete), ("update", wanted.on_update, found.on_update)]
    {
        match expected {
            Some(_) if actual == ReferentialAction::Unknown => {
                checking.unknown(object.clone(), "the account may not see the rules of foreign keys");
            }
            Some(expected) if expected != actual => {
                let what = |action| format!("{} on {event} {}", names(&wanted.columns), word(action));
                checking.differs(table, ConstraintKind::ForeignKey, what(expected), what(actual));
            }
            _ => {}
        }
    }
}

fn described(columns: &[String], database: &str, table: &str, ref_columns: &[String]) -> String {
    format!("{} references {database}.{table}{}", names(columns), names(ref_columns))
}

const fn word(action: ReferentialAction) -> &'static str {
    match action {
        ReferentialAction::Restrict => "restrict",
        ReferentialAction::Cascade => "cascade",
        ReferentialAction::SetNull => "set null",
        ReferentialAction::SetDefault => "set default",
        ReferentialAction::Unknown => "unknown",
    }
}

fn names(columns: &[String]) -> String {
    format!("({})", columns.join(", "))
}

fn list(parts: &[KeyPart]) -> String {
    let part = |part: &KeyPart| {
        let name = part.column.as_ref().or(part.expression.as_ref()).cloned().unwrap_or_default();
        part.prefix.map_or_else(|| name.clone(), |prefix| format!("{name}({prefix})"))
    };
    format!("({})", parts.iter().map(part).collect::<Vec<_>>().join(", "))
}
