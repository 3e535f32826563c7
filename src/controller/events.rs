//! Kubernetes Events, best effort: a failing Event never fails a reconcile.

use std::time::Duration;

use kube::runtime::events::{Event, EventType, Recorder, Reporter};
use kube::{Client, Resource, ResourceExt};

use crate::controller::outcome::Note;
use crate::error::shorten;

/// Longest Event note the API server takes, in bytes.
const MAX_NOTE: usize = 1024;

/// Deadline of one call to the API server: nobody waits for an Event.
const CALL_DEADLINE: Duration = Duration::from_secs(15);

/// Publishes Events under one reporter.
#[derive(Clone)]
pub struct Events(Recorder);

impl Events {
    /// `instance` tells replicas apart (the pod's name).
    #[must_use]
    pub fn new(client: Client, instance: Option<String>) -> Self {
        Self(Recorder::new(client, Reporter { controller: crate::api::FIELD_MANAGER.to_owned(), instance }))
    }

    /// Publishes one Event about an object; `action` is what was being done. A failure is logged and forgotten.
    pub async fn publish<K>(&self, object: &K, action: &'static str, note: &Note)
    where
        K: Resource<DynamicType = ()>,
    {
        let event = Event {
            type_: if note.warning { EventType::Warning } else { EventType::Normal },
            reason: note.reason.to_owned(),
            note: Some(shorten(&note.text, MAX_NOTE)),
            action: action.to_owned(),
            secondary: None,
        };
        let reference = object.object_ref(&());
        let problem = match tokio::time::timeout(CALL_DEADLINE, self.0.publish(&event, &reference)).await {
            Ok(Ok(())) => return,
            Ok(Err(error)) => error.to_string(),
            Err(_) => format!("no answer within {} s", CALL_DEADLINE.as_secs()),
        };
        tracing::debug!(kind = %K::kind(&()), name = object.name_any(), problem, "an Event could not be published");
    }
}
