//! Integers, decimals and bits.

use super::super::code::Code;
use super::super::json::Cell;
use super::super::notes::Notes;
use super::super::number::Exact;
use super::super::slot::{Kind, Slot};
use super::not_one_value;

/// An integer column.
#[inline]
pub(super) fn integer(range: (i64, u64), boolean: bool, cell: Cell<'_>, slot: Option<&mut Slot>, notes: &mut Notes) {
    let value = match cell {
        Cell::Number { int: Some(int), .. } => i128::from(int),
        Cell::Bool(flag) => {
            if !boolean {
                notes.change(Code::ValueCoerced, "a boolean is stored as 1 or 0", || u8::from(flag).to_string());
            }
            i128::from(flag)
        }
        _ => match unusual_integer(range.0 == 0, cell, notes) {
            Some(value) => value,
            None => return,
        },
    };
    if value < i128::from(range.0) || value > i128::from(range.1) {
        notes.add(Code::IntegerOutOfRange, || format!("the value is not in {} to {}", range.0, range.1));
    } else if let Some(slot) = slot {
        slot.integer(value);
    }
}

/// Long numbers, fractions, exponents and texts. `i128::MAX` stands for everything beyond 64 bits.
#[cold]
fn unusual_integer(unsigned: bool, cell: Cell<'_>, notes: &mut Notes) -> Option<i128> {
    let owned;
    let (text, quoted) = match cell {
        Cell::Number { text, .. } => (text, false),
        Cell::String(text) => {
            owned = text.value();
            (owned.as_ref(), true)
        }
        _ => {
            not_one_value(Code::InvalidInteger, notes);
            return None;
        }
    };
    let Some(exact) = Exact::parse(text) else {
        notes.say(Code::InvalidInteger, "the text is no number");
        return None;
    };
    let Some((magnitude, rounded)) = exact.to_u64() else {
        return Some(if exact.negative { i128::MIN } else { i128::MAX });
    };
    // A number that is negative is refused although it would round to zero; a text of it is not.
    if unsigned && exact.negative && !quoted && !exact.is_zero() {
        return Some(-1);
    }
    let value = if exact.negative { -i128::from(magnitude) } else { i128::from(magnitude) };
    if quoted {
        notes.change(Code::ValueCoerced, "a text is stored as the number it holds", || value.to_string());
    }
    if rounded {
        notes.change(Code::ValueRounded, "the fraction is rounded away", || value.to_string());
    }
    Some(value)
}

/// A decimal column.
#[inline]
pub(super) fn decimal(
    precision: u32,
    scale: u32,
    unsigned: bool,
    cell: Cell<'_>,
    slot: Option<&mut Slot>,
    notes: &mut Notes,
) {
    let text = match cell {
        Cell::Number { text, .. } => Some(text),
        Cell::String(text) => text.unescaped(),
        _ => None,
    };
    match text.and_then(Plain::parse).filter(|plain| plain.fits(precision, scale, unsigned)) {
        Some(plain) => {
            if let Some(slot) = slot {
                plain.store(scale, slot);
            }
        }
        None => unusual_decimal(precision, scale, unsigned, cell, slot, notes),
    }
}

/// `[-]digits[.digits]` and nothing else: how nearly every decimal is written.
struct Plain<'a> {
    negative: bool,
    /// Without leading zeros.
    whole: &'a str,
    fraction: &'a str,
}

impl<'a> Plain<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let good = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        (good(whole) && good(fraction)).then(|| Self { negative, whole: whole.trim_start_matches('0'), fraction })
    }

    fn fits(&self, precision: u32, scale: u32, unsigned: bool) -> bool {
        let digits = if scale == 0 { self.fraction == "0" } else { self.fraction.len() <= scale as usize };
        digits && self.whole.len() <= precision.saturating_sub(scale) as usize && !(unsigned && self.negative)
    }

    /// Stores the form that [`Exact::write`] gives.
    fn store(&self, scale: u32, slot: &mut Slot) {
        slot.clear(Kind::Decimal);
        let out = &mut slot.text;
        if self.negative && [self.whole, self.fraction].iter().any(|part| part.bytes().any(|digit| digit != b'0')) {
            out.push('-');
        }
        out.push_str(if self.whole.is_empty() { "0" } else { self.whole });
        if scale > 0 {
            out.push('.');
            out.push_str(self.fraction);
            out.extend(std::iter::repeat_n('0', (scale as usize).saturating_sub(self.fraction.len())));
        }
    }
}

