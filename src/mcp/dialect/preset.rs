//! What is known of each product's SQL tool, as data: its name, its argument, and where its answers hold rows. Decides
//! nothing; `tools` finds the tool with it, `decode` reads rows with it, `failure` reads errors with it.

use super::number;
use crate::mcp::Dialect;

/// How text blocks hold rows, where an answer has no structured content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Blocks {
    /// Each block is one row.
    PerRow,
    /// The first block is the whole answer; what follows it (timings) is for people.
    First,
}

/// One product's SQL tool.
#[derive(Debug)]
pub(super) struct Preset {
    pub(super) dialect: Dialect,
    /// Name of the tool; empty where the user names it.
    pub(super) tool: &'static str,
    /// The argument that takes the SQL text.
    pub(super) argument: &'static str,
    /// Arguments that are always sent beside it.
    pub(super) flags: &'static [(&'static str, bool)],
    /// JSON pointers to the rows; the first that leads to a list counts. Empty where the user gives it.
    pub(super) rows: &'static [&'static str],
    pub(super) blocks: Blocks,
    /// Lists that have one item per statement: more than one item is not what was asked for.
    pub(super) statements: Option<&'static str>,
    /// Name of the row count that stands beside the rows.
    pub(super) count: Option<&'static str>,
    /// A single row `{"error": ".."}` is no row.
    pub(super) error_row: bool,
    /// Finds the database's own number in an error text.
    pub(super) number: fn(&str) -> Option<u16>,
}

/// What most products have in common.
const PLAIN: Preset = Preset {
    dialect: Dialect::Custom,
    tool: "",
    argument: "",
    flags: &[],
    rows: &[],
    blocks: Blocks::First,
    statements: None,
    count: None,
    error_row: false,
    number: number::none,
};

const PYTIDB: Preset = Preset {
    dialect: Dialect::Pytidb,
    tool: "db_query",
    argument: "sql_stmt",
    rows: &["/result"],
    // Servers on mcp before 1.10 send the texts alone.
    blocks: Blocks::PerRow,
    number: number::of_pymysql,
    ..PLAIN
};

const DBHUB: Preset = Preset {
    dialect: Dialect::Dbhub,
    tool: "execute_sql",
    argument: "sql",
    // From version 1 on, and before.
    rows: &["/data/statements/0/rows", "/data/rows"],
    statements: Some("/data/statements"),
    count: Some("count"),
    number: number::of_mariadb_connector,
    ..PLAIN
};

const TOOLBOX: Preset = Preset {
    dialect: Dialect::Toolbox,
    tool: "execute_sql",
    argument: "sql",
    blocks: Blocks::PerRow,
    number: number::of_go,
    ..PLAIN
};

const BENBORLA: Preset =
    Preset { dialect: Dialect::Benborla, tool: "mysql_query", argument: "sql", rows: &[""], ..PLAIN };

const REST_TOOLS: Preset = Preset {
    dialect: Dialect::RestTools,
    tool: "execute_query_tool",
    argument: "query",
    // It would answer from a cache five minutes old.
    flags: &[("use_cache", false)],
    rows: &["/rows"],
    count: Some("row_count"),
    error_row: true,
    number: number::of_pymysql,
    ..PLAIN
};

const CUSTOM: Preset = Preset { error_row: true, number: number::of_any, ..PLAIN };

/// The products that can be told by their tool, in the order messages name them.
pub(super) const KNOWN: [&Preset; 5] = [&PYTIDB, &DBHUB, &TOOLBOX, &BENBORLA, &REST_TOOLS];

/// What is known of a dialect.
pub(super) const fn of(dialect: Dialect) -> &'static Preset {
    match dialect {
        Dialect::Pytidb => &PYTIDB,
        Dialect::Dbhub => &DBHUB,
        Dialect::Toolbox => &TOOLBOX,
        Dialect::Benborla => &BENBORLA,
        Dialect::RestTools => &REST_TOOLS,
        Dialect::Custom => &CUSTOM,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preset_is_found_by_its_dialect_and_only_the_custom_one_has_no_tool() {
        for preset in KNOWN {
            assert_eq!(of(preset.dialect).tool, preset.tool);
            assert!(!preset.tool.is_empty() && !preset.argument.is_empty(), "{}", preset.dialect);
        }
        assert_eq!((of(Dialect::Custom).dialect, of(Dialect::Custom).tool), (Dialect::Custom, ""));
    }
}
