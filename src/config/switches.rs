//! How rows are judged where nobody says otherwise: the five switches of the system this replaces. Pure.

/// How rows are judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Switches {
    /// Whatever the server would silently change is an error.
    pub strict_mode: bool,
    /// Judge types, lengths and ranges.
    pub validate_types: bool,
    /// Judge NOT NULL, keys and checks.
    pub validate_constraints: bool,
    /// Judge foreign keys.
    pub validate_relationships: bool,
    /// Columns the table lacks are warnings instead of errors.
    pub allow_unknown_columns: bool,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            strict_mode: false,
            validate_types: true,
            validate_constraints: true,
            validate_relationships: true,
            allow_unknown_columns: false,
        }
    }
}
