//! Prometheus metrics: one registry, typed handles. A leaf anyone may use.
//! Labels come from the enums of [`labels`], never from a name, a URL or an error text; the only exception are the
//! gauges of [`snapshots`], which are computed when scraped and vanish with their object.

mod definitions;
pub mod kube;
pub mod labels;
pub mod policies;
pub mod snapshots;
pub mod timers;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use prometheus::core::Collector;
use prometheus::{Encoder, Gauge, HistogramVec, IntCounterVec, IntGaugeVec, Registry, TextEncoder};

pub use definitions::markdown;
use definitions::{self as def, Definition};
use labels::{
    CacheResult, CacheTier, ChangeClass, DiscoveryKind, Eviction, Outcome, PublishResult, RowResult, Source,
    ValidationKind,
};
use policies::{PolicyCollector, PolicyFacts};
use snapshots::{SnapshotCollector, SnapshotFacts};

/// Revision of the source this binary was built from, as `GIT_REVISION` told the compiler.
pub const BUILD_REVISION: &str = match option_env!("GIT_REVISION") {
    Some(revision) => revision,
    None => "unknown",
};

/// Prefix of every series but `process_*`.
pub const PREFIX: &str = "mcp_schema";

/// All series of the process; cheap to clone.
#[derive(Clone)]
pub struct Metrics(Arc<Series>);

/// How full the memory tier of the cache is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CacheFill {
    /// Databases held.
    pub entries: usize,
    /// Bytes they take.
    pub bytes: usize,
    /// Age of the one read longest ago.
    pub oldest: Duration,
    /// Age of the one read last.
    pub newest: Duration,
}

struct Series {
    registry: Registry,
    /// Dashboards expect `process_*` by that name, so it lives in a registry without prefix.
    process: Registry,
    reconcile_total: IntCounterVec,
    reconcile_duration: HistogramVec,
    reconcile_in_flight: IntGaugeVec,
    mcp_requests: IntCounterVec,
    mcp_duration: HistogramVec,
    mcp_retries: IntCounterVec,
    mcp_in_flight: IntGaugeVec,
    mcp_bytes: HistogramVec,
    source_up: IntGaugeVec,
    source_circuit_open: IntGaugeVec,
    discovery_total: IntCounterVec,
    discovery_duration: HistogramVec,
    cache_requests: IntCounterVec,
    cache_evictions: IntCounterVec,
    /// Hit ratio, entries, bytes, age of the oldest and of the newest entry; filled in at each scrape.
    cache: [Gauge; 5],
    cache_fill: OnceLock<Box<dyn Fn() -> CacheFill + Send + Sync>>,
    publish_total: IntCounterVec,
    schema_changes: IntCounterVec,
    validation_duration: HistogramVec,
    validation_rows: IntCounterVec,
    kube_requests: IntCounterVec,
    leader: IntGaugeVec,
}

