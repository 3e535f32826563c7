//! May content be published? Asked by the snapshot controller for content that is not published yet: the policies that
//! enforce and select the snapshot judge it. Samples and relationships take no part: they tell of rows, not of the schema.

use std::sync::Arc;
use std::time::Duration;

use k8s_openapi::jiff::{SignedDuration, Timestamp};
use kube::ResourceExt;

use super::decide::{failing, results};
use super::evaluate::{Before, Input};
use super::{Compiled, consumers, gather, select};
use crate::api::policy::Enforcement;
use crate::api::{SchemaSnapshot, SchemaValidationPolicy};
use crate::controller::Context;
use crate::error::{Reason, shorten};
use crate::metrics::labels::ValidationKind;
use crate::schema::Snapshot;
use crate::validation::policy::{Report, ResultWord, Verdict};

/// How long content waits for policies that cannot judge it; then it is published all the same.
const PATIENCE: Duration = Duration::from_secs(600);

/// How soon they are asked again meanwhile.
const AGAIN: Duration = Duration::from_secs(30);

/// Longest wait for the first list of policies.
const LISTS: Duration = Duration::from_secs(30);

/// Policies named in a message.
const NAMED: usize = 3;

/// What the policies say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gate {
    /// Nobody objects.
    Open,
    /// Somebody does, for this reason.
    Failed(String),
    /// Nobody objects, and somebody could not judge; since when this content waits for that.
    NotJudged(String, Timestamp),
}

/// What the policies' word means for the publication.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Passage {
    /// It is published; with a remark where nobody could judge it for too long.
    Publish(Option<String>),
    /// It waits.
    Hold {
        /// Whether it was refused or could not be judged.
        reason: Reason,
        /// Who says so, and why.
        why: String,
        /// It is judged anew after this long, if not earlier.
        again: Option<Duration>,
    },
}

impl Gate {
    /// What is to be done at this time.
    #[must_use]
    pub fn passage(self, now: Timestamp) -> Passage {
        match self {
            Self::Open => Passage::Publish(None),
            Self::Failed(why) => Passage::Hold { reason: Reason::PolicyFailed, why, again: None },
            Self::NotJudged(why, since) => {
                let patience = SignedDuration::try_from(PATIENCE).ok();
                let until = patience.and_then(|patience| since.checked_add(patience).ok());
                let Some(until) = until.filter(|until| *until > now) else { return Passage::Publish(Some(why)) };
                let why = format!("{why}; unless it can be judged before, it is published at {until:.0}");
                Passage::Hold { reason: Reason::PolicyNotJudged, why, again: Some(AGAIN) }
            }
        }
    }
}

/// Content that is not published yet, and what is known of it.
pub(in crate::controller) struct Fresh<'a> {
    /// Gives a copy of the content, for which there is need only where somebody enforces something.
    pub content: &'a (dyn Fn() -> Snapshot + Sync),
    /// Its hash.
    pub hash: &'a str,
    /// What it changes.
    pub changes: Before,
}

/// Asks every policy that enforces and selects the snapshot.
pub(in crate::controller) async fn gate(ctx: &Context, snapshot: &SchemaSnapshot, fresh: Fresh<'_>) -> Gate {
    // Before the list is in, or is known to be refused, nobody can tell whether one objects.
    if tokio::time::timeout(LISTS, ctx.policies.known.cancelled()).await.is_err() {
        let since = ctx.policies.waits_since(snapshot, fresh.hash, Timestamp::now());
        return Gate::NotJudged("the policies of this namespace could not be listed".to_owned(), since);
    }
    let mut policies = ctx.policies.of(snapshot);
    policies.retain(|policy| policy.spec.enforcement == Enforcement::Enforce);
    if policies.is_empty() {
        ctx.policies.waits_no_more(snapshot);
        return Gate::Open;
    }
    let (content, changes) = (Arc::new((fresh.content)()), fresh.changes);
    let (mut failed, mut unclear) = (Vec::new(), Vec::new());
    for policy in &policies {
        let name = policy.name_any();
        match judge(ctx, snapshot, policy, (&content, fresh.hash), &changes).await {
            Ok(report) if report.compliant == Verdict::False => failed.push(told(&name, &report, ResultWord::Fail)),
            // Where all there is to judge lies in another snapshot, nothing is demanded of this one.
            Ok(report) if report.summary.error > 0 => unclear.push(told(&name, &report, ResultWord::Error)),
            Ok(_) => {}
            Err(why) => unclear.push(format!("policy {name}: {why}")),
        }
    }
    if !failed.is_empty() {
        ctx.policies.waits_no_more(snapshot);
        return Gate::Failed(joined(&failed));
    }
    if !unclear.is_empty() {
        let since = ctx.policies.waits_since(snapshot, fresh.hash, Timestamp::now());
        return Gate::NotJudged(joined(&unclear), since);
    }
    ctx.policies.waits_no_more(snapshot);
    Gate::Open
}

