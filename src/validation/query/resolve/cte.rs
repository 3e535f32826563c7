//! Common table expressions: what a name of WITH stands for, and from where on.

use std::rc::Rc;

use sqlparser::ast::{SetExpr, With};

use super::query::{Role, unwrapped};
use super::{Outputs, Resolver, at};
use crate::schema::Engine;
use crate::validation::query::code::Code;
use crate::validation::query::names::{fold, same_folded};
use crate::validation::query::scope::Field;

/// A name of a WITH in reach.
#[derive(Clone, Debug)]
pub(super) struct Cte<'a> {
    pub(super) name: &'a str,
    pub(super) fields: Rc<[Field<'a>]>,
    pub(super) opaque: bool,
    pub(super) single: bool,
}

impl<'a> Cte<'a> {
    /// A name whose query is not read yet.
    fn unread(name: &'a str) -> Self {
        Self { name, fields: Rc::from([]), opaque: true, single: false }
    }
}

impl<'a> Resolver<'a, '_> {
    /// Reads the expressions of a WITH; their names stay in reach until the caller cuts them off again.
    pub(super) fn with(&mut self, with: &'a With) {
        // MariaDB lets names of one WITH RECURSIVE use each other, in either direction.
        if with.recursive && self.catalog.engine() == Engine::Mariadb {
            let later = with.cte_tables.iter().skip(1);
            self.ctes.extend(later.map(|cte| Cte::unread(&cte.alias.name.value)));
        }
        let start = self.ctes.len();
        for cte in &with.cte_tables {
            let name = &cte.alias.name;
            let twice = self.ctes.iter().skip(start).any(|other| self.same_cte(other.name, &name.value));
            if twice {
                self.issue(Code::DuplicateAlias, at(name), format!("WITH defines `{}` twice", name.value));
            }
            let recursive = with.recursive && matches!(unwrapped(&cte.query.body), SetExpr::SetOperation { .. });
            let mut outputs = if recursive {
                // Until its first SELECT is read, nobody knows its columns.
                self.ctes.push(Cte::unread(&name.value));
                let outputs = self.query(&cte.query, Role::Recursive { cte: self.ctes.len() - 1, alias: &cte.alias });
                self.ctes.pop();
                outputs
            } else {
                self.query(&cte.query, Role::Derived)
            };
            self.rename(&mut outputs, &cte.alias);
            self.unique(&outputs, at(name), &name.value);
            let (fields, opaque) = (outputs.shared(), outputs.opaque);
            self.ctes.push(Cte { name: &name.value, fields, opaque, single: outputs.single });
        }
    }

    /// MariaDB tells no case apart in names of WITH, the others do as they do with tables.
    fn same_cte(&self, a: &str, b: &str) -> bool {
        match self.catalog.engine() {
            Engine::Mariadb => same_folded(a, b),
            Engine::Mysql | Engine::Tidb => self.catalog.same_table(a, b),
        }
    }

    /// The innermost name of a WITH.
    pub(super) fn cte(&self, name: &str) -> Option<&Cte<'a>> {
        self.ctes.iter().rev().find(|cte| self.same_cte(cte.name, name))
    }

    /// The columns of the first SELECT are those of the whole, for the SELECTs after it too.
    pub(super) fn anchor(&mut self, cte: usize, alias: &'a sqlparser::ast::TableAlias, first: &Outputs<'a>) {
        let mut outputs = first.clone();
        rename(&mut outputs, alias);
        if let Some(cte) = self.ctes.get_mut(cte) {
            (cte.fields, cte.opaque) = (outputs.shared(), outputs.opaque);
        }
    }

    /// Gives the columns the names of a column list.
    pub(super) fn rename(&mut self, outputs: &mut Outputs<'a>, alias: &'a sqlparser::ast::TableAlias) {
        let (listed, there) = (alias.columns.len(), outputs.fields.len());
        if listed > 0 && !outputs.opaque && listed != there {
            let message = format!("`{}` names {listed} columns, its query returns {there}", alias.name.value);
            self.issue(Code::ColumnCountMismatch, at(&alias.name), message);
        }
        rename(outputs, alias);
    }

    /// A relation has no two columns of one name.
    pub(super) fn unique(&mut self, outputs: &Outputs<'a>, place: impl Into<super::At>, name: &str) {
        let mut seen = std::collections::HashSet::new();
        let twice = outputs.fields.iter().filter(|field| !field.hidden).filter_map(Field::plain_name);
        let twice = twice.into_iter().find(|name| !seen.insert(fold(name)));
        if let Some(column) = twice {
            self.issue(Code::DuplicateAlias, place, format!("`{name}` has two columns named `{column}`"));
        }
    }
}

fn rename<'a>(outputs: &mut Outputs<'a>, alias: &'a sqlparser::ast::TableAlias) {
    if alias.columns.is_empty() {
        return;
    }
    let origins = outputs.fields.iter().map(|field| field.origin).chain(std::iter::repeat(None));
    let fields = alias.columns.iter().zip(origins).map(|(column, origin)| Field::plain(&column.name.value, origin));
    outputs.fields = fields.collect();
    outputs.opaque = false;
}
