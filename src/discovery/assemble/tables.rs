//! Base tables: their attributes, and their parts put together. Pure.

use super::{Context, Grouped, columns, constraints, indexes, tidb};
use crate::discovery::error::DiscoveryError;
use crate::discovery::normalize::{charset, options, partition};
use crate::discovery::queries::Part;
use crate::discovery::warning::{Warning, WarningCode};
use crate::mcp::McpError;
use crate::mcp::rows::Row;
use crate::schema::{Check, Column, Engine, KeyPart, Partitioning, PrimaryKey, Table, TableKind, TableTidb, Type};

/// The column MySQL adds by itself to a table without a primary key.
const GENERATED_KEY: &str = "my_row_id";

/// Reads one table; `row` is its row of the list of tables.
pub(super) fn table(
    context: &Context<'_>,
    row: &Row,
    (name, kind): (String, TableKind),
    parts: &Grouped<'_>,
    warnings: &mut Vec<Warning>,
) -> Result<Table, DiscoveryError> {
    let key = row.text("k")?;
    let read = columns::of_table(context, &name, parts.of(Part::Columns, &key), warnings)?;
    if read.columns.is_empty() {
        return Err(DiscoveryError::Incomplete {
            database: context.database.to_owned(),
            part: format!("table {name}"),
            problem: "no column of it is visible: grant SELECT on it, repair it, or leave it out by tables.exclude"
                .to_owned(),
        });
    }
    let mut columns = read.columns;
    let names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
    let mut checks = constraints::checks(context, parts.of(Part::Checks, &key), &names)?;
    if context.engine == Engine::Mariadb {
        json_columns(&mut columns, &mut checks);
    }
    let hidden = |column: &str| kind == TableKind::SystemVersioned && !names.iter().any(|name| name == column);
    let public = parts.of(Part::PublicIndexes, &key);
    let (primary_key, indexes) = indexes::indexes(context, parts.of(Part::IndexParts, &key), public, &hidden)?;
    let rules = parts.of(Part::ForeignKeyRules, &key);
    let foreign_keys =
        constraints::foreign_keys(context, &name, parts.of(Part::ForeignKeyParts, &key), rules, warnings)?;
    let shown_options = row.text_or_null("opts")?.unwrap_or_default();
    let mut options = options::parse(&shown_options);
    if !read.compressed.is_empty() {
        options.insert("compressed".to_owned(), read.compressed.join(","));
    }
    let partitioned = options::is_partitioned(&shown_options);
    let mut table = Table {
        kind,
        engine: row.text_or_null("eng")?.unwrap_or_default(),
        collation: charset(&row.text_or_null("coll")?.unwrap_or_default()),
        comment: row.text_or_null("cmt")?.unwrap_or_default(),
        generated_pk: context.engine == Engine::Mysql && is_generated(primary_key.as_ref(), &columns),
        partitioning: partitioning(context, &name, partitioned, parts.of(Part::Partitions, &key), warnings)?,
        columns,
        primary_key,
        indexes,
        foreign_keys,
        checks,
        options,
        tidb: TableTidb::default(),
        name,
    };
    if context.engine == Engine::Tidb {
        tidb::extend(context, row, &mut table, parts.of(Part::TiFlash, &key), warnings)?;
    }
    Ok(table)
}

/// MariaDB's JSON is longtext and a check `json_valid` named as the column: both together are the type.
fn json_columns(columns: &mut [Column], checks: &mut Vec<Check>) {
    for column in columns.iter_mut().filter(|column| column.r#type.base == "longtext") {
        let valid = format!("json_valid(`{}`)", column.name.replace('`', "``"));
        let before = checks.len();
        checks.retain(|check| !(check.name == column.name && check.expr == valid));
        if checks.len() < before {
            column.r#type = Type::bare("json");
            column.charset.clear();
            column.collation.clear();
        }
    }
}

/// The primary key is the one that MySQL made by itself (`sql_generate_invisible_primary_key`): nobody else's column
/// of that name is invisible and counts by itself.
fn is_generated(key: Option<&PrimaryKey>, columns: &[Column]) -> bool {
    let parts = key.map_or(&[][..], |key| key.columns.as_slice());
    let [KeyPart { column: Some(name), .. }] = parts else { return false };
    let counts = |column: &&Column| column.name == *name && column.invisible && column.auto_increment;
    name == GENERATED_KEY && columns.iter().any(|column| counts(&column))
}

/// The scheme. An account that may not see it sees no rows of a table whose options say that it is partitioned.
fn partitioning(
    context: &Context<'_>,
    table: &str,
    partitioned: bool,
    rows: &[&Row],
    warnings: &mut Vec<Warning>,
) -> Result<Option<Partitioning>, McpError> {
    let Some(row) = rows.first() else {
        if !partitioned {
            return Ok(None);
        }
        if !context.missing.contains(&Part::Partitions) {
            warnings.push(context.warning(table, "", WarningCode::PartitionsHidden));
        }
        return Ok(Some(Partitioning { method: "unknown".to_owned(), ..Partitioning::default() }));
    };
    let cell = |label: &str| row.text_or_null(label).map(Option::unwrap_or_default);
    let (method, expression, sub_method, sub_expression) = (cell("pm")?, cell("pe")?, cell("sm")?, cell("se")?);
    let shown = partition::Shown {
        method: &method,
        expression: &expression,
        sub_method: &sub_method,
        sub_expression: &sub_expression,
    };
    Ok(partition::normal(shown, context.engine))
}
