//! Which bytes go into which ConfigMap. Pure: the same schema, settings and earlier placement give the same bytes.

mod keys;
mod pack;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use self::keys::{key, twins};
use self::pack::{first_choice, place};
use crate::schema::canonical::{self, ObjectHash};
use crate::schema::{Database, MODEL_VERSION, Snapshot};

/// Version of `index.json` itself.
pub const FORMAT: u32 = 1;
/// Most bytes of values in one ConfigMap of ours; the API server takes 1 MiB, the rest is room for metadata.
pub const MAX_BYTES: usize = 800 * 1024;
/// Most ConfigMaps the tables may be spread over.
pub const MAX_SHARDS: u32 = 16;
/// Key of the index.
pub const INDEX_KEY: &str = "index.json";

/// `index.json`: what an application reads first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IndexDocument {
    /// [`FORMAT`].
    pub format: u32,
    /// [`MODEL_VERSION`] of the tables.
    pub model_version: u32,
    /// Engine: tidb, mariadb or mysql.
    pub dialect: String,
    /// `lower_case_table_names` of the server.
    pub lower_case_table_names: u8,
    /// Hash over everything published.
    pub content_hash: String,
    /// Databases, sorted by name bytes.
    pub databases: Vec<IndexDatabase>,
}

/// One database of the index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IndexDatabase {
    /// Name as the server spells it.
    pub name: String,
    /// Default character set.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub charset: String,
    /// Default collation.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub collation: String,
    /// Database hash.
    pub hash: String,
    /// Tables and views, sorted by name bytes.
    #[serde(default)]
    pub tables: Vec<IndexEntry>,
}

/// One table or view of the index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IndexEntry {
    /// Name as the server spells it.
    pub name: String,
    /// `table` or `view`.
    pub kind: String,
    /// Hash of the object, which is also the check of the key's bytes.
    pub hash: String,
    /// The ConfigMap that holds it.
    pub config_map: String,
    /// Its keys there, by format.
    pub keys: Keys,
}

/// Keys of one object by format.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keys {
    /// Canonical JSON.
    pub json: String,
}

/// Where each table was: (database, table) to ConfigMap name.
pub type Placement = BTreeMap<(String, String), String>;

/// What a layout is made from.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// Name of the index ConfigMap.
    pub name: &'a str,
    /// The filtered schema.
    pub snapshot: &'a Snapshot,
    /// `spec.output.shards`.
    pub asked: Option<u32>,
    /// `status.shards`.
    pub kept: Option<u32>,
    /// Where each table was at the last publication.
    pub previous: &'a Placement,
}

/// One ConfigMap's content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// It holds `index.json`.
    pub index: bool,
    /// Its `data`.
    pub data: BTreeMap<String, String>,
    /// Hash over `data`.
    pub hash: String,
    /// Bytes of values.
    pub bytes: usize,
}

/// The whole set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// The index document, as written.
    pub index: IndexDocument,
    /// Number of ConfigMaps that hold tables.
    pub shards: u32,
    /// Shards first, the index last: the order they are written in.
    pub parts: Vec<Part>,
}

/// No layout is possible.
#[derive(Debug, thiserror::Error)]
pub enum LayoutError {
    /// The content needs more ConfigMaps than allowed.
    #[error("the schema needs {needs} shards: set output.shards: {needs}, or narrow tables.include")]
    TooLarge {
        /// Number that would do.
        needs: u32,
    },
    /// Not even [`MAX_SHARDS`] would do, or one object or the index alone is too large for a ConfigMap.
    #[error(
        "{what} is larger than ConfigMaps can hold: narrow databases.include or tables.include, or split the snapshot"
    )]
    Hopeless {
        /// What is too large.
        what: String,
    },
    /// A model value that cannot be JSON; a bug.
    #[error("the schema could not be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

struct Item {
    database: String,
    name: String,
    kind: &'static str,
    hash: String,
    key: String,
    text: String,
}

