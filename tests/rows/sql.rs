//! A row of JSON as an INSERT.

use std::fmt::Write as _;

use serde::de::{Deserialize as _, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The members of an object in their order, each value as its own text.
fn members(row: &str) -> Vec<(String, String)> {
    struct Members;
    impl<'de> Visitor<'de> for Members {
        type Value = Vec<(String, String)>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut members = Vec::new();
            while let Some((key, value)) = map.next_entry::<String, Box<RawValue>>()? {
                members.push((key, value.get().to_owned()));
            }
            Ok(members)
        }
    }
    let mut reader = serde_json::Deserializer::from_str(row);
    serde::Deserializer::deserialize_map(&mut reader, Members).unwrap_or_else(|error| panic!("{row}: {error}"))
}

fn quoted(text: &str) -> String {
    let mut out = String::from("'");
    for c in text.chars() {
        match c {
            '\'' => out.push_str("''"),
            '\\' => out.push_str("\\\\"),
            '\0' => out.push_str("\\0"),
            c => out.push(c),
        }
    }
    out + "'"
}

fn literal(value: &str) -> String {
    match value.as_bytes().first() {
        Some(b'"') => quoted(&String::deserialize(&mut serde_json::Deserializer::from_str(value)).unwrap()),
        Some(b'{' | b'[') => quoted(value),
        _ => value.to_owned(),
    }
}

/// The statement that inserts a row.
pub(crate) fn insert(table: &str, row: &str) -> String {
    let members = members(row);
    let names: Vec<_> = members.iter().map(|(name, _)| format!("`{}`", name.replace('`', "``"))).collect();
    let values: Vec<_> = members.iter().map(|(_, value)| literal(value)).collect();
    format!("INSERT INTO `{table}` ({}) VALUES ({})", names.join(", "), values.join(", "))
}

/// Bytes in hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02X}");
        out
    })
}
