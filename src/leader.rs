//! Leader election by a Lease: of all replicas one works, the others stand by. `decide` holds the rules (pure), `lease`
//! the calls, `fence` keeps one that no longer leads from writing; here is the loop. Knows nothing of controllers.
//!
//! Times, with lease duration D, renew deadline R < D: a leader writes only within R of the last renewal it *sent*; the
//! others may take the lease D after they have *seen* it. So the one has stopped before the other can start.

pub mod decide;
pub mod fence;
mod lease;

use std::time::Duration;

use k8s_openapi::api::coordination::v1::Lease;
use kube::Client;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use decide::{Record, Seen, Step};
use fence::Fence;
use lease::{Leases, Written, given_back, held, record};

/// How long giving the lease back may take at the most; afterwards it simply expires.
const RELEASE_DEADLINE: Duration = Duration::from_secs(2);

/// Times of an election; each replica should have the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// How long the lease is valid after a renewal.
    pub duration: Duration,
    /// How long after its last renewal a leader still writes; shorter than `duration`.
    pub renew_deadline: Duration,
    /// Pause between two renewals, and between two looks of those who stand by.
    pub retry: Duration,
}

/// Which lease, and who asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Namespace of the lease.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// This process, unlike any other, also unlike the same pod before a restart.
    pub identity: String,
    /// The class of the operator, as a label of the lease; may be empty.
    pub instance: String,
}

/// What this process is at the moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Role {
    /// It has not seen the lease yet.
    #[default]
    Unknown,
    /// Somebody else leads.
    Standby {
        /// Who.
        leader: String,
    },
    /// It leads.
    Leader,
}

/// How an election ended for this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It was told to stop; a lease it held is given back.
    Stopped,
    /// It led and may not lead any longer.
    Lost,
}

/// One candidate.
pub struct Elector {
    leases: Leases,
    me: String,
    timing: Timing,
    fence: Fence,
    role: watch::Sender<Role>,
    seen: Option<Known>,
    /// When the last successful renewal was sent; `None` while this process does not lead.
    renewed: Option<Instant>,
}

/// The newest lease seen.
struct Known {
    lease: Lease,
    record: Record,
    since: Instant,
    gone: bool,
}

/// What an attempt came to, when it did not fail.
enum Next {
    /// Try again after this time, or when the lease changes.
    After(Duration),
    /// Somebody else holds the lease this process held.
    Lost,
}

impl Elector {
    /// A candidate that has not looked yet. `client` should have no retry layer of its own; `fence` is opened for as long
    /// as this process leads.
    #[must_use]
    pub fn new(client: Client, candidate: &Candidate, timing: Timing, fence: Fence) -> (Self, watch::Receiver<Role>) {
        let (role, told) = watch::channel(Role::Unknown);
        let leases = Leases::new(client, &candidate.namespace, &candidate.name, &candidate.instance);
        let me = candidate.identity.clone();
        (Self { leases, me, timing, fence, role, seen: None, renewed: None }, told)
    }

    /// Stands by, leads when it can, and ends when it must: told by `stop`, or because it could not stay the leader. After
    /// the end nothing passes the fence.
    pub async fn run(mut self, stop: CancellationToken) -> Ended {
        loop {
            let started = Instant::now();
            let Some(limit) = self.limit(started) else { return self.lost("it could not be renewed in time") };
            let attempt = tokio::select! {
                biased;
                () = stop.cancelled() => return self.release().await,
                attempt = timeout(limit, self.attempt(started)) => attempt,
            };
            let pause = match attempt {
                Ok(Ok(Next::After(pause))) => pause,
                Ok(Ok(Next::Lost)) => return self.lost("another replica has taken it"),
                Ok(Err(error)) => self.failed(&error.to_string()),
                Err(_) => self.failed(&format!("no answer within {} ms", limit.as_millis())),
            };
            tokio::select! {
                biased;
                () = stop.cancelled() => return self.release().await,
                () = self.changed_or(pause) => {}
            }
        }
    }

    /// How long one attempt may take; `None` when a leader has no time left. A quarter of the deadline, so that a call that
    /// hangs, and one more that was sent just before the API server came back, are not the last.
    fn limit(&self, now: Instant) -> Option<Duration> {
        let most = self.timing.renew_deadline / 4;
        match self.renewed {
            None => Some(most),
            Some(at) => Some(decide::left(now - at, self.timing.renew_deadline)?.min(most)),
        }
    }

    /// One look or renewal. A leader writes without looking first: the resourceVersion finds out if anything changed.
    async fn attempt(&mut self, started: Instant) -> Result<Next, kube::Error> {
        if self.renewed.is_none() {
            self.look().await?;
        }
        let mut next = self.write(started).await?;
        if next.is_none() && self.renewed.is_some() {
            self.look().await?;
            next = self.write(started).await?;
        }
        Ok(next.unwrap_or(Next::After(self.timing.retry / 4)))
    }

