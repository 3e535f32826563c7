//! TIME columns: a span from -838:59:59 to 838:59:59.

use super::super::code::Code;
use super::super::json::Cell;
use super::super::notes::Notes;
use super::super::number::Exact;
use super::super::rules::Rules;
use super::super::slot::Slot;
use super::civil::{Civil, fraction_text};
use super::read;

const MAX_HOURS: u32 = 838;

/// A span as read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    negative: bool,
    hours: u32,
    minutes: u32,
    seconds: u32,
    nanos: u32,
    /// Written exactly as `[-]h:mm:ss[.f]`.
    plain: bool,
    /// A date stood before it and is dropped.
    dated: bool,
}

impl Span {
    fn micros(&self) -> i64 {
        let seconds = i64::from(self.hours) * 3600 + i64::from(self.minutes) * 60 + i64::from(self.seconds);
        let size = seconds * 1_000_000 + i64::from(self.nanos / 1000);
        if self.negative { -size } else { size }
    }

    fn text(&self, fsp: u32) -> String {
        let sign = if self.negative { "-" } else { "" };
        format!("{sign}{:02}:{:02}:{:02}{}", self.hours, self.minutes, self.seconds, fraction_text(self.nanos, fsp))
    }
}

/// A time column.
pub(in super::super) fn time(fsp: u32, rules: &Rules, cell: Cell<'_>, slot: Option<&mut Slot>, notes: &mut Notes) {
    if let Cell::String(text) = cell
        && let Some(span) = text.unescaped().and_then(usual)
    {
        if let Some(slot) = slot {
            slot.moment(span.micros());
        }
        return;
    }
    let span = match cell {
        Cell::String(text) => of_text(&text.value()),
        Cell::Number { text, .. } => of_number(text),
        Cell::Bool(flag) => of_number(if flag { "1" } else { "0" }),
        _ => None,
    };
    let Some(span) = span else {
        return notes.say(Code::InvalidTime, "not written as a time, as in 13:45:00 or -101:00:00.5");
    };
    if span.minutes > 59 || span.seconds > 59 {
        return notes.say(Code::InvalidTime, "minutes and seconds end at 59");
    }
    let (span, reduced) = reduce(span, fsp, rules.rounds_fractions());
    if span.hours > MAX_HOURS {
        return notes.say(Code::TemporalOutOfRange, "a time lies in -838:59:59 to 838:59:59");
    }
    if reduced {
        notes.change(Code::FractionReduced, super::reduced_words(rules), || span.text(fsp));
    }
    if span.dated || !span.plain {
        let message = if span.dated { "a time column does not keep the date" } else { "stored in the form hh:mm:ss" };
        notes.change(Code::ValueCoerced, message, || span.text(fsp));
    }
    if let Some(slot) = slot {
        slot.moment(span.micros());
    }
}

/// Exactly `hh:mm:ss`, and within a day or four.
#[inline]
fn usual(text: &str) -> Option<Span> {
    let bytes = text.as_bytes();
    if bytes.len() != 8 || bytes.get(2) != Some(&b':') || bytes.get(5) != Some(&b':') {
        return None;
    }
    let part = |from| read::fixed(bytes, from, 2);
    let (hours, minutes, seconds) = (part(0)?, part(3)?, part(6)?);
    let good = minutes < 60 && seconds < 60;
    good.then_some(Span { negative: false, hours, minutes, seconds, nanos: 0, plain: true, dated: false })
}

/// A stored time as the server writes it.
pub(super) fn written(micros: i64) -> String {
    let (size, part) = (micros.abs(), |value: i64| u32::try_from(value).unwrap_or(0));
    let seconds = size / 1_000_000;
    let (hours, minutes) = (part(seconds / 3600), part(seconds / 60 % 60));
    let nanos = part(size % 1_000_000) * 1000;
    let seconds = part(seconds % 60);
    Span { negative: micros < 0, hours, minutes, seconds, nanos, plain: true, dated: false }.text(6)
}

/// The stored form of a text written as times are.
pub(super) fn packed_text(text: &str) -> Option<i64> {
    of_text(text).filter(|span| span.plain && span.minutes < 60 && span.seconds < 60).map(|span| span.micros())
}

