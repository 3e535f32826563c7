//! Compares views and sequences. A view's columns belong to its definition: readers break when they lose one. Pure.

use std::collections::HashMap;

use super::collect::{Collector, Draft, Place};
use super::databases::{Context, content};
use super::kinds::ChangeKind;
use super::names::folded;
use super::{describe, types};
use crate::schema::verdict::Verdict::{self, Breaking, Ok, Risky};
use crate::schema::{Column, Database, Sequence, View};

pub(super) fn compare(context: &Context<'_, '_>, old: &Database, new: &Database, out: &mut Collector<'_>) {
    let names = context.names;
    let views = match_up(&old.views, &new.views, |view| names.table(&view.name).into_owned());
    for (before, after) in views {
        match (before, after) {
            (Some(before), Some(after)) => view(context, new, (old, before), after, out),
            (Some(before), None) => {
                let object = Gone { kind: ChangeKind::ViewDropped, name: &before.name, words: describe::view(before) };
                gone(context, old, object, content(before), out);
            }
            (None, Some(after)) => {
                let object = Gone { kind: ChangeKind::ViewCreated, name: &after.name, words: describe::view(after) };
                came(context, new, object, content(after), out);
            }
            (None, None) => {}
        }
    }
    let sequences = match_up(&old.sequences, &new.sequences, |one| names.table(&one.name).into_owned());
    for (before, after) in sequences {
        let words = describe::sequence;
        match (before, after) {
            (Some(before), Some(after)) => sequence(new, before, after, out),
            (Some(before), None) => {
                let object = Gone { kind: ChangeKind::SequenceDropped, name: &before.name, words: words(before) };
                gone(context, old, object, content(before), out);
            }
            (None, Some(after)) => {
                let object = Gone { kind: ChangeKind::SequenceCreated, name: &after.name, words: words(after) };
                came(context, new, object, content(after), out);
            }
            (None, None) => {}
        }
    }
}

/// Both sides of every name that differs at all.
fn match_up<'a, T: PartialEq>(
    old: &'a [T],
    new: &'a [T],
    key: impl Fn(&T) -> String,
) -> Vec<(Option<&'a T>, Option<&'a T>)> {
    let mut now: HashMap<String, &T> = new.iter().map(|one| (key(one), one)).collect();
    let mut out: Vec<_> = old.iter().map(|one| (Some(one), now.remove(&key(one)))).collect();
    out.retain(|(old, new)| old != new);
    let rest: Vec<_> = new.iter().filter(|one| now.contains_key(&key(one))).collect();
    out.extend(rest.into_iter().map(|one| (None, Some(one))));
    out
}

/// A view or sequence that is on one side only.
struct Gone<'a> {
    kind: ChangeKind,
    name: &'a str,
    words: String,
}

fn gone(context: &Context<'_, '_>, database: &Database, object: Gone<'_>, content: String, out: &mut Collector<'_>) {
    let draft = match context.is_now(&database.name, object.name) {
        Some(now) => Draft::new(ChangeKind::TableKindChanged, "").to(now),
        None => Draft::new(object.kind, ""),
    };
    let affected = context.dependents.of_table(&database.name, object.name);
    let place = Place { database: &database.name, table: Some(object.name) };
    out.add(place, draft.from(object.words).identity(content, String::new()).affects(affected));
}

fn came(context: &Context<'_, '_>, database: &Database, object: Gone<'_>, content: String, out: &mut Collector<'_>) {
    // One that was something else before is told where that went.
    if context.was(&database.name, object.name).is_none() {
        let draft = Draft::new(object.kind, "").to(object.words).identity(String::new(), content);
        out.add(Place { database: &database.name, table: Some(object.name) }, draft);
    }
}

