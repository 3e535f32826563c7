//! The numbers a column takes. Pure.
//! A JSON number is a double to most readers, so that bounds which no double holds are the nearest ones.

use serde_json::{Number, Value, json};

use crate::schema::Type;

/// Digits after the point that a double can still tell apart; a finer `multipleOf` would only refuse good values.
const FINEST: u32 = 15;

/// Least and greatest value of an integer type.
pub(super) fn integer(r#type: &Type) -> Option<(Value, Value)> {
    let bits = match r#type.base.as_str() {
        "tinyint" => 8,
        "smallint" => 16,
        "mediumint" => 24,
        "int" => 32,
        "bigint" => 64,
        _ => return None,
    };
    Some(if r#type.unsigned {
        (json!(0), json!(u64::MAX >> (64 - bits)))
    } else {
        (json!(i64::MIN >> (64 - bits)), json!(i64::MAX >> (64 - bits)))
    })
}

/// Greatest value of `bit(length)`.
pub(super) fn bits(length: u64) -> Value {
    match u32::try_from(length) {
        Ok(length @ 0..64) => json!((1_u64 << length) - 1),
        _ => json!(u64::MAX),
    }
}

/// Greatest value of a number with `precision` digits, `scale` of them after the point.
pub(super) fn greatest(precision: u32, scale: u32) -> Value {
    let digits = "9".repeat(precision as usize);
    let (whole, fraction) = digits.split_at(precision.saturating_sub(scale) as usize);
    number(&if scale == 0 {
        digits.clone()
    } else {
        format!("{}.{fraction}", if whole.is_empty() { "0" } else { whole })
    })
    .unwrap_or(Value::Null)
}

/// The step between two such numbers.
pub(super) fn step(scale: u32) -> Option<Value> {
    match scale {
        0 => Some(json!(1)),
        1..=FINEST => number(&format!("0.{}1", "0".repeat(scale as usize - 1))),
        _ => None,
    }
}

/// The negative of a number made here.
pub(super) fn negative(value: &Value) -> Value {
    match (value.as_i64(), value.as_f64()) {
        (Some(number), _) => json!(-number),
        (None, Some(number)) => json!(-number),
        (None, None) => Value::Null,
    }
}

/// A number's text as a JSON number: exact when it is a whole number of 64 bits, else the nearest double.
pub(super) fn number(text: &str) -> Option<Value> {
    let text = text.trim();
    if let Ok(number) = text.parse::<i64>() {
        return Some(json!(number));
    }
    if let Ok(number) = text.parse::<u64>() {
        return Some(json!(number));
    }
    let plain = text.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b));
    Number::from_f64(text.parse().ok().filter(|_| plain)?).map(Value::Number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_exact_or_the_nearest_double() {
        for (precision, scale, want) in [
            (10, 2, "99999999.99"),
            (10, 0, "9999999999"),
            (19, 0, "9999999999999999999"),
            (20, 0, "100000000000000000000.0"),
            (2, 2, "0.99"),
            (65, 30, "1e35"),
            (2, 9, "0.99"),
        ] {
            assert_eq!(
                greatest(precision, scale),
                serde_json::from_str::<Value>(want).unwrap_or_default(),
                "{precision},{scale}"
            );
        }
    }

    #[test]
    fn a_step_is_only_told_where_a_double_knows_it() {
        assert_eq!(step(0), Some(json!(1)));
        assert_eq!(step(2), Some(json!(0.01)));
        assert_eq!(step(15).map(|step| step.to_string()), Some("1e-15".to_owned()));
        assert_eq!(step(16), None);
    }

    #[test]
    fn numbers_keep_what_64_bits_hold() {
        for (text, want) in [
            ("18446744073709551615", "18446744073709551615"),
            ("-9223372036854775808", "-9223372036854775808"),
            ("1.50", "1.5"),
            ("1e3", "1000.0"),
        ] {
            assert_eq!(number(text).map(|number| number.to_string()).as_deref(), Some(want));
        }
        for text in ["", "nan", "inf", "0x10", "1e999", "b'1'"] {
            assert_eq!(number(text), None, "{text}");
        }
    }
}
