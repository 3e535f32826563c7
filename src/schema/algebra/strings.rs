//! Text and bytes as sets: by characters, by length in characters and in bytes, and by padding. Pure.

use super::charset::Charset;
use crate::schema::{LengthUnit, Type};

/// How long text may be.
#[derive(Clone, Copy, Debug)]
enum Limit {
    Characters(u64),
    Bytes(u64),
}

pub(super) fn is_text(r#type: &Type) -> bool {
    matches!(r#type.base.as_str(), "char" | "varchar" | "tinytext" | "text" | "mediumtext" | "longtext")
}

/// Every text of `a` is one of `b`. A character set that is not known is taken to be the other's.
pub(super) fn text_subset(a: &Type, a_charset: &str, b: &Type, b_charset: &str) -> bool {
    let (from, to) = match (a_charset, b_charset) {
        ("", "") => (Charset::named("utf8mb4"), Charset::named("utf8mb4")),
        ("", other) | (other, "") => (Charset::named(other), Charset::named(other)),
        (from, to) => (Charset::named(from), Charset::named(to)),
    };
    // A CHAR comes back without its trailing blanks: no VARCHAR is safe in it.
    let padded = b.base == "char" && a.base != "char";
    let (limit, room) = (limit(a), limit(b));
    let characters = match limit {
        Limit::Characters(most) => most,
        Limit::Bytes(most) => most / from.least,
    };
    let fits = match (room, limit) {
        (Limit::Characters(room), _) => characters <= room,
        (Limit::Bytes(room), Limit::Bytes(most)) if from.same_bytes(to) => most <= room,
        (Limit::Bytes(room), _) => characters.saturating_mul(from.width_in(to)) <= room,
    };
    !padded && fits && from.within(to)
}

fn limit(r#type: &Type) -> Limit {
    match r#type.base.as_str() {
        "tinytext" | "text" | "mediumtext" | "longtext" => Limit::Bytes(blob_bytes(&r#type.base)),
        _ if r#type.unit == Some(LengthUnit::Bytes) => Limit::Bytes(r#type.length.unwrap_or(0)),
        _ => Limit::Characters(r#type.length.unwrap_or(0)),
    }
}

/// Every string of bytes of `a` is one of `b`. A BINARY is filled up with zeros, so that it takes no other's values.
pub(super) fn bytes_subset(a: &Type, b: &Type) -> bool {
    match (a.base.as_str(), b.base.as_str()) {
        ("binary", "binary") => a.length == b.length,
        (_, "binary") => false,
        _ => most_bytes(a) <= most_bytes(b),
    }
}

fn most_bytes(r#type: &Type) -> u64 {
    match r#type.base.as_str() {
        "binary" | "varbinary" => r#type.length.unwrap_or(0),
        base => blob_bytes(base),
    }
}

fn blob_bytes(base: &str) -> u64 {
    match base {
        "tinytext" | "tinyblob" => 255,
        "text" | "blob" => 65_535,
        "mediumtext" | "mediumblob" => 16_777_215,
        _ => 4_294_967_295,
    }
}
