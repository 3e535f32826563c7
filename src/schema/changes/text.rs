//! Changes as a person reads them: one line each, worst first, in columns that line up. Pure.

use super::change::{Change, Class};
use super::report::{Changes, Notes, Protect};
use crate::schema::summary::printable;
use crate::schema::verdict::Verdict;

/// Columns of the report.
const WIDTH: usize = 6;

const HEAD: [&str; WIDTH] = ["CLASS", "OBJECT", "KIND", "CHANGE", "WHO", "WHY"];

/// Widest a column but the last gets; what is longer pushes the rest of its own line alone.
const WIDEST: usize = 60;

const RED: &str = "\x1b[31m";
const YELLOW: &str = "\x1b[33m";
const GREEN: &str = "\x1b[32m";
const DIM: &str = "\x1b[2m";
const PLAIN: &str = "\x1b[0m";

/// The report, ending in a newline. `colour`: with escape sequences, for a terminal.
#[must_use]
pub fn render(changes: &Changes, protect: Protect, colour: bool) -> String {
    let mut out = String::new();
    if !changes.items.is_empty() {
        table(&changes.items, colour, &mut out);
    }
    if changes.truncated {
        out.push_str(&format!("… and {} more, none worse than these\n", changes.left_out));
    }
    if !out.is_empty() {
        out.push('\n');
    }
    notes("could not compare", &changes.unknown, &mut out);
    notes("expired", &changes.expired, &mut out);
    if !changes.unknown.is_empty() || !changes.expired.is_empty() {
        out.push('\n');
    }
    out.push_str(&summary(changes, protect));
    out.push('\n');
    out
}

/// How many there are of each class, and whether they may pass.
#[must_use]
pub fn summary(changes: &Changes, protect: Protect) -> String {
    if changes.is_empty() {
        let seen = if changes.unknown.is_empty() { "" } else { " in what could be compared" };
        return format!("no changes{seen}");
    }
    let counts = &changes.counts;
    let words = [
        (counts.breaking_both, "breaking both sides"),
        (counts.breaking_readers, "breaking readers"),
        (counts.breaking_writers, "breaking writers"),
        (counts.risky, "risky"),
        (counts.compatible, "compatible"),
        (counts.ignored, "ignored"),
    ];
    let parts = words.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}"));
    let parts = parts.collect::<Vec<_>>().join(", ");
    let total = counts.total() + counts.ignored;
    let noun = if total == 1 { "change" } else { "changes" };
    let verdict = match (protect, counts.forbidden(protect)) {
        (Protect::None, _) => "nobody is protected".to_owned(),
        (_, 0) => format!("{} are safe", protect.as_str()),
        (_, 1) => format!("1 of them breaks protected {}", protect.as_str()),
        (_, broken) => format!("{broken} of them break protected {}", protect.as_str()),
    };
    format!("{total} {noun}: {parts}; {verdict}")
}

fn notes(head: &str, notes: &Notes, out: &mut String) {
    for note in &notes.notes {
        out.push_str(&format!("{head}: {}\n", printable(note)));
    }
    if notes.left_out > 0 {
        out.push_str(&format!("{head}: and {} more\n", notes.left_out));
    }
}

fn table(items: &[Change], colour: bool, out: &mut String) {
    let head = HEAD.map(str::to_owned);
    let rows: Vec<[String; WIDTH]> = items.iter().map(cells).collect();
    let lengths =
        |at: usize| rows.iter().chain([&head]).map(move |row| row.get(at).map_or(0, |cell| cell.chars().count()));
    let widths: [usize; WIDTH] = std::array::from_fn(|at| lengths(at).filter(|n| *n <= WIDEST).max().unwrap_or(0));
    line(&head, widths, colour.then_some(DIM), out);
    for (row, change) in rows.iter().zip(items) {
        line(row, widths, colour.then(|| paint(change)), out);
    }
}

/// Two blanks between the columns; only the first is coloured.
fn line(cells: &[String; WIDTH], widths: [usize; WIDTH], colour: Option<&str>, out: &mut String) {
    let mut text = String::new();
    for (at, (cell, width)) in cells.iter().zip(widths).enumerate() {
        let padded = format!("{cell:<width$}");
        match colour.filter(|_| at == 0) {
            Some(colour) => text.push_str(&format!("{colour}{padded}{PLAIN}")),
            None => text.push_str(&padded),
        }
        text.push_str("  ");
    }
    out.push_str(text.trim_end());
    out.push('\n');
}

const fn paint(change: &Change) -> &'static str {
    match change.class {
        _ if change.ignored.is_some() => DIM,
        Class::BreakingBoth | Class::BreakingReaders | Class::BreakingWriters => RED,
        Class::Risky => YELLOW,
        Class::Compatible => GREEN,
    }
}

fn cells(change: &Change) -> [String; WIDTH] {
    let class = match change.class {
        _ if change.ignored.is_some() => "ignored",
        Class::BreakingBoth | Class::BreakingReaders | Class::BreakingWriters => "BREAKING",
        Class::Risky => "risky",
        Class::Compatible => "ok",
    };
    let cells = [class, &change.object(), change.kind.as_str(), &change.message, &who(change), &why(change)];
    cells.map(printable)
}

/// Whom it breaks, or puts at risk.
fn who(change: &Change) -> String {
    let sides = [("readers", change.readers), ("writers", change.writers)];
    let named = |verdict: Verdict, word: &str| {
        let names: Vec<_> = sides.iter().filter(|(_, side)| *side == verdict).map(|(name, _)| *name).collect();
        (!names.is_empty()).then(|| format!("{word} {}", names.join(" and ")))
    };
    let parts = [named(Verdict::Breaking, "breaks"), named(Verdict::Risky, "risk for")];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    if parts.is_empty() { "nobody".to_owned() } else { parts.join(", ") }
}

/// Why, what depends on it, and what it was before.
fn why(change: &Change) -> String {
    if let Some(reason) = &change.ignored {
        return format!("ignored: {reason}");
    }
    let mut out = change.kind.meaning().why.to_owned();
    if !change.impact.is_empty() {
        let names = change.impact.affected.iter().take(3).map(|one| format!("{} {}", one.kind.as_str(), one.object));
        let rest = (change.impact.affected.len() + change.impact.left_out).saturating_sub(3);
        let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
        out.push_str(&format!("; touches {}{more}", names.collect::<Vec<_>>().join(", ")));
    }
    if let Some(rename) = &change.rename_of {
        out.push_str(&format!("; was {}: {}", rename.object, rename.evidence));
    }
    out
}
