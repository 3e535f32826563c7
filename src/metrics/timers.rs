//! Drop guards: whatever way a piece of work ends, a panic or a dropped future included, it is counted and timed once.

use std::time::Instant;

use super::Metrics;
use super::labels::{Controller, Outcome, ReconcileResult, Source};

/// A running reconcile.
#[derive(Debug)]
#[must_use = "dropping it at once counts an aborted reconcile"]
pub struct ReconcileTimer {
    metrics: Metrics,
    controller: Controller,
    result: ReconcileResult,
    started: Instant,
}

/// A running MCP call.
#[derive(Debug)]
#[must_use = "dropping it at once counts a cancelled call"]
pub struct McpTimer {
    metrics: Metrics,
    source: Source,
    outcome: Outcome,
    started: Instant,
}

impl Metrics {
    /// A reconcile starts. Until [`ReconcileTimer::finish`] it counts as in flight.
    pub fn reconcile_started(&self, controller: Controller) -> ReconcileTimer {
        self.0.reconcile_in_flight.with_label_values(&[controller.as_str()]).inc();
        ReconcileTimer { metrics: self.clone(), controller, result: ReconcileResult::Aborted, started: Instant::now() }
    }

    /// An MCP call starts. Until [`McpTimer::finish`] it counts as in flight.
    pub fn mcp_started(&self, source: Source) -> McpTimer {
        self.0.mcp_in_flight.with_label_values(&[source.as_str()]).inc();
        McpTimer { metrics: self.clone(), source, outcome: Outcome::Cancelled, started: Instant::now() }
    }
}

impl ReconcileTimer {
    /// The reconcile ended.
    pub fn finish(mut self, result: ReconcileResult) {
        self.result = result;
    }
}

impl Drop for ReconcileTimer {
    fn drop(&mut self) {
        let (series, controller) = (&self.metrics.0, self.controller.as_str());
        series.reconcile_in_flight.with_label_values(&[controller]).dec();
        series.reconcile_total.with_label_values(&[controller, self.result.as_str()]).inc();
        series.reconcile_duration.with_label_values(&[controller]).observe(self.started.elapsed().as_secs_f64());
    }
}

impl McpTimer {
    /// The call ended. `bytes` is the size of the answer's body, when there was one.
    pub fn finish(mut self, outcome: Outcome, bytes: Option<usize>) {
        self.outcome = outcome;
        if let Some(bytes) = bytes {
            #[expect(clippy::cast_precision_loss, reason = "a histogram needs no more than 52 bits")]
            self.metrics.0.mcp_bytes.with_label_values(&[self.source.as_str()]).observe(bytes as f64);
        }
    }
}

impl Drop for McpTimer {
    fn drop(&mut self) {
        let (series, source) = (&self.metrics.0, self.source.as_str());
        series.mcp_in_flight.with_label_values(&[source]).dec();
        series.mcp_requests.with_label_values(&[source, self.outcome.as_str()]).inc();
        series.mcp_duration.with_label_values(&[source]).observe(self.started.elapsed().as_secs_f64());
    }
}
