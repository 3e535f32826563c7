//! Tables, views and sequences as they are going to be stored: canonical text, hash and key of each, and the index over
//! them. Pure.

use std::collections::BTreeSet;

use super::files::{self, File};
use super::{LayoutError, Placement, keys};
use crate::api::snapshot::OutputFormat;
use crate::error::shorten;
use crate::output::json_schema;
use crate::schema::canonical::{self, ObjectHash};
use crate::schema::{Database, MODEL_VERSION, Snapshot};
use crate::store::index::{self, FORMAT, IndexDatabase, IndexDocument, IndexEntry, Keys};

/// Everything that is to be stored beside the index.
pub(super) struct Content {
    pub(super) objects: Vec<Object>,
    pub(super) files: Vec<File>,
}

/// A table, view or sequence.
pub(super) struct Object {
    database: String,
    name: String,
    kind: &'static str,
    hash: String,
    key: String,
    text: String,
    /// Key and text of its JSON Schema, which goes where the table goes.
    schema: Option<(String, String)>,
}

impl Object {
    fn bytes(&self) -> usize {
        self.text.len() + self.schema.as_ref().map_or(0, |(_, text)| text.len())
    }
}

impl Content {
    /// Bytes of each thing to be placed.
    pub(super) fn sizes(&self) -> Vec<usize> {
        let files = self.files.iter().map(|file| file.text.len());
        self.objects.iter().map(Object::bytes).chain(files).collect()
    }

    /// The ConfigMap each was in, from the tables' places and those of the files.
    pub(super) fn before<'a>(&self, [objects, files]: [&'a Placement; 2]) -> Vec<Option<&'a String>> {
        let of =
            |places: &'a Placement, database: &str, name: &str| places.get(&(database.to_owned(), name.to_owned()));
        let files = self.files.iter().map(|file| of(files, &file.database, &file.key));
        self.objects.iter().map(|object| of(objects, &object.database, &object.name)).chain(files).collect()
    }

    /// Key and text of everything, one list for each thing placed.
    pub(super) fn into_data(self) -> impl Iterator<Item = Vec<(String, String)>> {
        let files = self.files.into_iter().map(|file| vec![(file.key, file.text)]);
        let object = |object: Object| std::iter::once((object.key, object.text)).chain(object.schema).collect();
        self.objects.into_iter().map(object).chain(files)
    }
}

/// Every object in the order of the index (databases by name, then tables, views and sequences together by name), the
/// texts of whole databases, and the index without places.
pub(super) fn read(snapshot: &Snapshot, formats: &[OutputFormat]) -> Result<(Content, IndexDocument), LayoutError> {
    let (mut objects, mut databases, mut hashes) = (Vec::new(), Vec::new(), Vec::new());
    for database in &snapshot.databases {
        let own_hashes = canonical::object_hashes(database)?;
        let hash = canonical::database_hash(database, &own_hashes);
        hashes.push((database.name.clone(), hash.clone()));
        let mut own = objects_of(database, &own_hashes, formats.contains(&OutputFormat::JsonSchema))?;
        own.sort_by(|left, right| left.name.cmp(&right.name));
        databases.push((database, hash, own.len()));
        objects.extend(own);
    }
    let names: Vec<(&str, &str)> = objects.iter().map(|o| (o.database.as_str(), o.name.as_str())).collect();
    let stems = keys::stems(&names);
    for (object, stem) in objects.iter_mut().zip(&stems) {
        object.key = keys::json(stem);
        if let Some((key, _)) = &mut object.schema {
            *key = keys::schema(stem);
        }
    }
    let files = files::read(snapshot, formats);
    let mut entries = objects.iter().map(entry);
    let mut database = |(database, hash, length): (&Database, String, usize)| IndexDatabase {
        name: database.name.clone(),
        charset: database.charset.clone(),
        collation: database.collation.clone(),
        placement: database.placement.clone(),
        hash,
        keys: files::index(&files, &database.name),
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
    Ok((Content { objects, files }, index))
}

fn objects_of(database: &Database, hashes: &[ObjectHash], schemas: bool) -> Result<Vec<Object>, LayoutError> {
    let schema = |table| schemas.then(|| json_schema::bytes(&database.name, table)).transpose();
    let tables = database.tables.iter().map(|table| Ok((canonical::bytes(table)?, schema(table)?)));
    let views = database.views.iter().map(|view| Ok((canonical::bytes(view)?, None)));
    let sequences = database.sequences.iter().map(|sequence| Ok((canonical::bytes(sequence)?, None)));
    type Texts = Result<(Vec<u8>, Option<Vec<u8>>), serde_json::Error>;
    let object = |(hash, texts): (&ObjectHash, Texts)| {
        let (bytes, schema) = texts?;
        Ok(Object {
            database: database.name.clone(),
            name: hash.name.clone(),
            kind: index::kind(hash.letter),
            hash: hash.hash.clone(),
            key: String::new(),
            text: text(bytes),
            schema: schema.map(|schema| (String::new(), text(schema))),
        })
    };
    hashes.iter().zip(tables.chain(views).chain(sequences)).map(object).collect()
}

fn entry(object: &Object) -> IndexEntry {
    IndexEntry {
        name: object.name.clone(),
        kind: object.kind.to_owned(),
        hash: object.hash.clone(),
        config_map: String::new(),
        keys: Keys { json: object.key.clone(), schema: object.schema.as_ref().map(|(key, _)| key.clone()) },
    }
}

/// Canonical JSON is always UTF-8, so nothing is ever replaced here.
pub(super) fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// Content that no layout can hold.
pub(super) fn check(content: &Content, capacity: usize) -> Result<(), LayoutError> {
    let title = |text: &str| shorten(&text.escape_debug().to_string(), 160);
    let object_title = |object: &Object| title(&format!("{}.{}", object.database, object.name));
    if let Some(object) = content.objects.iter().find(|object| object.bytes() > capacity) {
        return Err(LayoutError::ObjectTooLarge { object: object_title(object), bytes: object.bytes() });
    }
    if let Some(file) = content.files.iter().find(|file| file.text.len() > capacity) {
        return Err(LayoutError::ObjectTooLarge { object: title(&file.key), bytes: file.text.len() });
    }
    let mut seen = BTreeSet::new();
    match content.objects.iter().find(|object| !seen.insert((&object.database, &object.name))) {
        Some(twice) => Err(LayoutError::Duplicate { object: object_title(twice) }),
        None => Ok(()),
    }
}
