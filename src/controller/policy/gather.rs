//! Reads what a policy judges: what its snapshots publish, what they published before, and the rows that stand in
//! ConfigMaps. Thin: every call has a deadline, and what cannot be read is told, never left out.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use k8s_openapi::api::core::v1::ConfigMap;
use k8s_openapi::jiff::Timestamp;
use kube::{Api, ResourceExt};

use super::evaluate::{Before, Texts};
use crate::api::SchemaSnapshot;
use crate::api::policy::DataCheck;
use crate::controller::{Context, judge};
use crate::error::shorten;
use crate::schema::Snapshot;
use crate::validation::policy::engines;

/// Deadline of one call to the API server.
const CALL_DEADLINE: Duration = Duration::from_secs(15);

/// Why something that has to be judged cannot be: what happened, and whether it may be over soon.
pub(super) struct Missing {
    pub(super) why: String,
    pub(super) soon: bool,
}

/// What a snapshot publishes, with its hash.
pub(super) async fn content(ctx: &Context, snapshot: &SchemaSnapshot) -> Result<(Snapshot, String), Missing> {
    let missing = |why: String, soon| Missing { why, soon };
    let name = snapshot.name_any();
    let stored = ctx.store.load(snapshot).await.map_err(|error| missing(error.to_string(), true))?;
    let hash = stored.as_ref().and_then(|stored| stored.index.as_ref()).map(|index| index.content_hash.clone());
    let (Some(stored), Some(hash)) = (stored, hash) else {
        let text =
            format!("SchemaSnapshot {name} publishes nothing yet; kubectl describe schemasnapshot {name} says why");
        return Err(missing(text, false));
    };
    let content = ctx.store.content(snapshot, &stored).await.map_err(|error| missing(error.to_string(), true))?;
    match content.damaged.first() {
        None => Ok((content.snapshot, hash)),
        Some(damage) => Err(missing(
            format!(
                "the ConfigMap {} of SchemaSnapshot {name} was changed by somebody else and is being repaired",
                damage.config_map
            ),
            true,
        )),
    }
}

/// How what is published differs from what was published before it.
pub(super) async fn changes(ctx: &Context, snapshot: &SchemaSnapshot, content: &Snapshot, now: Timestamp) -> Before {
    let status = snapshot.status.as_ref();
    let Some(changes) = status.and_then(|status| status.changes.as_ref()) else { return Before::First };
    let revision = &changes.from_revision;
    let old = match ctx.store.revision(snapshot, revision).await {
        Ok(Some(old)) => old,
        Ok(None) => {
            let text =
                format!("revision {revision}, which came before, is no longer kept: raise output.revisionHistoryLimit");
            return Before::Compared(Err(text));
        }
        Err(error) => return Before::Compared(Err(format!("revision {revision}, which came before: {error}"))),
    };
    let ignored = judge::ignores(&snapshot.spec.changes.clone().unwrap_or_default(), now);
    Before::Compared(match ignored {
        Ok(ignored) => engines::changes(&old, content, &ignored),
        Err(failure) => Err(failure.message),
    })
}

/// The texts of the ConfigMap keys that rows are taken from. Read anew each time: nobody watches them.
pub(super) async fn texts(ctx: &Context, namespace: &str, data: &[DataCheck]) -> Texts {
    let mut texts = Texts::new();
    let wanted: BTreeSet<(String, String)> = data
        .iter()
        .filter_map(|check| check.rows_from.as_ref())
        .map(|from| (from.config_map_key_ref.name.clone(), from.config_map_key_ref.key.clone()))
        .collect();
    let names: BTreeSet<String> = wanted.iter().map(|(name, _)| name.clone()).collect();
    for name in names {
        let found = config_map(ctx, namespace, &name).await;
        for (_, key) in wanted.iter().filter(|(of, _)| *of == name) {
            let text = match &found {
                Ok(found) => found.data.as_ref().and_then(|data| data.get(key)).cloned().ok_or_else(|| {
                    format!(
                        "the ConfigMap {name} has no key {key}: add it with one JSON object a line, or a JSON array"
                    )
                }),
                Err(why) => Err(why.clone()),
            };
            texts.insert((name.clone(), key.clone()), text);
        }
    }
    texts
}

async fn config_map(ctx: &Context, namespace: &str, name: &str) -> Result<ConfigMap, String> {
    let api: Api<ConfigMap> = Api::namespaced(ctx.client.clone(), namespace);
    match tokio::time::timeout(CALL_DEADLINE, api.get_opt(name)).await {
        Ok(Ok(Some(found))) => Ok(found),
        Ok(Ok(None)) => {
            Err(format!("there is no ConfigMap {name} in namespace {namespace}: create it beside the policy"))
        }
        Ok(Err(kube::Error::Api(status))) => Err(format!("the ConfigMap {name}: {}", shorten(&status.message, 256))),
        Ok(Err(error)) => Err(format!("the ConfigMap {name}: {}", shorten(&error.to_string(), 256))),
        Err(_) => Err(format!("the ConfigMap {name}: the API server did not answer in time")),
    }
}

/// The databases of the other snapshots a policy selects.
pub(super) async fn elsewhere(
    ctx: &Context,
    snapshots: &[Arc<SchemaSnapshot>],
    but: &SchemaSnapshot,
) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for snapshot in snapshots.iter().filter(|snapshot| snapshot.metadata.uid != but.metadata.uid) {
        let Some(status) = &snapshot.status else { continue };
        let listed = status.databases.iter().map(|database| database.name.clone());
        let all = status.counts.as_ref().map_or(0, |counts| counts.databases as usize);
        if status.databases.len() >= all {
            names.extend(listed);
            continue;
        }
        // The status lists some of them alone.
        let stored = ctx.store.load(snapshot).await.ok().flatten().and_then(|stored| stored.index);
        match stored {
            Some(index) => names.extend(index.databases.into_iter().map(|database| database.name)),
            None => names.extend(listed),
        }
    }
    names
}
