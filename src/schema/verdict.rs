//! What a difference means to one side of a schema: those who read, or those who write. Pure.

use serde::{Deserialize, Serialize};

/// What a difference means to readers or to writers. The later, the worse.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Everything that worked still works and means the same.
    #[default]
    Ok,
    /// Nothing is refused; what comes out, how fast, or what is stored may differ.
    Risky,
    /// Something that worked is refused, or means something else.
    Breaking,
}

impl Verdict {
    /// The word in JSON and in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Risky => "risky",
            Self::Breaking => "breaking",
        }
    }
}
