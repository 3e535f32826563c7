//! UUID and INET columns (MariaDB).

use std::net::{Ipv4Addr, Ipv6Addr};

use super::super::code::Code;
use super::super::json::Cell;
use super::super::notes::Notes;
use super::super::slot::{Kind, Slot};

fn keep(slot: Option<&mut Slot>, bytes: &[u8]) {
    if let Some(slot) = slot {
        slot.clear(Kind::Bytes);
        slot.bytes.extend_from_slice(bytes);
    }
}

/// 32 hexadecimal digits; hyphens may stand between any two.
fn uuid_bytes(text: &str) -> Option<[u8; 16]> {
    let (mut value, mut digits, mut hyphen) = (0_u128, 0, false);
    for c in text.chars() {
        match c.to_digit(16) {
            Some(digit) if c.is_ascii() => {
                (value, hyphen) = (value << 4 | u128::from(digit), false);
                digits += 1;
            }
            _ if c == '-' && digits > 0 => hyphen = true,
            _ => return None,
        }
        if digits > 32 {
            return None;
        }
    }
    (digits == 32 && !hyphen).then(|| value.to_be_bytes())
}

/// A uuid column.
pub(super) fn uuid(cell: Cell<'_>, slot: Option<&mut Slot>, notes: &mut Notes) {
    let Cell::String(text) = cell else {
        return notes.say(Code::UuidInvalid, "a UUID is a text of 32 hexadecimal digits");
    };
    match uuid_bytes(&text.value()) {
        Some(bytes) => keep(slot, &bytes),
        None => notes.say(Code::UuidInvalid, "the text is no UUID: 32 hexadecimal digits, as in 8-4-4-4-12"),
    }
}

/// An inet4 column.
pub(super) fn inet4(cell: Cell<'_>, slot: Option<&mut Slot>, notes: &mut Notes) {
    let Cell::String(text) = cell else { return notes.say(Code::InetInvalid, "an address is a text, as in 192.0.2.1") };
    match ipv4(&text.value()) {
        Some(address) => keep(slot, &address.octets()),
        None => notes.say(Code::InetInvalid, "the text is no IPv4 address, as in 192.0.2.1"),
    }
}

/// Four numbers; zeros before them are as good to the server as none.
fn ipv4(text: &str) -> Option<Ipv4Addr> {
    let mut octets = [0; 4];
    let mut parts = text.split('.');
    for octet in &mut octets {
        let part = parts.next().filter(|part| (1..=3).contains(&part.len()))?;
        *octet = part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse().ok()).flatten()?;
    }
    parts.next().is_none().then(|| Ipv4Addr::from(octets))
}

/// An inet6 column; an IPv4 address is written as a mapped one, `::ffff:192.0.2.1`.
pub(super) fn inet6(cell: Cell<'_>, slot: Option<&mut Slot>, notes: &mut Notes) {
    let Cell::String(text) = cell else {
        return notes.say(Code::InetInvalid, "an address is a text, as in 2001:db8::1");
    };
    match text.value().parse::<Ipv6Addr>() {
        Ok(address) => keep(slot, &address.octets()),
        Err(_) => notes.say(Code::InetInvalid, "the text is no IPv6 address, as in 2001:db8::1"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_is_32_digits_with_hyphens_between_them() {
        for (text, good) in [
            ("123e4567-e89b-12d3-a456-426614174000", true),
            ("123E4567E89B12D3A456426614174000", true),
            ("1-2-3-e4567e89b12d3a456426614174000", true),
            ("123e4567--e89b12d3a456426614174000", true),
            ("-123e4567e89b12d3a456426614174000", false),
            ("123e4567e89b12d3a456426614174000-", false),
            ("123e4567-e89b-12d3-a456-42661417400", false),
            ("{123e4567-e89b-12d3-a456-426614174000}", false),
            ("", false),
        ] {
            assert_eq!(uuid_bytes(text).is_some(), good, "{text}");
        }
    }
}
