//! From a failure of the network, of HTTP or of MCP to the one error users see, to whether trying again can help, and to
//! what it tells of other ways to the server. Pure; the sentences are in `words`.

mod words;

use std::time::Duration;

use rmcp::service::{ClientInitializeError, ServiceError};

use self::words::check_url;
use super::fault::Fault;
use super::ladder::Told;
use super::{McpError, Transport};
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
    /// What it tells of other ways to the server.
    pub(super) told: Told,
}

/// To whom a request went, as far as messages speak of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct To {
    pub(super) transport: Transport,
    /// Whether a token was sent.
    pub(super) credential: bool,
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
        Self { error, again, told: Told::Nothing }
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
pub(super) fn handshake(error: ClientInitializeError, noted: Option<Fault>, to: To) -> Failure {
    if let Some(fault) = noted {
        // A stream that ended is noted after a whole answer too: then the answer itself is what was wrong.
        let answered =
            !matches!(error, ClientInitializeError::ConnectionClosed(_) | ClientInitializeError::TransportError { .. });
        if !(answered && matches!(fault, Fault::Ended { .. })) {
            return of(fault, Step::Handshake, to);
        }
    }
    match error {
        ClientInitializeError::JsonRpcError(error) => rpc(error.code.0, Step::Handshake),
        ClientInitializeError::NoCompatibleProtocolVersion { .. } => rpc(-32022, Step::Handshake),
        ClientInitializeError::ConnectionClosed(_) | ClientInitializeError::TransportError { .. } => {
            of(Fault::Broken, Step::Handshake, to)
        }
        _ => Failure::new(
            Reason::ProtocolError,
            format!("the answer to the MCP handshake is not valid: {}", check_url(to.transport)),
        ),
    }
}

/// A request of a session failed; `noted` is what the HTTP layer saw.
pub(super) fn request(error: ServiceError, noted: Option<Fault>, step: Step, to: To) -> Failure {
    match (error, noted) {
        (ServiceError::McpError(error), _) => rpc(error.code.0, step),
        (ServiceError::UnexpectedResponse, _) => Failure::new(
            Reason::ProtocolError,
            "the MCP server answered with something else than a result: check that it runs a supported version",
        ),
        (_, Some(fault)) => of(fault, step, to),
        (ServiceError::Timeout { timeout }, None) => late(step, timeout),
        (_, None) => of(Fault::Broken, step, to),
    }
}

/// What a JSON-RPC error in place of an answer means.
pub(super) fn rpc_error(code: i32) -> McpError {
    rpc(code, Step::Query).error
}

/// The server answered with a JSON-RPC error. Its text is not shown: it may repeat the query.
fn rpc(code: i32, step: Step) -> Failure {
    let mut failure = Failure::from(McpError::from(words::rpc(code, step)));
    if step == Step::Handshake && refuses_revision(code) {
        failure.told = Told::OtherRevision;
    }
    failure
}

/// Whether a server that answers the handshake so may speak a revision that has another one: unknown method, unknown
/// parameters, unsupported revision.
const fn refuses_revision(code: i32) -> bool {
    matches!(code, -32601 | -32602 | -32022)
}

/// An HTTP exchange failed.
pub(super) fn of(fault: Fault, step: Step, to: To) -> Failure {
    let mut failure = Failure::from(McpError::from(words::sentence(&fault, step, to)));
    // Over HTTP+SSE the stream is the session.
    let ended = to.transport == Transport::Sse && step == Step::Query;
    match fault {
        Fault::SessionLost { .. } => failure.again = Again::AtOnce,
        Fault::Broken | Fault::Ended { garbage: false } if ended => failure.again = Again::AtOnce,
        _ => {}
    }
    if let Fault::Status { retry_after, .. } = fault {
        failure.error.retry_after = retry_after;
    }
    if step == Step::Handshake {
        failure.told = told(&fault);
    }
    failure.error.cause = Some(Box::new(fault));
    failure
}

/// What a fault of a handshake tells of other ways to the server. Failures that pass, refusals of a credential and
/// redirects tell nothing: the same place may well be the right one.
const fn told(fault: &Fault) -> Told {
    match fault {
        Fault::ContentType(_) | Fault::Garbage | Fault::Ended { garbage: true } | Fault::NoAnswer => Told::Elsewhere,
        Fault::Status { host: true, .. } => Told::Nothing,
        Fault::Status { status: 404, rpc_code: Some(code), .. } if refuses_revision(*code) => Told::OtherRevision,
        Fault::Status { status, .. } => match *status {
            400 => Told::OtherRevision,
            401 | 403 | 408 | 413 | 421 | 429 => Told::Nothing,
            402..=499 => Told::Elsewhere,
            _ => Told::Nothing,
        },
        _ => Told::Nothing,
    }
}

impl From<(Reason, String)> for McpError {
    fn from((reason, message): (Reason, String)) -> Self {
        Self::new(reason, message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn status(status: u16, rpc_code: Option<i32>, host: bool) -> Fault {
        Fault::Status { status, retry_after: None, rpc_code, host }
    }

    #[test]
    fn only_an_answer_that_is_no_such_transport_is_worth_another_way() {
        let to = To { transport: Transport::StreamableHttp, credential: false };
        for (fault, want) in [
            (status(404, None, false), Told::Elsewhere),
            (status(405, None, false), Told::Elsewhere),
            (status(406, None, false), Told::Elsewhere),
            (status(422, None, false), Told::Elsewhere),
            (Fault::ContentType("text/html".into()), Told::Elsewhere),
            (Fault::Garbage, Told::Elsewhere),
            (Fault::Ended { garbage: true }, Told::Elsewhere),
            (Fault::NoAnswer, Told::Elsewhere),
            (status(400, None, false), Told::OtherRevision),
            (status(400, Some(-32022), false), Told::OtherRevision),
            (status(404, Some(-32601), false), Told::OtherRevision),
            (status(404, Some(-32000), false), Told::Elsewhere),
            (status(301, None, false), Told::Nothing),
            (status(401, None, false), Told::Nothing),
            (status(403, None, false), Told::Nothing),
            (status(403, None, true), Told::Nothing),
            (status(421, None, true), Told::Nothing),
            (status(429, None, false), Told::Nothing),
            (status(500, None, false), Told::Nothing),
            (status(503, None, false), Told::Nothing),
            (Fault::Connect, Told::Nothing),
            (Fault::Timeout, Told::Nothing),
            (Fault::Tls("x"), Told::Nothing),
            (Fault::Broken, Told::Nothing),
            (Fault::Ended { garbage: false }, Told::Nothing),
            (Fault::TooLarge { limit: 1 }, Told::Nothing),
            (Fault::ForeignEndpoint, Told::Nothing),
            (Fault::Refused(crate::mcp::guard::Why::Loopback), Told::Nothing),
        ] {
            assert_eq!(of(fault.clone(), Step::Handshake, to).told, want, "{fault:?}");
            assert_eq!(
                of(fault.clone(), Step::Query, to).told,
                Told::Nothing,
                "{fault:?}: a session stays where it is"
            );
        }
        for (code, want) in [
            (-32601, Told::OtherRevision),
            (-32602, Told::OtherRevision),
            (-32022, Told::OtherRevision),
            (-32603, Told::Nothing),
            (-32000, Told::Nothing),
        ] {
            assert_eq!(rpc(code, Step::Handshake).told, want, "{code}");
            assert_eq!(rpc(code, Step::Query).told, Told::Nothing, "{code}");
        }
    }
}
