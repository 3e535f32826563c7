//! Durations as people write them: `30s`, `5m`, `1h30m`, `500ms`. A leaf: pure text, no clock, no other module.
//! The same grammar stands in the admission rules of the CRDs, so what the API server lets in always parses here.

use std::time::Duration;

/// A text that is no duration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a duration; write numbers with ms, s, m or h, as in 30s, 5m or 1h30m")]
pub struct DurationError(pub String);

/// How many number-and-unit pairs one text may have.
const MAX_PARTS: usize = 4;

/// How many digits one number may have.
const MAX_DIGITS: usize = 5;

/// Reads one to four whole numbers of at most five digits, each with its unit (`ms`, `s`, `m`, `h`).
///
/// # Errors
/// Anything else, days and fractions included.
pub fn parse(text: &str) -> Result<Duration, DurationError> {
    let error = || DurationError(crate::error::shorten(text, 64));
    let mut rest = text;
    let mut total = Duration::ZERO;
    for _ in 0..MAX_PARTS {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 || digits > MAX_DIGITS {
            return Err(error());
        }
        let number: u64 = rest[..digits].parse().map_err(|_| error())?;
        rest = &rest[digits..];
        let (unit, length) = match rest.as_bytes() {
            [b'm', b's', ..] => (Duration::from_millis(number), 2),
            [b's', ..] => (Duration::from_secs(number), 1),
            [b'm', ..] => (Duration::from_secs(number * 60), 1),
            [b'h', ..] => (Duration::from_secs(number * 3600), 1),
            _ => return Err(error()),
        };
        total += unit;
        rest = &rest[length..];
        if rest.is_empty() {
            return Ok(total);
        }
    }
    Err(error())
}

/// Reads a duration as above or a plain number of seconds (`30`, `1.0`).
///
/// # Errors
/// Neither of the two.
pub fn parse_or_seconds(text: &str) -> Result<Duration, DurationError> {
    let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    if !plain {
        return parse(text);
    }
    let error = || DurationError(crate::error::shorten(text, 64));
    let seconds: f64 = text.parse().map_err(|_| error())?;
    Duration::try_from_secs_f64(seconds).map_err(|_| error())
}

/// Writes a duration in the grammar of [`parse`], whole milliseconds: `1h30m`, `500ms`, `0s`.
#[must_use]
pub fn format(duration: Duration) -> String {
    let millis = duration.subsec_millis();
    let seconds = duration.as_secs();
    let parts = [(seconds / 3600, "h"), (seconds / 60 % 60, "m"), (seconds % 60, "s"), (u64::from(millis), "ms")];
    let text: String =
        parts.iter().filter(|(number, _)| *number > 0).map(|(number, unit)| format!("{number}{unit}")).collect();
    if text.is_empty() { "0s".to_owned() } else { text }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_and_written_in_one_grammar() {
        for (text, millis) in [
            ("30s", 30_000),
            ("5m", 300_000),
            ("1h30m", 5_400_000),
            ("500ms", 500),
            ("1h1m1s1ms", 3_661_001),
            ("24h", 86_400_000),
            ("0s", 0),
        ] {
            let duration = parse(text).unwrap();
            assert_eq!(duration, Duration::from_millis(millis), "{text}");
            assert_eq!(format(duration), text);
        }
    }

    #[test]
    fn what_is_no_duration_is_refused_with_what_to_write() {
        for text in ["", "5", "5d", "1.5h", "-5m", "5 m", "m", "123456s", "1h1m1s1ms1h", "5mm", "ß", "5m "] {
            let error = parse(text).unwrap_err().to_string();
            assert!(error.contains("as in 30s, 5m or 1h30m"), "{text}: {error}");
        }
    }

    #[test]
    fn plain_numbers_are_seconds_where_the_environment_wrote_them_so() {
        for (text, millis) in
            [("30", 30_000), ("1.0", 1000), ("0.25", 250), ("2m", 120_000), ("0", 0), ("604800", 604_800_000)]
        {
            assert_eq!(parse_or_seconds(text).unwrap(), Duration::from_millis(millis), "{text}");
        }
        for text in ["", ".", "1.2.3", "1e3", "-1", "inf", "99999999999999999999999"] {
            assert!(parse_or_seconds(text).is_err(), "{text}");
        }
    }
}
