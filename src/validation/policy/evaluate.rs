//! One policy against one candidate. Pure: time, deadline and the results of other engines are arguments.

use k8s_openapi::jiff::Timestamp;

use super::compile::Policy;
use super::input::{Candidate, Engines, Judged, Object, Outcome, QueryFacts};
use super::report::{Collector, Report};
use super::{judge, own};
use crate::api::policy::Severity;
use crate::schema::{Snapshot, canonical};

/// What every judge of a policy shares.
pub(super) struct Evaluation<'a> {
    pub policy: &'a Policy,
    pub candidate: &'a Candidate<'a>,
    /// True once the deadline has passed.
    pub is_late: &'a dyn Fn() -> bool,
    pub out: Collector<'a>,
}

/// Judges a candidate by a policy. `is_late` is asked between two objects; what was not reached is an error, never a pass.
#[must_use]
pub fn evaluate(
    policy: &Policy,
    candidate: &Candidate<'_>,
    engines: &Engines<'_>,
    now: Timestamp,
    is_late: &(dyn Fn() -> bool + Sync),
) -> Report {
    let out = Collector::new(&policy.name, &policy.exceptions, now, policy.max_results);
    let late = || is_late();
    let mut evaluation = Evaluation { policy, candidate, is_late: &late, out };
    judge::contracts(&mut evaluation);
    judge::builtin(&mut evaluation);
    let queries = evaluation.queries(engines);
    evaluation.rows(engines);
    for judged in own::judge(policy, candidate, &queries, is_late) {
        evaluation.out.add(judged);
    }
    let snapshot = candidate.snapshot;
    let computed = || canonical::hash_of(&snapshot.server, &snapshot.databases).unwrap_or_default();
    let hash = candidate.content_hash.map_or_else(computed, str::to_owned);
    let mut report = evaluation.out.finish(hash);
    add_hashes(&mut report, snapshot);
    report
}

impl Evaluation<'_> {
    fn queries(&mut self, engines: &Engines<'_>) -> Vec<(String, Option<QueryFacts>)> {
        let mut facts = Vec::with_capacity(self.policy.queries.len());
        for query in &self.policy.queries {
            let rule = format!("query/{}", query.name);
            if self.is_elsewhere(&query.database) {
                self.out.add(elsewhere(rule, "query", &query.database));
                continue;
            }
            if (self.is_late)() {
                self.out.add(late(rule, "query", Severity::Error));
                continue;
            }
            let judged = (engines.query)(query, self.candidate.snapshot);
            if judged.results.is_empty() {
                self.out.add(silent(rule, "query"));
            }
            judged.results.into_iter().for_each(|judged| self.out.add(judged));
            facts.push((query.name.clone(), judged.facts));
        }
        facts
    }

    fn rows(&mut self, engines: &Engines<'_>) {
        let policy = self.policy;
        for check in policy.data.iter().filter(|check| check.rows_from.is_some()) {
            let rule = format!("rows/{}", check.table);
            let database = check.table.split_once('.').map_or("", |(database, _)| database);
            if self.is_elsewhere(database) {
                self.out.add(elsewhere(rule, "rows", database));
            } else if (self.is_late)() {
                self.out.add(late(rule, "rows", Severity::Error));
            } else {
                let results = (engines.rows)(check, self.candidate.snapshot, policy.switches);
                if results.is_empty() {
                    self.out.add(silent(rule, "rows"));
                }
                results.into_iter().for_each(|judged| self.out.add(judged));
            }
        }
        if let Some(live) = engines.live {
            return live.iter().cloned().for_each(|judged| self.out.add(judged));
        }
        let samples = policy.data.iter().filter(|check| check.sample.is_some()).map(|check| ("rows", &check.table));
        let relationships = policy.relationships.iter().map(|check| ("relationship", &check.table));
        for (category, table) in samples.chain(relationships) {
            let text = "is looked up through the MCP server, which is not done here";
            self.out.add(not_run(format!("{category}/{table}"), category, of_table(table), text));
        }
    }

    /// The database is not in this snapshot and is in another one the policy selects.
    pub(super) fn is_elsewhere(&self, database: &str) -> bool {
        let candidate = self.candidate;
        let folds = candidate.snapshot.server.lower_case_table_names != 0;
        let same = |name: &str| name == database || (folds && name.to_lowercase() == database.to_lowercase());
        !candidate.snapshot.databases.iter().any(|here| same(&here.name))
            && candidate.elsewhere.iter().any(|name| same(name))
    }
}

fn of_table(qualified: &str) -> Object {
    let (database, table) = qualified.split_once('.').unwrap_or((qualified, ""));
    Object::new(database, table, "")
}

pub(super) fn not_run(rule: String, category: &'static str, object: Object, message: &str) -> Judged {
    Judged {
        rule,
        category,
        object,
        outcome: Outcome::NotRun,
        severity: Severity::Error,
        critical: false,
        message: message.to_owned(),
        change: None,
    }
}

pub(in crate::validation) fn elsewhere(rule: String, category: &'static str, database: &str) -> Judged {
    let text = format!("the database {database} is in another snapshot of this policy, and judged there");
    not_run(rule, category, Object::new(database, "", ""), &text)
}

/// An engine that says nothing has not judged.
fn silent(rule: String, category: &'static str) -> Judged {
    let judged = not_run(rule, category, Object::default(), "was not judged: the engine gave no result");
    Judged { outcome: Outcome::Unknown, ..judged }
}

pub(super) fn late(rule: String, category: &'static str, severity: Severity) -> Judged {
    let text =
        "the deadline passed before everything was judged; make the policy smaller, or its rules narrower (tables)";
    Judged { outcome: Outcome::Unknown, severity, ..not_run(rule, category, Object::default(), text) }
}

/// The hash of the table each kept result speaks of.
fn add_hashes(report: &mut Report, snapshot: &Snapshot) {
    for item in &mut report.results {
        let (Some(database), Some(table)) = (item.properties.get("database"), item.properties.get("table")) else {
            continue;
        };
        let Some(database) = snapshot.databases.iter().find(|d| d.name == *database) else { continue };
        let of_table = database.tables.iter().find(|t| t.name == *table).map(canonical::table_hash);
        let of_view = || database.views.iter().find(|v| v.name == *table).map(canonical::view_hash);
        if let Some(Ok(hash)) = of_table.or_else(of_view) {
            item.properties.insert("hash", hash);
        }
    }
}
