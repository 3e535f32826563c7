//! A batch of rows: one pass over each row's text, then what needs its stored values.

use super::Validator;
use super::checks;
use super::code::Code;
use super::json::{Cell, Fault, Scanner, Text};
use super::keys::Keys;
use super::keyset::Budget;
use super::notes::{Note, Notes};
use super::presence;
use super::references::References;
use super::row::Row;
use super::sink::Sink;
use super::slot::{Kind, Slot};
use super::types;

mod finish;

/// Rows that are judged together: keys and foreign keys are compared among them.
#[derive(Debug)]
pub struct Batch<'v> {
    validator: &'v Validator,
    /// Number of the next row.
    row: u64,
    notes: Notes,
    sink: Sink,
    slots: Vec<Slot>,
    /// For each column the last row that had it, counted from 1.
    given: Vec<u64>,
    /// Columns in the order in which the last row had them: most rows have the same one.
    order: Vec<usize>,
    keys: Keys,
    references: References,
    budget: Budget,
    /// Columns of which it was said that their type is not checked.
    said_type: Vec<bool>,
    /// Conditions of which it was said that they are not evaluated.
    said_check: Vec<bool>,
}

impl<'v> Batch<'v> {
    pub(super) fn new(validator: &'v Validator) -> Self {
        let columns = validator.columns.len();
        let options = &validator.rules.options;
        Self {
            validator,
            row: 0,
            notes: Notes::new(options.include_values),
            sink: Sink::default(),
            slots: vec![Slot::default(); columns],
            given: vec![0; columns],
            order: Vec::with_capacity(columns),
            keys: Keys::new(&validator.keys),
            references: References::new(&validator.references, options.lookups),
            budget: Budget::new(options.key_memory),
            said_type: vec![false; columns],
            said_check: vec![false; validator.checks.len()],
        }
    }

    /// Judges one row, a JSON object.
    pub fn row(&mut self, bytes: &[u8]) {
        let row = self.row;
        let whole = match std::str::from_utf8(bytes) {
            Ok(text) => self.fields(text),
            Err(_) => Err(Fault::Syntax(0)),
        };
        match whole {
            Ok(true) => self.constraints(row),
            Ok(false) => {}
            Err(fault) => self.unreadable(fault),
        }
        self.close(row);
    }

    /// Counts a row that is too large to be read.
    pub fn too_large(&mut self, limit: usize) {
        let row = self.row;
        self.notes.column = None;
        self.notes.add(Code::RowTooLarge, || format!("the row is larger than {limit} bytes and was not read"));
        self.close(row);
    }

    /// Notes that the rows did not come whole: what follows is not known.
    pub fn broken(&mut self, message: &str) {
        self.notes.column = None;
        self.notes.say(Code::JsonInvalid, message);
        self.sink.take(None, &mut self.notes, &self.validator.columns, &self.validator.rules);
    }

    /// Judges the fields; false when there are none to go on with.
    fn fields(&mut self, text: &str) -> Result<bool, Fault> {
        let mut scanner = Scanner::new(text);
        self.notes.column = None;
        if !scanner.take(b'{') {
            Scanner::whole(text)?;
            self.notes.say(Code::InvalidType, "the row is no JSON object");
            return Ok(false);
        }
        if scanner.take(b'}') {
            scanner.end()?;
            self.notes.say(Code::EmptyData, "the row has no fields");
            return Ok(false);
        }
        let (stamp, mut position, mut given) = (self.row + 1, 0, 0);
        loop {
            let column = match self.guess(&mut scanner, position, stamp) {
                Some(at) => Some(at),
                None => {
                    let key = scanner.key()?;
                    self.look_up(key, position, stamp)
                }
            };
            let cell = scanner.value(1)?;
            if let Some(at) = column {
                given += 1;
                self.cell(at, cell);
            }
            position += 1;
            if scanner.take(b'}') {
                break;
            }
            scanner.need(b',')?;
        }
        scanner.end()?;
        if given < self.given.len() {
            self.absent(stamp);
        }
        Ok(true)
    }

    /// Steps over the key that the last row had in this place, when this row has it too.
    #[inline]
    fn guess(&mut self, scanner: &mut Scanner<'_>, position: usize, stamp: u64) -> Option<usize> {
        let at = self.order.get(position).copied()?;
        let column = self.validator.columns.get(at)?;
        let last = self.given.get_mut(at).filter(|last| **last != stamp)?;
        if !scanner.skip(&column.key) {
            return None;
        }
        *last = stamp;
        Some(at)
    }

