//! What is selected, by table of cases.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

#[test]
fn tables_are_selected_by_glob() {
    let cases: &[(&[&str], &[&str], &str, bool, bool)] = &[
        (&[], &[], "orders", false, true),
        (&["*"], &["tmp_*"], "tmp_x", false, false),
        (&["ord*"], &[], "orders", false, true),
        (&["shop.ord*"], &[], "orders", false, true),
        (&["other.*"], &[], "orders", false, false),
        (&["ORDERS"], &[], "orders", false, false),
        (&["ORDERS"], &[], "orders", true, true),
        (&["*"], &GHOST_TABLES, "_orders_gho", false, false),
        (&["*"], &GHOST_TABLES, "_orders", false, true),
        (&["a.b c-ü"], &[], "a.b c-ü", false, true),
    ];
    for (include, exclude, table, fold, want) in cases {
        let selection = Selection::new(&["shop"], &[], include, exclude).unwrap();
        assert_eq!(selection.table("shop", table, *fold), *want, "{include:?} {exclude:?} {table} {fold}");
    }
}

#[test]
fn exact_names_are_no_globs() {
    let names = ["a*", "b[1]", "c\\d", "{e,f}"];
    let selection = Selection::exactly(&names).unwrap();
    for name in names {
        assert!(selection.database(name, false) && selection.database(&name.to_uppercase(), true), "{name}");
        assert!(selection.table(name, "_x_gho", false));
    }
    for other in ["ab", "b1", "cd", "e", "f", ""] {
        assert!(!selection.database(other, false), "{other}");
    }
    assert_eq!(selection.database_globs, names);
}

#[test]
fn system_databases_are_never_selected() {
    let selection = Selection::new(&["*", "mysql"], &["secret"], &[], &[]).unwrap();
    for (name, want) in [("shop", true), ("mysql", false), ("METRICS_SCHEMA", false), ("secret", false), ("test", true)]
    {
        assert_eq!(selection.database(name, false), want, "{name}");
    }
    assert!(selection.literal_databases().is_none());
    assert!(Selection::new(&["shop", "a-b"], &[], &[], &[]).unwrap().literal_databases().is_some());
}

#[test]
fn a_limit_takes_away_and_never_adds() {
    // Includes, excludes, limit, name, fold, wanted.
    let cases: &[(&[&str], &[&str], &[&str], &str, bool, bool)] = &[
        (&["*"], &[], &["shop*"], "shop_eu", false, true),
        (&["*"], &[], &["shop*"], "billing", false, false),
        (&["*"], &[], &["*"], "mysql", false, false),
        (&["*_eu"], &[], &["shop*"], "shop_eu", false, true),
        (&["*_eu"], &[], &["shop*"], "shop_us", false, false),
        (&["*_eu"], &[], &["shop*"], "bank_eu", false, false),
        (&["shop*"], &["shop_x"], &["shop_x", "shop_y"], "shop_x", false, false),
        (&["shop*"], &["shop_x"], &["shop_x", "shop_y"], "shop_y", false, true),
        (&["Shop"], &[], &["shop"], "shop", true, true),
        (&["Shop"], &[], &["shop"], "Shop", false, false),
        (&["shop"], &[], &[], "shop", false, false),
        (&["[ab]*"], &[], &["?x"], "ax", false, true),
        (&["[ab]*"], &[], &["?x"], "cx", false, false),
    ];
    for (include, exclude, limit, name, fold, want) in cases {
        let selection = Selection::new(include, exclude, &[], &[]).unwrap();
        let selection = selection.within(Globs::new("databases", limit).unwrap());
        assert_eq!(selection.database(name, *fold), *want, "{include:?} {exclude:?} {limit:?} {name} {fold}");
    }
}

#[test]
fn what_lies_beyond_the_limit_is_not_asked_for_by_name() {
    let limit = || Globs::new("databases", &["shop*"]).unwrap();
    let named = |include: &[&str]| Selection::new(include, &[], &[], &[]).unwrap().within(limit());
    assert_eq!(named(&["shop", "bank"]).literal_databases(), Some(&["shop".to_owned()][..]));
    assert_eq!(named(&["SHOP"]).literal_databases(), Some(&["SHOP".to_owned()][..]), "case may not count");
    assert_eq!(named(&["bank*"]).literal_databases(), None);
    assert!(named(&["bank", "mail"]).is_void() && !named(&["bank", "shop"]).is_void() && !named(&["bank*"]).is_void());
}

#[test]
fn a_broken_glob_names_its_field_and_says_what_to_do() {
    let error = Selection::new(&["shop"], &[], &["[a"], &[]).unwrap_err();
    let text = error.to_string();
    assert!(text.starts_with("tables.include: \"[a\" is not a valid glob:") && text.contains("use *"), "{text}");
}
