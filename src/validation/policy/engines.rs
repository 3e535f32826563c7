//! The engines an evaluation is given, in a cluster and without: changes, queries, rows. Each is one call; one that
//! cannot judge says so, and the verdict is then Unknown. No result holds a row value or SQL text. Pure.

use super::input::{ChangeFacts, Judged, Object, Outcome, QueryFacts, QueryJudged};
use crate::api::policy::{DataCheck, KeyRef, QueryCheck, Severity};
use crate::config::switches::Switches;
use crate::schema::changes::{Changes, Ignore, Side, diff};
use crate::schema::{Snapshot, Table, canonical};
use crate::validation::query::{self, Verdict};
use crate::validation::rows::{Finding, Options, Piece, SchemaRef, Splitter, ValidationResult, Validator};

/// Longest row of a ConfigMap, which holds 1 MiB at most.
const MAX_ROW: usize = 1 << 20;

/// How many rows were judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RowCounts {
    /// Rows in which nothing is wrong.
    pub valid: u64,
    /// Rows in which something is.
    pub invalid: u64,
}

/// How the schema differs from the one before, without what `ignored` takes out.
///
/// # Errors
/// There are more changes than are told one by one, so that nobody can judge them all.
pub fn changes(previous: &Snapshot, snapshot: &Snapshot, ignored: &[Ignore]) -> Result<Vec<ChangeFacts>, String> {
    change_facts(&diff(&Side::from(previous), &Side::from(snapshot), ignored))
}

/// Changes as rules see them, without the ignored ones.
///
/// # Errors
/// As [`changes`].
pub fn change_facts(found: &Changes) -> Result<Vec<ChangeFacts>, String> {
    if found.truncated {
        return Err(format!("{} more changes than are judged at once", found.left_out));
    }
    let facts = |change: &crate::schema::changes::Change| ChangeFacts {
        kind: change.kind.as_str().to_owned(),
        database: change.database.clone(),
        table: change.table.clone().unwrap_or_default(),
        element: change.element.clone(),
        readers: change.readers.as_str().to_owned(),
        writers: change.writers.as_str().to_owned(),
        class: change.class.as_str().to_owned(),
        severity: format!("{:?}", change.severity).to_lowercase(),
        message: change.message.clone(),
    };
    Ok(found.items.iter().filter(|change| change.ignored.is_none()).map(facts).collect())
}

/// Judges one query.
#[must_use]
pub fn query(check: &QueryCheck, snapshot: &Snapshot) -> QueryJudged {
    let database = (!check.database.is_empty()).then(|| check.database.clone());
    let options = query::Options { default_database: database, ..query::Options::default() };
    let found = query::validate(&check.sql, snapshot, &options);
    let about = |outcome, severity, message: &str| Judged {
        rule: format!("query/{}", check.name),
        category: "query",
        object: Object::new(&check.database, "", &check.name),
        outcome,
        severity,
        critical: false,
        message: message.to_owned(),
        change: None,
    };
    let facts = (found.verdict != Verdict::Unknown).then(|| QueryFacts {
        name: check.name.clone(),
        database: check.database.clone(),
        kind: found.statement_kind.as_str().to_owned(),
        read_only: found.read_only,
        tables: found.affected_tables.clone(),
        columns: found.columns_used.clone(),
    });
    let told = found.issues.iter().map(|issue| {
        let message =
            format!("{}, line {}, column {}: {}", issue.code.as_str(), issue.line, issue.column, issue.message);
        match issue.severity {
            query::Severity::Error if found.verdict == Verdict::Unknown => {
                about(Outcome::Unknown, Severity::Error, &message)
            }
            query::Severity::Error => about(Outcome::Broken, Severity::Error, &message),
            query::Severity::Warning => about(Outcome::Broken, Severity::Warn, &message),
        }
    });
    let mut results: Vec<Judged> = told.collect();
    match found.verdict {
        Verdict::Valid if results.is_empty() => results.push(about(Outcome::Pass, Severity::Error, "")),
        Verdict::Unknown if results.is_empty() => {
            results.push(about(Outcome::Unknown, Severity::Error, "the query is not understood"));
        }
        _ => {}
    }
    QueryJudged { facts, results }
}

