//! The HTTP client of one session: whom it trusts, what it shows, and how it reads a bounded body. Owns every place a
//! credential is put.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, StatusCode};
use reqwest::{Certificate, ClientBuilder, Identity, RequestBuilder, Response};
use rmcp::model::ServerJsonRpcMessage;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use url::Url;

use super::resolver::Guarded;
use crate::mcp::fault::Fault;
use crate::mcp::guard::{self, Guard, Refused};
use crate::mcp::seen::{Exchange, Seen};
use crate::mcp::text::printable;
use crate::mcp::{Endpoint, Tls};

/// Most bytes of one answer. Larger ones would sit in memory several times over (text, parsed, rows).
pub(in crate::mcp) const MAX_ANSWER: usize = 16 << 20;
/// Most bytes read of a refusal, of which an error code and a few known words are of interest.
const MAX_REFUSAL: usize = 64 << 10;
/// Most redirects followed (same origin only: Python servers answer `/mcp` with `/mcp/`).
const MAX_REDIRECTS: usize = 3;

/// An HTTP client for one session. Every request it makes goes to the endpoint's own origin and carries its credential.
#[derive(Clone)]
pub(in crate::mcp) struct Http {
    pub(super) client: reqwest::Client,
    /// What happened below rmcp during the current request.
    pub(in crate::mcp) seen: Seen,
    guard: Option<Arc<Guard>>,
}

impl fmt::Debug for Http {
    /// Without the client, which would print its headers.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Http").field("seen", &self.seen).finish_non_exhaustive()
    }
}

impl Http {
    /// A client with the endpoint's patience. A `standing` one is for a stream that is silent between requests: there
    /// silence is no failure, and each request has its own deadline.
    ///
    /// # Errors
    /// [`Fault::Setting`] for a credential or a PEM text that cannot be used; [`Fault::Tls`] when an https endpoint is
    /// to be reached from an image without certificate authorities; [`Fault::Refused`] for an address that may not be
    /// connected to.
    pub(in crate::mcp) fn new(endpoint: &Endpoint, standing: bool) -> Result<Self, Fault> {
        if rustls::crypto::CryptoProvider::get_default().is_none() {
            // Losing the race against another caller is fine: then theirs is installed.
            let _ = rustls::crypto::ring::default_provider().install_default();
        }
        judge(&endpoint.url, endpoint.guard.as_deref())?;
        let mut builder = reqwest::Client::builder()
            .connect_timeout(endpoint.connect_timeout)
            .redirect(same_origin(endpoint.guard.clone()))
            .no_proxy()
            .default_headers(headers(endpoint)?)
            .user_agent(concat!("mcp-schema-operator/", env!("CARGO_PKG_VERSION")));
        if let Some(guard) = &endpoint.guard {
            builder = builder.dns_resolver(Arc::new(Guarded(Arc::clone(guard))));
        }
        if !standing {
            // For what outlives its request; each request has a deadline of its own, which comes first.
            builder = builder.read_timeout(endpoint.request_timeout.saturating_add(Duration::from_secs(1)));
        }
        let client = trusting(builder, &endpoint.tls, endpoint.url.scheme() == "https")?.build().map_err(|_| {
            if endpoint.tls.identity_pem.is_some() {
                return Fault::Setting("the client certificate for TLS does not fit its private key");
            }
            Fault::Tls("this image has no certificate authorities (is ca-certificates installed?)")
        })?;
        Ok(Self { client, seen: Seen::default(), guard: endpoint.guard.clone() })
    }

    /// Judges a place that a server told us of, before anything is sent there.
    pub(super) fn judge(&self, url: &Url) -> Result<(), Fault> {
        judge(url, self.guard.as_deref())
    }
}

/// Whether a connection may be made to the address in `url`. The connector resolves names alone: an address gets past
/// the resolver.
fn judge(url: &Url, guard: Option<&Guard>) -> Result<(), Fault> {
    guard.and_then(|guard| guard::refuse_url(url, guard)).map_or(Ok(()), |why| Err(Fault::Refused(why)))
}

/// The headers of every request.
fn headers(endpoint: &Endpoint) -> Result<HeaderMap, Fault> {
    let mut all: HeaderMap = endpoint.headers.iter().cloned().collect();
    if let Some(token) = &endpoint.token {
        // Files and Secrets often end with a line break, which no token has.
        let mut value = HeaderValue::from_str(&format!("Bearer {}", token.reveal().trim()))
            .map_err(|_| Fault::Setting("the token has characters that no HTTP header can carry"))?;
        value.set_sensitive(true);
        all.insert(AUTHORIZATION, value);
    }
    Ok(all)
}

fn trusting(mut builder: ClientBuilder, tls: &Tls, https: bool) -> Result<ClientBuilder, Fault> {
    match &tls.ca_pem {
        Some(pem) => builder = builder.tls_certs_only(authorities(pem)?),
        // Otherwise reqwest loads the system's authorities, and fails without them, even where no TLS is spoken.
        None if !https => builder = builder.tls_certs_only([]),
        None => {}
    }
    if let Some(pem) = &tls.identity_pem {
        let unfit = "the client certificate for TLS is not a PEM text with a certificate and its private key";
        builder = builder.identity(Identity::from_pem(pem.reveal().as_bytes()).map_err(|_| Fault::Setting(unfit))?);
    }
    Ok(builder)
}

