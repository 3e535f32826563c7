//! Reads `` `a` >= 1 and `b` in (1,2) `` and no more; every other expression is `None`. Pure, bounded in depth.

/// Parentheses inside parentheses that are still read.
const MAX_DEPTH: usize = 32;

/// A column compared with constants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Comparison {
    pub(super) column: String,
    pub(super) operator: Operator,
    pub(super) literals: Vec<Literal>,
}

/// How it is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    /// `>=`, or `>` when exclusive.
    Least { exclusive: bool },
    /// `<=`, or `<` when exclusive.
    Greatest { exclusive: bool },
    /// `=` or `in`.
    OneOf,
}

/// A constant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Literal {
    Number(String),
    Text(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Name(String),
    Text(String),
    /// A number, keyword or operator as written.
    Word(String),
}

/// The comparisons that must all hold; NULL passes each of them, as it passes a CHECK.
pub(super) fn conjunction(expression: &str) -> Option<Vec<Comparison>> {
    let tokens = tokens(expression)?;
    let mut rest = Rest(&tokens);
    let all = rest.conjunction(0)?;
    rest.0.is_empty().then_some(all)
}

struct Rest<'t>(&'t [Token]);

impl Rest<'_> {
    fn next(&mut self) -> Option<Token> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(first.clone())
    }

    fn word(&mut self, word: &str) -> bool {
        let found = matches!(self.0.first(), Some(Token::Word(first)) if first == word);
        if found {
            self.0 = self.0.get(1..).unwrap_or_default();
        }
        found
    }

    fn conjunction(&mut self, depth: usize) -> Option<Vec<Comparison>> {
        let mut all = self.term(depth)?;
        while self.word("and") {
            all.extend(self.term(depth)?);
        }
        // `or x is null` adds nothing: NULL passes already. It binds less than `and`, so one column must be all there is.
        if self.word("or") {
            let one = all.iter().all(|comparison| all.first().is_some_and(|first| first.column == comparison.column));
            let parentheses = self.word("(");
            let column = self.name()?;
            let null = self.word("is") && self.word("null") && (!parentheses || self.word(")"));
            (one && null && all.first().is_some_and(|first| first.column == column)).then_some(())?;
        }
        Some(all)
    }

    fn term(&mut self, depth: usize) -> Option<Vec<Comparison>> {
        if self.word("(") {
            let inner = if depth < MAX_DEPTH { self.conjunction(depth + 1)? } else { return None };
            return self.word(")").then_some(inner);
        }
        let column = self.name()?;
        let of = |operator, literals| Comparison { column: column.clone(), operator, literals };
        let Token::Word(word) = self.next()? else { return None };
        let (least, greatest) =
            (|exclusive| Operator::Least { exclusive }, |exclusive| Operator::Greatest { exclusive });
        let operator = match word.as_str() {
            ">=" => least(false),
            ">" => least(true),
            "<=" => greatest(false),
            "<" => greatest(true),
            "=" => Operator::OneOf,
            "in" => return Some(vec![of(Operator::OneOf, self.list()?)]),
            "between" => {
                let low = self.literal()?;
                let high = self.word("and").then(|| self.literal())??;
                return Some(vec![of(least(false), vec![low]), of(greatest(false), vec![high])]);
            }
            _ => return None,
        };
        Some(vec![of(operator, vec![self.literal()?])])
    }

    fn name(&mut self) -> Option<String> {
        match self.next()? {
            Token::Name(name) => Some(name),
            _ => None,
        }
    }

    fn list(&mut self) -> Option<Vec<Literal>> {
        self.word("(").then_some(())?;
        let mut list = vec![self.literal()?];
        while self.word(",") {
            list.push(self.literal()?);
        }
        self.word(")").then_some(list)
    }

    fn literal(&mut self) -> Option<Literal> {
        let minus = self.word("-");
        match self.next()? {
            Token::Text(text) if !minus => Some(Literal::Text(text)),
            Token::Word(word) if word.starts_with(|c: char| c.is_ascii_digit() || c == '.') => {
                Some(Literal::Number(if minus { format!("-{word}") } else { word }))
            }
            _ => None,
        }
    }
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut out = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let is_word = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
        match c {
            c if c.is_whitespace() => {}
            '`' => out.push(Token::Name(quoted(&mut chars, '`')?)),
            '\'' => out.push(Token::Text(quoted(&mut chars, '\'')?)),
            c if is_word(&c) => {
                let mut word = String::from(c);
                while let Some(next) = chars.next_if(is_word) {
                    word.push(next);
                }
                out.push(Token::Word(word));
            }
            '<' | '>' => {
                let mut operator = String::from(c);
                operator.extend(chars.next_if(|next| matches!(next, '=' | '>')));
                out.push(Token::Word(operator));
            }
            c => out.push(Token::Word(c.to_string())),
        }
    }
    Some(out)
}

