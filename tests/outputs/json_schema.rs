//! Two validators, one in Rust and one in JavaScript, compile the JSON Schemas and give the same verdict on rows.

use jsonschema::Validator;
use mcp_schema_operator::output::json_schema;
use mcp_schema_operator::schema::{Snapshot, Table};
use serde_json::{Value, json};

use crate::rows::{self, Case};
use crate::support::{CASES, judge, recorded};

fn compiled(schema: &Value) -> Result<Validator, String> {
    // Left alone, formats are only remarks, and the thirtieth of February is a date.
    let options = jsonschema::draft202012::options().should_validate_formats(true);
    options.build(schema).map_err(|error| format!("{error}: {schema}"))
}

fn documents(snapshot: &Snapshot) -> Vec<Value> {
    let tables = snapshot.databases.iter().flat_map(|d| d.tables.iter().map(move |table| (&d.name, table)));
    tables.map(|(database, table)| json_schema::document(database, table).unwrap()).collect()
}

#[test]
fn the_schemas_of_every_recorded_table_compile_in_both_and_take_their_own_defaults() {
    let (mut schemas, mut defaults) = (Vec::new(), 0);
    for document in CASES.iter().flat_map(|case| documents(&recorded(case))) {
        let validator = compiled(&document).unwrap();
        // A row of nothing but defaults, without what must be there: each default must pass its own column.
        let properties = document["properties"].as_object().unwrap();
        let row: Value =
            properties.iter().filter_map(|(name, p)| Some((name.clone(), p.get("default")?.clone()))).collect();
        defaults += row.as_object().unwrap().len();
        let mut free = document.clone();
        free.as_object_mut().unwrap().remove("required");
        let faults: Vec<String> = compiled(&free).unwrap().iter_errors(&row).map(|error| error.to_string()).collect();
        assert_eq!(faults, Vec::<String>::new(), "{document}");
        assert!(!validator.is_valid(&json!({"no such column": 1})), "{document}");
        // The two recordings of TiDB share tables, and so their ids, of which ajv takes each once.
        free["$id"] = json!(format!("{}:{}", free["$id"].as_str().unwrap(), schemas.len()));
        schemas.push(json!({"schema": free, "rows": [row, {"no such column": 1}]}));
    }
    assert!(schemas.len() > 150 && defaults > 100, "{} schemas, {defaults} defaults", schemas.len());
    let judged = judge(&json!({ "schemas": schemas }));
    for (verdict, schema) in judged["schemas"].as_array().unwrap().iter().zip(&schemas) {
        assert_eq!(*verdict, json!({"valid": [true, false]}), "{schema}");
    }
}

#[test]
fn both_agree_on_every_row_of_the_table() {
    let cases = rows::cases();
    let rows: usize = cases.iter().map(|case| case.rows.len()).sum();
    let bad: usize = cases.iter().flat_map(|case| &case.rows).filter(|(_, valid)| !valid).count();
    assert!(rows >= 60 && bad >= 30 && rows - bad >= 30, "{rows} rows, {bad} of them bad");
    let mut schemas = Vec::new();
    let mut wrong = Vec::new();
    for (at, Case { table, rows }) in cases.iter().enumerate() {
        let document = json_schema::document("shop", table).unwrap();
        let validator = compiled(&document).unwrap();
        for (row, valid) in rows {
            if validator.is_valid(row) != *valid {
                wrong.push(format!("jsonschema says {}: {row} of {}", !valid, shown(table)));
            }
        }
        let mut document = document;
        document["$id"] = json!(format!("{}:{at}", document["$id"].as_str().unwrap()));
        schemas.push(json!({"schema": document, "rows": rows.iter().map(|(row, _)| row).collect::<Vec<_>>()}));
    }
    let judged = judge(&json!({ "schemas": schemas }));
    for (verdict, Case { table, rows }) in judged["schemas"].as_array().unwrap().iter().zip(&cases) {
        let verdicts = verdict["valid"].as_array().unwrap_or_else(|| panic!("{verdict}: {}", shown(table)));
        for ((row, valid), verdict) in rows.iter().zip(verdicts) {
            if verdict != valid {
                wrong.push(format!("ajv says {verdict}: {row} of {}", shown(table)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn shown(table: &Table) -> String {
    table.columns.iter().map(|column| format!("{} {}", column.name, column.r#type)).collect::<Vec<_>>().join(", ")
}
