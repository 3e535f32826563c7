//! Rules: what a schema should be like. The built in ones stand in tables ([`Builtin`]), one file per subject; rules of
//! one's own are CEL expressions (`cel`). Pure.

mod builtin;
pub mod cel;
pub mod docs;
mod indexes;
mod keys;
mod naming;
mod objects;
mod params;
mod relations;
mod reserved;
mod sizes;
mod texts;
mod types;
mod width;

pub use builtin::{Builtin, Check, Finding, Given, Judgement, On, Param};
pub use params::Settings;

use crate::api::policy::BuiltinRule;
use crate::schema::{Column, ForeignKey, KeyPart, Table};

/// Every built in rule by subject, and the heading of its part of the documentation.
pub const SUBJECTS: [(&str, &[Builtin]); 8] = [
    ("Primary keys", keys::RULES),
    ("Names and comments", naming::RULES),
    ("Types", types::RULES),
    ("Character sets, collations, likeness", texts::RULES),
    ("Foreign keys", relations::RULES),
    ("Indexes", indexes::RULES),
    ("Sizes", sizes::RULES),
    ("Tables and views", objects::RULES),
];

/// The entry of a rule, and its subject. Every rule has one (tested).
#[must_use]
pub fn find(rule: BuiltinRule) -> Option<(&'static str, &'static Builtin)> {
    SUBJECTS.iter().find_map(|(subject, rules)| rules.iter().find(|r| r.rule == rule).map(|r| (*subject, r)))
}

/// The column of that name, compared without case.
fn column<'t>(table: &'t Table, name: &str) -> Option<&'t Column> {
    table.columns.iter().find(|column| same(&column.name, name))
}

/// Column names compare without case everywhere.
fn same(one: &str, other: &str) -> bool {
    one == other || one.to_lowercase() == other.to_lowercase()
}

/// Names of databases and tables compare as the server compares them.
fn same_table(on: &On<'_>, one: &str, other: &str) -> bool {
    one == other || (on.snapshot.server.lower_case_table_names != 0 && one.to_lowercase() == other.to_lowercase())
}

/// One finding per column that something is wrong with.
fn each_column(table: &Table, wrong: impl Fn(&Column) -> Option<String>) -> Judgement {
    Judgement::of(table.columns.iter().filter_map(|column| Some(Finding::of(&column.name, wrong(column)?))))
}

/// The key begins with exactly these columns, in this order.
fn leads(parts: &[KeyPart], columns: &[String]) -> bool {
    let fits = |(part, name): (&KeyPart, &String)| part.column.as_ref().is_some_and(|c| same(c, name));
    parts.len() >= columns.len() && parts.iter().zip(columns).all(fits)
}

/// The text holds the name as a word of its own. Both in lower case.
fn mentions(text: &str, name: &str) -> bool {
    let inside = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    text.match_indices(name).any(|(at, _)| {
        let before = text.get(..at).and_then(|head| head.chars().next_back());
        let after = text.get(at + name.len()..).and_then(|tail| tail.chars().next());
        !before.is_some_and(inside) && !after.is_some_and(inside)
    })
}

/// The parent of a foreign key, as far as the snapshot shows.
enum Parent<'a> {
    /// It is there.
    Found(&'a Table),
    /// Its database is in the snapshot, and it is not.
    Missing,
    /// Its database is not in the snapshot.
    Elsewhere(&'a str),
}

fn parent<'a>(on: &On<'a>, key: &'a ForeignKey) -> Parent<'a> {
    let name = key.ref_database.as_ref().unwrap_or(&on.database.name);
    let Some(database) = on.snapshot.databases.iter().find(|database| same_table(on, &database.name, name)) else {
        return Parent::Elsewhere(name);
    };
    let table = database.tables.iter().find(|table| same_table(on, &table.name, &key.ref_table));
    table.map_or(Parent::Missing, Parent::Found)
}

#[cfg(test)]
mod tests;
