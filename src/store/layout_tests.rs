#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;
use std::time::Instant;

use proptest::prelude::*;

use super::*;
use crate::schema::Table;
use crate::store::testing::{database, schema, table, tables, view};

const NAME: &str = "orders-schema";
/// A small ConfigMap, so that a few tables need several.
const SMALL: usize = 4 * 1024;

fn input<'a>(snapshot: &'a Snapshot, asked: Option<u32>, kept: Option<u32>, previous: &'a Placement) -> Input<'a> {
    Input { name: NAME, snapshot, asked, kept, previous }
}

fn small(
    snapshot: &Snapshot,
    asked: Option<u32>,
    kept: Option<u32>,
    previous: &Placement,
) -> Result<Layout, LayoutError> {
    layout_within(&input(snapshot, asked, kept, previous), SMALL)
}

fn first(snapshot: &Snapshot, asked: Option<u32>) -> Layout {
    small(snapshot, asked, None, &Placement::new()).unwrap()
}

/// Every promise of a layout, whatever made it.
fn assert_sound(layout: &Layout, snapshot: &Snapshot, capacity: usize) {
    let names: Vec<&str> = layout.parts.iter().map(|part| part.name.as_str()).collect();
    let want = match layout.shards {
        1 => vec![NAME.to_owned()],
        n => (1..=n).map(|n| format!("{NAME}-{n}")).chain([NAME.to_owned()]).collect(),
    };
    assert_eq!(names, want, "shards first, the index last, the empty ones too");
    let mut indexed = BTreeSet::new();
    for entry in layout.index.databases.iter().flat_map(|d| &d.tables) {
        let part = layout.parts.iter().find(|part| part.name == entry.config_map).unwrap();
        let text = &part.data[&entry.keys.json];
        let read: serde_json::Value = serde_json::from_str(text).unwrap();
        assert_eq!(read["name"], entry.name.as_str());
        let hash = match entry.kind.as_str() {
            "view" => canonical::sha256(&[b"schema/v1/view\n", text.as_bytes()]),
            _ => canonical::sha256(&[b"schema/v1/table\n", text.as_bytes()]),
        };
        assert_eq!(hash, entry.hash, "{}", entry.name);
        assert!(indexed.insert((part.name.clone(), entry.keys.json.clone())), "{} has its own key", entry.name);
    }
    let objects: usize = snapshot.databases.iter().map(|d| d.tables.len() + d.views.len()).sum();
    assert_eq!(indexed.len(), objects, "every object is in the index");
    for part in &layout.parts {
        assert_eq!(part.bytes, part.data.values().map(String::len).sum::<usize>());
        assert!(part.bytes <= capacity, "{} has {} bytes", part.name, part.bytes);
        assert_eq!(part.hash, data_hash(&part.data));
        for key in part.data.keys() {
            let known = key == INDEX_KEY && part.index || indexed.contains(&(part.name.clone(), key.clone()));
            assert!(known, "{key} of {} is in the index", part.name);
        }
    }
    let text = &layout.parts.last().unwrap().data[INDEX_KEY];
    assert_eq!(index::parse(text).as_ref(), Ok(&layout.index));
    assert_eq!(canonical::bytes(&layout.index).unwrap(), text.as_bytes());
}

#[test]
fn a_small_schema_is_one_config_map_with_the_published_index() {
    let snapshot = schema(vec![
        database("a.b", vec![table("x", 0)], vec![]),
        database("empty", vec![], vec![]),
        database("shop", vec![table("Zoo", 0), table("orders", 0)], vec![view("open_orders")]),
    ]);
    let layout = layout(&input(&snapshot, None, None, &Placement::new())).unwrap();
    assert_sound(&layout, &snapshot, MAX_BYTES);
    let index: serde_json::Value = serde_json::from_str(&layout.parts[0].data[INDEX_KEY]).unwrap();
    let fields: Vec<&str> = index.as_object().unwrap().keys().map(String::as_str).collect();
    let want = ["contentHash", "databases", "dialect", "format", "lowerCaseTableNames", "modelVersion"];
    assert_eq!(fields.into_iter().collect::<BTreeSet<_>>(), want.into());
    let shop = &index["databases"][2];
    assert_eq!(
        index["databases"][1],
        serde_json::json!({"name": "empty", "charset": "utf8mb4",
        "collation": "utf8mb4_bin", "hash": layout.index.databases[1].hash, "tables": []})
    );
    let names: Vec<&str> = shop["tables"].as_array().unwrap().iter().map(|t| t["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Zoo", "open_orders", "orders"], "tables and views together, by name bytes");
    assert_eq!(
        shop["tables"][1],
        serde_json::json!({"name": "open_orders", "kind": "view", "hash": layout.index.databases[2].tables[1].hash,
            "configMap": NAME, "keys": {"json": "shop.open_orders.json"}})
    );
    assert!(index["databases"][0]["tables"][0]["keys"]["json"].as_str().unwrap().starts_with("x-"));
}

