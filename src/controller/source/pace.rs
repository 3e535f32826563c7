//! How often a source is asked, and how patiently: what a spec says of it, else the ClusterSchemaSource, else the operator.
//! Pure.

use std::time::Duration;

use super::{Named, invalid};
use crate::api::SchemaSnapshot;
use crate::api::source::Server;
use crate::config::RunConfig;
use crate::controller::outcome::Failure;
use crate::duration;

/// The shortest interval; the rule of the CRD says the same.
const MIN_INTERVAL: Duration = Duration::from_secs(10);

/// What makes a source the same for all who share it: not how patient each of them is, nor how careful.
pub(super) fn impatient(server: &Server) -> Server {
    Server {
        connect_timeout: None,
        request_timeout: None,
        max_retries: None,
        retry_delay: None,
        max_in_flight: None,
        ..server.clone()
    }
}

/// The server with the patience of the snapshot, where that has one of its own.
pub(super) fn patient(server: Server, patience: &Server) -> Server {
    Server {
        connect_timeout: patience.connect_timeout.clone().or(server.connect_timeout),
        request_timeout: patience.request_timeout.clone().or(server.request_timeout),
        max_retries: patience.max_retries.or(server.max_retries),
        retry_delay: patience.retry_delay.clone().or(server.retry_delay),
        ..server
    }
}

/// First wait after a failed look: the spec's, else that of the ClusterSchemaSource, else the operator's.
#[must_use]
pub fn retry_delay(snapshot: &SchemaSnapshot, config: &RunConfig, named: &Named) -> Duration {
    let of = |server: &Server| server.retry_delay.clone();
    let own = snapshot.spec.source.as_ref().and_then(|source| of(&source.server));
    let given = own.or_else(|| named.there().and_then(|source| of(&source.spec.server)));
    given.and_then(|text| duration::parse(&text).ok()).unwrap_or(config.retry_delay)
}

/// The interval in force and its text: the spec's, else the operator's default.
///
/// # Errors
/// `InvalidSpec` when the text is no duration, or one that would ask without a pause; admission refuses both already.
pub fn interval(snapshot: &SchemaSnapshot, config: &RunConfig) -> Result<(Duration, String), Failure> {
    let given = snapshot.spec.interval().map_err(|problem| invalid(format!("refresh.interval: {problem}")))?;
    match (given, &snapshot.spec.refresh.interval) {
        (Some(duration), Some(text)) if duration < MIN_INTERVAL => {
            Err(invalid(format!("refresh.interval: {text} is too short; the least is 10s")))
        }
        (Some(duration), Some(text)) => Ok((duration, text.clone())),
        _ => Ok(default_interval(config)),
    }
}

/// Checks `refresh.maxStaleness` against the interval in force; against the operator's default interval nobody else can.
///
/// # Errors
/// `InvalidSpec` when it is no duration, or shorter than the interval.
pub fn max_staleness(snapshot: &SchemaSnapshot, interval: Duration) -> Result<(), Failure> {
    let given = snapshot.spec.max_staleness().map_err(|problem| invalid(format!("refresh.maxStaleness: {problem}")))?;
    match given {
        Some(given) if given < interval => Err(invalid(format!(
            "refresh.maxStaleness ({} s) is shorter than the interval in force ({} s): raise it, or set refresh.interval",
            given.as_secs(),
            interval.as_secs()
        ))),
        _ => Ok(()),
    }
}

/// The operator's default interval and its text.
#[must_use]
pub fn default_interval(config: &RunConfig) -> (Duration, String) {
    (config.cache_ttl, format!("{}s", config.cache_ttl.as_secs()))
}
