//! Steps 3 and 4 of the reconcile: make the ConfigMaps say what was discovered, and describe the result for the status.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use k8s_openapi::jiff::Timestamp;
use kube::ResourceExt;

use super::judge;
use super::loss::{self, Published};
use super::outcome::{Content, Failure, Held, Outcome, Settled, approves};
use super::weigh::{Rules, Told, Weighed, weigh};
use super::{Context, history, summary};
use crate::api::changes::ChangePolicy;
use crate::api::{SchemaSnapshot, SchemaSnapshotStatus, annotations};
use crate::discovery::{Discovered, DiscoveryError};
use crate::error::Reason;
use crate::mcp::ServerInfo;
use crate::metrics::labels::{ChangeClass, PublishResult};
use crate::schema::Database;
use crate::schema::canonical::{self, revision};
use crate::schema::changes::Counts;
use crate::schema::select::Selection;
use crate::store::layout::{self, Input, Layout, LayoutError, Placement};
use crate::store::plan::{self, Desired, Owned};
use crate::store::{Applied, Approval, StoreError, Stored};

/// Tables, views and sequences of one snapshot at most.
const MAX_OBJECTS: usize = 5000;

/// What a publication needs to know beside the schema.
#[derive(Clone, Copy)]
pub struct Wish<'a> {
    /// The object.
    pub snapshot: &'a SchemaSnapshot,
    /// Its status as last written.
    pub old: &'a SchemaSnapshotStatus,
    /// Its ConfigMaps, from the watch.
    pub owned: &'a [Owned],
    /// What its globs select.
    pub selection: &'a Selection,
    /// The approve annotation's value.
    pub approve: Option<&'a str>,
    /// When the database was seen like this.
    pub seen: Instant,
    /// Age of the content read longest ago; `None` when some of it is what is published.
    pub read: Option<Duration>,
}

/// Publishes a discovered schema, unless it selects nothing, or has to be approved first: because it takes away so much
/// that a grant may have been lost, or because it breaks somebody the snapshot protects.
///
/// # Errors
/// Why nothing, or not everything, could be written; what was published before then stays.
pub async fn publish(
    wish: Wish<'_>,
    ctx: &Context,
    server: &ServerInfo,
    mut discovered: Discovered,
) -> Result<Outcome, Failure> {
    let tables = discovered.databases.iter().map(Database::objects).sum();
    if tables > MAX_OBJECTS {
        let error = DiscoveryError::TooManyTables { tables, cap: MAX_OBJECTS };
        return Err(Failure::new(error.reason(), error.to_string()));
    }
    let policy = wish.snapshot.spec.changes.clone().unwrap_or_default();
    let now = Timestamp::now();
    let rules = judge::ignores(&policy, now)?;
    let stored = ctx.store.load(wish.snapshot).await;
    let stored = stored.inspect_err(|error| ctx.metrics.published(failed(error))).map_err(refused)?;
    let content_hash = canonical::hash_of(&discovered.server, &discovered.databases);
    let content_hash = content_hash.map_err(|error| refused(LayoutError::Json(error).into()))?;
    let approval = approval(wish, &policy, &content_hash);
    if approval.is_none() {
        if let Some(held) = held(wish, stored.as_ref(), &discovered, &content_hash) {
            return hold(wish, ctx, &discovered, held).await;
        }
        if let Some(message) = loss::nothing_selected(&discovered) {
            return Err(Failure::new(Reason::NothingSelected, message));
        }
    }
    let rules = Rules { policy: &policy, ignored: &rules, approved: approval.is_some() };
    let weighed = weigh(wish, ctx, stored.as_ref(), &mut discovered, &content_hash, rules).await.map_err(refused)?;
    match weighed {
        Weighed::Hold(held) => hold(wish, ctx, &discovered, *held).await,
        Weighed::Publish(told) => {
            let approval = approval.map(|by| Approval { time: now, by }).filter(|_| told.fresh);
            settle(wish, ctx, server, discovered, stored, told, approval).await
        }
    }
}

fn count(ctx: &Context, counts: &Counts) {
    for (class, changes) in [
        (ChangeClass::BreakingBoth, counts.breaking_both),
        (ChangeClass::BreakingReaders, counts.breaking_readers),
        (ChangeClass::BreakingWriters, counts.breaking_writers),
        (ChangeClass::Risky, counts.risky),
        (ChangeClass::Compatible, counts.compatible),
    ] {
        ctx.metrics.schema_changed(class, changes);
    }
}

fn refused(error: StoreError) -> Failure {
    Failure::new(error.reason(), error.to_string())
}

