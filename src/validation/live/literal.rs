//! The values of a key in statements, compared as the parent's column compares: texts and bytes as hex, so that nothing on
//! the way takes a part of them for something else, numbers as checked digits. A value of a type that would not be
//! compared surely is not asked for. Pure.

use std::fmt::Write as _;

use super::names;
use crate::schema::{Column, Engine, Type};
use crate::validation::rows::KeyValue;

/// How the values of a column are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Number,
    Text,
    Bytes,
    Date,
    Moment,
    Time,
}

/// The form of a type; `None` where a literal would not do: an ENUM or SET has numbers of its own, a TIMESTAMP is another
/// moment in another session, and nobody looks for a fraction by being equal to it.
fn form(r#type: &Type) -> Option<Form> {
    Some(match r#type.base.as_str() {
        "tinyint" | "smallint" | "mediumint" | "int" | "bigint" | "decimal" | "bit" | "year" => Form::Number,
        "char" | "varchar" | "tinytext" | "text" | "mediumtext" | "longtext" => Form::Text,
        "binary" | "varbinary" | "tinyblob" | "blob" | "mediumblob" | "longblob" => Form::Bytes,
        "date" => Form::Date,
        "datetime" => Form::Moment,
        "time" => Form::Time,
        _ => return None,
    })
}

/// Whether a value of the child, as it is stored there, may be compared with the parent's column at all. Equal keys of the
/// child are one key to look for, so that both columns have to agree on what is equal.
pub(super) fn fits(child: &Column, parent: &Column) -> bool {
    let (one, other) = (form(&child.r#type), form(&parent.r#type));
    // A BINARY is filled up to its own length.
    let padded = child.r#type.base == "binary" || parent.r#type.base == "binary";
    let lengths = !padded || (child.r#type.base == parent.r#type.base && child.r#type.length == parent.r#type.length);
    one.is_some() && one == other && lengths && child.collation == parent.collation
}

/// The value in SQL, to stand behind `=`. `column` is the one it is compared with.
pub(super) fn literal(value: &KeyValue, column: &Column, engine: Engine) -> Option<String> {
    Some(match (form(&column.r#type)?, value) {
        (Form::Number, KeyValue::Number(digits)) => number(digits)?.to_owned(),
        (Form::Bytes, KeyValue::Bytes(bytes)) => hex(bytes),
        (Form::Text, KeyValue::Text(text)) => collated(&utf8(text), column, engine)?,
        // Whether a zero date is cast to one or to NULL is up to the session's SQL mode.
        (Form::Date | Form::Moment, KeyValue::Text(text)) if has_zeros(text) => return None,
        (Form::Date, KeyValue::Text(text)) => format!("CAST({} AS DATE)", utf8(text)),
        (Form::Moment, KeyValue::Text(text)) => format!("CAST({} AS DATETIME(6))", utf8(text)),
        (Form::Time, KeyValue::Text(text)) => format!("CAST({} AS TIME(6))", utf8(text)),
        _ => return None,
    })
}

/// The date has a year, month or day of zero.
fn has_zeros(text: &str) -> bool {
    let date = text.get(..10).unwrap_or(text);
    date.starts_with("0000") || date.contains("-00")
}

/// In the column's own collation: what CONVERT gives has the server's default one, which the column's would not mix with.
fn collated(text: &str, column: &Column, engine: Engine) -> Option<String> {
    if !names::is_word(&column.charset) || !names::is_word(&column.collation) {
        return None;
    }
    // TiDB knows its three byte UTF-8 by the old name.
    let named = |name: &str| if engine == Engine::Tidb { name.replace("utf8mb3", "utf8") } else { name.to_owned() };
    let (charset, collation) = (named(&column.charset), named(&column.collation));
    // CONVERT takes bytes for text of the set it converts to: they are text of utf8mb4 first.
    Some(match charset.as_str() {
        "utf8mb4" => format!("{text} COLLATE {collation}"),
        _ => format!("CONVERT({text} USING {charset}) COLLATE {collation}"),
    })
}

fn utf8(text: &str) -> String {
    format!("CONVERT({} USING utf8mb4)", hex(text.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    // Not every parser takes a hex literal without digits.
    if bytes.is_empty() {
        return "''".to_owned();
    }
    let digits = bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        let _ = write!(out, "{byte:02X}");
        out
    });
    format!("X'{digits}'")
}

/// Digits with a sign and a point at most.
fn number(text: &str) -> Option<&str> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let all = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let good = digits.split_once('.').map_or_else(|| all(digits), |(whole, part)| all(whole) && all(part));
    good.then_some(text)
}

#[cfg(test)]
#[path = "tests/literal.rs"]
mod tests;
