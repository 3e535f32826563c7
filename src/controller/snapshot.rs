//! The reconcile of one SchemaSnapshot, as a straight line:
//!
//! 1. `due`: is there anything to do?
//! 2. `look`: what does the database have?
//! 3. `publish`: plan the ConfigMaps
//! 4. and write them.
//! 5. `decide`: what does that mean for the status?
//! 6. `report`: write it, publish the Event, requeue.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::FutureExt;
use k8s_openapi::jiff::Timestamp;
use kube::ResourceExt;
use kube::runtime::controller::Action;

use super::due::{self, Due, Facts, Reading};
use super::outcome::{Given, Outcome, Staleness, approves};
use super::report::report;
use super::source::Named;
use super::steps::{Demand, Looked, look, publish};
use super::{Context, Remembered, refresh, source, stats, status};
use crate::api::conditions::{ConditionType, find};
use crate::api::snapshot::RefreshPolicy;
use crate::api::{SchemaSnapshot, SchemaSnapshotStatus, annotations};
use crate::cache::Anew;
use crate::error::{Class, Reason, shorten};
use crate::metrics::labels::{Controller, ReconcileResult};
use crate::metrics::timers::ReconcileTimer;
use crate::store::StoreError;

/// Longest time one reconcile may take beside the discoveries' own deadlines.
const OVERHEAD: Duration = Duration::from_secs(60);

/// A snapshot that finds too many others waiting for the same server comes again after this long, and at most as long again.
const BUSY: Duration = Duration::from_secs(5);

/// Most bytes of the refresh annotation that are looked at; `status.lastHandledRefresh` holds no more.
const MAX_REFRESH: usize = 256;

