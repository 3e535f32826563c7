//! ENUM and SET: members by name, by name without case, by number.

use super::super::code::Code;
use super::super::collation::{Collation, Same};
use super::super::json::{Cell, children};
use super::super::notes::Notes;
use super::super::number::Exact;
use super::super::slot::Slot;
use super::not_one_value;

/// Place of the member; exact spelling first, then as the collation compares.
fn find(members: &[String], collation: Collation, word: &str) -> Option<(usize, bool)> {
    if let Some(at) = members.iter().position(|member| member == word) {
        return Some((at, true));
    }
    members.iter().position(|member| collation.same(member, word) == Same::Yes).map(|at| (at, false))
}

/// An enum column.
pub(super) fn one(
    members: &[String],
    collation: Collation,
    cell: Cell<'_>,
    slot: Option<&mut Slot>,
    notes: &mut Notes,
) {
    let place = match cell {
        Cell::String(text) => {
            let word = text.value();
            match find(members, collation, &word) {
                Some((at, exact)) => {
                    if !exact {
                        let name = || members.get(at).cloned().unwrap_or_default();
                        notes.change(Code::ValueCoerced, "the member's own spelling is stored", name);
                    }
                    Some(at)
                }
                None => integer(&word).and_then(|number| by_number(members, number, notes)),
            }
        }
        Cell::Number { text, .. } => cut(text).and_then(|number| by_number(members, number, notes)),
        Cell::Bool(true) => by_number(members, 1, notes),
        Cell::Bool(false) => None,
        Cell::Array(_) | Cell::Object(_) | Cell::Null => return not_one_value(Code::InvalidType, notes),
    };
    let Some((at, member)) = place.and_then(|at| members.get(at).map(|member| (at, member))) else {
        notes.add(Code::EnumValueInvalid, || format!("the value is none of the {} members", members.len()));
        return;
    };
    if let Some(slot) = slot {
        slot.member(at as i128 + 1, member);
    }
}

/// The number a text stands for as a whole: an integer, and blanks before it alone.
fn integer(text: &str) -> Option<u64> {
    let text = text.trim_start();
    let digits = text.strip_prefix('+').unwrap_or(text);
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}

/// A number without its fraction.
fn cut(text: &str) -> Option<u64> {
    match text.parse::<u64>() {
        Ok(number) => Some(number),
        Err(_) => Exact::parse(text).filter(|exact| !exact.negative)?.whole_u64(),
    }
}

fn by_number(members: &[String], number: u64, notes: &mut Notes) -> Option<usize> {
    let at = usize::try_from(number).ok()?.checked_sub(1)?;
    let member = members.get(at)?;
    notes.change(Code::EnumIndexUsed, "a number picks the member at that place", || member.clone());
    Some(at)
}

/// A set column.
pub(super) fn some(
    members: &[String],
    collation: Collation,
    cell: Cell<'_>,
    slot: Option<&mut Slot>,
    notes: &mut Notes,
) {
    let mut found = Found::default();
    let good = match cell {
        Cell::String(text) => {
            let list = text.value();
            let all = list.is_empty() || list.split(',').all(|word| found.add(find(members, collation, word)));
            all || found.by_number(members, integer(&list), notes)
        }
        Cell::Array(text) => {
            children(text, |_, element| match element {
                Cell::String(word) => found.add(find(members, collation, &word.value())),
                _ => found.add(None),
            }) && !found.failed
        }
        Cell::Number { text, .. } => found.by_number(members, cut(text), notes),
        Cell::Bool(flag) => found.by_number(members, Some(u64::from(flag)), notes),
        Cell::Object(_) | Cell::Null => return not_one_value(Code::InvalidType, notes),
    };
    if !good {
        notes.add(Code::SetMemberInvalid, || format!("the value holds what is none of the {} members", members.len()));
        return;
    }
    let words = || {
        let chosen = members.iter().enumerate().filter(|(at, _)| found.mask >> at & 1 == 1);
        chosen.map(|(_, member)| member.as_str()).collect::<Vec<_>>().join(",")
    };
    if found.changed {
        notes.change(Code::ValueCoerced, "the members are stored once each, in the column's order and spelling", words);
    }
    if let Some(slot) = slot {
        slot.member(i128::from(found.mask), &words());
    }
}

/// The members of a set found so far.
#[derive(Default)]
struct Found {
    mask: u64,
    changed: bool,
    failed: bool,
}

impl Found {
    fn add(&mut self, member: Option<(usize, bool)>) -> bool {
        let Some((at, exact)) = member.filter(|(at, _)| *at < 64) else {
            self.failed = true;
            return false;
        };
        // Out of order, twice, or spelled otherwise.
        self.changed |= !exact || self.mask >> at != 0;
        self.mask |= 1 << at;
        true
    }

    fn by_number(&mut self, members: &[String], number: Option<u64>, notes: &mut Notes) -> bool {
        let Some(mask) = number.filter(|mask| members.len() >= 64 || mask >> members.len() == 0) else {
            return false;
        };
        notes.say(Code::ValueCoerced, "a number picks the members whose bits it has");
        (self.mask, self.changed, self.failed) = (mask, false, false);
        true
    }
}
