//! Names: every table, alias and column of a statement is looked up where the server would look it up. `query`, `select`
//! and `cte` read SELECTs and what is made of them, `from` and `join` their relations, `expr` and `function` their
//! expressions; `column` and `object` find names; `insert`, `writes` and `show` read the other statements.

mod column;
mod cte;
mod expr;
mod from;
mod function;
mod insert;
mod join;
mod object;
mod query;
mod select;
mod show;
mod writes;

use std::collections::HashSet;
use std::rc::Rc;

use sqlparser::ast::{Ident, Spanned as _, Statement};

use self::cte::Cte;
use super::Options;
use super::code::Code;
use super::names::Catalog;
use super::result::{At, Findings, Issue};
use super::scope::{Field, Relation, Scope};
use super::suggest::Suggestions;

/// Columns compared and made before giving up: a text of 64 KiB can ask for billions.
const MAX_WORK: usize = 20_000_000;
/// What a column that is kept costs, next to one that is compared: all that are kept take some ten megabytes.
const KEPT: usize = 50;
/// Most relations of one FROM.
const MAX_RELATIONS: usize = 256;

/// The columns a query returns.
#[derive(Clone, Debug, Default)]
pub(super) struct Outputs<'a> {
    pub(super) fields: Vec<Field<'a>>,
    /// It has columns that are not known, so that neither their names nor their number is.
    pub(super) opaque: bool,
    /// At most one row.
    pub(super) single: bool,
    /// As many rows as there are, and nothing bounds them.
    pub(super) unbounded: bool,
}

impl<'a> Outputs<'a> {
    pub(super) fn shared(&self) -> Rc<[Field<'a>]> {
        Rc::from(self.fields.as_slice())
    }
}

/// Looks names up, statement by statement.
pub(super) struct Resolver<'a, 'f> {
    pub(super) catalog: Catalog<'a>,
    pub(super) options: &'a Options,
    pub(super) found: &'f mut Findings,
    scopes: Vec<Scope<'a>>,
    ctes: Vec<Cte<'a>>,
    /// Depth of aggregate functions around the expression at hand.
    in_aggregate: usize,
    work: usize,
    exhausted: bool,
    named: HashSet<(String, At)>,
    suggestions: Suggestions,
}

impl<'a, 'f> Resolver<'a, 'f> {
    pub(super) fn new(catalog: Catalog<'a>, options: &'a Options, found: &'f mut Findings) -> Self {
        Self {
            catalog,
            options,
            found,
            scopes: Vec::new(),
            ctes: Vec::new(),
            in_aggregate: 0,
            work: 0,
            exhausted: false,
            named: HashSet::new(),
            suggestions: Suggestions::default(),
        }
    }

    /// Reads a whole statement.
    pub(super) fn statement(&mut self, statement: &'a Statement) {
        match statement {
            Statement::Query(query) => {
                let outputs = self.query(query, query::Role::Top);
                if outputs.unbounded {
                    let at = query.body.span();
                    self.issue(Code::NoLimit, at, "the query has no LIMIT: it returns however many rows there are");
                }
            }
            Statement::Insert(insert) => self.insert(insert),
            Statement::Update(update) => self.update(update),
            Statement::Delete(delete) => self.delete(delete),
            Statement::Explain { statement, .. } => self.explained(statement),
            statement => self.show(statement),
        }
    }

    /// What EXPLAIN explains: nothing is returned, so a missing LIMIT does not matter.
    fn explained(&mut self, statement: &'a Statement) {
        match statement {
            Statement::Query(query) => drop(self.query(query, query::Role::Top)),
            statement => self.statement(statement),
        }
    }

    fn issue(&mut self, code: Code, at: impl Into<At>, message: impl Into<String>) {
        self.found.push(Issue::new(code, at, message));
    }

    /// Counts work; after too much of it nothing more is looked up, and the statement cannot be judged.
    fn spend(&mut self, work: usize) -> bool {
        self.work = self.work.saturating_add(work);
        if self.work > MAX_WORK && !self.exhausted {
            self.exhausted = true;
            self.found.push(Issue::unsupported(At::START, "the statement names too many columns to be judged"));
        }
        !self.exhausted
    }

    /// Remembers a table or column as used, and says when it is deprecated or scheduled to go.
    fn used(&mut self, database: &str, table: &str, column: Option<&str>, at: At) {
        match column {
            Some(column) => drop(self.found.columns.insert(format!("{database}.{table}.{column}"))),
            None => drop(self.found.tables.insert(format!("{database}.{table}"))),
        }
        if !self.spend(self.options.deprecated.len()) {
            return;
        }
        for deprecated in &self.options.deprecated {
            let same_table = self.catalog.same_table(&deprecated.database, database)
                && self.catalog.same_table(&deprecated.table, table);
            let same_column = match (&deprecated.column, column) {
                (None, None) => true,
                (Some(wanted), Some(column)) => super::names::same_folded(wanted, column),
                _ => false,
            };
            if !(same_table && same_column) {
                continue;
            }
            let object = deprecated.object();
            if !self.named.insert((object.clone(), at)) {
                continue;
            }
            let (code, what) = if deprecated.scheduled {
                (Code::ContractBreak, "is scheduled to go")
            } else {
                (Code::DeprecatedObject, "is deprecated")
            };
            let note = if deprecated.note.is_empty() { String::new() } else { format!(": {}", deprecated.note) };
            self.issue(code, at, format!("{object} {what}{note}"));
        }
    }

    fn scope(&mut self) -> Option<&mut Scope<'a>> {
        self.scopes.last_mut()
    }

    /// Runs with a scope around, and hands it back.
    fn inside<T>(&mut self, scope: Scope<'a>, run: impl FnOnce(&mut Self) -> T) -> (T, Scope<'a>) {
        let aggregate = std::mem::take(&mut self.in_aggregate);
        self.scopes.push(scope);
        let result = run(self);
        self.in_aggregate = aggregate;
        (result, self.scopes.pop().unwrap_or_default())
    }
}

/// Columns a look through the relations compares.
fn width(relations: &[Relation<'_>]) -> usize {
    relations.iter().map(|relation| relation.fields.len() + 1).sum()
}

/// Where an identifier stands.
fn at(ident: &Ident) -> At {
    At::from(ident.span)
}
