#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

const ENGINES: [Engine; 3] = [Engine::Tidb, Engine::Mariadb, Engine::Mysql];
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
    let key = Key { table: hex("t:%\\;"), item: hex("i:%\\;"), position: 7 };
    let mut texts = vec![FACTS.to_owned(), DATABASES_OF_TABLES.to_owned(), database_count(), ddl_jobs(&hostile)];
    for engine in ENGINES {
        texts.push(databases(engine, &hex(":%;"), 5000));
        for name in hostile {
            texts.push(altered_just_now(name));
            texts.extend(Part::of(engine).map(|part| page(engine, part, name, &key, 5000)));
        }
    }
    for text in &texts {
        assert!(text.is_ascii(), "{text}");
        assert!(!text.contains([':', '%', '\\', ';', '\n', '`', '"']), "{text}");
        assert!(!text.contains("  "), "{text}");
        assert_eq!(text.matches('\'').count() % 2, 0, "{text}");
    }
}

#[test]
fn pages_continue_after_the_last_key() {
    let key = Key { table: "542031".into(), item: "5052494D415259".into(), position: 2 };
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
        let text = page(Engine::Mariadb, part, "d", &key, 7);
        assert!(text.ends_with(want), "{part:?}: {text}");
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
    let of = |engine| page(engine, Part::Checks, "d", &Key::default(), 5000);
    assert!(of(Engine::Mysql).contains("CC.CHECK_CLAUSE AS expr, TC.ENFORCED AS enf"));
    assert!(of(Engine::Mariadb).contains("CHECK_CLAUSE AS expr, 'YES' AS enf FROM information_schema.CHECK_"));
    assert!(of(Engine::Tidb).contains("CAST(CHECK_CLAUSE AS CHAR) AS expr, NULL AS enf"));
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
            "databases" => databases(engine, text("after"), n),
            "ddl_jobs" => ddl_jobs(&[text("database")]),
            "fingerprint" => crate::discovery::fingerprint::statement(engine, &[text("database")]),
            what => {
                let part = Part::of(engine).find(|part| part.as_str() == what).unwrap();
                let cell = |label: &str| line["key"][label].as_str().unwrap().to_owned();
                let position = line["key"]["position"].as_u64().unwrap();
                let key = Key { table: cell("table"), item: cell("item"), position };
                page(engine, part, text("database"), &key, n)
            }
        };
        assert_eq!(sql, text("sql"), "{} {}", text("engine"), text("what"));
        compared += 1;
    }
    assert!(compared > 60, "{compared}");
}
