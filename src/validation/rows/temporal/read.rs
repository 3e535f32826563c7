//! Reads a date and time from a text or a number, as the servers do: any punctuation between the parts, two digits of a
//! year, no punctuation at all.

use super::super::number::Exact;
use super::super::zone::offset_minutes;
use super::civil::Civil;

/// What was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Read {
    pub(super) civil: Civil,
    /// Written exactly as `YYYY-MM-DD`.
    pub(super) plain_date: bool,
    /// Written exactly as `YYYY-MM-DD hh:mm:ss[.f]`, with a `T` perhaps.
    pub(super) plain: bool,
    /// Minutes from UTC, where it says.
    pub(super) offset: Option<i32>,
    /// It says so as `Z`.
    pub(super) zulu: bool,
}

/// The number of `length` digits at `from`.
#[inline]
pub(super) fn fixed(bytes: &[u8], from: usize, length: usize) -> Option<u32> {
    bytes.get(from..from + length)?.iter().try_fold(0_u32, |value, byte| {
        let digit = byte.wrapping_sub(b'0');
        (digit <= 9).then(|| value * 10 + u32::from(digit))
    })
}

/// Exactly `YYYY-MM-DD`.
#[inline]
pub(super) fn plain_date(text: &str) -> Option<Civil> {
    if text.len() == 10 { date_at_start(text.as_bytes()) } else { None }
}

#[inline]
fn date_at_start(bytes: &[u8]) -> Option<Civil> {
    if bytes.get(4) != Some(&b'-') || bytes.get(7) != Some(&b'-') {
        return None;
    }
    let (year, month, day) = (fixed(bytes, 0, 4)?, fixed(bytes, 5, 2)?, fixed(bytes, 8, 2)?);
    Some(Civil { year, month, day, ..Civil::default() })
}

/// Exactly `YYYY-MM-DD hh:mm:ss[.f]`.
#[inline]
fn plain(text: &str) -> Option<Civil> {
    let bytes = text.as_bytes();
    let mut civil = date_at_start(bytes)?;
    let marks =
        matches!(bytes.get(10), Some(b' ' | b'T')) && bytes.get(13) == Some(&b':') && bytes.get(16) == Some(&b':');
    if !marks {
        return None;
    }
    (civil.hour, civil.minute, civil.second) = (fixed(bytes, 11, 2)?, fixed(bytes, 14, 2)?, fixed(bytes, 17, 2)?);
    match bytes.get(19) {
        None => {}
        Some(b'.') => civil.nanos = nanos(text.get(20..).filter(|fraction| !fraction.is_empty())?)?,
        Some(_) => return None,
    }
    Some(civil)
}

/// Billionths from the digits after the point; all of them must be digits.
pub(super) fn nanos(digits: &str) -> Option<u32> {
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let kept = digits.bytes().chain(std::iter::repeat(b'0')).take(9);
    Some(kept.fold(0, |value, digit| value * 10 + u32::from(digit - b'0')))
}

/// Reads a text.
#[inline]
pub(super) fn text(text: &str) -> Option<Read> {
    if let Some(civil) = plain(text) {
        return Some(Read { civil, plain_date: false, plain: true, offset: None, zulu: false });
    }
    unusual(text)
}

fn unusual(text: &str) -> Option<Read> {
    let mut read = Read { civil: Civil::default(), plain_date: false, plain: false, offset: None, zulu: false };
    if let Some(civil) = plain_date(text) {
        return Some(Read { civil, plain_date: true, ..read });
    }
    let text = text.trim_matches(|c: char| c.is_ascii_whitespace());
    let (without, offset) = cut_offset(text);
    read.civil = delimited(without).or_else(|| digits_only(without))?;
    if let Some((minutes, zulu)) = offset {
        (read.offset, read.zulu) = (Some(minutes), zulu);
        read.plain = plain(without).is_some();
    }
    Some(read)
}

/// Splits off `Z` or `+hh:mm` behind a time of day.
fn cut_offset(text: &str) -> (&str, Option<(i32, bool)>) {
    let timed = text.contains(':');
    if let Some(rest) = text.strip_suffix(['Z', 'z']).filter(|_| timed) {
        return (rest, Some((0, true)));
    }
    let at = text.len().saturating_sub(6);
    match (text.get(..at), text.get(at..).and_then(offset_minutes)) {
        (Some(rest), Some(minutes)) if timed && rest.contains(':') => (rest, Some((minutes, false))),
        _ => (text, None),
    }
}

