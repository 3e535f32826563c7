//! Rules about names and comments. Pure.

use std::collections::BTreeMap;

use super::builtin::{Builtin, Check, Finding, Given, Judgement, On, param, rule};
use super::reserved::is_reserved;
use crate::api::policy::{BuiltinRule as R, Severity as S};
use crate::schema::Table;

/// Lower case, digits and underscores, beginning with a letter.
const SNAKE_CASE: &str = "^[a-z][a-z0-9_]*$";

pub(super) const RULES: &[Builtin] = &[
    rule(R::TableNamePattern, S::Warn, Check::Table(table_pattern), "Names of tables match the pattern.", WHY_PATTERN)
        .with(&[param(Given::Pattern(SNAKE_CASE), "a regular expression")]),
    rule(
        R::ColumnNamePattern,
        S::Warn,
        Check::Table(column_pattern),
        "Names of columns match the pattern.",
        WHY_PATTERN,
    )
    .with(&[param(Given::Pattern(SNAKE_CASE), "a regular expression")]),
    rule(R::IndexNamePattern, S::Warn, Check::Table(index_pattern), "Names of indexes match the pattern.", WHY_PATTERN)
        .with(&[param(Given::Pattern(SNAKE_CASE), "a regular expression")]),
    rule(R::FkNamePattern, S::Warn, Check::Table(fk_pattern), "Names of foreign keys match the pattern.", WHY_PATTERN)
        .with(&[param(Given::Pattern("^fk_[a-z0-9_]+$"), "a regular expression")]),
    rule(
        R::NameLength,
        S::Warn,
        Check::Table(length),
        "Names of tables, columns, indexes, keys and checks are no longer than this.",
        "The server's limit is 64 characters, and tools add prefixes and suffixes of their own.",
    )
    .with(&[param(Given::Max(48), "most characters")]),
    rule(
        R::NameReservedWord,
        S::Warn,
        Check::Table(reserved),
        "No table or column is named like a reserved word of MySQL.",
        "Such a name must be quoted in every statement, and the first one that forgets it fails.",
    ),
    rule(
        R::NameLowerCase,
        S::Warn,
        Check::Table(lower_case),
        "Names of tables and columns have no upper case.",
        "Whether `Orders` and `orders` are one table depends on a setting of the server.",
    ),
    rule(
        R::NameCaseCollision,
        S::Warn,
        Check::Database(collision),
        "No two tables or views of a database differ by case alone.",
        "On a server that folds names they cannot both exist, so the schema cannot be moved.",
    ),
    rule(
        R::TableCommentRequired,
        S::Info,
        Check::Table(table_comment),
        "Every table has a comment.",
        "It is the one description that is always where the table is.",
    ),
    rule(
        R::ColumnCommentRequired,
        S::Info,
        Check::Table(column_comment),
        "Every column has a comment, except those named here.",
        "It is the one description that is always where the column is.",
    )
    .with(&[param(Given::Names(&["id", "created_at", "updated_at"]), "columns that speak for themselves")]),
    rule(
        R::PiiNameWithoutCommentTag,
        S::Off,
        Check::Table(pii),
        "A column whose name sounds personal says in its comment what it is, as in `pii: contact`.",
        "Whoever exports, masks or deletes personal data has to find it.",
    )
    .with(&[
        param(
            Given::Names(&[
                "*email*",
                "*phone*",
                "*birth*",
                "*ssn*",
                "*passport*",
                "*iban*",
                "*street*",
                "full_name",
                "last_name",
            ]),
            "names that sound personal",
        ),
        param(Given::Pattern("(?i)\\bpii\\b"), "what the comment must match"),
    ]),
];

const WHY_PATTERN: &str = "Names that follow one pattern can be guessed and need no quotes.";

fn mismatch<'n>(on: &On<'_>, names: impl Iterator<Item = &'n String>) -> Judgement {
    let Some(pattern) = &on.params.pattern else { return Judgement::Pass };
    let wrong = |name: &&String| !pattern.is_match(name);
    Judgement::of(
        names.filter(wrong).map(|name| Finding::of(name, format!("has a name that does not match {pattern}"))),
    )
}

