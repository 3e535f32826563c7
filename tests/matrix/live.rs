//! Live on MariaDB: every setup of the table, and databases that one server cannot be asked about.

use std::time::Instant;

use mcp_schema_operator::mcp::{Connection, Dialect, SqlSource as _, query, unobserved};
use mcpschema_bed::{Engine, McpServer, ServerKind};

use crate::cells::{Cell, SETUPS, Setup, WORDS};
use crate::support::{DATABASES, Direct, Outcome, a_few_at_once, endpoint, judge_all, mariadb, read, server, through};

async fn cell(setup: &Setup) -> (&'static str, Option<Cell>, Outcome) {
    let (database, reader) = mariadb().await;
    let options = setup.options(Engine::MariaDb);
    let own = match setup.is_plain() {
        true => None,
        false => Some(McpServer::launch(&options, database.port(), reader).await.unwrap()),
    };
    let server = match &own {
        Some(own) => own,
        None => server(options.kind).await,
    };
    let begin = Instant::now();
    let outcome = through(server, &DATABASES).await;
    println!("{:32} {:5.2} s", setup.name, begin.elapsed().as_secs_f32());
    (setup.name, setup.mariadb, outcome)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_server_before_mariadb_gives_the_bytes_of_the_database_or_its_reason() {
    let (database, reader) = mariadb().await;
    let want = read(&Direct::new(database, reader), &DATABASES).await.unwrap();
    assert!(want.len() > 100_000, "{} bytes: the schema did not arrive", want.len());
    let outcomes = a_few_at_once(SETUPS.iter().map(cell)).await;
    judge_all(outcomes, &want);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_named_like_a_statement_is_shown_by_all_but_the_rest_tools() {
    const NAME: [&str; 1] = ["check"];
    let (database, reader) = mariadb().await;
    let want = read(&Direct::new(database, reader), &NAME).await.unwrap();
    let kinds = ServerKind::ALL.into_iter().filter(|kind| *kind != ServerKind::ToolboxTidb);
    let outcomes = kinds.map(async |kind| {
        let server = server(kind).await;
        let cell = if kind == ServerKind::RestTools { WORDS } else { Cell::Equal };
        (kind.as_str(), Some(cell), through(server, &NAME).await)
    });
    judge_all(a_few_at_once(outcomes).await, &want);
}

/// The one statement that must name a table itself, in every server's own way (TiDB needs it; MariaDB answers it too).
#[tokio::test(flavor = "multi_thread")]
async fn a_table_of_any_name_can_be_named_to_every_server() {
    let tables = [":w", "%s %(a)s", "a`b", "täble列", "x ? y", "{a}"];
    let kinds =
        [ServerKind::Pytidb, ServerKind::PytidbSse, ServerKind::Dbhub, ServerKind::ToolboxMysql, ServerKind::Benborla];
    let checks = kinds.map(async |kind| {
        let connection = Connection::connect(endpoint(server(kind).await), unobserved()).await.unwrap();
        for table in tables {
            // SQLAlchemy alone takes a colon and a word for a parameter, unless a backslash says no.
            let colon = if connection.server().dialect == Dialect::Pytidb { r"\:" } else { ":" };
            let name = table.replace('`', "``").replace(':', colon);
            let sql = format!("SHOW CREATE TABLE matrix_names.`{name}`");
            let rows = query(&connection, &sql).await.unwrap_or_else(|error| panic!("{kind} {table}: {error}"));
            assert_eq!(rows[0].text("table").unwrap(), table, "{kind}");
        }
    });
    a_few_at_once(checks).await;
}
