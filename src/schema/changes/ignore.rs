//! Rules that let a change pass uncounted: by kind and by object, for a reason. Pure: whether a rule has expired is judged
//! by whoever knows the time.

use super::change::Change;
use super::kinds::ChangeKind;
use crate::schema::select::{GlobError, Pattern};

/// One rule.
#[derive(Clone, Debug)]
pub struct Ignore {
    kind: Option<ChangeKind>,
    object: Pattern,
    text: String,
    reason: String,
    expired: bool,
}

impl Ignore {
    /// A rule for changes of one kind (or of every kind) to the objects of a glob: `db.table` covers the table and all
    /// that belongs to it, `db.table.element` one column, index, key or check. An `expired` rule ignores nothing; what it
    /// would have ignored counts, and it is reported.
    ///
    /// # Errors
    /// A text that is no glob.
    pub fn new(kind: Option<ChangeKind>, object: &str, reason: &str, expired: bool) -> Result<Self, GlobError> {
        let pattern = Pattern::new("changes.ignore.object", object)?;
        let kind_word = kind.map_or("every kind", ChangeKind::as_str);
        let text = format!("{kind_word} of {object}");
        Ok(Self { kind, object: pattern, text, reason: reason.to_owned(), expired })
    }

    /// The rule speaks of a change of that kind to an object of one of these names.
    fn covers(&self, kind: ChangeKind, names: &[String], fold: bool) -> bool {
        self.kind.is_none_or(|own| own == kind) && names.iter().any(|name| self.object.matches(name, fold))
    }
}

/// What the rules say of one change.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Ruling<'a> {
    /// No rule speaks of it.
    Counts,
    /// A rule ignores it, for this reason.
    Ignored(&'a str),
    /// Only a rule that has expired speaks of it.
    Expired(&'a str),
}

/// Judges one change. A rule in force wins over one that has expired. `fold`: names of tables compare without case.
pub(super) fn rule<'a>(change: &Change, rules: &'a [Ignore], fold: bool) -> Ruling<'a> {
    if rules.is_empty() {
        return Ruling::Counts;
    }
    let table = change.table.as_deref().map(|table| format!("{}.{table}", change.database));
    let before = change.rename_of.as_ref().map(|rename| rename.object.clone());
    let names: Vec<String> = [table, Some(change.object()), before].into_iter().flatten().collect();
    let mut covering = rules.iter().filter(|rule| rule.covers(change.kind, &names, fold));
    let Some(first) = covering.next() else { return Ruling::Counts };
    match std::iter::once(first).chain(covering).find(|rule| !rule.expired) {
        Some(rule) => Ruling::Ignored(&rule.reason),
        None => Ruling::Expired(&first.text),
    }
}
