//! How many bytes a column takes in a row and in a key, at most. Pure.

use crate::schema::algebra::most_bytes_per_char;
use crate::schema::{Column, LengthUnit, Type};

/// Bytes a row holds of a long value that is kept elsewhere.
const POINTER: u64 = 12;

/// Most bytes in a row.
pub(super) fn in_row(column: &Column) -> u64 {
    let r#type = &column.r#type;
    match r#type.base.as_str() {
        "varchar" | "varbinary" => {
            let bytes = value(column);
            bytes + if bytes > 255 { 2 } else { 1 }
        }
        "tinytext" | "text" | "mediumtext" | "longtext" | "tinyblob" | "blob" | "mediumblob" | "longblob" | "json"
        | "vector" | "unknown" => POINTER,
        _ => value(column),
    }
}

/// Most bytes as a part of a key, of the first `prefix` characters or bytes.
pub(super) fn key_part(column: &Column, prefix: Option<u32>) -> u64 {
    let whole = value(column);
    let Some(prefix) = prefix.map(u64::from) else { return whole };
    let per = if column.r#type.is_binary() { 1 } else { most_bytes_per_char(&column.charset) };
    whole.min(prefix * per)
}

/// Most bytes of a value.
fn value(column: &Column) -> u64 {
    let r#type = &column.r#type;
    let length = r#type.length.unwrap_or(0);
    let fraction = u64::from(r#type.fsp.unwrap_or(0).div_ceil(2));
    match r#type.base.as_str() {
        "tinyint" | "year" => 1,
        "smallint" => 2,
        "mediumint" | "date" => 3,
        "int" | "float" | "inet4" => 4,
        "bigint" | "double" => 8,
        "decimal" => decimal(r#type),
        "time" => 3 + fraction,
        "timestamp" => 4 + fraction,
        "datetime" => 5 + fraction,
        "bit" => length.div_ceil(8),
        "char" | "varchar" if r#type.unit == Some(LengthUnit::Chars) => length * most_bytes_per_char(&column.charset),
        "char" | "varchar" | "binary" | "varbinary" => length,
        "enum" => {
            if r#type.values.len() > 255 {
                2
            } else {
                1
            }
        }
        "set" => (r#type.values.len() as u64).div_ceil(8).next_power_of_two(),
        "uuid" | "inet6" => 16,
        "tinytext" | "tinyblob" => 255,
        "text" | "blob" => 65_535,
        "mediumtext" | "mediumblob" => 16_777_215,
        "vector" => u64::from(r#type.dims.unwrap_or(16_383)) * 4,
        _ => 4_294_967_295,
    }
}

/// Nine digits take four bytes, on each side of the point.
fn decimal(r#type: &Type) -> u64 {
    const LEFT: [u64; 9] = [0, 1, 1, 2, 2, 3, 3, 4, 4];
    let (precision, scale) = (r#type.precision.unwrap_or(10), r#type.scale.unwrap_or(0));
    let side = |digits: u32| u64::from(digits / 9) * 4 + LEFT.get((digits % 9) as usize).copied().unwrap_or(4);
    side(precision.saturating_sub(scale)) + side(scale)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::validation::testing::column;

    #[test]
    fn widths_are_those_of_the_storage_formats() {
        for (text, row, key, prefixed) in [
            ("int unsigned", 4, 4, 4),
            ("decimal(10,2)", 5, 5, 5),
            ("decimal(20,6)", 10, 10, 8),
            ("datetime(3)", 7, 7, 7),
            ("varchar(20)", 81, 80, 8),
            ("varchar(100)", 402, 400, 8),
            ("char(2)", 8, 8, 8),
            ("varbinary(300)", 302, 300, 2),
            ("text", 12, 65_535, 8),
            ("set('a','b','c')", 1, 1, 1),
            ("bit(9)", 2, 2, 2),
        ] {
            let column: Column = serde_json::from_value(column("c", text, json!({}))).unwrap();
            let have = (in_row(&column), key_part(&column, None), key_part(&column, Some(2)));
            assert_eq!(have, (row, key, prefixed), "{text}");
        }
    }
}
