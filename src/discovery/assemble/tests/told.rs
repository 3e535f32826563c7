//! What the rows tell, and what they hide: partitions, sequences, TiDB's own facts, and accounts that see too little.

use super::*;
use crate::schema::{AutoRandom, CheckLevel, Partitioning, Sequence, Table};

const TIDB: Engine = Engine::Tidb;

/// One table of TiDB with a primary key, SHOW CREATE and all.
fn tidb_table(row: Value, more: Vec<(Part, Rows)>, create: &str) -> (Table, Vec<Warning>) {
    let columns = ["id", "a"].iter().enumerate();
    let columns = columns.map(|(at, name)| column("t", u32::try_from(at).unwrap() + 1, name, "int(5)")).collect();
    let indexes = vec![index_part("t", "PRIMARY", 1, "id", true), index_part("t", "x", 1, "a", false)];
    let mut rows = DatabaseRows::from([
        (Part::Tables, list(vec![row])),
        (Part::Columns, list(columns)),
        (Part::IndexParts, list(indexes)),
        (Part::PublicIndexes, list(vec![public("t", "PRIMARY", "YES", 0), public("t", "x", "NO", 1)])),
    ]);
    rows.extend(more);
    let creates = Creates::from_texts([("t", create)]);
    let (mut database, warnings) = build(&Context { creates: &creates, ..context(TIDB, Ddl::Idle) }, &rows);
    (database.tables.remove(0), warnings)
}

fn codes(warnings: &[Warning]) -> Vec<(WarningCode, &str)> {
    warnings
        .iter()
        .map(|w| (w.code, if w.element.is_empty() { w.object.as_str() } else { w.element.as_str() }))
        .collect()
}

const PLAIN: &str = "CREATE TABLE `t` (\n  `id` int NOT NULL\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4";

