//! The text of one page of a list, made from its entry in [`super::parts`], and the key it continues after. Pure.

use super::literal;
use super::parts::{List, Order};
use crate::schema::Engine;

/// Where a list continues: the key of the last row read, one cell per step of the list's order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::discovery) struct Key(pub(in crate::discovery) Vec<KeyCell>);

/// One cell of a key. The cells at one place of a list's keys are of one kind.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::discovery) enum KeyCell {
    /// HEX of a name.
    Name(String),
    /// A position.
    Number(i64),
}

impl Key {
    /// Before the first row of a list.
    pub(in crate::discovery) fn start(list: &List) -> Self {
        let first = |step: &Order| match step {
            Order::Name { .. } => KeyCell::Name(String::new()),
            Order::Number { from, .. } => KeyCell::Number(*from),
        };
        Self(list.order.iter().map(first).collect())
    }
}

/// One page of at most `n` rows of a list, after `key`.
pub(in crate::discovery) fn page(engine: Engine, list: &List, database: &str, key: &Key, n: u32) -> String {
    let cells = list.cells(engine).map(|(alias, sql)| format!("{sql} AS {alias}"));
    format!("SELECT {} {}", cells.collect::<Vec<_>>().join(", "), rows(list, database, key, n))
}

/// What follows the SELECT list.
fn rows(list: &List, database: &str, key: &Key, n: u32) -> String {
    let steps: Vec<&str> = list.order.iter().map(|step| list.expression(alias(step))).collect();
    let after = after(&steps, &key.0);
    format!("{} AND {after} ORDER BY {} LIMIT {n}", of_database(list, database), steps.join(", "))
}

fn of_database(list: &List, database: &str) -> String {
    let List { from, schema, and, .. } = list;
    format!("FROM information_schema.{from} WHERE {schema} = {}{and}", literal(database))
}

/// One page of a list in packed form: a row for each of at most `n` tables after the one whose HEX is `after`. `t` and
/// `k` are the table as ever, `n` counts its rows, and `r` is a JSON array of an array per row with the cells of
/// [`packed_labels`]. Rows come in no order: JSON_ARRAYAGG knows none.
pub(in crate::discovery) fn packed(engine: Engine, list: &List, database: &str, after: &str, n: u32) -> String {
    let cells: Vec<String> = list.cells(engine).filter(|(alias, _)| inside(alias)).map(|(_, sql)| sql).collect();
    let (table, hex) = (list.expression("t"), list.expression("k"));
    format!(
        "SELECT {table} AS t, {hex} AS k, COUNT(*) AS n, CAST(JSON_ARRAYAGG(JSON_ARRAY({})) AS CHAR) AS r {} AND \
         {hex} > '{after}' GROUP BY {hex}, {table} ORDER BY {hex} LIMIT {n}",
        cells.join(","),
        of_database(list, database)
    )
}

/// The labels of the cells in a packed row, in order.
pub(in crate::discovery) fn packed_labels(engine: Engine, list: &List) -> Vec<&'static str> {
    list.cells(engine).map(|(alias, _)| alias).filter(|alias| inside(alias)).collect()
}

/// A cell that differs within a table.
fn inside(alias: &str) -> bool {
    alias != "t" && alias != "k"
}

const fn alias(step: &Order) -> &'static str {
    match step {
        Order::Name { hex, .. } => hex,
        Order::Number { cell, .. } => cell,
    }
}

/// "Greater than the key", spelled out: row constructors are compared without an index, or not at all, by some servers.
fn after(steps: &[&str], key: &[KeyCell]) -> String {
    let (Some((step, steps)), Some((cell, key))) = (steps.split_first(), key.split_first()) else {
        return String::new();
    };
    let value = match cell {
        KeyCell::Name(hex) => format!("'{hex}'"),
        KeyCell::Number(number) => number.to_string(),
    };
    match after(steps, key) {
        rest if rest.is_empty() => format!("{step} > {value}"),
        rest => format!("({step} > {value} OR ({step} = {value} AND {rest}))"),
    }
}
