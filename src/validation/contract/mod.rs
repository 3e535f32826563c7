//! Contracts: what a consumer of a database relies on, and whether a schema still gives it. Pure.
//!
//! `read` turns the policy's words into [`Contract`] and refuses what it cannot understand; [`check`] compares one with a
//! snapshot and says exactly what is missing, different, forbidden, or could not be seen.

mod check;
mod columns;
mod keys;
mod model;
mod read;
mod result;
pub mod type_text;

pub use check::{check, compare};
pub use model::{Contract, ExpectedColumn, ExpectedForeignKey, ExpectedIndex, ExpectedTable, ExpectedType};
pub use read::read;
pub use result::{ConstraintDifference, ConstraintKind, ContractResult, Direction, TypeMismatch, Unknown};

#[cfg(test)]
mod tests;
