//! Expressions: every name in them, what they compare, and how many columns their subqueries return.

use sqlparser::ast::{BinaryOperator, DataType, Expr, Function, FunctionArguments, Ident, Query, Spanned as _, Value};

use super::Resolver;
use super::query::Role;
use super::select::bare;
use crate::schema::Engine;
use crate::validation::query::code::Code;
use crate::validation::query::names::parts;
use crate::validation::query::result::{At, Issue};
use crate::validation::query::types::{self, Operand};

impl<'a> Resolver<'a, '_> {
    /// An expression of one value.
    pub(super) fn expr(&mut self, expr: &'a Expr) -> Operand<'a> {
        self.wide(expr, 1)
    }

    pub(super) fn all(&mut self, exprs: impl IntoIterator<Item = &'a Expr>) {
        for expr in exprs {
            self.expr(expr);
        }
    }

    /// An expression of `width` values, as both sides of `(a, b) = (SELECT c, d …)` are.
    pub(super) fn wide(&mut self, expr: &'a Expr, width: usize) -> Operand<'a> {
        match expr {
            Expr::Identifier(name) => return self.column(&[name]),
            Expr::CompoundIdentifier(names) => return self.column(&names.iter().collect::<Vec<&Ident>>()),
            Expr::Value(value) => return literal(&value.value),
            Expr::Nested(inner) => return self.wide(inner, width),
            Expr::BinaryOp { .. } => self.chain(expr),
            Expr::Subquery(query) => return self.subquery(query, width),
            Expr::Tuple(values) => {
                for value in values {
                    self.wide(value, self::width(value));
                }
                if values.len() != width {
                    let message = format!("{} values meet {width}", values.len());
                    self.issue(Code::ColumnCountMismatch, expr.span(), message);
                }
            }
            Expr::Exists { subquery, .. } => drop(self.query(subquery, Role::Exists)),
            Expr::Function(function) => self.function(function),
            expr => self.other(expr),
        }
        Operand::Other
    }

    fn subquery(&mut self, query: &'a Query, width: usize) -> Operand<'a> {
        let outputs = self.query(query, Role::Derived);
        let given = outputs.fields.len();
        if !outputs.opaque && given != width {
            let message = format!("the subquery returns {given} columns where {width} can stand");
            self.issue(Code::ColumnCountMismatch, query.body.span(), message);
        }
        match (width, outputs.fields.first().and_then(|field| field.origin)) {
            (1, Some(origin)) => Operand::Column(origin),
            _ => Operand::Other,
        }
    }

    /// Operators lean to the left, so a long chain goes down in a loop and not by recursion.
    fn chain(&mut self, expr: &'a Expr) {
        let mut rights: Vec<&'a Expr> = Vec::new();
        let mut first = expr;
        while let Expr::BinaryOp { left, op, right } = first {
            if is_comparison(op) {
                self.comparison(left, right);
                return self.all(rights.into_iter().rev());
            }
            if matches!(op, BinaryOperator::Arrow | BinaryOperator::LongArrow) {
                self.unless_mariadb(right.span(), "no operators -> and ->>", "write JSON_EXTRACT or JSON_VALUE");
            }
            rights.push(right.as_ref());
            first = left;
        }
        self.expr(first);
        self.all(rights.into_iter().rev());
    }

    /// Two values that are compared.
    pub(super) fn comparison(&mut self, left: &'a Expr, right: &'a Expr) -> (Operand<'a>, Operand<'a>) {
        let width = width(left).max(width(right));
        let operands = (self.wide(left, width), self.wide(right, width));
        self.met(left, &operands.0, &operands.1);
        operands
    }

    fn met(&mut self, place: &Expr, a: &Operand<'a>, b: &Operand<'a>) {
        if let Some((code, message)) = types::compared(a, b) {
            self.issue(code, place.span(), message);
        }
    }

    fn other(&mut self, expr: &'a Expr) {
        match expr {
            Expr::InList { expr, list, .. } => {
                let (operand, width) = (self.wide(expr, width(expr)), width(expr));
                for item in list {
                    let item_operand = self.wide(item, width);
                    self.met(item, &operand, &item_operand);
                }
            }
            Expr::InSubquery { expr, subquery, .. } => {
                let (width, operand) = (width(expr), self.wide(expr, width(expr)));
                let other = self.subquery(subquery, width);
                self.met(expr, &operand, &other);
            }
            Expr::AnyOp { left, right, .. } | Expr::AllOp { left, right, .. } => {
                let width = width(left);
                self.wide(left, width);
                self.wide(right, width);
            }
            Expr::Between { expr, low, high, .. } => {
                let operand = self.expr(expr);
                for bound in [low, high] {
                    let bound_operand = self.expr(bound);
                    self.met(bound, &operand, &bound_operand);
                }
            }
            Expr::MatchAgainst { columns, .. } => {
                for names in columns.iter().filter_map(parts) {
                    self.column(&names);
                }
            }
            Expr::Case { operand, conditions, else_result, .. } => {
                self.all(operand.as_deref());
                self.all(conditions.iter().flat_map(|when| [&when.condition, &when.result]));
                self.all(else_result.as_deref());
            }
            expr => {
                if matches!(expr, Expr::Cast { data_type: DataType::JSON, .. }) {
                    self.unless_mariadb(expr.span(), "no CAST AS JSON", "leave the CAST out");
                }
                self.all(operands(expr));
            }
        }
    }

    /// What MariaDB alone of the three does not have.
    fn unless_mariadb(&mut self, place: impl Into<At>, what: &str, instead: &str) {
        if self.catalog.engine() == Engine::Mariadb {
            let issue = Issue::new(Code::ParseError, place, format!("MariaDB has {what}"));
            self.found.push(issue.suggest(instead.to_owned()));
        }
    }
}

/// How many values an expression stands for.
pub(super) fn width(expr: &Expr) -> usize {
    match bare(expr) {
        Expr::Tuple(values) => values.len(),
        Expr::Function(function) if is_row(function) => match &function.args {
            FunctionArguments::List(list) => list.args.len(),
            FunctionArguments::None | FunctionArguments::Subquery(_) => 1,
        },
        _ => 1,
    }
}

/// `ROW(a, b)` is `(a, b)`.
fn is_row(function: &Function) -> bool {
    matches!(parts(&function.name).as_deref(), Some([name]) if name.value.eq_ignore_ascii_case("row"))
}

const fn is_comparison(op: &BinaryOperator) -> bool {
    matches!(
        op,
        BinaryOperator::Eq
            | BinaryOperator::NotEq
            | BinaryOperator::Gt
            | BinaryOperator::GtEq
            | BinaryOperator::Lt
            | BinaryOperator::LtEq
            | BinaryOperator::Spaceship
    )
}

fn literal(value: &Value) -> Operand<'_> {
    match value {
        Value::Number(..) => Operand::Number,
        Value::SingleQuotedString(text) | Value::DoubleQuotedString(text) | Value::NationalStringLiteral(text) => {
            Operand::Text(text)
        }
        Value::Boolean(_) => Operand::Boolean,
        Value::Placeholder(_) => Operand::Placeholder,
        _ => Operand::Other,
    }
}

/// The expressions right below one whose values need no look of their own.
fn operands(expr: &Expr) -> Vec<&Expr> {
    match expr {
        Expr::IsFalse(inner)
        | Expr::IsNotFalse(inner)
        | Expr::IsTrue(inner)
        | Expr::IsNotTrue(inner)
        | Expr::IsNull(inner)
        | Expr::IsNotNull(inner)
        | Expr::IsUnknown(inner)
        | Expr::IsNotUnknown(inner) => vec![inner],
        Expr::UnaryOp { expr, .. }
        | Expr::Convert { expr, .. }
        | Expr::Cast { expr, .. }
        | Expr::Extract { expr, .. }
        | Expr::Ceil { expr, .. }
        | Expr::Floor { expr, .. }
        | Expr::Collate { expr, .. } => vec![expr],
        Expr::Like { expr, pattern, escape_char, .. } => {
            [expr, pattern].into_iter().chain(escape_char).map(AsRef::as_ref).collect()
        }
        Expr::RLike { expr, pattern, .. } => vec![expr, pattern],
        Expr::Position { expr, r#in } => vec![expr, r#in],
        Expr::Substring { expr, substring_from, substring_for, .. } => {
            [expr].into_iter().chain(substring_from).chain(substring_for).map(AsRef::as_ref).collect()
        }
        Expr::Trim { expr, trim_what, .. } => [expr].into_iter().chain(trim_what).map(AsRef::as_ref).collect(),
        Expr::Interval(interval) => vec![&interval.value],
        Expr::MemberOf(member) => vec![&member.value, &member.array],
        _ => Vec::new(),
    }
}
