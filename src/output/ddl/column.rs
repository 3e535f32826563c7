//! One column of a table as SQL. Pure.

use super::words::{charset, feature, name, text};
use crate::schema::{Check, CheckLevel, Column, DefaultValue, Engine, GeneratedKind, Table, TableKind};

/// Where MariaDB keeps the two moments of a row of a system-versioned table, in the words of the model.
const ROW_START: &str = "row start";
const ROW_END: &str = "row end";

/// The column's definition.
pub(super) fn column(engine: Engine, table: &Table, column: &Column) -> String {
    let mut words = vec![name(&column.name), column.r#type.to_string()];
    let compressed = table.options.get("compressed").is_some_and(|list| list.split(',').any(|c| c == column.name));
    if compressed {
        words.push("/*M!100301 COMPRESSED*/".to_owned());
    }
    words.extend(collation(engine, table, column));
    words.extend(rule(engine, table, column));
    if let Some(srid) = column.srid {
        words.push(format!("/*!80003 SRID {srid} */"));
    }
    if column.invisible {
        words.push(if engine == Engine::Mariadb { "INVISIBLE" } else { "/*!80023 INVISIBLE */" }.to_owned());
    }
    if !column.comment.is_empty() {
        words.push(format!("COMMENT {}", text(&column.comment)));
    }
    // MariaDB alone ties a check to a column, whose name it then has; it stands last.
    let own = |check: &&Check| check.level == CheckLevel::Column && check.name == column.name;
    words.extend(table.checks.iter().find(own).map(|check| format!("CHECK ({})", check.expr)));
    words.join(" ")
}

/// Character set and collation, where they are not those of the table.
fn collation(engine: Engine, table: &Table, column: &Column) -> Vec<String> {
    let mut words = Vec::new();
    if column.collation == table.collation {
        return words;
    }
    if !column.charset.is_empty() && column.charset != super::words::charset_of(&table.collation) {
        words.push(format!("CHARACTER SET {}", charset(&column.charset, engine)));
    }
    if !column.collation.is_empty() {
        words.push(format!("COLLATE {}", charset(&column.collation, engine)));
    }
    words
}

/// Where the value comes from: computed, drawn, given or defaulted.
fn rule(engine: Engine, table: &Table, column: &Column) -> Vec<String> {
    let mut words = Vec::new();
    if let Some(generated) = &column.generated {
        let kept = match generated.kind {
            GeneratedKind::Stored => "STORED",
            GeneratedKind::Virtual => "VIRTUAL",
        };
        words.push(format!("GENERATED ALWAYS AS ({}) {kept}", generated.expr));
        // MariaDB has no such word on a computed column.
        if !column.nullable && engine != Engine::Mariadb {
            words.push("NOT NULL".to_owned());
        }
        return words;
    }
    if let Some(moment) = row_moment(table, column) {
        return vec![format!("GENERATED ALWAYS AS {}", moment.to_ascii_uppercase())];
    }
    if !column.nullable {
        words.push("NOT NULL".to_owned());
    } else if column.r#type.base == "timestamp" {
        // Without the word an old server makes it NOT NULL.
        words.push("NULL".to_owned());
    }
    words.extend(default(column));
    if let Some(DefaultValue::CurrentTimestamp { fsp }) = column.on_update {
        words.push(format!("ON UPDATE {}", now(fsp)));
    }
    if column.auto_increment {
        words.push("AUTO_INCREMENT".to_owned());
    }
    if let Some(random) = column.auto_random {
        let bits = match (random.shard_bits, random.range_bits) {
            (shard, 64) => shard.to_string(),
            (shard, range) => format!("{shard}, {range}"),
        };
        words.push(feature("auto_rand", &format!("AUTO_RANDOM({bits})")));
    }
    words
}

/// `row start` or `row end`, for the columns in which MariaDB keeps when a row began and ended to be valid.
pub(super) fn row_moment<'a>(table: &Table, column: &'a Column) -> Option<&'a str> {
    match &column.default {
        Some(DefaultValue::Expression { value }) if table.kind == TableKind::SystemVersioned => {
            [ROW_START, ROW_END].contains(&value.as_str()).then_some(value)
        }
        _ => None,
    }
}

fn default(column: &Column) -> Option<String> {
    let value = match &column.default {
        None => (column.nullable && !column.draws_values()).then(|| "NULL".to_owned())?,
        Some(DefaultValue::CurrentTimestamp { fsp }) => now(*fsp),
        Some(DefaultValue::Expression { value }) if value == "unknown" => {
            return Some("/* has a default that the server did not show exactly */".to_owned());
        }
        Some(DefaultValue::Expression { value }) => format!("({value})"),
        Some(DefaultValue::Literal { value }) => literal(column, value),
    };
    Some(format!("DEFAULT {value}"))
}

/// Bits and bytes have a form of their own in the model, which is SQL already.
fn literal(column: &Column, value: &str) -> String {
    let digits = |open: &str, close: &str| value.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
    let all = |text: &str, good: fn(u8) -> bool| !text.is_empty() && text.bytes().all(good);
    let bits = digits("b'", "'").is_some_and(|text| all(text, |b| matches!(b, b'0' | b'1')));
    let bytes = digits("0x", "").filter(|text| text.bytes().all(|b| b.is_ascii_hexdigit()));
    match column.r#type.base.as_str() {
        "bit" if bits => value.to_owned(),
        _ if column.r#type.is_binary() => bytes.map_or_else(|| text(value), |hex| format!("x'{hex}'")),
        _ => text(value),
    }
}

fn now(fsp: u32) -> String {
    if fsp == 0 { "CURRENT_TIMESTAMP".to_owned() } else { format!("CURRENT_TIMESTAMP({fsp})") }
}
