#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

const ENGINES: [Engine; 3] = [Engine::Tidb, Engine::Mariadb, Engine::Mysql];

fn list(engine: Engine, part: Part) -> &'static List {
    lists(engine).find(|list| list.part == part).unwrap()
}

fn key(table: &str, item: &str, position: i64) -> Key {
    Key(vec![KeyCell::Name(table.into()), KeyCell::Name(item.into()), KeyCell::Number(position)])
}

/// The cells of a key that a list has: not all have an item, and not all a position.
fn key_of(list: &List, key: &Key) -> Key {
    let of = |(kind, cell): (&Order, &KeyCell)| match (kind, cell) {
        (Order::Name { .. }, KeyCell::Name(_)) | (Order::Number { .. }, KeyCell::Number(_)) => Some(cell.clone()),
        _ => None,
    };
    let mut cells = key.0.iter();
    let next = |step: &Order| cells.by_ref().find_map(|cell| of((step, cell)));
    Key(list.order.iter().filter_map(next).collect())
}

#[test]
fn a_plain_name_is_quoted_and_any_other_travels_as_hex() {
    for (name, want) in [
        ("shop", "'shop'"),
        ("My-db_1$", "'My-db_1$'"),
        ("", "X''"),
        ("a b", "X'612062'"),
        ("it's", "X'69742773'"),
        ("Nasty Bx.1-`é$", "X'4E617374792042782E312D60C3A924'"),
    ] {
        assert_eq!(literal(name), want);
    }
}

#[test]
fn no_text_has_a_character_that_a_server_would_take_for_something_else() {
    let hostile =
        ["a:b", "%s", "back\\slash", "semi;colon", "it's", "`tick`", "héé😀", "\u{0}\n", "'; DROP", "X'41'", ""];
    let key = key(&hex("t:%\\;"), &hex("i:%\\;"), 7);
    let mut texts = vec![
        FACTS.to_owned(),
        TIDB_FACTS.to_owned(),
        DATABASES_OF_TABLES.to_owned(),
        DATABASES_OF_TABLES_COUNT.to_owned(),
    ];
    texts.extend([database_count(), database_names(&hex(":%;"), 5000), ddl_jobs(&hostile)]);
    for engine in ENGINES {
        texts.push(databases(engine, &hex(":%;"), 5000));
        for name in hostile {
            texts.push(altered_just_now(name));
            texts.extend(lists(engine).map(|list| page(engine, list, name, &key_of(list, &key), 5000)));
            texts.extend(lists(engine).map(|list| packed(engine, list, name, &hex("t:%\\;"), 5000)));
        }
    }
    for text in &texts {
        assert!(text.is_ascii(), "{text}");
        assert!(!text.contains([':', '%', '\\', ';', '\n', '"']), "{text}");
        // Five columns of SEQUENCES are called like keywords.
        assert_eq!(text.matches('`').count(), if text.contains("SEQUENCES") { 10 } else { 0 }, "{text}");
        assert!(!text.contains("  "), "{text}");
        assert_eq!(text.matches('\'').count() % 2, 0, "{text}");
    }
}

#[test]
fn pages_continue_after_the_last_key() {
    let key = key("542031", "5052494D415259", 2);
    for (part, want) in [
        (Part::Tables, "WHERE TABLE_SCHEMA = 'd' AND HEX(TABLE_NAME) > '542031' ORDER BY HEX(TABLE_NAME) LIMIT 7"),
        (
            Part::Columns,
            "WHERE TABLE_SCHEMA = 'd' AND (HEX(TABLE_NAME) > '542031' OR (HEX(TABLE_NAME) = '542031' AND \
             ORDINAL_POSITION > 2)) ORDER BY HEX(TABLE_NAME), ORDINAL_POSITION LIMIT 7",
        ),
        (
            Part::IndexParts,
            "WHERE TABLE_SCHEMA = 'd' AND (HEX(TABLE_NAME) > '542031' OR (HEX(TABLE_NAME) = '542031' AND \
             (HEX(INDEX_NAME) > '5052494D415259' OR (HEX(INDEX_NAME) = '5052494D415259' AND SEQ_IN_INDEX > 2)))) \
             ORDER BY HEX(TABLE_NAME), HEX(INDEX_NAME), SEQ_IN_INDEX LIMIT 7",
        ),
        (
            Part::ForeignKeyRules,
            "WHERE CONSTRAINT_SCHEMA = 'd' AND (HEX(TABLE_NAME) > '542031' OR (HEX(TABLE_NAME) = '542031' AND \
             HEX(CONSTRAINT_NAME) > '5052494D415259')) ORDER BY HEX(TABLE_NAME), HEX(CONSTRAINT_NAME) LIMIT 7",
        ),
    ] {
        let list = list(Engine::Mariadb, part);
        let text = page(Engine::Mariadb, list, "d", &key_of(list, &key), 7);
        assert!(text.ends_with(want), "{part:?}: {text}");
    }
}

