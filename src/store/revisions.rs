//! Revisions: every content that was published, or waits to be, as immutable ConfigMaps of their own. Pure: bytes in and
//! out, and which of them are no longer needed. The same content gives the same bytes, always.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read as _, Write as _};

use flate2::{Compression, GzBuilder, read::MultiGzDecoder};
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::ConfigMap;
use k8s_openapi::jiff::Timestamp;
use kube::{Resource, ResourceExt};

use super::plan::{Leftover, Owned};
use crate::api::{SchemaSnapshot, annotations, labels};
use crate::schema::canonical::{self, revision};
use crate::schema::{MODEL_VERSION, Snapshot};

/// Key of a piece.
pub const KEY: &str = "snapshot.json.gz";
/// Most bytes of one piece.
const PIECE: usize = 900 * 1024;
/// Most pieces of one revision.
const MAX_PIECES: usize = 64;
/// Most bytes of a revision when it is unpacked.
const MAX_UNPACKED: u64 = 512 << 20;

/// Why a revision cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RevisionError {
    /// A piece is missing or is no gzip.
    #[error("a piece of it is missing or damaged")]
    Damaged,
    /// It is not the content its hash names.
    #[error("its content is not what its hash names")]
    OtherContent,
    /// A newer operator wrote it.
    #[error("it was written by a newer version")]
    Newer,
    /// It is larger than any schema may be.
    #[error("it is larger than a schema may be")]
    TooLarge,
}

/// Name of a revision's first ConfigMap.
#[must_use]
pub fn name(config_map: &str, content_hash: &str) -> String {
    format!("{config_map}-{}", revision(content_hash))
}

/// The ConfigMaps of a revision; `marks` are annotations of the first one.
///
/// # Errors
/// `TooLarge`.
pub fn encode(
    snapshot: &SchemaSnapshot,
    content: &Snapshot,
    content_hash: &str,
    marks: &BTreeMap<String, String>,
) -> Result<Vec<ConfigMap>, RevisionError> {
    let text = canonical::bytes(content).map_err(|_| RevisionError::Damaged)?;
    let mut packed = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
    packed.write_all(&text).map_err(|_| RevisionError::Damaged)?;
    let packed = packed.finish().map_err(|_| RevisionError::Damaged)?;
    let pieces: Vec<&[u8]> = packed.chunks(PIECE).collect();
    if pieces.len() > MAX_PIECES {
        return Err(RevisionError::TooLarge);
    }
    let first = name(&snapshot.config_map_name(), content_hash);
    let piece = |(at, bytes): (usize, &&[u8])| {
        let name = if at == 0 { first.clone() } else { format!("{first}-{}", at + 1) };
        object(snapshot, name, bytes, content_hash, pieces.len())
    };
    let mut maps: Vec<ConfigMap> = pieces.iter().enumerate().map(piece).collect();
    if let Some(first) = maps.first_mut() {
        first.annotations_mut().extend(marks.clone());
    }
    Ok(maps)
}

fn object(snapshot: &SchemaSnapshot, name: String, bytes: &[u8], content_hash: &str, pieces: usize) -> ConfigMap {
    let data = BTreeMap::from([(KEY.to_owned(), ByteString(bytes.to_vec()))]);
    let mut config_map = ConfigMap { binary_data: Some(data), immutable: Some(true), ..ConfigMap::default() };
    let meta = config_map.meta_mut();
    (meta.name, meta.namespace) = (Some(name), snapshot.namespace());
    let mut marks = BTreeMap::from([
        (labels::SNAPSHOT.to_owned(), snapshot.name_any()),
        (labels::ROLE.to_owned(), labels::ROLE_REVISION.to_owned()),
        (labels::MANAGED_BY.to_owned(), labels::MANAGED_BY_US.to_owned()),
    ]);
    if let Some(class) = snapshot.labels().get(labels::INSTANCE) {
        marks.insert(labels::INSTANCE.to_owned(), class.clone());
    }
    meta.labels = Some(marks);
    meta.annotations = Some(BTreeMap::from([
        (annotations::CONTENT_HASH.to_owned(), content_hash.to_owned()),
        (annotations::REVISION.to_owned(), revision(content_hash)),
        (annotations::PIECES.to_owned(), pieces.to_string()),
    ]));
    let owner = snapshot.controller_owner_ref(&()).filter(|_| !snapshot.retains());
    meta.owner_references = owner.map(|owner| vec![owner]);
    config_map
}

