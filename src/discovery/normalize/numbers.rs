//! Numbers as the engines print them, in one form: what two engines (or two versions) print differently for the same
//! number becomes the same text. Works on the digits, never through a float. Pure.

/// An exact number with `scale` digits after the point (`None`: as many as are not zero). `None` when the text is not a
/// plain decimal number.
pub(in crate::discovery) fn decimal(text: &str, scale: Option<u32>) -> Option<String> {
    let text = text.trim();
    let (sign, digits) = match text.as_bytes().first()? {
        b'-' => ("-", &text[1..]),
        b'+' => ("", &text[1..]),
        _ => ("", text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    if !plain(whole) || !plain(fraction) || (whole.is_empty() && fraction.is_empty()) {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let mut fraction = fraction.trim_end_matches('0').to_owned();
    if let Some(scale) = scale {
        while fraction.len() < scale as usize {
            fraction.push('0');
        }
    }
    let zero = whole.is_empty() && fraction.bytes().all(|b| b == b'0');
    let mut out = if zero { String::new() } else { sign.to_owned() };
    out.push_str(if whole.is_empty() { "0" } else { whole });
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(&fraction);
    }
    Some(out)
}

/// `b'101'` without leading zeros; old TiDB sends the raw bytes instead.
pub(in crate::discovery) fn bits(text: &str) -> String {
    let quoted = text.strip_prefix(['b', 'B']).and_then(|t| t.strip_prefix('\'')).and_then(|t| t.strip_suffix('\''));
    let digits = match quoted {
        Some(digits) if digits.bytes().all(|b| matches!(b, b'0' | b'1')) => digits.to_owned(),
        _ => text.chars().map(|c| format!("{:08b}", u32::from(c))).collect(),
    };
    let significant = digits.trim_start_matches('0');
    format!("b'{}'", if significant.is_empty() { "0" } else { significant })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_one_form() {
        for (text, scale, want) in [
            ("1.5", Some(2), Some("1.50")),
            ("1.50", Some(2), Some("1.50")),
            ("0", Some(2), Some("0.00")),
            ("0.00", Some(2), Some("0.00")),
            ("-0.00", Some(2), Some("0.00")),
            ("00001.500", Some(3), Some("1.500")),
            ("-7", Some(0), Some("-7")),
            ("+7", Some(0), Some("7")),
            ("1000", None, Some("1000")),
            ("1.50", None, Some("1.5")),
            (".5", None, Some("0.5")),
            ("1.", None, Some("1")),
            ("-0", None, Some("0")),
            ("18446744073709551615", Some(0), Some("18446744073709551615")),
            ("1e30", None, None),
            ("(1 + 2)", None, None),
            ("", None, None),
            ("-", None, None),
        ] {
            assert_eq!(decimal(text, scale).as_deref(), want, "{text}");
        }
    }

    #[test]
    fn bits_have_no_leading_zeros() {
        for (text, want) in [
            ("b'101'", "b'101'"),
            ("b'0101'", "b'101'"),
            ("b'0'", "b'0'"),
            ("\u{5}", "b'101'"),
            ("\u{1}\u{0}", "b'100000000'"),
        ] {
            assert_eq!(bits(text), want);
        }
    }
}
