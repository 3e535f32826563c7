//! `index.json`: what an application reads first. Its form is a published contract. Pure.
//! No server version stands here: a patch of the database must not roll every Deployment that mounts the schema.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::schema::MODEL_VERSION;

/// Version of `index.json` itself.
pub const FORMAT: u32 = 1;
/// Key of the index.
pub const INDEX_KEY: &str = "index.json";

/// The document.
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
    /// Default placement policy (TiDB).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub placement: String,
    /// Database hash.
    pub hash: String,
    /// Texts of the whole database, by format.
    #[serde(default, skip_serializing_if = "DatabaseKeys::is_empty")]
    pub keys: DatabaseKeys,
    /// Tables, views and sequences, sorted by name bytes.
    #[serde(default)]
    pub tables: Vec<IndexEntry>,
}

/// Keys of the texts of one database, each format's in the order they are read in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatabaseKeys {
    /// SQL that makes the database again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ddl: Vec<FileKey>,
    /// ER diagram.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mermaid: Vec<FileKey>,
}

impl DatabaseKeys {
    fn is_empty(&self) -> bool {
        self.ddl.is_empty() && self.mermaid.is_empty()
    }
}

/// Where one such text is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FileKey {
    /// The ConfigMap that holds it.
    pub config_map: String,
    /// Its key there.
    pub key: String,
    /// `sha256:…` of its bytes, the check of what the key holds.
    pub hash: String,
}

/// One table, view or sequence of the index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IndexEntry {
    /// Name as the server spells it.
    pub name: String,
    /// `table`, `view` or `sequence`.
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
    /// JSON Schema of the rows of a table. Its `$id` ends in the hash of the table it was made for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
}

/// The kinds of objects, and the letter of each in a database hash.
const KINDS: [(char, &str); 3] = [('t', "table"), ('v', "view"), ('s', "sequence")];

/// The kind behind the letter of a hash line.
pub(super) fn kind(letter: char) -> &'static str {
    KINDS.iter().find(|(l, _)| *l == letter).map_or("table", |(_, kind)| kind)
}

/// The letter of a kind in a hash line; `None` for a kind this operator does not know.
pub(super) fn letter(kind: &str) -> Option<char> {
    KINDS.iter().find(|(_, k)| *k == kind).map(|(letter, _)| *letter)
}

/// Where each table was: (database, table) to ConfigMap name.
pub type Placement = BTreeMap<(String, String), String>;

/// Where each table of an index is.
#[must_use]
pub fn placement(index: &IndexDocument) -> Placement {
    let entries =
        index.databases.iter().flat_map(|database| database.tables.iter().map(move |table| (database, table)));
    entries.map(|(d, t)| ((d.name.clone(), t.name.clone()), t.config_map.clone())).collect()
}

/// Where each text of a database of an index is: (database, key) to ConfigMap name.
#[must_use]
pub fn files(index: &IndexDocument) -> Placement {
    let files = |database: &IndexDatabase| {
        let keys = database.keys.ddl.iter().chain(&database.keys.mermaid);
        let place = |file: &FileKey| ((database.name.clone(), file.key.clone()), file.config_map.clone());
        keys.map(place).collect::<Vec<_>>()
    };
    index.databases.iter().flat_map(files).collect()
}

/// Number of shards a placement was made for; `None` when it does not tell. Only shards without any table, which the
/// operator never picks by itself, would be missing from the count.
#[must_use]
pub fn shards(placement: &Placement, name: &str) -> Option<u32> {
    let number = |config_map: &String| match config_map.strip_prefix(name)? {
        "" => Some(1),
        rest => rest.strip_prefix('-')?.parse().ok(),
    };
    placement.values().filter_map(number).max()
}

/// An `index.json` that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// A newer operator wrote it; it must not be written over.
    Newer {
        /// Its `format`.
        format: u64,
        /// Its `modelVersion`.
        model_version: u64,
    },
    /// It is no index at all.
    Damaged,
}

/// Reads an index. The two versions are looked at first, since a newer form may well not parse as this one.
///
/// # Errors
/// See [`Unreadable`].
pub fn parse(text: &str) -> Result<IndexDocument, Unreadable> {
    let value: Value = serde_json::from_str(text).map_err(|_| Unreadable::Damaged)?;
    let version = |field: &str| value.get(field).and_then(Value::as_u64).unwrap_or(0);
    let (format, model_version) = (version("format"), version("modelVersion"));
    if format > u64::from(FORMAT) || model_version > u64::from(MODEL_VERSION) {
        return Err(Unreadable::Newer { format, model_version });
    }
    serde_json::from_value(value).map_err(|_| Unreadable::Damaged)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_newer_index_is_told_from_a_damaged_one_even_when_it_does_not_parse() {
        let newer = |format, model_version| Err(Unreadable::Newer { format, model_version });
        for (text, want) in [
            (r#"{"format":2,"modelVersion":1}"#, newer(2, 1)),
            (r#"{"format":1,"modelVersion":2,"databases":{}}"#, newer(1, 2)),
            (r#"{"format":7}"#, newer(7, 0)),
            (r#"{"format":1,"modelVersion":1}"#, Err(Unreadable::Damaged)),
            ("{\"format\":1", Err(Unreadable::Damaged)),
            ("", Err(Unreadable::Damaged)),
            ("[]", Err(Unreadable::Damaged)),
        ] {
            assert_eq!(parse(text), want, "{text}");
        }
    }

    #[test]
    fn the_number_of_shards_is_read_from_a_placement() {
        let place = |names: &[&str]| -> Placement {
            names.iter().enumerate().map(|(n, name)| (("d".into(), n.to_string()), (*name).to_owned())).collect()
        };
        for (names, want) in [
            (vec![], None),
            (vec!["a-schema"], Some(1)),
            (vec!["a-schema-1", "a-schema-3"], Some(3)),
            (vec!["other", "a-schema-x"], None),
        ] {
            assert_eq!(shards(&place(&names), "a-schema"), want, "{names:?}");
        }
    }
}
