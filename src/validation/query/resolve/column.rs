//! One column name: looked up from the innermost scope outwards, and reported with what was probably meant.

use sqlparser::ast::Ident;

use super::{Resolver, at};
use crate::validation::query::code::Code;
use crate::validation::query::functions;
use crate::validation::query::names::same_folded;
use crate::validation::query::result::Issue;
use crate::validation::query::scope::{Field, Hit, Relation, Scope};
use crate::validation::query::types::Operand;

impl<'a> Resolver<'a, '_> {
    /// A name that stands where a value does.
    pub(super) fn column(&mut self, names: &[&'a Ident]) -> Operand<'a> {
        let (database, table, name) = match names {
            [name] => (None, None, *name),
            [table, name] => (None, Some(*table), *name),
            [database, table, name] => (Some(*database), Some(*table), *name),
            [] => return Operand::Other,
            [first, ..] => {
                self.issue(Code::ParseError, at(first), "at most a database and a table stand before a column");
                return Operand::Other;
            }
        };
        let first = names.first().copied().unwrap_or(name);
        let plain = first.quote_style.is_none();
        let bare = table.is_none() && (functions::is_bare(&name.value) || is_bits(&name.value));
        // User and system variables; functions that need no parentheses.
        if plain && (first.value.starts_with('@') || bare) {
            return Operand::Other;
        }
        let mut no_column = false;
        for level in (0..self.scopes.len()).rev() {
            let hit = match self.look(level, database, table, name) {
                Some(hit) => hit,
                None => return Operand::Other,
            };
            match hit {
                Hit::Nothing => {}
                Hit::NoColumn => no_column = true,
                hit => return self.hit(hit, level, name),
            }
            if self.scopes.get(level).is_some_and(|scope| scope.closed) {
                break;
            }
        }
        match table {
            Some(table) if !no_column => self.unknown_alias(table),
            table => self.unknown_column(table, name),
        }
        Operand::Other
    }

    /// One scope; `None` when too much has been looked at already.
    fn look(&mut self, level: usize, database: Option<&Ident>, table: Option<&Ident>, name: &Ident) -> Option<Hit<'a>> {
        let width = self.scopes.get(level)?.width();
        if !self.spend(width) {
            return None;
        }
        let in_aggregate = self.in_aggregate > 0;
        let scope = self.scopes.get(level)?;
        Some(match table {
            None => scope.unqualified(&name.value, in_aggregate, level + 1 < self.scopes.len()),
            Some(table) => {
                let database = database.map(|database| database.value.as_str());
                scope.qualified(self.catalog, database, &table.value, &name.value, in_aggregate)
            }
        })
    }

    fn hit(&mut self, hit: Hit<'a>, level: usize, name: &'a Ident) -> Operand<'a> {
        let message = match hit {
            Hit::Field(relation, field) => {
                if let Some(scope) = self.scopes.get_mut(level) {
                    scope.touched.push(relation);
                }
                return self.operand(&field, name);
            }
            Hit::Item(field) => return self.operand(&field, name),
            Hit::Ambiguous => {
                let message = format!("`{}` is a column of more than one table; write which", name.value);
                self.issue(Code::AmbiguousColumn, at(name), message);
                return Operand::Other;
            }
            Hit::NotGrouped => format!("HAVING names `{}`, which is neither selected nor grouped by", name.value),
            Hit::Opaque | Hit::NoColumn | Hit::Nothing => return Operand::Other,
        };
        self.issue(Code::UnknownColumn, at(name), message);
        Operand::Other
    }

    fn operand(&mut self, field: &Field<'a>, name: &Ident) -> Operand<'a> {
        match field.origin {
            Some(origin) => {
                self.uses(&origin, at(name));
                Operand::Column(origin)
            }
            None => Operand::Other,
        }
    }

    fn unknown_column(&mut self, table: Option<&Ident>, name: &Ident) {
        let scope = self.scopes.last();
        let alias_only = scope.is_some_and(|scope| scope.aliases.iter().any(|alias| same_folded(alias, &name.value)));
        if alias_only && table.is_none() {
            let message = format!("`{}` is an alias of the select list, which is not in reach here", name.value);
            let issue = Issue::new(Code::UnknownColumn, at(name), message);
            return self.found.push(issue.suggest("write the expression itself".to_owned()));
        }
        let (place, suggestion) = match table {
            Some(table) => {
                let called = |r: &&Relation<'a>| r.is_called(self.catalog, None, &table.value);
                let relation = self.scopes.iter().rev().find_map(|scope| scope.relations.iter().find(called));
                let names =
                    relation.into_iter().flat_map(|relation| relation.fields.iter().filter_map(Field::plain_name));
                (format!("`{}`", table.value), self.suggestions.nearest(&name.value, names))
            }
            None => {
                let names = scope.into_iter().flat_map(Scope::candidates);
                let place = match scope.map(|scope| scope.relations.as_slice()) {
                    Some([only]) => format!("`{}`", only.name),
                    Some([]) | None => "reach: there is no table".to_owned(),
                    Some(_) => "any table of FROM".to_owned(),
                };
                (place, self.suggestions.nearest(&name.value, names))
            }
        };
        let issue =
            Issue::new(Code::UnknownColumn, at(name), format!("there is no column `{}` in {place}", name.value));
        self.found.push(issue.suggest(suggestion));
    }

    pub(super) fn unknown_alias(&mut self, table: &Ident) {
        let names = self.scopes.iter().flat_map(|scope| scope.relations.iter().map(|relation| relation.name));
        let suggestion = self.suggestions.nearest(&table.value, names.collect::<Vec<_>>());
        let message = format!("no table or alias `{}` is in reach here", table.value);
        self.found.push(Issue::new(Code::UnknownAlias, at(table), message).suggest(suggestion));
    }
}

/// `0b01`, which the parser takes for a name.
fn is_bits(name: &str) -> bool {
    name.strip_prefix("0b").is_some_and(|bits| !bits.is_empty() && bits.chars().all(|c| matches!(c, '0' | '1')))
}
