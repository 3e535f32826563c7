//! The diagram's words, and that no model breaks its form. That Mermaid itself reads it is tested by `tests/outputs/`.
#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::output::testing::{any_database, column, link, linked};

#[test]
fn tables_columns_and_keys_are_drawn() {
    let database: Database = serde_json::from_value(json!({"name": "d", "tables": [
        {"name": "child", "kind": "base", "columns": [
            {"name": "id", "ordinal": 1, "type": {"base": "bigint", "unsigned": true}, "nullable": false},
            {"name": "x", "ordinal": 2, "type": {"base": "decimal", "precision": 10, "scale": 2}, "nullable": true, "comment": "it's \"so\"\n100%"},
            {"name": "a b", "ordinal": 3, "type": {"base": "enum", "values": ["a,b"]}, "nullable": true, "comment": "c"}],
            "primaryKey": {"columns": [{"column": "id"}]},
            "indexes": [{"name": "u", "unique": true, "type": "btree", "parts": [{"column": "a b"}]}],
            "foreignKeys": [link("fk", None, "Parent Ü"), link("out", Some("e"), "p")]},
        {"name": "Parent Ü", "kind": "base", "columns": [column("id", false)]}]}))
    .unwrap();
    let want = r#"erDiagram
  e_p["e.p"]
  child {
    bigint_unsigned id PK
    decimal_10_2 x FK "it's 'so' 100_"
    enum a_b UK "a b: c"
  }
  Parent__ |o--o{ child : "fk"
  e_p |o--o{ child : "out"
  Parent__["Parent Ü"] {
    int id
  }
"#;
    assert_eq!(texts(&database), [want]);
}

#[test]
fn a_type_is_one_word() {
    for (text, want) in [
        ("decimal(10,2)", "decimal_10_2"),
        ("int unsigned zerofill", "int_unsigned_zerofill"),
        ("enum('a,b')", "enum"),
        ("hyperloglog (7) X'", "hyperloglog_7_X_"),
        ("7d", "_7d"),
        ("( )", "unknown"),
    ] {
        let r#type = crate::schema::sql_type::parse(text, crate::schema::Engine::Tidb).r#type;
        assert_eq!(type_word(&r#type), want);
    }
}

#[test]
fn the_ends_of_an_edge_tell_how_many() {
    for (nullable, primary, unique, want) in [
        (false, false, false, "||--o{"),
        (true, false, false, "|o--o{"),
        (false, true, false, "||--o|"),
        (false, false, true, "||--o|"),
        (true, false, true, "|o--o|"),
    ] {
        let part = json!([{"column": "x"}]);
        let mut table = json!({"name": "t", "kind": "base", "columns": [column("x", nullable)], "foreignKeys": [link("k", None, "p")],
            "indexes": [{"name": "i", "unique": unique, "type": "btree", "parts": part}]});
        if primary {
            table["primaryKey"] = json!({"columns": part});
        }
        let table: Table = serde_json::from_value(table).unwrap();
        assert_eq!(cardinality(&table, &table.foreign_keys[0]), want, "{nullable} {primary} {unique}");
    }
}

#[test]
fn words_are_never_those_of_mermaid() {
    for (name, entity, want) in [
        ("orders", true, "orders"),
        ("a-b_1", true, "a-b_1"),
        ("1a", true, "_1a"),
        ("-a", false, "_-a"),
        ("", true, "_"),
        ("größe", true, "gr__e"),
        ("ONE", true, "_ONE"),
        ("one", false, "one"),
        ("PK", false, "_PK"),
        ("to", false, "_to"),
    ] {
        assert_eq!(word(name, entity), want, "{name}");
    }
    assert_eq!(label("%%{x}%% \"a\\b\"\n"), "__{x}__ 'a_b' ");
    assert_eq!((label(" "), label(&"ü".repeat(121)).chars().count()), ("_".to_owned(), 121));
}

#[test]
fn entities_that_would_be_one_word_are_numbered() {
    let database = linked(&[("a b", &[]), ("a.b", &[]), ("a_b", &[])]);
    let text = texts(&database).concat();
    for line in ["  a_b[\"a b\"] {\n", "  a_b_2[\"a.b\"] {\n", "  a_b_3[\"a_b\"] {\n"] {
        assert!(text.contains(line), "{text}");
    }
}

#[test]
fn each_part_of_a_long_diagram_stands_alone() {
    let names: Vec<String> = (0..40).map(|n| format!("t {n:02}")).collect();
    let tables: Vec<(&str, &[&str])> = names.iter().map(|name| (name.as_str(), &["t 00"][..])).collect();
    let parts = texts_within(&linked(&tables), 400);
    assert!(parts.len() > 3, "{}", parts.len());
    for (at, part) in parts.iter().enumerate() {
        assert!(part.len() <= 400 && part.starts_with(HEAD), "{part}");
        assert_eq!(part.matches("t_00[\"t 00\"]").count(), 1, "part {at} has a box for the parent: {part}");
    }
    assert_eq!(parts.concat().matches(" {\n").count(), names.len());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_model_has_a_diagram_of_the_one_form_there_is(database in any_database(), most in 0..2000_usize) {
        let parts = texts_within(&database, most);
        prop_assert_eq!(&parts, &texts_within(&database.clone(), most));
        let word = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
        for line in parts.iter().flat_map(|part| part.lines()) {
            let (bare, quoted) = line.split_once('"').map_or((line, None), |(bare, rest)| (bare, Some(rest)));
            prop_assert!(quoted.is_none_or(|rest| rest.matches('"').count() == 1), "{}", line);
            let words = bare.split_whitespace().count();
            prop_assert!(!line.starts_with("    ") || words >= 2, "a column is a type and a name: {}", line);
            for token in bare.split([' ', ',']).filter(|token| !token.is_empty()) {
                let known = ["{", "}", ":", "||--o{", "||--o|", "|o--o{", "|o--o|"].contains(&token);
                prop_assert!(known || word(token.trim_end_matches('[')), "{} in {}", token, line);
            }
        }
    }
}
