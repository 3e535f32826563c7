//! What fits, what grows, what moves, and what to say when there is no room. The ConfigMaps of these tests are small, so
//! that a few tables need several of them.

use proptest::prelude::*;

use super::*;
use crate::store::testing::tables;

const NAME: &str = "orders-schema";
const SMALL: usize = 4 * 1024;

fn within(
    capacity: usize,
    snapshot: &Snapshot,
    asked: Option<u32>,
    kept: Option<u32>,
    previous: &Placement,
) -> Result<Layout, LayoutError> {
    layout_within(
        &Input { name: NAME, snapshot, formats: &[], asked, kept, previous, previous_files: &Placement::new() },
        capacity,
    )
}

fn small(
    snapshot: &Snapshot,
    asked: Option<u32>,
    kept: Option<u32>,
    previous: &Placement,
) -> Result<Layout, LayoutError> {
    within(SMALL, snapshot, asked, kept, previous)
}

fn from_nothing(snapshot: &Snapshot, asked: Option<u32>) -> Layout {
    small(snapshot, asked, None, &Placement::new()).unwrap()
}

fn placed(pairs: &[(&str, &str)]) -> Placement {
    pairs.iter().map(|(table, n)| (("shop".to_owned(), (*table).to_owned()), format!("{NAME}-{n}"))).collect()
}

/// Every promise of a layout, whatever made it.
fn assert_sound(layout: &Layout, capacity: usize) {
    let names: Vec<&str> = layout.parts.iter().map(|part| part.name.as_str()).collect();
    let want = match layout.shards {
        1 => vec![NAME.to_owned()],
        n => (1..=n).map(|n| format!("{NAME}-{n}")).chain([NAME.to_owned()]).collect(),
    };
    assert_eq!(names, want, "shards first, the index last, the empty ones too");
    let mut indexed = BTreeSet::new();
    for entry in layout.index.databases.iter().flat_map(|d| &d.tables) {
        let part = layout.parts.iter().find(|part| part.name == entry.config_map).unwrap();
        let text = part.data[&entry.keys.json].as_bytes();
        let prefix = format!("schema/v1/{}\n", entry.kind);
        assert_eq!(canonical::sha256(&[prefix.as_bytes(), text]), entry.hash, "{}", entry.name);
        assert!(indexed.insert((part.name.as_str(), entry.keys.json.as_str())), "{} has its own key", entry.name);
    }
    for part in &layout.parts {
        assert!(part.bytes <= capacity, "{} has {} bytes", part.name, part.bytes);
        assert_eq!(part.hash, data_hash(&part.data));
        for key in part.data.keys() {
            let known = key == INDEX_KEY && part.index || indexed.contains(&(part.name.as_str(), key.as_str()));
            assert!(known, "{key} of {} is in the index", part.name);
        }
    }
    let text = &layout.parts.last().unwrap().data[INDEX_KEY];
    assert_eq!(index::parse(text).as_ref(), Ok(&layout.index));
}

#[test]
fn the_first_choice_leaves_room_and_never_has_more_shards_than_objects() {
    // An entry of the index takes 170 to 180 bytes, the index without entries about 350.
    for (what, n, bytes, want) in [
        ("one, with room", 4, 300, 1),
        ("fits into one, but not half as much again", 6, 420, 2),
        ("three", 14, 420, 3),
        ("one object alone", 1, 3200, 1),
    ] {
        let layout = from_nothing(&tables(n, bytes), None);
        assert_eq!(layout.shards, want, "{what}");
        assert_sound(&layout, SMALL);
    }
}

#[test]
fn a_lost_status_does_not_change_the_number_of_shards() {
    let snapshot = tables(13, 420);
    for shards in [2, 5] {
        let published = from_nothing(&snapshot, Some(shards));
        let again = small(&snapshot, None, None, &placement(&published.index)).unwrap();
        assert_eq!(again, published, "{shards} shards");
    }
}

