//! The clauses of a query that are known.

use sqlparser::ast::{
    Distinct, GroupByExpr, GroupByWithModifier, Join, JoinOperator, LimitClause, OrderBy, OrderByKind, Query, Select,
    SelectFlavor, SelectItem, SelectItemQualifiedWildcardKind, SetExpr, SetOperator, SetQuantifier, TableFactor,
    TableWithJoins, WildcardAdditionalOptions,
};

use super::{Strange, strange};

pub(in crate::validation::query) fn strange_query(query: &Query) -> Strange {
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

pub(in crate::validation::query) fn strange_select(select: &Select) -> Strange {
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
            strange_wildcard(options) || matches!(kind, SelectItemQualifiedWildcardKind::Expr(_))
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

pub(super) fn strange_joins(from: &[TableWithJoins]) -> Strange {
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

pub(in crate::validation::query) fn strange_factor(factor: &TableFactor) -> Strange {
    match factor {
        TableFactor::Table { args, with_hints, version, with_ordinality, json_path, alias, sample, .. } => {
            let foreign =
                sample.is_some() || args.is_some() || !with_hints.is_empty() || *with_ordinality || json_path.is_some();
            let columns = alias.as_ref().is_some_and(|alias| !alias.columns.is_empty() || alias.at.is_some());
            strange(&[(foreign || version.is_some() || columns, "this form of a table in FROM")])
        }
        TableFactor::Derived { sample, .. } => strange(&[(sample.is_some(), "a sample of a subquery")]),
        TableFactor::JsonTable { .. } => None,
        TableFactor::NestedJoin { alias, table_with_joins } => strange(&[(alias.is_some(), "an alias of a join")])
            .or_else(|| strange_joins(std::slice::from_ref(table_with_joins.as_ref()))),
        _ => Some("this table function in FROM"),
    }
}
