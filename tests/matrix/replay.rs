//! Whole discoveries by replay: what each server really answered, in its own wire shape, wherever discovery still asks what
//! was asked then. Statements that came later are answered with the same schema's rows, put into the shape of that server.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use mcp_schema_operator::mcp::rows::Row;
use mcp_schema_operator::mcp::{Dialect, McpError, RawAnswer, Replay, ServerInfo, SqlSource, decode};
use mcpschema_bed::Engine;
use serde_json::{Value, json};

use crate::cells::Cell;
use crate::support::{Direct, judge_all, mariadb, read};
use crate::transplant::World;

/// The databases of the recordings.
const DATABASES: [&str; 3] = ["nasty_ref", "nasty_shop", "Nasty B*"];

/// A statement that every recording has.
const FACTS: &str = "SELECT VERSION() AS version, @@version_comment AS version_comment, @@lower_case_table_names AS \
    lctn, @@sql_mode AS sql_mode, @@time_zone AS time_zone, @@system_time_zone AS system_time_zone, @@foreign_key_checks AS \
    fk_checks, CURRENT_USER() AS usr";
/// Answers of a discovery that must still come from a recording: every list but that of databases.
const LEAST: usize = 20;

/// Engine and server of each recording.
const RECORDINGS: [(Engine, &str); 9] = [
    (Engine::MariaDb, "pytidb"),
    (Engine::MariaDb, "dbhub"),
    (Engine::MariaDb, "toolbox-mysql"),
    (Engine::MariaDb, "benborla"),
    (Engine::TiDb, "pytidb"),
    (Engine::TiDb, "dbhub"),
    (Engine::TiDb, "toolbox-mysql"),
    (Engine::TiDb, "toolbox-tidb"),
    (Engine::TiDb, "benborla"),
];

fn path(engine: Engine, server: &str) -> PathBuf {
    let folder = match engine {
        Engine::MariaDb => "mariadb-10.11",
        Engine::TiDb => "tidb-8.4.0",
    };
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings").join(folder).join(format!("{server}.ndjson"))
}

/// A recording, and the rows behind it for what it lacks.
struct Recorded<'a> {
    replay: Replay,
    rest: &'a (dyn SqlSource + 'a),
    recorded: AtomicUsize,
    shaped: AtomicUsize,
}

#[async_trait]
impl SqlSource for Recorded<'_> {
    async fn ask(&self, sql: &str) -> Result<RawAnswer, McpError> {
        // The recorded list has the databases of that day.
        let is_list = sql.contains("information_schema.SCHEMATA S ");
        if let (false, Ok(answer)) = (is_list, self.replay.ask(sql).await) {
            self.recorded.fetch_add(1, Ordering::Relaxed);
            return Ok(answer);
        }
        self.shaped.fetch_add(1, Ordering::Relaxed);
        // Pytidb wants a backslash before some colons, which no other server gets and no recording of rows knows.
        let answer = self.rest.ask(&sql.replace(r"\:", ":")).await?;
        if answer.is_error {
            return Ok(answer);
        }
        let rows = answer.structured.as_ref().and_then(|body| body["result"].as_array()).cloned().unwrap_or_default();
        Ok(shape(self.server().dialect, sql, &rows))
    }

    fn server(&self) -> &ServerInfo {
        self.replay.server()
    }
}

/// Rows as a server of `dialect` sends them.
fn shape(dialect: Dialect, sql: &str, rows: &[Value]) -> RawAnswer {
    let each = || rows.iter().map(Value::to_string).collect();
    let (structured, content) = match dialect {
        Dialect::Pytidb => (Some(json!({ "result": rows })), each()),
        Dialect::Dbhub => {
            let statement = json!({"sql": sql, "rows": rows, "count": rows.len()});
            let body = json!({"success": true, "data": {"statements": [statement], "source_id": "default"}});
            (None, vec![body.to_string()])
        }
        Dialect::Benborla => (None, vec![json!(rows).to_string(), "Query execution time: 1.00 ms".to_owned()]),
        Dialect::Toolbox => (None, each()),
        Dialect::RestTools | Dialect::Custom => panic!("there is no recording of {dialect}"),
    };
    RawAnswer { structured, content, is_error: false }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_each_server_answered_gives_the_bytes_of_its_engine() {
    let (database, reader) = mariadb().await;
    let world = World::start().await;
    let (direct, plain) = (Direct::new(database, reader), world.plain(false));
    for engine in [Engine::MariaDb, Engine::TiDb] {
        let rest: &dyn SqlSource = if engine == Engine::MariaDb { &direct } else { &plain };
        let want = read(rest, &DATABASES).await.unwrap();
        let mut outcomes = Vec::new();
        for (_, server) in RECORDINGS.into_iter().filter(|(of, _)| *of == engine) {
            let replay = Replay::open([path(engine, server)]).unwrap();
            let source = Recorded { replay, rest, recorded: AtomicUsize::new(0), shaped: AtomicUsize::new(0) };
            outcomes.push((server, Some(Cell::Equal), read(&source, &DATABASES).await));
            let (recorded, shaped) = (source.recorded.into_inner(), source.shaped.into_inner());
            println!("{engine} {server}: {recorded} answers recorded, {shaped} in its shape");
            assert!(
                recorded >= LEAST,
                "{engine} {server}: only {recorded} statements are still those that were recorded"
            );
        }
        judge_all(outcomes, &want);
    }
}

/// What is put into a server's shape must look like what that server sends.
#[tokio::test]
async fn the_shapes_are_those_of_the_recordings() {
    for (engine, server) in RECORDINGS {
        let replay = Replay::open([path(engine, server)]).unwrap();
        let recorded = replay.ask(FACTS).await.unwrap();
        let rows = decode(replay.server(), recorded.clone()).unwrap().rows;
        let cells =
            |row: &Row| row.labels().map(|label| (label.to_owned(), json!(row.text_or_null(label).unwrap()))).collect();
        let shaped = shape(replay.server().dialect, FACTS, &rows.iter().map(cells).collect::<Vec<_>>());
        let keys = |answer: &RawAnswer| {
            let texts = answer.content.iter().map(|text| serde_json::from_str(text).unwrap_or(Value::Null));
            texts.chain(answer.structured.clone()).map(skeleton).collect::<Vec<_>>()
        };
        assert_eq!(keys(&recorded), keys(&shaped), "{engine} {server}");
    }
}

/// A value without its scalars.
fn skeleton(value: Value) -> Value {
    match value {
        Value::Object(map) => map.into_iter().map(|(key, value)| (key, skeleton(value))).collect(),
        Value::Array(items) => items.into_iter().map(skeleton).collect(),
        _ => Value::Null,
    }
}
