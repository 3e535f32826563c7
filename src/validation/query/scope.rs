//! What a column name can mean at a place: the relations of a FROM with their columns, select aliases, and the scopes
//! around. Finds; reports nothing.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::names::{Catalog, Object, fold, fold_char, same_folded};
use super::result::At;
use crate::schema::{Column, Database};

/// A column of a base table or view.
#[derive(Clone, Copy, Debug)]
pub(super) struct Origin<'a> {
    pub(super) database: &'a str,
    pub(super) table: &'a str,
    pub(super) column: &'a Column,
}

impl Origin<'_> {
    pub(super) fn is(&self, other: &Origin<'_>) -> bool {
        std::ptr::eq(self.column, other.column)
    }
}

/// How a column of a relation is called.
#[derive(Clone, Debug)]
pub(super) enum FieldName<'a> {
    Plain(&'a str),
    /// An expression without an alias, in [`written`] form: it is called as it is written.
    Written(Rc<str>),
}

/// A column of a relation, or an item of a select list.
#[derive(Clone, Debug)]
pub(super) struct Field<'a> {
    pub(super) name: FieldName<'a>,
    pub(super) origin: Option<Origin<'a>>,
    /// `*` leaves it out.
    pub(super) hidden: bool,
}

impl<'a> Field<'a> {
    pub(super) const fn plain(name: &'a str, origin: Option<Origin<'a>>) -> Self {
        Self { name: FieldName::Plain(name), origin, hidden: false }
    }

    pub(super) fn is_called(&self, name: &str) -> bool {
        match &self.name {
            FieldName::Plain(own) => same_folded(own, name),
            FieldName::Written(own) => as_written(name).eq(own.chars()),
        }
    }

    pub(super) const fn plain_name(&self) -> Option<&'a str> {
        match self.name {
            FieldName::Plain(name) => Some(name),
            FieldName::Written(_) => None,
        }
    }
}

/// An expression as a column name, without what differs between two ways to write it.
pub(super) fn written(expression: &str) -> String {
    as_written(expression).collect()
}

fn as_written(expression: &str) -> impl Iterator<Item = char> {
    expression.chars().filter(|c| !c.is_whitespace() && !matches!(c, '\'' | '"' | '`')).map(fold_char)
}

/// What a relation was made of.
#[derive(Clone, Copy, Debug)]
pub(super) enum Source<'a> {
    Object(&'a Database, Object<'a>),
    Derived,
    /// Something that was not found, and was reported.
    Unknown,
}

/// One table, view, subquery or common table expression of a FROM.
#[derive(Clone, Debug)]
pub(super) struct Relation<'a> {
    pub(super) name: &'a str,
    pub(super) at: At,
    pub(super) fields: Rc<[Field<'a>]>,
    /// Fields that USING or NATURAL merged into one of the left side: only a qualified name finds them.
    pub(super) merged: BTreeSet<usize>,
    /// Its columns are not known; it may have any.
    pub(super) opaque: bool,
    /// It has at most one row.
    pub(super) single: bool,
    pub(super) source: Source<'a>,
}

impl<'a> Relation<'a> {
    pub(super) const fn database(&self) -> Option<&'a str> {
        match self.source {
            Source::Object(database, _) => Some(database.name.as_str()),
            Source::Derived | Source::Unknown => None,
        }
    }

    pub(super) fn is_called(&self, catalog: Catalog<'_>, database: Option<&str>, name: &str) -> bool {
        let same = |wanted| self.database().is_some_and(|own| catalog.same_table(own, wanted));
        let here = matches!(self.source, Source::Unknown) || database.is_none_or(same);
        here && catalog.same_table(self.name, name)
    }

    /// Fields an unqualified name finds.
    pub(super) fn unmerged(&self) -> impl Iterator<Item = (usize, &Field<'a>)> {
        self.fields.iter().enumerate().filter(|(at, _)| !self.merged.contains(at))
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.is_called(name))
    }
}

/// How select aliases count in a clause.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Clause {
    /// WHERE, ON, the select list itself: not at all.
    #[default]
    Where,
    /// GROUP BY and ORDER BY: before columns.
    Order,
    /// HAVING: before columns, of which only those selected or grouped by can be named outside of aggregates.
    Having,
}

/// The names of one SELECT.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope<'a> {
    pub(super) relations: Vec<Relation<'a>>,
    /// The select list, as far as it is read.
    pub(super) items: Vec<Field<'a>>,
    /// The select list has columns that are not known.
    pub(super) items_opaque: bool,
    /// The select list is being read: subqueries in it see the aliases before them.
    pub(super) listing: bool,
    /// Aliases of the select list, in reach or not.
    pub(super) aliases: Vec<&'a str>,
    /// Names of WINDOW.
    pub(super) windows: Vec<&'a str>,
    /// Names in GROUP BY.
    pub(super) grouped: Vec<String>,
    pub(super) clause: Clause,
    /// Names are not looked for any further out.
    pub(super) closed: bool,
    /// Relations named since this was last emptied.
    pub(super) touched: Vec<usize>,
    /// Aggregate functions over these relations.
    pub(super) aggregates: usize,
    /// Columns that equal a constant.
    pub(super) pinned: Vec<Origin<'a>>,
}

