//! The SQL discovery sends, and nothing else: pure text. Every text is ASCII without colon, percent sign, backslash or
//! semicolon, because MCP servers take those for bind parameters or several statements. A name that could bring one
//! in travels as a hex literal. A list is read in pages that continue after the last row by the HEX of its names,
//! whose byte order no collation changes.

mod select;

use crate::schema::Engine;

/// What the server is and who we are on it.
pub(super) const FACTS: &str = "SELECT VERSION() AS version, @@version_comment AS version_comment, \
    @@lower_case_table_names AS lctn, @@sql_mode AS sql_mode, @@time_zone AS time_zone, \
    @@system_time_zone AS system_time_zone, @@foreign_key_checks AS fk_checks, CURRENT_USER() AS usr";

/// Databases an account sees only because it may read one of their tables; TiDB leaves them out of SCHEMATA.
pub(super) const DATABASES_OF_TABLES: &str =
    "SELECT DISTINCT TABLE_SCHEMA AS name, HEX(TABLE_SCHEMA) AS k FROM information_schema.TABLES";

const NOT_SYSTEM: &str = "LOWER(S.SCHEMA_NAME) NOT IN \
    ('information_schema','performance_schema','metrics_schema','mysql','sys')";

/// One list of rows that describe a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// Tables, views and sequences.
    Tables,
    /// Their columns.
    Columns,
    /// Index parts.
    IndexParts,
    /// Foreign-key columns.
    ForeignKeyParts,
    /// Foreign-key rules.
    ForeignKeyRules,
    /// CHECK constraints.
    Checks,
    /// Views.
    Views,
    /// The indexes TiDB has finished building.
    PublicIndexes,
}

impl Part {
    /// The parts an engine has, the list of tables first.
    pub(super) fn of(engine: Engine) -> impl Iterator<Item = Self> {
        const ALL: [Part; 8] = [
            Part::Tables,
            Part::Columns,
            Part::IndexParts,
            Part::ForeignKeyParts,
            Part::ForeignKeyRules,
            Part::Checks,
            Part::Views,
            Part::PublicIndexes,
        ];
        ALL.into_iter().filter(move |part| *part != Self::PublicIndexes || engine == Engine::Tidb)
    }

    /// The word for messages, and the prefix of the part's cells in a fingerprint.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Tables => "tables",
            Self::Columns => "columns",
            Self::IndexParts => "index_parts",
            Self::ForeignKeyParts => "fk_parts",
            Self::ForeignKeyRules => "fk_rules",
            Self::Checks => "checks",
            Self::Views => "views",
            Self::PublicIndexes => "public_indexes",
        }
    }

    /// Label of the cell that numbers the rows within a table or an index, where there is one.
    pub(super) const fn position_label(self) -> Option<&'static str> {
        match self {
            Self::Columns | Self::ForeignKeyParts => Some("pos"),
            Self::IndexParts => Some("seq"),
            Self::Tables | Self::ForeignKeyRules | Self::Checks | Self::Views | Self::PublicIndexes => None,
        }
    }

    /// Rows carry the HEX of a second name (`ik`: index or constraint) beside the table's.
    pub(super) const fn has_item(self) -> bool {
        !matches!(self, Self::Tables | Self::Columns | Self::Views)
    }
}

/// Where a list continues: the key of the last row read. The default is the beginning.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    /// HEX of the table's name.
    pub(super) table: String,
    /// HEX of the index's or constraint's name.
    pub(super) item: String,
    /// Position of the column or part.
    pub(super) position: u64,
}

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

/// One page of at most `n` rows of a part, after `key`.
pub(super) fn page(engine: Engine, part: Part, database: &str, key: &Key, n: u32) -> String {
    let db = literal(database);
    let Key { table: k, item: i, position: p } = key;
    // "Greater than the last key" for the three shapes of key there are.
    let after_table = format!("HEX(TABLE_NAME) > '{k}'");
    let after_item =
        |column: &str| format!("(HEX(TABLE_NAME) > '{k}' OR (HEX(TABLE_NAME) = '{k}' AND HEX({column}) > '{i}'))");
    let after_part = |column: &str, position: &str| {
        format!(
            "(HEX(TABLE_NAME) > '{k}' OR (HEX(TABLE_NAME) = '{k}' AND (HEX({column}) > '{i}' OR (HEX({column}) = \
             '{i}' AND {position} > {p}))))"
        )
    };
    let select = select::list(engine, part);
    let (filter, after, order) = match part {
        Part::Tables | Part::Views => (format!("TABLE_SCHEMA = {db}"), after_table, "HEX(TABLE_NAME)"),
        Part::Columns => (
            format!("TABLE_SCHEMA = {db}"),
            format!("(HEX(TABLE_NAME) > '{k}' OR (HEX(TABLE_NAME) = '{k}' AND ORDINAL_POSITION > {p}))"),
            "HEX(TABLE_NAME), ORDINAL_POSITION",
        ),
        Part::IndexParts => (
            format!("TABLE_SCHEMA = {db}"),
            after_part("INDEX_NAME", "SEQ_IN_INDEX"),
            "HEX(TABLE_NAME), HEX(INDEX_NAME), SEQ_IN_INDEX",
        ),
        Part::ForeignKeyParts => (
            format!("TABLE_SCHEMA = {db} AND REFERENCED_TABLE_NAME IS NOT NULL"),
            after_part("CONSTRAINT_NAME", "ORDINAL_POSITION"),
            "HEX(TABLE_NAME), HEX(CONSTRAINT_NAME), ORDINAL_POSITION",
        ),
        Part::Checks if engine == Engine::Mysql => (
            format!("TC.TABLE_SCHEMA = {db} AND TC.CONSTRAINT_TYPE = 'CHECK'"),
            format!("(HEX(TC.TABLE_NAME) > '{k}' OR (HEX(TC.TABLE_NAME) = '{k}' AND HEX(TC.CONSTRAINT_NAME) > '{i}'))"),
            "HEX(TC.TABLE_NAME), HEX(TC.CONSTRAINT_NAME)",
        ),
        Part::ForeignKeyRules | Part::Checks => (
            format!("CONSTRAINT_SCHEMA = {db}"),
            after_item("CONSTRAINT_NAME"),
            "HEX(TABLE_NAME), HEX(CONSTRAINT_NAME)",
        ),
        Part::PublicIndexes => (
            format!("TABLE_SCHEMA = {db} AND SEQ_IN_INDEX = 1"),
            after_item("KEY_NAME"),
            "HEX(TABLE_NAME), HEX(KEY_NAME)",
        ),
    };
    format!("{select} WHERE {filter} AND {after} ORDER BY {order} LIMIT {n}")
}

#[cfg(test)]
mod tests;