    async fn look(&mut self) -> Result<(), kube::Error> {
        match self.leases.look().await? {
            Some(lease) => self.observe(lease),
            None => {
                if let Some(known) = self.seen.as_mut() {
                    known.gone = true;
                }
            }
        }
        Ok(())
    }

    fn observe(&mut self, lease: Lease) {
        let record = record(&lease);
        let since = match &self.seen {
            Some(known) if known.record.version == record.version && !known.gone => known.since,
            _ => Instant::now(),
        };
        self.seen = Some(Known { lease, record, since, gone: false });
    }

    /// Does what the rules say; `None` when somebody else wrote first.
    async fn write(&mut self, started: Instant) -> Result<Option<Next>, kube::Error> {
        let seen = self.seen.as_ref();
        let known = seen.map(|k| Seen { record: &k.record, age: k.since.elapsed(), gone: k.gone });
        let spec = || held(&self.me, self.timing.duration, seen.map(|k| &k.lease));
        let written = match (decide::step(known, &self.me, self.timing.duration), seen) {
            (Step::Wait(_), _) if self.renewed.is_some() => return Ok(Some(Next::Lost)),
            (Step::Wait(left), _) => return Ok(Some(self.stand_by(left))),
            // Only somebody else can have given it back or let it expire.
            (Step::Take, _) if self.renewed.is_some() => return Ok(Some(Next::Lost)),
            (Step::Renew | Step::Take, Some(known)) => self.leases.replace(&known.lease, spec()).await?,
            (Step::Create | Step::Renew | Step::Take, _) => self.leases.create(spec()).await?,
        };
        let Written::Done(lease) = written else { return Ok(None) };
        self.observe(*lease);
        self.lead(started);
        Ok(Some(Next::After(spread(self.timing.retry))))
    }

    fn lead(&mut self, started: Instant) {
        self.renewed = Some(started);
        self.fence.open_until(started + self.timing.renew_deadline);
        self.tell(Role::Leader);
    }

    fn stand_by(&self, left: Duration) -> Next {
        let leader = self.seen.as_ref().map(|known| known.record.holder.clone()).unwrap_or_default();
        self.tell(Role::Standby { leader });
        Next::After(spread(self.timing.retry).min(left))
    }

    fn tell(&self, role: Role) {
        let changed = self.role.send_if_modified(|now| std::mem::replace(now, role.clone()) != role);
        match role {
            Role::Leader if changed => tracing::info!(identity = self.me, "this replica leads"),
            Role::Standby { leader } if changed => tracing::info!(identity = self.me, leader, "standing by"),
            _ => {}
        }
    }

    /// An attempt failed: the next comes soon for a leader, whose time runs, and in the ordinary rhythm for the others.
    fn failed(&self, problem: &str) -> Duration {
        let problem = crate::error::shorten(problem, 256);
        tracing::warn!(problem, "the lease could not be read or written; trying again");
        let Some(at) = self.renewed else { return spread(self.timing.retry) };
        let left = decide::left(at.elapsed(), self.timing.renew_deadline).unwrap_or_default();
        spread(self.timing.retry / 4).min(left)
    }

    /// Waits; one that stands by hears at once when the lease changes.
    async fn changed_or(&self, pause: Duration) {
        let version = self.seen.as_ref().filter(|known| self.renewed.is_none() && !known.gone);
        match version {
            Some(known) => drop(timeout(pause, self.leases.changed(&known.record.version)).await),
            None => sleep(pause).await,
        }
    }

    fn lost(&self, why: &str) -> Ended {
        self.fence.close();
        tracing::error!(identity = self.me, "the lease is lost: {why}");
        Ended::Lost
    }

    /// Gives the lease back, if it is ours, so that another replica need not wait until it expires.
    async fn release(mut self) -> Ended {
        self.fence.close();
        if self.renewed.is_some() && timeout(RELEASE_DEADLINE, self.give_back()).await.is_err() {
            tracing::warn!("the lease could not be given back; it expires by itself");
        }
        Ended::Stopped
    }

    /// A second time when the first came too late for a renewal under way.
    async fn give_back(&mut self) {
        for _ in 0..2 {
            let Some(known) = self.seen.as_ref().filter(|known| known.record.holder == self.me) else { return };
            match self.leases.replace(&known.lease, given_back(&known.lease)).await {
                Ok(Written::Done(_)) => {
                    tracing::info!(identity = self.me, "the lease is given back");
                    return;
                }
                Ok(Written::Lost) => {}
                Err(error) => {
                    let problem = crate::error::shorten(&error.to_string(), 256);
                    tracing::warn!(problem, "the lease could not be given back; it expires by itself");
                    return;
                }
            }
            if self.look().await.is_err() {
                return;
            }
        }
    }
}

/// Up to a tenth more or less, so that replicas do not ask in step.
fn spread(pause: Duration) -> Duration {
    pause.mul_f64(0.9 + 0.2 * fastrand::f64())
}

#[cfg(test)]
mod tests;
