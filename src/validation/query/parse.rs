//! From text to one statement: the parser, a check that it read strings where the server reads them, a bound on depth,
//! and what is known not to parse although a server knows it.

use sqlparser::ast::Statement;
use sqlparser::dialect::MySqlDialect;
use sqlparser::keywords::Keyword;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Location, Token, TokenWithSpan, Tokenizer};

use super::code::Code;
use super::lexical::Scanned;
use super::result::{At, Findings, Issue};
use super::unsupported::unsupported;

/// Most operators that may stand one inside the other, over all parentheses around a place.
const MAX_CHAIN: usize = 1000;

/// A statement and the tokens it was read from, white space left out.
#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) statement: Statement,
    pub(super) tokens: Vec<TokenWithSpan>,
}

impl From<Location> for At {
    fn from(location: Location) -> Self {
        Self { line: location.line.max(1), column: location.column.max(1) }
    }
}

/// The one statement of the text. `None` when there is none to judge; the findings say why.
pub(super) fn parse(scanned: &Scanned, found: &mut Findings) -> Option<Parsed> {
    let dialect = MySqlDialect {};
    let tokens = match Tokenizer::new(&dialect, &scanned.text).tokenize_with_location() {
        Ok(tokens) => tokens,
        Err(error) => {
            found.push(Issue::new(Code::ParseError, At::from(error.location), "the text cannot be read from here"));
            return None;
        }
    };
    let tokens: Vec<_> = tokens.into_iter().filter(|t| !matches!(t.token, Token::Whitespace(_))).collect();
    if tokens.iter().all(|t| matches!(t.token, Token::SemiColon | Token::EOF)) {
        found.push(Issue::new(Code::Empty, At::START, "there is no statement"));
        return None;
    }
    if let Some(issue) = misread(&tokens, &scanned.closes).or_else(|| too_deep(&tokens)) {
        found.push(issue);
        return None;
    }
    let parsed = Parser::new(&dialect).with_tokens_with_locations(tokens.clone()).parse_statements();
    let issue = match parsed {
        Ok(statements) => match <[Statement; 1]>::try_from(statements) {
            Ok([statement]) => return Some(Parsed { statement, tokens }),
            Err(statements) => several(&tokens, statements.len()),
        },
        Err(error) => refused(&error, &tokens),
    };
    found.push(issue);
    None
}

fn several(tokens: &[TokenWithSpan], count: usize) -> Issue {
    let after = tokens.iter().skip_while(|t| t.token == Token::SemiColon).skip_while(|t| t.token != Token::SemiColon);
    let second = after.into_iter().find(|t| t.token != Token::SemiColon);
    let at = second.map_or(At::START, |t| t.span.into());
    Issue::new(Code::MultipleStatements, at, format!("{count} statements; one is judged at a time"))
}

/// The parser must have closed every string and quoted name where the server does: else one of them hides text from us.
fn misread(tokens: &[TokenWithSpan], closes: &[At]) -> Option<Issue> {
    let quoted = |token: &Token| match token {
        Token::Word(word) => word.quote_style.is_some(),
        Token::SingleQuotedString(_)
        | Token::DoubleQuotedString(_)
        | Token::NationalStringLiteral(_)
        | Token::SingleQuotedByteStringLiteral(_)
        | Token::DoubleQuotedByteStringLiteral(_) => true,
        _ => false,
    };
    // One is written `x'41'` or `0x41`.
    let mut closes = closes.iter().copied().peekable();
    for token in tokens {
        let end = At::from(token.span.end);
        let is_hex = matches!(token.token, Token::HexStringLiteral(_));
        let closed = closes.next_if(|close| *close <= end);
        let agree = match closed {
            Some(close) => close == end && (quoted(&token.token) || is_hex),
            None => !quoted(&token.token),
        };
        if !agree {
            let message = "it is not certain where strings begin and end; write a space before each quote";
            return Some(Issue::unsupported(At::from(token.span), message));
        }
    }
    None
}

/// Between two parentheses: operators since the last comma, the deepest parentheses since then, the deepest before.
#[derive(Clone, Copy, Debug, Default)]
struct Level {
    operators: usize,
    inner: usize,
    before: usize,
}

impl Level {
    fn depth(self) -> usize {
        self.before.max(self.operators + self.inner)
    }
}

