//! Dates and times in defaults. A TIMESTAMP is stored in UTC and shown in the session's time zone, so the same default
//! would look different from session to session: it is brought back to UTC where the zone's offset is fixed. Pure;
//! calendar arithmetic by hand, since only whole offsets of a day are ever needed.

/// The session's distance from UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::discovery) enum Zone {
    /// Minutes east of UTC.
    Offset(i32),
    /// A named zone whose offset depends on the date.
    Named,
}

impl Zone {
    /// Reads `@@time_zone` (with `SYSTEM` already replaced): an offset such as `+05:30`, or one of UTC's names.
    pub(in crate::discovery) fn parse(text: &str) -> Self {
        let name = text.trim().to_ascii_uppercase();
        if matches!(name.trim_start_matches("ETC/"), "UTC" | "UCT" | "GMT" | "ZULU" | "UNIVERSAL" | "GREENWICH") {
            return Self::Offset(0);
        }
        let offset = || {
            let sign = match name.as_bytes().first()? {
                b'+' => 1,
                b'-' => -1,
                _ => return None,
            };
            let (hours, minutes) = name[1..].split_once(':')?;
            let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
            ((0..=14).contains(&hours) && (0..60).contains(&minutes)).then_some(sign * (hours * 60 + minutes))
        };
        offset().map_or(Self::Named, Self::Offset)
    }
}

/// The fraction of a time or date-time text padded with zeros or cut (zeros only) to `fsp` digits; any other text stays.
pub(in crate::discovery) fn with_fraction(text: &str, fsp: u32) -> String {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let plain = whole.contains(':') && fraction.bytes().all(|b| b.is_ascii_digit());
    let (kept, cut) = fraction.split_at(fraction.len().min(fsp as usize));
    if !plain || cut.bytes().any(|b| b != b'0') {
        return text.to_owned();
    }
    if fsp == 0 { whole.to_owned() } else { format!("{whole}.{kept:0<width$}", width = fsp as usize) }
}

/// `YYYY-MM-DD hh:mm:ss[.f]` in the session's zone, as UTC. Zero dates are no moments and stay. `None` when the zone's
/// offset is not known or the text is no such date.
pub(in crate::discovery) fn to_utc(text: &str, zone: Zone) -> Option<String> {
    let Zone::Offset(minutes) = zone else { return None };
    let (date, time) = text.split_once(' ')?;
    let [year, month, day] = numbers(date, '-')?;
    let (clock, fraction) = time.split_once('.').map_or((time, String::new()), |(c, f)| (c, format!(".{f}")));
    let [hour, minute, second] = numbers(clock, ':')?;
    if (year, month, day) == (0, 0, 0) || minutes == 0 {
        return Some(text.to_owned());
    }
    let total = hour * 60 + minute - i64::from(minutes);
    let (year, month, day) = civil(days(year, month, day) + total.div_euclid(1440));
    let (hour, minute) = (total.rem_euclid(1440) / 60, total.rem_euclid(60));
    Some(format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}{fraction}"))
}

fn numbers(text: &str, separator: char) -> Option<[i64; 3]> {
    let parts = text.split(separator).map(|part| part.parse().ok()).collect::<Option<Vec<i64>>>()?;
    parts.try_into().ok()
}

// Days since 1970-01-01 and back, in the proleptic Gregorian calendar (Howard Hinnant's algorithms).
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, of_year - (153 * shifted + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_an_offset_or_a_name() {
        for (text, want) in [
            ("UTC", Zone::Offset(0)),
            ("Etc/UTC", Zone::Offset(0)),
            ("+00:00", Zone::Offset(0)),
            ("+05:30", Zone::Offset(330)),
            ("-08:00", Zone::Offset(-480)),
            ("Europe/Berlin", Zone::Named),
            ("CET", Zone::Named),
            ("+99:00", Zone::Named),
            ("", Zone::Named),
        ] {
            assert_eq!(Zone::parse(text), want, "{text}");
        }
    }

    #[test]
    fn a_timestamp_is_brought_back_to_utc() {
        for (text, minutes, want) in [
            ("2024-06-01 12:00:00", 0, "2024-06-01 12:00:00"),
            ("2024-06-01 12:00:00", 330, "2024-06-01 06:30:00"),
            ("2024-01-01 00:00:00.123", 60, "2023-12-31 23:00:00.123"),
            ("2024-02-29 23:59:59", -60, "2024-03-01 00:59:59"),
            ("1999-12-31 23:30:00", -45, "2000-01-01 00:15:00"),
            ("0000-00-00 00:00:00", 60, "0000-00-00 00:00:00"),
        ] {
            assert_eq!(to_utc(text, Zone::Offset(minutes)).as_deref(), Some(want), "{text} {minutes}");
        }
        assert_eq!(to_utc("2024-06-01 12:00:00", Zone::Named), None);
        assert_eq!(to_utc("soon", Zone::Offset(60)), None);
    }

    #[test]
    fn days_and_dates_are_each_others_inverse() {
        for day in (-800_000..800_000).step_by(37) {
            let (year, month, date) = civil(day);
            assert_eq!(days(year, month, date), day);
        }
        assert_eq!(civil(0), (1970, 1, 1));
    }

    #[test]
    fn fractions_have_the_columns_width() {
        for (text, fsp, want) in [
            ("2024-01-01 00:00:00", 3, "2024-01-01 00:00:00.000"),
            ("2024-01-01 00:00:00.100000", 3, "2024-01-01 00:00:00.100"),
            ("-12:13:14", 0, "-12:13:14"),
            ("12:13:14.5", 0, "12:13:14.5"),
            ("12:13:14.0", 0, "12:13:14"),
            ("2024-01-01", 3, "2024-01-01"),
        ] {
            assert_eq!(with_fraction(text, fsp), want, "{text}");
        }
    }
}
