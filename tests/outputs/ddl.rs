//! DDL of every schema the tests use, run in an empty database of the same engine and discovered again through a real MCP
//! server: the same contract, and the same everything else that can be restored.

use std::process::Command;

use mcp_schema_operator::discovery::{Settings, discover};
use mcp_schema_operator::mcp::{Connection, Endpoint, unobserved};
use mcp_schema_operator::output::ddl;
use mcp_schema_operator::schema::select::Selection;
use mcp_schema_operator::schema::{Database as Schema, DefaultValue, Snapshot, canonical};
use mcpschema_bed::{Database, Engine, McpServer, engines};

use crate::support::{file, recorded};

/// What made the databases, and which of them are ours.
const MARIADB: [&str; 4] = [
    "tests/recordings/mariadb-10.11/ddl.sql",
    "tests/matrix/hostile.sql",
    "examples/demo/shop.sql",
    "tests/outputs/more.sql",
];
const TIDB: [&str; 2] = ["tests/recordings/tidb-8.4.0/ddl.sql", "examples/demo/shop.sql"];

/// What no DDL can bring back, as `database.table.column`, `database.view` or `database.table`: defaults the server does
/// not show exactly, and views of things that are gone.
const LOST: [&str; 3] = ["nasty_shop.defaults.bnx", "nasty_shop.v_badcol", "nasty_shop.v_invalid"];
/// Besides, a foreign key that TiDB keeps without enforcing it is only made while foreign keys are switched off.
const LOST_ON_TIDB: &str = "nasty_shop.t_fk_old";

fn selection() -> Selection {
    Selection::new(&["*"], &["test"], &[], &[]).unwrap()
}

struct World {
    database: Database,
    mcp: McpServer,
}

impl World {
    async fn start(engine: Engine) -> Self {
        let database = Database::start(engine).await.unwrap_or_else(|error| panic!("{error}"));
        let reader = database.create_reader("reader", &["*"]).await.unwrap();
        let mcp = McpServer::start(&database, &reader).await.unwrap_or_else(|error| panic!("{error}"));
        Self { database, mcp }
    }

    async fn discover(&self) -> Snapshot {
        let connection = Connection::connect(Endpoint::new(&self.mcp.url()).unwrap(), unobserved()).await.unwrap();
        let found = discover(&connection, &selection(), &Settings::default()).await.unwrap();
        connection.close().await;
        found.snapshot()
    }

    async fn run(&self, script: &str) {
        self.database.admin().execute_script(script).await.unwrap_or_else(|error| panic!("{error}"));
    }

    /// An empty database for each, then its DDL.
    async fn restore(&self, snapshot: &Snapshot) {
        for database in &snapshot.databases {
            let name = database.name.replace('`', "``");
            let Schema { charset, collation, .. } = database;
            self.run(&format!("CREATE DATABASE `{name}` CHARACTER SET {charset} COLLATE {collation}")).await;
        }
        for database in &snapshot.databases {
            for part in ddl::texts(&snapshot.server, database) {
                self.run(&format!("{}{part}", ddl::select(database))).await;
            }
        }
    }
}

/// Takes out what no DDL can bring back, and says what that was.
fn restorable(mut snapshot: Snapshot, engine: Engine) -> (Snapshot, Vec<String>) {
    let mut lost = Vec::new();
    for database in &mut snapshot.databases {
        let name = database.name.clone();
        database.tables.retain(|table| {
            let gone = engine == Engine::TiDb && table.foreign_keys.iter().any(|key| key.valid == Some(false));
            lost.extend(gone.then(|| format!("{name}.{}", table.name)));
            !gone
        });
        for table in &mut database.tables {
            for column in &mut table.columns {
                if matches!(&column.default, Some(DefaultValue::Expression { value }) if value == "unknown") {
                    column.default = None;
                    lost.push(format!("{name}.{}.{}", table.name, column.name));
                }
            }
        }
        let gone = database.views.iter().filter(|view| view.invalid);
        lost.extend(gone.map(|view| format!("{name}.{}", view.name)));
        database.views.retain(|view| !view.invalid);
    }
    lost.sort_unstable();
    (snapshot, lost)
}

