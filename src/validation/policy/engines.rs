//! The engines an evaluation is given, in a cluster and without: changes, queries, rows. Each is one call; one that
//! cannot judge says so, and the verdict is then Unknown. No result holds a row value or SQL text. Pure.

use super::input::{ChangeFacts, Judged, Object, Outcome, QueryFacts, QueryJudged};
use super::parents::{Parents, STATEMENTS, TUPLES};
use crate::api::policy::{DataCheck, KeyRef, QueryCheck, Severity};
use crate::config::switches::Switches;
use crate::schema::changes::{Changes, Ignore, Side, diff};
use crate::schema::{Snapshot, Table, canonical};
use crate::validation::query::{self, Verdict};
use crate::validation::rows::{Batch, Finding, Lookup, Options, Piece, SchemaRef, Splitter, Validator};

/// Longest row of a ConfigMap, which holds 1 MiB at most.
const MAX_ROW: usize = 1 << 20;

/// Most parents that are looked for, all foreign keys of a check together.
const LOOKUPS: usize = TUPLES * STATEMENTS;

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

/// Judges the rows of a ConfigMap; `read` gives the text of a key, or why there is none. `parents`: what was looked up of
/// their parents; none where nobody looked.
pub fn rows<'t>(
    read: impl Fn(&KeyRef) -> Result<&'t str, String>,
    check: &DataCheck,
    snapshot: &Snapshot,
    switches: Switches,
    parents: Option<&Parents>,
) -> (Vec<Judged>, RowCounts) {
    let (database, name) = split(check);
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
    let lookups = if parents.is_some() { LOOKUPS } else { 0 };
    let validator = Validator::compile(table, &snapshot.server, options(switches, lookups));
    let mut batch = batch(&validator, text);
    if let Some(parents) = parents {
        for lookup in batch.lookups() {
            batch.answer(&lookup.foreign_key, &parents.of(&check.table, &lookup));
        }
    }
    let (database_name, hash) = (database.to_owned(), canonical::table_hash(table).ok());
    let schema = SchemaRef { database: database_name, table: table.name.clone(), hash, ..SchemaRef::default() };
    let found = batch.finish(schema, 0);
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

/// The parents that the rows of a check refer to and that are not among the rows: what [`rows`] will want to know of the
/// same text.
pub(in crate::validation) fn lookups(
    text: &str,
    check: &DataCheck,
    snapshot: &Snapshot,
    switches: Switches,
) -> Vec<Lookup> {
    let (database, name) = split(check);
    match table(snapshot, database, name).filter(|table| refers(table, switches)) {
        Some(table) => {
            let validator = Validator::compile(table, &snapshot.server, options(switches, LOOKUPS));
            batch(&validator, text).lookups()
        }
        None => Vec::new(),
    }
}

/// The rows of a check may refer to parents.
pub(in crate::validation) fn may_refer(check: &DataCheck, snapshot: &Snapshot, switches: Switches) -> bool {
    let (database, name) = split(check);
    check.rows_from.is_some() && table(snapshot, database, name).is_some_and(|table| refers(table, switches))
}

const fn refers(table: &Table, switches: Switches) -> bool {
    switches.validate_relationships && !table.foreign_keys.is_empty()
}

fn split(check: &DataCheck) -> (&str, &str) {
    check.table.split_once('.').unwrap_or((&check.table, ""))
}

fn options(switches: Switches, lookups: usize) -> Options {
    Options {
        strict: switches.strict_mode,
        types: switches.validate_types,
        constraints: switches.validate_constraints,
        relationships: switches.validate_relationships,
        allow_unknown_columns: switches.allow_unknown_columns,
        lookups,
        ..Options::default()
    }
}

fn batch<'v>(validator: &'v Validator, text: &str) -> Batch<'v> {
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
    batch
}
