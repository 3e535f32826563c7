//! Names of the keys in a ConfigMap. Pure.

use std::collections::BTreeSet;

use crate::schema::Snapshot;
use crate::schema::canonical;

/// Longest key the API server takes.
const MAX_KEY: usize = 253;

/// Folded `db.table` texts that more than one object has.
pub(super) fn twins(snapshot: &Snapshot) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let names = snapshot.databases.iter().flat_map(|database| {
        let objects = database.tables.iter().map(|t| &t.name).chain(database.views.iter().map(|v| &v.name));
        objects.map(|object| format!("{}.{object}", database.name).to_lowercase())
    });
    names.filter(|name| !seen.insert(name.clone())).collect()
}

/// `db.table.json`, or `x-<hash16>.json` for a name that a key cannot hold or that another has but for case.
pub(super) fn key(database: &str, table: &str, twins: &BTreeSet<String>) -> String {
    let simple =
        |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    let plain = format!("{database}.{table}.json");
    let fits = plain.len() <= MAX_KEY && !twins.contains(&format!("{database}.{table}").to_lowercase());
    if simple(database) && simple(table) && fits {
        return plain;
    }
    let hash = canonical::sha256_hex(&[database.as_bytes(), b"\0", table.as_bytes()]);
    format!("x-{}.json", &hash[..16])
}