impl Metrics {
    /// Registers every series.
    ///
    /// # Errors
    /// Two series of one name, or a name Prometheus refuses: a fault of the definitions, found by their test.
    pub fn new() -> Result<Self, prometheus::Error> {
        let registry = Registry::new_custom(Some(PREFIX.to_owned()), None)?;
        let process = Registry::new();
        process.register(Box::new(prometheus::process_collector::ProcessCollector::for_self()))?;
        let build = gauge(&registry, &def::BUILD_INFO)?;
        build.with_label_values(&[env!("CARGO_PKG_VERSION"), BUILD_REVISION]).set(1);
        let leader = gauge(&registry, &def::LEADER)?;
        leader.with_label_values(&[""; 0]).set(0);
        Ok(Self(Arc::new(Series {
            reconcile_total: counter(&registry, &def::RECONCILE_TOTAL)?,
            reconcile_duration: histogram(&registry, &def::RECONCILE_DURATION)?,
            reconcile_in_flight: gauge(&registry, &def::RECONCILE_IN_FLIGHT)?,
            mcp_requests: counter(&registry, &def::MCP_REQUESTS)?,
            mcp_duration: histogram(&registry, &def::MCP_DURATION)?,
            mcp_retries: counter(&registry, &def::MCP_RETRIES)?,
            mcp_in_flight: gauge(&registry, &def::MCP_IN_FLIGHT)?,
            mcp_bytes: histogram(&registry, &def::MCP_BYTES)?,
            source_up: gauge(&registry, &def::SOURCE_UP)?,
            source_circuit_open: gauge(&registry, &def::SOURCE_CIRCUIT_OPEN)?,
            discovery_total: counter(&registry, &def::DISCOVERY_TOTAL)?,
            discovery_duration: histogram(&registry, &def::DISCOVERY_DURATION)?,
            cache_requests: counter(&registry, &def::CACHE_REQUESTS)?,
            cache_evictions: counter(&registry, &def::CACHE_EVICTIONS)?,
            cache: [
                single(&registry, &def::CACHE_HIT_RATIO)?,
                single(&registry, &def::CACHE_ENTRIES)?,
                single(&registry, &def::CACHE_BYTES)?,
                single(&registry, &def::CACHE_OLDEST)?,
                single(&registry, &def::CACHE_NEWEST)?,
            ],
            cache_fill: OnceLock::new(),
            publish_total: counter(&registry, &def::PUBLISH_TOTAL)?,
            schema_changes: counter(&registry, &def::SCHEMA_CHANGES)?,
            validation_duration: histogram(&registry, &def::VALIDATION_DURATION)?,
            validation_rows: counter(&registry, &def::VALIDATION_ROWS)?,
            kube_requests: counter(&registry, &def::KUBE_REQUESTS)?,
            leader,
            registry,
            process,
        })))
    }

    /// One more try of an MCP call, because the one before ended with `reason`.
    pub fn mcp_retried(&self, source: &Source, reason: crate::error::Reason) {
        self.0.mcp_retries.with_label_values(&[source.as_str(), reason.as_str()]).inc();
    }

    /// Whether the last call to the source was answered. Inline sources share one series: it tells of the last one.
    pub fn source_up(&self, source: &Source, up: bool) {
        self.0.source_up.with_label_values(&[source.as_str()]).set(i64::from(up));
    }

    /// A circuit of that kind of source opened (1) or closed (-1).
    pub fn circuit(&self, source: &Source, change: i64) {
        self.0.source_circuit_open.with_label_values(&[source.as_str()]).add(change);
    }

    /// One discovery of so many databases ended, or one comparison of fingerprints.
    pub fn discovered(&self, kind: DiscoveryKind, databases: u64, outcome: Outcome, took: Duration) {
        self.0.discovery_total.with_label_values(&[kind.as_str(), outcome.as_str()]).inc_by(databases);
        self.0.discovery_duration.with_label_values(&[kind.as_str()]).observe(took.as_secs_f64());
    }

    /// One question to the cache was answered.
    pub fn cache_asked(&self, tier: CacheTier, result: CacheResult) {
        self.0.cache_requests.with_label_values(&[tier.as_str(), result.as_str()]).inc();
    }

    /// A database left the memory tier.
    pub fn cache_evicted(&self, why: Eviction) {
        self.0.cache_evictions.with_label_values(&[why.as_str()]).inc();
    }

    /// Who tells at each scrape how full the memory tier is; the first one stays.
    pub fn watch_cache(&self, fill: impl Fn() -> CacheFill + Send + Sync + 'static) {
        drop(self.0.cache_fill.set(Box::new(fill)));
    }

    #[expect(clippy::cast_precision_loss, reason = "counts and bytes far smaller than 2^52")]
    fn fill_cache(&self) {
        let asked = |tier: CacheTier, result: CacheResult| {
            self.0.cache_requests.with_label_values(&[tier.as_str(), result.as_str()]).get() as f64
        };
        let memory = asked(CacheTier::Memory, CacheResult::Hit) + asked(CacheTier::Memory, CacheResult::Coalesced);
        let all = memory + asked(CacheTier::Memory, CacheResult::Miss);
        let hits = memory + asked(CacheTier::Durable, CacheResult::Hit);
        let ratio = if all > 0.0 { hits / all } else { 0.0 };
        let fill = self.0.cache_fill.get().map(|fill| fill()).unwrap_or_default();
        let CacheFill { entries, bytes, oldest, newest } = fill;
        let values = [ratio, entries as f64, bytes as f64, oldest.as_secs_f64(), newest.as_secs_f64()];
        self.0.cache.iter().zip(values).for_each(|(gauge, value)| gauge.set(value));
    }

