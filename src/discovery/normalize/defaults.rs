//! COLUMN_DEFAULT in one form. MariaDB writes SQL (quoted literals, bare expressions, the word NULL); MySQL and TiDB
//! write the bare value and say elsewhere, not always truly, whether it is an expression. Pure.

use super::extra::{Extra, now};
use super::temporal::{Zone, to_utc, with_fraction};
use super::{expression, numbers};
use crate::discovery::warning::WarningCode;
use crate::schema::{DefaultValue, Engine, Type};

/// A default as one column shows it.
#[derive(Clone, Copy, Debug)]
pub(in crate::discovery) struct Shown<'a> {
    /// COLUMN_DEFAULT; `None` for SQL NULL.
    pub(in crate::discovery) text: Option<&'a str>,
    /// What EXTRA says.
    pub(in crate::discovery) extra: Extra,
    /// The column's type.
    pub(in crate::discovery) r#type: &'a Type,
}

/// The default, and what about it is inexact.
pub(in crate::discovery) fn normal(
    shown: Shown<'_>,
    engine: Engine,
    zone: Zone,
) -> (Option<DefaultValue>, Option<WarningCode>) {
    let Some(text) = shown.text else { return (None, None) };
    let raw = match engine {
        Engine::Mariadb => mariadb(text, shown.r#type),
        Engine::Tidb => Some(tidb(text, shown)),
        Engine::Mysql => Some(mysql(text, shown)),
    };
    match raw {
        None => (None, None),
        Some(Raw::Now(fsp)) => (Some(DefaultValue::CurrentTimestamp { fsp }), None),
        Some(Raw::Expression(text)) => {
            (Some(DefaultValue::Expression { value: expression::normal(&text, engine) }), None)
        }
        Some(Raw::Literal(text)) => literal(text, shown.r#type, engine, zone),
    }
}

/// A default told apart but not yet in normal form.
enum Raw {
    Now(u32),
    Expression(String),
    Literal(String),
}

fn mariadb(text: &str, r#type: &Type) -> Option<Raw> {
    if text.eq_ignore_ascii_case("null") {
        return None;
    }
    if let Some(literal) = unquote(text) {
        return Some(Raw::Literal(literal));
    }
    Some(match now(text) {
        Some(fsp) if r#type.is_moment() => Raw::Now(fsp),
        _ if numbers::decimal(text, None).is_some() || is_exponent(text) || is_bits(text, r#type) => {
            Raw::Literal(text.to_owned())
        }
        _ => Raw::Expression(text.to_owned()),
    })
}

fn tidb(text: &str, shown: Shown<'_>) -> Raw {
    let Shown { extra, r#type, .. } = shown;
    if r#type.is_moment() {
        if let Some(fsp) = now(text) {
            return Raw::Now(fsp);
        }
        // With ON UPDATE the flag is always there; then only a text that is no date is an expression.
        let flagged = extra.default_generated && !(extra.on_update.is_some() && starts_like_a_date(text));
        return if flagged { Raw::Expression(text.to_owned()) } else { Raw::Literal(text.to_owned()) };
    }
    // The one expression TiDB does not flag.
    let today = r#type.base == "date" && text.trim_end_matches("()").eq_ignore_ascii_case("current_date");
    if extra.default_generated || today { Raw::Expression(text.to_owned()) } else { Raw::Literal(text.to_owned()) }
}

fn mysql(text: &str, shown: Shown<'_>) -> Raw {
    match now(text) {
        Some(fsp) if shown.r#type.is_moment() => Raw::Now(fsp),
        _ if shown.extra.default_generated => Raw::Expression(text.to_owned()),
        _ => Raw::Literal(text.to_owned()),
    }
}

fn literal(text: String, r#type: &Type, engine: Engine, zone: Zone) -> (Option<DefaultValue>, Option<WarningCode>) {
    let fsp = r#type.fsp.unwrap_or(0);
    let (value, warning) = match r#type.base.as_str() {
        "decimal" => (numbers::decimal(&text, r#type.scale).unwrap_or(text), None),
        "year" if text == "0" => ("0000".to_owned(), None),
        "bit" => (numbers::bits(&text), None),
        "time" | "datetime" => (with_fraction(&text, fsp), None),
        "timestamp" => match to_utc(&text, zone) {
            Some(utc) => (with_fraction(&utc, fsp), None),
            None => (text, Some(WarningCode::DefaultTimeZone)),
        },
        _ if r#type.is_numeric() => (numbers::decimal(&text, None).unwrap_or(text), None),
        _ if r#type.is_binary() => match exact_bytes(&text, engine) {
            Some(hex) => (hex, None),
            None => {
                let unknown = DefaultValue::Expression { value: "unknown".to_owned() };
                return (Some(unknown), Some(WarningCode::DefaultLossy));
            }
        },
        _ => (text, None),
    };
    (Some(DefaultValue::Literal { value }), warning)
}

/// `0x…` of a binary default, when the text lets us know its bytes: MySQL sends hex; TiDB sends the bytes as UTF-8 with
/// U+FFFD for what is not; MariaDB sends `?` for every byte over 7F, so that a `?` may be anything.
fn exact_bytes(text: &str, engine: Engine) -> Option<String> {
    let hex = |bytes: &str| format!("0x{}", crate::discovery::queries::hex(bytes));
    match engine {
        Engine::Mysql => match text.strip_prefix("0x") {
            Some(digits) if digits.bytes().all(|b| b.is_ascii_hexdigit()) => {
                Some(format!("0x{}", digits.to_ascii_uppercase()))
            }
            _ => text.is_ascii().then(|| hex(text)),
        },
        Engine::Tidb => (!text.contains('\u{FFFD}')).then(|| hex(text)),
        Engine::Mariadb => (text.is_ascii() && !text.contains('?')).then(|| hex(text)),
    }
}

/// The value of `'it''s'` with its escapes; `None` when the text is no single string literal.
fn unquote(text: &str) -> Option<String> {
    let mut chars = text.strip_prefix('\'')?.chars();
    let mut out = String::with_capacity(text.len());
    loop {
        match chars.next()? {
            '\'' => match chars.next() {
                None => return Some(out),
                Some('\'') => out.push('\''),
                Some(_) => return None,
            },
            '\\' => out.push(match chars.next()? {
                '0' => '\0',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'b' => '\u{8}',
                'Z' => '\u{1A}',
                c => c,
            }),
            c => out.push(c),
        }
    }
}

fn is_exponent(text: &str) -> bool {
    let split = text.split_once(['e', 'E']);
    split.is_some_and(|(mantissa, exponent)| {
        numbers::decimal(mantissa, None).is_some() && exponent.parse::<i32>().is_ok()
    })
}

fn is_bits(text: &str, r#type: &Type) -> bool {
    r#type.base == "bit" && text.starts_with("b'")
}

fn starts_like_a_date(text: &str) -> bool {
    text.split_once('-').is_some_and(|(year, _)| !year.is_empty() && year.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
#[path = "defaults_tests.rs"]
mod tests;
