//! Compares two lists of databases: which came and went, what each is by default, and everything in them. Pure.

use std::collections::HashMap;

use serde::Serialize;

use super::Side;
use super::collect::{Collector, Draft, Place};
use super::dependents::Dependents;
use super::describe;
use super::kinds::ChangeKind;
use super::matching::Matches;
use super::names::{Key, Names};
use super::{objects, tables};
use crate::schema::Database;
use crate::schema::canonical::bytes;

/// What all comparisons need.
pub(super) struct Context<'a, 'o> {
    pub(super) old: &'o Side<'a>,
    pub(super) new: &'o Side<'a>,
    pub(super) names: Names,
    pub(super) dependents: &'o Dependents<'a>,
    pub(super) matches: &'o Matches<'a>,
    kinds_before: Kinds<'a>,
    kinds_now: Kinds<'a>,
}

pub(super) fn compare(old: &Side<'_>, new: &Side<'_>, names: Names, out: &mut Collector<'_>) {
    let now: HashMap<_, _> = new.databases.iter().map(|database| (names.table(&database.name), database)).collect();
    let known: HashMap<_, _> = old.databases.iter().map(|database| (names.table(&database.name), database)).collect();
    let empty = |database: &Database| Database { name: database.name.clone(), ..Database::default() };
    // A database that is on one side only is compared with an empty one, so that all it holds came or went.
    let gone: Vec<_> = old.databases.iter().filter(|d| !now.contains_key(&names.table(&d.name))).collect();
    let came: Vec<_> = new.databases.iter().filter(|d| !known.contains_key(&names.table(&d.name))).collect();
    let fillers: Vec<Database> = gone.iter().chain(&came).map(|database| empty(database)).collect();
    let (left, right) = fillers.split_at(gone.len());
    let both = old.databases.iter().filter_map(|old| Some((old, *now.get(&names.table(&old.name))?)));
    let mut pairs: Vec<(&Database, &Database)> = both.collect();
    for (before, after) in &pairs {
        defaults(before, after, out);
    }
    for database in &gone {
        let draft = Draft::new(ChangeKind::DatabaseDropped, "").from(holds(database));
        out.add(Place { database: &database.name, table: None }, draft);
    }
    for database in &came {
        let draft = Draft::new(ChangeKind::DatabaseCreated, "").to(holds(database));
        out.add(Place { database: &database.name, table: None }, draft);
    }
    pairs.extend(gone.iter().copied().zip(left));
    pairs.extend(right.iter().zip(came.iter().copied()));
    if pairs.iter().all(|(before, after)| before == after) {
        return;
    }
    let matches = Matches::of(&pairs, old, new, names);
    let dependents = Dependents::of(old.databases, names);
    let (kinds_before, kinds_now) = (kinds(old.databases, names), kinds(new.databases, names));
    let context = Context { old, new, names, dependents: &dependents, matches: &matches, kinds_before, kinds_now };
    for pair in &matches.pairs {
        tables::compare(&context, pair, out);
    }
    came_and_went(&context, out);
    for (before, after) in &pairs {
        objects::compare(&context, before, after, out);
    }
}

/// The attributes of the database itself.
fn defaults(old: &Database, new: &Database, out: &mut Collector<'_>) {
    let place = Place { database: &new.name, table: None };
    if old.name != new.name {
        let draft = Draft::new(ChangeKind::DatabaseRenamed, "");
        out.add(place, draft.from(describe::named(&old.name)).to(describe::named(&new.name)));
    }
    // The account sees the database only through a grant on one of its tables.
    let seen = |database: &Database| !database.charset.is_empty() && !database.collation.is_empty();
    if !seen(old) || !seen(new) {
        if (seen(old), &old.placement) != (seen(new), &new.placement) {
            out.unknown(place, "", "its default character set and placement are visible on one side only");
        }
        return;
    }
    let words = |database: &Database| format!("{} {}", database.charset, database.collation);
    if words(old) != words(new) {
        out.add(place, Draft::new(ChangeKind::DatabaseDefaultCollationChanged, "").from(words(old)).to(words(new)));
    }
    if old.placement != new.placement {
        out.add(place, Draft::new(ChangeKind::PlacementChanged, "").from(&*old.placement).to(&*new.placement));
    }
}

/// Tables that were dropped or created, or that are another kind of object now.
fn came_and_went(context: &Context<'_, '_>, out: &mut Collector<'_>) {
    for (database, table) in &context.matches.dropped {
        let place = Place { database: &database.name, table: Some(&table.name) };
        let draft = match context.is_now(&database.name, &table.name) {
            Some(now) => Draft::new(ChangeKind::TableKindChanged, "").to(now),
            None => Draft::new(ChangeKind::TableDropped, ""),
        };
        let affected = context.dependents.of_table(&database.name, &table.name);
        out.add(place, draft.from(describe::table(table)).identity(content(*table), String::new()).affects(affected));
    }
    for (database, table) in &context.matches.created {
        // One that was a view or a sequence is told where that went.
        if context.was(&database.name, &table.name).is_none() {
            let place = Place { database: &database.name, table: Some(&table.name) };
            let draft = Draft::new(ChangeKind::TableCreated, "").to(describe::table(table));
            out.add(place, draft.identity(String::new(), content(*table)));
        }
    }
}

/// All there is to an object, for ids.
pub(super) fn content<T: Serialize>(object: &T) -> String {
    bytes(object).ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}

/// What kind of object each name is.
type Kinds<'a> = HashMap<Key<'a>, &'static str>;

fn kinds(databases: &[Database], names: Names) -> Kinds<'_> {
    let mut out = Kinds::new();
    for database in databases {
        let tables = database.tables.iter().map(|table| (&table.name, "table"));
        let views = database.views.iter().map(|view| (&view.name, "view"));
        let sequences = database.sequences.iter().map(|sequence| (&sequence.name, "sequence"));
        let all = tables.chain(views).chain(sequences);
        out.extend(all.map(|(name, kind)| (names.key(&database.name, name), kind)));
    }
    out
}

impl Context<'_, '_> {
    /// What an object is in the new schema.
    pub(super) fn is_now(&self, database: &str, name: &str) -> Option<&'static str> {
        self.kinds_now.get(&self.names.key(database, name)).copied()
    }

    /// What an object was in the old schema.
    pub(super) fn was(&self, database: &str, name: &str) -> Option<&'static str> {
        self.kinds_before.get(&self.names.key(database, name)).copied()
    }
}

fn holds(database: &Database) -> String {
    let Database { tables, views, sequences, .. } = database;
    let parts = [(tables.len(), "table"), (views.len(), "view"), (sequences.len(), "sequence")];
    let parts = parts.into_iter().filter(|(count, _)| *count > 0).map(|(count, noun)| describe::counted(count, noun));
    let parts: Vec<_> = parts.collect();
    if parts.is_empty() { "empty database".to_owned() } else { format!("database of {}", parts.join(", ")) }
}
