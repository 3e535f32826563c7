//! Steps 3 and 4 of the reconcile: make the ConfigMaps say what was discovered, and describe the result for the status.

use std::collections::BTreeMap;

use super::Context;
use super::outcome::{Content, Failure, Outcome, Settled};
use super::summary;
use crate::api::{SchemaSnapshot, SchemaSnapshotStatus, annotations};
use crate::discovery::{Discovered, Nothing};
use crate::error::Reason;
use crate::mcp::ServerInfo;
use crate::metrics::labels::PublishResult;
use crate::store::layout::{self, Input, Layout, LayoutError, Placement};
use crate::store::plan::{self, Desired, Owned};
use crate::store::{Applied, StoreError};

/// Publishes a discovered schema, unless it selects nothing.
///
/// # Errors
/// Why nothing, or not everything, could be written; what was published before then stays.
pub async fn publish(
    snapshot: &SchemaSnapshot,
    ctx: &Context,
    old: &SchemaSnapshotStatus,
    owned: &[Owned],
    server: &ServerInfo,
    discovered: Discovered,
) -> Result<Outcome, Failure> {
    let result = match ctx.store.load(snapshot).await {
        Ok(stored) => {
            let previous = stored.map(|stored| stored.placement()).unwrap_or_default();
            if let Some(failure) = nothing_selected(&discovered, old, &previous) {
                return Err(failure);
            }
            write(snapshot, ctx, old, owned, &discovered, &previous).await
        }
        Err(error) => Err(error),
    };
    ctx.metrics.published(label(&result));
    let (layout, applied) =
        result.map_err(|error| Failure { reason: error.reason(), message: error.to_string(), retry_after: None })?;
    let content = Content {
        summary: summary::sentence(&discovered, &layout),
        status: summary::status(&discovered, &layout, &applied, server),
    };
    Ok(Outcome::Settled(Box::new(Settled { content: Some(content), changing: discovered.changing })))
}

/// Nothing to publish is never published over something: it may just as well be a lost grant.
/// `previous` knows what an adopted ConfigMap holds, of which the status knows nothing.
fn nothing_selected(discovered: &Discovered, old: &SchemaSnapshotStatus, previous: &Placement) -> Option<Failure> {
    let objects: usize = discovered.databases.iter().map(|d| d.tables.len() + d.views.len()).sum();
    let had = !previous.is_empty() || old.counts.is_some_and(|counts| counts.tables + counts.views > 0);
    let message = match discovered.nothing() {
        Some(Nothing::Database) => {
            "no database matches databases.include: correct the globs, or grant the MCP server's account SELECT, SHOW VIEW, REFERENCES on it; what was published before stays"
        }
        Some(Nothing::Table) => {
            "no table or view is left by tables.include and tables.exclude: correct the globs; what was published before stays"
        }
        None if objects == 0 && had => {
            "every table and view of the selected databases is gone, or the MCP server's account may not see them any more; what was published before stays"
        }
        None => return None,
    };
    Some(Failure { reason: Reason::NothingSelected, message: message.to_owned(), retry_after: None })
}

async fn write(
    snapshot: &SchemaSnapshot,
    ctx: &Context,
    old: &SchemaSnapshotStatus,
    owned: &[Owned],
    discovered: &Discovered,
    previous: &Placement,
) -> Result<(Layout, Applied), StoreError> {
    let layout = layout::layout(&Input {
        name: &snapshot.config_map_name(),
        snapshot: &discovered.snapshot(),
        asked: snapshot.spec.output.as_ref().and_then(|output| output.shards),
        kept: old.shards,
        previous,
    })?;
    let volatile = BTreeMap::from([
        (annotations::FINGERPRINTS, serde_json::to_string(&discovered.fingerprints).map_err(LayoutError::Json)?),
        (annotations::SERVER, serde_json::to_string(&discovered.server).map_err(LayoutError::Json)?),
    ]);
    let desired = Desired { snapshot, layout: &layout, volatile: &volatile };
    let applied = ctx.store.apply(snapshot, &plan::plan(&desired, owned, &old.outputs)).await?;
    Ok((layout, applied))
}

fn label(result: &Result<(Layout, Applied), StoreError>) -> PublishResult {
    match result {
        Ok((_, applied)) if applied.created > 0 => PublishResult::Created,
        Ok((_, applied)) if applied.updated + applied.deleted > 0 => PublishResult::Updated,
        Ok(_) => PublishResult::Unchanged,
        Err(StoreError::Layout(_)) => PublishResult::TooLarge,
        Err(StoreError::Conflict { .. }) => PublishResult::Conflict,
        Err(StoreError::NewerFormat { .. } | StoreError::Leaving { .. } | StoreError::Kube { .. }) => {
            PublishResult::Error
        }
    }
}
