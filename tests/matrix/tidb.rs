//! Live on TiDB, where there is one: every setup of the table. `TIDB_SERVER=/path/to/tidb-server make test-tidb` demands it.

use mcpschema_bed::{Database, Engine, McpServer, engines};

use crate::cells::SETUPS;
use crate::support::{Direct, a_few_at_once, file, judge_all, read, through};

/// As recorded; `hostile.sql` is MariaDB's.
const DATABASES: [&str; 1] = ["nasty*"];

#[tokio::test(flavor = "multi_thread")]
async fn every_server_before_a_live_tidb_gives_the_bytes_of_the_database_or_its_reason() {
    if !engines().unwrap().contains(&Engine::TiDb) {
        println!("no tidb-server here: TiDB is covered by its recorded rows (see transplant.rs and replay.rs)");
        return;
    }
    let database = Database::start(Engine::TiDb).await.unwrap();
    database.admin().execute_script(&file("tests/recordings/tidb-8.4.0/ddl.sql")).await.unwrap();
    let reader = database.create_reader("reader", &["*"]).await.unwrap();
    let want = read(&Direct::new(&database, &reader), &DATABASES).await.unwrap();
    assert!(want.len() > 100_000, "{} bytes: the schema did not arrive", want.len());
    let outcomes = SETUPS.iter().map(async |setup| {
        let server = McpServer::launch(&setup.options(Engine::TiDb), database.port(), &reader).await.unwrap();
        (setup.name, setup.tidb, through(&server, &DATABASES).await)
    });
    judge_all(a_few_at_once(outcomes).await, &want);
}
