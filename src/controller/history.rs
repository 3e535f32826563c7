//! Keeps the revisions of a snapshot: the one just published on top, as many before it as the spec asks for.

use std::collections::BTreeSet;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use k8s_openapi::jiff::Timestamp;

use super::Context;
use super::publish::Wish;
use crate::api::changes::{ApprovalStatus, MAX_REVISIONS, RevisionStatus};
use crate::api::snapshot::history;
use crate::discovery::Discovered;
use crate::schema::canonical::revision;
use crate::store::revisions;
use crate::store::{Approval, StoreError};

/// Writes the published content down and gives the list for the status. A content that was published before moves to the
/// top, and nothing is written when it is there already.
///
/// # Errors
/// The API server's.
pub(super) async fn keep(
    wish: Wish<'_>,
    ctx: &Context,
    discovered: &Discovered,
    content_hash: &str,
    breaking: u32,
    approval: Option<Approval>,
) -> Result<Vec<RevisionStatus>, StoreError> {
    let Wish { snapshot, old, owned, .. } = wish;
    let limit = snapshot.spec.output.as_ref().map_or_else(history, |output| output.revision_history_limit) as usize;
    let there = revisions::present(owned);
    let on_top = old.revisions.first().is_some_and(|top| top.revision == revision(content_hash));
    if on_top && there.contains_key(content_hash) && approval.is_none() {
        let mut listed = old.revisions.clone();
        listed.truncate(limit.clamp(1, MAX_REVISIONS));
        return Ok(listed);
    }
    let now = Timestamp::now();
    let marks = Some((now, approval.as_ref()));
    ctx.store.keep_revision(snapshot, &discovered.snapshot(), content_hash, owned, marks).await?;
    let entry = RevisionStatus {
        revision: revision(content_hash),
        config_map: revisions::name(&snapshot.config_map_name(), content_hash),
        time: Time(now),
        breaking,
        approval: approval.map(|approval| ApprovalStatus { time: Time(approval.time), by: approval.by.to_owned() }),
    };
    // The watch does not show the newest yet: it counts among those that stay.
    let others: Vec<_> = owned
        .iter()
        .filter(|one| {
            one.annotations.get(crate::api::annotations::CONTENT_HASH).is_none_or(|hash| hash != content_hash)
        })
        .cloned()
        .collect();
    let gone = revisions::prune(&others, limit.saturating_sub(1), &BTreeSet::new());
    ctx.store.forget_revisions(snapshot, &gone).await?;
    let stays = |one: &&RevisionStatus| {
        one.revision != entry.revision && !gone.iter().any(|leftover| leftover.name == one.config_map)
    };
    let before: Vec<_> = old.revisions.iter().filter(stays).cloned().collect();
    let mut listed: Vec<RevisionStatus> = std::iter::once(entry).chain(before).collect();
    listed.truncate(limit.clamp(1, MAX_REVISIONS));
    Ok(listed)
}
