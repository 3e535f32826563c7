//! The reconcile of one SchemaValidationPolicy, as a straight line: what does it select, is there anything to do, read
//! and judge each snapshot, decide, write, tell, and say when to come back.

use std::sync::Arc;
use std::time::Duration;

use k8s_openapi::jiff::Timestamp;
use kube::ResourceExt;
use kube::runtime::controller::Action;

use super::decide::{self, Evaluated, Outcome};
use super::due::{self, Due, Facts, Seen};
use super::evaluate::{Before, Input, Texts};
use super::select::{Selected, select};
use super::{Compiled, Memory, gather, live, status};
use crate::api::conditions::{ConditionType, find};
use crate::api::policy::{OnUnavailable, SchemaValidationPolicyStatus};
use crate::api::{SchemaSnapshot, SchemaValidationPolicy};
use crate::controller::snapshot::{ReconcileError, guarded};
use crate::controller::{Context, due as pace};
use crate::error::Reason;
use crate::metrics::labels::{Controller, ReconcileResult, ValidationKind};
use crate::schema::canonical::revision;
use crate::validation::policy::{Policy, Report};

/// Longest time one reconcile may take; each evaluation in it has a shorter one of its own.
const DEADLINE: Duration = Duration::from_secs(1800);

/// Longest wait for the first lists.
const LISTS: Duration = Duration::from_secs(30);

/// What a snapshot publishes may be a moment ahead of its status, which is waited for at least this long.
const SETTLE: Duration = Duration::from_secs(2);

/// Reconciles one policy within a deadline; a panic ends this reconcile only.
///
/// # Errors
/// When the outcome could not be written; see [`ReconcileError`].
pub(super) async fn reconcile(
    policy: Arc<SchemaValidationPolicy>,
    ctx: Arc<Context>,
) -> Result<Action, ReconcileError> {
    let timer = ctx.metrics.reconcile_started(Controller::Policy);
    guarded(timer, DEADLINE, line(&policy, &ctx)).await
}

async fn line(policy: &SchemaValidationPolicy, ctx: &Context) -> Result<(Action, ReconcileResult), ReconcileError> {
    if policy.metadata.deletion_timestamp.is_some() {
        return Ok((Action::await_change(), ReconcileResult::Success));
    }
    let lists = async { tokio::join!(ctx.policies.known.cancelled(), ctx.policies.snapshots_ready.cancelled()) };
    tokio::time::timeout(LISTS, lists).await.map_err(|_| ReconcileError::Deadline)?;
    let namespace = policy.namespace().unwrap_or_default();
    let selected = select(&policy.spec.snapshots, &namespace, &ctx.policies.snapshots.state());
    let memory = ctx.policies.recall(policy);
    let old = memory.status.as_deref().cloned().or_else(|| policy.status.clone()).unwrap_or_default();
    let pause = match due(policy, ctx, &old, &memory, &selected) {
        Due::Now => None,
        Due::Wait(pause) => Some(Action::requeue(pause)),
        Due::Never => Some(Action::await_change()),
    };
    if let Some(action) = pause {
        return Ok((action, ReconcileResult::Success));
    }
    let compiled = ctx.policies.compile(policy).await;
    let (mut outcome, mut soon) = match compiled.as_ref() {
        Err(faults) => (Outcome::Invalid(faults.clone()), false),
        Ok(_) if selected.snapshots.is_empty() && selected.missing.is_empty() => (Outcome::NoSnapshots, false),
        Ok(words) => judge(policy, ctx, &compiled, words, &selected).await,
    };
    let unwritten = write_report(policy, ctx, &outcome).await;
    if let Outcome::Judged { unreported, .. } = &mut outcome {
        soon |= unwritten.is_some();
        *unreported = unwritten;
    }
    let label =
        if matches!(outcome, Outcome::Invalid(_)) { ReconcileResult::Permanent } else { ReconcileResult::Success };
    let memory = Memory { seen: Some(Arc::new(seen(&selected))), ..memory };
    let action = report(policy, ctx, &old, memory, &outcome, soon).await?;
    Ok((action, label))
}

