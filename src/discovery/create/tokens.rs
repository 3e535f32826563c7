//! The words of SHOW CREATE TABLE: names in backquotes, strings, comments that hold TiDB's own syntax, and the rest. Pure.

use std::fmt;

/// One piece of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// A name, without its backquotes.
    Name(String),
    /// A string, without its quotes and escapes.
    Text(String),
    /// A keyword or number.
    Word(&'a str),
    /// Any other character.
    Mark(char),
    /// White space.
    Space,
    /// The beginning of a comment that holds syntax, as in `/*T![ttl]` or `/*!80000`.
    Open,
    /// The end of one.
    Close,
}

impl fmt::Display for Token<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => write!(f, "`{}`", name.replace('`', "``")),
            Self::Text(text) => write!(f, "'{}'", text.replace('\'', "''")),
            Self::Word(word) => f.write_str(word),
            Self::Mark(mark) => write!(f, "{mark}"),
            Self::Space => f.write_str(" "),
            Self::Open | Self::Close => Ok(()),
        }
    }
}

/// The name at the beginning of the text, and what follows it.
pub(super) fn name(text: &str) -> Option<(String, &str)> {
    let inner = text.strip_prefix('`')?;
    let mut out = String::new();
    let mut rest = inner;
    loop {
        let (piece, after) = rest.split_once('`')?;
        out.push_str(piece);
        match after.strip_prefix('`') {
            Some(after) => {
                out.push('`');
                rest = after;
            }
            None => return Some((out, after)),
        }
    }
}

/// What the parentheses at the beginning of the text enclose, and what follows them.
pub(super) fn enclosed(text: &str) -> Option<(&str, &str)> {
    let (mut depth, mut at) = (0_u32, 0);
    while at < text.len() {
        let rest = &text[at..];
        at += match rest.chars().next()? {
            '`' => rest.len() - name(rest)?.1.len(),
            '\'' => rest.len() - string(rest)?.1.len(),
            '(' => {
                depth += 1;
                1
            }
            ')' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some((text.get(1..at)?, text.get(at + 1..)?));
                }
                1
            }
            _ if depth == 0 => return None,
            c => c.len_utf8(),
        };
    }
    None
}

/// The string at the beginning of the text, and what follows it.
fn string(text: &str) -> Option<(String, &str)> {
    let mut chars = text.strip_prefix('\'')?.char_indices().peekable();
    let mut out = String::new();
    while let Some((at, c)) = chars.next() {
        match c {
            '\'' if chars.peek().is_some_and(|(_, next)| *next == '\'') => {
                out.push('\'');
                chars.next();
            }
            '\'' => return Some((out, &text[at + 2..])),
            '\\' => out.push(match chars.next()?.1 {
                'n' => '\n',
                'r' => '\r',
                '0' => '\0',
                c => c,
            }),
            c => out.push(c),
        }
    }
    None
}

/// Cuts the text into tokens. Plain comments are left out; what is never closed ends the list.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let word = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
        let (token, after) = match c {
            '`' => match name(rest) {
                Some((name, after)) => (Token::Name(name), after),
                None => break,
            },
            '\'' => match string(rest) {
                Some((text, after)) => (Token::Text(text), after),
                None => break,
            },
            '/' if rest.starts_with("/*T!") || rest.starts_with("/*!") => (Token::Open, opened(rest)),
            '/' if rest.starts_with("/*") => match rest.split_once("*/") {
                Some((_, after)) => (Token::Space, after),
                None => break,
            },
            '*' if rest.starts_with("*/") => (Token::Close, &rest[2..]),
            ' ' => (Token::Space, &rest[1..]),
            _ if word > 0 => (Token::Word(&rest[..word]), &rest[word..]),
            c => (Token::Mark(c), &rest[c.len_utf8()..]),
        };
        out.push(token);
        rest = after;
    }
    out
}

/// After `/*T![feature]`, `/*T!` or `/*!80000`.
fn opened(text: &str) -> &str {
    let after = text.split_once('!').map_or("", |(_, after)| after);
    match after.strip_prefix('[') {
        Some(feature) => feature.split_once(']').map_or("", |(_, after)| after),
        None => after.trim_start_matches(|c: char| c.is_ascii_digit()),
    }
}