#[test]
fn what_does_not_fit_says_exactly_what_to_set() {
    let said = |n, bytes, asked| small(&tables(n, bytes), asked, Some(1), &Placement::new()).unwrap_err();
    let error = said(9, 600, None);
    assert_eq!(error.to_string(), "needs 2 shards: set output.shards: 2, or narrow tables.include");
    assert_eq!(error.reason(), Reason::OutputTooLarge);
    let error = said(12, 1100, Some(2));
    assert_eq!(error.to_string(), "needs 4 shards: set output.shards: 4, or narrow tables.include");
    for (shards, fits) in [(3, false), (4, true)] {
        assert_eq!(small(&tables(12, 1100), Some(shards), Some(1), &Placement::new()).is_ok(), fits, "and it is true");
    }
    let hopeless = said(17, 3000, None).to_string();
    assert!(hopeless.starts_with("17 tables and views do not fit into 16 shards: narrow"), "{hopeless}");
    let index = said(30, 50, Some(16)).to_string();
    assert!(index.starts_with("the index of 30 tables and views does not fit"), "{index}");
    let one = said(1, SMALL + 1, Some(16)).to_string();
    assert!(one.starts_with("shop.t0000 alone takes 4097 bytes") && one.ends_with("tables.exclude"), "{one}");
    let never = small(&tables(17, 3000), None, None, &Placement::new()).unwrap_err();
    assert!(matches!(never, LayoutError::FarTooLarge { objects: 17 }), "{never}");
}

#[test]
fn a_name_that_came_twice_is_not_published_over_its_namesake() {
    let mut shop = database("shop", vec![table("a", "")]);
    shop.views = vec![view("a")];
    let error = lay(&snapshot(vec![shop]), None, None, &Placement::new()).unwrap_err();
    assert_eq!(error.reason(), Reason::DiscoveryIncomplete);
    assert!(error.to_string().contains("shop.a more than once"), "{error}");
}

#[test]
fn growth_moves_the_least_and_is_refused_only_when_nothing_helps() {
    let mut grown = tables(4, 1000);
    grown.databases[0].tables[0] = table("t0000", &"c".repeat(1500));
    let before = placed(&[("t0000", "1"), ("t0001", "1"), ("t0002", "1"), ("t0003", "2")]);
    let after = placement(&small(&grown, Some(2), Some(2), &before).unwrap().index);
    assert_eq!(after, before, "3,543 bytes still fit");
    grown.databases[0].tables[0] = table("t0000", &"c".repeat(2500));
    let layout = small(&grown, Some(2), Some(2), &before).unwrap();
    assert_sound(&layout, SMALL);
    let moved: Vec<_> = placement(&layout.index).into_iter().filter(|(key, to)| before[key] != *to).collect();
    assert_eq!(moved.len(), 1, "{moved:?}");

    let mut packed = tables(2, 2100);
    packed.databases[0].tables.push(table("t0009", &"c".repeat(3500)));
    let apart = placed(&[("t0000", "1"), ("t0001", "2")]);
    let error = small(&packed, Some(2), Some(2), &apart).unwrap_err();
    assert!(matches!(error, LayoutError::TooLarge { needs: 3 }), "{error}");
}

#[test]
fn another_number_of_shards_is_spread_the_same_way_from_any_past() {
    let snapshot = tables(12, 420);
    let fresh = from_nothing(&snapshot, Some(4));
    for past in [2, 3, 5, 16] {
        let place = placement(&from_nothing(&snapshot, Some(past)).index);
        assert_eq!(small(&snapshot, Some(4), Some(past), &place).unwrap(), fresh, "from {past}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_sizes_a_layout_is_sound_and_repeats_byte_for_byte(
        sizes in proptest::collection::vec(40_usize..2500, 0..24),
        grown in proptest::collection::vec(40_usize..2500, 24),
        asked in proptest::option::of(1_u32..6),
    ) {
        let capacity = 2 * SMALL;
        let of = |sizes: &[usize]| {
            let table = |(n, size): (usize, &usize)| table(&format!("t{n:04}"), &"c".repeat(*size));
            snapshot(vec![database("shop", sizes.iter().enumerate().map(table).collect())])
        };
        let content = of(&sizes);
        let Ok(first) = within(capacity, &content, asked, None, &Placement::new()) else { return Ok(()) };
        assert_sound(&first, capacity);
        let place = placement(&first.index);
        for asked in [asked, None] {
            prop_assert_eq!(&within(capacity, &content, asked, Some(first.shards), &place).unwrap(), &first);
        }
        let changed = of(&grown[..sizes.len()]);
        match within(capacity, &changed, asked, Some(first.shards), &place) {
            Ok(next) => {
                prop_assert_eq!(next.shards, first.shards, "the number never changes by itself");
                assert_sound(&next, capacity);
            }
            Err(LayoutError::TooLarge { needs }) => {
                prop_assert!(needs > first.shards);
                let enough = within(capacity, &changed, Some(needs), Some(first.shards), &place);
                prop_assert_eq!(enough.map(|layout| layout.shards).ok(), Some(needs), "what is said is true");
            }
            Err(error) => prop_assert!(matches!(error, LayoutError::IndexTooLarge { .. }), "{}", error),
        }
    }
}
