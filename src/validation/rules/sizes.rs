//! Rules about how many and how large. Pure.

use super::builtin::{Builtin, Check, Given, Judgement, On, param, rule};
use super::{each_column, width};
use crate::api::policy::{BuiltinRule as R, Severity as S};
use crate::schema::Table;

pub(super) const RULES: &[Builtin] = &[
    rule(
        R::ColumnCountMax,
        S::Warn,
        Check::Table(columns),
        "A table has no more columns than this.",
        "A wide table is usually several, and every row of it is read whole.",
    )
    .with(&[param(Given::Max(100), "most columns")]),
    rule(
        R::RowWidthMax,
        S::Warn,
        Check::Table(row),
        "A row can take no more bytes than this, long texts and blobs aside.",
        "The server refuses a table of more than 65,535; before that rows overflow their pages.",
    )
    .with(&[param(Given::Max(32_768), "most bytes")]),
    rule(
        R::VarcharMaxLength,
        S::Warn,
        Check::Table(varchar),
        "No varchar is longer than this.",
        "Sorting and temporary tables reserve the whole length; what is longer is a text.",
    )
    .with(&[param(Given::Max(2000), "most characters")]),
    rule(
        R::TextWithoutNeed,
        S::Warn,
        Check::Table(text),
        "No tinytext, and no text under a name that means a short value.",
        "A text cannot have a literal default or be indexed whole; varchar can.",
    )
    .with(&[param(
        Given::Names(&[
            "*name",
            "*code",
            "*status",
            "*email",
            "*title",
            "*phone",
            "*country",
            "*currency",
            "*type",
            "*slug",
        ]),
        "names that mean a short value",
    )]),
    rule(
        R::MaxTables,
        S::Warn,
        Check::Database(tables),
        "A database has no more tables than this.",
        "Thousands of tables slow every start, dump and look at the schema.",
    )
    .with(&[param(Given::Max(500), "most tables")]),
];

fn columns(on: &On<'_>, table: &Table) -> Judgement {
    let (have, most) = (table.columns.len(), on.params.max);
    Judgement::wrong_if(have as u64 > most, || format!("has {have} columns; at most {most} are allowed"))
}

fn row(on: &On<'_>, table: &Table) -> Judgement {
    let bytes: u64 = table.columns.iter().map(width::in_row).sum();
    Judgement::wrong_if(bytes > on.params.max, || {
        format!("has rows of up to {bytes} bytes; at most {} are allowed", on.params.max)
    })
}

fn varchar(on: &On<'_>, table: &Table) -> Judgement {
    each_column(table, |column| {
        let length = column.r#type.length.filter(|_| column.r#type.base == "varchar")?;
        (length > on.params.max).then(|| format!("is {}; at most {} are allowed", column.r#type, on.params.max))
    })
}

fn text(on: &On<'_>, table: &Table) -> Judgement {
    each_column(table, |column| {
        let base = column.r#type.base.as_str();
        let long = matches!(base, "text" | "mediumtext" | "longtext");
        let needless = base == "tinytext" || (long && on.params.names(&column.name));
        needless.then(|| format!("is {base}; a varchar would do"))
    })
}

fn tables(on: &On<'_>) -> Judgement {
    let have = on.database.tables.iter().filter(|table| (on.selected)(&table.name)).count();
    let most = on.params.max;
    Judgement::wrong_if(have as u64 > most, || format!("has {have} tables; at most {most} are allowed"))
}
