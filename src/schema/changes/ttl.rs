//! Whether rows of a TiDB table now vanish earlier, later or not at all. Pure.

use super::collect::{Collector, Draft, Place, said};
use super::kinds::ChangeKind;
use crate::schema::Ttl;

pub(super) fn compare(place: Place<'_>, old: Option<&Ttl>, new: Option<&Ttl>, out: &mut Collector<'_>) {
    let mut add = |kind| {
        let (from, to) = (old.map(words), new.map(words));
        let message = said(from.as_deref(), to.as_deref());
        let mut draft = Draft::new(kind, "").says(message);
        if let Some(from) = from {
            draft = draft.from(from);
        }
        if let Some(to) = to {
            draft = draft.to(to);
        }
        out.add(place, draft);
    };
    match (old, new) {
        (None, Some(_)) => add(ChangeKind::TtlAdded),
        (Some(_), None) => add(ChangeKind::TtlRemoved),
        (Some(old), Some(new)) => {
            if (&old.column, &old.interval) != (&new.column, &new.interval) {
                add(lifetime(old, new));
            }
            match (old.enabled, new.enabled) {
                (true, false) => add(ChangeKind::TtlPaused),
                // Rows vanish from now on, as with a new one.
                (false, true) => add(ChangeKind::TtlAdded),
                _ if old.job_interval != new.job_interval => add(ChangeKind::TableOptionsChanged),
                _ => {}
            }
        }
        (None, None) => {}
    }
}

/// By another column any row may vanish earlier; what cannot be read is taken for the worse.
fn lifetime(old: &Ttl, new: &Ttl) -> ChangeKind {
    match (seconds(&old.interval), seconds(&new.interval)) {
        (Some(before), Some(after)) if before <= after && old.column == new.column => ChangeKind::TtlLengthened,
        _ => ChangeKind::TtlShortened,
    }
}

/// `3 MONTH` in seconds. Months and years have no length of their own; the average orders them well enough.
fn seconds(interval: &str) -> Option<f64> {
    let (count, unit) = interval.trim().split_once(char::is_whitespace)?;
    let unit = match unit.trim().to_ascii_lowercase().as_str() {
        "second" => 1.0,
        "minute" => 60.0,
        "hour" => 3_600.0,
        "day" => 86_400.0,
        "week" => 604_800.0,
        "month" => 2_629_746.0,
        "quarter" => 7_889_238.0,
        "year" => 31_556_952.0,
        _ => return None,
    };
    Some(count.trim_matches(['\'', '"']).parse::<f64>().ok()? * unit)
}

fn words(ttl: &Ttl) -> String {
    let job = if ttl.job_interval.is_empty() { String::new() } else { format!(" every {}", ttl.job_interval) };
    format!("ttl {} + {}{}{job}", ttl.column, ttl.interval, if ttl.enabled { "" } else { " off" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lifetimes_are_ordered() {
        for (old, new, want) in [
            ("3 MONTH", "6 MONTH", ChangeKind::TtlLengthened),
            ("1 YEAR", "11 MONTH", ChangeKind::TtlShortened),
            ("60 DAY", "3 MONTH", ChangeKind::TtlLengthened),
            ("1 WEEK", "six days", ChangeKind::TtlShortened),
        ] {
            let ttl = |interval: &str| Ttl {
                column: "at".into(),
                interval: interval.into(),
                enabled: true,
                job_interval: String::new(),
            };
            assert_eq!(lifetime(&ttl(old), &ttl(new)), want, "{old} -> {new}");
            assert_eq!(lifetime(&ttl(new), &Ttl { column: "b".into(), ..ttl(new) }), ChangeKind::TtlShortened);
        }
    }
}
