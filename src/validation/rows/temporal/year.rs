//! YEAR columns: 0 and 1901 to 2155; two digits count from 1970 to 2069.

use super::super::code::Code;
use super::super::json::Cell;
use super::super::notes::Notes;
use super::super::number::Exact;
use super::super::slot::Slot;

/// A year column.
pub(in super::super) fn year(cell: Cell<'_>, slot: Option<&mut Slot>, notes: &mut Notes) {
    let owned;
    // A text of four characters means the year it says, and so does the number 0.
    let (text, four, quoted) = match cell {
        Cell::Number { text, int } => (text, int == Some(0), false),
        Cell::Bool(flag) => (if flag { "1" } else { "0" }, !flag, false),
        Cell::String(text) => {
            owned = text.value();
            (owned.as_ref(), owned.len() == 4, true)
        }
        _ => return notes.say(Code::InvalidYear, "an array or object is no year"),
    };
    let Some(exact) = Exact::parse(text) else { return notes.say(Code::InvalidYear, "the text is no year") };
    let year = match exact.to_u64() {
        Some((value, rounded)) if !exact.negative || value == 0 => {
            if rounded {
                notes.say(Code::ValueRounded, "the fraction is rounded away");
            }
            i128::from(value)
        }
        _ => -1,
    };
    let full = match year {
        0 if four => 0,
        0..=69 => year + 2000,
        70..=99 => year + 1900,
        1901..=2155 => year,
        _ => return notes.say(Code::InvalidYear, "a year is 0 or lies in 1901 to 2155"),
    };
    let plain = (!quoted || (four && text.bytes().all(|byte| byte.is_ascii_digit()))) && !matches!(cell, Cell::Bool(_));
    if full != year || !plain {
        notes.change(Code::ValueCoerced, "stored as a year of four digits", || format!("{full:04}"));
    }
    if let Some(slot) = slot {
        slot.integer(full);
    }
}
