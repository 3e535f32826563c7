//! Queries: WITH, set operations, VALUES, ORDER BY and LIMIT of the whole.

use sqlparser::ast::{
    Expr, LimitClause, OrderBy, OrderByKind, Query, SetExpr, Spanned as _, TableAlias, Value, Values,
};

use super::{Outputs, Resolver};
use crate::validation::query::code::Code;
use crate::validation::query::result::At;
use crate::validation::query::scope::{Clause, Field, FieldName, Scope, written};

/// What a query is read for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Role<'a> {
    /// The statement itself.
    Top,
    /// A subquery whose rows count.
    Derived,
    /// EXISTS: nobody looks at its columns.
    Exists,
    /// A common table expression that may name itself, at that place of the list.
    Recursive { cte: usize, alias: &'a TableAlias },
}

impl<'a> Resolver<'a, '_> {
    pub(super) fn query(&mut self, query: &'a Query, role: Role<'a>) -> Outputs<'a> {
        let names = self.ctes.len();
        if let Some(with) = &query.with {
            self.with(with);
        }
        let mut outputs = match unwrapped(&query.body) {
            SetExpr::Select(select) => self.select(select, query.order_by.as_ref(), role),
            body => {
                let outputs = self.body(body, role);
                if let Some(order) = &query.order_by {
                    self.order_of(order, &outputs);
                }
                outputs
            }
        };
        if let Some(limit) = &query.limit_clause {
            self.limit(limit);
        }
        let limited = matches!(
            &query.limit_clause,
            Some(LimitClause::LimitOffset { limit: Some(_), .. } | LimitClause::OffsetCommaLimit { .. })
        );
        if limited || query.fetch.is_some() {
            outputs.unbounded = false;
        }
        outputs.single |= is_one(query);
        self.ctes.truncate(names);
        outputs
    }

    /// A set operation leans to the left and may be long: down in one loop, up in another.
    fn body(&mut self, body: &'a SetExpr, role: Role<'a>) -> Outputs<'a> {
        let mut rights = Vec::new();
        let mut first = body;
        while let SetExpr::SetOperation { left, right, .. } = first {
            rights.push(right.as_ref());
            first = left;
        }
        let mut outputs = self.operand_of_set(first, role);
        if let Role::Recursive { cte, alias } = role {
            self.anchor(cte, alias, &outputs);
        }
        for right in rights.iter().rev() {
            let more = self.operand_of_set(right, role);
            let (wanted, given) = (outputs.fields.len(), more.fields.len());
            if !outputs.opaque && !more.opaque && wanted != given {
                let message = format!("the first SELECT returns {wanted} columns, this one {given}");
                self.issue(Code::ColumnCountMismatch, right.span(), message);
            }
            outputs.unbounded |= more.unbounded;
            outputs.opaque |= more.opaque;
        }
        if !rights.is_empty() {
            outputs.single = false;
            outputs.fields.iter_mut().for_each(|field| field.origin = None);
        }
        outputs
    }

    fn operand_of_set(&mut self, body: &'a SetExpr, role: Role<'a>) -> Outputs<'a> {
        let inner = match role {
            Role::Recursive { .. } => Role::Derived,
            role => role,
        };
        match body {
            SetExpr::Select(select) => self.select(select, None, inner),
            SetExpr::Query(query) => self.query(query, inner),
            SetExpr::Values(values) => self.values(values),
            SetExpr::SetOperation { .. } => self.body(body, inner),
            SetExpr::Insert(statement) | SetExpr::Update(statement) | SetExpr::Delete(statement) => {
                self.statement(statement);
                Outputs { opaque: true, ..Outputs::default() }
            }
            SetExpr::Merge(_) | SetExpr::Table(_) => Outputs { opaque: true, ..Outputs::default() },
        }
    }

    fn values(&mut self, values: &'a Values) -> Outputs<'a> {
        let width = values.rows.first().map_or(0, |row| row.content.len());
        for row in &values.rows {
            if row.content.len() != width {
                let place = row.content.first().map_or(At::START, |value| value.span().into());
                let message = format!("the first row has {width} values, this one {}", row.content.len());
                self.issue(Code::ColumnCountMismatch, place, message);
            }
            for value in &row.content {
                self.expr(value);
            }
        }
        // MySQL calls them column_0, MariaDB after the values of the first row.
        let name =
            |at: usize| Field { name: FieldName::Written(format!("column_{at}").into()), origin: None, hidden: false };
        let fields = (0..width).map(name).collect();
        Outputs { fields, single: values.rows.len() <= 1, ..Outputs::default() }
    }

    /// ORDER BY of a set operation or a query in parentheses: it sees what comes out and nothing else.
    fn order_of(&mut self, order: &'a OrderBy, outputs: &Outputs<'a>) {
        let scope = Scope {
            items: outputs.fields.clone(),
            items_opaque: outputs.opaque,
            clause: Clause::Order,
            ..Scope::default()
        };
        let relation = outputs.opaque.then(|| self.unknown_relation(At::START));
        let scope = Scope { relations: relation.into_iter().collect(), ..scope };
        self.inside(scope, |this| this.order(order, outputs.fields.len(), outputs.opaque));
    }

    /// The expressions of an ORDER BY, with the scope of its clause around.
    pub(super) fn order(&mut self, order: &'a OrderBy, columns: usize, opaque: bool) {
        let OrderByKind::Expressions(all) = &order.kind else { return };
        for one in all {
            if !self.position(&one.expr, columns, opaque, "ORDER BY") {
                self.expr(&one.expr);
            }
        }
    }

    /// A bare number in ORDER BY and GROUP BY is the position of a column. True when it is one.
    pub(super) fn position(&mut self, expr: &Expr, columns: usize, opaque: bool, clause: &str) -> bool {
        let Expr::Value(value) = expr else { return false };
        let Value::Number(digits, _) = &value.value else { return false };
        let fits = digits.parse::<usize>().is_ok_and(|position| (1..=columns).contains(&position));
        if !fits && !opaque && !digits.contains('.') {
            let message = format!("{clause} names a column by a position that the select list does not have");
            self.issue(Code::UnknownColumn, value.span, message);
        }
        true
    }

    fn limit(&mut self, limit: &'a LimitClause) {
        match limit {
            LimitClause::LimitOffset { limit, offset, .. } => {
                if let (None, Some(offset)) = (limit, offset) {
                    self.issue(Code::ParseError, offset.value.span(), "OFFSET stands behind LIMIT alone");
                }
                for expr in limit.iter().chain(offset.iter().map(|offset| &offset.value)) {
                    self.bound(expr);
                }
            }
            LimitClause::OffsetCommaLimit { offset, limit } => {
                self.bound(offset);
                self.bound(limit);
            }
        }
    }

    /// LIMIT takes numbers and placeholders, nothing else.
    fn bound(&mut self, expr: &'a Expr) {
        let fits = |value: &Value| matches!(value, Value::Number(..) | Value::Placeholder(_));
        if !matches!(expr, Expr::Value(value) if fits(&value.value)) {
            self.issue(Code::ParseError, expr.span(), "LIMIT and OFFSET take a number or a placeholder");
        }
    }
}

/// A query in parentheses and nothing else is what stands in them: an ORDER BY behind sees its tables.
pub(super) fn unwrapped(body: &SetExpr) -> &SetExpr {
    let mut body = body;
    while let SetExpr::Query(query) = body {
        let Query { with: None, order_by: None, limit_clause: None, fetch: None, .. } = query.as_ref() else { break };
        body = &query.body;
    }
    body
}

/// `LIMIT 1`.
fn is_one(query: &Query) -> bool {
    let one = |expr: &Expr| matches!(expr, Expr::Value(value) if value.value.to_string() == "1");
    match &query.limit_clause {
        Some(LimitClause::LimitOffset { limit: Some(limit), .. } | LimitClause::OffsetCommaLimit { limit, .. }) => {
            one(limit)
        }
        _ => false,
    }
}

/// How a column without an alias is called, when it is no column of a table.
pub(super) fn written_name<'a>(expr: &Expr) -> FieldName<'a> {
    FieldName::Written(written(&expr.to_string()).into())
}
