//! A session's time zone as an offset from UTC. Named zones need a database of zones and are refused, not guessed.

/// An offset from UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offset {
    minutes: i32,
}

impl Offset {
    /// UTC.
    pub const UTC: Self = Self { minutes: 0 };

    /// `UTC`, `Z`, or `+05:30` as MySQL writes it, from -13:59 to +14:00.
    ///
    /// # Errors
    /// When it is something else; says what is allowed.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.eq_ignore_ascii_case("utc") || text == "Z" {
            return Ok(Self::UTC);
        }
        offset_minutes(text)
            .map(|minutes| Self { minutes })
            .ok_or_else(|| "a time zone is UTC or an offset from -13:59 to +14:00, as in +05:30".to_owned())
    }

    /// Seconds to add to UTC to get the local time.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.minutes as i64 * 60
    }
}

/// The minutes of `+hh:mm` or `-hh:mm`.
pub(super) fn offset_minutes(text: &str) -> Option<i32> {
    let (sign, digits) = match text.as_bytes().first()? {
        b'+' => (1, text.get(1..)?),
        b'-' => (-1, text.get(1..)?),
        _ => return None,
    };
    let (hours, minutes) = digits.split_once(':')?;
    let number = |part: &str| match part.len() {
        1 | 2 if part.bytes().all(|byte| byte.is_ascii_digit()) => part.parse::<i32>().ok(),
        _ => None,
    };
    let (hours, minutes) = (number(hours)?, number(minutes).filter(|minutes| *minutes < 60)?);
    let total = sign * (hours * 60 + minutes);
    (-839..=840).contains(&total).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_is_read_and_everything_else_refused() {
        for (text, seconds) in [
            ("UTC", Some(0)),
            ("utc", Some(0)),
            ("+05:30", Some(19800)),
            ("-13:59", Some(-50340)),
            ("+14:00", Some(50400)),
            ("+14:01", None),
            ("-14:00", None),
            ("05:30", None),
            ("+5", None),
            ("+05:60", None),
            ("+-5:30", None),
            ("Europe/Vienna", None),
            ("", None),
        ] {
            assert_eq!(Offset::parse(text).ok().map(Offset::seconds), seconds, "{text}");
        }
    }
}
