//! One SELECT: its clauses in the order in which their names come into reach.

use sqlparser::ast::{
    BinaryOperator, Expr, GroupByExpr, NamedWindowExpr, OrderBy, Select, SelectItem, SelectItemQualifiedWildcardKind,
    Spanned as _,
};

use super::query::{Role, written_name};
use super::{KEPT, Outputs, Resolver};
use crate::validation::query::code::Code;
use crate::validation::query::names::{fold, parts};
use crate::validation::query::result::At;
use crate::validation::query::scope::{Clause, Field, Links, Origin, Relation, Scope};
use crate::validation::query::types::Operand;

impl<'a> Resolver<'a, '_> {
    pub(super) fn select(&mut self, select: &'a Select, order: Option<&'a OrderBy>, role: Role<'a>) -> Outputs<'a> {
        let (relations, mut links) = self.from(&select.from);
        let windows = select.named_window.iter().map(|window| window.0.value.as_str()).collect();
        let aliases = select.projection.iter().filter_map(|item| match item {
            SelectItem::ExprWithAlias { alias, .. } => Some(alias.value.as_str()),
            _ => None,
        });
        let scope = Scope { relations, windows, aliases: aliases.collect(), ..Scope::default() };
        let (mut outputs, scope) = self.inside(scope, |this| {
            if let Some(condition) = &select.selection {
                this.condition(condition, &mut links);
            }
            this.projection(select, role);
            if let Some(scope) = this.scope() {
                scope.listing = false;
            }
            this.grouping(select);
            for window in &select.named_window {
                if let NamedWindowExpr::WindowSpec(spec) = &window.1 {
                    this.window(spec);
                }
            }
            let (columns, opaque) = this.scope().map_or((0, true), |scope| (scope.items.len(), scope.items_opaque));
            if let Some(order) = order {
                this.clause(Clause::Order);
                this.order(order, columns, opaque);
            }
            Outputs { opaque, ..Outputs::default() }
        });
        self.apart(&scope, &links);
        let grouped = matches!(&select.group_by, GroupByExpr::Expressions(all, _) if !all.is_empty());
        outputs.single = select.from.is_empty() || (scope.aggregates > 0 && !grouped);
        outputs.unbounded = !outputs.single && !scope.relations.is_empty() && !is_pinned(&scope);
        outputs.fields = scope.items;
        outputs
    }

    fn clause(&mut self, clause: Clause) {
        if let Some(scope) = self.scope() {
            scope.clause = clause;
        }
    }

    /// WHERE or ON: each condition joined by AND links the relations it names. The chain leans to the left.
    pub(super) fn condition(&mut self, condition: &'a Expr, links: &mut Links) {
        let mut all = Vec::new();
        let mut rest = vec![condition];
        while let Some(expr) = rest.pop() {
            match expr {
                Expr::BinaryOp { left, op: BinaryOperator::And, right } => rest.extend([right.as_ref(), left.as_ref()]),
                Expr::Nested(inner) if is_and(inner) => rest.push(inner),
                expr => all.push(expr),
            }
        }
        let aggregates = self.scope().map_or(0, |scope| scope.aggregates);
        for expr in all {
            self.forget_touched();
            self.pin(expr);
            // In a subquery it may be one over the rows of the query around.
            let alone = self.scopes.iter().rev().skip(1).all(|scope| scope.relations.is_empty());
            if alone && self.scope().is_some_and(|scope| scope.aggregates > aggregates) {
                self.issue(
                    Code::ParseError,
                    expr.span(),
                    "WHERE and ON are read row by row: an aggregate stands in HAVING",
                );
                self.scope().into_iter().for_each(|scope| scope.aggregates = aggregates);
            }
            links.join(self.scope().map(|scope| std::mem::take(&mut scope.touched)).unwrap_or_default());
        }
    }

    fn forget_touched(&mut self) {
        if let Some(scope) = self.scope() {
            scope.touched.clear();
        }
    }

    /// Reads a condition and remembers the column that it sets equal to a constant.
    fn pin(&mut self, expr: &'a Expr) {
        let Expr::BinaryOp { left, op: BinaryOperator::Eq, right } = expr else {
            self.expr(expr);
            return;
        };
        let (left, right) = self.comparison(left, right);
        let pinned = match (left, right) {
            (Operand::Column(column), constant) | (constant, Operand::Column(column)) if constant.is_constant() => {
                column
            }
            _ => return,
        };
        if let Some(scope) = self.scope() {
            scope.pinned.push(pinned);
        }
    }

    fn projection(&mut self, select: &'a Select, role: Role<'a>) {
        if let Some(scope) = self.scope() {
            scope.listing = true;
        }
        for (position, item) in select.projection.iter().enumerate() {
            let field = match item {
                SelectItem::Wildcard(options) => {
                    if position > 0 {
                        let place = options.wildcard_token.0.span;
                        self.issue(
                            Code::ParseError,
                            place,
                            "`*` stands first in a select list; later write the table, as in `t.*`",
                        );
                    }
                    self.star(None, At::from(options.wildcard_token.0.span), role);
                    continue;
                }
                SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::ObjectName(name), _) => {
                    self.star(parts(name), At::from(name.span()), role);
                    continue;
                }
                SelectItem::UnnamedExpr(expr) => self.unnamed(expr),
                SelectItem::ExprWithAlias { expr, alias } => {
                    let origin = origin_of(&self.expr(expr));
                    Field::plain(&alias.value, origin)
                }
                SelectItem::QualifiedWildcard(..) | SelectItem::ExprWithAliases { .. } => continue,
            };
            if let Some(scope) = self.scope() {
                scope.items.push(field);
            }
        }
    }

    fn unnamed(&mut self, expr: &'a Expr) -> Field<'a> {
        let origin = origin_of(&self.expr(expr));
        match bare(expr) {
            Expr::Identifier(name) if !name.value.starts_with('@') => Field::plain(&name.value, origin),
            Expr::CompoundIdentifier(names) => match names.last() {
                Some(name) => Field::plain(&name.value, origin),
                None => Field { name: written_name(expr), origin, hidden: false },
            },
            _ => Field { name: written_name(expr), origin, hidden: false },
        }
    }

    /// `*` and `t.*`: all visible columns, those merged by USING once.
    fn star(&mut self, qualifier: Option<Vec<&'a sqlparser::ast::Ident>>, place: At, role: Role<'a>) {
        if !matches!(role, Role::Exists) {
            self.issue(Code::SelectStar, place, "the columns of `*` change with the table; name those that are needed");
        }
        let relations = self.scopes.last().map(|scope| scope.relations.clone()).unwrap_or_default();
        let wanted: Vec<&Relation<'a>> = match qualifier.as_deref() {
            None => relations.iter().collect(),
            Some(names) => {
                let (database, table) = match names {
                    [table] => (None, table),
                    [database, table] => (Some(database.value.as_str()), table),
                    _ => {
                        return self.issue(Code::ParseError, place, "at most a database and a table stand before `.*`");
                    }
                };
                let called = |r: &&Relation<'a>| r.is_called(self.catalog, database, &table.value);
                let wanted: Vec<_> = relations.iter().filter(called).collect();
                if wanted.is_empty() {
                    self.unknown_alias(table);
                    self.scope().into_iter().for_each(|scope| scope.items_opaque = true);
                }
                wanted
            }
        };
        if qualifier.is_none() && wanted.is_empty() {
            self.issue(Code::ParseError, place, "there is no table whose columns `*` could stand for");
        }
        for relation in wanted {
            if !self.spend(relation.fields.len() * KEPT) {
                return;
            }
            let all = qualifier.is_some();
            let fields = relation.fields.iter().enumerate().filter(|(at, _)| all || !relation.merged.contains(at));
            let fields: Vec<_> = fields.filter(|(_, field)| !field.hidden).map(|(_, field)| field.clone()).collect();
            if !matches!(role, Role::Exists) {
                fields.iter().filter_map(|field| field.origin).for_each(|origin| self.uses(&origin, place));
            }
            if let Some(scope) = self.scope() {
                scope.items.extend(fields);
                scope.items_opaque |= relation.opaque;
            }
        }
    }

    pub(super) fn uses(&mut self, origin: &Origin<'a>, place: At) {
        self.used(origin.database, origin.table, Some(&origin.column.name), place);
    }

    fn grouping(&mut self, select: &'a Select) {
        let (columns, opaque) = self.scope().map_or((0, true), |scope| (scope.items.len(), scope.items_opaque));
        self.clause(Clause::Order);
        if let GroupByExpr::Expressions(all, _) = &select.group_by {
            for expr in all {
                if !self.position(expr, columns, opaque, "GROUP BY") {
                    self.expr(expr);
                }
                if let (Some(name), Some(scope)) = (last_name(expr), self.scope()) {
                    scope.grouped.push(fold(name));
                }
            }
        }
        if let Some(having) = &select.having {
            self.clause(Clause::Having);
            self.expr(having);
        }
        self.clause(Clause::Where);
    }

    /// Relations that nothing joins to the others.
    pub(super) fn apart(&mut self, scope: &Scope<'a>, links: &Links) {
        let many = |at: usize| scope.relations.get(at).is_some_and(|relation| !relation.single);
        let Some(relation) = links.apart(many).and_then(|at| scope.relations.get(at)) else { return };
        let message = format!("no condition joins `{}` to the others: every row meets every row", relation.name);
        self.issue(Code::CrossJoin, relation.at, message);
    }
}

