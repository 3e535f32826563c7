//! Every form of address, refused or not, and what an allowance changes.
#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;

use super::*;

fn guard(allowed: &[&str]) -> Guard {
    Guard {
        allowed: allowed.iter().map(|network| network.parse().unwrap()).collect(),
        api_server: vec!["10.96.0.1".parse().unwrap(), "fd00::a11".parse().unwrap()],
    }
}

#[test]
fn every_form_of_a_forbidden_address_is_refused() {
    let cases: &[(&str, &[Why])] = &[
        (
            "127.0.0.1 127.255.255.254 ::1 ::ffff:127.0.0.1 ::127.0.0.1 ::ffff:0:127.0.0.1 64:ff9b::127.0.0.1 \
             64:ff9b:1::127.0.0.1 64:ff9b:1:7f00:0:100:: 64:ff9b:1:fffe::127.0.0.1 2002:7f00:1:: 2002:7f00:1:2:3:4:5:6 2001:0:7f00:1::1 \
             2001:0:808:808::80ff:fffe fe00::5efe:127.0.0.1 2001:db8::200:5efe:127.0.0.1",
            &[Why::Loopback],
        ),
        ("0.0.0.0 0.1.2.3 :: ::ffff:0.0.0.0 ::0.0.0.2 64:ff9b::0.0.0.0 2002::", &[Why::Unspecified]),
        (
            "169.254.169.254 100.100.100.200 168.63.129.16 192.0.0.192 fd00:ec2::254 fd20:ce::254 ::ffff:169.254.169.254 \
             ::169.254.169.254 64:ff9b::a9fe:a9fe 2002:a9fe:a9fe:: 64:ff9b::100.100.100.200",
            &[Why::Metadata],
        ),
        ("169.254.0.1 169.254.255.255 fe80::1 febf:ffff::1 ::ffff:169.254.1.1 2002:a9fe:101::", &[Why::LinkLocal]),
        (
            "224.0.0.1 239.255.255.255 255.255.255.255 ff02::1 ff0e::1 ::ffff:224.0.0.1 ::ffff:255.255.255.255",
            &[Why::Multicast],
        ),
        ("10.96.0.1 fd00::a11 ::ffff:10.96.0.1 64:ff9b::10.96.0.1 2002:a60:1::", &[Why::ApiServer]),
        (
            "10.0.0.1 10.96.0.2 172.16.0.1 192.168.1.1 100.64.0.1 8.8.8.8 126.255.255.255 128.0.0.1 1.0.0.0 169.253.0.1 \
             223.255.255.255 fd00::1 fec0::1 2001:db8::1 2606:4700::1111 ::ffff:10.0.0.1 64:ff9b::8.8.8.8 2002:808:808:: \
             2001:0:808:808::f7f7:f7f7 64:ff9b:1:808:8:800:: fd00:ec2::253",
            &[],
        ),
    ];
    for (addresses, want) in cases {
        for address in addresses.split_whitespace() {
            let found = refuse(address.parse().unwrap(), &guard(&[]));
            assert_eq!(found.as_slice(), *want, "{address}");
        }
    }
}

#[test]
fn an_allowance_covers_what_it_names_and_nothing_beside_it() {
    for (allowed, address, want) in [
        (&["127.0.0.0/8"][..], "127.0.0.1", None),
        (&["127.0.0.0/8"], "::ffff:127.0.0.1", None),
        (&["127.0.0.0/8"], "2002:7f00:1::", None),
        (&["127.0.0.0/8"], "::1", Some(Why::Loopback)),
        (&["127.0.0.0/8"], "169.254.169.254", Some(Why::Metadata)),
        (&["127.0.0.1"], "127.0.0.2", Some(Why::Loopback)),
        (&["::1"], "::1", None),
        (&["::ffff:0:0/96"], "::ffff:127.0.0.1", None),
        (&["::ffff:0:0/96"], "127.0.0.1", Some(Why::Loopback)),
        (&["10.96.0.1"], "10.96.0.1", None),
        (&["10.96.0.1"], "64:ff9b::10.96.0.1", None),
        (&["0.0.0.0/0", "::/0"], "fe80::1", None),
        // Two addresses in one: both have to be allowed.
        (&["127.0.0.0/8"], "2001:0:7f00:1:0:0:5601:5601", Some(Why::Metadata)),
    ] {
        assert_eq!(refuse(address.parse().unwrap(), &guard(allowed)), want, "{address} with {allowed:?}");
    }
}

#[test]
fn an_address_in_a_url_is_judged_however_it_is_written() {
    for (url, want) in [
        ("http://127.0.0.1/mcp", Some(Why::Loopback)),
        ("http://127.1/", Some(Why::Loopback)),
        ("http://2130706433/", Some(Why::Loopback)),
        ("http://0x7f.0.0.1/", Some(Why::Loopback)),
        ("http://0177.0.0.1/", Some(Why::Loopback)),
        ("http://%31%32%37.0.0.1/", Some(Why::Loopback)),
        ("http://①②⑦.0.0.1/", Some(Why::Loopback)),
        ("http://0/", Some(Why::Unspecified)),
        ("https://[::1]:8443/mcp", Some(Why::Loopback)),
        ("http://[::ffff:7f00:1]/", Some(Why::Loopback)),
        ("http://[0:0:0:0:0:ffff:169.254.169.254]/", Some(Why::Metadata)),
        ("http://10.0.0.1/", None),
        ("http://localhost/", None),
        ("http://mcp.db.svc/", None),
    ] {
        assert_eq!(refuse_url(&Url::parse(url).unwrap(), &guard(&[])), want, "{url}");
    }
}

proptest! {
    #[test]
    fn an_address_inside_another_is_refused_as_it_is_alone(bits: u32) {
        let four = Ipv4Addr::from_bits(bits);
        let alone = refuse(four.into(), &guard(&[]));
        let [a, b] = [bits >> 16, bits & 0xffff];
        for text in [
            format!("::ffff:{four}"),
            format!("64:ff9b::{four}"),
            format!("::ffff:0:{four}"),
            format!("2002:{a:x}:{b:x}::"),
        ] {
            prop_assert_eq!(refuse(text.parse().unwrap(), &guard(&[])), alone, "{}", text);
        }
    }

    #[test]
    fn what_is_allowed_is_never_refused(bits: u128) {
        let address = IpAddr::V6(Ipv6Addr::from_bits(bits));
        let everything = guard(&["::/0", "0.0.0.0/0"]);
        prop_assert_eq!(refuse(address, &everything), None);
    }
}
