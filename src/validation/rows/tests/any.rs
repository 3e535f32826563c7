//! Properties: any bytes are judged without a panic, a row is judged alike however it comes, and rows made from the
//! schema pass.

use proptest::prelude::*;
use serde_json::json;

use super::*;

const TYPES: [&str; 44] = [
    "tinyint",
    "smallint unsigned",
    "mediumint",
    "int",
    "bigint unsigned",
    "tinyint(1)",
    "decimal(5,2)",
    "decimal(38,30)",
    "float",
    "double",
    "float(5,2)",
    "bit(1)",
    "bit(64)",
    "char(3)",
    "varchar(20)",
    "tinytext",
    "text",
    "binary(4)",
    "varbinary(9)",
    "blob",
    "date",
    "datetime",
    "datetime(3)",
    "timestamp",
    "timestamp(6)",
    "time",
    "time(2)",
    "year",
    "enum('a','B','')",
    "set('a','b','c')",
    "json",
    "vector(2)",
    "vector",
    "uuid",
    "inet4",
    "inet6",
    "point",
    "polygon",
    "geometry",
    "geometrycollection",
    "strange",
    "longtext",
    "enum('1','2')",
    "bigint",
];

const CHECKS: [&str; 8] = [
    "`c0` > 0",
    "`c0` = 'a' or `c1` is null",
    "char_length(`c0`) < 5",
    "`c0` like 'a%'",
    "`c0` + `c1` * 2 < 10 / `c2`",
    "`c0` between '2000-01-01' and '2030-01-01'",
    "`c0` regexp '^a+$'",
    "coalesce(`c0`, `c1`) in (1, 'x', null)",
];

