//! Values that meet: a literal and a column, or two columns. Says what is converted on the way, and never repeats a value.

use super::code::Code;
use super::names::same_folded;
use super::scope::Origin;
use crate::schema::{Column, Type};

/// What is known of the value of an expression.
#[derive(Clone, Copy, Debug)]
pub(super) enum Operand<'a> {
    Column(Origin<'a>),
    Text(&'a str),
    Number,
    Boolean,
    /// A placeholder: some constant.
    Placeholder,
    Other,
}

impl Operand<'_> {
    /// The same for every row.
    pub(super) const fn is_constant(&self) -> bool {
        matches!(self, Self::Text(_) | Self::Number | Self::Boolean | Self::Placeholder)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Family {
    Number,
    Text,
    Binary,
    Member,
    Date,
    Time,
    Other,
}

fn family(r#type: &Type) -> Family {
    match r#type.base.as_str() {
        "bit" | "year" => Family::Number,
        "char" | "varchar" | "tinytext" | "text" | "mediumtext" | "longtext" => Family::Text,
        "enum" | "set" => Family::Member,
        "date" | "datetime" | "timestamp" => Family::Date,
        "time" => Family::Time,
        _ if r#type.is_numeric() => Family::Number,
        _ if r#type.is_binary() => Family::Binary,
        _ => Family::Other,
    }
}

fn name(origin: &Origin<'_>) -> String {
    format!("{}.{} ({})", origin.table, origin.column.name, origin.column.r#type)
}

/// Two values that are compared.
pub(super) fn compared(a: &Operand<'_>, b: &Operand<'_>) -> Option<(Code, String)> {
    match (a, b) {
        (Operand::Column(a), Operand::Column(b)) => converted(a, b).map(|text| (Code::ImplicitConversion, text)),
        (Operand::Column(column), literal) | (literal, Operand::Column(column)) => misfit(column.column, literal, true)
            .map(|how| (Code::TypeMismatch, format!("{} meets {how}", short(column)))),
        _ => None,
    }
}

/// A value that is written to a column.
pub(super) fn stored(column: &Origin<'_>, value: &Operand<'_>) -> Option<(Code, String)> {
    misfit(column.column, value, false).map(|how| (Code::TypeMismatch, format!("{} is given {how}", short(column))))
}

/// A column in a message, without the members of an enum: they may be many.
fn short(origin: &Origin<'_>) -> String {
    if origin.column.r#type.values.is_empty() {
        return name(origin);
    }
    format!("{}.{} ({})", origin.table, origin.column.name, origin.column.r#type.base)
}

/// What is wrong with the literal for that column.
fn misfit(column: &Column, literal: &Operand<'_>, compared: bool) -> Option<&'static str> {
    let r#type = &column.r#type;
    match (family(r#type), literal) {
        (Family::Member, Operand::Number) => Some("a number, which is the position of a member and not its text"),
        (Family::Member, Operand::Text(text)) => {
            (!is_member(r#type, text)).then_some("a string that is none of its members")
        }
        (Family::Date | Family::Time, Operand::Number) => Some("a number; write the date or time as a string"),
        (Family::Date, Operand::Text(text)) => (!looks_like_date(text)).then_some("a string that is no date"),
        (Family::Number, Operand::Text(text)) => (!looks_like_number(text)).then_some("a string that is no number"),
        (Family::Text, Operand::Number | Operand::Boolean) if compared => {
            Some("a number: every value is converted, and no index is used; write a string")
        }
        (Family::Member | Family::Date | Family::Time, Operand::Boolean) => Some("a boolean"),
        _ => None,
    }
}

/// Members compare by the column's collation, which rarely tells case apart; trailing spaces do not count.
fn is_member(r#type: &Type, text: &str) -> bool {
    let text = text.trim_end_matches(' ');
    let known = |part: &str| r#type.values.iter().any(|member| same_folded(member.trim_end_matches(' '), part));
    if r#type.base == "set" { text.is_empty() || text.split(',').all(known) } else { text.is_empty() || known(text) }
}

/// Generous: a year, then whatever digits and punctuation MySQL takes for a date.
fn looks_like_date(text: &str) -> bool {
    let text = text.trim();
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let fits = |c: char| c.is_ascii_digit() || c.is_ascii_punctuation() || matches!(c, ' ' | 'T' | 't' | 'Z' | 'z');
    digits >= 3 && text.starts_with(|c: char| c.is_ascii_digit()) && text.chars().all(fits)
}

fn looks_like_number(text: &str) -> bool {
    text.trim().parse::<f64>().is_ok_and(f64::is_finite)
}

/// Two columns that meet: what the server converts, and with it gives up indexes or meaning.
fn converted(a: &Origin<'_>, b: &Origin<'_>) -> Option<String> {
    let (left, right) = (family(&a.column.r#type), family(&b.column.r#type));
    let texts = |family| matches!(family, Family::Text | Family::Member);
    let collations = (&a.column.collation, &b.column.collation);
    if texts(left) && texts(right) {
        let known = !collations.0.is_empty() && !collations.1.is_empty();
        let text =
            format!("{} and {} have different collations ({}, {})", short(a), short(b), collations.0, collations.1);
        return (known && collations.0 != collations.1).then_some(text);
    }
    let unlike = left != right && left != Family::Other && right != Family::Other;
    unlike.then(|| format!("{} and {} are of different types: one is converted for every row", short(a), short(b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_numbers_are_recognised_generously() {
        for (text, date, number) in [
            ("2024-01-02", true, false),
            ("2024-01-02T03:04:05.6", true, false),
            ("20240102", true, true),
            ("yesterday", false, false),
            ("", false, false),
            (" 12.5e3 ", false, true),
            ("12abc", false, false),
            ("inf", false, false),
        ] {
            assert_eq!((looks_like_date(text), looks_like_number(text)), (date, number), "{text}");
        }
    }
}
