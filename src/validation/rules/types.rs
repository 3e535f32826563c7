//! Rules about types of columns. Pure.

use super::builtin::{Builtin, Check, Given, Judgement, On, param, rule};
use super::each_column;
use crate::api::policy::{BuiltinRule as R, Severity as S};
use crate::schema::{Column, Engine, Table};

pub(super) const RULES: &[Builtin] = &[
    rule(
        R::ForbiddenTypes,
        S::Error,
        Check::Table(forbidden),
        "No column has one of these types.",
        "What a team has decided against should not come back unnoticed.",
    )
    .with(&[param(Given::Values(None), "types, as a base word or in full, as in [set, year, \"char(36)\"]")]),
    rule(
        R::NoFloatForMoney,
        S::Warn,
        Check::Table(float_money),
        "A column whose name sounds like money is not float or double.",
        "Binary fractions cannot hold cents; sums drift.",
    )
    .with(&[param(
        Given::Names(&["*price*", "*amount*", "*cost*", "*total*", "*balance*", "*fee", "*fee_*", "*salary*", "*tax*"]),
        "names that sound like money",
    )]),
    rule(R::NoEnum, S::Off, Check::Table(no_enum), "No ENUM has more members than this.", WHY_MEMBERS)
        .with(&[param(Given::Max(0), "most members; 0 allows no ENUM at all")]),
    rule(R::NoSet, S::Off, Check::Table(no_set), "No SET has more members than this.", WHY_MEMBERS)
        .with(&[param(Given::Max(0), "most members; 0 allows no SET at all")]),
    rule(
        R::NoZeroDateDefault,
        S::Warn,
        Check::Table(zero_date),
        "No default is a date with a zero year, month or day.",
        "It is no date: strict servers refuse it and most clients cannot read it.",
    ),
    rule(
        R::NoTimestamp2038,
        S::Warn,
        Check::Table(timestamp),
        "No column is a TIMESTAMP.",
        "It ends on 2038-01-19 (MariaDB 11.5 and later: 2106); DATETIME does not.",
    ),
    rule(
        R::NoDisplayWidth,
        S::Warn,
        Check::Table(display_width),
        "No float or double has digits in parentheses, and no column pads what it shows with zeros.",
        "MySQL has deprecated both. Widths of plain integers change nothing and are no part of a snapshot.",
    ),
    rule(
        R::NoZerofill,
        S::Warn,
        Check::Table(zerofill),
        "No column is ZEROFILL.",
        "It is deprecated, makes the column unsigned, and belongs into the application.",
    ),
    rule(
        R::VectorHasDimension,
        S::Warn,
        Check::Table(vector),
        "Every VECTOR column says how many dimensions it has.",
        "Without them it cannot be indexed, and vectors of any length are accepted.",
    ),
    rule(
        R::JsonHasValidity,
        S::Info,
        Check::Table(json_validity),
        "A LONGTEXT of MariaDB that is used as JSON has the check json_valid: declare it JSON.",
        "Without the check anything can be stored in it.",
    )
    .with(&[param(Given::Names(&["*json*"]), "names that mean JSON")]),
    rule(
        R::NullableBoolean,
        S::Info,
        Check::Table(nullable_boolean),
        "No boolean (tinyint(1), bit(1)) may be NULL.",
        "Three values where two are meant: `NOT flag` misses the NULLs.",
    ),
];

const WHY_MEMBERS: &str = "A new member is an ALTER TABLE, and the order of members is how they sort.";

