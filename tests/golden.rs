//! Recorded answers of real servers in, the discovered schema out. One folder under `tests/golden/` is one scenario:
//! `tape.ndjson` (every statement and its answer), `discover.json` (what comes out) and a README.
//!
//! `UPDATE_GOLDEN=1` rewrites `discover.json`. `RECORD_GOLDEN=<case> ANSWER_WITH=<command>` records the tape anew:
//! the command reads one JSON string (a statement) a line and writes one answer a line; `tests/golden/answer.py` is one.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

#[path = "golden/accounts.rs"]
mod accounts;
#[path = "golden/ddl.rs"]
mod ddl;
#[path = "golden/source.rs"]
mod source;

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use mcp_schema_operator::discovery::{
    Discovered, DiscoveryError, Kept, Poll, Published, Settings, WarningCode, discover, poll,
};
use mcp_schema_operator::error::Reason;
use mcp_schema_operator::schema::canonical;
use mcp_schema_operator::schema::select::Selection;
use source::{Command, Paged, Recorder, Tape};

const CASES: [&str; 3] = ["tidb-8.4-nasty", "tidb-8.4-after-alter", "mariadb-10.11-nasty"];

fn folder(case: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(case)
}

fn tape(case: &str) -> Tape {
    Tape::read(&folder(case).join("tape.ndjson"))
}

/// Everything the recorded account sees.
fn everything() -> Selection {
    Selection::new(&["*"], &[], &[], &[]).unwrap()
}

fn settings(page_size: u32) -> Settings {
    Settings { page_size, retry_delay: Duration::ZERO, ..Settings::default() }
}

fn bytes(discovered: &Discovered) -> Vec<u8> {
    canonical::bytes(&discovered.snapshot()).unwrap()
}

/// Compares with the file, or rewrites it when asked to.
fn golden(path: &PathBuf, text: &str) {
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(path, text).unwrap();
    }
    let want = fs::read_to_string(path).unwrap_or_default();
    let differs = want.lines().zip(text.lines()).position(|(a, b)| a != b);
    assert!(want == text, "{} differs from line {differs:?}; UPDATE_GOLDEN=1 rewrites it", path.display());
}

#[tokio::test]
async fn what_real_servers_answered_gives_the_schema_on_file() {
    let recorded = std::env::var("RECORD_GOLDEN").ok();
    if let Some(case) = &recorded {
        let command = Command::start(&std::env::var("ANSWER_WITH").unwrap());
        let recorder = Recorder::new(command, &folder(case).join("tape.ndjson"));
        discover(&recorder, &everything(), &settings(5000)).await.unwrap();
    }
    for case in CASES.into_iter().filter(|case| recorded.as_ref().is_none_or(|one| one == case)) {
        let discovered = discover(&tape(case), &everything(), &settings(5000)).await.unwrap();
        // Pretty-printed from the canonical bytes, so that keys are sorted here as there.
        let value: serde_json::Value = serde_json::from_slice(&bytes(&discovered)).unwrap();
        golden(&folder(case).join("discover.json"), &format!("{:#}\n", Sorted(&value)));
        let warnings: String = discovered.warnings.iter().map(|w| format!("{w}\n")).collect();
        golden(&folder(case).join("warnings.txt"), &warnings);
        assert!(discovered.changing.is_empty() && discovered.warnings_left_out == 0, "{case}");
        assert!(fs::metadata(folder(case).join("tape.ndjson")).unwrap().len() < 1_500_000, "{case}: keep tapes small");
    }
}

/// Pretty JSON with sorted keys, whatever the map type of the build keeps.
struct Sorted<'a>(&'a serde_json::Value);

impl std::fmt::Display for Sorted<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        fn sort(value: &serde_json::Value) -> serde_json::Value {
            match value {
                serde_json::Value::Object(map) => {
                    let sorted: BTreeMap<_, _> = map.iter().map(|(k, v)| (k.clone(), sort(v))).collect();
                    sorted.into_iter().collect::<serde_json::Map<_, _>>().into()
                }
                serde_json::Value::Array(items) => items.iter().map(sort).collect(),
                scalar => scalar.clone(),
            }
        }
        write!(f, "{:#}", sort(self.0))
    }
}

#[tokio::test]
async fn the_same_tape_gives_the_same_bytes_and_fingerprints() {
    for case in CASES {
        let first = discover(&tape(case), &everything(), &settings(5000)).await.unwrap();
        let second = discover(&tape(case), &everything(), &settings(5000)).await.unwrap();
        assert_eq!(bytes(&first), bytes(&second), "{case}");
        assert_eq!(first, second, "{case}");
    }
}

#[tokio::test]
async fn the_page_size_does_not_change_the_schema() {
    for case in CASES {
        let whole = discover(&tape(case), &everything(), &settings(5000)).await.unwrap();
        for size in [1, 7, 50] {
            let paged = Paged::new(tape(case), usize::MAX);
            let same = discover(&paged, &everything(), &settings(size)).await.unwrap();
            assert_eq!(whole, same, "{case} in pages of {size}");
            assert!(paged.pages() > 20, "{case}: {} pages of {size}", paged.pages());
        }
    }
}

#[tokio::test]
async fn a_server_that_cuts_at_100_rows_is_noticed_and_read_whole() {
    for case in CASES {
        let whole = discover(&tape(case), &everything(), &settings(5000)).await.unwrap();
        let capped = Paged::new(tape(case), 100);
        assert_eq!(whole, discover(&capped, &everything(), &settings(5000)).await.unwrap(), "{case}");
    }
}

