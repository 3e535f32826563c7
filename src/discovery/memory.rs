//! What one discovery leaves for the next, so that it need not be asked again. Lives in memory only: without it a
//! discovery costs more and finds the same. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::create::CreateFacts;

/// Tables remembered at most; beyond them the older ones are forgotten.
const TABLES: usize = 20_000;

/// What is known of one server's objects, see [`super::Discovered::memory`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    tables: BTreeMap<(String, String), (State, Arc<CreateFacts>)>,
    sequences: BTreeMap<String, BTreeSet<String>>,
}

/// One state of a table: its id, which a new table of the same name does not have, and the time of its last DDL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct State {
    pub(super) id: String,
    pub(super) altered: String,
}

impl Memory {
    /// Takes over what a discovery that came later knows.
    pub fn learn(&mut self, later: Self) {
        if self.tables.len() + later.tables.len() > TABLES {
            self.tables.clear();
        }
        self.tables.extend(later.tables);
        self.sequences.extend(later.sequences);
    }

    /// What SHOW CREATE TABLE told of a table in this state.
    pub(super) fn table(&self, database: &str, table: &str, state: &State) -> Option<Arc<CreateFacts>> {
        let (known, facts) = self.tables.get(&(database.to_owned(), table.to_owned()))?;
        (known == state).then(|| Arc::clone(facts))
    }

    pub(super) fn remember(&mut self, database: &str, table: &str, state: State, facts: Arc<CreateFacts>) {
        self.tables.insert((database.to_owned(), table.to_owned()), (state, facts));
    }

    /// The sequences of a database that can be read (MariaDB).
    pub(super) fn sequences(&self, database: &str) -> impl Iterator<Item = &str> {
        self.sequences.get(database).into_iter().flatten().map(String::as_str)
    }

    pub(super) fn remember_sequences(&mut self, database: &str, names: BTreeSet<String>) {
        self.sequences.insert(database.to_owned(), names);
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.tables.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(tables: std::ops::Range<usize>, altered: &str) -> Memory {
        let mut memory = Memory::default();
        for table in tables {
            let state = State { id: "1".into(), altered: altered.into() };
            memory.remember("d", &table.to_string(), state, Arc::default());
        }
        memory
    }

    #[test]
    fn the_later_state_of_a_table_takes_the_place_of_the_earlier() {
        let mut memory = of(0..3, "1");
        memory.learn(of(1..2, "2"));
        let known = |altered: &str| {
            let state = State { id: "1".into(), altered: altered.into() };
            (0..3).filter(|table| memory.table("d", &table.to_string(), &state).is_some()).collect::<Vec<_>>()
        };
        assert_eq!((known("1"), known("2")), (vec![0, 2], vec![1]));
    }

    #[test]
    fn it_does_not_grow_without_end() {
        let mut memory = Memory::default();
        for step in 0..9 {
            memory.learn(of(step * 5000..(step + 1) * 5000, "1"));
            assert!(memory.len() <= TABLES, "{}", memory.len());
        }
    }
}
