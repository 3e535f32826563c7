//! What is asked for a column of each type, and what its cells become.
#![expect(clippy::unwrap_used, reason = "tests")]

use serde_json::json;

use super::*;
use crate::validation::testing;

fn column(r#type: &str) -> Column {
    serde_json::from_value(testing::column("c", r#type, json!({}))).unwrap()
}

fn read(r#type: &str, engine: Engine) -> Option<Read> {
    Read::new(&column(r#type), "s.`c`", engine)
}

#[test]
fn every_type_travels_as_text_that_no_server_alters() {
    const HEX: &str = "CAST(HEX(CONVERT(s.`c` USING utf8mb4)) AS CHAR)";
    const PLAIN: &str = "CAST(s.`c` AS CHAR)";
    for (r#type, want) in [
        ("int", Some(PLAIN)),
        ("decimal(65,30)", Some(PLAIN)),
        ("float", Some("CAST((s.`c` + 0E0) AS CHAR)")),
        ("float(7,2)", None),
        ("double", Some(PLAIN)),
        ("bit(64)", Some("CAST(CAST(s.`c` AS UNSIGNED) AS CHAR)")),
        ("varchar(255)", Some(HEX)),
        ("tinytext", Some(HEX)),
        ("enum('a','b')", Some(HEX)),
        ("binary(16)", Some("CAST(HEX(s.`c`) AS CHAR)")),
        ("datetime(6)", Some(PLAIN)),
        ("timestamp", Some("CAST(UNIX_TIMESTAMP(s.`c`) AS CHAR)")),
        ("uuid", Some(PLAIN)),
        ("point", None),
        ("vector(3)", None),
        ("odd type", None),
    ] {
        let made = read(r#type, Engine::Mariadb).map(|read| read.expression(1024));
        assert_eq!(made.as_deref(), want, "{type}");
    }
    let vector = read("vector(3)", Engine::Tidb).unwrap();
    assert_eq!(vector.expression(1024), "CAST(CAST(s.`c` AS CHAR) AS CHAR)");
    let json = read("json", Engine::Mysql).unwrap();
    let text = "CONVERT(CAST(s.`c` AS CHAR) USING utf8mb4)";
    let want = format!("CAST(CASE WHEN OCTET_LENGTH({text}) > 1024 THEN 'long' ELSE HEX({text}) END AS CHAR)");
    assert_eq!(json.expression(1024), want);
}

#[test]
fn a_cell_becomes_the_json_of_its_value() {
    for (r#type, cell, want) in [
        ("int(5) zerofill", "00042", Some("42")),
        ("int", "0", Some("0")),
        ("bigint", "-9223372036854775808", Some("-9223372036854775808")),
        ("bigint unsigned", "18446744073709551615", Some("18446744073709551615")),
        ("decimal(8,3)", "00012.340", Some("12.340")),
        ("decimal(8,3)", "-0.500", Some("-0.500")),
        ("int", "odd", Some("\"odd\"")),
        ("float", "0.10000000149011612", Some("0.10000000149011612")),
        ("float", "3.4028234663852886e38", Some("340282346638528859811704183484516925440")),
        ("double", "1e-310", Some(&format!("0.{}1", "0".repeat(309)))),
        ("double", "1.2345678901234567e19", Some("12345678901234567168")),
        ("double", "-1.5", Some("-1.5")),
        ("double", "nan", Some("\"nan\"")),
        ("varchar(9)", "C3A9F09F98802200", Some("\"é😀\\\"\\u0000\"")),
        ("varchar(9)", "", Some("\"\"")),
        ("varchar(9)", "FF", None),
        ("varchar(9)", "C3A", None),
        ("varchar(9)", "text", None),
        ("varbinary(9)", "00FF", Some("\"00FF\"")),
        ("varbinary(9)", "0", None),
        ("json", "7B7D", Some("\"{}\"")),
        ("date", "0000-00-00", Some("\"0000-00-00\"")),
        ("timestamp", "0", Some("\"0000-00-00 00:00:00\"")),
        ("timestamp(6)", "0.000000", Some("\"0000-00-00 00:00:00\"")),
        ("timestamp", "1", Some("\"1970-01-01 00:00:01\"")),
        ("timestamp(6)", "2147483647.999999", Some("\"2038-01-19 03:14:07.999999\"")),
        ("timestamp(3)", "1709164799.500", Some("\"2024-02-28 23:59:59.5\"")),
        ("timestamp", "soon", None),
    ] {
        let got = read(r#type, Engine::Mariadb).unwrap().cell(Some(cell));
        assert_eq!(got, want.map(|want| Cell::Json(want.to_owned())), "{type} {cell}");
    }
    for r#type in ["int", "float", "varchar(9)", "blob", "json", "timestamp", "date"] {
        let read = read(r#type, Engine::Mariadb).unwrap();
        assert_eq!(read.cell(None), Some(Cell::Json("null".to_owned())), "{type}");
    }
    assert_eq!(read("longtext", Engine::Mysql).unwrap().cell(Some("long")), Some(Cell::Long));
}

#[test]
fn a_text_is_as_long_as_it_may_be_in_utf8() {
    for (r#type, charset, most) in [
        ("varchar(255)", "utf8mb4", 1020),
        ("char(10)", "latin1", 40),
        ("tinytext", "utf8mb4", 255),
        ("tinytext", "latin1", 765),
        ("text", "utf8mb4", u64::from(u32::MAX)),
        ("enum('a','bcd')", "utf8mb4", 3),
        ("set('a','bcd')", "utf8mb4", 6),
    ] {
        let model = Column { charset: charset.to_owned(), ..column(r#type) };
        assert_eq!(Read::new(&model, "c", Engine::Mysql).unwrap().most(), most, "{type} {charset}");
    }
}
