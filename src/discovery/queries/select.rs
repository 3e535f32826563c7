//! The SELECT list and the table of each part, per engine. Every column has an alias in lower case: MySQL 8 answers
//! with upper-case labels otherwise.

use super::Part;
use crate::schema::Engine;

/// The SELECT list and FROM of a part. LONGTEXT columns of TiDB are cast: some servers send them as base64.
pub(super) fn list(engine: Engine, part: Part) -> String {
    let long = |column: &str| match engine {
        Engine::Tidb => format!("CAST({column} AS CHAR)"),
        Engine::Mariadb | Engine::Mysql => column.to_owned(),
    };
    let by_engine = |mysql: &'static str, mariadb: &'static str, tidb: &'static str| match engine {
        Engine::Mysql => mysql,
        Engine::Mariadb => mariadb,
        Engine::Tidb => tidb,
    };
    match part {
        Part::Tables => format!(
            "SELECT TABLE_NAME AS t, HEX(TABLE_NAME) AS k, TABLE_TYPE AS typ, ENGINE AS eng, TABLE_COLLATION AS coll, \
             CREATE_OPTIONS AS opts, TABLE_COMMENT AS cmt{} FROM information_schema.TABLES",
            by_engine(
                "",
                ", TEMPORARY AS tmp",
                ", TIDB_PK_TYPE AS pk_type, TIDB_ROW_ID_SHARDING_INFO AS sharding, TIDB_PLACEMENT_POLICY_NAME AS \
                 placement, CAST(TIDB_TABLE_ID AS CHAR) AS tid, CAST(CREATE_TIME AS CHAR) AS ddl_time"
            )
        ),
        Part::Columns => format!(
            "SELECT TABLE_NAME AS t, HEX(TABLE_NAME) AS k, ORDINAL_POSITION AS pos, COLUMN_NAME AS c, COLUMN_TYPE AS \
             ctype, DATA_TYPE AS dtype, IS_NULLABLE AS nul, COLUMN_DEFAULT IS NULL AS def_null, COLUMN_DEFAULT AS \
             def, EXTRA AS extra, CHARACTER_SET_NAME AS cs, COLLATION_NAME AS coll, GENERATION_EXPRESSION AS gen, \
             COLUMN_COMMENT AS cmt{} FROM information_schema.COLUMNS",
            by_engine(", SRS_ID AS srid", "", "")
        ),
        Part::IndexParts => format!(
            "SELECT TABLE_NAME AS t, HEX(TABLE_NAME) AS k, INDEX_NAME AS ix, HEX(INDEX_NAME) AS ik, SEQ_IN_INDEX AS \
             seq, NON_UNIQUE AS nonuniq, COLUMN_NAME AS c, COLLATION AS ord, SUB_PART AS sub, INDEX_TYPE AS typ, \
             INDEX_COMMENT AS cmt{} FROM information_schema.STATISTICS",
            by_engine(
                ", IS_VISIBLE AS vis, EXPRESSION AS expr",
                ", IGNORED AS ign",
                ", IS_VISIBLE AS vis, Expression AS expr"
            )
        ),
        Part::ForeignKeyParts => "SELECT TABLE_NAME AS t, HEX(TABLE_NAME) AS k, CONSTRAINT_NAME AS fk, \
             HEX(CONSTRAINT_NAME) AS ik, ORDINAL_POSITION AS pos, COLUMN_NAME AS c, REFERENCED_TABLE_SCHEMA AS rs, \
             REFERENCED_TABLE_NAME AS rt, REFERENCED_COLUMN_NAME AS rc FROM information_schema.KEY_COLUMN_USAGE"
            .to_owned(),
        Part::ForeignKeyRules => "SELECT TABLE_NAME AS t, HEX(TABLE_NAME) AS k, CONSTRAINT_NAME AS fk, \
             HEX(CONSTRAINT_NAME) AS ik, UPDATE_RULE AS upd, DELETE_RULE AS del FROM \
             information_schema.REFERENTIAL_CONSTRAINTS"
            .to_owned(),
        Part::Checks => checks(engine, &long("CHECK_CLAUSE")),
        Part::Views => format!(
            "SELECT TABLE_NAME AS t, HEX(TABLE_NAME) AS k, {} AS def, CHECK_OPTION AS chk, IS_UPDATABLE AS upd, \
             SECURITY_TYPE AS sec FROM information_schema.VIEWS",
            long("VIEW_DEFINITION")
        ),
        Part::PublicIndexes => "SELECT TABLE_NAME AS t, HEX(TABLE_NAME) AS k, KEY_NAME AS ix, HEX(KEY_NAME) AS ik, \
             IS_VISIBLE AS vis, CLUSTERED AS clu, IS_GLOBAL AS glob FROM information_schema.TIDB_INDEXES"
            .to_owned(),
    }
}

/// MySQL's CHECK_CONSTRAINTS has no table name, but check names are unique in a schema, so a join finds it; MariaDB's
/// names are unique per table only and must not be joined; TiDB has a table of its own.
fn checks(engine: Engine, clause: &str) -> String {
    match engine {
        Engine::Mysql => format!(
            "SELECT TC.TABLE_NAME AS t, HEX(TC.TABLE_NAME) AS k, TC.CONSTRAINT_NAME AS ck, HEX(TC.CONSTRAINT_NAME) AS \
             ik, CC.{clause} AS expr, TC.ENFORCED AS enf FROM information_schema.TABLE_CONSTRAINTS TC JOIN \
             information_schema.CHECK_CONSTRAINTS CC ON CC.CONSTRAINT_SCHEMA = TC.CONSTRAINT_SCHEMA AND \
             CC.CONSTRAINT_NAME = TC.CONSTRAINT_NAME"
        ),
        Engine::Mariadb | Engine::Tidb => {
            let (enforced, table) = if engine == Engine::Tidb {
                ("NULL", "TIDB_CHECK_CONSTRAINTS")
            } else {
                ("'YES'", "CHECK_CONSTRAINTS")
            };
            format!(
                "SELECT TABLE_NAME AS t, HEX(TABLE_NAME) AS k, CONSTRAINT_NAME AS ck, HEX(CONSTRAINT_NAME) AS ik, \
                 {clause} AS expr, {enforced} AS enf FROM information_schema.{table}"
            )
        }
    }
}