/// Judges the rows of a ConfigMap; `read` gives the text of a key, or why there is none.
pub fn rows<'t>(
    read: impl Fn(&KeyRef) -> Result<&'t str, String>,
    check: &DataCheck,
    snapshot: &Snapshot,
    switches: Switches,
) -> (Vec<Judged>, RowCounts) {
    let (database, name) = check.table.split_once('.').unwrap_or((&check.table, ""));
    let about = |element: &str, outcome, severity, message: String| Judged {
        rule: format!("rows/{}", check.table),
        category: "rows",
        object: Object::new(database, name, element),
        outcome,
        severity,
        critical: false,
        message,
        change: None,
    };
    let unknown = |message: String| (vec![about("", Outcome::Unknown, Severity::Error, message)], RowCounts::default());
    let Some(from) = &check.rows_from else { return (Vec::new(), RowCounts::default()) };
    let text = match read(&from.config_map_key_ref) {
        Ok(text) => text,
        Err(why) => return unknown(why),
    };
    let Some(table) = table(snapshot, database, name) else {
        return unknown("the table is not in the schema, so its rows cannot be judged".to_owned());
    };
    let found = judge(table, database, text, snapshot, switches);
    let line = |finding: &Finding| {
        let row = finding.row.map_or_else(String::new, |row| format!("row {row}: "));
        format!("{row}{}: {}", finding.error_code.as_str(), finding.message)
    };
    let told = |finding: &Finding, severity| {
        about(finding.field.as_deref().unwrap_or_default(), Outcome::Broken, severity, line(finding))
    };
    let errors = found.errors.iter().map(|finding| told(finding, Severity::Error));
    let mut results: Vec<Judged> = errors.chain(found.warnings.iter().map(|f| told(f, Severity::Warn))).collect();
    if found.is_valid && results.is_empty() {
        results.push(about("", Outcome::Pass, Severity::Error, String::new()));
    }
    let counts = RowCounts { valid: found.summary.rows_valid, invalid: found.summary.rows_invalid };
    (results, counts)
}

fn table<'a>(snapshot: &'a Snapshot, database: &str, name: &str) -> Option<&'a Table> {
    let fold = snapshot.server.lower_case_table_names != 0;
    let same = |a: &str, b: &str| if fold { a.to_lowercase() == b.to_lowercase() } else { a == b };
    let found = snapshot.databases.iter().find(|one| same(&one.name, database))?;
    found.tables.iter().find(|table| same(&table.name, name))
}

fn judge(table: &Table, database: &str, text: &str, snapshot: &Snapshot, switches: Switches) -> ValidationResult {
    let options = Options {
        strict: switches.strict_mode,
        types: switches.validate_types,
        constraints: switches.validate_constraints,
        relationships: switches.validate_relationships,
        allow_unknown_columns: switches.allow_unknown_columns,
        ..Options::default()
    };
    let validator = Validator::compile(table, &snapshot.server, options);
    let (mut batch, mut splitter) = (validator.batch(), Splitter::new(MAX_ROW));
    let mut take = |piece: Piece<'_>| match piece {
        Piece::Row(row) => batch.row(row),
        Piece::TooLarge => batch.too_large(MAX_ROW),
    };
    splitter.push(text.as_bytes(), &mut take);
    let ended = splitter.finish(&mut take);
    if let Err(problem) = ended {
        batch.broken(problem);
    }
    let hash = canonical::table_hash(table).ok();
    batch
        .finish(SchemaRef { database: database.to_owned(), table: table.name.clone(), hash, ..SchemaRef::default() }, 0)
}
