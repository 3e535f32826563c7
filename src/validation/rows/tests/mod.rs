//! Rows against tables: every code, keys and references of a batch, and properties over any table and any bytes.
#![expect(clippy::unwrap_used, reason = "tests")]

mod any;
mod batches;
mod codes;
mod presence;

use serde_json::{Value, json};

use super::*;
use crate::schema::sql_type;

/// A server in strict mode.
pub(super) fn server(engine: Engine) -> ServerFacts {
    let version = match engine {
        Engine::Mariadb => "10.11.6-MariaDB",
        Engine::Mysql => "8.0.36",
        Engine::Tidb => "8.0.11-TiDB-v8.4.0",
    };
    ServerFacts {
        dialect: engine,
        version: version.to_owned(),
        lower_case_table_names: 0,
        sql_mode: vec!["STRICT_TRANS_TABLES".to_owned()],
        time_zone: "UTC".to_owned(),
        fk_checks: true,
    }
}

/// A column from `name type`, with ` not null` behind it, and more fields.
pub(super) fn column(text: &str, more: Value) -> Value {
    let (name, rest) = text.split_once(' ').unwrap();
    let (words, nullable) = rest.strip_suffix(" not null").map_or((rest, true), |words| (words, false));
    let r#type = sql_type::parse(words, Engine::Mysql).r#type;
    let mut column = json!({"name": name, "ordinal": 1, "type": r#type, "nullable": nullable});
    if matches!(r#type.base.as_str(), "char" | "varchar" | "text" | "tinytext" | "enum" | "set") {
        column["charset"] = json!("utf8mb4");
        column["collation"] = json!("utf8mb4_general_ci");
    }
    column.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    column
}

/// A table `t` of these columns with more fields.
pub(super) fn table(columns: &[Value], more: Value) -> Table {
    let mut table = json!({"name": "t", "kind": "base", "columns": columns});
    table.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    serde_json::from_value(table).unwrap()
}

pub(super) fn judge(table: &Table, engine: Engine, options: Options, rows: &[&str]) -> ValidationResult {
    let validator = Validator::compile(table, &server(engine), options);
    let mut batch = validator.batch();
    rows.iter().for_each(|row| batch.row(row.as_bytes()));
    batch.finish(SchemaRef::default(), 0)
}

/// The codes found, errors marked with `!`.
pub(super) fn found(result: &ValidationResult) -> Vec<String> {
    let errors = result.errors.iter().map(|finding| format!("!{}", finding.error_code.as_str()));
    errors.chain(result.warnings.iter().map(|finding| finding.error_code.as_str())).collect()
}
