//! Columns of tables and views. Pure.

use super::Context;
use crate::discovery::fingerprint::Ddl;
use crate::discovery::normalize::defaults::{self, Shown};
use crate::discovery::normalize::extra::Extra;
use crate::discovery::normalize::{charset, expression};
use crate::discovery::warning::{Warning, WarningCode};
use crate::mcp::McpError;
use crate::mcp::rows::Row;
use crate::schema::sql_type::{self, Parsed};
use crate::schema::{Column, DefaultValue, Engine, Generated, GeneratedKind};

/// TiDB's name for a column that a running MODIFY COLUMN is filling. A user may call a column so too, which is why it
/// is dropped only while DDL runs or may run.
const PHANTOM: &str = "_Col$_";

/// The columns of a table and which of them MariaDB compresses.
pub(super) struct TableColumns {
    pub(super) columns: Vec<Column>,
    pub(super) compressed: Vec<String>,
}

/// Reads a table's columns, by ordinal and numbered anew without the gaps that hidden columns leave.
pub(super) fn of_table(
    context: &Context<'_>,
    table: &str,
    rows: &[&Row],
    warnings: &mut Vec<Warning>,
) -> Result<TableColumns, McpError> {
    let mut out = TableColumns { columns: Vec::new(), compressed: Vec::new() };
    let rows = by_ordinal(rows)?;
    // MariaDB numbers the columns of a table without a gap, but shows only those that a grant on columns names.
    let last = rows.last().map_or(Ok(0), |row| row.number("pos"))?;
    if context.engine == Engine::Mariadb && last > rows.len() as u64 {
        warnings.push(context.warning(table, "", WarningCode::ColumnsHidden));
    }
    for row in rows {
        let name = row.text("c")?;
        if context.engine == Engine::Tidb && context.ddl != Ddl::Idle && name.starts_with(PHANTOM) {
            continue;
        }
        let Parsed { r#type, compressed } = sql_type::parse(&row.text("ctype")?, context.engine);
        let mut column = bare(row, name, r#type, out.columns.len())?;
        warn_of_type(context, table, &column, warnings);
        rule(context, table, row, &mut column, warnings)?;
        if compressed {
            out.compressed.push(column.name.clone());
        }
        out.columns.push(column);
    }
    Ok(out)
}

/// Reads a view's columns. Their defaults are the base table's, or invented, and say nothing; of TiDB's neither
/// nullability nor character set is known.
pub(super) fn of_view(
    context: &Context<'_>,
    view: &str,
    rows: &[&Row],
    warnings: &mut Vec<Warning>,
) -> Result<Vec<Column>, McpError> {
    let mut out = Vec::new();
    for row in by_ordinal(rows)? {
        let Parsed { r#type, .. } = sql_type::parse(&row.text("ctype")?, context.engine);
        let column = bare(row, row.text("c")?, r#type, out.len())?;
        warn_of_type(context, view, &column, warnings);
        out.push(column);
    }
    Ok(out)
}

fn by_ordinal<'r>(rows: &[&'r Row]) -> Result<Vec<&'r Row>, McpError> {
    let mut ordered = rows.iter().map(|row| Ok((row.number("pos")?, *row))).collect::<Result<Vec<_>, McpError>>()?;
    ordered.sort_by_key(|(position, _)| *position);
    Ok(ordered.into_iter().map(|(_, row)| row).collect())
}

/// What tables and views have in common.
fn bare(row: &Row, name: String, r#type: crate::schema::Type, before: usize) -> Result<Column, McpError> {
    // MySQL alone lists the spatial reference system; elsewhere the query has no such cell.
    let srid =
        if row.labels().any(|label| label.eq_ignore_ascii_case("srid")) { row.number_or_null("srid")? } else { None };
    Ok(Column {
        name,
        ordinal: u32::try_from(before + 1).unwrap_or(u32::MAX),
        r#type,
        nullable: row.text("nul")?.eq_ignore_ascii_case("yes"),
        default: None,
        on_update: None,
        auto_increment: false,
        auto_random: None,
        generated: None,
        invisible: false,
        charset: charset(&row.text_or_null("cs")?.unwrap_or_default()),
        collation: charset(&row.text_or_null("coll")?.unwrap_or_default()),
        srid: srid.and_then(|srid| u32::try_from(srid).ok()),
        comment: row.text_or_null("cmt")?.unwrap_or_default(),
    })
}

fn warn_of_type(context: &Context<'_>, object: &str, column: &Column, warnings: &mut Vec<Warning>) {
    if column.r#type.base == "unknown" {
        warnings.push(context.warning(object, &column.name, WarningCode::TypeUnknown));
    }
}

/// How the column's value comes about: by the writer, a default, a counter, or an expression.
fn rule(
    context: &Context<'_>,
    table: &str,
    row: &Row,
    column: &mut Column,
    warnings: &mut Vec<Warning>,
) -> Result<(), McpError> {
    let extra = Extra::parse(&row.text_or_null("extra")?.unwrap_or_default());
    column.auto_increment = extra.auto_increment;
    column.invisible = extra.invisible;
    column.on_update = extra.on_update.map(|fsp| DefaultValue::CurrentTimestamp { fsp });
    let expr = expression::normal(&row.text_or_null("gen")?.unwrap_or_default(), context.engine);
    if matches!(expr.as_str(), "row start" | "row end") {
        // The period of a system-versioned table: no generated column, yet the server alone fills it.
        column.default = Some(DefaultValue::Expression { value: expr });
        return Ok(());
    }
    if extra.stored || extra.virtual_generated {
        let kind = if extra.stored { GeneratedKind::Stored } else { GeneratedKind::Virtual };
        column.generated = Some(Generated { kind, expr });
        return Ok(());
    }
    let text = if row.number("def_null")? == 1 { None } else { row.text_or_null("def")? };
    let shown = Shown { text: text.as_deref(), extra, r#type: &column.r#type };
    let (default, warning) = defaults::normal(shown, context.engine, context.zone);
    warnings.extend(warning.map(|code| context.warning(table, &column.name, code)));
    column.default = default;
    Ok(())
}
