//! The result of judging one query, and the sink in which its issues gather. Messages name identifiers and never repeat
//! a literal of the query.

use std::collections::BTreeSet;

use serde::Serialize;
use sqlparser::tokenizer::Span;

use super::code::{Code, Severity};

/// Most issues listed; the rest is counted.
pub const MAX_ISSUES: usize = 100;
/// Most columns listed in [`QueryResult::columns_used`]; the rest is counted.
pub const MAX_COLUMNS: usize = 1000;
/// Issues kept until the worst are picked.
const MAX_KEPT: usize = 2000;

/// Where in the text: both count from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct At {
    pub(super) line: u64,
    pub(super) column: u64,
}

impl At {
    pub(super) const START: Self = Self { line: 1, column: 1 };
}

impl From<Span> for At {
    /// A node without a position of its own stands at the start.
    fn from(span: Span) -> Self {
        Self { line: span.start.line.max(1), column: span.start.column.max(1) }
    }
}

/// One thing found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Issue {
    /// What kind.
    pub code: Code,
    /// How bad.
    pub severity: Severity,
    /// What is wrong, for people.
    pub message: String,
    /// Line, from 1.
    pub line: u64,
    /// Column in characters, from 1.
    pub column: u64,
    /// What was probably meant, or what to do.
    pub suggestion: Option<String>,
    /// The query may well be right: this validator cannot judge it.
    #[serde(skip_serializing_if = "is_false")]
    pub unsupported: bool,
}

impl Issue {
    pub(super) fn new(code: Code, at: impl Into<At>, message: impl Into<String>) -> Self {
        let At { line, column } = at.into();
        let (severity, message) = (code.severity(), message.into());
        Self { code, severity, message, line, column, suggestion: None, unsupported: false }
    }

    /// An error that says that something cannot be judged.
    pub(super) fn unsupported(at: impl Into<At>, message: impl Into<String>) -> Self {
        Self { unsupported: true, ..Self::new(Code::ParseError, at, message) }
    }

    pub(super) fn suggest(self, suggestion: impl Into<Option<String>>) -> Self {
        Self { suggestion: suggestion.into(), ..self }
    }

    pub(super) const fn with(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// One line, as in `errors` and `warnings`.
    fn line(&self) -> String {
        let Self { code, message, line, column, .. } = self;
        format!("{code} at {line}:{column}: {message}")
    }
}

/// What came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Nothing speaks against it.
    Valid,
    /// At least one certain error.
    Invalid,
    /// It could not be judged; never to be taken for valid.
    Unknown,
}

/// What a statement does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum StatementKind {
    /// SELECT, VALUES and what is made of them.
    Select,
    /// SHOW.
    Show,
    /// DESCRIBE of a table.
    Describe,
    /// EXPLAIN of a statement.
    Explain,
    /// INSERT.
    Insert,
    /// REPLACE.
    Replace,
    /// UPDATE.
    Update,
    /// DELETE.
    Delete,
    /// Another statement that writes.
    Write,
    /// It changes the schema.
    Ddl,
    /// It changes the server or the session.
    Admin,
    /// It could not be parsed.
    Unknown,
}

impl StatementKind {
    /// The published word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Select => "select",
            Self::Show => "show",
            Self::Describe => "describe",
            Self::Explain => "explain",
            Self::Insert => "insert",
            Self::Replace => "replace",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Write => "write",
            Self::Ddl => "ddl",
            Self::Admin => "admin",
            Self::Unknown => "unknown",
        }
    }
}

/// The result of [`validate`](super::validate).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct QueryResult {
    /// The verdict is [`Verdict::Valid`].
    pub is_valid: bool,
    /// The verdict.
    pub verdict: Verdict,
    /// What the statement does.
    pub statement_kind: StatementKind,
    /// It is known to only read: nothing in it writes, locks, assigns or calls a function that might.
    pub read_only: bool,
    /// The errors of `issues`, a line each.
    pub errors: Vec<String>,
    /// The warnings of `issues`, a line each.
    pub warnings: Vec<String>,
    /// Tables and views it names, `database.table`, sorted.
    pub affected_tables: Vec<String>,
    /// Columns it names, `database.table.column`, sorted.
    pub columns_used: Vec<String>,
    /// Rows the server expects to read; only a server can tell.
    pub estimated_rows: Option<u64>,
    /// The server's plan; only a server can tell.
    pub execution_plan: Option<String>,
    /// Everything found, worst first, at most [`MAX_ISSUES`].
    pub issues: Vec<Issue>,
    /// Issues found beyond those listed.
    #[serde(skip_serializing_if = "is_zero")]
    pub issues_left_out: usize,
    /// Columns used beyond those listed.
    #[serde(skip_serializing_if = "is_zero")]
    pub columns_left_out: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if passes a reference")]
const fn is_false(flag: &bool) -> bool {
    !*flag
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if passes a reference")]
const fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// Gathers what is found. Bounded: beyond [`MAX_KEPT`] issues are counted, and an error still decides the verdict.
#[derive(Debug, Default)]
pub(super) struct Findings {
    issues: Vec<Issue>,
    beyond: usize,
    certain: bool,
    undecided: bool,
    pub(super) tables: BTreeSet<String>,
    pub(super) columns: BTreeSet<String>,
}

impl Findings {
    pub(super) fn push(&mut self, issue: Issue) {
        if issue.severity == Severity::Error {
            self.certain |= !issue.unsupported;
            self.undecided |= issue.unsupported;
        }
        if self.issues.len() < MAX_KEPT {
            self.issues.push(issue);
        } else {
            self.beyond += 1;
        }
    }

    pub(super) const fn verdict(&self) -> Verdict {
        match (self.certain, self.undecided) {
            (true, _) => Verdict::Invalid,
            (false, true) => Verdict::Unknown,
            (false, false) => Verdict::Valid,
        }
    }

    pub(super) fn finish(mut self, statement_kind: StatementKind, read_only: bool) -> QueryResult {
        let verdict = self.verdict();
        self.issues.sort_by_key(|issue| (issue.severity, issue.line, issue.column, issue.code));
        self.issues.dedup();
        let issues_left_out = self.beyond + self.issues.len().saturating_sub(MAX_ISSUES);
        self.issues.truncate(MAX_ISSUES);
        let lines = |severity| self.issues.iter().filter(|i| i.severity == severity).map(Issue::line).collect();
        QueryResult {
            is_valid: verdict == Verdict::Valid,
            verdict,
            statement_kind,
            read_only,
            errors: lines(Severity::Error),
            warnings: lines(Severity::Warning),
            affected_tables: self.tables.into_iter().collect(),
            columns_left_out: self.columns.len().saturating_sub(MAX_COLUMNS),
            columns_used: self.columns.into_iter().take(MAX_COLUMNS).collect(),
            estimated_rows: None,
            execution_plan: None,
            issues: self.issues,
            issues_left_out,
        }
    }
}
