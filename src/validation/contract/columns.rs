//! The columns of one table or view of a contract. Pure.

use super::check::{Checking, Live, same};
use super::model::{ExpectedColumn, ExpectedTable, ExpectedType};
use super::result::{ConstraintKind, Direction, TypeMismatch};
use crate::api::policy::contract::{Match, Role};
use crate::schema::algebra::{Domain, Relation, relation};
use crate::schema::column_facts::WhenAbsent;
use crate::schema::{Column, Engine};

pub(super) fn check(checking: &mut Checking<'_>, expected: &ExpectedTable, live: Live<'_>) {
    for column in &expected.columns {
        match live.column(&column.name) {
            Some(found) => check_column(checking, &expected.name, column, found, live),
            None => checking.result.missing_columns.push(format!("{}.{}", expected.name, column.name)),
        }
    }
    let named = |column: &Column| expected.columns.iter().any(|e| same(&e.name, &column.name));
    for column in live.columns() {
        let name = format!("{}.{}", expected.name, column.name);
        let absent = expected.absent_columns.iter().any(|absent| same(absent, &column.name));
        if absent || (checking.contract.forbids_extra_columns && !named(column)) {
            checking.result.forbidden_present.push(name.clone());
        }
        let is_table = matches!(live, Live::Table(_));
        if is_table && checking.contract.writes() && column.is_required() && !named(column) {
            checking.result.extra_required_columns.push(name);
        }
    }
}

fn check_column(checking: &mut Checking<'_>, table: &str, expected: &ExpectedColumn, live: &Column, object: Live<'_>) {
    let mismatch = |direction| TypeMismatch {
        table: table.to_owned(),
        column: expected.name.clone(),
        expected: written(expected),
        actual: format!("{}{}", live.r#type, if live.nullable { " null" } else { " not null" }),
        direction,
    };
    if checking.contract.role == Role::Writer && !live.is_writable() {
        let what = format!("{} that can be written", expected.name);
        checking.differs(table, ConstraintKind::Generated, what, "computed by the server".to_owned());
    }
    if let Some(r#type) = expected.r#type.as_ref().filter(|_| expected.matching != Match::Exists) {
        if live.r#type.base == "unknown" {
            let reason = "the operator does not know this type of the server";
            checking.unknown(format!("{table}.{}", live.name), reason);
        } else if let Some(direction) = type_direction(checking, r#type, expected.matching, live) {
            checking.result.type_mismatches.push(mismatch(direction));
            return;
        }
    }
    let Some(nullable) = expected.nullable else { return };
    if checking.engine == Engine::Tidb && matches!(object, Live::View(_)) {
        checking.unknown(format!("{table}.{}", live.name), "TiDB does not tell whether a column of a view may be NULL");
    } else if let Some(direction) = null_direction(checking, nullable, expected.matching, live) {
        checking.result.type_mismatches.push(mismatch(direction));
    }
}

/// The expected column as a person writes it.
fn written(expected: &ExpectedColumn) -> String {
    let r#type = expected.r#type.as_ref().map_or_else(|| "any type".to_owned(), |t| t.r#type.to_string());
    let null = match expected.nullable {
        Some(true) => " null",
        Some(false) => " not null",
        None => "",
    };
    format!("{type}{null}")
}

/// How the live type fails the expected one; none when it serves.
fn type_direction(
    checking: &Checking<'_>,
    expected: &ExpectedType,
    matching: Match,
    live: &Column,
) -> Option<Direction> {
    let found = relation(Domain { r#type: &expected.r#type, charset: &expected.charset }, live.into());
    let direction = match found {
        Relation::Narrowed => Direction::Narrowed,
        Relation::Widened => Direction::Widened,
        Relation::Same | Relation::Changed => Direction::Changed,
    };
    let same_charset = expected.charset.is_empty() || expected.charset == live.charset;
    let serves = if matching == Match::Exact {
        expected.r#type == live.r#type && same_charset
    } else {
        let read = !checking.contract.reads() || matches!(found, Relation::Same | Relation::Narrowed);
        let write = !checking.contract.writes() || matches!(found, Relation::Same | Relation::Widened);
        read && write
    };
    (!serves).then_some(direction)
}

/// How the live column's NULL fails the expected one: a reader must not meet one it does not expect, a writer must not
/// be refused one, unless the server fills the column itself.
fn null_direction(checking: &Checking<'_>, nullable: bool, matching: Match, live: &Column) -> Option<Direction> {
    let exact = matching == Match::Exact;
    let filled = !matches!(live.when_absent(), WhenAbsent::Refused | WhenAbsent::FirstMember);
    if !nullable && live.nullable && (exact || checking.contract.reads()) {
        Some(Direction::Nullable)
    } else if nullable && !live.nullable && (exact || (checking.contract.writes() && !filled)) {
        Some(Direction::NotNull)
    } else {
        None
    }
}
