//! The algebra of column types: a type denotes the set of values it can hold, and two types are compared as sets. Pure.
//! A contract asks whether the live set lies inside the expected one (readers) or holds it (writers).
//!
//! A set is described along independent directions (range, digits, characters, bytes, repertoire); one type lies inside
//! another when it does so along each of them. Families that turn values into other values never lie inside each other.

use super::{LengthUnit, Type};

/// How a live type's values relate to the expected type's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// The same values.
    Equal,
    /// Every live value is an expected one, and some expected ones cannot occur.
    LiveSubset,
    /// Every expected value fits, and others can occur.
    LiveSuperset,
    /// Neither: some values of each side are none of the other, or mean something else.
    Changed,
}

impl Relation {
    /// Both hold along their direction, so together they hold along both.
    const fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Equal, relation) | (relation, Self::Equal) => relation,
            (Self::LiveSubset, Self::LiveSubset) => Self::LiveSubset,
            (Self::LiveSuperset, Self::LiveSuperset) => Self::LiveSuperset,
            _ => Self::Changed,
        }
    }

    /// The larger number holds more values.
    fn by_size<T: Ord>(expected: T, live: T) -> Self {
        match live.cmp(&expected) {
            std::cmp::Ordering::Equal => Self::Equal,
            std::cmp::Ordering::Less => Self::LiveSubset,
            std::cmp::Ordering::Greater => Self::LiveSuperset,
        }
    }

    /// From the two inclusions.
    const fn of(live_in_expected: bool, expected_in_live: bool) -> Self {
        match (live_in_expected, expected_in_live) {
            (true, true) => Self::Equal,
            (true, false) => Self::LiveSubset,
            (false, true) => Self::LiveSuperset,
            (false, false) => Self::Changed,
        }
    }

    const fn turned(self) -> Self {
        match self {
            Self::LiveSubset => Self::LiveSuperset,
            Self::LiveSuperset => Self::LiveSubset,
            other => other,
        }
    }
}

/// A type's family: types of two families never lie inside each other, but for the bridges of [`relation`].
#[derive(Clone, Copy, PartialEq, Eq)]
enum Family {
    Integer,
    Decimal,
    Float,
    Text,
    Bytes,
    FixedBytes,
    Bits,
    Members,
    Other,
}

fn family(r#type: &Type) -> Family {
    match r#type.base.as_str() {
        _ if r#type.is_integer() => Family::Integer,
        "decimal" => Family::Decimal,
        "float" | "double" => Family::Float,
        "char" | "varchar" | "tinytext" | "text" | "mediumtext" | "longtext" => Family::Text,
        "varbinary" | "tinyblob" | "blob" | "mediumblob" | "longblob" => Family::Bytes,
        "binary" => Family::FixedBytes,
        "bit" => Family::Bits,
        "enum" | "set" => Family::Members,
        _ => Family::Other,
    }
}

/// Compares the values of a live column with those of an expected one. Each side is a type and its character set; an
/// empty character set says nothing, so that the other side's counts.
#[must_use]
pub fn relation(expected: (&Type, &str), live: (&Type, &str)) -> Relation {
    let charsets = match (expected.1, live.1) {
        ("", known) | (known, "") => (known, known),
        both => both,
    };
    let (expected, live) = (expected.0, live.0);
    match (family(expected), family(live)) {
        (Family::Integer, Family::Integer) => {
            let ((low, high), (live_low, live_high)) = (range(expected), range(live));
            Relation::of(low <= live_low && live_high <= high, live_low <= low && high <= live_high)
        }
        (Family::Integer, Family::Decimal) => integer_and_decimal(expected, live),
        (Family::Decimal, Family::Integer) => integer_and_decimal(live, expected).turned(),
        (Family::Decimal, Family::Decimal) => decimals(expected, live),
        (Family::Float, Family::Float) => floats(expected, live),
        (Family::Text, Family::Text) => texts((expected, charsets.0), (live, charsets.1)),
        (Family::Bytes, Family::Bytes) => Relation::by_size(max_bytes(expected, ""), max_bytes(live, "")),
        (Family::FixedBytes, Family::FixedBytes) if expected.length == live.length => Relation::Equal,
        // Every value of binary(n) has n bytes, so it fits where n bytes do; binary(m) pads or cuts it.
        (Family::Bytes, Family::FixedBytes) if live.length.unwrap_or(1) <= max_bytes(expected, "") => {
            Relation::LiveSubset
        }
        (Family::FixedBytes, Family::Bytes) if expected.length.unwrap_or(1) <= max_bytes(live, "") => {
            Relation::LiveSuperset
        }
        (Family::Bits, Family::Bits) => Relation::by_size(expected.length, live.length),
        (Family::Members, Family::Members) if expected.base == live.base => members(&expected.values, &live.values),
        (Family::Other, Family::Other) => others(expected, live),
        _ => Relation::Changed,
    }
}

