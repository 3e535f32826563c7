//! Tables, and rows that they take or refuse, by what the databases do in strict SQL mode.

use mcp_schema_operator::schema::sql_type::parse;
use mcp_schema_operator::schema::{Engine, Table};
use serde_json::{Value, json};

pub(crate) struct Case {
    pub(crate) table: Table,
    pub(crate) rows: Vec<(Value, bool)>,
}

/// A table of one column.
fn column(r#type: &str, nullable: bool) -> Table {
    table(&[("c", r#type, nullable, json!({}))], &json!([]))
}

/// A table of columns (name, type, nullable, whatever else), with checks.
fn table(columns: &[(&str, &str, bool, Value)], checks: &Value) -> Table {
    let column = |(ordinal, (name, r#type, nullable, more)): (usize, &(&str, &str, bool, Value))| {
        let mut column = json!({"name": name, "ordinal": ordinal + 1, "type": parse(r#type, Engine::Mariadb).r#type,
            "nullable": nullable, "collation": "utf8mb4_bin"});
        column.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        column
    };
    let columns: Vec<Value> = columns.iter().enumerate().map(column).collect();
    serde_json::from_value(json!({"name": "t", "kind": "base", "columns": columns, "checks": checks})).unwrap()
}

/// By type: nullable or not, values it takes, values it refuses.
fn values() -> Vec<(&'static str, bool, Vec<Value>, Vec<Value>)> {
    let long = |n: usize| json!("ü".repeat(n));
    vec![
        (
            "tinyint(1)",
            true,
            vec![json!(true), json!(2), json!(-128), json!(null)],
            vec![json!(128), json!("1"), json!(1.5)],
        ),
        (
            "tinyint unsigned",
            false,
            vec![json!(0), json!(255), json!(5.0)],
            vec![json!(-1), json!(256), json!(true), json!(null)],
        ),
        ("mediumint", false, vec![json!(-8_388_608)], vec![json!(8_388_608)]),
        ("int", false, vec![json!(2_147_483_647)], vec![json!(2_147_483_648_i64), json!("12"), json!([1])]),
        ("bigint", false, vec![json!(i64::MIN), json!(i64::MAX)], vec![json!(1e19), json!(-1e19)]),
        ("bigint unsigned", false, vec![json!(u64::MAX)], vec![json!(-1), json!(1e20)]),
        (
            "decimal(5,2)",
            false,
            vec![json!(19.99), json!(4.35), json!(-999.99), json!("999.99"), json!("0.5"), json!(0)],
            vec![json!(1000), json!(1.234), json!("1000.00"), json!("1.234"), json!("1,5"), json!("nan"), json!(true)],
        ),
        (
            "decimal(5,0) unsigned",
            false,
            vec![json!(99999), json!("7")],
            vec![json!(-1), json!("-1"), json!(1.5), json!("1.5")],
        ),
        (
            "decimal(2,2)",
            false,
            vec![json!(0.99), json!("0.99"), json!("-0.5")],
            vec![json!(1), json!("1.00"), json!("")],
        ),
        (
            "decimal(65,30)",
            true,
            vec![json!(1.5), json!("12345678901234567890.123456789"), json!(null)],
            vec![json!(1e36), json!("x")],
        ),
        ("float", false, vec![json!(3.4e38), json!(0)], vec![json!(3.5e38), json!("1")]),
        ("float(7,2) unsigned", false, vec![json!(99999.99)], vec![json!(100_000), json!(-0.5)]),
        ("bit(3)", false, vec![json!(7)], vec![json!(8), json!(-1)]),
        ("char(3)", false, vec![long(3), json!("")], vec![long(4), json!(1)]),
        ("varchar(2)", false, vec![json!("😀😀")], vec![json!("😀😀😀"), json!(null)]),
        ("tinytext", true, vec![json!("x".repeat(255)), json!(null)], vec![json!("x".repeat(256))]),
        ("varbinary(3)", false, vec![json!("QUJD")], vec![json!("QUJDRA=="), json!(7)]),
        ("date", false, vec![json!("2024-02-29")], vec![json!("2023-02-29"), json!("2024-2-9"), json!(20_240_229)]),
        (
            "datetime(3)",
            false,
            vec![json!("2024-02-29 13:14:15"), json!("2024-02-29T13:14:15.123")],
            vec![json!("2024-02-29 13:14:15.1234"), json!("2024-02-29T13:14:15Z"), json!("2024-02-29")],
        ),
        ("timestamp", true, vec![json!("2024-01-01 00:00:00"), json!(null)], vec![json!("2024-01-01 00:00:00.5")]),
        (
            "time(2)",
            false,
            vec![json!("-838:59:59"), json!("01:02:03.45")],
            vec![json!("01:60:00"), json!("1:2:3"), json!("01:02")],
        ),
        (
            "year(4)",
            true,
            vec![json!(0), json!(1901), json!(2155), json!(null)],
            vec![json!(1900), json!(2156), json!(99), json!("2024")],
        ),
        (
            "enum('new','it''s')",
            true,
            vec![json!("new"), json!("it's"), json!(null)],
            vec![json!("NEWS"), json!(1), json!("")],
        ),
        (
            "set('a','b.c','(d)')",
            false,
            vec![json!("a,b.c"), json!(""), json!(["a", "(d)"]), json!([])],
            vec![json!("a, b.c"), json!("a,"), json!("bxc"), json!(["a", "a"]), json!(["x"]), json!(3)],
        ),
        ("json", false, vec![json!({"a": [1]}), json!("{}"), json!(false)], vec![json!(null)]),
        ("json", true, vec![json!(null), json!(1)], vec![]),
        (
            "vector(2)",
            false,
            vec![json!([1, 2.5]), json!("[1, -2e3]")],
            vec![json!([1]), json!([1, 2, 3]), json!([1, "x"]), json!("1,2"), json!("[a]")],
        ),
        (
            "uuid",
            false,
            vec![json!("123e4567-e89b-12d3-a456-426614174000")],
            vec![json!("123e4567"), json!("123e4567-e89b-12d3-a456-42661417400g")],
        ),
        ("inet4", false, vec![json!("127.0.0.1")], vec![json!("256.0.0.1"), json!("::1")]),
        ("inet6", true, vec![json!("::1"), json!("10.0.0.1"), json!(null)], vec![json!("1::2::3"), json!("x")]),
        ("point", false, vec![json!({"type": "Point", "coordinates": [1, 2]}), json!("POINT(1 2)")], vec![json!(7)]),
        ("hyperloglog", false, vec![json!(7), json!("x"), json!(null)], vec![]),
    ]
}

pub(crate) fn cases() -> Vec<Case> {
    let of = |(r#type, nullable, good, bad): (&str, bool, Vec<Value>, Vec<Value>)| {
        let row = |value: Value, valid| (json!({ "c": value }), valid);
        let good = good.into_iter().map(|value| row(value, true));
        let rows = good.chain(bad.into_iter().map(|value| row(value, false))).collect();
        Case { table: column(r#type, nullable), rows }
    };
    values().into_iter().map(of).chain([whole_rows(), checked_rows()]).collect()
}

/// What must be there, what may be, and what must not.
fn whole_rows() -> Case {
    let table = table(
        &[
            ("id", "bigint unsigned", false, json!({"autoIncrement": true})),
            ("name", "varchar(20)", false, json!({})),
            ("price", "decimal(10,2)", false, json!({"default": {"kind": "literal", "value": "0.00"}})),
            ("state", "enum('new','old')", false, json!({})),
            ("note", "text", true, json!({})),
            ("gross", "decimal(10,2)", true, json!({"generated": {"kind": "stored", "expr": "`price` * 2"}})),
        ],
        &json!([]),
    );
    let rows = vec![
        (json!({"name": "a"}), true),
        (json!({"id": 7, "name": "a", "price": "1.50", "state": "old", "note": null}), true),
        (json!({}), false),
        (json!({"id": 7}), false),
        (json!({"name": null}), false),
        (json!({"name": "a", "gross": 3}), false),
        (json!({"name": "a", "Name": "b"}), false),
        (json!({"name": "a", "price": null}), false),
        (json!([]), false),
        (json!("name"), false),
    ];
    Case { table, rows }
}

/// Checks that a schema can say.
fn checked_rows() -> Case {
    let table = table(
        &[
            ("n", "int", true, json!({})),
            ("d", "decimal(5,2)", true, json!({})),
            ("s", "varchar(9)", true, json!({})),
            ("f", "tinyint(1)", true, json!({})),
        ],
        &json!([
            {"name": "c1", "expr": "`n` > 0 and `n` <= 10"},
            {"name": "c2", "expr": "`d` between -1.5 and 1.5"},
            {"name": "c3", "expr": "`s` in ('a','b') or `s` is null"},
            {"name": "c4", "expr": "`f` in (0,1)"},
            {"name": "c5", "expr": "`n` < 5", "enforced": false},
            {"name": "c6", "expr": "`n` + 1 < 50"},
        ]),
    );
    let rows = vec![
        (json!({"n": 1, "d": 1.5, "s": "a", "f": true}), true),
        (json!({"n": 10, "d": -1.5, "s": null, "f": 0}), true),
        (json!({"n": null, "d": null}), true),
        (json!({"n": 0}), false),
        (json!({"n": 11}), false),
        (json!({"d": 1.51}), false),
        (json!({"s": "c"}), false),
        (json!({"f": 2}), false),
    ];
    Case { table, rows }
}
