//! Tables of what is a change and what may be a lost grant.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;

use serde_json::json;

use super::*;
use crate::schema::{Engine, ServerFacts};

/// `db.t1,t2 db2.` as databases with tables; `v` names are views.
fn databases(text: &str) -> Vec<Database> {
    let one = |part: &str| {
        let (name, objects) = part.split_once('.').unwrap();
        let named = |view: bool| {
            let mine = objects.split(',').filter(move |o| !o.is_empty() && o.starts_with('v') == view);
            mine.map(|o| json!({"name": o, "kind": "base"})).collect::<Vec<_>>()
        };
        serde_json::from_value(json!({"name": name, "tables": named(false), "views": named(true)})).unwrap()
    };
    text.split_whitespace().map(one).collect()
}

fn discovered(text: &str, user: &str, fold: u8) -> Discovered {
    Discovered {
        server: ServerFacts {
            dialect: Engine::Tidb,
            version: "8".into(),
            lower_case_table_names: fold,
            sql_mode: vec![],
            time_zone: "UTC".into(),
            fk_checks: true,
        },
        databases: databases(text),
        fingerprints: BTreeMap::new(),
        warnings: vec![],
        warnings_left_out: 0,
        changing: vec![],
        user: user.into(),
        tables_seen: 0,
        kept: vec![],
        memory: crate::discovery::Memory::default(),
    }
}

fn judge(before: &str, now: &Discovered, tables: &[&str], account: Option<&str>, changed: bool) -> Option<String> {
    let before = databases(before);
    let pairs = before.iter().flat_map(|d| names(d).map(|t| ((d.name.clone(), t.to_owned()), "x".to_owned())));
    let account = account.map(account_hash);
    let published = Published {
        databases: before.iter().map(|d| d.name.as_str()).collect(),
        objects: pairs.collect(),
        account: account.as_deref(),
    };
    let selection = Selection::new(&["a*", "b"], &[], tables, &["tmp_*"]).unwrap();
    suspect(&published, now, &selection, changed)
}

#[test]
fn what_takes_away_too_much_at_once_is_suspected() {
    for (before, now, want) in [
        ("a.t1,t2", "a.t1,t2,t3", None),
        ("a.t1,t2", "a.t1", None),
        ("a.t1,t2", "a.t3", Some("2 of the 2 published tables, views and sequences are gone: a.t1, a.t2")),
        ("a.t1", "a.", Some("1 of the 1 published tables, views and sequences are gone: a.t1")),
        ("a.", "a.", None),
        ("a.t1,t2,t3,t4", "a.t1", None),
        (
            "a.t1,t2,t3,t4,v5",
            "a.t1,v5",
            Some("3 of the 5 published tables, views and sequences are gone: a.t2, a.t3, a.t4"),
        ),
        ("a.t1,t2,t3,t4,v5", "a.t1,t2,v5", None),
        ("a.t1,t2,t3,t4,t5,t6", "a.t1,t2,t3", None),
        ("a.t1,t2,t3,t4,t5,t6 b.", "a.t1,t2,t3,t4,t5,t6", Some("published databases are gone: b")),
        ("a.t1 b.t1", "b.t1", Some("published databases are gone: a")),
        ("a.t1", "", Some("published databases are gone: a")),
        ("a.t1,t2,t3,t4,t5,t6,t7", "a.", Some("a.t1, a.t2, a.t3, a.t4, a.t5 and 2 more")),
        // Given up on purpose: no glob selects them any more.
        ("z.t1 a.t1", "a.t1", None),
        ("a.tmp_1,tmp_2,t3", "a.t3", None),
    ] {
        let got = judge(before, &discovered(now, "u@%", 0), &[], Some("u@%"), true);
        match (want, &got) {
            (None, None) => {}
            (Some(want), Some(got)) => assert!(got.contains(want), "{before} -> {now}: {got}"),
            _ => unreachable!("{before} -> {now}: {got:?}"),
        }
    }
}

#[test]
fn narrower_globs_lose_nothing() {
    assert_eq!(judge("a.t1,t2,t3,t4,t5", &discovered("a.t1", "u", 0), &["t1"], None, true), None);
    assert!(judge("a.t1,t2,t3,t4,t5", &discovered("a.t1", "u", 0), &["*"], None, true).is_some());
}

#[test]
fn names_compare_as_the_server_compares_them() {
    assert_eq!(judge("a.t1", &discovered("A.T1", "u", 2), &[], None, true), None);
    assert!(judge("a.t1", &discovered("A.T1", "u", 0), &[], None, true).is_some());
}

#[test]
fn another_account_that_sees_another_schema_is_suspected() {
    for (account, changed, want) in
        [(Some("u@%"), true, false), (Some("w@%"), true, true), (Some("w@%"), false, false), (None, true, false)]
    {
        let got = judge("a.t1", &discovered("a.t1,t2", "u@%", 0), &[], account, changed);
        assert_eq!(got.is_some(), want, "{account:?} {changed}");
        assert!(got.is_none_or(|text| !text.contains("u@%") && !text.contains("w@%")));
    }
    assert_eq!(account_hash("u@%").len(), 16);
    assert!(!account_hash("u@%").contains("u@%"));
}
