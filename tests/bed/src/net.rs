//! Loopback ports and plain HTTP. No TLS, no other host.

use std::hash::{BuildHasher as _, RandomState};
use std::net::{Ipv4Addr, TcpListener};
use std::ops::Range;
use std::time::Duration;

use crate::error::Context as _;
use crate::{BedError, Result};

/// Below the ports the kernel hands to outgoing connections (from 32768), so that nothing takes a port between our look
/// and the server's start, nor while a server is down for a restart.
const PORTS: Range<u16> = 20_000..32_000;

/// A number nobody can guess.
pub(crate) fn random() -> u64 {
    RandomState::new().hash_one(std::process::id())
}

/// 32 hex digits nobody can guess: a password or token of a server on loopback.
pub(crate) fn secret() -> String {
    format!("{:016x}{:016x}", random(), random())
}

/// A port on 127.0.0.1 that nobody listens on.
pub(crate) fn free_port() -> Result<u16> {
    let span = u64::from(PORTS.end - PORTS.start);
    for _ in 0..100 {
        let port = u16::try_from(random() % span).map(|offset| PORTS.start + offset).context(|| "no port")?;
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return Ok(port);
        }
    }
    Err(BedError::new("no free port on 127.0.0.1 between 20000 and 32000"))
}

/// A client for plain HTTP on loopback, which ignores proxies from the environment.
pub(crate) fn http_client(timeout: Duration) -> Result<reqwest::Client> {
    // reqwest refuses to build without a TLS provider, even for plain HTTP. A second installation is refused: harmless.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().timeout(timeout).build().context(|| "cannot make an HTTP client")
}
