//! Tests of `merge`: lists of several namespaces through a real store.
#![expect(clippy::unwrap_used, reason = "tests")]

use k8s_openapi::api::core::v1::ConfigMap;
use kube::runtime::reflector::{self, store::Writer};

use super::*;

/// A store filled through a merge of `a` and `b`.
struct World {
    merge: Merge<ConfigMap>,
    store: Store<ConfigMap>,
    writer: Writer<ConfigMap>,
    ready: bool,
}

fn object(namespace: &str, name: &str) -> ConfigMap {
    let mut object = ConfigMap::default();
    object.metadata.namespace = Some(namespace.into());
    object.metadata.name = Some(name.into());
    object
}

impl World {
    fn new(namespaces: &[&str]) -> Self {
        let (store, writer) = reflector::store();
        let merge = Merge::new(namespaces.iter().map(|name| (*name).to_owned()));
        Self { merge, store, writer, ready: false }
    }

    fn apply(&mut self, events: Vec<Event<ConfigMap>>) {
        for event in events {
            self.ready |= matches!(event, Event::InitDone);
            self.writer.apply_watcher_event(&event);
        }
    }

    /// `[` Init, `]` InitDone, `+x` Apply or, inside a list, InitApply, `-x` Delete.
    fn tell(&mut self, namespace: &str, script: &str) {
        let mut listing = false;
        for word in script.split_whitespace() {
            let event = match (word, word.get(1..).map(|name| object(namespace, name)).unwrap()) {
                ("[", _) => Event::Init,
                ("]", _) => Event::InitDone,
                (word, object) if word.starts_with('-') => Event::Delete(object),
                (_, object) if listing => Event::InitApply(object),
                (_, object) => Event::Apply(object),
            };
            listing = matches!(event, Event::Init | Event::InitApply(_));
            let state = self.store.state();
            let present = || state.iter().map(|o| ConfigMap::clone(o)).collect();
            let events = self.merge.event(namespace, event, present);
            self.apply(events);
        }
    }

    fn has(&self) -> Vec<String> {
        let mut names: Vec<String> =
            self.store.state().iter().map(|o| format!("{}/{}", o.namespace().unwrap(), o.name_any())).collect();
        names.sort();
        names
    }
}

#[test]
fn nothing_is_known_until_every_namespace_has_told_its_own() {
    let mut world = World::new(&["a", "b"]);
    world.tell("a", "[ +x +y ] +z -x");
    assert!(!world.ready && world.has().is_empty());
    world.tell("b", "[ +x ]");
    assert!(world.ready);
    assert_eq!(world.has(), ["a/y", "a/z", "b/x"]);
}

#[test]
fn a_later_list_of_one_namespace_leaves_the_others_alone_and_drops_what_is_gone() {
    let mut world = World::new(&["a", "b"]);
    world.tell("a", "[ +x +y ]");
    world.tell("b", "[ +x ]");
    world.tell("a", "[ +y +new ]");
    assert_eq!(world.has(), ["a/new", "a/y", "b/x"]);
    world.tell("b", "[ ] +w");
    assert_eq!(world.has(), ["a/new", "a/y", "b/w"]);
}

#[test]
fn a_list_that_breaks_off_and_starts_again_counts_once() {
    let mut world = World::new(&["a", "b"]);
    world.tell("b", "[ ]");
    world.tell("a", "[ +old [ +x ]");
    assert_eq!(world.has(), ["a/x"]);
    world.tell("a", "[ +x [ ]");
    assert!(world.has().is_empty());
}

#[test]
fn a_namespace_that_may_not_be_listed_holds_up_nobody_and_joins_when_it_may() {
    let mut world = World::new(&["a", "b"]);
    let events = world.merge.refused("a");
    world.apply(events);
    assert!(!world.ready, "nothing at all is known yet");
    world.tell("b", "[ +x ]");
    assert!(world.ready);
    assert_eq!(world.has(), ["b/x"]);
    world.tell("a", "[ +x ]");
    assert_eq!(world.has(), ["a/x", "b/x"]);
}

#[test]
fn one_watch_passes_as_it_is() {
    let mut world = World::new(&[""]);
    world.tell("a", "[ +x +y ] -x");
    assert!(world.ready);
    assert_eq!(world.has(), ["a/y"]);
    world.tell("a", "[ +z ]");
    assert_eq!(world.has(), ["a/z"]);
}
