//! Rules of a policy's own, object by object: each object becomes values once, and every rule that asks about it is run.
//! Pure; on a thread of its own, whose stack holds the interpreter.

use std::sync::Arc;

use cel::Env;
use cel::common::value::Val;
use serde_json::Value;

use super::compile::{OwnRule, Policy};
use super::evaluate::{late, not_run};
use super::input::{Candidate, ChangeFacts, Changes, Judged, Object, Outcome, QueryFacts};
use crate::api::policy::Scope;
use crate::schema::{Database, Snapshot, Table};
use crate::validation::rules::cel::{Variables, environment, on_big_stack, view};

const CATEGORY: &str = "own rule";

/// A value an expression can use, on its way between threads of this module.
type Shared = Box<dyn Val + 'static>;

pub(super) fn judge(
    policy: &Policy,
    candidate: &Candidate<'_>,
    queries: &[(String, Option<QueryFacts>)],
    is_late: &(dyn Fn() -> bool + Sync),
) -> Vec<Judged> {
    if policy.own.is_empty() {
        return Vec::new();
    }
    let (snapshot, changes) = (candidate.snapshot, candidate.changes);
    let judged = on_big_stack(move || Run::new(policy, snapshot, is_late).map(|run| run.all(changes, queries)));
    match judged {
        Ok(Ok(judged)) => judged,
        Err(error) | Ok(Err(error)) => {
            let failed = |rule: &OwnRule| Judged {
                outcome: Outcome::Unknown,
                severity: rule.severity,
                ..not_run(rule.name.clone(), CATEGORY, Object::default(), &error)
            };
            policy.own.iter().map(failed).collect()
        }
    }
}

/// One evaluation of the rules.
struct Run<'a> {
    policy: &'a Policy,
    snapshot: &'a Snapshot,
    is_late: &'a (dyn Fn() -> bool + Sync),
    env: Arc<Env>,
    server: Shared,
    params: Vec<Shared>,
    seen: Vec<bool>,
    out: Vec<Judged>,
}

impl<'a> Run<'a> {
    fn new(policy: &'a Policy, snapshot: &'a Snapshot, is_late: &'a (dyn Fn() -> bool + Sync)) -> Result<Self, String> {
        Ok(Self {
            policy,
            snapshot,
            is_late,
            env: environment(),
            server: view::value(&view::server(snapshot))?,
            params: policy.own.iter().map(|rule| view::value(&view::params(&rule.params))).collect::<Result<_, _>>()?,
            seen: vec![false; policy.own.len()],
            out: Vec::new(),
        })
    }

    fn all(mut self, changes: Changes<'_>, queries: &[(String, Option<QueryFacts>)]) -> Vec<Judged> {
        let done = self.databases().and_then(|()| self.changes(changes)).and_then(|()| self.queries(queries));
        let policy = self.policy;
        for (rule, seen) in policy.own.iter().zip(&self.seen) {
            if done.is_err() {
                self.out.push(late(rule.name.clone(), CATEGORY, rule.severity));
            } else if !seen {
                let text = "there is nothing it could look at; see scope and tables";
                self.out.push(not_run(rule.name.clone(), CATEGORY, Object::default(), text));
            }
        }
        self.out
    }