    /// The column a field is for.
    fn look_up(&mut self, key: Text<'_>, position: usize, stamp: u64) -> Option<usize> {
        let name = key.value();
        self.notes.column = None;
        let Some((at, exact)) = self.validator.find(&name) else {
            self.notes.add(Code::UnknownColumn, || "the table has no such column".to_owned()).field =
                Some(name.into_owned());
            return None;
        };
        self.notes.column = Some(at);
        let last = self.given.get_mut(at)?;
        if *last == stamp {
            self.notes.say(Code::DuplicateField, "two fields of the row are this column");
            return None;
        }
        *last = stamp;
        if !exact {
            let spelled = &self.validator.columns.get(at)?.name;
            self.notes.add(Code::FieldCaseMismatch, || format!("the column is spelled {spelled}"));
        }
        // Unknown fields take places too; beyond twice as many as columns nothing is learnt.
        if position < self.given.len() * 2 {
            if self.order.len() <= position {
                self.order.resize(position + 1, usize::MAX);
            }
            if let Some(place) = self.order.get_mut(position) {
                *place = at;
            }
        }
        Some(at)
    }

    /// Judges one value.
    #[inline]
    fn cell(&mut self, at: usize, cell: Cell<'_>) {
        let (rules, notes) = (&self.validator.rules, &mut self.notes);
        let (Some(column), Some(slot)) = (self.validator.columns.get(at), self.slots.get_mut(at)) else { return };
        notes.column = Some(at);
        let before = notes.list.len();
        let mut slot = column.kept.then_some(slot);
        if let Some(slot) = &mut slot {
            slot.kind = Kind::Unknown;
        }
        if (column.generated || column.auto_random) && presence::unwanted(column, cell == Cell::Null, rules, notes) {
            return;
        }
        if cell == Cell::Null {
            return presence::null(column, rules, slot, notes);
        }
        let draws = column.auto_increment && !rules.auto_value_on_zero;
        types::check(column, cell, rules, slot.as_deref_mut(), notes);
        if let Some(slot) = slot {
            match slot.kind {
                Kind::Integer if draws && slot.integer == 0 => slot.clear(Kind::Drawn),
                // What is stored is not known here; that is worth a word where the row is not refused for it.
                Kind::Unknown if notes.list.iter().skip(before).any(|note| note.refuses(rules)) => {
                    slot.kind = Kind::Refused
                }
                _ => {}
            }
        }
        if notes.list.len() > before {
            self.found(at, before);
        }
    }

    /// Drops what was not asked for, and says once per column what concerns all its values.
    #[cold]
    fn found(&mut self, at: usize, before: usize) {
        if !self.validator.rules.options.types {
            self.notes.list.truncate(before);
            return;
        }
        if let Some(said) = self.said_type.get_mut(at) {
            let unchecked = |note: &Note| note.code == Some(Code::TypeNotChecked);
            let new = self.notes.list.iter().skip(before).any(unchecked);
            if new && *said {
                let mut place = 0;
                self.notes.list.retain(|note| {
                    place += 1;
                    place <= before || !unchecked(note)
                });
            }
            *said |= new;
        }
    }

    /// Judges what the row leaves out.
    #[cold]
    fn absent(&mut self, stamp: u64) {
        let given = self.given.iter().zip(&self.validator.columns).zip(&mut self.slots);
        for (at, ((last, column), slot)) in given.enumerate() {
            if *last != stamp {
                self.notes.column = Some(at);
                presence::absent(column, &self.validator.rules, column.kept.then_some(slot), &mut self.notes);
            }
        }
    }

    /// Keys, conditions and foreign keys.
    #[inline]
    fn constraints(&mut self, row: u64) {
        let Validator { columns, keys, checks, references, rules, kept, .. } = self.validator;
        if kept.is_empty() && keys.is_empty() && checks.is_empty() && references.is_empty() {
            return;
        }
        let (slots, notes, budget) = (&self.slots, &mut self.notes, &mut self.budget);
        checks::check(checks, columns, slots, &mut self.said_check, notes);
        let row = Row { number: row, columns, slots, rules };
        self.keys.check(keys, row, budget, notes);
        self.references.check(references, row, budget, notes);
    }

    #[cold]
    fn unreadable(&mut self, fault: Fault) {
        // What was found before the fault is of no use: the row has to be written anew.
        self.notes.list.clear();
        self.notes.column = None;
        match fault {
            Fault::Depth => self.notes.say(Code::JsonTooDeep, "the row is nested too deep to be read"),
            Fault::Syntax(at) => {
                _ = self.notes.add(Code::JsonInvalid, || format!("the row is no JSON: see byte {at} of it"))
            }
        }
    }

    /// Ends a row.
    #[inline]
    fn close(&mut self, row: u64) {
        self.row += 1;
        self.sink.rows_total += 1;
        if !self.notes.list.is_empty()
            && self.sink.take(Some(row), &mut self.notes, &self.validator.columns, &self.validator.rules)
        {
            self.sink.rows_invalid += 1;
            self.references.failed(row);
        }
    }
}
