//! Floats and doubles.

use super::super::code::Code;
use super::super::json::Cell;
use super::super::notes::Notes;
use super::super::number::Exact;
use super::super::slot::Slot;
use super::not_one_value;

/// A float or double column.
pub(super) fn float(
    double: bool,
    digits: Option<(u32, u32)>,
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
        Cell::String(text) => {
            owned = text.value();
            if Exact::parse(&owned).is_none() {
                return notes.say(Code::InvalidFloat, "the text is no finite number");
            }
            notes.change(Code::ValueCoerced, "a text is stored as the number it holds", || owned.trim().to_owned());
            owned.trim()
        }
        Cell::Array(_) | Cell::Object(_) | Cell::Null => return not_one_value(Code::InvalidFloat, notes),
    };
    let Ok(mut value) = text.parse::<f64>() else {
        return notes.say(Code::InvalidFloat, "the text is no finite number");
    };
    let mut limit = if double { f64::MAX } else { f64::from(f32::MAX) };
    if let Some((precision, scale)) = digits {
        let steps = 10_f64.powi(i32::try_from(scale).unwrap_or(0));
        let whole = 10_f64.powi(i32::try_from(precision.saturating_sub(scale)).unwrap_or(0));
        limit = limit.min(whole - 1.0 / steps);
        let rounded = (value * steps).round() / steps;
        value = if rounded.is_finite() { rounded } else { value };
    }
    if value.abs() > limit || (unsigned && value < 0.0) {
        notes.add(Code::FloatOutOfRange, || range_words(limit, unsigned));
        return;
    }
    loses_precision(double, text, value, notes);
    if let Some(slot) = slot {
        let stored = if double { value } else { f64::from(to_f32(value)) };
        // -0 and 0 are one value.
        slot.double(stored + 0.0);
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the range was checked")]
const fn to_f32(value: f64) -> f32 {
    value as f32
}

fn range_words(limit: f64, unsigned: bool) -> String {
    match unsigned {
        true => format!("the value is not in 0 to {limit:e}"),
        false => format!("the value is not in -{limit:e} to {limit:e}"),
    }
}

/// An integer that comes back as another one.
fn loses_precision(double: bool, text: &str, value: f64, notes: &mut Notes) {
    let exact_to: f64 = if double { 9_007_199_254_740_992.0 } else { 16_777_216.0 };
    if value.abs() < exact_to {
        return;
    }
    let kept = if double { value } else { f64::from(to_f32(value)) };
    // Rust writes every digit of a float's value.
    let written = format!("{kept:.0}");
    let whole = Exact::parse(text).map(|exact| (exact.round(0).inexact, exact));
    let mut given = String::new();
    let differs = match whole {
        Some((false, exact)) if exact.write(0, &mut given).is_some() => given != written,
        _ => false,
    };
    if differs {
        notes.change(Code::FloatPrecisionLoss, "the type cannot hold this integer exactly", || written);
    }
}
