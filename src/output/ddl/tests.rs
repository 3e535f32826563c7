//! The order of statements, what is said instead of a statement, the session around them, and that no model is too odd.
#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::output::testing::{any_database, column, link, linked, server};

fn whole(dialect: &str, database: &Database) -> String {
    let texts = texts(&server(dialect), database);
    assert_eq!(texts.len(), 1);
    texts.concat()
}

/// The statement that makes each object, in order, and each foreign key that is added later.
fn made(text: &str) -> Vec<&str> {
    let starts = ["CREATE TABLE ", "CREATE SEQUENCE ", "CREATE SQL SECURITY DEFINER VIEW ", "ALTER TABLE "];
    let made = text.lines().filter(|line| starts.iter().any(|start| line.starts_with(start)));
    made.map(|line| line.split('`').nth(1).unwrap()).collect()
}

fn database(value: Value) -> Database {
    serde_json::from_value(value).unwrap()
}

#[test]
fn parents_come_first_and_a_circle_is_closed_at_the_end() {
    let cases: &[(&[(&str, &[&str])], &[&str])] = &[
        (&[("a", &["b"]), ("b", &["c"]), ("c", &[])], &["c", "b", "a"]),
        (&[("a", &["a"])], &["a"]),
        (&[("a", &["b"]), ("b", &["a"])], &["b", "a", "b"]),
        (&[("a", &["b", "c"]), ("b", &["c"]), ("c", &["a"]), ("d", &["a"])], &["c", "b", "a", "d", "c"]),
        (&[("a", &["nowhere"])], &["a"]),
    ];
    for (tables, want) in cases {
        assert_eq!(made(&whole("mariadb", &linked(tables))), *want, "{tables:?}");
    }
    let text = whole("tidb", &linked(&[("a", &["b"]), ("b", &["a"])]));
    assert!(
        text.contains("ALTER TABLE `b` ADD CONSTRAINT `fk_b_a` FOREIGN KEY (`x`) REFERENCES `a` (`id`);\n"),
        "{text}"
    );
    assert_eq!(text.matches("FOREIGN KEY").count(), 2, "each key once");
}

#[test]
fn keys_are_unchecked_only_where_one_leads_out() {
    for (database, unchecked) in [
        (linked(&[("a", &["b"]), ("b", &["a"])]), false),
        (linked(&[("a", &["nowhere"])]), true),
        (
            database(json!({"name": "d", "tables": [{"name": "a", "kind": "base", "columns": [column("x", true)],
                "foreignKeys": [link("k", Some("e"), "a")]}]})),
            true,
        ),
    ] {
        assert_eq!(whole("mysql", &database).contains(", foreign_key_checks = 0"), unchecked, "{database:?}");
    }
}

#[test]
fn sequences_come_before_tables_and_views_after_what_they_read() {
    let view =
        |name: &str, definition: &str| json!({"name": name, "definition": definition, "columns": [column("id", true)]});
    let text = whole(
        "mariadb",
        &database(json!({"name": "d", "tables": [{"name": "t", "kind": "base", "columns": [column("id", true)]}],
            "sequences": [{"name": "s", "start": "1"}],
            "views": [view("a", "select `d`.`z`.`id` from `d`.`z`"), view("b", "select 'd.`a`'"), view("z", "select 1")]})),
    );
    assert_eq!(made(&text), ["s", "t", "z", "a", "b"]);
}

#[test]
fn what_is_not_known_is_said_and_not_invented() {
    let text = whole(
        "tidb",
        &database(json!({"name": "d",
            "tables": [{"name": "t", "kind": "base", "columns": [
                {"name": "b", "ordinal": 1, "type": {"base": "blob"}, "nullable": true, "default": {"kind": "expression", "value": "unknown"}}],
                "checks": [{"name": "c", "expr": "unknown"}], "partitioning": {"method": "unknown"},
                "tidb": {"tiflashReplicas": 2}}],
            "sequences": [{"name": "s", "unknown": true}],
            "views": [{"name": "v", "security": "definer"}, {"name": "w\n;", "definition": "select 1", "invalid": true}]})),
    );
    for words in [
        "-- sequence `s` is left out: the account may not read how it counts\n",
        "-- check `c` is left out: the account may not see its condition\n",
        "-- `t` is partitioned: the account may not see how\n",
        "  `b` blob /* has a default that the server did not show exactly */\n",
        "-- where there is TiFlash: ALTER TABLE `t` SET TIFLASH REPLICA 2;\n",
        "-- view `v` is left out: the account may not see its definition\n",
        "-- view `w ;` is left out: it names something that is gone\n",
        "-- TiDB keeps the checks only while tidb_enable_check_constraint is ON\n",
    ] {
        assert!(text.contains(words), "{words} is not in {text}");
    }
    assert_eq!(made(&text), ["t"]);
}

