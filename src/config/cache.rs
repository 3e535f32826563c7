//! Settings of the shared cache and of what is done while a server is away. Pure.

use std::time::Duration;

use super::{ConfigError, SWITCH, Setting, refuse, setting};

pub(super) const ENABLED: Setting = setting(
    ["enable-caching", "MCP_ENABLE_CACHING", "true", SWITCH],
    "true or false",
    "Keep databases in memory, shared by all snapshots; without it every look asks the server at least for fingerprints",
);
pub(super) const BUDGET: Setting = setting(
    ["cache-budget", "MCP_SCHEMA_CACHE_BUDGET", "64", "MIB"],
    "a whole number of MiB from 1 to 4096",
    "Memory for databases; the one asked for longest ago leaves first",
);
pub(super) const FALLBACK: Setting = setting(
    ["fallback-enabled", "MCP_FALLBACK_ENABLED", "true", SWITCH],
    "true or false",
    "Call a snapshot ready while its server is away and its copy is not too old; false: not ready at the first failed look",
);
pub(super) const MAX_STALENESS: Setting = setting(
    ["max-staleness", "MCP_SCHEMA_MAX_STALENESS", "24h", "DURATION"],
    "a duration from 10s to 8760h, as in 24h",
    "How old a copy may be served while the server is away, for snapshots whose spec sets nothing; never less than the interval",
);
pub(super) const BREAKER_PERIOD: Setting = setting(
    ["breaker-period", "MCP_SCHEMA_BREAKER_PERIOD", "30s", "DURATION"],
    "a duration from 1s to 10m, as in 30s",
    "Time between two probes of a server that was away three times in a row; nobody else asks it until it is back",
);

/// How databases are cached, and for how long a copy does while a server is away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cache {
    /// Databases are kept in memory.
    pub enabled: bool,
    /// Bytes they may take there.
    pub budget: usize,
    /// The last good copy is served at all.
    pub fallback: bool,
    /// Its greatest age, where the spec names none.
    pub max_staleness: Duration,
    /// Time between two probes of a server that is away.
    pub breaker_period: Duration,
}

type Time<'a> = &'a dyn Fn(&Setting, Duration, Duration) -> Result<Duration, ConfigError>;

pub(super) fn resolve(raw: &dyn Fn(&Setting) -> String, time: Time<'_>) -> Result<Cache, ConfigError> {
    let switch = |setting: &Setting| raw(setting).parse::<bool>().map_err(|_| refuse(setting, &raw(setting)));
    let budget = raw(&BUDGET);
    let mib = budget.parse::<usize>().ok().filter(|mib| (1..=4096).contains(mib));
    let year = Duration::from_secs(8760 * 3600);
    Ok(Cache {
        enabled: switch(&ENABLED)?,
        budget: mib.ok_or_else(|| refuse(&BUDGET, &budget))? << 20,
        fallback: switch(&FALLBACK)?,
        max_staleness: time(&MAX_STALENESS, Duration::from_secs(10), year)?,
        breaker_period: time(&BREAKER_PERIOD, Duration::from_secs(1), Duration::from_secs(600))?,
    })
}
