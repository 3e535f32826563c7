//! The vocabulary of outcomes: one word per reason, the same in a condition, an Event and a metric label.
//! Holds no I/O and knows no other module; every folder's own error type maps onto [`Reason`].

use std::fmt;

/// How to go on after a failure with a given reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Retrying by ourselves cannot help: wait until a person changes something.
    Permanent,
    /// Worth trying again with exponential backoff.
    Transient,
    /// Worth trying again, but hardly soon: wait a whole interval.
    Slow,
}

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident => $class:ident,)*) => {
        /// Why something is as it is. `as_str` is the exact word users see (CamelCase, as Kubernetes asks of a
        /// condition reason).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Reason { $($(#[$doc])* $name,)* }

        impl Reason {
            /// Every reason there is; for tables of metrics and of documentation.
            pub const ALL: &'static [Reason] = &[$(Reason::$name,)*];

            /// The word itself.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Reason::$name => stringify!($name),)* }
            }

            /// How a failure with this reason is retried.
            #[must_use]
            pub const fn class(self) -> Class {
                match self { $(Reason::$name => Class::$class,)* }
            }
        }
    };
}

reasons! {
    /// The first discovery is running; nothing is known yet.
    Discovering => Transient,
    /// The ConfigMaps hold what the database has.
    Published => Transient,
    /// The last successful look is younger than the interval asks for.
    WithinInterval => Transient,
    /// The MCP server answers.
    Reachable => Transient,
    /// The server is away; the last good copy is served.
    ServingStale => Transient,
    /// The server is away and there is no copy to serve.
    SourceUnavailable => Transient,
    /// The server is away, and the last good copy is older than it may be served.
    StaleTooLong => Transient,
    /// `spec.suspend` is true.
    Suspended => Permanent,
    /// No snapshot names the ClusterSchemaSource, so nobody has asked it.
    Unused => Transient,
    /// The include and exclude globs select no database, or no table.
    NothingSelected => Slow,
    /// The spec asks for something that cannot work.
    InvalidSpec => Permanent,
    /// The URL points where the operator may not connect to.
    AddressRefused => Permanent,
    /// The ConfigMaps were written by a newer operator whose format this one does not know.
    NewerFormat => Permanent,
    /// The content does not fit into the allowed number of ConfigMaps.
    OutputTooLarge => Permanent,
    /// A ConfigMap of that name belongs to someone else.
    OutputConflict => Permanent,
    /// The answers do not add up to a whole schema (counts differ, or the schema changed while it was read).
    DiscoveryIncomplete => Transient,
    /// What came is not published before a person approves it.
    Held => Transient,
    /// The database has another schema than it should have.
    Drifted => Transient,
    /// The database has the schema it should have.
    NoDrift => Transient,
    /// The schema to compare with cannot be read.
    BaselineUnavailable => Transient,
    /// More is gone than a change of schema explains: the account may have lost a grant.
    SuspectedPermissionLoss => Transient,
    /// A policy that enforces refuses what came: it is not published before it passes or a person approves it.
    PolicyFailed => Transient,
    /// A policy that enforces could not judge what came; it is published all the same when that lasts.
    PolicyNotJudged => Transient,
    /// A policy was evaluated.
    Evaluated => Transient,
    /// Everything a policy demands holds.
    Compliant => Transient,
    /// Something a policy demands does not hold.
    NotCompliant => Transient,
    /// Nothing is known to be wrong, and something, or everything, could not be judged.
    NotJudged => Transient,
    /// The report object a policy asks for cannot be written.
    ReportUnavailable => Transient,
    /// A policy selects no snapshot.
    NoSnapshots => Slow,
    /// DDL is running on the database.
    SchemaChangeInProgress => Transient,
    /// The server was away at the last tries: nobody asks it until a probe finds it back.
    CircuitOpen => Transient,
    /// No connection could be made.
    ConnectFailed => Transient,
    /// The TLS handshake failed.
    TlsFailed => Transient,
    /// No answer came within the deadline.
    Timeout => Transient,
    /// The URL is not an MCP endpoint (HTTP 404, 405 or 421, or a page that is not MCP).
    WrongEndpoint => Slow,
    /// The server asked us to slow down (HTTP 429).
    Throttled => Transient,
    /// The server failed (HTTP 5xx).
    ServerError => Transient,
    /// The server's answer is not valid MCP, or its rows are not what was asked for.
    ProtocolError => Slow,
    /// An answer was larger than the 16 MiB ceiling.
    ResponseTooLarge => Slow,
    /// The server offers no SQL tool we know.
    NoSqlTool => Permanent,
    /// The server offers several SQL tools we know.
    AmbiguousTools => Permanent,
    /// The server alters values on the way.
    CanaryFailed => Slow,
    /// The server wants a credential, or another one (HTTP 401).
    AuthenticationFailed => Transient,
    /// The credential is known but not allowed (HTTP 403).
    PermissionDenied => Transient,
    /// A Secret or ConfigMap the source names cannot be used: it is missing, may not be read, or holds something else.
    CredentialsUnavailable => Transient,
    /// The database behind the MCP server refused a query or a login.
    DatabaseError => Transient,
    /// The Kubernetes API refused or failed a call.
    KubeApi => Transient,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Cuts `text` to at most `max` bytes on a character boundary and marks the cut with `…`.
#[must_use]
pub fn shorten(text: &str, max: usize) -> String {
    if text.len() <= max {
        return text.to_owned();
    }
    let mut end = max.saturating_sub('…'.len_utf8());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}…", &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_distinct_camel_case_words() {
        let mut words: Vec<_> = Reason::ALL.iter().map(|r| r.as_str()).collect();
        assert!(words.iter().all(|w| w.chars().all(char::is_alphanumeric) && w.starts_with(char::is_uppercase)));
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), Reason::ALL.len());
    }

    #[test]
    fn shorten_cuts_on_a_character_boundary() {
        for (text, max, want) in [("abc", 3, "abc"), ("abcdef", 5, "ab…"), ("ää€€", 6, "ä…"), ("", 0, "")] {
            assert_eq!(shorten(text, max), want, "{text} at {max}");
        }
    }
}
