//! The worked example of the design, byte for byte, and one case per type.
#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;

use super::*;
use crate::output::testing::any_database;
use crate::schema::Engine;
use crate::schema::sql_type::parse;

fn table(columns: &[Value]) -> Table {
    let columns: Vec<Value> = columns
        .iter()
        .zip(1..)
        .map(|(column, ordinal)| {
            let mut column = column.clone();
            column["ordinal"] = json!(ordinal);
            column["type"] = json!(parse(column["type"].as_str().unwrap(), Engine::Tidb).r#type);
            column
        })
        .collect();
    serde_json::from_value(json!({"name": "item", "kind": "base", "columns": columns})).unwrap()
}

#[test]
fn the_worked_example_comes_out_byte_for_byte() {
    let item = table(&[
        json!({"name": "id", "type": "bigint unsigned", "nullable": false, "autoIncrement": true}),
        json!({"name": "sku", "type": "varchar(20)", "nullable": false}),
        json!({"name": "price", "type": "decimal(10,2)", "nullable": false, "default": {"kind": "literal", "value": "0.00"}}),
        json!({"name": "st", "type": "enum('new','old')", "nullable": true}),
        json!({"name": "g", "type": "int", "nullable": true, "generated": {"kind": "virtual", "expr": "1"}}),
    ]);
    let hash = canonical::table_hash(&item).unwrap();
    let want = r#"{"$id":"urn:sql-schema:shop:item:HASH","$schema":"https://json-schema.org/draft/2020-12/schema","additionalProperties":false,"properties":{"g":false,"id":{"maximum":18446744073709551615,"minimum":0,"readOnly":true,"type":"integer","x-sql-type":"bigint unsigned"},"price":{"default":"0.00","maximum":99999999.99,"minimum":-99999999.99,"multipleOf":0.01,"pattern":"^-?[0-9]{1,8}(\\.[0-9]{1,2})?$","type":["number","string"],"x-sql-type":"decimal(10,2)"},"sku":{"maxLength":20,"type":"string","x-sql-type":"varchar(20)"},"st":{"enum":["new","old",null],"x-sql-type":"enum('new','old')"}},"required":["sku"],"title":"item","type":"object"}"#;
    assert_eq!(String::from_utf8(bytes("shop", &item).unwrap()).unwrap(), want.replace("HASH", &hash));
}

#[test]
fn every_type_has_a_schema_with_its_own_words_beside_it() {
    for (r#type, nullable, want) in [
        ("tinyint(1)", true, json!({"type": ["boolean", "integer", "null"], "minimum": -128, "maximum": 127})),
        ("tinyint", false, json!({"type": "integer", "minimum": -128, "maximum": 127})),
        ("mediumint unsigned", false, json!({"type": "integer", "minimum": 0, "maximum": 16_777_215})),
        ("bigint", true, json!({"type": ["integer", "null"], "minimum": i64::MIN, "maximum": i64::MAX})),
        (
            "decimal(3,3) unsigned",
            false,
            json!({"type": ["number", "string"], "minimum": 0, "maximum": 0.999, "multipleOf": 0.001, "pattern": "^0(\\.[0-9]{1,3})?$"}),
        ),
        (
            "decimal(65,30)",
            false,
            json!({"type": ["number", "string"], "minimum": -1e35, "maximum": 1e35, "pattern": "^-?[0-9]{1,35}(\\.[0-9]{1,30})?$"}),
        ),
        (
            "decimal(5,0)",
            false,
            json!({"type": ["number", "string"], "minimum": -99999, "maximum": 99999, "multipleOf": 1, "pattern": "^-?[0-9]{1,5}$"}),
        ),
        ("float", false, json!({"type": "number", "minimum": -3.402_823_466e38, "maximum": 3.402_823_466e38})),
        ("float(7,2) unsigned", false, json!({"type": "number", "minimum": 0, "maximum": 99999.99})),
        ("double", false, json!({"type": "number", "minimum": f64::MIN, "maximum": f64::MAX})),
        ("bit(64)", false, json!({"type": "integer", "minimum": 0, "maximum": u64::MAX})),
        ("bit", false, json!({"type": "integer", "minimum": 0, "maximum": 1})),
        ("char(0)", false, json!({"type": "string", "maxLength": 0})),
        ("tinytext", true, json!({"type": ["string", "null"], "maxLength": 255, "x-sql-max-bytes": 255})),
        ("varbinary(5)", false, json!({"type": "string", "contentEncoding": "base64", "maxLength": 8})),
        ("longblob", false, json!({"type": "string", "contentEncoding": "base64", "maxLength": 5_726_623_060_u64})),
        ("date", false, json!({"type": "string", "format": "date"})),
        (
            "datetime(3)",
            false,
            json!({"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,3})?$"}),
        ),
        ("time", false, json!({"type": "string", "pattern": "^-?[0-9]{1,3}:[0-5][0-9]:[0-5][0-9]$"})),
        (
            "year(4)",
            true,
            json!({"type": ["integer", "null"], "anyOf": [{"const": 0}, {"minimum": 1901, "maximum": 2155}]}),
        ),
        ("enum('a','b')", false, json!({"enum": ["a", "b"]})),
        (
            "set('a','b.c')",
            false,
            json!({"type": ["array", "string"], "items": {"enum": ["a", "b.c"]}, "uniqueItems": true, "pattern": "^((?:a|b\\.c)(,(?:a|b\\.c))*)?$"}),
        ),
        ("json", true, json!({})),
        ("json", false, json!({"not": {"type": "null"}})),
        (
            "vector(3)",
            false,
            json!({"type": ["array", "string"], "items": {"type": "number"}, "minItems": 3, "maxItems": 3, "pattern": "^ *\\[[-+0-9.eE, ]*\\] *$"}),
        ),
        ("uuid", false, json!({"type": "string", "format": "uuid"})),
        ("inet4", false, json!({"type": "string", "format": "ipv4"})),
        ("inet6", true, json!({"type": ["string", "null"], "anyOf": [{"format": "ipv6"}, {"format": "ipv4"}]})),
        ("point", false, json!({"type": ["object", "string"]})),
        ("hyperloglog(7)", false, json!({})),
    ] {
        let document = document("d", &table(&[json!({"name": "c", "type": r#type, "nullable": nullable})])).unwrap();
        let mut property = document["properties"]["c"].as_object().unwrap().clone();
        assert!(property.remove("x-sql-type").is_some(), "{type}");
        assert_eq!(Value::Object(property), want, "{type}");
    }
}

#[test]
fn names_that_no_urn_can_hold_are_percent_encoded() {
    let mut odd = table(&[json!({"name": "c", "type": "int", "nullable": true})]);
    odd.name = "täble:1 %".to_owned();
    odd.comment = "it's".to_owned();
    let document = document("a/b", &odd).unwrap();
    assert!(document["$id"].as_str().unwrap().starts_with("urn:sql-schema:a%2Fb:t%C3%A4ble%3A1%20%25:sha256:"));
    assert_eq!((&document["title"], &document["description"]), (&json!("täble:1 %"), &json!("it's")));
    assert_eq!(document.get("required"), None, "nothing required is no list");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_table_has_a_schema_that_compiles(database in any_database()) {
        for table in &database.tables {
            let document = document(&database.name, table).unwrap();
            prop_assert_eq!(bytes(&database.name, table).unwrap(), canonical::bytes(&document).unwrap());
            let compiled = jsonschema::draft202012::options().should_validate_formats(true).build(&document);
            prop_assert!(compiled.is_ok(), "{:?}: {}", compiled.err(), document);
        }
    }
}
