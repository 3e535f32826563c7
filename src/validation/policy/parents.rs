//! What is known of the parents that rows of a ConfigMap refer to: told by whoever may look into the database, asked by the
//! rows that are judged. Key by key, so that an answer is never taken for that of another row. Pure.

use std::collections::HashMap;

use crate::validation::rows::{KeyValue, Lookup};

/// Most parents that one statement looks for.
pub(in crate::validation) const TUPLES: usize = 200;

/// Most statements for the rows of one check.
pub(in crate::validation) const STATEMENTS: usize = 20;

/// Which parent rows are there. What is in here nowhere is not known.
#[derive(Clone, Debug, Default)]
pub struct Parents {
    /// By table (in the words of the policy) and foreign key.
    known: HashMap<(String, String), HashMap<Vec<KeyValue>, bool>>,
}

impl Parents {
    /// Takes what is known of one parent of the rows of a table.
    pub(in crate::validation) fn learn(&mut self, table: &str, foreign_key: &str, key: &[KeyValue], is_there: bool) {
        let known = self.known.entry((table.to_owned(), foreign_key.to_owned())).or_default();
        known.insert(key.to_vec(), is_there);
    }

    /// What is known of the keys of a lookup, in their order.
    pub(super) fn of(&self, table: &str, lookup: &Lookup) -> Vec<Option<bool>> {
        let known = self.known.get(&(table.to_owned(), lookup.foreign_key.clone()));
        lookup.tuples.iter().map(|key| known?.get(key).copied()).collect()
    }
}
