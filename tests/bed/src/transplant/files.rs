//! The recorded files and the texts around them: reading, redirecting, naming errors. No database.

use std::collections::BTreeMap;
use std::path::PathBuf;

use mysql_async::Params;
use serde_json::{Map, Value};

use super::State;
use crate::error::Context as _;
use crate::{BedError, Result};

/// Every table of `tables.sql`.
const TABLES: [&str; 15] = [
    "SCHEMATA",
    "TABLES",
    "COLUMNS",
    "STATISTICS",
    "KEY_COLUMN_USAGE",
    "REFERENTIAL_CONSTRAINTS",
    "TABLE_CONSTRAINTS",
    "CHECK_CONSTRAINTS",
    "TIDB_CHECK_CONSTRAINTS",
    "PARTITIONS",
    "VIEWS",
    "SEQUENCES",
    "TIDB_INDEXES",
    "TIFLASH_REPLICA",
    "DDL_JOBS",
];

/// The rows of one table, all with the same keys.
pub(super) struct TableRows {
    table: &'static str,
    rows: Vec<Map<String, Value>>,
}

impl TableRows {
    /// An INSERT with one placeholder per column; `None` when there is no row.
    pub(super) fn insert_statement(&self, database: &str) -> Option<String> {
        let columns: Vec<_> = self.rows.first()?.keys().map(|column| format!("`{column}`")).collect();
        let holes = vec!["?"; columns.len()].join(",");
        Some(format!("INSERT INTO `{database}`.`{}` ({}) VALUES ({holes})", self.table, columns.join(",")))
    }

    /// The values of each row in the order of the statement.
    pub(super) fn values(self) -> Vec<Params> {
        let value = |cell: Value| match cell {
            Value::Null => mysql_async::Value::NULL,
            Value::String(text) => mysql_async::Value::Bytes(text.into_bytes()),
            other => mysql_async::Value::Bytes(other.to_string().into_bytes()),
        };
        self.rows
            .into_iter()
            .map(|row| Params::Positional(row.into_iter().map(|(_, cell)| value(cell)).collect()))
            .collect()
    }
}

/// `tables.sql`.
pub(super) fn tables() -> Result<String> {
    read("tables.sql")
}

/// The rows of every table.
pub(super) fn rows(state: State) -> Result<Vec<TableRows>> {
    let load = |table| {
        let text = read(&format!("{}/{table}.ndjson", folder(state)))?;
        Ok(TableRows { table, rows: parse_lines(&text)? })
    };
    TABLES.into_iter().map(load).collect()
}

/// Statements that read no information_schema, in their normal form, and their answers.
pub(super) fn answers(state: State) -> Result<BTreeMap<String, Vec<Map<String, Value>>>> {
    #[derive(serde::Deserialize)]
    struct Answer {
        sql: String,
        rows: Vec<Map<String, Value>>,
    }
    let mut answers = BTreeMap::new();
    for name in ["answers.ndjson".to_owned(), format!("{}/show_create.ndjson", folder(state))] {
        for Answer { sql, rows } in parse_lines(&read(&name)?)? {
            answers.insert(normal(&sql), rows);
        }
    }
    Ok(answers)
}

/// Backquotes are a matter of taste where a name needs none: statements are looked up without them.
pub(super) fn normal(sql: &str) -> String {
    sql.replace('`', "")
}

/// The statement with `information_schema.` in any case replaced by `database.`; `None` when it has none.
pub(super) fn redirect(sql: &str, database: &str) -> Option<String> {
    const SCHEMA: &str = "information_schema.";
    // ASCII folding keeps every byte position.
    let folded = sql.to_ascii_lowercase();
    let (mut redirected, mut done) = (String::new(), 0);
    for (at, _) in folded.match_indices(SCHEMA) {
        redirected.push_str(&sql[done..at]);
        redirected.push_str(database);
        redirected.push('.');
        done = at + SCHEMA.len();
    }
    if done == 0 {
        return None;
    }
    redirected.push_str(&sql[done..]);
    Some(redirected)
}

