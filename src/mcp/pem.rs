//! Looks at certificates and keys before they are used, so that what is wrong with a file can be said by its name
//! instead of as a failed handshake. Pure; keeps and prints nothing of what it reads.

use rustls::RootCertStore;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;

/// What is wrong with a PEM text; reads on from the text's name, as in "key ca.crt of ConfigMap corp-ca".
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PemError {
    /// Not one certificate is in it, or one is cut short.
    #[error("holds no whole PEM certificate: it has to begin with -----BEGIN CERTIFICATE-----")]
    NoCertificate,
    /// The PEM frame holds something else than a certificate.
    #[error("holds a certificate that cannot be read: export it again, as PEM of an X.509 certificate")]
    BadCertificate,
    /// No private key, or one that is encrypted.
    #[error("holds no PEM private key that can be read: it has to be PKCS#8, PKCS#1 or SEC1, without a pass phrase")]
    NoKey,
    /// Certificate and key are not of one pair.
    #[error("is not the private key of the certificate beside it: store the two that were made together")]
    OtherKey,
}

/// Checks certificates, of authorities or of a chain: one or more, every one readable.
///
/// # Errors
/// What is wrong with the text.
pub fn check_certificates(pem: &[u8]) -> Result<(), PemError> {
    let mut store = RootCertStore::empty();
    certificates(pem)?.into_iter().try_for_each(|one| store.add(one)).map_err(|_| PemError::BadCertificate)
}

/// Checks that a private key belongs to the first certificate of a chain.
///
/// # Errors
/// What is wrong with the key; the chain is taken for good.
pub fn check_key(chain: &[u8], key: &[u8]) -> Result<(), PemError> {
    let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| PemError::NoKey)?;
    let provider = rustls::crypto::ring::default_provider();
    match CertifiedKey::from_der(certificates(chain)?, key, &provider) {
        Ok(_) => Ok(()),
        Err(rustls::Error::InconsistentKeys(_)) => Err(PemError::OtherKey),
        Err(_) => Err(PemError::NoKey),
    }
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, PemError> {
    let all: Vec<_> =
        CertificateDer::pem_slice_iter(pem).collect::<Result<_, _>>().map_err(|_| PemError::NoCertificate)?;
    if all.is_empty() { Err(PemError::NoCertificate) } else { Ok(all) }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn pair() -> (String, String) {
        let made = rcgen::generate_simple_self_signed(["mcp.test".to_owned()]).unwrap();
        (made.cert.pem(), made.signing_key.serialize_pem())
    }

    #[test]
    fn certificates_are_taken_when_every_one_can_be_read() {
        let ((one, key), (two, _)) = (pair(), pair());
        let whole = format!("# corp roots\n{one}\n{two}");
        let garbage = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        for (text, want) in [
            (one.clone(), Ok(())),
            (whole, Ok(())),
            (String::new(), Err(PemError::NoCertificate)),
            ("not pem".to_owned(), Err(PemError::NoCertificate)),
            (key, Err(PemError::NoCertificate)),
            (one[..one.len() / 2].to_owned(), Err(PemError::NoCertificate)),
            (format!("{one}{garbage}"), Err(PemError::BadCertificate)),
        ] {
            assert_eq!(check_certificates(text.as_bytes()), want, "{text}");
        }
    }

    #[test]
    fn a_key_is_that_of_the_certificate_or_refused() {
        let ((chain, key), (_, other)) = (pair(), pair());
        let locked = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n-----END ENCRYPTED PRIVATE KEY-----\n";
        for (text, want) in [
            (key.as_str(), Ok(())),
            (other.as_str(), Err(PemError::OtherKey)),
            (chain.as_str(), Err(PemError::NoKey)),
            (locked, Err(PemError::NoKey)),
            ("", Err(PemError::NoKey)),
        ] {
            assert_eq!(check_key(chain.as_bytes(), text.as_bytes()), want, "{text}");
        }
    }
}
