//! The fingerprint of a database: one row of counts and hashes the server computes over its own catalogue, so that a
//! poll costs one call. Builds the statement, reads the row, and asks; decides nothing about what changed.

use std::collections::BTreeMap;
use std::time::Duration;

use super::error::DiscoveryError;
use super::pages::Expected;
use super::queries::{self, List, Part, hex, literal, union};
use crate::error::Reason;
use crate::mcp::rows::Row;
use crate::mcp::{McpError, SqlSource};
use crate::schema::Engine;
use crate::schema::canonical::sha256_hex;

/// Most databases in one statement.
const DATABASES_PER_STATEMENT: usize = 20;
/// Most bytes in one statement.
const STATEMENT_BYTES: usize = 90_000;
/// Most databases in one statement about DDL jobs, which is short: practically always one call.
const JOBS_PER_STATEMENT: usize = 200;
/// The list of DDL jobs is a second signal only: a server slower than this is polled without it.
const JOBS_DEADLINE: Duration = Duration::from_secs(5);

/// What one look at a database's catalogue says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fingerprint {
    /// First 16 hex digits of the SHA-256 over the row's cells, and over the newest DDL job where it is known.
    pub(super) value: String,
    /// Rows per part.
    counts: BTreeMap<&'static str, u64>,
    /// DDL on this database (TiDB).
    pub(super) ddl: Ddl,
}

/// Whether DDL runs on a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ddl {
    /// None, or the server shows only the state before or after it.
    Idle,
    /// Some; the catalogue shows half-built objects.
    Running,
    /// The account may not see the jobs of a server that shows half-built objects.
    Unknown,
}

impl Fingerprint {
    /// Rows the server counted for a list.
    pub(super) fn expected(&self, list: &List) -> Expected {
        let count = |name: &str| self.counts.get(name).copied();
        let rows = match list.part {
            // A multi-column index, or a table of several partitions, is one row of the list and several of the count.
            Part::PublicIndexes | Part::Partitions => count(list.name).filter(|n| *n == 0),
            _ => count(list.name),
        };
        Expected { rows, about: count(list.name).unwrap_or_default(), tables: count("tables").unwrap_or_default() }
    }

    /// The database is there. A database seen through a table grant alone is missing from SCHEMATA on TiDB.
    fn exists(&self) -> bool {
        self.counts.get("db").is_some_and(|n| *n > 0) || self.counts.get("tables").is_some_and(|n| *n > 0)
    }
}

/// One derived table of the statement.
struct Scan {
    name: &'static str,
    table: &'static str,
    cells: String,
    schema_column: &'static str,
    and: &'static str,
}

fn scans(engine: Engine) -> Vec<Scan> {
    let tidb = engine == Engine::Tidb;
    let scan =
        |name, table, cells: &str, schema_column| Scan { name, table, cells: cells.to_owned(), schema_column, and: "" };
    let extend = |base: &str, more: &str, when: bool| if when { format!("{base},{more}") } else { base.to_owned() };
    let db = extend("DEFAULT_CHARACTER_SET_NAME,DEFAULT_COLLATION_NAME", "IFNULL(TIDB_PLACEMENT_POLICY_NAME,'')", tidb);
    let tables = extend(
        "HEX(TABLE_NAME),TABLE_TYPE,IFNULL(ENGINE,''),IFNULL(TABLE_COLLATION,''),IFNULL(CREATE_OPTIONS,''),\
         IFNULL(TABLE_COMMENT,'')",
        "IFNULL(TIDB_PK_TYPE,''),IFNULL(TIDB_ROW_ID_SHARDING_INFO,''),IFNULL(TIDB_PLACEMENT_POLICY_NAME,''),CREATE_TIME",
        tidb,
    );
    let index_parts = extend(
        "HEX(TABLE_NAME),HEX(INDEX_NAME),SEQ_IN_INDEX,NON_UNIQUE,IFNULL(HEX(COLUMN_NAME),''),IFNULL(COLLATION,''),\
         IFNULL(SUB_PART,''),INDEX_TYPE,INDEX_COMMENT",
        if engine == Engine::Mariadb { "IGNORED" } else { "IS_VISIBLE,IFNULL(EXPRESSION,'')" },
        true,
    );
    let checks = match engine {
        Engine::Mysql => scan("checks", "CHECK_CONSTRAINTS", "HEX(CONSTRAINT_NAME),CHECK_CLAUSE", "CONSTRAINT_SCHEMA"),
        Engine::Mariadb | Engine::Tidb => scan(
            "checks",
            if tidb { "TIDB_CHECK_CONSTRAINTS" } else { "CHECK_CONSTRAINTS" },
            "HEX(TABLE_NAME),HEX(CONSTRAINT_NAME),CHECK_CLAUSE",
            "CONSTRAINT_SCHEMA",
        ),
    };
    let mut all = vec![
        scan("db", "SCHEMATA", &db, "SCHEMA_NAME"),
        scan("tables", "TABLES", &tables, "TABLE_SCHEMA"),
        scan("columns", "COLUMNS", COLUMN_CELLS, "TABLE_SCHEMA"),
        scan("index_parts", "STATISTICS", &index_parts, "TABLE_SCHEMA"),
        Scan {
            and: " AND REFERENCED_TABLE_NAME IS NOT NULL",
            ..scan("fk_parts", "KEY_COLUMN_USAGE", FOREIGN_KEY_CELLS, "TABLE_SCHEMA")
        },
        scan(
            "fk_rules",
            "REFERENTIAL_CONSTRAINTS",
            "HEX(TABLE_NAME),HEX(CONSTRAINT_NAME),UPDATE_RULE,DELETE_RULE",
            "CONSTRAINT_SCHEMA",
        ),
        Scan {
            and: " AND PARTITION_NAME IS NOT NULL",
            ..scan("partitions", "PARTITIONS", PARTITION_CELLS, "TABLE_SCHEMA")
        },
        scan("views", "VIEWS", "HEX(TABLE_NAME),VIEW_DEFINITION,CHECK_OPTION,SECURITY_TYPE", "TABLE_SCHEMA"),
        checks,
    ];
    match engine {
        Engine::Tidb => all.push(scan("public_indexes", "TIDB_INDEXES", PUBLIC_INDEX_CELLS, "TABLE_SCHEMA")),
        Engine::Mysql => all.push(scan("constraints", "TABLE_CONSTRAINTS", CONSTRAINT_CELLS, "TABLE_SCHEMA")),
        Engine::Mariadb => {}
    }
    all
}

