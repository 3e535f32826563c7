//! JSON and vector columns.

use std::collections::HashSet;

use super::super::code::Code;
use super::super::json::{Cell, Fault, Scanner, children};
use super::super::notes::Notes;
use super::super::options::JsonStrings;
use super::super::rules::Rules;
use super::super::slot::Slot;

/// A JSON column. JSON `null` in a row is SQL NULL and never comes here.
pub(super) fn json(rules: &Rules, cell: Cell<'_>, slot: Option<&mut Slot>, notes: &mut Notes) {
    let owned;
    let text = match cell {
        Cell::Array(text) | Cell::Object(text) | Cell::Number { text, .. } => text,
        Cell::Bool(flag) => {
            if flag {
                "true"
            } else {
                "false"
            }
        }
        Cell::String(_) if rules.options.json_strings == JsonStrings::Value => return,
        Cell::String(text) => {
            owned = text.value();
            owned.as_ref()
        }
        Cell::Null => "null",
    };
    let depth = match Scanner::whole(text) {
        Ok(value) => nesting(value),
        Err(Fault::Depth) => usize::MAX,
        Err(Fault::Syntax(_)) => {
            return notes
                .say(Code::JsonInvalid, "the text is no JSON (a JSON string needs its own quotes inside the text)");
        }
    };
    if depth > rules.json_depth {
        notes.add(Code::JsonTooDeep, || format!("nested deeper than {} levels", rules.json_depth));
        return;
    }
    if Scanner::whole(text).is_ok_and(repeats_a_key) {
        notes.say(Code::JsonDuplicateKey, "a key occurs twice in an object: servers differ in which one they keep");
    }
    if let Some(slot) = slot {
        slot.text(text);
    }
}

/// Levels of arrays and objects; 0 for one value.
fn nesting(cell: Cell<'_>) -> usize {
    let (Cell::Array(text) | Cell::Object(text)) = cell else { return 0 };
    let mut deepest = 0;
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'[' | b'{' if !quoted => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// An object in it has a key twice. Bounded by the nesting of what was read.
fn repeats_a_key(cell: Cell<'_>) -> bool {
    let (Cell::Array(text) | Cell::Object(text)) = cell else { return false };
    let mut keys = HashSet::new();
    let mut repeated = false;
    children(text, |key, value| {
        repeated |= key.is_some_and(|key| !keys.insert(key.value())) || repeats_a_key(value);
        !repeated
    });
    repeated
}

/// A vector column: an array of numbers, or its text.
pub(super) fn vector(dims: Option<u32>, cell: Cell<'_>, notes: &mut Notes) {
    let owned;
    let text = match cell {
        Cell::Array(text) => text,
        Cell::String(text) => {
            owned = text.value();
            match Scanner::whole(&owned) {
                Ok(Cell::Array(text)) => text,
                _ => return notes.say(Code::VectorInvalid, "the text is no list of numbers, as in [1, 2.5]"),
            }
        }
        _ => return notes.say(Code::VectorInvalid, "a vector is a list of numbers, as in [1, 2.5]"),
    };
    let (mut count, mut finite) = (0_u32, true);
    children(text, |_, element| {
        count = count.saturating_add(1);
        finite &= matches!(element, Cell::Number { text, .. } if text.parse::<f32>().is_ok_and(f32::is_finite));
        finite
    });
    if !finite {
        return notes.say(Code::VectorInvalid, "an element is no finite 32 bit number");
    }
    if dims.is_some_and(|dims| dims != count) || count > 16_383 {
        let wanted = dims.unwrap_or(16_383);
        notes.add(Code::VectorDimensionMismatch, || format!("the vector has {count} dimensions, the column {wanted}"));
    }
}