#[tokio::test]
async fn a_list_that_lacks_rows_is_never_published() {
    let mut cut = tape("tidb-8.4-nasty");
    cut.edit("information_schema.COLUMNS WHERE TABLE_SCHEMA = 'nasty_shop' AND", |rows| rows.truncate(700));
    cut.unasked_is_empty();
    let error = discover(&cut, &everything(), &settings(5000)).await.unwrap_err();
    assert_eq!(error.reason(), Reason::DiscoveryIncomplete);
    let text = error.to_string();
    assert!(text.starts_with("database nasty_shop: columns: 700 rows came"), "{text}");
}

#[tokio::test]
async fn globs_select_databases_and_tables() {
    let select = Selection::new(&["nasty_ref", "nope"], &[], &["reg*"], &[]).unwrap();
    let found = discover(&tape("mariadb-10.11-nasty"), &select, &settings(5000)).await.unwrap();
    let tables: Vec<_> = found.databases.iter().flat_map(|d| d.tables.iter().map(|t| t.name.as_str())).collect();
    assert_eq!((found.databases.len(), tables), (1, vec!["region"]));
    assert_eq!(found.fingerprints.keys().collect::<Vec<_>>(), ["nasty_ref"]);
    let codes: Vec<_> = found.warnings.iter().map(|w| (w.code, w.database.as_str())).collect();
    assert_eq!(codes, [(WarningCode::DatabaseNotFound, "nope")]);
}

#[tokio::test]
async fn selecting_nothing_is_told_apart_from_an_empty_database() {
    use mcp_schema_operator::discovery::Nothing;
    for (databases, tables, want) in [
        (&["nope*"][..], &["*"][..], Some(Nothing::Database)),
        (&["nasty_ref"], &["nope*"], Some(Nothing::Table)),
        (&["nasty_empty"], &["*"], None),
        (&["nasty_ref"], &["*"], None),
    ] {
        let select = Selection::new(databases, &[], tables, &[]).unwrap();
        let found = discover(&tape("mariadb-10.11-nasty"), &select, &settings(5000)).await.unwrap();
        assert_eq!(found.nothing(), want, "{databases:?} {tables:?}");
    }
}

#[tokio::test]
async fn too_many_tables_are_refused_with_a_way_out() {
    let few = Settings { table_cap: 10, ..settings(5000) };
    let error = discover(&tape("tidb-8.4-nasty"), &everything(), &few).await.unwrap_err();
    assert!(matches!(error, DiscoveryError::TooManyTables { cap: 10, .. }), "{error}");
    assert!(error.to_string().contains("narrow tables.include"), "{error}");
}

#[tokio::test]
async fn a_poll_of_a_quiet_server_changes_nothing() {
    for case in CASES {
        let found = discover(&tape(case), &everything(), &settings(5000)).await.unwrap();
        // The tape holds one statement per database, so each is polled by its own name.
        for (name, fingerprint) in &found.fingerprints {
            let known = BTreeMap::from([(name.clone(), fingerprint.clone())]);
            let select = Selection::new(&[name], &[], &[], &[]).unwrap();
            let seen = poll(&tape(case), &found.server, &known, &select, &settings(5000), &found.memory).await.unwrap();
            assert!(seen.unchanged(&known), "{case} {name}: {:?}", seen.changed(&known));
        }
    }
}

#[tokio::test]
async fn reading_only_what_changed_gives_the_same_schema() {
    let before = discover(&tape("tidb-8.4-nasty"), &everything(), &settings(5000)).await.unwrap();
    let after = discover(&tape("tidb-8.4-after-alter"), &everything(), &settings(5000)).await.unwrap();
    let published = Published {
        server: before.server.clone(),
        fingerprints: before.fingerprints.clone(),
        databases: before.databases.clone(),
    };
    let seen = Poll { fingerprints: after.fingerprints.clone(), changing: vec![] };
    let changed = seen.changed(&before.fingerprints);
    let filled = before.databases.iter().filter(|database| !database.tables.is_empty());
    let same: Vec<_> = filled.map(|database| &database.name).filter(|name| !changed.contains(name)).collect();
    // What is kept is not asked for: its statements are not on this tape.
    let mut rest = tape("tidb-8.4-after-alter");
    rest.forget(|sql| same.iter().any(|name| sql.contains(&format!("SCHEMA = '{name}'"))));
    let kept = Kept::of(published, &seen).on(&after.server);
    assert!(!changed.is_empty() && !same.is_empty(), "{changed:?}");
    assert_eq!(kept.keys().collect::<Vec<_>>(), same);
    let others: Vec<&String> = after.fingerprints.keys().filter(|name| !kept.contains_key(*name)).collect();
    let selection = Selection::exactly(&others).unwrap();
    let mut found = discover(&rest, &selection, &settings(5000)).await.unwrap();
    for (fingerprint, database) in kept.into_values() {
        found.fingerprints.insert(database.name.clone(), fingerprint);
        found.databases.push(database);
    }
    found.databases.sort_by(|left, right| left.name.cmp(&right.name));
    assert_eq!((bytes(&found), &found.fingerprints), (bytes(&after), &after.fingerprints));
    assert!(found.warnings.iter().all(|warning| after.warnings.contains(warning)));
}
