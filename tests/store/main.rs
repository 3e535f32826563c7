//! The ConfigMap I/O against a scripted API server: which requests, in which order, and what is made of the answers.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod load;
mod size;
mod support;
mod write;
