#![expect(clippy::unwrap_used, reason = "tests")]

use serde_json::{Value, json};

use super::pages::PageSize;
use super::queries::hex;
use super::testing::Scripted;
use super::*;
use crate::error::Reason;
use crate::schema::Engine;

/// TiDB with one empty database `Shop` and one that only a table grant shows, whose DDL jobs look as told.
fn tidb(jobs: Option<&'static str>, young: u32) -> Scripted {
    Scripted::new(move |sql| {
        let parts = "db tables columns index_parts fk_parts fk_rules partitions views checks public_indexes";
        if sql.starts_with("SELECT VERSION()") {
            return Ok(vec![
                json!({"version": "8.0.11-TiDB-v8.4.0", "version_comment": "", "lctn": "2", "sql_mode": "",
                "time_zone": "SYSTEM", "system_time_zone": "UTC", "fk_checks": 1, "usr": "app@%"}),
            ]);
        }
        if sql.starts_with("SELECT COUNT(*)") {
            return Ok(vec![json!({"n": 1})]);
        }
        let named = |name: &str| json!({"name": name, "k": hex(name), "charset": "utf8", "coll": "utf8_bin", "placement": "pp", "n": 1});
        if sql.contains("SCHEMATA S") {
            return Ok(vec![named("Shop")]);
        }
        if sql.starts_with("SELECT DISTINCT") {
            return Ok(["METRICS_SCHEMA", "Shop", "granted", "mysql"].map(named).to_vec());
        }
        let asked: Vec<&str> = ["Shop", "granted"].into_iter().filter(|name| sql.contains(name)).collect();
        let rows = |row: &dyn Fn(&str) -> Value| {
            let tagged = |name: &&str| {
                let mut row = row(name);
                row["db"] = json!(hex(name));
                row
            };
            Ok(asked.iter().map(tagged).collect())
        };
        if sql.contains("DDL_JOBS") {
            let Some(running) = jobs else { return Err(McpError::new(Reason::DatabaseError, "no such table")) };
            return rows(&|_| json!({"last_job": "9", "running": running}));
        }
        if sql.contains(" AS young ") {
            return Ok(vec![json!({"young": young})]);
        }
        if sql.contains("db.n AS db_n") {
            return rows(&|name| {
                let cell = |part| {
                    [
                        (format!("{part}_n"), json!(u8::from(part == "db" && name == "Shop"))),
                        (format!("{part}_fp"), json!("0")),
                    ]
                };
                Value::Object(parts.split(' ').flat_map(cell).collect())
            });
        }
        Ok(vec![])
    })
}

async fn discovered(source: &Scripted, include: &str) -> Discovered {
    let selection = Selection::new(&[include], &[], &[], &[]).unwrap();
    discover(source, &selection, &Settings::default()).await.unwrap()
}

#[tokio::test]
async fn running_ddl_is_told_and_hidden_jobs_leave_a_young_table_unsettled() {
    for (jobs, young, changing, unsettled) in
        [(Some("0"), 1, false, false), (Some("1"), 0, true, false), (None, 0, false, false), (None, 1, false, true)]
    {
        let found = discovered(&tidb(jobs, young), "shop").await;
        assert_eq!(found.changing, if changing { vec!["Shop"] } else { vec![] }, "{jobs:?}");
        assert_eq!(found.fingerprints["Shop"] == UNSETTLED, unsettled, "{jobs:?} {young}");
        assert_eq!((found.databases[0].charset.as_str(), found.user.as_str()), ("utf8mb3", "app@%"));
        assert_eq!(found.nothing(), None, "an empty database is something");
        assert!(found.warnings.is_empty(), "shop is Shop where names fold");
    }
}

#[tokio::test]
async fn a_poll_lists_databases_only_for_a_wildcard() {
    let source = tidb(Some("0"), 0);
    let known = discovered(&source, "*").await;
    assert_eq!(known.fingerprints.keys().collect::<Vec<_>>(), ["Shop"], "a database with no table is not seen");
    for (include, calls) in [("shop", 2), ("*", 4)] {
        let before = source.asked().len();
        let selection = Selection::new(&[include], &[], &[], &[]).unwrap();
        let (facts, prints) = (&known.server, &known.fingerprints);
        let seen = poll(&source, facts, prints, &selection, &Settings::default(), &known.memory).await.unwrap();
        assert!(seen.unchanged(&known.fingerprints), "{include}: {:?}", seen.changed(&known.fingerprints));
        assert_eq!(source.asked().len() - before, calls, "{include}");
    }
}

#[tokio::test]
async fn a_list_of_databases_that_never_equals_its_count_is_incomplete() {
    let inner = tidb(Some("0"), 0);
    let source = Scripted::new(move |sql| {
        if sql.starts_with("SELECT COUNT(*)") {
            return Ok(vec![json!({"n": 2})]);
        }
        if sql.contains("> '53686F70'") {
            return Ok(vec![]);
        }
        let answer = futures::executor::block_on(inner.ask(sql))?;
        Ok(answer.structured.unwrap()["result"].as_array().unwrap().clone())
    });
    let selection = Selection::new(&["*"], &[], &[], &[]).unwrap();
    let error = discover(&source, &selection, &Settings::default()).await.unwrap_err();
    assert_eq!(error.reason(), Reason::DiscoveryIncomplete);
    assert!(error.to_string().starts_with("database *: databases: 1 rows came and the server counts 2"), "{error}");
}

/// The names of `all` databases from a server that sends at most `cap` rows.
async fn names(all: usize, cap: usize, counted: usize) -> (Result<usize, Reason>, usize) {
    let source = Scripted::new(move |sql| {
        let after = sql.split("> '").nth(1).unwrap().split('\'').next().unwrap();
        let names = (0..all).map(|number| format!("db{number:03}")).filter(|name| hex(name).as_str() > after);
        Ok(names.take(cap).map(|name| json!({"name": name, "k": hex(&name), "n": counted})).collect())
    });
    let found = facts::names(&source, Engine::Mariadb, &mut PageSize::new(5000)).await;
    (found.map(|names| names.len()).map_err(|error| error.reason()), source.asked().len())
}

#[tokio::test]
async fn the_names_of_databases_are_proven_by_the_count_in_their_rows() {
    assert_eq!(names(10, usize::MAX, 10).await, (Ok(10), 1));
    assert_eq!(names(0, usize::MAX, 0).await, (Ok(0), 1));
    assert_eq!(names(250, 100, 250).await, (Ok(250), 3), "a cap is read through");
    for (all, counted) in [(10, 11), (10, 9)] {
        assert_eq!(names(all, usize::MAX, counted).await.0, Err(Reason::DiscoveryIncomplete), "{all} of {counted}");
    }
}

#[tokio::test]
async fn databases_that_only_table_grants_show_are_counted_where_a_server_could_cut_them() {
    for (databases, counted, calls, whole) in [(49, 99, 2, true), (60, 60, 3, true), (60, 61, 3, false)] {
        let source = Scripted::new(move |sql| {
            if sql.starts_with("SELECT DISTINCT") {
                let names = (0..databases).map(|number| format!("db{number}"));
                return Ok(names.map(|name| json!({"name": name, "k": hex(&name)})).collect());
            }
            let count = if sql.contains("COUNT(DISTINCT") { vec![json!({"n": counted})] } else { vec![] };
            Ok(count)
        });
        let found = facts::names(&source, Engine::Tidb, &mut PageSize::new(5000)).await;
        assert_eq!((found.is_ok(), source.asked().len()), (whole, calls), "{databases}");
    }
}
