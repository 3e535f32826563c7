//! Every construct of the scripts the recorded databases were made by is found in what comes out, or on the list of what
//! the engine drops. Reads the scripts a definition at a time; knows no SQL beyond words, quotes and parentheses.

#[path = "ddl/script.rs"]
mod script;

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use self::script::{body, name, statements, words};
use crate::folder;

/// Constructs that the engine itself forgets, or that no part of information_schema shows: engine, table, definition or
/// table option (by its name), construct.
const DROPPED: &[(&str, &str, &str, &str)] = &[
    // Gone by later statements of the script.
    ("*", "tmp_gone", "*", "table"),
    ("*", "tmp_col", "x", "column"),
    // Accepted by TiDB and not kept.
    ("tidb", "t_fulltext", "ft", "index"),
    ("tidb", "idx", "k_desc", "DESC"),
    ("tidb", "idx", "k_hash", "USING HASH"),
    // Dropped while tidb_enable_check_constraint was off.
    ("tidb", "checks_off", "ck_gone", "check"),
    // Kept by InnoDB as btree, which SHOW CREATE TABLE says too.
    ("mariadb", "idx", "k_hash", "USING HASH"),
    // Shown in GEOMETRY_COLUMNS alone, and in no fingerprint.
    ("mariadb", "m_spatial", "p", "REF_SYSTEM_ID"),
    // STATISTICS shows the columns of the period instead.
    ("mariadb", "m_period", "uq", "WITHOUT OVERLAPS"),
];

/// What was looked for and not found.
struct Review<'a> {
    engine: &'a str,
    missing: Vec<String>,
    used: Vec<usize>,
    checked: usize,
}

