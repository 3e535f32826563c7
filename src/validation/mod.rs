//! Judges data, queries and schemas against the schema model: pure functions over plain data, without a cluster, a clock or
//! a connection. What could not be checked is said so and never counts as passed.

pub mod rows;