/// A statement that brings these rows: each cell a literal, texts in hex so that no server on the way trips over them.
pub(super) fn select(rows: &[Map<String, Value>]) -> String {
    let hex = |text: &str| text.bytes().map(|byte| format!("{byte:02X}")).collect::<String>();
    let literal = |cell: &Value| match cell {
        Value::Null => "NULL".to_owned(),
        Value::String(text) => format!("CONVERT(X'{}' USING utf8mb4)", hex(text)),
        other => other.to_string(),
    };
    let row = |row: &Map<String, Value>| {
        let cells = row.iter().map(|(label, cell)| format!("{} AS `{label}`", literal(cell)));
        format!("SELECT {}", cells.collect::<Vec<_>>().join(", "))
    };
    match rows {
        [] => "SELECT 1 AS nothing FROM DUAL WHERE 1 = 0".to_owned(),
        rows => rows.iter().map(row).collect::<Vec<_>>().join(" UNION ALL "),
    }
}

/// The text of an error answer as pytidb gives it: SQLAlchemy around PyMySQL's class and number, with the statement.
pub(super) fn error_text(code: u16, message: &str, sql: &str) -> String {
    let class = match code {
        1064 | 1146 => "ProgrammingError",
        _ => "OperationalError",
    };
    let quoted = format!("{message:?}");
    format!(
        "(pymysql.err.{class}) ({code}, {quoted})\n[SQL: {sql}]\n\
         (Background on this error at: https://sqlalche.me/e/21/e3q8)"
    )
}

fn folder(state: State) -> &'static str {
    match state {
        State::Base => "base",
        State::AfterAlter => "after_alter",
    }
}

fn read(name: &str) -> Result<String> {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tidb")).join(name);
    std::fs::read_to_string(&path).context(|| format!("cannot read {}", path.display()))
}

fn parse_lines<T: serde::de::DeserializeOwned>(text: &str) -> Result<Vec<T>> {
    let parse =
        |line| serde_json::from_str(line).map_err(|error| BedError::new(format!("a recorded line is broken: {error}")));
    text.lines().map(parse).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn only_the_schema_of_a_statement_is_redirected() {
        let cases = [
            ("SELECT 1", None),
            ("SELECT 'é' FROM information_schema.TABLES", Some("SELECT 'é' FROM x.TABLES")),
            ("FROM Information_Schema.A, INFORMATION_SCHEMA.B", Some("FROM x.A, x.B")),
            ("NOT IN ('information_schema')", None),
        ];
        for (sql, wanted) in cases {
            assert_eq!(redirect(sql, "x").as_deref(), wanted, "{sql}");
        }
    }

    #[test]
    fn recorded_rows_become_a_statement_of_literals() {
        let rows = |text: &str| serde_json::from_str::<Vec<Map<String, Value>>>(text).unwrap();
        assert_eq!(
            select(&rows(r#"[{"a":1,"b c":":x"},{"a":null,"b c":"é"}]"#)),
            "SELECT 1 AS `a`, CONVERT(X'3A78' USING utf8mb4) AS `b c` UNION ALL SELECT NULL AS `a`, \
             CONVERT(X'C3A9' USING utf8mb4) AS `b c`"
        );
        assert!(select(&[]).contains("WHERE 1 = 0"));
    }

    #[test]
    fn every_table_has_rows_of_one_shape_in_both_states() {
        for state in [State::Base, State::AfterAlter] {
            for table in rows(state).unwrap() {
                let keys: Vec<_> = table.rows.iter().map(|row| row.keys().collect::<Vec<_>>()).collect();
                assert!(keys.windows(2).all(|pair| pair[0] == pair[1]), "{}", table.table);
                assert_eq!(table.insert_statement("x").is_none(), table.table == "TIFLASH_REPLICA");
            }
        }
    }
}
