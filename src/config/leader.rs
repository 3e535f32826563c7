//! Settings of the leader election. Pure.

use std::time::Duration;

use super::{ConfigError, SWITCH, Setting, refuse, scope, setting};

pub(super) const ELECT: Setting = setting(
    ["leader-elect", "MCP_SCHEMA_LEADER_ELECT", "false", SWITCH],
    "true or false",
    "Work only while holding a Lease, so that several replicas can run; the chart turns it on",
);
pub(super) const NAME: Setting = setting(
    ["lease-name", "MCP_SCHEMA_LEASE_NAME", "", "NAME"],
    "an object name: lower-case letters, digits and dashes, at most 63 characters; empty for mcp-schema-operator, with the instance behind it when there is one",
    "Name of the Lease; replicas that do the same work share one",
);
pub(super) const NAMESPACE: Setting = setting(
    ["operator-namespace", "POD_NAMESPACE", "", "NAME"],
    "a namespace name; empty for the one of the pod or of the kubeconfig",
    "Namespace the operator runs in: where its Lease is, and what --namespaces=own means",
);
pub(super) const DURATION: Setting = setting(
    ["lease-duration", "MCP_SCHEMA_LEASE_DURATION", "10s", "DURATION"],
    "a duration from 3s to 5m, longer than --renew-deadline by 500ms at least",
    "How long after its last sign of life a leader is taken for dead",
);
pub(super) const RENEW_DEADLINE: Setting = setting(
    ["renew-deadline", "MCP_SCHEMA_RENEW_DEADLINE", "7s", "DURATION"],
    "a duration from 1s to 5m, at least three times --lease-retry",
    "How long after its last renewal a leader still writes; then the process ends with exit code 3",
);
pub(super) const RETRY: Setting = setting(
    ["lease-retry", "MCP_SCHEMA_LEASE_RETRY", "2s", "DURATION"],
    "a duration from 100ms to 1m",
    "Pause between two renewals of the Lease",
);

/// What must lie between the renew deadline and the lease's end: a request on its way when the deadline comes.
const MARGIN: Duration = Duration::from_millis(500);

/// Whether and how replicas elect a leader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Election {
    /// Off: this process works at once and needs no Lease.
    pub enabled: bool,
    /// Name of the Lease; empty for the default.
    pub lease_name: String,
    /// Namespace of the operator; empty for that of the pod or the kubeconfig.
    pub namespace: String,
    /// How long a lease is valid after its renewal; 3 s to 5 min.
    pub duration: Duration,
    /// How long a leader writes after its last renewal; shorter than `duration`.
    pub renew_deadline: Duration,
    /// Pause between two renewals; at most a third of `renew_deadline`.
    pub retry: Duration,
}

type Time<'a> = &'a dyn Fn(&Setting, Duration, Duration) -> Result<Duration, ConfigError>;

pub(super) fn resolve(raw: &dyn Fn(&Setting) -> String, time: Time<'_>) -> Result<Election, ConfigError> {
    let name = |setting: &Setting| {
        let text = raw(setting);
        if text.is_empty() || scope::is_name(&text) { Ok(text) } else { Err(refuse(setting, &text)) }
    };
    let longest = Duration::from_secs(300);
    let election = Election {
        enabled: raw(&ELECT).parse().map_err(|_| refuse(&ELECT, &raw(&ELECT)))?,
        lease_name: name(&NAME)?,
        namespace: name(&NAMESPACE)?,
        duration: time(&DURATION, Duration::from_secs(3), longest)?,
        renew_deadline: time(&RENEW_DEADLINE, Duration::from_secs(1), longest)?,
        retry: time(&RETRY, Duration::from_millis(100), Duration::from_secs(60))?,
    };
    if election.duration < election.renew_deadline + MARGIN {
        return Err(refuse(&DURATION, &raw(&DURATION)));
    }
    if election.renew_deadline < election.retry * 3 {
        return Err(refuse(&RENEW_DEADLINE, &raw(&RENEW_DEADLINE)));
    }
    Ok(election)
}