#[test]
fn the_session_is_set_up_as_the_texts_were_read() {
    let stamped = |zone: &str, modes: &[&str], literal: bool| {
        let default = if literal {
            json!({"kind": "literal", "value": "2024-01-01 00:00:00"})
        } else {
            json!({"kind": "current_timestamp"})
        };
        let column =
            json!({"name": "c", "ordinal": 1, "type": {"base": "timestamp"}, "nullable": false, "default": default});
        let database = database(json!({"name": "d", "tables": [{"name": "t", "kind": "base", "columns": [column]}]}));
        let server = ServerFacts {
            time_zone: zone.to_owned(),
            sql_mode: modes.iter().map(|mode| (*mode).to_owned()).collect(),
            ..server("tidb")
        };
        texts(&server, &database).concat()
    };
    for (zone, modes, literal, want) in [
        ("UTC", &[][..], true, "SET sql_mode = 'NO_ENGINE_SUBSTITUTION', time_zone = '+00:00';"),
        ("+05:30", &["STRICT_TRANS_TABLES"], true, "SET sql_mode = 'NO_ENGINE_SUBSTITUTION', time_zone = '+00:00';"),
        ("Etc/UTC", &[], true, "time_zone = '+00:00';"),
        ("Europe/Berlin", &[], true, "time_zone = 'Europe/Berlin';"),
        ("Europe/Berlin", &[], false, "time_zone = '+00:00';"),
        ("UTC", &["ANSI_QUOTES"], true, "SET sql_mode = 'ANSI_QUOTES,NO_ENGINE_SUBSTITUTION'"),
    ] {
        let text = stamped(zone, modes, literal);
        assert!(text.contains(want), "{zone} {modes:?}: {text}");
    }
}

#[test]
fn each_engine_is_spoken_to_in_its_own_words() {
    let column = json!({"name": "c", "ordinal": 1, "type": {"base": "varchar", "length": 9, "unit": "chars"}, "nullable": false,
        "charset": "utf8mb3", "collation": "utf8mb3_bin", "invisible": true});
    let index = json!({"name": "k", "unique": false, "type": "btree", "parts": [{"column": "c", "prefix": 3, "desc": true}], "invisible": true});
    let table = json!({"name": "t", "kind": "base", "engine": "InnoDB", "collation": "utf8mb4_bin", "columns": [column],
        "indexes": [index], "primaryKey": {"columns": [{"column": "c"}]},
        "options": {"row_format": "COMPRESSED", "encryption": "Y", "key_block_size": "8"}});
    let database = database(json!({"name": "d", "tables": [table]}));
    let options = "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ENCRYPTION='Y' KEY_BLOCK_SIZE=8 ROW_FORMAT=COMPRESSED;";
    for (dialect, column, key) in [
        (
            "mariadb",
            "`c` varchar(9) CHARACTER SET utf8mb3 COLLATE utf8mb3_bin NOT NULL INVISIBLE,\n  PRIMARY KEY (`c`),",
            "KEY `k` (`c`(3) DESC) IGNORED\n",
        ),
        (
            "mysql",
            "`c` varchar(9) CHARACTER SET utf8mb3 COLLATE utf8mb3_bin NOT NULL /*!80023 INVISIBLE */,\n  PRIMARY KEY (`c`),",
            "KEY `k` (`c`(3) DESC) /*!80000 INVISIBLE */\n",
        ),
        (
            "tidb",
            "`c` varchar(9) CHARACTER SET utf8 COLLATE utf8_bin NOT NULL /*!80023 INVISIBLE */,\n  PRIMARY KEY (`c`) /*T![clustered_index] NONCLUSTERED */,",
            "KEY `k` (`c`(3) DESC) /*!80000 INVISIBLE */\n",
        ),
    ] {
        let text = whole(dialect, &database);
        for words in [column, key, options] {
            assert!(text.contains(words), "{dialect}: {words} is not in {text}");
        }
    }
}

#[test]
fn a_long_text_is_cut_between_statements_and_each_part_stands_alone() {
    let names: Vec<String> = (0..40).map(|n| format!("t{n:02}")).collect();
    let tables: Vec<(&str, &[&str])> = names.iter().map(|name| (name.as_str(), &[][..])).collect();
    let database = linked(&tables);
    let (server, limit) = (server("mariadb"), 1500);
    let parts = texts_within(&server, &database, limit);
    assert!(parts.len() > 3, "{}", parts.len());
    for part in &parts {
        assert!(
            part.len() <= limit && part.starts_with("-- Database `d`") && part.ends_with(session::foot()),
            "{part}"
        );
    }
    let all: Vec<&str> = parts.iter().flat_map(|part| made(part)).collect();
    assert_eq!(all, names, "every table once, in order");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_model_has_a_text_and_always_the_same(database in any_database(), most in 0..4000_usize) {
        for dialect in ["mariadb", "mysql", "tidb"] {
            let server = server(dialect);
            let parts = texts_within(&server, &database, most);
            prop_assert_eq!(&parts, &texts_within(&server, &database.clone(), most));
            // No name or comment ends the line of comment it stands in.
            for line in parts.iter().flat_map(|part| part.lines()).filter(|line| line.starts_with("-- ")) {
                prop_assert!(!line.contains(char::is_control));
            }
        }
    }
}