async fn judge(
    ctx: &Context,
    snapshot: &SchemaSnapshot,
    policy: &SchemaValidationPolicy,
    (content, hash): (&Arc<Snapshot>, &str),
    changes: &Before,
) -> Result<Report, String> {
    let compiled = ctx.policies.compile(policy).await;
    let words = compiled.as_ref().as_ref().map_err(|faults| {
        let first = faults.first().map(ToString::to_string).unwrap_or_default();
        format!("it cannot be understood: {first}")
    })?;
    let namespace = policy.namespace().unwrap_or_default();
    let selected = select::select(&policy.spec.snapshots, &namespace, &ctx.policies.snapshots.state());
    let input = Input {
        snapshot: Arc::clone(content),
        content_hash: hash.to_owned(),
        changes: changes.clone(),
        elsewhere: gather::elsewhere(ctx, &selected.snapshots, snapshot).await,
        texts: Arc::new(gather::texts(ctx, &namespace, &words.data).await),
        live: Some(Vec::new()),
        parents: None,
        kind: ValidationKind::Enforce,
        now: Timestamp::now(),
        policy: Arc::clone(&compiled),
    };
    ctx.policies.evaluate(input, &ctx.metrics).await
}

fn told(policy: &str, report: &Report, word: ResultWord) -> String {
    let worst = report.results.iter().find(|item| item.result == word).map(|item| {
        let object = Some(item.object()).filter(|object| !object.is_empty()).map(|object| format!("{object}, "));
        format!("{}{}: {}", object.unwrap_or_default(), item.rule, shorten(&item.message, 160))
    });
    let what = if word == ResultWord::Fail {
        failing(report.summary.fail)
    } else {
        format!("{} could not be judged", results(report.summary.error))
    };
    format!("policy {policy}: {what}, the worst: {}", worst.unwrap_or_default())
}

fn joined(all: &[String]) -> String {
    let more = all.len().saturating_sub(NAMED);
    let mut text = all.iter().take(NAMED).cloned().collect::<Vec<_>>().join("; ");
    if more > 0 {
        text = format!("{text}; and {more} more policies");
    }
    text
}

/// What a change takes from the contracts of all policies that select the snapshot, whatever they enforce.
pub(in crate::controller) async fn broken(
    ctx: &Context,
    snapshot: &SchemaSnapshot,
    old: &Snapshot,
    new: impl Fn() -> Snapshot,
) -> Vec<consumers::Broken> {
    let mut all: Vec<Arc<Compiled>> = Vec::new();
    for policy in ctx.policies.of(snapshot) {
        all.push(ctx.policies.compile(&policy).await);
    }
    let contracts = all.iter().filter_map(|compiled| compiled.as_ref().as_ref().ok()).flat_map(|p| &p.contracts);
    let mut contracts = contracts.peekable();
    if contracts.peek().is_none() {
        return Vec::new();
    }
    consumers::broken(contracts, old, &new())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_judged_waits_for_a_while_and_what_fails_for_a_person() {
        let at = |seconds: i64| Timestamp::constant(1_000_000 + seconds, 0);
        let hold = |reason, why: &str, again| Passage::Hold { reason, why: why.to_owned(), again };
        let unclear = |since| Gate::NotJudged("policy p: no rows".to_owned(), at(since));
        let until = "policy p: no rows; unless it can be judged before, it is published at 1970-01-12T13:56:40Z";
        for (gate, now, want) in [
            (Gate::Open, 0, Passage::Publish(None)),
            (Gate::Failed("no".to_owned()), 99_999, hold(Reason::PolicyFailed, "no", None)),
            (unclear(0), 0, hold(Reason::PolicyNotJudged, until, Some(AGAIN))),
            (unclear(0), 599, hold(Reason::PolicyNotJudged, until, Some(AGAIN))),
            (unclear(0), 600, Passage::Publish(Some("policy p: no rows".to_owned()))),
            (unclear(0), 9_000, Passage::Publish(Some("policy p: no rows".to_owned()))),
        ] {
            assert_eq!(gate.clone().passage(at(now)), want, "{gate:?} after {now} s");
        }
    }

    #[test]
    fn a_message_names_a_few_policies_and_counts_the_rest() {
        let all: Vec<String> = ["a", "b", "c", "d", "e"].map(str::to_owned).into();
        assert_eq!(joined(&all[..2]), "a; b");
        assert_eq!(joined(&all), "a; b; c; and 2 more policies");
    }
}
