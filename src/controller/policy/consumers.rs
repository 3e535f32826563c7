//! Whose contract a change breaks. Pure.

use crate::schema::Snapshot;
use crate::schema::changes::Change;
use crate::schema::verdict::Verdict;
use crate::validation::contract::{self, Contract};

/// Consumers named beside one change; a table that more than these rely on needs no longer list.
pub const MOST: usize = 16;

/// Something a contract asks for, which was there and no longer is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Who relies on it: the contract's name, and its owner.
    pub consumer: String,
    /// Its database.
    pub database: String,
    /// Its table.
    pub table: String,
    /// Its column; empty for the table, and for its keys.
    pub column: String,
}

/// What the new content takes away from contracts that the old one gave.
#[must_use]
pub fn broken<'c>(contracts: impl Iterator<Item = &'c Contract>, old: &Snapshot, new: &Snapshot) -> Vec<Broken> {
    let mut all = Vec::new();
    for contract in contracts {
        let before = missing(contract, old);
        all.extend(missing(contract, new).into_iter().filter(|one| !before.contains(one)));
    }
    all
}

fn missing(contract: &Contract, snapshot: &Snapshot) -> Vec<Broken> {
    let owner = if contract.owner.is_empty() { String::new() } else { format!(" ({})", contract.owner) };
    let consumer = format!("{}{owner}", contract.name);
    let broken = |table: &str, column: &str| Broken {
        consumer: consumer.clone(),
        database: contract.database.clone(),
        table: table.to_owned(),
        column: column.to_owned(),
    };
    let named = |name: &String| {
        let (table, column) = name.split_once('.').unwrap_or((name, ""));
        broken(table, column)
    };
    let found = contract::compare(contract, snapshot);
    let names = found.missing_tables.iter().chain(&found.missing_columns).chain(&found.extra_required_columns);
    let names = names.chain(&found.forbidden_present).map(named);
    let types = found.type_mismatches.iter().map(|m| broken(&m.table, &m.column));
    let keys = found.constraint_differences.iter().map(|d| broken(&d.table, ""));
    names.chain(types).chain(keys).collect()
}

/// The consumers a change breaks, sorted: those whose column it is, and, where their table or one of its keys is what
/// they lost, every change of that table that may break somebody.
#[must_use]
pub fn of(change: &Change, broken: &[Broken]) -> Vec<String> {
    let before = change.rename_of.as_ref().map(|rename| rename.object.to_lowercase());
    let names: Vec<String> = [Some(change.object().to_lowercase()), before].into_iter().flatten().collect();
    let harmless = change.readers == Verdict::Ok && change.writers == Verdict::Ok;
    let lies_in =
        |inner: &str, outer: &str| inner == outer || inner.strip_prefix(outer).is_some_and(|r| r.starts_with('.'));
    let concerns = |one: &&Broken| {
        let table = format!("{}.{}", one.database, one.table).to_lowercase();
        if one.column.is_empty() {
            return !harmless && names.iter().any(|name| lies_in(name, &table) || lies_in(&table, name));
        }
        let column = format!("{table}.{}", one.column.to_lowercase());
        names.iter().any(|name| lies_in(&column, name))
    };
    let mut consumers: Vec<String> = broken.iter().filter(concerns).map(|one| one.consumer.clone()).collect();
    consumers.sort();
    consumers.dedup();
    consumers.truncate(MOST);
    consumers
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::schema::changes::{Side, diff};

    fn schema(tables: serde_json::Value) -> Snapshot {
        serde_json::from_value(json!({"modelVersion": 1,
            "server": {"dialect": "mariadb", "version": "10.11", "lowerCaseTableNames": 0},
            "databases": [{"name": "shop", "tables": tables}]}))
        .unwrap()
    }

    fn table(name: &str, columns: &[&str], key: &[&str]) -> serde_json::Value {
        let columns: Vec<_> = (1..)
            .zip(columns)
            .map(|(at, name)| json!({"name": name, "ordinal": at, "type": {"base": "int"}, "nullable": false}))
            .collect();
        let key: Vec<_> = key.iter().map(|name| json!({"column": name})).collect();
        json!({"name": name, "kind": "base", "columns": columns,
            "primaryKey": if key.is_empty() { json!(null) } else { json!({"columns": key}) }})
    }

    fn contract(owner: &str, words: serde_json::Value) -> Contract {
        let mut all = json!({"name": "billing", "owner": owner, "database": "shop", "role": "Reader"});
        all["tables"] = words;
        contract::read(&serde_json::from_value(all).unwrap(), "spec.contracts[0]").unwrap()
    }

    #[test]
    fn a_change_names_those_whose_contract_it_breaks() {
        let old = schema(json!([table("orders", &["id", "total", "note"], &[]), table("bills", &["id"], &[])]));
        let asks = |columns: &[&str]| {
            let columns: Vec<_> = columns.iter().map(|name| json!({"name": name, "type": "int"})).collect();
            json!([{"name": "orders", "columns": columns}])
        };
        for (new, asked, owner, want) in [
            (
                json!([table("orders", &["id", "note"], &[]), table("bills", &["id"], &[])]),
                asks(&["total"]),
                "team-a",
                vec![("shop.orders.total", vec!["billing (team-a)"])],
            ),
            (
                json!([table("orders", &["id", "note"], &[]), table("bills", &["id"], &[])]),
                asks(&["id"]),
                "",
                vec![("shop.orders.total", vec![])],
            ),
            (json!([table("bills", &["id"], &[])]), asks(&["id"]), "", vec![("shop.orders", vec!["billing"])]),
            // What was not there before is nobody's change.
            (
                json!([table("orders", &["id", "note"], &[]), table("bills", &["id"], &[])]),
                asks(&["gone"]),
                "",
                vec![("shop.orders.total", vec![])],
            ),
        ] {
            let new = schema(new);
            let contract = contract(owner, asked);
            let broken = broken(std::iter::once(&contract), &old, &new);
            let found = diff(&Side::from(&old), &Side::from(&new), &[]);
            let told: Vec<_> = found.items.iter().map(|change| (change.object(), of(change, &broken))).collect();
            let want: Vec<_> = want
                .into_iter()
                .map(|(object, names)| (object.to_owned(), names.into_iter().map(str::to_owned).collect::<Vec<_>>()))
                .collect();
            assert_eq!(told, want);
        }
    }
}