/// The content of a revision from all of its pieces, in order.
///
/// # Errors
/// See [`RevisionError`].
pub fn decode(pieces: &[&[u8]], content_hash: &str) -> Result<Snapshot, RevisionError> {
    let mut text = Vec::new();
    let read = MultiGzDecoder::new(pieces.concat().as_slice()).take(MAX_UNPACKED + 1).read_to_end(&mut text);
    read.map_err(|_| RevisionError::Damaged)?;
    if text.len() as u64 > MAX_UNPACKED {
        return Err(RevisionError::TooLarge);
    }
    let content: Snapshot = serde_json::from_slice(&text).map_err(|_| RevisionError::Damaged)?;
    if content.model_version > MODEL_VERSION {
        return Err(RevisionError::Newer);
    }
    let hash = canonical::hash_of(&content.server, &content.databases).map_err(|_| RevisionError::Damaged)?;
    if hash == content_hash { Ok(content) } else { Err(RevisionError::OtherContent) }
}

/// A piece among the ConfigMaps we own, with the hash it belongs to and when that was published last.
fn piece(owned: &Owned) -> Option<(&str, Timestamp)> {
    let ours = owned.labels.get(labels::ROLE).is_some_and(|role| role == labels::ROLE_REVISION);
    let hash = owned.annotations.get(annotations::CONTENT_HASH).filter(|_| ours)?;
    let time = owned.annotations.get(annotations::PUBLISHED_AT).and_then(|text| text.parse().ok());
    Some((hash, time.unwrap_or(Timestamp::MIN)))
}

/// Revisions that are there, by content hash: their pieces, and when each was published last.
#[must_use]
pub fn present(owned: &[Owned]) -> BTreeMap<String, (Vec<&Owned>, Timestamp)> {
    let mut found: BTreeMap<String, (Vec<&Owned>, Timestamp)> = BTreeMap::new();
    for one in owned {
        if let Some((hash, time)) = piece(one) {
            let entry = found.entry(hash.to_owned()).or_insert_with(|| (Vec::new(), Timestamp::MIN));
            entry.0.push(one);
            entry.1 = entry.1.max(time);
        }
    }
    found
}

