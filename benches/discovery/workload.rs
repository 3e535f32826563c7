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

/// Databases among which the same tables are spread once more.
const PARTS: usize = 10;

/// Names of those databases.
pub(crate) fn parts() -> Vec<String> {
    (0..PARTS).map(|number| format!("{DATABASE}_{number:02}")).collect()
}

/// Creates all tables in one database, and once more spread over ten.
pub(crate) async fn create(admin: &Sql) -> mcpschema_bed::Result<()> {
    let mut script = format!("CREATE DATABASE {DATABASE}; USE {DATABASE};");
    for number in 0..TABLES {
        script.push_str(&table(number));
        script.push(';');
    }
    let each = TABLES / PARTS;
    for (at, name) in parts().iter().enumerate() {
        let _ = write!(script, "CREATE DATABASE {name}; USE {name};");
        for number in at * each..(at + 1) * each {
            script.push_str(&table(number));
            script.push(';');
        }
    }
    admin.execute_script(&script).await
}

/// The three queries a client sends that asks table by table: columns, indexes, foreign keys.
pub(crate) fn queries_of(number: usize) -> [String; 3] {
    let of = |what: &str, from: &str| {
        format!(
            "SELECT {what} FROM information_schema.{from} WHERE TABLE_SCHEMA = '{DATABASE}' AND TABLE_NAME = 'item_{number:04}'"
        )
    };
    [
        of(
            "COLUMN_NAME, COLUMN_TYPE, DATA_TYPE, IS_NULLABLE, COLUMN_DEFAULT, EXTRA, CHARACTER_SET_NAME, COLLATION_NAME, \
             GENERATION_EXPRESSION, COLUMN_COMMENT",
            "COLUMNS",
        ),
        of("INDEX_NAME, SEQ_IN_INDEX, NON_UNIQUE, COLUMN_NAME, COLLATION, SUB_PART, INDEX_TYPE", "STATISTICS"),
        of("CONSTRAINT_NAME, ORDINAL_POSITION, COLUMN_NAME, REFERENCED_TABLE_NAME", "KEY_COLUMN_USAGE"),
    ]
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
    let tables: Vec<_> = found.databases.iter().flat_map(|database| &database.tables).collect();
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