/// What a name was found to be.
#[derive(Clone, Debug)]
pub(super) enum Hit<'a> {
    Field(usize, Field<'a>),
    Item(Field<'a>),
    /// A relation that may have any column.
    Opaque,
    Ambiguous,
    /// A column that HAVING may not name.
    NotGrouped,
    /// A relation of that name without such a column.
    NoColumn,
    Nothing,
}

impl<'a> Scope<'a> {
    pub(super) fn of(relations: &[Relation<'a>]) -> Self {
        Self { relations: relations.to_vec(), ..Self::default() }
    }

    /// Columns a look through this scope compares at most.
    pub(super) fn width(&self) -> usize {
        self.relations.iter().map(|relation| relation.fields.len() + 1).sum::<usize>() + self.items.len()
    }

    /// `outer`: the name stands in a subquery of this SELECT.
    pub(super) fn unqualified(&self, name: &str, in_aggregate: bool, outer: bool) -> Hit<'a> {
        if self.clause != Clause::Where
            && let Some(hit) = self.item(name)
        {
            return hit;
        }
        let hits = self.relations.iter().enumerate().flat_map(|(at, relation)| {
            relation.unmerged().filter(|(_, field)| field.is_called(name)).map(move |(_, field)| (at, field))
        });
        let mut hits = hits.take(2);
        match (hits.next(), hits.next()) {
            (Some(_), Some(_)) => Hit::Ambiguous,
            (Some((at, field)), None) => self.allowed(at, field, in_aggregate),
            (None, _) if self.relations.iter().any(|relation| relation.opaque) => Hit::Opaque,
            (None, _) if outer && self.listing => self.item(name).unwrap_or(Hit::Nothing),
            (None, _) => Hit::Nothing,
        }
    }

    pub(super) fn qualified(
        &self,
        catalog: Catalog<'_>,
        database: Option<&str>,
        table: &str,
        name: &str,
        in_aggregate: bool,
    ) -> Hit<'a> {
        let mut relations =
            self.relations.iter().enumerate().filter(|(_, r)| r.is_called(catalog, database, table)).peekable();
        if relations.peek().is_none() {
            return Hit::Nothing;
        }
        let hits: Vec<_> = relations
            .clone()
            .filter_map(|(at, relation)| Some((at, relation.fields.get(relation.position(name)?)?)))
            .collect();
        match hits.as_slice() {
            [] if relations.any(|(_, relation)| relation.opaque) => Hit::Opaque,
            [] => Hit::NoColumn,
            [(at, field)] => self.allowed(*at, field, in_aggregate),
            _ => Hit::Ambiguous,
        }
    }

    /// An item of the select list; ambiguous when the name stands for different columns.
    fn item(&self, name: &str) -> Option<Hit<'a>> {
        let mut hits = self.items.iter().filter(|item| item.is_called(name));
        let first = hits.next()?;
        let same = |other: &Field<'a>| match (&first.origin, &other.origin) {
            (Some(a), Some(b)) => a.is(b),
            _ => false,
        };
        Some(if hits.all(same) { Hit::Item(first.clone()) } else { Hit::Ambiguous })
    }

    fn allowed(&self, at: usize, field: &Field<'a>, in_aggregate: bool) -> Hit<'a> {
        let free = self.clause != Clause::Having || in_aggregate || self.items_opaque;
        let selected = |item: &Field<'a>| match (&item.origin, &field.origin) {
            (Some(a), Some(b)) => a.is(b),
            _ => false,
        };
        let named = || {
            let name = field.plain_name().map(fold);
            self.items.iter().any(selected) || name.is_some_and(|name| self.grouped.contains(&name))
        };
        if free || named() { Hit::Field(at, field.clone()) } else { Hit::NotGrouped }
    }

    /// Names of the columns in reach, for a suggestion.
    pub(super) fn candidates(&self) -> impl Iterator<Item = &'a str> {
        let columns = self.relations.iter().flat_map(|relation| relation.fields.iter());
        columns.filter_map(Field::plain_name)
    }
}

/// Which relations are joined to each other, directly or through others.
#[derive(Clone, Debug, Default)]
pub(super) struct Links(Vec<usize>);

impl Links {
    /// Makes room for so many relations.
    pub(super) fn grow(&mut self, count: usize) {
        self.0.extend(self.0.len()..count);
    }

    pub(super) fn join(&mut self, relations: impl IntoIterator<Item = usize>) {
        let mut groups = relations.into_iter().filter_map(|at| self.0.get(at).copied()).collect::<Vec<_>>().into_iter();
        let Some(first) = groups.next() else { return };
        for group in groups {
            self.0.iter_mut().filter(|own| **own == group).for_each(|own| *own = first);
        }
    }

    /// Both are joined, directly or through others.
    pub(super) fn same(&self, a: usize, b: usize) -> bool {
        self.0.get(a).is_some() && self.0.get(a) == self.0.get(b)
    }

    /// The first relation, among those wanted, that nothing joins to the first wanted one.
    pub(super) fn apart(&self, wanted: impl Fn(usize) -> bool) -> Option<usize> {
        let mut all = self.0.iter().enumerate().filter(|(at, _)| wanted(*at));
        let (_, first) = all.next()?;
        all.find(|(_, group)| *group != first).map(|(at, _)| at)
    }
}