/// Least and greatest value of an integer type.
fn range(r#type: &Type) -> (i128, i128) {
    let bits = match r#type.base.as_str() {
        "tinyint" => 8,
        "smallint" => 16,
        "mediumint" => 24,
        "int" => 32,
        _ => 64,
    };
    if r#type.unsigned { (0, (1 << bits) - 1) } else { (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) }
}

/// Digits before the point, and after it.
fn digits(decimal: &Type) -> (u32, u32) {
    let (precision, scale) = (decimal.precision.unwrap_or(10), decimal.scale.unwrap_or(0));
    (precision.saturating_sub(scale), scale)
}

/// An unsigned type lies inside the signed one of its size.
fn signs(expected: &Type, live: &Type) -> Relation {
    Relation::by_size(!expected.unsigned, !live.unsigned)
}

/// Whether a decimal in the place of an expected integer holds all of its values. The other way round never: what has
/// a fraction, or a decimal's text, is no integer.
fn integer_and_decimal(integer: &Type, decimal: &Type) -> Relation {
    let ((low, high), (whole, _)) = (range(integer), digits(decimal));
    let fits = whole >= high.max(-low).to_string().len() as u32;
    if fits && (!decimal.unsigned || low >= 0) { Relation::LiveSuperset } else { Relation::Changed }
}

fn decimals(expected: &Type, live: &Type) -> Relation {
    let ((whole, scale), (live_whole, live_scale)) = (digits(expected), digits(live));
    Relation::by_size(whole, live_whole).and(Relation::by_size(scale, live_scale)).and(signs(expected, live))
}

fn floats(expected: &Type, live: &Type) -> Relation {
    let limited = |t: &Type| t.precision.is_some() && t.scale.is_some();
    let digits = match (limited(expected), limited(live)) {
        (true, true) => {
            let ((whole, scale), (live_whole, live_scale)) = (digits(expected), digits(live));
            Relation::by_size(whole, live_whole).and(Relation::by_size(scale, live_scale))
        }
        (expected, live) => Relation::by_size(!expected, !live),
    };
    let is_double = |t: &Type| t.base == "double";
    Relation::by_size(is_double(expected), is_double(live)).and(digits).and(signs(expected, live))
}

fn texts(expected: (&Type, &str), live: (&Type, &str)) -> Relation {
    // `char` gives back its values without trailing spaces.
    let spaces = Relation::by_size(expected.0.base != "char", live.0.base != "char");
    Relation::by_size(max_chars(expected.0, expected.1), max_chars(live.0, live.1))
        .and(Relation::by_size(max_bytes(expected.0, expected.1), max_bytes(live.0, live.1)))
        .and(repertoires(expected.1, live.1))
        .and(spaces)
}

