//! Character types: length in characters or bytes, and the repertoire of the character set.

use std::borrow::Cow;

use super::super::charset::Charset;
use super::super::code::Code;
use super::super::column::TextType;
use super::super::json::Cell;
use super::super::notes::Notes;
use super::super::number::Exact;
use super::super::slot::Slot;

/// A char, varchar or text column.
#[inline]
pub(super) fn check(r#type: &TextType, cell: Cell<'_>, slot: Option<&mut Slot>, notes: &mut Notes) {
    if let Cell::String(text) = cell
        && text.longest() as u64 <= r#type.max
        && (r#type.charset == Charset::Utf8mb4 || text.is_plain_ascii() && r#type.charset.is_one_byte_ascii())
    {
        if let Some(slot) = slot {
            match text.unescaped() {
                Some(text) => slot.text(text),
                None => slot.text(&text.value()),
            }
        }
        return;
    }
    unusual(r#type, cell, slot, notes);
}

/// Everything but a short ASCII text.
fn unusual(r#type: &TextType, cell: Cell<'_>, slot: Option<&mut Slot>, notes: &mut Notes) {
    let text = match cell {
        Cell::String(text) => text.value(),
        Cell::Number { text, .. } => {
            notes.change(Code::ValueCoerced, "a number is stored as its text", || number(text).into_owned());
            number(text)
        }
        Cell::Bool(flag) => {
            notes.change(Code::ValueCoerced, "a boolean is stored as the text 1 or 0", || u8::from(flag).to_string());
            Cow::Borrowed(if flag { "1" } else { "0" })
        }
        Cell::Array(_) | Cell::Object(_) | Cell::Null => {
            return notes.say(Code::InvalidType, "an array or object is no text");
        }
    };
    if !representable(r#type.charset, &text, notes) {
        return;
    }
    let size = |text: &str| match r#type.in_bytes {
        true => r#type.charset.bytes(text),
        false => text.chars().count(),
    };
    let mut stored: &str = &text;
    if size(stored) as u64 > r#type.max {
        let unit = if r#type.in_bytes { "bytes" } else { "characters" };
        let trimmed = stored.trim_end_matches(' ');
        if size(trimmed) as u64 > r#type.max {
            notes
                .add(Code::StringTooLong, || format!("the text has {} {unit}, the column {}", size(&text), r#type.max));
            return;
        }
        stored = cut(stored, r#type, size);
        let message = "only spaces stand beyond the column's length: they are cut off";
        notes.change(Code::TrailingSpacesTruncated, message, || stored.to_owned());
    }
    if let Some(slot) = slot {
        slot.text(stored);
    }
}

/// As much of the text as fits; what is cut off are spaces.
fn cut<'a>(text: &'a str, r#type: &TextType, size: impl Fn(&str) -> usize) -> &'a str {
    let trimmed = text.trim_end_matches(' ');
    let one = if r#type.in_bytes { size(" ") } else { 1 }.max(1);
    let room = (r#type.max as usize).saturating_sub(size(trimmed)) / one;
    text.get(..trimmed.len() + room).unwrap_or(text)
}

fn representable(charset: Charset, text: &str, notes: &mut Notes) -> bool {
    if text.is_ascii() {
        return true;
    }
    let mut unknown = false;
    for c in text.chars() {
        match charset.has(c) {
            Some(true) => {}
            Some(false) => {
                notes.say(Code::CharsetNotRepresentable, "the column's character set does not have every character");
                return false;
            }
            None => unknown = true,
        }
    }
    if unknown {
        notes.say(Code::TypeNotChecked, "which characters this character set has is not known here");
    }
    true
}

/// The text the server stores for a number: an exact one as written, one with an exponent as a float.
fn number(text: &str) -> Cow<'_, str> {
    if text.contains(['e', 'E']) {
        let plain = Exact::parse(text).filter(|exact| !exact.round(0).inexact && exact.round(0).integer_digits < 16);
        let mut out = String::new();
        if plain.is_some_and(|exact| exact.write(0, &mut out).is_some()) {
            return Cow::Owned(out);
        }
        return Cow::Owned(text.parse::<f64>().map_or_else(|_| text.to_owned(), |value| value.to_string()));
    }
    Cow::Borrowed(text)
}
