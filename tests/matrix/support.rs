//! What every cell is made of: a database with the schema in it, a server before it, and one discovery through that server
//! with nothing but its URL and token.

use std::path::Path;

use async_trait::async_trait;
use futures::StreamExt as _;
use mcp_schema_operator::discovery::{Discovered, Settings, discover};
use mcp_schema_operator::error::Reason;
use mcp_schema_operator::mcp::{Connection, Endpoint, McpError, RawAnswer, Secret, ServerInfo, SqlSource, unobserved};
use mcp_schema_operator::schema::canonical;
use mcp_schema_operator::schema::select::Selection;
use mcpschema_bed::{Database, Engine, Login, McpServer, ServerKind};
use tokio::sync::OnceCell;

use crate::cells::Cell;
pub(crate) use crate::direct::Direct;

/// The databases of the matrix; the recorded schema and the hostile one.
pub(crate) const DATABASES: [&str; 3] = ["nasty_*", "Nasty*", "matrix*"];

/// Why a cell is empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) reason: Reason,
    pub(crate) message: String,
}

/// Runs a few cells at a time: under the load of all of them, database drivers give up waiting for a connection.
pub(crate) async fn a_few_at_once<T>(cells: impl IntoIterator<Item = impl Future<Output = T>>) -> Vec<T> {
    futures::stream::iter(cells).buffered(3).collect().await
}

/// Canonical bytes, or why there are none.
pub(crate) type Outcome = Result<Vec<u8>, Refusal>;

pub(crate) fn file(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

pub(crate) fn selection(databases: &[&str]) -> Selection {
    Selection::new(databases, &[], &[], &[]).unwrap()
}

/// A MariaDB with the whole schema, and the least account that sees all of it.
pub(crate) async fn mariadb() -> &'static (Database, Login) {
    static WORLD: OnceCell<(Database, Login)> = OnceCell::const_new();
    let start = async || {
        let database = Database::start(Engine::MariaDb).await?;
        for script in ["tests/recordings/mariadb-10.11/ddl.sql", "tests/matrix/hostile.sql"] {
            database.admin().execute_script(&file(script)).await?;
        }
        let reader = database.create_reader("reader", &["*"]).await?;
        Ok::<_, mcpschema_bed::BedError>((database, reader))
    };
    WORLD.get_or_try_init(start).await.unwrap_or_else(|error| panic!("{error}"))
}

/// The server of a kind before that MariaDB, as its README starts it: one for all tests, since some take seconds to start.
pub(crate) async fn server(kind: ServerKind) -> &'static McpServer {
    static SERVERS: [OnceCell<McpServer>; ServerKind::ALL.len()] =
        [const { OnceCell::const_new() }; ServerKind::ALL.len()];
    let (database, reader) = mariadb().await;
    let start = async || McpServer::start_kind(kind, database, reader).await;
    SERVERS[kind as usize].get_or_try_init(start).await.unwrap_or_else(|error| panic!("{error}"))
}

/// What a user writes down to reach a server, and no more.
pub(crate) fn endpoint(server: &McpServer) -> Endpoint {
    let token = server.token().map(|token| Secret::new(token.to_owned()));
    Endpoint { token, ..Endpoint::new(&server.url()).unwrap() }
}

/// One discovery through a server, as the operator does it.
pub(crate) async fn through(server: &McpServer, databases: &[&str]) -> Outcome {
    let connection = Connection::connect(endpoint(server), unobserved()).await.map_err(refused)?;
    let told = Told(connection);
    let outcome = read(&told, databases).await;
    told.0.close().await;
    outcome
}

/// Shows what a server said when it failed, if the test fails: no message of the operator repeats it.
struct Told(Connection);

#[async_trait]
impl SqlSource for Told {
    async fn ask(&self, sql: &str) -> Result<RawAnswer, McpError> {
        let answer = self.0.ask(sql).await;
        if let Ok(RawAnswer { is_error: true, content, .. }) = &answer {
            println!("{} on {sql:.100}: {content:?}", self.server().name);
        }
        answer
    }

    fn server(&self) -> &ServerInfo {
        self.0.server()
    }
}

pub(crate) async fn read(source: &dyn SqlSource, databases: &[&str]) -> Outcome {
    let found = discover(source, &selection(databases), &Settings::default()).await;
    found.map(|found| bytes(&found)).map_err(|error| Refusal { reason: error.reason(), message: error.to_string() })
}

pub(crate) fn refused(error: McpError) -> Refusal {
    Refusal { reason: error.reason, message: error.message }
}

pub(crate) fn bytes(found: &Discovered) -> Vec<u8> {
    canonical::bytes(&found.snapshot()).unwrap()
}

/// The first place where two outcomes differ, not two megabytes of text.
pub(crate) fn difference(got: &[u8], want: &[u8]) -> String {
    let at = got.iter().zip(want).position(|(a, b)| a != b).unwrap_or(got.len().min(want.len()));
    let around = |bytes: &[u8]| {
        let (from, to) = (at.saturating_sub(300).min(bytes.len()), (at + 300).min(bytes.len()));
        String::from_utf8_lossy(&bytes[from..to]).into_owned()
    };
    format!("other bytes from byte {at} on\n  got  …{}…\n  want …{}…", around(got), around(want))
}

/// Holds an outcome to its cell; returns what is wrong.
fn judge(cell: Cell, outcome: &Outcome, want: &[u8]) -> Option<String> {
    match (cell, outcome) {
        (Cell::Equal, Ok(bytes)) if bytes == want => None,
        (Cell::Equal, Ok(bytes)) => Some(difference(bytes, want)),
        (Cell::Refused(reason, words), Err(refusal)) if refusal.reason == reason && refusal.message.contains(words) => {
            None
        }
        (cell, Err(refusal)) => Some(format!("{cell:?}, but refused: {refusal:?}")),
        (cell, Ok(_)) => Some(format!("{cell:?}, but it gave a schema")),
    }
}

/// Holds every outcome to its cell, and tells all that are wrong at once.
pub(crate) fn judge_all(outcomes: Vec<(&'static str, Option<Cell>, Outcome)>, want: &[u8]) {
    let wrong: Vec<String> = outcomes
        .iter()
        .filter_map(|(name, cell, outcome)| Some(format!("{name}: {}", judge((*cell)?, outcome, want)?)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
