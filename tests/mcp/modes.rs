//! What the server can be told: which transport to speak, how to behave, and which requests to hit. Part of `server.rs`.

use super::broken::Fault;

/// Which requests a fault hits.
#[derive(Clone, Copy, Debug)]
pub(crate) enum When {
    /// Every request.
    Always,
    /// Calls of a tool.
    Calls,
    /// The next so many calls of a tool; then the server is healthy.
    NextCalls(usize),
}

/// Which transport the server speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Speaks {
    /// Streamable HTTP at `/mcp`, with sessions and event streams.
    Streamable,
    /// The same without sessions and with JSON bodies.
    Stateless,
    /// The same of revision 2026-07-28 alone: the older handshake is refused with this status.
    Modern(u16),
    /// HTTP+SSE at `/sse`.
    Sse,
    /// HTTP+SSE that announces an endpoint at another origin.
    SseElsewhere,
    /// REST tools below `/`.
    Rest,
}

/// How the server behaves.
#[derive(Clone, Debug)]
pub(crate) enum Mode {
    /// As pytidb does.
    Healthy,
    /// Requests go wrong below MCP.
    Broken(Fault, When),
    /// No SQL tool among fourteen others, one with an ugly name.
    NoSqlTool,
    /// Two SQL tools.
    TwoSqlTools,
    /// A list of tools that repeats its cursor.
    RepeatedCursor,
    /// A list of tools that never ends.
    EndlessTools,
    /// Names and their hex no longer agree.
    Masked,
    /// Big numbers went through a float.
    Rounded,
}
