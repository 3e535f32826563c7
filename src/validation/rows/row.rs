//! A row whose fields have been judged: what keys and foreign keys look at.

use super::column::Column;
use super::keys::Part;
use super::rules::Rules;
use super::slot::Slot;

/// The stored values of a row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row<'a> {
    pub(super) number: u64,
    pub(super) columns: &'a [Column],
    pub(super) slots: &'a [Slot],
    pub(super) rules: &'a Rules,
}

impl<'a> Row<'a> {
    /// The values of a key's columns, each with its column and how much of it is in the key.
    pub(super) fn values(self, parts: &'a [Part]) -> impl Iterator<Item = (&'a Column, &'a Slot, Option<usize>)> {
        parts
            .iter()
            .filter_map(move |part| Some((self.columns.get(part.column)?, self.slots.get(part.column)?, part.prefix)))
    }
}
