//! One ConfigMap or several, and which table stays where.

use super::*;

fn names(layout: &Layout) -> Vec<&str> {
    layout.parts.iter().map(|part| part.name.as_str()).collect()
}

#[test]
fn with_one_shard_all_is_in_one_config_map_and_with_more_the_index_stands_alone_and_last() {
    let content = snapshot(vec![database("shop", vec![table("a", ""), table("b", "")])]);
    let one = lay(&content, Some(1), None, &Placement::new()).unwrap();
    assert_eq!((names(&one), one.parts[0].index), (vec!["orders-schema"], true));
    let three = lay(&content, Some(3), None, &Placement::new()).unwrap();
    assert_eq!(names(&three), ["orders-schema-1", "orders-schema-2", "orders-schema-3", "orders-schema"]);
    assert_eq!(three.parts.iter().map(|p| p.index).collect::<Vec<_>>(), [false, false, false, true]);
    let index = &three.parts[3];
    assert_eq!(index.data.keys().collect::<Vec<_>>(), [INDEX_KEY]);
    assert_eq!(three.parts.iter().map(|p| p.data.len()).sum::<usize>(), 3, "two tables and the index");
    assert!(three.parts[2].data.is_empty(), "a shard is there to be mounted, also while it is empty");
    assert_eq!(three.index.content_hash, one.index.content_hash, "the content is the same however it is spread");
}

#[test]
fn sixteen_shards_are_written_in_the_order_of_their_numbers() {
    let content = snapshot(vec![database("shop", vec![table("a", "")])]);
    let layout = lay(&content, Some(16), None, &Placement::new()).unwrap();
    assert_eq!((names(&layout)[1], names(&layout)[9], layout.parts.len()), ("orders-schema-2", "orders-schema-10", 17));
    for (asked, want) in [(0, 1), (99, 16)] {
        assert_eq!(lay(&content, Some(asked), None, &Placement::new()).unwrap().shards, want, "asked for {asked}");
    }
}

#[test]
fn the_number_of_shards_is_asked_for_or_kept_or_chosen_with_half_as_much_room_again() {
    let six = ["a", "b", "c", "d", "e", "f"];
    for (tables, asked, kept, want) in [
        (sized(&["a"], 1), None, None, 1),
        (sized(&["a"], 1), None, Some(4), 4),
        (sized(&["a"], 1), Some(2), Some(4), 2),
        (sized(&six[..2], 260), None, None, 1),
        (sized(&six[..2], 270), None, None, 2),
        (sized(&six[..3], 300), None, None, 2),
        // 1.5 times the size asks for 4 ConfigMaps, but no two of these fit into one.
        (sized(&six[..5], 410), None, None, 5),
    ] {
        let content = snapshot(vec![database("shop", tables)]);
        let layout = lay(&content, asked, kept, &Placement::new()).unwrap();
        let bytes: usize = layout.parts.iter().map(|p| p.bytes).sum();
        assert_eq!(layout.shards, want, "{bytes} bytes, asked {asked:?}, kept {kept:?}");
        assert!(layout.parts.iter().all(|p| p.bytes <= MAX_BYTES));
    }
}

#[test]
fn what_does_not_fit_says_how_many_shards_would_do() {
    let three = snapshot(vec![database("shop", sized(&["a", "b", "c"], 410))]);
    for (asked, kept) in [(Some(2), None), (None, Some(1)), (Some(2), Some(9))] {
        let error = lay(&three, asked, kept, &Placement::new()).unwrap_err();
        let want = "needs 3 shards: set output.shards: 3, or narrow tables.include";
        assert_eq!(error.to_string(), want, "asked {asked:?}, kept {kept:?}");
    }
    let huge = snapshot(vec![database("shop", sized(&["huge"], 801))]);
    let error = lay(&huge, None, None, &Placement::new()).unwrap_err().to_string();
    assert!(
        error.starts_with("shop.huge alone takes") && error.ends_with("leave it out with tables.exclude"),
        "{error}"
    );
}

#[test]
fn an_index_that_alone_is_too_large_is_hopeless_and_not_a_loop() {
    let tables: Vec<Table> = (0..5000).map(|n| table(&format!("{n:064}"), "")).collect();
    let error = lay(&snapshot(vec![database("shop", tables)]), None, None, &Placement::new()).unwrap_err();
    let text = error.to_string();
    assert!(text.starts_with("the index of 5000 tables and views does not fit into one ConfigMap"), "{text}");
}

