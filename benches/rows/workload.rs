//! The table, its JSON Schema and the rows: 20 columns as an order has them, 10,000 rows that are valid everywhere.

use std::fmt::Write as _;

use mcp_schema_operator::schema::{Engine, ServerFacts, Table, sql_type};
use serde_json::{Value, json};

/// Rows of the workload.
pub(crate) const ROWS: usize = 10_000;

/// Columns: name, type, may be null, and the property of `schema.md` §5.1.
fn columns() -> Vec<(&'static str, &'static str, bool, Value)> {
    let moment = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}$";
    vec![
        ("id", "bigint unsigned", false, json!({"type": "integer", "minimum": 0, "maximum": u64::MAX})),
        ("customer_id", "int unsigned", false, json!({"type": "integer", "minimum": 0, "maximum": 4_294_967_295_u64})),
        ("number", "char(12)", false, json!({"type": "string", "maxLength": 12})),
        (
            "status",
            "enum('new','paid','sent','done','cancelled')",
            false,
            json!({"enum": ["new", "paid", "sent", "done", "cancelled"]}),
        ),
        (
            "total",
            "decimal(12,2)",
            false,
            json!({"type": ["number", "string"], "pattern": r"^-?[0-9]{1,10}(\.[0-9]{1,2})?$"}),
        ),
        (
            "tax",
            "decimal(6,4)",
            true,
            json!({"type": ["number", "string", "null"], "pattern": r"^-?[0-9]{1,2}(\.[0-9]{1,4})?$"}),
        ),
        ("quantity", "smallint", false, json!({"type": "integer", "minimum": -32768, "maximum": 32767})),
        ("weight", "double", true, json!({"type": ["number", "null"], "minimum": f64::MIN, "maximum": f64::MAX})),
        ("gift", "tinyint(1)", false, json!({"type": ["boolean", "integer"], "minimum": -128, "maximum": 127})),
        ("email", "varchar(255)", false, json!({"type": "string", "maxLength": 255})),
        ("name", "varchar(100)", false, json!({"type": "string", "maxLength": 100})),
        ("street", "varchar(200)", true, json!({"type": ["string", "null"], "maxLength": 200})),
        ("city", "varchar(100)", true, json!({"type": ["string", "null"], "maxLength": 100})),
        ("country", "char(2)", false, json!({"type": "string", "maxLength": 2})),
        ("note", "text", true, json!({"type": ["string", "null"], "maxLength": 65535})),
        ("ordered", "datetime", false, json!({"type": "string", "pattern": moment})),
        ("changed", "timestamp", false, json!({"type": "string", "pattern": moment})),
        ("due", "date", true, json!({"type": ["string", "null"], "format": "date"})),
        ("slot", "time", true, json!({"type": ["string", "null"], "pattern": r"^-?[0-9]{1,3}:[0-5][0-9]:[0-5][0-9]$"})),
        ("extra", "json", true, json!(true)),
    ]
}

/// The table, with a primary key, a unique key and a CHECK, or bare: types and NULL alone, which is what a JSON Schema says.
pub(crate) fn table(bare: bool) -> Table {
    let column = |(at, (name, r#type, nullable, _)): (usize, (&str, &str, bool, Value))| {
        let mut column = json!({
            "name": name, "ordinal": at + 1, "type": sql_type::parse(r#type, Engine::Mariadb).r#type, "nullable": nullable,
        });
        if ["char", "text", "enum"].iter().any(|text| r#type.contains(text)) {
            column["charset"] = json!("utf8mb4");
            column["collation"] = json!("utf8mb4_general_ci");
        }
        column
    };
    let columns: Vec<_> = columns().into_iter().enumerate().map(column).collect();
    let mut table = json!({"name": "orders", "kind": "base", "columns": columns});
    if !bare {
        table["primaryKey"] = json!({"columns": [{"column": "id"}]});
        table["indexes"] =
            json!([{"name": "number", "unique": true, "type": "btree", "parts": [{"column": "number"}]}]);
        table["checks"] = json!([{"name": "positive", "expr": "`quantity` > 0 and `total` >= 0"}]);
    }
    serde_json::from_value(table).expect("the table is one")
}

/// The server the rows are for.
pub(crate) fn server() -> ServerFacts {
    let facts = json!({
        "dialect": "mariadb", "version": "10.11.6-MariaDB", "lowerCaseTableNames": 0, "sqlMode": ["STRICT_TRANS_TABLES"], "fkChecks": true,
    });
    serde_json::from_value(facts).expect("the facts are facts")
}

/// The JSON Schema of the table, as `schema.md` §5.1 writes it.
pub(crate) fn json_schema() -> Value {
    let required: Vec<_> =
        columns().into_iter().filter(|(_, _, nullable, _)| !nullable).map(|(name, ..)| name).collect();
    let properties: serde_json::Map<_, _> =
        columns().into_iter().map(|(name, _, _, property)| (name.to_owned(), property)).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "additionalProperties": false,
        "properties": properties, "required": required,
    })
}

/// The rows as NDJSON; the same ones every time.
pub(crate) fn rows() -> String {
    let mut state = 42_u64;
    let mut next = move |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let pick = |list: &[&str], at: u64| list[at as usize % list.len()].to_owned();
    let mut out = String::new();
    for id in 0..ROWS {
        let _ = write!(
            out,
            r#"{{"id":{},"customer_id":{},"number":"R{:09}","#,
            9_000_000_000_000_u64 + id as u64,
            next(4_000_000_000),
            id
        );
        let _ = write!(
            out,
            r#""status":"{}","total":"{}.{:02}","tax":"0.{:04}","#,
            pick(&["new", "paid", "sent", "done", "cancelled"], next(5)),
            next(100_000),
            next(100),
            next(10_000)
        );
        let _ = write!(
            out,
            r#""quantity":{},"weight":{}.{},"gift":{},"#,
            1 + next(500),
            next(90),
            next(1000),
            next(2) == 1
        );
        let _ = write!(
            out,
            r#""email":"user{}@example.org","name":"{} {}","#,
            next(1_000_000),
            pick(&["Anna", "Bjørn", "Chloé", "David"], next(4)),
            pick(&["Smith", "Müller", "Garcia", "Okafor"], next(4))
        );
        let street = if next(10) == 0 {
            "null".to_owned()
        } else {
            format!("\"Long Street {}, staircase {}\"", next(300), next(9))
        };
        let _ = write!(
            out,
            r#""street":{street},"city":"{}","country":"{}","#,
            pick(&["Wien", "Graz", "Paris", "Lagos"], next(4)),
            pick(&["AT", "FR", "NG"], next(3))
        );
        let note = if next(3) == 0 {
            "null".to_owned()
        } else {
            format!("\"please ring \\\"{}\\\" twice and leave the parcel at the door of the neighbour\"", next(40))
        };
        let day = format!("2024-{:02}-{:02}", 1 + next(12), 1 + next(28));
        let _ = write!(
            out,
            r#""note":{note},"ordered":"{day} {:02}:{:02}:{:02}","changed":"{day} 23:{:02}:00","#,
            next(24),
            next(60),
            next(60),
            next(60)
        );
        let _ = writeln!(
            out,
            r#""due":"{day}","slot":"{:02}:30:00","extra":{{"source":"web","tags":["a","b"],"v":{}}}}}"#,
            next(24),
            next(100)
        );
    }
    out
}
