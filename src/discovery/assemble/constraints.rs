//! Foreign keys and CHECK constraints of a table. Pure.

use std::collections::BTreeMap;

use super::Context;
use crate::discovery::normalize::{action, expression};
use crate::discovery::warning::{Warning, WarningCode};
use crate::mcp::McpError;
use crate::mcp::rows::Row;
use crate::schema::{Check, CheckLevel, Engine, ForeignKey, ReferentialAction, Table};

/// Joins the columns and the rules of each foreign key of one table. A constraint's name is not unique in a database,
/// so both lists must be those of this table. Rules the account may not see are `unknown`, never left out.
pub(super) fn foreign_keys(
    context: &Context<'_>,
    table: &str,
    parts: &[&Row],
    rules: &[&Row],
    warnings: &mut Vec<Warning>,
) -> Result<Vec<ForeignKey>, McpError> {
    let mut by_name: BTreeMap<String, BTreeMap<u64, &Row>> = BTreeMap::new();
    for row in parts {
        by_name.entry(row.text("fk")?).or_default().insert(row.number("pos")?, row);
    }
    let mut rule_of = BTreeMap::new();
    for row in rules {
        rule_of.insert(row.text("fk")?, (action(&row.text("del")?), action(&row.text("upd")?)));
    }
    let mut out = Vec::new();
    for (name, rows) in by_name {
        let rows: Vec<&Row> = rows.into_values().collect();
        let Some(first) = rows.first() else { continue };
        let hidden = (ReferentialAction::Unknown, ReferentialAction::Unknown);
        let (on_delete, on_update) = rule_of.get(&name).copied().unwrap_or_else(|| {
            warnings.push(context.warning(table, &name, WarningCode::RulesHidden));
            hidden
        });
        let parent = first.text("rs")?;
        out.push(ForeignKey {
            columns: cells(&rows, "c")?,
            ref_database: (!context.same(&parent, context.database)).then_some(parent),
            ref_table: first.text("rt")?,
            ref_columns: cells(&rows, "rc")?,
            on_delete,
            on_update,
            valid: None,
            name,
        });
    }
    Ok(out)
}

fn cells(rows: &[&Row], label: &str) -> Result<Vec<String>, McpError> {
    rows.iter().map(|row| row.text(label)).collect()
}

/// Gives each parent in this database the spelling of its table. Where case does not matter, a key made before its
/// parent, or with other letters, keeps the words it was made with.
pub(super) fn spell_parents(context: &Context<'_>, listed: &[Row], tables: &mut [Table]) -> Result<(), McpError> {
    let names = listed.iter().map(|row| row.text("t")).collect::<Result<Vec<_>, _>>()?;
    let keys = tables.iter_mut().flat_map(|table| &mut table.foreign_keys);
    for key in keys.filter(|key| key.ref_database.is_none() && !names.contains(&key.ref_table)) {
        if let Some(name) = names.iter().find(|name| context.same(name, &key.ref_table)) {
            key.ref_table.clone_from(name);
        }
    }
    Ok(())
}

/// Reads the checks, sorted by name. Only MySQL tells whether one is enforced.
pub(super) fn checks(context: &Context<'_>, rows: &[&Row], columns: &[String]) -> Result<Vec<Check>, McpError> {
    let mut out = Vec::with_capacity(rows.len());
    for row in rows {
        let expr = expression::normal(&row.text("expr")?, context.engine);
        let enforced = row.text_or_null("enf")?.is_none_or(|text| !text.eq_ignore_ascii_case("no"));
        let name = row.text("ck")?;
        // MariaDB names a column's check after the column. A check of the table that someone gave a column's name reads
        // the same here.
        let of_column = context.engine == Engine::Mariadb && columns.contains(&name);
        out.push(Check {
            name,
            columns: expression::columns(&expr, columns),
            expr,
            enforced: (!enforced).then_some(false),
            level: if of_column { CheckLevel::Column } else { CheckLevel::Table },
        });
    }
    out.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    Ok(out)
}
