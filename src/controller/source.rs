//! Turns a spec into what `mcp` and `discovery` understand: endpoint, identity and globs, and a list of the Secrets and
//! ConfigMaps it names. Pure; who reads them is `credentials`, and what is in them is put to use by `references`.

use std::num::NonZeroU32;
use std::time::Duration;

use http::{HeaderName, HeaderValue};

use crate::api::SchemaSnapshot;
use crate::api::source::{CustomTool, DialectChoice, Source as Spec, TransportChoice};
use crate::cache::Identity;
use crate::config::RunConfig;
use crate::controller::outcome::Failure;
use crate::duration;
use crate::error::Reason;
use crate::mcp::{Custom, Dialect, Endpoint, Transport};
use crate::metrics::labels::Source;
use crate::schema::canonical::sha256_hex;
use crate::schema::select::Selection;

pub mod references;

use self::references::Wanted;

/// The shortest interval; the rule of the CRD says the same.
const MIN_INTERVAL: Duration = Duration::from_secs(10);

/// Most bytes of `custom.extraArguments` as JSON: they travel with every call.
const MAX_EXTRA: usize = 16 * 1024;

/// Everything a look needs to know of a spec, before the objects it names are read.
#[derive(Clone, Debug)]
pub struct Target {
    /// Whose connection it is; [`Target::with`] adds the versions of what was read.
    pub identity: Identity,
    /// Where and how; [`Target::with`] adds credentials and certificates.
    pub endpoint: Endpoint,
    /// What is wanted of the databases.
    pub selection: Selection,
    /// The metric label.
    pub label: Source,
    /// The keys of Secrets and ConfigMaps that have to be read first.
    pub wanted: Vec<Wanted>,
}

/// The metric label of a snapshot's source.
#[must_use]
pub fn label(snapshot: &SchemaSnapshot) -> Source {
    if snapshot.spec.source_url().is_some() { Source::Inline } else { Source::Default }
}

/// The target of a snapshot.
///
/// # Errors
/// `InvalidSpec` when the URL, a glob or another field is not one; admission refuses most of these already.
pub fn target(snapshot: &SchemaSnapshot, namespace: &str, config: &RunConfig) -> Result<Target, Failure> {
    let spec = snapshot.spec.source.clone().unwrap_or_default();
    let selection = snapshot.spec.selection().map_err(|e| invalid(e.to_string()))?;
    let endpoint = endpoint(&spec, config)?;
    let wanted = references::wanted(&spec)?;
    in_clear_text(&spec, &endpoint)?;
    let identity = Identity {
        namespace: spec.url.as_ref().map(|_| namespace.to_owned()),
        url: endpoint.url.to_string(),
        asked: sha256_hex(&[&serde_json::to_vec(&impatient(spec)).map_err(|e| invalid(format!("source: {e}")))?]),
        versions: String::new(),
    };
    Ok(Target { identity, endpoint, selection, label: label(snapshot), wanted })
}

/// What makes a source the same for all who share it: not how patient each of them is, nor how careful.
fn impatient(spec: Spec) -> Spec {
    Spec {
        connect_timeout: None,
        request_timeout: None,
        max_retries: None,
        retry_delay: None,
        max_in_flight: None,
        ..spec
    }
}

fn endpoint(spec: &Spec, config: &RunConfig) -> Result<Endpoint, Failure> {
    let url = spec.url.as_deref().unwrap_or(config.server_url.as_str());
    let time = |field: &str, given: Option<&String>, default| match given.map(|text| duration::parse(text)) {
        None => Ok(default),
        Some(parsed) => parsed.map_err(|problem| invalid(format!("source.{field}: {problem}"))),
    };
    let custom = match (&spec.custom, spec.dialect) {
        (Some(tool), Some(DialectChoice::Custom)) => Some(custom(tool)?),
        (None, Some(DialectChoice::Custom)) | (Some(_), _) => {
            return Err(invalid("source.custom goes with dialect: Custom; set both or neither"));
        }
        (None, _) => None,
    };
    Ok(Endpoint {
        transport: spec.transport.and_then(transport),
        dialect: spec.dialect.and_then(dialect),
        custom,
        headers: plain_headers(spec)?,
        max_in_flight: spec.max_in_flight.and_then(NonZeroU32::new),
        connect_timeout: time("connectTimeout", spec.connect_timeout.as_ref(), config.connection_timeout)?,
        request_timeout: time("requestTimeout", spec.request_timeout.as_ref(), config.request_timeout)?,
        max_retries: spec.max_retries.unwrap_or(config.max_retries),
        retry_delay: time("retryDelay", spec.retry_delay.as_ref(), config.retry_delay)?,
        ..Endpoint::new(url).map_err(|e| invalid(e.to_string()))?
    })
}

