//! What accounts with fewer grants see of the same database: every difference from the whole, line by line. What such an
//! account cannot see must come out as unknown, with a warning, and not as gone.
//!
//! `accounts/<engine>-<account>.ndjson` holds that account's answers where they differ from those of the whole tape;
//! the text beside it what comes out. `RECORD_ACCOUNT=<engine>-<account> ANSWER_WITH=<command>` records the first.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use mcp_schema_operator::discovery::{Discovered, WarningCode, discover};
use mcp_schema_operator::schema::select::Selection;
use serde_json::Value;

use crate::source::{Command, Recorder, Tape};
use crate::{folder, golden, settings};

const ACCOUNTS: [(&str, &str); 8] = [
    ("tidb-n_select", "tidb-8.4-nasty"),
    ("tidb-n_refs", "tidb-8.4-nasty"),
    ("tidb-n_one", "tidb-8.4-nasty"),
    ("tidb-n_col", "tidb-8.4-nasty"),
    ("mariadb-n_select", "mariadb-10.11-nasty"),
    ("mariadb-n_refs", "mariadb-10.11-nasty"),
    ("mariadb-n_one", "mariadb-10.11-nasty"),
    ("mariadb-n_col", "mariadb-10.11-nasty"),
];

fn file(account: &str, ending: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/golden/accounts/{account}.{ending}"))
}

fn shop() -> Selection {
    Selection::new(&["nasty_shop"], &[], &[], &[]).unwrap()
}

async fn seen_by(account: &str, base: &str) -> Discovered {
    let mut tape = Tape::read(&folder(base).join("tape.ndjson"));
    tape.over(&file(account, "ndjson"));
    discover(&tape, &shop(), &settings(5000)).await.unwrap()
}

async fn whole(base: &str) -> Discovered {
    discover(&Tape::read(&folder(base).join("tape.ndjson")), &shop(), &settings(5000)).await.unwrap()
}

/// Every scalar by its path; members of lists by their name where they have one.
fn flat(path: &str, value: &Value, out: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| flat(&format!("{path}.{key}"), value, out)),
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                let name = item["name"].as_str().map_or_else(|| at.to_string(), str::to_owned);
                flat(&format!("{path}[{name}]"), item, out);
            }
        }
        scalar => drop(out.insert(path.to_owned(), scalar.to_string())),
    }
}

fn flattened(discovered: &Discovered) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    for database in &discovered.databases {
        flat(&database.name, &serde_json::to_value(database).unwrap(), &mut out);
    }
    out
}

/// The objects that are not seen on one line, then each difference within the others, then the warnings.
fn differences(whole: &Discovered, seen: &Discovered) -> String {
    let names = |d: &Discovered| -> Vec<String> {
        let of = |d: &mcp_schema_operator::schema::Database| {
            let tables = d.tables.iter().map(|t| t.name.clone()).chain(d.views.iter().map(|v| v.name.clone()));
            tables.chain(d.sequences.iter().map(|s| s.name.clone())).collect::<Vec<_>>()
        };
        d.databases.iter().flat_map(of).collect()
    };
    let seen_names = names(seen);
    let gone: Vec<String> = names(whole).into_iter().filter(|name| !seen_names.contains(name)).collect();
    let mut out = format!("not seen: {gone:?}\n");
    let (before, after) = (flattened(whole), flattened(seen));
    let of_gone = |path: &str| {
        let list = ["tables", "views", "sequences"];
        gone.iter().any(|name| list.iter().any(|list| path.starts_with(&format!("nasty_shop.{list}[{name}]"))))
    };
    for path in before.keys().chain(after.keys().filter(|path| !before.contains_key(*path))) {
        let (old, new) = (before.get(path), after.get(path));
        if old != new && !of_gone(path) {
            let text = |value: Option<&String>| value.map_or("(absent)", String::as_str).to_owned();
            out.push_str(&format!("{path}: {} -> {}\n", text(old), text(new)));
        }
    }
    out.extend(seen.warnings.iter().map(|warning| format!("{warning}\n")));
    out
}

/// Keeps of a recorded tape what the base tape answers differently.
fn keep_differences(account: &str, base: &str) {
    let lines =
        |path: &PathBuf| -> Vec<String> { fs::read_to_string(path).unwrap().lines().map(str::to_owned).collect() };
    let known = lines(&folder(base).join("tape.ndjson"));
    let path = file(account, "ndjson");
    let kept: String = lines(&path).into_iter().filter(|line| !known.contains(line)).map(|line| line + "\n").collect();
    fs::write(&path, kept).unwrap();
}

#[tokio::test]
async fn what_an_account_may_not_see_is_unknown_and_never_gone() {
    let recorded = std::env::var("RECORD_ACCOUNT").ok();
    for (account, base) in ACCOUNTS.into_iter().filter(|(name, _)| recorded.as_ref().is_none_or(|one| one == name)) {
        if recorded.is_some() {
            let command = Command::start(&std::env::var("ANSWER_WITH").unwrap());
            let recorder = Recorder::new(command, &file(account, "ndjson"));
            discover(&recorder, &shop(), &settings(5000)).await.unwrap();
            drop(recorder);
            keep_differences(account, base);
        }
        let seen = seen_by(account, base).await;
        golden(&file(account, "txt"), &differences(&whole(base).await, &seen));
    }
}

#[tokio::test]
async fn the_grant_that_is_documented_sees_everything_and_less_is_told() {
    // SELECT on TiDB and REFERENCES, SHOW VIEW on MariaDB see all there is; the documented grant is both.
    let warnings = |found: &Discovered| found.warnings.iter().map(|w| w.code).collect::<Vec<_>>();
    let (all, select) = (whole("tidb-8.4-nasty").await, seen_by("tidb-n_select", "tidb-8.4-nasty").await);
    assert_eq!((&select.databases, warnings(&select)), (&all.databases, warnings(&all)));
    for (account, base, code) in [
        ("tidb-n_refs", "tidb-8.4-nasty", WarningCode::PartitionsHidden),
        ("tidb-n_refs", "tidb-8.4-nasty", WarningCode::CheckHidden),
        ("mariadb-n_select", "mariadb-10.11-nasty", WarningCode::RulesHidden),
        ("mariadb-n_select", "mariadb-10.11-nasty", WarningCode::ViewHidden),
        ("mariadb-n_refs", "mariadb-10.11-nasty", WarningCode::SequenceHidden),
        ("mariadb-n_one", "mariadb-10.11-nasty", WarningCode::RulesHidden),
        ("mariadb-n_col", "mariadb-10.11-nasty", WarningCode::ColumnsHidden),
        ("tidb-n_col", "tidb-8.4-nasty", WarningCode::DatabaseNotFound),
    ] {
        assert!(warnings(&seen_by(account, base).await).contains(&code), "{account} {code:?}");
    }
}