prop_compose! {
    fn any_table()(
        types in proptest::collection::vec((0..TYPES.len(), any::<bool>()), 3..8),
        check in 0..CHECKS.len(),
        prefix in proptest::option::of(1_u32..4),
    ) -> Table {
        let columns: Vec<Value> = types.iter().enumerate().map(|(at, (r#type, nullable))| {
            let not_null = if *nullable { "" } else { " not null" };
            column(&format!("c{at} {}{not_null}", TYPES[*r#type]), json!({}))
        }).collect();
        let unique = json!({"name": "u", "unique": true, "type": "btree", "parts": [{"column": "c1", "prefix": prefix}, {"column": "c2"}]});
        let reference = json!({"name": "f", "columns": ["c1"], "refTable": "t", "refColumns": ["c0"], "onDelete": "restrict", "onUpdate": "restrict"});
        table(&columns, json!({
            "primaryKey": {"columns": [{"column": "c0"}]}, "indexes": [unique], "foreignKeys": [reference],
            "checks": [{"name": "k", "expr": CHECKS[check]}],
        }))
    }
}

/// A value as it may stand in a row: sensible, odd, or nonsense.
fn any_value() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<i64>().prop_map(|value| value.to_string()),
        any::<u64>().prop_map(|value| value.to_string()),
        "-?[0-9]{1,25}(\\.[0-9]{1,35})?([eE][-+]?[0-9]{1,6})?".prop_map(|text| text.trim_start_matches("00").to_owned()),
        any::<f64>().prop_map(|value| json!(value).to_string()),
        "[-0-9:. T/+Z]{0,30}".prop_map(|text| json!(text).to_string()),
        "[0-9]{2,4}-[0-9]{1,2}-[0-9]{1,2}([ T][0-9]{1,2}:[0-9]{1,2}(:[0-9]{1,2}(\\.[0-9]{0,12})?)?)?(Z|[-+][0-9]{2}:[0-9]{2})?".prop_map(|text| json!(text).to_string()),
        "(POINT|POLYGON|GEOMETRYCOLLECTION)?[()0-9 ,.A-Z]{0,20}".prop_map(|text| json!(text).to_string()),
        any::<String>().prop_map(|text| json!(text).to_string()),
        "[\\[\\]{}\",:0-9a-z]{0,12}",
        prop_oneof![Just("null"), Just("true"), Just("[1,2]"), Just("[\"a\",\"b\"]"), Just("{\"type\":\"Point\",\"coordinates\":[1,2]}")].prop_map(str::to_owned),
    ]
}

fn any_row() -> impl Strategy<Value = String> {
    let field = (
        prop_oneof![
            "c[0-8]",
            "C[0-2]",
            any::<String>().prop_map(|name| json!(name).to_string().trim_matches('"').to_owned())
        ],
        any_value(),
    );
    proptest::collection::vec(field, 0..9).prop_map(|fields| {
        let fields: Vec<_> = fields.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
        format!("{{{}}}", fields.join(","))
    })
}

fn any_options() -> impl Strategy<Value = Options> {
    (any::<[bool; 7]>(), 0_usize..4, 0_usize..3).prop_map(|(flags, max_errors, lookups)| Options {
        strict: flags[0],
        types: flags[1],
        constraints: flags[2],
        relationships: flags[3],
        allow_unknown_columns: flags[4],
        include_values: flags[5],
        operation: if flags[6] { Operation::Insert } else { Operation::Update },
        binary_encoding: if flags[0] { BinaryEncoding::Hex } else { BinaryEncoding::Base64 },
        max_errors,
        lookups,
        ..Options::default()
    })
}

fn any_engine() -> impl Strategy<Value = Engine> {
    prop_oneof![Just(Engine::Mysql), Just(Engine::Mariadb), Just(Engine::Tidb)]
}

/// Judges a stream as the command does.
fn stream(validator: &Validator, bytes: &[u8]) -> ValidationResult {
    let mut batch = validator.batch();
    let mut splitter = Splitter::new(1 << 20);
    let take = |batch: &mut Batch<'_>, piece: Piece<'_>| match piece {
        Piece::Row(bytes) => batch.row(bytes),
        Piece::TooLarge => batch.too_large(1 << 20),
    };
    splitter.push(bytes, |piece| take(&mut batch, piece));
    if let Err(message) = splitter.finish(|piece| take(&mut batch, piece)) {
        batch.broken(message);
    }
    batch.finish(SchemaRef::default(), 0)
}

proptest! {
    #[test]
    fn any_rows_are_judged_without_a_panic_and_counted(
        table in any_table(), engine in any_engine(), options in any_options(),
        rows in proptest::collection::vec(any_row(), 0..8),
    ) {
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        let result = judge(&table, engine, options, &rows);
        let summary = &result.summary;
        prop_assert_eq!(summary.rows_total, rows.len() as u64);
        prop_assert_eq!(summary.rows_valid + summary.rows_invalid, summary.rows_total);
        prop_assert_eq!(result.is_valid, summary.by_code.is_empty());
        prop_assert_eq!(result.is_valid, summary.rows_invalid == 0);
        prop_assert!(result.errors.len() <= options.max_errors && result.warnings.len() <= options.max_errors + 1);
        let listed = result.errors.iter().chain(&result.warnings);
        prop_assert!(options.include_values || listed.clone().all(|finding| finding.suggested_value.is_none()));
        drop((render::text(&result), render::junit(&result)));
        let back: ValidationResult = serde_json::from_str(&render::json(&result)).unwrap();
        prop_assert_eq!(back, result);
    }

    #[test]
    fn any_bytes_are_judged_without_a_panic(table in any_table(), bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
        let validator = Validator::compile(&table, &server(Engine::Mariadb), Options::default());
        drop(stream(&validator, &bytes));
    }

    #[test]
    fn a_row_is_judged_alike_as_a_line_and_as_an_element(
        table in any_table(), engine in any_engine(),
        rows in proptest::collection::vec(any_row().prop_filter("JSON", |row| json::Scanner::whole(row).is_ok()), 1..6),
    ) {
        let validator = Validator::compile(&table, &server(engine), Options::default());
        let lines = stream(&validator, rows.join("\n").as_bytes());
        let array = stream(&validator, format!("[{}]", rows.join(", ")).as_bytes());
        prop_assert_eq!(lines, array);
    }

    #[test]
    fn rows_made_from_the_schema_pass_without_a_word(engine in any_engine(), seed in any::<u64>()) {
        let columns: Vec<Value> = CLEAN.iter().enumerate()
            .map(|(at, (r#type, _))| column(&format!("c{at} {type} not null"), json!({}))).collect();
        let table = table(&columns, json!({}));
        let fields: Vec<String> = CLEAN.iter().enumerate().map(|(at, (_, values))| {
            let pick = (seed >> (at % 32)) as usize % values.len();
            format!("\"c{at}\":{}", values[pick])
        }).collect();
        let row = format!("{{{}}}", fields.join(","));
        for strict in [false, true] {
            let result = judge(&table, engine, Options { strict, ..Options::default() }, &[&row]);
            prop_assert!(found(&result).is_empty(), "{:?} {row}", found(&result));
        }
    }
}

/// Types and values every server stores as they are.
const CLEAN: [(&str, &[&str]); 20] = [
    ("tinyint", &["-128", "127", "0"]),
    ("int unsigned", &["0", "4294967295", "5.0"]),
    ("bigint", &["-9223372036854775808", "9223372036854775807"]),
    ("bigint unsigned", &["18446744073709551615", "0"]),
    ("tinyint(1)", &["true", "false", "1"]),
    ("decimal(5,2)", &["999.99", "\"-999.99\"", "0"]),
    ("double", &["1.5", "-2e300"]),
    ("bit(8)", &["255", "true"]),
    ("varchar(5)", &["\"abcde\"", "\"äöüß€\"", "\"\"", "\"\\u0061\\n\""]),
    ("binary(3)", &["\"YWJj\""]),
    ("blob", &["\"\"", "\"/+8=\""]),
    ("date", &["\"2024-02-29\"", "\"1000-01-01\"", "\"9999-12-31\""]),
    ("datetime(3)", &["\"2024-01-02 10:11:12.123\"", "\"2024-01-02T10:11:12\""]),
    ("timestamp", &["\"1970-01-01 00:00:01\"", "\"2038-01-19 03:14:07\""]),
    ("time", &["\"-838:59:59\"", "\"10:11:12\""]),
    ("year", &["2024", "0", "\"2155\""]),
    ("enum('a','b')", &["\"a\"", "\"b\""]),
    ("set('a','b')", &["\"\"", "\"a,b\"", "[\"b\"]"]),
    ("json", &["{\"a\":[1,null]}", "\"[]\"", "12"]),
    ("uuid", &["\"123e4567-e89b-12d3-a456-426614174000\""]),
];
