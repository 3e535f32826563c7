//! The operator as a process on a real API server, a real database and a real MCP server, under the identity the chart
//! gives it. One control plane for all; each test has a namespace and a database of its own.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

#[path = "../mcp/server.rs"]
mod server;

mod addresses;
mod admission;
mod changes;
mod conditions;
mod crash;
mod credentials;
mod enforce;
mod faults;
mod held;
mod inputs;
mod kubectl;
mod leader;
mod lifecycle;
mod lookups;
mod manager;
mod misbehaviour;

mod output;
mod policies;
mod policy;
mod publish;
mod recorded;
mod release;
mod repair;
mod report_apis;
mod reports;
mod scale;
mod scope;
mod steady;
mod support;
mod tenancy;
mod tls;
mod verdicts;