/// How this very content was approved, if it was.
fn approval(wish: Wish<'_>, policy: &ChangePolicy, content_hash: &str) -> Option<&'static str> {
    if approves(wish.approve, wish.old.last_handled_approval.as_deref(), content_hash) {
        return Some("Annotation");
    }
    let named = |approved: &String| approved == content_hash || *approved == revision(content_hash);
    policy.approved.iter().any(named).then_some("Spec")
}

/// Writes the content down where no application sees it, so that it can be looked at before it is approved.
async fn hold(wish: Wish<'_>, ctx: &Context, discovered: &Discovered, held: Held) -> Result<Outcome, Failure> {
    ctx.metrics.published(PublishResult::Held);
    let Wish { snapshot, owned, .. } = wish;
    let content = discovered.snapshot();
    ctx.store.keep_revision(snapshot, &content, &held.content_hash, owned, None).await.map_err(refused)?;
    Ok(Outcome::Held(Box::new(held)))
}

/// Writes the ConfigMaps and the revision, and takes away what is no longer needed.
async fn settle(
    wish: Wish<'_>,
    ctx: &Context,
    server: &ServerInfo,
    discovered: Discovered,
    stored: Option<Stored>,
    told: Told,
    approval: Option<Approval>,
) -> Result<Outcome, Failure> {
    let Told { changes, counts, rebaselined, unjudged, .. } = told;
    let previous = stored.map(|stored| [stored.placement(), stored.files()]).unwrap_or_default();
    let result = write(wish, ctx, &discovered, &previous).await;
    ctx.metrics.published(result.as_ref().map_or_else(failed, |(_, applied)| written(applied)));
    let (layout, applied) = result.map_err(refused)?;
    let mut status = summary::status(&discovered, &layout, &applied, server);
    let hash = &layout.index.content_hash;
    let breaking = changes.as_ref().map_or(0, |changes| changes.breaking);
    status.revisions = history::keep(wish, ctx, &discovered, hash, breaking, approval).await.map_err(refused)?;
    // Not before: what is tried again because it could not be written would be counted again.
    count(ctx, &counts);
    status.changes = changes.or_else(|| wish.old.changes.clone());
    let content =
        Content { summary: summary::sentence(&discovered, &layout), status, read: wish.read, rebaselined, unjudged };
    let drift = super::drift::of(ctx, wish.snapshot, Some(&discovered)).await;
    Ok(Outcome::Settled(Box::new(Settled {
        content: Some(content),
        changing: discovered.changing,
        age: wish.seen.elapsed(),
        drift,
    })))
}

/// What is too much to publish unasked. The ConfigMaps tell what applications see, also those that were adopted and of
/// which the status knows nothing.
fn held(wish: Wish<'_>, stored: Option<&Stored>, discovered: &Discovered, content_hash: &str) -> Option<Held> {
    let index = stored.and_then(|stored| stored.index.as_ref());
    let published = Published {
        databases: index.into_iter().flat_map(|index| &index.databases).map(|d| d.name.as_str()).collect(),
        objects: stored.map(Stored::placement).unwrap_or_default(),
        account: stored.and_then(|stored| stored.account.as_deref()),
    };
    let before = index.map(|index| &index.content_hash).or(wish.old.content_hash.as_ref())?;
    let why = if index.is_some() {
        loss::suspect(&published, discovered, wish.selection, before != content_hash)?
    } else {
        // The index was deleted or damaged; how much it held is still known.
        loss::suspect_without_names(
            wish.old.counts.map_or(0, |counts| counts.tables + counts.views + counts.sequences),
            discovered,
        )?
    };
    let (namespace, name) = (wish.snapshot.namespace().unwrap_or_default(), wish.snapshot.name_any());
    let (before, now) = (revision(before), revision(content_hash));
    let message = format!(
        "{why}. Applications still see revision {before}. A lost grant looks the same, so revision {now} waits: grant the MCP server's account SELECT, SHOW VIEW, REFERENCES again, or, if it is meant, approve it with kubectl annotate --overwrite schemasnapshot -n {namespace} {name} mcpschema.io/approve={now}"
    );
    let reason = Reason::SuspectedPermissionLoss;
    let content_hash = content_hash.to_owned();
    Some(Held { reason, message, content_hash, drift: None, published: true, again: None })
}

async fn write(
    wish: Wish<'_>,
    ctx: &Context,
    discovered: &Discovered,
    [previous, previous_files]: &[Placement; 2],
) -> Result<(Layout, Applied), StoreError> {
    let Wish { snapshot, old, .. } = wish;
    let layout = layout::layout(&Input {
        name: &snapshot.config_map_name(),
        snapshot: &discovered.snapshot(),
        formats: snapshot.formats(),
        asked: snapshot.spec.output.as_ref().and_then(|output| output.shards),
        kept: old.shards,
        previous,
        previous_files,
    })?;
    let volatile = BTreeMap::from([
        (annotations::FINGERPRINTS, serde_json::to_string(&discovered.fingerprints).map_err(LayoutError::Json)?),
        (annotations::SERVER, serde_json::to_string(&discovered.server).map_err(LayoutError::Json)?),
        (annotations::ACCOUNT, loss::account_hash(&discovered.user)),
        (annotations::STALE, false.to_string()),
    ]);
    let desired = Desired { snapshot, layout: &layout, volatile: &volatile };
    let applied = ctx.store.apply(snapshot, &plan::plan(&desired, wish.owned, &old.outputs)).await?;
    Ok((layout, applied))
}

const fn written(applied: &Applied) -> PublishResult {
    if applied.created > 0 {
        PublishResult::Created
    } else if applied.updated + applied.deleted > 0 {
        PublishResult::Updated
    } else {
        PublishResult::Unchanged
    }
}

const fn failed(error: &StoreError) -> PublishResult {
    match error {
        StoreError::Layout(_) => PublishResult::TooLarge,
        StoreError::Conflict { .. } => PublishResult::Conflict,
        StoreError::NewerFormat { .. } | StoreError::Leaving { .. } | StoreError::Kube { .. } => PublishResult::Error,
    }
}