fn due(
    policy: &SchemaValidationPolicy,
    ctx: &Context,
    old: &SchemaValidationPolicyStatus,
    memory: &Memory,
    selected: &Selected,
) -> Due {
    let now = Timestamp::now();
    let last = memory.evaluated.or_else(|| old.last_evaluation_time.as_ref().map(|time| time.0)).unwrap_or(now);
    due::due(&Facts {
        now,
        generation: policy.metadata.generation.unwrap_or_default(),
        status: old,
        seen: &seen(selected),
        told: memory.seen.as_deref().map(Vec::as_slice),
        // An interval that is none is a fault of the spec, found when it is compiled.
        interval: policy.spec.interval().unwrap_or(crate::api::policy::DEFAULT_INTERVAL),
        spread: (
            pace::spread(policy.metadata.uid.as_deref().unwrap_or_default()),
            f64::from(ctx.config.jitter_percent) / 100.0,
        ),
        evaluated: memory.evaluated,
        retry_at: memory.retry_at,
        expiry: due::next_expiry(&policy.spec.exceptions, last),
    })
}

/// What the evaluation rests on, of each snapshot that is there.
fn seen(selected: &Selected) -> Vec<Seen> {
    let one = |snapshot: &Arc<SchemaSnapshot>| Seen {
        snapshot: snapshot.name_any(),
        revision: snapshot.status.as_ref().and_then(|status| status.revision.clone()).unwrap_or_default(),
        stale: is_stale(snapshot),
        held: is_held(snapshot),
    };
    selected.snapshots.iter().map(one).collect()
}

/// Judges every snapshot, one after the other; true when something that was missing may be there soon.
async fn judge(
    policy: &SchemaValidationPolicy,
    ctx: &Context,
    compiled: &Arc<Compiled>,
    words: &Policy,
    selected: &Selected,
) -> (Outcome, bool) {
    let texts = Arc::new(gather::texts(ctx, &policy.namespace().unwrap_or_default(), &words.data).await);
    let (mut evaluated, mut soon) = (Vec::new(), false);
    for name in &selected.missing {
        let why = format!("there is no SchemaSnapshot {name} in this namespace: create it, or correct spec.snapshots");
        let report = Report::unjudged(&policy.name_any(), &why);
        let (snapshot, revision) = (name.clone(), String::new());
        evaluated.push(Evaluated { snapshot, revision, exists: false, stale: false, held: false, report });
    }
    for snapshot in &selected.snapshots {
        let (one, again) = judge_one(policy, ctx, compiled, words, (snapshot, selected), &texts).await;
        evaluated.push(one);
        soon |= again;
    }
    evaluated.sort_by(|one, other| one.snapshot.cmp(&other.snapshot));
    (Outcome::Judged { evaluated, left_out: selected.left_out, unreported: None }, soon)
}

async fn judge_one(
    policy: &SchemaValidationPolicy,
    ctx: &Context,
    compiled: &Arc<Compiled>,
    words: &Policy,
    (snapshot, selected): (&Arc<SchemaSnapshot>, &Selected),
    texts: &Arc<Texts>,
) -> (Evaluated, bool) {
    let (name, now) = (snapshot.name_any(), Timestamp::now());
    if is_stale(snapshot) && words.on_unavailable == OnUnavailable::Error {
        let why = format!(
            "the server of SchemaSnapshot {name} is away, and onUnavailable is Error: its last good copy is not judged"
        );
        return (unjudged(policy, snapshot, &why), false);
    }
    let (content, content_hash) = match gather::content(ctx, snapshot).await {
        Ok((content, hash)) => (Arc::new(content), hash),
        Err(missing) => return (unjudged(policy, snapshot, &missing.why), missing.soon),
    };
    let changes =
        if words.asks_about_changes() { gather::changes(ctx, snapshot, &content, now).await } else { Before::First };
    let elsewhere = gather::elsewhere(ctx, &selected.snapshots, snapshot).await;
    let wanted = live::Wanted { snapshot, content: &content, compiled, policy: words, elsewhere: &elsewhere, texts };
    let live::Looked { live, parents } = live::look_up(ctx, &wanted).await;
    let input = Input {
        policy: Arc::clone(compiled),
        snapshot: content,
        content_hash,
        changes,
        elsewhere,
        texts: Arc::clone(texts),
        live,
        parents,
        kind: ValidationKind::Audit,
        now,
    };
    match ctx.policies.evaluate(input, &ctx.metrics).await {
        Ok(report) => {
            let revision = revision(&report.content_hash);
            (Evaluated { revision, report, ..unjudged(policy, snapshot, "") }, false)
        }
        Err(why) => (unjudged(policy, snapshot, &why), true),
    }
}

