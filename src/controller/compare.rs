//! What was read beside what is published, and beside what was told last.

use super::Context;
use super::publish::Wish;
use crate::discovery::Discovered;
use crate::schema::canonical::revision;
use crate::schema::changes::{Changes, Ignore, Side, diff};
use crate::schema::{MODEL_VERSION, Snapshot};
use crate::store::{StoreError, Stored};

/// How what was read relates to what applications see.
pub(super) enum Compared {
    /// Nothing is published yet.
    First,
    /// The same.
    Same,
    /// Another one.
    Changed { before: String, old: Box<Snapshot>, found: Box<Changes> },
    /// The same, but the process that published it ended before it could say what changed.
    Untold { before: String, old: Box<Snapshot>, found: Box<Changes> },
    /// Written by an older operator in an older form: a comparison would take the form for changes of the schema.
    OlderForm { before: String },
    /// Another one, and what was published cannot be read back.
    Unknown { before: String },
}

/// Compares, when there is something to compare with.
///
/// # Errors
/// The API server did not give what is published; nothing is concluded from that.
pub(super) async fn compare(
    wish: Wish<'_>,
    ctx: &Context,
    stored: Option<&Stored>,
    discovered: &Discovered,
    content_hash: &str,
    rules: &[Ignore],
) -> Result<Compared, StoreError> {
    let changes = |old: &Snapshot| {
        let new = Side::new(&discovered.server, &discovered.databases);
        Box::new(diff(&Side::from(old), &new, rules))
    };
    let (told, index) = (wish.old.content_hash.as_ref(), stored.and_then(|stored| stored.index.as_ref()));
    let Some(before) = index.map(|index| &index.content_hash).or(told) else { return Ok(Compared::First) };
    if index.is_some_and(|index| index.model_version < MODEL_VERSION) {
        return Ok(Compared::OlderForm { before: before.clone() });
    }
    if before == content_hash {
        let Some(before) = told.filter(|told| *told != content_hash).cloned() else { return Ok(Compared::Same) };
        let old = written_down(wish, ctx, &before).await;
        return Ok(old.map_or(Compared::Same, |old| Compared::Untold {
            before,
            found: changes(&old),
            old: Box::new(old),
        }));
    }
    let mut old = None;
    if let Some(stored) = stored.filter(|stored| stored.index.is_some()) {
        let content = ctx.store.content(wish.snapshot, stored).await?;
        old = Some(content.snapshot).filter(|_| content.damaged.is_empty());
    }
    if old.is_none() {
        // Deleted or edited by hand: what was written down at the time is as good.
        old = written_down(wish, ctx, before).await;
    }
    let before = before.clone();
    Ok(match old {
        Some(old) => Compared::Changed { before, found: changes(&old), old: Box::new(old) },
        None => Compared::Unknown { before },
    })
}

/// The revision that was kept of that content.
async fn written_down(wish: Wish<'_>, ctx: &Context, content_hash: &str) -> Option<Snapshot> {
    ctx.store.revision(wish.snapshot, &revision(content_hash)).await.ok().flatten()
}
