//! CHECK constraints (`schema.md` §4.5): compiled once, evaluated with three-valued logic. Only FALSE violates; what cannot
//! be decided here is said to be not evaluated.

mod decimal;
mod eval;
mod parse;
mod pattern;
mod value;

use self::parse::Node;
use super::code::Code;
use super::column::Column;
use super::notes::{Note, Notes};
use super::slot::{Kind, Slot};
use crate::schema::Check as Model;

/// A CHECK constraint.
#[derive(Clone, Debug)]
pub(super) struct Check {
    name: String,
    /// The expression, or why there is none.
    node: Result<Node, &'static str>,
    /// Columns it names.
    pub(super) columns: Vec<usize>,
}

/// The truth of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Truth {
    True,
    False,
    /// UNKNOWN in SQL's sense: NULL.
    Null,
    /// Not known here.
    Undecided,
}

impl Check {
    /// `None` for one that is not enforced.
    pub(super) fn new(model: &Model, columns: &[Column], find: impl Fn(&str) -> Option<usize>) -> Option<Self> {
        if model.enforced == Some(false) {
            return None;
        }
        let mut named = Vec::new();
        let node = parse::parse(&model.expr, columns, &|name: &str| find(name), &mut named);
        Some(Self { name: model.name.clone(), node, columns: named })
    }

    /// A value it looks at is refused already.
    fn meets_refused(&self, slots: &[Slot]) -> bool {
        self.columns.iter().filter_map(|at| slots.get(*at)).any(|slot| slot.kind == Kind::Refused)
    }

    fn note(&self, code: Code, message: String) -> Note {
        // A condition on one column is that column's; one on several is the row's.
        let column = match self.columns.as_slice() {
            [one] => Some(*one),
            _ => None,
        };
        Note { column, code: Some(code), message, constraint: Some(self.name.clone()), ..Note::default() }
    }
}

/// Evaluates the conditions on a row. `said`: those of which it was said that they are not evaluated.
pub(super) fn check(checks: &[Check], columns: &[Column], slots: &[Slot], said: &mut [bool], notes: &mut Notes) {
    for (check, said) in checks.iter().zip(said) {
        let (truth, why) = match &check.node {
            Ok(node) => (eval::truth(node, columns, slots), "the values of a row do not decide it here"),
            Err(why) => (Truth::Undecided, *why),
        };
        match truth {
            Truth::True | Truth::Null => {}
            Truth::False => {
                let message = format!("the row does not meet the condition {}", check.name);
                notes.list.push(check.note(Code::CheckViolation, message));
            }
            Truth::Undecided if *said || check.meets_refused(slots) => {}
            Truth::Undecided => {
                *said = true;
                let message = format!("the condition {} is not evaluated: {why}", check.name);
                notes.list.push(Note { column: None, ..check.note(Code::CheckNotEvaluated, message) });
            }
        }
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