impl Review<'_> {
    fn expect(&mut self, table: &str, element: &str, construct: &str, found: bool) {
        self.checked += 1;
        if found {
            return;
        }
        let same = |(engine, of, what, dropped): &(&str, &str, &str, &str)| {
            ["*", self.engine].contains(engine)
                && *of == table
                && ["*", element].contains(what)
                && *dropped == construct
        };
        match DROPPED.iter().position(same) {
            Some(at) => self.used.push(at),
            None => self.missing.push(format!("{table}: {element}: {construct}")),
        }
    }

    fn table(&mut self, table: &str, json: &Value, definitions: &[Vec<String>], options: &[String]) {
        self.expect(table, "*", "table", !json.is_null());
        if json.is_null() {
            return;
        }
        for definition in definitions {
            let first = definition[0].to_uppercase();
            match first.as_str() {
                "PRIMARY" | "UNIQUE" | "KEY" | "FULLTEXT" | "SPATIAL" => self.key(table, json, &first, definition),
                "CONSTRAINT" | "FOREIGN" | "CHECK" => self.constraint(table, json, definition),
                "PERIOD" => {}
                _ => self.column(table, json, definition),
            }
        }
        let has = |phrase: &str| contains(options, phrase);
        let tidb = &json["tidb"];
        for (phrase, found) in [
            ("PARTITION BY", json["partitioning"]["method"].is_string()),
            ("SUBPARTITION BY", json["partitioning"]["subMethod"].is_string()),
            ("COLUMNS (", json["partitioning"]["method"].as_str().is_some_and(|m| m.ends_with("columns"))),
            ("COMMENT =", json["comment"].is_string()),
            ("WITH SYSTEM VERSIONING", json["kind"] == "system_versioned"),
            ("ENGINE = MyISAM", json["engine"] == "MyISAM"),
            ("ENGINE = Aria", json["engine"] == "Aria"),
            ("ENGINE = MEMORY", json["engine"] == "MEMORY"),
            ("CHECKSUM = 1", json["options"]["checksum"] == "1"),
            ("PAGE_COMPRESSED = 1", json["options"]["page_compressed"] == "1"),
            ("SHARD_ROW_ID_BITS = 4", tidb["shardRowIdBits"] == 4),
            ("PRE_SPLIT_REGIONS = 2", tidb["preSplit"] == 2),
            ("AUTO_ID_CACHE = 1", json["options"]["auto_id_cache"] == "1"),
            ("TTL = created_at", tidb["ttl"]["column"] == "created_at" && tidb["ttl"]["interval"] == "3 MONTH"),
            ("PLACEMENT POLICY", tidb["placement"] == "nasty_pp"),
            ("ON COMMIT DELETE ROWS", json["options"]["temporary"] == "on commit delete rows"),
            ("CHARSET = gbk", json["collation"] == "gbk_chinese_ci"),
            ("COLLATE = utf8mb4_0900_ai_ci", json["collation"] == "utf8mb4_0900_ai_ci"),
        ] {
            if has(phrase) {
                self.expect(table, "options", phrase, found);
            }
        }
    }

    fn column(&mut self, table: &str, json: &Value, definition: &[String]) {
        let column = name(&definition[0]);
        let own = named(&json["columns"], &column);
        self.expect(table, &column, "column", !own.is_null());
        if own.is_null() {
            return;
        }
        let has = |phrase: &str| contains(&definition[1..], phrase);
        let of_type = |field: &str| own["type"].get(field).is_some();
        let checks = json["checks"].as_array().is_some_and(|checks| {
            checks.iter().any(|check| check["columns"].as_array().is_some_and(|of| of.contains(&column.clone().into())))
        });
        let key =
            json["primaryKey"]["columns"].as_array().is_some_and(|parts| parts.iter().any(|p| p["column"] == column));
        for (phrase, found) in [
            ("NOT NULL", own["nullable"] == false),
            ("AUTO_INCREMENT", own["autoIncrement"] == true),
            ("AUTO_RANDOM", own["autoRandom"]["shardBits"].is_u64()),
            ("zerofill", of_type("zerofill")),
            ("unsigned", of_type("unsigned")),
            ("AS (", own["generated"]["expr"].is_string()),
            ("STORED", own["generated"]["kind"] == "stored"),
            ("ON UPDATE", own["onUpdate"].is_object()),
            ("DEFAULT", own["default"].is_object() || has("DEFAULT NULL")),
            ("COMMENT", own["comment"].is_string() || has("COMMENT ''")),
            ("CHECK", checks),
            ("INVISIBLE", own["invisible"] == true),
            ("PRIMARY KEY", key),
            ("COMPRESSED", json["options"]["compressed"].is_string()),
            ("latin1", own["charset"] == "latin1"),
            ("utf8mb4_unicode_ci", own["collation"] == "utf8mb4_unicode_ci"),
            ("enum", own["type"]["values"].is_array()),
            ("set", own["type"]["values"].is_array() || !has("set (")),
            ("vector (", of_type("dims")),
            ("REF_SYSTEM_ID", own["srid"].is_u64()),
        ] {
            if has(phrase) {
                self.expect(table, &column, phrase, found);
            }
        }
    }

    fn key(&mut self, table: &str, json: &Value, kind: &str, definition: &[String]) {
        let has = |phrase: &str| contains(definition, phrase);
        if kind == "PRIMARY" {
            let key = &json["primaryKey"];
            self.expect(table, "PRIMARY", "index", key["columns"].is_array());
            for (phrase, found) in
                [("CLUSTERED", key["clustered"] == true), ("NONCLUSTERED", key["clustered"].is_null())]
            {
                if has(phrase) {
                    self.expect(table, "PRIMARY", phrase, found);
                }
            }
            return;
        }
        let at = definition.iter().position(|word| word.eq_ignore_ascii_case("key")).unwrap();
        let index = name(&definition[at + 1]);
        let own = named(&json["indexes"], &index);
        self.expect(table, &index, "index", !own.is_null());
        if own.is_null() {
            return;
        }
        let parts = own["parts"].as_array().unwrap();
        for (phrase, found) in [
            ("UNIQUE", own["unique"] == true),
            ("FULLTEXT", own["type"] == "fulltext"),
            ("SPATIAL", own["type"] == "spatial"),
            ("USING HASH", own["type"] == "hash"),
            ("DESC", parts.iter().any(|part| part["desc"] == true)),
            ("COMMENT", own["comment"].is_string()),
            ("INVISIBLE", own["invisible"] == true),
            ("IGNORED", own["invisible"] == true),
            ("GLOBAL", own["global"] == true),
            ("( (", parts.iter().any(|part| part["expression"].is_string())),
            ("array", own["multiValued"] == true),
            ("( 20 )", parts[0]["prefix"] == 20),
            ("WITHOUT OVERLAPS", own["withoutOverlaps"] == true),
        ] {
            if has(phrase) {
                self.expect(table, &index, phrase, found);
            }
        }
    }

    fn constraint(&mut self, table: &str, json: &Value, definition: &[String]) {
        let given = definition[0].eq_ignore_ascii_case("constraint");
        let called = if given { name(&definition[1]) } else { String::new() };
        let has = |phrase: &str| contains(definition, phrase);
        let (list, construct) = if has("FOREIGN KEY") { ("foreignKeys", "foreign key") } else { ("checks", "check") };
        let all = json[list].as_array().cloned().unwrap_or_default();
        let own = if given { named(&json[list], &called) } else { all.first().cloned().unwrap_or_default() };
        self.expect(table, &called, construct, !own.is_null());
        for (phrase, found) in [
            ("NOT ENFORCED", own["enforced"] == false),
            ("ON DELETE CASCADE", own["onDelete"] == "cascade"),
            ("ON DELETE SET NULL", own["onDelete"] == "set_null"),
            ("ON UPDATE CASCADE", own["onUpdate"] == "cascade"),
        ] {
            if has(phrase) {
                self.expect(table, &called, phrase, found);
            }
        }
    }
}

