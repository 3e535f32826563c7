//! Follows the ClusterSchemaSources of the cluster and tells which of them snapshots have to be judged by anew. An
//! operator that serves some namespaces only may not be allowed to: then there are none for it, and it goes on.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::{Stream, StreamExt, stream};
use kube::core::DeserializeGuard;
use kube::runtime::reflector::store::Writer;
use kube::runtime::watcher::{Config, Error, Event};
use kube::runtime::{WatchStreamExt, watcher};
use kube::{Api, Client, ResourceExt};

use super::ClusterSources;
use crate::api::ClusterSchemaSource;
use crate::controller::merge::status_code;
use crate::controller::watch::readable;

/// What became different.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// The source of this name: it came, went, or has another spec.
    One(String),
    /// Whether there are any.
    All,
}

/// The changes, as long as the stream is polled.
pub fn changes(
    client: &Client,
    writer: Writer<ClusterSchemaSource>,
    sources: Arc<ClusterSources>,
) -> impl Stream<Item = Change> + Send + 'static {
    let api: Api<DeserializeGuard<ClusterSchemaSource>> = Api::all(client.clone());
    let (mut specs, refusing) = (Specs::default(), Arc::clone(&sources));
    watcher(api, Config::default().streaming_lists())
        .default_backoff()
        .filter_map(move |event| {
            let slim = |event: Event<ClusterSchemaSource>| event.modify(|source| source.managed_fields_mut().clear());
            let event = match event {
                Ok(event) => readable(event).map(|event| Ok::<_, Error>(slim(event))),
                Err(error) => {
                    failed(&error, &refusing);
                    None
                }
            };
            futures::future::ready(event)
        })
        .reflect(writer)
        .flat_map(move |event| {
            let Ok(event) = event else { return stream::iter(Vec::new()) };
            let mut changes: Vec<Change> = specs.changed(&event).into_iter().map(Change::One).collect();
            if matches!(event, Event::InitDone) && sources.listed() {
                changes.push(Change::All);
            }
            stream::iter(changes)
        })
}

/// A watch that fails is tried again by itself.
fn failed(error: &Error, sources: &ClusterSources) {
    // Refused, or the definition is not installed.
    if !matches!(status_code(error), Some(403 | 404)) {
        tracing::warn!(%error, "the watch on ClusterSchemaSources failed and is tried again");
    } else if sources.refused() {
        tracing::info!(%error, "ClusterSchemaSources cannot be watched: snapshots that name one will say so");
    } else {
        tracing::debug!(%error, "ClusterSchemaSources still cannot be watched");
    }
}

/// The specs last seen, by name: UID and generation. A status write changes neither.
#[derive(Debug, Default)]
struct Specs {
    known: BTreeMap<String, String>,
    listing: BTreeMap<String, String>,
}

impl Specs {
    /// The names whose spec an event changes. While a list comes in the store does not have it yet; what was deleted while
    /// the watch was down shows at its end, by its absence.
    fn changed(&mut self, event: &Event<ClusterSchemaSource>) -> Vec<String> {
        let version = |source: &ClusterSchemaSource| {
            format!("{} {}", source.uid().unwrap_or_default(), source.metadata.generation.unwrap_or_default())
        };
        match event {
            Event::Init => {
                self.listing.clear();
                Vec::new()
            }
            Event::InitApply(source) => {
                self.listing.insert(source.name_any(), version(source));
                Vec::new()
            }
            Event::InitDone => {
                let before = std::mem::replace(&mut self.known, std::mem::take(&mut self.listing));
                let names = before.keys().chain(self.known.keys().filter(|name| !before.contains_key(*name)));
                names.filter(|name| before.get(*name) != self.known.get(*name)).cloned().collect()
            }
            Event::Apply(source) => {
                let version = version(source);
                let before = self.known.insert(source.name_any(), version.clone());
                if before.as_ref() == Some(&version) { Vec::new() } else { vec![source.name_any()] }
            }
            Event::Delete(source) => {
                self.known.remove(&source.name_any());
                vec![source.name_any()]
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::ClusterSchemaSourceSpec;
    use crate::api::source::Server;

    fn source(name: &str, uid: &str, generation: i64) -> ClusterSchemaSource {
        let spec = ClusterSchemaSourceSpec { server: Server::default(), secret_namespace: None, access: Vec::new() };
        let mut source = ClusterSchemaSource::new(name, spec);
        (source.metadata.uid, source.metadata.generation) = (Some(uid.to_owned()), Some(generation));
        source
    }

    #[test]
    fn a_source_that_comes_goes_or_is_another_is_told_and_a_status_is_not() {
        let mut specs = Specs::default();
        let steps: Vec<(Event<ClusterSchemaSource>, &[&str])> = vec![
            (Event::Init, &[]),
            (Event::InitApply(source("a", "1", 1)), &[]),
            (Event::InitApply(source("b", "2", 1)), &[]),
            (Event::InitDone, &["a", "b"]),
            (Event::Apply(source("a", "1", 1)), &[]),
            (Event::Apply(source("a", "1", 2)), &["a"]),
            (Event::Apply(source("c", "3", 1)), &["c"]),
            (Event::Delete(source("c", "3", 1)), &["c"]),
            // While the watch was down: b went, a was made anew, d came.
            (Event::Init, &[]),
            (Event::InitApply(source("a", "4", 2)), &[]),
            (Event::InitApply(source("d", "5", 1)), &[]),
            (Event::InitDone, &["a", "b", "d"]),
            (Event::Init, &[]),
            (Event::InitApply(source("a", "4", 2)), &[]),
            (Event::InitApply(source("d", "5", 1)), &[]),
            (Event::InitDone, &[]),
        ];
        for (at, (event, want)) in steps.into_iter().enumerate() {
            assert_eq!(specs.changed(&event), want, "step {at}: {event:?}");
        }
    }

    #[tokio::test]
    async fn sources_that_may_not_be_read_are_told_apart_from_those_that_are_not_there() {
        use crate::api::SchemaSnapshot;
        use crate::controller::source::Named;

        let snapshot = |spec: serde_json::Value| {
            let spec = serde_json::from_value(spec);
            SchemaSnapshot::new("orders", spec.unwrap_or_else(|_| unreachable!("a spec")))
        };
        let naming = snapshot(serde_json::json!({"source": {"clusterSource": "prod"}}));
        let (sources, mut writer) = ClusterSources::new();
        let other = snapshot(serde_json::json!({}));
        assert!(matches!(sources.named(&other).await, Named::Nothing), "which waits for nobody");
        assert!(sources.refused() && !sources.refused(), "told once");
        assert!(matches!(sources.named(&naming).await, Named::Unreadable));
        for event in [Event::Init, Event::InitDone] {
            writer.apply_watcher_event(&event);
        }
        assert!(sources.listed() && !sources.listed(), "the end of the refusal is told once");
        assert!(matches!(sources.named(&naming).await, Named::Unknown));
        writer.apply_watcher_event(&Event::Apply(source("prod", "1", 1)));
        assert!(matches!(sources.named(&naming).await, Named::There(found) if found.name_any() == "prod"));
        assert!(!sources.refused());
        assert!(matches!(sources.named(&naming).await, Named::There(_)), "what was seen stays in use");
    }
}