fn table_pattern(on: &On<'_>, table: &Table) -> Judgement {
    let Some(pattern) = &on.params.pattern else { return Judgement::Pass };
    Judgement::wrong_if(!pattern.is_match(&table.name), || format!("has a name that does not match {pattern}"))
}

fn column_pattern(on: &On<'_>, table: &Table) -> Judgement {
    mismatch(on, table.columns.iter().map(|column| &column.name))
}

fn index_pattern(on: &On<'_>, table: &Table) -> Judgement {
    if table.indexes.is_empty() {
        return Judgement::Skip("no index");
    }
    mismatch(on, table.indexes.iter().map(|index| &index.name))
}

fn fk_pattern(on: &On<'_>, table: &Table) -> Judgement {
    if table.foreign_keys.is_empty() {
        return Judgement::Skip("no foreign key");
    }
    mismatch(on, table.foreign_keys.iter().map(|key| &key.name))
}

fn length(on: &On<'_>, table: &Table) -> Judgement {
    let elements = table.columns.iter().map(|c| &c.name).chain(table.indexes.iter().map(|i| &i.name));
    let elements =
        elements.chain(table.foreign_keys.iter().map(|f| &f.name)).chain(table.checks.iter().map(|c| &c.name));
    let most = usize::try_from(on.params.max).unwrap_or(usize::MAX);
    let text = |name: &str| {
        let have = name.chars().count();
        (have > most).then(|| format!("has a name of {have} characters; at most {most} are allowed"))
    };
    let own = text(&table.name).map(Finding::here);
    Judgement::of(own.into_iter().chain(elements.filter_map(|name| Some(Finding::of(name, text(name)?)))))
}

fn named(table: &Table, wrong: impl Fn(&str) -> Option<String>) -> Judgement {
    let own = wrong(&table.name).map(Finding::here);
    let columns = table.columns.iter().filter_map(|column| Some(Finding::of(&column.name, wrong(&column.name)?)));
    Judgement::of(own.into_iter().chain(columns))
}

fn reserved(_: &On<'_>, table: &Table) -> Judgement {
    named(table, |name| is_reserved(name).then(|| format!("is named like the reserved word {}", name.to_uppercase())))
}

fn lower_case(_: &On<'_>, table: &Table) -> Judgement {
    let text = |name: &str| format!("has upper case in its name; call it {}", name.to_lowercase());
    named(table, |name| (name != name.to_lowercase()).then(|| text(name)))
}

fn collision(on: &On<'_>) -> Judgement {
    let names = on.database.tables.iter().map(|t| &t.name).chain(on.database.views.iter().map(|v| &v.name));
    let mut folded: BTreeMap<String, Vec<&String>> = BTreeMap::new();
    for name in names.filter(|name| (on.selected)(name)) {
        folded.entry(name.to_lowercase()).or_default().push(name);
    }
    let twins = folded.values().filter(|names| names.len() > 1);
    Judgement::of(twins.flat_map(|names| {
        names.iter().skip(1).map(|name| {
            let other = names.first().map_or("", |first| first.as_str());
            Finding::in_table(name, None, format!("differs from {other} by case alone"))
        })
    }))
}

fn table_comment(_: &On<'_>, table: &Table) -> Judgement {
    Judgement::wrong_if(table.comment.trim().is_empty(), || "has no comment".to_owned())
}

fn column_comment(on: &On<'_>, table: &Table) -> Judgement {
    let silent = table.columns.iter().filter(|c| c.comment.trim().is_empty() && !on.params.names(&c.name));
    Judgement::of(silent.map(|column| Finding::of(&column.name, "has no comment")))
}

fn pii(on: &On<'_>, table: &Table) -> Judgement {
    let Some(tag) = &on.params.pattern else { return Judgement::Pass };
    let untagged = table.columns.iter().filter(|c| on.params.names(&c.name) && !tag.is_match(&c.comment));
    let text = format!("sounds personal, and its comment does not match {tag}");
    Judgement::of(untagged.map(|column| Finding::of(&column.name, text.clone())))
}
