//! Steps 5 and 6 of the reconcile: decide, write, tell, and say when to come back.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use kube::ResourceExt;
use kube::runtime::controller::Action;
use std::sync::Arc;
use std::time::Duration;

use super::due::{self, Due, Facts};
use super::outcome::{self, Content, Given, Next, Outcome};
use super::snapshot::{ReconcileError, facts};
use super::status::{self, Needed};
use super::{Context, Remembered, source};
use crate::api::{SchemaSnapshot, SchemaSnapshotStatus};

/// Writes what `outcome` means, and only then remembers it: should the write fail, everything is done again, with the
/// pauses of a failed write, and nothing is ever remembered that the API server does not know.
///
/// # Errors
/// The status could not be written.
pub async fn report(
    snapshot: &SchemaSnapshot,
    ctx: &Context,
    remembered: &mut Remembered,
    old: &SchemaSnapshotStatus,
    outcome: &Outcome,
    given: &Given<'_>,
) -> Result<Action, ReconcileError> {
    let decision = outcome::decide(outcome, old, given);
    let named = remembered.named.clone().unwrap_or_default();
    let retry_delay = source::retry_delay(snapshot, &ctx.config, &named);
    let next = outcome::next(outcome, &mut remembered.memory, given, retry_delay, fastrand::f64());
    let mut new = decision.status;
    let pause = pause(next, outcome, &facts(snapshot, ctx, &new, remembered, given));
    new.cache.clone_from(&remembered.cache);
    let too_old = outcome::too_old(&new);
    if too_old != outcome::too_old(old) {
        tell_readers(snapshot, ctx, &mut new, too_old).await?;
    }
    new.next_refresh_time = pause.and_then(|pause| given.now.checked_add(pause).ok()).map(Time);
    let has_tables = matches!(outcome, Outcome::Settled(settled) if settled.content.is_some());
    let needed = status::needed(old, &new, given.interval.0, given.now);
    let written = match needed {
        Needed::Nothing => Ok(()),
        Needed::Heartbeat => status::heartbeat(&ctx.client, snapshot, &new).await,
        Needed::Full => status::apply(&ctx.client, snapshot, new.clone(), has_tables).await,
    };
    match written {
        Ok(()) => {}
        Err(kube::Error::Api(status)) if status.is_not_found() => return Ok(Action::await_change()),
        Err(error) => return Err(error.into()),
    }
    if needed == Needed::Nothing {
        new.last_refresh_time.clone_from(&old.last_refresh_time);
    }
    remembered.status = Some(Arc::new(status::slim(new)));
    (remembered.write_failures, remembered.write_again) = (0, None);
    ctx.remember(snapshot, remembered.clone());
    log(snapshot, outcome, needed);
    if let Some(note) = &decision.note {
        ctx.events.publish(snapshot, "Refresh", note).await;
    }
    Ok(pause.map_or_else(Action::await_change, Action::requeue))
}

/// Says on the index ConfigMap what the status is about to say, and notes the version that gives it. A hand edit in
/// between is mended by the next publication, which says it too.
async fn tell_readers(
    snapshot: &SchemaSnapshot,
    ctx: &Context,
    new: &mut SchemaSnapshotStatus,
    too_old: bool,
) -> Result<(), ReconcileError> {
    let version = ctx.store.mark_stale(snapshot, &new.outputs, too_old).await.map_err(ReconcileError::Store)?;
    let name = snapshot.config_map_name();
    if let (Some(version), Some(index)) = (version, new.outputs.iter_mut().find(|output| output.config_map == name)) {
        index.resource_version = version;
    }
    Ok(())
}

/// How long until the next reconcile of our own accord. `facts` are those after the outcome.
fn pause(next: Next, outcome: &Outcome, facts: &Facts<'_>) -> Option<Duration> {
    match (next, outcome) {
        (Next::After(pause), _) => Some(pause),
        (Next::OnChange, Outcome::Settled(_)) => {
            // We have just written the ConfigMaps; that the watch does not show it yet is no reason to come back.
            match due::due(&Facts { outputs_intact: true, ..facts.clone() }) {
                Due::Wait(pause) => Some(pause),
                Due::Look { .. } => Some(facts.interval),
                Due::Never | Due::Suspended => None,
            }
        }
        (Next::OnChange, _) => None,
    }
}

fn log(snapshot: &SchemaSnapshot, outcome: &Outcome, needed: Needed) {
    let (namespace, name) = (snapshot.namespace().unwrap_or_default(), snapshot.name_any());
    match outcome {
        Outcome::Failed(failure) if needed == Needed::Full => {
            tracing::warn!(namespace, snapshot = name, reason = %failure.reason, "{}", failure.message);
        }
        Outcome::Settled(settled) if settled.content.is_some() && needed == Needed::Full => {
            let summary = settled.content.as_ref().map(|content: &Content| content.summary.as_str());
            tracing::info!(namespace, snapshot = name, summary, "published");
        }
        _ => tracing::debug!(namespace, snapshot = name, "nothing new"),
    }
}
