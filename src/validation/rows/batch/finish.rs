//! What a batch tells: the parents it needs, and its result.

use super::super::Validator;
use super::super::references::Lookup;
use super::super::report::{SchemaRef, ValidationResult};
use super::Batch;

impl Batch<'_> {
    /// Rows so far.
    #[must_use]
    pub const fn rows(&self) -> u64 {
        self.row
    }

    /// Parent keys that the rows so far need and the batch does not hold, when [`super::Options::lookups`] allows any.
    #[must_use]
    pub fn lookups(&self) -> Vec<Lookup> {
        self.references.lookups(&self.validator.references)
    }

    /// Takes the answer to a [`Lookup`]: for each of its tuples in order, whether the parent row is there; `None` where
    /// nobody could tell.
    pub fn answer(&mut self, foreign_key: &str, found: &[Option<bool>]) {
        self.references.answer(&self.validator.references, foreign_key, found);
    }

    /// The result. `milliseconds`: how long it took.
    #[must_use]
    pub fn finish(mut self, schema: SchemaRef, milliseconds: u64) -> ValidationResult {
        let Validator { columns, references, rules, .. } = self.validator;
        let (sink, mut failed) = (&mut self.sink, std::collections::BTreeSet::new());
        self.references.settle(references, rules, &mut self.notes, |row, valid, notes| {
            if sink.take(Some(row), notes, columns, rules) && valid {
                failed.insert(row);
            }
        });
        self.sink.rows_invalid += failed.len() as u64;
        let seen: Vec<bool> = self.given.iter().map(|last| *last > 0).collect();
        self.sink.finish(columns, &seen, schema, milliseconds)
    }
}