fn view(context: &Context<'_, '_>, database: &Database, old: (&Database, &View), new: &View, out: &mut Collector<'_>) {
    let (old_database, old) = old;
    let place = Place { database: &database.name, table: Some(&new.name) };
    let hidden = old.definition.is_empty() != new.definition.is_empty();
    if hidden {
        out.unknown(place, "", "the view's text is visible on one side only");
    }
    let mut said = Vec::new();
    if old.name != new.name {
        said.push(format!("{} renamed to {}", describe::named(&old.name), describe::named(&new.name)));
    }
    let (readers, writers) = view_columns(old, new, &mut said);
    if old.definition != new.definition && !hidden {
        said.push("another SELECT".to_owned());
    }
    let unset = |text: &str| if text.is_empty() { "none" } else { text }.to_owned();
    for (what, from, to) in
        [("security", &old.security, &new.security), ("check option", &old.check_option, &new.check_option)]
    {
        if from != to {
            said.push(format!("{what} {} -> {}", unset(from), unset(to)));
        }
    }
    let mut writers = writers;
    if old.updatable != new.updatable && !new.invalid {
        said.push(if new.updatable { "updatable now" } else { "not updatable any more" }.to_owned());
        writers = if new.updatable { writers } else { Breaking };
    }
    if said.is_empty() {
        return;
    }
    let seen =
        |view: &View| View { definition: if hidden { String::new() } else { view.definition.clone() }, ..view.clone() };
    let draft =
        Draft::new(ChangeKind::ViewDefinitionChanged, "").readers(readers.max(Risky)).writers(writers.max(Risky));
    let draft = match hidden {
        true => draft.from(describe::view(old)).to(describe::view(new)),
        false => draft.from(&*old.definition).to(&*new.definition),
    };
    let affected = context.dependents.of_table(&old_database.name, &old.name);
    out.add(place, draft.identity(content(&seen(old)), content(&seen(new))).says(said.join("; ")).affects(affected));
}

/// What happened to the columns of a view, in words and for both sides.
fn view_columns(old: &View, new: &View, said: &mut Vec<String>) -> (Verdict, Verdict) {
    let writable = |verdict: Verdict| if old.updatable { verdict } else { Ok };
    match (old.invalid, new.invalid) {
        (false, true) => {
            said.push("it names something that is gone, and fails".to_owned());
            return (Breaking, Breaking);
        }
        (true, false) => said.push("it works again".to_owned()),
        _ => {}
    }
    if old.columns == new.columns || old.invalid {
        return (Ok, Ok);
    }
    let now: HashMap<_, _> = new.columns.iter().map(|column| (folded(&column.name), column)).collect();
    let (mut readers, mut writers) = (Ok, Ok);
    for column in &old.columns {
        match now.get(&folded(&column.name)) {
            None => {
                said.push(format!("{} removed", describe::named(&column.name)));
                (readers, writers) = (Breaking, Breaking);
            }
            Some(new) if *new != column => {
                let change = types::verdicts(column, new);
                let nulls = if new.nullable && !column.nullable { Breaking } else { Ok };
                (readers, writers) = (readers.max(change.readers).max(nulls), writers.max(change.writers));
                said.extend(column_words(column, new));
            }
            Some(_) => {}
        }
    }
    let known: std::collections::HashSet<_> = old.columns.iter().map(|column| folded(&column.name)).collect();
    let added = new.columns.iter().filter(|column| !known.contains(&folded(&column.name)));
    said.extend(added.map(|column| format!("{} added", describe::named(&column.name))));
    (readers, writable(writers))
}

fn column_words(old: &Column, new: &Column) -> Option<String> {
    let (from, to) = (describe::column(old), describe::column(new));
    let name = describe::named(&new.name);
    if from != to {
        Some(format!("{name} {from} -> {to}"))
    } else if old.ordinal != new.ordinal {
        Some(format!("{name} at position {} -> {}", old.ordinal, new.ordinal))
    } else {
        Some(format!("{name} has another comment, collation or name"))
    }
}

fn sequence(database: &Database, old: &Sequence, new: &Sequence, out: &mut Collector<'_>) {
    let place = Place { database: &database.name, table: Some(&new.name) };
    if old.unknown || new.unknown {
        return out.unknown(place, "", "how the sequence counts is visible on one side only");
    }
    if old.comment != new.comment {
        out.add(place, Draft::new(ChangeKind::TableCommentChanged, "").from(&*old.comment).to(&*new.comment));
    }
    let rest = |one: &Sequence| Sequence { comment: String::new(), ..one.clone() };
    if rest(old) != rest(new) {
        let words = |one: &Sequence| match old.name == new.name {
            true => describe::sequence(one),
            false => format!("{} {}", describe::named(&one.name), describe::sequence(one)),
        };
        out.add(place, Draft::new(ChangeKind::SequenceChanged, "").from(words(old)).to(words(new)));
    }
}
