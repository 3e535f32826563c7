use proptest::prelude::*;

use super::Relation::{Changed, Equal, LiveSubset, LiveSuperset};
use super::*;
use crate::schema::{Engine, sql_type};

fn parse(text: &str) -> Type {
    sql_type::parse(text, Engine::Mysql).r#type
}

/// `TYPE` or `TYPE @ CHARSET`.
fn column(text: &str) -> (Type, String) {
    let (words, charset) = text.split_once(" @ ").unwrap_or((text, "utf8mb4"));
    (parse(words), charset.to_owned())
}

fn compare(expected: &str, live: &str) -> Relation {
    let ((expected, expected_charset), (live, live_charset)) = (column(expected), column(live));
    relation((&expected, &expected_charset), (&live, &live_charset))
}

#[test]
fn a_live_type_is_compared_with_the_expected_one_as_a_set_of_values() {
    for (expected, live, want) in [
        ("int", "int", Equal),
        ("int", "bigint", LiveSuperset),
        ("bigint", "int", LiveSubset),
        ("int", "int unsigned", Changed),
        ("bigint", "int unsigned", LiveSubset),
        ("bigint unsigned", "bigint", Changed),
        ("tinyint(1)", "tinyint", Equal),
        ("tinyint(1)", "bool", Changed),
        ("int", "decimal(10,0)", LiveSuperset),
        ("int", "decimal(9,0)", Changed),
        ("int", "decimal(12,2)", LiveSuperset),
        ("int", "decimal(12,2) unsigned", Changed),
        ("int unsigned", "decimal(12,2) unsigned", LiveSuperset),
        ("bigint unsigned", "decimal(20,0)", LiveSuperset),
        ("bigint unsigned", "decimal(19,0)", Changed),
        ("decimal(10,0)", "int", LiveSubset),
        ("decimal(10,0) unsigned", "int", Changed),
        ("decimal(10,2)", "decimal(12,2)", LiveSuperset),
        ("decimal(10,2)", "decimal(10,4)", Changed),
        ("decimal(10,2)", "decimal(12,4)", LiveSuperset),
        ("decimal(10,4)", "decimal(8,2)", LiveSubset),
        ("decimal(10,2)", "decimal(10,2) unsigned", LiveSubset),
        ("float", "double", LiveSuperset),
        ("double", "float", LiveSubset),
        ("float", "float(7,2)", LiveSubset),
        ("float(7,2)", "float(9,2)", LiveSuperset),
        ("float", "decimal(10,2)", Changed),
        ("varchar(255)", "varchar(10)", LiveSubset),
        ("varchar(10)", "varchar(255)", LiveSuperset),
        ("varchar(255)", "tinytext", LiveSubset),
        ("varchar(255)", "text", LiveSuperset),
        ("varchar(16383)", "text", LiveSuperset),
        ("varchar(255) @ latin1", "tinytext @ latin1", Equal),
        ("text", "mediumtext", LiveSuperset),
        ("char(10)", "varchar(10)", LiveSuperset),
        ("varchar(10)", "char(10)", LiveSubset),
        ("char(10)", "varchar(5)", Changed),
        ("varchar(9) @ utf8mb3", "varchar(9) @ utf8mb4", LiveSuperset),
        ("varchar(9) @ utf8mb4", "varchar(9) @ latin1", LiveSubset),
        ("varchar(9) @ latin1", "varchar(9) @ cp1251", Changed),
        ("varchar(9) @ latin1", "varchar(9) @ ascii", LiveSubset),
        ("varchar(190)", "var_string(760)", Equal),
        ("varchar(9)", "varbinary(36)", Changed),
        ("varbinary(9)", "blob", LiveSuperset),
        ("binary(16)", "binary(16)", Equal),
        ("binary(16)", "binary(20)", Changed),
        ("binary(16)", "varbinary(16)", LiveSuperset),
        ("varbinary(16)", "binary(16)", LiveSubset),
        ("varbinary(8)", "binary(16)", Changed),
        ("bit(1)", "bit(8)", LiveSuperset),
        ("bit(8)", "tinyint unsigned", Changed),
        ("enum('a','b')", "enum('a','b','c')", LiveSuperset),
        ("enum('a','b','c')", "enum('a','c')", LiveSubset),
        ("enum('a','b')", "enum('b','a')", Changed),
        ("enum('a','b')", "enum('a','c')", Changed),
        ("enum('a')", "set('a')", Changed),
        ("set('a','b')", "set('a')", LiveSubset),
        ("datetime", "datetime(3)", LiveSuperset),
        ("time(6)", "time", LiveSubset),
        ("datetime", "timestamp", Changed),
        ("date", "datetime", LiveSuperset),
        ("datetime", "date", Changed),
        ("year", "year", Equal),
        ("year", "smallint", Changed),
        ("vector", "vector(3)", LiveSubset),
        ("vector(3)", "vector", LiveSuperset),
        ("vector(3)", "vector(4)", Changed),
        ("json", "longtext", Changed),
        ("uuid", "char(36)", Changed),
        ("hyperloglog", "HYPERLOGLOG", Equal),
        ("hyperloglog", "sketch", Changed),
    ] {
        assert_eq!(compare(expected, live), want, "expected {expected}, live {live}");
    }
}

#[test]
fn a_side_without_a_character_set_takes_the_others() {
    let (text, short) = (parse("varchar(9)"), parse("varchar(5)"));
    assert_eq!(relation((&text, ""), (&text, "latin1")), Equal);
    assert_eq!(relation((&text, "utf8mb4"), (&short, "")), LiveSubset);
}

fn any_type() -> impl Strategy<Value = String> {
    let sized = |names: &'static [&'static str], most: u32| {
        (prop::sample::select(names), 0..most).prop_map(|(name, n)| format!("{name}({n})"))
    };
    prop_oneof![
        prop::sample::select(
            &[
                "tinyint",
                "tinyint(1)",
                "smallint unsigned",
                "mediumint",
                "int",
                "int unsigned",
                "bigint",
                "float",
                "double unsigned",
                "tinytext",
                "text",
                "mediumtext",
                "longtext",
                "tinyblob",
                "longblob",
                "date",
                "year",
                "json",
                "vector",
                "uuid",
                "point",
                "odd",
                "bigint unsigned zerofill",
            ][..]
        )
        .prop_map(str::to_owned),
        sized(&["char", "varchar", "binary", "varbinary", "bit", "vector", "var_string"], 300),
        sized(&["datetime", "timestamp", "time"], 7),
        (1_u32..20, 0_u32..20).prop_map(|(p, s)| format!("decimal({p},{s})")),
        prop::collection::vec("[ab]", 1..3).prop_map(|m| format!("enum('{}')", m.join("','"))),
    ]
}

proptest! {
    #[test]
    fn the_relation_turns_around_with_its_sides_and_a_type_equals_itself(
        one in any_type(), other in any_type(),
        charset in prop::sample::select(&["", "ascii", "latin1", "utf8mb3", "utf8mb4", "ucs2", "gbk"][..]),
    ) {
        let (a, b) = (parse(&one), parse(&other));
        prop_assert_eq!(relation((&a, charset), (&a, charset)), Equal);
        let there = relation((&a, charset), (&b, charset));
        let back = relation((&b, charset), (&a, charset));
        let one_way = [(&a, &b), (&b, &a)].iter().any(|(x, y)| x.base == "date" && y.base == "datetime");
        prop_assert!(one_way || there == back.turned(), "{one} and {other}: {there:?}, {back:?}");
    }
}
