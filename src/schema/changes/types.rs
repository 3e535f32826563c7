//! What a column can hold, then and now: which kinds of change that is, and what each means. Pure.

use super::collect::Draft;
use super::kinds::ChangeKind;
use crate::schema::Column;
use crate::schema::algebra::{self, Domain, Relation, TypeChange};

/// The changes of type, character set, collation and reference system of one column.
pub(super) fn compare(old: &Column, new: &Column) -> Vec<Draft> {
    let mut out = Vec::new();
    let change = algebra::compare(old, new);
    let judged = |kind, change: TypeChange| Draft::new(kind, &new.name).readers(change.readers).writers(change.writers);
    let charset_changed = old.charset != new.charset && is_text(old) == is_text(new);
    if old.r#type != new.r#type {
        if old.r#type.base == new.r#type.base && !new.r#type.values.is_empty() {
            out.extend(members(old, new));
        } else {
            let draft = judged(type_kind(old, new, change.relation), change);
            out.push(draft.from(old.r#type.to_string()).to(new.r#type.to_string()));
        }
    }
    if charset_changed {
        out.push(judged(ChangeKind::ColumnCharsetChanged, change).from(&*old.charset).to(&*new.charset));
    }
    // Another character set brings its own collation; only one that compares otherwise is told apart.
    let follows = charset_changed && ending(&old.collation, &old.charset) == ending(&new.collation, &new.charset);
    if old.collation != new.collation && is_text(old) == is_text(new) && !follows {
        let draft = Draft::new(ChangeKind::ColumnCollationChanged, &new.name);
        out.push(draft.from(&*old.collation).to(&*new.collation));
    }
    if old.srid != new.srid {
        let words = |srid: Option<u32>| srid.map_or_else(|| "any srid".to_owned(), |srid| format!("srid {srid}"));
        out.push(Draft::new(ChangeKind::SridChanged, &new.name).from(words(old.srid)).to(words(new.srid)));
    }
    out
}

fn type_kind(old: &Column, new: &Column, relation: Relation) -> ChangeKind {
    match relation {
        // Only the width differs, which clients take for a boolean.
        Relation::Same if old.r#type.bool_hint != new.r#type.bool_hint => ChangeKind::BoolHintChanged,
        Relation::Same | Relation::Changed => ChangeKind::TypeChanged,
        // The time zone comes in or goes, whatever happens to the digits.
        _ if old.r#type.base != new.r#type.base && new.r#type.is_moment() => ChangeKind::TypeChanged,
        Relation::Widened => ChangeKind::TypeWidened,
        Relation::Narrowed => ChangeKind::TypeNarrowed,
    }
}

/// Members that went, moved or came, one change for each.
fn members(old: &Column, new: &Column) -> Vec<Draft> {
    let (before, after) = (&old.r#type.values, &new.r#type.values);
    let change = algebra::member_change(before, after);
    let only = |these: &[String], those: &[String]| {
        let those: std::collections::HashSet<_> = those.iter().collect();
        these.iter().filter(|member| !those.contains(member)).map(|m| format!("'{m}'")).collect::<Vec<_>>().join(", ")
    };
    let types = (old.r#type.to_string(), new.r#type.to_string());
    let draft = |kind| Draft::new(kind, &new.name).from(types.0.clone()).to(types.1.clone());
    let mut out = Vec::new();
    if change.removed {
        out.push(draft(ChangeKind::EnumValuesRemoved).says(format!("{} removed", only(before, after))));
    }
    if change.renumbered {
        out.push(draft(ChangeKind::EnumValuesReordered));
    }
    if change.appended {
        out.push(draft(ChangeKind::EnumValuesAppended).says(format!("{} added at the end", only(after, before))));
    }
    if out.is_empty() {
        // The same members, some of them twice, which a server that is not strict lets pass.
        out.push(draft(ChangeKind::EnumValuesReordered));
    }
    out
}

fn is_text(column: &Column) -> bool {
    !column.charset.is_empty() || !column.collation.is_empty()
}

/// A collation without the character set it begins with.
fn ending<'a>(collation: &'a str, charset: &str) -> &'a str {
    collation.strip_prefix(charset).unwrap_or(collation)
}

/// The two hold the same values (for whoever compares a view's columns, where no kinds are told apart).
pub(super) fn verdicts(old: &Column, new: &Column) -> TypeChange {
    algebra::compare_domains(Domain::from(old), Domain::from(new))
}
