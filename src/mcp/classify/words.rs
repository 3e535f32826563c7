//! The sentences users read when a server cannot be reached or does not answer as it should: what happened, and what
//! to do next. Pure.

use super::{Step, To};
use crate::error::Reason;
use crate::mcp::Transport;
use crate::mcp::fault::Fault;

const REVISION: &str = "the MCP server speaks none of the MCP revisions this operator does (2024-11-05 to 2025-11-25, and 2026-07-28): use a version of it that does";

/// What to look at when something else than an MCP server of this transport answers.
pub(super) const fn check_url(transport: Transport) -> &'static str {
    match transport {
        Transport::StreamableHttp => {
            "check that path and port of the URL are those of an MCP endpoint (streamable HTTP), as in http://host:port/mcp"
        }
        Transport::Sse => {
            "check that path and port of the URL are those of an MCP endpoint (HTTP+SSE), as in http://host:port/sse"
        }
        Transport::RestTools => {
            "check that the URL is the base of a REST tools server, as in http://host:port, below which POST /tools/... answers"
        }
    }
}

/// A JSON-RPC error in place of an answer.
pub(super) fn rpc(code: i32, step: Step) -> (Reason, String) {
    match (code, step) {
        (-32022, _) => (Reason::ProtocolError, REVISION.into()),
        (-32601 | -32602, Step::Handshake) => (
            Reason::ProtocolError,
            format!(
                "the server refused the MCP handshake (JSON-RPC error {code}): it may be too old or too new; this operator speaks MCP revisions 2024-11-05 to 2025-11-25, and 2026-07-28"
            ),
        ),
        (-32603, _) => {
            (Reason::ServerError, format!("the MCP server failed inside (JSON-RPC error {code}): see its log"))
        }
        _ => (Reason::ProtocolError, format!("the MCP server refused a request (JSON-RPC error {code}): see its log")),
    }
}

/// A failed HTTP exchange.
pub(super) fn sentence(fault: &Fault, step: Step, to: To) -> (Reason, String) {
    match fault {
        Fault::Dns => (
            Reason::ConnectFailed,
            "the MCP server's host name does not resolve: check the URL and that the Service it names exists".into(),
        ),
        Fault::Refused(why) => (
            Reason::AddressRefused,
            format!(
                "the URL leads to {why}, where the url of a snapshot may not: use another host, have the operator's \
                 --allowed-addresses name the address, or use a ClusterSchemaSource"
            ),
        ),
        Fault::Connect => (
            Reason::ConnectFailed,
            "no connection to the MCP server: check that it runs, that host and port in the URL are right, and that \
             no NetworkPolicy stands between"
                .into(),
        ),
        Fault::Tls(why) => (
            Reason::TlsFailed,
            format!(
                "no TLS connection to the MCP server: {why}; check the server's certificate and the authorities given for it, or the https in the URL"
            ),
        ),
        Fault::Setting(what) => (Reason::InvalidSpec, format!("{what}: correct the Secret or file it comes from")),
        Fault::Timeout => {
            (Reason::Timeout, "the MCP server did not answer in time: check that it runs and is not overloaded".into())
        }
        Fault::Broken | Fault::Ended { garbage: false } => (
            Reason::ConnectFailed,
            "the connection to the MCP server broke before its answer was complete: see the server's log".into(),
        ),
        Fault::TooLarge { limit } => (
            Reason::ResponseTooLarge,
            format!("an answer was larger than {} MiB: narrow databases or tables in the spec", limit >> 20),
        ),
        Fault::SessionLost { status } => (
            Reason::ProtocolError,
            format!(
                "the MCP server does not recognise the session it gave (HTTP {status}), twice: with several replicas it needs session affinity or stateless mode"
            ),
        ),
        Fault::Status { status, rpc_code, host, .. } => refused(*status, *rpc_code, *host, to),
        Fault::Ended { garbage: true }
        | Fault::Garbage
        | Fault::ContentType(_)
        | Fault::NoAnswer
        | Fault::ForeignEndpoint => foreign(fault, step, to),
    }
}

/// What came is not what the transport has.
fn foreign(fault: &Fault, step: Step, to: To) -> (Reason, String) {
    let check = check_url(to.transport);
    match fault {
        Fault::ContentType(kind) if step == Step::Handshake => (
            Reason::WrongEndpoint,
            format!("the URL answers with {} and so is not an MCP endpoint: {check}", kind_or_none(kind)),
        ),
        Fault::ContentType(kind) => (
            Reason::ProtocolError,
            format!("the MCP server answered with {}: see what stands between the operator and it", kind_or_none(kind)),
        ),
        Fault::NoAnswer => (
            Reason::ProtocolError,
            "the MCP server acknowledged a request without answering it: it needs a transport other than streamable HTTP".into(),
        ),
        Fault::ForeignEndpoint => (
            Reason::WrongEndpoint,
            "the MCP server's event stream announces an endpoint at another scheme, host or port, which is not followed: use the URL under which the server knows itself".into(),
        ),
        _ => (Reason::ProtocolError, format!("the answer is not a valid MCP message: {check}")),
    }
}

fn kind_or_none(kind: &str) -> String {
    if kind.is_empty() { "no content type".into() } else { format!("content type {kind}") }
}

fn refused(status: u16, rpc_code: Option<i32>, host: bool, to: To) -> (Reason, String) {
    let check = check_url(to.transport);
    match status {
        300..=399 => (
            Reason::WrongEndpoint,
            format!("the URL redirects to another place (HTTP {status}), which is not followed: use the final URL of the MCP endpoint"),
        ),
        400 | 404 if rpc_code == Some(-32022) => (Reason::ProtocolError, REVISION.into()),
        401 if to.credential => (
            Reason::AuthenticationFailed,
            "the MCP server does not accept the credential it is given (HTTP 401): check that the token is the server's current one".into(),
        ),
        401 => (
            Reason::AuthenticationFailed,
            "the MCP server wants a credential (HTTP 401) and none is given: name a token for it, or let the server accept calls from the operator without one".into(),
        ),
        403 | 421 if host => (
            Reason::WrongEndpoint,
            format!("the server answered {status}, it does not accept the host name in the URL: start it so that it accepts that name (pytidb: --host 0.0.0.0; dbhub and MCP Toolbox: --allowed-hosts)"),
        ),
        403 => (
            Reason::PermissionDenied,
            "the MCP server refuses this operator (HTTP 403): check its access rules and the host names it accepts".into(),
        ),
        404 | 405 => (Reason::WrongEndpoint, format!("the URL answered {status}: {check}")),
        408 | 504 => (
            Reason::ServerError,
            format!("a proxy or the MCP server gave up waiting (HTTP {status}): check that its database answers"),
        ),
        413 => (Reason::ProtocolError, "the MCP server refuses requests of this size (HTTP 413): raise its limit to 128 KiB".into()),
        422 if to.transport == Transport::RestTools => (
            Reason::ProtocolError,
            "the REST tools server does not accept the arguments of its query tool (HTTP 422): check its version".into(),
        ),
        429 => (Reason::Throttled, "the MCP server asks to slow down (HTTP 429): raise the interval or its rate limit".into()),
        500..=599 => (Reason::ServerError, format!("the MCP server failed (HTTP {status}): see its log")),
        _ => (Reason::ProtocolError, format!("the server refused an MCP request (HTTP {status}): {check}")),
    }
}