    /// One publication ended.
    pub fn published(&self, result: PublishResult) {
        self.0.publish_total.with_label_values(&[result.as_str()]).inc();
    }

    /// So many changes of a class were published.
    pub fn schema_changed(&self, class: ChangeClass, changes: usize) {
        self.0.schema_changes.with_label_values(&[class.as_str()]).inc_by(changes as u64);
    }

    /// One evaluation of one policy ended.
    pub fn validated(&self, kind: ValidationKind, took: Duration) {
        self.0.validation_duration.with_label_values(&[kind.as_str()]).observe(took.as_secs_f64());
    }

    /// So many rows were judged.
    pub fn rows_judged(&self, result: RowResult, rows: u64) {
        self.0.validation_rows.with_label_values(&[result.as_str()]).inc_by(rows);
    }

    /// Adds the per-policy gauges; `facts` is asked at each scrape and must not block.
    ///
    /// # Errors
    /// When it was called before.
    pub fn watch_policies(
        &self,
        facts: impl Fn() -> Vec<PolicyFacts> + Send + Sync + 'static,
    ) -> Result<(), prometheus::Error> {
        self.0.registry.register(Box::new(PolicyCollector::new(facts)?))
    }

    /// Whether this replica does the work.
    pub fn leads(&self, leads: bool) {
        self.0.leader.with_label_values(&[""; 0]).set(i64::from(leads));
    }

    /// Adds the per-snapshot gauges; `facts` is asked at each scrape and must not block.
    ///
    /// # Errors
    /// When it was called before.
    pub fn watch_snapshots(
        &self,
        facts: impl Fn() -> Vec<SnapshotFacts> + Send + Sync + 'static,
    ) -> Result<(), prometheus::Error> {
        self.0.registry.register(Box::new(SnapshotCollector::new(facts)?))
    }

    /// Everything as Prometheus reads it, with the content type to send.
    ///
    /// # Errors
    /// When the encoder fails.
    pub fn render(&self) -> Result<(String, &'static str), prometheus::Error> {
        self.fill_cache();
        let mut text = Vec::new();
        for registry in [&self.0.registry, &self.0.process] {
            TextEncoder::new().encode(&registry.gather(), &mut text)?;
        }
        Ok((String::from_utf8_lossy(&text).into_owned(), prometheus::TEXT_FORMAT))
    }
}

fn register<C: Collector + Clone + 'static>(registry: &Registry, series: C) -> Result<C, prometheus::Error> {
    registry.register(Box::new(series.clone()))?;
    Ok(series)
}

fn counter(registry: &Registry, d: &Definition) -> Result<IntCounterVec, prometheus::Error> {
    register(registry, IntCounterVec::new(d.opts(), d.labels)?)
}

fn gauge(registry: &Registry, d: &Definition) -> Result<IntGaugeVec, prometheus::Error> {
    register(registry, IntGaugeVec::new(d.opts(), d.labels)?)
}

fn single(registry: &Registry, d: &Definition) -> Result<Gauge, prometheus::Error> {
    register(registry, Gauge::with_opts(d.opts())?)
}

fn histogram(registry: &Registry, d: &Definition) -> Result<HistogramVec, prometheus::Error> {
    let buckets = d.buckets.to_vec();
    register(registry, HistogramVec::new(prometheus::HistogramOpts::from(d.opts()).buckets(buckets), d.labels)?)
}

impl std::fmt::Debug for Metrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Metrics")
    }
}

#[cfg(test)]
mod tests;
