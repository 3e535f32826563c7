//! The Secrets and ConfigMaps a source names: which keys of which objects, and what their content becomes in an
//! endpoint. Pure. Content is never printed: a message names field, object and key, and what is wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::PathBuf;

use http::{HeaderName, HeaderValue};

use super::{Target, invalid};
use crate::api::source::{BundleKind, SecretKeyRef, Server};
use crate::cache::Identity;
use crate::config::default_server::DefaultServer;
use crate::controller::outcome::Failure;
use crate::error::Reason;
use crate::mcp::pem::{self, PemError};
use crate::mcp::{Endpoint, Secret};

/// Most bytes of a token or a header value; servers take 8 to 64 KiB of headers in all.
const MAX_TEXT: usize = 8 * 1024;
/// Most bytes of a bundle of authorities; the bundle of all public ones has 220 KiB.
const MAX_BUNDLE: usize = 512 * 1024;
/// Most bytes of a client's certificate chain, and of its key.
const MAX_IDENTITY: usize = 64 * 1024;
/// The one key of a file.
pub const FILE_CONTENT: &str = "content";
/// Most bytes of a file that are read: one more than can be used.
pub const MAX_FILE: usize = MAX_BUNDLE + 1;
/// Keys of a Secret of type kubernetes.io/tls.
const TLS_CERT: &str = "tls.crt";
const TLS_KEY: &str = "tls.key";

/// What can be named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A ConfigMap.
    ConfigMap,
    /// A Secret.
    Secret,
    /// A file the operator's flags name, by its path.
    File,
}

/// One object of the source's namespace, or a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reference {
    /// Its kind.
    pub kind: Kind,
    /// Its name.
    pub name: String,
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {:?}", self.kind, self.name)
    }
}

/// What a key is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Use {
    /// The bearer token.
    Token,
    /// The value of this header.
    Header(HeaderName),
    /// The authorities to trust.
    Authorities,
    /// The client certificate and its key.
    ClientCertificate,
}

/// Something a source needs from an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The object.
    pub reference: Reference,
    /// The keys of its data, one, or certificate and private key.
    pub keys: Vec<String>,
    /// The field of the spec that names it.
    pub field: String,
    /// What it is for.
    pub purpose: Use,
}

/// An object as it was read: what tells its versions apart, and those of its keys that are wanted.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Object {
    /// `metadata.uid`.
    pub uid: String,
    /// `metadata.resourceVersion`.
    pub resource_version: String,
    /// Content by key.
    pub data: BTreeMap<String, Vec<u8>>,
}

impl fmt::Debug for Object {
    /// Without the content.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Object").field("uid", &self.uid).field("resource_version", &self.resource_version).finish()
    }
}

/// Everything that was read for one look.
pub type Objects = BTreeMap<Reference, Object>;

/// What a spec names, in the order of its fields.
///
/// # Errors
/// `InvalidSpec` for a reference without a name or key, and for a header whose name is none.
pub fn wanted(spec: &Server) -> Result<Vec<Wanted>, Failure> {
    let mut all = Vec::new();
    if let Some(auth) = &spec.auth {
        let field = "source.auth.bearerTokenSecretRef".to_owned();
        all.push(of_secret(auth.bearer_token_secret_ref.as_ref(), field, Use::Token)?);
    }
    for (at, header) in spec.headers.iter().enumerate() {
        if let Some(given) = &header.value_from_secret_ref {
            let field = format!("source.headers[{at}].valueFromSecretRef");
            all.push(of_secret(Some(given), field, Use::Header(header_name(&header.name, at)?))?);
        }
    }
    if let Some(bundle) = spec.tls.as_ref().and_then(|tls| tls.ca_bundle_ref.as_ref()) {
        let field = "source.tls.caBundleRef".to_owned();
        let kind = match bundle.kind {
            Some(BundleKind::ConfigMap) => Kind::ConfigMap,
            Some(BundleKind::Secret) => Kind::Secret,
            None => return Err(invalid(format!("{field} needs kind, name and key"))),
        };
        let keys = vec![bundle.key.clone()];
        all.push(named(kind, &bundle.name, keys, field, Use::Authorities)?);
    }
    if let Some(secret) = spec.tls.as_ref().and_then(|tls| tls.client_cert_secret_ref.as_ref()) {
        let keys = vec![TLS_CERT.to_owned(), TLS_KEY.to_owned()];
        let field = "source.tls.clientCertSecretRef".to_owned();
        all.push(named(Kind::Secret, &secret.name, keys, field, Use::ClientCertificate)?);
    }
    Ok(all)
}

/// What the operator's flags name for its default server.
#[must_use]
pub fn of_files(server: &DefaultServer) -> Vec<Wanted> {
    let of = |path: &Option<PathBuf>, flag: &str, purpose| {
        let reference = Reference { kind: Kind::File, name: path.as_ref()?.to_string_lossy().into_owned() };
        Some(Wanted { reference, keys: vec![FILE_CONTENT.to_owned()], field: flag.to_owned(), purpose })
    };
    let token = of(&server.token_file, "--token-file", Use::Token);
    token.into_iter().chain(of(&server.ca_file, "--ca-file", Use::Authorities)).collect()
}

fn of_secret(given: Option<&SecretKeyRef>, field: String, purpose: Use) -> Result<Wanted, Failure> {
    let given = given.ok_or_else(|| invalid(format!("{field} is missing")))?;
    named(Kind::Secret, &given.name, vec![given.key.clone()], field, purpose)
}

fn named(kind: Kind, name: &str, keys: Vec<String>, field: String, purpose: Use) -> Result<Wanted, Failure> {
    if name.is_empty() || keys.iter().any(String::is_empty) {
        return Err(invalid(format!("{field} needs name and key")));
    }
    Ok(Wanted { reference: Reference { kind, name: name.to_owned() }, keys, field, purpose })
}

