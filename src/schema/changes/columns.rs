//! Compares the columns of a table: which came, went, moved or are called otherwise, and each with itself as it was. Pure.

use super::change::{Affected, Confidence, RenameOf, Severity};
use super::collect::{Collector, Draft};
use super::kinds::ChangeKind;
use super::names::{folded, same};
use super::tables::Comparison;
use super::{describe, types};
use crate::schema::column_facts::WhenAbsent;
use crate::schema::verdict::Verdict::{Ok, Risky};
use crate::schema::{Column, DefaultValue};

/// What a column's drop or rename changed along with it, by the column's folded name.
pub(super) type Forced = [(String, Affected)];

pub(super) fn compare(comparison: &Comparison<'_, '_>, forced: &Forced, out: &mut Collector<'_>) {
    let (place, columns) = (comparison.place, &comparison.pair.columns);
    let along = |column: &Column| {
        let name = folded(&column.name);
        let parts = forced.iter().filter(|(of, _)| *of == name).map(|(_, part)| part.clone()).collect::<Vec<_>>();
        comparison.on_column(&column.name).into_iter().chain(parts)
    };
    if !comparison.partly_hidden {
        for column in &columns.dropped {
            let draft = Draft::new(ChangeKind::ColumnDropped, &column.name).from(describe::column(column));
            let draft = draft.says(format!("{} removed", column.r#type)).affects(along(column));
            // Nobody could write it.
            out.add(place, if column.is_writable() { draft } else { draft.writers(Ok) });
        }
        for column in &columns.added {
            out.add(place, added(column));
        }
    }
    for (old, new) in &columns.kept {
        if old.name != new.name {
            let draft = Draft::new(ChangeKind::ColumnRenamed, &new.name).from(&*old.name).to(&*new.name);
            let message = format!("{} renamed to {}", describe::named(&old.name), describe::named(&new.name));
            let draft = draft.says(message).affects(along(old));
            out.add(place, renamed(comparison, old, new, draft));
        }
        one(comparison, old, new, out);
    }
    reordered(comparison, out);
}

fn added(column: &Column) -> Draft {
    let kind = match column.when_absent() {
        WhenAbsent::Refused => ChangeKind::ColumnAddedRequired,
        WhenAbsent::FirstMember => ChangeKind::ColumnAddedImplicitDefault,
        _ => ChangeKind::ColumnAdded,
    };
    Draft::new(kind, &column.name).to(describe::column(column))
}

fn renamed(comparison: &Comparison<'_, '_>, old: &Column, new: &Column, draft: Draft) -> Draft {
    if same(&old.name, &new.name) {
        return draft.readers(Risky).writers(Ok).seed_severity(Severity::Low);
    }
    let pair = comparison.pair;
    draft.renames(RenameOf {
        object: format!("{}.{}.{}", pair.old_database.name, pair.old.name, old.name),
        confidence: Confidence::Likely,
        evidence: "equal in everything but the name, in the same place, and no other column is".to_owned(),
    })
}

/// One column with itself as it was.
fn one(comparison: &Comparison<'_, '_>, old: &Column, new: &Column, out: &mut Collector<'_>) {
    if alike(old, new) {
        return;
    }
    let place = comparison.place;
    let mut told = new.r#type.clone();
    if comparison.extras_unknown && told.zerofill != old.r#type.zerofill {
        // Not seen is not gone; what is left of it is that such a column is unsigned.
        told.zerofill = old.r#type.zerofill;
    }
    let seen = Column { r#type: told, ..new.clone() };
    let mut drafts = types::compare(old, &seen);
    drafts.extend(nullability(old, new));
    drafts.extend(value(comparison, old, new, out));
    drafts.extend(generated(comparison, old, new));
    if drafts.is_empty() && old.comment == new.comment && old.invisible == new.invisible {
        return;
    }
    let affected = comparison.on_column(&old.name);
    for draft in drafts {
        out.add(place, draft.affects(affected.iter().cloned()));
    }
    if old.invisible != new.invisible {
        let word = |column: &Column| if column.invisible { "invisible" } else { "visible" };
        out.add(place, Draft::new(ChangeKind::ColumnVisibilityChanged, &new.name).from(word(old)).to(word(new)));
    }
    if old.comment != new.comment {
        let draft = Draft::new(ChangeKind::ColumnCommentChanged, &new.name);
        out.add(place, draft.from(&*old.comment).to(&*new.comment));
    }
}

/// Nothing but the name and the place may differ. Most columns of a table that changed did not.
fn alike(old: &Column, new: &Column) -> bool {
    let Column { name: _, ordinal: _, r#type, nullable, default, on_update, auto_increment, .. } = old;
    let Column { auto_random, generated, invisible, charset, collation, srid, comment, .. } = old;
    r#type == &new.r#type
        && (nullable, auto_increment, invisible) == (&new.nullable, &new.auto_increment, &new.invisible)
        && (default, on_update, auto_random) == (&new.default, &new.on_update, &new.auto_random)
        && (generated, srid) == (&new.generated, &new.srid)
        && (charset, collation, comment) == (&new.charset, &new.collation, &new.comment)
}

fn nullability(old: &Column, new: &Column) -> Option<Draft> {
    let kind = match (old.nullable, new.nullable) {
        (false, true) => ChangeKind::NullabilityRelaxed,
        (true, false) => ChangeKind::NullabilityTightened,
        _ => return None,
    };
    let word = describe::nullability;
    Some(Draft::new(kind, &new.name).from(word(old.nullable)).to(word(new.nullable)))
}

/// What an insert stores that leaves the column out, and what an update sets.
fn value(comparison: &Comparison<'_, '_>, old: &Column, new: &Column, out: &mut Collector<'_>) -> Vec<Draft> {
    let mut drafts = Vec::new();
    let name = new.name.as_str();
    let text = |value: &Option<DefaultValue>| value.as_ref().map(describe::default).unwrap_or_default();
    let lossy =
        |value: &Option<DefaultValue>| matches!(value, Some(DefaultValue::Expression { value }) if value == "unknown");
    if old.default != new.default && (lossy(&old.default) || lossy(&new.default)) {
        out.unknown(comparison.place, name, "the server shows its default inexactly");
    } else if old.default != new.default {
        let (from, to) = (format!("default {}", text(&old.default)), format!("default {}", text(&new.default)));
        drafts.push(match (&old.default, &new.default) {
            (None, _) => Draft::new(ChangeKind::DefaultAdded, name).to(to),
            (_, None) => {
                let draft = Draft::new(ChangeKind::DefaultRemoved, name).from(from);
                // NULL, a number of its own or the first member is stored instead; nothing is refused.
                if new.is_required() { draft } else { draft.writers(Risky) }
            }
            _ => Draft::new(ChangeKind::DefaultChanged, name).from(from).to(to),
        });
    }
    if old.on_update != new.on_update {
        let words = |column: &Column| match &column.on_update {
            Some(value) => format!("on update {}", describe::default(value)),
            None => "nothing on update".to_owned(),
        };
        drafts.push(Draft::new(ChangeKind::OnUpdateChanged, name).from(words(old)).to(words(new)));
    }
    drafts.extend(drawn(old, new));
    drafts
}

fn drawn(old: &Column, new: &Column) -> Option<Draft> {
    let words = |column: &Column| match (column.auto_increment, column.auto_random) {
        (_, Some(bits)) => format!("auto_random({}, {})", bits.shard_bits, bits.range_bits),
        (true, None) => "auto_increment".to_owned(),
        (false, None) => "no value drawn".to_owned(),
    };
    let kind = match (old.draws_values(), new.draws_values()) {
        _ if (old.auto_increment, old.auto_random) == (new.auto_increment, new.auto_random) => return None,
        (false, _) => ChangeKind::AutoIncrementAdded,
        (true, false) => ChangeKind::AutoIncrementRemoved,
        (true, true) if old.auto_random.is_some() && new.auto_random.is_some() => ChangeKind::ShardBitsChanged,
        (true, true) => ChangeKind::AutoIncrementChanged,
    };
    Some(Draft::new(kind, &new.name).from(words(old)).to(words(new)))
}

fn generated(comparison: &Comparison<'_, '_>, old: &Column, new: &Column) -> Vec<Draft> {
    let name = new.name.as_str();
    match (&old.generated, &new.generated) {
        (None, Some(rule)) => vec![Draft::new(ChangeKind::GeneratedAdded, name).to(describe::generated(rule))],
        (Some(rule), None) => vec![Draft::new(ChangeKind::GeneratedRemoved, name).from(describe::generated(rule))],
        (Some(before), Some(after)) => {
            let mut out = Vec::new();
            let follows = comparison.pair.columns.rewritten(&before.expr).is_some_and(|expr| expr == after.expr);
            if before.expr != after.expr && !follows {
                let draft = Draft::new(ChangeKind::GeneratedExprChanged, name);
                out.push(draft.from(describe::generated(before)).to(describe::generated(after)));
            }
            if before.kind != after.kind {
                let word = describe::generated_kind;
                let draft = Draft::new(ChangeKind::GeneratedStorageChanged, name);
                out.push(draft.from(word(before.kind)).to(word(after.kind)));
            }
            out
        }
        (None, None) => Vec::new(),
    }
}

/// Columns of both sides that stand elsewhere among themselves: the fewest that explain the new order.
fn reordered(comparison: &Comparison<'_, '_>, out: &mut Collector<'_>) {
    let kept = &comparison.pair.columns.kept;
    if kept.windows(2).all(|two| matches!(two, [a, b] if a.1.ordinal < b.1.ordinal)) {
        return;
    }
    let places: Vec<u32> = kept.iter().map(|(_, new)| new.ordinal).collect();
    let stays = longest_rising(&places);
    for ((old, new), _) in kept.iter().zip(stays).filter(|(_, stays)| !stays) {
        let words = |column: &Column| format!("position {}", column.ordinal);
        out.add(comparison.place, Draft::new(ChangeKind::ColumnReordered, &new.name).from(words(old)).to(words(new)));
    }
}

/// Which numbers belong to a longest run that rises.
fn longest_rising(numbers: &[u32]) -> Vec<bool> {
    // The place of the least number that ends a run of each length, and what stands before each number in its run.
    let (mut ends, mut before): (Vec<usize>, Vec<Option<usize>>) = (Vec::new(), Vec::new());
    let number = |at: usize| numbers.get(at).copied().unwrap_or_default();
    for (at, value) in numbers.iter().enumerate() {
        let length = ends.partition_point(|end| number(*end) < *value);
        before.push(length.checked_sub(1).and_then(|shorter| ends.get(shorter).copied()));
        match ends.get_mut(length) {
            Some(end) => *end = at,
            None => ends.push(at),
        }
    }
    let mut stays = vec![false; numbers.len()];
    let mut next = ends.last().copied();
    while let Some(at) = next {
        if let Some(stay) = stays.get_mut(at) {
            *stay = true;
        }
        next = before.get(at).copied().flatten();
    }
    stays
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fewest_columns_move() {
        for (numbers, moved) in [
            (&[1, 2, 3][..], &[][..]),
            (&[2, 3, 1], &[2]),
            (&[3, 1, 2], &[0]),
            (&[1, 4, 2, 3, 5], &[1]),
            (&[2, 1], &[0]),
            (&[], &[]),
        ] {
            let stays = longest_rising(numbers);
            let found: Vec<usize> = stays.iter().enumerate().filter(|(_, stays)| !**stays).map(|(at, _)| at).collect();
            assert_eq!(found, moved, "{numbers:?}");
        }
    }
}
