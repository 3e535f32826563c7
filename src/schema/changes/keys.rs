//! Compares the primary key and the indexes of a table. What a column's drop or rename did to them belongs to that. Pure.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use super::change::{Affected, Dependent};
use super::collect::{Collector, Draft};
use super::describe;
use super::kinds::ChangeKind;
use super::matching::ColumnMap;
use super::names::{folded, same};
use super::tables::Comparison;
use crate::schema::verdict::Verdict::Breaking;
use crate::schema::{Index, IndexType, KeyPart, PrimaryKey};

/// The name of the primary key.
pub(super) const PRIMARY: &str = "PRIMARY";

/// Indexes and the primary key as they changed along with columns, by the column.
pub(super) fn forced(comparison: &Comparison<'_, '_>) -> Vec<(String, Affected)> {
    let pair = comparison.pair;
    if !pair.columns.moves() {
        return Vec::new();
    }
    let now = by_name(&pair.new.indexes);
    let mut out = Vec::new();
    let mut along = |parts: &[KeyPart], name: &str| {
        let moved = parts.iter().filter_map(|part| part.column.as_deref()).filter(|c| pair.columns.now(c) != Some(*c));
        out.extend(moved.map(|column| (folded(column).into_owned(), comparison.part(Dependent::Index, name))));
    };
    for index in &pair.old.indexes {
        if is_forced(index, now.get(&folded(&index.name)).copied(), &pair.columns) {
            along(&index.parts, &index.name);
        }
    }
    if let (Some(old), Some(new)) = (&pair.old.primary_key, &pair.new.primary_key)
        && same_parts(&follow(&old.columns, &pair.columns), &new.columns)
    {
        along(&old.columns, PRIMARY);
    }
    out
}

pub(super) fn compare(comparison: &Comparison<'_, '_>, out: &mut Collector<'_>) {
    if !comparison.partly_hidden {
        primary_key(comparison, out);
    }
    let pair = comparison.pair;
    if pair.old.indexes == pair.new.indexes && !pair.columns.moves() {
        return;
    }
    let (before, mut now) = (by_name(&pair.old.indexes), by_name(&pair.new.indexes));
    let mut gone = Vec::new();
    for (name, index) in &before {
        let new = now.remove(name);
        match (is_forced(index, new, &pair.columns), new) {
            (true, Some(new)) => attributes(comparison, index, new, out),
            (true, None) => {}
            (false, Some(new)) => {
                structure(comparison, index, new, out);
                attributes(comparison, index, new, out);
            }
            (false, None) => gone.push(*index),
        }
    }
    came_and_went(comparison, &gone, now.into_values().collect(), out);
}

fn by_name(indexes: &[Index]) -> BTreeMap<Cow<'_, str>, &Index> {
    indexes.iter().map(|index| (folded(&index.name), index)).collect()
}

/// Drops, additions, and pairs of both that are equal in everything but the name.
fn came_and_went(comparison: &Comparison<'_, '_>, gone: &[&Index], came: Vec<&Index>, out: &mut Collector<'_>) {
    if comparison.partly_hidden {
        return;
    }
    let mut equal: HashMap<String, Vec<&Index>> = HashMap::new();
    for index in came.iter().rev() {
        equal.entry(content(index, &ColumnMap::default())).or_default().push(index);
    }
    let mut renamed: Vec<&str> = Vec::new();
    for index in gone {
        let twin = equal.get_mut(&content(index, &comparison.pair.columns)).and_then(Vec::pop);
        match twin {
            Some(new) => {
                renamed.push(&new.name);
                out.add(comparison.place, renamed_to(&index.name, &new.name));
                attributes(comparison, index, new, out);
            }
            None => {
                let kind = if index.unique { ChangeKind::UniqueDropped } else { ChangeKind::IndexDropped };
                let draft = Draft::new(kind, &index.name).from(describe::index(index));
                out.add(comparison.place, searched(index, draft));
            }
        }
    }
    for index in came.into_iter().filter(|index| !renamed.contains(&index.name.as_str())) {
        let kind = if index.unique { ChangeKind::UniqueAdded } else { ChangeKind::IndexAdded };
        out.add(comparison.place, Draft::new(kind, &index.name).to(describe::index(index)));
    }
}

fn renamed_to(old: &str, new: &str) -> Draft {
    let message = format!("{} renamed to {}", describe::named(old), describe::named(new));
    Draft::new(ChangeKind::IndexRenamed, new).from(old).to(new).says(message)
}

