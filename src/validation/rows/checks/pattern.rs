//! LIKE and REGEXP in conditions.

use super::super::collation::Collation;
use super::Truth;

/// Longest text a pattern is tried on; longer ones are not decided.
const MAX_TEXT: usize = 64 << 10;
/// Size of a compiled regular expression.
const MAX_REGEX: usize = 1 << 20;

/// `text LIKE pattern`. Without a doubt for ASCII, and for any text where case makes no difference.
pub(super) fn like(text: &str, pattern: &str, escape: Option<char>, collation: Collation) -> Truth {
    if text.len() > MAX_TEXT || pattern.len() > MAX_TEXT {
        return Truth::Undecided;
    }
    let fold = |value: &str| {
        let mut out = String::new();
        // LIKE looks at every character: spaces at the end count.
        collation.key(&format!("{value}\u{1}"), &mut out);
        out.pop();
        out.chars().collect::<Vec<_>>()
    };
    let (characters, pattern_characters) = (fold(text), fold(pattern));
    if matches(&characters, &pattern_characters, escape) {
        Truth::True
    } else if collation.is_undecided(text) || collation.is_undecided(pattern) {
        Truth::Undecided
    } else {
        Truth::False
    }
}

/// Goes back to the last `%` alone, which is enough: at most text × pattern steps.
fn matches(text: &[char], pattern: &[char], escape: Option<char>) -> bool {
    let (mut at, mut in_pattern) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    loop {
        let (token, length) = match pattern.get(in_pattern) {
            Some(c) if Some(*c) == escape && in_pattern + 1 < pattern.len() => (pattern.get(in_pattern + 1), 2),
            Some('%') => {
                star = Some((at, in_pattern + 1));
                in_pattern += 1;
                continue;
            }
            Some('_') if at < text.len() => (text.get(at), 1),
            Some(c) => (Some(c), 1),
            None if at == text.len() => return true,
            None => (None, 0),
        };
        if token.is_some() && token == text.get(at) {
            (at, in_pattern) = (at + 1, in_pattern + length);
            continue;
        }
        match star {
            Some((from, after)) if from < text.len() => {
                star = Some((from + 1, after));
                (at, in_pattern) = (from + 1, after);
            }
            _ => return false,
        }
    }
}

/// A regular expression of a condition; `None` where the engine here may read it otherwise than the servers do.
pub(super) fn regex(pattern: &str, collation: Option<Collation>) -> Option<regex::Regex> {
    let ignore_case = match collation {
        Some(collation) => collation.same("a", "A") == super::super::collation::Same::Yes,
        None => true,
    };
    // Word boundaries, classes and anchors with a backslash differ between the servers' engines.
    let plain = pattern.is_ascii() && !pattern.contains("[[") && !pattern.contains("(?");
    let known = pattern.split('\\').skip(1).all(|after| {
        after.starts_with(['.', '-', '+', '*', '?', '(', ')', '[', ']', '{', '}', '|', '^', '$', '/', 'd'])
    });
    if !plain || !known {
        return None;
    }
    let mut builder = regex::RegexBuilder::new(pattern);
    builder.case_insensitive(ignore_case).size_limit(MAX_REGEX).dfa_size_limit(MAX_REGEX).nest_limit(64);
    builder.build().ok()
}

/// `text REGEXP regex`; undecided where a text is not ASCII or holds line breaks, which engines treat differently.
pub(super) fn is_match(text: &str, regex: &regex::Regex) -> Truth {
    if text.len() > MAX_TEXT || !text.is_ascii() || text.contains(['\n', '\r']) {
        return Truth::Undecided;
    }
    if regex.is_match(text) { Truth::True } else { Truth::False }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn like_is_decided_for_ascii() {
        let collation = Collation::named("utf8mb4_general_ci");
        for (text, pattern, truth) in [
            ("abc", "a%", Truth::True),
            ("abc", "A_C", Truth::True),
            ("abc", "a_", Truth::False),
            ("abc", "%c", Truth::True),
            ("abc", "%d", Truth::False),
            ("", "%", Truth::True),
            ("", "_", Truth::False),
            ("a%", "a\\%", Truth::True),
            ("ab", "a\\%", Truth::False),
            ("aXbXc", "a%b%c", Truth::True),
            ("a ", "a", Truth::False),
            ("é", "e", Truth::Undecided),
            ("é", "_", Truth::True),
        ] {
            assert_eq!(like(text, pattern, Some('\\'), collation), truth, "{text} {pattern}");
        }
    }

    #[test]
    fn a_pattern_that_servers_read_otherwise_is_not_tried() {
        for (pattern, taken) in [
            ("^[a-z]+$", true),
            (r"^\d{3}$", true),
            ("[[:alpha:]]", false),
            (r"\bword", false),
            ("(?i)a", false),
            ("é", false),
            ("(", false),
            ("(a{1000}){1000}", false),
        ] {
            assert_eq!(regex(pattern, None).is_some(), taken, "{pattern}");
        }
    }
}
