//! Carries what the MCP client sees into the metrics, so that `mcp` need not know them.

use crate::error::Reason;
use crate::mcp::{Observer, Running};
use crate::metrics::Metrics;
use crate::metrics::labels::{Outcome, Source};
use crate::metrics::timers::McpTimer;

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
    fn started(&self) -> Box<dyn Running> {
        let timer = self.metrics.mcp_started(self.source.clone());
        Box::new(Call { timer, metrics: self.metrics.clone(), source: self.source.clone() })
    }

    fn retry(&self, reason: Reason) {
        self.metrics.mcp_retried(&self.source, reason);
    }
}

struct Call {
    timer: McpTimer,
    metrics: Metrics,
    source: Source,
}

impl Running for Call {
    fn ended(self: Box<Self>, outcome: Result<(), Reason>, bytes: u64) {
        self.metrics.source_up(&self.source, outcome.is_ok());
        let label = outcome.map_or_else(Outcome::Failed, |()| Outcome::Success);
        self.timer.finish(label, usize::try_from(bytes).ok());
    }
}
