//! Writes the status of the ClusterSchemaSources, one after the other, as long as this process works. What it says is
//! decided in `status`; a write that fails is tried again with the next round.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use k8s_openapi::jiff::Timestamp;
use kube::api::{Api, Patch, PatchParams};
use kube::runtime::reflector;
use kube::{Resource, ResourceExt};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::status;
use crate::api::{ClusterSchemaSource, ClusterSchemaSourceStatus, FIELD_MANAGER, SchemaSnapshot, labels};
use crate::config::scope::{Namespaces, Scope};
use crate::controller::Context;

/// Between two rounds without news: in it a number that waited for its time is written.
const ROUND: Duration = Duration::from_secs(15);
/// After news: what comes with them makes one round.
const SETTLE: Duration = Duration::from_millis(500);
/// Deadline of one call to the API server.
const CALL_DEADLINE: Duration = Duration::from_secs(15);

/// The statuses as last written by this process, by UID.
type Written = HashMap<String, (ClusterSchemaSourceStatus, Instant)>;

/// Keeps the statuses up to date until the stop. `listed` is set when the snapshots are all in the store.
pub async fn run(ctx: &Context, snapshots: &reflector::Store<SchemaSnapshot>, listed: CancellationToken) {
    let stop = ctx.stop.clone();
    let work = async {
        listed.cancelled().await;
        ctx.cluster_sources.known.cancelled().await;
        let mut written = Written::new();
        loop {
            round(ctx, snapshots, &mut written).await;
            tokio::select! {
                () = ctx.cluster_sources.news.notified() => tokio::time::sleep(SETTLE).await,
                () = tokio::time::sleep(ROUND) => {}
            }
        }
    };
    stop.run_until_cancelled(work).await;
}

/// Whether this operator writes the status of a source. One that serves some namespaces knows some of the snapshots only,
/// and of two classes each knows its own: the label says whose it is.
fn is_ours(source: &ClusterSchemaSource, scope: &Scope) -> bool {
    let class = source.labels().get(labels::INSTANCE).map_or("", String::as_str);
    scope.namespaces == Namespaces::All && class == scope.instance
}

async fn round(ctx: &Context, snapshots: &reflector::Store<SchemaSnapshot>, written: &mut Written) {
    let sources = ctx.cluster_sources.store.state();
    ctx.cluster_sources.forget_all_but(&sources);
    written.retain(|uid, _| sources.iter().any(|source| source.metadata.uid.as_ref() == Some(uid)));
    let mut counts: HashMap<String, u32> = HashMap::new();
    for snapshot in snapshots.state() {
        if let Some(name) = snapshot.spec.cluster_source() {
            *counts.entry(name.to_owned()).or_default() += 1;
        }
    }
    for source in sources.into_iter().filter(|source| is_ours(source, &ctx.config.scope)) {
        let count = counts.get(&source.name_any()).copied().unwrap_or_default();
        one(ctx, &source, count, written).await;
    }
}

async fn one(ctx: &Context, source: &Arc<ClusterSchemaSource>, snapshots: u32, written: &mut Written) {
    let uid = source.uid().unwrap_or_default();
    // The watch may lag behind our own writes.
    let (old, since) = match written.get(&uid) {
        Some((status, at)) => (status.clone(), Some(at.elapsed())),
        None => (source.status.clone().unwrap_or_default(), None),
    };
    let seen = ctx.cluster_sources.seen(&source.name_any());
    let new = status::decide(source, &old, snapshots, seen.as_ref(), Timestamp::now());
    if !status::due(&old, &new, since) {
        return;
    }
    let call = tokio::time::timeout(CALL_DEADLINE, apply(ctx, source, &new)).await;
    match call {
        Ok(Ok(())) => drop(written.insert(uid, (new, Instant::now()))),
        Ok(Err(kube::Error::Api(status))) if status.is_not_found() => {}
        Ok(Err(error)) => {
            tracing::warn!(source = source.name_any(), %error, "the status of a ClusterSchemaSource could not be written and is tried again");
        }
        Err(_) => {
            tracing::warn!(source = source.name_any(), "no answer to a status write within 15 s; it is tried again")
        }
    }
}

async fn apply(
    ctx: &Context,
    source: &ClusterSchemaSource,
    status: &ClusterSchemaSourceStatus,
) -> Result<(), kube::Error> {
    let api: Api<ClusterSchemaSource> = Api::all(ctx.client.clone());
    let name = source.name_any();
    let patch = json!({
        "apiVersion": ClusterSchemaSource::api_version(&()),
        "kind": ClusterSchemaSource::kind(&()),
        "metadata": { "name": name, "uid": source.uid() },
        "status": status,
    });
    api.patch_status(&name, &PatchParams::apply(FIELD_MANAGER).force(), &Patch::Apply(&patch)).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::ClusterSchemaSourceSpec;
    use crate::api::source::Server;

    #[test]
    fn the_status_has_one_writer() {
        let all = Namespaces::All;
        for (namespaces, instance, label, want) in [
            (all.clone(), "", None, true),
            (all.clone(), "red", Some("red"), true),
            (all.clone(), "red", None, false),
            (all.clone(), "", Some("red"), false),
            (Namespaces::Own, "", None, false),
            (Namespaces::List(vec!["a".into()]), "red", Some("red"), false),
        ] {
            let spec =
                ClusterSchemaSourceSpec { server: Server::default(), secret_namespace: None, access: Vec::new() };
            let mut source = ClusterSchemaSource::new("prod", spec);
            source.metadata.labels = label.map(|label| [(labels::INSTANCE.to_owned(), label.to_owned())].into());
            let scope = Scope { namespaces, instance: instance.into(), selector: String::new() };
            assert_eq!(is_ours(&source, &scope), want, "{scope:?} {label:?}");
        }
    }
}
