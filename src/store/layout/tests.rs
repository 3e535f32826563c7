//! Which bytes go into which ConfigMap, case by case, and for any names at all.
#![expect(clippy::unwrap_used, reason = "tests")]

mod any;
mod formats;
mod room;
mod shards;

use std::collections::BTreeSet;

use super::*;
use crate::schema::{Database, Table};
use crate::store::testing::{column, database, sequence, snapshot, table, view};

/// Tables whose canonical bytes are each a little more than `kib` KiB.
fn sized(names: &[&str], kib: usize) -> Vec<Table> {
    names.iter().map(|name| table(name, &"x".repeat(kib * 1024))).collect()
}

fn lay(
    snapshot: &Snapshot,
    asked: Option<u32>,
    kept: Option<u32>,
    previous: &Placement,
) -> Result<Layout, LayoutError> {
    layout(&Input {
        name: "orders-schema",
        snapshot,
        formats: &[],
        asked,
        kept,
        previous,
        previous_files: &Placement::new(),
    })
}

fn first(snapshot: &Snapshot) -> Layout {
    lay(snapshot, None, None, &Placement::new()).unwrap()
}

fn home<'a>(placement: &'a Placement, table: &str) -> &'a str {
    &placement[&("shop".to_owned(), table.to_owned())]
}

#[test]
fn a_key_is_the_plain_name_or_a_hash_of_it() {
    let long = "n".repeat(64);
    let hashed = |database: &str, table: &str| {
        let hex = canonical::sha256_hex(&[database.as_bytes(), b"\0", table.as_bytes()]);
        format!("x-{}.json", &hex[..16])
    };
    for (database_name, name, want) in [
        ("shop", "orders", "shop.orders.json".to_owned()),
        ("Shop-1", "ORDERS_2", "Shop-1.ORDERS_2.json".to_owned()),
        (&long, &long, format!("{long}.{long}.json")),
        ("index", "json", "index.json.json".to_owned()),
        ("shop", "a.b", hashed("shop", "a.b")),
        ("sh.op", "a", hashed("sh.op", "a")),
        ("shop", "a b", hashed("shop", "a b")),
        ("shop", "größe", hashed("shop", "größe")),
        ("shop", "a/b", hashed("shop", "a/b")),
        ("shop", "`", hashed("shop", "`")),
        ("shop", "\u{1F600}", hashed("shop", "\u{1F600}")),
    ] {
        let layout = first(&snapshot(vec![database(database_name, vec![table(name, "")])]));
        assert_eq!(layout.index.databases[0].tables[0].keys.json, want, "{database_name}.{name}");
        assert!(layout.parts[0].data.contains_key(&want), "{database_name}.{name}");
    }
    assert_eq!(hashed("shop", "a.b"), "x-4ffbe46f66a31906.json", "a published contract: never to change");
}

#[test]
fn names_that_differ_by_case_alone_are_both_hashed() {
    let layout = first(&snapshot(vec![
        database("SHOP", vec![table("orders", "")]),
        database("shop", vec![table("Item", ""), table("item", ""), table("orders", ""), table("other", "")]),
    ]));
    let keys: Vec<(String, String)> = layout
        .index
        .databases
        .iter()
        .flat_map(|d| d.tables.iter().map(|t| (format!("{}.{}", d.name, t.name), t.keys.json.clone())))
        .collect();
    for (name, key) in &keys {
        assert_eq!(key.starts_with("x-"), name != "shop.other", "{name} has {key}");
    }
    let distinct: BTreeSet<_> = keys.iter().map(|(_, key)| key).collect();
    assert_eq!(distinct.len(), keys.len());
}

