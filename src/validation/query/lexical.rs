//! The text before it is parsed: read by the server's rules for strings, quoted names and comments. Comments are blanked
//! out, so that the parser cannot take one for anything else than the server does; one that a server runs is reported.

use super::code::Code;
use super::names::Catalog;
use super::result::{At, Findings, Issue};

/// Longest text judged, in bytes.
pub const MAX_BYTES: usize = 64 * 1024;

/// A text without comments, every other character in its place.
#[derive(Debug, Default)]
pub(super) struct Scanned {
    pub(super) text: String,
    /// Where each string and quoted name closes, in order.
    pub(super) closes: Vec<At>,
}

/// Reads the text. `None` when it cannot be judged any further; the findings say why.
pub(super) fn scan(sql: &str, catalog: Catalog<'_>, found: &mut Findings) -> Option<Scanned> {
    if sql.len() > MAX_BYTES {
        let message = format!("the text has {} bytes; at most {MAX_BYTES} are judged", sql.len());
        found.push(Issue::unsupported(At::START, message));
        return None;
    }
    let mut scanner = Scanner {
        rest: sql.chars().collect::<Vec<_>>().into_iter().peekable(),
        next: None,
        at: At::START,
        out: Scanned { text: String::with_capacity(sql.len()), closes: Vec::new() },
        backslash: !catalog.mode("NO_BACKSLASH_ESCAPES"),
        ansi_quotes: catalog.mode("ANSI_QUOTES"),
        found,
    };
    scanner.run().then_some(scanner.out)
}

struct Scanner<'f> {
    rest: std::iter::Peekable<std::vec::IntoIter<char>>,
    /// A character looked at and put back.
    next: Option<char>,
    at: At,
    out: Scanned,
    backslash: bool,
    ansi_quotes: bool,
    found: &'f mut Findings,
}

impl Scanner<'_> {
    /// False when what follows cannot be trusted to mean to the parser what it means to the server.
    fn run(&mut self) -> bool {
        while let Some((c, at)) = self.take() {
            let good = match c {
                '\'' | '"' | '`' => self.quoted(c, at),
                '/' if self.peek() == Some('*') => self.block_comment(at),
                '#' => self.line_comment(1),
                '-' if self.starts_dash_comment() => self.line_comment(1),
                c => self.plain(c, at),
            };
            if !good {
                return false;
            }
        }
        true
    }

    fn take(&mut self) -> Option<(char, At)> {
        let c = self.next.take().or_else(|| self.rest.next())?;
        let at = self.at;
        if c == '\n' {
            self.at = At { line: at.line + 1, column: 1 };
        } else {
            self.at.column += 1;
        }
        Some((c, at))
    }

    fn peek(&mut self) -> Option<char> {
        self.next.or_else(|| self.rest.peek().copied())
    }

    /// The character after the next.
    fn peek_second(&mut self) -> Option<char> {
        if self.next.is_none() {
            self.next = self.rest.next();
        }
        self.rest.peek().copied()
    }

    fn plain(&mut self, c: char, at: At) -> bool {
        self.out.text.push(c);
        let fits = !c.is_control() || matches!(c, '\t' | '\n' | '\r' | '\u{b}' | '\u{c}');
        if fits && (c.is_ascii() || !c.is_whitespace()) {
            return true;
        }
        // The server reads a space outside ASCII as part of a name, the parser as a space.
        let message = if c == '\0' {
            "the text holds a NUL character".to_owned()
        } else {
            format!("the character U+{:04X} cannot stand outside of strings and quoted names", u32::from(c))
        };
        self.found.push(Issue::new(Code::ParseError, at, message).suggest("write a plain space".to_owned()));
        false
    }

    fn quoted(&mut self, quote: char, start: At) -> bool {
        self.out.text.push(quote);
        if quote == '"' && self.ansi_quotes {
            let message =
                "sql_mode has ANSI_QUOTES, where double quotes hold a name and not a string; that is not judged";
            let issue = Issue { unsupported: true, ..Issue::new(Code::AnsiQuotesUnsupported, start, message) };
            self.found.push(issue.suggest("write names in backquotes and strings in single quotes".to_owned()));
            return false;
        }
        while let Some((c, at)) = self.take() {
            self.out.text.push(c);
            match c {
                '\0' => {
                    self.found.push(Issue::new(Code::ParseError, at, "the text holds a NUL character"));
                    return false;
                }
                '\\' if quote != '`' && !self.backslash => {
                    let message = "sql_mode has NO_BACKSLASH_ESCAPES; a string with a backslash is not judged";
                    self.found.push(Issue::unsupported(at, message));
                    return false;
                }
                '\\' if quote != '`' => self.keep(),
                c if c == quote && self.peek() == Some(quote) => self.keep(),
                c if c == quote => {
                    self.out.closes.push(self.at);
                    return true;
                }
                _ => {}
            }
        }
        let message = if quote == '`' { "a quoted name does not end" } else { "a string does not end" };
        self.found.push(Issue::new(Code::ParseError, start, message));
        false
    }

    /// Two dashes are a comment only with a space, a control character or nothing behind them.
    fn starts_dash_comment(&mut self) -> bool {
        self.peek() == Some('-') && self.peek_second().is_none_or(|c| c.is_ascii_whitespace() || c.is_ascii_control())
    }

    fn line_comment(&mut self, seen: usize) -> bool {
        self.blank(seen);
        while self.peek().is_some_and(|c| c != '\n') {
            self.take();
            self.blank(1);
        }
        true
    }

    /// The next character, whatever it is.
    fn keep(&mut self) {
        if let Some((c, _)) = self.take() {
            self.out.text.push(c);
        }
    }

    fn blank(&mut self, count: usize) {
        self.out.text.extend(std::iter::repeat_n(' ', count));
    }

    fn block_comment(&mut self, start: At) -> bool {
        let mut body = String::new();
        self.take();
        self.blank(2);
        loop {
            let Some((c, _)) = self.take() else {
                self.found.push(Issue::new(Code::ParseError, start, "a comment does not end"));
                return false;
            };
            if c == '*' && self.peek() == Some('/') {
                self.take();
                self.blank(2);
                break;
            }
            self.out.text.push(if c == '\n' { '\n' } else { ' ' });
            body.push(c);
        }
        let Some(message) = executable(&body) else { return true };
        self.found.push(Issue::new(Code::ExecutableComment, start, message));
        false
    }
}

/// What a server does with the comment beyond skipping it.
fn executable(body: &str) -> Option<&'static str> {
    let runs = ["!", "M!", "m!", "T!", "t!"].iter().any(|start| body.starts_with(start));
    if runs {
        return Some("MySQL, MariaDB or TiDB runs the text of this comment; write it out, or leave it out");
    }
    let sets = body.starts_with('+') && body.to_ascii_uppercase().contains("SET_VAR");
    sets.then_some("this optimizer hint sets a variable; leave it out")
}
