//! Rules about secondary indexes. Pure.

use super::builtin::{Builtin, Check, Finding, Given, Judgement, On, param, rule};
use super::width;
use crate::api::policy::{BuiltinRule as R, Severity as S};
use crate::schema::{Index, IndexType, KeyPart, Table};

pub(super) const RULES: &[Builtin] = &[
    rule(
        R::DuplicateIndex,
        S::Warn,
        Check::Table(duplicate),
        "No index has exactly the parts of another, or of the primary key.",
        "It costs every write twice and helps no query.",
    ),
    rule(
        R::RedundantIndex,
        S::Warn,
        Check::Table(redundant),
        "No index that allows duplicates is the beginning of another one.",
        "The longer one serves the same queries.",
    ),
    rule(
        R::IndexCountMax,
        S::Warn,
        Check::Table(count),
        "A table has no more indexes than this, the primary key aside.",
        WHY_COST,
    )
    .with(&[param(Given::Max(10), "most indexes")]),
    rule(R::IndexWidthMax, S::Warn, Check::Table(wide), "No index entry can be longer than this.", WHY_COST)
        .with(&[param(Given::Max(1536), "most bytes of all parts together; InnoDB's limit is 3072")]),
    rule(
        R::IndexInvisibleStale,
        S::Warn,
        Check::Table(invisible),
        "No index is hidden from the optimizer.",
        "Hiding is a trial before dropping: an index that stays hidden costs every write and serves none. How long it has been so is no part of a snapshot.",
    ),
    rule(
        R::UniqueNullableColumn,
        S::Info,
        Check::Table(nullable),
        "No column of a unique index may be NULL.",
        "NULLs are never equal, so that rows with one are as many as you like.",
    ),
];

const WHY_COST: &str = "Every index is written with every row and competes for memory.";

/// B-trees, which alone can stand for each other.
fn ordered(table: &Table) -> impl Iterator<Item = &Index> {
    table.indexes.iter().filter(|index| index.r#type == IndexType::Btree && !index.multi_valued)
}

fn duplicate(_: &On<'_>, table: &Table) -> Judgement {
    let primary = table.primary_key.as_ref().map(|key| key.columns.as_slice()).unwrap_or_default();
    let same = |one: &Index, other: &Index| {
        one.parts == other.parts && one.r#type == other.r#type && one.predicate == other.predicate
    };
    let twin = |(at, index): (usize, &Index)| {
        // Of two, the one that allows duplicates goes, else the later one.
        let other = table.indexes.iter().enumerate().find(|(other_at, other)| {
            let keeps = if other.unique == index.unique { *other_at < at } else { other.unique };
            *other_at != at && keeps && same(index, other)
        });
        let of_primary = index.r#type == IndexType::Btree && index.parts == primary;
        let name = other.map(|(_, other)| other.name.as_str()).or(of_primary.then_some("the primary key"))?;
        Some(Finding::of(&index.name, format!("has the same parts as {name}")))
    };
    if table.indexes.is_empty() {
        return Judgement::Skip("no index");
    }
    Judgement::of(table.indexes.iter().enumerate().filter_map(twin))
}

fn redundant(_: &On<'_>, table: &Table) -> Judgement {
    let begins = |index: &Index, parts: &[KeyPart]| parts.len() > index.parts.len() && parts.starts_with(&index.parts);
    let longer = |index: &Index| {
        let found = ordered(table)
            .find(|other| !other.invisible && other.predicate == index.predicate && begins(index, &other.parts));
        let primary =
            table.primary_key.as_ref().is_some_and(|key| begins(index, &key.columns) && index.predicate.is_empty());
        found.map(|other| other.name.clone()).or_else(|| primary.then(|| "the primary key".to_owned()))
    };
    if table.indexes.is_empty() {
        return Judgement::Skip("no index");
    }
    let found = ordered(table).filter(|index| !index.unique);
    Judgement::of(
        found.filter_map(|index| Some(Finding::of(&index.name, format!("is the beginning of {}", longer(index)?)))),
    )
}

fn count(on: &On<'_>, table: &Table) -> Judgement {
    let (have, most) = (table.indexes.len(), on.params.max);
    Judgement::wrong_if(have as u64 > most, || format!("has {have} indexes; at most {most} are allowed"))
}

fn wide(on: &On<'_>, table: &Table) -> Judgement {
    let part = |part: &KeyPart| {
        let column = part.column.as_ref().and_then(|name| super::column(table, name))?;
        Some(width::key_part(column, part.prefix))
    };
    let judged = table.indexes.iter().filter(|index| matches!(index.r#type, IndexType::Btree | IndexType::Hash));
    let too_wide = judged.filter_map(|index| {
        let bytes: u64 = index.parts.iter().filter_map(part).sum();
        let text = format!("can take {bytes} bytes; at most {} are allowed", on.params.max);
        (bytes > on.params.max).then(|| Finding::of(&index.name, text))
    });
    if table.indexes.is_empty() { Judgement::Skip("no index") } else { Judgement::of(too_wide) }
}

fn invisible(_: &On<'_>, table: &Table) -> Judgement {
    if table.indexes.is_empty() {
        return Judgement::Skip("no index");
    }
    let hidden = table.indexes.iter().filter(|index| index.invisible);
    Judgement::of(hidden.map(|index| Finding::of(&index.name, "is hidden from the optimizer: show it or drop it")))
}

fn nullable(_: &On<'_>, table: &Table) -> Judgement {
    if !table.indexes.iter().any(|index| index.unique) {
        return Judgement::Skip("no unique index");
    }
    let loose = |index: &Index| {
        let columns = index.parts.iter().filter_map(|part| part.column.as_ref());
        let name = columns.filter_map(|name| super::column(table, name)).find(|column| column.nullable)?.name.clone();
        Some(Finding::of(&index.name, format!("is unique and {name} may be NULL: such rows are not kept apart")))
    };
    Judgement::of(table.indexes.iter().filter(|index| index.unique).filter_map(loose))
}
