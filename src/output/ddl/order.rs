//! What stands before what: parents before children, views after what they read. Pure, without recursion: a chain of
//! five thousand tables is no reason to run out of stack.

use std::collections::{BTreeMap, BTreeSet};

/// An order of `0..edges.len()` in which each comes after those it needs. Where they need each other in a circle, one of
/// them comes too early; which one depends on nothing but the order given.
pub(super) fn after_needs(needs: &[Vec<usize>]) -> Vec<usize> {
    let mut order = Vec::with_capacity(needs.len());
    let mut seen = vec![false; needs.len()];
    for start in 0..needs.len() {
        let mut stack = vec![(start, 0)];
        while let Some((at, next)) = stack.pop() {
            if next == 0 && seen.get_mut(at).is_none_or(|seen| std::mem::replace(seen, true)) {
                continue;
            }
            match needs.get(at).and_then(|list| list.get(next)) {
                Some(need) => stack.extend([(at, next + 1), (*need, 0)]),
                None => order.push(at),
            }
        }
    }
    order
}

/// Positions of names.
pub(super) fn positions<'a>(names: impl Iterator<Item = &'a str>) -> BTreeMap<&'a str, usize> {
    names.enumerate().map(|(at, name)| (name, at)).collect()
}

/// The names that a statement qualifies with `database`, as in `` `db`.`name` ``.
pub(super) fn qualified(statement: &str, database: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut before: Option<String> = None;
    let mut rest = statement;
    while let Some(at) = rest.find(['`', '\'', '"']) {
        let dot = rest.get(..at).is_some_and(|between| between == ".");
        let quote = rest.get(at..).and_then(|text| text.chars().next()).unwrap_or('`');
        let (name, tail) = quoted(rest.get(at + 1..).unwrap_or_default(), quote);
        if quote == '\'' {
            before = None;
        } else {
            if dot && before.as_deref() == Some(database) {
                found.insert(name.clone());
            }
            before = Some(name);
        }
        rest = tail;
    }
    found
}

/// What stands before the closing quote, and what behind it.
fn quoted(text: &str, quote: char) -> (String, &str) {
    let mut name = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        if c == '\\' && quote != '`' {
            name.extend(chars.next().map(|(_, c)| c));
        } else if c != quote {
            name.push(c);
        } else if text.get(at + 1..).is_some_and(|rest| rest.starts_with(quote)) {
            name.push(c);
            chars.next();
        } else {
            return (name, text.get(at + 1..).unwrap_or_default());
        }
    }
    (name, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_needed_comes_first_and_circles_end() {
        let cases: &[(&[&[usize]], &[usize])] = &[
            (&[], &[]),
            (&[&[], &[]], &[0, 1]),
            (&[&[1], &[2], &[]], &[2, 1, 0]),
            (&[&[1, 2], &[2], &[]], &[2, 1, 0]),
            (&[&[0]], &[0]),
            (&[&[1], &[0]], &[1, 0]),
            (&[&[1], &[2], &[1], &[]], &[2, 1, 0, 3]),
            (&[&[2], &[2], &[]], &[2, 0, 1]),
        ];
        for (needs, want) in cases {
            let needs: Vec<Vec<usize>> = needs.iter().map(|list| list.to_vec()).collect();
            assert_eq!(after_needs(&needs), *want, "{needs:?}");
        }
    }

    #[test]
    fn a_long_chain_needs_no_stack() {
        let needs: Vec<Vec<usize>> = (0..100_000).map(|at| if at < 99_999 { vec![at + 1] } else { vec![] }).collect();
        assert_eq!(after_needs(&needs).first(), Some(&99_999));
    }

    #[test]
    fn names_are_found_where_the_database_stands_before_them() {
        for (statement, want) in [
            ("select `d`.`t`.`c` AS `x` from `d`.`t` join `e`.`u`", &["t"][..]),
            ("select '`d`.`no`', `d`.`a``b` from `d` . `z`", &["a`b"]),
            ("SELECT 'it''s `d`.`no' FROM `d`.`v\\`", &["v\\"]),
            ("SELECT 'x\\'`d`.`no`' FROM \"d\".\"w\"", &["w"]),
            ("`d`.`open", &["open"]),
            ("`d`.", &[]),
            ("", &[]),
        ] {
            assert_eq!(qualified(statement, "d").into_iter().collect::<Vec<_>>(), want, "{statement}");
        }
    }
}
