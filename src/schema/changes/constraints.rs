//! Compares the foreign keys and checks of a table. What a rename or drop of a column did to them belongs to that. Pure.

use super::change::{Affected, Dependent};
use super::collect::{Collector, Draft};
use super::dependents::affected;
use super::describe;
use super::kinds::ChangeKind;
use super::matching::{renamed_with, same_columns};
use super::names::{folded, same};
use super::tables::{Comparison, partitioning_follows};
use crate::schema::verdict::Verdict::Ok;
use crate::schema::{Check, CheckLevel, ForeignKey, ReferentialAction};

/// Checks, computed columns and partitioning that changed along with columns, by the column.
pub(super) fn forced(comparison: &Comparison<'_, '_>) -> Vec<(String, Affected)> {
    let pair = comparison.pair;
    if !pair.columns.moves() {
        return Vec::new();
    }
    let mut out = Vec::new();
    for check in &pair.old.checks {
        let moved = check.columns.iter().filter(|column| pair.columns.now(column) != Some(column.as_str()));
        let name = match check_name(comparison, check) {
            Some(name) if pair.new.checks.iter().any(|new| same(&new.name, &name)) => name,
            _ => check.name.clone(),
        };
        out.extend(moved.map(|column| (folded(column).into_owned(), comparison.part(Dependent::Check, &name))));
    }
    let renamed = || pair.columns.kept.iter().filter(|(old, new)| old.name != new.name);
    for (old, new) in renamed() {
        let quoted = format!("`{}`", old.name);
        let computed = pair
            .columns
            .kept
            .iter()
            .filter(|(before, _)| before.generated.as_ref().is_some_and(|rule| rule.expr.contains(&quoted)));
        let key = folded(&old.name).into_owned();
        out.extend(computed.map(|(_, now)| (key.clone(), comparison.part(Dependent::Column, &now.name))));
        if partitioning_follows(pair) && old.name != new.name {
            out.push((key, affected(Dependent::Partitioning, &comparison.place.object(""))));
        }
    }
    out
}

pub(super) fn compare(comparison: &Comparison<'_, '_>, out: &mut Collector<'_>) {
    foreign_keys(comparison, out);
    checks(comparison, out);
}

/// A foreign key as it is called and points now, if nothing but names moved.
fn follow(comparison: &Comparison<'_, '_>, key: &ForeignKey) -> Pointing {
    let (pair, context) = (comparison.pair, comparison.context);
    let own = &pair.old_database.name;
    let place = context.names.pair(key.ref_database.as_deref().unwrap_or(own), &key.ref_table);
    let parent = context.matches.pair_of(&place);
    let ref_columns = key
        .ref_columns
        .iter()
        .map(|column| parent.map_or(Some(column.as_str()), |parent| parent.columns.now(column)).map(str::to_owned));
    Pointing {
        columns: key.columns.iter().map(|column| pair.columns.now(column).map(str::to_owned)).collect(),
        parent: parent.map_or(place, |parent| context.names.pair(&parent.new_database.name, &parent.new.name)),
        ref_columns: ref_columns.collect(),
    }
}

/// Where a foreign key points; `None` for a column that is gone.
struct Pointing {
    columns: Vec<Option<String>>,
    parent: (String, String),
    ref_columns: Vec<Option<String>>,
}

impl Pointing {
    fn is(&self, comparison: &Comparison<'_, '_>, key: &ForeignKey) -> bool {
        let own = &comparison.pair.new_database.name;
        let parent = comparison.context.names.pair(key.ref_database.as_deref().unwrap_or(own), &key.ref_table);
        let names = |list: &[Option<String>], new: &[String]| same_columns(list.iter().map(Option::as_deref), new);
        self.parent == parent && names(&self.columns, &key.columns) && names(&self.ref_columns, &key.ref_columns)
    }
}

fn foreign_keys(comparison: &Comparison<'_, '_>, out: &mut Collector<'_>) {
    let pair = comparison.pair;
    let mut came: Vec<&ForeignKey> = pair.new.foreign_keys.iter().collect();
    let mut gone = Vec::new();
    for old in &pair.old.foreign_keys {
        let name = renamed_with(&old.name, &pair.old.name, &pair.new.name);
        let found = came.iter().position(|new| same(&new.name, &name) || same(&new.name, &old.name));
        match found.map(|at| came.remove(at)) {
            // Word for word, whatever became of what it points to.
            Some(new) if new == old => {}
            Some(new) => {
                if !follow(comparison, old).is(comparison, new) {
                    let draft = Draft::new(ChangeKind::ForeignKeyTargetChanged, &new.name);
                    let draft = draft.from(describe::foreign_key(old)).to(describe::foreign_key(new));
                    out.add(comparison.place, draft);
                }
                rules(comparison, old, new, out);
                // A name the server made from the table's is no news when the table was renamed.
                if new.name != name && new.name != old.name {
                    out.add(comparison.place, renamed(ChangeKind::ForeignKeyRenamed, &old.name, &new.name));
                }
            }
            None => gone.push(old),
        }
    }
    if comparison.partly_hidden {
        return;
    }
    for old in gone {
        let pointing = follow(comparison, old);
        let twin = came.iter().position(|new| pointing.is(comparison, new) && same_actions(old, new));
        match twin.map(|at| came.remove(at)) {
            Some(new) => {
                out.add(comparison.place, renamed(ChangeKind::ForeignKeyRenamed, &old.name, &new.name));
                rules(comparison, old, new, out);
            }
            None => {
                let draft = Draft::new(ChangeKind::ForeignKeyDropped, &old.name).from(describe::foreign_key(old));
                out.add(comparison.place, draft);
            }
        }
    }
    for new in came {
        let draft = Draft::new(ChangeKind::ForeignKeyAdded, &new.name).to(describe::foreign_key(new));
        // One that is not enforced refuses nothing.
        out.add(comparison.place, if new.valid == Some(false) { draft.writers(Ok) } else { draft });
    }
}

