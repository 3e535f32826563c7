//! Exact decimal numbers read from text: no digit is lost, whatever the size. Rounds half away from zero, as the database
//! does with exact numbers.

/// A number as its digits and the place of the point; borrows the text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Exact<'a> {
    pub(super) negative: bool,
    whole: &'a [u8],
    fraction: &'a [u8],
    /// The point stands before this digit; may lie outside the digits.
    point: i64,
}

/// What rounding to a number of digits after the point does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rounding {
    /// Digits before the point afterwards, without leading zeros.
    pub(super) integer_digits: i64,
    /// Digits other than 0 were dropped.
    pub(super) inexact: bool,
    /// Nothing is left but zeros.
    pub(super) zero: bool,
}

/// Exponents beyond this make no difference to any type.
const MAX_EXPONENT: i64 = 1 << 40;

impl<'a> Exact<'a> {
    /// Reads `[+-]digits[.digits][e[+-]digits]`, with blanks around and one side of the point empty, as SQL takes a text for
    /// a number. `None` when there is anything else.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let text = text.trim_matches([' ', '\t', '\n', '\r', '\u{b}', '\u{c}']);
        let (negative, unsigned) = match text.as_bytes().first()? {
            b'-' => (true, text.get(1..)?),
            b'+' => (false, text.get(1..)?),
            _ => (false, text),
        };
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent_of(exponent)?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if (whole.is_empty() && fraction.is_empty()) || !digits(whole) || !digits(fraction) {
            return None;
        }
        let point = i64::try_from(whole.len()).ok()? + exponent;
        Some(Self { negative, whole: whole.as_bytes(), fraction: fraction.as_bytes(), point })
    }

    /// The digit at that place, 0 outside.
    fn digit(&self, at: i64) -> u8 {
        let Ok(at) = usize::try_from(at) else { return 0 };
        let digit = self.whole.get(at).or_else(|| self.fraction.get(at.wrapping_sub(self.whole.len())));
        digit.map_or(0, |digit| digit - b'0')
    }

    fn digits(&self) -> impl DoubleEndedIterator<Item = (i64, u8)> {
        let count = self.whole.len() + self.fraction.len();
        (0..i64::try_from(count).unwrap_or(i64::MAX)).map(|at| (at, self.digit(at)))
    }

    /// Place of the first digit that is not 0.
    fn first(&self) -> Option<i64> {
        self.digits().find(|(_, digit)| *digit != 0).map(|(at, _)| at)
    }

    pub(super) fn is_zero(&self) -> bool {
        self.first().is_none()
    }

    /// What rounding to `scale` digits after the point does.
    pub(super) fn round(&self, scale: u32) -> Rounding {
        let Some(first) = self.first() else { return Rounding { integer_digits: 0, inexact: false, zero: true } };
        let cut = self.point + i64::from(scale);
        let inexact = self.digits().rev().find(|(_, digit)| *digit != 0).is_some_and(|(last, _)| last >= cut);
        let up = self.digit(cut) >= 5;
        let start = first.min(self.point);
        // Beyond the last digit there are zeros, so a long run ends soon.
        let carries = up && (start..cut).all(|at| self.digit(at) == 9);
        let integer_digits = (self.point - first).max(0) + i64::from(carries);
        Rounding { integer_digits, inexact, zero: first >= cut && !up }
    }

    /// The magnitude without its fraction; `None` beyond 2^64-1.
    pub(super) fn whole_u64(self) -> Option<u64> {
        let first = self.first().unwrap_or(self.point);
        if self.point - first > 20 {
            return None;
        }
        (first..self.point).try_fold(0_u64, |value, at| value.checked_mul(10)?.checked_add(u64::from(self.digit(at))))
    }

    /// The magnitude rounded to an integer, and whether a fraction was dropped; `None` beyond 2^64-1.
    pub(super) fn to_u64(self) -> Option<(u64, bool)> {
        let value = self.whole_u64()?.checked_add(u64::from(self.digit(self.point) >= 5))?;
        Some((value, self.round(0).inexact))
    }

    /// Writes the number rounded to `scale`, in one form per value: no leading zeros, `scale` digits after the point, no
    /// sign of zero. Nothing when it has more than 81 digits before the point, which no type holds.
    pub(super) fn write(&self, scale: u32, out: &mut String) -> Option<()> {
        let rounding = self.round(scale);
        let first = self.first().unwrap_or(self.point).min(self.point);
        let cut = self.point + i64::from(scale);
        if rounding.integer_digits > 81 || scale > 81 {
            return None;
        }
        let from = first.max(self.point - 82);
        let mut digits: Vec<u8> = (from..cut).map(|at| self.digit(at)).collect();
        if self.digit(cut) >= 5 {
            let mut carry = true;
            for digit in digits.iter_mut().rev() {
                (*digit, carry) = if *digit == 9 { (0, true) } else { (*digit + 1, false) };
                if !carry {
                    break;
                }
            }
            if carry {
                digits.insert(0, 1);
            }
        }
        if self.negative && digits.iter().any(|digit| *digit != 0) {
            out.push('-');
        }
        let whole = digits.len().saturating_sub(scale as usize);
        if whole == 0 {
            out.push('0');
        }
        for (at, digit) in digits.iter().enumerate() {
            if at == whole {
                out.push('.');
            }
            out.push(char::from(b'0' + digit));
        }
        Some(())
    }
}