const COLUMN_CELLS: &str = "HEX(TABLE_NAME),ORDINAL_POSITION,HEX(COLUMN_NAME),COLUMN_TYPE,IS_NULLABLE,\
    COLUMN_DEFAULT IS NULL,IFNULL(COLUMN_DEFAULT,''),IFNULL(EXTRA,''),IFNULL(COLLATION_NAME,''),\
    IFNULL(GENERATION_EXPRESSION,''),COLUMN_COMMENT";
const FOREIGN_KEY_CELLS: &str = "HEX(TABLE_NAME),HEX(CONSTRAINT_NAME),ORDINAL_POSITION,HEX(COLUMN_NAME),\
    HEX(REFERENCED_TABLE_SCHEMA),HEX(REFERENCED_TABLE_NAME),HEX(REFERENCED_COLUMN_NAME)";
const PARTITION_CELLS: &str = "HEX(TABLE_NAME),HEX(PARTITION_NAME),IFNULL(HEX(SUBPARTITION_NAME),''),\
    PARTITION_METHOD,IFNULL(PARTITION_EXPRESSION,''),IFNULL(PARTITION_DESCRIPTION,'')";
const PUBLIC_INDEX_CELLS: &str = "HEX(TABLE_NAME),HEX(KEY_NAME),SEQ_IN_INDEX,IS_VISIBLE,CLUSTERED,IS_GLOBAL";
const CONSTRAINT_CELLS: &str = "HEX(TABLE_NAME),HEX(CONSTRAINT_NAME),CONSTRAINT_TYPE,ENFORCED";

/// The statement for some databases: one bare row for one, rows with a leading `db` for several.
pub(super) fn statement(engine: Engine, databases: &[&str]) -> String {
    union(databases, |name, tag| one_statement(engine, name, tag))
}

// XOR needs no order and is stable; rows cannot cancel out in pairs, since each holds its own key. One derived table
// per part takes half the time of a count and a hash apart.
fn one_statement(engine: Engine, name: &str, tag: &str) -> String {
    let (db, scans) = (literal(name), scans(engine));
    let list = |one: &dyn Fn(&Scan) -> String| scans.iter().map(one).collect::<Vec<_>>().join(", ");
    let cells = list(&|Scan { name: a, .. }| format!("{a}.n AS {a}_n, {a}.h AS {a}_fp"));
    let tables = list(&|Scan { name: a, table, cells, schema_column, and }| {
        format!(
            "(SELECT COUNT(*) AS n, LOWER(HEX(BIT_XOR(CAST(CONV(SUBSTRING(SHA1(CONCAT_WS('|',{cells})),1,16),16,10) AS \
             UNSIGNED)))) AS h FROM information_schema.{table} WHERE {schema_column} = {db}{and}) {a}"
        )
    });
    format!("SELECT {tag}{cells} FROM {tables}")
}

