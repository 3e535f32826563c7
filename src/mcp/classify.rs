//! From a failure of the network, of HTTP or of MCP to the one error users see: a reason, a sentence that says what
//! to do next, and whether trying again can help. Pure; the only place where these sentences are written.

use std::time::Duration;

use rmcp::service::{ClientInitializeError, ServiceError};

use super::McpError;
use super::fault::Fault;
use crate::error::Reason;

/// Whether the same request may be sent again by ourselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Again {
    /// It would fail alike, or must wait for the next reconcile.
    Never,
    /// At once, but only once: what failed was left over from before.
    AtOnce,
    /// After a back-off.
    Later,
}

/// A failed request.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) error: McpError,
    pub(super) again: Again,
}

/// What was being waited for; said in messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Handshake,
    ToolList,
    Query,
}

impl Failure {
    pub(super) fn new(reason: Reason, message: impl Into<String>) -> Self {
        Self::from(McpError::new(reason, message))
    }

    /// Whether the session is as good as before: the server answered, if only to refuse.
    pub(super) const fn keeps_session(&self) -> bool {
        matches!(self.error.reason, Reason::Throttled | Reason::ServerError | Reason::DatabaseError)
    }
}

impl From<McpError> for Failure {
    fn from(error: McpError) -> Self {
        let again = again(error.reason, error.sql_code);
        Self { error, again }
    }
}

/// Whether a failure of this kind is worth another try. A deadline that passed is not: the server may still be at
/// work on the request, and the caller has waited long enough.
const fn again(reason: Reason, sql_code: Option<u16>) -> Again {
    match reason {
        Reason::ConnectFailed | Reason::ServerError | Reason::Throttled => Again::Later,
        // The database dropped the MCP server's idle connection; its next one works.
        Reason::DatabaseError if matches!(sql_code, Some(2006 | 2013)) => Again::AtOnce,
        _ => Again::Never,
    }
}

/// A deadline of ours passed.
pub(super) fn late(step: Step, after: Duration) -> Failure {
    let seconds = after.as_secs_f32();
    let message = match step {
        Step::Handshake | Step::ToolList => format!(
            "the MCP server did not complete the handshake within {seconds:.3} s: check that it is not overloaded and \
             that nothing on the way swallows its answers, or raise the connection timeout"
        ),
        Step::Query => format!(
            "the MCP server did not answer a query within {seconds:.3} s: its database may be slow or another query \
             may block it; limit query times in the database, or raise the request timeout"
        ),
    };
    Failure::new(Reason::Timeout, message)
}

/// The handshake failed; `noted` is what the HTTP layer saw.
pub(super) fn handshake(error: ClientInitializeError, noted: Option<Fault>) -> Failure {
    if let Some(fault) = noted {
        // A stream that ended is noted after a whole answer too: then the answer itself is what was wrong.
        let answered =
            !matches!(error, ClientInitializeError::ConnectionClosed(_) | ClientInitializeError::TransportError { .. });
        if !(answered && matches!(fault, Fault::Ended { .. })) {
            return of(fault, Step::Handshake);
        }
    }
    match error {
        ClientInitializeError::JsonRpcError(error) => rpc(error.code.0, Step::Handshake),
        ClientInitializeError::NoCompatibleProtocolVersion { .. } => Failure::new(Reason::ProtocolError, REVISION),
        ClientInitializeError::ConnectionClosed(_) | ClientInitializeError::TransportError { .. } => {
            of(Fault::Broken, Step::Handshake)
        }
        _ => Failure::new(Reason::ProtocolError, format!("the answer to the MCP handshake is not valid: {CHECK_URL}")),
    }
}

/// A request of a session failed; `noted` is what the HTTP layer saw.
pub(super) fn request(error: ServiceError, noted: Option<Fault>, step: Step) -> Failure {
    match (error, noted) {
        (ServiceError::McpError(error), _) => rpc(error.code.0, step),
        (ServiceError::UnexpectedResponse, _) => Failure::new(
            Reason::ProtocolError,
            "the MCP server answered with something else than a result: check that it runs a supported version",
        ),
        (_, Some(fault)) => of(fault, step),
        (ServiceError::Timeout { timeout }, None) => late(step, timeout),
        (_, None) => of(Fault::Broken, step),
    }
}

/// What a JSON-RPC error in place of an answer means.
pub(super) fn rpc_error(code: i32) -> McpError {
    rpc(code, Step::Query).error
}

/// The server answered with a JSON-RPC error. Its text is not shown: it may repeat the query.
fn rpc(code: i32, step: Step) -> Failure {
    match (code, step) {
        (-32022, _) => Failure::new(Reason::ProtocolError, REVISION),
        (-32601 | -32602, Step::Handshake) => Failure::new(
            Reason::ProtocolError,
            format!(
                "the server refused the MCP handshake (JSON-RPC error {code}): it may be too old or too new; this operator speaks MCP up to revision 2025-11-25"
            ),
        ),
        (-32603, _) => Failure::new(
            Reason::ServerError,
            format!("the MCP server failed inside (JSON-RPC error {code}): see its log"),
        ),
        _ => Failure::new(
            Reason::ProtocolError,
            format!("the MCP server refused a request (JSON-RPC error {code}): see its log"),
        ),
    }
}

