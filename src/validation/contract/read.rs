//! The policy's words become a [`Contract`], or a list of what cannot be understood. Pure.

use super::model::{Contract, ExpectedColumn, ExpectedForeignKey, ExpectedIndex, ExpectedTable};
use super::type_text;
use crate::api::policy::contract::{
    Action, ColumnContract, Contract as Words, Extra, ForeignKeyContract, Match, TableContract,
};
use crate::schema::ReferentialAction;
use crate::validation::Fault;

/// Reads one contract; `field` is where it stands, as in `spec.contracts[0]`.
///
/// # Errors
/// Every type and reference that cannot be understood.
pub fn read(words: &Words, field: &str) -> Result<Contract, Vec<Fault>> {
    let mut faults = Vec::new();
    let mut tables = Vec::with_capacity(words.tables.len());
    for (at, table) in words.tables.iter().enumerate() {
        tables.push(read_table(table, &words.database, &format!("{field}.tables[{at}]"), &mut faults));
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok(Contract {
        name: words.name.clone(),
        owner: words.owner.clone(),
        database: words.database.clone(),
        role: words.role,
        forbids_extra_tables: words.extra_tables == Some(Extra::Forbid),
        forbids_extra_columns: words.extra_columns == Some(Extra::Forbid),
        tables,
    })
}

fn read_table(words: &TableContract, database: &str, field: &str, faults: &mut Vec<Fault>) -> ExpectedTable {
    let mut columns = Vec::with_capacity(words.columns.len());
    for (at, column) in words.columns.iter().enumerate() {
        match read_column(column) {
            Ok(column) => columns.push(column),
            Err(message) => faults.push(Fault::new(format!("{field}.columns[{at}].type"), message)),
        }
    }
    let mut foreign_keys = Vec::with_capacity(words.foreign_keys.len());
    for (at, key) in words.foreign_keys.iter().enumerate() {
        match read_foreign_key(key, database) {
            Ok(key) => foreign_keys.push(key),
            Err(message) => faults.push(Fault::new(format!("{field}.foreignKeys[{at}].ref"), message)),
        }
    }
    let index = |index: &crate::api::policy::contract::IndexContract| ExpectedIndex {
        columns: index.columns.clone(),
        unique: index.unique,
    };
    ExpectedTable {
        name: words.name.clone(),
        columns,
        primary_key: words.primary_key.clone(),
        indexes: words.indexes.iter().map(index).collect(),
        foreign_keys,
        absent_columns: words.absent_columns.clone(),
    }
}

fn read_column(words: &ColumnContract) -> Result<ExpectedColumn, String> {
    let r#type = if words.r#type.is_empty() { None } else { Some(type_text::read(&words.r#type)?) };
    let matching = match (words.matching, &r#type) {
        (Some(Match::Exact | Match::Compatible), None) => {
            return Err("match Exact and Compatible need a type, as in bigint unsigned".to_owned());
        }
        (Some(matching), _) => matching,
        (None, Some(_)) => Match::Compatible,
        (None, None) => Match::Exists,
    };
    Ok(ExpectedColumn { name: words.name.clone(), r#type, matching, nullable: words.nullable })
}

fn read_foreign_key(words: &ForeignKeyContract, database: &str) -> Result<ExpectedForeignKey, String> {
    let (ref_database, ref_table, ref_columns) = reference(&words.references).ok_or_else(|| {
        let shown = crate::error::shorten(&words.references, 64);
        format!("\"{shown}\" names no parent; write it as in customers(id) or billing.customers(id)")
    })?;
    if ref_columns.len() != words.columns.len() {
        return Err(format!(
            "{} columns cannot refer to {}; name as many on both sides",
            words.columns.len(),
            ref_columns.len()
        ));
    }
    Ok(ExpectedForeignKey {
        columns: words.columns.clone(),
        ref_database: ref_database.unwrap_or_else(|| database.to_owned()),
        ref_table,
        ref_columns,
        on_delete: words.on_delete.map(action),
        on_update: words.on_update.map(action),
    })
}

/// `TABLE(a, b)` or `DB.TABLE(a, b)`; backticks around names are taken off.
fn reference(text: &str) -> Option<(Option<String>, String, Vec<String>)> {
    let (table, columns) = text.trim().strip_suffix(')')?.split_once('(')?;
    let bare = |name: &str| {
        let name = name.trim();
        let name = name.strip_prefix('`').and_then(|n| n.strip_suffix('`')).unwrap_or(name);
        (!name.is_empty()).then(|| name.to_owned())
    };
    let (database, table) = match table.split_once('.') {
        Some((database, table)) => (Some(bare(database)?), bare(table)?),
        None => (None, bare(table)?),
    };
    let columns = columns.split(',').map(bare).collect::<Option<Vec<_>>>()?;
    Some((database, table, columns))
}

const fn action(words: Action) -> ReferentialAction {
    match words {
        Action::Restrict | Action::NoAction => ReferentialAction::Restrict,
        Action::Cascade => ReferentialAction::Cascade,
        Action::SetNull => ReferentialAction::SetNull,
        Action::SetDefault => ReferentialAction::SetDefault,
    }
}