/// The certificates of a PEM text, each looked at: reqwest would not tell which of its inputs it cannot use.
fn authorities(pem: &[u8]) -> Result<Vec<Certificate>, Fault> {
    let unfit = || Fault::Setting("the certificate authorities for TLS are not a PEM text of certificates");
    let mut roots = rustls::RootCertStore::empty();
    let each = CertificateDer::pem_slice_iter(pem).map(|der| {
        let der = der.map_err(|_| unfit())?;
        roots.add(der.clone()).map_err(|_| unfit())?;
        Certificate::from_der(&der).map_err(|_| unfit())
    });
    let all: Vec<_> = each.collect::<Result<_, _>>()?;
    if all.is_empty() { Err(unfit()) } else { Ok(all) }
}

/// Follows a redirect that keeps method, body and origin; any other is handed back as the answer it is.
fn same_origin(guard: Option<Arc<Guard>>) -> reqwest::redirect::Policy {
    reqwest::redirect::Policy::custom(move |attempt| {
        if let Some(why) = guard.as_deref().and_then(|guard| guard::refuse_url(attempt.url(), guard)) {
            return attempt.error(Refused(why));
        }
        let keeps_body = matches!(attempt.status(), StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT);
        let same = attempt.previous().first().is_some_and(|first| first.origin() == attempt.url().origin());
        if keeps_body && same && attempt.previous().len() <= MAX_REDIRECTS { attempt.follow() } else { attempt.stop() }
    })
}

/// Sends `request`; the response when it succeeded and its body is of type `kind`.
pub(super) async fn sent(request: RequestBuilder, kind: &str) -> Result<Response, Fault> {
    let response = request.header(ACCEPT, kind).send().await.map_err(|error| Fault::of(&error))?;
    if !response.status().is_success() {
        return Err(refusal(response, false).await);
    }
    let given = media_type(&response);
    if given == kind { Ok(response) } else { Err(Fault::ContentType(printable(&given, 60))) }
}

/// The body's type in lower case, without parameters.
pub(super) fn media_type(response: &Response) -> String {
    let full = response.headers().get(CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
    let full = String::from_utf8_lossy(full);
    full.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// What a status other than 2xx means. `with_session` says whether the request named a session.
pub(super) async fn refusal(response: Response, with_session: bool) -> Fault {
    let status = response.status().as_u16();
    // Older servers answer 400 where the protocol says 404; a new session shows which it was.
    if with_session && matches!(status, 400 | 404) {
        return Fault::SessionLost { status };
    }
    let seconds = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
    let body = match status {
        400..=499 => read(response, MAX_REFUSAL, &Exchange::default()).await.unwrap_or_default(),
        _ => Vec::new(),
    };
    let rpc_code = match serde_json::from_slice(&body) {
        Ok(ServerJsonRpcMessage::Error(error)) => Some(error.error.code.0),
        _ => None,
    };
    let host = status == 421 || (status == 403 && names_host(&body));
    Fault::Status { status, retry_after: seconds.map(Duration::from_secs), rpc_code, host }
}

/// Whether the text of a 403 says that it is the Host header that is not accepted, in the words of any known server.
fn names_host(body: &[u8]) -> bool {
    let text = String::from_utf8_lossy(body).to_ascii_lowercase();
    ["host header", "invalid host", "host not allowed", "host is not allowed", "allowed-hosts", "allowed hosts"]
        .iter()
        .any(|words| text.contains(words))
}

/// The whole body, at most `limit` bytes.
pub(super) async fn read(response: Response, limit: usize, exchange: &Exchange) -> Result<Vec<u8>, Fault> {
    let mut body = Vec::new();
    let mut chunks = response.bytes_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|error| Fault::of(&error))?;
        exchange.count(chunk.len());
        if body.len() + chunk.len() > limit {
            return Err(Fault::TooLarge { limit });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_host_name_is_told_from_a_refused_client_in_the_words_of_real_servers() {
        for (body, want) in [
            (
                r#"{"error":"Forbidden","message":"Host 'mcp.example.svc' is not allowed. Only loopback is permitted by default; set --allowed-hosts (or DBHUB_ALLOWED_HOSTS) to serve other hostnames."}"#,
                true,
            ),
            ("Invalid Host header", true),
            (r#"{"jsonrpc":"2.0","error":{"code":-32000,"message":"Invalid Host: mcp.example.svc"},"id":null}"#, true),
            ("Forbidden: Host header is not allowed", true),
            (r#"{"error":"Forbidden"}"#, false),
            ("your account may not use this database host", false),
            ("", false),
        ] {
            assert_eq!(names_host(body.as_bytes()), want, "{body}");
        }
    }
}
