//! What checking a contract found. Plain data, in the words of the system this replaces.

use serde::Serialize;

/// Most recommendations; the lists above them say everything.
const MAX_RECOMMENDATIONS: usize = 20;

/// Whether a schema gives what a contract asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ContractResult {
    /// True: all of it. False: something is missing or different. Null: nothing is, as far as could be seen.
    pub is_compatible: Option<bool>,
    /// Tables and views that are not in the snapshot.
    pub missing_tables: Vec<String>,
    /// Columns that are not there, as TABLE.COLUMN.
    pub missing_columns: Vec<String>,
    /// Columns that are there and do not serve.
    pub type_mismatches: Vec<TypeMismatch>,
    /// Keys, indexes and the like that are not as expected.
    pub constraint_differences: Vec<ConstraintDifference>,
    /// What to do about it.
    pub recommendations: Vec<String>,
    /// Columns every INSERT must name and the contract does not, as TABLE.COLUMN.
    pub extra_required_columns: Vec<String>,
    /// Tables and columns that must not be there, as TABLE or TABLE.COLUMN.
    pub forbidden_present: Vec<String>,
    /// What could not be judged, and why.
    pub unknown: Vec<Unknown>,
    /// Hash of the database that was checked; null when it is not in the snapshot.
    pub checked_hash: Option<String>,
}

/// A column that does not serve.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TypeMismatch {
    /// Its table.
    pub table: String,
    /// Its name.
    pub column: String,
    /// What the contract expects.
    pub expected: String,
    /// What is there.
    pub actual: String,
    /// How the one became the other.
    pub direction: Direction,
}

/// How a live column differs from the expected one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// It holds fewer values.
    Narrowed,
    /// It holds more values.
    Widened,
    /// It holds other values.
    Changed,
    /// It may hold NULL.
    Nullable,
    /// It must not hold NULL.
    NotNull,
}

/// A constraint that is not as expected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ConstraintDifference {
    /// Its table.
    pub table: String,
    /// What it is.
    pub kind: ConstraintKind,
    /// What the contract expects.
    pub expected: String,
    /// What is there.
    pub actual: String,
}

/// What kind of constraint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ConstraintKind {
    /// The primary key.
    PrimaryKey,
    /// An index.
    Index,
    /// A foreign key.
    ForeignKey,
    /// The server computes a column the contract writes.
    Generated,
    /// The view names something that is gone.
    View,
}

impl ConstraintKind {
    /// The words a person reads.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::PrimaryKey => "primary key",
            Self::Index => "index",
            Self::ForeignKey => "foreign key",
            Self::Generated => "generated column",
            Self::View => "view",
        }
    }
}

/// Something that could not be judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unknown {
    /// TABLE or TABLE.ELEMENT.
    pub object: String,
    /// Why.
    pub reason: String,
}

impl ContractResult {
    /// Decides `is_compatible` and writes the recommendations, once everything was looked at.
    pub(super) fn finish(&mut self) {
        let broken = !(self.missing_tables.is_empty()
            && self.missing_columns.is_empty()
            && self.type_mismatches.is_empty()
            && self.constraint_differences.is_empty()
            && self.extra_required_columns.is_empty()
            && self.forbidden_present.is_empty());
        self.is_compatible = match (broken, self.unknown.is_empty()) {
            (true, _) => Some(false),
            (false, true) => Some(true),
            (false, false) => None,
        };
        self.recommendations = self.all_recommendations();
        let left = self.recommendations.len().saturating_sub(MAX_RECOMMENDATIONS);
        if left > 0 {
            self.recommendations.truncate(MAX_RECOMMENDATIONS);
            self.recommendations.push(format!("and {left} more like these"));
        }
    }

    fn all_recommendations(&self) -> Vec<String> {
        let gone = |name: &String| format!("bring back {name}, or agree with the contract's owner that it goes");
        let mut out: Vec<String> = self.missing_tables.iter().chain(&self.missing_columns).map(gone).collect();
        out.extend(self.type_mismatches.iter().map(|m| {
            format!("make {}.{} {} again, or change the contract to {}", m.table, m.column, m.expected, m.actual)
        }));
        out.extend(
            self.constraint_differences.iter().map(|d| format!("{}: {} {}", d.table, d.kind.words(), d.expected)),
        );
        let required = |name: &String| format!("give {name} a default, or have the writer name it");
        out.extend(self.extra_required_columns.iter().map(required));
        out.extend(self.forbidden_present.iter().map(|name| format!("drop {name}, or allow it in the contract")));
        let unseen = |u: &Unknown| format!("let the operator see {}: {}", u.object, u.reason);
        out.extend(self.unknown.iter().map(unseen));
        out
    }
}
