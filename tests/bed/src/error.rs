//! The one error of the test bed: a sentence for the person whose test did not start. Not for matching on.

use std::fmt::Display;

/// What went wrong, with the cause in the sentence.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct BedError(String);

/// Result of everything in the test bed.
pub type Result<T, E = BedError> = std::result::Result<T, E>;

impl BedError {
    /// A failure told in one sentence.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

/// Puts what was being done before the cause.
pub(crate) trait Context<T> {
    /// `what` reads like "cannot write the kubeconfig"; it is evaluated on failure only.
    fn context<S: Display>(self, what: impl FnOnce() -> S) -> Result<T>;
}

impl<T, E: Display> Context<T> for Result<T, E> {
    fn context<S: Display>(self, what: impl FnOnce() -> S) -> Result<T> {
        self.map_err(|cause| BedError(format!("{}: {cause}", what())))
    }
}