/// Most bytes a value can have. A row holds 65,535 bytes, so no varchar has more.
fn max_bytes(r#type: &Type, charset: &str) -> u64 {
    match (r#type.base.as_str(), r#type.unit) {
        ("tinytext" | "tinyblob", _) => 255,
        ("text" | "blob", _) => 65_535,
        ("mediumtext" | "mediumblob", _) => 16_777_215,
        ("longtext" | "longblob", _) => 4_294_967_295,
        (_, Some(LengthUnit::Chars)) => {
            r#type.length.unwrap_or(0).saturating_mul(bytes_per_char(charset).1).min(65_535)
        }
        _ => r#type.length.unwrap_or(0),
    }
}

/// Most characters a value can have.
fn max_chars(r#type: &Type, charset: &str) -> u64 {
    let (least, most) = bytes_per_char(charset);
    match (r#type.unit, r#type.length) {
        (Some(LengthUnit::Chars), Some(length)) => length,
        // The columns of TiDB's views give the bytes of so many of the longest characters.
        (Some(LengthUnit::Bytes), Some(length)) => length / most,
        _ => max_bytes(r#type, charset) / least,
    }
}

/// Least and most bytes of one character. A column without a character set counts as utf8mb4, which holds all.
#[must_use]
pub fn bytes_per_char(charset: &str) -> (u64, u64) {
    match charset {
        "utf8mb3" | "utf8" | "eucjpms" | "ujis" => (1, 3),
        "ucs2" => (2, 2),
        "utf16" | "utf16le" => (2, 4),
        "utf32" => (4, 4),
        "big5" | "cp932" | "euckr" | "gb2312" | "gbk" | "sjis" => (1, 2),
        "" | "utf8mb4" | "gb18030" => (1, 4),
        _ => (1, 1),
    }
}

/// Which characters occur: ascii inside all, the Basic Multilingual Plane inside Unicode, national sets inside Unicode.
fn repertoires(expected: &str, live: &str) -> Relation {
    fn level(charset: &str) -> u8 {
        match charset {
            "ascii" => 0,
            "utf8mb3" | "utf8" | "ucs2" => 2,
            "utf8mb4" | "utf16" | "utf16le" | "utf32" | "gb18030" => 3,
            _ => 1,
        }
    }
    match (level(expected), level(live)) {
        (1, 1) if expected != live => Relation::Changed,
        (expected, live) => Relation::by_size(expected, live),
    }
}

/// Members by name. Their order gives their index numbers and how they sort: members that changed places are a change,
/// and members that came or went between the others are not.
fn members(expected: &[String], live: &[String]) -> Relation {
    let common = |list: &[String], other: &[String]| -> Vec<String> {
        let other: std::collections::HashSet<&str> = other.iter().map(String::as_str).collect();
        list.iter().filter(|member| other.contains(member.as_str())).cloned().collect()
    };
    let (kept, live_kept) = (common(expected, live), common(live, expected));
    if kept != live_kept {
        return Relation::Changed;
    }
    Relation::of(live_kept.len() == live.len(), kept.len() == expected.len())
}

/// Moments by their fraction, vectors by their dimensions; everything else is equal or not.
fn others(expected: &Type, live: &Type) -> Relation {
    match (expected.base.as_str(), live.base.as_str()) {
        ("date", "datetime") => Relation::LiveSuperset,
        ("unknown", "unknown") => {
            if expected.text.eq_ignore_ascii_case(&live.text) {
                Relation::Equal
            } else {
                Relation::Changed
            }
        }
        (one, other) if one != other => Relation::Changed,
        ("datetime" | "timestamp" | "time", _) => Relation::by_size(expected.fsp.unwrap_or(0), live.fsp.unwrap_or(0)),
        ("vector", _) if expected.dims != live.dims => match (expected.dims, live.dims) {
            (None, _) => Relation::LiveSubset,
            (_, None) => Relation::LiveSuperset,
            _ => Relation::Changed,
        },
        _ => Relation::Equal,
    }
}

#[cfg(test)]
#[path = "algebra_tests.rs"]
mod tests;
