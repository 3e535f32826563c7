//! Carries what the MCP client sees into the metrics, so that `mcp` need not know them.

use std::time::Duration;

use crate::error::Reason;
use crate::mcp::Observer;
use crate::metrics::Metrics;
use crate::metrics::labels::{Outcome, Source};

/// Counts the calls to one source.
pub struct McpObserver {
    metrics: Metrics,
    source: Source,
}

impl McpObserver {
    /// Counts under the label of `source`.
    #[must_use]
    pub const fn new(metrics: Metrics, source: Source) -> Self {
        Self { metrics, source }
    }
}

impl Observer for McpObserver {
    fn call(&self, outcome: Result<(), Reason>, duration: Duration, bytes: u64) {
        let label = outcome.map_or_else(Outcome::Failed, |()| Outcome::Success);
        self.metrics.mcp_called(self.source, label, duration, bytes);
        self.metrics.source_up(self.source, outcome.is_ok());
    }

    fn retry(&self, reason: Reason) {
        self.metrics.mcp_retried(self.source, reason);
    }
}
