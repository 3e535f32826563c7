//! Settings of `run`: one table of flags with their environment names, and the typed values they become.
//! Pure: the environment is an argument. Precedence is flag, then environment, then default; an empty environment
//! value counts as left out, since templates write those.

mod args;
pub mod cache;
pub mod default_server;
pub mod leader;
pub mod network;
pub mod scope;
pub mod switches;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::time::Duration;

use url::Url;

pub use args::RunArgs;

use crate::duration;
use crate::error::shorten;
use crate::telemetry::LogFormat;

/// Everything `run` can be told, checked.
#[derive(Clone, Debug, PartialEq)]
pub struct RunConfig {
    /// MCP server of snapshots that name none.
    pub server_url: Url,
    /// Deadline for the connection and the MCP handshake.
    pub connection_timeout: Duration,
    /// Deadline for one MCP call.
    pub request_timeout: Duration,
    /// Retries of one call after its first try, 0 to 10.
    pub max_retries: u32,
    /// First back-off between two tries; doubles, with full jitter.
    pub retry_delay: Duration,
    /// Interval of snapshots that set none, and how long a cached database counts as fresh; at least 10 s.
    pub cache_ttl: Duration,
    /// Where probes and metrics are served.
    pub http_bind: SocketAddr,
    /// Reconciles at once, 1 to 256.
    pub concurrency: u16,
    /// How much an interval is stretched at most, in percent, 0 to 50.
    pub jitter_percent: u8,
    /// Deadline for one whole discovery.
    pub discovery_timeout: Duration,
    /// Longest time between two full discoveries, whatever the fingerprints say.
    pub full_every: Duration,
    /// Log lines as text or JSON.
    pub log_format: LogFormat,
    /// One of error, warn, info, debug, trace.
    pub log_level: String,
    /// Gauges for each snapshot and each policy.
    pub per_object_metrics: bool,
    /// Which snapshots are served.
    pub scope: scope::Scope,
    /// Whether and how replicas elect a leader.
    pub leader: leader::Election,
    /// How databases are cached, and what is done while a server is away.
    pub cache: cache::Cache,
    /// How rows are judged by policies that do not say.
    pub switches: switches::Switches,
    /// The default server's credential, and who may use it.
    pub default_server: default_server::DefaultServer,
    /// Where the `url` of a snapshot may point.
    pub network: network::Network,
}

/// A value that cannot be used. Holds no credential: a URL with user info is not repeated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("--{flag} ({env}) is {value}: it must be {allowed}")]
pub struct ConfigError {
    /// Flag without dashes.
    pub flag: &'static str,
    /// Environment name.
    pub env: &'static str,
    /// The value in quotes, cut, or what it is called when it must not be shown.
    pub value: String,
    /// What is allowed.
    pub allowed: &'static str,
}

struct Setting {
    flag: &'static str,
    env: &'static str,
    default: &'static str,
    value_name: &'static str,
    allowed: &'static str,
    help: &'static str,
}

/// Where a pod finds the API server: of Kubernetes, no setting of ours.
const API_SERVER: &str = "KUBERNETES_SERVICE_HOST";

/// What [`Setting::value_name`] is for a setting that is on or off.
const SWITCH: &str = "BOOL";

