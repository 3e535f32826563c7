//! The watch on policies, and how its events and those of the snapshots become reconciles.

use std::sync::Arc;
use std::time::Duration;

use futures::{Stream, StreamExt};
use k8s_openapi::jiff::Timestamp;
use kube::core::DeserializeGuard;
use kube::runtime::controller::{Action, Config as ControllerConfig};
use kube::runtime::reflector::ObjectRef;
use kube::runtime::reflector::store::Writer;
use kube::runtime::utils::PredicateConfig;
use kube::runtime::watcher::{Config as WatchConfig, Error, Event};
use kube::runtime::{Controller, Predicate, WatchStreamExt, predicates};
use kube::{Client, ResourceExt};
use tokio::sync::mpsc;

use super::reconcile::reconcile;
use super::{Ends, Policies, select};
use crate::api::{SchemaSnapshot, SchemaValidationPolicy};
use crate::controller::merge::{self, status_code};
use crate::controller::scope::WatchScope;
use crate::controller::snapshot::ReconcileError;
use crate::controller::watch::{DRAIN, PREDICATE_TTL, readable, tell};
use crate::controller::{Context, due as pace};

/// Events of one policy that come within this time make one reconcile.
const DEBOUNCE: Duration = Duration::from_millis(200);

/// How often it is asked which kinds of report are installed.
const NOTICE: Duration = Duration::from_secs(60);

/// Policies at work at once; most of that is waiting for the API server.
const CONCURRENCY: u16 = 16;

/// Watches the policies of `scope` and reconciles them until `ctx.stop`; then running reconciles get a while to finish.
pub async fn run(ctx: Arc<Context>, ends: Ends, scope: &WatchScope) {
    let (client, stop) = (ctx.client.clone(), ctx.stop.clone());
    let Ends { writer, touched, overflow } = ends;
    let reader = ctx.policies.store.clone();
    let policies = policy_stream(&client, scope, writer, Arc::clone(&ctx));
    let concerned = {
        let ctx = Arc::clone(&ctx);
        received(touched).flat_map(move |snapshot| futures::stream::iter(concerned(&ctx.policies, &snapshot)))
    };
    let controller = Controller::for_stream(policies, reader)
        .with_config(ControllerConfig::default().concurrency(CONCURRENCY).debounce(DEBOUNCE))
        .reconcile_on(concerned)
        .reconcile_all_on(received(overflow))
        .graceful_shutdown_on(stop.clone().cancelled_owned())
        .run(reconcile, on_error, Arc::clone(&ctx))
        .for_each(|result| {
            tell(&result);
            futures::future::ready(())
        });
    tokio::select! {
        () = controller => {}
        () = notice(&ctx) => {}
        () = async { stop.cancelled().await; tokio::time::sleep(DRAIN).await } => {
            tracing::warn!("some evaluations did not finish within {} s and are dropped", DRAIN.as_secs());
        }
    }
}

/// Notices a report API that is installed, or goes, while policies are settled. Never ends.
async fn notice(ctx: &Context) {
    let mut last = ctx.policies.reports.installed(&ctx.client, Timestamp::now()).await;
    loop {
        tokio::time::sleep(NOTICE).await;
        if ctx.policies.store.state().is_empty() {
            continue;
        }
        let now = ctx.policies.reports.installed(&ctx.client, Timestamp::now()).await;
        if now.is_some() && now != last {
            last = now;
            tracing::info!("the kinds of report that are installed have changed: policies write theirs anew");
            ctx.policies.look_again();
        }
    }
}

/// A trigger that ends would end the controller.
pub(in crate::controller) fn received<T: Send + 'static>(end: mpsc::Receiver<T>) -> impl Stream<Item = T> + Send {
    futures::stream::unfold(end, |mut end| async move { Some((end.recv().await?, end)) })
        .chain(futures::stream::pending())
}

