//! Forms beside canonical JSON: their keys, their place in the index, and that they stay where they are.

use proptest::prelude::*;

use super::any::content;
use super::*;
use crate::api::snapshot::OutputFormat::{self, Ddl, Json, JsonSchema, Mermaid};
use crate::output::{ddl, json_schema, mermaid};
use crate::store::index::{FileKey, files};

const ALL: [OutputFormat; 4] = [Json, JsonSchema, Ddl, Mermaid];

fn with(snapshot: &Snapshot, formats: &[OutputFormat], asked: Option<u32>, before: Option<&IndexDocument>) -> Layout {
    let [previous, previous_files] = before.map(|index| [placement(index), files(index)]).unwrap_or_default();
    let input = Input {
        name: "orders-schema",
        snapshot,
        formats,
        asked,
        kept: None,
        previous: &previous,
        previous_files: &previous_files,
    };
    layout(&input).unwrap()
}

fn shop() -> Snapshot {
    let mut shop = database("shop", vec![table("orders", ""), table("a b", "")]);
    shop.views = vec![view("open")];
    snapshot(vec![shop, database("My.Db", vec![])])
}

#[test]
fn each_form_has_its_keys_and_the_index_names_them() {
    let (snapshot, stem) = (shop(), format!("x-{}", &canonical::sha256_hex(&[b"My.Db\0"])[..16]));
    let table = format!("x-{}", &canonical::sha256_hex(&[b"shop\0a b"])[..16]);
    for (formats, want) in [
        (&[][..], vec![]),
        (&[Json], vec![]),
        (&[JsonSchema], vec!["shop.orders.schema.json".to_owned(), format!("{table}.schema.json")]),
        (&[Ddl], vec!["shop.ddl.sql".to_owned(), format!("{stem}.ddl.sql")]),
        (&[Mermaid, Json], vec!["shop.mmd".to_owned(), format!("{stem}.mmd")]),
    ] {
        let data = &with(&snapshot, formats, None, None).parts[0].data;
        let json =
            ["index.json".to_owned(), "shop.open.json".into(), "shop.orders.json".into(), format!("{table}.json")];
        let mut keys: Vec<String> = data.keys().filter(|key| !json.contains(key)).cloned().collect();
        keys.sort_by_key(|key| key.starts_with("x-"));
        assert_eq!(keys, want, "{formats:?}");
        assert!(json.iter().all(|key| data.contains_key(key)), "{formats:?}: JSON is always there");
    }
    let layout = with(&snapshot, &ALL, None, None);
    let (data, shop) = (&layout.parts[0].data, &snapshot.databases[0]);
    let ddl = ddl::texts(&snapshot.server, shop).concat();
    let schema = json_schema::bytes("shop", &shop.tables[0]).unwrap();
    assert_eq!(data["shop.orders.schema.json"].as_bytes(), schema);
    assert_eq!((&data["shop.ddl.sql"], &data["shop.mmd"]), (&ddl, &mermaid::texts(shop).concat()));
    let index: serde_json::Value = serde_json::from_str(&data[INDEX_KEY]).unwrap();
    let file = |key: &str, text: &str| serde_json::json!([{"configMap": "orders-schema", "key": key, "hash": canonical::sha256(&[text.as_bytes()])}]);
    assert_eq!(index["databases"][0]["keys"]["ddl"], file("shop.ddl.sql", &ddl));
    assert_eq!(index["databases"][0]["keys"]["mermaid"], file("shop.mmd", &data["shop.mmd"]));
    let tables = index["databases"][0]["tables"].as_array().unwrap();
    let keys: Vec<_> = tables.iter().map(|table| (table["name"].clone(), table["keys"]["schema"].as_str())).collect();
    assert_eq!(keys[1], ("open".into(), None), "a view takes no rows of its own");
    assert_eq!(keys[2], ("orders".into(), Some("shop.orders.schema.json")));
}

