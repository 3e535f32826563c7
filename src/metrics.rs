//! Prometheus metrics: one registry, typed handles. A leaf anyone may use.
//! Labels come from the enums of [`labels`], never from a name, a URL or an error text; the only exception are the
//! gauges of [`snapshots`], which are computed when scraped and vanish with their object.

mod definitions;
pub mod kube;
pub mod labels;
pub mod snapshots;
pub mod timers;

use std::sync::Arc;

use prometheus::core::Collector;
use prometheus::{Encoder, HistogramVec, IntCounterVec, IntGaugeVec, Registry, TextEncoder};

pub use definitions::markdown;
use definitions::{self as def, Definition};
use labels::{CacheResult, CacheTier, DiscoveryKind, Outcome, PublishResult, Source};
use snapshots::{SnapshotCollector, SnapshotFacts};

/// Revision of the source this binary was built from, as `GIT_REVISION` told the compiler.
pub const BUILD_REVISION: &str = match option_env!("GIT_REVISION") {
    Some(revision) => revision,
    None => "unknown",
};

/// Prefix of every series but `process_*`.
pub const PREFIX: &str = "mcp_schema";

/// All series of the process; cheap to clone.
#[derive(Clone, Debug)]
pub struct Metrics(Arc<Series>);

#[derive(Debug)]
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
    discovery_total: IntCounterVec,
    discovery_duration: HistogramVec,
    cache_requests: IntCounterVec,
    publish_total: IntCounterVec,
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
            discovery_total: counter(&registry, &def::DISCOVERY_TOTAL)?,
            discovery_duration: histogram(&registry, &def::DISCOVERY_DURATION)?,
            cache_requests: counter(&registry, &def::CACHE_REQUESTS)?,
            publish_total: counter(&registry, &def::PUBLISH_TOTAL)?,
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

    /// One discovery ended.
    pub fn discovered(&self, kind: DiscoveryKind, outcome: Outcome, took: std::time::Duration) {
        self.0.discovery_total.with_label_values(&[kind.as_str(), outcome.as_str()]).inc();
        self.0.discovery_duration.with_label_values(&[kind.as_str()]).observe(took.as_secs_f64());
    }

    /// One question to the cache was answered.
    pub fn cache_asked(&self, tier: CacheTier, result: CacheResult) {
        self.0.cache_requests.with_label_values(&[tier.as_str(), result.as_str()]).inc();
    }

    /// One publication ended.
    pub fn published(&self, result: PublishResult) {
        self.0.publish_total.with_label_values(&[result.as_str()]).inc();
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

fn histogram(registry: &Registry, d: &Definition) -> Result<HistogramVec, prometheus::Error> {
    let buckets = d.buckets.to_vec();
    register(registry, HistogramVec::new(prometheus::HistogramOpts::from(d.opts()).buckets(buckets), d.labels)?)
}

#[cfg(test)]
mod tests;
