//! The normal form of an expression's text: what the engines add by themselves goes, what a person wrote stays.
//! Equality is promised within one engine only. Pure.

use crate::schema::Engine;

/// Character-set introducers before a string literal, enclosing parentheses, letter case and runs of white space
/// outside quotes go. MySQL sends the text escaped once more, which is undone first.
pub(in crate::discovery) fn normal(text: &str, engine: Engine) -> String {
    let unescaped = if engine == Engine::Mysql { unescape(text) } else { text.to_owned() };
    strip_parentheses(&words(&unescaped)).to_owned()
}

/// The columns a normal form names, in the order of `columns`; names are always in backticks.
pub(in crate::discovery) fn columns(expression: &str, columns: &[String]) -> Vec<String> {
    let mut named = Vec::new();
    for (text, quote) in pieces(expression) {
        if quote == Some('`') {
            named.push(text[1..text.len() - 1].replace("``", "`"));
        }
    }
    columns.iter().filter(|column| named.contains(column)).cloned().collect()
}

fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, chars.clone().next()) {
            ('\\', Some(next @ ('\'' | '\\' | '"'))) => {
                out.push(next);
                chars.next();
            }
            _ => out.push(c),
        }
    }
    out
}

/// Cuts the text into quoted pieces (with their quotes) and what stands between them.
fn pieces(text: &str) -> Vec<(&str, Option<char>)> {
    let mut out = Vec::new();
    let mut start = 0;
    while let Some(open) = text[start..].find(['\'', '`', '"']).map(|at| at + start) {
        if open > start {
            out.push((&text[start..open], None));
        }
        let quote = char::from(text.as_bytes()[open]);
        let end = end_of_quote(text, open, quote);
        out.push((&text[open..end], Some(quote)));
        start = end;
    }
    if start < text.len() {
        out.push((&text[start..], None));
    }
    out
}

/// The byte after the closing quote. A doubled quote stays inside, and in strings a backslash covers the next byte.
fn end_of_quote(text: &str, open: usize, quote: char) -> usize {
    let bytes = text.as_bytes();
    let mut at = open + 1;
    while at < bytes.len() {
        match char::from(bytes[at]) {
            '\\' if quote != '`' => at += 1,
            c if c == quote && bytes.get(at + 1) == Some(&bytes[at]) => at += 1,
            c if c == quote => return at + 1,
            _ => {}
        }
        at += 1;
    }
    text.len()
}

fn words(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (piece, quote) in pieces(text) {
        match quote {
            Some(quote) => {
                if quote == '\'' {
                    cut_introducer(&mut out);
                }
                out.push_str(piece);
            }
            None => {
                for c in piece.chars() {
                    if !c.is_ascii_whitespace() {
                        out.push(c.to_ascii_lowercase());
                    } else if !out.ends_with(' ') {
                        out.push(' ');
                    }
                }
            }
        }
    }
    out.trim().to_owned()
}

/// Cuts `_utf8mb4` and the like off the end. `_binary` stays: it makes the literal a string of bytes.
fn cut_introducer(out: &mut String) {
    let text = out.trim_end();
    let start = text.rfind(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).map_or(0, |at| at + 1);
    let word = &text[start..];
    if word.starts_with('_') && word.len() > 1 && word != "_binary" {
        out.truncate(start);
    }
}

/// Strips parentheses that enclose the whole text, as often as there are any.
fn strip_parentheses(text: &str) -> &str {
    let mut text = text;
    while let Some(inner) = text.strip_prefix('(').and_then(|t| t.strip_suffix(')')) {
        if !balanced(inner) {
            break;
        }
        text = inner.trim();
    }
    text
}

/// Every closing parenthesis outside quotes closes one that was opened before it.
fn balanced(text: &str) -> bool {
    let mut depth = 0_i64;
    for (piece, quote) in pieces(text) {
        for c in piece.chars().filter(|_| quote.is_none()) {
            depth += i64::from(c == '(') - i64::from(c == ')');
            if depth < 0 {
                return false;
            }
        }
    }
    depth == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_check_reads_the_same_on_every_engine() {
        let cases = [
            (Engine::Tidb, "(`n` < 100 and `name` != _utf8mb4'x''y')", "`n` < 100 and `name` != 'x''y'"),
            (Engine::Mariadb, "`n` < 100 and `name` <> 'x'", "`n` < 100 and `name` <> 'x'"),
            (Engine::Mariadb, "`name`  not like '%z:q'", "`name` not like '%z:q'"),
            (Engine::Mysql, r"((`n` < 100) and (`name` <> _utf8mb4\'x\'))", "(`n` < 100) and (`name` <> 'x')"),
            (Engine::Mysql, r"(`a` <> _latin1\'it\\\'s\')", r"`a` <> 'it\'s'"),
            (Engine::Mysql, r"(`a` <> _utf8mb4\'back\\\\slash\')", r"`a` <> 'back\\slash'"),
            (Engine::Tidb, "((`a` + `b`) * (`c`))", "(`a` + `b`) * (`c`)"),
            (Engine::Tidb, "(`a`) or (`b`)", "(`a`) or (`b`)"),
            (Engine::Tidb, "(`a` = ')' )", "`a` = ')'"),
            (Engine::Tidb, "YEAR(`D`)", "year(`D`)"),
            (Engine::Tidb, "Concat( `A  B` ,\n 'X  Y' )", "concat( `A  B` , 'X  Y' )"),
            (Engine::Mysql, r"hex(_binary\'ab\')", "hex(_binary'ab')"),
            (Engine::Tidb, "`my_utf8mb4` = 'a'", "`my_utf8mb4` = 'a'"),
            (
                Engine::Tidb,
                "cast(json_extract(`j`, _utf8mb4'$.tags') as unsigned array)",
                "cast(json_extract(`j`, '$.tags') as unsigned array)",
            ),
            (Engine::Mariadb, "concat('a','\\'','b')", "concat('a','\\'','b')"),
            (Engine::Mariadb, "'unclosed", "'unclosed"),
            (Engine::Mariadb, "((1))", "1"),
            (Engine::Mariadb, "", ""),
        ];
        for (engine, text, want) in cases {
            assert_eq!(normal(text, engine), want, "{text}");
            if engine != Engine::Mysql {
                assert_eq!(normal(want, engine), want, "the normal form is its own normal form");
            }
        }
    }

    #[test]
    fn columns_are_the_names_in_backticks() {
        let own = ["b".to_owned(), "a`x".to_owned(), "c".to_owned()];
        assert_eq!(columns("`a``x` + `b` < 'c' or `d` is null", &own), ["b", "a`x"]);
        assert_eq!(columns("1 < 2", &own), Vec::<String>::new());
    }
}
