//! A column type's text taken apart into [`Type`], and [`Type`] written as text. Pure.
//! Integer display widths are dropped (only `tinyint(1)` leaves a hint); a type nobody told us about becomes `unknown`
//! with the server's own words, never a failure.

use std::fmt;

use super::{Engine, LengthUnit, Type};

/// A type's text taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parsed {
    /// The type.
    pub r#type: Type,
    /// MariaDB's `COMPRESSED` attribute, which it writes as a comment.
    pub compressed: bool,
}

impl Type {
    /// A type of that base and nothing else.
    #[must_use]
    pub fn bare(base: &str) -> Self {
        Self {
            base: base.to_owned(),
            length: None,
            unit: None,
            precision: None,
            scale: None,
            fsp: None,
            unsigned: false,
            zerofill: false,
            values: Vec::new(),
            dims: None,
            bool_hint: false,
            text: String::new(),
        }
    }

    /// Integer, exact or floating number.
    #[must_use]
    pub fn is_numeric(&self) -> bool {
        self.is_integer() || matches!(self.base.as_str(), "decimal" | "float" | "double")
    }

    /// One of the five integer types.
    #[must_use]
    pub fn is_integer(&self) -> bool {
        matches!(self.base.as_str(), "tinyint" | "smallint" | "mediumint" | "int" | "bigint")
    }

    /// Bytes without a character set.
    #[must_use]
    pub fn is_binary(&self) -> bool {
        matches!(self.base.as_str(), "binary" | "varbinary" | "tinyblob" | "blob" | "mediumblob" | "longblob")
    }

    /// A date with a time of day: the types that know CURRENT_TIMESTAMP.
    #[must_use]
    pub fn is_moment(&self) -> bool {
        matches!(self.base.as_str(), "datetime" | "timestamp")
    }
}

/// Takes a type's text (COLUMN_TYPE) apart.
#[must_use]
pub fn parse(text: &str, engine: Engine) -> Parsed {
    let (words, comment) = cut_comment(text);
    let known = known(words.trim(), engine);
    let r#type = known.unwrap_or_else(|| Type { text: words.trim().to_owned(), ..Type::bare("unknown") });
    Parsed { r#type, compressed: comment.to_ascii_lowercase().contains("compressed") }
}

/// Splits off a trailing comment; one inside quotes belongs to an enum member.
fn cut_comment(text: &str) -> (&str, &str) {
    let mut quoted = false;
    for (at, c) in text.char_indices() {
        match c {
            '\'' => quoted = !quoted,
            '/' if !quoted && text[at..].starts_with("/*") => return text.split_at(at),
            _ => {}
        }
    }
    (text, "")
}

fn known(text: &str, engine: Engine) -> Option<Type> {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    let base = canonical_base(&word.to_ascii_lowercase())?;
    let mut out = Type::bare(base);
    if matches!(base, "enum" | "set") {
        out.values = members(rest, engine)?;
        return Some(out);
    }
    let (arguments, attributes) = match rest.strip_prefix('(') {
        Some(inner) => inner.split_once(')')?,
        None => ("", rest),
    };
    for attribute in attributes.split_ascii_whitespace() {
        match attribute.to_ascii_lowercase().as_str() {
            "unsigned" => out.unsigned = true,
            // A zerofill column is unsigned whether the text says so or not.
            "zerofill" => (out.unsigned, out.zerofill) = (true, true),
            "signed" => {}
            _ => return None,
        }
    }
    let numbers = arguments.split(',').filter(|a| !a.trim().is_empty()).map(|a| a.trim().parse().ok());
    let numbers = numbers.collect::<Option<Vec<u32>>>()?;
    sized(out, word, &numbers)
}

/// Puts the numbers in parentheses where they belong.
fn sized(mut out: Type, word: &str, numbers: &[u32]) -> Option<Type> {
    let (first, second) = (numbers.first().copied(), numbers.get(1).copied());
    let length = |n: u32, unit| (Some(u64::from(n)), Some(unit));
    match out.base.as_str() {
        // TiDB types the columns of a view `var_string`, in bytes.
        "varchar" if word.eq_ignore_ascii_case("var_string") => {
            (out.length, out.unit) = length(first?, LengthUnit::Bytes)
        }
        "char" => (out.length, out.unit) = length(first.unwrap_or(1), LengthUnit::Chars),
        "varchar" => (out.length, out.unit) = length(first?, LengthUnit::Chars),
        "binary" => (out.length, out.unit) = length(first.unwrap_or(1), LengthUnit::Bytes),
        "varbinary" => (out.length, out.unit) = length(first?, LengthUnit::Bytes),
        "bit" => (out.length, out.unit) = length(first.unwrap_or(1), LengthUnit::Bits),
        "decimal" => (out.precision, out.scale) = (Some(first.unwrap_or(10)), Some(second.unwrap_or(0))),
        "float" | "double" if second.is_some() => (out.precision, out.scale) = (first, second),
        "datetime" | "timestamp" | "time" => out.fsp = first.filter(|fsp| *fsp > 0),
        "vector" => out.dims = first,
        "tinyint" => out.bool_hint = first == Some(1) && !out.unsigned,
        _ => {}
    }
    Some(out)
}

fn canonical_base(word: &str) -> Option<&'static str> {
    const BASES: [&str; 43] = [
        "tinyint",
        "smallint",
        "mediumint",
        "int",
        "bigint",
        "decimal",
        "float",
        "double",
        "bit",
        "char",
        "varchar",
        "binary",
        "varbinary",
        "tinytext",
        "text",
        "mediumtext",
        "longtext",
        "tinyblob",
        "blob",
        "mediumblob",
        "longblob",
        "date",
        "datetime",
        "timestamp",
        "time",
        "year",
        "enum",
        "set",
        "json",
        "vector",
        "geometry",
        "point",
        "linestring",
        "polygon",
        "multipoint",
        "multilinestring",
        "multipolygon",
        "geometrycollection",
        "uuid",
        "inet4",
        "inet6",
        "geomcollection",
        "var_string",
    ];
    match word {
        "geomcollection" => Some("geometrycollection"),
        "var_string" => Some("varchar"),
        _ => BASES.into_iter().find(|base| *base == word),
    }
}

