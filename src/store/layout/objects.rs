//! Tables, views and sequences as they are going to be stored: canonical text, hash and key of each, and the index over them. Pure.

use std::collections::BTreeSet;

use super::{LayoutError, keys};
use crate::error::shorten;
use crate::schema::canonical::{self, ObjectHash};
use crate::schema::{Database, MODEL_VERSION, Snapshot};
use crate::store::index::{self, FORMAT, IndexDatabase, IndexDocument, IndexEntry, Keys};

/// A table, view or sequence.
pub(super) struct Object {
    pub(super) database: String,
    pub(super) name: String,
    pub(super) kind: &'static str,
    pub(super) hash: String,
    pub(super) key: String,
    pub(super) text: String,
}

/// Every object in the order of the index (databases by name, then tables, views and sequences together by name), and the index
/// without places.
pub(super) fn read(snapshot: &Snapshot) -> Result<(Vec<Object>, IndexDocument), LayoutError> {
    let (mut objects, mut databases, mut hashes) = (Vec::new(), Vec::new(), Vec::new());
    for database in &snapshot.databases {
        let own_hashes = canonical::object_hashes(database)?;
        let hash = canonical::database_hash(database, &own_hashes);
        hashes.push((database.name.clone(), hash.clone()));
        let mut own = objects_of(database, &own_hashes)?;
        own.sort_by(|left, right| left.name.cmp(&right.name));
        databases.push((database, hash, own.len()));
        objects.extend(own);
    }
    let names: Vec<(&str, &str)> = objects.iter().map(|o| (o.database.as_str(), o.name.as_str())).collect();
    let stems = keys::stems(&names);
    for (object, stem) in objects.iter_mut().zip(&stems) {
        object.key = keys::json(stem);
    }
    let mut entries = objects.iter().map(entry);
    let mut database = |(database, hash, length): (&Database, String, usize)| IndexDatabase {
        name: database.name.clone(),
        charset: database.charset.clone(),
        collation: database.collation.clone(),
        placement: database.placement.clone(),
        hash,
        tables: entries.by_ref().take(length).collect(),
    };
    let index = IndexDocument {
        format: FORMAT,
        model_version: MODEL_VERSION,
        dialect: snapshot.server.dialect.as_str().to_owned(),
        lower_case_table_names: snapshot.server.lower_case_table_names,
        content_hash: canonical::content_hash(&snapshot.server, &hashes),
        databases: databases.into_iter().map(&mut database).collect(),
    };
    Ok((objects, index))
}

fn objects_of(database: &Database, hashes: &[ObjectHash]) -> Result<Vec<Object>, LayoutError> {
    let tables = database.tables.iter().map(canonical::bytes);
    let views = database.views.iter().map(canonical::bytes);
    let texts = tables.chain(views).chain(database.sequences.iter().map(canonical::bytes));
    let object = |(hash, bytes): (&ObjectHash, Result<Vec<u8>, serde_json::Error>)| {
        Ok(Object {
            database: database.name.clone(),
            name: hash.name.clone(),
            kind: index::kind(hash.letter),
            hash: hash.hash.clone(),
            key: String::new(),
            text: text(bytes?),
        })
    };
    hashes.iter().zip(texts).map(object).collect()
}

fn entry(object: &Object) -> IndexEntry {
    IndexEntry {
        name: object.name.clone(),
        kind: object.kind.to_owned(),
        hash: object.hash.clone(),
        config_map: String::new(),
        keys: Keys { json: object.key.clone() },
    }
}

/// Canonical JSON is always UTF-8, so nothing is ever replaced here.
pub(super) fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// Objects that no layout can hold.
pub(super) fn check(objects: &[Object], capacity: usize) -> Result<(), LayoutError> {
    let title =
        |object: &Object| shorten(&format!("{}.{}", object.database, object.name).escape_debug().to_string(), 160);
    if let Some(object) = objects.iter().find(|object| object.text.len() > capacity) {
        return Err(LayoutError::ObjectTooLarge { object: title(object), bytes: object.text.len() });
    }
    let mut seen = BTreeSet::new();
    match objects.iter().find(|object| !seen.insert((&object.database, &object.name))) {
        Some(twice) => Err(LayoutError::Duplicate { object: title(twice) }),
        None => Ok(()),
    }
}
