//! Steps 2 to 4 of the reconcile: what the database has, beside what is published, and publishing what is new.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use kube::ResourceExt;

use super::due::Reading;
use super::look::Wanted;
use super::outcome::{Failure, Outcome, Settled};
use super::publish::Wish;
use super::source::Named;
use super::{Context, look, source, summary};
use crate::api::{SchemaSnapshot, SchemaSnapshotStatus, annotations};
use crate::cache::{Anew, Answer, Asker, Durable, Known, Look};
use crate::discovery::Published;
use crate::schema::select::Selection;

/// How a look ended that did not fail.
pub(super) enum Looked {
    /// With an answer.
    Answer(Box<Seen>),
    /// Too many wait for this source.
    Busy,
    /// The process ends while it still looks: whoever leads next starts over, and does not have to wait for it.
    Stopping,
}

/// An answer, and what it is about.
pub(super) struct Seen {
    pub(super) answer: Answer,
    selection: Selection,
    at: Instant,
}

/// What a look is to give.
pub(super) struct Demand<'a> {
    pub(super) named: &'a Named,
    pub(super) reading: Reading,
    pub(super) anew: Option<(Anew, Instant)>,
    pub(super) insists: bool,
    pub(super) max_age: Duration,
    pub(super) interval: Duration,
}

/// Step 2: what does the database have?
pub(super) async fn look(
    snapshot: &SchemaSnapshot,
    ctx: &Context,
    old: &SchemaSnapshotStatus,
    demand: Demand<'_>,
) -> Result<Looked, Failure> {
    let Demand { named, reading, anew, insists, max_age, interval } = demand;
    let namespace = snapshot.namespace().unwrap_or_default();
    let target = source::target(snapshot, &namespace, &ctx.config, named)?;
    source::interval(snapshot, &ctx.config)?;
    source::max_staleness(snapshot, interval)?;
    let durable = ConfigMaps { snapshot, ctx };
    let compare = reading == Reading::Compare || anew.is_some();
    let known = compare.then(|| ctx.known(snapshot, &ctx.owned(snapshot), &durable)).flatten();
    let (name, uid) = (snapshot.name_any(), snapshot.metadata.uid.clone().unwrap_or_default());
    let asker = Asker { namespace: namespace.clone(), name, uid };
    let has_content = old.content_hash.is_some();
    let wanted = Wanted { asker: &asker, target: &target, known, max_age, anew, insists, has_content };
    let looking = look::look(ctx, &target.secret_namespace, &wanted);
    let Some(looked) = ctx.stop.run_until_cancelled(looking).await else { return Ok(Looked::Stopping) };
    match &looked {
        // What comes from memory says nothing of the server.
        Ok(Some(answer)) if answer.tally.asked || answer.tally.waited => {
            ctx.cluster_sources.looked(named, Ok(summary::answered(&answer.look, &answer.server)));
        }
        Ok(_) => {}
        Err(failure) => ctx.cluster_sources.looked(named, Err(failure)),
    }
    let Some(answer) = looked? else { return Ok(Looked::Busy) };
    let now = Instant::now();
    let at = now.checked_sub(answer.age).unwrap_or(now);
    Ok(Looked::Answer(Box::new(Seen { answer, selection: target.selection, at })))
}

/// Steps 3 and 4: when there is something new, publish it.
pub(super) async fn publish(
    snapshot: &SchemaSnapshot,
    ctx: &Context,
    old: &SchemaSnapshotStatus,
    seen: Seen,
    approve: Option<&str>,
) -> Result<Outcome, Failure> {
    let Seen { answer, selection, at } = seen;
    let discovered = match answer.look {
        Look::Unchanged { changing } => {
            let drift = super::drift::of(ctx, snapshot, None).await;
            return Ok(Outcome::Settled(Box::new(Settled { content: None, changing, age: at.elapsed(), drift })));
        }
        Look::Read(discovered) => discovered,
    };
    // Looking takes its time: what happened to the ConfigMaps meanwhile counts.
    let wish = Wish {
        snapshot,
        old,
        owned: &ctx.owned(snapshot),
        selection: &selection,
        approve,
        seen: at,
        read: answer.read,
    };
    super::publish::publish(wish, ctx, &answer.server, *discovered).await
}

/// The ConfigMaps of one snapshot, read back when they are asked for.
struct ConfigMaps<'a> {
    snapshot: &'a SchemaSnapshot,
    ctx: &'a Context,
}

#[async_trait]
impl Durable for ConfigMaps<'_> {
    async fn published(&self) -> Option<Published> {
        let store = &self.ctx.store;
        // What cannot be read back is read from the database instead.
        let stored = store.load(self.snapshot).await.ok().flatten()?;
        let server = stored.server.clone()?;
        let content = store.content(self.snapshot, &stored).await.ok().filter(|content| content.damaged.is_empty())?;
        Some(Published { server, fingerprints: stored.fingerprints, databases: content.snapshot.databases })
    }
}

impl Context {
    /// The ConfigMaps that carry this snapshot's label, from the watch.
    pub(super) fn owned(&self, snapshot: &SchemaSnapshot) -> Vec<crate::store::plan::Owned> {
        crate::store::plan::owned(&self.config_maps.state(), snapshot)
    }

    /// What the index ConfigMap remembers of the last look.
    fn known<'a>(
        &self,
        snapshot: &SchemaSnapshot,
        owned: &[crate::store::plan::Owned],
        durable: &'a dyn Durable,
    ) -> Option<Known<'a>> {
        let index = owned.iter().find(|owned| owned.name == snapshot.config_map_name())?;
        let read = |key: &str| index.annotations.get(key);
        let fingerprints: BTreeMap<String, String> = serde_json::from_str(read(annotations::FINGERPRINTS)?).ok()?;
        let facts = serde_json::from_str(read(annotations::SERVER)?).ok()?;
        Some(Known { facts, fingerprints, durable })
    }
}