/// All there is to an index but its name, visibility and comment, as columns are called now.
fn content(index: &Index, columns: &ColumnMap<'_>) -> String {
    let parts = follow(&index.parts, columns);
    let names = parts.iter().map(|part| {
        let column = part.column.as_deref().map(|name| folded(name).into_owned());
        format!("{column:?} {:?} {} {:?}", part.expression, part.desc, part.prefix)
    });
    let predicate = columns.rewritten(&index.predicate).unwrap_or_else(|| index.predicate.clone());
    let flags = (index.unique, index.r#type, index.global, index.multi_valued);
    format!("{flags:?} {predicate:?} {}", names.collect::<Vec<_>>().join(","))
}

/// The parts with columns as they are called now, and without those that are gone.
fn follow(parts: &[KeyPart], columns: &ColumnMap<'_>) -> Vec<KeyPart> {
    let now = |part: &KeyPart| match (&part.column, &part.expression) {
        (Some(column), _) => Some(KeyPart { column: Some(columns.now(column)?.to_owned()), ..part.clone() }),
        (None, Some(text)) => {
            Some(KeyPart { expression: columns.rewritten(text).or(Some(text.clone())), ..part.clone() })
        }
        (None, None) => Some(part.clone()),
    };
    parts.iter().filter_map(now).collect()
}

/// The parts with columns as they are called now, those that are gone by their old name.
fn renamed_parts(parts: &[KeyPart], columns: &ColumnMap<'_>) -> Vec<KeyPart> {
    let now = |part: &KeyPart| follow(std::slice::from_ref(part), columns).pop().unwrap_or_else(|| part.clone());
    parts.iter().map(now).collect()
}

fn same_part(a: &KeyPart, b: &KeyPart) -> bool {
    same_key(a, b) && a.desc == b.desc && a.prefix == b.prefix
}

fn same_key(a: &KeyPart, b: &KeyPart) -> bool {
    let columns = match (&a.column, &b.column) {
        (Some(a), Some(b)) => same(a, b),
        (a, b) => a == b,
    };
    columns && a.expression == b.expression
}

fn same_parts(a: &[KeyPart], b: &[KeyPart]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_part(a, b))
}

