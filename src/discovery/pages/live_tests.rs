//! The two forms against each other on a real database behind a real MCP server: every cell of every list.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;
use std::fmt::Write as _;

use mcpschema_bed::{Database, McpServer};

use super::super::{Pages, plain, read};
use super::*;
use crate::discovery::queries::{hex, lists};
use crate::discovery::{Settings, discover};
use crate::mcp::{Connection, Endpoint, RawAnswer, ServerInfo, unobserved};
use crate::schema::select::Selection;

/// Characters that some layer may take for its own: quotes, escapes, controls, spaces, wide ones.
const HOSTILE: [&str; 24] = [
    "'", "\"", "\\", "`", "\n", "\r", "\t", "\u{1}", "\u{8}", "\u{1f}", "\u{7f}", "\u{85}", "\u{2028}", "\u{feff}",
    " ", "é", "e\u{301}", "漢", "😀", "%", ":a", ";", "[", "NULL",
];

fn text(random: &mut fastrand::Rng, most: usize) -> String {
    (0..random.usize(0..=most)).map(|_| HOSTILE[random.usize(..HOSTILE.len())]).collect()
}

/// As a SQL literal that no client or server parses: hex.
fn hex_literal(text: &str) -> String {
    format!("_utf8mb4 X'{}'", hex(text))
}

/// A name the server accepts: no NUL, no four-byte character, no space at the end, not empty.
fn name(random: &mut fastrand::Rng, number: usize) -> String {
    format!("{}{number}", text(random, 6).replace('😀', "é"))
}

/// Tables of random names, comments and defaults in the database `hostile`.
fn script(random: &mut fastrand::Rng) -> Vec<String> {
    let quoted = |name: &str| format!("`{}`", name.replace('`', "``"));
    let mut all = vec!["CREATE DATABASE hostile CHARACTER SET utf8mb4".to_owned()];
    for number in 0..60 {
        let names: Vec<String> = (0..6).map(|column| quoted(&name(random, column))).collect();
        let mut sql = format!("CREATE TABLE hostile.{} (", quoted(&name(random, number)));
        for (at, column) in names.iter().enumerate() {
            let (default, comment) = (hex_literal(&text(random, 5)), quoted_literal(&text(random, 9)));
            let default = match (at + number) % 5 {
                0 => String::new(),
                1 => " DEFAULT NULL".to_owned(),
                2 => " DEFAULT 'NULL'".to_owned(),
                3 => " DEFAULT ''".to_owned(),
                _ => format!(" DEFAULT {default}"),
            };
            let _ = write!(sql, "{column} VARCHAR(60){default} COMMENT {comment}, ");
        }
        let (check, index) = (quoted(&name(random, 1)), quoted(&name(random, 2)));
        let (a, b, c) = (&names[0], &names[1], &names[2]);
        let _ = write!(sql, "KEY {index} ({a}(7), {b}), CONSTRAINT {check} CHECK ({c} <> 'it''s \\\\ \"'))");
        all.push(sql);
    }
    all
}

/// A literal as a client writes it: comments take no other.
fn quoted_literal(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

/// A connection whose server is said not to pack.
struct Plainly<'a>(&'a Connection, ServerInfo);

#[async_trait::async_trait]
impl SqlSource for Plainly<'_> {
    async fn ask(&self, sql: &str) -> Result<RawAnswer, McpError> {
        self.0.ask(sql).await
    }

    fn server(&self) -> &ServerInfo {
        &self.1
    }
}

async fn compare(connection: &Connection, database: &str, list: &List) -> usize {
    let (mut one, mut other) = (Pages::new(5000, true), PageSize::new(5000));
    let packed = read(connection, Engine::Mariadb, list, database, Expected::default(), &mut one).await.unwrap();
    assert!(one.packed.is_some(), "{database} {}: read plainly after all", list.name);
    let plain = plain(connection, Engine::Mariadb, list, database, None, &mut other).await.unwrap();
    let cells = |row: &Row| -> BTreeMap<String, Option<String>> {
        row.labels().map(|label| (label.to_owned(), row.text_or_null(label).unwrap())).collect()
    };
    assert_eq!(plain.len(), packed.len(), "{database} {}", list.name);
    for (plain, packed) in plain.iter().zip(&packed) {
        assert_eq!(cells(plain), cells(packed), "{database} {}", list.name);
    }
    plain.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_packed_cell_is_the_plain_one_and_a_table_too_wide_to_pack_ends_packing() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let database = Database::start(mcpschema_bed::Engine::MariaDb).await.unwrap();
    let admin = database.admin();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/recordings/mariadb-10.11/ddl.sql");
    admin.execute_script(&std::fs::read_to_string(path).unwrap()).await.unwrap();
    for sql in script(&mut fastrand::Rng::with_seed(11)) {
        admin.execute(&sql).await.unwrap();
    }
    let login = database.create_reader("packing", &["*"]).await.unwrap();
    let server = McpServer::start(&database, &login).await.unwrap();
    let connection = Connection::connect(Endpoint::new(&server.url()).unwrap(), unobserved()).await.unwrap();
    assert!(connection.server().packed, "pytidb passes packed rows on");

    let mut rows = 0;
    for database in ["hostile", "nasty_shop", "nasty_ref", "nasty_tz", "Nasty Bx.1-`é$"] {
        for list in lists(Engine::Mariadb).filter(|list| list.packs()) {
            rows += compare(&connection, database, list).await;
        }
    }
    assert!(rows > 1_400, "{rows} rows");

    connection.close().await;

    // A server set up to pack no more than a kilobyte: the canary fits, a table of ten columns does not.
    admin.execute("SET GLOBAL group_concat_max_len = 1024").await.unwrap();
    let connection = Connection::connect(Endpoint::new(&server.url()).unwrap(), unobserved()).await.unwrap();
    assert!(connection.server().packed);
    let everything = Selection::new(&["*"], &[], &[], &[]).unwrap();
    let packed = discover(&connection, &everything, &Settings::default()).await.unwrap();
    let plainly = Plainly(&connection, ServerInfo { packed: false, ..connection.server().clone() });
    let plain = discover(&plainly, &everything, &Settings::default()).await.unwrap();
    assert!(packed == plain && packed.tables_seen > 120, "{}", packed.tables_seen);
    connection.close().await;
}