#[test]
fn the_bytes_of_a_small_schema_are_exactly_these() {
    let mut shop = database("shop", vec![table("b", "")]);
    shop.views = vec![view("a")];
    let layout = first(&snapshot(vec![shop, database("void", Vec::new())]));
    let (name, data) = (&layout.parts[0].name, &layout.parts[0].data);
    assert_eq!((name.as_str(), layout.shards, layout.parts.len()), ("orders-schema", 1, 1));
    let keys: Vec<&str> = data.keys().map(String::as_str).collect();
    assert_eq!(keys, ["index.json", "shop.a.json", "shop.b.json"]);
    assert_eq!(data["shop.b.json"], r#"{"kind":"base","name":"b"}"#);
    assert_eq!(data["shop.a.json"], r#"{"definition":"select 1","name":"a"}"#);
    assert_eq!(data[INDEX_KEY], include_str!("tests/index.json").trim_end());
    // The hashes again, from the published rule alone.
    let hash = |parts: &[&[u8]]| canonical::sha256(parts);
    let a = hash(&[b"schema/v1/view\n", data["shop.a.json"].as_bytes()]);
    let b = hash(&[b"schema/v1/table\n", data["shop.b.json"].as_bytes()]);
    let lines = format!("t\0b\0{b}\nv\0a\0{a}\n");
    let shop = hash(&[b"schema/v1/db\n", b"shop\0utf8mb4\0utf8mb4_bin\n", lines.as_bytes()]);
    let index = &layout.index.databases;
    assert_eq!([&index[0].tables[0].hash, &index[0].tables[1].hash, &index[0].hash], [&a, &b, &shop]);
}

#[test]
fn a_sequence_has_a_key_a_kind_and_a_hash_line_as_a_table_has() {
    let mut shop = database("shop", vec![table("b", "")]);
    shop.sequences = vec![sequence("s")];
    shop.placement = "p".to_owned();
    let layout = first(&snapshot(vec![shop]));
    let data = &layout.parts[0].data;
    assert_eq!(data["shop.s.json"], r#"{"increment":"1","name":"s","start":"1"}"#);
    let (index, own) = (&layout.index.databases[0], &layout.index.databases[0].tables[1]);
    assert_eq!((own.name.as_str(), own.kind.as_str(), own.keys.json.as_str()), ("s", "sequence", "shop.s.json"));
    let hash = |parts: &[&[u8]]| canonical::sha256(parts);
    let s = hash(&[b"schema/v1/sequence\n", data["shop.s.json"].as_bytes()]);
    let b = hash(&[b"schema/v1/table\n", data["shop.b.json"].as_bytes()]);
    let lines = format!("s\0s\0{s}\nt\0b\0{b}\n");
    let attributes = b"shop\0utf8mb4\0utf8mb4_bin\nplacement\0p\n";
    assert_eq!((&own.hash, &index.hash), (&s, &hash(&[b"schema/v1/db\n", attributes, lines.as_bytes()])));
    assert_eq!(index.placement, "p");
}

#[test]
fn the_index_says_nothing_that_a_patch_release_changes() {
    let old = snapshot(vec![database("shop", vec![table("a", "")])]);
    let mut new = old.clone();
    new.server.version = "8.0.11-TiDB-v8.5.2".to_owned();
    new.server.time_zone = "+02:00".to_owned();
    assert_eq!(first(&old), first(&new));
}

#[test]
fn an_index_that_was_written_is_read_back_whole() {
    let layout = first(&snapshot(vec![database("shop", vec![table("a", ""), table("b c", "")])]));
    let read: IndexDocument = serde_json::from_str(&layout.parts[0].data[INDEX_KEY]).unwrap();
    assert_eq!(read, layout.index);
    assert_eq!(home(&placement(&read), "b c"), "orders-schema");
}

#[test]
fn the_hash_of_data_tells_keys_from_values() {
    let map = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    };
    let all = [
        map(&[]),
        map(&[("a", "")]),
        map(&[("a", "b")]),
        map(&[("ab", "")]),
        map(&[("a", "b"), ("c", "d")]),
        map(&[("a", "bc\u{0}1\u{0}d")]),
    ];
    let hashes: BTreeSet<String> = all.iter().map(data_hash).collect();
    assert_eq!(hashes.len(), all.len());
}
