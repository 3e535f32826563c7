use proptest::prelude::*;

use super::*;
use crate::schema::Engine::{Mariadb, Mysql, Tidb};

fn with(base: &str, change: impl FnOnce(&mut Type)) -> Type {
    let mut out = Type::bare(base);
    change(&mut out);
    out
}

fn sized(base: &str, length: u64, unit: LengthUnit) -> Type {
    with(base, |t| (t.length, t.unit) = (Some(length), Some(unit)))
}

#[test]
fn every_family_is_taken_apart() {
    let unsigned = |base: &str| with(base, |t| t.unsigned = true);
    let zerofill = |base: &str| with(base, |t| (t.unsigned, t.zerofill) = (true, true));
    let decimal = |p, s| with("decimal", |t| (t.precision, t.scale) = (Some(p), Some(s)));
    let cases: Vec<(Engine, &str, Type)> = vec![
        (Tidb, "int", Type::bare("int")),
        (Mariadb, "int(11)", Type::bare("int")),
        (Mariadb, "bigint(20) unsigned", unsigned("bigint")),
        (Mariadb, "int(5) unsigned zerofill", zerofill("int")),
        (Mysql, "int(5) zerofill", zerofill("int")),
        (Tidb, "int(5) unsigned", unsigned("int")),
        (Tidb, "tinyint(1)", with("tinyint", |t| t.bool_hint = true)),
        (Mariadb, "tinyint(4)", Type::bare("tinyint")),
        (Mariadb, "tinyint(1) unsigned", unsigned("tinyint")),
        (Tidb, "decimal(10,2)", decimal(10, 2)),
        (Tidb, "decimal(5,0)", decimal(5, 0)),
        (Mysql, "decimal", decimal(10, 0)),
        (Mariadb, "decimal(65,38)", decimal(65, 38)),
        (Tidb, "float(7,2)", with("float", |t| (t.precision, t.scale) = (Some(7), Some(2)))),
        (Tidb, "double unsigned", unsigned("double")),
        (Tidb, "char(0)", sized("char", 0, LengthUnit::Chars)),
        (Tidb, "VARCHAR(255)", sized("varchar", 255, LengthUnit::Chars)),
        (Tidb, "var_string(760)", sized("varchar", 760, LengthUnit::Bytes)),
        (Tidb, "binary(0)", sized("binary", 0, LengthUnit::Bytes)),
        (Tidb, "bit(64)", sized("bit", 64, LengthUnit::Bits)),
        (Tidb, "year(4)", Type::bare("year")),
        (Mysql, "year", Type::bare("year")),
        (Tidb, "datetime(6)", with("datetime", |t| t.fsp = Some(6))),
        (Mariadb, "timestamp", Type::bare("timestamp")),
        (Tidb, "vector", Type::bare("vector")),
        (Tidb, "vector(3)", with("vector", |t| t.dims = Some(3))),
        (Mysql, "geomcollection", Type::bare("geometrycollection")),
        (Mariadb, "uuid", Type::bare("uuid")),
        (Mysql, "hyperloglog(3) sparse", with("unknown", |t| t.text = "hyperloglog(3) sparse".into())),
        (Mysql, "int(x)", with("unknown", |t| t.text = "int(x)".into())),
        (Mysql, "", with("unknown", |t| t.text = String::new())),
    ];
    for (engine, text, want) in cases {
        assert_eq!(parse(text, engine), Parsed { r#type: want, compressed: false }, "{text}");
    }
}

#[test]
fn a_comment_is_cut_off_and_tells_of_compression() {
    let parsed = parse("blob /*M!100301 COMPRESSED*/", Mariadb);
    assert_eq!(parsed, Parsed { r#type: Type::bare("blob"), compressed: true });
    assert_eq!(parse("timestamp /* mariadb-5.3 */", Mariadb).r#type, Type::bare("timestamp"));
    assert_eq!(parse("enum('a /* b */')", Mariadb).r#type.values, ["a /* b */"]);
}

#[test]
fn members_are_decoded_as_each_engine_writes_them() {
    let cases: [(Engine, &str, &[&str]); 7] = [
        (Tidb, "enum('a','c''d','x,y','',' sp')", &["a", "c'd", "x,y", "", " sp"]),
        (Tidb, r"enum('back\slash','(p)')", &["back\\slash", "(p)"]),
        (Tidb, r"set('l1\nl2','\r\0')", &["l1\nl2", "\r\0"]),
        (Tidb, r"enum('two\\')", &["two\\\\"]),
        (Mariadb, r"enum('back\\slash','it''s')", &["back\\slash", "it's"]),
        (Mysql, r"enum('a\\nb','a\nb')", &["a\\nb", "a\nb"]),
        (Mariadb, "set('üñ','😀')", &["üñ", "😀"]),
    ];
    for (engine, text, want) in cases {
        assert_eq!(parse(text, engine).r#type.values, want, "{text}");
    }
    for broken in ["enum", "enum(", "enum('a'", "enum('a',)", "enum('a' 'b')", "set()"] {
        assert_eq!(parse(broken, Tidb).r#type.base, "unknown", "{broken}");
    }
}

fn any_type() -> impl Strategy<Value = Type> {
    let integer = (prop::sample::select(vec!["tinyint", "smallint", "mediumint", "int", "bigint"]), 0..3)
        .prop_map(|(base, sign)| with(base, |t| (t.unsigned, t.zerofill) = (sign > 0, sign > 1)));
    let text = (prop::sample::select(vec!["char", "varchar"]), 0..70_000_u64)
        .prop_map(|(base, n)| sized(base, n, LengthUnit::Chars));
    let bytes = (prop::sample::select(vec!["binary", "varbinary", "varchar"]), 0..70_000_u64)
        .prop_map(|(base, n)| sized(base, n, LengthUnit::Bytes));
    let digits = (prop::sample::select(vec!["decimal", "float", "double"]), 1..66_u32, 0..31_u32)
        .prop_map(|(base, p, s)| with(base, |t| (t.precision, t.scale) = (Some(p), Some(s))));
    let moment = (prop::sample::select(vec!["datetime", "timestamp", "time"]), 0..7_u32)
        .prop_map(|(base, fsp)| with(base, |t| t.fsp = Some(fsp).filter(|fsp| *fsp > 0)));
    let members =
        (prop::sample::select(vec!["enum", "set"]), prop::collection::vec("[\\PC\n\r\0'\\\\,()]{0,12}", 1..6))
            .prop_map(|(base, values)| with(base, |t| t.values = values));
    let bare =
        prop::sample::select(vec!["text", "longblob", "date", "year", "json", "vector", "point", "uuid", "inet6"])
            .prop_map(Type::bare);
    let hint = Just(with("tinyint", |t| t.bool_hint = true));
    let vector = (1..16_384_u32).prop_map(|n| with("vector", |t| t.dims = Some(n)));
    let bit = (1..65_u64).prop_map(|n| sized("bit", n, LengthUnit::Bits));
    prop_oneof![integer, text, bytes, digits, moment, members, bare, hint, vector, bit]
}

proptest! {
    #[test]
    fn parsing_a_type_as_written_gives_the_type(r#type in any_type()) {
        for engine in [Mariadb, Mysql] {
            prop_assert_eq!(&parse(&r#type.to_string(), engine).r#type, &r#type);
        }
    }

    #[test]
    fn no_text_makes_the_parser_fail(text in "\\PC{0,40}") {
        let parsed = parse(&text, Tidb).r#type;
        prop_assert!(parsed.base == "unknown" || parsed.text.is_empty());
    }
}
