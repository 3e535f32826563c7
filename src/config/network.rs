//! Settings that say where the `url` of a snapshot may point, and the networks they name. Pure.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use url::{Host, Url};

use super::{ConfigError, Setting, refuse, setting};

/// Most hosts, and most networks, in a list.
const MAX_ITEMS: usize = 200;
/// Longest glob on host names.
const MAX_HOST: usize = 253;

pub(super) const ALLOWED_HOSTS: Setting = setting(
    ["allowed-hosts", "MCP_SCHEMA_ALLOWED_HOSTS", "*.svc,*.svc.cluster.local", "LIST"],
    "at most 200 host names or globs with commas between them, as in *.svc,mcp.example.com (an IPv6 address without brackets); * for any host, nothing for none",
    "Hosts the url of a snapshot may name; left out, also the host of --server-url. The default server and ClusterSchemaSources may be anywhere",
);
pub(super) const ALLOWED_ADDRESSES: Setting = setting(
    ["allowed-addresses", "MCP_SCHEMA_ALLOWED_ADDRESSES", "", "LIST"],
    "at most 200 networks with commas between them, as in 10.0.0.0/8,fd00::/64, or nothing",
    "Networks that the url of a snapshot may lead to although their addresses are loopback, link-local, cloud metadata, multicast or the API server's own",
);

/// Where the `url` of a snapshot may point.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Network {
    /// Names or globs of hosts.
    pub allowed_hosts: Vec<String>,
    /// Networks that are allowed although they would be refused.
    pub allowed_addresses: Vec<Cidr>,
    /// Where the API server is, to which no url may lead: from the environment of a pod. `run` adds what it finds itself.
    pub api_server: Vec<IpAddr>,
}

pub(super) fn resolve(
    raw: &dyn Fn(&Setting) -> String,
    server: &Url,
    pod: Option<&str>,
) -> Result<Network, ConfigError> {
    let hosts = raw(&ALLOWED_HOSTS);
    let mut allowed_hosts = items(&hosts, host).ok_or_else(|| refuse(&ALLOWED_HOSTS, &hosts))?;
    if hosts == ALLOWED_HOSTS.default {
        allowed_hosts.extend(host_of(server));
    }
    let networks = raw(&ALLOWED_ADDRESSES);
    let allowed_addresses = items(&networks, |text| text.parse().ok());
    Ok(Network {
        allowed_hosts,
        allowed_addresses: allowed_addresses.ok_or_else(|| refuse(&ALLOWED_ADDRESSES, &networks))?,
        api_server: pod.and_then(|host| host.parse().ok()).into_iter().collect(),
    })
}

fn items<T>(text: &str, read: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    if text.is_empty() {
        return Some(Vec::new());
    }
    let list: Vec<T> = text.split(',').map(|item| read(item.trim())).collect::<Option<_>>()?;
    (list.len() <= MAX_ITEMS).then_some(list)
}

fn host(text: &str) -> Option<String> {
    let good = |c: u8| c.is_ascii_alphanumeric() || b"-._*?[]:".contains(&c);
    let fits = (1..=MAX_HOST).contains(&text.len()) && text.bytes().all(good);
    fits.then(|| text.trim_end_matches('.').to_ascii_lowercase())
}

/// The host of a URL as `--allowed-hosts` writes it: in lower case, without brackets and without the dot at its end.
#[must_use]
pub fn host_of(url: &Url) -> Option<String> {
    Some(match url.host()? {
        Host::Domain(name) => name.trim_end_matches('.').to_ascii_lowercase(),
        Host::Ipv4(address) => address.to_string(),
        Host::Ipv6(address) => address.to_string(),
    })
}

/// The URL names this machine itself, so that what is sent there passes no network.
#[must_use]
pub fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// A network: an address and how many of its bits count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cidr {
    address: IpAddr,
    bits: u8,
}

impl Cidr {
    /// The address lies in it. IPv4 and IPv6 are different worlds here.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(ours), IpAddr::V4(theirs)) => masked4(ours, self.bits) == masked4(theirs, self.bits),
            (IpAddr::V6(ours), IpAddr::V6(theirs)) => masked6(ours, self.bits) == masked6(theirs, self.bits),
            _ => false,
        }
    }
}

