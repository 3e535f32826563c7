//! Collects findings: lists them up to the cap, counts all of them.

use std::collections::BTreeMap;

use super::code::{Code, Weight};
use super::column::Column;
use super::notes::{Note, Notes};
use super::report::{Finding, SchemaRef, Severity, Summary, ValidationResult};
use super::rules::Rules;

/// Names of fields that are no columns which are counted one by one.
const MAX_STRANGERS: usize = 1000;
/// Where the rest of them is counted.
const OTHER_FIELDS: &str = "(other fields)";
/// Characters of a field's name that are shown.
const MAX_NAME: usize = 100;

/// A listed finding and its place: row, column, code.
type Placed = ((Option<u64>, Option<usize>, Code), Finding);

/// The findings of a batch.
#[derive(Debug, Default)]
pub(super) struct Sink {
    errors: Vec<Placed>,
    warnings: Vec<Placed>,
    error_count: u64,
    warning_count: u64,
    by_code: BTreeMap<Code, u64>,
    by_column: Vec<u64>,
    by_stranger: BTreeMap<String, u64>,
    pub(super) rows_total: u64,
    pub(super) rows_invalid: u64,
}

/// What a finding comes to under the options and on this server: its severity, and whether the server changes the value.
pub(super) fn judge(code: Code, weight: Option<Weight>, rules: &Rules) -> (Severity, bool) {
    match weight.unwrap_or_else(|| code.weight()) {
        Weight::Warning => (Severity::Warning, false),
        Weight::Change if rules.options.strict => (Severity::Error, false),
        Weight::Change => (Severity::Warning, false),
        Weight::Error if code == Code::UnknownColumn && rules.options.allow_unknown_columns => {
            (Severity::Warning, false)
        }
        Weight::Error if rules.lax && code.is_coerced_by_lax_server() => (Severity::Warning, true),
        Weight::Error => (Severity::Error, false),
    }
}

impl Sink {
    /// Takes the findings of one row; true when there is an error among them.
    #[cold]
    pub(super) fn take(&mut self, row: Option<u64>, notes: &mut Notes, columns: &[Column], rules: &Rules) -> bool {
        notes.list.sort_by_key(|note| (note.column, note.code));
        let mut failed = false;
        for note in notes.list.drain(..) {
            failed |= self.add(row, note, columns, rules);
        }
        let max = rules.options.max_errors;
        notes.texts = self.errors.len() < max || self.warnings.len() < max;
        failed
    }

    fn add(&mut self, row: Option<u64>, note: Note, columns: &[Column], rules: &Rules) -> bool {
        let Some(code) = note.code else { return false };
        let (severity, server_would_coerce) = judge(code, note.weight, rules);
        let column = note.column.and_then(|at| columns.get(at));
        let field = column.map(|column| column.name.clone()).or_else(|| note.field.as_deref().map(shown));
        let list = match severity {
            Severity::Error => {
                self.error_count += 1;
                *self.by_code.entry(code).or_default() += 1;
                self.count_field(note.column, field.as_deref());
                &mut self.errors
            }
            Severity::Warning => {
                self.warning_count += 1;
                &mut self.warnings
            }
        };
        if list.len() < rules.options.max_errors {
            let path = column.map(|column| column.path.clone());
            let path = path.or_else(|| field.as_deref().map(super::column::pointer));
            let finding = Finding {
                row,
                field,
                path,
                message: note.message,
                severity,
                error_code: code,
                category: code.category(),
                constraint: note.constraint,
                expected: column.map(|column| column.expected.clone()),
                suggested_value: note.suggestion,
                first_row: note.first_row,
                server_would_coerce,
            };
            list.push(((row, note.column, code), finding));
        }
        severity == Severity::Error
    }

    fn count_field(&mut self, column: Option<usize>, field: Option<&str>) {
        match (column, field) {
            (Some(at), _) => {
                if self.by_column.len() <= at {
                    self.by_column.resize(at + 1, 0);
                }
                if let Some(count) = self.by_column.get_mut(at) {
                    *count += 1;
                }
            }
            (None, Some(field)) => {
                let known = self.by_stranger.len() < MAX_STRANGERS || self.by_stranger.contains_key(field);
                *self.by_stranger.entry(if known { field } else { OTHER_FIELDS }.to_owned()).or_default() += 1;
            }
            (None, None) => {}
        }
    }

    /// The result, in order.
    pub(super) fn finish(
        mut self,
        columns: &[Column],
        seen: &[bool],
        schema: SchemaRef,
        milliseconds: u64,
    ) -> ValidationResult {
        let sorted = |mut list: Vec<Placed>| {
            list.sort_by_key(|(place, _)| *place);
            list.into_iter().map(|(_, finding)| finding).collect::<Vec<_>>()
        };
        let (errors, mut warnings) = (sorted(self.errors), sorted(self.warnings));
        let left_out = |total: u64, listed: usize| total.saturating_sub(listed as u64);
        let hidden = (left_out(self.error_count, errors.len()), left_out(self.warning_count, warnings.len()));
        let truncated = hidden != (0, 0);
        if truncated {
            let words = format!("{} more errors and {} more warnings are counted and not listed", hidden.0, hidden.1);
            let mut note = ValidationResult::not_judged(SchemaRef::default(), Code::ErrorsTruncated, &words).errors;
            note.iter_mut().for_each(|finding| finding.severity = Severity::Warning);
            warnings.splice(0..0, note);
        }
        let mut by_field = std::mem::take(&mut self.by_stranger);
        for (column, count) in columns.iter().zip(&self.by_column).filter(|(_, count)| **count > 0) {
            *by_field.entry(column.name.clone()).or_default() += count;
        }
        let validated = columns.iter().zip(seen).filter(|(_, seen)| **seen).map(|(column, _)| column.name.clone());
        ValidationResult {
            is_valid: self.error_count == 0,
            errors,
            warnings,
            validated_fields: validated.collect(),
            validation_time_ms: milliseconds,
            schema,
            summary: Summary {
                rows_total: self.rows_total,
                rows_valid: self.rows_total.saturating_sub(self.rows_invalid),
                rows_invalid: self.rows_invalid,
                by_code: self.by_code,
                by_field,
                truncated,
            },
        }
    }
}

fn shown(name: &str) -> String {
    name.chars().take(MAX_NAME).collect()
}