const fn setting(names: [&'static str; 4], allowed: &'static str, help: &'static str) -> Setting {
    let [flag, env, default, value_name] = names;
    Setting { flag, env, default, value_name, allowed, help }
}

const SERVER_URL: Setting = setting(
    ["server-url", "TIDB_MCP_SERVER_URL", "http://tidb-mcp-server:8000", "URL"],
    "an absolute http or https URL without user name, password and fragment, as in http://tidb-mcp-server:8000",
    "MCP server of snapshots whose spec names none",
);
const CONNECTION_TIMEOUT: Setting = setting(
    ["connection-timeout", "MCP_CONNECTION_TIMEOUT", "30", "DURATION"],
    "a duration from 100ms to 10m, as in 30 (seconds), 30s or 1m",
    "Deadline for connecting to an MCP server and its handshake",
);
const REQUEST_TIMEOUT: Setting = setting(
    ["request-timeout", "MCP_REQUEST_TIMEOUT", "60", "DURATION"],
    "a duration from 100ms to 1h, as in 60 (seconds), 60s or 1m",
    "Deadline for one call of an MCP server",
);
const MAX_RETRIES: Setting = setting(
    ["max-retries", "MCP_MAX_RETRIES", "3", "NUMBER"],
    "a whole number from 0 to 10",
    "Tries of one MCP call after the first",
);
const RETRY_DELAY: Setting = setting(
    ["retry-delay", "MCP_RETRY_DELAY", "1.0", "DURATION"],
    "a duration from 10ms to 5m, as in 1.0 (seconds), 500ms or 1s",
    "First wait between two tries; doubles each time, with jitter",
);
const CACHE_TTL: Setting = setting(
    ["cache-ttl", "MCP_CACHE_TTL", "300", "DURATION"],
    "a duration from 10s to 720h, as in 300 (seconds), 5m or 1h30m",
    "Interval of snapshots whose spec sets none",
);
const HTTP_BIND: Setting = setting(
    ["http-bind", "MCP_SCHEMA_HTTP_BIND", "0.0.0.0:8080", "ADDRESS"],
    "an IP address and a port, as in 0.0.0.0:8080 or [::]:8080",
    "Where /livez, /readyz, /metrics and /version are served",
);
const CONCURRENCY: Setting = setting(
    ["concurrency", "MCP_SCHEMA_CONCURRENCY", "16", "NUMBER"],
    "a whole number from 1 to 256",
    "Snapshots reconciled at once, not counting those that wait for their MCP server",
);
const JITTER: Setting = setting(
    ["jitter", "MCP_SCHEMA_JITTER", "10", "PERCENT"],
    "a whole number from 0 to 50",
    "How much an interval is stretched at most, in percent, so that snapshots do not all look at once",
);
const DISCOVERY_TIMEOUT: Setting = setting(
    ["discovery-timeout", "MCP_SCHEMA_DISCOVERY_TIMEOUT", "5m", "DURATION"],
    "a duration from 1s to 1h, as in 5m",
    "Deadline for one whole discovery",
);
const FULL_EVERY: Setting = setting(
    ["full-every", "MCP_SCHEMA_FULL_EVERY", "24h", "DURATION"],
    "a duration from 1m to 720h, as in 24h",
    "Longest time between two full discoveries, even when fingerprints say that nothing changed",
);
const LOG_FORMAT: Setting =
    setting(["log-format", "MCP_SCHEMA_LOG_FORMAT", "text", "FORMAT"], "text or json", "How log lines look");
const LOG_LEVEL: Setting = setting(
    ["log-level", "MCP_SCHEMA_LOG_LEVEL", "info", "LEVEL"],
    "one of error, warn, info, debug and trace",
    "What is logged; RUST_LOG adds directives to it",
);

const PER_OBJECT_METRICS: Setting = setting(
    ["per-object-metrics", "MCP_SCHEMA_PER_OBJECT_METRICS", "on", "WORD"],
    "on or off",
    "Whether there are gauges for each snapshot and each policy; off where there are too many for your Prometheus",
);

const SETTINGS: [Setting; 39] = [
    SERVER_URL,
    default_server::TOKEN_FILE,
    default_server::CA_FILE,
    default_server::INSECURE,
    default_server::ACCESS,
    network::ALLOWED_HOSTS,
    network::ALLOWED_ADDRESSES,
    CONNECTION_TIMEOUT,
    REQUEST_TIMEOUT,
    MAX_RETRIES,
    RETRY_DELAY,
    CACHE_TTL,
    cache::ENABLED,
    cache::FALLBACK,
    cache::MAX_STALENESS,
    cache::BREAKER_PERIOD,
    cache::BUDGET,
    switches::STRICT_MODE,
    switches::VALIDATE_TYPES,
    switches::VALIDATE_CONSTRAINTS,
    switches::VALIDATE_RELATIONSHIPS,
    switches::ALLOW_UNKNOWN_COLUMNS,
    HTTP_BIND,
    CONCURRENCY,
    JITTER,
    DISCOVERY_TIMEOUT,
    FULL_EVERY,
    LOG_FORMAT,
    LOG_LEVEL,
    PER_OBJECT_METRICS,
    scope::NAMESPACES,
    scope::INSTANCE,
    scope::SELECTOR,
    leader::ELECT,
    leader::NAME,
    leader::NAMESPACE,
    leader::DURATION,
    leader::RENEW_DEADLINE,
    leader::RETRY,
];

impl RunConfig {
    /// Checks flags, then environment, then defaults, and stops at the first value that cannot be used.
    ///
    /// # Errors
    /// One sentence with the flag, its environment name, the value and what is allowed.
    pub fn resolve(args: &RunArgs, env: impl IntoIterator<Item = (String, String)>) -> Result<Self, ConfigError> {
        let env: BTreeMap<String, String> = env.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        let raw = |s: &Setting| {
            args.given.get(s.flag).or_else(|| env.get(s.env)).map_or(s.default, String::as_str).trim().to_owned()
        };
        let time = |s: &Setting, min: Duration, max: Duration| {
            let text = raw(s);
            duration::parse_or_seconds(&text).ok().filter(|d| (min..=max).contains(d)).ok_or_else(|| refuse(s, &text))
        };
        let number = |s: &Setting, min: u16, max: u16| {
            let text = raw(s);
            text.parse().ok().filter(|n| (min..=max).contains(n)).ok_or_else(|| refuse(s, &text))
        };
        let (millis, minutes) = (Duration::from_millis, |m: u64| Duration::from_secs(m * 60));
        let month = minutes(720 * 60);
        let server_url = default_server::url(&raw(&SERVER_URL))?;
        Ok(Self {
            default_server: default_server::resolve(&raw, &server_url)?,
            network: network::resolve(&raw, &server_url, env.get(API_SERVER).map(String::as_str))?,
            server_url,
            connection_timeout: time(&CONNECTION_TIMEOUT, millis(100), minutes(10))?,
            request_timeout: time(&REQUEST_TIMEOUT, millis(100), minutes(60))?,
            max_retries: u32::from(number(&MAX_RETRIES, 0, 10)?),
            retry_delay: time(&RETRY_DELAY, millis(10), minutes(5))?,
            cache_ttl: time(&CACHE_TTL, millis(10_000), month)?,
            http_bind: raw(&HTTP_BIND).parse().map_err(|_| refuse(&HTTP_BIND, &raw(&HTTP_BIND)))?,
            concurrency: number(&CONCURRENCY, 1, 256)?,
            jitter_percent: u8::try_from(number(&JITTER, 0, 50)?).unwrap_or(u8::MAX),
            discovery_timeout: time(&DISCOVERY_TIMEOUT, millis(1000), minutes(60))?,
            full_every: time(&FULL_EVERY, minutes(1), month)?,
            log_format: raw(&LOG_FORMAT).parse().map_err(|()| refuse(&LOG_FORMAT, &raw(&LOG_FORMAT)))?,
            log_level: log_level(raw(&LOG_LEVEL))?,
            per_object_metrics: on_or_off(&PER_OBJECT_METRICS, &raw(&PER_OBJECT_METRICS))?,
            scope: scope::resolve(&raw)?,
            leader: leader::resolve(&raw, &time)?,
            cache: cache::resolve(&raw, &time)?,
            switches: switches::resolve(&raw)?,
        })
    }
}

fn on_or_off(setting: &Setting, word: &str) -> Result<bool, ConfigError> {
    match word {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err(refuse(setting, word)),
    }
}

fn refuse(setting: &Setting, value: &str) -> ConfigError {
    let value = format!("{:?}", shorten(value, 64));
    ConfigError { flag: setting.flag, env: setting.env, value, allowed: setting.allowed }
}

fn log_level(text: String) -> Result<String, ConfigError> {
    if ["error", "warn", "info", "debug", "trace"].contains(&text.as_str()) {
        return Ok(text);
    }
    Err(refuse(&LOG_LEVEL, &text))
}

/// The Markdown table of all flags, for the README.
#[must_use]
pub fn flags_markdown() -> String {
    let mut table = String::from("| Flag | Environment | Default | Meaning | Allowed |\n|---|---|---|---|---|\n");
    for s in &SETTINGS {
        let _ = writeln!(table, "| `--{}` | `{}` | `{}` | {} | {} |", s.flag, s.env, s.default, s.help, s.allowed);
    }
    table
}

#[cfg(test)]
mod tests;
