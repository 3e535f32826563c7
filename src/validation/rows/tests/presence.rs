//! NULL, absent and unwanted fields, and rows that are none.

use serde_json::json;

use super::*;

const MARIADB: Engine = Engine::Mariadb;
const TIDB: Engine = Engine::Tidb;
const MYSQL: Engine = Engine::Mysql;

#[test]
fn presence_and_names_have_their_codes() {
    let columns = [
        column("id int not null", json!({})),
        column("name varchar(5) not null", json!({})),
        column("state enum('new','old') not null", json!({})),
        column("total int", json!({"generated": {"kind": "stored", "expr": "1"}})),
        column("moment timestamp not null", json!({"default": {"kind": "current_timestamp"}})),
    ];
    let table = table(&columns, json!({"primaryKey": {"columns": [{"column": "id"}]}}));
    let whole = r#"{"id":1,"name":"a","state":"new"}"#;
    let update = Options { operation: Operation::Update, ..Options::default() };
    let unknown = Options { allow_unknown_columns: true, ..Options::default() };
    for (engine, options, row, want) in [
        (MARIADB, Options::default(), whole, &[][..]),
        (MARIADB, Options::default(), r#"{"id":1,"name":"a"}"#, &["IMPLICIT_DEFAULT_USED"]),
        (MARIADB, Options::default(), r#"{"name":"a","state":"new"}"#, &["!PRIMARY_KEY_MISSING"]),
        (MARIADB, Options::default(), r#"{"id":1,"state":"new"}"#, &["!MISSING_REQUIRED"]),
        (MARIADB, update, r#"{"state":"new"}"#, &[]),
        (MARIADB, Options::default(), r#"{"id":null,"name":"a","state":"new"}"#, &["!PRIMARY_KEY_NULL"]),
        (MARIADB, Options::default(), r#"{"id":1,"name":null,"state":"new"}"#, &["!NULL_NOT_ALLOWED"]),
        (MARIADB, Options::default(), r#"{"id":1,"name":"a","state":"new","moment":null}"#, &["NULL_NOT_ALLOWED"]),
        (MYSQL, Options::default(), r#"{"id":1,"name":"a","state":"new","moment":null}"#, &["!NULL_NOT_ALLOWED"]),
        (
            MARIADB,
            Options::default(),
            r#"{"id":1,"name":"a","state":"new","total":1}"#,
            &["!GENERATED_COLUMN_SUPPLIED"],
        ),
        (
            MARIADB,
            Options::default(),
            r#"{"id":1,"name":"a","state":"new","total":null}"#,
            &["GENERATED_COLUMN_SUPPLIED"],
        ),
        (
            TIDB,
            Options::default(),
            r#"{"id":1,"name":"a","state":"new","total":null}"#,
            &["!GENERATED_COLUMN_SUPPLIED"],
        ),
        (MARIADB, Options::default(), r#"{"ID":1,"name":"a","state":"new"}"#, &["FIELD_CASE_MISMATCH"]),
        (MARIADB, Options::default(), r#"{"id":1,"Id":2,"name":"a","state":"new"}"#, &["!DUPLICATE_FIELD"]),
        (MARIADB, Options::default(), r#"{"i\u0064":1,"name":"a","state":"new"}"#, &[]),
        (MARIADB, Options::default(), r#"{"id":1,"name":"a","state":"new","x":1}"#, &["!UNKNOWN_COLUMN"]),
        (MARIADB, unknown, r#"{"id":1,"name":"a","state":"new","x":1}"#, &["UNKNOWN_COLUMN"]),
        (MARIADB, Options::default(), "{}", &["!EMPTY_DATA"]),
        (MARIADB, Options::default(), "[1]", &["!INVALID_TYPE"]),
        (MARIADB, Options::default(), r#"{"id":1"#, &["!JSON_INVALID"]),
        (MARIADB, Options::default(), r#"{"id":1} {}"#, &["!JSON_INVALID"]),
    ] {
        assert_eq!(found(&judge(&table, engine, options, &[row])), want, "{engine:?} {row}");
    }
    let validator = Validator::compile(&table, &server(MARIADB), Options::default());
    let mut batch = validator.batch();
    batch.too_large(10);
    batch.row(b"\xff");
    batch.broken("the array is not closed");
    let result = batch.finish(SchemaRef::default(), 0);
    assert_eq!(found(&result), ["!JSON_INVALID", "!ROW_TOO_LARGE", "!JSON_INVALID"]);
    assert_eq!((result.summary.rows_total, result.summary.rows_invalid), (2, 2));
}

#[test]
fn drawn_columns_are_left_to_the_server() {
    let random = json!({"autoRandom": {"shardBits": 5, "rangeBits": 64}});
    let table = table(&[column("id bigint not null", random), column("v int", json!({}))], json!({}));
    for (row, want) in
        [(r#"{"v":1}"#, &[][..]), (r#"{"id":null,"v":1}"#, &[]), (r#"{"id":5,"v":1}"#, &["!AUTO_RANDOM_EXPLICIT"])]
    {
        assert_eq!(found(&judge(&table, TIDB, Options::default(), &[row])), want, "{row}");
    }
}