    /// Runs every rule of a scope on one object; an error once the deadline has passed.
    fn run(
        &mut self,
        scope: Scope,
        object: &Object,
        change: Option<&str>,
        values: &[(&'static str, &Shared)],
    ) -> Result<(), ()> {
        let policy = self.policy;
        for (at, rule) in policy.own.iter().enumerate().filter(|(_, rule)| rule.scope() == scope) {
            if !self.selects(rule, object) {
                continue;
            }
            if (self.is_late)() {
                return Err(());
            }
            let mut variables = Variables::default().with("server", self.server.as_ref());
            if let Some(params) = self.params.get(at) {
                variables = variables.with("params", params.as_ref());
            }
            for (name, value) in values {
                variables = variables.with(name, value.as_ref());
            }
            let answer = rule.expression.run(&self.env, &variables);
            if let Some(seen) = self.seen.get_mut(at) {
                *seen = true;
            }
            self.out.push(judged(rule, object, change, answer));
        }
        Ok(())
    }

    fn selects(&self, rule: &OwnRule, object: &Object) -> bool {
        let folds = self.snapshot.server.lower_case_table_names != 0;
        let qualified = format!("{}.{}", object.database, object.table);
        let scoped = !object.table.is_empty() || rule.scope() == Scope::Database;
        rule.tables.is_empty() || !scoped || rule.tables.any(&[&object.table, &qualified], folds)
    }

    fn asks(&self, scopes: &[Scope], object: &Object) -> bool {
        self.policy.own.iter().any(|rule| scopes.contains(&rule.scope()) && self.selects(rule, object))
    }

    fn databases(&mut self) -> Result<(), ()> {
        const SCOPES: [Scope; 5] = [Scope::Database, Scope::Table, Scope::Column, Scope::Index, Scope::ForeignKey];
        let snapshot = self.snapshot;
        if !self.policy.own.iter().any(|rule| SCOPES.contains(&rule.scope())) {
            return Ok(());
        }
        for database in &snapshot.databases {
            let Some(value) = self.value(&view::database(database)) else { continue };
            self.run(Scope::Database, &Object::new(&database.name, "", ""), None, &[("db", &value)])?;
            for table in &database.tables {
                self.table(database, table, &value)?;
            }
        }
        Ok(())
    }

    fn table(&mut self, database: &Database, table: &Table, db: &Shared) -> Result<(), ()> {
        let here = Object::new(&database.name, &table.name, "");
        if !self.asks(&[Scope::Table, Scope::Column, Scope::Index, Scope::ForeignKey], &here) {
            return Ok(());
        }
        let Some(value) = self.value(&view::table(table)) else { return Ok(()) };
        self.run(Scope::Table, &here, None, &[("db", db), ("table", &value)])?;
        let columns = table.columns.iter().map(|c| (&c.name, Box::new(|| view::column(c)) as Box<dyn Fn() -> Value>));
        let indexes = table.indexes.iter().map(|i| (&i.name, Box::new(|| view::index(i)) as Box<dyn Fn() -> Value>));
        let keys =
            table.foreign_keys.iter().map(|k| (&k.name, Box::new(|| view::foreign_key(k)) as Box<dyn Fn() -> Value>));
        let all = columns.map(|e| (Scope::Column, "column", e)).chain(indexes.map(|e| (Scope::Index, "index", e)));
        for (scope, variable, (name, make)) in all.chain(keys.map(|e| (Scope::ForeignKey, "fk", e))) {
            if self.asks(&[scope], &here) {
                let Some(element) = self.value(&make()) else { continue };
                let object = Object::new(&database.name, &table.name, name);
                self.run(scope, &object, None, &[("db", db), ("table", &value), (variable, &element)])?;
            }
        }
        Ok(())
    }

    fn changes(&mut self, changes: Changes<'_>) -> Result<(), ()> {
        let known = match changes {
            Changes::Known(known) => known,
            Changes::First => return self.none(Scope::Change, Outcome::Skip, "there is no earlier schema"),
            Changes::NotGiven => return self.none(Scope::Change, Outcome::NotRun, "no earlier schema was given"),
            Changes::Unknown(why) => return self.none(Scope::Change, Outcome::Unknown, why),
        };
        if known.is_empty() {
            return self.none(Scope::Change, Outcome::Skip, "nothing changed");
        }
        for change in known {
            let ChangeFacts { database, table, element, kind, .. } = change;
            let values = (self.value(&view::database_name(database)), self.value(&view::change(change)));
            let (Some(db), Some(value)) = values else { continue };
            let object = Object::new(database, table, element);
            self.run(Scope::Change, &object, Some(kind), &[("db", &db), ("change", &value)])?;
        }
        Ok(())
    }

    fn queries(&mut self, queries: &[(String, Option<QueryFacts>)]) -> Result<(), ()> {
        for (name, facts) in queries {
            let Some(facts) = facts else {
                self.none(Scope::Query, Outcome::Unknown, &format!("the query {name} could not be read"))?;
                continue;
            };
            let values = (self.value(&view::database_name(&facts.database)), self.value(&view::query(facts)));
            let (Some(db), Some(value)) = values else { continue };
            self.run(Scope::Query, &Object::new(&facts.database, "", name), None, &[("db", &db), ("query", &value)])?;
        }
        Ok(())
    }

    /// The same for every rule of a scope.
    fn none(&mut self, scope: Scope, outcome: Outcome, why: &str) -> Result<(), ()> {
        let policy = self.policy;
        for (at, rule) in policy.own.iter().enumerate().filter(|(_, rule)| rule.scope() == scope) {
            if let Some(seen) = self.seen.get_mut(at) {
                *seen = true;
            }
            let judged = not_run(rule.name.clone(), CATEGORY, Object::default(), why);
            self.out.push(Judged { outcome, severity: rule.severity, ..judged });
        }
        Ok(())
    }

    /// A value for the interpreter. What cannot become one is told as an error of every rule.
    fn value(&mut self, json: &Value) -> Option<Shared> {
        match view::value(json) {
            Ok(value) => Some(value),
            Err(error) => {
                let failed = |rule: &OwnRule| Judged {
                    outcome: Outcome::Unknown,
                    severity: rule.severity,
                    ..not_run(rule.name.clone(), CATEGORY, Object::default(), &error)
                };
                self.out.extend(self.policy.own.iter().map(failed));
                None
            }
        }
    }
}

fn judged(rule: &OwnRule, object: &Object, change: Option<&str>, answer: Result<bool, String>) -> Judged {
    let (outcome, message) = match answer {
        Ok(true) => (Outcome::Pass, "as it should be".to_owned()),
        Ok(false) => (Outcome::Broken, rule.message.clone()),
        Err(error) => (Outcome::Unknown, format!("the expression broke: {error}")),
    };
    Judged {
        rule: rule.name.clone(),
        category: CATEGORY,
        object: object.clone(),
        outcome,
        severity: rule.severity,
        critical: false,
        message,
        change: change.map(str::to_owned),
    }
}
