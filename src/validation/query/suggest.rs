//! "Did you mean": the nearest name within two edits.

use std::cell::Cell;

use super::names::fold;
use super::result::MAX_ISSUES;

/// Most edits between a name and its suggestion.
const MAX_DISTANCE: usize = 2;
/// Names looked at before giving up, and their longest length.
const MAX_CANDIDATES: usize = 10_000;
const MAX_LENGTH: usize = 64;

/// Suggests names, at most as many as issues are listed: each is a look at every name there is.
#[derive(Debug, Default)]
pub(super) struct Suggestions(Cell<usize>);

impl Suggestions {
    /// As the function of that name, and nothing once there are enough.
    pub(super) fn nearest<'c>(&self, name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<String> {
        let made = self.0.get();
        self.0.set(made.saturating_add(1));
        if made < MAX_ISSUES { nearest(name, candidates) } else { None }
    }
}

/// The candidate nearest to `name`, at most two edits away and nearer than its length; the first of several by name.
pub(crate) fn nearest<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<String> {
    let wanted: Vec<char> = fold(name).chars().collect();
    if wanted.len() > MAX_LENGTH {
        return None;
    }
    let most = MAX_DISTANCE.min(wanted.len().saturating_sub(1));
    let near = candidates.into_iter().take(MAX_CANDIDATES).filter_map(|candidate| {
        let distance = distance(&wanted, candidate)?;
        (distance <= most).then_some((distance, candidate))
    });
    near.min().map(|(_, candidate)| format!("did you mean `{candidate}`?"))
}

/// Edits (insert, delete, replace, swap of neighbours) that turn one name into the other; `None` when surely more than
/// the most allowed.
fn distance(wanted: &[char], candidate: &str) -> Option<usize> {
    let candidate: Vec<char> = fold(candidate).chars().collect();
    if wanted.len().abs_diff(candidate.len()) > MAX_DISTANCE {
        return None;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=candidate.len()).collect();
    for (i, a) in wanted.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in candidate.iter().enumerate() {
            let at = |row: &[usize], column: usize| row.get(column).copied().unwrap_or(usize::MAX / 2);
            let replaced = at(&last, j) + usize::from(a != b);
            let mut best = replaced.min(at(&last, j + 1) + 1).min(at(&row, j) + 1);
            let swapped = i > 0 && j > 0 && wanted.get(i - 1) == Some(b) && candidate.get(j - 1) == Some(a);
            if swapped {
                best = best.min(at(&before, j - 1) + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_within_two_edits_is_suggested_and_no_other() {
        for (name, candidates, wanted) in [
            ("nam", &["name", "id"][..], Some("name")),
            ("emial", &["email"], Some("email")),
            ("CUSTOMER_IDD", &["customer_id"], Some("customer_id")),
            ("custmr_id", &["customer_id"], Some("customer_id")),
            ("cstmr_id", &["customer_id"], None),
            ("ordres", &["orders", "order"], Some("orders")),
            ("größe", &["grösse", "groesse"], Some("grösse")),
            ("x", &["y"], None),
            ("ab", &["ac", "zz"], Some("ac")),
            ("", &["a"], None),
        ] {
            let wanted = wanted.map(|name| format!("did you mean `{name}`?"));
            assert_eq!(nearest(name, candidates.iter().copied()), wanted, "{name}");
        }
    }
}
