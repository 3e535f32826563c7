//! What is found in the row at hand, before it is known where the report has room. Nothing is built for a clean row, and no
//! text once the list is full.

use super::code::{Code, Weight};
use super::report::Severity;
use super::rules::Rules;

/// One finding in a row.
#[derive(Clone, Debug, Default)]
pub(super) struct Note {
    /// The column's place; none for the row itself.
    pub(super) column: Option<usize>,
    pub(super) code: Option<Code>,
    /// Name of a field that is no column.
    pub(super) field: Option<String>,
    pub(super) message: String,
    pub(super) constraint: Option<String>,
    pub(super) suggestion: Option<String>,
    pub(super) first_row: Option<u64>,
    /// Weighs otherwise than its code does: the server takes it.
    pub(super) weight: Option<Weight>,
}

impl Note {
    /// The row is refused for it.
    pub(super) fn refuses(&self, rules: &Rules) -> bool {
        self.code.is_some_and(|code| {
            super::sink::judge(code, self.weight, rules).0 == Severity::Error && rules.options.types
        })
    }
}

/// The findings of one row.
#[derive(Debug)]
pub(super) struct Notes {
    pub(super) list: Vec<Note>,
    /// The column that is being judged.
    pub(super) column: Option<usize>,
    /// Texts are wanted: the list still has room.
    pub(super) texts: bool,
    /// Values may be repeated.
    pub(super) values: bool,
}

impl Notes {
    pub(super) const fn new(values: bool) -> Self {
        Self { list: Vec::new(), column: None, texts: true, values }
    }

    /// Notes a finding of the column at hand.
    #[cold]
    pub(super) fn add(&mut self, code: Code, message: impl FnOnce() -> String) -> &mut Note {
        let message = if self.texts { message() } else { String::new() };
        self.list.push(Note { column: self.column, code: Some(code), message, ..Note::default() });
        let last = self.list.len() - 1;
        &mut self.list[last]
    }

    /// The same with a text that is always the same.
    #[cold]
    pub(super) fn say(&mut self, code: Code, message: &str) {
        self.add(code, || message.to_owned());
    }

    /// Notes a change the server makes, with what it stores where values may be repeated.
    #[cold]
    pub(super) fn change(&mut self, code: Code, message: &str, stored: impl FnOnce() -> String) {
        let suggestion = (self.values && self.texts).then(stored);
        self.add(code, || message.to_owned()).suggestion = suggestion;
    }
}
