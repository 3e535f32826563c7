//! Which way to a server is tried after which: every way there is, in the order that finds most servers at the first
//! try, and when to stop. Pure.

use url::Url;

use super::{Dialect, Endpoint, ServerInfo, Transport};
use crate::error::Reason;

/// Most ways tried before giving up: each may take the whole connect timeout.
const MOST: usize = 3;
/// The first revision without a handshake.
pub(super) const MODERN: &str = "2026-07-28";

/// One way to reach a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rung {
    /// Streamable HTTP with the handshake `initialize` (up to revision 2025-11-25).
    Initialize,
    /// Streamable HTTP with `server/discover` (revision 2026-07-28).
    Discover,
    /// HTTP+SSE.
    Sse,
    /// Plain JSON over REST.
    Rest,
}

/// What a failure tells of the place that was looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Told {
    /// Nothing (no connection, no time, a failing proxy), or that the server is there and it is something else that it
    /// lacks: another way would not help.
    #[default]
    Nothing,
    /// An MCP server, or one like it, that has no such handshake.
    OtherRevision,
    /// Something answers HTTP there, but does not speak this transport.
    Elsewhere,
}

impl Rung {
    /// The transport of this way.
    pub(super) const fn transport(self) -> Transport {
        match self {
            Self::Initialize | Self::Discover => Transport::StreamableHttp,
            Self::Sse => Transport::Sse,
            Self::Rest => Transport::RestTools,
        }
    }

    /// The way by which `server` was found.
    pub(super) fn of(server: &ServerInfo) -> Self {
        match server.transport {
            Transport::StreamableHttp if server.protocol_version.as_str() >= MODERN => Self::Discover,
            Transport::StreamableHttp => Self::Initialize,
            Transport::Sse => Self::Sse,
            Transport::RestTools => Self::Rest,
        }
    }
}

/// The ways to `endpoint`, but for [`Rung::Discover`], which takes an answer to be worth a try.
fn ways(endpoint: &Endpoint) -> &'static [Rung] {
    match (endpoint.transport, endpoint.dialect) {
        (Some(Transport::StreamableHttp), _) => &[Rung::Initialize],
        (Some(Transport::Sse), _) => &[Rung::Sse],
        (Some(Transport::RestTools), _) | (None, Some(Dialect::RestTools)) => &[Rung::Rest],
        (None, _) if names_sse(&endpoint.url) => &[Rung::Sse, Rung::Initialize],
        (None, None) => &[Rung::Initialize, Rung::Sse, Rung::Rest],
        (None, Some(_)) => &[Rung::Initialize, Rung::Sse],
    }
}

fn names_sse(url: &Url) -> bool {
    url.path().trim_end_matches('/').ends_with("/sse")
}

/// The way to try first: the one by which the server was found before, if it was.
pub(super) fn first(endpoint: &Endpoint, found: Option<Rung>) -> Rung {
    found.or_else(|| ways(endpoint).first().copied()).unwrap_or(Rung::Initialize)
}

/// The way to try after the last of `tried` failed and `told` this much.
pub(super) fn next(endpoint: &Endpoint, tried: &[Rung], told: Told) -> Option<Rung> {
    if tried.len() >= MOST {
        return None;
    }
    let streamable = tried.last().is_some_and(|rung| rung.transport() == Transport::StreamableHttp);
    let ways = match told {
        Told::Nothing => &[],
        Told::OtherRevision if streamable => &[Rung::Discover, Rung::Initialize][..],
        Told::OtherRevision | Told::Elsewhere => ways(endpoint),
    };
    ways.iter().find(|rung| !tried.contains(rung)).copied()
}

