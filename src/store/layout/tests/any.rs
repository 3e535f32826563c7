//! What holds for any names and sizes.

use proptest::collection::{btree_map, btree_set};
use proptest::prelude::*;

use super::*;

/// Names of 1 to 64 characters: anything MySQL takes between backquotes, plain ones and twins by case among them.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z]{1,2}",
        "[-_a-zA-Z0-9]{1,64}",
        "[a-z.]{1,4}",
        "\\PC{1,64}",
        Just("index.json".to_owned()),
        Just("..".to_owned()),
    ]
}

pub(super) fn content() -> impl Strategy<Value = Snapshot> {
    let objects = || (btree_map(name(), 0..8_usize, 0..12), btree_set(name(), 0..3));
    btree_map(name(), objects(), 1..4).prop_map(|databases| {
        let one = |(name, (tables, views)): (String, (BTreeMap<String, usize>, BTreeSet<String>))| {
            let views: BTreeSet<_> = views.into_iter().filter(|view| !tables.contains_key(view)).collect();
            // Every second one is a sequence.
            let sequences = views.iter().step_by(2).map(|name| sequence(name)).collect();
            let views = views.iter().skip(1).step_by(2).map(|name| view(name)).collect();
            let tables = tables.into_iter().map(|(t, kib)| table(&t, &"x".repeat(kib * 1024))).collect();
            Database { views, sequences, ..database(&name, tables) }
        };
        snapshot(databases.into_iter().map(one).collect())
    })
}

/// Key by key: which object is where, taken from the parts and not from the index.
fn check(layout: &Layout, content: &Snapshot) -> Result<(), TestCaseError> {
    let mut keys = BTreeMap::new();
    for part in &layout.parts {
        prop_assert!(part.bytes <= MAX_BYTES && part.bytes == part.data.values().map(String::len).sum::<usize>());
        prop_assert_eq!(part.index, part.name == "orders-schema");
        for (key, value) in &part.data {
            prop_assert!((1..=253).contains(&key.len()));
            prop_assert!(key.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b)), "key {}", key);
            prop_assert!(keys.insert((part.name.clone(), key.clone()), value.clone()).is_none());
        }
    }
    let distinct: BTreeSet<String> = keys.keys().map(|(_, key)| key.to_lowercase()).collect();
    prop_assert_eq!(distinct.len(), keys.len(), "keys differ by more than case, over all ConfigMaps");
    prop_assert!(keys.remove(&("orders-schema".to_owned(), INDEX_KEY.to_owned())).is_some());
    for database in &content.databases {
        let index = layout.index.databases.iter().find(|d| d.name == database.name).unwrap();
        prop_assert_eq!(index.tables.len(), database.objects());
        for entry in &index.tables {
            let text = keys.remove(&(entry.config_map.clone(), entry.keys.json.clone()));
            let table = database.tables.iter().find(|t| t.name == entry.name).map(canonical::bytes);
            let view = database.views.iter().find(|v| v.name == entry.name).map(canonical::bytes);
            let sequence = database.sequences.iter().find(|s| s.name == entry.name).map(canonical::bytes);
            let found = [("table", table), ("view", view), ("sequence", sequence)];
            let (kind, bytes) = found.into_iter().find_map(|(kind, bytes)| Some((kind, bytes?))).unwrap();
            prop_assert_eq!(entry.kind.as_str(), kind);
            prop_assert_eq!(text.map(String::into_bytes), bytes.ok());
        }
    }
    prop_assert!(keys.is_empty(), "keys that the index does not name: {:?}", keys.keys());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_object_is_in_exactly_one_config_map_under_a_valid_key(content in content(), asked in prop::option::of(1..=16_u32)) {
        let layout = lay(&content, asked, None, &Placement::new()).unwrap();
        check(&layout, &content)?;
        let again = lay(&content, asked, None, &Placement::new()).unwrap();
        prop_assert_eq!(&again, &layout, "the same input gives the same bytes");
        let kept = lay(&content, asked, Some(layout.shards), &placement(&layout.index)).unwrap();
        prop_assert_eq!(kept, layout, "and so it does the next time");
    }

    #[test]
    fn one_changed_table_changes_its_shard_and_the_index_alone(content in content(), pick in any::<prop::sample::Index>()) {
        let old = lay(&content, Some(5), None, &Placement::new()).unwrap();
        let total: usize = content.databases.iter().map(|d| d.tables.len()).sum();
        prop_assume!(total > 0);
        let mut changed = content.clone();
        let table = changed.databases.iter_mut().flat_map(|d| &mut d.tables).nth(pick.index(total)).unwrap();
        table.engine = "changed".to_owned();
        let new = lay(&changed, Some(5), Some(5), &placement(&old.index)).unwrap();
        check(&new, &changed)?;
        let differing: Vec<bool> = old.parts.iter().zip(&new.parts).map(|(a, b)| a.hash != b.hash).collect();
        prop_assert_eq!(differing.iter().filter(|d| **d).count(), 2);
        prop_assert_eq!(differing.last(), Some(&true));
    }
}
