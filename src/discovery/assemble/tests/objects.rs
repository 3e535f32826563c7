//! Versioned tables, tables nobody sees into, and views.

use super::*;

#[test]
fn hidden_key_columns_of_a_versioned_table_are_dropped() {
    let mut versioned = base_table("t");
    versioned["typ"] = json!("SYSTEM VERSIONED");
    let keys = vec![
        index_part("t", "PRIMARY", 1, "id", true),
        index_part("t", "PRIMARY", 2, "row_end", true),
        index_part("t", "only", 1, "row_end", false),
    ];
    let rows = DatabaseRows::from([
        (Part::Tables, list(vec![versioned])),
        (Part::Columns, list(vec![column("t", 1, "id", "int")])),
        (Part::IndexParts, list(keys)),
    ]);
    let table = build(&context(Engine::Mariadb, Ddl::Idle), &rows).0.tables.remove(0);
    assert_eq!(table.primary_key.unwrap().columns.len(), 1);
    assert!(table.indexes.is_empty());
}

#[test]
fn a_table_without_visible_columns_is_never_published() {
    let rows = DatabaseRows::from([(Part::Tables, list(vec![base_table("t")]))]);
    let context = context(Engine::Mariadb, Ddl::Idle);
    let error = database(&context, Attributes::default(), &rows, &|_| true).unwrap_err();
    assert!(error.to_string().starts_with("database d: table t: no column of it is visible"), "{error}");
    assert!(database(&context, Attributes::default(), &rows, &|_| false).is_ok(), "unless it is left out");
}

#[test]
fn views_say_what_the_engine_knows_of_them() {
    let view = |name: &str| {
        let mut row = base_table(name);
        (row["typ"], row["cmt"], row["eng"]) = (json!("VIEW"), json!("VIEW"), Value::Null);
        row
    };
    let text =
        |name: &str, def: &str| json!({"t": name, "def": def, "chk": "CASCADED", "upd": "YES", "sec": "INVOKER"});
    let mut id = column("good", 1, "id", "int(11)");
    (id["def_null"], id["def"], id["nul"]) = (json!(0), json!("0"), json!("NO"));
    let rows = DatabaseRows::from([
        (Part::Tables, list(vec![view("good"), view("broken"), view("hidden")])),
        (Part::Columns, list(vec![id, column("hidden", 1, "id", "var_string(8)")])),
        (Part::Views, list(vec![text("good", "select 1"), text("broken", "select 2"), text("hidden", "")])),
    ]);
    let (database, warnings) = build(&context(Engine::Mariadb, Ddl::Idle), &rows);
    let [broken, good, hidden] = database.views.as_slice() else { unreachable!("three views") };
    assert!(broken.invalid && !good.invalid && !hidden.invalid);
    assert_eq!((good.check_option.as_str(), good.security.as_str(), good.updatable), ("cascaded", "invoker", true));
    assert_eq!((good.columns[0].nullable, &good.columns[0].default), (false, &None), "a view's default means nothing");
    let codes: Vec<_> = warnings.iter().map(|w| (w.object.as_str(), w.code)).collect();
    assert_eq!(codes, [("broken", WarningCode::ViewInvalid), ("hidden", WarningCode::ViewHidden)]);

    let (database, _) = build(&context(Engine::Tidb, Ddl::Idle), &rows);
    assert!(database.views.iter().all(|v| v.check_option.is_empty() && !v.updatable), "TiDB says so of every view");
}
