//! Step 2 of the reconcile: read the credentials, ask the cache, and count how it went.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::observe::McpObserver;
use super::outcome::Failure;
use super::source::Target;
use super::source::references::{Objects, versions};
use super::{Context, credentials};
use crate::cache::{Anew, Answer, Ask, Asker, Fault, Known, Look};
use crate::error::Reason;
use crate::metrics::labels::{CacheResult, CacheTier};

/// What one look of one snapshot needs.
pub struct Wanted<'a> {
    /// The snapshot, to be woken when its source is back.
    pub asker: &'a Asker,
    /// Where, and which databases.
    pub target: &'a Target,
    /// What is published, when a comparison with it may do.
    pub known: Option<Known<'a>>,
    /// How old a look by somebody else may be: its interval, unless a person waits for the answer.
    pub max_age: Duration,
    /// What has to be read since that time, whatever fingerprints say.
    pub anew: Option<(Anew, Instant)>,
    /// A person asks: an open circuit is no reason to wait.
    pub insists: bool,
    /// There is a copy to serve while the source is away.
    pub has_content: bool,
}

/// Looks at the databases of a target; `None` when too many wait for its source already, and this one should come again
/// soon.
///
/// # Errors
/// Why there is no answer, or no whole one.
pub async fn look(ctx: &Context, namespace: &str, wanted: &Wanted<'_>) -> Result<Option<Answer>, Failure> {
    match with_credentials(ctx, namespace, wanted).await {
        Ok(answer) => {
            count(ctx, &answer);
            Ok(Some(answer))
        }
        Err(Refused::Busy) => Ok(None),
        Err(Refused::Failed(failure)) => {
            let served = if wanted.has_content { CacheResult::StaleHit } else { CacheResult::Miss };
            ctx.metrics.cache_asked(CacheTier::Memory, CacheResult::Miss);
            ctx.metrics.cache_asked(CacheTier::Durable, served);
            Err(failure)
        }
    }
}

/// Each look asks memory; what memory does not have is asked of the durable tier.
fn count(ctx: &Context, answer: &Answer) {
    let tally = answer.tally;
    let memory = match (tally.asked, tally.waited) {
        (false, false) => CacheResult::Hit,
        (false, true) => CacheResult::Coalesced,
        (true, _) => CacheResult::Miss,
    };
    ctx.metrics.cache_asked(CacheTier::Memory, memory);
    if tally.asked {
        let unchanged = matches!(answer.look, Look::Unchanged { .. });
        let durable = if unchanged { CacheResult::Hit } else { CacheResult::Miss };
        ctx.metrics.cache_asked(CacheTier::Durable, durable);
    }
}

enum Refused {
    Busy,
    Failed(Failure),
}

impl From<Failure> for Refused {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        if fault.busy {
            return Self::Busy;
        }
        Self::Failed(Failure { retry_after: fault.retry_after, ..Failure::new(fault.reason, fault.message) })
    }
}

/// Reads what the target names and asks. A credential that is refused may have been replaced meanwhile: it is read once
/// more, and when it is another one, asked once more.
async fn with_credentials(ctx: &Context, namespace: &str, wanted: &Wanted<'_>) -> Result<Answer, Refused> {
    let references = &wanted.target.wanted;
    let objects = credentials::read(&ctx.client, namespace, references).await?;
    let first = ask(ctx, wanted, &objects).await;
    let refused = matches!(&first, Err(Refused::Failed(failure)) if failure.reason == Reason::AuthenticationFailed);
    if !refused || objects.is_empty() {
        return first;
    }
    let newer = credentials::read(&ctx.client, namespace, references).await?;
    if versions(&newer) == versions(&objects) {
        return first;
    }
    tracing::info!(namespace, "the credential was refused and has been replaced meanwhile: asking again");
    ask(ctx, wanted, &newer).await
}

async fn ask(ctx: &Context, wanted: &Wanted<'_>, objects: &Objects) -> Result<Answer, Refused> {
    let target = wanted.target;
    let (identity, endpoint) = target.with(objects)?;
    let observer = Arc::new(McpObserver::new(ctx.metrics.clone(), target.label.clone()));
    let caching = ctx.config.cache.enabled;
    let ask = Ask {
        asker: wanted.asker,
        selection: &target.selection,
        max_age: if caching { wanted.max_age } else { Duration::ZERO },
        anew: wanted.anew.as_ref().map(|(anew, since)| (anew, *since)),
        published: wanted.known.as_ref(),
        deadline: ctx.config.discovery_timeout,
        remember: caching,
        insists: wanted.insists,
        turns: Some(&ctx.turns),
    };
    Ok(ctx.manager.look(&identity, &endpoint, observer, &target.label, &ask).await?)
}
