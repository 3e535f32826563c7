//! What the ConfigMaps hold, read back and checked against its own hashes. Pure: their data in, a schema out.
//! Nothing that fails a check is used; a damaged table is not a dropped one, so damage is reported, never left out.

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::api::core::v1::ConfigMap;
use kube::ResourceExt;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::index::{self, INDEX_KEY, IndexDatabase, IndexDocument, IndexEntry, Placement, Unreadable};
use crate::api::annotations;
use crate::schema::canonical::{self, ObjectHash};
use crate::schema::{Database, MODEL_VERSION, Sequence, ServerFacts, Snapshot, Table, View};

/// The `data` of one ConfigMap.
pub type Data = BTreeMap<String, String>;

/// What the index ConfigMap tells.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// Name of the ConfigMap.
    pub name: String,
    /// The index; `None` when it is damaged, and then nothing below can be relied on.
    pub index: Option<IndexDocument>,
    /// Database name to fingerprint; empty when the index is damaged or there are none.
    pub fingerprints: BTreeMap<String, String>,
    /// What the server said of itself.
    pub server: Option<ServerFacts>,
    /// Which account read it, as written down by the controller.
    pub account: Option<String>,
    /// The ConfigMap's own data, which with one shard is all there is.
    pub data: Data,
}

/// One thing that fails its check.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Damage {
    /// ConfigMap that should hold it.
    pub config_map: String,
    /// Key there.
    pub key: String,
    /// What is wrong.
    pub problem: &'static str,
}

/// A schema read back.
#[derive(Clone, Debug, PartialEq)]
pub struct Content {
    /// Everything that is whole.
    pub snapshot: Snapshot,
    /// Everything that is not; with any, `snapshot` must not be compared with another one.
    pub damaged: Vec<Damage>,
}

impl Stored {
    /// From the index ConfigMap.
    ///
    /// # Errors
    /// [`Unreadable::Newer`]; damage is no error but a `Stored` without index.
    pub(super) fn read(config_map: ConfigMap) -> Result<Self, Unreadable> {
        let name = config_map.name_any();
        let note = |key: &str| config_map.annotations().get(key);
        let fingerprints = note(annotations::FINGERPRINTS).and_then(|text| serde_json::from_str(text).ok());
        let server = note(annotations::SERVER).and_then(|text| serde_json::from_str(text).ok());
        let account = note(annotations::ACCOUNT).cloned();
        let data = config_map.data.unwrap_or_default();
        let index = match data.get(INDEX_KEY).map_or(Err(Unreadable::Damaged), |text| index::parse(text)) {
            Ok(index) => Some(index),
            Err(Unreadable::Damaged) => None,
            Err(newer) => return Err(newer),
        };
        let fingerprints = index.as_ref().and(fingerprints).unwrap_or_default();
        Ok(Self { name, index, fingerprints, server, account, data })
    }

    /// Where each table is.
    #[must_use]
    pub fn placement(&self) -> Placement {
        self.index.as_ref().map(index::placement).unwrap_or_default()
    }

    /// Where each text of a database is.
    #[must_use]
    pub fn files(&self) -> Placement {
        self.index.as_ref().map(index::files).unwrap_or_default()
    }

    /// Other ConfigMaps that hold tables.
    #[must_use]
    pub fn elsewhere(&self) -> BTreeSet<String> {
        self.placement().into_values().filter(|config_map| *config_map != self.name).collect()
    }

    /// The schema itself, from the other ConfigMaps' data by name.
    #[must_use]
    pub fn content(&self, shards: &BTreeMap<String, Data>) -> Content {
        let mut damaged = Vec::new();
        let mut databases = Vec::new();
        let whole_index = |problem| Damage { config_map: self.name.clone(), key: INDEX_KEY.to_owned(), problem };
        let Some(index) = &self.index else {
            damaged.push(whole_index("is not a readable index"));
            return Content { snapshot: snapshot(self.server.clone().unwrap_or_else(unknown), databases), damaged };
        };
        let find = |entry: &IndexEntry| {
            let data = if entry.config_map == self.name { Some(&self.data) } else { shards.get(&entry.config_map) };
            data.and_then(|data| data.get(&entry.keys.json)).map(String::as_str)
        };
        for database in &index.databases {
            databases.push(self::database(database, find, &mut damaged));
        }
        let server = facts(index, self.server.as_ref());
        if !adds_up(index, &server) {
            damaged.push(whole_index("has hashes that do not add up"));
        }
        Content { snapshot: snapshot(server, databases), damaged }
    }
}

