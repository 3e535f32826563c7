//! How rows are judged where no policy says otherwise: the five switches of the system this replaces, under its names.
//! Pure.

use std::collections::BTreeMap;

use super::{ConfigError, SWITCH, Setting, refuse, setting};

pub(super) const STRICT_MODE: Setting = setting(
    ["strict-mode", "SCHEMA_STRICT_MODE", "false", SWITCH],
    "true or false",
    "Whatever the server would silently change in a row is an error, for policies whose spec sets no strictMode",
);
pub(super) const VALIDATE_TYPES: Setting = setting(
    ["validate-types", "SCHEMA_VALIDATE_TYPES", "true", SWITCH],
    "true or false",
    "Judge types, lengths and ranges of rows, for policies whose spec sets no validateTypes",
);
pub(super) const VALIDATE_CONSTRAINTS: Setting = setting(
    ["validate-constraints", "SCHEMA_VALIDATE_CONSTRAINTS", "true", SWITCH],
    "true or false",
    "Judge NOT NULL, keys and checks of rows, for policies whose spec sets no validateConstraints",
);
pub(super) const VALIDATE_RELATIONSHIPS: Setting = setting(
    ["validate-relationships", "SCHEMA_VALIDATE_RELATIONSHIPS", "true", SWITCH],
    "true or false",
    "Judge foreign keys of rows, for policies whose spec sets no validateRelationships",
);
pub(super) const ALLOW_UNKNOWN_COLUMNS: Setting = setting(
    ["allow-unknown-columns", "SCHEMA_ALLOW_UNKNOWN_COLUMNS", "false", SWITCH],
    "true or false",
    "Columns a row names and the table lacks are warnings instead of errors, for policies whose spec sets no allowUnknownColumns",
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

impl Switches {
    /// The switches of an environment alone, for a command without these flags, so that it judges as the operator does
    /// that has the same environment. An empty value counts as left out.
    ///
    /// # Errors
    /// The first value that is neither true nor false.
    pub fn from_environment(env: &BTreeMap<String, String>) -> Result<Self, ConfigError> {
        let given = |s: &Setting| env.get(s.env).filter(|value| !value.is_empty());
        resolve(&|s| given(s).map_or(s.default, String::as_str).trim().to_owned())
    }

    /// Their environment names, each in the place of the field it sets.
    #[must_use]
    pub const fn environment() -> [&'static str; 5] {
        [
            STRICT_MODE.env,
            VALIDATE_TYPES.env,
            VALIDATE_CONSTRAINTS.env,
            VALIDATE_RELATIONSHIPS.env,
            ALLOW_UNKNOWN_COLUMNS.env,
        ]
    }
}

pub(super) fn resolve(raw: &dyn Fn(&Setting) -> String) -> Result<Switches, ConfigError> {
    let switch = |setting: &Setting| raw(setting).parse::<bool>().map_err(|_| refuse(setting, &raw(setting)));
    Ok(Switches {
        strict_mode: switch(&STRICT_MODE)?,
        validate_types: switch(&VALIDATE_TYPES)?,
        validate_constraints: switch(&VALIDATE_CONSTRAINTS)?,
        validate_relationships: switch(&VALIDATE_RELATIONSHIPS)?,
        allow_unknown_columns: switch(&ALLOW_UNKNOWN_COLUMNS)?,
    })
}
