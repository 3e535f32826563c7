//! Binary types: a text in the agreed encoding, counted in decoded bytes.

use super::super::code::Code;
use super::super::json::Cell;
use super::super::notes::Notes;
use super::super::options::BinaryEncoding;
use super::super::rules::Rules;
use super::super::slot::{Kind, Slot};
use super::not_one_value;

/// A binary, varbinary or blob column.
pub(super) fn check(max: u64, padded: bool, rules: &Rules, cell: Cell<'_>, slot: Option<&mut Slot>, notes: &mut Notes) {
    let owned;
    let (text, encoding) = match cell {
        Cell::String(text) => {
            owned = text.value();
            (owned.as_ref(), rules.options.binary_encoding)
        }
        Cell::Number { text, .. } => {
            notes.change(Code::ValueCoerced, "a number is stored as the bytes of its text", || text.to_owned());
            (text, BinaryEncoding::Utf8)
        }
        Cell::Bool(flag) => {
            notes.change(Code::ValueCoerced, "a boolean is stored as the byte 1 or 0", || u8::from(flag).to_string());
            (if flag { "1" } else { "0" }, BinaryEncoding::Utf8)
        }
        Cell::Array(_) | Cell::Object(_) | Cell::Null => return not_one_value(Code::InvalidType, notes),
    };
    let Some(length) = decoded_length(text, encoding) else {
        let name = match encoding {
            BinaryEncoding::Base64 => "base64 with padding",
            BinaryEncoding::Hex => "pairs of hexadecimal digits",
            BinaryEncoding::Utf8 => "UTF-8",
        };
        notes
            .add(Code::InvalidBinaryEncoding, || format!("the text is not {name}, in which binary values are written"));
        return;
    };
    if length as u64 > max {
        notes.add(Code::BinaryTooLong, || format!("the value has {length} bytes, the column {max}"));
        return;
    }
    if padded && (length as u64) < max {
        notes.add(Code::BinaryPadded, || format!("the {length} bytes are filled up to {max} with zeros"));
    }
    if let Some(slot) = slot {
        slot.clear(Kind::Bytes);
        decode(text, encoding, &mut slot.bytes);
        if padded {
            slot.bytes.resize(usize::try_from(max).unwrap_or(length), 0);
        }
    }
}

fn sextet(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

/// How many bytes the text stands for; `None` when it is not in that encoding.
fn decoded_length(text: &str, encoding: BinaryEncoding) -> Option<usize> {
    match encoding {
        BinaryEncoding::Utf8 => Some(text.len()),
        BinaryEncoding::Hex => (text.len().is_multiple_of(2) && text.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .then_some(text.len() / 2),
        BinaryEncoding::Base64 => {
            let digits = text.strip_suffix("==").or_else(|| text.strip_suffix('=')).unwrap_or(text);
            let good = text.len().is_multiple_of(4) && digits.bytes().all(|byte| sextet(byte).is_some());
            good.then_some(digits.len() * 3 / 4)
        }
    }
}

/// Appends the bytes of a text that was found to be in the encoding.
fn decode(text: &str, encoding: BinaryEncoding, out: &mut Vec<u8>) {
    match encoding {
        BinaryEncoding::Utf8 => out.extend_from_slice(text.as_bytes()),
        BinaryEncoding::Hex => {
            for pair in text.as_bytes().chunks(2) {
                let digits = pair.iter().filter_map(|digit| char::from(*digit).to_digit(16));
                out.push(digits.fold(0, |byte, digit| byte << 4 | u8::try_from(digit).unwrap_or(0)));
            }
        }
        BinaryEncoding::Base64 => {
            let (mut bits, mut count) = (0_u32, 0);
            for value in text.bytes().filter_map(sextet) {
                bits = bits << 6 | u32::from(value);
                count += 6;
                if count >= 8 {
                    count -= 8;
                    out.push((bits >> count & 0xFF) as u8);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encoding_is_checked_and_decoded() {
        use BinaryEncoding::{Base64, Hex, Utf8};
        for (text, encoding, bytes) in [
            ("", Base64, Some(&b""[..])),
            ("YQ==", Base64, Some(b"a")),
            ("YWI=", Base64, Some(b"ab")),
            ("YWJj", Base64, Some(b"abc")),
            ("/+8=", Base64, Some(b"\xff\xef")),
            ("YQ", Base64, None),
            ("YQ=", Base64, None),
            ("Y===", Base64, None),
            ("Y-==", Base64, None),
            ("61ff", Hex, Some(b"a\xff")),
            ("61f", Hex, None),
            ("6g", Hex, None),
            ("é", Utf8, Some(b"\xc3\xa9")),
        ] {
            let length = decoded_length(text, encoding);
            assert_eq!(length, bytes.map(<[u8]>::len), "{text}");
            if let Some(bytes) = bytes {
                let mut out = Vec::new();
                decode(text, encoding, &mut out);
                assert_eq!(out, bytes, "{text}");
            }
        }
    }
}
