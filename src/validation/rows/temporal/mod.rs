//! Dates and times (`schema.md` §4.3, §4.4): what each server takes for one, what it changes, what it refuses.

mod civil;
mod read;
mod time;
mod year;

use self::civil::{Civil, Fraction};
use self::read::Read;
use super::code::Code;
use super::column::Kind;
use super::json::Cell;
use super::notes::Notes;
use super::rules::{Offsets, Rules};
use super::slot::Slot;

pub(super) use self::time::time;
pub(super) use self::year::year;

/// A date column.
pub(super) fn date(rules: &Rules, cell: Cell<'_>, slot: Option<&mut Slot>, notes: &mut Notes) {
    if let Cell::String(text) = cell
        && let Some(text) = text.unescaped()
        && let Some(date) = read::plain_date(text)
        && date.is_ordinary()
    {
        if let Some(slot) = slot {
            slot.moment(date.packed());
        }
        return;
    }
    let Some(read) = read_moment(cell, Code::InvalidDate, rules, notes) else { return };
    let Some(mut civil) = acceptable(read, Code::InvalidDate, rules, notes) else { return };
    let time = civil.has_time();
    civil.drop_time();
    if time {
        notes.change(Code::TimePartDropped, "a date column does not keep the time of day", || civil.date_text());
    } else if !read.plain_date {
        notes.change(Code::ValueCoerced, "stored in the form YYYY-MM-DD", || civil.date_text());
    }
    below_supported(&civil, notes);
    if let Some(slot) = slot {
        slot.moment(civil.packed());
    }
}

/// A datetime or timestamp column.
pub(super) fn datetime(
    fsp: u32,
    timestamp: bool,
    rules: &Rules,
    cell: Cell<'_>,
    slot: Option<&mut Slot>,
    notes: &mut Notes,
) {
    let Some(read) = read_moment(cell, Code::InvalidDatetime, rules, notes) else { return };
    let Some(civil) = acceptable(read, Code::InvalidDatetime, rules, notes) else { return };
    let (civil, fraction) = civil.reduced(fsp, rules.rounds_fractions());
    if civil.year > 9999 {
        return notes.say(Code::TemporalOutOfRange, "after 9999-12-31 23:59:59, once the fraction is rounded");
    }
    if timestamp && !civil.is_zero() {
        if civil.month == 0 || civil.day == 0 {
            return notes.say(Code::ZeroDateNotAllowed, "a timestamp has no month or day of zero");
        }
        let second = civil.seconds() - rules.zone;
        if !(1..=rules.timestamp_max).contains(&second) {
            let last =
                if rules.timestamp_max > i64::from(i32::MAX) { "2106-02-07 06:28:15" } else { "2038-01-19 03:14:07" };
            notes.add(Code::TemporalOutOfRange, || format!("a timestamp lies in 1970-01-01 00:00:01 to {last} UTC"));
            return;
        }
    }
    if fraction == Fraction::Reduced {
        notes.change(Code::FractionReduced, reduced_words(rules), || civil.text(fsp));
    }
    if !read.plain {
        notes.change(Code::ValueCoerced, "stored in the form YYYY-MM-DD hh:mm:ss", || civil.text(fsp));
    }
    below_supported(&civil, notes);
    if let Some(slot) = slot {
        slot.moment(civil.packed());
    }
}

const fn reduced_words(rules: &Rules) -> &'static str {
    match rules.rounds_fractions() {
        true => "the fraction of the second has more digits than the column keeps: it is rounded",
        false => "the fraction of the second has more digits than the column keeps: they are cut off",
    }
}

/// Reads a text or a number; says so when it is neither a date nor a time.
fn read_moment(cell: Cell<'_>, code: Code, rules: &Rules, notes: &mut Notes) -> Option<Read> {
    let read = match cell {
        Cell::String(text) => read::text(&text.value()),
        Cell::Number { text, .. } => read::number(text),
        Cell::Bool(false) => read::number("0"),
        _ => None,
    };
    let Some(mut read) = read else {
        notes.say(code, "not written as a date, as in 2024-02-29 or 2024-02-29 13:45:00");
        return None;
    };
    let Some(minutes) = read.offset else { return Some(read) };
    let local = read.civil.shifted(rules.zone - i64::from(minutes) * 60);
    let taken = match rules.offsets {
        Offsets::All => true,
        Offsets::Numeric => !read.zulu,
        Offsets::None => false,
    };
    if taken {
        read.civil = local;
        return Some(read);
    }
    let suggestion = (notes.values && read.civil.is_real()).then(|| local.text(6));
    let message = "this server takes no offset from UTC: write the time in the session's time zone";
    notes.add(Code::TimezoneNotSupported, || message.to_owned()).suggestion = suggestion;
    None
}

/// The date where it exists, or where the server stores it although it does not.
fn acceptable(read: Read, code: Code, rules: &Rules, notes: &mut Notes) -> Option<Civil> {
    let civil = read.civil;
    let zero = civil.month == 0 || civil.day == 0;
    let allowed = if civil.is_zero_date() { rules.zero_date } else { rules.zero_in_date };
    if zero && !allowed && civil.month <= 12 && civil.day <= 31 {
        notes.say(Code::ZeroDateNotAllowed, "a year, month or day of zero is no date");
        return None;
    }
    let day = civil.month <= 12 && civil.day <= if rules.invalid_dates || zero { 31 } else { civil.days_in_month() };
    if !day {
        notes.say(code, "no such day in the calendar");
        return None;
    }
    if civil.hour > 23 || civil.minute > 59 || civil.second > 59 {
        notes.say(code, "no such time of day: hours end at 23, minutes and seconds at 59");
        return None;
    }
    Some(civil)
}

/// A packed date or time as the server writes it.
pub(super) fn written(kind: &Kind, packed: i128) -> Option<String> {
    let packed = i64::try_from(packed).ok()?;
    match kind {
        Kind::Date => Some(Civil::unpacked(packed).date_text()),
        Kind::DateTime { .. } => Some(Civil::unpacked(packed).text(6)),
        Kind::Time { .. } => Some(time::written(packed)),
        _ => None,
    }
}

/// The packed form of a text that is written exactly as values of the type are; none where the server would read more.
pub(super) fn packed(kind: &Kind, text: &str) -> Option<i64> {
    let read = read::text(text).filter(|read| read.offset.is_none() && read.civil.is_real());
    match kind {
        Kind::Date | Kind::DateTime { .. } => {
            read.filter(|read| read.plain || read.plain_date).map(|read| read.civil.packed())
        }
        Kind::Time { .. } => time::packed_text(text),
        _ => None,
    }
}

fn below_supported(civil: &Civil, notes: &mut Notes) {
    if civil.year < 1000 && !civil.is_zero_date() {
        notes
            .say(Code::TemporalBelowSupported, "before the year 1000: stored, but outside of what the server supports");
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