/// Lays the schema out.
///
/// # Errors
/// See [`LayoutError`]; the old set then stays as it is.
pub fn layout(input: &Input<'_>) -> Result<Layout, LayoutError> {
    let (items, mut index) = items(input.snapshot)?;
    if let Some(item) = items.iter().find(|item| item.text.len() > MAX_BYTES) {
        return Err(LayoutError::Hopeless { what: format!("table {}.{}", item.database, item.name) });
    }
    let chosen = input.asked.or(input.kept);
    let shards = match chosen {
        Some(number) => number.clamp(1, MAX_SHARDS),
        None => first_choice(input.name, &items, &mut index)?,
    };
    if let Some(parts) = place(input, &items, &mut index, shards)? {
        return Ok(Layout { index, shards, parts });
    }
    // Room in pieces too small for one table counts as room: everything may move within the ConfigMaps there are.
    let fresh = Input { previous: &Placement::new(), ..*input };
    for needs in shards..=MAX_SHARDS {
        match place(&fresh, &items, &mut index, needs)? {
            Some(parts) if needs == shards || chosen.is_none() => return Ok(Layout { index, shards: needs, parts }),
            Some(_) => return Err(LayoutError::TooLarge { needs }),
            None => {}
        }
    }
    Err(LayoutError::Hopeless { what: format!("the schema ({} tables and views)", items.len()) })
}

fn assign(index: &mut IndexDocument, items: &[Item], chosen: &[String]) {
    let entries = index.databases.iter_mut().flat_map(|database| database.tables.iter_mut());
    // `items` and the entries of the index are in the same order: databases by name, then their objects by name.
    for ((entry, item), name) in entries.zip(items).zip(chosen) {
        debug_assert_eq!(entry.name, item.name);
        entry.config_map.clone_from(name);
    }
}

fn part(name: &str, index: bool, data: BTreeMap<String, String>) -> Part {
    let bytes = data.values().map(String::len).sum();
    let hash = data_hash(&data);
    Part { name: name.to_owned(), index, data, hash, bytes }
}

/// Hash over a ConfigMap's `data`, keys included.
#[must_use]
pub fn data_hash(data: &BTreeMap<String, String>) -> String {
    let lengths: Vec<String> = data.iter().map(|(key, value)| format!("{key}\0{}\0", value.len())).collect();
    let pieces: Vec<&[u8]> =
        lengths.iter().zip(data.values()).flat_map(|(head, value)| [head.as_bytes(), value.as_bytes()]).collect();
    canonical::sha256(&pieces)
}

fn items(snapshot: &Snapshot) -> Result<(Vec<Item>, IndexDocument), LayoutError> {
    let mut items = Vec::new();
    let mut databases = Vec::new();
    let mut hashes = Vec::new();
    let twins = twins(snapshot);
    for database in &snapshot.databases {
        let objects = canonical::object_hashes(database)?;
        let hash = canonical::database_hash(database, &objects);
        hashes.push((database.name.clone(), hash.clone()));
        let mut own = objects_of(database, &objects, &twins)?;
        own.sort_by(|left, right| left.name.as_bytes().cmp(right.name.as_bytes()));
        databases.push(IndexDatabase {
            name: database.name.clone(),
            charset: database.charset.clone(),
            collation: database.collation.clone(),
            hash,
            tables: own.iter().map(entry).collect(),
        });
        items.extend(own);
    }
    let index = IndexDocument {
        format: FORMAT,
        model_version: MODEL_VERSION,
        dialect: snapshot.server.dialect.as_str().to_owned(),
        lower_case_table_names: snapshot.server.lower_case_table_names,
        content_hash: canonical::content_hash(&snapshot.server, &hashes),
        databases,
    };
    Ok((items, index))
}

fn objects_of(database: &Database, hashes: &[ObjectHash], twins: &BTreeSet<String>) -> Result<Vec<Item>, LayoutError> {
    let texts = database.tables.iter().map(canonical::bytes).chain(database.views.iter().map(canonical::bytes));
    let item = |(hash, text): (&ObjectHash, Result<Vec<u8>, serde_json::Error>)| {
        Ok(Item {
            database: database.name.clone(),
            name: hash.name.clone(),
            kind: if hash.letter == 'v' { "view" } else { "table" },
            hash: hash.hash.clone(),
            key: key(&database.name, &hash.name, twins),
            text: String::from_utf8_lossy(&text?).into_owned(),
        })
    };
    hashes.iter().zip(texts).map(item).collect()
}

fn entry(item: &Item) -> IndexEntry {
    IndexEntry {
        name: item.name.clone(),
        kind: item.kind.to_owned(),
        hash: item.hash.clone(),
        config_map: String::new(),
        keys: Keys { json: item.key.clone() },
    }
}

/// Where each table of an index is.
#[must_use]
pub fn placement(index: &IndexDocument) -> Placement {
    let entries =
        index.databases.iter().flat_map(|database| database.tables.iter().map(move |table| (database, table)));
    entries.map(|(d, t)| ((d.name.clone(), t.name.clone()), t.config_map.clone())).collect()
}

#[cfg(test)]
mod tests;
