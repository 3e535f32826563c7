//! UPDATE and DELETE, and what every write has in common: what takes rows, and a value for a column.

use std::collections::BTreeSet;
use std::rc::Rc;

use sqlparser::ast::{
    Assignment, AssignmentTarget, Delete, Expr, FromTable, Ident, ObjectName, OrderByExpr, SelectItem, Spanned as _,
    TableFactor, Update,
};

use super::object::fields;
use super::{Resolver, at};
use crate::schema::Engine;
use crate::validation::query::code::Code;
use crate::validation::query::names::{Object, parts};
use crate::validation::query::result::{At, Issue};
use crate::validation::query::scope::{Field, Hit, Origin, Relation, Scope, Source};
use crate::validation::query::types;

impl<'a> Resolver<'a, '_> {
    /// The table a write names.
    pub(super) fn target(&mut self, name: &'a ObjectName) -> Option<Relation<'a>> {
        let names = parts(name)?;
        let last = *names.last()?;
        let (database, object) = self.object(&names)?;
        self.used(&database.name, object.name(), None, at(last));
        let (fields, opaque) = fields(self.catalog, database, object);
        let source = Source::Object(database, object);
        let fields = Rc::from(fields);
        Some(Relation {
            name: &last.value,
            at: at(last),
            fields,
            merged: BTreeSet::new(),
            opaque,
            single: false,
            source,
        })
    }

    pub(super) fn writable(&mut self, target: &Relation<'a>, place: At) {
        let message = match target.source {
            Source::Object(_, Object::Table(_)) | Source::Unknown => return,
            Source::Object(_, Object::View(view)) if view.updatable && self.catalog.engine() != Engine::Tidb => return,
            Source::Object(_, Object::View(view)) if self.catalog.engine() == Engine::Tidb => {
                format!("{} is a view, and TiDB writes to no view", view.name)
            }
            Source::Object(_, Object::View(view)) => format!("the view {} takes no rows", view.name),
            Source::Object(_, Object::Sequence(sequence)) => {
                format!("{} is a sequence and takes no rows", sequence.name)
            }
            Source::Derived => format!("`{}` is a query and takes no rows", target.name),
        };
        self.issue(Code::ViewNotUpdatable, place, message);
    }

    /// The column a write names, among the tables it writes to.
    pub(super) fn assigned(&mut self, names: &[&'a Ident], relations: &[Relation<'a>]) -> Option<(usize, Field<'a>)> {
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
                let suggestion = self.suggestions.nearest(&name.value, scope.candidates());
                let message = format!("there is no column `{}` to write to", name.value);
                self.found.push(Issue::new(Code::UnknownColumn, at(name), message).suggest(suggestion));
            }
            Hit::Item(_) | Hit::Opaque | Hit::NotGrouped => {}
        }
        None
    }

    /// One value for one column.
    pub(super) fn value(&mut self, field: Option<&Field<'a>>, value: &'a Expr) {
        if is_default(value) {
            return;
        }
        self.computed(field, At::from(value.span()));
        let operand = self.expr(value);
        if let Some((code, message)) = field.and_then(|f| f.origin).and_then(|o| types::stored(&o, &operand)) {
            self.issue(code, value.span(), message);
        }
    }

    pub(super) fn computed(&mut self, field: Option<&Field<'a>>, place: At) {
        if let Some(Origin { table, column, .. }) = field.and_then(|field| field.origin)
            && !column.is_writable()
        {
            let message = format!("{table}.{} is a generated column: the server computes it", column.name);
            let issue = Issue::new(Code::GeneratedColumnWrite, place, message);
            self.found.push(issue.suggest("leave it out, or write DEFAULT".to_owned()));
        }
    }

    /// Assignments, with the scope of their values around. Hands back which relations are written to.
    pub(super) fn assignments(&mut self, assignments: &'a [Assignment], relations: &[Relation<'a>]) -> Vec<usize> {
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

    pub(super) fn returning(&mut self, items: Option<&'a [SelectItem]>, scope: Scope<'a>) {
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
        let written: BTreeSet<_> = written.into_iter().collect();
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
                let suggestion = self.suggestions.nearest(&name.value, relations.iter().map(|relation| relation.name));
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

/// The word DEFAULT, which the parser takes for a name.
fn is_default(value: &Expr) -> bool {
    matches!(value, Expr::Identifier(name) if name.quote_style.is_none() && name.value.eq_ignore_ascii_case("default"))
}
