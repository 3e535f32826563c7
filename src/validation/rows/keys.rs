//! The primary key and the unique keys inside a batch, compared as the database stores them (`schema.md` §4.6).

use super::code::{Code, Weight};
use super::column::Column;
use super::keyset::{Budget, KeySet, Print};
use super::notes::{Note, Notes};
use super::options::Operation;
use super::row::Row;
use super::slot::{Kind, Slot};
use crate::schema::{Index, IndexType, KeyPart, PrimaryKey};

/// A key to compare.
#[derive(Clone, Debug)]
pub(super) struct Key {
    pub(super) name: String,
    primary: bool,
    pub(super) parts: Vec<Part>,
    /// Why it cannot be compared at all.
    unfit: Option<&'static str>,
}

/// A column of a key.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    pub(super) column: usize,
    /// Characters of a text, bytes of a binary, that are in the key.
    pub(super) prefix: Option<usize>,
}

/// What the values of a row make of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoded {
    /// A part is NULL: never a duplicate.
    Null,
    /// A part is drawn by the server.
    Drawn,
    /// A part was refused, and the row with it.
    Refused,
    /// A part is not known.
    Unknown,
    /// The bytes are there. `undecided`: another key may be the same under the collation although its bytes differ.
    Key { undecided: bool },
}

impl Key {
    pub(super) fn primary(key: &PrimaryKey, find: impl Fn(&str) -> Option<usize>) -> Self {
        let (parts, unfit) = parts(&key.columns, find);
        Self { name: "PRIMARY".to_owned(), primary: true, parts, unfit }
    }

    /// A unique index; `None` for one that allows duplicates.
    pub(super) fn unique(index: &Index, find: impl Fn(&str) -> Option<usize>) -> Option<Self> {
        if !index.unique {
            return None;
        }
        let (parts, unfit) = parts(&index.parts, find);
        let unfit = match index {
            Index { multi_valued: true, .. } => Some("it has several entries a row"),
            Index { predicate, .. } if !predicate.is_empty() => Some("it holds only the rows that meet its condition"),
            Index { r#type: IndexType::Btree | IndexType::Hash, .. } => unfit,
            _ => Some("its structure is not known here"),
        };
        Some(Self { name: index.name.clone(), primary: false, parts, unfit })
    }
}

fn parts(parts: &[KeyPart], find: impl Fn(&str) -> Option<usize>) -> (Vec<Part>, Option<&'static str>) {
    let part = |part: &KeyPart| {
        let prefix = part.prefix.and_then(|prefix| usize::try_from(prefix).ok());
        part.column.as_deref().and_then(&find).map(|column| Part { column, prefix })
    };
    match parts.iter().map(part).collect::<Option<Vec<_>>>() {
        Some(parts) if !parts.is_empty() => (parts, None),
        _ => (Vec::new(), Some("a part of it is an expression")),
    }
}

/// Writes the values of a key's columns as bytes: the same bytes are the same key. `rough` writes texts in the form that
/// brings together what a collation may take for the same.
pub(super) fn encode<'a>(
    parts: impl Iterator<Item = (&'a Column, &'a Slot, Option<usize>)>,
    rough: bool,
    out: &mut Vec<u8>,
    text: &mut String,
) -> Encoded {
    out.clear();
    let mut encoded = Encoded::Key { undecided: false };
    for (column, slot, prefix) in parts {
        match slot.kind {
            Kind::Null => return Encoded::Null,
            Kind::Refused => encoded = Encoded::Refused,
            Kind::Drawn if encoded != Encoded::Refused => encoded = Encoded::Drawn,
            Kind::Unknown if !matches!(encoded, Encoded::Refused | Encoded::Drawn) => encoded = Encoded::Unknown,
            Kind::Drawn | Kind::Unknown => {}
            Kind::Integer | Kind::Moment => {
                let bytes = slot.integer.to_le_bytes();
                // The sign's own bytes at the end say nothing.
                let sign = if slot.integer < 0 { 0xFF } else { 0 };
                let length = bytes.iter().rposition(|byte| *byte != sign).map_or(0, |last| last + 1);
                out.push(if slot.integer < 0 { 0x40 } else { 0 } | u8::try_from(length).unwrap_or(16));
                out.extend_from_slice(bytes.get(..length).unwrap_or(&bytes));
            }
            Kind::Decimal => framed(slot.text.as_bytes(), out),
            Kind::Double => out.extend_from_slice(&slot.double.to_bits().to_le_bytes()),
            Kind::Bytes => {
                let end = prefix.unwrap_or(usize::MAX).min(slot.bytes.len());
                framed(slot.bytes.get(..end).unwrap_or_default(), out);
            }
            Kind::Text => {
                let end = prefix.and_then(|prefix| slot.text.char_indices().nth(prefix)).map(|(at, _)| at);
                let value = slot.text.get(..end.unwrap_or(slot.text.len())).unwrap_or_default();
                text.clear();
                match rough {
                    true => column.collation.rough(value, text),
                    false => column.collation.key(value, text),
                }
                framed(text.as_bytes(), out);
                if let Encoded::Key { undecided } = &mut encoded {
                    *undecided |= column.collation.is_undecided(value);
                }
            }
        }
    }
    encoded
}

