//! Keys and constraints of a table as SQL. Pure.

use super::words::{feature, name, names, text};
use crate::schema::{Check, Engine, ForeignKey, Index, IndexType, KeyPart, PrimaryKey, ReferentialAction, Table};

/// The primary key. TiDB alone says whether the rows are stored by it.
pub(super) fn primary(engine: Engine, key: &PrimaryKey) -> String {
    let stored = match (engine, key.clustered) {
        (Engine::Tidb, true) => " ".to_owned() + &feature("clustered_index", "CLUSTERED"),
        (Engine::Tidb, false) => " ".to_owned() + &feature("clustered_index", "NONCLUSTERED"),
        _ => String::new(),
    };
    format!("PRIMARY KEY ({}){stored}", parts(&key.columns))
}

/// A secondary index.
pub(super) fn index(engine: Engine, table: &Table, index: &Index) -> String {
    let kind = match (index.r#type, engine) {
        (IndexType::Fulltext, _) => "FULLTEXT KEY",
        (IndexType::Spatial, _) => "SPATIAL KEY",
        (IndexType::Vector, Engine::Tidb) => "VECTOR INDEX",
        (IndexType::Vector, _) => "VECTOR KEY",
        (IndexType::Columnar, _) => "COLUMNAR INDEX",
        _ if index.unique => "UNIQUE KEY",
        _ => "KEY",
    };
    let mut out = format!("{kind} {} ({})", name(&index.name), parts(&index.parts));
    match index.r#type {
        IndexType::Hash => out.push_str(" USING HASH"),
        // The one engine that makes a hash where nothing is said.
        IndexType::Btree if table.engine.eq_ignore_ascii_case("memory") => out.push_str(" USING BTREE"),
        _ => {}
    }
    if !index.predicate.is_empty() {
        out.push_str(&format!(" WHERE {}", index.predicate));
    }
    if !index.comment.is_empty() {
        out.push_str(&format!(" COMMENT {}", text(&index.comment)));
    }
    if index.invisible {
        out.push_str(if engine == Engine::Mariadb { " IGNORED" } else { " /*!80000 INVISIBLE */" });
    }
    if index.global {
        out.push_str(&format!(" {}", feature("global_index", "GLOBAL")));
    }
    out
}

fn parts(parts: &[KeyPart]) -> String {
    parts.iter().map(part).collect::<Vec<_>>().join(",")
}

fn part(part: &KeyPart) -> String {
    let mut out = match (&part.expression, &part.column) {
        (Some(expression), _) => format!("({expression})"),
        (None, column) => name(column.as_deref().unwrap_or_default()),
    };
    if let Some(prefix) = part.prefix {
        out.push_str(&format!("({prefix})"));
    }
    if part.desc {
        out.push_str(" DESC");
    }
    out
}

/// A foreign key, as it stands in CREATE TABLE and after ADD.
pub(super) fn foreign_key(key: &ForeignKey) -> String {
    let database = key.ref_database.as_ref().map(|database| format!("{}.", name(database))).unwrap_or_default();
    let mut out = format!(
        "CONSTRAINT {} FOREIGN KEY ({}) REFERENCES {database}{} ({})",
        name(&key.name),
        names(&key.columns),
        name(&key.ref_table),
        names(&key.ref_columns)
    );
    for (event, action) in [("DELETE", key.on_delete), ("UPDATE", key.on_update)] {
        let action = match action {
            // What every engine does when nothing is said.
            ReferentialAction::Restrict => continue,
            ReferentialAction::Cascade => "CASCADE",
            ReferentialAction::SetNull => "SET NULL",
            ReferentialAction::SetDefault => "SET DEFAULT",
            ReferentialAction::Unknown => {
                out.push_str(&format!(" /* ON {event}: not visible to the account */"));
                continue;
            }
        };
        out.push_str(&format!(" ON {event} {action}"));
    }
    if key.valid == Some(false) {
        out.push_str(" /* FOREIGN KEY INVALID */");
    }
    out
}

/// A check of the table; `None` when the account may not see its condition.
pub(super) fn check(check: &Check) -> Option<String> {
    let enforced = if check.enforced == Some(false) { " /*!80016 NOT ENFORCED */" } else { "" };
    (check.expr != "unknown").then(|| format!("CONSTRAINT {} CHECK ({}){enforced}", name(&check.name), check.expr))
}
