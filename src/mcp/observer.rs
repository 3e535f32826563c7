//! The hook through which calls are counted, so that this folder need not know the metrics.

use std::sync::Arc;
use std::time::Duration;

use crate::error::Reason;

/// Told of every request to an MCP server. Called from async code: must not block.
pub trait Observer: Send + Sync {
    /// One request ended (handshake, page of tools, or SQL): how, after how long, and how many bytes of body came.
    fn call(&self, outcome: Result<(), Reason>, duration: Duration, bytes: u64);

    /// A failed request is about to be tried again.
    fn retry(&self, reason: Reason);
}

/// Counts nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unobserved;

impl Observer for Unobserved {
    fn call(&self, _: Result<(), Reason>, _: Duration, _: u64) {}
    fn retry(&self, _: Reason) {}
}

/// An observer that counts nothing.
#[must_use]
pub fn unobserved() -> Arc<dyn Observer> {
    Arc::new(Unobserved)
}
