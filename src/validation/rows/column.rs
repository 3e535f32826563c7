//! A column compiled for judging: everything that can be decided before the first row is.

use super::charset::Charset;
use super::collation::Collation;
use super::slot::Slot;
use crate::schema::column_facts::WhenAbsent;
use crate::schema::{Column as Model, LengthUnit, Type};

/// A column.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) name: String,
    /// JSON pointer to the field.
    pub(super) path: String,
    /// The field's key as most writers of JSON write it, with its colon.
    pub(super) key: String,
    /// The type as SQL, shown as what was expected.
    pub(super) expected: String,
    pub(super) kind: Kind,
    pub(super) collation: Collation,
    pub(super) nullable: bool,
    pub(super) in_primary_key: bool,
    pub(super) when_absent: WhenAbsent,
    pub(super) auto_increment: bool,
    pub(super) auto_random: bool,
    pub(super) generated: bool,
    /// NULL stores the current time (MariaDB, TIMESTAMP NOT NULL).
    pub(super) null_is_now: bool,
    /// A key, a CHECK or a foreign key looks at it: its stored value is kept.
    pub(super) kept: bool,
    /// What is stored when it is left out, where that is a constant.
    pub(super) default: Slot,
}

/// What values it takes.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    Integer {
        min: i64,
        max: u64,
        boolean: bool,
    },
    Decimal {
        precision: u32,
        scale: u32,
        unsigned: bool,
    },
    Float {
        double: bool,
        digits: Option<(u32, u32)>,
        unsigned: bool,
    },
    Bit {
        bits: u32,
    },
    Text(TextType),
    Binary {
        max: u64,
        padded: bool,
    },
    Date,
    DateTime {
        fsp: u32,
        timestamp: bool,
    },
    Time {
        fsp: u32,
    },
    Year,
    Enum(Vec<String>),
    Set(Vec<String>),
    Json,
    Vector {
        dims: Option<u32>,
    },
    Uuid,
    Inet4,
    Inet6,
    Spatial(String),
    /// Nobody knows.
    Unknown,
}

/// Limits of a text type.
#[derive(Clone, Copy, Debug)]
pub(super) struct TextType {
    pub(super) max: u64,
    /// `max` counts bytes in the column's character set, not characters.
    pub(super) in_bytes: bool,
    pub(super) charset: Charset,
}

impl Column {
    pub(super) fn new(model: &Model, mariadb: bool, in_primary_key: bool) -> Self {
        let kind = Kind::of(&model.r#type, &model.charset);
        let binary = !matches!(kind, Kind::Text(_) | Kind::Enum(_) | Kind::Set(_));
        Self {
            name: model.name.clone(),
            path: pointer(&model.name),
            key: format!("{}:", serde_json::Value::from(model.name.as_str())),
            expected: model.r#type.to_string(),
            collation: if binary { Collation::BINARY } else { Collation::named(&model.collation) },
            nullable: model.nullable,
            in_primary_key,
            when_absent: model.when_absent(),
            auto_increment: model.auto_increment,
            auto_random: model.auto_random.is_some(),
            generated: !model.is_writable(),
            null_is_now: mariadb && model.r#type.base == "timestamp" && !model.nullable,
            kept: false,
            default: Slot::default(),
            kind,
        }
    }
}

/// JSON pointer to a field (RFC 6901).
pub(super) fn pointer(name: &str) -> String {
    format!("/{}", name.replace('~', "~0").replace('/', "~1"))
}

impl Kind {
    fn of(r#type: &Type, charset: &str) -> Self {
        let fsp = r#type.fsp.unwrap_or(0).min(6);
        let text = |max, in_bytes| Self::Text(TextType { max, in_bytes, charset: Charset::named(charset) });
        let binary = |max, padded| Self::Binary { max, padded };
        let length = r#type.length.unwrap_or(1);
        match r#type.base.as_str() {
            "tinyint" => integer(r#type, 8),
            "smallint" => integer(r#type, 16),
            "mediumint" => integer(r#type, 24),
            "int" => integer(r#type, 32),
            "bigint" => integer(r#type, 64),
            "decimal" => {
                let (precision, scale) = (r#type.precision.unwrap_or(10), r#type.scale.unwrap_or(0));
                Self::Decimal { precision, scale, unsigned: r#type.unsigned }
            }
            "float" | "double" => {
                let digits = r#type.precision.zip(r#type.scale);
                Self::Float { double: r#type.base == "double", digits, unsigned: r#type.unsigned }
            }
            "bit" => Self::Bit { bits: u32::try_from(length).unwrap_or(64).min(64) },
            "char" | "varchar" => text(length, r#type.unit == Some(LengthUnit::Bytes)),
            "tinytext" => text(0xFF, true),
            "text" => text(0xFFFF, true),
            "mediumtext" => text(0xFF_FFFF, true),
            "longtext" => text(0xFFFF_FFFF, true),
            "binary" => binary(length, true),
            "varbinary" => binary(length, false),
            "tinyblob" => binary(0xFF, false),
            "blob" => binary(0xFFFF, false),
            "mediumblob" => binary(0xFF_FFFF, false),
            "longblob" => binary(0xFFFF_FFFF, false),
            "date" => Self::Date,
            "datetime" => Self::DateTime { fsp, timestamp: false },
            "timestamp" => Self::DateTime { fsp, timestamp: true },
            "time" => Self::Time { fsp },
            "year" => Self::Year,
            "enum" => Self::Enum(r#type.values.clone()),
            "set" => Self::Set(r#type.values.clone()),
            "json" => Self::Json,
            "vector" => Self::Vector { dims: r#type.dims },
            "uuid" => Self::Uuid,
            "inet4" => Self::Inet4,
            "inet6" => Self::Inet6,
            "geometry" | "point" | "linestring" | "polygon" | "multipoint" | "multilinestring" | "multipolygon"
            | "geometrycollection" => Self::Spatial(r#type.base.clone()),
            _ => Self::Unknown,
        }
    }
}

fn integer(r#type: &Type, bits: u32) -> Kind {
    let (min, max) = match r#type.unsigned {
        true => (0, u64::MAX >> (64 - bits)),
        false => (i64::MIN >> (64 - bits), (u64::MAX >> 1) >> (64 - bits)),
    };
    Kind::Integer { min, max, boolean: r#type.bool_hint }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Engine, sql_type};

    #[test]
    fn integers_have_the_ranges_of_their_sizes() {
        for (text, lowest, highest) in [
            ("tinyint", -128, 127),
            ("tinyint unsigned", 0, 255),
            ("smallint", -32768, 32767),
            ("mediumint", -8_388_608, 8_388_607),
            ("mediumint unsigned", 0, 16_777_215),
            ("int", -2_147_483_648, 2_147_483_647),
            ("bigint", i64::MIN, i64::MAX as u64),
            ("bigint unsigned", 0, u64::MAX),
        ] {
            let kind = Kind::of(&sql_type::parse(text, Engine::Mysql).r#type, "");
            let fits = matches!(kind, Kind::Integer { min, max, .. } if (min, max) == (lowest, highest));
            assert!(fits, "{text}: {kind:?}");
        }
    }
}