#[test]
fn tidbs_own_facts_come_from_its_rows_and_from_show_create() {
    let mut row = base_table("t");
    (row["sharding"], row["placement"]) = (json!("PK_AUTO_RANDOM_BITS=6, RANGE BITS=54"), json!("pp"));
    let replicas = (Part::TiFlash, list(vec![json!({"t": "t", "n": 2, "labels": ""})]));
    let checks = vec![json!({"t": "t", "ck": "c", "expr": "(`a` > 0)", "enf": null})];
    let keys = vec![json!({"t": "t", "fk": "f", "pos": 1, "c": "a", "rs": "d", "rt": "T", "rc": "id"})];
    let rules = vec![json!({"t": "t", "fk": "f", "upd": "CASCADE", "del": "NO ACTION"})];
    let more = vec![
        replicas,
        (Part::Checks, list(checks)),
        (Part::ForeignKeyParts, list(keys)),
        (Part::ForeignKeyRules, list(rules)),
    ];
    let create = "CREATE GLOBAL TEMPORARY TABLE `t` (\n  `id` int NOT NULL,\n  `a` int(5) unsigned zerofill DEFAULT NULL,\n  \
        VECTOR INDEX `x`((VEC_L2_DISTANCE(`a`))),\n  \
        CONSTRAINT `f` FOREIGN KEY (`a`) REFERENCES `T` (`id`) /* FOREIGN KEY INVALID */,\n  \
        CONSTRAINT `c` CHECK ((`a` > 0)) /*!80016 NOT ENFORCED */\n\
        ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 /*T![auto_id_cache] AUTO_ID_CACHE=30 */ /*T! PRE_SPLIT_REGIONS=3 */ \
        ON COMMIT DELETE ROWS /*T![ttl] TTL=`at` + INTERVAL 1 DAY */ /*T![ttl] TTL_ENABLE='ON' */";
    let (table, warnings) = tidb_table(row, more, create);
    assert_eq!(table.columns[0].auto_random, Some(AutoRandom { shard_bits: 6, range_bits: 54 }));
    assert_eq!(table.columns[1].auto_random, None);
    assert!(table.columns[1].r#type.zerofill && table.columns[1].r#type.unsigned);
    assert!(table.primary_key.as_ref().unwrap().clustered && table.indexes[0].global);
    assert_eq!(table.indexes[0].r#type, IndexType::Vector);
    assert_eq!(table.indexes[0].parts[0].expression.as_deref(), Some("vec_l2_distance(`a`)"));
    assert_eq!((table.checks[0].enforced, table.foreign_keys[0].valid), (Some(false), Some(false)));
    assert_eq!(table.foreign_keys[0].ref_table, "t", "a parent has its table's spelling where case does not matter");
    assert_eq!(
        (table.options["temporary"].as_str(), table.options["auto_id_cache"].as_str()),
        ("on commit delete rows", "30")
    );
    let tidb = &table.tidb;
    assert_eq!((tidb.placement.as_str(), tidb.tiflash_replicas, tidb.pre_split), ("pp", 2, 3));
    assert!(tidb.ttl.as_ref().is_some_and(|ttl| ttl.enabled && ttl.column == "at") && !tidb.extras_unknown);
    assert_eq!(codes(&warnings), []);
}

#[test]
fn a_table_that_uses_nothing_of_tidb_has_no_field_of_it() {
    let (table, warnings) = tidb_table(base_table("t"), vec![], PLAIN);
    let value = serde_json::to_value(&table).unwrap();
    for field in ["tidb", "partitioning", "generatedPk", "options"] {
        assert!(value.get(field).is_none(), "{value}");
    }
    assert_eq!(codes(&warnings), []);
}

#[test]
fn extras_that_cannot_be_read_are_unknown_with_one_warning_for_the_database() {
    let names = ["t", "u"];
    let rows = DatabaseRows::from([
        (Part::Tables, list(names.map(base_table).to_vec())),
        (Part::Columns, list(names.map(|t| column(t, 1, "id", "int")).to_vec())),
    ]);
    let (database, warnings) = build(&context(TIDB, Ddl::Idle), &rows);
    assert!(database.tables.iter().all(|table| table.tidb.extras_unknown));
    assert_eq!(codes(&warnings), [(WarningCode::ExtrasUnknown, "")]);
}

#[test]
fn a_check_that_only_show_create_shows_is_unknown_and_never_gone() {
    let create = "CREATE TABLE `t` (\n  `id` int NOT NULL,\n  CONSTRAINT `b` CHECK ((`a` > 0)),\n  \
        CONSTRAINT `a` CHECK ((`a` > 0)) /*!80016 NOT ENFORCED */\n) ENGINE=InnoDB";
    let (table, warnings) = tidb_table(base_table("t"), vec![], create);
    let checks: Vec<_> = table.checks.iter().map(|c| (c.name.as_str(), c.expr.as_str(), c.enforced)).collect();
    assert_eq!(checks, [("a", "unknown", Some(false)), ("b", "unknown", None)]);
    assert_eq!(codes(&warnings), [(WarningCode::CheckHidden, "a"), (WarningCode::CheckHidden, "b")]);
}

#[test]
fn partitions_are_a_scheme_or_unknown_and_never_gone() {
    let scheme = |pm: &str, pe: Option<&str>, sm: Option<&str>| {
        let row = json!({"t": "t", "pm": pm, "pe": pe, "sm": sm, "se": sm.map(|_| "`a`")});
        vec![(Part::Partitions, list(vec![row]))]
    };
    let unknown = Partitioning { method: "unknown".into(), ..Partitioning::default() };
    let of = |method: &str, expression: &str, sub: &str, sub_expression: &str| {
        let text = str::to_owned;
        let (method, expression) = (text(method), text(expression));
        Some(Partitioning { method, expression, sub_method: text(sub), sub_expression: text(sub_expression) })
    };
    for (options, rows, want, warned) in [
        ("partitioned", scheme("RANGE COLUMNS", Some("`d`,`k`"), None), of("range columns", "`d`,`k`", "", ""), false),
        (
            "partitioned",
            scheme("RANGE", Some("YEAR(`d`)"), Some("HASH")),
            of("range", "year(`d`)", "hash", "`a`"),
            false,
        ),
        ("partitioned", scheme("KEY", None, None), of("key", "", "", ""), false),
        ("", scheme("NONE", Some(""), None), None, false),
        ("partitioned", scheme("NONE", Some(""), None), None, false),
        ("partitioned", vec![], Some(unknown.clone()), true),
        ("", vec![], None, false),
    ] {
        let mut row = base_table("t");
        row["opts"] = json!(options);
        let (table, warnings) = tidb_table(row, rows, PLAIN);
        assert_eq!(table.partitioning, want);
        assert_eq!(codes(&warnings), if warned { vec![(WarningCode::PartitionsHidden, "t")] } else { vec![] });
        assert!(table.options.is_empty());
    }
}

#[test]
fn sequences_of_both_engines_read_the_same() {
    let mut row = base_table("s");
    (row["typ"], row["cmt"]) = (json!("SEQUENCE"), json!("of the table"));
    let rows =
        |own: Value| DatabaseRows::from([(Part::Tables, list(vec![row.clone()])), (Part::Sequences, list(vec![own]))]);
    let tidb = |ca: u32| {
        json!({"t": "s", "st": "100", "inc": "-5", "mn": "-9223372036854775807", "mx": "1000000", "ca": ca, "cv": "50",
            "cy": 1, "cmt": "its own"})
    };
    let mariadb = json!({"k": hex("s"), "st": "100", "inc": "-5", "mn": "-9223372036854775807", "mx": "1000000",
        "ca": "50", "cy": 1});
    let want = |comment: &str, cache| Sequence {
        name: "s".into(),
        start: "100".into(),
        increment: "-5".into(),
        min: "-9223372036854775807".into(),
        max: "1000000".into(),
        cache,
        cycle: true,
        comment: comment.into(),
        unknown: false,
    };
    for (engine, own, want) in [
        (TIDB, tidb(1), want("its own", 50)),
        (TIDB, tidb(0), want("its own", 0)),
        (Engine::Mariadb, mariadb, want("of the table", 50)),
    ] {
        let (database, warnings) = build(&context(engine, Ddl::Idle), &rows(own));
        assert_eq!((database.sequences, warnings), (vec![want], vec![]));
    }
    let hidden = DatabaseRows::from([(Part::Tables, list(vec![row.clone()]))]);
    let (database, warnings) = build(&context(Engine::Mariadb, Ddl::Idle), &hidden);
    assert_eq!(serde_json::to_value(&database.sequences[0]).unwrap(), json!({"name": "s", "unknown": true}));
    assert_eq!(codes(&warnings), [(WarningCode::SequenceHidden, "s")]);
}

#[test]
fn a_version_without_the_list_of_finished_indexes_keeps_all_but_phantoms() {
    let mut rows = while_ddl_runs();
    rows.remove(&Part::PublicIndexes);
    for (ddl, want) in [(Ddl::Running, vec!["building", "ua"]), (Ddl::Idle, vec!["_Idx$_ua_0", "building", "ua"])] {
        let context = Context { missing: &[Part::PublicIndexes], ..context(TIDB, ddl) };
        let (database, _) = build(&context, &rows);
        assert_eq!(database.tables[0].indexes.iter().map(|i| i.name.as_str()).collect::<Vec<_>>(), want);
        assert!(database.tables[0].primary_key.is_some());
    }
}

#[test]
fn mysqls_own_primary_key_is_told_from_a_users() {
    for (engine, name, extra, want) in [
        (Engine::Mysql, "my_row_id", "auto_increment INVISIBLE", true),
        (Engine::Mysql, "my_row_id", "auto_increment", false),
        (Engine::Mysql, "my_row_id", "INVISIBLE", false),
        (Engine::Mysql, "id", "auto_increment INVISIBLE", false),
        (Engine::Mariadb, "my_row_id", "auto_increment, INVISIBLE", false),
    ] {
        let mut key = column("t", 1, name, "bigint unsigned");
        key["extra"] = json!(extra);
        let rows = DatabaseRows::from([
            (Part::Tables, list(vec![base_table("t")])),
            (Part::Columns, list(vec![key])),
            (Part::IndexParts, list(vec![index_part("t", "PRIMARY", 1, name, true)])),
        ]);
        let table = build(&context(engine, Ddl::Idle), &rows).0.tables.remove(0);
        assert_eq!(table.generated_pk, want, "{engine:?} {name} {extra}");
    }
}

#[test]
fn mariadb_tells_a_columns_check_by_its_name() {
    let checks = vec![
        json!({"t": "t", "ck": "a", "expr": "`a` > 0", "enf": "YES"}),
        json!({"t": "t", "ck": "pr", "expr": "`a` < `b`", "enf": "YES"}),
    ];
    let rows = DatabaseRows::from([
        (Part::Tables, list(vec![base_table("t")])),
        (Part::Columns, list(vec![column("t", 1, "a", "int(11)"), column("t", 2, "b", "int(11)")])),
        (Part::Checks, list(checks)),
    ]);
    for (engine, want) in [(Engine::Mariadb, CheckLevel::Column), (Engine::Mysql, CheckLevel::Table)] {
        let table = build(&context(engine, Ddl::Idle), &rows).0.tables.remove(0);
        assert_eq!(table.checks.iter().map(|c| c.level).collect::<Vec<_>>(), [want, CheckLevel::Table]);
    }
}
