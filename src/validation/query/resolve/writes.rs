//! INSERT, REPLACE, UPDATE and DELETE: what may be written, that every row has the columns it needs, and their values.

use std::collections::HashSet;
use std::rc::Rc;

use sqlparser::ast::{
    Assignment, AssignmentTarget, Delete, Expr, FromTable, Ident, Insert, ObjectName, OnInsert, OrderByExpr, SelectItem,
    SetExpr, Spanned as _, TableFactor, TableObject, Update,
};

use super::from::fields;
use super::query::Role;
use super::{Resolver, at};
use crate::schema::{Engine, Table};
use crate::validation::query::code::{Code, Severity};
use crate::validation::query::names::{Object, fold, parts};
use crate::validation::query::result::{At, Issue};
use crate::validation::query::scope::{Field, Hit, Origin, Relation, Scope, Source};
use crate::validation::query::suggest::nearest;
use crate::validation::query::types;

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

    /// The table a write names.
    fn target(&mut self, name: &'a ObjectName) -> Option<Relation<'a>> {
        let names = parts(name)?;
        let last = *names.last()?;
        let (database, object) = self.object(&names)?;
        self.used(&database.name, object.name(), None, at(last));
        let (fields, opaque) = fields(self.catalog, database, object);
        let source = Source::Object(database, object);
        let fields = Rc::from(fields);
        Some(Relation { name: &last.value, at: at(last), fields, merged: Vec::new(), opaque, single: false, source })
    }

    fn writable(&mut self, target: &Relation<'a>, place: At) {
        let message = match target.source {
            Source::Object(_, Object::Table(_)) | Source::Unknown => return,
            Source::Object(_, Object::View(view)) if view.updatable && self.catalog.engine() != Engine::Tidb => return,
            Source::Object(_, Object::View(view)) if self.catalog.engine() == Engine::Tidb => {
                format!("{} is a view, and TiDB writes to no view", view.name)
            }
            Source::Object(_, Object::View(view)) => format!("the view {} takes no rows", view.name),
            Source::Object(_, Object::Sequence(sequence)) => format!("{} is a sequence and takes no rows", sequence.name),
            Source::Derived => format!("`{}` is a query and takes no rows", target.name),
        };
        self.issue(Code::ViewNotUpdatable, place, message);
    }

    /// The columns an INSERT fills, in order; `None` for one that is not known.
    fn columns(&mut self, insert: &'a Insert, target: &Relation<'a>) -> Vec<(Option<Field<'a>>, At)> {
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

    /// The column a write names, among the tables it writes to.
    fn assigned(&mut self, names: &[&'a Ident], relations: &[Relation<'a>]) -> Option<(usize, Field<'a>)> {
        let name = *names.last()?;
        let scope = Scope::of(relations);
        if !self.spend(scope.width()) {
            return None;
        }
        let hit = match names {
            [_] => scope.unqualified(&name.value, false, false),
            [table, _] => scope.qualified(self.catalog, None, &table.value, &name.value, false),
            [database, table, _] => {
                scope.qualified(self.catalog, Some(&database.value), &table.value, &name.value, false)
            }
            _ => Hit::Nothing,
        };
        match hit {
            Hit::Field(relation, field) => {
                if let Some(origin) = field.origin {
                    self.uses(&origin, at(name));
                }
                return Some((relation, field));
            }
            Hit::Ambiguous => {
                let message = format!("`{}` is a column of more than one table; write which", name.value);
                self.issue(Code::AmbiguousColumn, at(name), message);
            }
            Hit::Nothing if names.len() > 1 => {
                let message = format!("no table or alias of that name has the column `{}`", name.value);
                self.issue(Code::UnknownAlias, names.first().map_or(At::START, |first| at(first)), message);
            }
            Hit::Nothing | Hit::NoColumn => {
                let suggestion = nearest(&name.value, scope.candidates());
                let message = format!("there is no column `{}` to write to", name.value);
                self.found.push(Issue::new(Code::UnknownColumn, at(name), message).suggest(suggestion));
            }
            Hit::Item(_) | Hit::Opaque | Hit::NotGrouped => {}
        }
        None
    }

    /// What an INSERT inserts. Hands back the relations of its SELECT, which ON DUPLICATE KEY can name.
    fn rows(
        &mut self,
        source: &'a sqlparser::ast::Query,
        columns: &[(Option<Field<'a>>, At)],
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

    fn row(&mut self, columns: &[(Option<Field<'a>>, At)], values: &[&'a Expr], target: &Relation<'a>) {
        if columns.len() != values.len() && !(target.opaque && columns.is_empty()) {
            let place = values.first().map_or(target.at, |value| value.span().into());
            let message = format!("{} columns are filled, the row has {} values", columns.len(), values.len());
            self.issue(Code::ColumnCountMismatch, place, message);
        }
        let scope = Scope::of(std::slice::from_ref(target));
        let columns = columns.iter().map(|(field, _)| field.as_ref()).chain(std::iter::repeat(None));
        self.inside(scope, |this| values.iter().zip(columns).for_each(|(value, field)| this.value(field, value)));
    }

    /// One value for one column.
    fn value(&mut self, field: Option<&Field<'a>>, value: &'a Expr) {
        if is_default(value) {
            return;
        }
        self.computed(field, At::from(value.span()));
        let operand = self.expr(value);
        if let Some((code, message)) = field.and_then(|f| f.origin).and_then(|o| types::stored(&o, &operand)) {
            self.issue(code, value.span(), message);
        }
    }

    fn computed(&mut self, field: Option<&Field<'a>>, place: At) {
        if let Some(Origin { table, column, .. }) = field.and_then(|field| field.origin)
            && !column.is_writable()
        {
            let message = format!("{table}.{} is a generated column: the server computes it", column.name);
            let issue = Issue::new(Code::GeneratedColumnWrite, place, message);
            self.found.push(issue.suggest("leave it out, or write DEFAULT".to_owned()));
        }
    }

    /// Columns that an INSERT must name and does not.
    fn required(&mut self, table: &'a Table, columns: &[(Option<Field<'a>>, At)], insert: &Insert, place: At) {
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

    /// Assignments, with the scope of their values around. Hands back which relations are written to.
    fn assignments(&mut self, assignments: &'a [Assignment], relations: &[Relation<'a>]) -> Vec<usize> {
        let mut written = Vec::new();
        for assignment in assignments {
            let names = match &assignment.target {
                AssignmentTarget::ColumnName(name) => parts(name),
                AssignmentTarget::Tuple(_) => None,
            };
            let Some(names) = names else {
                self.found.push(Issue::unsupported(assignment.target.span(), "this form of SET is not judged"));
                continue;
            };
            let hit = self.assigned(&names, relations);
            written.extend(hit.as_ref().map(|(relation, _)| *relation));
            self.value(hit.as_ref().map(|(_, field)| field), &assignment.value);
        }
        written
    }

    fn returning(&mut self, items: Option<&'a [SelectItem]>, scope: Scope<'a>) {
        let Some(items) = items else { return };
        self.inside(scope, |this| {
            for item in items {
                match item {
                    SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } => drop(this.expr(expr)),
                    _ => {}
                }
            }
        });
    }

    pub(super) fn update(&mut self, update: &'a Update) {
        let (relations, mut links) = self.from(std::slice::from_ref(&update.table));
        let scope = Scope::of(&relations);
        let (written, scope) = self.inside(scope, |this| {
            let written = this.assignments(&update.assignments, &relations);
            if let Some(condition) = &update.selection {
                this.condition(condition, &mut links);
            }
            this.ordered(&update.order_by, update.limit.as_ref());
            written
        });
        let written: std::collections::BTreeSet<_> = written.into_iter().collect();
        for relation in written.into_iter().filter_map(|relation| relations.get(relation)) {
            self.writable(relation, relation.at);
        }
        self.apart(&scope, &links);
        if update.selection.is_none() && update.limit.is_none() {
            self.issue(Code::NoWhere, update.update_token.0.span, "UPDATE without WHERE changes every row");
        }
    }

    fn ordered(&mut self, order: &'a [OrderByExpr], limit: Option<&'a Expr>) {
        for one in order {
            self.expr(&one.expr);
        }
        if let Some(limit) = limit {
            self.expr(limit);
        }
    }

    pub(super) fn delete(&mut self, delete: &'a Delete) {
        let (FromTable::WithFromKeyword(from) | FromTable::WithoutKeyword(from)) = &delete.from;
        // DELETE a, b FROM …; DELETE FROM a, b USING …; or DELETE FROM the one table.
        let (targets, tables): (Vec<&ObjectName>, _) = match &delete.using {
            Some(using) => (from.iter().filter_map(|table| factor_name(&table.relation)).collect(), using.as_slice()),
            None => (delete.tables.iter().collect(), from.as_slice()),
        };
        let (relations, mut links) = self.from(tables);
        if targets.is_empty() {
            relations.iter().for_each(|relation| self.writable(relation, relation.at));
        }
        for names in targets.into_iter().filter_map(parts) {
            self.deleted_from(&names, &relations);
        }
        let (returned, scope) = self.inside(Scope { relations, ..Scope::default() }, |this| {
            if let Some(condition) = &delete.selection {
                this.condition(condition, &mut links);
            }
            this.ordered(&delete.order_by, delete.limit.as_ref());
            this.scope().cloned().unwrap_or_default()
        });
        self.returning(delete.returning.as_deref(), returned);
        self.apart(&scope, &links);
        if delete.selection.is_none() && delete.limit.is_none() {
            self.issue(Code::NoWhere, delete.delete_token.0.span, "DELETE without WHERE removes every row");
        }
    }

    /// A target of a multi-table DELETE is one of its tables, by alias.
    fn deleted_from(&mut self, names: &[&'a Ident], relations: &[Relation<'a>]) {
        let (database, name) = match names {
            [name] => (None, *name),
            [database, name] => (Some(database.value.as_str()), *name),
            _ => return,
        };
        let catalog = self.catalog;
        match relations.iter().find(|relation| relation.is_called(catalog, database, &name.value)) {
            Some(relation) => self.writable(relation, at(name)),
            None => {
                let suggestion = nearest(&name.value, relations.iter().map(|relation| relation.name));
                let message = format!("`{}` is no table or alias of this DELETE", name.value);
                self.found.push(Issue::new(Code::UnknownAlias, at(name), message).suggest(suggestion));
            }
        }
    }
}

const fn factor_name(factor: &TableFactor) -> Option<&ObjectName> {
    match factor {
        TableFactor::Table { name, .. } => Some(name),
        _ => None,
    }
}

/// `INSERT INTO t () VALUES ()`: every column takes its default.
fn no_columns(insert: &Insert) -> bool {
    match insert.source.as_deref().map(|source| source.body.as_ref()) {
        Some(SetExpr::Values(values)) => values.rows.iter().all(|row| row.content.is_empty()),
        _ => false,
    }
}

/// The word DEFAULT, which the parser takes for a name.
fn is_default(value: &Expr) -> bool {
    matches!(value, Expr::Identifier(name) if name.quote_style.is_none() && name.value.eq_ignore_ascii_case("default"))
}
