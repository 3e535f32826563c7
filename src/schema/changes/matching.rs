//! Which table and which column of one schema is which of the other: by name, and where a name went and an equal one came,
//! as a rename. Pure.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::Side;
use super::change::Confidence;
use super::names::{Names, folded, same};
use crate::schema::{Column, Database, Table, canonical};

/// The same table then and now.
#[derive(Debug)]
pub(super) struct TablePair<'a> {
    pub(super) old_database: &'a Database,
    pub(super) new_database: &'a Database,
    pub(super) old: &'a Table,
    pub(super) new: &'a Table,
    /// How it is known under another name.
    pub(super) renamed: Option<(Confidence, &'static str)>,
    pub(super) columns: ColumnMap<'a>,
}

/// The columns of a table then and now.
#[derive(Debug, Default)]
pub(super) struct ColumnMap<'a> {
    /// Columns that are in both, in the old order; those of another name too.
    pub(super) kept: Vec<(&'a Column, &'a Column)>,
    pub(super) dropped: Vec<&'a Column>,
    pub(super) added: Vec<&'a Column>,
    /// New names by folded old ones, where they differ; `None` for a column that is gone.
    moved: BTreeMap<String, Option<String>>,
}

impl<'a> ColumnMap<'a> {
    pub(super) fn of(old: &'a Table, new: &'a Table) -> Self {
        let (old, new) = (by_ordinal(&old.columns), by_ordinal(&new.columns));
        let mut out = Self::default();
        // Most columns of most tables stand where they stood.
        let head = old.iter().zip(&new).take_while(|(old, new)| old.name == new.name).count();
        out.kept.extend(old.iter().copied().zip(new.iter().copied()).take(head));
        out.rest(old.get(head..).unwrap_or_default(), new.get(head..).unwrap_or_default(), head);
        let moved = out.kept.iter().filter(|(old, new)| old.name != new.name);
        out.moved = moved.map(|(old, new)| (folded(&old.name).into_owned(), Some(new.name.clone()))).collect();
        out.moved.extend(out.dropped.iter().map(|column| (folded(&column.name).into_owned(), None)));
        out
    }

    /// Matches the columns behind the first `head`, which both sides have in common.
    fn rest(&mut self, old: &[&'a Column], new: &[&'a Column], head: usize) {
        let after: HashMap<_, _> = new.iter().map(|column| (folded(&column.name), *column)).collect();
        let before: HashSet<_> = old.iter().map(|column| folded(&column.name)).collect();
        let mut pairs: HashMap<&str, &Column> =
            old.iter().filter_map(|c| Some((c.name.as_str(), *after.get(&folded(&c.name))?))).collect();
        let gone: Vec<_> = slots(old, head, |column| pairs.contains_key(column.name.as_str()));
        let came: Vec<_> = slots(new, head, |column| before.contains(&folded(&column.name)));
        let renamed = renames(&gone, &came);
        pairs.extend(renamed.iter().map(|(old, new)| (old.name.as_str(), *new)));
        let taken: HashSet<&str> = renamed.iter().map(|(_, new)| new.name.as_str()).collect();
        for column in old {
            match pairs.get(column.name.as_str()) {
                Some(now) => self.kept.push((column, now)),
                None => self.dropped.push(column),
            }
        }
        self.added = came.iter().map(|(_, column)| *column).filter(|c| !taken.contains(c.name.as_str())).collect();
    }

    /// What an old column is called now; `None` when it is gone.
    pub(super) fn now<'s>(&'s self, old: &'s str) -> Option<&'s str> {
        match self.moved.get(folded(old).as_ref()) {
            None => Some(old),
            Some(new) => new.as_deref(),
        }
    }

    /// An expression with its quoted names as they are called now; `None` when it names none that moved.
    pub(super) fn rewritten(&self, expression: &str) -> Option<String> {
        let quoted = |name: &str| format!("`{}`", name.replace('`', "``"));
        let mut names = expression.split('`');
        // Only names that are quoted whole are followed: every second part, doubled quotes aside.
        let named = names.by_ref().skip(1).step_by(2).any(|name| self.moved.contains_key(folded(name).as_ref()));
        named.then(|| {
            let parts = expression.split('`').enumerate().map(|(at, part)| match at % 2 {
                0 => part.to_owned(),
                _ => quoted(self.now(part).unwrap_or(part)),
            });
            parts.collect()
        })
    }

