//! A date and a time of day as the database keeps them: parts that may be zero, and the calendar's arithmetic.

/// The parts of a date and time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Civil {
    pub(super) year: u32,
    pub(super) month: u32,
    pub(super) day: u32,
    pub(super) hour: u32,
    pub(super) minute: u32,
    pub(super) second: u32,
    /// Billionths of a second; further digits make no difference anywhere.
    pub(super) nanos: u32,
}

/// What became of the fraction of a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fraction {
    Kept,
    /// Digits other than 0 were dropped.
    Reduced,
}

impl Civil {
    /// The date 0000-00-00.
    pub(super) const fn is_zero_date(&self) -> bool {
        self.year == 0 && self.month == 0 && self.day == 0
    }

    pub(super) const fn is_zero(&self) -> bool {
        self.is_zero_date() && !self.has_time()
    }

    pub(super) const fn has_time(&self) -> bool {
        self.hour > 0 || self.minute > 0 || self.second > 0 || self.nanos > 0
    }

    pub(super) const fn drop_time(&mut self) {
        (self.hour, self.minute, self.second, self.nanos) = (0, 0, 0, 0);
    }

    pub(super) const fn days_in_month(&self) -> u32 {
        match self.month {
            4 | 6 | 9 | 11 => 30,
            2 if self.year.is_multiple_of(4) && (!self.year.is_multiple_of(100) || self.year.is_multiple_of(400)) => 29,
            2 => 28,
            _ => 31,
        }
    }

    /// A day that exists, at a time that exists.
    pub(super) const fn is_real(&self) -> bool {
        let day = self.month >= 1 && self.month <= 12 && self.day >= 1 && self.day <= self.days_in_month();
        day && self.hour < 24 && self.minute < 60 && self.second < 60
    }

    /// A real date from the year 1000 on: nothing to say about it.
    pub(super) const fn is_ordinary(&self) -> bool {
        self.year >= 1000 && self.is_real()
    }

    /// One number, greater when later.
    pub(super) fn packed(&self) -> i64 {
        let day = (i64::from(self.year) * 16 + i64::from(self.month)) * 32 + i64::from(self.day);
        let second = ((day * 32 + i64::from(self.hour)) * 64 + i64::from(self.minute)) * 64 + i64::from(self.second);
        second * 1_000_000 + i64::from(self.nanos / 1000)
    }

    /// The parts of a packed one.
    pub(super) fn unpacked(packed: i64) -> Self {
        let part = |value: i64| u32::try_from(value).unwrap_or(0);
        let (second, micros) = (packed / 1_000_000, packed % 1_000_000);
        let (day, nanos) = (second / 64 / 64 / 32, part(micros) * 1000);
        Self {
            year: part(day / 32 / 16),
            month: part(day / 32 % 16),
            day: part(day % 32),
            hour: part(second / 64 / 64 % 32),
            minute: part(second / 64 % 64),
            second: part(second % 64),
            nanos,
        }
    }

    /// Days since 1970-01-01 (proleptic Gregorian; Hinnant's algorithm).
    fn days(&self) -> i64 {
        let month = i64::from(self.month.max(1));
        let year = i64::from(self.year) - i64::from(month <= 2);
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + i64::from(self.day.max(1)) - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        era * 146_097 + day_of_era - 719_468
    }

    /// Seconds since 1970-01-01 00:00:00.
    pub(super) fn seconds(&self) -> i64 {
        self.days() * 86_400 + i64::from(self.hour * 3600 + self.minute * 60 + self.second)
    }

    /// Moved by some seconds; left as it is where the date is none.
    pub(super) fn shifted(&self, by: i64) -> Self {
        if !self.is_real() {
            return *self;
        }
        let seconds = self.seconds() + by;
        let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
        let part = |value: i64| u32::try_from(value).unwrap_or(0);
        let mut out = Self::of_days(days);
        (out.hour, out.minute, out.second) = (part(second / 3600), part(second / 60 % 60), part(second % 60));
        out.nanos = self.nanos;
        out
    }

    fn of_days(days: i64) -> Self {
        let days = days + 719_468;
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * day_of_year + 2) / 153;
        let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        let part = |value: i64| u32::try_from(value).unwrap_or(0);
        let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
        Self { year: part(year), month: part(month), day: part(day), ..Self::default() }
    }

    /// With a fraction of `fsp` digits, the rest rounded or cut off.
    pub(super) fn reduced(mut self, fsp: u32, round: bool) -> (Self, Fraction) {
        let unit = 10_u32.pow(9 - fsp.min(6));
        let rest = self.nanos % unit;
        if rest == 0 {
            return (self, Fraction::Kept);
        }
        self.nanos -= rest;
        if round && rest >= unit / 2 {
            self.nanos += unit;
            if self.nanos >= 1_000_000_000 {
                self.nanos = 0;
                self = self.shifted(1);
            }
        }
        (self, Fraction::Reduced)
    }

    pub(super) fn date_text(&self) -> String {
        format!("{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }

    /// As the server writes it.
    pub(super) fn text(&self, fsp: u32) -> String {
        let date = self.date_text();
        let time = format!("{:02}:{:02}:{:02}", self.hour, self.minute, self.second);
        format!("{date} {time}{}", fraction_text(self.nanos, fsp))
    }
}

/// `.123`, or nothing for 0 digits.
pub(super) fn fraction_text(nanos: u32, fsp: u32) -> String {
    let digits = format!("{nanos:09}");
    match digits.get(..fsp.min(6) as usize) {
        Some(kept) if !kept.is_empty() => format!(".{kept}"),
        _ => String::new(),
    }
}
