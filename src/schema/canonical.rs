//! Canonical bytes and hashes of the model: the same schema gives the same bytes, always and everywhere.
//! Pure. The hash lines are the published contract of `index.json`; changing one means a new model version.

mod contract;

pub use contract::contract_hash;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{Database, Sequence, ServerFacts, Table, View};

/// A hash as published: `sha256:` and 64 lower-case hex digits.
#[must_use]
pub fn sha256(parts: &[&[u8]]) -> String {
    format!("sha256:{}", sha256_hex(parts))
}

/// 64 lower-case hex digits of the SHA-256 over the parts, one after the other.
#[must_use]
pub fn sha256_hex(parts: &[&[u8]]) -> String {
    use std::fmt::Write as _;
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().iter().fold(String::with_capacity(64), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

/// Canonical JSON of any model value: keys sorted, no insignificant whitespace, RFC 8785 escapes.
///
/// # Errors
/// Only when the value cannot be JSON at all (a map with keys that are not strings); model values always can.
pub fn bytes<T: Serialize>(value: &T) -> Result<Vec<u8>, serde_json::Error> {
    let mut out = Vec::with_capacity(1024);
    write(&serde_json::to_value(value)?, &mut out)?;
    Ok(out)
}

// `serde_json::Map` keeps insertion order when any crate of the build asks for it, so the keys are sorted here.
fn write(value: &Value, out: &mut Vec<u8>) -> Result<(), serde_json::Error> {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_unstable_by_key(|(key, _)| key.as_str());
            out.push(b'{');
            for (at, (key, value)) in entries.into_iter().enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                serde_json::to_writer(&mut *out, key)?;
                out.push(b':');
                write(value, out)?;
            }
            out.push(b'}');
        }
        Value::Array(items) => {
            out.push(b'[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                write(item, out)?;
            }
            out.push(b']');
        }
        scalar => serde_json::to_writer(&mut *out, scalar)?,
    }
    Ok(())
}

/// Hash of one table.
///
/// # Errors
/// As [`bytes`].
pub fn table_hash(table: &Table) -> Result<String, serde_json::Error> {
    Ok(sha256(&[b"schema/v1/table\n", &bytes(table)?]))
}

/// Hash of one view.
///
/// # Errors
/// As [`bytes`].
pub fn view_hash(view: &View) -> Result<String, serde_json::Error> {
    Ok(sha256(&[b"schema/v1/view\n", &bytes(view)?]))
}

/// Hash of one sequence.
///
/// # Errors
/// As [`bytes`].
pub fn sequence_hash(sequence: &Sequence) -> Result<String, serde_json::Error> {
    Ok(sha256(&[b"schema/v1/sequence\n", &bytes(sequence)?]))
}

/// One line of a database hash: the letter of the kind (`t`, `v` or `s`), the name and the object's hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectHash {
    /// `t` table, `v` view, `s` sequence.
    pub letter: char,
    /// The object's name.
    pub name: String,
    /// `sha256:…` of the object.
    pub hash: String,
}

/// Hashes of all objects of a database: tables, views, then sequences, each in model order.
///
/// # Errors
/// As [`bytes`].
pub fn object_hashes(database: &Database) -> Result<Vec<ObjectHash>, serde_json::Error> {
    let tables =
        database.tables.iter().map(|t| Ok(ObjectHash { letter: 't', name: t.name.clone(), hash: table_hash(t)? }));
    let views =
        database.views.iter().map(|v| Ok(ObjectHash { letter: 'v', name: v.name.clone(), hash: view_hash(v)? }));
    let sequences = database
        .sequences
        .iter()
        .map(|s| Ok(ObjectHash { letter: 's', name: s.name.clone(), hash: sequence_hash(s)? }));
    tables.chain(views).chain(sequences).collect()
}

/// Hash of a database, from its attributes and the hashes of its objects.
#[must_use]
pub fn database_hash(database: &Database, objects: &[ObjectHash]) -> String {
    let mut lines: Vec<String> = objects.iter().map(|o| format!("{}\0{}\0{}\n", o.letter, o.name, o.hash)).collect();
    lines.sort_unstable();
    let Database { name, charset, collation, placement, .. } = database;
    // A line of its own, so that a database without one keeps its hash.
    let placement = if placement.is_empty() { String::new() } else { format!("placement\0{placement}\n") };
    let attributes = format!("{name}\0{charset}\0{collation}\n{placement}");
    sha256(&[b"schema/v1/db\n", attributes.as_bytes(), lines.concat().as_bytes()])
}

