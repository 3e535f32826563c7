//! Rows to model, rule by rule. Long because each case holds its whole rows; the rules they test share one vocabulary of them.
#![expect(clippy::unwrap_used, reason = "tests")]

use serde_json::{Value, json};

use super::*;
use crate::discovery::queries::{Key, List, hex, lists, page};
use crate::schema::canonical;
use crate::schema::{DefaultValue, GeneratedKind, IndexType, ReferentialAction};

fn context(engine: Engine, ddl: Ddl) -> Context<'static> {
    static NOTHING: std::sync::LazyLock<Creates> = std::sync::LazyLock::new(Creates::default);
    let fold = engine == Engine::Tidb;
    Context { database: "d", engine, fold, zone: Zone::Offset(0), ddl, creates: &NOTHING, missing: &[] }
}

/// Rows of one part; `t` and the names get their HEX.
fn list(rows: Vec<Value>) -> Rows {
    let keyed = |mut row: Value| {
        for (name, key) in [("t", "k"), ("ix", "ik"), ("fk", "ik"), ("ck", "ik")] {
            if let Some(text) = row[name].as_str().map(hex) {
                row[key] = text.into();
            }
        }
        Row::new(row.as_object().unwrap().clone())
    };
    rows.into_iter().map(keyed).collect()
}

fn base_table(name: &str) -> Value {
    json!({"t": name, "typ": "BASE TABLE", "eng": "InnoDB", "coll": "utf8mb4_bin", "opts": "", "cmt": "", "tmp": "N",
        "sharding": "NOT_SHARDED", "placement": null, "tid": "7", "ddl_time": "2026-01-01 00:00:00"})
}

fn column(table: &str, pos: u32, name: &str, ctype: &str) -> Value {
    json!({"t": table, "pos": pos, "c": name, "ctype": ctype, "dtype": "x", "nul": "YES", "def_null": 1, "def": null,
        "extra": "", "cs": null, "coll": null, "gen": "", "cmt": ""})
}

fn index_part(table: &str, index: &str, seq: u32, column: &str, unique: bool) -> Value {
    json!({"t": table, "ix": index, "seq": seq, "nonuniq": u8::from(!unique).to_string(), "c": column, "ord": "A",
        "sub": null, "typ": "BTREE", "cmt": "", "vis": "YES", "ign": "NO", "expr": null})
}

fn public(table: &str, index: &str, clustered: &str, global: u32) -> Value {
    json!({"t": table, "ix": index, "vis": "YES", "clu": clustered, "glob": global})
}

fn build(context: &Context<'_>, rows: &DatabaseRows) -> (Database, Vec<Warning>) {
    database(context, Attributes::default(), rows, &|_| true).unwrap()
}

/// TiDB while it builds a unique index, and while it rewrites a column: what it answered, shortened.
fn while_ddl_runs() -> DatabaseRows {
    let columns =
        vec![column("d", 1, "id", "bigint"), column("d", 2, "a", "int"), column("d", 3, "_Col$_a_0", "varchar(30)")];
    let indexes = vec![
        index_part("d", "PRIMARY", 1, "id", true),
        index_part("d", "_Idx$_ua_0", 1, "id", true),
        index_part("d", "_Idx$_ua_0", 2, "_Col$_a_0", true),
        index_part("d", "building", 1, "a", true),
        index_part("d", "ua", 1, "id", true),
        index_part("d", "ua", 2, "a", true),
    ];
    let public = vec![public("d", "PRIMARY", "YES", 0), public("d", "ua", "NO", 0)];
    DatabaseRows::from([
        (Part::Tables, list(vec![base_table("d")])),
        (Part::Columns, list(columns)),
        (Part::IndexParts, list(indexes)),
        (Part::PublicIndexes, list(public)),
    ])
}

