//! The schema that is discovered: its size is that of the goal, its columns are of the types real schemas have. Owns what
//! is created and what of it must be found again.

use std::error::Error;
use std::fmt::Write as _;

use mcp_schema_operator::discovery::Discovered;
use mcpschema_bed::Sql;

/// Tables of the database.
pub(crate) const TABLES: usize = 1_000;
/// Columns of each.
pub(crate) const COLUMNS: usize = 20;
/// The database's name.
pub(crate) const DATABASE: &str = "bench";
/// Every so many tables one has a secondary index of two columns, and every so many a comment on it and on a column.
const INDEX_EVERY: usize = 3;
const COMMENT_EVERY: usize = 5;

/// The columns beside the key.
const REST: [&str; COLUMNS - 1] = [
    "tenant_id INT UNSIGNED NOT NULL",
    "code CHAR(12) NOT NULL DEFAULT ''",
    "name VARCHAR(255) NOT NULL",
    "description TEXT",
    "payload JSON",
    "price DECIMAL(12,2) NOT NULL DEFAULT 0.00",
    "weight DOUBLE",
    "ratio FLOAT DEFAULT 1.5",
    "is_active TINYINT(1) NOT NULL DEFAULT 1",
    "rank_no SMALLINT UNSIGNED",
    "position_no MEDIUMINT",
    "state ENUM('new','open','closed') NOT NULL DEFAULT 'new'",
    "flags SET('a','b','c')",
    "digest BINARY(32)",
    "attachment MEDIUMBLOB",
    "due_on DATE",
    "starts_at DATETIME(3)",
    "created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP",
    "updated_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP",
];

/// Creates the database with all its tables.
pub(crate) async fn create(admin: &Sql) -> mcpschema_bed::Result<()> {
    let mut script = format!("CREATE DATABASE {DATABASE}; USE {DATABASE};");
    for number in 0..TABLES {
        script.push_str(&table(number));
        script.push(';');
    }
    admin.execute_script(&script).await
}

fn table(number: usize) -> String {
    let mut text = format!("CREATE TABLE item_{number:04} (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY");
    let commented = number.is_multiple_of(COMMENT_EVERY);
    for (at, column) in REST.iter().enumerate() {
        let comment = if commented && at == 2 { " COMMENT 'as customers see it'" } else { "" };
        let _ = write!(text, ", {column}{comment}");
    }
    if number.is_multiple_of(INDEX_EVERY) {
        text.push_str(", KEY by_tenant (tenant_id, created_at)");
    }
    text.push(')');
    if commented {
        let _ = write!(text, " COMMENT='items of part {number}'");
    }
    text
}

/// Compares what was found with what was created.
pub(crate) fn check(found: &Discovered) -> Result<(), Box<dyn Error>> {
    let [database] = found.databases.as_slice() else {
        return Err("other databases were found than the one asked for".into());
    };
    let tables = &database.tables;
    let counts = [
        ("tables", tables.len(), TABLES),
        ("tables with every column", tables.iter().filter(|table| table.columns.len() == COLUMNS).count(), TABLES),
        ("primary keys", tables.iter().filter(|table| table.primary_key.is_some()).count(), TABLES),
        ("secondary indexes", tables.iter().map(|table| table.indexes.len()).sum(), TABLES.div_ceil(INDEX_EVERY)),
        (
            "table comments",
            tables.iter().filter(|table| !table.comment.is_empty()).count(),
            TABLES.div_ceil(COMMENT_EVERY),
        ),
        (
            "column comments",
            tables.iter().flat_map(|table| &table.columns).filter(|column| !column.comment.is_empty()).count(),
            TABLES.div_ceil(COMMENT_EVERY),
        ),
        ("warnings", found.warnings.len(), 0),
    ];
    match counts.iter().find(|(_, got, want)| got != want) {
        Some((what, got, want)) => Err(format!("discovery is not complete: {got} {what}, not {want}").into()),
        None => Ok(()),
    }
}
