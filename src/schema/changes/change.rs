//! One change: what it is, whom it breaks and why. Plain data.

use serde::{Deserialize, Serialize};

use super::kinds::ChangeKind;
use crate::schema::canonical::sha256_hex;
use crate::schema::verdict::Verdict;

/// Most dependents listed of one change; the rest are counted.
pub const AFFECTED: usize = 50;

/// Most bytes of a message, and of what was and what is.
pub const MESSAGE: usize = 256;

/// One difference between two schemas.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// 12 hex digits that stay the same for the same change of the same object, whoever computes them and when.
    pub id: String,
    /// What happened.
    pub kind: ChangeKind,
    /// The database, as the newer schema spells it where it has it.
    pub database: String,
    /// The table, view or sequence; absent when the database itself changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// The column, index, key or check; `PRIMARY` for the primary key; empty when the table itself changed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub element: String,
    /// What was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// What is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Can a consumer made for the old schema still read the new one?
    pub readers: Verdict,
    /// Is every write and every stored row that was valid still valid, with the same meaning?
    pub writers: Verdict,
    /// Both verdicts in a word.
    pub class: Class,
    /// How bad it is.
    pub severity: Severity,
    /// What the seed would have called it.
    pub seed: Seed,
    /// In a sentence, what was and what is.
    pub message: String,
    /// What depends on what changed.
    #[serde(default, skip_serializing_if = "Impact::is_empty")]
    pub impact: Impact,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suggestions: Vec<String>,
    /// What had another name before, and why we think so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rename_of: Option<RenameOf>,
    /// The reason of the rule that ignores it: not counted and not held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ignored: Option<String>,
}

impl Change {
    /// `db`, `db.table` or `db.table.element`.
    #[must_use]
    pub fn object(&self) -> String {
        let parts = [Some(self.database.as_str()), self.table.as_deref(), Some(self.element.as_str())];
        parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(".")
    }

    /// The place among others, worst first, then by name.
    pub(super) fn rank(&self) -> impl Ord + '_ {
        let worst = std::cmp::Reverse((self.severity, self.class));
        let named = (self.database.as_str(), self.table.as_deref().unwrap_or_default(), self.element.as_str());
        (self.ignored.is_some(), worst, named, self.kind, self.id.as_str())
    }

    /// The id of a change of `kind`, from what was and what is in full.
    pub(super) fn id(kind: ChangeKind, place: [&str; 3], from: Option<&str>, to: Option<&str>) -> String {
        let hash = |text: Option<&str>| text.map(|text| sha256_hex(&[text.as_bytes()])).unwrap_or_default();
        let [database, table, element] = place;
        let line = [kind.as_str(), database, table, element, &hash(from), &hash(to)].join("|");
        sha256_hex(&[line.as_bytes()]).chars().take(12).collect()
    }
}

/// Whom a change breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Nobody.
    Compatible,
    /// Nobody for certain.
    Risky,
    /// Writers alone.
    BreakingWriters,
    /// Readers alone.
    BreakingReaders,
    /// Readers and writers.
    BreakingBoth,
}

impl Class {
    /// Every class, worst first.
    pub const ALL: [Self; 5] =
        [Self::BreakingBoth, Self::BreakingReaders, Self::BreakingWriters, Self::Risky, Self::Compatible];

    /// The class of two verdicts.
    #[must_use]
    pub fn of(readers: Verdict, writers: Verdict) -> Self {
        match (readers, writers) {
            (Verdict::Breaking, Verdict::Breaking) => Self::BreakingBoth,
            (Verdict::Breaking, _) => Self::BreakingReaders,
            (_, Verdict::Breaking) => Self::BreakingWriters,
            (Verdict::Ok, Verdict::Ok) => Self::Compatible,
            _ => Self::Risky,
        }
    }

    /// The word in JSON, metrics and reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BreakingBoth => "breaking_both",
            Self::BreakingReaders => "breaking_readers",
            Self::BreakingWriters => "breaking_writers",
            Self::Risky => "risky",
            Self::Compatible => "compatible",
        }
    }

    /// How bad a change of the class is.
    #[must_use]
    pub const fn severity(self) -> Severity {
        match self {
            Self::BreakingBoth => Severity::Critical,
            Self::BreakingReaders | Self::BreakingWriters => Severity::High,
            Self::Risky => Severity::Medium,
            Self::Compatible => Severity::Low,
        }
    }
}

/// How bad a change is. The later, the worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Nobody need know.
    Low,
    /// Worth a look.
    Medium,
    /// One side breaks.
    High,
    /// Both sides break, or rows lose their identity.
    Critical,
}

/// A change in the words of the system this one replaces, under its field names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seed {
    /// As in `column_dropped`.
    pub change_type: String,
    /// As that system judged it.
    pub severity: Severity,
}

/// What depends on what changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Impact {
    /// The dependents, sorted, at most [`AFFECTED`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub affected: Vec<Affected>,
    /// How many more there are.
    #[serde(default, skip_serializing_if = "is_none_left")]
    pub left_out: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if passes a reference")]
const fn is_none_left(number: &usize) -> bool {
    *number == 0
}

impl Impact {
    /// Sorts, drops repetitions and keeps what there is room for.
    pub(super) fn of(mut affected: Vec<Affected>) -> Self {
        affected.sort_unstable();
        affected.dedup();
        let left_out = affected.len().saturating_sub(AFFECTED);
        affected.truncate(AFFECTED);
        Self { affected, left_out }
    }

    /// Nothing depends on it.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.affected.is_empty()
    }
}

/// Something that depends on what changed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Affected {
    /// What it is.
    pub kind: Dependent,
    /// Its name, as in `db.table.element`.
    pub object: String,
}

/// What can depend on a table or column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dependent {
    /// A foreign key of a child table, or of the column itself.
    ForeignKey,
    /// A view whose definition names it.
    View,
    /// An index that changed along with it.
    Index,
    /// A CHECK that changed along with it.
    Check,
    /// A generated column that changed along with it.
    Column,
    /// The partitioning that changed along with it.
    Partitioning,
}

impl Dependent {
    /// The words of a report.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ForeignKey => "foreign key",
            Self::View => "view",
            Self::Index => "index",
            Self::Check => "check",
            Self::Column => "column",
            Self::Partitioning => "partitioning",
        }
    }
}

/// What something was called before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenameOf {
    /// The earlier name, as in `db.table` or `db.table.element`.
    pub object: String,
    /// How sure we are.
    pub confidence: Confidence,
    /// Why we think so.
    pub evidence: String,
}

/// How sure we are of a rename.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// The server says that it is the same object.
    Certain,
    /// It is equal in everything but its name, and nothing else is.
    Likely,
}