/// The name of header number `at`.
pub(super) fn header_name(text: &str, at: usize) -> Result<HeaderName, Failure> {
    HeaderName::from_bytes(text.as_bytes())
        .map_err(|_| invalid(format!("source.headers[{at}].name is not the name of a header")))
}

/// The keys wanted of each object.
#[must_use]
pub fn by_object(wanted: &[Wanted]) -> BTreeMap<&Reference, BTreeSet<&str>> {
    let mut keys: BTreeMap<&Reference, BTreeSet<&str>> = BTreeMap::new();
    for one in wanted {
        keys.entry(&one.reference).or_default().extend(one.keys.iter().map(String::as_str));
    }
    keys
}

/// A text that differs as soon as one of the objects was written or made anew.
#[must_use]
pub fn versions(objects: &Objects) -> String {
    let each = objects.iter().map(|(name, object)| format!("{name} {} {}", object.uid, object.resource_version));
    each.collect::<Vec<_>>().join("\n")
}

impl Target {
    /// Identity and endpoint with what was read.
    ///
    /// # Errors
    /// `CredentialsUnavailable` with field, object and key when a key is missing or holds what it cannot be used for.
    pub fn with(&self, objects: &Objects) -> Result<(Identity, Endpoint), Failure> {
        let identity = Identity { versions: versions(objects), ..self.identity.clone() };
        let mut endpoint = self.endpoint.clone();
        for wanted in &self.wanted {
            let content = Content { wanted, object: objects.get(&wanted.reference) };
            match &wanted.purpose {
                Use::Token => endpoint.token = Some(Secret::new(content.token()?)),
                Use::Header(name) => endpoint.headers.push((name.clone(), content.header()?)),
                Use::Authorities => endpoint.tls.ca_pem = Some(content.authorities()?),
                Use::ClientCertificate => endpoint.tls.identity_pem = Some(Secret::new(content.client_certificate()?)),
            }
        }
        Ok((identity, endpoint))
    }
}

/// One wanted thing beside the object that should hold it.
struct Content<'a> {
    wanted: &'a Wanted,
    object: Option<&'a Object>,
}

impl<'a> Content<'a> {
    fn wrong(&self, key: &str, problem: &str) -> Failure {
        let Wanted { reference, field, .. } = self.wanted;
        let place = match reference.kind {
            Kind::File => reference.to_string(),
            Kind::ConfigMap | Kind::Secret => format!("key {key:?} of {reference}"),
        };
        Failure::new(Reason::CredentialsUnavailable, format!("{field}: {place} {problem}"))
    }

    fn bytes(&self, key: &str, most: usize) -> Result<&'a [u8], Failure> {
        let data = self.object.and_then(|object| object.data.get(key));
        let data = data.ok_or_else(|| self.wrong(key, "is not there: add it, or correct the reference"))?;
        match data.len() {
            0 => Err(self.wrong(key, "is empty")),
            long if long > most => Err(self.wrong(key, &format!("has {long} bytes, {most} is the most"))),
            _ => Ok(data),
        }
    }

    fn first_key(&self) -> &'a str {
        self.wanted.keys.first().map_or("", String::as_str)
    }

    /// A text on one line. Editors and `echo` add a line break at the end, which is never meant.
    fn line(&self) -> Result<(&'a str, &'a str), Failure> {
        let key = self.first_key();
        let text = std::str::from_utf8(self.bytes(key, MAX_TEXT)?);
        let text = text.map_err(|_| self.wrong(key, "is not text (UTF-8)"))?.trim();
        if text.is_empty() { Err(self.wrong(key, "is empty")) } else { Ok((key, text)) }
    }

    fn token(&self) -> Result<String, Failure> {
        let (key, text) = self.line()?;
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            let problem = "is no bearer token: store the token alone, without spaces, line breaks and the word Bearer";
            return Err(self.wrong(key, problem));
        }
        Ok(text.to_owned())
    }

    fn header(&self) -> Result<HeaderValue, Failure> {
        let (key, text) = self.line()?;
        let value = HeaderValue::from_bytes(text.as_bytes());
        let mut value = value.map_err(|_| self.wrong(key, "is no header value: it holds control characters"))?;
        value.set_sensitive(true);
        Ok(value)
    }

    fn authorities(&self) -> Result<Vec<u8>, Failure> {
        let key = self.first_key();
        let bundle = self.bytes(key, MAX_BUNDLE)?;
        pem::check_certificates(bundle).map_err(|problem| self.wrong(key, &problem.to_string()))?;
        Ok(bundle.to_vec())
    }

    /// Certificate chain and private key, one after the other.
    fn client_certificate(&self) -> Result<String, Failure> {
        let (chain, key) = (self.bytes(TLS_CERT, MAX_IDENTITY)?, self.bytes(TLS_KEY, MAX_IDENTITY)?);
        pem::check_certificates(chain).map_err(|problem| self.wrong(TLS_CERT, &problem.to_string()))?;
        pem::check_key(chain, key).map_err(|problem| self.wrong(TLS_KEY, &problem.to_string()))?;
        let text = |key: &str, bytes: &'a [u8], problem: PemError| {
            std::str::from_utf8(bytes).map_err(|_| self.wrong(key, &problem.to_string()))
        };
        let (chain, private) = (text(TLS_CERT, chain, PemError::NoCertificate)?, text(TLS_KEY, key, PemError::NoKey)?);
        Ok(format!("{chain}\n{private}"))
    }
}

#[cfg(test)]
mod tests;