fn is_and(expr: &Expr) -> bool {
    matches!(expr, Expr::BinaryOp { op: BinaryOperator::And, .. } | Expr::Nested(_))
}

/// An expression without the parentheses around it.
pub(super) fn bare(expr: &Expr) -> &Expr {
    let mut expr = expr;
    while let Expr::Nested(inner) = expr {
        expr = inner;
    }
    expr
}

fn last_name(expr: &Expr) -> Option<&str> {
    match bare(expr) {
        Expr::Identifier(name) => Some(&name.value),
        Expr::CompoundIdentifier(names) => names.last().map(|name| name.value.as_str()),
        _ => None,
    }
}

pub(super) const fn origin_of<'a>(operand: &Operand<'a>) -> Option<Origin<'a>> {
    match operand {
        Operand::Column(origin) => Some(*origin),
        _ => None,
    }
}

/// One table, and the condition names one row of it: all of its primary key or of a unique index equals constants.
fn is_pinned(scope: &Scope<'_>) -> bool {
    use crate::schema::KeyPart;
    use crate::validation::query::names::{Object, same_folded};
    use crate::validation::query::scope::Source;

    let [Relation { source: Source::Object(_, Object::Table(table)), .. }] = scope.relations.as_slice() else {
        return scope.relations.iter().all(|relation| relation.single);
    };
    let pinned = |part: &KeyPart| {
        let whole = part.prefix.is_none().then_some(part.column.as_deref()).flatten();
        whole.is_some_and(|name| scope.pinned.iter().any(|origin| same_folded(&origin.column.name, name)))
    };
    let key = |parts: &[KeyPart]| !parts.is_empty() && parts.iter().all(pinned);
    table.primary_key.as_ref().is_some_and(|primary| key(&primary.columns))
        || table.indexes.iter().filter(|index| index.unique).any(|index| key(&index.parts))
}
