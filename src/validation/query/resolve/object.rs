//! What a name of a table stands for in the snapshot, and the columns of it.

use sqlparser::ast::Ident;

use super::{Resolver, at};
use crate::schema::{Column, Database, Engine, TableKind};
use crate::validation::query::code::Code;
use crate::validation::query::names::{Catalog, Object, is_system};
use crate::validation::query::result::{At, Issue};
use crate::validation::query::scope::{Field, Origin};

impl<'a> Resolver<'a, '_> {
    /// What a name of one or two parts stands for.
    pub(super) fn object(&mut self, names: &[&'a Ident]) -> Option<(&'a Database, Object<'a>)> {
        let (database, name) = match names {
            [name] => (self.default_database(at(name))?, *name),
            [database, name] => (self.database(&database.value, at(database))?, *name),
            _ => {
                let place = names.first().map_or(At::START, |first| at(first));
                self.issue(Code::ParseError, place, "a table has a name and at most a database before it");
                return None;
            }
        };
        let Some(object) = self.catalog.object(database, &name.value) else {
            let suggestion = self.suggestions.nearest(&name.value, Catalog::object_names(database));
            let message = format!("there is no table `{}` in {} of the snapshot", name.value, database.name);
            self.found.push(Issue::new(Code::UnknownTable, at(name), message).suggest(suggestion));
            return None;
        };
        Some((database, object))
    }

    fn default_database(&mut self, place: At) -> Option<&'a Database> {
        let Some(name) = self.options.default_database.as_deref() else {
            let issue = Issue::new(Code::UnknownDatabase, place, "no database is chosen and the name has none");
            self.found.push(issue.suggest("write database.table, or choose a database".to_owned()));
            return None;
        };
        self.database(name, place)
    }

    pub(super) fn database(&mut self, name: &str, place: At) -> Option<&'a Database> {
        let database = self.catalog.database(name);
        if database.is_none() && is_system(name) {
            let message = format!("{name} belongs to the server and is in no snapshot: what it holds is not judged");
            let issue = Issue::new(Code::UnknownDatabase, place, message);
            self.found.push(Issue { unsupported: true, ..issue });
        } else if database.is_none() {
            let names = self.catalog.snapshot.databases.iter().map(|database| database.name.as_str());
            let issue =
                Issue::new(Code::UnknownDatabase, place, format!("there is no database `{name}` in the snapshot"));
            let issue = issue.suggest(self.suggestions.nearest(name, names));
            self.found.push(issue);
        }
        database
    }
}

/// The columns of an object, and whether it may have others.
pub(super) fn fields<'a>(catalog: Catalog<'a>, database: &'a Database, object: Object<'a>) -> (Vec<Field<'a>>, bool) {
    let field = |table: &'a str| {
        move |column: &'a Column| {
            let origin = Origin { database: &database.name, table, column };
            Field { hidden: column.invisible, ..Field::plain(&column.name, Some(origin)) }
        }
    };
    let hidden = |name: &'static str| Field { hidden: true, ..Field::plain(name, None) };
    match object {
        Object::Table(table) => {
            let mut fields: Vec<_> = table.columns.iter().map(field(&table.name)).collect();
            match catalog.engine() {
                Engine::Tidb => fields.push(hidden("_tidb_rowid")),
                Engine::Mariadb | Engine::Mysql => fields.push(hidden("_rowid")),
            }
            let versioned = ["row_start", "row_end"].map(hidden);
            let versioned = versioned.into_iter().filter(|_| table.kind == TableKind::SystemVersioned);
            let more: Vec<_> = versioned
                .filter(|own| !fields.iter().any(|f| own.plain_name().is_some_and(|n| f.is_called(n))))
                .collect();
            fields.extend(more);
            (fields, table.columns.is_empty())
        }
        Object::View(view) => (view.columns.iter().map(field(&view.name)).collect(), view.columns.is_empty()),
        Object::Sequence(_) => (Vec::new(), true),
    }
}