fn forbidden(on: &On<'_>, table: &Table) -> Judgement {
    each_column(table, |column| {
        let text = column.r#type.to_string();
        let hit = on.params.has_value(&text) || on.params.has_value(&column.r#type.base);
        hit.then(|| format!("has the forbidden type {}", crate::error::shorten(&text, 64)))
    })
}

fn float_money(on: &On<'_>, table: &Table) -> Judgement {
    each_column(table, |column| {
        let float = matches!(column.r#type.base.as_str(), "float" | "double");
        (float && on.params.names(&column.name))
            .then(|| format!("sounds like money and is {}; make it decimal", column.r#type))
    })
}

fn members(on: &On<'_>, table: &Table, base: &str) -> Judgement {
    if !table.columns.iter().any(|column| column.r#type.base == base) {
        return Judgement::Skip("no column of that type");
    }
    each_column(table, |column| {
        let (have, most) = (column.r#type.values.len(), on.params.max);
        (column.r#type.base == base && have as u64 > most)
            .then(|| format!("is {} of {have} members; at most {most} are allowed", base.to_uppercase()))
    })
}

fn no_enum(on: &On<'_>, table: &Table) -> Judgement {
    members(on, table, "enum")
}

fn no_set(on: &On<'_>, table: &Table) -> Judgement {
    members(on, table, "set")
}

fn zero_date(_: &On<'_>, table: &Table) -> Judgement {
    each_column(table, |column| {
        let dated = matches!(column.r#type.base.as_str(), "date" | "datetime" | "timestamp");
        let text = column.literal_default().filter(|_| dated)?;
        let zero =
            text.split([' ', 'T']).next()?.split('-').any(|part| !part.is_empty() && part.bytes().all(|b| b == b'0'));
        zero.then(|| "has a default that is no date: a part of it is zero".to_owned())
    })
}

fn timestamp(_: &On<'_>, table: &Table) -> Judgement {
    let text = "is a TIMESTAMP, which ends in 2038; make it datetime";
    each_column(table, |column| (column.r#type.base == "timestamp").then(|| text.to_owned()))
}

fn display_width(_: &On<'_>, table: &Table) -> Judgement {
    let judged = each_column(table, |column| {
        let float = matches!(column.r#type.base.as_str(), "float" | "double") && column.r#type.scale.is_some();
        (float || column.r#type.zerofill).then(|| format!("is {}, which pads or rounds what it shows", column.r#type))
    });
    unless_hidden(table, judged)
}

fn zerofill(_: &On<'_>, table: &Table) -> Judgement {
    let judged = each_column(table, |column| column.r#type.zerofill.then(|| "is ZEROFILL".to_owned()));
    unless_hidden(table, judged)
}

/// TiDB shows ZEROFILL in SHOW CREATE TABLE alone; where that could not be read, not seeing one proves nothing.
fn unless_hidden(table: &Table, judged: Judgement) -> Judgement {
    match judged {
        Judgement::Pass if table.tidb.extras_unknown => {
            Judgement::Unknown("what only SHOW CREATE TABLE tells could not be read".to_owned())
        }
        judged => judged,
    }
}

fn vector(_: &On<'_>, table: &Table) -> Judgement {
    if !table.columns.iter().any(|column| column.r#type.base == "vector") {
        return Judgement::Skip("no vector");
    }
    let bare = |column: &Column| column.r#type.base == "vector" && column.r#type.dims.is_none();
    each_column(table, |column| bare(column).then(|| "is a VECTOR without dimensions, as in vector(768)".to_owned()))
}

fn json_validity(on: &On<'_>, table: &Table) -> Judgement {
    if on.snapshot.server.dialect != Engine::Mariadb {
        return Judgement::Skip("not MariaDB");
    }
    let checked = |column: &Column| {
        let call = format!("json_valid(`{}`)", column.name).to_lowercase();
        table.checks.iter().any(|check| check.expr.to_lowercase().contains(&call))
    };
    each_column(table, |column| {
        let default = column.literal_default().map(str::trim);
        let meant = on.params.names(&column.name) || matches!(default, Some("{}" | "[]"));
        (column.r#type.base == "longtext" && meant && !checked(column))
            .then(|| "looks like JSON and is LONGTEXT without json_valid; declare it JSON".to_owned())
    })
}

fn nullable_boolean(_: &On<'_>, table: &Table) -> Judgement {
    each_column(table, |column| {
        let bit = column.r#type.base == "bit" && column.r#type.length == Some(1);
        (column.nullable && (bit || column.r#type.bool_hint)).then(|| "is a boolean that may be NULL".to_owned())
    })
}
