//! What an array or an object holds, one element after the other.

use super::{Cell, Scanner, Text};

/// Visits the elements of an array, or the members of an object (each with its key).
pub(in super::super) fn children<'a>(text: &'a str, mut visit: impl FnMut(Option<Text<'a>>, Cell<'a>) -> bool) -> bool {
    let mut scanner = Scanner::new(text);
    let object = text.starts_with('{');
    let (open, close) = if object { (b'{', b'}') } else { (b'[', b']') };
    if !scanner.take(open) || scanner.take(close) {
        return true;
    }
    loop {
        let key = if object { scanner.key().ok() } else { None };
        let Ok(cell) = scanner.value(0) else { return false };
        if !visit(key, cell) || !scanner.take(b',') {
            return true;
        }
    }
}