fn masked4(address: Ipv4Addr, bits: u8) -> u32 {
    address.to_bits() & u32::MAX.checked_shl(32_u32.saturating_sub(bits.into())).unwrap_or(0)
}

fn masked6(address: Ipv6Addr, bits: u8) -> u128 {
    address.to_bits() & u128::MAX.checked_shl(128_u32.saturating_sub(bits.into())).unwrap_or(0)
}

impl FromStr for Cidr {
    type Err = ();

    /// `ADDRESS/BITS`, or an address alone. Bits beyond the network must be zero: 10.0.0.1/8 is more likely a slip than
    /// 10.0.0.0/8.
    fn from_str(text: &str) -> Result<Self, ()> {
        let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.parse().map_err(drop)?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits =
            bits.map_or(Ok(most), |bits| if bits.starts_with('+') { Err(()) } else { bits.parse().map_err(drop) })?;
        let whole = match address {
            _ if bits > most => false,
            IpAddr::V4(address) => masked4(address, bits) == address.to_bits(),
            IpAddr::V6(address) => masked6(address, bits) == address.to_bits(),
        };
        if whole { Ok(Self { address, bits }) } else { Err(()) }
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.bits)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_network_holds_what_its_bits_say() {
        for (network, address, want) in [
            ("127.0.0.0/8", "127.255.0.1", true),
            ("127.0.0.0/8", "128.0.0.1", false),
            ("0.0.0.0/0", "169.254.169.254", true),
            ("0.0.0.0/0", "::1", false),
            ("10.1.2.3", "10.1.2.3", true),
            ("10.1.2.3", "10.1.2.4", false),
            ("10.1.2.2/31", "10.1.2.3", true),
            ("::1", "::1", true),
            ("::/0", "fe80::1", true),
            ("::/0", "127.0.0.1", false),
            ("fd00:ec2::/32", "fd00:ec2::254", true),
            ("fd00:ec2::/32", "fd00:ec3::254", false),
            ("fe80::/10", "febf::1", true),
            ("fe80::/10", "fec0::1", false),
        ] {
            let network: Cidr = network.parse().unwrap();
            assert_eq!(network.contains(address.parse().unwrap()), want, "{address} in {network}");
        }
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for bad in [
            "",
            "10.0.0.0/33",
            "::/129",
            "10.0.0.1/8",
            "fe80::1/10",
            "10.0.0.0/",
            "10.0.0.0/+8",
            "10/8",
            "a/8",
            "10.0.0.0/8/8",
            "127.1",
            "[::1]",
        ] {
            assert!(bad.parse::<Cidr>().is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_network_or_none_and_a_network_holds_its_own_address(text in "[0-9a-f.:/]{0,24}", any in ".*") {
            prop_assert!(any.parse::<Cidr>().is_err() || any.is_ascii(), "{}", any);
            if let Ok(network) = text.parse::<Cidr>() {
                prop_assert!(network.contains(network.address));
                prop_assert_eq!(network.to_string().parse::<Cidr>(), Ok(network));
            }
        }

        #[test]
        fn a_network_is_what_its_first_bits_say(network: u32, bits in 0_u8..=32, other: u32) {
            let address = Ipv4Addr::from_bits(masked4(Ipv4Addr::from_bits(network), bits));
            let cidr: Cidr = format!("{address}/{bits}").parse().unwrap();
            let same = (address.to_bits() ^ other).leading_zeros() >= u32::from(bits);
            prop_assert_eq!(cidr.contains(Ipv4Addr::from_bits(other).into()), same);
        }
    }

    #[test]
    fn a_host_is_compared_in_one_spelling() {
        for (url, want) in [
            ("http://MCP.db.SVC:8000/mcp", "mcp.db.svc"),
            ("http://mcp.db.svc./mcp", "mcp.db.svc"),
            ("http://0x7f.1/", "127.0.0.1"),
            ("http://2130706433/", "127.0.0.1"),
            ("http://[::FFFF:127.0.0.1]:1/", "::ffff:127.0.0.1"),
        ] {
            assert_eq!(host_of(&Url::parse(url).unwrap()).as_deref(), Some(want));
        }
    }
}
