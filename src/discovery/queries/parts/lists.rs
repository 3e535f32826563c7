//! The table itself: every list with its source, cells and key.

use super::{Cell, List, Order, Part};
use crate::schema::Engine;
use crate::schema::Engine::{Mariadb, Mysql, Tidb};

const EVERY: &[Engine] = &[Tidb, Mariadb, Mysql];
const TABLE: Order = Order::Name { hex: "k", of: "t" };

const fn item(of: &'static str) -> Order {
    Order::Name { hex: "ik", of }
}

const fn position(cell: &'static str) -> Order {
    Order::Number { cell, from: 0 }
}

const fn cell(alias: &'static str, sql: &'static str) -> Cell {
    Cell { alias, sql, engines: EVERY, long: false }
}

/// A cell that only some engines have.
const fn only(engines: &'static [Engine], alias: &'static str, sql: &'static str) -> Cell {
    Cell { alias, sql, engines, long: false }
}

/// A column that is LONGTEXT on TiDB.
const fn long(alias: &'static str, sql: &'static str) -> Cell {
    Cell { alias, sql, engines: EVERY, long: true }
}

/// A list by table, to be completed: `List { cells, order, ..list(..) }`.
const fn list(part: Part, name: &'static str, from: &'static str) -> List {
    List { part, name, engines: EVERY, from, schema: "TABLE_SCHEMA", and: "", cells: &[], order: &[TABLE] }
}

