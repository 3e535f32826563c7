//! Reads the paths a Rust source names (`crate::mcp::Endpoint`, `.await` as `await`), without comments, texts and
//! documentation, and with `use a::{b, c}` spread out. Enough of a lexer for import rules; no parser.

/// One path, and whether it stands in a test module.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) path: String,
    pub(crate) in_tests: bool,
}

/// The source as tokens: names, `::`, `{`, `}`, `,`, and every other character alone.
fn tokens(source: &str) -> Vec<String> {
    let chars: Vec<char> = source.chars().collect();
    let (mut tokens, mut at) = (Vec::new(), 0);
    while at < chars.len() {
        let rest = &chars[at..];
        let skip = comment(rest).or_else(|| text(rest)).or_else(|| character(rest));
        if let Some(length) = skip {
            at += length;
            continue;
        }
        let word = rest.iter().take_while(|c| c.is_alphanumeric() || **c == '_').count();
        let length = if word > 0 {
            word
        } else if rest.starts_with(&[':', ':']) {
            2
        } else {
            1
        };
        if !chars[at].is_whitespace() {
            tokens.push(rest[..length].iter().collect());
        }
        at += length;
    }
    tokens
}

fn comment(rest: &[char]) -> Option<usize> {
    if rest.starts_with(&['/', '/']) {
        return Some(rest.iter().take_while(|c| **c != '\n').count());
    }
    if !rest.starts_with(&['/', '*']) {
        return None;
    }
    let end = rest.windows(2).skip(2).position(|pair| pair == ['*', '/']);
    Some(end.map_or(rest.len(), |end| end + 4))
}

fn text(rest: &[char]) -> Option<usize> {
    let raw = rest.first() == Some(&'r');
    let hashes = rest.iter().skip(1).take_while(|c| raw && **c == '#').count();
    let open = usize::from(raw) + hashes;
    if rest.get(open) != Some(&'"') {
        return None;
    }
    let mut at = open + 1;
    while at < rest.len() {
        match rest[at] {
            '\\' if !raw => at += 1,
            '"' if rest[at + 1..].iter().take_while(|c| **c == '#').count() >= hashes => return Some(at + 1 + hashes),
            _ => {}
        }
        at += 1;
    }
    Some(rest.len())
}

/// `'x'` or `'\n'`; a lifetime has no closing quote in that place.
fn character(rest: &[char]) -> Option<usize> {
    match rest {
        ['\'', '\\', _, tail @ ..] => tail.iter().position(|c| *c == '\'').map(|end| end + 4),
        ['\'', _, '\'', ..] => Some(3),
        _ => None,
    }
}

/// Every path in the source; groups are spread out, so `use a::{b, c::d}` gives `a::b` and `a::c::d`.
pub(crate) fn found(source: &str) -> Vec<Found> {
    let tokens = tokens(source);
    let tests_from = tokens.windows(5).position(|w| w == ["cfg", "(", "test", ")", "]"]).unwrap_or(tokens.len());
    let mut all = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if is_word(&tokens[at]) {
            let mut paths = Vec::new();
            let end = path(&tokens, at, "", &mut paths);
            all.extend(paths.into_iter().map(|path| Found { path, in_tests: at > tests_from }));
            at = end;
        } else {
            at += 1;
        }
    }
    all
}

/// Reads one path at `at` (a word) into `into` and returns where it ends.
fn path(tokens: &[String], mut at: usize, prefix: &str, into: &mut Vec<String>) -> usize {
    let mut name = format!("{prefix}{}", tokens[at]);
    at += 1;
    while tokens.get(at).is_some_and(|t| t == "::") {
        match tokens.get(at + 1).map(String::as_str) {
            Some("{") => return group(tokens, at + 2, &format!("{name}::"), into),
            Some(word) if is_word(word) => {
                name = format!("{name}::{word}");
                at += 2;
            }
            _ => break,
        }
    }
    into.push(name);
    at
}

fn group(tokens: &[String], mut at: usize, prefix: &str, into: &mut Vec<String>) -> usize {
    while let Some(token) = tokens.get(at) {
        at = match token.as_str() {
            "}" => return at + 1,
            word if is_word(word) => path(tokens, at, prefix, into),
            _ => at + 1,
        };
    }
    at
}

fn is_word(token: &str) -> bool {
    token.chars().next().is_some_and(|c| c.is_alphanumeric() || c == '_')
}
