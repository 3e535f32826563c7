//! SHOW and DESCRIBE: the databases, tables and views they name.

use sqlparser::ast::{Ident, ObjectName, ShowCreateObject, ShowStatementIn, Statement};

use super::{Resolver, at};
use crate::validation::query::names::parts;
use crate::validation::query::result::Issue;

impl<'a> Resolver<'a, '_> {
    pub(super) fn show(&mut self, statement: &'a Statement) {
        match statement {
            Statement::ExplainTable { table_name, .. } => self.shown(table_name),
            Statement::ShowCreate { obj_type: ShowCreateObject::Table | ShowCreateObject::View, obj_name } => {
                self.shown(obj_name);
            }
            Statement::ShowColumns { show_options, .. } => {
                if let Some(ShowStatementIn { parent_name: Some(name), .. }) = &show_options.show_in {
                    self.shown(name);
                }
            }
            Statement::ShowTables { show_options, .. } => {
                if let Some(ShowStatementIn { parent_name: Some(name), .. }) = &show_options.show_in
                    && let Some([name]) = parts(name).as_deref()
                {
                    self.database(&name.value, at(name));
                }
            }
            Statement::ShowVariable { variable } => self.show_words(variable),
            _ => {}
        }
    }

    fn shown(&mut self, name: &'a ObjectName) {
        if let Some(names) = parts(name) {
            self.named(&names);
        }
    }

    fn named(&mut self, names: &[&'a Ident]) {
        if let Some((database, object)) = self.object(names)
            && let Some(last) = names.last()
        {
            self.used(&database.name, object.name(), None, at(last));
        }
    }

    /// `SHOW INDEX FROM t FROM db`; what other forms name is not in the snapshot.
    fn show_words(&mut self, words: &'a [Ident]) {
        let word = |ident: &Ident, all: &[&str]| all.iter().any(|word| ident.value.eq_ignore_ascii_case(word));
        let keys = ["INDEX", "INDEXES", "KEYS"];
        match words {
            [what, from, table] if word(what, &keys) && word(from, &["FROM", "IN"]) => self.named(&[table]),
            [what, from, table, of, database]
                if word(what, &keys) && word(from, &["FROM", "IN"]) && word(of, &["FROM", "IN"]) =>
            {
                self.named(&[database, table]);
            }
            [what, ..] if word(what, &keys) => {
                self.found.push(Issue::unsupported(at(what), "this form of SHOW INDEX is not judged"));
            }
            _ => {}
        }
    }
}
