//! Rows against a table (`schema.md` §4): compiled once per table, then one pass over each row's text. Pure: rows come in as
//! bytes, findings come out as data, and whoever may look into the database answers the [`Lookup`]s.
//!
//! ```text
//! Validator::compile(table, server, options) ─► batch() ─► row(bytes) … ─► lookups() ─► answer(…) ─► finish(schema, ms)
//!       column, keys, checks, references            │ json ─► types, temporal ─► notes ─► sink ─► report
//!                                                   └ slot: stored values ─► keys, checks, references
//! ```

mod batch;
mod charset;
mod checks;
mod code;
mod collation;
mod column;
mod json;
mod keys;
mod keyset;
mod notes;
mod number;
mod options;
mod presence;
mod references;
pub mod render;
mod report;
mod row;
mod rules;
mod sink;
mod slot;
mod split;
mod temporal;
mod types;
mod zone;

use std::collections::HashMap;

pub use batch::Batch;
pub use code::{Category, Code};
pub use options::{BinaryEncoding, JsonStrings, Operation, Options};
pub use references::{KeyValue, Lookup};
pub use report::{Finding, SchemaRef, Severity, Summary, ValidationResult};
pub use split::{Piece, Splitter};
pub use zone::Offset;

use self::checks::Check;
use self::column::Column;
use self::json::{Cell, Text};
use self::keys::Key;
use self::notes::Notes;
use self::references::Reference;
use self::rules::Rules;
use self::slot::Kind;
use crate::schema::column_facts::WhenAbsent;
use crate::schema::{Column as ColumnModel, Engine, ServerFacts, Table};

/// A table compiled for judging rows.
#[derive(Clone, Debug)]
pub struct Validator {
    columns: Vec<Column>,
    names: HashMap<String, usize>,
    /// Names folded to small letters.
    folded: HashMap<String, usize>,
    /// Columns whose stored values are looked at.
    kept: Vec<usize>,
    keys: Vec<Key>,
    checks: Vec<Check>,
    references: Vec<Reference>,
    rules: Rules,
}

impl Validator {
    /// Compiles a table.
    #[must_use]
    pub fn compile(table: &Table, server: &ServerFacts, options: Options) -> Self {
        let rules = Rules::new(server, options);
        let primary: Vec<&str> =
            table.primary_key.iter().flat_map(|key| &key.columns).filter_map(|part| part.column.as_deref()).collect();
        let mariadb = server.dialect == Engine::Mariadb;
        let in_key = |name: &str| primary.iter().any(|column| fold(column) == fold(name));
        let columns: Vec<_> =
            table.columns.iter().map(|model| Column::new(model, mariadb, in_key(&model.name))).collect();
        let names: HashMap<_, _> = columns.iter().enumerate().map(|(at, column)| (column.name.clone(), at)).collect();
        let folded: HashMap<_, _> = columns.iter().enumerate().map(|(at, column)| (fold(&column.name), at)).collect();
        let mut out = Self {
            columns,
            names,
            folded,
            kept: Vec::new(),
            keys: Vec::new(),
            checks: Vec::new(),
            references: Vec::new(),
            rules,
        };
        out.constrain(table);
        out.keep(&table.columns);
        out
    }

    /// Compiles keys, conditions and foreign keys.
    fn constrain(&mut self, table: &Table) {
        let find = |name: &str| self.find(name).map(|(at, _)| at);
        let options = &self.rules.options;
        let (mut keys, mut checks, mut references) = (Vec::new(), Vec::new(), Vec::new());
        if options.constraints {
            keys.extend(table.primary_key.as_ref().map(|key| Key::primary(key, find)));
            keys.extend(table.indexes.iter().filter_map(|index| Key::unique(index, find)));
            checks.extend(table.checks.iter().filter_map(|check| Check::new(check, &self.columns, find)));
        }
        if options.relationships {
            let keys = table.foreign_keys.iter();
            references.extend(keys.map(|key| Reference::new(key, &table.name, &self.rules, find)));
        }
        (self.keys, self.checks, self.references) = (keys, checks, references);
    }

    /// Finds out which columns' stored values are looked at, and what their defaults store.
    fn keep(&mut self, models: &[ColumnModel]) {
        let keys = self.keys.iter().flat_map(|key| key.parts.iter().map(|part| part.column));
        let checks = self.checks.iter().flat_map(|check| check.columns.iter().copied());
        let parts =
            self.references.iter().flat_map(|reference| reference.parts.iter().chain(reference.own.iter().flatten()));
        let mut kept: Vec<usize> = keys.chain(checks).chain(parts.map(|part| part.column)).collect();
        kept.sort_unstable();
        kept.dedup();
        for at in &kept {
            if let (Some(column), Some(model)) = (self.columns.get_mut(*at), models.get(*at)) {
                column.kept = true;
                store_default(column, model, &self.rules);
            }
        }
        self.kept = kept;
    }

    /// The column of that name, and whether it is spelled exactly so.
    fn find(&self, name: &str) -> Option<(usize, bool)> {
        let exact = self.names.get(name).map(|at| (*at, true));
        exact.or_else(|| self.folded.get(&fold(name)).map(|at| (*at, false)))
    }

    /// Begins a batch of rows.
    #[must_use]
    pub fn batch(&self) -> Batch<'_> {
        Batch::new(self)
    }
}

/// Column names fold with Unicode's simple small letters on every server.
fn fold(name: &str) -> String {
    name.chars().flat_map(char::to_lowercase).collect()
}

/// What is stored when the column is left out of an INSERT.
fn store_default(column: &mut Column, model: &ColumnModel, rules: &Rules) {
    let mut slot = std::mem::take(&mut column.default);
    match (column.when_absent, model.literal_default()) {
        (WhenAbsent::Null, _) => slot.clear(Kind::Null),
        (WhenAbsent::Drawn, _) => slot.clear(Kind::Drawn),
        (WhenAbsent::Refused, _) => slot.clear(Kind::Refused),
        (WhenAbsent::FirstMember, _) => {
            slot.member(1, model.r#type.values.first().map_or("", String::as_str));
        }
        (WhenAbsent::Default, Some(text)) => {
            let mut silent = Notes::new(false);
            silent.texts = false;
            let bits = text.strip_prefix("b'").and_then(|text| text.strip_suffix('\''));
            match (&column.kind, bits.map(|bits| u64::from_str_radix(bits, 2))) {
                // Bytes are written in another encoding than rows write them.
                (column::Kind::Binary { .. }, _) => {}
                (column::Kind::Bit { .. }, Some(Ok(bits))) => slot.integer(i128::from(bits)),
                _ => types::check(column, Cell::String(Text::plain(text)), rules, Some(&mut slot), &mut silent),
            }
        }
        _ => {}
    }
    column.default = slot;
}

#[cfg(test)]
#[path = "tests/mod.rs"]
mod tests;
