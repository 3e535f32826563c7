//! One value against one column's type (`schema.md` §4.3): what the server stores, what it changes in silence, what it
//! refuses. One file per family of types.

mod bytes;
mod document;
mod float;
mod members;
mod network;
mod numeric;
mod spatial;
mod text;

use super::code::Code;
use super::column::{Column, Kind};
use super::json::Cell;
use super::notes::Notes;
use super::rules::Rules;
use super::slot::Slot;
use super::temporal;

/// Judges a value that is not null. With a `slot`, keeps what would be stored; it stays unknown when the value is refused.
#[inline]
pub(super) fn check(column: &Column, cell: Cell<'_>, rules: &Rules, slot: Option<&mut Slot>, notes: &mut Notes) {
    match &column.kind {
        Kind::Integer { min, max, boolean } => numeric::integer((*min, *max), *boolean, cell, slot, notes),
        Kind::Decimal { precision, scale, unsigned } => {
            numeric::decimal(*precision, *scale, *unsigned, cell, slot, notes);
        }
        Kind::Float { double, digits, unsigned } => float::float(*double, *digits, *unsigned, cell, slot, notes),
        Kind::Bit { bits } => numeric::bit(*bits, cell, slot, notes),
        Kind::Text(text) => text::check(text, cell, slot, notes),
        Kind::Binary { max, padded } => bytes::check(*max, *padded, rules, cell, slot, notes),
        Kind::Date => temporal::date(rules, cell, slot, notes),
        Kind::DateTime { fsp, timestamp } => temporal::datetime(*fsp, *timestamp, rules, cell, slot, notes),
        Kind::Time { fsp } => temporal::time(*fsp, rules, cell, slot, notes),
        Kind::Year => temporal::year(cell, slot, notes),
        Kind::Enum(members) => members::one(members, column.collation, cell, slot, notes),
        Kind::Set(members) => members::some(members, column.collation, cell, slot, notes),
        Kind::Json => document::json(rules, cell, slot, notes),
        Kind::Vector { dims } => document::vector(*dims, cell, notes),
        Kind::Uuid => network::uuid(cell, slot, notes),
        Kind::Inet4 => network::inet4(cell, slot, notes),
        Kind::Inet6 => network::inet6(cell, slot, notes),
        Kind::Spatial(base) => spatial::check(base, cell, notes),
        Kind::Unknown => notes.say(Code::TypeNotChecked, "the type is not known here, so its values are not checked"),
    }
}

/// An array or object where one value belongs.
#[cold]
fn not_one_value(code: Code, notes: &mut Notes) {
    notes.say(code, "an array or object is no value of this type");
}
