//! INSERT and REPLACE: which columns they fill, with what, and which they leave out.

use std::collections::HashSet;

use sqlparser::ast::{Assignment, AssignmentTarget, Expr, Insert, OnInsert, Query, SetExpr, Spanned as _, TableObject};

use super::query::Role;
use super::{Resolver, at};
use crate::schema::Table;
use crate::validation::query::code::{Code, Severity};
use crate::validation::query::names::{Object, fold, parts};
use crate::validation::query::result::{At, Issue};
use crate::validation::query::scope::{Field, Relation, Scope, Source};

/// A column that is filled, `None` for one that is not known, and where it is named.
type Filled<'a> = (Option<Field<'a>>, At);

impl<'a> Resolver<'a, '_> {
    pub(super) fn insert(&mut self, insert: &'a Insert) {
        let TableObject::TableName(name) = &insert.table else { return };
        let Some(target) = self.target(name) else {
            return self.source_alone(insert);
        };
        self.writable(&target, target.at);
        let columns = self.columns(insert, &target);
        let assigned = insert.assignments.iter().map(|assignment| &assignment.value);
        let values: Vec<_> = assigned.collect();
        if !values.is_empty() {
            self.row(&columns, &values, &target);
        }
        let from = match &insert.source {
            Some(source) => self.rows(source, &columns, &target, insert.on.is_some()),
            None => Vec::new(),
        };
        if let Source::Object(_, Object::Table(table)) = target.source {
            self.required(table, &columns, insert, target.at);
        }
        if let Some(OnInsert::DuplicateKeyUpdate(assignments)) = &insert.on {
            self.on_duplicate(assignments, insert, &target, from);
        }
        self.returning(insert.returning.as_deref(), Scope::of(std::slice::from_ref(&target)));
    }

    /// Nothing is known of the target: what is inserted is looked at all the same.
    fn source_alone(&mut self, insert: &'a Insert) {
        match insert.source.as_deref().map(|source| (source, source.body.as_ref())) {
            None | Some((_, SetExpr::Values(_))) => {}
            Some((source, _)) => drop(self.query(source, Role::Derived)),
        }
    }

    /// The columns an INSERT fills, in order; `None` for one that is not known.
    fn columns(&mut self, insert: &'a Insert, target: &Relation<'a>) -> Vec<Filled<'a>> {
        let assigned = insert.assignments.iter().flat_map(|assignment| match &assignment.target {
            AssignmentTarget::ColumnName(name) => vec![name],
            AssignmentTarget::Tuple(names) => names.iter().collect(),
        });
        let named: Vec<_> = insert.columns.iter().chain(assigned).filter_map(parts).collect();
        if named.is_empty() {
            let all = target.fields.iter().filter(|field| !field.hidden && !no_columns(insert));
            return all.map(|field| (Some(field.clone()), target.at)).collect();
        }
        let mut seen = HashSet::new();
        let mut columns = Vec::new();
        for names in &named {
            let Some(name) = names.last() else { continue };
            if !seen.insert(fold(&name.value)) {
                self.issue(Code::DuplicateAlias, at(name), format!("the column `{}` is named twice", name.value));
            }
            columns.push((self.assigned(names, std::slice::from_ref(target)).map(|(_, field)| field), at(name)));
        }
        columns
    }

    /// What an INSERT inserts. Hands back the relations of its SELECT, which ON DUPLICATE KEY can name.
    fn rows(
        &mut self,
        source: &'a Query,
        columns: &[Filled<'a>],
        target: &Relation<'a>,
        updates: bool,
    ) -> Vec<Relation<'a>> {
        if let (SetExpr::Values(values), None) = (source.body.as_ref(), &source.with) {
            for row in &values.rows {
                self.row(columns, &row.content.iter().collect::<Vec<_>>(), target);
            }
            return Vec::new();
        }
        let outputs = self.query(source, Role::Derived);
        let (wanted, given) = (columns.len(), outputs.fields.len());
        if !target.opaque && !outputs.opaque && wanted != given {
            let message = format!("{wanted} columns are filled, the query returns {given}");
            self.issue(Code::ColumnCountMismatch, source.body.span(), message);
        }
        for (field, place) in columns {
            self.computed(field.as_ref(), *place);
        }
        let (SetExpr::Select(select), true) = (source.body.as_ref(), updates) else { return Vec::new() };
        // Read a second time; what is wrong with them is reported once, for equal issues are one.
        let names = self.ctes.len();
        if let Some(with) = &source.with {
            self.with(with);
        }
        let relations = self.from(&select.from).0;
        self.ctes.truncate(names);
        relations
    }

    fn row(&mut self, columns: &[Filled<'a>], values: &[&'a Expr], target: &Relation<'a>) {
        if columns.len() != values.len() && !(target.opaque && columns.is_empty()) {
            let place = values.first().map_or(target.at, |value| value.span().into());
            let message = format!("{} columns are filled, the row has {} values", columns.len(), values.len());
            self.issue(Code::ColumnCountMismatch, place, message);
        }
        let scope = Scope::of(std::slice::from_ref(target));
        let columns = columns.iter().map(|(field, _)| field.as_ref()).chain(std::iter::repeat(None));
        self.inside(scope, |this| values.iter().zip(columns).for_each(|(value, field)| this.value(field, value)));
    }

    /// Columns that an INSERT must name and does not.
    fn required(&mut self, table: &'a Table, columns: &[Filled<'a>], insert: &Insert, place: At) {
        let lenient = insert.ignore || !self.catalog.is_strict();
        let given: Vec<_> = columns.iter().filter_map(|(field, _)| field.as_ref()?.origin).collect();
        for column in table.columns.iter().filter(|column| column.is_required()) {
            if given.iter().any(|origin| std::ptr::eq(origin.column, column)) {
                continue;
            }
            let message = format!("{}.{} is NOT NULL without a default, and is left out", table.name, column.name);
            let issue = Issue::new(Code::MissingRequiredColumn, place, message);
            self.found.push(if lenient { issue.with(Severity::Warning) } else { issue });
        }
    }

    /// ON DUPLICATE KEY UPDATE sees the row that is there, the alias of the new one, and the tables of the SELECT.
    fn on_duplicate(
        &mut self,
        assignments: &'a [Assignment],
        insert: &'a Insert,
        target: &Relation<'a>,
        from: Vec<Relation<'a>>,
    ) {
        let mut outer = from;
        if let Some(aliases) = &insert.insert_alias
            && let Some([name]) = parts(&aliases.row_alias).as_deref()
        {
            let mut row = Relation { name: &name.value, source: Source::Derived, ..target.clone() };
            if let Some(columns) = aliases.col_aliases.as_ref().filter(|columns| !columns.is_empty()) {
                row.fields = columns.iter().map(|column| Field::plain(&column.value, None)).collect();
            }
            outer.push(row);
        }
        let target = std::slice::from_ref(target);
        self.inside(Scope::of(&outer), |this| {
            this.inside(Scope::of(target), |this| this.assignments(assignments, target));
        });
    }
}

/// `INSERT INTO t () VALUES ()`: every column takes its default.
fn no_columns(insert: &Insert) -> bool {
    match insert.source.as_deref().map(|source| source.body.as_ref()) {
        Some(SetExpr::Values(values)) => values.rows.iter().all(|row| row.content.is_empty()),
        _ => false,
    }
}