#[test]
fn half_built_objects_of_tidb_are_left_out() {
    for (ddl, want) in
        [(Ddl::Running, vec!["id", "a"]), (Ddl::Unknown, vec!["id", "a"]), (Ddl::Idle, vec!["id", "a", "_Col$_a_0"])]
    {
        let (database, _) = build(&context(Engine::Tidb, ddl), &while_ddl_runs());
        let table = &database.tables[0];
        assert_eq!(table.columns.iter().map(|c| c.name.as_str()).collect::<Vec<_>>(), want, "{ddl:?}");
        assert_eq!(table.indexes.iter().map(|i| i.name.as_str()).collect::<Vec<_>>(), ["ua"], "{ddl:?}");
        assert_eq!(table.primary_key.as_ref().unwrap().columns.len(), 1);
    }
}

#[test]
fn mysql_rows_are_read_under_any_case_of_their_labels() {
    let upper = |row: Value| {
        let cells = row.as_object().unwrap().iter().map(|(k, v)| (k.to_uppercase(), v.clone()));
        Value::Object(cells.collect())
    };
    let mut gen_column = column("t", 3, "g", "int");
    (gen_column["extra"], gen_column["gen"]) = (json!("STORED GENERATED"), json!(r"(`id` + length(_utf8mb4\'x\'))"));
    let mut when = column("t", 2, "w", "datetime(3)");
    (when["def_null"], when["def"]) = (json!(0), json!("CURRENT_TIMESTAMP(3)"));
    when["extra"] = json!("DEFAULT_GENERATED on update CURRENT_TIMESTAMP(3) INVISIBLE");
    let mut point = column("t", 4, "p", "point");
    point["srid"] = json!(4326);
    let mut desc = index_part("t", "ix", 1, "w", false);
    (desc["ord"], desc["vis"]) = (json!("D"), json!("NO"));
    let mut by_expr = index_part("t", "ix", 2, "", false);
    (by_expr["c"], by_expr["expr"]) = (Value::Null, json!(r"lower(_utf8mb4\'A\')"));
    let check = json!({"t": "t", "ck": "t_chk_1", "expr": r"(`id` > 0)", "enf": "NO"});
    let rows = DatabaseRows::from([
        (Part::Tables, list(vec![base_table("t")])),
        (Part::Columns, list(vec![column("t", 1, "id", "int"), when, gen_column, point])),
        (Part::IndexParts, list(vec![desc, by_expr])),
        (Part::Checks, list(vec![check])),
    ]);
    let shout = |rows: &Rows| -> Rows {
        let again = |row: &Row| {
            let cells: serde_json::Map<String, Value> = row
                .labels()
                .map(|label| (label.to_owned(), row.text_or_null(label).unwrap().map_or(Value::Null, Value::from)))
                .collect();
            Row::new(upper(Value::Object(cells)).as_object().unwrap().clone())
        };
        rows.iter().map(again).collect()
    };
    let shouted: DatabaseRows = rows.iter().map(|(part, rows)| (*part, shout(rows))).collect();
    let context = context(Engine::Mysql, Ddl::Idle);
    assert_eq!(build(&context, &rows), build(&context, &shouted));

    let table = build(&context, &rows).0.tables.remove(0);
    assert_eq!(table.columns[1].default, Some(DefaultValue::CurrentTimestamp { fsp: 3 }));
    assert_eq!(table.columns[1].on_update, table.columns[1].default);
    assert!(table.columns[1].invisible && !table.generated_pk);
    let generated = table.columns[2].generated.clone().unwrap();
    assert_eq!((generated.kind, generated.expr.as_str()), (GeneratedKind::Stored, "`id` + length('x')"));
    assert_eq!(table.columns[3].srid, Some(4326));
    let index = &table.indexes[0];
    assert!(index.invisible && index.parts[0].desc && !index.multi_valued);
    assert_eq!(index.parts[1].expression.as_deref(), Some("lower('A')"));
    let check = &table.checks[0];
    assert_eq!(
        (check.expr.as_str(), check.enforced, check.columns.as_slice()),
        ("`id` > 0", Some(false), &["id".to_owned()][..])
    );
}

