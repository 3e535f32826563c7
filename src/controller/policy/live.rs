//! Looks up what a policy wants to know of rows: samples, and children without a parent. Over the connection the
//! snapshot's own looks use, with its credentials, and only where its source lets this namespace read rows.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use kube::ResourceExt;

use crate::api::SchemaSnapshot;
use crate::cache::Fault;
use crate::controller::observe::McpObserver;
use crate::controller::source::{self, Rows as Access, Target};
use crate::controller::{Context, credentials};
use crate::mcp::Rows;
use crate::schema::Snapshot;
use crate::validation::live::{self, Question};
use crate::validation::policy::{Judged, Policy};

/// All statements of one policy and snapshot together; each has the source's own deadline besides.
const DEADLINE: Duration = Duration::from_secs(180);

/// Longest wait for what a clusterSource stands for.
const NAMED: Duration = Duration::from_secs(30);

/// The results of what was looked up; `None` when the policy wants nothing looked up.
pub(super) async fn look_up(
    ctx: &Context,
    snapshot: &SchemaSnapshot,
    content: &Snapshot,
    policy: &Policy,
    elsewhere: &BTreeSet<String>,
) -> Option<Vec<Judged>> {
    if policy.relationships.is_empty() && policy.data.iter().all(|check| check.sample.is_none()) {
        return None;
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
    let statements: Vec<&str> = questions.iter().filter_map(Question::statement).collect();
    let answers = match &target {
        Ok(target) => ask(ctx, target, &statements).await,
        Err(why) => vec![Err(why.clone()); statements.len()],
    };
    let mut answers = answers.into_iter();
    let nothing = Err("it was not asked".to_owned());
    let judged = questions.iter().flat_map(|question| {
        let answer = if question.statement().is_some() { answers.next() } else { None };
        let answer = answer.as_ref().unwrap_or(&nothing);
        live::judge(question, answer.as_ref().map_err(String::as_str), content, policy)
    });
    Some(judged.collect())
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
