//! Types as sets of values: is everything one column can hold also a value of another? From it, what a change of type
//! means to readers and to writers. Pure; changes and contracts both ask here.

mod charset;
mod numbers;
mod strings;

use serde::{Deserialize, Serialize};

use super::verdict::Verdict;
use super::{Column, Type};

/// The values a column can hold: its type and, for text, its character set.
#[derive(Clone, Copy, Debug)]
pub struct Domain<'a> {
    /// The type.
    pub r#type: &'a Type,
    /// The character set; empty where there is none or it is not known, which then decides nothing.
    pub charset: &'a str,
}

impl<'a> From<&'a Column> for Domain<'a> {
    fn from(column: &'a Column) -> Self {
        Self { r#type: &column.r#type, charset: &column.charset }
    }
}

/// How the values of the new type lie to those of the old.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Relation {
    /// The same values.
    Same,
    /// All the old values and more.
    Widened,
    /// Some of the old values and no other.
    Narrowed,
    /// Neither holds the other, or the values mean something else.
    Changed,
}

/// A change of type, and what it means to each side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TypeChange {
    /// How the value sets lie.
    pub relation: Relation,
    /// Can a consumer of the old values take the new ones?
    pub readers: Verdict,
    /// Is every write, and every stored row, that was valid still valid with the same meaning?
    pub writers: Verdict,
}

impl TypeChange {
    const fn new(relation: Relation, readers: Verdict, writers: Verdict) -> Self {
        Self { relation, readers, writers }
    }
}

/// What it means that a column of the old type now has the new one.
#[must_use]
pub fn compare(old: &Column, new: &Column) -> TypeChange {
    compare_domains(old.into(), new.into())
}

/// As [`compare`], for types that belong to no column.
#[must_use]
pub fn compare_domains(old: Domain<'_>, new: Domain<'_>) -> TypeChange {
    use Verdict::{Breaking, Ok, Risky};
    let relation = relation(old, new);
    let (from, to) = (old.r#type, new.r#type);
    match (from.base.as_str(), to.base.as_str()) {
        // A time zone comes in or goes: the same text is another moment.
        ("timestamp", "datetime") | ("datetime", "timestamp") => {
            let writers = if digits(to) < digits(from) { Breaking } else { Risky };
            TypeChange::new(relation, Risky, writers)
        }
        // A date that is written still is one, at midnight; a reader is shown a time it does not expect.
        ("date", "datetime") => TypeChange::new(relation, Breaking, Ok),
        ("enum", "enum") | ("set", "set") => members(relation, from, to),
        _ => match relation {
            Relation::Same if from == to && old.charset == new.charset => TypeChange::new(relation, Ok, Ok),
            // The same values under another name, or shown with zeros: clients choose their types by it.
            Relation::Same | Relation::Widened => TypeChange::new(relation, Risky, Ok),
            Relation::Narrowed => TypeChange::new(relation, Ok, Breaking),
            Relation::Changed => TypeChange::new(relation, Breaking, Breaking),
        },
    }
}

/// Most bytes of a character in this set; one that is not known is taken for utf8mb4.
#[must_use]
pub fn most_bytes_per_char(charset: &str) -> u64 {
    charset::Charset::named(if charset.is_empty() { "utf8mb4" } else { charset }).most
}

/// How the value sets lie, whatever that means to anybody.
#[must_use]
pub fn relation(old: Domain<'_>, new: Domain<'_>) -> Relation {
    match (subset(old, new), subset(new, old)) {
        (true, true) => Relation::Same,
        (true, false) => Relation::Widened,
        (false, true) => Relation::Narrowed,
        (false, false) => Relation::Changed,
    }
}

/// Every value of `a` is a value of `b`. Order and names of types do not matter here, meaning does: no TIMESTAMP is a
/// DATETIME, no padded BINARY another one.
#[must_use]
pub fn subset(a: Domain<'_>, b: Domain<'_>) -> bool {
    let (from, to) = (a.r#type, b.r#type);
    if from.is_numeric() && to.is_numeric() {
        return numbers::subset(from, to);
    }
    if strings::is_text(from) && strings::is_text(to) {
        return strings::text_subset(from, a.charset, to, b.charset);
    }
    if from.is_binary() && to.is_binary() {
        return strings::bytes_subset(from, to);
    }
    if is_geometry(from) && is_geometry(to) {
        return from.base == to.base || to.base == "geometry";
    }
    if from.base != to.base {
        return false;
    }
    match from.base.as_str() {
        "bit" => from.length <= to.length,
        "datetime" | "timestamp" | "time" => digits(from) <= digits(to),
        "enum" | "set" => from.values.iter().all(|member| to.values.contains(member)),
        "vector" => to.dims.is_none() || from.dims == to.dims,
        _ => from == to,
    }
}

/// What a list of members did to its values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MemberChange {
    /// Some are gone.
    pub removed: bool,
    /// Those that stay have another order, or a new one stands before one of them: their numbers differ.
    pub renumbered: bool,
    /// New ones stand at the end, and nothing else moved.
    pub appended: bool,
}

/// Compares the members of two enums, or of two sets.
#[must_use]
pub fn member_change(old: &[String], new: &[String]) -> MemberChange {
    let (before, after): (std::collections::HashSet<_>, std::collections::HashSet<_>) =
        (old.iter().collect(), new.iter().collect());
    let kept: Vec<&String> = old.iter().filter(|member| after.contains(member)).collect();
    let renumbered = !new.iter().take(kept.len()).eq(kept.iter().copied());
    let added = new.iter().any(|member| !before.contains(member));
    MemberChange { removed: kept.len() < old.len(), renumbered, appended: added && !renumbered }
}

fn members(relation: Relation, from: &Type, to: &Type) -> TypeChange {
    let change = member_change(&from.values, &to.values);
    let readers = if change.renumbered || change.appended { Verdict::Risky } else { Verdict::Ok };
    let writers = match change {
        MemberChange { removed: true, .. } => Verdict::Breaking,
        MemberChange { renumbered: true, .. } => Verdict::Risky,
        _ => Verdict::Ok,
    };
    TypeChange::new(relation, readers, writers)
}

fn digits(r#type: &Type) -> u32 {
    r#type.fsp.unwrap_or(0)
}

fn is_geometry(r#type: &Type) -> bool {
    matches!(
        r#type.base.as_str(),
        "geometry"
            | "point"
            | "linestring"
            | "polygon"
            | "multipoint"
            | "multilinestring"
            | "multipolygon"
            | "geometrycollection"
    )
}

#[cfg(test)]
mod tests;
