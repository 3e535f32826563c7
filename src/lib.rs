//! mcp-schema-operator: a live, versioned copy of a database's schema inside Kubernetes.
//!
//! ```text
//!  SchemaSnapshot ──► controller ──► cache ──► discovery ──► mcp ──► MCP server ──► TiDB, MySQL, MariaDB
//!                         │            └─── Schema ◄──┘ normalise, guard, hash
//!                         ├─► output (JSON Schema, DDL, Mermaid) ─► store (layout, plan ─► ConfigMaps)
//!                         └─► outcome ─► status, Event, requeue
//!  CLI (discover) ──► the same discovery, no cluster
//!  SchemaValidationPolicy ─► controller ─► validation (contracts, rules, rows, queries) ─► status, report object
//!  CLI (check) ──► the same validation, no cluster
//! ```
//! Modules in the order data flows; each imports only what stands above it (tested by `tests/layering/`).

pub mod api;
pub mod cache;
pub mod cli;
pub mod commands;
pub mod config;
pub mod controller;
pub mod discovery;
pub mod duration;
pub mod error;
pub mod http;
pub mod kubectl;
pub mod leader;
pub mod mcp;
pub mod metrics;
pub mod output;
pub mod readiness;
pub mod schema;
pub mod store;
pub mod telemetry;
pub mod validation;
