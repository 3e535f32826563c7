//! What only TiDB has of a table: from its own columns of information_schema, and from SHOW CREATE TABLE. Pure.

use super::Context;
use crate::discovery::create::CreateFacts;
use crate::discovery::normalize::{expression, tidb};
use crate::discovery::warning::{Warning, WarningCode};
use crate::mcp::McpError;
use crate::mcp::rows::Row;
use crate::schema::{Check, Engine, IndexType, KeyPart, Table, TableTidb};

/// Completes a table; `row` is its row of the list of tables, `replicas` those of TiFlash.
pub(super) fn extend(
    context: &Context<'_>,
    row: &Row,
    table: &mut Table,
    replicas: &[&Row],
    warnings: &mut Vec<Warning>,
) -> Result<(), McpError> {
    let sharding = tidb::sharding(&row.text_or_null("sharding")?.unwrap_or_default());
    let key = table.primary_key.as_ref().and_then(|key| key.columns.first()).and_then(|part| part.column.as_deref());
    if let Some(column) = table.columns.iter_mut().find(|column| Some(column.name.as_str()) == key) {
        column.auto_random = sharding.auto_random;
    }
    let replicas = replicas.first().map_or(Ok(0), |row| row.number("n"))?;
    table.tidb = TableTidb {
        shard_row_id_bits: sharding.shard_row_id_bits,
        placement: row.text_or_null("placement")?.unwrap_or_default(),
        tiflash_replicas: u32::try_from(replicas).unwrap_or(u32::MAX),
        ..TableTidb::default()
    };
    match context.creates.of(&row.text("k")?) {
        Some(facts) => told(context, table, facts, warnings),
        None => table.tidb.extras_unknown = true,
    }
    Ok(())
}

/// Takes over what SHOW CREATE TABLE told.
fn told(context: &Context<'_>, table: &mut Table, facts: &CreateFacts, warnings: &mut Vec<Warning>) {
    for column in table.columns.iter_mut().filter(|column| facts.zerofill.contains(&column.name)) {
        (column.r#type.unsigned, column.r#type.zerofill) = (true, true);
    }
    for key in table.foreign_keys.iter_mut().filter(|key| facts.invalid_keys.contains(&key.name)) {
        key.valid = Some(false);
    }
    for (name, enforced) in &facts.checks {
        let enforced = (!enforced).then_some(false);
        match table.checks.iter_mut().find(|check| check.name == *name) {
            Some(check) => check.enforced = enforced,
            // Without SELECT, TiDB lists no check at all.
            None => {
                warnings.push(context.warning(&table.name, name, WarningCode::CheckHidden));
                let (name, expr) = (name.clone(), "unknown".to_owned());
                table.checks.push(Check { name, expr, columns: Vec::new(), enforced, level: Default::default() });
            }
        }
    }
    table.checks.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    for index in &mut table.indexes {
        if let Some(text) = facts.metrics.get(&index.name) {
            index.r#type = IndexType::Vector;
            let expression = Some(expression::normal(text, Engine::Tidb));
            index.parts = vec![KeyPart { expression, ..KeyPart::default() }];
        }
        if let Some(text) = facts.predicates.get(&index.name) {
            index.predicate = expression::normal(text, Engine::Tidb);
        }
    }
    if facts.temporary {
        table.options.insert("temporary".to_owned(), "on commit delete rows".to_owned());
    }
    if let Some(cache) = &facts.auto_id_cache {
        table.options.insert("auto_id_cache".to_owned(), cache.clone());
    }
    table.tidb.pre_split = facts.pre_split;
    table.tidb.ttl.clone_from(&facts.ttl);
    table.tidb.affinity.clone_from(&facts.affinity);
}
