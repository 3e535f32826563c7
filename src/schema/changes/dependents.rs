//! What depends on a table or a column: foreign keys of child tables, and views whose definition names it. Pure.
//! Definitions are read a word at a time and not parsed: servers write them with every name quoted and every table with its
//! database, a parser of SQL would refuse what it does not know, and naming one view too many is better than one too few.

use std::collections::{HashMap, HashSet};

use super::change::{Affected, Dependent};
use super::names::{Key, Names, folded};
use crate::schema::{Database, ForeignKey};

/// Who depends on whom in one schema.
#[derive(Debug)]
pub(super) struct Dependents<'a> {
    names: Names,
    children: HashMap<Key<'a>, Vec<Child<'a>>>,
    /// By the table they name.
    views: HashMap<Key<'a>, Vec<usize>>,
    named: Vec<Named<'a>>,
}

#[derive(Debug)]
struct Child<'a> {
    database: &'a str,
    table: &'a str,
    key: &'a ForeignKey,
}

impl Child<'_> {
    fn affected(&self) -> Affected {
        affected(Dependent::ForeignKey, &format!("{}.{}.{}", self.database, self.table, self.key.name))
    }
}

/// A view and the names in its definition.
#[derive(Debug)]
struct Named<'a> {
    place: Key<'a>,
    object: String,
    words: HashSet<String>,
}

impl<'a> Dependents<'a> {
    pub(super) fn of(databases: &'a [Database], names: Names) -> Self {
        let mut out = Self { names, children: HashMap::new(), views: HashMap::new(), named: Vec::new() };
        for database in databases {
            for table in &database.tables {
                for key in &table.foreign_keys {
                    let parent = names.key(key.ref_database.as_deref().unwrap_or(&database.name), &key.ref_table);
                    let child = Child { database: &database.name, table: &table.name, key };
                    out.children.entry(parent).or_default().push(child);
                }
            }
            for view in &database.views {
                let chains = chains(&view.definition);
                for table in tables(&chains, &database.name, names) {
                    out.views.entry((table.0.into(), table.1.into())).or_default().push(out.named.len());
                }
                let words = chains.iter().flat_map(|chain| chain.names.iter().map(|name| folded(name).into_owned()));
                let (place, object) =
                    (names.key(&database.name, &view.name), format!("{}.{}", database.name, view.name));
                out.named.push(Named { place, object, words: words.collect() });
            }
        }
        out
    }

    /// What depends on a table or view: foreign keys of other tables, and views, also those over views.
    pub(super) fn of_table(&self, database: &str, table: &str) -> Vec<Affected> {
        let place = self.names.key(database, table);
        let children = self.children.get(&place).into_iter().flatten();
        let others = children.filter(|child| self.names.key(child.database, child.table) != place);
        let mut out: Vec<Affected> = others.map(Child::affected).collect();
        let (mut open, mut seen) = (vec![place], HashSet::new());
        while let Some(place) = open.pop() {
            for view in self.views_of(&place).filter(|view| seen.insert(view.object.as_str())) {
                out.push(affected(Dependent::View, &view.object));
                open.push(view.place.clone());
            }
        }
        out
    }

    /// What depends on a column: its own foreign keys, those that refer to it, and views that name table and column.
    pub(super) fn of_column(&self, database: &str, table: &str, column: &str, own: &[ForeignKey]) -> Vec<Affected> {
        let (place, column) = (self.names.key(database, table), folded(column));
        let has = |columns: &[String]| columns.iter().any(|name| folded(name) == column);
        let own = own.iter().filter(|key| has(&key.columns));
        let mut out: Vec<Affected> =
            own.map(|key| affected(Dependent::ForeignKey, &format!("{database}.{table}.{}", key.name))).collect();
        let children = self.children.get(&place).into_iter().flatten().filter(|child| has(&child.key.ref_columns));
        out.extend(children.map(Child::affected));
        let views = self.views_of(&place).filter(|view| view.words.contains(column.as_ref()));
        out.extend(views.map(|view| affected(Dependent::View, &view.object)));
        out
    }

    fn views_of<'s>(&'s self, place: &Key<'s>) -> impl Iterator<Item = &'s Named<'s>> + use<'s, 'a> {
        self.views.get(place).into_iter().flatten().filter_map(|at| self.named.get(*at))
    }
}

pub(super) fn affected(kind: Dependent, object: &str) -> Affected {
    Affected { kind, object: object.to_owned() }
}

/// Names joined by dots, and whether they stand where tables do.
#[derive(Debug, PartialEq, Eq)]
struct Chain {
    names: Vec<String>,
    table: bool,
}

