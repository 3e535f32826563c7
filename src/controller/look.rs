//! Step 2 of the reconcile: read the credentials, ask the source, and count how it went. Within one deadline.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::observe::McpObserver;
use super::outcome::Failure;
use super::source::Target;
use super::source::references::{Objects, versions};
use super::{Context, credentials};
use crate::cache::{Known, Look};
use crate::discovery::DiscoveryError;
use crate::error::Reason;
use crate::mcp::ServerInfo;
use crate::metrics::labels::{CacheResult, CacheTier, DiscoveryKind, Outcome};

/// Looks at the databases of a target: by fingerprint when `known` is given and nothing changed, else in full.
///
/// # Errors
/// Why there is no answer, or no whole one.
pub async fn look(
    ctx: &Context,
    namespace: &str,
    target: &Target,
    known: Option<&Known<'_>>,
    has_content: bool,
) -> Result<(Look, ServerInfo), Failure> {
    let kind = if known.is_some() { DiscoveryKind::Fingerprint } else { DiscoveryKind::Full };
    let (started, limit) = (Instant::now(), ctx.config.discovery_timeout);
    let looked = tokio::time::timeout(limit, with_credentials(ctx, namespace, target, known)).await;
    let looked = looked.unwrap_or_else(|_| Err(out_of_time(limit)));
    let told = looked.as_ref().map_or_else(|failure| Outcome::Failed(failure.reason), |_| Outcome::Success);
    ctx.metrics.discovered(kind, told, started.elapsed());
    ctx.metrics.cache_asked(CacheTier::Durable, cache_result(has_content, looked.as_ref().ok().map(|(look, _)| look)));
    looked
}

/// Reads what the target names and asks. A credential that is refused may have been replaced meanwhile: it is read once
/// more, and when it is another one, asked once more.
async fn with_credentials(
    ctx: &Context,
    namespace: &str,
    target: &Target,
    known: Option<&Known<'_>>,
) -> Result<(Look, ServerInfo), Failure> {
    let objects = credentials::read(&ctx.client, namespace, &target.wanted).await?;
    let first = ask(ctx, target, &objects, known).await;
    let refused = first.as_ref().is_err_and(|failure| failure.reason == Reason::AuthenticationFailed);
    if !refused || objects.is_empty() {
        return first;
    }
    let newer = credentials::read(&ctx.client, namespace, &target.wanted).await?;
    if versions(&newer) == versions(&objects) {
        return first;
    }
    tracing::info!(namespace, "the credential was refused and has been replaced meanwhile: asking again");
    ask(ctx, target, &newer, known).await
}

async fn ask(
    ctx: &Context,
    target: &Target,
    objects: &Objects,
    known: Option<&Known<'_>>,
) -> Result<(Look, ServerInfo), Failure> {
    let (identity, endpoint) = target.with(objects)?;
    let observer = Arc::new(McpObserver::new(ctx.metrics.clone(), target.label.clone()));
    let looked = ctx.manager.look(&identity, &endpoint, observer, &target.selection, known).await;
    looked.map_err(|error| failure(&error))
}

/// The ConfigMaps are the durable tier: unchanged content is a hit, old content during an outage a stale hit.
const fn cache_result(has_content: bool, look: Option<&Look>) -> CacheResult {
    match look {
        Some(Look::Unchanged { .. }) => CacheResult::Hit,
        None if has_content => CacheResult::StaleHit,
        Some(Look::Read(_)) | None => CacheResult::Miss,
    }
}

fn failure(error: &DiscoveryError) -> Failure {
    let retry_after = match error {
        DiscoveryError::Mcp(error) => error.retry_after,
        _ => None,
    };
    Failure { retry_after, ..Failure::new(error.reason(), error.to_string()) }
}

fn out_of_time(limit: Duration) -> Failure {
    let seconds = limit.as_secs();
    let message = format!(
        "the discovery did not end within {seconds} s (--discovery-timeout); narrow databases.include or raise it"
    );
    Failure::new(Reason::Timeout, message)
}