/// What stands before the closing quote. A backslash in a string is left to the database: the engines differ in it.
fn quoted(chars: &mut std::iter::Peekable<std::str::Chars<'_>>, quote: char) -> Option<String> {
    let mut out = String::new();
    loop {
        match chars.next()? {
            '\\' if quote == '\'' => return None,
            c if c != quote => out.push(c),
            _ if chars.next_if_eq(&quote).is_some() => out.push(quote),
            _ => return Some(out),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(column: &str, operator: Operator, literals: &[&str]) -> Comparison {
        let literal = |text: &&str| match text.strip_prefix('\'') {
            Some(text) => Literal::Text(text.to_owned()),
            None => Literal::Number((*text).to_owned()),
        };
        Comparison { column: column.to_owned(), operator, literals: literals.iter().map(literal).collect() }
    }

    #[test]
    fn comparisons_with_constants_are_read() {
        let least = |exclusive| Operator::Least { exclusive };
        let greatest = |exclusive| Operator::Greatest { exclusive };
        for (text, want) in [
            ("`a` > 0", vec![of("a", least(true), &["0"])]),
            ("`a` >= -5", vec![of("a", least(false), &["-5"])]),
            ("`a``b` <= .5", vec![of("a`b", greatest(false), &[".5"])]),
            ("`a` = 'it''s'", vec![of("a", Operator::OneOf, &["'it's"])]),
            ("`a` in (1,2, 3)", vec![of("a", Operator::OneOf, &["1", "2", "3"])]),
            ("`a` between 1 and 9", vec![of("a", least(false), &["1"]), of("a", greatest(false), &["9"])]),
            ("(`a` < 100) and ((`b` > 1))", vec![of("a", greatest(true), &["100"]), of("b", least(true), &["1"])]),
            ("`b` in (1,2) or `b` is null", vec![of("b", Operator::OneOf, &["1", "2"])]),
            ("(`b` in (1)) or (`b` is null)", vec![of("b", Operator::OneOf, &["1"])]),
            (
                "(`b` >= 1 or `b` is null) and `a` <= 2",
                vec![of("b", least(false), &["1"]), of("a", greatest(false), &["2"])],
            ),
        ] {
            assert_eq!(conjunction(text), Some(want), "{text}");
        }
    }

    #[test]
    fn everything_else_is_left_alone() {
        for text in [
            "",
            "`a`",
            "`a` <> 1",
            "`a` != 1",
            "`a` <=> 1",
            "`a` < `b`",
            "`a` + `b` < 10",
            "`a` > 1 or `a` < 0",
            "`a` > 1 and `b` > 1 or `a` is null",
            "`b` in (1,2) or `a` is null",
            "`a` in ()",
            "(`a` > 1) or (`a` is null",
            "`a` > 1 or `a` is null)",
            "`a` > 1 or `a` is not null",
            "`a` like 'x'",
            "not `a` > 1",
            "length(`a`) > 1",
            "`a` > 1 xor `b` > 1",
            "`a` between 1",
            "`a` > 1)",
            "(`a` > 1",
            "`a` = 'x\\'y'",
            "`a",
            "1 < `a`",
            "`a` > - 'x'",
            "`a` > 1 `b`",
        ] {
            assert_eq!(conjunction(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_is_too_much(text in "\\PC{0,60}", depth in 0..2000_usize, words in "[`'a1<>=() andorinbetween,.-]{0,60}") {
            let _ = (conjunction(&text), conjunction(&words));
            let deep = format!("{}`a` > 1{}", "(".repeat(depth), ")".repeat(depth));
            prop_assert_eq!(conjunction(&deep).is_some(), depth <= MAX_DEPTH);
        }
    }
}