fn named(list: &Value, name: &str) -> Value {
    let found = list.as_array().and_then(|items| items.iter().find(|item| item["name"] == name));
    found.cloned().unwrap_or_default()
}

/// The words of `phrase` stand in the definition one after the other, in any case.
fn contains(definition: &[String], phrase: &str) -> bool {
    let phrase = words(phrase);
    definition.windows(phrase.len()).any(|window| window.iter().zip(&phrase).all(|(a, b)| a.eq_ignore_ascii_case(b)))
}

/// `db.name` after the word at `at`, and the place behind it.
fn object(statement: &[String], at: usize) -> (String, String, usize) {
    (name(&statement[at + 1]), name(&statement[at + 3]), at + 4)
}

fn review(engine: &str, script: &str, case: &str) -> usize {
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/recordings").join(script).join("ddl.sql");
    let schema: Value = serde_json::from_str(&fs::read_to_string(folder(case).join("discover.json")).unwrap()).unwrap();
    let mut review = Review { engine, missing: Vec::new(), used: Vec::new(), checked: 0 };
    for statement in statements(&fs::read_to_string(script).unwrap()) {
        let kind = statement.iter().position(|w| ["TABLE", "VIEW", "SEQUENCE"].contains(&w.to_uppercase().as_str()));
        let (Some(at), true) = (kind, statement[0].eq_ignore_ascii_case("create")) else { continue };
        let (database, table, rest) = object(&statement, at);
        let database = named(&schema["databases"], &database);
        let rest = &statement[rest..];
        match statement[at].to_uppercase().as_str() {
            "TABLE" => {
                let (definitions, options) = body(rest);
                review.table(&table, &named(&database["tables"], &table), &definitions, &options);
            }
            "VIEW" => {
                let own = named(&database["views"], &table);
                let invoker = contains(&statement, "SECURITY INVOKER");
                review.expect(&table, "*", "view", own["definition"].is_string());
                review.expect(&table, "*", "security", (own["security"] == "invoker") == invoker);
            }
            _ => {
                let own = named(&database["sequences"], &table);
                review.expect(&table, "*", "sequence", own["start"].is_string());
                for (phrase, found) in [
                    ("START WITH 100", own["start"] == "100"),
                    ("INCREMENT BY 5", own["increment"] == "5"),
                    ("MAXVALUE 1000000", own["max"] == "1000000"),
                    ("CACHE 50", own["cache"] == 50),
                    ("NOCACHE", own["cache"].is_null()),
                    ("50 CYCLE", own["cycle"] == true),
                    ("COMMENT", own["comment"].is_string()),
                ] {
                    if contains(rest, phrase) {
                        review.expect(&table, "*", phrase, found);
                    }
                }
            }
        }
    }
    assert_eq!(review.missing, Vec::<String>::new(), "{engine}");
    let own = |at: &usize| [engine, "*"].contains(&DROPPED[*at].0);
    let unused: Vec<_> = (0..DROPPED.len()).filter(|at| own(at) && !review.used.contains(at)).collect();
    assert!(
        unused.is_empty(),
        "{engine}: found after all: {:?}",
        unused.iter().map(|at| DROPPED[*at]).collect::<Vec<_>>()
    );
    review.checked
}

#[test]
fn every_construct_of_the_scripts_comes_out_or_is_known_to_be_dropped() {
    for (engine, script, case) in
        [("tidb", "tidb-8.4.0", "tidb-8.4-nasty"), ("mariadb", "mariadb-10.11", "mariadb-10.11-nasty")]
    {
        let checked = review(engine, script, case);
        assert!(checked > 1500, "{engine}: {checked}");
    }
}
