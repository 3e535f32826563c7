//! Revisions: contents that were published before, or wait to be, each in ConfigMaps of its own. Which there are is read from
//! labels and annotations alone; the pieces of one are only fetched when it is asked for, and held to its hash.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::ConfigMap;
use k8s_openapi::jiff::Timestamp;
use kube::ResourceExt;
use kube::api::ListParams;
use kube::core::PartialObjectMeta;

use super::cluster::{MOST_LISTED, Target};
use super::connection::call;
use crate::api::annotations::{self, PIECES, PUBLISHED_AT};
use crate::api::labels;
use crate::schema::Snapshot;
use crate::schema::canonical::revision;
use crate::store::revisions::{KEY, decode, name};

/// Most pieces of one revision.
const MAX_PIECES: usize = 64;
/// Most pages of a list.
const MAX_PAGES: usize = 20;

/// One revision, as its ConfigMaps say without being read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Revision {
    /// Its hash.
    pub(super) content_hash: String,
    /// When it was published last.
    pub(super) published_at: Option<Timestamp>,
    /// Its first ConfigMap.
    pub(super) config_map: String,
    /// Of how many ConfigMaps it consists.
    pub(super) pieces: usize,
    /// Whether all of them are there.
    pub(super) whole: bool,
}

/// The first piece has the revision's name, the others have `-2`, `-3` and so on behind it.
fn piece_name(first: &str, at: usize) -> String {
    if at == 0 { first.to_owned() } else { format!("{first}-{}", at + 1) }
}

/// The revisions among ConfigMaps, by their metadata: what was never published first, then newest first.
fn collect(config_map: &str, found: &[PartialObjectMeta<ConfigMap>]) -> Vec<Revision> {
    let mut by_hash: BTreeMap<&str, Vec<&PartialObjectMeta<ConfigMap>>> = BTreeMap::new();
    for one in found {
        if let Some(hash) = one.annotations().get(annotations::CONTENT_HASH) {
            by_hash.entry(hash).or_default().push(one);
        }
    }
    let mut out: Vec<Revision> = by_hash.into_iter().map(|(hash, pieces)| one(config_map, hash, &pieces)).collect();
    out.sort_by_key(|revision| (revision.published_at.is_some(), Reverse(revision.published_at)));
    out
}

fn one(config_map: &str, hash: &str, found: &[&PartialObjectMeta<ConfigMap>]) -> Revision {
    let first = name(config_map, hash);
    let notes =
        |key: &str| found.iter().filter_map(move |piece| piece.annotations().get(key).cloned()).collect::<Vec<_>>();
    let pieces = notes(PIECES).iter().find_map(|text| text.parse().ok()).filter(|n| (1..=MAX_PIECES).contains(n));
    let there = |at: usize| found.iter().any(|piece| piece.name_any() == piece_name(&first, at));
    Revision {
        content_hash: hash.to_owned(),
        published_at: notes(PUBLISHED_AT).iter().filter_map(|text| text.parse().ok()).max(),
        whole: pieces.is_some_and(|pieces| (0..pieces).all(there)),
        pieces: pieces.unwrap_or(found.len()),
        config_map: first,
    }
}

/// The revisions of a snapshot: what was never published first, then newest first.
pub(super) async fn list(target: &Target) -> Result<Vec<Revision>, String> {
    let selector = format!("{}={},{}={}", labels::ROLE, labels::ROLE_REVISION, labels::SNAPSHOT, target.name());
    let mut params = ListParams::default().labels(&selector).limit(MOST_LISTED);
    let (api, mut found) = (target.config_maps(), Vec::new());
    for _ in 0..MAX_PAGES {
        let page = call("listing the revisions", api.list_metadata(&params)).await?;
        let next = page.metadata.continue_.clone().filter(|token| !token.is_empty());
        found.extend(page);
        match next {
            Some(token) => params = params.continue_token(&token),
            None => return Ok(collect(&target.object.config_map_name(), &found)),
        }
    }
    Err(format!("{} has too many revisions to list", target.title()))
}

/// The content of a revision.
pub(super) async fn read(target: &Target, revision: &Revision) -> Result<Snapshot, String> {
    let (api, mut pieces) = (target.config_maps(), Vec::new());
    for at in 0..revision.pieces.min(MAX_PIECES) {
        let name = piece_name(&revision.config_map, at);
        let found = call(&format!("reading ConfigMap {name}"), api.get_opt(&name)).await?;
        pieces.push(found.and_then(|found| found.binary_data?.remove(KEY)).map(|bytes| bytes.0).unwrap_or_default());
    }
    let pieces: Vec<&[u8]> = pieces.iter().map(Vec::as_slice).collect();
    decode(&pieces, &revision.content_hash).map_err(|error| {
        format!("revision {} (ConfigMap {}): {error}", self::revision(&revision.content_hash), revision.config_map)
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn map(name: &str, notes: Value) -> PartialObjectMeta<ConfigMap> {
        serde_json::from_value(json!({"metadata": {"name": name, "annotations": notes}})).unwrap()
    }

    #[test]
    fn revisions_are_listed_newest_first_and_what_only_waits_before_them() {
        let hash = |digit: &str| format!("sha256:{}", digit.repeat(64));
        let notes = |digit: &str, pieces: &str, time: Option<&str>| json!({"mcpschema.io/content-hash": hash(digit), PIECES: pieces, PUBLISHED_AT: time});
        let old = |digit: &str, pieces: &str| notes(digit, pieces, Some("2026-01-01T00:00:00Z"));
        let waits = json!({"mcpschema.io/content-hash": hash("d"), PIECES: "1"});
        let found = [
            map("s-schema-aaaaaaaaaaaa", old("a", "2")),
            map("s-schema-aaaaaaaaaaaa-2", old("a", "2")),
            map("s-schema-bbbbbbbbbbbb", notes("b", "2", Some("2026-02-01T00:00:00Z"))),
            map(
                "s-schema-cccccccccccc",
                json!({"mcpschema.io/content-hash": hash("c"), PIECES: "x", PUBLISHED_AT: "2025-01-01T00:00:00Z"}),
            ),
            map("s-schema-dddddddddddd", waits),
            map("s-schema-without", json!({})),
        ];
        let revisions = collect("s-schema", &found);
        let told: Vec<_> =
            revisions.iter().map(|r| (r.config_map.as_str(), r.pieces, r.whole, r.published_at.is_some())).collect();
        let want = [
            ("s-schema-dddddddddddd", 1, true, false),
            ("s-schema-bbbbbbbbbbbb", 2, false, true),
            ("s-schema-aaaaaaaaaaaa", 2, true, true),
            ("s-schema-cccccccccccc", 1, false, true),
        ];
        assert_eq!(told, want);
    }
}
