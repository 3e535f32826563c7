//! Numbers as sets: integers by their ends, decimals by digits before and after the point, floats by size. Pure.

use crate::schema::Type;

/// What a numeric type holds.
#[derive(Clone, Copy, Debug)]
enum Numbers {
    Integer { low: i128, high: i128 },
    Decimal { digits: u32, scale: u32, unsigned: bool },
    Float { double: bool, digits: Option<(u32, u32)>, unsigned: bool },
}

/// Every number of `a` is one of `b`. No exact type is a subset of a float: it would be read otherwise.
pub(super) fn subset(a: &Type, b: &Type) -> bool {
    match (numbers(a), numbers(b)) {
        (Numbers::Integer { low, high }, Numbers::Integer { low: least, high: most }) => least <= low && high <= most,
        (
            Numbers::Decimal { digits, scale, unsigned },
            Numbers::Decimal { digits: wide, scale: fine, unsigned: positive },
        ) => digits <= wide && scale <= fine && (unsigned || !positive),
        (Numbers::Integer { low, high }, Numbers::Decimal { digits, unsigned, .. }) => {
            decimal_digits(low.unsigned_abs().max(high.unsigned_abs())) <= digits && (low >= 0 || !unsigned)
        }
        (Numbers::Decimal { digits, scale: 0, unsigned }, Numbers::Integer { low, high }) => {
            let most = 10_i128.checked_pow(digits).map(|power| power - 1);
            most.is_some_and(|most| most <= high && (unsigned || -most >= low))
        }
        (
            Numbers::Float { double, digits, unsigned },
            Numbers::Float { double: wide, digits: limit, unsigned: positive },
        ) => (wide || !double) && (unsigned || !positive) && within(digits, limit),
        _ => false,
    }
}

fn within(digits: Option<(u32, u32)>, limit: Option<(u32, u32)>) -> bool {
    match (digits, limit) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some((whole, scale)), Some((wide, fine))) => whole <= wide && scale <= fine,
    }
}

fn numbers(r#type: &Type) -> Numbers {
    let unsigned = r#type.unsigned;
    let parts = r#type.precision.map(|precision| {
        let scale = r#type.scale.unwrap_or(0);
        (precision.saturating_sub(scale), scale)
    });
    let bits = match r#type.base.as_str() {
        "tinyint" => 8,
        "smallint" => 16,
        "mediumint" => 24,
        "int" => 32,
        "bigint" => 64,
        "decimal" => {
            let (digits, scale) = parts.unwrap_or((10, 0));
            return Numbers::Decimal { digits, scale, unsigned };
        }
        base => return Numbers::Float { double: base == "double", digits: parts, unsigned },
    };
    match unsigned {
        true => Numbers::Integer { low: 0, high: (1_i128 << bits) - 1 },
        false => Numbers::Integer { low: -(1_i128 << (bits - 1)), high: (1_i128 << (bits - 1)) - 1 },
    }
}

const fn decimal_digits(number: u128) -> u32 {
    match number.checked_ilog10() {
        Some(log) => log + 1,
        None => 1,
    }
}
