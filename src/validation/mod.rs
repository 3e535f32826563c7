//! Judging schemas, rows and queries against what was discovered. Pure: plain data in, a report out; no I/O, no clock.

pub mod query;