/// A reconcile that could not even report; the controller retries it with growing pauses.
#[derive(Debug, thiserror::Error)]
pub enum ReconcileError {
    /// The Kubernetes API refused or failed a call.
    #[error("the Kubernetes API call failed: {}", brief(.0))]
    Kube(#[from] kube::Error),
    /// The ConfigMap could not be annotated.
    #[error("{0}")]
    Store(StoreError),
    /// The whole reconcile took longer than it may.
    #[error("the reconcile did not end within its deadline")]
    Deadline,
    /// A bug: the reconcile panicked. The controller and all other objects go on.
    #[error("the reconcile panicked")]
    Panic,
}

/// The API server's own sentence; kube prints the whole Status beside it.
fn brief(error: &kube::Error) -> String {
    match error {
        kube::Error::Api(status) => crate::error::shorten(&status.message, 512),
        other => crate::error::shorten(&other.to_string(), 512),
    }
}

/// Reconciles one snapshot within a deadline; a panic ends this reconcile only.
///
/// # Errors
/// When the outcome could not be written; see [`ReconcileError`].
pub async fn reconcile(snapshot: Arc<SchemaSnapshot>, ctx: Arc<Context>) -> Result<Action, ReconcileError> {
    let timer = ctx.metrics.reconcile_started(Controller::Snapshot);
    // It may wait for a fetch of somebody else, and then make one of its own.
    let deadline = ctx.config.discovery_timeout.saturating_mul(2).saturating_add(OVERHEAD);
    guarded(timer, deadline, line(&snapshot, &ctx)).await
}

/// Any controller's reconcile within its deadline; a panic ends this one alone, and each is counted as what it was.
pub(super) async fn guarded(
    timer: ReconcileTimer,
    deadline: Duration,
    line: impl Future<Output = Result<(Action, ReconcileResult), ReconcileError>>,
) -> Result<Action, ReconcileError> {
    let work = std::panic::AssertUnwindSafe(line).catch_unwind();
    let (result, label) = match tokio::time::timeout(deadline, work).await {
        Ok(Ok(Ok((action, label)))) => (Ok(action), label),
        Ok(Ok(Err(error))) => (Err(error), ReconcileResult::Transient),
        Ok(Err(_)) => (Err(ReconcileError::Panic), ReconcileResult::Panic),
        Err(_) => (Err(ReconcileError::Deadline), ReconcileResult::Timeout),
    };
    timer.finish(label);
    result
}

async fn line(snapshot: &SchemaSnapshot, ctx: &Context) -> Result<(Action, ReconcileResult), ReconcileError> {
    let turn = ctx.turn().await;
    let mut remembered = ctx.recall(snapshot);
    if let Some(pause) = remembered.write_again.and_then(|at| due::remaining(Timestamp::now(), at)) {
        return Ok((Action::requeue(pause), ReconcileResult::Success));
    }
    let old = known_status(snapshot, &remembered);
    // An interval that is none is reported by the look; until it is mended the default keeps the pace.
    let (interval, text) =
        source::interval(snapshot, &ctx.config).unwrap_or_else(|_| source::default_interval(&ctx.config));
    let refresh = snapshot.annotations().get(annotations::REFRESH).map(|asked| shorten(asked, MAX_REFRESH));
    let refresh = refresh.as_deref();
    let approve = snapshot.annotations().get(annotations::APPROVE).map(|asked| shorten(asked, MAX_REFRESH));
    let approve = approve.as_deref();
    let now = Timestamp::now();
    let given = Given {
        now,
        generation: snapshot.metadata.generation.unwrap_or(0),
        interval: (interval, &text),
        refresh,
        approve,
        last_seen: remembered.memory.last_seen.or_else(|| old.last_refresh_time.as_ref().map(|time| time.0)),
        staleness: staleness(snapshot, ctx, interval),
    };

    wait_for_config_maps(ctx).await?;
    let named = tokio::time::timeout(OVERHEAD / 2, ctx.cluster_sources.named(snapshot)).await;
    let named = named.map_err(|_| ReconcileError::Deadline)?;
    let facts = facts(snapshot, ctx, &old, &remembered, &given);
    let mending = facts.has_content && !facts.outputs_intact;
    let reading = match due::due(&facts) {
        Due::Wait(_) | Due::Never if judged_anew(&remembered, &old, &named) => Reading::Content,
        Due::Wait(pause) => return Ok((Action::requeue(pause), ReconcileResult::Success)),
        Due::Never => return Ok((Action::await_change(), ReconcileResult::Success)),
        Due::Suspended => {
            let action = report(snapshot, ctx, &mut remembered, &old, &Outcome::Suspended, &given).await?;
            return Ok((action, ReconcileResult::Success));
        }
        Due::Look(reading) => reading,
    };
    let (anew, insists) = (anew(&facts, reading, refresh, interval), facts.refresh_asked);
    // What a person approves is what the database has now, not what it had a while ago.
    let max_age = if facts.approval_asked { Duration::ZERO } else { interval };
    let mut old = old;
    if old.conditions.is_empty() {
        report(snapshot, ctx, &mut remembered, &old, &Outcome::Discovering, &given).await?;
        old = known_status(snapshot, &remembered);
    }
    remembered.named = Some(named.clone());
    let memory = &mut remembered.memory;
    memory.owes = memory.owes.max(reading);
    memory.repairs = if mending { memory.repairs.saturating_add(1) } else { 0 };
    // Whoever waits for a server, or for somebody who asks it, holds up nobody.
    drop(turn);
    let demand = Demand { named: &named, reading, anew, insists, max_age, interval };
    let mut looked = look(snapshot, ctx, &old, demand).await;
    // An answer comes with a turn to work on it.
    let _turn = match &mut looked {
        Ok(Looked::Answer(seen)) => seen.answer.turn.take(),
        _ => ctx.turn().await,
    };
    let outcome = match looked {
        Ok(Looked::Answer(seen)) => {
            stats::looked(&mut remembered, &old, Some(&seen.answer), ctx.manager.evictions());
            publish(snapshot, ctx, &old, *seen, approve).await.unwrap_or_else(Outcome::Failed)
        }
        Ok(Looked::Busy) => {
            let spread = due::spread(snapshot.metadata.uid.as_deref().unwrap_or_default());
            return Ok((Action::requeue(BUSY.mul_f64(1.0 + spread)), ReconcileResult::Success));
        }
        Ok(Looked::Stopping) => return Ok((Action::await_change(), ReconcileResult::Success)),
        Err(failure) => {
            stats::looked(&mut remembered, &old, None, ctx.manager.evictions());
            Outcome::Failed(failure)
        }
    };
    let given = Given { now: Timestamp::now(), ..given };
    let action = report(snapshot, ctx, &mut remembered, &old, &outcome, &given).await?;
    Ok((action, label(&outcome)))
}

/// What a look has to read whatever fingerprints say, and since when. Databases that somebody read within the interval
/// were read lately enough, unless a person asks.
fn anew(facts: &Facts<'_>, reading: Reading, refresh: Option<&str>, interval: Duration) -> Option<(Anew, Instant)> {
    let now = Instant::now();
    match refresh {
        Some(asked) if facts.refresh_asked => Some((refresh::scope(asked), now)),
        _ if reading == Reading::Anew => Some((Anew::Everything, now.checked_sub(interval).unwrap_or(now))),
        _ => None,
    }
}

/// How long the last good copy of this snapshot may be served. A spec that cannot be read is reported by the look.
fn staleness(snapshot: &SchemaSnapshot, ctx: &Context, interval: Duration) -> Staleness {
    let settings = ctx.config.cache;
    if !settings.fallback {
        return Staleness::Never;
    }
    if snapshot.spec.refresh.policy != RefreshPolicy::Periodic {
        return Staleness::Always;
    }
    let given = snapshot.spec.max_staleness().ok().flatten();
    Staleness::UpTo(given.unwrap_or_else(|| settings.max_staleness.max(interval)))
}

const fn label(outcome: &Outcome) -> ReconcileResult {
    match outcome {
        Outcome::Failed(failure) if matches!(failure.reason.class(), Class::Permanent) => ReconcileResult::Permanent,
        Outcome::Failed(_) => ReconcileResult::Transient,
        _ => ReconcileResult::Success,
    }
}

/// The ClusterSchemaSource is another one than at the last look; or an earlier process refused the spec for what is not in
/// it (flags, a ClusterSchemaSource), which may be another by now.
fn judged_anew(remembered: &Remembered, old: &SchemaSnapshotStatus, named: &Named) -> bool {
    let refused = |reason: &str| [Reason::InvalidSpec, Reason::AddressRefused].iter().any(|r| r.as_str() == reason);
    match &remembered.named {
        Some(before) => before.version() != named.version(),
        None => find(&old.conditions, ConditionType::Ready).is_some_and(|c| c.status == "False" && refused(&c.reason)),
    }
}

/// The status as last written by this process, else as the watch knows it.
fn known_status(snapshot: &SchemaSnapshot, remembered: &Remembered) -> SchemaSnapshotStatus {
    match &remembered.status {
        Some(status) => status.as_ref().clone(),
        None => snapshot.status.clone().unwrap_or_default(),
    }
}

/// Before the first list is in, every ConfigMap looks deleted.
async fn wait_for_config_maps(ctx: &Context) -> Result<(), ReconcileError> {
    tokio::time::timeout(OVERHEAD / 2, ctx.config_maps_ready.cancelled()).await.map_err(|_| ReconcileError::Deadline)
}

pub(super) fn facts<'a>(
    snapshot: &SchemaSnapshot,
    ctx: &Context,
    old: &SchemaSnapshotStatus,
    remembered: &'a Remembered,
    given: &Given<'_>,
) -> Facts<'a> {
    let truth = |kind| find(&old.conditions, kind).is_some_and(|c| c.status == "True");
    let owned = ctx.owned(snapshot);
    Facts {
        now: given.now,
        generation: given.generation,
        observed_generation: old.observed_generation.unwrap_or(-1),
        published_generation: status::published_generation(old),
        suspend: snapshot.spec.suspend,
        policy: snapshot.spec.refresh.policy,
        interval: given.interval.0,
        spread: due::spread(snapshot.metadata.uid.as_deref().unwrap_or_default()),
        jitter: f64::from(ctx.config.jitter_percent) / 100.0,
        full_every: ctx.config.full_every,
        refresh_asked: given.refresh.is_some_and(|asked| old.last_handled_refresh.as_deref() != Some(asked)),
        approval_asked: old
            .held
            .as_ref()
            .is_some_and(|held| approves(given.approve, old.last_handled_approval.as_deref(), &held.content_hash)),
        has_content: old.content_hash.is_some(),
        outputs_intact: crate::store::plan::intact(&owned, &old.outputs),
        healthy: truth(ConditionType::SourceReachable)
            && truth(ConditionType::Published)
            && truth(ConditionType::Fresh),
        last_refresh: old.last_refresh_time.as_ref().map(|time| time.0),
        last_full: old.last_full_discovery_time.as_ref().map(|time| time.0),
        started: ctx.started,
        memory: &remembered.memory,
    }
}