/// The length before the bytes, so that two values side by side are never taken for two others.
fn framed(bytes: &[u8], out: &mut Vec<u8>) {
    match u8::try_from(bytes.len()) {
        Ok(length) if length < 0xFF => out.push(length),
        _ => {
            out.push(0xFF);
            out.extend_from_slice(&bytes.len().to_le_bytes());
        }
    }
    out.extend_from_slice(bytes);
}

/// What a batch knows of one key.
#[derive(Debug, Default)]
struct Seen {
    exact: KeySet,
    /// Rough forms of the keys that are undecided.
    rough: KeySet,
    /// That it could not be compared has been said.
    said: bool,
}

/// The keys of a batch.
#[derive(Debug)]
pub(super) struct Keys {
    seen: Vec<Seen>,
    bytes: Vec<u8>,
    text: String,
}

impl Keys {
    pub(super) fn new(keys: &[Key]) -> Self {
        Self { seen: keys.iter().map(|_| Seen::default()).collect(), bytes: Vec::new(), text: String::new() }
    }

    /// Compares the row's keys with those of earlier rows.
    pub(super) fn check(&mut self, keys: &[Key], row: Row<'_>, budget: &mut Budget, notes: &mut Notes) {
        let operation = row.rules.options.operation;
        if operation == Operation::Upsert {
            // A key that is there already is what the statement is for.
            return;
        }
        let (bytes, text) = (&mut self.bytes, &mut self.text);
        for (key, seen) in keys.iter().zip(&mut self.seen) {
            if operation == Operation::Update && key.primary {
                // It says which row is changed, and a row may be changed twice.
                continue;
            }
            if let Some(why) = key.unfit {
                seen.say(key, why, notes);
                continue;
            }
            let parts = || row.values(&key.parts);
            match encode(parts(), false, bytes, text) {
                Encoded::Null | Encoded::Drawn | Encoded::Refused => {}
                Encoded::Unknown if operation == Operation::Update => {}
                Encoded::Unknown => seen.say(key, "the server computes a value of it", notes),
                Encoded::Key { undecided } => {
                    let first = seen.exact.insert(Print::of(bytes), row.number, budget);
                    let rough = first.is_none() && (undecided || !seen.rough.is_empty());
                    let perhaps =
                        if rough { seen.perhaps(parts(), undecided, row.number, budget, bytes, text) } else { None };
                    report(key, first, perhaps, operation, notes);
                    if seen.exact.full || seen.rough.full {
                        seen.say(
                            key,
                            "the memory for keys is used up, so later rows are compared with earlier ones alone",
                            notes,
                        );
                    }
                }
            }
        }
    }
}

impl Seen {
    /// Says once that the key could not be compared.
    fn say(&mut self, key: &Key, why: &str, notes: &mut Notes) {
        if !self.said {
            self.said = true;
            let note = Note { code: Some(Code::KeyNotChecked), ..Note::default() };
            let message = format!("duplicates of this key are not looked for: {why}");
            notes.list.push(Note { message, constraint: Some(key.name.clone()), ..note });
        }
    }

    /// An earlier row whose key may be the same.
    fn perhaps<'a>(
        &mut self,
        parts: impl Iterator<Item = (&'a Column, &'a Slot, Option<usize>)>,
        undecided: bool,
        row: u64,
        budget: &mut Budget,
        bytes: &mut Vec<u8>,
        text: &mut String,
    ) -> Option<u64> {
        encode(parts, true, bytes, text);
        let print = Print::of(bytes);
        // The rough form of a plain text is its exact one.
        let plain = self.exact.row(print).filter(|first| *first < row);
        match undecided {
            true => self.rough.insert(print, row, budget).or(plain),
            false => self.rough.row(print),
        }
    }
}

fn report(key: &Key, first: Option<u64>, perhaps: Option<u64>, operation: Operation, notes: &mut Notes) {
    let (code, first_row) = match (first, perhaps) {
        (Some(row), _) if key.primary => (Code::DuplicatePrimaryKey, row),
        (Some(row), _) => (Code::DuplicateUnique, row),
        (None, Some(row)) => (Code::PossibleDuplicate, row),
        (None, None) => return,
    };
    let message = match code {
        Code::PossibleDuplicate => format!("the key may be the same as that of row {first_row} under the collation"),
        _ => format!("row {first_row} has the same key"),
    };
    notes.list.push(Note {
        column: key.parts.first().map(|part| part.column),
        code: Some(code),
        message,
        constraint: Some(key.name.clone()),
        first_row: Some(first_row),
        // Two rows of an update may change the same row of the table.
        weight: (operation == Operation::Update).then_some(Weight::Warning),
        ..Note::default()
    });
}