const fn snapshot(server: ServerFacts, databases: Vec<Database>) -> Snapshot {
    Snapshot { model_version: MODEL_VERSION, server, databases }
}

/// The index decides what is hashed (engine and case rule); the annotation tells the rest.
fn facts(index: &IndexDocument, told: Option<&ServerFacts>) -> ServerFacts {
    let told = told.cloned().unwrap_or_else(unknown);
    let dialect = serde_json::from_value(Value::String(index.dialect.clone())).unwrap_or(told.dialect);
    ServerFacts { dialect, lower_case_table_names: index.lower_case_table_names, ..told }
}

fn unknown() -> ServerFacts {
    ServerFacts {
        dialect: crate::schema::Engine::Mysql,
        version: String::new(),
        lower_case_table_names: 0,
        sql_mode: Vec::new(),
        time_zone: String::new(),
        fk_checks: false,
    }
}

fn database<'a>(
    index: &IndexDatabase,
    find: impl Fn(&IndexEntry) -> Option<&'a str>,
    damaged: &mut Vec<Damage>,
) -> Database {
    let mut database = Database {
        name: index.name.clone(),
        charset: index.charset.clone(),
        collation: index.collation.clone(),
        placement: index.placement.clone(),
        ..Database::default()
    };
    for entry in &index.tables {
        let read = match (find(entry), entry.kind.as_str()) {
            (None, _) => Err("is not there"),
            (Some(text), "table") => {
                checked(text, entry, canonical::table_hash, |t: &Table| &t.name).map(|t| database.tables.push(t))
            }
            (Some(text), "view") => {
                checked(text, entry, canonical::view_hash, |v: &View| &v.name).map(|v| database.views.push(v))
            }
            (Some(text), "sequence") => checked(text, entry, canonical::sequence_hash, |s: &Sequence| &s.name)
                .map(|s| database.sequences.push(s)),
            (Some(_), _) => Err("is of a kind this operator does not know"),
        };
        if let Err(problem) = read {
            damaged.push(Damage { config_map: entry.config_map.clone(), key: entry.keys.json.clone(), problem });
        }
    }
    database
}

/// An object whose bytes are canonical and have the hash of the index.
fn checked<T: Serialize + DeserializeOwned>(
    text: &str,
    entry: &IndexEntry,
    hash: impl Fn(&T) -> Result<String, serde_json::Error>,
    name: impl Fn(&T) -> &String,
) -> Result<T, &'static str> {
    let object: T = serde_json::from_str(text).map_err(|_| "is not readable")?;
    let same_bytes = canonical::bytes(&object).is_ok_and(|bytes| bytes == text.as_bytes());
    let same_hash = hash(&object).is_ok_and(|hash| hash == entry.hash);
    if same_bytes && same_hash && *name(&object) == entry.name {
        Ok(object)
    } else {
        Err("is not what the index has the hash of")
    }
}

/// The hashes of databases and content follow from those of the objects.
fn adds_up(index: &IndexDocument, server: &ServerFacts) -> bool {
    // A kind we do not know was reported as damage already.
    let letter = |kind: &str| index::letter(kind).unwrap_or('t');
    let of = |database: &IndexDatabase| {
        let objects: Vec<ObjectHash> = database
            .tables
            .iter()
            .map(|entry| ObjectHash { letter: letter(&entry.kind), name: entry.name.clone(), hash: entry.hash.clone() })
            .collect();
        let empty = Database {
            name: database.name.clone(),
            charset: database.charset.clone(),
            collation: database.collation.clone(),
            placement: database.placement.clone(),
            ..Database::default()
        };
        (database.name.clone(), canonical::database_hash(&empty, &objects))
    };
    let hashes: Vec<(String, String)> = index.databases.iter().map(of).collect();
    let databases = hashes.iter().zip(&index.databases).all(|((_, hash), database)| *hash == database.hash);
    databases && canonical::content_hash(server, &hashes) == index.content_hash
}