/// Rounding, exponents, blanks, and what is no number.
#[cold]
fn unusual_decimal(
    precision: u32,
    scale: u32,
    unsigned: bool,
    cell: Cell<'_>,
    slot: Option<&mut Slot>,
    notes: &mut Notes,
) {
    let owned;
    let text = match cell {
        Cell::Number { text, .. } => text,
        Cell::Bool(flag) => {
            notes.change(Code::ValueCoerced, "a boolean is stored as 1 or 0", || u8::from(flag).to_string());
            if flag { "1" } else { "0" }
        }
        // A text is how JSON carries a decimal without loss: no change worth a word.
        Cell::String(text) => {
            owned = text.value();
            owned.as_ref()
        }
        Cell::Array(_) | Cell::Object(_) | Cell::Null => return not_one_value(Code::InvalidDecimal, notes),
    };
    let Some(exact) = Exact::parse(text) else { return notes.say(Code::InvalidDecimal, "the text is no number") };
    let rounding = exact.round(scale);
    if rounding.integer_digits > i64::from(precision) - i64::from(scale) {
        let digits = precision.saturating_sub(scale);
        notes.add(Code::DecimalOutOfRange, || {
            format!("the value has more than {digits} digits before the point (after rounding to {scale} after it)")
        });
        return;
    }
    // What rounds to zero is refused too.
    if unsigned && exact.negative && !exact.is_zero() {
        return notes.say(Code::DecimalOutOfRange, "the value is negative and the column unsigned");
    }
    let stored = || {
        let mut out = String::new();
        exact.write(scale, &mut out).map(|()| out).unwrap_or_default()
    };
    if rounding.inexact {
        let message = "there are more digits after the point than the column keeps: the rest is rounded away";
        notes.change(Code::DecimalScaleExceeded, message, stored);
    }
    if let Some(slot) = slot {
        slot.clear(Kind::Decimal);
        if exact.write(scale, &mut slot.text).is_none() {
            slot.clear(Kind::Unknown);
        }
    }
}

/// A bit column.
pub(super) fn bit(bits: u32, cell: Cell<'_>, slot: Option<&mut Slot>, notes: &mut Notes) {
    let value = match cell {
        Cell::Bool(flag) => Some(u64::from(flag)),
        Cell::Number { text, int } => match int.map(u64::try_from) {
            Some(Ok(value)) => Some(value),
            _ => match Exact::parse(text) {
                Some(exact) if !exact.round(0).zero && exact.negative => {
                    return notes.say(Code::InvalidBit, "a negative number is no bit value");
                }
                Some(exact) => match exact.to_u64() {
                    Some((value, rounded)) => {
                        if rounded {
                            notes.change(Code::ValueRounded, "the fraction is rounded away", || value.to_string());
                        }
                        Some(value)
                    }
                    None => None,
                },
                None => return notes.say(Code::InvalidBit, "no bit value"),
            },
        },
        // A text is its bytes, the last one lowest.
        Cell::String(text) => {
            let text = text.value();
            let bytes = text.trim_start_matches('\0').as_bytes();
            (bytes.len() <= 8).then(|| bytes.iter().fold(0, |value, byte| value << 8 | u64::from(*byte)))
        }
        Cell::Array(_) | Cell::Object(_) | Cell::Null => return not_one_value(Code::InvalidBit, notes),
    };
    match value.filter(|value| bits == 64 || *value >> bits == 0) {
        None => _ = notes.add(Code::BitTooLong, || format!("the value has more than {bits} bits")),
        Some(value) => {
            if let Some(slot) = slot {
                slot.integer(i128::from(value));
            }
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_short_way_stores_what_the_long_way_does(text in "-?[0-9]{1,6}(\\.[0-9]{1,4})?", scale in 0_u32..5) {
            let plain = Plain::parse(&text).unwrap();
            if plain.fits(11, scale, false) {
                let (mut slot, mut long) = (Slot::default(), String::new());
                plain.store(scale, &mut slot);
                Exact::parse(&text).unwrap().write(scale, &mut long).unwrap();
                prop_assert_eq!(slot.text, long);
                prop_assert!(!Exact::parse(&text).unwrap().round(scale).inexact);
            }
        }
    }
}
