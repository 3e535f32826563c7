//! Counts, caps, rules and ids.

use serde_json::{Value, json};

use super::*;

const T: &str = "/tables/1";

/// A comment, a narrowed type and a dropped column.
fn three() -> (Database, Database) {
    let new = edited(&[
        (&format!("{T}/comment"), json!("x")),
        (&format!("{T}/columns/2/type/length"), json!(5)),
        (&format!("{T}/columns/8"), Value::Null),
    ]);
    (database(base()), database(new))
}

fn ruled(rules: &[Ignore]) -> Changes {
    let (server, (old, new)) = (server(2), three());
    let (old, new) = ([old], [new]);
    diff(&Side::new(&server, &old), &Side::new(&server, &new), rules)
}

fn rule(kind: Option<ChangeKind>, object: &str, expired: bool) -> Ignore {
    Ignore::new(kind, object, "known", expired).unwrap()
}

#[test]
fn the_worst_comes_first_and_every_class_is_counted() {
    let changes = ruled(&[]);
    let kinds: Vec<_> = changes.items.iter().map(|change| change.kind).collect();
    assert_eq!(kinds, [ChangeKind::ColumnDropped, ChangeKind::TypeNarrowed, ChangeKind::TableCommentChanged]);
    let counts = Counts { breaking_both: 1, breaking_writers: 1, compatible: 1, ..Counts::default() };
    assert_eq!(changes.counts, counts);
    assert_eq!((counts.breaking(), counts.total()), (2, 3));
}

#[test]
fn each_protection_forbids_its_side() {
    let narrowed = between(base(), edited(&[(&format!("{T}/columns/2/type/length"), json!(5))]));
    let relaxed = between(base(), edited(&[(&format!("{T}/columns/3/nullable"), json!(true))]));
    let dropped = between(base(), edited(&[(&format!("{T}/columns/8"), Value::Null)]));
    let risky = between(base(), edited(&[(&format!("{T}/engine"), json!("x"))]));
    for (protect, breaks) in [
        (Protect::None, [false; 4]),
        (Protect::Readers, [false, true, true, false]),
        (Protect::Writers, [true, false, true, false]),
        (Protect::Clients, [true, true, true, false]),
    ] {
        let found = [&narrowed, &relaxed, &dropped, &risky].map(|changes| changes.breaks(protect));
        assert_eq!(found, breaks, "{protect:?}");
    }
}

#[test]
fn a_rule_ignores_its_kind_and_its_objects_and_says_why() {
    use ChangeKind::{ColumnDropped, TableCommentChanged, TypeNarrowed};
    for (kind, object, ignored) in [
        (Some(ColumnDropped), "shop.*", vec![ColumnDropped]),
        (Some(ColumnDropped), "shop.orders", vec![ColumnDropped]),
        (Some(ColumnDropped), "SHOP.orders.spot", vec![ColumnDropped]),
        (Some(ColumnDropped), "shop.orders.email", vec![]),
        (Some(TypeNarrowed), "crm.*", vec![]),
        (None, "shop.orders", vec![ColumnDropped, TypeNarrowed, TableCommentChanged]),
        (None, "shop.orders.*", vec![ColumnDropped, TypeNarrowed]),
        (None, "*.e[lm]ail", vec![TypeNarrowed]),
    ] {
        let changes = ruled(&[rule(kind, object, false)]);
        let passed = changes.items.iter().filter(|change| change.ignored.as_deref() == Some("known"));
        assert_eq!(passed.map(|change| change.kind).collect::<Vec<_>>(), ignored, "{kind:?} {object}");
        assert_eq!((changes.counts.ignored, changes.counts.total()), (ignored.len(), 3 - ignored.len()), "{object}");
    }
    let changes = ruled(&[rule(None, "shop.orders.*", false)]);
    assert!(!changes.breaks(Protect::Clients) && !changes.is_empty(), "ignored is not held, and still told");
    assert!(changes.items[0].ignored.is_none(), "what counts comes first");
}

