//! What a JSON Schema takes, a real database takes: every good row of the table, inserted into MariaDB in strict mode.

use mcp_schema_operator::output::ddl;
use mcp_schema_operator::schema::{Database as Schema, Engine as Dialect, ServerFacts, Table};
use mcpschema_bed::{Database, Engine};
use serde_json::{Value, json};

use crate::rows::{self, Case};

/// Types that MariaDB 10.11 does not have, or takes through a function alone.
const NOT_HERE: [&str; 3] = ["vector", "point", "unknown"];

/// The one value that the schema takes on purpose and MariaDB does not: it wants `::ffff:10.0.0.1`.
const REFUSED: &str = "Incorrect inet6 value: '10.0.0.1'";

/// A value as SQL; `None` for one that has no literal.
fn literal(table: &Table, column: &str, value: &Value) -> Option<String> {
    let r#type = &table.columns.iter().find(|c| c.name == column)?.r#type;
    let text = |text: &str| format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''"));
    Some(match value {
        _ if NOT_HERE.contains(&r#type.base.as_str()) => return None,
        Value::Null => "NULL".to_owned(),
        json if r#type.base == "json" && !json.is_string() => text(&json.to_string()),
        Value::String(encoded) if r#type.is_binary() => format!("FROM_BASE64({})", text(encoded)),
        Value::String(plain) => text(plain),
        Value::Array(members) => {
            text(&members.iter().map(|member| member.as_str().unwrap_or_default()).collect::<Vec<_>>().join(","))
        }
        scalar => scalar.to_string(),
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn mariadb_takes_every_row_that_the_schema_takes() {
    let database = Database::start(Engine::MariaDb).await.unwrap_or_else(|error| panic!("{error}"));
    let admin = database.admin();
    let server = ServerFacts {
        dialect: Dialect::Mariadb,
        version: String::new(),
        lower_case_table_names: 0,
        sql_mode: Vec::new(),
        time_zone: "UTC".to_owned(),
        fk_checks: true,
    };
    let (mut wrong, mut taken, mut refused) = (Vec::new(), 0, 0);
    for (number, Case { table, rows }) in rows::cases().into_iter().enumerate() {
        if table.columns.iter().any(|column| NOT_HERE.contains(&column.r#type.base.as_str())) {
            continue;
        }
        let mut table = table;
        table.collation = "utf8mb4_bin".to_owned();
        // MariaDB enforces every check it has.
        table.checks.retain(|check| check.enforced != Some(false));
        let key = table.columns.iter().find(|column| column.auto_increment).map(|column| column.name.clone());
        if let Some(key) = key {
            table.primary_key = serde_json::from_value(json!({"columns": [{"column": key}]})).unwrap();
        }
        let name = format!("rows_{number}");
        let schema = Schema { name: name.clone(), tables: vec![table.clone()], ..Schema::default() };
        let made =
            format!("CREATE DATABASE {name};\n{}{}", ddl::select(&schema), ddl::texts(&server, &schema).concat());
        admin.execute_script(&made).await.unwrap_or_else(|error| panic!("{error}"));
        for (row, _) in rows.iter().filter(|(_, valid)| *valid) {
            let row = row.as_object().unwrap();
            let cell =
                |(column, value): (&String, &Value)| Some((format!("`{column}`"), literal(&table, column, value)?));
            let (columns, values): (Vec<_>, Vec<_>) = row.iter().filter_map(cell).unzip();
            let insert = format!("INSERT INTO {name}.t ({}) VALUES ({})", columns.join(","), values.join(","));
            match admin.execute_script(&format!("SET sql_mode = 'TRADITIONAL'; {insert}")).await {
                Ok(()) => taken += 1,
                Err(error) if error.to_string().contains(REFUSED) => refused += 1,
                Err(error) => wrong.push(error.to_string()),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(taken >= 60 && refused == 1, "{taken} taken, {refused} refused");
}
