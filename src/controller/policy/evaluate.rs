//! Evaluates a compiled policy against one content, on a thread of its own: an expression that takes its time blocks no
//! other work. The deadline is looked at between two objects; what was not reached is an error, never a pass.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use k8s_openapi::jiff::Timestamp;

use super::{Compiled, Policies};
use crate::api::policy::KeyRef;
use crate::metrics::Metrics;
use crate::metrics::labels::{RowResult, ValidationKind};
use crate::schema::Snapshot;
use crate::validation::policy::engines::{self, RowCounts};
use crate::validation::policy::{Candidate, ChangeFacts, Changes, Engines, Judged, Parents, Policy, Report, evaluate};

/// How long one evaluation of one content goes on to new objects.
const DEADLINE: Duration = Duration::from_secs(20);

/// How much longer it is waited for: the object at hand is judged to its end.
const GRACE: Duration = Duration::from_secs(10);

/// Everything one evaluation rests on.
pub(super) struct Input {
    pub(super) policy: Arc<Compiled>,
    pub(super) snapshot: Arc<Snapshot>,
    pub(super) content_hash: String,
    pub(super) changes: Before,
    pub(super) elsewhere: BTreeSet<String>,
    /// The texts of the ConfigMap keys its rows come from, or why there are none.
    pub(super) texts: Arc<Texts>,
    /// What was looked up through the MCP server; none where nothing is.
    pub(super) live: Option<Vec<Judged>>,
    /// What was looked up of the parents of its rows; none where nothing was.
    pub(super) parents: Option<Parents>,
    pub(super) kind: ValidationKind,
    pub(super) now: Timestamp,
}

/// Text by name and key of a ConfigMap.
pub(super) type Texts = BTreeMap<(String, String), Result<String, String>>;

/// How the content differs from what came before.
#[derive(Clone)]
pub(in crate::controller) enum Before {
    /// Nothing did.
    First,
    /// So, or it is not known why not.
    Compared(Result<Vec<ChangeFacts>, String>),
}

impl Policies {
    /// Evaluates; `Err` says why there is no report.
    pub(super) async fn evaluate(&self, input: Input, metrics: &Metrics) -> Result<Report, String> {
        let permits = match input.kind {
            ValidationKind::Audit => &self.evaluations,
            ValidationKind::Enforce => &self.gates,
        };
        let Ok(permit) = Arc::clone(permits).acquire_owned().await else {
            return Err("the operator is stopping".to_owned());
        };
        let kind = input.kind;
        let (began, counted) = (Instant::now(), metrics.clone());
        // The permit goes along: what is waited for no longer still runs, and is one of those that may.
        let work = tokio::task::spawn_blocking(move || {
            let report = run(&input, &counted);
            drop(permit);
            report
        });
        let done = tokio::time::timeout(DEADLINE + GRACE, work).await;
        metrics.validated(kind, began.elapsed());
        match done {
            Ok(Ok(report)) => report,
            Ok(Err(_)) => Err("the evaluation failed: this is a fault of the operator; its log has more".to_owned()),
            Err(_) => Err(format!(
                "the evaluation did not end within {} s: simplify the expressions of the policy",
                (DEADLINE + GRACE).as_secs()
            )),
        }
    }
}

fn run(input: &Input, metrics: &Metrics) -> Result<Report, String> {
    let policy: &Policy = input.policy.as_ref().as_ref().map_err(|_| "the policy cannot be understood".to_owned())?;
    let until = Instant::now() + DEADLINE;
    let changes = match &input.changes {
        Before::First => Changes::First,
        Before::Compared(Ok(known)) => Changes::Known(known),
        Before::Compared(Err(why)) => Changes::Unknown(why),
    };
    let candidate = Candidate {
        snapshot: &input.snapshot,
        content_hash: Some(&input.content_hash),
        changes,
        elsewhere: &input.elsewhere,
        next_values: &|_, _| None,
    };
    let counts = Cell::new(RowCounts::default());
    let rows = |check: &_, snapshot: &_, switches| {
        let (judged, more) =
            engines::rows(|key| text(&input.texts, key), check, snapshot, switches, input.parents.as_ref());
        let so_far = counts.get();
        counts.set(RowCounts { valid: so_far.valid + more.valid, invalid: so_far.invalid + more.invalid });
        judged
    };
    let engines = Engines { query: &engines::query, rows: &rows, live: input.live.as_deref() };
    let report = evaluate(policy, &candidate, &engines, input.now, &|| Instant::now() >= until);
    metrics.rows_judged(RowResult::Valid, counts.get().valid);
    metrics.rows_judged(RowResult::Invalid, counts.get().invalid);
    Ok(report)
}

/// The text of a key, or why there is none.
pub(super) fn text<'t>(texts: &'t Texts, key: &KeyRef) -> Result<&'t str, String> {
    match texts.get(&(key.name.clone(), key.key.clone())) {
        Some(Ok(text)) => Ok(text),
        Some(Err(why)) => Err(why.clone()),
        None => Err(format!("the key {} of the ConfigMap {} was not read", key.key, key.name)),
    }
}