/// Each object of a database as one line, so that a difference is short.
fn lines(database: &Schema) -> Vec<String> {
    let text = |bytes: Result<Vec<u8>, serde_json::Error>| String::from_utf8(bytes.unwrap()).unwrap();
    let tables = database.tables.iter().map(|table| text(canonical::bytes(table)));
    let views = database.views.iter().map(|view| text(canonical::bytes(view)));
    tables.chain(views).chain(database.sequences.iter().map(|sequence| text(canonical::bytes(sequence)))).collect()
}

fn compare(before: &Snapshot, after: &Snapshot) {
    let names =
        |snapshot: &Snapshot| snapshot.databases.iter().map(|database| database.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(before), names(after));
    let mut wrong = Vec::new();
    for (before, after) in before.databases.iter().zip(&after.databases) {
        let (old, new) = (lines(before), lines(after));
        let (gone, come) =
            (old.iter().filter(|line| !new.contains(line)), new.iter().filter(|line| !old.contains(line)));
        wrong.extend(gone.map(|line| format!("{}: - {line}", before.name)));
        wrong.extend(come.map(|line| format!("{}: + {line}", before.name)));
        if canonical::contract_hash(before).unwrap() != canonical::contract_hash(after).unwrap() {
            wrong.push(format!("{}: another contract", before.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_schema_on_mariadb_comes_back_from_its_ddl() {
    let (first, second) = tokio::join!(World::start(Engine::MariaDb), World::start(Engine::MariaDb));
    for script in MARIADB {
        first.run(&file(script)).await;
    }
    let before = first.discover().await;
    assert!(before.databases.len() > 10 && lines(&before.databases[0]).len() < 500, "{}", before.databases.len());
    second.restore(&before).await;
    let after = second.discover().await;
    let ((before, lost), (after, none)) = (restorable(before, Engine::MariaDb), restorable(after, Engine::MariaDb));
    assert_eq!((lost, none), (LOST.map(str::to_owned).to_vec(), Vec::new()));
    compare(&before, &after);

    // The command prints the very same text, from the server as from a file.
    let url = first.mcp.url();
    let told = tokio::task::spawn_blocking(move || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mcp-schema-operator"));
        command.args(["discover", "--url", &url, "--database", "shop", "--format", "ddl"]).output().unwrap()
    });
    let told = told.await.unwrap();
    let shop = before.databases.iter().find(|database| database.name == "shop").unwrap();
    let want = ddl::texts(&before.server, shop).concat();
    assert_eq!((told.status.code(), String::from_utf8(told.stdout).unwrap()), (Some(0), want));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_recorded_mariadb_schema_comes_back_from_its_ddl() {
    let world = World::start(Engine::MariaDb).await;
    let mut before = recorded("mariadb-10.11-nasty");
    before.databases.retain(|database| database.name != "test");
    world.restore(&before).await;
    let ((before, _), (after, _)) =
        (restorable(before, Engine::MariaDb), restorable(world.discover().await, Engine::MariaDb));
    compare(&before, &after);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_schema_on_a_live_tidb_comes_back_from_its_ddl() {
    if !engines().unwrap().contains(&Engine::TiDb) {
        println!("no tidb-server here: TiDB's DDL is held to its own SHOW CREATE TABLE (see show_create.rs)");
        return;
    }
    let (first, second) = tokio::join!(World::start(Engine::TiDb), World::start(Engine::TiDb));
    for script in TIDB {
        first.run(&file(script)).await;
    }
    let before = first.discover().await;
    // What the head of the text says must be there.
    second.run("SET GLOBAL tidb_enable_check_constraint = ON; CREATE PLACEMENT POLICY nasty_pp FOLLOWERS=2").await;
    second.restore(&before).await;
    let after = second.discover().await;
    let ((before, lost), (mut after, _)) = (restorable(before, Engine::TiDb), restorable(after, Engine::TiDb));
    let mut want: Vec<String> = LOST.iter().chain([&LOST_ON_TIDB]).map(|name| (*name).to_owned()).collect();
    want.sort_unstable();
    assert_eq!(lost, want);
    for database in &mut after.databases {
        database.tables.retain(|table| format!("{}.{}", database.name, table.name) != LOST_ON_TIDB);
    }
    compare(&before, &after);
}