#[test]
fn every_list_is_told_apart_and_has_the_cells_it_is_sorted_by() {
    for engine in ENGINES {
        let names: std::collections::BTreeSet<_> = lists(engine).map(|list| list.name).collect();
        let parts: std::collections::BTreeSet<_> = lists(engine).map(|list| list.part).collect();
        assert_eq!((names.len(), parts.len()), (lists(engine).count(), lists(engine).count()), "{engine:?}");
        assert_eq!(lists(engine).next().unwrap().part, Part::Tables);
        for list in lists(engine) {
            let has = |alias: &str| list.cells(engine).find(|(has, _)| *has == alias).map(|(_, sql)| sql);
            for step in list.order {
                match step {
                    Order::Name { hex, of } => assert_eq!(has(hex), has(of).map(|of| format!("HEX({of})"))),
                    Order::Number { cell, .. } => assert!(has(cell).is_some(), "{}: {cell}", list.name),
                }
            }
        }
    }
}

#[test]
fn several_databases_share_a_statement_and_are_told_apart_by_hex() {
    let text = ddl_jobs(&["a", "ü"]);
    assert!(text.starts_with("SELECT '61' AS db, CAST("), "{text}");
    assert!(text.contains(" UNION ALL SELECT 'C3BC' AS db, CAST("), "{text}");
    assert!(!ddl_jobs(&["a"]).contains("AS db"));
}

#[test]
fn mysql_checks_are_joined_and_the_others_are_not() {
    let of = |engine| {
        let list = list(engine, Part::Checks);
        page(engine, list, "d", &Key::start(list), 5000)
    };
    assert!(of(Engine::Mysql).contains("CC.CHECK_CLAUSE AS expr, TC.ENFORCED AS enf"));
    assert!(of(Engine::Mariadb).contains("CHECK_CLAUSE AS expr, 'YES' AS enf FROM information_schema.CHECK_"));
    assert!(of(Engine::Tidb).contains("CAST(CHECK_CLAUSE AS CHAR) AS expr, NULL AS enf"));
}

#[test]
fn a_packed_page_has_the_cells_of_the_plain_one_once_per_table() {
    let list = list(Engine::Tidb, Part::Checks);
    let want = "SELECT TABLE_NAME AS t, HEX(TABLE_NAME) AS k, COUNT(*) AS n, CAST(JSON_ARRAYAGG(JSON_ARRAY(\
        CONSTRAINT_NAME,HEX(CONSTRAINT_NAME),CAST(CHECK_CLAUSE AS CHAR),NULL)) AS CHAR) AS r FROM \
        information_schema.TIDB_CHECK_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = 'd' AND HEX(TABLE_NAME) > '61' GROUP BY \
        HEX(TABLE_NAME), TABLE_NAME ORDER BY HEX(TABLE_NAME) LIMIT 9";
    assert_eq!(packed(Engine::Tidb, list, "d", "61", 9), want);
    assert_eq!(packed_labels(Engine::Tidb, list), ["ck", "ik", "expr", "enf"]);
    for engine in ENGINES {
        for list in lists(engine).filter(|list| list.packs()) {
            let plain = list.cells(engine).map(|(alias, _)| alias).collect::<Vec<_>>();
            assert_eq!([vec!["t", "k"], packed_labels(engine, list)].concat(), plain, "{engine:?} {}", list.name);
        }
    }
}

/// Statements that real servers answered, with what they ask for.
fn recorded() -> Vec<serde_json::Value> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/texts.ndjson");
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn texts_are_byte_for_byte_those_that_real_servers_answered() {
    let mut compared = 0;
    for line in recorded() {
        let text = |label: &str| line[label].as_str().unwrap_or_default();
        let engine = if text("engine") == "tidb" { Engine::Tidb } else { Engine::Mariadb };
        let n = u32::try_from(line["n"].as_u64().unwrap_or(0)).unwrap();
        let sql = match text("what") {
            "facts" => FACTS.to_owned(),
            "facts.tidb" => TIDB_FACTS.to_owned(),
            "databases" => databases(engine, text("after"), n),
            "ddl_jobs" => ddl_jobs(&[text("database")]),
            "fingerprint" => crate::discovery::fingerprint::statement(engine, &[text("database")]),
            what => {
                let list = lists(engine).find(|list| list.name == what).unwrap();
                let cell = |label: &str| line["key"][label].as_str().unwrap();
                let key = key(cell("table"), cell("item"), line["key"]["position"].as_i64().unwrap());
                page(engine, list, text("database"), &key_of(list, &key), n)
            }
        };
        assert_eq!(sql, text("sql"), "{} {}", text("engine"), text("what"));
        compared += 1;
    }
    assert!(compared > 60, "{compared}");
}
