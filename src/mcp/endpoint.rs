//! Where an MCP server is, how to speak to it, with which credential, and how patient to be with it. Owns the rules for
//! its URL; opens nothing.

use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderName, HeaderValue};
use serde_json::{Map, Value};
use url::Url;

use super::guard::Guard;
use super::{Dialect, Transport};

/// Where an MCP server is, how to speak to it and how patient to be with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Absolute http or https URL, without user info, as given: [`Endpoint::place`] is where a transport looks.
    pub url: Url,
    /// The transport; `None` finds out.
    pub transport: Option<Transport>,
    /// The dialect; `None` finds out from the list of tools.
    pub dialect: Option<Dialect>,
    /// The tool, with [`Dialect::Custom`] and with no other.
    pub custom: Option<Custom>,
    /// Bearer token (RFC 6750), without the word Bearer. Sent to this endpoint's origin alone.
    pub token: Option<Secret>,
    /// More headers for every request. Values are marked sensitive by whoever puts them in, where they come from a Secret.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// What the TLS handshake trusts and shows.
    pub tls: Tls,
    /// Which addresses no connection is made to; `None` for a URL of whom we may trust with any.
    pub guard: Option<Arc<Guard>>,
    /// Calls at once; `None` is the dialect's own (1 for [`Dialect::Pytidb`], else 2).
    pub max_in_flight: Option<NonZeroU32>,
    /// Deadline for the connection and the handshake.
    pub connect_timeout: Duration,
    /// Deadline for one call.
    pub request_timeout: Duration,
    /// Retries after the first try; 0 means one try.
    pub max_retries: u32,
    /// First back-off; doubles with each retry, with full jitter.
    pub retry_delay: Duration,
}

/// A SQL tool that no preset knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Custom {
    /// Name of the tool.
    pub tool: String,
    /// The argument that takes the SQL text.
    pub sql_argument: String,
    /// Arguments sent with every call beside it.
    pub extra_arguments: Map<String, Value>,
    /// JSON pointer (RFC 6901) to the array of rows, in `structuredContent` or in the JSON text of the first content
    /// block; empty is the root.
    pub rows_pointer: String,
}

/// What the TLS handshake trusts and shows. The default trusts the system's authorities and shows nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tls {
    /// PEM certificates of the only authorities to trust.
    pub ca_pem: Option<Vec<u8>>,
    /// PEM certificate chain and private key to show (mutual TLS).
    pub identity_pem: Option<Secret>,
}

/// A text that is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes the text as it is.
    #[must_use]
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// The text, for the one place that sends it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// Why a text is not the URL of an MCP endpoint. No message repeats the text: it may hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    /// Not a URL, or one without scheme and host.
    #[error(
        "the MCP server's URL is not absolute: write it with scheme and host, as in http://tidb-mcp-server:8000/mcp"
    )]
    NotAbsolute,
    /// A scheme other than http and https.
    #[error("the MCP server's URL must begin with http:// or https://: every transport is one over HTTP")]
    Scheme,
    /// `user:password@`.
    #[error("the MCP server's URL must not hold a user name or password: remove the part before @")]
    UserInfo,
    /// `#…`.
    #[error("the MCP server's URL must not have a fragment: remove everything from # on")]
    Fragment,
}

impl Endpoint {
    /// Reads the URL of an MCP endpoint. The patience is the default one (connect 30 s, request 60 s, 3 retries, first
    /// back-off 1 s): set the fields to change it.
    ///
    /// # Errors
    /// When the text is no absolute http or https URL, or holds user info or a fragment.
    pub fn new(url: &str) -> Result<Self, EndpointError> {
        let url = Url::parse(url.trim()).map_err(|_| EndpointError::NotAbsolute)?;
        if !matches!(url.scheme(), "http" | "https") {
            // `host:8000/mcp` parses as a URL of the scheme `host`; what is missing there is the scheme.
            let named = url.has_host();
            return Err(if named { EndpointError::Scheme } else { EndpointError::NotAbsolute });
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(EndpointError::UserInfo);
        }
        if url.fragment().is_some() {
            return Err(EndpointError::Fragment);
        }
        Ok(Self {
            url,
            transport: None,
            dialect: None,
            custom: None,
            token: None,
            headers: Vec::new(),
            tls: Tls::default(),
            guard: None,
            max_in_flight: None,
            connect_timeout: Duration::from_secs(30),
            request_timeout: Duration::from_secs(60),
            max_retries: 3,
            retry_delay: Duration::from_secs(1),
        })
    }

    /// Where `transport` finds this server: the URL itself; one without a path means `/mcp` over streamable HTTP and
    /// `/sse` over HTTP+SSE. REST tools lie below any path.
    #[must_use]
    pub fn place(&self, transport: Transport) -> Url {
        let mut url = self.url.clone();
        if url.path() == "/" {
            match transport {
                Transport::StreamableHttp => url.set_path("/mcp"),
                Transport::Sse => url.set_path("/sse"),
                Transport::RestTools => {}
            }
        }
        url
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_url_without_a_path_means_the_usual_one_of_each_transport() {
        for (text, streamable, sse, rest) in [
            ("http://h:8000", "http://h:8000/mcp", "http://h:8000/sse", "http://h:8000/"),
            (" http://h:1/ ", "http://h:1/mcp", "http://h:1/sse", "http://h:1/"),
            ("http://h?x=1", "http://h/mcp?x=1", "http://h/sse?x=1", "http://h/?x=1"),
            ("https://h/other/", "https://h/other/", "https://h/other/", "https://h/other/"),
            ("http://[::1]:8000/mcp", "http://[::1]:8000/mcp", "http://[::1]:8000/mcp", "http://[::1]:8000/mcp"),
        ] {
            let endpoint = Endpoint::new(text).unwrap();
            for (transport, want) in
                [(Transport::StreamableHttp, streamable), (Transport::Sse, sse), (Transport::RestTools, rest)]
            {
                assert_eq!(endpoint.place(transport).as_str(), want, "{text} over {transport}");
            }
        }
    }

    #[test]
    fn what_is_no_endpoint_is_refused_without_repeating_it() {
        for (text, want) in [
            ("ftp://h/mcp", EndpointError::Scheme),
            ("ws://h/mcp", EndpointError::Scheme),
            ("tidb-mcp-server:8000", EndpointError::NotAbsolute),
            ("/mcp", EndpointError::NotAbsolute),
            ("", EndpointError::NotAbsolute),
            ("http://", EndpointError::NotAbsolute),
            ("http://user:hunter2@h/mcp", EndpointError::UserInfo),
            ("http://user@h/mcp", EndpointError::UserInfo),
            ("http://h/mcp#x", EndpointError::Fragment),
        ] {
            let error = Endpoint::new(text).unwrap_err();
            assert_eq!(error, want, "{text}");
            assert!(!error.to_string().contains("hunter2"));
        }
    }

    #[test]
    fn a_secret_is_not_printed() {
        let endpoint = Endpoint { token: Some(Secret::new("hunter2".into())), ..Endpoint::new("http://h").unwrap() };
        assert!(!format!("{endpoint:?}").contains("hunter2"));
        assert_eq!(endpoint.token.unwrap().reveal(), "hunter2");
    }
}