/// Members of `('a','b')`. Quotes inside are doubled everywhere; a backslash starts an escape, but TiDB does not double
/// a backslash that stands for itself, so that there an unknown escape is the backslash and the character.
fn members(text: &str, engine: Engine) -> Option<Vec<String>> {
    let inner = text.trim().strip_prefix('(')?;
    let mut chars = inner.chars().peekable();
    let mut out = Vec::new();
    loop {
        if chars.next()? != '\'' {
            return None;
        }
        let mut member = String::new();
        loop {
            match chars.next()? {
                '\'' if chars.peek() == Some(&'\'') => member.extend(chars.next()),
                '\'' => break,
                '\\' => match chars.peek().and_then(|c| escape(*c, engine)) {
                    Some(c) => {
                        member.push(c);
                        chars.next();
                    }
                    None => member.push('\\'),
                },
                c => member.push(c),
            }
        }
        out.push(member);
        match chars.next()? {
            ',' => {}
            ')' => return Some(out),
            _ => return None,
        }
    }
}

fn escape(c: char, engine: Engine) -> Option<char> {
    match c {
        'n' => Some('\n'),
        'r' => Some('\r'),
        '0' => Some('\0'),
        '\\' if engine != Engine::Tidb => Some('\\'),
        _ => None,
    }
}

/// The type as SQL, in the spelling of MariaDB and MySQL; [`parse`] reads it back.
impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.base == "unknown" {
            return f.write_str(&self.text);
        }
        let bytes_of_text = self.base == "varchar" && self.unit == Some(LengthUnit::Bytes);
        f.write_str(if bytes_of_text { "var_string" } else { &self.base })?;
        match (self.precision, self.scale) {
            (Some(precision), Some(scale)) => write!(f, "({precision},{scale})")?,
            (Some(precision), None) => write!(f, "({precision})")?,
            (None, _) => {}
        }
        let bool_width = self.bool_hint.then_some(1);
        let size = self.length.or(self.fsp.or(self.dims).or(bool_width).map(u64::from));
        if let Some(size) = size {
            write!(f, "({size})")?;
        }
        for (at, member) in self.values.iter().enumerate() {
            let open = if at == 0 { '(' } else { ',' };
            write!(f, "{open}'{}'", quoted(member))?;
        }
        if !self.values.is_empty() {
            f.write_str(")")?;
        }
        if self.unsigned {
            f.write_str(" unsigned")?;
        }
        if self.zerofill {
            f.write_str(" zerofill")?;
        }
        Ok(())
    }
}

fn quoted(member: &str) -> String {
    let mut out = String::with_capacity(member.len());
    for c in member.chars() {
        match c {
            '\'' => out.push_str("''"),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\0' => out.push_str("\\0"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
#[path = "sql_type_tests.rs"]
mod tests;
