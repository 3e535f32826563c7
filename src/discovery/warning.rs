//! What a discovery could not read exactly. Warnings never stop it; they are capped, and the rest is counted.

use std::fmt;

/// Most warnings kept of one discovery.
pub const WARNINGS: usize = 100;

/// What is inexact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WarningCode {
    /// The server shows a binary default that it cannot show exactly.
    DefaultLossy,
    /// A TIMESTAMP default is shown in a session time zone whose offset we do not know, and is kept as shown.
    DefaultTimeZone,
    /// A type this version does not know; its text is kept.
    TypeUnknown,
    /// The view names something that is gone, and has no columns.
    ViewInvalid,
    /// The account may not see the view's SELECT.
    ViewHidden,
    /// The account may not see what the foreign keys do on delete and update.
    RulesHidden,
    /// A database asked for by name is not there, or the account cannot see it.
    DatabaseNotFound,
    /// The table has more columns than the account may see.
    ColumnsHidden,
    /// The table is partitioned, and the account may not see how.
    PartitionsHidden,
    /// The table has a CHECK whose condition the account may not see.
    CheckHidden,
    /// A sequence whose settings cannot be read.
    SequenceHidden,
    /// What only SHOW CREATE TABLE tells could not be read of some tables of the database.
    ExtrasUnknown,
    /// The server drops CHECK constraints from DDL without a word.
    ChecksOff,
    /// The server has no such part of information_schema.
    Unsupported,
}

impl WarningCode {
    /// The word itself, as in `DEFAULT_LOSSY`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DefaultLossy => "DEFAULT_LOSSY",
            Self::DefaultTimeZone => "DEFAULT_TIME_ZONE",
            Self::TypeUnknown => "TYPE_UNKNOWN",
            Self::ViewInvalid => "VIEW_INVALID",
            Self::ViewHidden => "VIEW_HIDDEN",
            Self::RulesHidden => "RULES_HIDDEN",
            Self::DatabaseNotFound => "DATABASE_NOT_FOUND",
            Self::ColumnsHidden => "COLUMNS_HIDDEN",
            Self::PartitionsHidden => "PARTITIONS_HIDDEN",
            Self::CheckHidden => "CHECK_HIDDEN",
            Self::SequenceHidden => "SEQUENCE_HIDDEN",
            Self::ExtrasUnknown => "EXTRAS_UNKNOWN",
            Self::ChecksOff => "CHECKS_OFF",
            Self::Unsupported => "UNSUPPORTED",
        }
    }

    const fn advice(self) -> &'static str {
        match self {
            Self::DefaultLossy => "the server shows this binary default inexactly; it is published as unknown",
            Self::DefaultTimeZone => "a TIMESTAMP default is kept in the session's time zone; use UTC or an offset",
            Self::TypeUnknown => "this type is not known; its text is published and its values are not checked",
            Self::ViewInvalid => "the view names something that is gone; repair or drop it",
            Self::ViewHidden => "the view's text is not visible; grant SHOW VIEW on the database",
            Self::RulesHidden => "foreign-key rules are not visible; grant REFERENCES on the database",
            Self::DatabaseNotFound => "no such database, or the account may not see it",
            Self::ColumnsHidden => "it has more columns than are visible; grant SELECT on the whole table",
            Self::PartitionsHidden => "how the table is partitioned is not visible; grant SELECT on the database",
            Self::CheckHidden => "the condition is not visible and published as unknown; grant SELECT on the database",
            Self::SequenceHidden => {
                "its settings cannot be read and are published as unknown; grant SELECT on it, or rename it if its \
                 name has a colon, percent sign, backslash or semicolon"
            }
            Self::ExtrasUnknown => {
                "SHOW CREATE TABLE is refused for some tables, which are marked extrasUnknown: let the MCP server pass \
                 it, grant SELECT, and rename tables whose names have a colon, percent sign, backslash or semicolon"
            }
            Self::ChecksOff => {
                "TiDB drops CHECK constraints from DDL without a word; SET GLOBAL tidb_enable_check_constraint = ON"
            }
            Self::Unsupported => "this version of the server does not have it; the schema is published without it",
        }
    }
}

/// One inexact thing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Warning {
    /// The database; empty when it is about the server.
    pub database: String,
    /// The table, view or sequence; empty when it is about the database.
    pub object: String,
    /// The column, index or constraint; empty when it is about the object.
    pub element: String,
    /// What is inexact.
    pub code: WarningCode,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let database = if self.database.is_empty() { "*" } else { &self.database };
        write!(f, "{} {database}", self.code.as_str())?;
        for part in [&self.object, &self.element].into_iter().filter(|part| !part.is_empty()) {
            write!(f, ".{part}")?;
        }
        write!(f, ": {}", self.code.advice())
    }
}

/// Sorts the warnings and keeps the first [`WARNINGS`]; the second value is how many that leaves out.
pub(super) fn cap(mut all: Vec<Warning>) -> (Vec<Warning>, usize) {
    all.sort_unstable();
    all.dedup();
    let left_out = all.len().saturating_sub(WARNINGS);
    all.truncate(WARNINGS);
    (all, left_out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn warning(element: usize) -> Warning {
        Warning {
            database: "shop".into(),
            object: "t".into(),
            element: format!("c{element:03}"),
            code: WarningCode::TypeUnknown,
        }
    }

    #[test]
    fn warnings_are_sorted_capped_and_counted() {
        let (kept, left_out) = cap((0..150).rev().chain(0..3).map(warning).collect());
        assert_eq!((kept.len(), left_out), (WARNINGS, 50));
        assert_eq!(kept.first(), Some(&warning(0)));
        assert!(kept.is_sorted());
    }

    #[test]
    fn a_warning_names_its_object_and_says_what_to_do() {
        let text = warning(1).to_string();
        assert!(text.starts_with("TYPE_UNKNOWN shop.t.c001: ") && text.contains("not checked"), "{text}");
        let bare = Warning { object: String::new(), element: String::new(), ..warning(1) };
        assert!(bare.to_string().starts_with("TYPE_UNKNOWN shop: "));
    }
}
