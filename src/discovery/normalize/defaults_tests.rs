use super::*;
use crate::schema::Engine::{Mariadb, Mysql, Tidb};
use crate::schema::sql_type::parse;

const UTC: Zone = Zone::Offset(0);

fn shown(engine: Engine, r#type: &str, extra: &str, text: Option<&str>) -> (Option<DefaultValue>, Option<WarningCode>) {
    let r#type = parse(r#type, engine).r#type;
    normal(Shown { text, extra: Extra::parse(extra), r#type: &r#type }, engine, UTC)
}

fn lit(value: &str) -> Option<DefaultValue> {
    Some(DefaultValue::Literal { value: value.into() })
}

fn expr(value: &str) -> Option<DefaultValue> {
    Some(DefaultValue::Expression { value: value.into() })
}

fn now_at(fsp: u32) -> Option<DefaultValue> {
    Some(DefaultValue::CurrentTimestamp { fsp })
}

#[test]
fn mariadb_defaults_are_sql() {
    for (r#type, text, want) in [
        ("int(11)", "NULL", None),
        ("varchar(20)", "'NULL'", lit("NULL")),
        ("varchar(20)", "''", lit("")),
        ("varchar(40)", "'it''s \"q\" `b`'", lit("it's \"q\" `b`")),
        ("varchar(20)", r"'a\\b'", lit("a\\b")),
        ("varchar(20)", r"'l1\nl2'", lit("l1\nl2")),
        ("varchar(40)", "'CURRENT_TIMESTAMP'", lit("CURRENT_TIMESTAMP")),
        ("varchar(40)", "'uuid()'", lit("uuid()")),
        ("varchar(36)", "uuid()", expr("uuid()")),
        ("int(11)", "(1 + 2)", expr("1 + 2")),
        ("int(11)", "-7", lit("-7")),
        ("double", "1000", lit("1000")),
        ("double", "1e30", lit("1e30")),
        ("decimal(10,2)", "1.50", lit("1.50")),
        ("date", "curdate()", expr("curdate()")),
        ("text", r"concat('a','\'','b')", expr(r"concat('a','\'','b')")),
        ("text", "'lit'", lit("lit")),
        ("bit(4)", "b'101'", lit("b'101'")),
        ("timestamp", "current_timestamp()", now_at(0)),
        ("datetime(6)", "current_timestamp(6)", now_at(6)),
        ("varchar(40)", "current_timestamp()", expr("current_timestamp()")),
        ("timestamp", "'2024-01-01 00:00:00'", lit("2024-01-01 00:00:00")),
        ("time", "'-12:13:14'", lit("-12:13:14")),
        ("year(4)", "2024", lit("2024")),
        ("bigint(20)", "nextval(`s`.`q`)", expr("nextval(`s`.`q`)")),
        ("enum('a','b')", "'b'", lit("b")),
        ("binary(4)", r"'ab\0\0'", lit("0x61620000")),
        ("varbinary(8)", "'ABC'", lit("0x414243")),
    ] {
        assert_eq!(shown(Mariadb, r#type, "", Some(text)), (want, None), "{type} {text}");
    }
    assert_eq!(shown(Mariadb, "int(11)", "", None), (None, None));
}

#[test]
fn tidb_defaults_are_bare_values() {
    let update = "DEFAULT_GENERATED on update CURRENT_TIMESTAMP";
    for (r#type, extra, text, want) in [
        ("varchar(20)", "", "NULL", lit("NULL")),
        ("varchar(20)", "", "l1\nl2", lit("l1\nl2")),
        ("varchar(40)", "", "CURRENT_TIMESTAMP", lit("CURRENT_TIMESTAMP")),
        ("varchar(40)", "", "uuid()", lit("uuid()")),
        ("varchar(36)", "DEFAULT_GENERATED", "uuid()", expr("uuid()")),
        ("varchar(40)", "DEFAULT_GENERATED", "upper(_utf8mb4'@')", expr("upper('@')")),
        ("date", "", "CURRENT_DATE", expr("current_date")),
        ("date", "", "2020-01-02", lit("2020-01-02")),
        ("varchar(20)", "", "CURRENT_DATE", lit("CURRENT_DATE")),
        ("decimal(10,2)", "", "1.5", lit("1.50")),
        ("decimal(10,2)", "", "0", lit("0.00")),
        ("double", "", "1000", lit("1000")),
        ("int", "", "31", lit("31")),
        ("tinyint(1)", "", "1", lit("1")),
        ("bit(4)", "", "b'101'", lit("b'101'")),
        ("datetime", "", "CURRENT_TIMESTAMP", now_at(0)),
        ("timestamp(3)", "", "CURRENT_TIMESTAMP(3)", now_at(3)),
        ("datetime", update, "2001-01-01 00:00:00", lit("2001-01-01 00:00:00")),
        ("datetime", update, "CURRENT_TIMESTAMP", now_at(0)),
        ("datetime", update, "date_add(now(), interval 1 day)", expr("date_add(now(), interval 1 day)")),
        ("binary(4)", "", "ab\0\0", lit("0x61620000")),
        ("varbinary(8)", "", "é", lit("0xC3A9")),
        ("year(4)", "", "2024", lit("2024")),
    ] {
        assert_eq!(shown(Tidb, r#type, extra, Some(text)), (want, None), "{type} {text}");
    }
}

#[test]
fn mysql_defaults_are_bare_values_with_a_flag() {
    for (r#type, extra, text, want) in [
        ("varchar(20)", "", "NULL", lit("NULL")),
        ("varchar(20)", "", "it's", lit("it's")),
        ("datetime(3)", "DEFAULT_GENERATED", "CURRENT_TIMESTAMP(3)", now_at(3)),
        ("datetime", "DEFAULT_GENERATED on update CURRENT_TIMESTAMP", "CURRENT_TIMESTAMP", now_at(0)),
        ("varchar(36)", "DEFAULT_GENERATED", "uuid()", expr("uuid()")),
        ("varchar(36)", "DEFAULT_GENERATED", r"concat(_utf8mb4\'a\',`b`)", expr("concat('a',`b`)")),
        ("varbinary(8)", "", "0x6162", lit("0x6162")),
        ("varbinary(8)", "", "0x00ff41", lit("0x00FF41")),
        ("bit(3)", "", "b'101'", lit("b'101'")),
        ("decimal(5,2)", "", "1.50", lit("1.50")),
    ] {
        assert_eq!(shown(Mysql, r#type, extra, Some(text)), (want, None), "{type} {text}");
    }
}

#[test]
fn an_inexact_binary_default_is_unknown_with_a_warning() {
    for (engine, text) in [(Mariadb, r"'\0?A'"), (Tidb, "\0\u{FFFD}A")] {
        assert_eq!(shown(engine, "varbinary(8)", "", Some(text)), (expr("unknown"), Some(WarningCode::DefaultLossy)));
    }
}

#[test]
fn a_timestamp_default_is_utc_or_has_a_warning() {
    let r#type = parse("timestamp(3)", Tidb).r#type;
    let shown = Shown { text: Some("2024-06-01 12:00:00"), extra: Extra::default(), r#type: &r#type };
    assert_eq!(normal(shown, Tidb, Zone::Offset(330)), (lit("2024-06-01 06:30:00.000"), None));
    let kept = (lit("2024-06-01 12:00:00"), Some(WarningCode::DefaultTimeZone));
    assert_eq!(normal(shown, Tidb, Zone::Named), kept);
    let plain = parse("datetime", Tidb).r#type;
    let shown = Shown { r#type: &plain, ..shown };
    assert_eq!(normal(shown, Tidb, Zone::Offset(330)), (lit("2024-06-01 12:00:00"), None), "a datetime has no zone");
}
