//! What servers know and the parser does not: only asked once a text did not parse, so that it is called unknown and not
//! wrong.

use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::parse::is_word;
use super::result::At;

/// Words a server understands in that order and the parser does not, what they are, and what to write instead.
const UNSUPPORTED: &[(&[&str], &str, &str)] = &[
    (&["AS", "OF", "TIMESTAMP"], "a stale read (AS OF TIMESTAMP)", ""),
    (&["FOR", "SYSTEM_TIME"], "FOR SYSTEM_TIME", ""),
    (&["NEXT", "VALUE", "FOR"], "NEXT VALUE FOR", "write NEXTVAL(sequence)"),
    (&["PREVIOUS", "VALUE", "FOR"], "PREVIOUS VALUE FOR", "write LASTVAL(sequence)"),
    (&["INTO", "OUTFILE"], "SELECT … INTO OUTFILE, which writes a file,", ""),
    (&["INTO", "DUMPFILE"], "SELECT … INTO DUMPFILE, which writes a file,", ""),
    (&["LOCK", "IN", "SHARE", "MODE"], "LOCK IN SHARE MODE, which locks what it reads,", "write FOR SHARE"),
    (&["SOUNDS", "LIKE"], "SOUNDS LIKE", "write SOUNDEX(a) = SOUNDEX(b)"),
    (&["PROCEDURE", "ANALYSE"], "PROCEDURE ANALYSE", ""),
    (&["AUTO_RANDOM"], "AUTO_RANDOM in CREATE TABLE", ""),
    (&["PARTITION", "BY"], "PARTITION BY in CREATE TABLE", ""),
    (&["CHAR", "(", "USING"], "CHAR(… USING …)", "write CONVERT(CHAR(…) USING …)"),
    (&["WEIGHT_STRING", "(", "AS"], "WEIGHT_STRING(… AS …)", ""),
    (&["FULL"], "FULL as a name", "write it in backquotes"),
];

/// First words of statements the parser does not know.
const UNSUPPORTED_STARTS: &[&str] =
    &["TABLE", "BATCH", "ADMIN", "FLASHBACK", "HANDLER", "DO", "LOAD", "ANALYZE", "DESC", "DESCRIBE", "TRACE", "SPLIT"];

/// What the text has of it, where, and what to write instead.
pub(super) fn unsupported(tokens: &[TokenWithSpan]) -> Option<(At, String, &'static str)> {
    for (words, name, hint) in UNSUPPORTED {
        if let Some(token) = sequence(tokens, words) {
            return Some((At::from(token.span), (*name).to_owned(), hint));
        }
    }
    let infix_mod = tokens.windows(2).find(|pair| match pair {
        [word, next] => is_word(word, "MOD") && next.token != Token::LParen,
        _ => false,
    });
    if let Some([token, ..]) = infix_mod {
        return Some((At::from(token.span), "a MOD b".to_owned(), "write MOD(a, b) or a % b"));
    }
    if let Some(token) = tokens.iter().find(|t| t.token == Token::ExclamationMark) {
        return Some((At::from(token.span), "the operator `!`".to_owned(), "write NOT"));
    }
    if let Some((token, name, hint)) = tokens.windows(3).find_map(open_parenthesis) {
        return Some((At::from(token.span), name.to_owned(), hint));
    }
    if let Some(token) = tokens.iter().find(|t| COMPOUND_UNITS.iter().any(|unit| is_word(t, unit))) {
        return Some((At::from(token.span), "an interval of two units".to_owned(), "write an interval of each unit"));
    }
    let first = tokens.first()?;
    if is_word(first, "UPDATE") && comma_before_set(tokens) {
        return Some((At::from(first.span), "UPDATE a, b".to_owned(), "write UPDATE a JOIN b ON …"));
    }
    let start = UNSUPPORTED_STARTS.iter().find(|word| is_word(first, word))?;
    Some((At::from(first.span), format!("this form of {start}"), ""))
}

/// What a parenthesis opens that the parser does not know.
fn open_parenthesis(three: &[TokenWithSpan]) -> Option<(&TokenWithSpan, &'static str, &'static str)> {
    let [word, open, next] = three else { return None };
    let query = ["SELECT", "WITH", "VALUES", "TABLE"].iter().any(|start| is_word(next, start));
    let names = matches!(next.token, Token::Word(_)) && !query || next.token == Token::LParen;
    if open.token != Token::LParen {
        None
    } else if is_word(word, "INTERVAL") {
        Some((word, "the function INTERVAL", ""))
    } else if names && ["FROM", "JOIN"].iter().any(|before| is_word(word, before)) {
        Some((open, "a list of tables in parentheses", "write the tables without the parentheses"))
    } else {
        None
    }
}

/// Units of `INTERVAL '1:30' HOUR_MINUTE` and its like.
const COMPOUND_UNITS: &[&str] = &[
    "SECOND_MICROSECOND",
    "MINUTE_MICROSECOND",
    "MINUTE_SECOND",
    "HOUR_MICROSECOND",
    "HOUR_SECOND",
    "HOUR_MINUTE",
    "DAY_MICROSECOND",
    "DAY_SECOND",
    "DAY_MINUTE",
    "DAY_HOUR",
    "YEAR_MONTH",
];

fn comma_before_set(tokens: &[TokenWithSpan]) -> bool {
    tokens.iter().take_while(|t| !is_word(t, "SET")).any(|t| t.token == Token::Comma)
}

/// The first token of the words, which follow each other; after an opening parenthesis anywhere up to its end.
fn sequence<'t>(tokens: &'t [TokenWithSpan], words: &[&str]) -> Option<&'t TokenWithSpan> {
    let (head, inside) = match words {
        [head @ .., "(", inside] => (head, Some(inside)),
        _ => (words, None),
    };
    let start = tokens.windows(head.len()).position(|w| w.iter().zip(head).all(|(t, word)| is_word(t, word)))?;
    let rest = tokens.get(start + head.len()..)?;
    let fits = inside.is_none_or(|word| {
        rest.first().is_some_and(|t| t.token == Token::LParen)
            && rest.iter().take_while(|t| t.token != Token::RParen).any(|t| is_word(t, word))
    });
    tokens.get(start).filter(|_| fits)
}
