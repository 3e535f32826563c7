//! The result of a validation of rows as it is printed (`schema.md` §4.8).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::code::{Category, Code};

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The row is refused.
    Error,
    /// The row is stored, perhaps changed.
    Warning,
}

/// One finding. Fields without a value are printed as null, but for the last two, which few findings have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The row, from 0; none for what concerns the whole batch.
    pub row: Option<u64>,
    /// The column, or the field that is none.
    pub field: Option<String>,
    /// JSON pointer into the row.
    pub path: Option<String>,
    /// What is wrong and what to do. Holds no value of the row unless that was asked for.
    pub message: String,
    /// How bad.
    pub severity: Severity,
    /// The code.
    pub error_code: Code,
    /// The kind of rule.
    pub category: Category,
    /// The key, CHECK or foreign key.
    pub constraint: Option<String>,
    /// The column's type.
    pub expected: Option<String>,
    /// What would be stored, or should be written; only where values were asked for.
    pub suggested_value: Option<String>,
    /// The earlier row with the same key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_row: Option<u64>,
    /// The server is not in strict mode: it stores another value instead of refusing this one.
    #[serde(default, skip_serializing_if = "is_false")]
    pub server_would_coerce: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if passes a reference")]
const fn is_false(flag: &bool) -> bool {
    !*flag
}

/// Which schema the rows were judged against.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchemaRef {
    /// The database.
    pub database: String,
    /// The table.
    pub table: String,
    /// The table's canonical hash.
    pub hash: Option<String>,
    /// When the schema was read; a snapshot file does not tell.
    pub observed_at: Option<String>,
    /// It is older than it should be.
    pub stale: bool,
}

/// Counts, exact even when the lists are cut.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Rows judged.
    pub rows_total: u64,
    /// Rows without an error.
    pub rows_valid: u64,
    /// Rows with an error.
    pub rows_invalid: u64,
    /// Errors by code.
    pub by_code: BTreeMap<Code, u64>,
    /// Errors by column or field.
    pub by_field: BTreeMap<String, u64>,
    /// The lists are cut.
    pub truncated: bool,
}

/// What a validation of rows found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValidationResult {
    /// There is no error.
    pub is_valid: bool,
    /// Errors by row, column and code.
    pub errors: Vec<Finding>,
    /// Warnings, in the same order.
    pub warnings: Vec<Finding>,
    /// Columns that a row had, in column order.
    pub validated_fields: Vec<String>,
    /// How long it took.
    pub validation_time_ms: u64,
    /// The schema.
    pub schema: SchemaRef,
    /// The counts.
    pub summary: Summary,
}

impl ValidationResult {
    /// The result when nothing could be judged: never valid.
    #[must_use]
    pub fn not_judged(schema: SchemaRef, code: Code, message: &str) -> Self {
        let finding = Finding {
            row: None,
            field: None,
            path: None,
            message: message.to_owned(),
            severity: Severity::Error,
            error_code: code,
            category: code.category(),
            constraint: None,
            expected: None,
            suggested_value: None,
            first_row: None,
            server_would_coerce: false,
        };
        let summary = Summary { by_code: BTreeMap::from([(code, 1)]), ..Summary::default() };
        let (validated_fields, warnings) = (Vec::new(), Vec::new());
        Self {
            is_valid: false,
            errors: vec![finding],
            warnings,
            validated_fields,
            validation_time_ms: 0,
            schema,
            summary,
        }
    }

    /// Says that the schema was old. To be called once, with a sentence that tells how old.
    pub fn mark_stale(&mut self, message: &str) {
        self.schema.stale = true;
        let code = Code::SchemaStale;
        let mut note = Self::not_judged(SchemaRef::default(), code, message).errors;
        for finding in &mut note {
            finding.severity = Severity::Warning;
        }
        self.warnings.splice(0..0, note);
    }
}
