//! What can go wrong below MCP, as plain data: one value per way an HTTP exchange fails. Holds no URL, no header and
//! no body, so that it can be logged and shown. Judging it is `classify`'s task.

use std::error::Error;
use std::time::Duration;

use super::guard::{Refused, Why};

/// How an HTTP exchange failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Fault {
    /// The address is one that no connection may be made to.
    #[error("the address is refused: {0}")]
    Refused(Why),
    /// The host name does not resolve.
    #[error("the host name does not resolve")]
    Dns,
    /// No TCP connection.
    #[error("no connection")]
    Connect,
    /// The TLS handshake failed; why, in our words.
    #[error("TLS: {0}")]
    Tls(&'static str),
    /// A credential or TLS setting of ours cannot be used; which and why, in our words.
    #[error("setting: {0}")]
    Setting(&'static str),
    /// The stream announced an endpoint at another origin, to which no credential may go.
    #[error("the announced endpoint is at another origin")]
    ForeignEndpoint,
    /// The transport's own patience ran out.
    #[error("no answer in time")]
    Timeout,
    /// The connection broke while the answer was being sent.
    #[error("the connection broke")]
    Broken,
    /// The answer ended without a result; whether anything that is not MCP was in it.
    #[error("the answer ended without a result")]
    Ended {
        /// Something was sent that is no MCP message.
        garbage: bool,
    },
    /// A status other than 2xx.
    #[error("HTTP {status}")]
    Status {
        /// The status.
        status: u16,
        /// `Retry-After`, when it is a number of seconds.
        retry_after: Option<Duration>,
        /// The JSON-RPC error code in the body of a 4xx.
        rpc_code: Option<i32>,
        /// The server does not accept the host name of the URL.
        host: bool,
    },
    /// The server does not know the session (any more).
    #[error("HTTP {status} for a session")]
    SessionLost {
        /// 404 as the protocol says, or 400 as older servers answer.
        status: u16,
    },
    /// A 2xx body of a type that MCP does not have; the type, cut and escaped.
    #[error("content type {0}")]
    ContentType(String),
    /// A 2xx JSON body that is no MCP message.
    #[error("not an MCP message")]
    Garbage,
    /// The request was acknowledged (202) in place of an answer.
    #[error("acknowledged without an answer")]
    NoAnswer,
    /// More bytes than the ceiling.
    #[error("more than {limit} bytes")]
    TooLarge {
        /// The ceiling.
        limit: usize,
    },
}

impl Fault {
    /// Reads what reqwest says, in which phase it failed and why.
    pub(super) fn of(error: &reqwest::Error) -> Self {
        if let Some(Refused(why)) = refused(error) {
            return Self::Refused(why);
        }
        let mut cause: Option<&(dyn Error + 'static)> = Some(error);
        while let Some(current) = cause {
            if let Some(tls) = tls_error(current) {
                return Self::Tls(tls);
            }
            if current.to_string() == "dns error" {
                return Self::Dns;
            }
            cause = current.source();
        }
        if error.is_timeout() {
            Self::Timeout
        } else if error.is_connect() {
            Self::Connect
        } else {
            Self::Broken
        }
    }
}

/// The guard's refusal, which shows as the cause of a failed name resolution or of a redirect that is not followed.
fn refused(error: &(dyn Error + 'static)) -> Option<Refused> {
    let mut cause = Some(error);
    while let Some(current) = cause {
        if let Some(refused) = current.downcast_ref::<Refused>() {
            return Some(*refused);
        }
        cause = current.source();
    }
    None
}

/// The TLS failure in `error`, or inside the I/O errors it is wrapped in (whose `source` skips what they hold).
fn tls_error(error: &(dyn Error + 'static)) -> Option<&'static str> {
    use rustls::{AlertDescription as Alert, CertificateError as Cert, Error as Tls};
    let mut error = error;
    while let Some(held) = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
        error = held;
    }
    let tls = error.downcast_ref::<Tls>()?;
    Some(match tls {
        // A new authority of the same name shows as a bad signature.
        Tls::InvalidCertificate(Cert::UnknownIssuer | Cert::BadSignature) => {
            "the certificate comes from an authority that is not trusted here"
        }
        Tls::InvalidCertificate(Cert::Expired | Cert::ExpiredContext { .. }) => "the certificate has expired",
        Tls::InvalidCertificate(Cert::NotValidForName | Cert::NotValidForNameContext { .. }) => {
            "the certificate is for another host name"
        }
        Tls::InvalidCertificate(_) => "the certificate is not valid",
        Tls::InvalidMessage(_) => "the server does not speak TLS there",
        Tls::AlertReceived(
            Alert::CertificateRequired | Alert::UnknownCA | Alert::BadCertificate | Alert::DecryptError,
        ) => "the server wants a client certificate of an authority it trusts",
        Tls::AlertReceived(_) => "the server refused the handshake",
        _ => "the handshake failed",
    })
}