fn reduce(mut span: Span, fsp: u32, round: bool) -> (Span, bool) {
    let civil = Civil { year: 2000, month: 1, day: 1, nanos: span.nanos, ..Civil::default() };
    let (kept, fraction) = civil.reduced(fsp, round);
    span.nanos = kept.nanos;
    if kept.second > 0 {
        span.seconds += 1;
        if span.seconds == 60 {
            (span.seconds, span.minutes) = (0, span.minutes + 1);
        }
        if span.minutes == 60 {
            (span.minutes, span.hours) = (0, span.hours + 1);
        }
    }
    (span, fraction == super::civil::Fraction::Reduced)
}

fn of_civil(civil: Civil) -> Option<Span> {
    let (hours, minutes, seconds, nanos) = (civil.hour, civil.minute, civil.second, civil.nanos);
    let real = civil.is_real();
    real.then_some(Span { negative: false, hours, minutes, seconds, nanos, plain: false, dated: true })
}

fn of_text(text: &str) -> Option<Span> {
    let trimmed = text.trim_matches(|c: char| c.is_ascii_whitespace());
    let (negative, unsigned) = match trimmed.as_bytes().first()? {
        b'-' => (true, trimmed.get(1..)?.trim_start()),
        b'+' => (false, trimmed.get(1..)?.trim_start()),
        _ => (false, trimmed),
    };
    let (clock, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let nanos = read::nanos(fraction)?;
    let span = |hours, minutes, seconds| Span { negative, hours, minutes, seconds, nanos, plain: false, dated: false };
    let (days, clock) = match clock.split_once(' ') {
        Some((days, clock)) if days.bytes().all(|byte| byte.is_ascii_digit()) => {
            (Some(digits(days)?), clock.trim_start())
        }
        _ => (None, clock),
    };
    let mut parts = clock.split(':');
    let first = parts.next().and_then(digits);
    let span = match (first, parts.next(), parts.next(), parts.next()) {
        (Some(hours), Some(minutes), Some(seconds), None) => span(hours, digits(minutes)?, digits(seconds)?),
        (Some(hours), Some(minutes), None, _) if fraction.is_empty() => span(hours, digits(minutes)?, 0),
        (Some(hours), None, ..) if days.is_some() && fraction.is_empty() => span(hours, 0, 0),
        (Some(_), None, ..) if days.is_none() && clock.len() <= 7 => packed(digits(clock)?, nanos, negative),
        _ if !negative => {
            return read::text(text).filter(|read| is_dated(trimmed, read)).and_then(|read| of_civil(read.civil));
        }
        _ => return None,
    };
    let hours = span.hours.checked_add(days.unwrap_or(0).checked_mul(24)?)?;
    let plain = days.is_none() && is_plain(clock) && trimmed.len() == text.len() && !trimmed.starts_with('+');
    Some(Span { hours, plain, ..span })
}

/// A full date and time, without an offset.
fn is_dated(text: &str, read: &read::Read) -> bool {
    let timed = text.contains([':', 'T']) || text.len() >= 12;
    read.offset.is_none() && timed
}

/// `h:mm:ss` with as many digits as the server writes, or fewer hours.
fn is_plain(clock: &str) -> bool {
    let parts: Vec<usize> = clock.split(':').map(str::len).collect();
    matches!(parts.as_slice(), [1..=3, 2, 2])
}

fn digits(text: &str) -> Option<u32> {
    let good = !text.is_empty() && text.len() <= 9 && text.bytes().all(|byte| byte.is_ascii_digit());
    good.then(|| text.parse().ok()).flatten()
}

/// `hhmmss` in one number.
const fn packed(number: u32, nanos: u32, negative: bool) -> Span {
    let (hours, minutes, seconds) = (number / 10_000, number / 100 % 100, number % 100);
    Span { negative, hours, minutes, seconds, nanos, plain: false, dated: false }
}

fn of_number(text: &str) -> Option<Span> {
    let exact = Exact::parse(text)?;
    let number = exact.whole_u64()?;
    let fraction = text.split_once('.').map_or("", |(_, fraction)| fraction);
    let nanos = read::nanos(fraction).unwrap_or(0);
    match u32::try_from(number) {
        Ok(number) => Some(packed(number, nanos, exact.negative)),
        Err(_) if !exact.negative => of_civil(read::number(text)?.civil),
        Err(_) => None,
    }
}
