//! The Helm chart: what it renders, what it refuses, and that its copies of other files are still copies.
//! Needs `helm` and nothing else; what only an API server can judge is tested with the operator on a real one.
#![recursion_limit = "256"] // for the values of every setting in one json!
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod crds;
mod helm;
mod operator;
mod rbac;
mod sources;
mod values;