#[test]
fn foreign_keys_join_their_rules_by_table_and_name() {
    let part = |table: &str, fk: &str, pos: u32, column: &str, database: &str| json!({"t": table, "fk": fk, "pos": pos, "c": column, "rs": database, "rt": "p", "rc": format!("p{column}")});
    let rule = |table: &str, fk: &str, del: &str| json!({"t": table, "fk": fk, "upd": "NO ACTION", "del": del});
    let parts = vec![
        part("a", "fk_1", 2, "y", "other"),
        part("a", "fk_1", 1, "x", "other"),
        part("b", "fk_1", 1, "x", "D"),
        part("b", "fk_2", 1, "y", "d"),
    ];
    let rows = DatabaseRows::from([
        (Part::Tables, list(vec![base_table("b"), base_table("a")])),
        (Part::Columns, list(vec![column("a", 1, "x", "int"), column("b", 1, "x", "int")])),
        (Part::ForeignKeyParts, list(parts)),
        (Part::ForeignKeyRules, list(vec![rule("b", "fk_1", "SET NULL"), rule("a", "fk_1", "CASCADE")])),
    ]);
    let (database, warnings) = build(&context(Engine::Tidb, Ddl::Idle), &rows);
    let [a, b] = database.tables.as_slice() else { unreachable!("two tables") };
    assert_eq!((a.name.as_str(), a.foreign_keys[0].columns.as_slice()), ("a", &["x".to_owned(), "y".to_owned()][..]));
    assert_eq!(a.foreign_keys[0].ref_database.as_deref(), Some("other"));
    assert_eq!(a.foreign_keys[0].on_delete, ReferentialAction::Cascade);
    assert_eq!((&b.foreign_keys[0].ref_database, b.foreign_keys[0].on_delete), (&None, ReferentialAction::SetNull));
    assert_eq!(b.foreign_keys[1].on_delete, ReferentialAction::Unknown, "a rule we may not see is not RESTRICT");
    assert_eq!(
        warnings.iter().map(|w| (w.code, w.element.as_str())).collect::<Vec<_>>(),
        [(WarningCode::RulesHidden, "fk_2"), (WarningCode::ExtrasUnknown, "")]
    );
}