/// Every list, in the order they are read. An entry's engines do not overlap those of another entry of the same part.
pub(super) const LISTS: &[List] = &[
    List {
        cells: &[
            cell("t", "TABLE_NAME"),
            cell("k", "HEX(TABLE_NAME)"),
            cell("typ", "TABLE_TYPE"),
            cell("eng", "ENGINE"),
            cell("coll", "TABLE_COLLATION"),
            cell("opts", "CREATE_OPTIONS"),
            cell("cmt", "TABLE_COMMENT"),
            only(&[Mariadb], "tmp", "TEMPORARY"),
            only(&[Tidb], "pk_type", "TIDB_PK_TYPE"),
            only(&[Tidb], "sharding", "TIDB_ROW_ID_SHARDING_INFO"),
            only(&[Tidb], "placement", "TIDB_PLACEMENT_POLICY_NAME"),
            only(&[Tidb], "tid", "CAST(TIDB_TABLE_ID AS CHAR)"),
            only(&[Tidb], "ddl_time", "CAST(CREATE_TIME AS CHAR)"),
        ],
        ..list(Part::Tables, "tables", "TABLES")
    },
    List {
        cells: &[
            cell("t", "TABLE_NAME"),
            cell("k", "HEX(TABLE_NAME)"),
            cell("pos", "ORDINAL_POSITION"),
            cell("c", "COLUMN_NAME"),
            cell("ctype", "COLUMN_TYPE"),
            cell("dtype", "DATA_TYPE"),
            cell("nul", "IS_NULLABLE"),
            cell("def_null", "COLUMN_DEFAULT IS NULL"),
            cell("def", "COLUMN_DEFAULT"),
            cell("extra", "EXTRA"),
            cell("cs", "CHARACTER_SET_NAME"),
            cell("coll", "COLLATION_NAME"),
            cell("gen", "GENERATION_EXPRESSION"),
            cell("cmt", "COLUMN_COMMENT"),
            only(&[Mysql], "srid", "SRS_ID"),
        ],
        order: &[TABLE, position("pos")],
        ..list(Part::Columns, "columns", "COLUMNS")
    },
    List {
        cells: &[
            cell("t", "TABLE_NAME"),
            cell("k", "HEX(TABLE_NAME)"),
            cell("ix", "INDEX_NAME"),
            cell("ik", "HEX(INDEX_NAME)"),
            cell("seq", "SEQ_IN_INDEX"),
            cell("nonuniq", "NON_UNIQUE"),
            cell("c", "COLUMN_NAME"),
            cell("ord", "COLLATION"),
            cell("sub", "SUB_PART"),
            cell("typ", "INDEX_TYPE"),
            cell("cmt", "INDEX_COMMENT"),
            only(&[Tidb, Mysql], "vis", "IS_VISIBLE"),
            only(&[Mysql], "expr", "EXPRESSION"),
            only(&[Tidb], "expr", "Expression"),
            only(&[Mariadb], "ign", "IGNORED"),
        ],
        order: &[TABLE, item("ix"), position("seq")],
        ..list(Part::IndexParts, "index_parts", "STATISTICS")
    },
    List {
        and: " AND REFERENCED_TABLE_NAME IS NOT NULL",
        cells: &[
            cell("t", "TABLE_NAME"),
            cell("k", "HEX(TABLE_NAME)"),
            cell("fk", "CONSTRAINT_NAME"),
            cell("ik", "HEX(CONSTRAINT_NAME)"),
            cell("pos", "ORDINAL_POSITION"),
            cell("c", "COLUMN_NAME"),
            cell("rs", "REFERENCED_TABLE_SCHEMA"),
            cell("rt", "REFERENCED_TABLE_NAME"),
            cell("rc", "REFERENCED_COLUMN_NAME"),
        ],
        order: &[TABLE, item("fk"), position("pos")],
        ..list(Part::ForeignKeyParts, "fk_parts", "KEY_COLUMN_USAGE")
    },
    List {
        schema: "CONSTRAINT_SCHEMA",
        cells: &[
            cell("t", "TABLE_NAME"),
            cell("k", "HEX(TABLE_NAME)"),
            cell("fk", "CONSTRAINT_NAME"),
            cell("ik", "HEX(CONSTRAINT_NAME)"),
            cell("upd", "UPDATE_RULE"),
            cell("del", "DELETE_RULE"),
        ],
        order: &[TABLE, item("fk")],
        ..list(Part::ForeignKeyRules, "fk_rules", "REFERENTIAL_CONSTRAINTS")
    },
    // MySQL's CHECK_CONSTRAINTS has no table name, but check names are unique in a schema, so a join finds it;
    // MariaDB's names are unique per table only and must not be joined; TiDB has a table of its own.
    List {
        engines: &[Mysql],
        schema: "TC.TABLE_SCHEMA",
        and: " AND TC.CONSTRAINT_TYPE = 'CHECK'",
        cells: &[
            cell("t", "TC.TABLE_NAME"),
            cell("k", "HEX(TC.TABLE_NAME)"),
            cell("ck", "TC.CONSTRAINT_NAME"),
            cell("ik", "HEX(TC.CONSTRAINT_NAME)"),
            cell("expr", "CC.CHECK_CLAUSE"),
            cell("enf", "TC.ENFORCED"),
        ],
        order: &[TABLE, item("ck")],
        ..list(
            Part::Checks,
            "checks",
            "TABLE_CONSTRAINTS TC JOIN information_schema.CHECK_CONSTRAINTS CC ON CC.CONSTRAINT_SCHEMA = \
             TC.CONSTRAINT_SCHEMA AND CC.CONSTRAINT_NAME = TC.CONSTRAINT_NAME",
        )
    },
    List { engines: &[Mariadb], ..CHECKS },
    List { engines: &[Tidb], from: "TIDB_CHECK_CONSTRAINTS", ..CHECKS },
    // Every partition repeats the scheme of its table, and a table may have thousands: the first tells it.
    List {
        and: " AND PARTITION_ORDINAL_POSITION = 1 AND IFNULL(SUBPARTITION_ORDINAL_POSITION,1) = 1",
        cells: &[
            cell("t", "TABLE_NAME"),
            cell("k", "HEX(TABLE_NAME)"),
            cell("pm", "PARTITION_METHOD"),
            long("pe", "PARTITION_EXPRESSION"),
            cell("sm", "SUBPARTITION_METHOD"),
            long("se", "SUBPARTITION_EXPRESSION"),
        ],
        ..list(Part::Partitions, "partitions", "PARTITIONS")
    },
    List {
        cells: &[
            cell("t", "TABLE_NAME"),
            cell("k", "HEX(TABLE_NAME)"),
            long("def", "VIEW_DEFINITION"),
            cell("chk", "CHECK_OPTION"),
            cell("upd", "IS_UPDATABLE"),
            cell("sec", "SECURITY_TYPE"),
        ],
        ..list(Part::Views, "views", "VIEWS")
    },
    // MariaDB 10 has no such table: there each sequence is asked itself.
    List {
        engines: &[Tidb],
        schema: "SEQUENCE_SCHEMA",
        cells: &[
            cell("t", "SEQUENCE_NAME"),
            cell("k", "HEX(SEQUENCE_NAME)"),
            cell("st", "CAST(`START` AS CHAR)"),
            cell("inc", "CAST(`INCREMENT` AS CHAR)"),
            cell("mn", "CAST(MIN_VALUE AS CHAR)"),
            cell("mx", "CAST(MAX_VALUE AS CHAR)"),
            cell("ca", "`CACHE`"),
            cell("cv", "CAST(CACHE_VALUE AS CHAR)"),
            cell("cy", "`CYCLE`"),
            cell("cmt", "`COMMENT`"),
        ],
        ..list(Part::Sequences, "sequences", "SEQUENCES")
    },
    List {
        engines: &[Tidb],
        and: " AND SEQ_IN_INDEX = 1",
        cells: &[
            cell("t", "TABLE_NAME"),
            cell("k", "HEX(TABLE_NAME)"),
            cell("ix", "KEY_NAME"),
            cell("ik", "HEX(KEY_NAME)"),
            cell("vis", "IS_VISIBLE"),
            cell("clu", "CLUSTERED"),
            cell("glob", "IS_GLOBAL"),
        ],
        order: &[TABLE, item("ix")],
        ..list(Part::PublicIndexes, "public_indexes", "TIDB_INDEXES")
    },
    List {
        engines: &[Tidb],
        cells: &[
            cell("t", "TABLE_NAME"),
            cell("k", "HEX(TABLE_NAME)"),
            cell("n", "REPLICA_COUNT"),
            cell("labels", "LOCATION_LABELS"),
        ],
        ..list(Part::TiFlash, "tiflash", "TIFLASH_REPLICA")
    },
];

/// CHECK constraints where they have a table of their own that names their table.
const CHECKS: List = List {
    schema: "CONSTRAINT_SCHEMA",
    cells: &[
        cell("t", "TABLE_NAME"),
        cell("k", "HEX(TABLE_NAME)"),
        cell("ck", "CONSTRAINT_NAME"),
        cell("ik", "HEX(CONSTRAINT_NAME)"),
        long("expr", "CHECK_CLAUSE"),
        only(&[Mariadb], "enf", "'YES'"),
        only(&[Tidb], "enf", "NULL"),
    ],
    order: &[TABLE, item("ck")],
    ..list(Part::Checks, "checks", "CHECK_CONSTRAINTS")
};
