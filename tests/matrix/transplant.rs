//! TiDB's recorded rows behind each real server: the rows lie in a MariaDB, and each statement is turned into the one that
//! reads them there just before the server is asked. What only a real TiDB shows (its wire types) is replayed instead.

use std::sync::Arc;

use async_trait::async_trait;
use mcp_schema_operator::mcp::{Connection, McpError, RawAnswer, ServerInfo, SqlSource, unobserved};
use mcp_schema_operator::schema::{Snapshot, canonical};
use mcpschema_bed::{
    Database, Engine, Login, McpServer, ServerKind, ServerOptions, State, Transplant, TransplantAnswer,
};
use serde_json::{Value, json};

use crate::cells::{Cell, SETUPS};
use crate::support::{Direct, Outcome, a_few_at_once, endpoint, file, judge_all, read, refused};

/// Every database of the recording, which is all there is.
const DATABASES: [&str; 1] = ["*"];

/// A server before the transplant.
struct Behind {
    connection: Connection,
    transplant: Arc<Transplant>,
    kind: ServerKind,
}

#[async_trait]
impl SqlSource for Behind {
    async fn ask(&self, sql: &str) -> Result<RawAnswer, McpError> {
        // The REST tools look at the words of a statement, so they must see the real one where it has a forbidden word.
        if self.kind == ServerKind::RestTools && sql.starts_with("SHOW CREATE ") {
            return self.connection.ask(sql).await;
        }
        self.connection.ask(&self.transplant.statement(sql)).await
    }

    fn server(&self) -> &ServerInfo {
        self.connection.server()
    }
}

/// The rows without a server in between, and what SHOW CREATE tells unless it is `refused`.
pub(crate) struct Plain {
    transplant: Arc<Transplant>,
    direct: Direct,
    refused: bool,
}

#[async_trait]
impl SqlSource for Plain {
    async fn ask(&self, sql: &str) -> Result<RawAnswer, McpError> {
        if self.refused && sql.starts_with("SHOW CREATE ") {
            return Ok(RawAnswer { is_error: true, ..RawAnswer::default() });
        }
        match self.transplant.ask(sql).await {
            Ok(TransplantAnswer::Rows(rows)) => {
                let rows: Vec<Value> = rows.into_iter().map(Value::Object).collect();
                Ok(RawAnswer { structured: Some(json!({ "result": rows })), ..RawAnswer::default() })
            }
            Ok(TransplantAnswer::Error(text)) => {
                Ok(RawAnswer { content: vec![text], is_error: true, structured: None })
            }
            Err(_) => self.direct.ask(sql).await,
        }
    }

    fn server(&self) -> &ServerInfo {
        self.direct.server()
    }
}

/// TiDB's rows in a MariaDB.
pub(crate) struct World {
    database: Database,
    reader: Login,
    transplant: Arc<Transplant>,
}

impl World {
    pub(crate) async fn start() -> Self {
        let database = Database::start(Engine::MariaDb).await.unwrap();
        // What TiDB's text comparison and clock rest on, for connections that are not ours.
        let settings =
            "SET GLOBAL time_zone = '+00:00'; SET GLOBAL sql_mode = CONCAT(@@sql_mode, ',ONLY_FULL_GROUP_BY')";
        database.admin().execute_script(settings).await.unwrap();
        let transplant = Arc::new(Transplant::load(&database, "tidb_is", State::Base).await.unwrap());
        let reader = database.create_reader("reader", &["*"]).await.unwrap();
        Self { database, reader, transplant }
    }

    pub(crate) fn plain(&self, refused: bool) -> Plain {
        let direct = Direct::new(&self.database, &self.reader);
        Plain { transplant: Arc::clone(&self.transplant), direct, refused }
    }

    /// What stands behind is MariaDB: the drivers must be told so.
    async fn through(&self, options: &ServerOptions, databases: &[&str]) -> Outcome {
        let server = McpServer::launch(options, self.database.port(), &self.reader).await.unwrap();
        let connection = Connection::connect(endpoint(&server), unobserved()).await.map_err(refused)?;
        let transplant = Arc::clone(&self.transplant);
        read(&Behind { connection, transplant, kind: options.kind }, databases).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_server_gives_the_bytes_of_tidbs_rows_or_its_reason() {
    let world = World::start().await;
    let want = read(&world.plain(false), &DATABASES).await.unwrap();
    let golden: Snapshot = serde_json::from_str(&file("tests/golden/tidb-8.4-nasty/discover.json")).unwrap();
    assert_eq!(want, canonical::bytes(&golden).unwrap(), "the transplant is not what its recording gives");

    let cells = SETUPS.iter().filter(|setup| setup.tidb_rows.is_some());
    let outcomes = cells.map(async |setup| {
        let outcome = world.through(&setup.options(Engine::MariaDb), &DATABASES).await;
        (setup.name, setup.tidb_rows, outcome)
    });
    judge_all(a_few_at_once(outcomes).await, &want);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rest_tools_show_tidb_databases_without_sequences_and_say_what_they_hide() {
    let world = World::start().await;
    let options = ServerOptions::new(ServerKind::RestTools, Engine::MariaDb);
    // The words SHOW CREATE TABLE never pass: what only they tell is marked unknown, and all the rest is the same.
    let databases = ["nasty_ref", "nasty_tz", "nasty_secret", "Nasty B*"];
    let want = read(&world.plain(true), &databases).await.unwrap();
    assert!(String::from_utf8_lossy(&want).contains(r#""extrasUnknown":true"#));
    judge_all(vec![("REST tools", Some(Cell::Equal), world.through(&options, &databases).await)], &want);
}
