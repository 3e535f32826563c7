//! Looks up what a policy wants to know of rows: samples, children without a parent, and the parents that rows of a
//! ConfigMap refer to. Over the connection the snapshot's own looks use, with its credentials, and only where its source
//! lets this namespace read rows.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use kube::ResourceExt;

use super::Compiled;
use super::evaluate::{Texts, text};
use crate::api::SchemaSnapshot;
use crate::cache::Fault;
use crate::controller::observe::McpObserver;
use crate::controller::source::{self, Rows as Access, Target};
use crate::controller::{Context, credentials};
use crate::mcp::Rows;
use crate::schema::Snapshot;
use crate::validation::live::{self, ParentQuestion, Question};
use crate::validation::policy::{Judged, Parents, Policy};

/// All statements of one policy and snapshot together; each has the source's own deadline besides.
const DEADLINE: Duration = Duration::from_secs(180);

/// Longest wait for what a clusterSource stands for.
const NAMED: Duration = Duration::from_secs(30);

/// What is looked up for.
pub(super) struct Wanted<'a> {
    pub(super) snapshot: &'a SchemaSnapshot,
    pub(super) content: &'a Arc<Snapshot>,
    pub(super) compiled: &'a Arc<Compiled>,
    /// The same, understood.
    pub(super) policy: &'a Policy,
    pub(super) elsewhere: &'a BTreeSet<String>,
    pub(super) texts: &'a Arc<Texts>,
}

/// What was found.
#[derive(Default)]
pub(super) struct Looked {
    /// The results of samples and relationships; `None` when the policy has none.
    pub(super) live: Option<Vec<Judged>>,
    /// What is known of the parents of rows; `None` when nobody was asked.
    pub(super) parents: Option<Parents>,
}

/// Looks up whatever a policy wants to know of the rows in the database. The parents of rows come last: where there is no
/// time for them they are not checked, and nothing else suffers.
pub(super) async fn look_up(ctx: &Context, wanted: &Wanted<'_>) -> Looked {
    let Wanted { snapshot, content, policy, elsewhere, .. } = wanted;
    let looks = !policy.relationships.is_empty() || policy.data.iter().any(|check| check.sample.is_some());
    let refers = live::wants_parents(policy, content);
    if !looks && !refers {
        return Looked::default();
    }
    let target = target(ctx, snapshot).await;
    let fold = content.server.lower_case_table_names != 0;
    let rows_of = |database: &str| match &target {
        Ok(target) => target.rows.of(database, fold),
        // Nobody is asked; that this is why stands in the answers.
        Err(_) => Access::Any.of(database, fold),
    };
    let same = |one: &str, other: &str| one == other || (fold && one.to_lowercase() == other.to_lowercase());
    let is_elsewhere = |database: &str| elsewhere.iter().any(|name| same(name, database));
    let questions = live::questions(policy, content, &is_elsewhere, &rows_of);
    let readable = || content.databases.iter().map(|one| one.name.clone()).filter(|name| rows_of(name)).collect();
    let parents = if refers && target.is_ok() { parents(ctx, wanted, readable()).await } else { Vec::new() };
    let first: Vec<&str> = questions.iter().filter_map(Question::statement).collect();
    let statements: Vec<&str> = first.iter().copied().chain(parents.iter().map(ParentQuestion::statement)).collect();
    let mut answers = match &target {
        Ok(target) => ask(ctx, target, &statements).await,
        Err(why) => vec![Err(why.clone()); statements.len()],
    };
    let last = answers.split_off(first.len().min(answers.len()));
    let found = live::found(&parents, last.iter().map(|answer| answer.as_ref().ok()));
    Looked { live: looks.then(|| judge(wanted, &questions, answers)), parents: (!parents.is_empty()).then_some(found) }
}

fn judge(wanted: &Wanted<'_>, questions: &[Question], answers: Vec<Result<Rows, String>>) -> Vec<Judged> {
    let mut answers = answers.into_iter();
    let nothing = Err("it was not asked".to_owned());
    let judged = questions.iter().flat_map(|question| {
        let answer = if question.statement().is_some() { answers.next() } else { None };
        let answer = answer.as_ref().unwrap_or(&nothing);
        live::judge(question, answer.as_ref().map_err(String::as_str), wanted.content, wanted.policy)
    });
    judged.collect()
}

/// What has to be asked about parents; the rows are read for it as for an evaluation, so on a thread of its own, which is
/// one of those. `readable`: the databases whose rows may be read.
async fn parents(ctx: &Context, wanted: &Wanted<'_>, readable: BTreeSet<String>) -> Vec<ParentQuestion> {
    let Ok(permit) = Arc::clone(&ctx.policies.evaluations).acquire_owned().await else { return Vec::new() };
    let (compiled, content) = (Arc::clone(wanted.compiled), Arc::clone(wanted.content));
    let texts = Arc::clone(wanted.texts);
    let work = tokio::task::spawn_blocking(move || {
        let _permit = permit;
        let Ok(policy) = compiled.as_ref() else { return Vec::new() };
        live::parents(policy, |key| text(&texts, key).ok(), &content, &|database| readable.contains(database))
    });
    work.await.unwrap_or_default()
}

async fn target(ctx: &Context, snapshot: &SchemaSnapshot) -> Result<Target, String> {
    if snapshot.spec.suspend {
        return Err("the snapshot is suspended, so that its server is not asked".to_owned());
    }
    let named = tokio::time::timeout(NAMED, ctx.cluster_sources.named(snapshot)).await;
    let named = named.map_err(|_| "it is not known yet what source.clusterSource stands for".to_owned())?;
    let namespace = snapshot.namespace().unwrap_or_default();
    source::target(snapshot, &namespace, &ctx.config, &named).map_err(|failure| failure.message)
}

async fn ask(ctx: &Context, target: &Target, statements: &[&str]) -> Vec<Result<Rows, String>> {
    // Rows may refer to nothing that has to be looked for: then no credentials are read either.
    if statements.is_empty() {
        return Vec::new();
    }
    let failed = |why: String| vec![Err(why); statements.len()];
    let objects = match credentials::read(&ctx.client, &target.secret_namespace, &target.wanted).await {
        Ok(objects) => objects,
        Err(failure) => return failed(failure.message),
    };
    let (identity, endpoint) = match target.with(&objects) {
        Ok(both) => both,
        Err(failure) => return failed(failure.message),
    };
    let observer = Arc::new(McpObserver::new(ctx.metrics.clone(), target.label.clone()));
    let answers = ctx.manager.ask(&identity, &endpoint, observer, &target.label, DEADLINE, statements).await;
    answers.into_iter().map(|answer| answer.map_err(|fault: Fault| fault.message)).collect()
}
