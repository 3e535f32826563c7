//! The codes of query validation, how bad each is when nothing else is said, and the words they are published under.

use std::fmt;

use serde::{Serialize, Serializer};

/// How bad an issue is. Errors make a query invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The query is refused, fails, or could not be judged.
    Error,
    /// It works, and probably not as meant.
    Warning,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

/// Declares the enum, its words and the list of all from one table, so that none can be left out of either.
macro_rules! codes {
    ($($(#[doc = $doc:literal])* $name:ident = $word:literal $severity:ident,)+) => {
        /// What is wrong with a query.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $($(#[doc = $doc])* $name,)+
        }

        impl Code {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The published word.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)+
                }
            }

            /// How bad it is when nothing else is said.
            #[must_use]
            pub const fn severity(self) -> Severity {
                match self {
                    $(Self::$name => Severity::$severity,)+
                }
            }
        }
    };
}

codes! {
    /// The text holds no statement.
    Empty = "Q_EMPTY" Error,
    /// The text cannot be parsed, is too large, or uses something this validator does not know.
    ParseError = "Q_PARSE_ERROR" Error,
    /// More than one statement.
    MultipleStatements = "Q_MULTIPLE_STATEMENTS" Error,
    /// A comment that a server runs.
    ExecutableComment = "Q_EXECUTABLE_COMMENT" Error,
    /// A double-quoted text where ANSI_QUOTES makes it a name.
    AnsiQuotesUnsupported = "Q_ANSI_QUOTES_UNSUPPORTED" Error,
    /// The statement writes rows, a file or a variable.
    WriteStatement = "Q_WRITE_STATEMENT" Error,
    /// The statement changes the schema.
    DdlStatement = "Q_DDL_STATEMENT" Error,
    /// The statement is neither a read nor a write of rows.
    AdminStatement = "Q_ADMIN_STATEMENT" Error,
    /// A read that locks what it reads.
    LockingRead = "Q_LOCKING_READ" Warning,
    /// A function that does more than read, or is not known to only read.
    ForbiddenFunction = "Q_FORBIDDEN_FUNCTION" Error,
    /// `@v := …`.
    VariableAssignment = "Q_VARIABLE_ASSIGNMENT" Error,
    /// No such database in the snapshot.
    UnknownDatabase = "Q_UNKNOWN_DATABASE" Error,
    /// No such table, view or sequence.
    UnknownTable = "Q_UNKNOWN_TABLE" Error,
    /// No such column.
    UnknownColumn = "Q_UNKNOWN_COLUMN" Error,
    /// More than one column of that name.
    AmbiguousColumn = "Q_AMBIGUOUS_COLUMN" Error,
    /// No table of that name or alias in reach.
    UnknownAlias = "Q_UNKNOWN_ALIAS" Error,
    /// One name given twice.
    DuplicateAlias = "Q_DUPLICATE_ALIAS" Error,
    /// Two column lists that must be equally long are not.
    ColumnCountMismatch = "Q_COLUMN_COUNT_MISMATCH" Error,
    /// An INSERT leaves out a column that nothing fills.
    MissingRequiredColumn = "Q_MISSING_REQUIRED_COLUMN" Error,
    /// A value for a generated column.
    GeneratedColumnWrite = "Q_GENERATED_COLUMN_WRITE" Error,
    /// A write to what takes no rows.
    ViewNotUpdatable = "Q_VIEW_NOT_UPDATABLE" Error,
    /// `SELECT *`.
    SelectStar = "Q_SELECT_STAR" Warning,
    /// A literal that does not fit the column it meets.
    TypeMismatch = "Q_TYPE_MISMATCH" Warning,
    /// Two columns that meet only after a conversion.
    ImplicitConversion = "Q_IMPLICIT_CONVERSION" Warning,
    /// UPDATE or DELETE of every row.
    NoWhere = "Q_NO_WHERE" Warning,
    /// A SELECT that returns however many rows there are.
    NoLimit = "Q_NO_LIMIT" Warning,
    /// Tables joined by nothing.
    CrossJoin = "Q_CROSS_JOIN" Warning,
    /// It names an object that is deprecated.
    DeprecatedObject = "Q_DEPRECATED_OBJECT" Warning,
    /// It names an object scheduled to go.
    ContractBreak = "Q_CONTRACT_BREAK" Warning,
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
