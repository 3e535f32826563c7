//! How the values of a column are asked for, so that every MCP server sends them unaltered, and how what comes becomes the
//! JSON that rows are judged in. Everything travels as text: texts and bytes as HEX, a number as its digits, a moment of
//! a TIMESTAMP as its seconds since 1970, which no session's time zone changes. Pure.

use k8s_openapi::jiff::Timestamp;
use serde_json::Value;

use crate::schema::algebra::most_bytes_per_char;
use crate::schema::{Column, Engine, LengthUnit, Type};

/// What comes in place of a value that is too long to be looked at: no HEX, and no list of numbers.
const LONG: &str = "long";

/// How a value travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// Digits.
    Number,
    /// The digits of a binary fraction.
    Float,
    /// The HEX of a text in UTF-8.
    Text,
    /// The HEX of bytes.
    Bytes,
    /// A text of plain ASCII.
    Plain,
    /// Seconds since 1970.
    Seconds,
}

/// How a column is read.
#[derive(Clone, Debug)]
pub(super) struct Read {
    form: Form,
    /// The value, from which the cell is made.
    value: String,
    /// Most bytes of the value.
    most: u64,
}

/// One value as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    /// JSON.
    Json(String),
    /// Longer than is looked at.
    Long,
}

impl Read {
    /// How a column is read; `None` for a type whose values do not come back in a form that can be judged. `column` is
    /// the column in SQL.
    pub(super) fn new(model: &Column, column: &str, engine: Engine) -> Option<Self> {
        let r#type = &model.r#type;
        let text =
            |value: String, most| Self { form: Form::Text, value: format!("CONVERT({value} USING utf8mb4)"), most };
        let read = |form, value: String, most| Self { form, value, most };
        let plain = column.to_owned();
        Some(match r#type.base.as_str() {
            "tinyint" | "smallint" | "mediumint" | "int" | "bigint" | "decimal" => {
                // ZEROFILL may ask for as many zeros.
                read(Form::Number, plain, if r#type.zerofill { 255 } else { 70 })
            }
            // A float with digits is rounded to them when it is shown, which may bring it out of its own range.
            "float" if r#type.precision.is_some() && r#type.scale.is_some() => return None,
            // As it is, a float shows six digits; the sum with a double shows all.
            "float" => read(Form::Float, format!("({column} + 0E0)"), 25),
            "double" => read(Form::Float, plain, 350),
            "bit" => read(Form::Number, format!("CAST({column} AS UNSIGNED)"), 20),
            "char" | "varchar" | "tinytext" | "text" | "mediumtext" | "longtext" | "enum" | "set" => {
                text(plain, text_bytes(model))
            }
            "json" => text(format!("CAST({column} AS CHAR)"), u64::from(u32::MAX)),
            "binary" | "varbinary" => read(Form::Bytes, plain, r#type.length.unwrap_or(1)),
            "tinyblob" => read(Form::Bytes, plain, 0xFF),
            "blob" | "mediumblob" | "longblob" => read(Form::Bytes, plain, u64::from(u32::MAX)),
            "date" | "datetime" | "time" | "year" | "uuid" | "inet4" | "inet6" => read(Form::Plain, plain, 45),
            "timestamp" => read(Form::Seconds, format!("UNIX_TIMESTAMP({column})"), 20),
            "vector" if engine == Engine::Tidb => {
                let dims = u64::from(r#type.dims.unwrap_or(16_383));
                read(Form::Plain, format!("CAST({column} AS CHAR)"), dims * 16 + 2)
            }
            _ => return None,
        })
    }

    /// Most bytes of a value.
    pub(super) const fn most(&self) -> u64 {
        self.most
    }

    /// How many characters a byte of the value takes.
    pub(super) const fn expansion(&self) -> u64 {
        match self.form {
            Form::Text | Form::Bytes => 2,
            _ => 1,
        }
    }

    /// The cell in SQL, where values of more than `cap` bytes are not looked at.
    pub(super) fn expression(&self, cap: u64) -> String {
        let value = &self.value;
        let cell = match self.form {
            Form::Text | Form::Bytes => format!("HEX({value})"),
            _ => value.clone(),
        };
        // The cast: what TiDB makes of HEX is a LONGTEXT, which one server sends as base64.
        if self.most <= cap {
            format!("CAST({cell} AS CHAR)")
        } else {
            format!("CAST(CASE WHEN OCTET_LENGTH({value}) > {cap} THEN '{LONG}' ELSE {cell} END AS CHAR)")
        }
    }

    /// The value that a cell holds; `None` when it is not what was asked for.
    pub(super) fn cell(&self, text: Option<&str>) -> Option<Cell> {
        let Some(text) = text else { return Some(Cell::Json("null".to_owned())) };
        if text == LONG {
            return Some(Cell::Long);
        }
        let json = match self.form {
            Form::Number => number(text).unwrap_or_else(|| quoted(text)),
            Form::Float => float(text).unwrap_or_else(|| quoted(text)),
            Form::Text => quoted(&String::from_utf8(unhex(text)?).ok()?),
            // Bytes are judged in the form they travel in.
            Form::Bytes => quoted(unhex(text).map(|_| text)?),
            Form::Plain => quoted(text),
            Form::Seconds => quoted(&moment(text)?),
        };
        Some(Cell::Json(json))
    }
}

/// A text as JSON.
pub(super) fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// Most bytes of a text in UTF-8.
fn text_bytes(column: &Column) -> u64 {
    let Type { base, length, unit, values, .. } = &column.r#type;
    // What takes one byte in an older set may take three.
    let wider = if most_bytes_per_char(&column.charset) < 3 { 3 } else { 1 };
    let members = values.iter().map(|value| value.len() as u64);
    match base.as_str() {
        "enum" => members.max().unwrap_or(0),
        "set" => members.map(|bytes| bytes + 1).sum(),
        "tinytext" => 0xFF * wider,
        "char" | "varchar" if *unit != Some(LengthUnit::Bytes) => length.unwrap_or(1) * 4,
        "char" | "varchar" => length.unwrap_or(1) * wider,
        _ => u64::from(u32::MAX),
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pair = |pair: &[u8]| Some(digit(pair.first()?)? << 4 | digit(pair.get(1)?)?);
    text.as_bytes().chunks(2).map(pair).collect()
}

/// Digits as a JSON number, which has no zeros before it.
fn number(text: &str) -> Option<String> {
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !all(whole) || !all(fraction) {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    Some(match digits.contains('.') {
        true => format!("{sign}{whole}.{fraction}"),
        false => format!("{sign}{whole}"),
    })
}

/// A binary fraction; a whole one by all its digits, since those that a server leaves out make another number of it.
fn float(text: &str) -> Option<String> {
    let value: f64 = text.parse().ok().filter(|value: &f64| value.is_finite())?;
    Some(if value.fract() == 0.0 { format!("{value:.0}") } else { value.to_string() })
}

/// Seconds since 1970 as a date and time in UTC. The zero date is 0, which no other moment of a TIMESTAMP is.
fn moment(text: &str) -> Option<String> {
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, ""));
    let seconds: i64 = seconds.parse().ok()?;
    let digits = format!("{fraction:0<9}");
    let nanos: i32 = digits.get(..9)?.parse().ok()?;
    if seconds == 0 && nanos == 0 {
        return Some("0000-00-00 00:00:00".to_owned());
    }
    let moment = Timestamp::new(seconds, nanos).ok()?.to_string();
    Some(moment.replace('T', " ").trim_end_matches('Z').to_owned())
}

#[cfg(test)]
#[path = "tests/cells.rs"]
mod tests;
