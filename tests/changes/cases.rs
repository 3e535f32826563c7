//! DDL for MariaDB, one case or more for every kind it can make: what is there, what is done, and the very changes it
//! makes. `{db}` is the database of the case.

use mcp_schema_operator::schema::verdict::Verdict::{Breaking as B, Ok as O, Risky as R};

use crate::Expected;

/// One case: statements before, statements that make the difference, and every change they make.
pub(crate) struct Case(pub(crate) &'static str, pub(crate) &'static str, pub(crate) &'static [Expected]);

/// A table to start from.
const T: &str = "CREATE TABLE t (id int NOT NULL PRIMARY KEY, a int NOT NULL, b int NULL, s varchar(20) NOT NULL)";
const PARENT: &str = "CREATE TABLE p (id int NOT NULL PRIMARY KEY, k int NOT NULL, UNIQUE KEY uq (k)); \
    CREATE TABLE c (id int NOT NULL PRIMARY KEY, p_id int NULL, KEY k_p (p_id), \
    CONSTRAINT fk FOREIGN KEY (p_id) REFERENCES p (id)); CREATE VIEW v AS SELECT id, k FROM p";
const ENUM: &str = "CREATE TABLE t (e enum('a','b') NOT NULL, s set('x','y') NULL)";
const KEYS: &str = "CREATE TABLE t (a int NOT NULL, b int NOT NULL, s varchar(40) NOT NULL, KEY k (a), UNIQUE KEY uq (a, s), \
    KEY k_b (b) COMMENT 'old', FULLTEXT KEY ft (s))";
const AUTO: &str = "CREATE TABLE t (id int NOT NULL PRIMARY KEY)";
const COMPUTED: &str = "CREATE TABLE t (a int NOT NULL, g int AS (a * 2) VIRTUAL, b int NULL)";
const CHECKED: &str = "CREATE TABLE t (a int NOT NULL, b int NOT NULL CHECK (b > 0), CONSTRAINT ck CHECK (a > 0))";
const VIEW: &str = "CREATE TABLE t (id int NOT NULL PRIMARY KEY, a int NOT NULL); CREATE VIEW v AS SELECT id, a FROM t";

pub(crate) const CASES: &[Case] = &[
    // Nothing happens.
    Case(T, "SELECT 1", &[]),
    Case(PARENT, "ANALYZE TABLE p; INSERT INTO p VALUES (1, 1)", &[]),
    // The database and its tables.
    Case(T, "ALTER DATABASE {db} COLLATE utf8mb4_general_ci", &[("database_default_collation_changed", "", O, R)]),
    Case(T, "CREATE TABLE u (id int)", &[("table_created", "u", O, O)]),
    Case(T, "DROP TABLE t", &[("table_dropped", "t", B, B)]),
    Case(T, "RENAME TABLE t TO u", &[("table_renamed", "u", B, B)]),
    Case(PARENT, "RENAME TABLE c TO child", &[("table_renamed", "child", B, B)]),
    Case(T, "DROP TABLE t; CREATE VIEW t AS SELECT 1 AS id", &[("table_kind_changed", "t", B, B)]),
    Case("CREATE VIEW t AS SELECT 1 AS id", "DROP VIEW t; CREATE SEQUENCE t", &[("table_kind_changed", "t", B, B)]),
    Case(T, "ALTER TABLE t COMMENT 'it''s new'", &[("table_comment_changed", "t", O, O)]),
    Case(
        T,
        "ALTER TABLE t ENGINE = Aria",
        &[("table_engine_changed", "t", R, R), ("table_options_changed", "t", O, O)],
    ),
    Case(T, "ALTER TABLE t ROW_FORMAT = COMPRESSED", &[("table_options_changed", "t", O, O)]),
    Case(T, "ALTER TABLE t ADD SYSTEM VERSIONING", &[("table_options_changed", "t", R, R)]),
    Case(T, "ALTER TABLE t DEFAULT COLLATE utf8mb4_general_ci", &[("table_default_collation_changed", "t", O, R)]),
    Case(T, "ALTER TABLE t PARTITION BY HASH (id) PARTITIONS 4", &[("partition_scheme_changed", "t", R, R)]),
    Case(
        "CREATE TABLE t (id int NOT NULL) PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10))",
        "ALTER TABLE t ADD PARTITION (PARTITION p1 VALUES LESS THAN (20))",
        &[],
    ),
    // Columns that come and go.
    Case(T, "ALTER TABLE t ADD c int NULL", &[("column_added", "t.c", O, O)]),
    Case(T, "ALTER TABLE t ADD c int NOT NULL DEFAULT 7 FIRST", &[("column_added", "t.c", O, O)]),
    Case(T, "ALTER TABLE t ADD c int AS (a + 1) STORED", &[("column_added", "t.c", O, O)]),
    Case(T, "ALTER TABLE t ADD c int NOT NULL", &[("column_added_required", "t.c", O, B)]),
    Case(T, "ALTER TABLE t ADD c enum('x') NOT NULL", &[("column_added_implicit_default", "t.c", O, R)]),
    Case(T, "ALTER TABLE t DROP s", &[("column_dropped", "t.s", B, B)]),
    Case(COMPUTED, "ALTER TABLE t DROP g", &[("column_dropped", "t.g", B, O)]),
    Case(KEYS, "ALTER TABLE t DROP b", &[("column_dropped", "t.b", B, B)]),
    Case(CHECKED, "ALTER TABLE t DROP b", &[("column_dropped", "t.b", B, B)]),
    Case(T, "ALTER TABLE t RENAME COLUMN s TO title", &[("column_renamed", "t.title", B, B)]),
    Case(T, "ALTER TABLE t RENAME COLUMN s TO S", &[("column_renamed", "t.S", R, O)]),
    Case(KEYS, "ALTER TABLE t RENAME COLUMN a TO x", &[("column_renamed", "t.x", B, B)]),
    Case(PARENT, "ALTER TABLE c RENAME COLUMN p_id TO parent", &[("column_renamed", "c.parent", B, B)]),
    Case(T, "ALTER TABLE t MODIFY s varchar(20) NOT NULL FIRST", &[("column_reordered", "t.s", R, R)]),
    Case(T, "ALTER TABLE t MODIFY s varchar(20) NOT NULL COMMENT 'x'", &[("column_comment_changed", "t.s", O, O)]),
    // Types.
    Case(T, "ALTER TABLE t MODIFY a bigint NOT NULL", &[("type_widened", "t.a", R, O)]),
    Case(T, "ALTER TABLE t MODIFY s text NOT NULL", &[("type_widened", "t.s", R, O)]),
    Case(T, "ALTER TABLE t MODIFY s varchar(10) NOT NULL", &[("type_narrowed", "t.s", O, B)]),
    Case(T, "ALTER TABLE t MODIFY a smallint NOT NULL", &[("type_narrowed", "t.a", O, B)]),
    Case(T, "ALTER TABLE t MODIFY a int unsigned NOT NULL", &[("type_changed", "t.a", B, B)]),
    Case(T, "ALTER TABLE t MODIFY a varchar(20) NOT NULL", &[("type_changed", "t.a", B, B)]),
    Case("CREATE TABLE t (d decimal(10,2))", "ALTER TABLE t MODIFY d decimal(10,4)", &[("type_changed", "t.d", B, B)]),
    Case("CREATE TABLE t (d decimal(10,2))", "ALTER TABLE t MODIFY d decimal(12,4)", &[("type_widened", "t.d", R, O)]),
    Case("CREATE TABLE t (d datetime NULL)", "ALTER TABLE t MODIFY d timestamp NULL", &[("type_changed", "t.d", R, R)]),
    Case("CREATE TABLE t (d date NULL)", "ALTER TABLE t MODIFY d datetime NULL", &[("type_changed", "t.d", B, O)]),
    Case("CREATE TABLE t (d binary(4))", "ALTER TABLE t MODIFY d binary(8)", &[("type_changed", "t.d", B, B)]),
    Case(
        "CREATE TABLE t (s varchar(255) CHARACTER SET utf8mb4)",
        "ALTER TABLE t MODIFY s tinytext CHARACTER SET utf8mb4",
        &[("type_narrowed", "t.s", O, B)],
    ),
    Case(ENUM, "ALTER TABLE t MODIFY e enum('a','b','c') NOT NULL", &[("enum_values_appended", "t.e", R, O)]),
    Case(ENUM, "ALTER TABLE t MODIFY s set('x','y','z') NULL", &[("enum_values_appended", "t.s", R, O)]),
    Case(ENUM, "ALTER TABLE t MODIFY e enum('b','a') NOT NULL", &[("enum_values_reordered", "t.e", R, R)]),
    Case(ENUM, "ALTER TABLE t MODIFY e enum('a','x','b') NOT NULL", &[("enum_values_reordered", "t.e", R, R)]),
    Case(ENUM, "ALTER TABLE t MODIFY e enum('b') NOT NULL", &[("enum_values_removed", "t.e", O, B)]),
    Case("CREATE TABLE t (f tinyint(1))", "ALTER TABLE t MODIFY f tinyint(4)", &[("bool_hint_changed", "t.f", R, O)]),
    Case(
        "CREATE TABLE t (s varchar(9) CHARACTER SET utf8mb3 COLLATE utf8mb3_bin)",
        "ALTER TABLE t MODIFY s varchar(9) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
        &[("column_charset_changed", "t.s", R, O)],
    ),
    Case(
        "CREATE TABLE t (s varchar(9) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin)",
        "ALTER TABLE t MODIFY s varchar(9) CHARACTER SET latin1 COLLATE latin1_swedish_ci",
        &[("column_charset_changed", "t.s", O, B), ("column_collation_changed", "t.s", R, R)],
    ),
    Case(
        "CREATE TABLE t (s varchar(9) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin)",
        "ALTER TABLE t MODIFY s varchar(9) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci",
        &[("column_collation_changed", "t.s", R, R)],
    ),
    // What a column does by itself.
    Case(T, "ALTER TABLE t MODIFY a int NULL", &[("nullability_relaxed", "t.a", B, O)]),
    Case(T, "ALTER TABLE t MODIFY b int NOT NULL", &[("nullability_tightened", "t.b", O, B)]),
    Case(T, "ALTER TABLE t ALTER a SET DEFAULT 1", &[("default_added", "t.a", O, O)]),
    Case(
        "CREATE TABLE t (a int NOT NULL DEFAULT 1)",
        "ALTER TABLE t ALTER a SET DEFAULT 2",
        &[("default_changed", "t.a", O, R)],
    ),
    Case(
        "CREATE TABLE t (a int NOT NULL DEFAULT 1)",
        "ALTER TABLE t ALTER a DROP DEFAULT",
        &[("default_removed", "t.a", O, B)],
    ),
    Case(
        "CREATE TABLE t (a int NULL DEFAULT 1)",
        "ALTER TABLE t MODIFY a int NULL",
        &[("default_removed", "t.a", O, R)],
    ),
    Case(
        "CREATE TABLE t (a datetime NULL)",
        "ALTER TABLE t MODIFY a datetime NULL ON UPDATE CURRENT_TIMESTAMP",
        &[("on_update_changed", "t.a", R, R)],
    ),
    Case(AUTO, "ALTER TABLE t MODIFY id int NOT NULL AUTO_INCREMENT", &[("auto_increment_added", "t.id", O, O)]),
    Case(
        "CREATE TABLE t (id int NOT NULL AUTO_INCREMENT PRIMARY KEY)",
        "ALTER TABLE t MODIFY id int NOT NULL",
        &[("auto_increment_removed", "t.id", O, B)],
    ),
    Case(COMPUTED, "ALTER TABLE t DROP b, ADD b int AS (a) STORED", &[("generated_added", "t.b", R, B)]),
    Case(COMPUTED, "ALTER TABLE t DROP g, ADD g int NULL AFTER a", &[("generated_removed", "t.g", R, R)]),
    Case(COMPUTED, "ALTER TABLE t MODIFY g int AS (a * 3) VIRTUAL", &[("generated_expr_changed", "t.g", R, R)]),
    Case(
        COMPUTED,
        "ALTER TABLE t DROP g, ADD g int AS (a * 2) STORED AFTER a",
        &[("generated_storage_changed", "t.g", O, O)],
    ),
    Case(T, "ALTER TABLE t MODIFY b int NULL INVISIBLE", &[("column_visibility_changed", "t.b", R, R)]),
    // Keys.
    Case(T, "CREATE INDEX k ON t (a)", &[("index_added", "t.k", O, O)]),
    Case(KEYS, "ALTER TABLE t RENAME INDEX k TO k2", &[("index_renamed", "t.k2", O, O)]),
    Case(KEYS, "DROP INDEX k ON t", &[("index_dropped", "t.k", R, O)]),
    Case(KEYS, "DROP INDEX ft ON t", &[("index_dropped", "t.ft", B, O)]),
    Case(KEYS, "ALTER TABLE t ALTER INDEX k IGNORED", &[("index_hidden", "t.k", R, O)]),
    Case(
        KEYS,
        "ALTER TABLE t DROP INDEX k_b, ADD INDEX k_b (b) COMMENT 'new'",
        &[("index_comment_changed", "t.k_b", O, O)],
    ),
    Case(
        "CREATE TABLE t (s varchar(9) NOT NULL, KEY k (s))",
        "ALTER TABLE t DROP INDEX k, ADD FULLTEXT INDEX k (s)",
        &[("index_type_changed", "t.k", R, O)],
    ),
    Case(KEYS, "ALTER TABLE t DROP INDEX k, ADD INDEX k (b)", &[("index_columns_changed", "t.k", R, O)]),
    Case(KEYS, "ALTER TABLE t DROP INDEX k, ADD UNIQUE INDEX k (a)", &[("unique_added", "t.k", O, B)]),
    Case(KEYS, "ALTER TABLE t ADD UNIQUE INDEX uq2 (b)", &[("unique_added", "t.uq2", O, B)]),
    Case(KEYS, "DROP INDEX uq ON t", &[("unique_dropped", "t.uq", R, R)]),
    Case(KEYS, "ALTER TABLE t DROP INDEX uq, ADD UNIQUE INDEX uq (s)", &[("unique_tightened", "t.uq", O, B)]),
    Case(KEYS, "ALTER TABLE t DROP INDEX uq, ADD UNIQUE INDEX uq (a, s(5))", &[("unique_tightened", "t.uq", O, B)]),
    Case(KEYS, "ALTER TABLE t DROP INDEX uq, ADD UNIQUE INDEX uq (a, s, b)", &[("unique_loosened", "t.uq", R, R)]),
    Case(KEYS, "ALTER TABLE t DROP INDEX uq, ADD UNIQUE INDEX uq (s, a)", &[("index_columns_changed", "t.uq", R, O)]),
    Case(KEYS, "ALTER TABLE t ADD PRIMARY KEY (a)", &[("primary_key_added", "t.PRIMARY", O, B)]),
    Case(T, "ALTER TABLE t DROP PRIMARY KEY, ADD PRIMARY KEY (a)", &[("primary_key_changed", "t.PRIMARY", B, B)]),
    Case(T, "ALTER TABLE t DROP PRIMARY KEY", &[("primary_key_dropped", "t.PRIMARY", R, R)]),
    // Constraints.
    Case(
        PARENT,
        "ALTER TABLE c ADD CONSTRAINT fk2 FOREIGN KEY (id) REFERENCES p (id)",
        &[("foreign_key_added", "c.fk2", O, B)],
    ),
    Case(PARENT, "ALTER TABLE c DROP FOREIGN KEY fk", &[("foreign_key_dropped", "c.fk", R, O)]),
    Case(
        PARENT,
        "ALTER TABLE c DROP FOREIGN KEY fk; ALTER TABLE c ADD CONSTRAINT fk FOREIGN KEY (p_id) REFERENCES p (id) ON DELETE CASCADE",
        &[("foreign_key_action_changed", "c.fk", R, R)],
    ),
    Case(
        PARENT,
        "ALTER TABLE c DROP FOREIGN KEY fk; ALTER TABLE c ADD CONSTRAINT fk FOREIGN KEY (p_id) REFERENCES p (k)",
        &[("foreign_key_target_changed", "c.fk", R, B)],
    ),
    Case(
        PARENT,
        "ALTER TABLE c DROP FOREIGN KEY fk; ALTER TABLE c ADD CONSTRAINT fk_new FOREIGN KEY (p_id) REFERENCES p (id)",
        &[("foreign_key_renamed", "c.fk_new", O, O)],
    ),
    Case(
        CHECKED,
        "ALTER TABLE t DROP CONSTRAINT ck, ADD CONSTRAINT ck2 CHECK (a > 0)",
        &[("check_renamed", "t.ck2", O, O)],
    ),
    Case(CHECKED, "ALTER TABLE t ADD CONSTRAINT ck2 CHECK (a < 9)", &[("check_added", "t.ck2", O, B)]),
    Case(CHECKED, "ALTER TABLE t DROP CONSTRAINT ck", &[("check_dropped", "t.ck", R, O)]),
    Case(
        CHECKED,
        "ALTER TABLE t DROP CONSTRAINT ck, ADD CONSTRAINT ck CHECK (a > 1)",
        &[("check_changed", "t.ck", R, B)],
    ),
    // Views and sequences.
    Case(VIEW, "CREATE VIEW w AS SELECT 1 AS one", &[("view_created", "w", O, O)]),
    Case(VIEW, "DROP VIEW v", &[("view_dropped", "v", B, B)]),
    Case(VIEW, "ALTER VIEW v AS SELECT id, a FROM t WHERE a > 1", &[("view_definition_changed", "v", R, R)]),
    Case(VIEW, "ALTER SQL SECURITY INVOKER VIEW v AS SELECT id, a FROM t", &[("view_definition_changed", "v", R, R)]),
    Case(VIEW, "ALTER VIEW v AS SELECT id FROM t", &[("view_definition_changed", "v", B, B)]),
    Case(VIEW, "ALTER TABLE t DROP a", &[("column_dropped", "t.a", B, B), ("view_definition_changed", "v", B, B)]),
    Case(
        VIEW,
        "ALTER TABLE t MODIFY a bigint NOT NULL",
        &[("type_widened", "t.a", R, O), ("view_definition_changed", "v", R, R)],
    ),
    Case(T, "CREATE SEQUENCE s START 5", &[("sequence_created", "s", O, O)]),
    Case("CREATE SEQUENCE s", "ALTER SEQUENCE s INCREMENT 2", &[("sequence_changed", "s", O, R)]),
    Case("CREATE SEQUENCE s", "SELECT NEXT VALUE FOR s", &[]),
    Case("CREATE SEQUENCE s", "DROP SEQUENCE s", &[("sequence_dropped", "s", O, B)]),
    // Several at once.
    Case(
        T,
        "ALTER TABLE t MODIFY a bigint NULL DEFAULT 3 COMMENT 'x', ADD KEY k (a), DROP b",
        &[
            ("column_dropped", "t.b", B, B),
            ("nullability_relaxed", "t.a", B, O),
            ("type_widened", "t.a", R, O),
            ("column_comment_changed", "t.a", O, O),
            ("default_added", "t.a", O, O),
            ("index_added", "t.k", O, O),
        ],
    ),
];