/// Policies that changed in spec, labels or annotations. Status writes (our own) do not pass.
fn policy_stream(
    client: &Client,
    scope: &WatchScope,
    writer: Writer<SchemaValidationPolicy>,
    ctx: Arc<Context>,
) -> impl Stream<Item = Result<SchemaValidationPolicy, Error>> + Send + use<> {
    let config = WatchConfig::default().labels(&scope.policies).streaming_lists();
    let slim = |event: Event<DeserializeGuard<SchemaValidationPolicy>>| {
        Some(readable(event)?.modify(|policy| policy.managed_fields_mut().clear()))
    };
    let (apis, store) = (scope.apis(client), ctx.policies.store.clone());
    // Of several watches the others still tell what they have, and the first list ends without the one that is refused.
    let alone = apis.len() < 2;
    let refused = Arc::clone(&ctx);
    let failed = move |error: &Error| {
        // Refused, or the definition is not installed: nobody waits for what will not come.
        if alone && matches!(status_code(error), Some(403 | 404)) {
            refused.policies.known.cancel();
        }
    };
    merge::events(apis, config, "SchemaValidationPolicies", slim, store, failed)
        .reflect(writer)
        .inspect(move |event| seen(&ctx, event))
        .applied_objects()
        .predicate_filter(
            predicates::generation.combine(predicates::labels).combine(predicates::annotations),
            PredicateConfig::default().ttl(PREDICATE_TTL),
        )
}

/// Whatever policies say may release what waits for them.
fn seen(ctx: &Context, event: &Result<Event<SchemaValidationPolicy>, Error>) {
    match event {
        Ok(Event::InitDone) => {
            ctx.policies.known.cancel();
            ctx.policies.forget_the_gone();
            ctx.wake_held(None);
        }
        Ok(Event::Apply(policy)) if is_news(ctx, policy) => ctx.wake_held(policy.metadata.namespace.as_deref()),
        Ok(Event::Delete(policy)) => {
            ctx.policies.forget(policy);
            ctx.wake_held(policy.metadata.namespace.as_deref());
        }
        _ => {}
    }
}

/// Not merely the status that was just written.
fn is_news(ctx: &Context, policy: &SchemaValidationPolicy) -> bool {
    let observed = ctx.policies.recall(policy).status.and_then(|status| status.observed_generation);
    observed != policy.metadata.generation
}

/// The policies that a change of this snapshot concerns: those that select it now, or judged it before.
fn concerned(policies: &Policies, snapshot: &ObjectRef<SchemaSnapshot>) -> Vec<ObjectRef<SchemaValidationPolicy>> {
    let now = policies.snapshots.get(snapshot);
    let concerns = |policy: &&Arc<SchemaValidationPolicy>| {
        let judged = || {
            let status = policies.recall(policy).status;
            status.is_some_and(|status| status.evaluated.iter().any(|one| one.snapshot == snapshot.name))
        };
        policy.metadata.namespace == snapshot.namespace
            && (now.as_ref().is_some_and(|now| select::selects(&policy.spec.snapshots, now)) || judged())
    };
    policies.store.state().iter().filter(concerns).map(|policy| ObjectRef::from_obj(policy.as_ref())).collect()
}

/// The outcome could not be written: try again, each time later.
fn on_error(policy: Arc<SchemaValidationPolicy>, error: &ReconcileError, ctx: Arc<Context>) -> Action {
    let mut memory = ctx.policies.recall(&policy);
    let pause = pace::backoff(memory.failures, Duration::from_secs(1), pace::MAX_BACKOFF, false, fastrand::f64());
    memory.failures = memory.failures.saturating_add(1);
    ctx.policies.remember(&policy, memory);
    let (namespace, name) = (policy.namespace().unwrap_or_default(), policy.name_any());
    tracing::warn!(namespace, policy = name, %error, "the evaluation could not be finished and is tried again");
    Action::requeue(pause)
}
