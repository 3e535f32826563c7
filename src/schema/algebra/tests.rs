use proptest::prelude::*;

use super::Relation::{Changed, Narrowed, Same, Widened};
use super::Verdict::{Breaking, Ok, Risky};
use super::*;
use crate::schema::{Engine, sql_type};

/// A type's text, and behind a blank its character set where it matters.
fn parsed(text: &str) -> (Type, String) {
    let (r#type, charset) = text.split_once(" @").unwrap_or((text, ""));
    (sql_type::parse(r#type, Engine::Mysql).r#type, charset.to_owned())
}

fn compared(old: &str, new: &str) -> TypeChange {
    let ((old, old_charset), (new, new_charset)) = (parsed(old), parsed(new));
    let domain = |r#type, charset| Domain { r#type, charset };
    assert!(old.base != "unknown" && new.base != "unknown");
    compare_domains(domain(&old, &old_charset), domain(&new, &new_charset))
}

#[test]
fn every_family_is_compared_by_the_values_it_holds() {
    for (old, new, relation) in [
        ("int", "int", Same),
        ("int", "bigint", Widened),
        ("bigint", "int", Narrowed),
        ("int", "int unsigned", Changed),
        ("int unsigned", "bigint", Widened),
        ("bigint unsigned", "bigint", Changed),
        ("tinyint unsigned", "smallint", Widened),
        ("int", "decimal(10,0)", Widened),
        ("int", "decimal(9,0)", Narrowed),
        ("int", "decimal(9,2)", Changed),
        ("int", "decimal(12,2)", Widened),
        ("int", "decimal(12,2) unsigned", Changed),
        ("int unsigned", "decimal(12,2) unsigned", Widened),
        ("bigint unsigned", "decimal(20,0)", Widened),
        ("bigint unsigned", "decimal(19,0)", Changed),
        ("decimal(9,0)", "int", Widened),
        ("decimal(65,0)", "bigint", Narrowed),
        ("decimal(10,2)", "decimal(12,2)", Widened),
        ("decimal(10,2)", "decimal(10,4)", Changed),
        ("decimal(10,2)", "decimal(12,4)", Widened),
        ("decimal(10,2)", "decimal(10,1)", Changed),
        ("decimal(10,2)", "decimal(9,2)", Narrowed),
        ("decimal(10,2) unsigned", "decimal(10,2)", Widened),
        ("float", "double", Widened),
        ("double", "float", Narrowed),
        ("float(7,2)", "float", Widened),
        ("float(7,2)", "float(8,2)", Widened),
        ("float(7,2)", "float(7,3)", Changed),
        ("int", "double", Changed),
        ("decimal(10,2)", "double", Changed),
        ("int", "varchar(20)", Changed),
        ("bit(4)", "bit(8)", Widened),
        ("bit(8)", "bit(4)", Narrowed),
        ("bit(8)", "tinyint unsigned", Changed),
        ("varchar(10)", "varchar(20)", Widened),
        ("varchar(20)", "varchar(10)", Narrowed),
        ("varchar(20) @utf8mb3", "varchar(20) @utf8mb4", Widened),
        ("varchar(20) @utf8mb4", "varchar(20) @latin1", Narrowed),
        ("varchar(20) @utf8mb4", "varchar(20) @utf8mb3", Narrowed),
        ("varchar(20) @utf8mb4", "varchar(20) @ascii", Narrowed),
        ("varchar(20) @ascii", "varchar(20) @latin1", Widened),
        ("varchar(20) @latin1", "varchar(20) @latin2", Changed),
        ("varchar(20) @utf8mb4", "varchar(30) @latin1", Changed),
        ("varchar(20) @utf8mb4", "varchar(20) @utf16", Same),
        ("varchar(255) @utf8mb4", "tinytext @utf8mb4", Narrowed),
        ("varchar(63) @utf8mb4", "tinytext @utf8mb4", Widened),
        ("varchar(255) @latin1", "tinytext @latin1", Same),
        ("text @latin1", "text @utf8mb4", Changed),
        ("text @latin1", "mediumtext @utf8mb4", Widened),
        ("text @utf8mb3", "text @utf8mb4", Widened),
        ("text @ascii", "text @utf16", Changed),
        ("varchar(20) @utf8mb4", "text", Widened),
        ("text", "longtext", Widened),
        ("longtext", "text", Narrowed),
        ("char(10)", "varchar(10)", Widened),
        ("char(10)", "varchar(9)", Changed),
        ("varchar(10)", "char(10)", Narrowed),
        ("varchar(10)", "char(20)", Changed),
        ("char(10)", "char(20)", Widened),
        ("varbinary(10)", "varbinary(20)", Widened),
        ("varbinary(20)", "blob", Widened),
        ("blob", "tinyblob", Narrowed),
        ("binary(10)", "binary(20)", Changed),
        ("binary(20)", "binary(10)", Changed),
        ("binary(10)", "varbinary(20)", Widened),
        ("varbinary(10)", "binary(10)", Narrowed),
        ("varchar(10)", "varbinary(10)", Changed),
        ("datetime", "datetime(6)", Widened),
        ("timestamp(6)", "timestamp(3)", Narrowed),
        ("time", "time(1)", Widened),
        ("date", "datetime", Changed),
        ("datetime", "date", Changed),
        ("year", "int", Changed),
        ("enum('a','b')", "enum('a','b','c')", Widened),
        ("enum('a','b')", "enum('b','a')", Same),
        ("enum('a','b')", "enum('b','c')", Changed),
        ("set('a','b')", "set('a')", Narrowed),
        ("enum('a')", "set('a')", Changed),
        ("enum('a')", "varchar(5)", Changed),
        ("vector", "vector(3)", Narrowed),
        ("vector(3)", "vector", Widened),
        ("vector(3)", "vector(4)", Changed),
        ("point", "geometry", Widened),
        ("point", "polygon", Changed),
        ("json", "longtext", Changed),
        ("uuid", "uuid", Same),
        ("inet4", "inet6", Changed),
    ] {
        assert_eq!(compared(old, new).relation, relation, "{old} -> {new}");
    }
}

#[test]
fn each_side_is_judged_and_the_special_cases_stand_out() {
    for (old, new, readers, writers) in [
        ("int", "int", Ok, Ok),
        ("int", "bigint", Risky, Ok),
        ("bigint", "int", Ok, Breaking),
        ("int", "varchar(20)", Breaking, Breaking),
        ("timestamp", "datetime", Risky, Risky),
        ("datetime(3)", "timestamp(6)", Risky, Risky),
        ("datetime(3)", "timestamp", Risky, Breaking),
        ("date", "datetime", Breaking, Ok),
        ("date", "datetime(6)", Breaking, Ok),
        ("datetime", "date", Breaking, Breaking),
        ("tinyint(1)", "tinyint", Risky, Ok),
        ("tinyint", "tinyint(1)", Risky, Ok),
        ("int unsigned", "int(5) unsigned zerofill", Risky, Ok),
        ("varbinary(65535)", "blob", Risky, Ok),
        ("enum('a','b')", "enum('a','b','c')", Risky, Ok),
        ("enum('a','b')", "enum('c','a','b')", Risky, Risky),
        ("enum('a','b')", "enum('b','a')", Risky, Risky),
        ("enum('a','b')", "enum('b')", Ok, Breaking),
        ("enum('a','b','c')", "enum('a','c','d')", Risky, Breaking),
        ("set('a','b')", "set('b','a')", Risky, Risky),
        ("varchar(9) @utf8mb3", "varchar(9) @utf8mb4", Risky, Ok),
        ("varchar(9) @utf8mb4", "varchar(9) @latin1", Ok, Breaking),
    ] {
        let change = compared(old, new);
        assert_eq!((change.readers, change.writers), (readers, writers), "{old} -> {new}");
    }
}

#[test]
fn members_are_removed_renumbered_or_appended() {
    let list = |text: &str| text.chars().map(String::from).collect::<Vec<_>>();
    for (old, new, removed, renumbered, appended) in [
        ("ab", "ab", false, false, false),
        ("ab", "abc", false, false, true),
        ("ab", "acb", false, true, false),
        ("ab", "ba", false, true, false),
        ("abc", "ac", true, false, false),
        ("abc", "acd", true, false, true),
        ("abc", "cad", true, true, false),
        ("", "a", false, false, true),
    ] {
        let want = MemberChange { removed, renumbered, appended };
        assert_eq!(member_change(&list(old), &list(new)), want, "{old} -> {new}");
    }
}

/// One of many types, with a character set.
fn any_domain() -> impl Strategy<Value = (Type, String)> {
    let numbers = prop::sample::select(vec!["tinyint", "smallint unsigned", "int", "int unsigned", "bigint", "float"]);
    let decimals = (1..40_u32, 0..10_u32, any::<bool>()).prop_map(|(whole, scale, unsigned)| {
        format!("decimal({},{scale}){}", whole + scale, if unsigned { " unsigned" } else { "" })
    });
    let charset = prop::sample::select(vec!["ascii", "latin1", "latin2", "utf8mb3", "utf8mb4", "utf16", "gbk"]);
    let base = prop_oneof![
        (prop::sample::select(vec!["char", "varchar"]), 0..400_u32).prop_map(|(base, n)| format!("{base}({n})")),
        prop::sample::select(vec!["tinytext", "text", "mediumtext"]).prop_map(str::to_owned),
    ];
    let text = (base, charset).prop_map(|(base, charset)| format!("{base} @{charset}"));
    let other = prop::sample::select(vec![
        "binary(3)",
        "binary(4)",
        "varbinary(4)",
        "blob",
        "bit(3)",
        "bit(9)",
        "datetime",
        "datetime(3)",
        "timestamp",
        "date",
        "enum('a')",
        "enum('a','b')",
        "set('a')",
        "vector",
        "vector(2)",
        "point",
        "geometry",
        "json",
    ]);
    prop_oneof![numbers.prop_map(str::to_owned), decimals, text, other.prop_map(str::to_owned),]
        .prop_map(|text| parsed(&text))
}

proptest! {
    #[test]
    fn subset_is_reflexive_and_transitive_and_relations_mirror(a in any_domain(), b in any_domain(), c in any_domain()) {
        let domain = |(r#type, charset): &'_ (Type, String)| -> (Type, String) { (r#type.clone(), charset.clone()) };
        let (a, b, c) = (domain(&a), domain(&b), domain(&c));
        let of = |x: &(Type, String), y: &(Type, String)| {
            subset(Domain { r#type: &x.0, charset: &x.1 }, Domain { r#type: &y.0, charset: &y.1 })
        };
        prop_assert!(of(&a, &a));
        prop_assert!(!(of(&a, &b) && of(&b, &c)) || of(&a, &c), "{a:?} {b:?} {c:?}");
        let lie = |x: &(Type, String), y: &(Type, String)| {
            relation(Domain { r#type: &x.0, charset: &x.1 }, Domain { r#type: &y.0, charset: &y.1 })
        };
        let mirrored = match lie(&a, &b) { Widened => Narrowed, Narrowed => Widened, other => other };
        prop_assert_eq!(lie(&b, &a), mirrored);
    }
}
