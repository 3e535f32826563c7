//! Foreign keys (`schema.md` §4.7): satisfied inside the batch, or put to the caller, who may look into the database. What
//! nobody looked for is said to be not checked.

use std::collections::HashMap;

use super::code::{Code, Weight};
use super::column::Column;
use super::keys::{Encoded, Part, encode};
use super::keyset::{Budget, KeySet, Print};
use super::notes::{Note, Notes};
use super::options::Operation;
use super::row::Row;
use super::rules::Rules;
use super::slot::{Kind, Slot};
use super::temporal;
use crate::schema::{Engine, ForeignKey};

/// Memory of one row that waits for its parent.
const PENDING: usize = size_of::<Pending>() * 2;

/// One value of a key to look for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum KeyValue {
    /// An integer or decimal, as SQL writes it.
    Number(String),
    /// Text, or a date or time in ISO form: to be compared in the parent column's collation.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

/// Parent keys that the batch does not hold: does the database?
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lookup {
    /// The foreign key; hand it back with the answer.
    pub foreign_key: String,
    /// The parent's database; none when it is the table's own.
    pub database: Option<String>,
    /// The parent table.
    pub table: String,
    /// The parent's columns.
    pub columns: Vec<String>,
    /// The keys, each value of one in the order of the columns.
    pub tuples: Vec<Vec<KeyValue>>,
}

/// A foreign key to check.
#[derive(Clone, Debug)]
pub(super) struct Reference {
    model: ForeignKey,
    pub(super) parts: Vec<Part>,
    /// The parent's columns, when the parent is this table.
    pub(super) own: Option<Vec<Part>>,
    /// The server does not enforce it.
    lenient: bool,
    unfit: bool,
}

impl Reference {
    pub(super) fn new(model: &ForeignKey, table: &str, rules: &Rules, find: impl Fn(&str) -> Option<usize>) -> Self {
        let parts = |names: &[String]| {
            let part = |name: &String| find(name).map(|column| Part { column, prefix: None });
            names.iter().map(part).collect::<Option<Vec<_>>>().filter(|parts| !parts.is_empty())
        };
        let itself = model.ref_database.is_none() && model.ref_table == table;
        let own = if itself { parts(&model.ref_columns) } else { None };
        let child = parts(&model.columns);
        Self {
            unfit: child.is_none() || (itself && own.is_none()),
            parts: child.unwrap_or_default(),
            own,
            lenient: model.valid == Some(false) || !rules.foreign_keys,
            model: model.clone(),
        }
    }

    fn note(&self, code: Code, message: &str) -> Note {
        Note {
            column: self.parts.first().map(|part| part.column),
            code: Some(code),
            message: message.to_owned(),
            constraint: Some(self.model.name.clone()),
            weight: self.lenient.then_some(Weight::Warning),
            ..Note::default()
        }
    }

    fn parent(&self) -> String {
        let table = &self.model.ref_table;
        self.model.ref_database.as_ref().map_or_else(|| table.clone(), |database| format!("{database}.{table}"))
    }
}

/// A row whose parent has not been seen.
#[derive(Clone, Copy, Debug)]
struct Pending {
    row: u64,
    print: Print,
    /// Place among the keys to look for.
    wanted: Option<usize>,
    /// The row has no other error.
    valid: bool,
}

/// What a batch knows of one foreign key.
#[derive(Debug, Default)]
struct Known {
    parents: KeySet,
    wanted: HashMap<Print, usize>,
    tuples: Vec<Vec<KeyValue>>,
    answers: Vec<Option<bool>>,
    pending: Vec<Pending>,
    said: bool,
}

/// The foreign keys of a batch.
#[derive(Debug)]
pub(super) struct References {
    known: Vec<Known>,
    lookups_left: usize,
    bytes: Vec<u8>,
    text: String,
}

impl References {
    pub(super) fn new(references: &[Reference], lookups: usize) -> Self {
        let known = references.iter().map(|_| Known::default()).collect();
        Self { known, lookups_left: lookups, bytes: Vec::new(), text: String::new() }
    }

    /// Takes the row's own key as a parent's, and looks for the parents of the row in the batch.
    pub(super) fn check(&mut self, references: &[Reference], row: Row<'_>, budget: &mut Budget, notes: &mut Notes) {
        let Row { number, columns, slots, rules } = row;
        let (bytes, text) = (&mut self.bytes, &mut self.text);
        for (reference, known) in references.iter().zip(&mut self.known) {
            if let Some(own) = &reference.own
                && let Encoded::Key { .. } = encode(row.values(own), false, bytes, text)
            {
                known.parents.insert(Print::of(bytes), number, budget);
            }
            if reference.unfit {
                known.say(reference, notes);
                continue;
            }
            // The child's value compares as the parent's column does, where that is known.
            let compared = reference.own.as_ref().unwrap_or(&reference.parts);
            let values = compared.iter().zip(&reference.parts);
            let parts = values.filter_map(|(by, of)| Some((columns.get(by.column)?, slots.get(of.column)?, None)));
            let undecided = match encode(parts, false, bytes, text) {
                Encoded::Null | Encoded::Refused => continue,
                Encoded::Unknown if rules.options.operation == Operation::Update => continue,
                Encoded::Drawn | Encoded::Unknown => {
                    known.say(reference, notes);
                    continue;
                }
                Encoded::Key { undecided } => undecided,
            };
            let print = Print::of(bytes);
            if known.parents.row(print).is_some() {
                continue;
            }
            if (rules.options.lookups == 0 && (reference.own.is_none() || undecided)) || !budget.take(PENDING) {
                known.say(reference, notes);
                continue;
            }
            let wanted = known.want(print, &mut self.lookups_left, || tuple(&reference.parts, columns, slots));
            known.pending.push(Pending { row: number, print, wanted, valid: true });
        }
    }