#[test]
fn an_expired_rule_counts_again_and_is_reported() {
    let changes = ruled(&[rule(Some(ChangeKind::ColumnDropped), "shop.orders", true), rule(None, "nothing", true)]);
    assert!(changes.breaks(Protect::Readers) && changes.counts.ignored == 0);
    assert_eq!(
        changes.expired.notes,
        ["the rule that ignored column_dropped of shop.orders has expired; what it covered counts again"]
    );
    let renewed = ruled(&[rule(None, "shop.orders", true), rule(None, "shop.*", false)]);
    assert!(renewed.expired.is_empty() && renewed.counts.total() == 0, "another rule still covers it");
    assert!(Ignore::new(None, "[", "", false).is_err());
}

#[test]
fn a_rule_by_the_old_name_covers_a_rename() {
    let new = edited(&[(&format!("{T}/columns/7/name"), json!("yes"))]);
    let (server, old, new) = (server(2), [database(base())], [database(new)]);
    let changes = diff(&Side::new(&server, &old), &Side::new(&server, &new), &[rule(None, "shop.orders.flag", false)]);
    assert_eq!((changes.items[0].kind, changes.counts.ignored), (ChangeKind::ColumnRenamed, 1));
}

/// So many tables, each with one column of another length.
fn many(tables: usize, length: u64) -> Database {
    let table = |number: usize| {
        json!({"name": format!("t{number:05}"), "kind": "base", "columns": [{"name": "c", "ordinal": 1, "nullable": true,
            "type": {"base": "varchar", "length": length, "unit": "chars"}, "comment": length.to_string()}]})
    };
    database(json!({"name": "d", "tables": (0..tables).map(table).collect::<Vec<_>>()}))
}

#[test]
fn a_thousand_are_listed_the_worst_of_them_and_all_are_counted() {
    let changes = changes(&[many(3000, 20)], &[many(3000, 10)]);
    assert_eq!((changes.items.len(), changes.truncated, changes.left_out), (LISTED, true, 5000));
    assert_eq!((changes.counts.breaking_writers, changes.counts.compatible), (3000, 3000));
    assert!(changes.items.iter().all(|change| change.kind == ChangeKind::TypeNarrowed));
    let names: Vec<_> = changes.items.iter().map(|change| change.table.clone().unwrap()).collect();
    assert!(names.is_sorted() && names[0] == "t00000" && names[LISTED - 1] == "t00999");
}

#[test]
fn ids_stay_and_tell_changes_apart() {
    let (first, second) = (ruled(&[]), ruled(&[rule(None, "*", false)]));
    let ids =
        |changes: &Changes| changes.items.iter().map(|change| (change.kind, change.id.clone())).collect::<Vec<_>>();
    assert_eq!(ids(&first), ids(&second), "whatever the rules say");
    assert!(ids(&first).iter().all(|(_, id)| id.len() == 12 && id.chars().all(|c| c.is_ascii_hexdigit())));
    let length =
        |to: u32| between(base(), edited(&[(&format!("{T}/columns/2/type/length"), json!(to))])).items[0].id.clone();
    assert_ne!(length(5), length(6));
    // In a shell: a=$(printf %s 'varchar(20)' | sha256sum | cut -d' ' -f1), b likewise of varchar(5), then
    // printf %s "type_narrowed|shop|orders|email|$a|$b" | sha256sum | cut -c1-12
    assert_eq!(length(5), "c88f0d2fc3f7");
}

#[test]
fn it_reads_back_as_it_was_written() {
    let changes = ruled(&[rule(Some(ChangeKind::TypeNarrowed), "*", false)]);
    let text = serde_json::to_string(&changes).unwrap();
    assert_eq!(serde_json::from_str::<Changes>(&text).unwrap(), changes);
    let value: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["counts"]["breakingBoth"], 1);
    assert_eq!(value["items"][0]["readers"], "breaking");
    assert_eq!(value["items"][0]["suggestions"][0], "let every client stop naming it first, then drop it");
    assert_eq!(value["items"][2]["ignored"], "known");
    assert_eq!((value["truncated"].clone(), value["leftOut"].clone()), (json!(false), json!(0)));
}