#[test]
fn a_table_stays_where_it_is_and_a_new_one_goes_where_there_is_room() {
    let old =
        lay(&snapshot(vec![database("shop", sized(&["b", "c", "d"], 200))]), Some(2), None, &Placement::new()).unwrap();
    let before = placement(&old.index);
    assert_eq!(["b", "c", "d"].map(|t| home(&before, t)), ["orders-schema-1", "orders-schema-2", "orders-schema-1"]);
    // `a` sorts first; it must not push the others around.
    let more = snapshot(vec![database("shop", sized(&["a", "b", "c", "d"], 200))]);
    let new = lay(&more, None, Some(2), &before).unwrap();
    let after = placement(&new.index);
    assert_eq!(home(&after, "a"), "orders-schema-2");
    assert!(before.iter().all(|(table, name)| after[table] == *name));
    assert_eq!(new.parts[0], old.parts[0], "one new table leaves the other shard's bytes alone");
    // A dropped table moves nothing either.
    let fewer = snapshot(vec![database("shop", sized(&["b", "d"], 200))]);
    let after = placement(&lay(&fewer, None, Some(2), &before).unwrap().index);
    assert!(after.iter().all(|(table, name)| before[table] == *name));
}

#[test]
fn a_shard_that_has_grown_too_large_gives_one_table_away() {
    let content = |sizes: [usize; 3]| {
        let tables = ["a", "b", "c"].iter().zip(sizes).flat_map(|(name, kib)| sized(&[*name], kib)).collect();
        snapshot(vec![database("shop", tables)])
    };
    let before = placement(&lay(&content([300, 400, 300]), Some(2), None, &Placement::new()).unwrap().index);
    assert_eq!(["a", "b", "c"].map(|t| home(&before, t)), ["orders-schema-2", "orders-schema-1", "orders-schema-2"]);
    let after = placement(&lay(&content([300, 100, 510]), None, Some(2), &before).unwrap().index);
    assert_eq!(
        ["a", "b", "c"].map(|t| home(&after, t)),
        ["orders-schema-1", "orders-schema-1", "orders-schema-2"],
        "the smaller one, which is enough"
    );
}

#[test]
fn room_in_small_pieces_is_packed_anew_before_anybody_is_asked_for_more_shards() {
    let place = |pairs: &[(&str, &str)]| -> Placement {
        pairs.iter().map(|(t, c)| (("shop".to_owned(), (*t).to_owned()), (*c).to_owned())).collect()
    };
    let mut tables = sized(&["a"], 550);
    tables.extend(sized(&["b", "c"], 300));
    let content = snapshot(vec![database("shop", tables)]);
    // b and c stand apart, and a fits beside neither.
    let before = place(&[("b", "orders-schema-1"), ("c", "orders-schema-2")]);
    let layout = lay(&content, Some(2), None, &before).unwrap();
    let after = placement(&layout.index);
    assert_eq!(["a", "b", "c"].map(|t| home(&after, t)), ["orders-schema-1", "orders-schema-2", "orders-schema-2"]);
}

#[test]
fn another_number_of_shards_spreads_everything_evenly() {
    let content = snapshot(vec![database("shop", sized(&["a", "b", "c"], 10))]);
    let mut before = Placement::new();
    let steps: [(u32, [&str; 3]); 5] = [
        (1, ["orders-schema", "orders-schema", "orders-schema"]),
        (3, ["orders-schema-1", "orders-schema-2", "orders-schema-3"]),
        (4, ["orders-schema-1", "orders-schema-2", "orders-schema-3"]),
        (2, ["orders-schema-1", "orders-schema-2", "orders-schema-1"]),
        (1, ["orders-schema", "orders-schema", "orders-schema"]),
    ];
    for (shards, want) in steps {
        let layout = lay(&content, Some(shards), Some(9), &before).unwrap();
        before = placement(&layout.index);
        assert_eq!(["a", "b", "c"].map(|t| home(&before, t)), want, "{shards} shards");
        assert_eq!(layout.shards, shards);
    }
}

#[test]
fn a_thousand_tables_of_twenty_columns_are_laid_out_whole() {
    let tables: Vec<Table> = (0..1000)
        .map(|n| Table { columns: (1..=20).map(column).collect(), ..table(&format!("table_{n:04}"), "") })
        .collect();
    let content = snapshot(vec![database("shop", tables)]);
    let layout = first(&content);
    assert!(layout.shards > 1 && layout.parts.iter().all(|p| p.bytes <= MAX_BYTES));
    assert_eq!(layout.parts.iter().map(|p| p.data.len()).sum::<usize>(), 1001);
    let mut grown = content.clone();
    grown.databases[0].tables[500].columns.push(column(21));
    let next = lay(&grown, None, Some(layout.shards), &placement(&layout.index)).unwrap();
    let changed: Vec<bool> = layout.parts.iter().zip(&next.parts).map(|(a, b)| a.data != b.data).collect();
    assert_eq!(changed.iter().filter(|c| **c).count(), 2, "one ALTER rewrites one shard and the index");
    assert_eq!(changed.last(), Some(&true));
}