/// Parts with punctuation between them; the time of day may be missing from its end.
fn delimited(text: &str) -> Option<Civil> {
    let mut parts = Parts { rest: text };
    let year_digits = parts.digits();
    let mut civil = Civil { year: parts.number()?, ..Civil::default() };
    if year_digits > 4 {
        return None;
    }
    if year_digits == 2 {
        civil.year += if civil.year < 70 { 2000 } else { 1900 };
    }
    parts.mark()?;
    civil.month = parts.number()?;
    parts.mark()?;
    civil.day = parts.number()?;
    if parts.rest.is_empty() {
        return Some(civil);
    }
    parts.between()?;
    civil.hour = parts.number()?;
    if !parts.rest.is_empty() {
        parts.mark()?;
        civil.minute = parts.number()?;
    }
    if !parts.rest.is_empty() {
        parts.mark()?;
        civil.second = parts.number()?;
    }
    match parts.rest.strip_prefix('.') {
        Some(digits) => civil.nanos = nanos(digits)?,
        None if !parts.rest.is_empty() => return None,
        None => {}
    }
    Some(civil)
}

/// A text that is taken apart from its start.
struct Parts<'a> {
    rest: &'a str,
}

impl Parts<'_> {
    fn digits(&self) -> usize {
        self.rest.bytes().take_while(u8::is_ascii_digit).count()
    }

    fn number(&mut self) -> Option<u32> {
        let count = self.digits();
        let (digits, rest) = self.rest.split_at(count);
        let number = digits.parse().ok().filter(|_| count <= 5)?;
        self.rest = rest;
        Some(number)
    }

    /// One mark of punctuation.
    fn mark(&mut self) -> Option<()> {
        self.rest = self.rest.strip_prefix(|c: char| c.is_ascii_punctuation())?;
        Some(())
    }

    /// Between date and time: blanks, a `T`, or a mark.
    fn between(&mut self) -> Option<()> {
        let trimmed = self.rest.trim_start();
        if trimmed.len() < self.rest.len() {
            self.rest = trimmed;
            return Some(());
        }
        self.rest = self.rest.strip_prefix(|c: char| c == 'T' || c.is_ascii_punctuation())?;
        Some(())
    }
}

/// Digits alone, with a `T` before the time of day and a fraction behind it perhaps.
fn digits_only(text: &str) -> Option<Civil> {
    let (digits, fraction) = text.split_once('.').unwrap_or((text, ""));
    let joined = match digits.split_once('T') {
        Some((date, time)) if matches!(date.len(), 6 | 8) && time.len() == 6 => format!("{date}{time}"),
        Some(_) => return None,
        None => digits.to_owned(),
    };
    let bytes = joined.as_bytes();
    let (year, at) = match bytes.len() {
        8 | 14 => (fixed(bytes, 0, 4)?, 4),
        6 | 12 => {
            let year = fixed(bytes, 0, 2)?;
            (year + if year < 70 { 2000 } else { 1900 }, 2)
        }
        _ => return None,
    };
    let mut civil = Civil { year, month: fixed(bytes, at, 2)?, day: fixed(bytes, at + 2, 2)?, ..Civil::default() };
    if bytes.len() > at + 4 {
        (civil.hour, civil.minute) = (fixed(bytes, at + 4, 2)?, fixed(bytes, at + 6, 2)?);
        civil.second = fixed(bytes, at + 8, 2)?;
        civil.nanos = nanos(fraction)?;
    } else if !fraction.is_empty() {
        return None;
    }
    Some(civil)
}

/// Reads a number as `[YY]YYMMDD[hhmmss][.f]`.
pub(super) fn number(text: &str) -> Option<Read> {
    let exact = Exact::parse(text).filter(|exact| !exact.negative)?;
    let number = exact.whole_u64()?;
    let fraction = text.split_once('.').map_or("", |(_, fraction)| fraction);
    let full = match number {
        0 => 0,
        101..=691_231 => (number + 20_000_000) * 1_000_000,
        700_101..=991_231 => (number + 19_000_000) * 1_000_000,
        10_000_101..=99_991_231 => number * 1_000_000,
        101_000_000..=691_231_235_959 => number + 20_000_000_000_000,
        700_101_000_000..=991_231_235_959 => number + 19_000_000_000_000,
        1_000_000_000_000..=99_991_231_235_959 => number,
        _ => return None,
    };
    let part = |divisor: u64, modulus: u64| u32::try_from(full / divisor % modulus).unwrap_or(u32::MAX);
    let civil = Civil {
        year: part(10_000_000_000, 10_000),
        month: part(100_000_000, 100),
        day: part(1_000_000, 100),
        hour: part(10_000, 100),
        minute: part(100, 100),
        second: part(1, 100),
        // A number without a time of day has a fraction of nothing.
        nanos: if number > 99_991_231 { nanos(fraction).unwrap_or(0) } else { 0 },
    };
    Some(Read { civil, plain_date: false, plain: false, offset: None, zulu: false })
}
