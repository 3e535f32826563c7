//! Tables that line up, ages and lists of names, as people read them. Pure: the time is an argument.

use k8s_openapi::jiff::Timestamp;

use crate::schema::summary::printable;

/// Widest a column but the last gets; what is longer pushes the rest of its own line alone.
const WIDEST: usize = 60;
/// Most names listed in a message.
const MOST_NAMES: usize = 20;

/// Rows in columns with two blanks between them, the columns `right` to the right; each line begins with `indent`.
pub(super) fn aligned(rows: &[Vec<String>], right: &[usize], indent: &str) -> String {
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(|cell| printable(cell)).collect()).collect();
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let length = |row: &Vec<String>, at: usize| row.get(at).map_or(0, |cell| cell.chars().count());
    let width = |at: usize| rows.iter().map(|row| length(row, at)).filter(|n| *n <= WIDEST).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut out = String::new();
    for row in &rows {
        let cells = row.iter().zip(&widths).enumerate().map(|(at, (cell, width))| {
            if right.contains(&at) { format!("{cell:>width$}") } else { format!("{cell:<width$}") }
        });
        out.push_str(format!("{indent}{}", cells.collect::<Vec<_>>().join("  ")).trim_end());
        out.push('\n');
    }
    out
}

/// A row of a table.
pub(super) fn row<const N: usize>(cells: [&str; N]) -> Vec<String> {
    cells.map(str::to_owned).to_vec()
}

/// How long ago `then` was, as kubectl writes it; what lies ahead is no age.
pub(super) fn age(then: Timestamp, now: Timestamp) -> String {
    let seconds = now.as_second().saturating_sub(then.as_second()).max(0);
    match seconds {
        0..120 => format!("{seconds}s"),
        120..7_200 => format!("{}m", seconds / 60),
        7_200..172_800 => format!("{}h", seconds / 3_600),
        _ => format!("{}d", seconds / 86_400),
    }
}

/// A moment of the past or future, for people.
pub(super) fn moment(time: Timestamp, now: Timestamp) -> String {
    let whole = Timestamp::from_second(time.as_second()).unwrap_or(time);
    if time > now { format!("{whole} (in {})", age(now, time)) } else { format!("{whole} ({} ago)", age(time, now)) }
}

/// Names in a sentence; how many were left out is said.
pub(super) fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let all: Vec<&str> = names.into_iter().collect();
    let shown: Vec<String> = all.iter().take(MOST_NAMES).map(|name| printable(name)).collect();
    let more = all.len().saturating_sub(MOST_NAMES);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{rest}", shown.join(", "))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn columns_line_up_and_a_long_cell_pushes_its_own_line_alone() {
        let long = "x".repeat(WIDEST + 1);
        let rows = [row(["NAME", "N", "NOTE"]), row(["täble", "12", ""]), row([&long, "3", "a\u{1b}b"])];
        let want = format!("| NAME    N  NOTE\n| täble  12\n| {long}   3  a\u{FFFD}b\n");
        assert_eq!(aligned(&rows, &[1], "| "), want);
        assert_eq!(aligned(&[], &[], ""), "");
    }

    #[test]
    fn ages_are_in_the_largest_unit_that_still_tells_something() {
        for (seconds, want) in [
            (-5, "0s"),
            (0, "0s"),
            (119, "119s"),
            (120, "2m"),
            (7_199, "119m"),
            (7_200, "2h"),
            (172_799, "47h"),
            (172_800, "2d"),
            (40_000_000, "462d"),
        ] {
            assert_eq!(age(at(1_000_000), at(1_000_000 + seconds)), want, "{seconds}");
        }
        assert_eq!(moment(at(0), at(60)), "1970-01-01T00:00:00Z (60s ago)");
        assert_eq!(moment(at(300), at(0)), "1970-01-01T00:05:00Z (in 5m)");
    }

    #[test]
    fn a_long_list_says_how_much_it_left_out() {
        let names: Vec<String> = (0..23).map(|n| n.to_string()).collect();
        let text = listed(names.iter().map(String::as_str));
        assert!(text.starts_with("0, 1, ") && text.ends_with(", 19 and 3 more"), "{text}");
        assert_eq!(listed(["a", "b\n"]), "a, b\u{FFFD}");
    }
}
