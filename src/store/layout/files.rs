//! Texts of whole databases as they are going to be stored: DDL and diagrams, each in one part or several. Pure.

use super::keys;
use crate::api::snapshot::OutputFormat;
use crate::output::{ddl, mermaid};
use crate::schema::Snapshot;
use crate::schema::canonical::sha256;
use crate::store::index::{DatabaseKeys, FileKey, IndexDocument};

/// One part of a text.
pub(super) struct File {
    pub(super) database: String,
    pub(super) format: OutputFormat,
    pub(super) key: String,
    pub(super) text: String,
}

/// The texts asked for, in the order of the index: by database, DDL before diagrams, parts in order.
pub(super) fn read(snapshot: &Snapshot, formats: &[OutputFormat]) -> Vec<File> {
    let names: Vec<&str> = snapshot.databases.iter().map(|database| database.name.as_str()).collect();
    let mut files = Vec::new();
    for (database, stem) in snapshot.databases.iter().zip(keys::database_stems(&names)) {
        let mut add = |format, stem: &str, ending, texts: Vec<String>| {
            let keys = keys::parts(stem, ending, texts.len());
            let file = |(key, text)| File { database: database.name.clone(), format, key, text };
            files.extend(keys.into_iter().zip(texts).map(file));
        };
        if formats.contains(&OutputFormat::Ddl) {
            add(OutputFormat::Ddl, &format!("{stem}.ddl"), "sql", ddl::texts(&snapshot.server, database));
        }
        if formats.contains(&OutputFormat::Mermaid) {
            add(OutputFormat::Mermaid, &stem, "mmd", mermaid::texts(database));
        }
    }
    files
}

/// What the index says of the texts of one database, without places.
pub(super) fn index(files: &[File], database: &str) -> DatabaseKeys {
    let of = |format| {
        let own = files.iter().filter(move |file| file.database == database && file.format == format);
        own.map(|file| FileKey {
            config_map: String::new(),
            key: file.key.clone(),
            hash: sha256(&[file.text.as_bytes()]),
        })
        .collect()
    };
    DatabaseKeys { ddl: of(OutputFormat::Ddl), mermaid: of(OutputFormat::Mermaid) }
}

/// The entries of the texts in an index, in the order [`read`] gives them.
pub(super) fn entries(index: &mut IndexDocument) -> impl Iterator<Item = &mut FileKey> {
    index.databases.iter_mut().flat_map(|database| database.keys.ddl.iter_mut().chain(&mut database.keys.mermaid))
}