const fn transport(choice: TransportChoice) -> Option<Transport> {
    match choice {
        TransportChoice::Auto => None,
        TransportChoice::StreamableHttp => Some(Transport::StreamableHttp),
        TransportChoice::Sse => Some(Transport::Sse),
        TransportChoice::RestTools => Some(Transport::RestTools),
    }
}

const fn dialect(choice: DialectChoice) -> Option<Dialect> {
    match choice {
        DialectChoice::Auto => None,
        DialectChoice::Pytidb => Some(Dialect::Pytidb),
        DialectChoice::Dbhub => Some(Dialect::Dbhub),
        DialectChoice::Toolbox => Some(Dialect::Toolbox),
        DialectChoice::Benborla => Some(Dialect::Benborla),
        DialectChoice::RestTools => Some(Dialect::RestTools),
        DialectChoice::Custom => Some(Dialect::Custom),
    }
}

fn custom(tool: &CustomTool) -> Result<Custom, Failure> {
    if tool.tool.is_empty() || tool.sql_argument.is_empty() {
        return Err(invalid("source.custom needs tool and sqlArgument"));
    }
    if tool.extra_arguments.contains_key(&tool.sql_argument) {
        let name = &tool.sql_argument;
        let text = format!("source.custom.extraArguments holds {name:?}, which carries the SQL text; take it out");
        return Err(invalid(text));
    }
    let bytes = serde_json::to_vec(&tool.extra_arguments).map_or(0, |json| json.len());
    if bytes > MAX_EXTRA {
        return Err(invalid(format!(
            "source.custom.extraArguments has {bytes} bytes as JSON, {MAX_EXTRA} is the most"
        )));
    }
    Ok(Custom {
        tool: tool.tool.clone(),
        sql_argument: tool.sql_argument.clone(),
        extra_arguments: tool.extra_arguments.clone(),
        rows_pointer: tool.rows_pointer.clone(),
    })
}

/// The headers whose value stands in the spec.
fn plain_headers(spec: &Spec) -> Result<Vec<(HeaderName, HeaderValue)>, Failure> {
    let plain = spec.headers.iter().enumerate().filter_map(|(at, header)| Some((at, header, header.value.as_ref()?)));
    plain
        .map(|(at, header, text)| {
            let value = HeaderValue::from_bytes(text.as_bytes());
            let value = value.map_err(|_| invalid(format!("source.headers[{at}].value holds control characters")))?;
            Ok((references::header_name(&header.name, at)?, value))
        })
        .collect()
}

/// The API server has refused this already. Said again here, since a credential that was sent cannot be taken back.
fn in_clear_text(spec: &Spec, endpoint: &Endpoint) -> Result<(), Failure> {
    let secret = |h: &crate::api::source::Header| {
        h.value_from_secret_ref.is_some() || h.name.eq_ignore_ascii_case("authorization")
    };
    let allowed = endpoint.url.scheme() == "https" || spec.allow_insecure_auth == Some(true);
    if allowed || !(spec.auth.is_some() || spec.headers.iter().any(secret)) {
        return Ok(());
    }
    Err(invalid(
        "a credential is sent over https only; use an https url, or set source.allowInsecureAuth: true to send it in clear text",
    ))
}

/// First wait after a failed look: the spec's, else the operator's.
#[must_use]
pub fn retry_delay(snapshot: &SchemaSnapshot, config: &RunConfig) -> Duration {
    let given = snapshot.spec.source.as_ref().and_then(|source| source.retry_delay.as_deref());
    given.and_then(|text| duration::parse(text).ok()).unwrap_or(config.retry_delay)
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

fn invalid(message: impl Into<String>) -> Failure {
    Failure::new(Reason::InvalidSpec, message)
}

#[cfg(test)]
mod tests;
