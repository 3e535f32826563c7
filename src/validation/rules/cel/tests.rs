//! Tests of expressions: what they see, what is refused and how, what stops them.
#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::*;
use crate::schema::Snapshot;
use crate::validation::testing::{any_snapshot, column, parts, snapshot, table};

fn live() -> Snapshot {
    let orders = table(
        "orders",
        json!({
            "comment": " Order book ",
            "columns": [
                column("id", "bigint unsigned", json!({"autoIncrement": true})),
                column("total_amount", "decimal(10,2)", json!({"nullable": true, "default": {"kind": "literal", "value": "0.00"}})),
                column("created_at", "datetime(3)", json!({"default": {"kind": "current_timestamp", "fsp": 3}})),
            ],
            "indexes": [{"name": "k", "unique": false, "type": "btree", "parts": parts(&["created_at"])}],
        }),
    );
    snapshot("tidb", json!([orders, table("bare", json!({"primaryKey": null}))]), json!([]))
}

/// Runs an expression of scope Table on the first table.
fn on_table(text: &str) -> Result<bool, String> {
    let live = live();
    let database = &live.databases[0];
    on_big_stack(|| {
        let rule = Compiled::new(text, Scope::Table)?;
        let (db, table) = (view::value(&view::database(database))?, view::value(&view::table(&database.tables[0]))?);
        let (server, params) = (view::value(&view::server(&live))?, view::value(&view::params(&Default::default()))?);
        let variables = Variables::default().with("db", db.as_ref()).with("table", table.as_ref());
        rule.run(&environment(), &variables.with("server", server.as_ref()).with("params", params.as_ref()))
    })
    .unwrap()
}

#[test]
fn expressions_see_the_model_with_every_field_filled() {
    for (text, want) in [
        ("table.primaryKey.columns.size() > 0", true),
        ("table.columns.exists(c, c.name == 'created_at' && c.type.base in ['datetime', 'timestamp'])", true),
        ("table.columns.all(c, !c.name.endsWith('_amount') || c.type.base == 'decimal')", true),
        ("table.columns.filter(c, c.nullable).map(c, c.name) == ['total_amount']", true),
        ("table.columns.exists_one(c, c.autoIncrement)", true),
        ("table.columns[1].default.value == '0.00' && table.columns[0].default == null", true),
        ("table.columns[1].type.precision + 1 == 11 && table.columns[2].type.fsp == 3", true),
        ("table.columns[2].type.sql == 'datetime(3)'", true),
        ("table.indexes.all(i, i.invisible == false && i.parts[0].expression == '')", true),
        ("table.partitioning == null && table.tidb.ttl == null && size(table.checks) == 0", true),
        ("db.name == 'shop' && db.tables.exists(t, t.name == 'bare' && !t.hasPrimaryKey)", true),
        ("server.dialect == 'tidb' && server.lowerCaseTableNames == 0", true),
        ("params.max == null && params.names.size() == 0 && params.pattern == ''", true),
        ("table.name.startsWith('x') ? false : table.name.contains('rder')", true),
        ("table.comment.trim().lower().split(' ').join('-') == 'order-book'", true),
        ("upper(table.name) == 'ORDERS' && table.name.glob('ord*') && !glob(table.name, 'x*')", true),
        ("table.name.matches('^[a-z]+$') && !matches(table.name, '[0-9]')", true),
        ("has(table.comment) && [1, 2].exists(n, n == 2) && {'a': 1}['a'] == 1", true),
        ("table.columns.all(column, column.ordinal == 1)", true),
        ("table.engine == 'MyISAM'", false),
    ] {
        assert_eq!(on_table(text), Ok(want), "{text}");
    }
}

#[test]
fn what_nobody_knows_is_refused_with_its_place_and_the_word_that_was_meant() {
    for (text, want) in [
        ("tabel.name == 'a'", "line 1, column 1: unknown variable tabel: did you mean table?"),
        ("true &&\n  colum.nullable", "line 2, column 3: unknown variable colum: there are db, params, server, table"),
        ("table.columms.size() > 0", "unknown field columms: did you mean columns?"),
        ("table.columns.all(c, c.typ.base == 'int')", "unknown field typ: did you mean type?"),
        ("table.columns.all(c, d.name == '')", "unknown variable d: did you mean c?"),
        ("table.columns[0].type.bse == ''", "unknown field bse: did you mean base?"),
        ("table.name.first == ''", "first is taken from a plain value"),
        ("table.columns.name == ''", "name is taken from a list; use all, exists or [0]"),
        ("table.name.lowerAscii() == ''", "unknown function lowerAscii: there are lower, upper"),
        ("table.columns.exist(c, c.nullable)", "line 1, column 20: unknown function exist: did you mean exists?"),
        ("sise(table.columns) > 0", "unknown function sise: did you mean size?"),
        ("table.name ==", "line 1, column "),
        ("'u' == table.nam", "line 1, column 13: unknown field nam: did you mean name?"),
        ("'ü' == table.nam", "line 1, column 13: unknown field nam: did you mean name?"),
        ("", "line 1, column "),
    ] {
        let error = on_table(text).unwrap_err();
        assert!(error.contains(want), "{text}: {error}");
        assert!(error.len() < 400, "{error}");
    }
}

