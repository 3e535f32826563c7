//! NULL, absent and unwanted values (`schema.md` §4.2): who fills a column that the row does not, and which columns a row
//! must not fill.

use super::code::{Code, Weight};
use super::column::Column;
use super::notes::Notes;
use super::options::Operation;
use super::rules::Rules;
use super::slot::{Kind, Slot};
use crate::schema::Engine;
use crate::schema::column_facts::WhenAbsent;

/// A value, or null, for a column that takes none from a row; true when the column is such a one.
pub(super) fn unwanted(column: &Column, null: bool, rules: &Rules, notes: &mut Notes) -> bool {
    if column.generated {
        if rules.options.constraints {
            let taken = null && rules.engine == Engine::Mariadb;
            let note =
                notes.add(Code::GeneratedColumnSupplied, || "the server computes this column: leave it out".to_owned());
            note.weight = taken.then_some(Weight::Warning);
        }
        return true;
    }
    if column.auto_random && !null && rules.options.constraints {
        notes.say(
            Code::AutoRandomExplicit,
            "the server draws this column's values: leave it out, or set allow_auto_random_explicit_insert",
        );
    }
    false
}

/// Null in a column that is not generated.
pub(super) fn null(column: &Column, rules: &Rules, slot: Option<&mut Slot>, notes: &mut Notes) {
    let kind = if column.auto_increment || column.auto_random {
        Kind::Drawn
    } else if column.nullable {
        Kind::Null
    } else {
        if rules.options.constraints {
            refused(column, notes);
        }
        if column.null_is_now { Kind::Unknown } else { Kind::Refused }
    };
    if let Some(slot) = slot {
        slot.clear(kind);
    }
}

#[cold]
fn refused(column: &Column, notes: &mut Notes) {
    if column.null_is_now {
        let note = notes.add(Code::NullNotAllowed, || "null stores the current time in this column".to_owned());
        note.weight = Some(Weight::Change);
    } else if column.in_primary_key {
        notes.say(Code::PrimaryKeyNull, "the column is part of the primary key and takes no null");
    } else {
        notes.say(Code::NullNotAllowed, "the column takes no null");
    }
}

/// A column that the row leaves out.
pub(super) fn absent(column: &Column, rules: &Rules, slot: Option<&mut Slot>, notes: &mut Notes) {
    if rules.options.operation == Operation::Update {
        if let Some(slot) = slot {
            slot.clear(Kind::Unknown);
        }
        return;
    }
    if let Some(slot) = slot {
        slot.copy(&column.default);
    }
    if !rules.options.constraints {
        return;
    }
    match column.when_absent {
        WhenAbsent::Refused if column.in_primary_key => {
            notes.say(Code::PrimaryKeyMissing, "part of the primary key, without a default: the row must have it");
        }
        WhenAbsent::Refused => notes.say(Code::MissingRequired, "NOT NULL without a default: the row must have it"),
        WhenAbsent::FirstMember => {
            notes.say(Code::ImplicitDefaultUsed, "NOT NULL without a default: the first member of the enum is stored");
        }
        _ => {}
    }
}
