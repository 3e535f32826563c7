//! Rules about character sets, collations and what must be alike across tables. Pure.

use std::collections::BTreeMap;

use super::builtin::{Builtin, Check, Finding, Given, Judgement, On, param, rule};
use super::{Parent, each_column, parent};
use crate::api::policy::{BuiltinRule as R, Severity as S};
use crate::schema::{Column, Table};

pub(super) const RULES: &[Builtin] = &[
    rule(
        R::CharsetAllowed,
        S::Error,
        Check::Table(charset),
        "Every text column has one of these character sets.",
        "What another one cannot hold is lost or refused when it is written.",
    )
    .with(&[param(Given::Values(Some(&["utf8mb4"])), "character sets")]),
    rule(
        R::CollationAllowed,
        S::Error,
        Check::Table(collation),
        "Every text column, and every table, has one of these collations.",
        "The collation decides what is equal, unique, and in which order.",
    )
    .with(&[param(Given::Values(None), "collations, as in [utf8mb4_0900_ai_ci, utf8mb4_bin]")]),
    rule(
        R::CollationConsistent,
        S::Warn,
        Check::Database(consistent_collation),
        "Text columns of one name have one collation throughout a database, and so do both ends of a foreign key.",
        "Comparing across collations fails, or cannot use an index.",
    ),
    rule(
        R::ColumnTypeConsistent,
        S::Info,
        Check::Database(consistent_type),
        "Columns of one name have one type throughout a database, except those named here.",
        "The same word should mean the same thing; joins between types convert row by row.",
    )
    .with(&[param(
        Given::Names(&["id", "name", "value", "type", "status", "code"]),
        "names that mean different things",
    )]),
];

fn charset(on: &On<'_>, table: &Table) -> Judgement {
    each_column(table, |column| {
        let wrong = !column.charset.is_empty() && !on.params.has_value(&column.charset);
        wrong.then(|| format!("has the character set {}; allowed are {}", column.charset, on.params.values.join(", ")))
    })
}

fn collation(on: &On<'_>, table: &Table) -> Judgement {
    let allowed = on.params.values.join(", ");
    let text = |have: &str| {
        let wrong = !have.is_empty() && !on.params.has_value(have);
        wrong.then(|| format!("has the collation {have}; allowed are {allowed}"))
    };
    let own = text(&table.collation).map(Finding::here);
    let columns = table.columns.iter().filter_map(|c| Some(Finding::of(&c.name, text(&c.collation)?)));
    Judgement::of(own.into_iter().chain(columns))
}

/// Columns of the selected tables by folded name.
fn by_name<'a>(on: &On<'a>) -> BTreeMap<String, Vec<(&'a Table, &'a Column)>> {
    let mut names: BTreeMap<String, Vec<(&Table, &Column)>> = BTreeMap::new();
    for table in on.database.tables.iter().filter(|table| (on.selected)(&table.name)) {
        for column in &table.columns {
            names.entry(column.name.to_lowercase()).or_default().push((table, column));
        }
    }
    names
}

/// Those that differ from what most have; the first in alphabetical order where none prevails.
fn odd_ones<'a>(
    columns: &[(&'a Table, &'a Column)],
    fact: impl Fn(&Column) -> String,
) -> Vec<(&'a Table, &'a Column, String)> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for (_, column) in columns {
        *counts.entry(fact(column)).or_default() += 1;
    }
    let mut usual: Option<(&String, usize)> = None;
    for (text, count) in &counts {
        if usual.is_none_or(|(_, most)| *count > most) {
            usual = Some((text, *count));
        }
    }
    let Some((usual, _)) = usual else { return Vec::new() };
    let odd = columns.iter().filter(|(_, column)| fact(column) != *usual);
    odd.map(|(table, column)| (*table, *column, usual.clone())).collect()
}

fn consistent_collation(on: &On<'_>) -> Judgement {
    let mut findings = Vec::new();
    for columns in by_name(on).values() {
        let text: Vec<_> = columns.iter().copied().filter(|(_, column)| !column.collation.is_empty()).collect();
        findings.extend(odd_ones(&text, |column| column.collation.clone()).into_iter().map(
            |(table, column, usual)| {
                let what = format!("has the collation {}; columns of this name have {usual}", column.collation);
                Finding::in_table(&table.name, Some(&column.name), what)
            },
        ));
    }
    for table in on.database.tables.iter().filter(|table| (on.selected)(&table.name)) {
        for key in &table.foreign_keys {
            let Parent::Found(target) = parent(on, key) else { continue };
            for (name, ref_name) in key.columns.iter().zip(&key.ref_columns) {
                let (child, target) = (super::column(table, name), super::column(target, ref_name));
                let (Some(child), Some(target)) = (child, target) else { continue };
                if child.collation != target.collation {
                    let what = format!("has the collation {}, and its parent {}", child.collation, target.collation);
                    findings.push(Finding::in_table(&table.name, Some(&child.name), what));
                }
            }
        }
    }
    findings.dedup();
    Judgement::of(findings)
}

fn consistent_type(on: &On<'_>) -> Judgement {
    let names = by_name(on);
    let judged = names.iter().filter(|(name, _)| !on.params.names(name));
    Judgement::of(judged.flat_map(|(_, columns)| {
        odd_ones(columns, |column| column.r#type.to_string()).into_iter().map(|(table, column, usual)| {
            let shorten = |text: &str| crate::error::shorten(text, 64);
            let what =
                format!("is {}; columns of this name are {}", shorten(&column.r#type.to_string()), shorten(&usual));
            Finding::in_table(&table.name, Some(&column.name), what)
        })
    }))
}