/// What it publishes is older than it should be.
fn is_stale(snapshot: &SchemaSnapshot) -> bool {
    snapshot.status.as_ref().is_some_and(|status| status.stale)
}

/// Content of it waits for policies that enforce.
fn is_held(snapshot: &SchemaSnapshot) -> bool {
    let ours = [Reason::PolicyFailed, Reason::PolicyNotJudged].map(Reason::as_str);
    let held = snapshot.status.as_ref().and_then(|status| find(&status.conditions, ConditionType::Held));
    held.is_some_and(|held| held.status == "True" && ours.contains(&held.reason.as_str()))
}

fn unjudged(policy: &SchemaValidationPolicy, snapshot: &SchemaSnapshot, why: &str) -> Evaluated {
    Evaluated {
        snapshot: snapshot.name_any(),
        revision: String::new(),
        exists: true,
        stale: is_stale(snapshot),
        held: is_held(snapshot),
        report: Report::unjudged(&policy.name_any(), why),
    }
}

/// Writes the report object; why there is none where one is asked for.
async fn write_report(policy: &SchemaValidationPolicy, ctx: &Context, outcome: &Outcome) -> Option<String> {
    let all: Vec<(String, Report)> = match outcome {
        Outcome::Judged { evaluated, .. } => {
            evaluated.iter().map(|one| (one.snapshot.clone(), one.report.clone())).collect()
        }
        // What stood there was said of other words, or of other snapshots.
        Outcome::NoSnapshots | Outcome::Invalid(_) => {
            vec![(String::new(), Report::unjudged(&policy.name_any(), &decide::unjudged_because(outcome)))]
        }
    };
    match ctx.policies.reports.write(&ctx.client, policy, &all, Timestamp::now()).await {
        Ok(written) => written.kind.err().filter(|none| none.is_a_problem()).map(|none| none.to_string()),
        Err(error) => Some(error.to_string()),
    }
}

/// Writes what the outcome means, and only then remembers it.
async fn report(
    policy: &SchemaValidationPolicy,
    ctx: &Context,
    old: &SchemaValidationPolicyStatus,
    memory: Memory,
    outcome: &Outcome,
    soon: bool,
) -> Result<Action, ReconcileError> {
    let now = Timestamp::now();
    let interval = policy.spec.interval().unwrap_or(crate::api::policy::DEFAULT_INTERVAL);
    let decision = decide::decide(outcome, old, policy.metadata.generation.unwrap_or_default(), now);
    let mut known = old.clone();
    if status::needed(old, &decision.status, interval, now) {
        match status::apply(&ctx.client, policy, &decision.status).await {
            Ok(()) => known = decision.status,
            Err(kube::Error::Api(status)) if status.is_not_found() => return Ok(Action::await_change()),
            Err(error) => return Err(error.into()),
        }
    }
    let failures = if soon { memory.failures.saturating_add(1) } else { 0 };
    let pause = pace::backoff(memory.failures, SETTLE, interval, false, fastrand::f64());
    let retry_at = if soon { now.checked_add(pause).ok() } else { None };
    let remembered =
        Memory { status: Some(Arc::new(known.clone())), evaluated: Some(now), retry_at, failures, ..memory };
    ctx.policies.remember(policy, remembered.clone());
    if let Some(note) = &decision.note {
        ctx.events.publish(policy, "Evaluate", note).await;
        tracing::info!(namespace = policy.namespace(), policy = policy.name_any(), reason = note.reason, "evaluated");
    }
    let namespace = policy.namespace().unwrap_or_default();
    let selected = select(&policy.spec.snapshots, &namespace, &ctx.policies.snapshots.state());
    Ok(match due(policy, ctx, &known, &remembered, &selected) {
        Due::Now => Action::requeue(SETTLE),
        Due::Wait(pause) => Action::requeue(pause.max(SETTLE)),
        Due::Never => Action::await_change(),
    })
}