/// The tables that chains name: with their database anywhere, without it only behind FROM and JOIN.
fn tables(chains: &[Chain], database: &str, names: Names) -> HashSet<(String, String)> {
    let table = |chain: &Chain| match chain.names.as_slice() {
        [table] if chain.table => Some(names.pair(database, table)),
        [database, table, ..] => Some(names.pair(database, table)),
        _ => None,
    };
    chains.iter().filter_map(table).collect()
}

/// Words that are no names where names are not quoted.
const KEYWORDS: [&str; 12] =
    ["select", "from", "join", "straight_join", "where", "group", "order", "having", "limit", "on", "using", "as"];

/// Every chain of names in a definition, strings and numbers left out.
fn chains(definition: &str) -> Vec<Chain> {
    // Text that quotes no name at all was written by hand.
    let bare = !definition.contains('`');
    let quotes = if bare { ['`', '"'] } else { ['`', '`'] };
    let mut out: Vec<Chain> = Vec::new();
    // Behind a name; behind a name and a dot; behind FROM or JOIN, where names are of tables.
    let (mut open, mut dotted, mut tables) = (false, false, false);
    let mut chars = definition.chars().peekable();
    while let Some(c) = chars.next() {
        let name = match c {
            c if c.is_whitespace() => continue,
            '.' => {
                dotted = open;
                continue;
            }
            c if quotes.contains(&c) => Some(quoted(&mut chars, c)),
            '\'' | '"' => {
                quoted(&mut chars, c);
                None
            }
            c if is_word(c) => {
                let mut word = String::from(c);
                while let Some(next) = chars.next_if(|c| is_word(*c)) {
                    word.push(next);
                }
                let lower = word.to_ascii_lowercase();
                match lower.as_str() {
                    "from" | "join" | "straight_join" => tables = true,
                    "select" | "where" | "group" | "order" | "having" | "limit" => tables = false,
                    // What follows is an alias, as it is right behind a name.
                    "as" => {
                        (open, dotted) = (true, false);
                        continue;
                    }
                    _ => {}
                }
                (bare && !KEYWORDS.contains(&lower.as_str())).then_some(word)
            }
            _ => None,
        };
        let named = name.is_some();
        match (name, dotted, out.last_mut()) {
            (Some(name), true, Some(chain)) => chain.names.push(name),
            (Some(name), ..) => out.push(Chain { names: vec![name], table: tables && !open }),
            (None, ..) => {}
        }
        (open, dotted) = (named, false);
    }
    out
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '$')
}

/// The rest of a quoted text; a doubled quote is one, and in a string so is one behind a backslash.
fn quoted(chars: &mut std::iter::Peekable<std::str::Chars<'_>>, quote: char) -> String {
    let mut out = String::new();
    while let Some(c) = chars.next() {
        match c {
            '\\' if quote == '\'' => out.extend(chars.next()),
            c if c == quote && chars.next_if_eq(&quote).is_none() => break,
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(definition: &str) -> Vec<String> {
        let mut out: Vec<_> = tables(&chains(definition), "shop", Names { fold: true })
            .into_iter()
            .map(|(database, table)| format!("{database}.{table}"))
            .collect();
        out.sort_unstable();
        out
    }

    #[test]
    fn tables_are_found_in_the_words_of_every_server() {
        for (definition, want) in [
            ("select `shop`.`customer`.`id` AS `id` from `shop`.`customer`", vec!["shop.customer"]),
            (
                "select `o`.`id` AS `oid` from (`shop`.`order` `o` join `crm`.`customer` `c` on(`c`.`id` = `o`.`cid`))",
                vec!["c.id", "crm.customer", "o.cid", "o.id", "shop.order"],
            ),
            ("SELECT `id` AS `id` FROM `nasty_shop`.`checks` WHERE `n`>0", vec!["nasty_shop.checks"]),
            ("select `id` AS `a` from `t` where `id` in (select `x` from `u`)", vec!["shop.t", "shop.u"]),
            ("select 'from `x`.`y`' AS `s` from `shop`.`a``b`", vec!["shop.a`b"]),
            ("select id from orders o, items where a = 1", vec!["shop.items", "shop.orders"]),
            ("select \"id\" from \"shop\".\"t\"", vec!["shop.t"]),
            ("SELECT `a` AS `b` FROM (`t` AS `x`) JOIN `u` AS `y`", vec!["shop.t", "shop.u"]),
            ("select 1.5 AS `n`", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(found(definition), want, "{definition}");
        }
    }

    proptest! {
        #[test]
        fn no_definition_makes_it_fail(text in "[a-z`'\"\\\\. (),*0-9é]{0,60}") {
            let _ = found(&text);
        }
    }
}