#[test]
fn the_number_of_shards_is_asked_for_or_kept_or_picked_with_room_to_grow() {
    // Without its comment a table takes about 120 bytes, its entry in the index 160 to 170, and SMALL is 4,096.
    let cases = [
        ("picked: one, with room", 4, 300, None, None, 1),
        ("picked: it fits into one, but not half as much again", 6, 300, None, None, 2),
        ("picked with room", 14, 300, None, None, 3),
        ("picked: never more than there are objects", 1, 3000, None, None, 1),
        ("asked for", 1, 300, Some(3), None, 3),
        ("asked for wins", 1, 300, Some(2), Some(4), 2),
        ("kept", 1, 300, None, Some(4), 4),
        ("out of range", 1, 300, Some(0), None, 1),
        ("far out of range", 1, 300, Some(99), None, 16),
    ];
    for (name, n, comment, asked, kept, want) in cases {
        let snapshot = tables(n, comment);
        let layout = small(&snapshot, asked, kept, &Placement::new()).unwrap();
        assert_eq!(layout.shards, want, "{name}");
        assert_sound(&layout, &snapshot, SMALL);
    }
}

#[test]
fn a_lost_status_does_not_change_the_number_of_shards() {
    let snapshot = tables(13, 300);
    let published = first(&snapshot, Some(5));
    let again = small(&snapshot, None, None, &placement(&published.index)).unwrap();
    assert_eq!(again, published);
}

#[test]
fn what_does_not_fit_says_exactly_what_to_set() {
    let said = |n, comment, asked| small(&tables(n, comment), asked, Some(1), &Placement::new()).unwrap_err();
    let error = said(9, 500, None);
    assert_eq!(error.to_string(), "needs 2 shards: set output.shards: 2, or narrow tables.include");
    assert_eq!(error.reason(), Reason::OutputTooLarge);
    let error = said(12, 1000, Some(2));
    assert_eq!(error.to_string(), "needs 4 shards: set output.shards: 4, or narrow tables.include");
    assert!(small(&tables(12, 1000), Some(4), Some(1), &Placement::new()).is_ok(), "and it is true");
    assert!(small(&tables(12, 1000), Some(3), Some(1), &Placement::new()).is_err());

    let hopeless = said(17, 3000, None).to_string();
    assert!(hopeless.starts_with("17 tables and views do not fit into 16 shards: narrow"), "{hopeless}");
    let index = said(30, 0, Some(16)).to_string();
    assert!(index.starts_with("the index of 30 tables and views does not fit"), "{index}");
    let one = said(1, SMALL, Some(16)).to_string();
    assert!(one.starts_with("shop.t0000 alone takes") && one.ends_with("tables.exclude"), "{one}");
    let never = small(&tables(17, 3000), None, None, &Placement::new()).unwrap_err();
    assert!(matches!(never, LayoutError::FarTooLarge { objects: 17 }), "{never}");
}

#[test]
fn a_name_that_came_twice_is_not_published_over_its_namesake() {
    let snapshot = schema(vec![database("shop", vec![table("a", 0)], vec![view("a")])]);
    let error = layout(&input(&snapshot, None, None, &Placement::new())).unwrap_err();
    assert_eq!(error.reason(), Reason::DiscoveryIncomplete);
    assert!(error.to_string().contains("shop.a more than once"), "{error}");
}

#[test]
fn growth_moves_one_table_and_refuses_only_when_nothing_helps() {
    let snapshot = tables(8, 300);
    let before = first(&snapshot, Some(2));
    let place = placement(&before.index);
    let mut grown = snapshot.clone();
    let own = |index: usize| place[&("shop".to_owned(), format!("t{index:04}"))].clone();
    grown.databases[0].tables[0] = table("t0000", 3000);
    let after = small(&grown, Some(2), Some(2), &place).unwrap();
    assert_sound(&after, &grown, SMALL);
    let moved: Vec<_> = placement(&after.index).into_iter().filter(|(key, to)| place[key] != *to).collect();
    assert!(!moved.is_empty() && moved.iter().all(|(key, _)| own(0) == place[key]), "{moved:?}");

    let mut packed = tables(2, 2000);
    packed.databases[0].tables.push(table("t0009", 3500));
    let apart: Placement = [("t0000", "1"), ("t0001", "2")]
        .map(|(table, n)| (("shop".to_owned(), table.to_owned()), format!("{NAME}-{n}")))
        .into();
    let error = small(&packed, Some(2), Some(2), &apart).unwrap_err();
    assert!(matches!(error, LayoutError::TooLarge { needs: 3 }), "{error}");
    packed.databases[0].tables[1] = table("t0001", 1500);
    let anew = small(&packed, Some(2), Some(2), &apart).unwrap();
    assert_sound(&anew, &packed, SMALL);
}