fn same_actions(old: &ForeignKey, new: &ForeignKey) -> bool {
    let same = |a, b| a == b || a == ReferentialAction::Unknown || b == ReferentialAction::Unknown;
    same(old.on_delete, new.on_delete) && same(old.on_update, new.on_update)
}

/// What happens to children, and whether the key is enforced.
fn rules(comparison: &Comparison<'_, '_>, old: &ForeignKey, new: &ForeignKey, out: &mut Collector<'_>) {
    let place = comparison.place;
    if !same_actions(old, new) {
        let draft = Draft::new(ChangeKind::ForeignKeyActionChanged, &new.name);
        out.add(place, draft.from(describe::actions(old)).to(describe::actions(new)));
    } else if (old.on_delete, old.on_update) != (new.on_delete, new.on_update) {
        out.unknown(place, &new.name, "what the foreign key does on delete and update is visible on one side only");
    }
    let valid = |key: &ForeignKey| key.valid != Some(false);
    if valid(old) != valid(new) && !comparison.extras_unknown {
        let kind = if valid(new) { ChangeKind::ForeignKeyValidated } else { ChangeKind::ForeignKeyInvalidated };
        let word = |key: &ForeignKey| if valid(key) { "enforced" } else { "not enforced" };
        out.add(place, Draft::new(kind, &new.name).from(word(old)).to(word(new)));
    }
}

fn renamed(kind: ChangeKind, old: &str, new: &str) -> Draft {
    let message = format!("{} renamed to {}", describe::named(old), describe::named(new));
    Draft::new(kind, new).from(old).to(new).says(message)
}

/// A check's name after its table or its column was renamed; `None` when the column it was declared with is gone.
fn check_name(comparison: &Comparison<'_, '_>, check: &Check) -> Option<String> {
    let pair = comparison.pair;
    match check.level {
        CheckLevel::Column => pair.columns.now(&check.name).map(str::to_owned),
        CheckLevel::Table => Some(renamed_with(&check.name, &pair.old.name, &pair.new.name)),
    }
}

fn checks(comparison: &Comparison<'_, '_>, out: &mut Collector<'_>) {
    let (place, pair) = (comparison.place, comparison.pair);
    let rewritten = |check: &Check| pair.columns.rewritten(&check.expr).unwrap_or_else(|| check.expr.clone());
    let mut came: Vec<&Check> = pair.new.checks.iter().collect();
    let mut gone = Vec::new();
    for old in &pair.old.checks {
        let name = check_name(comparison, old);
        let found = name.as_ref().and_then(|name| came.iter().position(|new| same(&new.name, name)));
        let found = found.or_else(|| came.iter().position(|new| same(&new.name, &old.name)));
        match found.map(|at| came.remove(at)) {
            Some(new) if new == old => {}
            Some(new) => {
                condition(comparison, old, new, &rewritten(old), out);
                if new.name != old.name && name.is_none_or(|name| new.name != name) {
                    out.add(place, renamed(ChangeKind::CheckRenamed, &old.name, &new.name));
                }
            }
            None => gone.push(old),
        }
    }
    if comparison.partly_hidden {
        return;
    }
    for old in gone {
        let expr = rewritten(old);
        let twin = came.iter().position(|new| new.expr == expr && new.expr != "unknown");
        match twin.map(|at| came.remove(at)) {
            Some(new) => {
                out.add(place, renamed(ChangeKind::CheckRenamed, &old.name, &new.name));
                enforcement(comparison, old, new, out);
            }
            // It went with the columns it was about.
            None if !old.columns.is_empty() && old.columns.iter().all(|c| pair.columns.now(c).is_none()) => {}
            None => out.add(place, Draft::new(ChangeKind::CheckDropped, &old.name).from(describe::check(old))),
        }
    }
    for new in came {
        let draft = Draft::new(ChangeKind::CheckAdded, &new.name).to(describe::check(new));
        out.add(place, if new.enforced == Some(false) { draft.writers(Ok) } else { draft });
    }
}

fn condition(comparison: &Comparison<'_, '_>, old: &Check, new: &Check, rewritten: &str, out: &mut Collector<'_>) {
    let place = comparison.place;
    let draft = || Draft::new(ChangeKind::CheckChanged, &new.name);
    let hidden = [old, new].iter().any(|check| check.expr == "unknown");
    if old.expr != new.expr && hidden {
        out.unknown(place, &new.name, "the condition of the check is visible on one side only");
    } else if old.expr != new.expr && rewritten != new.expr {
        out.add(place, draft().from(describe::check(old)).to(describe::check(new)));
    } else if old.level != new.level {
        // It refuses what it refused; it is only dropped in another way.
        let word = |check: &Check| match check.level {
            CheckLevel::Column => "declared with the column",
            CheckLevel::Table => "declared beside the columns",
        };
        out.add(place, draft().readers(Ok).writers(Ok).from(word(old)).to(word(new)));
    }
    enforcement(comparison, old, new, out);
}

fn enforcement(comparison: &Comparison<'_, '_>, old: &Check, new: &Check, out: &mut Collector<'_>) {
    let enforced = |check: &Check| check.enforced != Some(false);
    if enforced(old) != enforced(new) && !comparison.extras_unknown {
        let kind = if enforced(new) { ChangeKind::CheckEnforced } else { ChangeKind::CheckUnenforced };
        let word = |check: &Check| if enforced(check) { "enforced" } else { "not enforced" };
        out.add(comparison.place, Draft::new(kind, &new.name).from(word(old)).to(word(new)));
    }
}