/// The tree is as deep as operators follow each other, and what stands in parentheses hangs below all of them. One that is
/// too deep is not built: every walk over it, and even dropping it, recurses.
fn too_deep(tokens: &[TokenWithSpan]) -> Option<Issue> {
    let mut outer: Vec<Level> = Vec::new();
    let mut level = Level::default();
    for token in tokens {
        match &token.token {
            Token::LParen | Token::LBracket | Token::LBrace => outer.push(std::mem::take(&mut level)),
            Token::RParen | Token::RBracket | Token::RBrace => {
                let depth = level.depth();
                level = outer.pop().unwrap_or_default();
                level.inner = level.inner.max(depth);
            }
            Token::Comma => level = Level { before: level.depth(), ..Level::default() },
            token if deepens(token) => level.operators += 1,
            _ => {}
        }
        if level.depth() > MAX_CHAIN {
            let message = format!("more than {MAX_CHAIN} operators build on each other here; that is not judged");
            return Some(Issue::unsupported(At::from(token.span), message).suggest("use IN (…) or a join".to_owned()));
        }
    }
    None
}

fn deepens(token: &Token) -> bool {
    match token {
        Token::Word(word) => word.quote_style.is_none() && word.keyword != Keyword::NoKeyword,
        Token::Number(..)
        | Token::SingleQuotedString(_)
        | Token::DoubleQuotedString(_)
        | Token::HexStringLiteral(_)
        | Token::Placeholder(_)
        | Token::Period
        | Token::SemiColon
        | Token::EOF => false,
        _ => true,
    }
}

fn refused(error: &ParserError, tokens: &[TokenWithSpan]) -> Issue {
    if matches!(error, ParserError::RecursionLimitExceeded) {
        return Issue::unsupported(At::START, "the statement nests too deeply to be judged");
    }
    if let Some((at, name, hint)) = unsupported(tokens) {
        let hint = (!hint.is_empty()).then(|| hint.to_owned());
        return Issue::unsupported(at, format!("{name} is not judged")).suggest(hint);
    }
    let place = position(&error.to_string());
    let token = tokens.iter().find(|t| place.is_some_and(|place| At::from(t.span) >= place));
    match token.filter(|t| t.token != Token::EOF) {
        Some(token) => Issue::new(Code::ParseError, token.span, format!("syntax error at {}", shown(&token.token))),
        None => {
            let end = tokens.iter().rev().find(|t| t.token != Token::EOF).map_or(At::START, |t| t.span.end.into());
            Issue::new(Code::ParseError, end, "the statement ends too early")
        }
    }
}

/// A token in a message: never a literal.
fn shown(token: &Token) -> String {
    match token {
        Token::Word(word) => format!("`{}`", word.value),
        Token::Number(..) => "a number".to_owned(),
        token if is_operator(token) => format!("`{token}`"),
        _ => "a literal".to_owned(),
    }
}

fn is_operator(token: &Token) -> bool {
    let text = token.to_string();
    text.len() <= 3 && !text.contains(['\'', '"', '`']) && !text.contains(char::is_alphanumeric)
}

/// The `Line: 1, Column: 2` at the end of a parser's message.
fn position(message: &str) -> Option<At> {
    let (_, tail) = message.rsplit_once(" at Line: ")?;
    let (line, column) = tail.split_once(", Column: ")?;
    Some(At { line: line.trim().parse().ok()?, column: column.trim().parse().ok()? })
}

pub(super) fn is_word(token: &TokenWithSpan, word: &str) -> bool {
    matches!(&token.token, Token::Word(w) if w.quote_style.is_none() && w.value.eq_ignore_ascii_case(word))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn strings_must_close_where_the_server_closes_them() {
        let tokens = |sql| Tokenizer::new(&MySqlDialect {}, sql).tokenize_with_location().unwrap();
        let at = |column| At { line: 1, column };
        for (sql, closes, agree) in [
            ("SELECT 'a', `b`", &[at(11), at(16)][..], true),
            ("SELECT x'4a', b'1', N'c'", &[at(13), at(19), at(25)], true),
            ("SELECT 0x4a, 'a'", &[at(17)], true),
            ("SELECT 'a', 'b'", &[at(16)], false),
            ("SELECT 'a', 'b'", &[at(11)], false),
            ("SELECT 'a', 'b'", &[at(9), at(16)], false),
            ("SELECT 1", &[at(8)], false),
            ("SELECT 'a'", &[], false),
        ] {
            assert_eq!(misread(&tokens(sql), closes).is_none(), agree, "{sql} {closes:?}");
        }
    }
}
