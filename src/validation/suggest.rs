//! "Did you mean": the known word closest to an unknown one. Pure.

/// Longest word compared, in characters.
const MAX_LENGTH: usize = 64;

/// The known word at most two edits (insert, delete, replace, swap neighbours) away; the first of several, and none for
/// words so short that anything would be close.
#[must_use]
pub fn closest<'w>(word: &str, known: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    let lower: Vec<char> = word.to_lowercase().chars().take(MAX_LENGTH + 1).collect();
    if lower.len() > MAX_LENGTH {
        return None;
    }
    let most = if lower.len() < 4 { 1 } else { 2 };
    let mut best: Option<(usize, &str)> = None;
    for candidate in known {
        let other: Vec<char> = candidate.to_lowercase().chars().take(MAX_LENGTH + 1).collect();
        if other.len().abs_diff(lower.len()) > most {
            continue;
        }
        let edits = distance(&lower, &other);
        if edits <= most && best.is_none_or(|(least, _)| edits < least) {
            best = Some((edits, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Edits between two words, swapped neighbours counting as one.
fn distance(one: &[char], other: &[char]) -> usize {
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    for (row, a) in one.iter().enumerate() {
        let mut now = Vec::with_capacity(other.len() + 1);
        now.push(row + 1);
        for (column, b) in other.iter().enumerate() {
            let at = |list: &[usize], index: usize| list.get(index).copied().unwrap_or(usize::MAX - 1);
            let replaced = at(&last, column) + usize::from(a != b);
            let mut least = replaced.min(at(&last, column + 1) + 1).min(at(&now, column) + 1);
            let swapped = row > 0 && column > 0 && one.get(row - 1) == Some(b) && other.get(column - 1) == Some(a);
            if swapped {
                least = least.min(at(&before_last, column - 1) + 1);
            }
            now.push(least);
        }
        before_last = std::mem::replace(&mut last, now);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closest_word_within_two_edits_is_found() {
        for (word, want) in [
            ("colum", Some("column")),
            ("coulmn", Some("column")),
            ("COLUMNS", Some("column")),
            ("tbale", Some("table")),
            ("db", Some("db")),
            ("dd", Some("db")),
            ("xy", None),
            ("something", None),
            ("", None),
        ] {
            assert_eq!(closest(word, ["table", "column", "db", "server"]), want, "{word}");
        }
        assert_eq!(closest(&"c".repeat(10_000), ["column"]), None);
    }
}
