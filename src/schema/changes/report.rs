//! All changes between two schemas: the worst ones listed, every one counted, and whether they break who is protected.
//! Plain data.

use serde::{Deserialize, Serialize};

use super::change::{Change, Class};

/// Most changes listed; the rest are counted.
pub const LISTED: usize = 1000;

/// Most notes listed; the rest are counted.
pub const NOTES: usize = 100;

/// Who must not break.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Protect {
    /// Nobody.
    None,
    /// Those who read.
    Readers,
    /// Those who write.
    Writers,
    /// Readers and writers.
    #[default]
    Clients,
}

impl Protect {
    /// The word on the command line and in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Readers => "readers",
            Self::Writers => "writers",
            Self::Clients => "clients",
        }
    }

    /// A change of the class breaks who is protected.
    #[must_use]
    pub const fn forbids(self, class: Class) -> bool {
        match class {
            Class::Compatible | Class::Risky => false,
            Class::BreakingBoth => !matches!(self, Self::None),
            Class::BreakingReaders => matches!(self, Self::Readers | Self::Clients),
            Class::BreakingWriters => matches!(self, Self::Writers | Self::Clients),
        }
    }
}

/// How many changes of each class there are, listed or not. Those that a rule ignores are counted apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Counts {
    /// Break readers and writers.
    pub breaking_both: usize,
    /// Break readers alone.
    pub breaking_readers: usize,
    /// Break writers alone.
    pub breaking_writers: usize,
    /// Break nobody for certain.
    pub risky: usize,
    /// Break nobody.
    pub compatible: usize,
    /// Ignored by a rule, whatever their class.
    pub ignored: usize,
}

impl Counts {
    /// How many of one class.
    #[must_use]
    pub const fn of(&self, class: Class) -> usize {
        match class {
            Class::BreakingBoth => self.breaking_both,
            Class::BreakingReaders => self.breaking_readers,
            Class::BreakingWriters => self.breaking_writers,
            Class::Risky => self.risky,
            Class::Compatible => self.compatible,
        }
    }

    pub(super) const fn add(&mut self, class: Class) {
        let count = match class {
            Class::BreakingBoth => &mut self.breaking_both,
            Class::BreakingReaders => &mut self.breaking_readers,
            Class::BreakingWriters => &mut self.breaking_writers,
            Class::Risky => &mut self.risky,
            Class::Compatible => &mut self.compatible,
        };
        *count += 1;
    }

    /// How many break somebody.
    #[must_use]
    pub const fn breaking(&self) -> usize {
        self.breaking_both + self.breaking_readers + self.breaking_writers
    }

    /// How many there are, without those that are ignored.
    #[must_use]
    pub const fn total(&self) -> usize {
        self.breaking() + self.risky + self.compatible
    }

    /// How many break who is protected.
    #[must_use]
    pub fn forbidden(&self, protect: Protect) -> usize {
        Class::ALL.into_iter().filter(|class| protect.forbids(*class)).map(|class| self.of(class)).sum()
    }
}

/// What two schemas differ in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Changes {
    /// How many of each class, listed or not.
    pub counts: Counts,
    /// Not every change is listed.
    pub truncated: bool,
    /// How many are not listed.
    pub left_out: usize,
    /// The changes, worst first, then by name; those that a rule ignores come last. At most [`LISTED`].
    pub items: Vec<Change>,
    /// What could not be compared, since an account may not see it. Not a change, and not "unchanged" either.
    #[serde(default, skip_serializing_if = "Notes::is_empty")]
    pub unknown: Notes,
    /// Rules that ignored something until they expired.
    #[serde(default, skip_serializing_if = "Notes::is_empty")]
    pub expired: Notes,
}

impl Changes {
    /// Nothing differs (as far as it could be compared).
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.counts.total() == 0 && self.counts.ignored == 0
    }

    /// A change breaks who is protected. Those that a rule ignores do not.
    #[must_use]
    pub fn breaks(&self, protect: Protect) -> bool {
        self.counts.forbidden(protect) > 0
    }
}

/// Sentences for a person, sorted, at most [`NOTES`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Notes {
    /// The sentences.
    pub notes: Vec<String>,
    /// How many more there are.
    pub left_out: usize,
}

impl Notes {
    /// There are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.notes.is_empty()
    }

    pub(super) fn add(&mut self, note: String) {
        if self.notes.contains(&note) {
            return;
        }
        if self.notes.len() < NOTES {
            self.notes.push(note);
        } else {
            self.left_out += 1;
        }
    }
}
