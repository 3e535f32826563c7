//! JSON and vector columns.

use std::borrow::Cow;
use std::collections::HashSet;

use super::super::code::Code;
use super::super::json::{Cell, Fault, Scanner, Text, children};
use super::super::notes::Notes;
use super::super::options::JsonStrings;
use super::super::rules::Rules;
use super::super::slot::Slot;

/// A JSON column. JSON `null` in a row is SQL NULL and never comes here.
pub(super) fn json(rules: &Rules, cell: Cell<'_>, slot: Option<&mut Slot>, notes: &mut Notes) {
    let owned;
    let (text, value) = match cell {
        // What stands in the row itself has been read already.
        Cell::Array(text) | Cell::Object(text) | Cell::Number { text, .. } => (text, Ok(cell)),
        Cell::Bool(true) => ("true", Ok(cell)),
        Cell::Bool(false) => ("false", Ok(cell)),
        Cell::Null => ("null", Ok(cell)),
        Cell::String(_) if rules.options.json_strings == JsonStrings::Value => return,
        Cell::String(text) => {
            owned = text.value();
            (owned.as_ref(), Scanner::whole(&owned))
        }
    };
    let mut structure = Structure::default();
    match value {
        Ok(value) => structure.look(value, 0),
        Err(Fault::Depth) => structure.depth = usize::MAX,
        Err(Fault::Syntax(_)) => {
            let message = "the text is no JSON (a JSON string needs its own quotes inside the text)";
            return notes.say(Code::JsonInvalid, message);
        }
    }
    if structure.depth > rules.json_depth {
        notes.add(Code::JsonTooDeep, || format!("nested deeper than {} levels", rules.json_depth));
        return;
    }
    if structure.repeats {
        notes.say(Code::JsonDuplicateKey, "a key occurs twice in an object: servers differ in which one they keep");
    }
    if let Some(slot) = slot {
        slot.text(text);
    }
}

/// Keys of an object that are compared one by one, without memory of their own.
const FEW: usize = 16;

/// The keys of an object so far.
struct Keys<'a> {
    few: [Option<Text<'a>>; FEW],
    count: usize,
    many: HashSet<Cow<'a, str>>,
}

impl<'a> Keys<'a> {
    /// Takes a key; false when it is there already.
    fn take(&mut self, key: Text<'a>) -> bool {
        if self.few.iter().flatten().any(|other| other.is_same(key)) {
            return false;
        }
        self.count += 1;
        match self.few.get_mut(self.count - 1) {
            Some(place) => {
                *place = Some(key);
                true
            }
            None => self.many.insert(key.value()),
        }
    }
}

/// What is to be known of a document's structure.
#[derive(Default)]
struct Structure {
    /// Levels of arrays and objects; 0 for one value.
    depth: usize,
    /// An object has a key twice.
    repeats: bool,
}

impl Structure {
    /// Looks at a value `above` levels down; what was read is nested no deeper than the scanner goes.
    fn look(&mut self, cell: Cell<'_>, above: usize) {
        let (Cell::Array(text) | Cell::Object(text)) = cell else { return };
        self.depth = self.depth.max(above + 1);
        let mut keys = Keys { few: [None; FEW], count: 0, many: HashSet::new() };
        children(text, |key, value| {
            self.repeats |= key.is_some_and(|key| !keys.take(key));
            self.look(value, above + 1);
            true
        });
    }
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
