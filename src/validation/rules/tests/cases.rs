//! The cases: rule, parameters, tables, what is said of each.

mod columns;
mod relations;
mod tables;

use super::Case;

pub(super) fn all() -> Vec<Case> {
    [columns::all(), relations::all(), tables::all()].into_iter().flatten().collect()
}
