//! The hook through which calls are counted, so that this folder need not know the metrics.

use std::sync::Arc;

use crate::error::Reason;

/// Told of every request to an MCP server. Called from async code: must not block.
pub trait Observer: Send + Sync {
    /// One request starts (handshake, page of tools, or SQL). It runs until the guard is told how it ended; a guard that
    /// is dropped untold was cancelled.
    fn started(&self) -> Box<dyn Running>;

    /// A failed request is about to be tried again.
    fn retry(&self, reason: Reason);
}

/// A request that runs.
pub trait Running: Send {
    /// It ended: how, and how many bytes of body came.
    fn ended(self: Box<Self>, outcome: Result<(), Reason>, bytes: u64);
}

/// Counts nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unobserved;

impl Observer for Unobserved {
    fn started(&self) -> Box<dyn Running> {
        Box::new(Self)
    }

    fn retry(&self, _: Reason) {}
}

impl Running for Unobserved {
    fn ended(self: Box<Self>, _: Result<(), Reason>, _: u64) {}
}

/// An observer that counts nothing.
#[must_use]
pub fn unobserved() -> Arc<dyn Observer> {
    Arc::new(Unobserved)
}