/// What may go: all but the `limit` published last and those in `keep` (what is published or held). One that waited for
/// approval and waits no more was never published, and goes at once.
#[must_use]
pub fn prune(owned: &[Owned], limit: usize, keep: &BTreeSet<String>) -> Vec<Leftover> {
    let present = present(owned);
    let mut order: Vec<(&String, &(Vec<&Owned>, Timestamp))> = present.iter().collect();
    order.sort_by(|left, right| right.1.1.cmp(&left.1.1).then_with(|| left.0.cmp(right.0)));
    let gone = order
        .into_iter()
        .enumerate()
        .filter(|(at, (hash, (_, time)))| (*at >= limit || *time == Timestamp::MIN) && !keep.contains(*hash));
    let pieces = gone.flat_map(|(_, (_, (pieces, _)))| pieces.iter().filter(|piece| piece.controlled));
    pieces
        .map(|o| Leftover { name: o.name.clone(), uid: o.uid.clone(), resource_version: o.resource_version.clone() })
        .collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use serde_json::json;

    use super::*;

    fn content(tables: usize) -> (Snapshot, String) {
        let table = |n: usize| {
            json!({"name": format!("t{n}"), "kind": "base", "comment": format!("{:x}", n * 7919), "columns": [
            {"name": "id", "ordinal": 1, "type": {"base": "int"}, "nullable": false}]})
        };
        let tables: Vec<_> = (0..tables).map(table).collect();
        let snapshot: Snapshot = serde_json::from_value(json!({"modelVersion": 1,
            "server": {"dialect": "tidb", "version": "8", "lowerCaseTableNames": 2},
            "databases": [{"name": "shop", "tables": tables}]}))
        .unwrap();
        let hash = canonical::hash_of(&snapshot.server, &snapshot.databases).unwrap();
        (snapshot, hash)
    }

    fn object() -> SchemaSnapshot {
        let mut object = SchemaSnapshot::new("orders", serde_json::from_value(json!({"databases": {}})).unwrap());
        object.meta_mut().namespace = Some("shop".into());
        object.meta_mut().uid = Some("u".into());
        object
    }

    fn bytes(maps: &[ConfigMap]) -> Vec<Vec<u8>> {
        maps.iter().map(|map| map.binary_data.as_ref().unwrap()[KEY].0.clone()).collect()
    }

    #[test]
    fn what_is_packed_is_unpacked_and_the_bytes_are_the_same_each_time() {
        let (snapshot, hash) = content(50);
        let maps = encode(&object(), &snapshot, &hash, &BTreeMap::new()).unwrap();
        assert_eq!(bytes(&maps), bytes(&encode(&object(), &snapshot, &hash, &BTreeMap::new()).unwrap()));
        assert_eq!(maps.len(), 1);
        assert_eq!((maps[0].name_any(), maps[0].immutable), (format!("orders-schema-{}", revision(&hash)), Some(true)));
        assert_eq!(maps[0].owner_references().len(), 1);
        let pieces = bytes(&maps);
        let pieces: Vec<&[u8]> = pieces.iter().map(Vec::as_slice).collect();
        assert_eq!(decode(&pieces, &hash).unwrap(), snapshot);
        assert_eq!(decode(&pieces, "sha256:other"), Err(RevisionError::OtherContent));
        assert_eq!(decode(&[&pieces[0][..40]], &hash), Err(RevisionError::Damaged));
        assert_eq!(decode(&[], &hash), Err(RevisionError::Damaged));
        let halves = pieces[0].split_at(100);
        assert_eq!(decode(&[halves.0, halves.1], &hash).unwrap(), snapshot, "pieces make a whole");
    }

    #[test]
    fn the_oldest_go_but_never_what_is_in_use() {
        let owned = |hash: &str, at: i64| Owned {
            name: hash.to_owned(),
            uid: hash.to_owned(),
            resource_version: "1".into(),
            labels: BTreeMap::from([(labels::ROLE.to_owned(), labels::ROLE_REVISION.to_owned())]),
            annotations: BTreeMap::from([
                (annotations::CONTENT_HASH.to_owned(), hash.to_owned()),
                (annotations::PUBLISHED_AT.to_owned(), Timestamp::from_second(at).unwrap().to_string()),
            ]),
            controlled: true,
        };
        let mut all: Vec<Owned> = (1..=6).map(|n| owned(&format!("h{n}"), n)).collect();
        all.push(Owned { labels: BTreeMap::new(), ..owned("index", 0) });
        let gone = |limit, keep: &[&str]| -> Vec<String> {
            let keep = keep.iter().map(|hash| (*hash).to_owned()).collect();
            prune(&all, limit, &keep).into_iter().map(|leftover| leftover.name).collect()
        };
        assert_eq!(gone(6, &[]), Vec::<String>::new());
        assert_eq!(gone(3, &[]), ["h3", "h2", "h1"]);
        assert_eq!(gone(3, &["h1", "h9"]), ["h3", "h2"]);
        assert_eq!(gone(0, &["h6"]).len(), 5);
        let mut waited = owned("waited", 0);
        waited.annotations.remove(annotations::PUBLISHED_AT);
        let prune = |keep: &[String]| prune(&[waited.clone()], 9, &keep.iter().cloned().collect()).len();
        assert_eq!((prune(&[]), prune(&["waited".to_owned()])), (1, 0));
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_are_too_strange(pieces in proptest::collection::vec(proptest::collection::vec(proptest::prelude::any::<u8>(), 0..40), 0..4)) {
            let pieces: Vec<&[u8]> = pieces.iter().map(Vec::as_slice).collect();
            proptest::prop_assert!(decode(&pieces, "sha256:00").is_err());
        }
    }
}
