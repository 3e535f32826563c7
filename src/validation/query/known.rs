//! The nodes of a tree that are known: what MySQL, MariaDB and TiDB have and this validator understands. The parser reads
//! many other dialects; whatever is theirs is strange, and a statement with something strange is never a read.

use sqlparser::ast::{
    BinaryOperator, Delete, Distinct, Expr, FromTable, Function, FunctionArg, FunctionArgExpr, FunctionArgumentClause,
    FunctionArgumentList, FunctionArguments, GroupByExpr, GroupByWithModifier, Insert, Join, JoinOperator, LimitClause,
    OnInsert, OrderBy, OrderByKind, Query, Select, SelectFlavor, SelectItem, SetExpr, SetOperator, SetQuantifier, Statement,
    TableFactor, TableObject, TableWithJoins, UnaryOperator, Update, Value, WildcardAdditionalOptions,
};
use sqlparser::tokenizer::Span;

type Strange = Option<&'static str>;

fn strange(conditions: &[(bool, &'static str)]) -> Strange {
    conditions.iter().find(|(holds, _)| *holds).map(|(_, what)| *what)
}

pub(super) const fn is_show(statement: &Statement) -> bool {
    matches!(
        statement,
        Statement::ShowCharset(_)
            | Statement::ShowCollation { .. }
            | Statement::ShowColumns { .. }
            | Statement::ShowCreate { .. }
            | Statement::ShowDatabases { .. }
            | Statement::ShowFunctions { .. }
            | Statement::ShowProcessList { .. }
            | Statement::ShowSchemas { .. }
            | Statement::ShowStatus { .. }
            | Statement::ShowTables { .. }
            | Statement::ShowVariable { .. }
            | Statement::ShowVariables { .. }
    )
}

pub(super) const fn is_write(statement: &Statement) -> bool {
    matches!(
        statement,
        Statement::Insert(_)
            | Statement::Update(_)
            | Statement::Delete(_)
            | Statement::Merge(_)
            | Statement::LoadData { .. }
            | Statement::Copy { .. }
            | Statement::Directory { .. }
            | Statement::ExportData(_)
            | Statement::Unload { .. }
    )
}

pub(super) const fn is_ddl(statement: &Statement) -> bool {
    matches!(
        statement,
        Statement::AlterIndex { .. }
            | Statement::AlterSchema(_)
            | Statement::AlterTable(_)
            | Statement::AlterView { .. }
            | Statement::Comment { .. }
            | Statement::CreateDatabase { .. }
            | Statement::CreateDomain(_)
            | Statement::CreateFunction(_)
            | Statement::CreateIndex(_)
            | Statement::CreateMacro { .. }
            | Statement::CreateProcedure { .. }
            | Statement::CreateSchema { .. }
            | Statement::CreateSequence { .. }
            | Statement::CreateTable(_)
            | Statement::CreateTrigger(_)
            | Statement::CreateType { .. }
            | Statement::CreateView(_)
            | Statement::CreateVirtualTable { .. }
            | Statement::Drop { .. }
            | Statement::DropFunction(_)
            | Statement::DropProcedure { .. }
            | Statement::DropTrigger(_)
            | Statement::RenameTable(_)
            | Statement::Truncate(_)
    )
}

/// Where a statement begins, when it is not the first word of the text.
pub(super) fn start(statement: &Statement) -> Option<Span> {
    match statement {
        Statement::Insert(insert) => Some(insert.insert_token.0.span),
        Statement::Update(update) => Some(update.update_token.0.span),
        Statement::Delete(delete) => Some(delete.delete_token.0.span),
        _ => None,
    }
}

pub(super) fn strange_explain(statement: &Statement) -> Strange {
    match statement {
        Statement::Explain { verbose, query_plan, estimate, options, .. } => {
            strange(&[(*verbose || *query_plan || *estimate || options.is_some(), "this form of EXPLAIN")])
        }
        Statement::ExplainTable { hive_format, .. } => strange(&[(hive_format.is_some(), "this form of DESCRIBE")]),
        _ => None,
    }
}

pub(super) fn strange_write(statement: &Statement) -> Strange {
    match statement {
        Statement::Insert(insert) => strange_insert(insert),
        Statement::Update(update) => strange_update(update),
        Statement::Delete(delete) => strange_delete(delete),
        Statement::Merge(_) => Some("MERGE"),
        statement if is_write(statement) => Some("this kind of write"),
        _ => None,
    }
}

fn strange_insert(insert: &Insert) -> Strange {
    let conflict = matches!(insert.on, Some(OnInsert::OnConflict(_)));
    let foreign = insert.or.is_some()
        || insert.overwrite
        || insert.output.is_some()
        || insert.settings.is_some()
        || insert.format_clause.is_some()
        || insert.multi_table_insert_type.is_some()
        || !insert.multi_table_into_clauses.is_empty()
        || !insert.multi_table_when_clauses.is_empty()
        || insert.multi_table_else_clause.is_some()
        || !insert.after_columns.is_empty()
        || insert.has_table_keyword
        || insert.table_alias.is_some();
    let table = !matches!(insert.table, TableObject::TableName(_));
    strange(&[(conflict, "ON CONFLICT"), (foreign || table, "this form of INSERT")])
}

fn strange_update(update: &Update) -> Strange {
    let foreign = update.from.is_some() || update.or.is_some() || update.output.is_some() || update.returning.is_some();
    strange(&[(foreign, "this form of UPDATE")]).or_else(|| strange_joins(std::slice::from_ref(&update.table)))
}

fn strange_delete(delete: &Delete) -> Strange {
    let (FromTable::WithFromKeyword(from) | FromTable::WithoutKeyword(from)) = &delete.from;
    let using = delete.using.as_deref().unwrap_or_default();
    strange(&[(delete.output.is_some(), "this form of DELETE")])
        .or_else(|| strange_joins(from))
        .or_else(|| strange_joins(using))
}

pub(super) fn strange_query(query: &Query) -> Strange {
    let with = query.with.as_ref().is_some_and(|with| {
        with.cte_tables.iter().any(|cte| cte.from.is_some() || cte.materialized.is_some() || cte.alias.at.is_some())
    });
    let fetch = query.fetch.as_ref().is_some_and(|fetch| fetch.percent);
    let by = matches!(&query.limit_clause, Some(LimitClause::LimitOffset { limit_by, .. }) if !limit_by.is_empty());
    let clause = query.for_clause.is_some() || query.settings.is_some() || query.format_clause.is_some();
    strange(&[
        (with, "this form of WITH"),
        (fetch || by, "this form of LIMIT"),
        (clause || !query.pipe_operators.is_empty(), "a clause at the end of this query"),
        (query.order_by.as_ref().is_some_and(strange_order), "this form of ORDER BY"),
    ])
    .or_else(|| strange_body(&query.body))
}

fn strange_order(order: &OrderBy) -> bool {
    order.interpolate.is_some()
        || match &order.kind {
            OrderByKind::All(_) => true,
            OrderByKind::Expressions(all) => {
                all.iter().any(|one| one.with_fill.is_some() || one.options.nulls_first.is_some())
            }
        }
}

/// Walks down the left side in a loop: a long UNION leans to the left.
fn strange_body(body: &SetExpr) -> Strange {
    let mut body = body;
    while let SetExpr::SetOperation { left, op, set_quantifier, right } = body {
        let by_name = !matches!(set_quantifier, SetQuantifier::All | SetQuantifier::Distinct | SetQuantifier::None);
        if by_name || *op == SetOperator::Minus {
            return Some("this set operation");
        }
        if let Some(what) = strange_body(right) {
            return Some(what);
        }
        body = left;
    }
    strange(&[(matches!(body, SetExpr::Table(_)), "TABLE t")])
}

pub(super) fn strange_select(select: &Select) -> Strange {
    let foreign = select.top.is_some()
        || select.exclude.is_some()
        || !select.lateral_views.is_empty()
        || select.prewhere.is_some()
        || !select.connect_by.is_empty()
        || !select.cluster_by.is_empty()
        || !select.distribute_by.is_empty()
        || !select.sort_by.is_empty()
        || select.qualify.is_some()
        || select.value_table_mode.is_some()
        || select.flavor != SelectFlavor::Standard
        || matches!(select.distinct, Some(Distinct::On(_)));
    let group = match &select.group_by {
        GroupByExpr::All(_) => true,
        GroupByExpr::Expressions(_, modifiers) => modifiers.iter().any(|m| *m != GroupByWithModifier::Rollup),
    };
    let items = select.projection.iter().any(|item| match item {
        SelectItem::Wildcard(options) => strange_wildcard(options),
        SelectItem::QualifiedWildcard(kind, options) => {
            strange_wildcard(options) || matches!(kind, sqlparser::ast::SelectItemQualifiedWildcardKind::Expr(_))
        }
        SelectItem::ExprWithAliases { .. } => true,
        SelectItem::UnnamedExpr(_) | SelectItem::ExprWithAlias { .. } => false,
    });
    strange(&[(foreign, "a clause of this SELECT"), (group, "this form of GROUP BY"), (items, "this select list")])
        .or_else(|| strange_joins(&select.from))
}

const fn strange_wildcard(options: &WildcardAdditionalOptions) -> bool {
    options.opt_ilike.is_some()
        || options.opt_exclude.is_some()
        || options.opt_except.is_some()
        || options.opt_replace.is_some()
        || options.opt_rename.is_some()
        || options.opt_alias.is_some()
}

fn strange_joins(from: &[TableWithJoins]) -> Strange {
    strange(&[(from.iter().flat_map(|table| &table.joins).any(strange_join), "this kind of join")])
}

const fn strange_join(join: &Join) -> bool {
    let known = matches!(
        join.join_operator,
        JoinOperator::Join(_)
            | JoinOperator::Inner(_)
            | JoinOperator::Left(_)
            | JoinOperator::LeftOuter(_)
            | JoinOperator::Right(_)
            | JoinOperator::RightOuter(_)
            | JoinOperator::CrossJoin(_)
            | JoinOperator::StraightJoin(_)
    );
    join.global || !known
}

pub(super) fn strange_factor(factor: &TableFactor) -> Strange {
    match factor {
        TableFactor::Table { args, with_hints, version, with_ordinality, json_path, alias, sample, .. } => {
            let foreign = sample.is_some() || args.is_some() || !with_hints.is_empty() || *with_ordinality || json_path.is_some();
            let columns = alias.as_ref().is_some_and(|alias| !alias.columns.is_empty() || alias.at.is_some());
            strange(&[(foreign || version.is_some() || columns, "this form of a table in FROM")])
        }
        TableFactor::Derived { sample, .. } => strange(&[(sample.is_some(), "a sample of a subquery")]),
        TableFactor::JsonTable { .. } => None,
        TableFactor::NestedJoin { alias, table_with_joins } => {
            strange(&[(alias.is_some(), "an alias of a join")])
                .or_else(|| strange_joins(std::slice::from_ref(table_with_joins.as_ref())))
        }
        _ => Some("this table function in FROM"),
    }
}

pub(super) const fn is_assignment(op: &BinaryOperator) -> bool {
    matches!(op, BinaryOperator::Assignment)
}

/// Functions have a look of their own ([`strange_function`]).
pub(super) fn strange_expr(expr: &Expr) -> Strange {
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
        Expr::Cast { format, .. } => strange(&[(format.is_some(), "this form of CAST")]),
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

pub(super) fn strange_function(function: &Function) -> Strange {
    let foreign = function.uses_odbc_syntax
        || function.filter.is_some()
        || !matches!(function.parameters, FunctionArguments::None)
        || matches!(function.args, FunctionArguments::Subquery(_));
    let arguments = match &function.args {
        FunctionArguments::List(list) => strange_arguments(list),
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

pub(super) fn has_arguments(function: &Function) -> bool {
    matches!(&function.args, FunctionArguments::List(list) if !list.args.is_empty())
}

/// Built-in functions whose name is one only right before the parenthesis; with a space between it may be a stored one.
pub(super) fn needs_no_space(name: &str) -> bool {
    const NAMES: [&str; 31] = [
        "adddate", "bit_and", "bit_or", "bit_xor", "cast", "count", "curdate", "curtime", "date_add", "date_sub", "extract",
        "group_concat", "max", "mid", "min", "now", "position", "session_user", "std", "stddev", "stddev_pop", "stddev_samp",
        "subdate", "substr", "substring", "sum", "sysdate", "system_user", "trim", "var_pop", "variance",
    ];
    NAMES.iter().any(|known| known.eq_ignore_ascii_case(name))
}

pub(super) fn strange_value(value: &Value) -> Strange {
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
