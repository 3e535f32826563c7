//! A fault of a policy itself, found while it is compiled: where it stands and what to write instead.

use std::fmt;

/// One fault of a policy. A policy with one is never evaluated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The field, as in `spec.rules[2].expression`.
    pub field: String,
    /// What is wrong with it, and what to write.
    pub message: String,
}

impl Fault {
    /// A fault of that field.
    #[must_use]
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.message)
    }
}

impl std::error::Error for Fault {}
