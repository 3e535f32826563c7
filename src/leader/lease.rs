//! The one Lease object: read, create, replace, and wait for a change. Thin; decides nothing. Every write carries the
//! resourceVersion it was decided on, so that of two candidates that write at once the API server lets one through.

use std::time::Duration;

use futures::StreamExt;
use k8s_openapi::api::coordination::v1::{Lease, LeaseSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::MicroTime;
use k8s_openapi::jiff::Timestamp;
use kube::api::{Api, PostParams, WatchParams};
use kube::{Client, ResourceExt};

use super::decide::Record;
use crate::api::labels;

/// What the API server said to a write.
pub(super) enum Written {
    /// It is done; this is the lease now.
    Done(Box<Lease>),
    /// Somebody else wrote first, or it is gone, or there is one already: look again.
    Lost,
}

/// The lease of one election.
pub(super) struct Leases {
    api: Api<Lease>,
    name: String,
    instance: String,
}

impl Leases {
    pub(super) fn new(client: Client, namespace: &str, name: &str, instance: &str) -> Self {
        Self { api: Api::namespaced(client, namespace), name: name.to_owned(), instance: instance.to_owned() }
    }

    /// The lease, when there is one.
    pub(super) async fn look(&self) -> Result<Option<Lease>, kube::Error> {
        self.api.get_opt(&self.name).await
    }

    pub(super) async fn create(&self, spec: LeaseSpec) -> Result<Written, kube::Error> {
        let mut lease = Lease { spec: Some(spec), ..Lease::default() };
        lease.metadata.name = Some(self.name.clone());
        let own = lease.labels_mut();
        own.insert(labels::MANAGED_BY.to_owned(), labels::MANAGED_BY_US.to_owned());
        if !self.instance.is_empty() {
            own.insert(labels::INSTANCE.to_owned(), self.instance.clone());
        }
        written(self.api.create(&PostParams::default(), &lease).await)
    }

    /// Replaces `seen` by the same object with another spec.
    pub(super) async fn replace(&self, seen: &Lease, spec: LeaseSpec) -> Result<Written, kube::Error> {
        let next = Lease { spec: Some(spec), ..seen.clone() };
        written(self.api.replace(&self.name, &PostParams::default(), &next).await)
    }

    /// Ends at the first change after `version`. Where the watch fails it never ends: whoever waits has a timer as well.
    pub(super) async fn changed(&self, version: &str) {
        let params = WatchParams::default().fields(&format!("metadata.name={}", self.name));
        if let Ok(events) = self.api.watch(&params, version).await
            && events.boxed().next().await.is_some_and(|event| event.is_ok())
        {
            return;
        }
        std::future::pending().await
    }
}

fn written(answer: Result<Lease, kube::Error>) -> Result<Written, kube::Error> {
    match answer {
        Ok(lease) => Ok(Written::Done(Box::new(lease))),
        Err(kube::Error::Api(status)) if status.code == 409 || status.code == 404 => Ok(Written::Lost),
        Err(error) => Err(error),
    }
}

/// The plain facts of a lease.
pub(super) fn record(lease: &Lease) -> Record {
    let spec = lease.spec.as_ref();
    let seconds = spec.and_then(|spec| spec.lease_duration_seconds);
    Record {
        version: lease.resource_version().unwrap_or_default(),
        holder: spec.and_then(|spec| spec.holder_identity.clone()).unwrap_or_default(),
        duration: seconds.map(|seconds| Duration::from_secs(u64::try_from(seconds).unwrap_or(0))),
        transitions: spec.and_then(|spec| spec.lease_transitions).unwrap_or(0),
    }
}

/// The spec of a lease that `me` holds from now on, or goes on holding.
pub(super) fn held(me: &str, duration: Duration, seen: Option<&Lease>) -> LeaseSpec {
    let now = MicroTime(Timestamp::now());
    let before = seen.and_then(|lease| lease.spec.clone()).unwrap_or_default();
    let mine = before.holder_identity.as_deref() == Some(me);
    let transitions = before.lease_transitions.unwrap_or(0);
    LeaseSpec {
        holder_identity: Some(me.to_owned()),
        // Whole seconds, rounded up: nobody may take it earlier than promised.
        lease_duration_seconds: i32::try_from(duration.as_millis().div_ceil(1000)).ok(),
        acquire_time: before.acquire_time.filter(|_| mine).or_else(|| Some(now.clone())),
        renew_time: Some(now),
        lease_transitions: Some(transitions.saturating_add(i32::from(!mine && seen.is_some()))),
        ..LeaseSpec::default()
    }
}

/// The spec of a lease that was given back: without a holder, and as good as expired.
pub(super) fn given_back(seen: &Lease) -> LeaseSpec {
    let before = seen.spec.clone().unwrap_or_default();
    LeaseSpec {
        holder_identity: Some(String::new()),
        lease_duration_seconds: Some(1),
        renew_time: Some(MicroTime(Timestamp::now())),
        ..before
    }
}
