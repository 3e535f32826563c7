//! The expressions, functions and literals that are known.

use sqlparser::ast::{
    BinaryOperator, CastKind, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArgumentClause,
    FunctionArgumentList, FunctionArguments, UnaryOperator, Value,
};

use super::{Strange, strange};

pub(in crate::validation::query) const fn is_assignment(op: &BinaryOperator) -> bool {
    matches!(op, BinaryOperator::Assignment)
}

/// Functions have a look of their own ([`strange_function`]).
pub(in crate::validation::query) fn strange_expr(expr: &Expr) -> Strange {
    match expr {
        Expr::Identifier(_)
        | Expr::CompoundIdentifier(_)
        | Expr::IsFalse(_)
        | Expr::IsNotFalse(_)
        | Expr::IsTrue(_)
        | Expr::IsNotTrue(_)
        | Expr::IsNull(_)
        | Expr::IsNotNull(_)
        | Expr::IsUnknown(_)
        | Expr::IsNotUnknown(_)
        | Expr::InList { .. }
        | Expr::InSubquery { .. }
        | Expr::Between { .. }
        | Expr::RLike { .. }
        | Expr::AnyOp { .. }
        | Expr::AllOp { .. }
        | Expr::Extract { .. }
        | Expr::Ceil { .. }
        | Expr::Floor { .. }
        | Expr::Position { .. }
        | Expr::Substring { .. }
        | Expr::Collate { .. }
        | Expr::Nested(_)
        | Expr::Value(_)
        | Expr::TypedString(_)
        | Expr::Function(_)
        | Expr::Case { .. }
        | Expr::Exists { .. }
        | Expr::Subquery(_)
        | Expr::Tuple(_)
        | Expr::Interval(_)
        | Expr::MatchAgainst { .. }
        | Expr::MemberOf(_) => None,
        Expr::Like { any, .. } => strange(&[(*any, "LIKE ANY")]),
        Expr::Trim { trim_characters, .. } => strange(&[(trim_characters.is_some(), "this form of TRIM")]),
        Expr::Convert { is_try, styles, .. } => strange(&[(*is_try || !styles.is_empty(), "this form of CONVERT")]),
        Expr::Cast { kind, format, .. } => {
            strange(&[(format.is_some() || *kind != CastKind::Cast, "this form of CAST")])
        }
        Expr::Prefixed { prefix, .. } => strange(&[(!prefix.value.starts_with('_'), "this kind of literal")]),
        Expr::UnaryOp { op, .. } => {
            let known = matches!(
                op,
                UnaryOperator::Plus | UnaryOperator::Minus | UnaryOperator::Not | UnaryOperator::BitwiseNot
            );
            strange(&[(!known, "this operator")])
        }
        Expr::BinaryOp { op, .. } => strange(&[(!is_known(op), "this operator")]),
        _ => Some("this expression"),
    }
}

const fn is_known(op: &BinaryOperator) -> bool {
    matches!(
        op,
        BinaryOperator::Plus
            | BinaryOperator::Minus
            | BinaryOperator::Multiply
            | BinaryOperator::Divide
            | BinaryOperator::Modulo
            | BinaryOperator::StringConcat
            | BinaryOperator::Gt
            | BinaryOperator::Lt
            | BinaryOperator::GtEq
            | BinaryOperator::LtEq
            | BinaryOperator::Spaceship
            | BinaryOperator::Eq
            | BinaryOperator::NotEq
            | BinaryOperator::And
            | BinaryOperator::Or
            | BinaryOperator::Xor
            | BinaryOperator::BitwiseOr
            | BinaryOperator::BitwiseAnd
            | BinaryOperator::BitwiseXor
            | BinaryOperator::MyIntegerDivide
            | BinaryOperator::Regexp
            | BinaryOperator::PGBitwiseShiftLeft
            | BinaryOperator::PGBitwiseShiftRight
            | BinaryOperator::Arrow
            | BinaryOperator::LongArrow
            | BinaryOperator::Assignment
    )
}

pub(in crate::validation::query) fn strange_function(function: &Function) -> Strange {
    let foreign = function.uses_odbc_syntax
        || function.filter.is_some()
        || !matches!(function.parameters, FunctionArguments::None)
        || matches!(function.args, FunctionArguments::Subquery(_));
    let arguments = match &function.args {
        FunctionArguments::List(list) => strange_arguments(list) || misplaced_star(function, list),
        FunctionArguments::None | FunctionArguments::Subquery(_) => false,
    };
    strange(&[(foreign || arguments, "this form of a function call")])
}

fn strange_arguments(list: &FunctionArgumentList) -> bool {
    let clauses = list.clauses.iter().any(|clause| {
        !matches!(
            clause,
            FunctionArgumentClause::OrderBy(_)
                | FunctionArgumentClause::Separator(_)
                | FunctionArgumentClause::Limit(_)
                | FunctionArgumentClause::IgnoreOrRespectNulls(_)
        )
    });
    clauses
        || list.args.iter().any(|argument| {
            !matches!(argument, FunctionArg::Unnamed(FunctionArgExpr::Expr(_) | FunctionArgExpr::Wildcard))
        })
}

/// `*` is the one argument of COUNT.
fn misplaced_star(function: &Function, list: &FunctionArgumentList) -> bool {
    let star = |argument: &FunctionArg| matches!(argument, FunctionArg::Unnamed(FunctionArgExpr::Wildcard));
    let counts = function.name.to_string().eq_ignore_ascii_case("count");
    list.args.iter().any(star) && !(counts && list.args.len() == 1)
}

pub(in crate::validation::query) fn has_arguments(function: &Function) -> bool {
    matches!(&function.args, FunctionArguments::List(list) if !list.args.is_empty())
}

/// Built-in functions whose name is one only right before the parenthesis; with a space between it may be a stored one.
pub(in crate::validation::query) fn needs_no_space(name: &str) -> bool {
    const NAMES: [&str; 31] = [
        "adddate",
        "bit_and",
        "bit_or",
        "bit_xor",
        "cast",
        "count",
        "curdate",
        "curtime",
        "date_add",
        "date_sub",
        "extract",
        "group_concat",
        "max",
        "mid",
        "min",
        "now",
        "position",
        "session_user",
        "std",
        "stddev",
        "stddev_pop",
        "stddev_samp",
        "subdate",
        "substr",
        "substring",
        "sum",
        "sysdate",
        "system_user",
        "trim",
        "var_pop",
        "variance",
    ];
    NAMES.iter().any(|known| known.eq_ignore_ascii_case(name))
}

pub(in crate::validation::query) fn strange_value(value: &Value) -> Strange {
    let known = match value {
        Value::Number(..)
        | Value::SingleQuotedString(_)
        | Value::DoubleQuotedString(_)
        | Value::NationalStringLiteral(_)
        | Value::Boolean(_)
        | Value::Null => true,
        Value::HexStringLiteral(digits) => digits.chars().all(|c| c.is_ascii_hexdigit()),
        Value::SingleQuotedByteStringLiteral(bits) => bits.chars().all(|c| matches!(c, '0' | '1')),
        Value::Placeholder(text) => text == "?",
        _ => false,
    };
    strange(&[(!known, "this kind of literal")])
}
