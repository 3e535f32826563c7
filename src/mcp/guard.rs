//! Which addresses a connection may be made to. Pure: what an address is, and whether that is refused; who asks is the
//! HTTP client, before every connection. In force where a stranger chose the URL, as in a snapshot.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

use crate::config::network::Cidr;

/// What is allowed although it would be refused, and what is refused because of where we run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Guard {
    /// Networks somebody has allowed.
    pub allowed: Vec<Cidr>,
    /// The API server's own addresses.
    pub api_server: Vec<IpAddr>,
}

/// What is wrong with an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Why {
    /// This machine, so the operator's own pod.
    #[error("a loopback address")]
    Loopback,
    /// 0.0.0.0/8 or ::, which systems take for this machine.
    #[error("an unspecified address")]
    Unspecified,
    /// What serves credentials of the machine to whoever asks.
    #[error("an address of the cloud's metadata service")]
    Metadata,
    /// The network a machine is plugged into.
    #[error("a link-local address")]
    LinkLocal,
    /// Many machines at once.
    #[error("a multicast or broadcast address")]
    Multicast,
    /// The Kubernetes API server.
    #[error("an address of the Kubernetes API server")]
    ApiServer,
}

/// Metadata services of clouds: AWS, Azure, Google and most others; Alibaba; Azure's host agent; Oracle.
const METADATA_4: [Ipv4Addr; 4] = [
    Ipv4Addr::new(169, 254, 169, 254),
    Ipv4Addr::new(100, 100, 100, 200),
    Ipv4Addr::new(168, 63, 129, 16),
    Ipv4Addr::new(192, 0, 0, 192),
];
/// Over IPv6: AWS, Google.
const METADATA_6: [Ipv6Addr; 2] =
    [Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254), Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254)];

/// A connection was not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("refused: {0}")]
pub struct Refused(pub Why);

/// Why no connection may be made to an address; `None` when one may. An IPv6 address that carries an IPv4 one is judged
/// by both: a gateway on the way, or this machine, would take it for the other.
#[must_use]
pub fn refuse(address: IpAddr, guard: &Guard) -> Option<Why> {
    let allowed = |address: IpAddr| guard.allowed.iter().any(|network| network.contains(address));
    let api_server = |address: IpAddr| guard.api_server.contains(&address).then_some(Why::ApiServer);
    if allowed(address) {
        return None;
    }
    match address {
        IpAddr::V4(four) => special4(four).or_else(|| api_server(address)),
        IpAddr::V6(six) => special6(six).or_else(|| api_server(address)).or_else(|| {
            let carried = carried(six).into_iter().filter(|four| !allowed(IpAddr::V4(*four)));
            carried.filter_map(|four| special4(four).or_else(|| api_server(IpAddr::V4(four)))).next()
        }),
    }
}

/// As [`refuse`], of a URL whose host is an address; a name has to be resolved first.
#[must_use]
pub fn refuse_url(url: &Url, guard: &Guard) -> Option<Why> {
    match url.host()? {
        Host::Ipv4(address) => refuse(IpAddr::V4(address), guard),
        Host::Ipv6(address) => refuse(IpAddr::V6(address), guard),
        Host::Domain(_) => None,
    }
}

fn special4(address: Ipv4Addr) -> Option<Why> {
    if METADATA_4.contains(&address) {
        Some(Why::Metadata)
    } else if address.is_loopback() {
        Some(Why::Loopback)
    } else if address.octets()[0] == 0 {
        Some(Why::Unspecified)
    } else if address.is_link_local() {
        Some(Why::LinkLocal)
    } else if address.is_multicast() || address.is_broadcast() {
        Some(Why::Multicast)
    } else {
        None
    }
}

fn special6(address: Ipv6Addr) -> Option<Why> {
    if METADATA_6.contains(&address) {
        Some(Why::Metadata)
    } else if address.is_loopback() {
        Some(Why::Loopback)
    } else if address.is_unspecified() {
        Some(Why::Unspecified)
    } else if address.is_unicast_link_local() {
        Some(Why::LinkLocal)
    } else if address.is_multicast() {
        Some(Why::Multicast)
    } else {
        None
    }
}

/// The IPv4 addresses an IPv6 address stands for, in every form some system or gateway knows.
fn carried(address: Ipv6Addr) -> Vec<Ipv4Addr> {
    let s = address.segments();
    let four = |high: u16, low: u16| Ipv4Addr::from_bits((u32::from(high) << 16) | u32::from(low));
    let last = four(s[6], s[7]);
    match s {
        // ::a.b.c.d (IPv4-compatible, RFC 4291), but for :: and ::1, which are addresses of their own.
        [0, 0, 0, 0, 0, 0, ..] => vec![last],
        // ::ffff:a.b.c.d (IPv4-mapped) and ::ffff:0:a.b.c.d (IPv4-translated, RFC 2765).
        [0, 0, 0, 0, 0, 0xffff, ..] | [0, 0, 0, 0, 0xffff, 0, ..] => vec![last],
        // 64:ff9b::a.b.c.d (NAT64, RFC 6052).
        [0x64, 0xff9b, 0, 0, 0, 0, ..] => vec![last],
        // 64:ff9b:1::/48 (NAT64 of a site, RFC 8215): around the 64th bit when the prefix has 48, else at the end.
        [0x64, 0xff9b, 1, high, a, b, 0, 0] if b & 0xff == 0 => vec![four(high, ((a & 0xff) << 8) | (b >> 8))],
        [0x64, 0xff9b, 1, ..] => vec![last],
        // 2002:a.b.c.d:: (6to4, RFC 3056).
        [0x2002, high, low, ..] => vec![four(high, low)],
        // 2001:0::/32 (Teredo, RFC 4380): the server, and the client with its bits turned.
        [0x2001, 0, high, low, ..] => vec![four(high, low), four(!s[6], !s[7])],
        // …:0:5efe:a.b.c.d and …:200:5efe:a.b.c.d (ISATAP, RFC 5214).
        [.., 0 | 0x200, 0x5efe, _, _] => vec![last],
        _ => Vec::new(),
    }
}

#[cfg(test)]
#[path = "guard_tests.rs"]
mod tests;
