//! The values a type takes, in the words of JSON Schema, and a default as such a value. Pure.

use serde_json::{Map, Value, json};

use super::numbers;
use crate::schema::Type;

/// Most digits of a number, on every engine (MariaDB's floats may say more); most digits of a fraction of a second.
const MAX_DIGITS: u32 = 65;
const MAX_FSP: u32 = 6;

/// Fields of a schema.
pub(super) type Fields = Map<String, Value>;

/// The schema of a type's values, with null when the column may hold NULL.
pub(super) fn of(r#type: &Type, nullable: bool) -> Fields {
    let mut out = match known(r#type) {
        Value::Object(fields) => fields,
        _ => Fields::new(),
    };
    if nullable {
        allow_null(&mut out);
    }
    out
}

fn allow_null(out: &mut Fields) {
    if let Some(Value::Array(members)) = out.get_mut("enum") {
        members.push(Value::Null);
    }
    match out.get_mut("type") {
        Some(Value::Array(types)) => types.push(json!("null")),
        Some(one) => *one = json!([one.clone(), "null"]),
        None => {}
    }
    // The one type that is told by exclusion: any JSON but null.
    out.remove("not");
}

/// By base; nothing at all of a type that nobody told us about.
fn known(r#type: &Type) -> Value {
    let length = r#type.length.unwrap_or(1);
    match r#type.base.as_str() {
        "tinyint" | "smallint" | "mediumint" | "int" | "bigint" => integer(r#type),
        "decimal" => decimal(r#type),
        "float" | "double" => float(r#type),
        "bit" => json!({"type": "integer", "minimum": 0, "maximum": numbers::bits(length)}),
        "char" | "varchar" => json!({"type": "string", "maxLength": length}),
        "tinytext" | "text" | "mediumtext" | "longtext" => {
            let bytes = capacity(&r#type.base);
            json!({"type": "string", "maxLength": bytes, "x-sql-max-bytes": bytes})
        }
        "binary" | "varbinary" => base64(length),
        "tinyblob" | "blob" | "mediumblob" | "longblob" => base64(capacity(&r#type.base)),
        "date" => json!({"type": "string", "format": "date"}),
        "datetime" | "timestamp" => {
            let day = "^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}";
            json!({"type": "string", "pattern": format!("{day}{}$", fraction(r#type.fsp.unwrap_or(0).min(MAX_FSP)))})
        }
        "time" => {
            let clock = "^-?[0-9]{1,3}:[0-5][0-9]:[0-5][0-9]";
            json!({"type": "string", "pattern": format!("{clock}{}$", fraction(r#type.fsp.unwrap_or(0).min(MAX_FSP)))})
        }
        "year" => json!({"type": "integer", "anyOf": [{"const": 0}, {"minimum": 1901, "maximum": 2155}]}),
        // Without members, which no engine allows, nothing is known.
        "enum" | "set" if r#type.values.is_empty() => Value::Null,
        "enum" => json!({"enum": r#type.values}),
        "set" => set(&r#type.values),
        "json" => json!({"not": {"type": "null"}}),
        "vector" => vector(r#type.dims),
        "uuid" => json!({"type": "string", "format": "uuid"}),
        "inet4" => json!({"type": "string", "format": "ipv4"}),
        "inet6" => json!({"type": "string", "anyOf": [{"format": "ipv6"}, {"format": "ipv4"}]}),
        "geometry" | "point" | "linestring" | "polygon" | "multipoint" | "multilinestring" | "multipolygon"
        | "geometrycollection" => json!({"type": ["object", "string"]}),
        _ => Value::Null,
    }
}

fn integer(r#type: &Type) -> Value {
    let (least, greatest) = numbers::integer(r#type).unwrap_or_default();
    let kind = if r#type.bool_hint { json!(["boolean", "integer"]) } else { json!("integer") };
    json!({"type": kind, "minimum": least, "maximum": greatest})
}

/// A decimal may come as a string, which alone keeps all its digits.
fn decimal(r#type: &Type) -> Value {
    let precision = r#type.precision.unwrap_or(10).clamp(1, MAX_DIGITS);
    let scale = r#type.scale.unwrap_or(0).min(precision);
    let sign = if r#type.unsigned { "" } else { "-?" };
    let whole = match precision.saturating_sub(scale) {
        0 => "0".to_owned(),
        digits => format!("[0-9]{{1,{digits}}}"),
    };
    let greatest = numbers::greatest(precision, scale);
    let least = if r#type.unsigned { json!(0) } else { numbers::negative(&greatest) };
    let mut out = json!({
        "type": ["number", "string"],
        "pattern": format!("^{sign}{whole}{}$", fraction(scale)),
        "minimum": least,
        "maximum": greatest,
    });
    if let Some(step) = numbers::step(scale) {
        out["multipleOf"] = step;
    }
    out
}

fn float(r#type: &Type) -> Value {
    let greatest = match (r#type.precision, r#type.scale) {
        (Some(precision), Some(scale)) => numbers::greatest(precision.clamp(1, MAX_DIGITS), scale),
        _ if r#type.base == "float" => json!(3.402_823_466e38),
        _ => json!(f64::MAX),
    };
    let least = if r#type.unsigned { json!(0) } else { numbers::negative(&greatest) };
    json!({"type": "number", "minimum": least, "maximum": greatest})
}

/// Digits after a point, at most `most` of them; nothing when there can be none.
fn fraction(most: u32) -> String {
    if most == 0 { String::new() } else { format!("(\\.[0-9]{{1,{most}}})?") }
}

/// Most bytes of a text or blob type.
fn capacity(base: &str) -> u64 {
    match base {
        "tinytext" | "tinyblob" => 0xFF,
        "text" | "blob" => 0xFFFF,
        "mediumtext" | "mediumblob" => 0xFF_FFFF,
        _ => 0xFFFF_FFFF,
    }
}

fn base64(bytes: u64) -> Value {
    json!({"type": "string", "contentEncoding": "base64", "maxLength": bytes.div_ceil(3) * 4})
}

/// A comma list, as SQL has it, or a list of members.
fn set(members: &[String]) -> Value {
    let one = members.iter().map(|member| escaped(member)).collect::<Vec<_>>().join("|");
    json!({
        "type": ["array", "string"],
        "items": {"enum": members},
        "uniqueItems": true,
        "pattern": format!("^((?:{one})(,(?:{one}))*)?$"),
    })
}

/// A text as a regular expression, in what ECMA-262 and others have in common.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if "^$\\.*+?()[]{}|".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// A list of numbers, or the same as text. How many numbers the text holds is left to the database: such an expression
/// would be as long as the vector.
fn vector(dimensions: Option<u32>) -> Value {
    let mut out = json!({
        "type": ["array", "string"],
        "items": {"type": "number"},
        "pattern": "^ *\\[[-+0-9.eE, ]*\\] *$",
    });
    if let Some(dimensions) = dimensions {
        out["minItems"] = json!(dimensions);
        out["maxItems"] = json!(dimensions);
    }
    out
}

/// A constant default as a value that passes the column's own schema; `None` when the text is no such value.
pub(super) fn default(r#type: &Type, text: &str) -> Option<Value> {
    match r#type.base.as_str() {
        "bit" => {
            let digits = text.strip_prefix("b'")?.strip_suffix('\'')?;
            Some(json!(u64::from_str_radix(digits, 2).ok()?))
        }
        "year" => Some(json!(text.parse::<u32>().ok()?)),
        // As text: a number would lose the zeros that its scale asks for.
        "decimal" => Some(json!(text)),
        "json" => serde_json::from_str(text).ok(),
        "vector" => None,
        _ if r#type.is_numeric() => numbers::number(text),
        _ if r#type.is_binary() => Some(json!(encode(&bytes(text.strip_prefix("0x")?)?))),
        _ => Some(json!(text)),
    }
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        hex.chars().map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0)?;
    Some(digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect())
}

/// Base64 with padding.
fn encode(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let group = (0..3).fold(0_u32, |group, at| group << 8 | u32::from(chunk.get(at).copied().unwrap_or(0)));
        for at in 0..4 {
            let digit = usize::try_from(group >> (18 - 6 * at) & 63).unwrap_or(0);
            let sign = ALPHABET.get(digit).filter(|_| at as usize <= chunk.len());
            out.push(sign.map_or('=', |sign| char::from(*sign)));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_written_as_base64() {
        for (hex, want) in [("", ""), ("66", "Zg=="), ("666f", "Zm8="), ("666F6F", "Zm9v"), ("00FF41FE", "AP9B/g==")] {
            assert_eq!(bytes(hex).map(|bytes| encode(&bytes)).as_deref(), Some(want), "{hex}");
        }
        assert_eq!((bytes("6"), bytes("6x")), (None, None));
    }

    #[test]
    fn a_default_is_a_value_of_its_type_or_nothing() {
        let with = |base: &str| Type::bare(base);
        for (base, text, want) in [
            ("int", "5", json!(5)),
            ("bigint", "18446744073709551615", json!(u64::MAX)),
            ("double", "1e30", json!(1e30)),
            ("decimal", "1.50", json!("1.50")),
            ("bit", "b'101'", json!(5)),
            ("year", "0000", json!(0)),
            ("varchar", "NULL", json!("NULL")),
            ("set", "a,b", json!("a,b")),
            ("varbinary", "0x414243", json!("QUJD")),
            ("json", "[1]", json!([1])),
            ("datetime", "2024-01-01 00:00:00", json!("2024-01-01 00:00:00")),
        ] {
            assert_eq!(default(&with(base), text), Some(want), "{base} {text}");
        }
        for (base, text) in [("int", "x"), ("bit", "5"), ("varbinary", "abc"), ("json", "{"), ("year", "-")] {
            assert_eq!(default(&with(base), text), None, "{base} {text}");
        }
    }

    #[test]
    fn a_member_is_found_as_it_is_written() {
        assert_eq!(escaped("a.b|(c)$ü'/-"), "a\\.b\\|\\(c\\)\\$ü'/-");
    }
}