    /// Some column has another name or is gone.
    pub(super) fn moves(&self) -> bool {
        !self.moved.is_empty()
    }
}

fn by_ordinal(columns: &[Column]) -> Vec<&Column> {
    let mut columns: Vec<&Column> = columns.iter().collect();
    columns.sort_by_key(|column| column.ordinal);
    columns
}

/// The columns that are on one side only, with how many columns of both sides stand before each.
fn slots<'a>(columns: &[&'a Column], head: usize, in_both: impl Fn(&Column) -> bool) -> Vec<(usize, &'a Column)> {
    let mut before = head;
    let mut out = Vec::new();
    for column in columns {
        if in_both(column) {
            before += 1;
        } else {
            out.push((before, *column));
        }
    }
    out
}

/// Columns that went, and one that came in the same place and is equal in everything but its name; no second candidate.
fn renames<'a>(gone: &[(usize, &'a Column)], came: &[(usize, &'a Column)]) -> Vec<(&'a Column, &'a Column)> {
    if gone.is_empty() || came.is_empty() {
        return Vec::new();
    }
    let keyed = |columns: &[(usize, &Column)]| {
        let unnamed = |column: &Column| Column { name: String::new(), ordinal: 0, ..column.clone() };
        unique(
            columns
                .iter()
                .enumerate()
                .filter_map(|(at, (place, column))| Some(((*place, canonical::bytes(&unnamed(column)).ok()?), at))),
        )
    };
    let pairs = common(&keyed(gone), &keyed(came));
    pairs.iter().filter_map(|(old, new)| Some((gone.get(*old)?.1, came.get(*new)?.1))).collect()
}

/// What became of every table, and how tables and columns are called now.
#[derive(Debug, Default)]
pub(super) struct Matches<'a> {
    /// Tables that differ in anything; those that are equal need no comparison.
    pub(super) pairs: Vec<TablePair<'a>>,
    pub(super) dropped: Vec<(&'a Database, &'a Table)>,
    pub(super) created: Vec<(&'a Database, &'a Table)>,
    by_old: HashMap<(String, String), usize>,
}

impl<'a> Matches<'a> {
    /// Matches the tables of databases that are in both, and renames across all of them.
    pub(super) fn of(databases: &[(&'a Database, &'a Database)], old: &Side<'a>, new: &Side<'a>, names: Names) -> Self {
        let mut out = Self::default();
        for (before, after) in databases {
            let now: HashMap<_, _> = after.tables.iter().map(|table| (names.table(&table.name), table)).collect();
            let known: HashSet<_> = before.tables.iter().map(|table| names.table(&table.name)).collect();
            for table in &before.tables {
                match now.get(&names.table(&table.name)) {
                    Some(same) if *same == table => {}
                    Some(same) => out.pair((before, table), (after, same), None, names),
                    None => out.dropped.push((before, table)),
                }
            }
            let created = after.tables.iter().filter(|table| !known.contains(&names.table(&table.name)));
            out.created.extend(created.map(|table| (*after, table)));
        }
        out.renames(old, new, names);
        out
    }

    fn pair(
        &mut self,
        (old_database, old): (&'a Database, &'a Table),
        (new_database, new): (&'a Database, &'a Table),
        renamed: Option<(Confidence, &'static str)>,
        names: Names,
    ) {
        self.by_old.insert(names.pair(&old_database.name, &old.name), self.pairs.len());
        let columns = ColumnMap::of(old, new);
        self.pairs.push(TablePair { old_database, new_database, old, new, renamed, columns });
    }

    /// The pair of an old table, when it differs.
    pub(super) fn pair_of(&self, old: &(String, String)) -> Option<&TablePair<'a>> {
        self.pairs.get(*self.by_old.get(old)?)
    }

