//! Settings that policies take where they set none: the five switches of the system this replaces. Pure.

use super::{ConfigError, Setting, refuse, setting};

const ALLOWED: &str = "true or false";

pub(super) const STRICT: Setting = setting(
    ["strict-mode", "SCHEMA_STRICT_MODE", "false", super::SWITCH],
    ALLOWED,
    "Policies that set no strictMode: whatever a server would silently change in a row is an error",
);
pub(super) const TYPES: Setting = setting(
    ["validate-types", "SCHEMA_VALIDATE_TYPES", "true", super::SWITCH],
    ALLOWED,
    "Policies that set no validateTypes: judge types, lengths and ranges of rows",
);
pub(super) const CONSTRAINTS: Setting = setting(
    ["validate-constraints", "SCHEMA_VALIDATE_CONSTRAINTS", "true", super::SWITCH],
    ALLOWED,
    "Policies that set no validateConstraints: judge NOT NULL, keys and checks of rows",
);
pub(super) const RELATIONSHIPS: Setting = setting(
    ["validate-relationships", "SCHEMA_VALIDATE_RELATIONSHIPS", "true", super::SWITCH],
    ALLOWED,
    "Policies that set no validateRelationships: judge foreign keys of rows",
);
pub(super) const UNKNOWN_COLUMNS: Setting = setting(
    ["allow-unknown-columns", "SCHEMA_ALLOW_UNKNOWN_COLUMNS", "false", super::SWITCH],
    ALLOWED,
    "Policies that set no allowUnknownColumns: columns a table lacks are warnings instead of errors",
);

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

pub(super) fn resolve(raw: &dyn Fn(&Setting) -> String) -> Result<Switches, ConfigError> {
    let switch = |setting: &Setting| {
        let text = raw(setting);
        text.parse::<bool>().map_err(|_| refuse(setting, &text))
    };
    Ok(Switches {
        strict_mode: switch(&STRICT)?,
        validate_types: switch(&TYPES)?,
        validate_constraints: switch(&CONSTRAINTS)?,
        validate_relationships: switch(&RELATIONSHIPS)?,
        allow_unknown_columns: switch(&UNKNOWN_COLUMNS)?,
    })
}