    /// The row that was checked last has an error of another kind.
    pub(super) fn failed(&mut self, row: u64) {
        for known in &mut self.known {
            if let Some(pending) = known.pending.last_mut().filter(|pending| pending.row == row) {
                pending.valid = false;
            }
        }
    }

    /// What the caller may look for.
    pub(super) fn lookups(&self, references: &[Reference]) -> Vec<Lookup> {
        let asked = references.iter().zip(&self.known).filter(|(_, known)| !known.tuples.is_empty());
        let lookup = |(reference, known): (&Reference, &Known)| Lookup {
            foreign_key: reference.model.name.clone(),
            database: reference.model.ref_database.clone(),
            table: reference.model.ref_table.clone(),
            columns: reference.model.ref_columns.clone(),
            tuples: known.tuples.clone(),
        };
        asked.map(lookup).collect()
    }

    /// Takes the answer to a lookup, one for each of its tuples in order.
    pub(super) fn answer(&mut self, references: &[Reference], foreign_key: &str, found: &[Option<bool>]) {
        for (reference, known) in references.iter().zip(&mut self.known) {
            if reference.model.name == foreign_key {
                known.answers = found.to_vec();
            }
        }
    }

    /// Judges the rows whose parents were not seen before them; each with its findings and whether it had no other error.
    pub(super) fn settle(
        &mut self,
        references: &[Reference],
        rules: &Rules,
        notes: &mut Notes,
        mut judged: impl FnMut(u64, bool, &mut Notes),
    ) {
        for (reference, known) in references.iter().zip(&mut self.known) {
            for pending in std::mem::take(&mut known.pending) {
                let later = known.parents.row(pending.print).is_some();
                let found = pending.wanted.and_then(|at| known.answers.get(at).copied().flatten());
                match found {
                    Some(true) => {}
                    _ if later && rules.options.operation == Operation::Insert => {
                        let message = "the parent row comes later in the batch: put it before this one";
                        let mut note = reference.note(Code::ForeignKeyForwardReference, message);
                        if rules.engine == Engine::Tidb {
                            note.weight = Some(Weight::Warning);
                        }
                        notes.list.push(note);
                    }
                    Some(false) if !later => {
                        let message = format!("{} has no row with this key", reference.parent());
                        notes.list.push(reference.note(Code::ForeignKeyNotFound, &message));
                    }
                    _ => known.say(reference, notes),
                }
                judged(pending.row, pending.valid, notes);
            }
        }
    }
}

impl Known {
    fn want(&mut self, print: Print, left: &mut usize, tuple: impl FnOnce() -> Option<Vec<KeyValue>>) -> Option<usize> {
        if let Some(at) = self.wanted.get(&print) {
            return Some(*at);
        }
        let tuple = if *left > 0 { tuple()? } else { return None };
        *left -= 1;
        self.tuples.push(tuple);
        self.wanted.insert(print, self.tuples.len() - 1);
        Some(self.tuples.len() - 1)
    }

    fn say(&mut self, reference: &Reference, notes: &mut Notes) {
        if !self.said {
            self.said = true;
            let message = format!("parent rows in {} are not looked for, or not all of them", reference.parent());
            let note = reference.note(Code::ForeignKeyNotChecked, &message);
            notes.list.push(Note { column: None, ..note });
        }
    }
}

fn tuple(parts: &[Part], columns: &[Column], slots: &[Slot]) -> Option<Vec<KeyValue>> {
    let value = |part: &Part| {
        let (column, slot) = (columns.get(part.column)?, slots.get(part.column)?);
        Some(match slot.kind {
            Kind::Integer => KeyValue::Number(slot.integer.to_string()),
            Kind::Decimal => KeyValue::Number(slot.text.clone()),
            Kind::Text => KeyValue::Text(slot.text.clone()),
            Kind::Bytes => KeyValue::Bytes(slot.bytes.clone()),
            Kind::Moment => KeyValue::Text(temporal::written(&column.kind, slot.integer)?),
            Kind::Double | Kind::Null | Kind::Drawn | Kind::Refused | Kind::Unknown => return None,
        })
    };
    parts.iter().map(value).collect()
}
