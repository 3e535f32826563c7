//! The nodes of a tree that are known: what MySQL, MariaDB and TiDB have and this validator understands. The parser reads
//! many other dialects; whatever is theirs is strange, and a statement with something strange is never a read. Here the
//! statements, in `query` the clauses of a query, in `expr` expressions, functions and literals.

mod expr;
mod query;

use sqlparser::ast::{Delete, FromTable, Insert, OnInsert, Statement, TableObject, Update};
use sqlparser::tokenizer::Span;

pub(super) use self::expr::{
    has_arguments, is_assignment, needs_no_space, strange_expr, strange_function, strange_value,
};
use self::query::strange_joins;
pub(super) use self::query::{strange_factor, strange_query, strange_select};

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
