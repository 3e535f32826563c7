//! FROM: the relations of a query, what each join condition can see, and which columns joins merge.

use std::collections::BTreeSet;
use std::rc::Rc;

use sqlparser::ast::{
    Ident, JoinConstraint, JoinOperator, JsonTableColumn, ObjectName, Spanned as _, TableAlias, TableFactor,
    TableIndexHints, TableWithJoins,
};

use super::join::constraint;
use super::object::fields;
use super::query::Role;
use super::{MAX_RELATIONS, Outputs, Resolver, at};
use crate::schema::{Database, Engine};
use crate::validation::query::code::Code;
use crate::validation::query::names::{Object, parts};
use crate::validation::query::result::{At, Issue};
use crate::validation::query::scope::{Field, Links, Relation, Scope, Source};

/// A FROM while it is read.
#[derive(Debug, Default)]
pub(super) struct From<'a> {
    pub(super) relations: Vec<Relation<'a>>,
    pub(super) links: Links,
}

impl<'a> Resolver<'a, '_> {
    pub(super) fn from(&mut self, tables: &'a [TableWithJoins]) -> (Vec<Relation<'a>>, Links) {
        let mut from = From::default();
        tables.iter().for_each(|table| self.joined(table, &mut from));
        (from.relations, from.links)
    }

    /// One table and what is joined to it. A condition sees the tables joined so far, and none beyond a comma.
    fn joined(&mut self, table: &'a TableWithJoins, from: &mut From<'a>) {
        let start = from.relations.len();
        self.factor(&table.relation, from);
        for join in &table.joins {
            let middle = from.relations.len();
            self.factor(&join.relation, from);
            let Some(constraint) = constraint(&join.join_operator) else { continue };
            let outer = matches!(
                join.join_operator,
                JoinOperator::Left(JoinConstraint::None)
                    | JoinOperator::LeftOuter(JoinConstraint::None)
                    | JoinOperator::Right(JoinConstraint::None)
                    | JoinOperator::RightOuter(JoinConstraint::None)
            );
            if outer {
                let place = join.relation.span();
                self.issue(Code::ParseError, place, "an outer join needs ON or USING");
            }
            self.constraint(constraint, (start, middle), from);
        }
    }

    fn add(&mut self, relation: Relation<'a>, from: &mut From<'a>) {
        let same = |other: &&Relation<'a>| {
            // Two databases may each have one; a subquery belongs to none.
            self.catalog.same_table(other.name, relation.name) && other.database() == relation.database()
        };
        if from.relations.iter().any(|other| same(&other)) {
            let message = format!("FROM has two tables named `{}`; give one an alias", relation.name);
            self.issue(Code::DuplicateAlias, relation.at, message);
        }
        if from.relations.len() == MAX_RELATIONS {
            let message = format!("more than {MAX_RELATIONS} tables in one FROM are not judged");
            self.found.push(Issue::unsupported(relation.at, message));
        }
        if from.relations.len() < MAX_RELATIONS {
            self.spend(relation.fields.len());
            from.relations.push(relation);
            from.links.grow(from.relations.len());
        }
    }

    fn factor(&mut self, factor: &'a TableFactor, from: &mut From<'a>) {
        match factor {
            TableFactor::Table { name, alias, index_hints, partitions, .. } => {
                let Some(relation) = self.table(name, alias.as_ref()) else { return };
                self.hints(&relation, index_hints, partitions);
                self.add(relation, from);
            }
            TableFactor::Derived { lateral, subquery, alias, .. } => {
                let place = subquery.span();
                let Some(alias) = alias else {
                    self.issue(Code::ParseError, place, "a subquery in FROM needs an alias");
                    return self.add(self.unknown_relation(At::from(place)), from);
                };
                let known = self.catalog.engine() == Engine::Mysql;
                if !known && (*lateral || !alias.columns.is_empty()) {
                    let what = if *lateral { "LATERAL" } else { "a column list of a subquery in FROM" };
                    let message = format!("whether this server knows {what} is not known");
                    self.found.push(Issue::unsupported(at(&alias.name), message));
                }
                let mut outputs = self.derived(*lateral, from, |this| this.query(subquery, Role::Derived));
                self.rename(&mut outputs, alias);
                self.unique(&outputs, at(&alias.name), &alias.name.value);
                self.add(derived(&alias.name, &outputs), from);
            }
            TableFactor::JsonTable { json_expr, columns, alias, .. } => {
                let Some(alias) = alias else {
                    return self.issue(Code::ParseError, json_expr.span(), "JSON_TABLE needs an alias");
                };
                self.derived(true, from, |this| this.expr(json_expr));
                let mut outputs = Outputs::default();
                json_columns(columns, &mut outputs.fields);
                self.unique(&outputs, at(&alias.name), &alias.name.value);
                self.add(Relation { single: true, ..derived(&alias.name, &outputs) }, from);
            }
            TableFactor::NestedJoin { table_with_joins, .. } => self.joined(table_with_joins, from),
            _ => {}
        }
    }

    /// Runs what stands in FROM. LATERAL and JSON_TABLE see the tables before them, and are joined to those they name.
    /// Other subqueries see none of them, and on MySQL alone the query around.
    fn derived<T>(&mut self, lateral: bool, from: &mut From<'a>, run: impl FnOnce(&mut Self) -> T) -> T {
        if lateral {
            let (result, scope) = self.inside(Scope::of(&from.relations), run);
            from.links.grow(from.relations.len() + 1);
            from.links.join(scope.touched.into_iter().chain([from.relations.len()]));
            return result;
        }
        let closed = self.catalog.engine() != Engine::Mysql;
        self.inside(Scope { closed, ..Scope::default() }, run).0
    }

    fn table(&mut self, name: &'a ObjectName, alias: Option<&'a TableAlias>) -> Option<Relation<'a>> {
        let Some(names) = parts(name) else { return Some(self.unknown_relation(At::from(name.span()))) };
        let last = *names.last()?;
        let called = alias.map_or(last, |alias| &alias.name);
        let mut relation = match names.as_slice() {
            [name] if let Some(cte) = self.cte(&name.value) => {
                let fields = Rc::clone(&cte.fields);
                let (opaque, single) = (cte.opaque, cte.single);
                Relation {
                    name: &called.value,
                    at: at(last),
                    fields,
                    merged: BTreeSet::new(),
                    opaque,
                    single,
                    source: Source::Derived,
                }
            }
            [name] if name.quote_style.is_none() && name.value.eq_ignore_ascii_case("dual") => return None,
            names => match self.object(names) {
                Some((database, object)) => {
                    self.used(&database.name, object.name(), None, at(last));
                    self.object_relation(database, object, called, at(last))
                }
                None => self.unknown_relation(at(last)),
            },
        };
        // An unaliased table is called as the snapshot spells it or as the query does: both compare equal.
        relation.name = &called.value;
        Some(relation)
    }

    fn object_relation(
        &mut self,
        database: &'a Database,
        object: Object<'a>,
        called: &'a Ident,
        place: At,
    ) -> Relation<'a> {
        let (fields, opaque) = fields(self.catalog, database, object);
        if let Object::View(view) = object
            && view.invalid
        {
            let message = format!("the view {}.{} names something that is gone", database.name, view.name);
            self.issue(Code::UnknownTable, place, message);
        }
        let source = Source::Object(database, object);
        Relation {
            name: &called.value,
            at: place,
            fields: fields.into(),
            merged: BTreeSet::new(),
            opaque,
            single: false,
            source,
        }
    }

    /// Stands for what was not found, so that one fault is not reported once per column.
    pub(super) fn unknown_relation(&self, place: At) -> Relation<'a> {
        let fields = Rc::from([]);
        Relation {
            name: "",
            at: place,
            fields,
            merged: BTreeSet::new(),
            opaque: true,
            single: true,
            source: Source::Unknown,
        }
    }

    /// Index hints name indexes of the table; partitions are in no snapshot.
    fn hints(&mut self, relation: &Relation<'a>, hints: &'a [TableIndexHints], partitions: &'a [Ident]) {
        let Source::Object(database, Object::Table(table)) = relation.source else { return };
        for name in hints.iter().flat_map(|hint| &hint.index_names) {
            let primary = table.primary_key.is_some().then_some("PRIMARY");
            let mut all = table.indexes.iter().map(|index| index.name.as_str()).chain(primary);
            let same = |own: &str| crate::validation::query::names::same_folded(own, &name.value);
            if !all.clone().any(same) {
                let message = format!("{}.{} has no index `{}`", database.name, table.name, name.value);
                let suggestion = self.suggestions.nearest(&name.value, all.by_ref());
                self.found.push(Issue::new(Code::UnknownColumn, at(name), message).suggest(suggestion));
            }
        }
        if let Some(first) = partitions.first() {
            let issue = match table.partitioning {
                Some(_) => Issue::unsupported(at(first), "which partitions a table has is in no snapshot"),
                None => {
                    let message = format!("{}.{} has no partitions", database.name, table.name);
                    Issue::new(Code::UnknownTable, at(first), message)
                }
            };
            self.found.push(issue);
        }
    }
}

fn derived<'a>(name: &'a Ident, outputs: &Outputs<'a>) -> Relation<'a> {
    Relation {
        name: &name.value,
        at: at(name),
        fields: outputs.shared(),
        merged: BTreeSet::new(),
        opaque: outputs.opaque,
        single: outputs.single,
        source: Source::Derived,
    }
}

fn json_columns<'a>(columns: &'a [JsonTableColumn], into: &mut Vec<Field<'a>>) {
    for column in columns {
        match column {
            JsonTableColumn::Named(named) => into.push(Field::plain(&named.name.value, None)),
            JsonTableColumn::ForOrdinality(name) => into.push(Field::plain(&name.value, None)),
            JsonTableColumn::Nested(nested) => json_columns(&nested.columns, into),
        }
    }
}
