//! Validation: whether schemas, rows and queries are as somebody needs them. Everything here decides by pure functions
//! over plain data; reading and reporting is done by others.

pub mod contract;
mod fault;
pub mod policy;
pub mod rules;
pub mod suggest;

pub use fault::Fault;

#[cfg(test)]
pub(crate) mod testing;
