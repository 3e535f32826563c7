//! Revisions in the cluster: written once, read back whole, and taken away when they are no longer needed.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::ConfigMap;
use k8s_openapi::jiff::Timestamp;
use kube::ResourceExt;
use kube::api::{Api, ListParams, PostParams};
use serde_json::json;

use super::error::Verb;
use super::plan::{Leftover, Owned};
use super::revisions::{self, KEY, RevisionError};
use super::{Failure, Store, StoreError, call, delete, merge};
use crate::api::{SchemaSnapshot, annotations, labels};
use crate::schema::Snapshot;

/// When and how a revision was approved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    /// When.
    pub time: Timestamp,
    /// `Annotation` or `Spec`.
    pub by: &'static str,
}

impl Store {
    /// Writes down a content, unless that was done before; `published` moves it to the top.
    ///
    /// # Errors
    /// The API server's, or a content too large to be written down.
    pub async fn keep_revision(
        &self,
        snapshot: &SchemaSnapshot,
        content: &Snapshot,
        content_hash: &str,
        owned: &[Owned],
        published: Option<(Timestamp, Option<&Approval>)>,
    ) -> Result<(), StoreError> {
        let api = self.api(snapshot);
        let name = revisions::name(&snapshot.config_map_name(), content_hash);
        let broken = |error: RevisionError| StoreError::Kube {
            verb: Verb::Apply,
            name: name.clone(),
            kind: Failure::Failed,
            problem: error.to_string(),
        };
        let marks = published.map(|(time, approval)| marks(time, approval)).unwrap_or_default();
        let there = revisions::present(owned);
        let there = there.get(content_hash).map(|(pieces, _)| pieces.as_slice()).unwrap_or_default();
        let mut known = false;
        for piece in revisions::encode(snapshot, content, content_hash, &marks).map_err(broken)? {
            let piece_name = piece.name_any();
            let here = there.iter().any(|owned| owned.name == piece_name && owned.controlled);
            known |= here || !create(&api, &piece_name, piece).await?;
        }
        if known && !marks.is_empty() {
            merge(&api, &name, json!({ "metadata": { "annotations": marks } })).await?;
        }
        Ok(())
    }

    /// A content that was written down, by its revision; `None` when it is not there.
    ///
    /// # Errors
    /// The API server's, or what is there is damaged.
    pub async fn revision(&self, snapshot: &SchemaSnapshot, wanted: &str) -> Result<Option<Snapshot>, StoreError> {
        let api = self.api(snapshot);
        let selector =
            format!("{}={},{}={}", labels::SNAPSHOT, snapshot.name_any(), labels::ROLE, labels::ROLE_REVISION);
        let name = revisions::name(&snapshot.config_map_name(), wanted);
        let found = call(Verb::Get, &name, api.list(&ListParams::default().labels(&selector))).await?;
        let of = |map: &&ConfigMap| map.annotations().get(annotations::REVISION).is_some_and(|r| r == wanted);
        let mut pieces: Vec<&ConfigMap> = found.iter().filter(of).collect();
        let number = |map: &ConfigMap| map.name_any().strip_prefix(&name).and_then(|rest| rest.get(1..)?.parse().ok());
        pieces.sort_by_key(|map| number(map).unwrap_or(1_u32));
        let Some(hash) = pieces.first().and_then(|map| map.annotations().get(annotations::CONTENT_HASH)) else {
            return Ok(None);
        };
        let bytes: Vec<&[u8]> =
            pieces.iter().filter_map(|map| Some(map.binary_data.as_ref()?.get(KEY)?.0.as_slice())).collect();
        revisions::decode(&bytes, hash).map(Some).map_err(|error| StoreError::Kube {
            verb: Verb::Get,
            name,
            kind: Failure::Failed,
            problem: error.to_string(),
        })
    }

    /// Takes revisions away.
    ///
    /// # Errors
    /// The API server's.
    pub async fn forget_revisions(&self, snapshot: &SchemaSnapshot, gone: &[Leftover]) -> Result<(), StoreError> {
        for leftover in gone {
            match delete(&self.api(snapshot), leftover).await {
                // Somebody wrote to it meanwhile: the next publication looks again.
                Ok(_) | Err(StoreError::Kube { kind: Failure::Changed, .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// What is written on a revision that is published.
fn marks(time: Timestamp, approval: Option<&Approval>) -> BTreeMap<String, String> {
    let mut marks = BTreeMap::from([(annotations::PUBLISHED_AT.to_owned(), time.to_string())]);
    if let Some(Approval { time, by }) = approval {
        marks.insert(annotations::APPROVAL.to_owned(), json!({"time": time.to_string(), "by": by}).to_string());
    }
    marks
}

/// Creates a piece; false when it is there already. One that is there already is ours from a time the watch does not show yet, or, with other labels,
/// somebody else's, which is left alone: the name holds the hash, so it is not taken by chance.
async fn create(api: &Api<ConfigMap>, name: &str, piece: ConfigMap) -> Result<bool, StoreError> {
    match call(Verb::Apply, name, api.create(&PostParams::default(), &piece)).await {
        Ok(_) => Ok(true),
        Err(error) => match call(Verb::Get, name, api.get_metadata_opt(name)).await {
            Ok(Some(found)) if found.labels().get(labels::SNAPSHOT) == piece.labels().get(labels::SNAPSHOT) => {
                Ok(false)
            }
            _ => Err(error),
        },
    }
}