const REVISION: &str = "the MCP server does not speak the MCP revision 2025-11-25: this operator needs a server that supports it or an older one";
const CHECK_URL: &str = "check that the URL is that of an MCP endpoint (streamable HTTP), as in http://host:port/mcp";

/// An HTTP exchange failed.
pub(super) fn of(fault: Fault, step: Step) -> Failure {
    let mut failure = sentence(&fault, step);
    if let Fault::SessionLost { .. } = fault {
        failure.again = Again::AtOnce;
    }
    if let Fault::Status { retry_after, .. } = fault {
        failure.error.retry_after = retry_after;
    }
    failure.error.cause = Some(Box::new(fault));
    failure
}

fn sentence(fault: &Fault, step: Step) -> Failure {
    let (reason, message) = match fault {
        Fault::Dns => (
            Reason::ConnectFailed,
            "the MCP server's host name does not resolve: check the URL and that the Service it names exists".into(),
        ),
        Fault::Connect => (
            Reason::ConnectFailed,
            "no connection to the MCP server: check that it runs, that host and port in the URL are right, and that \
             no NetworkPolicy stands between"
                .into(),
        ),
        Fault::Tls(why) => (
            Reason::TlsFailed,
            format!("no TLS connection to the MCP server: {why}; check the server's certificate, or the https in the URL"),
        ),
        Fault::Timeout => (
            Reason::Timeout,
            "the MCP server did not answer in time: check that it runs and is not overloaded".into(),
        ),
        Fault::Broken | Fault::Ended { garbage: false } => (
            Reason::ConnectFailed,
            "the connection to the MCP server broke before its answer was complete: see the server's log".into(),
        ),
        Fault::Ended { garbage: true } | Fault::Garbage => {
            (Reason::ProtocolError, format!("the answer is not a valid MCP message: {CHECK_URL}"))
        }
        Fault::ContentType(kind) if step == Step::Handshake => (
            Reason::WrongEndpoint,
            format!("the URL answers with {} and so is not an MCP endpoint: {CHECK_URL}", kind_or_none(kind)),
        ),
        Fault::ContentType(kind) => (
            Reason::ProtocolError,
            format!("the MCP server answered with {}: see what stands between the operator and it", kind_or_none(kind)),
        ),
        Fault::NoAnswer => (
            Reason::ProtocolError,
            "the MCP server acknowledged a request without answering it: it needs a transport other than streamable HTTP".into(),
        ),
        Fault::TooLarge { limit } => (
            Reason::ResponseTooLarge,
            format!("an answer was larger than {} MiB: narrow databases or tables in the spec", limit >> 20),
        ),
        Fault::SessionLost { status } => (
            Reason::ProtocolError,
            format!("the MCP server does not recognise the session it gave (HTTP {status}), twice: with several replicas it needs session affinity or stateless mode"),
        ),
        Fault::Status { status, rpc_code, .. } => refused(*status, *rpc_code),
    };
    Failure::new(reason, message)
}

fn kind_or_none(kind: &str) -> String {
    if kind.is_empty() { "no content type".into() } else { format!("content type {kind}") }
}

fn refused(status: u16, rpc_code: Option<i32>) -> (Reason, String) {
    match status {
        300..=399 => (
            Reason::WrongEndpoint,
            format!("the URL redirects to another place (HTTP {status}), which is not followed: use the final URL of the MCP endpoint"),
        ),
        400 if rpc_code == Some(-32022) => (Reason::ProtocolError, REVISION.into()),
        401 => (
            Reason::AuthenticationFailed,
            "the MCP server wants a credential (HTTP 401) and this operator sends none: let the server accept calls from the operator without one".into(),
        ),
        403 => (
            Reason::PermissionDenied,
            "the MCP server refuses this operator (HTTP 403): check its access rules and the host names it accepts".into(),
        ),
        404 | 405 => (
            Reason::WrongEndpoint,
            format!("the URL answered {status}: check the path, as in http://host:port/mcp, and that the server's transport is streamable HTTP"),
        ),
        421 => (
            Reason::WrongEndpoint,
            "the server answered 421, it does not accept the host name in the URL: start it so that it accepts that name (pytidb: --host 0.0.0.0)".into(),
        ),
        408 | 504 => (
            Reason::ServerError,
            format!("a proxy or the MCP server gave up waiting (HTTP {status}): check that its database answers"),
        ),
        413 => (Reason::ProtocolError, "the MCP server refuses requests of this size (HTTP 413): raise its limit to 128 KiB".into()),
        429 => (Reason::Throttled, "the MCP server asks to slow down (HTTP 429): raise the interval or its rate limit".into()),
        500..=599 => (Reason::ServerError, format!("the MCP server failed (HTTP {status}): see its log")),
        _ => (Reason::ProtocolError, format!("the server refused an MCP request (HTTP {status}): {CHECK_URL}")),
    }
}