/// Whether a way that failed so came nearer to the server than the first one, whose failure is told otherwise.
pub(super) const fn got_further(told: Told, reason: Reason) -> bool {
    matches!(told, Told::Nothing) && !matches!(reason, Reason::Timeout | Reason::ConnectFailed | Reason::TlsFailed)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    const fn rungs() -> [Rung; 4] {
        [Rung::Initialize, Rung::Discover, Rung::Sse, Rung::Rest]
    }

    /// Every way tried when each failure tells the same.
    fn all(endpoint: &Endpoint, found: Option<Rung>, told: Told) -> Vec<Rung> {
        let mut tried = vec![first(endpoint, found)];
        while let Some(rung) = next(endpoint, &tried, told) {
            tried.push(rung);
        }
        tried
    }

    fn endpoint(url: &str, transport: Option<Transport>, dialect: Option<Dialect>) -> Endpoint {
        Endpoint { transport, dialect, ..Endpoint::new(url).unwrap() }
    }

    #[test]
    fn where_nothing_is_said_every_way_is_tried_in_order() {
        let (plain, sse) = ("http://h/mcp", "http://h/x/sse/");
        for (url, transport, dialect, want) in [
            (plain, None, None, &[Rung::Initialize, Rung::Sse, Rung::Rest][..]),
            (plain, None, Some(Dialect::Pytidb), &[Rung::Initialize, Rung::Sse]),
            (plain, None, Some(Dialect::RestTools), &[Rung::Rest]),
            (sse, None, None, &[Rung::Sse, Rung::Initialize]),
            (sse, Some(Transport::StreamableHttp), None, &[Rung::Initialize]),
            (plain, Some(Transport::Sse), None, &[Rung::Sse]),
            (plain, Some(Transport::RestTools), None, &[Rung::Rest]),
            ("http://h/missed-sse", None, None, &[Rung::Initialize, Rung::Sse, Rung::Rest]),
        ] {
            let endpoint = endpoint(url, transport, dialect);
            assert_eq!(all(&endpoint, None, Told::Elsewhere), want, "{url} {transport:?} {dialect:?}");
        }
    }

    #[test]
    fn only_streamable_http_has_another_revision() {
        let auto = endpoint("http://h", None, None);
        assert_eq!(all(&auto, None, Told::OtherRevision), [Rung::Initialize, Rung::Discover]);
        let chosen = endpoint("http://h", Some(Transport::StreamableHttp), None);
        assert_eq!(all(&chosen, None, Told::OtherRevision), [Rung::Initialize, Rung::Discover]);
        let sse = endpoint("http://h", Some(Transport::Sse), None);
        assert_eq!(all(&sse, None, Told::OtherRevision), [Rung::Sse]);
    }

    #[test]
    fn what_was_found_is_tried_first_and_no_way_twice() {
        let auto = endpoint("http://h", None, None);
        for found in rungs() {
            for told in [Told::Elsewhere, Told::OtherRevision, Told::Nothing] {
                let tried = all(&auto, Some(found), told);
                assert_eq!(tried[0], found);
                assert!(tried.len() <= MOST, "{tried:?}");
                assert!((1..tried.len()).all(|n| !tried[..n].contains(&tried[n])), "{tried:?}");
            }
            assert_eq!(all(&auto, Some(found), Told::Nothing), [found], "what is no answer says nothing of other ways");
        }
        assert_eq!(all(&auto, Some(Rung::Discover), Told::OtherRevision), [Rung::Discover, Rung::Initialize]);
    }

    #[test]
    fn a_server_is_found_again_the_way_it_was_found() {
        for rung in rungs() {
            let protocol_version = if rung == Rung::Discover { MODERN } else { "2025-11-25" };
            let server = ServerInfo {
                name: String::new(),
                version: String::new(),
                protocol_version: protocol_version.into(),
                dialect: Dialect::Dbhub,
                transport: rung.transport(),
                rows_pointer: None,
                packed: false,
            };
            assert_eq!(Rung::of(&server), rung);
        }
    }

    #[test]
    fn a_later_failure_is_told_only_when_it_says_more() {
        for (told, reason, want) in [
            (Told::Nothing, Reason::AuthenticationFailed, true),
            (Told::Nothing, Reason::NoSqlTool, true),
            (Told::Nothing, Reason::ServerError, true),
            (Told::Nothing, Reason::Timeout, false),
            (Told::Nothing, Reason::ConnectFailed, false),
            (Told::Elsewhere, Reason::WrongEndpoint, false),
            (Told::OtherRevision, Reason::ProtocolError, false),
        ] {
            assert_eq!(got_further(told, reason), want, "{told:?} {reason}");
        }
    }
}
