//! Turns a spec into what `mcp` and `discovery` understand: endpoint, identity and globs. Pure but for reading the config.

use std::time::Duration;

use crate::api::SchemaSnapshot;
use crate::cache::Identity;
use crate::config::RunConfig;
use crate::controller::outcome::Failure;
use crate::error::Reason;
use crate::mcp::Endpoint;
use crate::metrics::labels::Source;
use crate::schema::select::Selection;

/// The shortest interval; the rule of the CRD says the same.
const MIN_INTERVAL: Duration = Duration::from_secs(10);

/// Everything a look needs to know of a spec.
#[derive(Clone, Debug)]
pub struct Target {
    /// Whose connection it is.
    pub identity: Identity,
    /// Where and how.
    pub endpoint: Endpoint,
    /// What is wanted.
    pub selection: Selection,
    /// The metric label.
    pub label: Source,
}

/// The metric label of a snapshot's source.
#[must_use]
pub fn label(snapshot: &SchemaSnapshot) -> Source {
    if snapshot.spec.source_url().is_some() { Source::Inline } else { Source::Default }
}

/// The target of a snapshot.
///
/// # Errors
/// `InvalidSpec` when the URL or a glob is not one; admission refuses most of these already.
pub fn target(snapshot: &SchemaSnapshot, namespace: &str, config: &RunConfig) -> Result<Target, Failure> {
    let inline = snapshot.spec.source_url();
    let url = inline.unwrap_or(config.server_url.as_str());
    let endpoint = Endpoint {
        connect_timeout: config.connection_timeout,
        request_timeout: config.request_timeout,
        max_retries: config.max_retries,
        retry_delay: config.retry_delay,
        ..Endpoint::new(url).map_err(|e| invalid(e.to_string()))?
    };
    let selection = snapshot.spec.selection().map_err(|e| invalid(e.to_string()))?;
    let identity = Identity { namespace: inline.map(|_| namespace.to_owned()), url: endpoint.url.to_string() };
    Ok(Target { identity, endpoint, selection, label: label(snapshot) })
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

/// The operator's default interval and its text.
#[must_use]
pub fn default_interval(config: &RunConfig) -> (Duration, String) {
    (config.cache_ttl, format!("{}s", config.cache_ttl.as_secs()))
}

fn invalid(message: String) -> Failure {
    Failure { reason: Reason::InvalidSpec, message, retry_after: None }
}

#[cfg(test)]
mod tests;