/// Splits databases into statements of a bounded size.
fn batches<'a>(engine: Engine, databases: &[&'a str]) -> Vec<Vec<&'a str>> {
    let mut out: Vec<Vec<&str>> = Vec::new();
    let mut bytes = 0;
    for name in databases {
        let more = one_statement(engine, name, "").len() + hex(name).len() + 32;
        match out.last_mut() {
            Some(batch) if batch.len() < DATABASES_PER_STATEMENT && bytes + more <= STATEMENT_BYTES => {
                batch.push(name);
                bytes += more;
            }
            _ => {
                out.push(vec![name]);
                bytes = more;
            }
        }
    }
    out
}

/// Newest job and running ones of a database, where the account may see them.
type Jobs = Option<(String, bool)>;

fn read_row(engine: Engine, row: &Row, jobs: &Jobs) -> Result<Fingerprint, McpError> {
    let mut counts = BTreeMap::new();
    let mut cells = Vec::new();
    for Scan { name, .. } in scans(engine) {
        let count = row.number(&format!("{name}_n"))?;
        cells.push(count.to_string());
        cells.push(row.text(&format!("{name}_fp"))?);
        counts.insert(name, count);
    }
    let ddl = match (engine, jobs) {
        (Engine::Mariadb | Engine::Mysql, _) | (Engine::Tidb, Some((_, false))) => Ddl::Idle,
        (Engine::Tidb, Some((_, true))) => Ddl::Running,
        (Engine::Tidb, None) => Ddl::Unknown,
    };
    cells.extend(jobs.iter().map(|(last, _)| last.clone()));
    let value = sha256_hex(&[cells.join("|").as_bytes()])[..16].to_owned();
    Ok(Fingerprint { value, counts, ddl })
}

/// Looks at some databases. One that is not there (any more) is missing from the result.
///
/// # Errors
/// A failed call, or an answer that is not about the databases asked for.
pub(super) async fn look(
    source: &dyn SqlSource,
    engine: Engine,
    databases: &[&str],
) -> Result<BTreeMap<String, Fingerprint>, DiscoveryError> {
    let mut jobs = if engine == Engine::Tidb { ddl_jobs(source, databases).await } else { BTreeMap::new() };
    let mut found = BTreeMap::new();
    for batch in batches(engine, databases) {
        let rows = crate::mcp::query(source, &statement(engine, &batch)).await?;
        for (name, row) in by_database(&batch, &rows)? {
            let fingerprint = read_row(engine, row, &jobs.remove(name).flatten())?;
            if fingerprint.exists() {
                found.insert(name.to_owned(), fingerprint);
            }
        }
    }
    Ok(found)
}

/// Jobs of all databases in as few calls as fit; any failure means that the jobs cannot be seen, never that discovery fails.
async fn ddl_jobs(source: &dyn SqlSource, databases: &[&str]) -> BTreeMap<String, Jobs> {
    let mut found = BTreeMap::new();
    for batch in databases.chunks(JOBS_PER_STATEMENT) {
        let sql = queries::ddl_jobs(batch);
        let Ok(Ok(rows)) = tokio::time::timeout(JOBS_DEADLINE, crate::mcp::query(source, &sql)).await else { break };
        let Ok(rows) = by_database(batch, &rows) else { break };
        found.extend(rows.into_iter().map(|(name, row)| (name.to_owned(), read_jobs(row))));
    }
    found
}

fn read_jobs(row: &Row) -> Jobs {
    let last = row.text("last_job").ok().filter(|last| last != "0")?;
    Some((last, row.number("running").ok()? > 0))
}

/// The row of each database; TiDB joins the branches of a UNION ALL in changing order.
fn by_database<'a, 'r>(asked: &[&'a str], rows: &'r [Row]) -> Result<Vec<(&'a str, &'r Row)>, McpError> {
    let wrong = |problem: &str| McpError::new(Reason::ProtocolError, format!("the MCP server's answer {problem}"));
    if let ([name], [row]) = (asked, rows) {
        return Ok(vec![(name, row)]);
    }
    let mut out = Vec::with_capacity(asked.len());
    for name in asked {
        let key = hex(name);
        let mut own = rows.iter().filter(|row| row.text("db").is_ok_and(|db| db == key));
        match (own.next(), own.next()) {
            (Some(row), None) => out.push((*name, row)),
            (None, _) => return Err(wrong("lacks a row asked for: it may cut long results short")),
            (Some(_), Some(_)) => return Err(wrong("has the same row twice")),
        }
    }
    Ok(out)
}

/// Whether a table was altered so lately that another DDL could hide behind the same fingerprint.
///
/// # Errors
/// A failed call.
pub(super) async fn altered_just_now(source: &dyn SqlSource, database: &str) -> Result<bool, DiscoveryError> {
    let rows = crate::mcp::query(source, &queries::altered_just_now(database)).await?;
    Ok(rows.first().map(|row| row.number("young")).transpose()?.is_none_or(|young| young > 0))
}

#[cfg(test)]
#[path = "fingerprint_tests.rs"]
mod tests;
