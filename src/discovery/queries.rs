//! The SQL discovery sends, and nothing else: pure text. Every text is ASCII without colon, percent sign, backslash or
//! semicolon, because MCP servers take those for bind parameters or several statements. A name that could bring one
//! in travels as a hex literal. A list is read in pages that continue after the last row by the HEX of its names,
//! whose byte order no collation changes.

mod page;
mod parts;

pub(super) use page::{Key, KeyCell, packed, packed_labels, page};
pub(super) use parts::{List, Order, Part, lists};

use crate::schema::Engine;

/// What the server is and who we are on it.
pub(super) const FACTS: &str = "SELECT VERSION() AS version, @@version_comment AS version_comment, \
    @@lower_case_table_names AS lctn, @@sql_mode AS sql_mode, @@time_zone AS time_zone, \
    @@system_time_zone AS system_time_zone, @@foreign_key_checks AS fk_checks, CURRENT_USER() AS usr";

/// What TiDB does with constraints in DDL, and with values of AUTO_RANDOM columns.
pub(super) const TIDB_FACTS: &str = "SELECT @@tidb_enable_check_constraint AS chk, \
    @@allow_auto_random_explicit_insert AS arx, @@tidb_enable_foreign_key AS tfk";

/// Databases an account sees only because it may read one of their tables; TiDB leaves them out of SCHEMATA.
pub(super) const DATABASES_OF_TABLES: &str =
    "SELECT DISTINCT TABLE_SCHEMA AS name, HEX(TABLE_SCHEMA) AS k FROM information_schema.TABLES";

/// How many databases [`DATABASES_OF_TABLES`] lists in all.
pub(super) const DATABASES_OF_TABLES_COUNT: &str =
    "SELECT COUNT(DISTINCT HEX(TABLE_SCHEMA)) AS n FROM information_schema.TABLES";

const NOT_SYSTEM: &str = "LOWER(S.SCHEMA_NAME) NOT IN \
    ('information_schema','performance_schema','metrics_schema','mysql','sys')";

/// A database name as a SQL literal: quoted when plain, hex otherwise.
pub(super) fn literal(name: &str) -> String {
    let plain = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'$' | b'-');
    if !name.is_empty() && name.bytes().all(plain) { format!("'{name}'") } else { format!("X'{}'", hex(name)) }
}

/// Upper-case hex digits of the name's UTF-8 bytes, as SQL's HEX() gives them.
pub(super) fn hex(name: &str) -> String {
    use std::fmt::Write as _;
    name.bytes().fold(String::with_capacity(name.len() * 2), |mut out, byte| {
        let _ = write!(out, "{byte:02X}");
        out
    })
}

/// One page of the databases after the one whose HEX is `after`.
pub(super) fn databases(engine: Engine, after: &str, n: u32) -> String {
    let extra = if engine == Engine::Tidb { ", S.TIDB_PLACEMENT_POLICY_NAME AS placement" } else { "" };
    format!(
        "SELECT S.SCHEMA_NAME AS name, HEX(S.SCHEMA_NAME) AS k, S.DEFAULT_CHARACTER_SET_NAME AS charset, \
         S.DEFAULT_COLLATION_NAME AS coll{extra} FROM information_schema.SCHEMATA S WHERE {NOT_SYSTEM} \
         AND HEX(S.SCHEMA_NAME) > '{after}' ORDER BY HEX(S.SCHEMA_NAME) LIMIT {n}"
    )
}

/// One page of the names of the databases after the one whose HEX is `after`, each with how many there are in all: what
/// a poll needs of [`databases`] and [`database_count`], in one statement.
pub(super) fn database_names(after: &str, n: u32) -> String {
    format!(
        "SELECT S.SCHEMA_NAME AS name, HEX(S.SCHEMA_NAME) AS k, C.n AS n FROM information_schema.SCHEMATA S, ({}) C \
         WHERE {NOT_SYSTEM} AND HEX(S.SCHEMA_NAME) > '{after}' ORDER BY HEX(S.SCHEMA_NAME) LIMIT {n}",
        database_count()
    )
}

/// How many databases [`databases`] lists in all.
pub(super) fn database_count() -> String {
    format!("SELECT COUNT(*) AS n FROM information_schema.SCHEMATA S WHERE {NOT_SYSTEM}")
}

/// The newest DDL job of each database and how many still run (TiDB, which keeps the names in lower case).
/// One database gives one bare row; several are told apart by a leading `db`, the HEX of the name.
pub(super) fn ddl_jobs(databases: &[&str]) -> String {
    let one = |name: &str, tag: &str| {
        format!(
            "SELECT {tag}CAST(IFNULL(MAX(JOB_ID),0) AS CHAR) AS last_job, CAST(IFNULL(SUM(CASE WHEN STATE IN \
             ('synced','done','cancelled','rollback done') THEN 0 ELSE 1 END),0) AS CHAR) AS running \
             FROM information_schema.DDL_JOBS WHERE DB_NAME = LOWER(CONVERT({} USING utf8mb4))",
            literal(name)
        )
    };
    union(databases, one)
}

/// Whether a table of the database was altered within the last two seconds (TiDB's CREATE_TIME is the last DDL, in
/// whole seconds, so another DDL of the same second would leave the fingerprint as it is).
pub(super) fn altered_just_now(database: &str) -> String {
    format!(
        "SELECT IFNULL(MAX(CREATE_TIME) > NOW() - INTERVAL 2 SECOND,0) AS young FROM information_schema.TABLES \
         WHERE TABLE_SCHEMA = {}",
        literal(database)
    )
}

/// Joins one SELECT per database; `one` gets the name and the text of the leading column.
pub(super) fn union(databases: &[&str], one: impl Fn(&str, &str) -> String) -> String {
    match databases {
        [single] => one(single, ""),
        several => {
            let tagged = |name: &&str| one(name, &format!("'{}' AS db, ", hex(name)));
            several.iter().map(tagged).collect::<Vec<_>>().join(" UNION ALL ")
        }
    }
}

#[cfg(test)]
mod tests;