#[test]
fn json_of_mariadb_is_the_column_and_its_check_together() {
    let mut text = column("t", 1, "j`s", "longtext");
    (text["cs"], text["coll"]) = (json!("utf8mb4"), json!("utf8mb4_bin"));
    let mut plain = text.clone();
    (plain["c"], plain["pos"]) = (json!("k"), json!(2));
    let check = |name: &str, expr: &str| json!({"t": "t", "ck": name, "expr": expr, "enf": "YES"});
    let rows = DatabaseRows::from([
        (Part::Tables, list(vec![base_table("t")])),
        (Part::Columns, list(vec![text, plain])),
        (Part::Checks, list(vec![check("j`s", "json_valid(`j``s`)"), check("other", "json_valid(`k`)")])),
    ]);
    let table = build(&context(Engine::Mariadb, Ddl::Idle), &rows).0.tables.remove(0);
    assert_eq!((table.columns[0].r#type.base.as_str(), table.columns[0].charset.as_str()), ("json", ""));
    assert_eq!(table.columns[1].r#type.base, "longtext");
    assert_eq!(table.checks.iter().map(|c| c.name.as_str()).collect::<Vec<_>>(), ["other"]);
}

#[test]
fn index_types_keep_what_they_show_and_no_more() {
    let of = |engine, typ: &str, sub: Value, expr: Value| {
        let mut row = index_part("t", "ix", 1, "NULL", false);
        (row["typ"], row["sub"], row["expr"]) = (json!(typ), sub, expr);
        let rows = DatabaseRows::from([
            (Part::Tables, list(vec![base_table("t")])),
            (Part::Columns, list(vec![column("t", 1, "NULL", "int")])),
            (Part::IndexParts, list(vec![row])),
            (Part::PublicIndexes, list(vec![public("t", "ix", "NO", 0)])),
        ]);
        build(&context(engine, Ddl::Idle), &rows).0.tables.remove(0).indexes.remove(0)
    };
    for (text, want) in [
        ("BTREE", IndexType::Btree),
        ("HASH", IndexType::Hash),
        ("FULLTEXT", IndexType::Fulltext),
        ("SPATIAL", IndexType::Spatial),
        ("HNSW", IndexType::Vector),
        ("COLUMNAR", IndexType::Columnar),
        ("new", IndexType::Btree),
    ] {
        assert_eq!(of(Engine::Mariadb, text, Value::Null, Value::Null).r#type, want, "{text}");
    }
    assert_eq!(of(Engine::Mariadb, "SPATIAL", json!(32), Value::Null).parts[0].prefix, None);
    assert_eq!(of(Engine::Mariadb, "BTREE", json!("10"), Value::Null).parts[0].prefix, Some(10));
    let named = of(Engine::Tidb, "BTREE", Value::Null, Value::Null);
    assert_eq!(named.parts[0].column.as_deref(), Some("NULL"), "a column may be called NULL");
    let array =
        of(Engine::Tidb, "BTREE", Value::Null, json!("cast(json_extract(`j`, _utf8mb4'$.a') as unsigned array)"));
    assert!(array.multi_valued && array.parts[0].column.is_none());
}

#[test]
fn what_is_no_table_view_or_sequence_is_not_published() {
    let mut rows = Vec::new();
    for (name, typ, tmp) in [
        ("a", "BASE TABLE", "N"),
        ("b", "SEQUENCE", "N"),
        ("c", "BASE TABLE", "Y"),
        ("d", "SYSTEM VIEW", "N"),
        ("e", "SYSTEM VERSIONED", "N"),
        ("f", "TEMPORARY", "N"),
    ] {
        let mut row = base_table(name);
        (row["typ"], row["tmp"]) = (json!(typ), json!(tmp));
        rows.push(row);
    }
    let columns = ["a", "b", "c", "d", "e", "f"].map(|t| column(t, 1, "x", "int"));
    let rows = DatabaseRows::from([(Part::Tables, list(rows)), (Part::Columns, list(columns.to_vec()))]);
    let (database, _) = build(&context(Engine::Mariadb, Ddl::Idle), &rows);
    let kinds: Vec<_> = database.tables.iter().map(|t| (t.name.as_str(), t.kind)).collect();
    assert_eq!(kinds, [("a", TableKind::Base), ("e", TableKind::SystemVersioned)]);
    assert_eq!(database.sequences.iter().map(|s| s.name.as_str()).collect::<Vec<_>>(), ["b"]);
}

mod objects;
mod running;
mod told;

/// The rows of one database on a golden tape.
fn taped(case: &str, engine: Engine, name: &str) -> DatabaseRows {
    let path = format!("{}/tests/golden/{case}/tape.ndjson", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let rows = |list: &List| {
        let sql = page(engine, list, name, &Key::start(list), 5000);
        let line = lines.iter().find(|line| line["sql"] == sql.as_str());
        let rows = line.map(|line| line["structured"]["result"].as_array().unwrap().clone()).unwrap_or_default();
        rows.iter().map(|row| Row::new(row.as_object().unwrap().clone())).collect()
    };
    lists(engine).map(|list| (list.part, rows(list))).collect()
}

#[test]
fn the_order_of_rows_does_not_change_a_byte() {
    for (case, engine) in [("tidb-8.4-nasty", Engine::Tidb), ("mariadb-10.11-nasty", Engine::Mariadb)] {
        let rows = taped(case, engine, "nasty_shop");
        let context = Context { database: "nasty_shop", ..context(engine, Ddl::Idle) };
        let bytes = |rows: &DatabaseRows| canonical::bytes(&build(&context, rows).0).unwrap();
        let want = bytes(&rows);
        assert!(want.len() > 50_000, "{}", want.len());
        for seed in 0..8 {
            let mut shuffled = rows.clone();
            let mut random = fastrand::Rng::with_seed(seed);
            shuffled.values_mut().for_each(|list| random.shuffle(list));
            assert!(bytes(&shuffled) == want, "{case} with seed {seed}");
        }
    }
}
