//! The watches of several namespaces as one. Each of them lists anew when it must and then says `Init`, everything, and
//! `InitDone`; a store takes that for the list of *all* objects and would drop those of the other namespaces. So only
//! the first lists are passed on as one, and later ones as the changes they amount to.

use std::collections::{BTreeMap, BTreeSet};

use futures::stream::{self, Stream, StreamExt, select_all};
use kube::api::Api;
use kube::runtime::reflector::Store;
use kube::runtime::watcher::{Config, Error, Event};
use kube::runtime::{WatchStreamExt, watcher};
use kube::{Resource, ResourceExt};
use serde::de::DeserializeOwned;

/// Events of everything `apis` hold, as far as `read` can make something of it. A watch that fails is logged as one of
/// `what`, told to `failed`, and tried again; it stops no other. `store` is the one these events fill.
pub fn events<G, K>(
    apis: Vec<(String, Api<G>)>,
    config: Config,
    what: &'static str,
    read: impl Fn(Event<G>) -> Option<Event<K>> + Send + 'static,
    store: Store<K>,
    mut failed: impl FnMut(&Error) + Send + 'static,
) -> impl Stream<Item = Result<Event<K>, Error>> + Send
where
    G: Resource + Clone + DeserializeOwned + std::fmt::Debug + Send + 'static,
    K: Resource<DynamicType = ()> + Clone + Send + Sync + 'static,
{
    let mut merge = Merge::new(apis.iter().map(|(namespace, _)| namespace.clone()));
    let watches = apis.into_iter().map(|(namespace, api)| {
        let events = watcher(api, config.clone()).default_backoff();
        events.map(move |event| (namespace.clone(), event)).boxed()
    });
    select_all(watches).flat_map(move |(namespace, event)| {
        let present = || store.state().iter().map(|object| K::clone(object)).collect::<Vec<_>>();
        let events = match event {
            Ok(event) => read(event).map(|event| merge.event(&namespace, event, present)).unwrap_or_default(),
            Err(error) => {
                tracing::warn!(%error, namespace, "the watch on {what} failed and is tried again");
                failed(&error);
                if forbidden(&error) { merge.refused(&namespace) } else { Vec::new() }
            }
        };
        stream::iter(events.into_iter().map(Ok))
    })
}

/// The permission is missing: the rule is not there, or its namespace is not.
fn forbidden(error: &Error) -> bool {
    status_code(error) == Some(403)
}

/// The HTTP status with which the API server refused a watch.
#[must_use]
pub fn status_code(error: &Error) -> Option<u16> {
    match error {
        Error::InitialListFailed(kube::Error::Api(status)) | Error::WatchStartFailed(kube::Error::Api(status)) => {
            Some(status.code)
        }
        Error::WatchError(status) => Some(status.code),
        _ => None,
    }
}

/// What one namespace has told so far.
#[derive(Debug, Default)]
struct Told {
    /// Its first list is in.
    listed: bool,
    /// It may not be listed; the others do not wait for it.
    refused: bool,
    /// Names in the list that is coming in.
    names: BTreeSet<String>,
}

struct Merge<K> {
    namespaces: BTreeMap<String, Told>,
    /// Objects by namespace and name, until every namespace has told its own.
    first: Option<BTreeMap<(String, String), K>>,
}

impl<K: ResourceExt> Merge<K> {
    fn new(namespaces: impl Iterator<Item = String>) -> Self {
        let namespaces: BTreeMap<_, _> = namespaces.map(|name| (name, Told::default())).collect();
        // One watch needs no merging.
        let first = (namespaces.len() > 1).then(BTreeMap::new);
        Self { namespaces, first }
    }

    /// What an event of one namespace means for the whole. `present` gives the objects of the store.
    fn event(&mut self, namespace: &str, event: Event<K>, present: impl FnOnce() -> Vec<K>) -> Vec<Event<K>> {
        if self.namespaces.len() < 2 {
            return vec![event];
        }
        let Some(told) = self.namespaces.get_mut(namespace) else { return Vec::new() };
        let key = |object: &K| (namespace.to_owned(), object.name_any());
        match (event, self.first.as_mut()) {
            (Event::Init, first) => {
                told.names.clear();
                if let Some(first) = first {
                    first.retain(|(owner, _), _| owner != namespace);
                }
                Vec::new()
            }
            (Event::InitApply(object) | Event::Apply(object), Some(first)) => {
                first.insert(key(&object), object);
                Vec::new()
            }
            (Event::Delete(object), Some(first)) => {
                first.remove(&key(&object));
                Vec::new()
            }
            (Event::InitDone, Some(_)) => {
                told.listed = true;
                self.whole()
            }
            (Event::InitApply(object), None) => {
                told.names.insert(object.name_any());
                vec![Event::Apply(object)]
            }
            (Event::InitDone, None) => {
                let names = std::mem::take(&mut told.names);
                let gone = |o: &K| o.namespace().as_deref() == Some(namespace) && !names.contains(&o.name_any());
                present().into_iter().filter(gone).map(Event::Delete).collect()
            }
            (event, None) => vec![event],
        }
    }

    /// A namespace cannot be listed: nobody waits for it, unless it is the only hope left.
    fn refused(&mut self, namespace: &str) -> Vec<Event<K>> {
        if let Some(told) = self.namespaces.get_mut(namespace) {
            told.refused = true;
        }
        self.whole()
    }

    /// The first list of all namespaces, once each has told its own.
    fn whole(&mut self) -> Vec<Event<K>> {
        let settled = self.namespaces.values().all(|told| told.listed || told.refused);
        if !settled || !self.namespaces.values().any(|told| told.listed) {
            return Vec::new();
        }
        let Some(first) = self.first.take() else { return Vec::new() };
        let objects = first.into_values().map(Event::InitApply);
        std::iter::once(Event::Init).chain(objects).chain(std::iter::once(Event::InitDone)).collect()
    }
}

#[cfg(test)]
mod tests;
