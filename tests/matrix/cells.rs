//! The table: which server, set up how, gives what on which engine. The tests hold each cell to it, and the README shows it.

use mcp_schema_operator::error::Reason;
use mcpschema_bed::{Engine, ServerKind, ServerOptions};

/// What a cell must come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cell {
    /// The same bytes as the database itself.
    Equal,
    /// Refused for this reason, with these words in the message.
    Refused(Reason, &'static str),
}

/// A server as somebody might run it.
pub(crate) struct Setup {
    /// Unique; names the cell in messages.
    pub(crate) name: &'static str,
    kind: ServerKind,
    environment: &'static [(&'static str, &'static str)],
    token: bool,
    /// Live on MariaDB.
    pub(crate) mariadb: Option<Cell>,
    /// Over TiDB's recorded rows in MariaDB. None: it would show MariaDB's wire types, not TiDB's.
    pub(crate) tidb_rows: Option<Cell>,
    /// Live on TiDB.
    pub(crate) tidb: Option<Cell>,
    /// Why a cell is not equal, and what to do.
    note: &'static str,
}

impl Setup {
    /// Nothing is set that its README does not set.
    pub(crate) const fn is_plain(&self) -> bool {
        self.environment.is_empty() && !self.token
    }

    pub(crate) fn options(&self, engine: Engine) -> ServerOptions {
        let environment = self.environment.to_vec();
        ServerOptions { token: self.token, environment, ..ServerOptions::new(self.kind, engine) }
    }
}

const fn same(name: &'static str, kind: ServerKind, cell: Cell) -> Setup {
    Setup {
        name,
        kind,
        environment: &[],
        token: false,
        mariadb: Some(cell),
        tidb_rows: Some(cell),
        tidb: Some(cell),
        note: "",
    }
}

const REDACTED: Cell = Cell::Refused(Reason::PermissionDenied, "ENABLE_PII_REDACTION=false");
const MASKED: Cell = Cell::Refused(Reason::CanaryFailed, "alters names");

/// What the REST tools say to a word they do not like: the list of TiDB's sequences has a column called START.
pub(crate) const WORDS: Cell = Cell::Refused(Reason::DatabaseError, "because of a word in it");

/// Every setup.
pub(crate) const SETUPS: [Setup; 11] = [
    same("pytidb", ServerKind::Pytidb, Cell::Equal),
    same("pytidb over SSE", ServerKind::PytidbSse, Cell::Equal),
    same("dbhub", ServerKind::Dbhub, Cell::Equal),
    Setup { token: true, ..same("dbhub with a token", ServerKind::Dbhub, Cell::Equal) },
    Setup { environment: &[("MAX_ROWS", "40")], ..same("dbhub capped at 40 rows", ServerKind::Dbhub, Cell::Equal) },
    same("MCP Toolbox, source mysql", ServerKind::ToolboxMysql, Cell::Equal),
    Setup {
        mariadb: Some(Cell::Refused(Reason::CanaryFailed, "use type mysql")),
        tidb_rows: None,
        note: "sends most values of other engines as base64: use a source of type mysql there",
        ..same("MCP Toolbox, source tidb", ServerKind::ToolboxTidb, Cell::Equal)
    },
    same("mcp-server-mysql", ServerKind::Benborla, Cell::Equal),
    Setup {
        environment: &[("ENABLE_PII_REDACTION", "true")],
        tidb_rows: None,
        note: "`ENABLE_PII_REDACTION=true` refuses all of information_schema",
        ..same("mcp-server-mysql that redacts", ServerKind::Benborla, REDACTED)
    },
    Setup {
        environment: &[("ENABLE_PII_REDACTION", "true"), ("PII_ALLOW_INTROSPECTION", "true")],
        tidb_rows: None,
        note: "with `PII_ALLOW_INTROSPECTION=true` beside it, names that look like phone numbers are masked",
        ..same("mcp-server-mysql that masks", ServerKind::Benborla, MASKED)
    },
    Setup {
        tidb_rows: Some(WORDS),
        tidb: Some(WORDS),
        note: "refuses words wherever they stand: TiDB databases with sequences (`START`), any database called like a \
               statement; TiDB databases without sequences are shown, and what only SHOW CREATE TABLE tells is \
               `extrasUnknown`",
        ..same("REST tools", ServerKind::RestTools, Cell::Equal)
    },
];

/// The table as the README shows it.
pub(crate) fn table() -> String {
    let cell = |cell: Option<Cell>| match cell {
        Some(Cell::Equal) => "equal".to_owned(),
        Some(Cell::Refused(reason, _)) => format!("refused, `{reason}`"),
        None => "–".to_owned(),
    };
    let row = |setup: &Setup| {
        format!("| {} | {} | {} | {} |\n", setup.name, cell(setup.mariadb), cell(setup.tidb), setup.note)
    };
    let head = "| server | MariaDB | TiDB | why |\n|---|---|---|---|\n";
    format!("{head}{}", SETUPS.iter().map(row).collect::<String>())
}

#[test]
fn the_readme_shows_the_table_that_is_tested() {
    const MARKS: [&str; 2] = ["<!-- servers:start -->\n", "<!-- servers:end -->"];
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let (head, rest) = text.split_once(MARKS[0]).unwrap();
    let (shown, tail) = rest.split_once(MARKS[1]).unwrap();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, [head, MARKS[0], &table(), MARKS[1], tail].concat()).unwrap();
        return;
    }
    assert_eq!(shown, table(), "run `make golden`");
}
