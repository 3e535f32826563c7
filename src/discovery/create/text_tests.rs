#![expect(clippy::unwrap_used, reason = "tests")]

use serde_json::Value;

use super::*;

fn table(definitions: &[&str], options: &str) -> String {
    format!("CREATE TABLE `t` (\n  {}\n) ENGINE=InnoDB{options}", definitions.join(",\n  "))
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// What TiDB 8.4 answered for every table of the recording.
fn recorded(state: &str) -> Vec<(String, String)> {
    let path = format!("{}/tests/bed/tidb/{state}/show_create.ndjson", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let line = |line: &str| {
        let row = serde_json::from_str::<Value>(line).unwrap()["rows"][0].clone();
        let cell = |label: &str| row[label].as_str().map(str::to_owned);
        Some((cell("Table")?, cell("Create Table")?))
    };
    text.lines().filter_map(line).collect()
}

#[test]
fn every_recorded_table_is_read_and_says_what_its_ddl_asked_for() {
    let tables = recorded("base");
    assert!(tables.iter().all(|(_, text)| parse(text).is_some()));
    let mut facts: BTreeMap<String, CreateFacts> =
        tables.into_iter().filter_map(|(table, text)| Some((table, parse(&text)?))).collect();
    assert!(facts.len() > 55, "{}", facts.len());
    let mut take = |table: &str| facts.remove(table).unwrap();
    assert_eq!(take("types_num").zerofill, set(&["iz", "bz", "dz"]));
    let checks = take("checks").checks;
    let checks: Vec<_> = checks.iter().map(|(name, enforced)| (name.as_str(), *enforced)).collect();
    let want = [("Ck Two", true), ("checks_chk_1", true), ("checks_chk_2", true), ("ck_n", true), ("ck_off", false)];
    assert_eq!(checks, want);
    assert_eq!(take("t_fk_old").invalid_keys, set(&["fk_old"]));
    assert!(take("t_gtemp").temporary);
    assert_eq!(take("t_autoid_cache").auto_id_cache.as_deref(), Some("1"));
    assert_eq!(take("t_nonclustered").pre_split, 2);
    let ttl = take("t_ttl").ttl.unwrap();
    assert_eq!((ttl.column.as_str(), ttl.interval.as_str(), ttl.enabled), ("created_at", "3 MONTH", false));
    assert_eq!(ttl.job_interval, "24h");
    for (table, facts) in facts {
        assert_eq!(facts, CreateFacts::default(), "{table} has none of them");
    }
}

#[test]
fn the_altered_recording_is_read_too() {
    let tables = recorded("after_alter");
    assert!(tables.len() > 50 && tables.iter().all(|(_, text)| parse(text).is_some()));
}

#[test]
fn words_in_comments_names_and_values_are_not_taken_for_syntax() {
    let hostile = table(
        &[
            r"`zerofill` int DEFAULT '1' COMMENT 'int zerofill, /*T![ttl] TTL=`a` + INTERVAL 1 DAY */'",
            r"`e` enum('int(5) zerofill','a\') DEFAULT NULL",
            r"`a``b zerofill` varchar(20) DEFAULT ' zerofill'",
            r"KEY `k WHERE x` (`a``b zerofill`) COMMENT 'WHERE `a` > 0 /*!80000 INVISIBLE */'",
            r"CONSTRAINT `c /*!80016 NOT ENFORCED */` CHECK ((`e` <> _utf8mb4' /*!80016 NOT ENFORCED */'))",
            r"CONSTRAINT `f` FOREIGN KEY (`x`) REFERENCES `p /* FOREIGN KEY INVALID */` (`id`)",
        ],
        r" DEFAULT CHARSET=utf8mb4 COMMENT='it''s \\'' TTL=`a` + INTERVAL 1 DAY AUTO_ID_CACHE=7 ON COMMIT */ \n x'",
    );
    let facts = parse(&hostile).unwrap();
    let want = CreateFacts {
        checks: BTreeMap::from([("c /*!80016 NOT ENFORCED */".to_owned(), true)]),
        ..CreateFacts::default()
    };
    assert_eq!(facts, want);
}

#[test]
fn newer_versions_tell_metrics_conditions_and_affinity() {
    let text = table(
        &[
            "`v` vector(3) DEFAULT NULL",
            "VECTOR INDEX `vx`((VEC_COSINE_DISTANCE(`v`)))",
            "UNIQUE KEY `u` (`a`,(lower(`b`))) WHERE `a` > 0 and `b` <> _utf8mb4'it''s' /*!80000 INVISIBLE */ COMMENT 'c'",
            "KEY `w` (`a`) WHERE `a` is not null COMMENT 'WHERE'",
            "FULLTEXT INDEX `ft`(`b`) WITH PARSER STANDARD",
            "COLUMNAR INDEX `ci`(`a`) USING INVERTED",
        ],
        " DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin /*T! PRE_SPLIT_REGIONS=3 */ /*T![ttl] TTL=`at` + INTERVAL 1 YEAR */ \
         /*T![ttl] TTL_ENABLE='ON' */ /*T![ttl] TTL_JOB_INTERVAL='1h' */ /*T![affinity] AFFINITY='table' */\n\
         PARTITION BY HASH (`a`) PARTITIONS 2",
    );
    let facts = parse(&text).unwrap();
    assert_eq!(facts.metrics["vx"], "(VEC_COSINE_DISTANCE(`v`))");
    let of = |index: &str| facts.predicates.get(index).map(String::as_str);
    assert_eq!(of("u"), Some("`a` > 0 and `b` <> _utf8mb4'it''s'"));
    assert_eq!((of("w"), of("ft"), of("ci")), (Some("`a` is not null"), None, None));
    assert_eq!((facts.pre_split, facts.affinity.as_str()), (3, "table"));
    assert!(facts.ttl.is_some_and(|ttl| ttl.enabled && ttl.interval == "1 YEAR" && ttl.job_interval == "1h"));
}

#[test]
fn a_text_of_another_form_is_not_guessed_at() {
    for text in [
        "",
        "CREATE VIEW `v` (`a`) AS SELECT 1",
        "CREATE TEMPORARY TABLE `t` (\n  `a` int\n) ENGINE=InnoDB",
        "CREATE TABLE `t` (\n  `a` int",
        "CREATE TABLE `t` (\n  `a` int\n",
        "CREATE TABLE `t` (\n  SOMETHING NEW `a`\n) ENGINE=InnoDB",
        "CREATE TABLE `line\nbreak` (\n  `a` int\n) ENGINE=InnoDB",
        "CREATE TABLE `t` (\n  CONSTRAINT `c` CHECK ((`a` <> 'line\n  CONSTRAINT `d` CHECK ((1)) /*!80016 NOT ENFORCED */\n) ENGINE=InnoDB",
    ] {
        assert_eq!(parse(text), None, "{text}");
    }
}
