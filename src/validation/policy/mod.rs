//! A policy as a whole: compiled once, then evaluated against content. Contracts, built in rules and rules of one's own
//! are judged here; queries, rows and what is looked up live come from engines of other parts through [`Engines`]. Pure:
//! the time and the deadline are arguments.

mod compile;
pub mod engines;
mod evaluate;
mod exceptions;
mod input;
mod judge;
mod own;
mod parents;
pub mod render;
mod report;

pub use compile::Policy;
pub(super) use evaluate::elsewhere;
pub use evaluate::evaluate;
pub use input::{Candidate, ChangeFacts, Changes, Engines, Judged, Object, Outcome, QueryFacts, QueryJudged};
pub use parents::Parents;
pub(super) use parents::{STATEMENTS, TUPLES};
pub use report::{Report, ReportSeverity, ResultItem, ResultWord, Summary, Verdict};

#[cfg(test)]
mod tests;