#[test]
fn another_number_of_shards_is_spread_the_same_way_from_any_past() {
    let snapshot = tables(12, 300);
    let fresh = first(&snapshot, Some(4));
    for past in [2, 3, 5, 16] {
        let place = placement(&first(&snapshot, Some(past)).index);
        assert_eq!(small(&snapshot, Some(4), Some(past), &place).unwrap(), fresh, "from {past}");
    }
}

#[test]
fn a_thousand_tables_of_twenty_columns_take_a_few_shards() {
    let column = |n: u32| {
        serde_json::from_value(serde_json::json!({"name": format!("column_{n:02}"), "ordinal": n, "nullable": true,
            "type": {"base": "varchar", "length": 40, "unit": "chars"}, "charset": "utf8mb4",
            "collation": "utf8mb4_bin", "comment": format!("column number {n}")}))
        .unwrap()
    };
    let wide = |n: usize| Table { columns: (1..=20).map(column).collect(), ..table(&format!("table_{n:04}"), 40) };
    let snapshot = schema(vec![database("shop", (0..1000).map(wide).collect(), vec![])]);
    let started = Instant::now();
    let layout = layout(&input(&snapshot, None, None, &Placement::new())).unwrap();
    let took = started.elapsed();
    let bytes: usize = layout.parts.iter().map(|part| part.bytes).sum();
    println!("1,000 tables x 20 columns: {bytes} bytes, {} shards, laid out in {took:?}", layout.shards);
    assert_sound(&layout, &snapshot, MAX_BYTES);
    let tables = bytes - layout.parts.last().unwrap().bytes;
    let room = usize::try_from(layout.shards).unwrap() * MAX_BYTES;
    assert!(layout.shards > 1 && tables * 3 <= room * 2, "half as much room again: {tables} of {room}");
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof!["[aAbB._-]{1,3}", "[a-z]{1,12}", "\\PC{1,12}"]
}

prop_compose! {
    fn schemas()(databases in proptest::collection::btree_map(
        name(),
        proptest::collection::btree_map(name(), (0_usize..1200, any::<bool>()), 0..6),
        1..4,
    )) -> Snapshot {
        schema(databases.iter().map(|(name, objects)| {
            let kind = |wanted: bool| objects.iter().filter(move |(_, (_, is_view))| *is_view == wanted);
            let tables = kind(false).map(|(name, (size, _))| table(name, *size)).collect();
            database(name, tables, kind(true).map(|(name, _)| view(name)).collect())
        }).collect())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn whatever_the_schema_every_object_is_in_one_config_map_and_repeats_byte_for_byte(
        snapshot in schemas(),
        asked in proptest::option::of(1_u32..6),
    ) {
        let capacity = 2 * SMALL;
        let make = |asked, kept, previous: &Placement| layout_within(&input(&snapshot, asked, kept, previous), capacity);
        let Ok(first) = make(asked, None, &Placement::new()) else { return Ok(()) };
        assert_sound(&first, &snapshot, capacity);
        prop_assert_eq!(&make(asked, None, &Placement::new()).unwrap(), &first);
        let place = placement(&first.index);
        prop_assert_eq!(&make(asked, Some(first.shards), &place).unwrap(), &first);
        prop_assert_eq!(&make(None, Some(first.shards), &place).unwrap(), &first);
    }

    #[test]
    fn one_alter_changes_one_shard_and_the_index(n in 4_usize..12, altered in 0_usize..12, shards in 2_u32..5) {
        let snapshot = tables(n, 300);
        let before = first(&snapshot, Some(shards));
        let mut after = snapshot.clone();
        let name = format!("t{:04}", altered % n);
        after.databases[0].tables[altered % n] = table(&name, 320);
        let place = placement(&before.index);
        let after = small(&after, Some(shards), Some(shards), &place).unwrap();
        let changed: Vec<&str> = before.parts.iter().zip(&after.parts)
            .filter(|(old, new)| old.hash != new.hash).map(|(_, new)| new.name.as_str()).collect();
        let shard = place[&("shop".to_owned(), name)].as_str();
        prop_assert_eq!(changed, [shard, NAME]);
        prop_assert_eq!(placement(&after.index), place);
    }
}
