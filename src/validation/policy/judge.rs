//! Contracts and built in rules of a policy, object by object. Pure.

use super::compile::BuiltinRun;
use super::evaluate::{Evaluation, elsewhere, late, not_run};
use super::input::{Judged, Object, Outcome};
use crate::api::policy::{BuiltinRule, Severity};
use crate::schema::Database;
use crate::validation::contract::{self, ConstraintKind, Contract, ContractResult};
use crate::validation::rules::{Check, Finding, Judgement, On};

pub(super) fn contracts(evaluation: &mut Evaluation<'_>) {
    let policy = evaluation.policy;
    for contract in &policy.contracts {
        let rule = format!("contract/{}", contract.name);
        if evaluation.is_elsewhere(&contract.database) {
            evaluation.out.add(elsewhere(rule, "contract", &contract.database));
        } else if (evaluation.is_late)() {
            evaluation.out.add(late(rule, "contract", Severity::Error));
        } else {
            let result = contract::compare(contract, evaluation.candidate.snapshot);
            contract_results(contract, &result).into_iter().for_each(|judged| evaluation.out.add(judged));
        }
    }
}

/// One result per thing that is wrong or unknown; one that passes when nothing is.
pub(super) fn contract_results(contract: &Contract, result: &ContractResult) -> Vec<Judged> {
    let owner = if contract.owner.is_empty() { String::new() } else { format!(" (owner: {})", contract.owner) };
    let judged = |outcome, table: &str, element: &str, critical, message: String| Judged {
        rule: format!("contract/{}", contract.name),
        category: "contract",
        object: Object::new(&contract.database, table, element),
        outcome,
        severity: Severity::Error,
        critical,
        message: format!("{message}{owner}"),
        change: None,
    };
    let broken =
        |table: &str, element: &str, critical, message| judged(Outcome::Broken, table, element, critical, message);
    let split = |name: &str| -> (String, String) {
        let (table, element) = name.split_once('.').unwrap_or((name, ""));
        (table.to_owned(), element.to_owned())
    };
    let mut out = Vec::new();
    let gone = "is not in the snapshot: dropped, left out by its globs, or hidden from its account";
    out.extend(result.missing_tables.iter().map(|table| broken(table, "", true, gone.to_owned())));
    out.extend(result.missing_columns.iter().map(|name| {
        let (table, column) = split(name);
        broken(&table, &column, false, "is not there".to_owned())
    }));
    out.extend(
        result
            .type_mismatches
            .iter()
            .map(|m| broken(&m.table, &m.column, false, format!("is {} and must serve as {}", m.actual, m.expected))),
    );
    out.extend(result.constraint_differences.iter().map(|d| {
        let critical = matches!(d.kind, ConstraintKind::PrimaryKey | ConstraintKind::ForeignKey);
        broken(&d.table, "", critical, format!("{}: expected {}, found {}", d.kind.words(), d.expected, d.actual))
    }));
    out.extend(result.extra_required_columns.iter().map(|name| {
        let (table, column) = split(name);
        broken(&table, &column, false, "must be named by every INSERT, and the contract does not know it".to_owned())
    }));
    out.extend(result.forbidden_present.iter().map(|name| {
        let (table, column) = split(name);
        broken(&table, &column, false, "is there and must not be".to_owned())
    }));
    out.extend(result.unknown.iter().map(|unknown| {
        let (table, element) = split(&unknown.object);
        judged(Outcome::Unknown, &table, &element, false, format!("could not be judged: {}", unknown.reason))
    }));
    if out.is_empty() {
        out.push(judged(Outcome::Pass, "", "", false, "everything the contract asks for is there".to_owned()));
    }
    out
}

pub(super) fn builtin(evaluation: &mut Evaluation<'_>) {
    let policy = evaluation.policy;
    for run in &policy.builtin {
        let mut seen = 0_usize;
        for database in &evaluation.candidate.snapshot.databases {
            match one_database(evaluation, run, database) {
                Ok(count) => seen += count,
                Err(()) => {
                    evaluation.out.add(late(run.rule.rule.to_string(), run.subject, run.severity));
                    seen = usize::MAX;
                    break;
                }
            }
        }
        if seen == 0 {
            let text = "there is nothing it could look at; see tables";
            evaluation.out.add(not_run(run.rule.rule.to_string(), run.subject, Object::default(), text));
        }
    }
}

/// Judges one database by one rule; how many objects it looked at, or that the deadline has passed.
fn one_database(evaluation: &mut Evaluation<'_>, run: &BuiltinRun, database: &Database) -> Result<usize, ()> {
    let candidate = evaluation.candidate;
    let folds = candidate.snapshot.server.lower_case_table_names != 0;
    let selected =
        |name: &str| run.tables.is_empty() || run.tables.any(&[name, &format!("{}.{name}", database.name)], folds);
    let on = On {
        snapshot: candidate.snapshot,
        database,
        params: &run.settings,
        contracts: &evaluation.policy.contracts,
        next_values: candidate.next_values,
        selected: &selected,
    };
    let mut seen = 0;
    let mut look = |evaluation: &mut Evaluation<'_>, name: &str, judgement: &dyn Fn() -> Judgement| {
        if (evaluation.is_late)() {
            return Err(());
        }
        seen += 1;
        for judged in results(run, &database.name, name, judgement()) {
            evaluation.out.add(judged);
        }
        Ok(())
    };
    match run.rule.check {
        Check::Table(check) => {
            for table in database.tables.iter().filter(|table| selected(&table.name)) {
                look(evaluation, &table.name, &|| check(&on, table))?;
            }
        }
        Check::View(check) => {
            for view in database.views.iter().filter(|view| selected(&view.name)) {
                look(evaluation, &view.name, &|| check(&on, view))?;
            }
        }
        Check::Database(check) => look(evaluation, "", &|| check(&on))?,
    }
    Ok(seen)
}

fn results(run: &BuiltinRun, database: &str, name: &str, judgement: Judgement) -> Vec<Judged> {
    let judged = |outcome, object, message: String, severity| Judged {
        rule: run.rule.rule.to_string(),
        category: run.subject,
        object,
        outcome,
        severity,
        critical: run.rule.rule == BuiltinRule::TableHasPrimaryKey
            && severity == Severity::Error
            && outcome == Outcome::Broken,
        message,
        change: None,
    };
    let here = Object::new(database, name, "");
    match judgement {
        Judgement::Pass => vec![judged(Outcome::Pass, here, "as it should be".to_owned(), run.severity)],
        Judgement::Skip(why) => vec![judged(Outcome::Skip, here, why.to_owned(), run.severity)],
        Judgement::Unknown(why) => {
            vec![judged(Outcome::Unknown, here, format!("could not be judged: {why}"), run.severity)]
        }
        Judgement::Found(findings) => {
            let one = |finding: Finding| {
                let table = finding.table.unwrap_or_else(|| name.to_owned());
                let object = Object::new(database, &table, finding.element.as_deref().unwrap_or_default());
                let severity = finding.at_most.map_or(run.severity, |most| run.severity.min(most));
                judged(Outcome::Broken, object, finding.message, severity)
            };
            findings.into_iter().map(one).collect()
        }
    }
}
