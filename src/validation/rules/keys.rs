//! Rules about primary keys and the numbers in them. Pure.

use super::builtin::{Builtin, Check, Finding, Given, Judgement, On, param, rule};
use crate::api::policy::{BuiltinRule as R, Severity as S};
use crate::schema::{Column, Engine, KeyPart, Table};

pub(super) const RULES: &[Builtin] = &[
    rule(
        R::TableHasPrimaryKey,
        S::Error,
        Check::Table(has_primary_key),
        "Every table has a primary key; one that MySQL made up by itself (`my_row_id`) is a warning.",
        "Without a key rows cannot be told apart, replicated one by one, or changed online.",
    ),
    rule(
        R::PrimaryKeyNotNullUniqueStable,
        S::Error,
        Check::Table(stable),
        "No part of a primary key may be NULL, approximate (float, double), text, blob, json or vector, a prefix of a column, or change by itself (ON UPDATE).",
        "A key must stay what it is and compare exactly, or foreign keys and caches lose their row.",
    ),
    rule(
        R::PrimaryKeyType,
        S::Warn,
        Check::Table(key_type),
        "A primary key of one column has one of these types.",
        "Keys of one kind can be handled alike; a 32-bit key runs out.",
    )
    .with(&[param(
        Given::Values(Some(&["bigint", "bigint unsigned", "binary(16)", "uuid"])),
        "types, as a base word or in full",
    )]),
    rule(
        R::AutoIncrementHeadroom,
        S::Warn,
        Check::Table(headroom),
        "An AUTO_INCREMENT column is wide enough: not a signed int or smaller, and, where the next value is known, not used up to this share of its range.",
        "At the end of the range every INSERT fails at once.",
    )
    .with(&[param(Given::Max(80), "most percent of the range in use")]),
    rule(
        R::TidbAutoIncrementHotspot,
        S::Info,
        Check::Table(hotspot),
        "On TiDB a clustered primary key is not AUTO_INCREMENT: AUTO_RANDOM, or a nonclustered key with SHARD_ROW_ID_BITS, spreads the writes.",
        "Rising keys send every INSERT to the same region.",
    ),
];

fn parts(table: &Table) -> &[KeyPart] {
    table.primary_key.as_ref().map(|key| key.columns.as_slice()).unwrap_or_default()
}

fn part_column<'t>(table: &'t Table, part: &KeyPart) -> Option<&'t Column> {
    part.column.as_ref().and_then(|name| super::column(table, name))
}

fn has_primary_key(_: &On<'_>, table: &Table) -> Judgement {
    if table.generated_pk {
        let made_up = Finding::here("its primary key is the invisible column MySQL made up; give it one of its own");
        return Judgement::Found(vec![Finding { at_most: Some(S::Warn), ..made_up }]);
    }
    Judgement::wrong_if(table.primary_key.is_none(), || "has no primary key".to_owned())
}

fn stable(_: &On<'_>, table: &Table) -> Judgement {
    if table.primary_key.is_none() {
        return Judgement::Skip("no primary key");
    }
    let fault = |part: &KeyPart| {
        let column = part_column(table, part)?;
        let base = column.r#type.base.as_str();
        let loose =
            matches!(base, "float" | "double" | "json" | "vector") || base.ends_with("text") || base.ends_with("blob");
        let what = if column.nullable {
            "may be NULL"
        } else if loose {
            "has a type that does not compare exactly or whole"
        } else if part.prefix.is_some() {
            "counts with its first characters only"
        } else if column.on_update.is_some() {
            "changes with every update of the row"
        } else {
            return None;
        };
        Some(Finding::of(&column.name, format!("is part of the primary key and {what}")))
    };
    Judgement::of(parts(table).iter().filter_map(fault))
}

fn key_type(on: &On<'_>, table: &Table) -> Judgement {
    let [part] = parts(table) else { return Judgement::Skip("no primary key of one column") };
    let Some(column) = part_column(table, part) else { return Judgement::Skip("the key is an expression") };
    let (base, text) = (column.r#type.base.as_str(), column.r#type.to_string());
    let good = on.params.has_value(&text) || (on.params.has_value(base) && !column.r#type.unsigned);
    Judgement::of((!good).then(|| {
        let allowed = on.params.values.join(", ");
        Finding::of(&column.name, format!("is a primary key of type {text}; allowed are {allowed}"))
    }))
}

fn headroom(on: &On<'_>, table: &Table) -> Judgement {
    let Some(column) = table.columns.iter().find(|column| column.auto_increment) else {
        return Judgement::Skip("no AUTO_INCREMENT column");
    };
    let bits = match column.r#type.base.as_str() {
        "tinyint" => 8,
        "smallint" => 16,
        "mediumint" => 24,
        "int" => 32,
        _ => 64,
    };
    let most = (1_u128 << (bits - u32::from(!column.r#type.unsigned))) - 1;
    if let Some(next) = (on.next_values)(&on.database.name, &table.name) {
        let percent = u128::from(next) * 100 / most;
        return Judgement::of((percent > u128::from(on.params.max)).then(|| {
            Finding::of(
                &column.name,
                format!("has used {percent}% of the range of {}; at most {}% may be", column.r#type, on.params.max),
            )
        }));
    }
    let small = most < (1 << 31);
    Judgement::of(small.then(|| {
        Finding::of(&column.name, format!("counts up to {most} as {}; make it bigint unsigned", column.r#type))
    }))
}

fn hotspot(on: &On<'_>, table: &Table) -> Judgement {
    if on.snapshot.server.dialect != Engine::Tidb {
        return Judgement::Skip("not TiDB");
    }
    let clustered = table.primary_key.as_ref().is_some_and(|key| key.clustered);
    let first = parts(table).first().and_then(|part| part_column(table, part));
    let Some(column) = first.filter(|column| clustered && column.auto_increment) else { return Judgement::Pass };
    let what =
        "is AUTO_INCREMENT at the head of a clustered key: every INSERT goes to one region; AUTO_RANDOM spreads them";
    Judgement::of([Finding::of(&column.name, what)])
}
