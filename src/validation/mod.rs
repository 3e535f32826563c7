//! Judging schemas, rows and queries against what was discovered. Pure: plain data in, a report out; no I/O, no clock.
//! What could not be checked is said so and never counts as passed.

pub mod contract;
mod fault;
pub mod live;
pub mod policy;
pub mod query;
pub mod rows;
pub mod rules;
pub mod suggest;

pub use fault::Fault;

#[cfg(test)]
pub(crate) mod testing;