fn exponent_of(text: &str) -> Option<i64> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, text.get(1..)?),
        b'+' => (false, text.get(1..)?),
        _ => (false, text),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let size = digits.trim_start_matches('0').parse().map_or_else(
        |_| if digits.bytes().all(|byte| byte == b'0') { 0 } else { MAX_EXPONENT },
        |size: i64| size.min(MAX_EXPONENT),
    );
    Some(if negative { -size } else { size })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(text: &str, scale: u32) -> String {
        let mut out = String::new();
        Exact::parse(text).unwrap().write(scale, &mut out).unwrap();
        out
    }

    #[test]
    fn rounds_half_away_from_zero_at_any_place() {
        for (text, scale, rounded, integer_digits, inexact) in [
            ("0", 2, "0.00", 0, false),
            ("-0.00", 2, "0.00", 0, false),
            ("1.5", 0, "2", 1, true),
            ("2.5", 0, "3", 1, true),
            ("-1.5", 0, "-2", 1, true),
            ("0.5", 0, "1", 1, true),
            ("0.4", 0, "0", 0, true),
            ("999.995", 2, "1000.00", 4, true),
            ("999.994", 2, "999.99", 3, true),
            ("0.96", 1, "1.0", 1, true),
            ("0.004", 2, "0.00", 0, true),
            ("-0.004", 2, "0.00", 0, true),
            ("0.005", 2, "0.01", 0, true),
            ("1e2", 1, "100.0", 3, false),
            ("12.5e-1", 2, "1.25", 1, false),
            ("1E-50", 2, "0.00", 0, true),
            (".5", 1, "0.5", 0, false),
            (" +5. ", 0, "5", 1, false),
            ("0007", 0, "7", 1, false),
            ("5e-1", 0, "1", 1, true),
            ("5e-2", 0, "0", 0, true),
        ] {
            let exact = Exact::parse(text).unwrap();
            let rounding = exact.round(scale);
            assert_eq!(written(text, scale), rounded, "{text}");
            assert_eq!((rounding.integer_digits, rounding.inexact), (integer_digits, inexact), "{text}");
            assert_eq!(rounding.zero, rounded.trim_matches(['0', '.']).is_empty(), "{text}");
        }
    }

    #[test]
    fn integers_are_exact_to_the_last_one() {
        for (text, value) in [
            ("18446744073709551615", Some((u64::MAX, false))),
            ("18446744073709551615.4", Some((u64::MAX, true))),
            ("18446744073709551615.5", None),
            ("18446744073709551616", None),
            ("1e19", Some((10_000_000_000_000_000_000, false))),
            ("1e400", None),
            ("1e999999999999999999999", None),
            ("1e-99999999999999999999", Some((0, true))),
            ("0e99999", Some((0, false))),
            ("0.0000000000000000000000001", Some((0, true))),
        ] {
            assert_eq!(Exact::parse(text).unwrap().to_u64(), value, "{text}");
        }
    }

    #[test]
    fn what_is_no_number() {
        for text in ["", " ", "-", ".", "e5", "1e", "1e+", "0x10", "1_000", "12abc", "--1", "1.2.3", "nan", "inf", "٣"]
        {
            assert!(Exact::parse(text).is_none(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn an_integer_is_what_rust_reads(value in any::<u64>(), zeros in 0_usize..4) {
            let text = format!("{}{value}.0", "0".repeat(zeros));
            prop_assert_eq!(Exact::parse(&text).unwrap().to_u64(), Some((value, false)));
            prop_assert_eq!(written(&text, 0), value.to_string());
        }

        #[test]
        fn any_text_is_read_without_a_panic(text in "[-+0-9.eE ]{0,40}", scale in 0_u32..40) {
            if let Some(exact) = Exact::parse(&text) {
                let (rounding, mut out) = (exact.round(scale), String::new());
                if exact.write(scale, &mut out).is_some() {
                    let whole = out.trim_start_matches('-').split('.').next().unwrap();
                    let digits = if whole == "0" { 0 } else { whole.len() };
                    prop_assert_eq!(i64::try_from(digits).unwrap(), rounding.integer_digits);
                }
            }
        }
    }
}