#[test]
fn the_content_hash_is_the_same_in_every_form_and_the_data_is_not() {
    let snapshot = shop();
    let plain = with(&snapshot, &[], None, None);
    assert_eq!(plain, with(&snapshot, &[Json], None, None), "Json says nothing that was not so already");
    for formats in [&[JsonSchema][..], &[Ddl], &[Mermaid], &ALL] {
        let other = with(&snapshot, formats, None, None);
        assert_eq!(plain.index.content_hash, other.index.content_hash, "{formats:?}");
        assert_ne!(plain.parts[0].hash, other.parts[0].hash, "{formats:?}: this is what makes the plan write it");
    }
    let reordered = with(&snapshot, &[Mermaid, Ddl, JsonSchema], None, None);
    assert_eq!(reordered, with(&snapshot, &ALL, None, None), "the order asked for is nobody's business");
}

#[test]
fn what_is_there_stays_where_it_is_when_forms_come_and_go() {
    let snapshot = snapshot(vec![database("shop", sized(&["a", "b", "c", "d"], 60)), database("void", vec![])]);
    let plain = with(&snapshot, &[], Some(3), None);
    let all = with(&snapshot, &ALL, Some(3), Some(&plain.index));
    assert_eq!(placement(&plain.index), placement(&all.index), "tables do not move");
    let again = with(&snapshot, &ALL, Some(3), Some(&all.index));
    assert_eq!(all, again, "the same input gives the same bytes");
    // A text of a database keeps its place, even where a first spreading would now choose another.
    let mut moved = all.index.clone();
    let file: &mut FileKey = &mut moved.databases[0].keys.ddl[0];
    file.config_map = if file.config_map.ends_with("-3") { "orders-schema-2" } else { "orders-schema-3" }.to_owned();
    let want = file.config_map.clone();
    assert_eq!(with(&snapshot, &ALL, Some(3), Some(&moved)).index.databases[0].keys.ddl[0].config_map, want);
}

#[test]
fn a_long_text_is_spread_in_numbered_parts_over_the_shards() {
    let snapshot = snapshot(vec![database("shop", sized(&["a", "b", "c"], 390))]);
    let layout = with(&snapshot, &[Ddl], None, None);
    let keys: Vec<&str> = layout.index.databases[0].keys.ddl.iter().map(|file| file.key.as_str()).collect();
    assert_eq!(keys, ["shop.ddl.1.sql", "shop.ddl.2.sql", "shop.ddl.3.sql"]);
    assert!(layout.shards > 1 && layout.parts.iter().all(|part| part.bytes <= MAX_BYTES), "{}", layout.shards);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_key_of_every_form_is_named_by_the_index_and_holds_what_it_says(
        content in content(),
        formats in prop::sample::subsequence(ALL.to_vec(), 0..=4),
        asked in prop::option::of(1..=16_u32),
    ) {
        let layout = with(&content, &formats, asked, None);
        let mut keys = BTreeMap::new();
        for part in &layout.parts {
            keys.extend(part.data.iter().map(|(key, text)| ((part.name.clone(), key.clone()), text.clone())));
        }
        let folded: BTreeSet<String> = keys.keys().map(|(_, key)| key.to_lowercase()).collect();
        prop_assert_eq!(folded.len(), keys.len(), "keys differ by more than case, over all ConfigMaps");
        keys.remove(&("orders-schema".to_owned(), INDEX_KEY.to_owned()));
        for database in &layout.index.databases {
            prop_assert_eq!(database.keys.ddl.is_empty(), !formats.contains(&Ddl));
            prop_assert_eq!(database.keys.mermaid.is_empty(), !formats.contains(&Mermaid));
            for file in database.keys.ddl.iter().chain(&database.keys.mermaid) {
                let text = keys.remove(&(file.config_map.clone(), file.key.clone())).unwrap();
                prop_assert_eq!(&file.hash, &canonical::sha256(&[text.as_bytes()]));
            }
            for entry in &database.tables {
                prop_assert!(keys.remove(&(entry.config_map.clone(), entry.keys.json.clone())).is_some());
                let schema = formats.contains(&JsonSchema) && entry.kind == "table";
                prop_assert_eq!(entry.keys.schema.is_some(), schema);
                if let Some(key) = &entry.keys.schema {
                    let text = keys.remove(&(entry.config_map.clone(), key.clone())).unwrap();
                    prop_assert!(text.contains(&entry.hash), "the schema says which table it is of");
                }
            }
        }
        prop_assert!(keys.is_empty(), "keys that the index does not name: {:?}", keys.keys());
        let again = with(&content, &formats, Some(layout.shards), Some(&layout.index));
        prop_assert_eq!(again, layout);
    }
}