/// The index is what is left of it once columns were dropped and renamed. A unique one that lost a part is stricter than
/// before, which is a change of its own.
fn is_forced(old: &Index, new: Option<&Index>, columns: &ColumnMap<'_>) -> bool {
    let left = || old.parts.iter().filter(|part| part.column.as_deref().is_none_or(|c| columns.now(c).is_some()));
    let Some(new) = new else { return left().next().is_none() && !old.parts.is_empty() };
    let lost = old.unique && left().count() < old.parts.len();
    let follows = |part: &KeyPart, now: &KeyPart| {
        let column = match (&part.column, &now.column) {
            (Some(part), Some(now)) => columns.now(part).is_some_and(|part| same(part, now)),
            (part, now) => part == now,
        };
        column && same_text(part.expression.as_deref(), now.expression.as_deref(), columns)
    };
    let rest = |part: &KeyPart, now: &KeyPart| (part.desc, part.prefix) == (now.desc, now.prefix);
    !lost
        && (old.unique, old.r#type, old.global, old.multi_valued)
            == (new.unique, new.r#type, new.global, new.multi_valued)
        && same_text(Some(&old.predicate), Some(&new.predicate), columns)
        && left().count() == new.parts.len()
        && left().zip(&new.parts).all(|(part, now)| follows(part, now) && rest(part, now))
}

/// An expression that is as it was, or names renamed columns as they are called now.
fn same_text(old: Option<&str>, new: Option<&str>, columns: &ColumnMap<'_>) -> bool {
    old == new || old.zip(new).is_some_and(|(old, new)| columns.rewritten(old).as_deref() == Some(new))
}

/// What the index is made of.
fn structure(comparison: &Comparison<'_, '_>, old: &Index, new: &Index, out: &mut Collector<'_>) {
    let place = comparison.place;
    let draft = |kind| Draft::new(kind, &new.name).from(describe::index(old)).to(describe::index(new));
    let vector = |index: &Index| index.r#type == IndexType::Vector;
    if comparison.extras_unknown && vector(old) != vector(new) {
        return out.unknown(place, &new.name, "the metric of the vector index is visible on one side only");
    }
    match (old.unique, new.unique) {
        (false, true) => return out.add(place, draft(ChangeKind::UniqueAdded)),
        (true, false) => return out.add(place, draft(ChangeKind::UniqueDropped)),
        _ => {}
    }
    if (old.r#type, old.global) != (new.r#type, new.global) {
        let words = |index: &Index| {
            format!("{}{}", describe::index_type(index.r#type), if index.global { " global" } else { "" })
        };
        let draft = Draft::new(ChangeKind::IndexTypeChanged, &new.name).from(words(old)).to(words(new));
        out.add(place, searched(old, draft));
    }
    parts(comparison, old, new, out);
}

/// What the index is over.
fn parts(comparison: &Comparison<'_, '_>, old: &Index, new: &Index, out: &mut Collector<'_>) {
    let (place, columns) = (comparison.place, &comparison.pair.columns);
    let draft = |kind| Draft::new(kind, &new.name).from(describe::index(old)).to(describe::index(new));
    // What is left without the columns that are gone; what uniqueness was about, with them.
    let (left, whole) = (follow(&old.parts, columns), renamed_parts(&old.parts, columns));
    let before = if new.unique { &whole } else { &left };
    let predicate = columns.rewritten(&old.predicate).unwrap_or_else(|| old.predicate.clone());
    let same_predicate = comparison.extras_unknown || predicate == new.predicate;
    if same_parts(before, &new.parts) && same_predicate && old.multi_valued == new.multi_valued {
        return;
    }
    if !new.unique {
        let draft = draft(ChangeKind::IndexColumnsChanged);
        return out.add(place, if old.r#type == new.r#type { searched(old, draft) } else { draft });
    }
    let stricter = within(&new.parts, before) && (same_predicate || new.predicate.is_empty());
    let looser = within(before, &new.parts) && (same_predicate || predicate.is_empty());
    match (stricter, looser) {
        (true, true) => out.add(place, draft(ChangeKind::IndexColumnsChanged)),
        (true, false) => out.add(place, draft(ChangeKind::UniqueTightened)),
        (false, true) => out.add(place, draft(ChangeKind::UniqueLoosened)),
        (false, false) => {
            out.add(place, draft(ChangeKind::UniqueTightened));
            out.add(place, draft(ChangeKind::UniqueLoosened));
        }
    }
}

/// Every part of `a` is in `b`, at least as long: rows that are equal by `b` are equal by `a`.
fn within(a: &[KeyPart], b: &[KeyPart]) -> bool {
    let longer = |mine: Option<u32>, theirs: Option<u32>| match (mine, theirs) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(mine), Some(theirs)) => mine <= theirs,
    };
    a.iter().all(|part| b.iter().any(|other| same_key(part, other) && longer(part.prefix, other.prefix)))
}

/// `MATCH … AGAINST` fails without the very index; every other read is only slower.
fn searched(old: &Index, draft: Draft) -> Draft {
    if old.r#type == IndexType::Fulltext { draft.readers(Breaking) } else { draft }
}

/// Name, visibility and comment.
fn attributes(comparison: &Comparison<'_, '_>, old: &Index, new: &Index, out: &mut Collector<'_>) {
    let place = comparison.place;
    if old.name != new.name && same(&old.name, &new.name) {
        out.add(place, renamed_to(&old.name, &new.name));
    }
    if old.invisible != new.invisible {
        let word = |index: &Index| if index.invisible { "invisible" } else { "visible" };
        // One that is seen again serves reads as a new one does.
        let kind = if new.invisible { ChangeKind::IndexHidden } else { ChangeKind::IndexAdded };
        out.add(place, Draft::new(kind, &new.name).from(word(old)).to(word(new)));
    }
    if old.comment != new.comment {
        let draft = Draft::new(ChangeKind::IndexCommentChanged, &new.name);
        out.add(place, draft.from(&*old.comment).to(&*new.comment));
    }
}

fn primary_key(comparison: &Comparison<'_, '_>, out: &mut Collector<'_>) {
    let (place, pair) = (comparison.place, comparison.pair);
    let words = |key: &Option<PrimaryKey>| key.as_ref().map(describe::primary_key).unwrap_or_default();
    let (from, to) = (words(&pair.old.primary_key), words(&pair.new.primary_key));
    match (&pair.old.primary_key, &pair.new.primary_key) {
        (None, Some(_)) => out.add(place, Draft::new(ChangeKind::PrimaryKeyAdded, PRIMARY).to(to)),
        (Some(_), None) => {
            let parent = comparison.context.dependents.of_table(&pair.old_database.name, &pair.old.name);
            let keys = parent.into_iter().filter(|dependent| dependent.kind == Dependent::ForeignKey);
            out.add(place, Draft::new(ChangeKind::PrimaryKeyDropped, PRIMARY).from(from).affects(keys));
        }
        (Some(old), Some(new)) => {
            let follows = follow(&old.columns, &pair.columns);
            if follows.len() < old.columns.len() || !same_parts(&follows, &new.columns) {
                out.add(place, Draft::new(ChangeKind::PrimaryKeyChanged, PRIMARY).from(from).to(to));
            }
            if old.clustered != new.clustered {
                let word = |key: &PrimaryKey| if key.clustered { "clustered" } else { "nonclustered" };
                out.add(place, Draft::new(ChangeKind::ClusteredChanged, PRIMARY).from(word(old)).to(word(new)));
            }
        }
        (None, None) => {}
    }
}
