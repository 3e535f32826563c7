//! The report people read.

use serde_json::{Value, json};

use super::super::text::{render, summary};
use super::*;

const T: &str = "/tables/1";

fn several() -> Changes {
    between(
        base(),
        edited(&[
            (&format!("{T}/comment"), json!("x\u{1b}[31m\n")),
            (&format!("{T}/columns/2/type/length"), json!(5)),
            (&format!("{T}/columns/8"), Value::Null),
            (&format!("{T}/columns/3/nullable"), json!(true)),
            (&format!("{T}/checks/0/expr"), json!("unknown")),
        ]),
    )
}

#[test]
fn each_change_is_one_line_and_the_columns_line_up() {
    let text = render(&several(), Protect::Clients, false);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines,
        [
            "CLASS     OBJECT             KIND                   CHANGE                     WHO                         WHY",
            "BREAKING  shop.orders.spot   column_dropped         point removed              breaks readers and writers  statements that name it fail",
            "BREAKING  shop.orders.n      nullability_relaxed    not null -> null           breaks readers              readers meet NULL",
            "BREAKING  shop.orders.email  type_narrowed          varchar(20) -> varchar(5)  breaks writers              values that were accepted are refused or cut; touches view shop.v_mail",
            "ok        shop.orders        table_comment_changed  o -> x\u{fffd}[31m\u{fffd}               nobody                      a comment changes nothing",
            "",
            "could not compare: shop.orders.ck_n: the condition of the check is visible on one side only",
            "",
            "4 changes: 1 breaking both sides, 1 breaking readers, 1 breaking writers, 1 compatible; 3 of them break protected clients",
        ]
    );
}

#[test]
fn colour_is_only_in_the_first_column() {
    let text = render(&several(), Protect::Clients, true);
    assert!(text.contains("\u{1b}[31mBREAKING\u{1b}[0m  shop.orders.spot "), "{text}");
    assert!(text.contains("\u{1b}[32mok      \u{1b}[0m  shop.orders "), "{text}");
    let plain: String =
        text.replace("\u{1b}[31m", "").replace("\u{1b}[32m", "").replace("\u{1b}[2m", "").replace("\u{1b}[0m", "");
    assert_eq!(plain, render(&several(), Protect::Clients, false));
}

#[test]
fn the_summary_says_whether_it_may_pass() {
    let comment = between(base(), edited(&[(&format!("{T}/comment"), json!("x"))]));
    for (changes, protect, want) in [
        (&Changes::default(), Protect::Clients, "no changes"),
        (&comment, Protect::Clients, "1 change: 1 compatible; clients are safe"),
        (&comment, Protect::None, "1 change: 1 compatible; nobody is protected"),
        (
            &several(),
            Protect::Readers,
            "4 changes: 1 breaking both sides, 1 breaking readers, 1 breaking writers, 1 compatible; 2 of them break protected readers",
        ),
    ] {
        assert_eq!(summary(changes, protect), want);
    }
    let hidden = between(base(), edited(&[("/views/0/definition", Value::Null)]));
    assert_eq!(summary(&hidden, Protect::Clients), "no changes in what could be compared");
    assert_eq!(render(&Changes::default(), Protect::Clients, true), "no changes\n");
}

#[test]
fn what_is_left_out_is_counted() {
    let changes = Changes { truncated: true, left_out: 7, ..several() };
    assert!(render(&changes, Protect::None, false).contains("\n… and 7 more, none worse than these\n"));
}