/// `contentHash`: what a snapshot of these (filtered) databases is, whatever its output formats.
/// `databases` are pairs of name and [`database_hash`].
#[must_use]
pub fn content_hash(server: &ServerFacts, databases: &[(String, String)]) -> String {
    let mut lines: Vec<String> = databases.iter().map(|(name, hash)| format!("{name}\0{hash}\n")).collect();
    lines.sort_unstable();
    let facts = format!("{}\n{}\n", server.dialect.as_str(), server.lower_case_table_names);
    sha256(&[b"schema/v1/snapshot\n", facts.as_bytes(), lines.concat().as_bytes()])
}

/// [`content_hash`] of the databases themselves.
///
/// # Errors
/// As [`bytes`].
pub fn hash_of(server: &ServerFacts, databases: &[Database]) -> Result<String, serde_json::Error> {
    let one = |d: &Database| Ok((d.name.clone(), database_hash(d, &object_hashes(d)?)));
    Ok(content_hash(server, &databases.iter().map(one).collect::<Result<Vec<_>, serde_json::Error>>()?))
}

/// The revision a person reads: the first 12 hex digits of a content hash.
#[must_use]
pub fn revision(content_hash: &str) -> String {
    content_hash.trim_start_matches("sha256:").chars().take(12).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn bytes_are_sorted_and_tight() {
        let value = json!({"b": [1, {"z": "\u{1}\"\\\n", "a": true}], "a": "é😀/"});
        assert_eq!(
            String::from_utf8(bytes(&value).unwrap()).unwrap(),
            "{\"a\":\"é😀/\",\"b\":[1,{\"a\":true,\"z\":\"\\u0001\\\"\\\\\\n\"}]}"
        );
    }

    #[test]
    fn sequences_and_placement_have_hashes_of_their_own_and_change_no_other() {
        let database = |json: serde_json::Value| -> Database { serde_json::from_value(json).unwrap() };
        let plain = database(json!({"name": "d", "charset": "utf8mb4", "collation": "utf8mb4_bin"}));
        let hash = |database: &Database| database_hash(database, &object_hashes(database).unwrap());
        // printf 'schema/v1/db\nd\0utf8mb4\0utf8mb4_bin\n' | sha256sum
        assert_eq!(hash(&plain), "sha256:1d4a827d27de48d26a68e480e81ff5b75483833172dffc4b2b7e41520cb62536");
        let placed = Database { placement: "p".into(), ..plain.clone() };
        let sequence = database(json!({"name": "d", "charset": "utf8mb4", "collation": "utf8mb4_bin",
            "sequences": [{"name": "s", "start": "1"}]}));
        assert!(hash(&placed) != hash(&plain) && hash(&sequence) != hash(&plain));
        let objects = object_hashes(&sequence).unwrap();
        assert_eq!((objects[0].letter, objects[0].name.as_str()), ('s', "s"));
        // printf 'schema/v1/sequence\n{"name":"s","start":"1"}' | sha256sum
        assert_eq!(objects[0].hash, "sha256:85ec0a92fffcb78207014b312b322b96a6a0afd53f0fc975f3bc985ed01aa5eb");
    }

    #[test]
    fn content_hash_ignores_the_order_given() {
        let facts = ServerFacts {
            dialect: crate::schema::Engine::Tidb,
            version: "x".into(),
            lower_case_table_names: 2,
            sql_mode: vec![],
            time_zone: "UTC".into(),
            fk_checks: true,
        };
        let pair = |n: &str| (n.to_owned(), format!("sha256:{n}"));
        let hash = content_hash(&facts, &[pair("a"), pair("b")]);
        assert_eq!(hash, content_hash(&facts, &[pair("b"), pair("a")]));
        assert_eq!(revision(&hash).len(), 12);
        let patched = ServerFacts { version: "y".into(), ..facts };
        assert_eq!(hash, content_hash(&patched, &[pair("a"), pair("b")]), "a patch release rolls nobody");
    }
}
