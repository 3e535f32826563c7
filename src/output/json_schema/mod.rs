//! JSON Schema 2020-12 of the rows of one table: what an INSERT takes, as far as a schema can say it. Pure.
//! A row that passes may still be refused by the database (keys, bytes, checks that cannot be folded); a row that the
//! database takes as it stands passes.

mod checks;
mod numbers;
mod types;

use serde_json::{Map, Value, json};

use crate::schema::{Column, Table, canonical};

const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";

/// The document as canonical JSON.
///
/// # Errors
/// As [`canonical::bytes`].
pub fn bytes(database: &str, table: &Table) -> Result<Vec<u8>, serde_json::Error> {
    canonical::bytes(&document(database, table)?)
}

/// The document. Its `$id` names the database, the table and the hash of the table's canonical JSON.
///
/// # Errors
/// As [`canonical::bytes`].
pub fn document(database: &str, table: &Table) -> Result<Value, serde_json::Error> {
    let mut properties: Map<String, Value> =
        table.columns.iter().map(|column| (column.name.clone(), property(column))).collect();
    let texts = checks::fold(table, &mut properties);
    let required: Vec<&str> = table.columns.iter().filter(|c| c.is_required()).map(|c| c.name.as_str()).collect();
    let hash = canonical::table_hash(table)?;
    let mut out = json!({
        "$id": format!("urn:sql-schema:{}:{}:{hash}", encoded(database), encoded(&table.name)),
        "$schema": DRAFT,
        "additionalProperties": false,
        "properties": properties,
        "title": table.name,
        "type": "object",
    });
    for (key, list) in [("required", json!(required)), ("x-sql-checks", json!(texts))] {
        if list.as_array().is_some_and(|list| !list.is_empty()) {
            out[key] = list;
        }
    }
    if !table.comment.is_empty() {
        out["description"] = json!(table.comment);
    }
    Ok(out)
}

/// The schema of one column's value.
fn property(column: &Column) -> Value {
    if !column.is_writable() {
        return Value::Bool(false);
    }
    let mut out = types::of(&column.r#type, column.nullable);
    out.insert("x-sql-type".to_owned(), json!(column.r#type.to_string()));
    if let Some(default) = column.literal_default().and_then(|text| types::default(&column.r#type, text)) {
        out.insert("default".to_owned(), default);
    }
    if column.draws_values() {
        out.insert("readOnly".to_owned(), Value::Bool(true));
    }
    if !column.comment.is_empty() {
        out.insert("description".to_owned(), json!(column.comment));
    }
    Value::Object(out)
}

/// Percent-encoded as a part of a URN: all but letters, digits and `-._~`.
fn encoded(name: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    name.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

#[cfg(test)]
mod tests;
