//! The test bed: a real API server, a real database and a real MCP server, on loopback only, for tests, benches and the
//! demo. Knows nothing of the operator's code; it runs the operator as a process and looks at it from outside.
//!
//! ```text
//! Bed::start ─┬─ ControlPlane   etcd + kube-apiserver + garbage collector      kubectl, helm, audit log
//!             ├─ Database       MariaDB, or TiDB where there is one            admin(), create_reader()
//!             └─ McpServer      a real one in front of the database             pause(), restart(), …
//! OperatorProcess               the binary under test, with a kubeconfig of the chart's ServiceAccount
//! Guardian                      takes everything down however this process ends, even by kill -9
//! ```
//!
//! Every tool comes from `make tools` ([`Tools`]). Everything here that starts is a [`Process`]: its handles belong to no
//! async runtime, so one bed can serve every `#[tokio::test]` of a test binary ([`shared`]). Clients do belong to the
//! runtime that makes them: ask for one per test ([`ControlPlane::client`], [`Database::admin`]).

mod bed;
mod control_plane;
mod database;
mod error;
mod guardian;
mod mcp_server;
mod net;
mod operator;
mod process;
mod tools;
mod transplant;
mod wait;

pub use bed::{Bed, BedOptions, shared};
pub use control_plane::{AuditEvent, AuditFilter, ControlPlane};
pub use database::{Database, Engine, Login, Sql, engines, split_statements};
pub use error::{BedError, Result};
pub use guardian::Guardian;
pub use mcp_server::{McpServer, ServerKind, ServerOptions};
pub use operator::OperatorProcess;
pub use process::{Process, Workdir};
pub use rustix::process::Signal;
pub use tools::Tools;
pub use transplant::{State, Transplant, TransplantAnswer};
pub use wait::{Attempt, wait_for};