    fn renames(&mut self, old: &Side<'a>, new: &Side<'a>, names: Names) {
        if self.dropped.is_empty() || self.created.is_empty() {
            return;
        }
        let by_id = |side: &Side<'a>, tables: &[(&'a Database, &'a Table)]| {
            unique(tables.iter().enumerate().filter_map(|(at, (d, t))| Some((side.table_id(&d.name, &t.name)?, at))))
        };
        let by_content = |side: &Side<'a>, other: &Side<'a>, tables: &[(&'a Database, &'a Table)]| {
            let known = |d: &Database, t: &Table| side.table_id(&d.name, &t.name).is_some() && other.has_table_ids();
            let content = |d: &Database, t: &Table| Some((names.table(&d.name).into_owned(), nameless(t, names)?));
            let unknown = tables.iter().enumerate().filter(|(_, (d, t))| !known(d, t));
            unique(unknown.filter_map(|(at, (d, t))| Some((content(d, t)?, at))))
        };
        let mut found = common(&by_id(old, &self.dropped), &by_id(new, &self.created));
        let sure = found.len();
        let equal = common(&by_content(old, new, &self.dropped), &by_content(new, old, &self.created));
        found.extend(equal);
        let (mut gone, mut came) = (HashSet::new(), HashSet::new());
        for (at, (before, after)) in found.into_iter().enumerate() {
            let (Some(from), Some(to)) = (self.dropped.get(before), self.created.get(after)) else { continue };
            let how = if at < sure {
                (Confidence::Certain, "the server gives both the same table id")
            } else {
                (Confidence::Likely, "equal in everything but the name, and no other table is")
            };
            let (from, to) = (*from, *to);
            if gone.insert(before) & came.insert(after) {
                self.pair(from, to, Some(how), names);
            }
        }
        let mut at = 0..;
        self.dropped.retain(|_| !at.next().is_some_and(|at| gone.contains(&at)));
        let mut at = 0..;
        self.created.retain(|_| !at.next().is_some_and(|at| came.contains(&at)));
    }
}

/// Keys that occur once, with where.
fn unique<K: std::hash::Hash + Eq>(items: impl Iterator<Item = (K, usize)>) -> HashMap<K, usize> {
    let mut out: HashMap<K, Option<usize>> = HashMap::new();
    for (key, at) in items {
        out.entry(key).and_modify(|found| *found = None).or_insert(Some(at));
    }
    out.into_iter().filter_map(|(key, at)| Some((key, at?))).collect()
}

/// Places of keys that both have, in the order of the first.
fn common<K: std::hash::Hash + Eq>(old: &HashMap<K, usize>, new: &HashMap<K, usize>) -> Vec<(usize, usize)> {
    let mut out: Vec<_> = old.iter().filter_map(|(key, at)| Some((*at, *new.get(key)?))).collect();
    out.sort_unstable();
    out
}

/// The table's canonical bytes without its own name, in its keys that name it and in names made from it.
fn nameless(table: &Table, names: Names) -> Option<Vec<u8>> {
    let mut table = table.clone();
    let name = std::mem::take(&mut table.name);
    for key in &mut table.foreign_keys {
        if key.ref_database.is_none() && names.table(&key.ref_table) == names.table(&name) {
            key.ref_table.clear();
        }
        key.name = renamed_with(&key.name, &name, "");
    }
    for check in &mut table.checks {
        check.name = renamed_with(&check.name, &name, "");
    }
    canonical::bytes(&table).ok()
}

/// A constraint's name after its table was renamed: servers rename those they named themselves (`<table>_ibfk_1`).
pub(super) fn renamed_with(constraint: &str, old_table: &str, new_table: &str) -> String {
    let own = ["_ibfk_", "_chk_"];
    let rest = constraint.strip_prefix(old_table).filter(|rest| own.iter().any(|mark| rest.starts_with(mark)));
    rest.map_or_else(|| constraint.to_owned(), |rest| format!("{new_table}{rest}"))
}

/// The same lists of column names.
pub(super) fn same_columns<'a>(old: impl Iterator<Item = Option<&'a str>>, new: &[String]) -> bool {
    let old: Vec<_> = old.collect();
    old.len() == new.len() && old.iter().zip(new).all(|(old, new)| old.is_some_and(|old| same(old, new)))
}