#[test]
fn each_scope_has_its_own_variables() {
    for (scope, variables) in [
        (Scope::Database, &["db", "params", "server"][..]),
        (Scope::Table, &["db", "params", "server", "table"]),
        (Scope::Column, &["column", "db", "params", "server", "table"]),
        (Scope::Index, &["db", "index", "params", "server", "table"]),
        (Scope::ForeignKey, &["db", "fk", "params", "server", "table"]),
        (Scope::Change, &["change", "db", "params", "server"]),
        (Scope::Query, &["db", "params", "query", "server"]),
    ] {
        assert_eq!(Shape::variables(scope).keys().collect::<Vec<_>>(), variables, "{scope:?}");
        let text = variables.iter().map(|name| format!("{name} != null")).collect::<Vec<_>>().join(" && ");
        on_big_stack(|| Compiled::new(&text, scope)).unwrap().unwrap();
    }
    let change = "change.class != 'breaking_readers' || db.name.startsWith('dev_')";
    on_big_stack(|| Compiled::new(change, Scope::Change)).unwrap().unwrap();
}

#[test]
fn an_expression_that_breaks_gives_an_error_and_never_a_pass() {
    for (text, want) in [
        ("table.name", "gives a string instead of true or false"),
        ("table.columns[99].nullable", "Index out of bounds"),
        ("table.columns[0].default.value == ''", "a field is taken from a value that is null here; test it first"),
        ("1 / (size(table.indexes) - 1) > 0", "Division by zero"),
        ("table.name.matches('(')", "the pattern is no regular expression"),
        ("table.name.glob('[')", "not a valid glob"),
        ("table.name.matches('(a{500}){500}')", "the pattern is no regular expression, or too large"),
        ("table.columns.map(c, c.ordinal).join('') == ''", "takes a list of strings"),
    ] {
        let error = on_table(text).unwrap_err();
        assert!(error.contains(want) && error.len() <= 210, "{text}: {error}");
    }
    assert_eq!(on_table("true || table.columns[99].nullable"), Ok(true));
}

#[test]
fn a_runaway_expression_is_stopped_by_its_steps() {
    let list = format!("[{}]", vec!["0"; 480].join(","));
    for text in [
        format!("{list}.all(a, {list}.all(b, a == b && a + b == 0))"),
        // What swallows errors does not swallow the limit.
        format!("{list}.all(a, {list}.all(b, a == b && a + b == 0)) || true"),
    ] {
        assert!(text.len() <= MAX_TEXT, "{}", text.len());
        let error = on_table(&text).unwrap_err();
        assert!(error.contains("takes more than 1000000 steps on this object"), "{error}");
    }
}

#[test]
fn what_is_too_long_too_deep_or_nested_too_far_is_refused_before_it_is_parsed() {
    let cases = [
        ("'".to_owned() + &"a".repeat(MAX_TEXT) + "'", "at most 4096 are allowed"),
        (vec!["1"; 2000].join("+"), "chains or nests more than 80"),
        ("(".repeat(2000), "chains or nests more than 80"),
        ("[".repeat(200) + &"]".repeat(200), "chains or nests more than 80"),
        ("a".to_owned() + &".b".repeat(2000), "chains or nests more than 80"),
        ("true?true:".repeat(400) + "true", "chains or nests more than 80"),
        (
            "table.columns.all(a, table.columns.all(b, table.columns.all(c, true)))".to_owned(),
            "nests more than 2 of all, exists",
        ),
    ];
    for (text, want) in cases {
        let error = on_table(&text).unwrap_err();
        assert!(error.contains(want), "{error}");
    }
    // As deep as is allowed, in each way.
    for text in [
        vec!["1"; 78].join("+") + " == 78",
        "(".repeat(80) + "true" + &")".repeat(80),
        "!".repeat(78) + "true",
        vec!["table.name == 'orders'"; 150].join(" && "),
        "'((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((' != ''"
            .to_owned(),
        "table.columns.filter(a, true).map(a, a.name).exists(a, table.columns.all(b, a != ''))".to_owned(),
    ] {
        assert_eq!(on_table(&text), Ok(true), "{text}");
    }
}

/// Every key of one is a key of the other, all the way down, where both are known.
fn same_keys(path: &str, example: &Json, real: &Json) {
    match (example, real) {
        (Json::Object(one), Json::Object(other)) => {
            assert_eq!(one.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>(), "{path}");
            one.iter().for_each(|(key, value)| same_keys(&format!("{path}.{key}"), value, &other[key]));
        }
        (Json::Array(one), Json::Array(other)) => {
            let Some(example) = one.first() else { unreachable!("the example of {path} is empty") };
            other.iter().for_each(|item| same_keys(&format!("{path}[]"), example, item));
        }
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn the_examples_have_exactly_the_fields_of_the_values(live in any_snapshot()) {
        let examples = examples::examples(Scope::Column);
        let example = |name: &str| examples.iter().find(|(n, _)| *n == name).unwrap().1.clone();
        let database = &live.databases[0];
        same_keys("db", &example("db"), &view::database(database));
        same_keys("server", &example("server"), &view::server(&live));
        for table in &database.tables {
            same_keys("table", &example("table"), &view::table(table));
            view::value(&view::table(table)).unwrap();
        }
    }

    #[test]
    fn no_text_makes_the_compiler_or_the_interpreter_panic(
        text in prop_oneof![
            ".{0,200}",
            "(table|columns|\\.|\\(|\\)|\\[|\\]|all|exists|map|has|c|,|'|\"|==|&&|\\|\\||!|\\?|:|1|-|\\+|in|\\{|\\}|size| |b'|r\"|0x|u|\\\\){0,40}",
            "table\\.columns\\.(all|map|filter|exists)\\(c, c\\.(name|type|nullable)(\\.[a-z]{1,4})?( == |\\.)?('a'|size\\(\\)|lower\\(\\)|1)?\\)",
        ],
    ) {
        // A panic on that thread is an error here.
        let outcome = std::panic::catch_unwind(|| on_table(&text));
        prop_assert!(outcome.is_ok());
        if let Ok(Err(error)) = outcome {
            prop_assert!(!error.contains("the interpreter of expressions failed"), "{text}");
        }
    }
}
