//! The primary key and the indexes of a table. Pure.

use std::collections::BTreeMap;

use super::Context;
use crate::discovery::fingerprint::Ddl;
use crate::discovery::normalize::expression;
use crate::discovery::queries::Part;
use crate::mcp::McpError;
use crate::mcp::rows::Row;
use crate::schema::{Engine, Index, IndexType, KeyPart, PrimaryKey};

/// TiDB's name for an index that a running MODIFY COLUMN is filling.
const PHANTOM: &str = "_Idx$_";

/// Reads the keys from their parts. `public` are the indexes TiDB has finished: it lists the others as if they were
/// there, unique ones that enforce nothing yet among them. `hidden` tells key columns the table does not show.
pub(super) fn indexes(
    context: &Context<'_>,
    parts: &[&Row],
    public: &[&Row],
    hidden: &dyn Fn(&str) -> bool,
) -> Result<(Option<PrimaryKey>, Vec<Index>), McpError> {
    let mut flags = BTreeMap::new();
    for row in public {
        flags.insert(row.text("ix")?, (is_set(row, "clu")?, is_set(row, "glob")?));
    }
    // A version without that list shows no more of what is being built than its name.
    let untold = context.missing.contains(&Part::PublicIndexes);
    let finished = |name: &str| match context.engine {
        Engine::Mariadb | Engine::Mysql => true,
        Engine::Tidb if untold => context.ddl == Ddl::Idle || !name.starts_with(PHANTOM),
        Engine::Tidb => flags.contains_key(name),
    };
    let mut by_name: BTreeMap<String, BTreeMap<u64, &Row>> = BTreeMap::new();
    for row in parts {
        let name = row.text("ix")?;
        if finished(&name) {
            by_name.entry(name).or_default().insert(row.number("seq")?, row);
        }
    }
    let (mut primary, mut indexes) = (None, Vec::new());
    for (name, rows) in by_name {
        let rows: Vec<&Row> = rows.into_values().collect();
        let Some(mut index) = index(context, name, &rows, hidden)? else { continue };
        let (clustered, global) = flags.get(&index.name).copied().unwrap_or_default();
        if index.name == "PRIMARY" {
            primary = Some(PrimaryKey { columns: index.parts, clustered });
        } else {
            index.global = global;
            indexes.push(index);
        }
    }
    Ok((primary, indexes))
}

/// A flag, which TiDB writes as a word in one column and as a number in another.
fn is_set(row: &Row, label: &str) -> Result<bool, McpError> {
    Ok(row.text_or_null(label)?.is_some_and(|text| text == "1" || text.eq_ignore_ascii_case("yes")))
}

fn index(
    context: &Context<'_>,
    name: String,
    rows: &[&Row],
    hidden: &dyn Fn(&str) -> bool,
) -> Result<Option<Index>, McpError> {
    let Some(first) = rows.first() else { return Ok(None) };
    let r#type = index_type(&first.text("typ")?);
    let mut parts = Vec::with_capacity(rows.len());
    for row in rows {
        let part = key_part(context.engine, row, r#type)?;
        if !part.column.as_deref().is_some_and(hidden) {
            parts.push(part);
        }
    }
    if parts.is_empty() {
        return Ok(None);
    }
    let array = |part: &KeyPart| part.expression.as_deref().is_some_and(|expr| expr.ends_with(" array)"));
    Ok(Some(Index {
        name,
        unique: first.number("nonuniq")? == 0,
        r#type,
        multi_valued: parts.iter().any(array),
        global: false,
        predicate: String::new(),
        parts,
        invisible: match context.engine {
            Engine::Mariadb => first.text("ign")?.eq_ignore_ascii_case("yes"),
            Engine::Mysql | Engine::Tidb => first.text("vis")?.eq_ignore_ascii_case("no"),
        },
        comment: first.text_or_null("cmt")?.unwrap_or_default(),
    }))
}

fn key_part(engine: Engine, row: &Row, r#type: IndexType) -> Result<KeyPart, McpError> {
    // MariaDB has no expression indexes and so no such cell. TiDB puts the text NULL where MySQL has SQL NULL, and a
    // column may be called NULL: the expression decides.
    let expression = if engine == Engine::Mariadb { None } else { row.text_or_null("expr")? };
    let column = if expression.is_some() { None } else { Some(row.text("c")?) };
    // A spatial index shows the bytes of its bounding boxes as if they were a prefix.
    let prefix = if r#type == IndexType::Spatial { None } else { row.number_or_null("sub")? };
    Ok(KeyPart {
        column,
        expression: expression.map(|text| expression::normal(&text, engine)),
        desc: row.text_or_null("ord")?.is_some_and(|order| order.eq_ignore_ascii_case("d")),
        prefix: prefix.and_then(|prefix| u32::try_from(prefix).ok()),
    })
}

fn index_type(text: &str) -> IndexType {
    match text.to_ascii_uppercase().as_str() {
        "HASH" => IndexType::Hash,
        "FULLTEXT" => IndexType::Fulltext,
        "SPATIAL" | "RTREE" => IndexType::Spatial,
        "VECTOR" | "HNSW" => IndexType::Vector,
        "COLUMNAR" | "INVERTED" => IndexType::Columnar,
        _ => IndexType::Btree,
    }
}
