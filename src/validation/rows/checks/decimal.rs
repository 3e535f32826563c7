//! Exact decimal arithmetic for conditions, as far as 128 bits reach; beyond that nothing is decided.

use std::cmp::Ordering;

use super::super::number::Exact;

/// `mantissa` / 10^`scale`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Decimal {
    mantissa: i128,
    scale: u32,
}

/// Digits that division adds (`div_precision_increment`).
const DIVISION_DIGITS: u32 = 4;

impl Decimal {
    pub(super) const fn integer(value: i128) -> Self {
        Self { mantissa: value, scale: 0 }
    }

    /// A number without an exponent.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let scale = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        let scale = u32::try_from(scale).ok().filter(|scale| *scale <= 30)?;
        let mut written = String::new();
        Exact::parse(text)?.write(scale, &mut written)?;
        let mantissa = written.replace('.', "").parse().ok()?;
        Some(Self { mantissa, scale })
    }

    /// A stored decimal: a sign, digits, a point perhaps.
    pub(super) fn stored(text: &str) -> Option<Self> {
        let (mut mantissa, mut scale, mut point) = (0_i128, 0, false);
        for byte in text.bytes() {
            match byte {
                b'0'..=b'9' => {
                    mantissa = mantissa.checked_mul(10)?.checked_add(i128::from(byte - b'0'))?;
                    scale += u32::from(point);
                }
                b'.' => point = true,
                _ => {}
            }
        }
        Some(Self { mantissa: if text.starts_with('-') { -mantissa } else { mantissa }, scale })
    }

    pub(super) const fn is_zero(self) -> bool {
        self.mantissa == 0
    }

    #[expect(clippy::cast_precision_loss, reason = "a float is what is asked for")]
    pub(super) fn to_f64(self) -> f64 {
        format!("{}e-{}", self.mantissa, self.scale).parse().unwrap_or(self.mantissa as f64)
    }

    fn rescaled(self, scale: u32) -> Option<i128> {
        self.mantissa.checked_mul(10_i128.checked_pow(scale.checked_sub(self.scale)?)?)
    }

    fn aligned(self, other: Self) -> Option<(i128, i128, u32)> {
        let scale = self.scale.max(other.scale);
        Some((self.rescaled(scale)?, other.rescaled(scale)?, scale))
    }

    pub(super) fn compare(self, other: Self) -> Option<Ordering> {
        let (a, b, _) = self.aligned(other)?;
        Some(a.cmp(&b))
    }

    pub(super) fn add(self, other: Self) -> Option<Self> {
        let (a, b, scale) = self.aligned(other)?;
        Some(Self { mantissa: a.checked_add(b)?, scale })
    }

    pub(super) fn negated(self) -> Option<Self> {
        Some(Self { mantissa: self.mantissa.checked_neg()?, ..self })
    }

    pub(super) fn multiply(self, other: Self) -> Option<Self> {
        let scale = self.scale.checked_add(other.scale).filter(|scale| *scale <= 30)?;
        Some(Self { mantissa: self.mantissa.checked_mul(other.mantissa)?, scale })
    }

    /// The quotient with four digits more than the dividend has, rounded half away from zero; the caller looks at zero.
    pub(super) fn divide(self, other: Self) -> Option<Self> {
        let scale = self.scale + DIVISION_DIGITS;
        let shifted = self.mantissa.checked_mul(10_i128.checked_pow(DIVISION_DIGITS.checked_add(other.scale)?)?)?;
        let quotient = shifted.checked_div(other.mantissa)?;
        let rest = shifted.checked_rem(other.mantissa)?;
        let up = rest.unsigned_abs().checked_mul(2)? >= other.mantissa.unsigned_abs();
        let sign = if (shifted < 0) == (other.mantissa < 0) { 1 } else { -1 };
        Some(Self { mantissa: quotient.checked_add(if up && rest != 0 { sign } else { 0 })?, scale })
    }

    /// The integer part of the quotient.
    pub(super) fn divide_whole(self, other: Self) -> Option<Self> {
        let (a, b, _) = self.aligned(other)?;
        Some(Self::integer(a.checked_div(b)?))
    }

    /// The rest, with the sign of the dividend.
    pub(super) fn modulo(self, other: Self) -> Option<Self> {
        let (a, b, scale) = self.aligned(other)?;
        Some(Self { mantissa: a.checked_rem(b)?, scale })
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn arithmetic_is_exact_and_ends_where_128_bits_do() {
        let number = |text: &str| Decimal::parse(text).unwrap();
        let equal =
            |a: Option<Decimal>, b: &str| assert_eq!(a.unwrap().compare(number(b)), Some(Ordering::Equal), "{b}");
        equal(Decimal::stored("-12.50"), "-12.5");
        equal(number("0.1").add(number("0.2")), "0.3");
        equal(number("1.5").multiply(number("-2")), "-3.0");
        equal(number("1").divide(number("3")), "0.3333");
        equal(number("2").divide(number("3")), "0.6667");
        equal(number("-2").divide(number("3")), "-0.6667");
        equal(number("7.5").divide_whole(number("2")), "3");
        equal(number("-7").modulo(number("3")), "-1");
        assert!(number("1e38").multiply(number("1e38")).is_none());
        assert!(Decimal::parse(&"9".repeat(40)).is_none());
        assert!(number("1").divide(number("0")).is_none());
    }
}
