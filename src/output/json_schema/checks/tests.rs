//! Which checks become part of the schema, and which stay text.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

/// A table with a column of each kind that matters here, and these checks; the properties as they come out.
fn folded(checks: &[&str]) -> (Map<String, Value>, Vec<String>) {
    let text = |collation: &str| json!({"base": "varchar", "length": 9, "unit": "chars", "collation": collation});
    let column = |name: &str, r#type: Value, nullable: bool| {
        let collation = r#type["collation"].as_str().unwrap_or_default();
        json!({"name": name, "ordinal": 1, "type": r#type, "nullable": nullable, "collation": collation})
    };
    let checks: Vec<Value> = checks.iter().map(|expr| json!({"name": "c", "expr": expr})).collect();
    let table: Table = serde_json::from_value(json!({"name": "t", "kind": "base", "checks": checks, "columns": [
        column("n", json!({"base": "int"}), true),
        column("u", json!({"base": "tinyint", "unsigned": true}), false),
        column("f", json!({"base": "tinyint", "boolHint": true}), false),
        column("d", json!({"base": "decimal", "precision": 5, "scale": 2}), false),
        column("x", json!({"base": "double"}), false),
        column("b", text("utf8mb4_bin"), false),
        column("c", text("utf8mb4_general_ci"), false),
        column("e", json!({"base": "enum", "values": ["a", "b"]}), false),
    ]}))
    .unwrap();
    let mut properties =
        table.columns.iter().map(|column| (column.name.clone(), super::super::property(column))).collect();
    let texts = fold(&table, &mut properties);
    (properties, texts)
}

#[test]
fn comparisons_become_bounds_and_lists() {
    for (check, column, key, want) in [
        ("`n` > 0", "n", "minimum", json!(1)),
        ("`n` < 0", "n", "maximum", json!(-1)),
        ("`n` >= 0.5", "n", "minimum", json!(0.5)),
        ("`n` > 0.5", "n", "exclusiveMinimum", json!(0.5)),
        ("`u` >= -7", "u", "minimum", json!(0)),
        ("`u` <= 1000", "u", "maximum", json!(255)),
        ("`u` <= 100", "u", "maximum", json!(100)),
        ("`d` > 0", "d", "exclusiveMinimum", json!(0)),
        ("`d` between 1 and 9.5", "d", "maximum", json!(9.5)),
        ("`x` < 1e3", "x", "exclusiveMaximum", json!(1000.0)),
        ("`n` in (1,2)", "n", "enum", json!([1, 2, null])),
        ("`f` = 1", "f", "enum", json!([1, true])),
        ("`f` in (0,1,2)", "f", "enum", json!([0, 1, 2, false, true])),
        ("`b` in ('x','y')", "b", "enum", json!(["x", "y"])),
    ] {
        let (properties, texts) = folded(&[check]);
        assert_eq!((&properties[column][key], texts), (&want, Vec::new()), "{check}");
    }
}

#[test]
fn what_a_schema_cannot_say_is_told_as_text_and_changes_nothing() {
    for check in [
        "`c` in ('x','y')",
        "`b` in ('x',1)",
        "`d` in (1,2)",
        "`e` in ('a')",
        "`n` < 'x'",
        "`b` > 'x'",
        "`nope` > 1",
        "`n` > 1 and `c` = 'x'",
        "`n` in (1) and `n` in (2)",
        "`n` + 1 > 0",
    ] {
        let (properties, texts) = folded(&[check]);
        assert_eq!(texts, [check]);
        assert_eq!(properties, folded(&[]).0, "{check}");
    }
}

#[test]
fn the_tightest_of_several_bounds_stays() {
    let (properties, texts) = folded(&["`n` > 5", "`n` >= 3", "`n` <= 9 and `n` <= 10", "unknown"]);
    assert_eq!((&properties["n"]["minimum"], &properties["n"]["maximum"]), (&json!(6), &json!(9)));
    assert_eq!(texts, Vec::<String>::new(), "a condition nobody may see is no text either");
}
