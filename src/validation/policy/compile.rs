//! A policy's words become a [`Policy`] that can be evaluated, or a list of everything that is wrong with them. What the
//! API server refuses is refused here too: a policy from a file never met it. Pure.

use std::collections::BTreeSet;

use super::exceptions::Exceptions;
use crate::api::policy::{
    DataCheck, Enforcement, OnUnavailable, Params, PolicyRule, QueryCheck, RelationshipCheck,
    SchemaValidationPolicySpec, Scope, Severity,
};
use crate::config::switches::Switches;
use crate::schema::select::Globs;
use crate::validation::Fault;
use crate::validation::contract::{self, Contract};
use crate::validation::rules::{self, Builtin, Settings, cel};

/// A policy ready to be evaluated.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Its name.
    pub name: String,
    /// What happens when it fails.
    pub enforcement: Enforcement,
    /// What counts while a server is away.
    pub on_unavailable: OnUnavailable,
    /// How rows are judged.
    pub switches: Switches,
    /// What consumers rely on.
    pub contracts: Vec<Contract>,
    /// Queries.
    pub queries: Vec<QueryCheck>,
    /// Rows.
    pub data: Vec<DataCheck>,
    /// Foreign keys whose rows are looked up.
    pub relationships: Vec<RelationshipCheck>,
    pub(super) builtin: Vec<BuiltinRun>,
    pub(super) own: Vec<OwnRule>,
    pub(super) exceptions: Exceptions,
    pub(super) max_results: usize,
}

/// A built in rule as the policy asks for it.
#[derive(Clone, Debug)]
pub(super) struct BuiltinRun {
    pub rule: &'static Builtin,
    pub subject: &'static str,
    pub settings: Settings,
    pub severity: Severity,
    pub tables: Globs,
}

/// A rule of the policy's own.
#[derive(Clone, Debug)]
pub(super) struct OwnRule {
    pub name: String,
    pub expression: cel::Compiled,
    pub message: String,
    pub severity: Severity,
    pub tables: Globs,
    pub params: Params,
}

impl Policy {
    /// Compiles a policy; `defaults` are the switches of the operator.
    ///
    /// # Errors
    /// Everything that cannot work, each with its field and what to write instead.
    pub fn compile(name: &str, spec: &SchemaValidationPolicySpec, defaults: Switches) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        if let Err(error) = spec.interval() {
            faults.push(Fault::new("spec.interval", error.to_string()));
        }
        let mut contracts = Vec::with_capacity(spec.contracts.len());
        for (at, words) in spec.contracts.iter().enumerate() {
            match contract::read(words, &format!("spec.contracts[{at}]")) {
                Ok(contract) => contracts.push(contract),
                Err(more) => faults.extend(more),
            }
        }
        unique("spec.contracts", "contracts", spec.contracts.iter().map(|c| c.name.as_str()), &mut faults);
        unique("spec.queries", "queries", spec.queries.iter().map(|q| q.name.as_str()), &mut faults);
        unique("spec.rules", "rules", spec.rules.iter().filter_map(|r| r.name.as_deref()), &mut faults);
        let (builtin, own) = compile_rules(&spec.rules, &mut faults);
        data(spec, &mut faults);
        let exceptions = Exceptions::new(&spec.exceptions, &mut faults);
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Self {
            name: name.to_owned(),
            enforcement: spec.enforcement,
            on_unavailable: spec.on_unavailable,
            switches: switches(spec, defaults),
            contracts,
            queries: spec.queries.clone(),
            data: spec.data.clone(),
            relationships: spec.relationships.clone(),
            builtin,
            own,
            exceptions,
            max_results: spec.max_results(),
        })
    }
}

impl Policy {
    /// Some rule asks what the last publication changed.
    #[must_use]
    pub fn asks_about_changes(&self) -> bool {
        self.own.iter().any(|rule| rule.scope() == Scope::Change)
    }
}

fn switches(spec: &SchemaValidationPolicySpec, defaults: Switches) -> Switches {
    Switches {
        strict_mode: spec.strict_mode.unwrap_or(defaults.strict_mode),
        validate_types: spec.validate_types.unwrap_or(defaults.validate_types),
        validate_constraints: spec.validate_constraints.unwrap_or(defaults.validate_constraints),
        validate_relationships: spec.validate_relationships.unwrap_or(defaults.validate_relationships),
        allow_unknown_columns: spec.allow_unknown_columns.unwrap_or(defaults.allow_unknown_columns),
    }
}

fn unique<'n>(field: &str, what: &str, names: impl Iterator<Item = &'n str>, faults: &mut Vec<Fault>) {
    let mut seen = BTreeSet::new();
    for name in names {
        if !seen.insert(name) {
            faults.push(Fault::new(field, format!("{what} must be unique by name: {name} is there twice")));
        }
    }
}

/// All rules on one thread, whose stack holds the parser.
fn compile_rules(words: &[PolicyRule], faults: &mut Vec<Fault>) -> (Vec<BuiltinRun>, Vec<OwnRule>) {
    let compiled = cel::on_big_stack(|| {
        let (mut builtin, mut own, mut faults) = (Vec::new(), Vec::new(), Vec::new());
        for (at, rule) in words.iter().enumerate() {
            if let Err(fault) = compile_rule(rule, &format!("spec.rules[{at}]"), &mut builtin, &mut own) {
                faults.push(fault);
            }
        }
        (builtin, own, faults)
    });
    match compiled {
        Ok((builtin, own, more)) => {
            faults.extend(more);
            (builtin, own)
        }
        Err(error) => {
            faults.push(Fault::new("spec.rules", error));
            (Vec::new(), Vec::new())
        }
    }
}

fn compile_rule(
    words: &PolicyRule,
    field: &str,
    builtin: &mut Vec<BuiltinRun>,
    own: &mut Vec<OwnRule>,
) -> Result<(), Fault> {
    let fault = |part: &str, message: String| Fault::new(format!("{field}{part}"), message);
    let tables = Globs::new("tables", &words.tables).map_err(|error| fault("", error.to_string()))?;
    match (words.builtin, &words.expression) {
        (Some(rule), None) => {
            if words.name.is_some() || words.scope.is_some() || words.message.is_some() {
                let text = "name, scope and message go with an expression; a builtin rule brings its own";
                return Err(fault("", text.to_owned()));
            }
            let (subject, rule) = rules::find(rule).ok_or_else(|| fault(".builtin", format!("{rule} is not known")))?;
            let settings = Settings::new(rule, words.params.as_ref()).map_err(|error| fault("", error))?;
            // Off by default means: only where somebody asks for it, which listing it does.
            let default = if rule.severity == Severity::Off { Severity::Warn } else { rule.severity };
            let severity = words.severity.unwrap_or(default);
            if severity != Severity::Off {
                builtin.push(BuiltinRun { rule, subject, settings, severity, tables });
            }
        }
        (None, Some(text)) => {
            let (Some(name), Some(scope), Some(message)) = (&words.name, words.scope, &words.message) else {
                return Err(fault("", "a rule with an expression needs name, scope and message".to_owned()));
            };
            let expression = cel::Compiled::new(text, scope).map_err(|error| fault(".expression", error))?;
            let severity = words.severity.unwrap_or(Severity::Error);
            let params = words.params.clone().unwrap_or_default();
            if severity != Severity::Off {
                own.push(OwnRule {
                    name: name.clone(),
                    expression,
                    message: message.clone(),
                    severity,
                    tables,
                    params,
                });
            }
        }
        _ => return Err(fault("", "set exactly one of builtin and expression".to_owned())),
    }
    Ok(())
}

fn data(spec: &SchemaValidationPolicySpec, faults: &mut Vec<Fault>) {
    let qualified = |table: &str| table.split_once('.').is_some_and(|(db, table)| !db.is_empty() && !table.is_empty());
    let text = "table must be DB.TABLE, as in shop.customers";
    for (at, check) in spec.data.iter().enumerate() {
        let field = format!("spec.data[{at}]");
        if check.rows_from.is_some() == check.sample.is_some() {
            faults.push(Fault::new(field.clone(), "set exactly one of rowsFrom and sample"));
        }
        if !qualified(&check.table) {
            faults.push(Fault::new(field, text));
        }
    }
    for (at, check) in spec.relationships.iter().enumerate() {
        if !qualified(&check.table) {
            faults.push(Fault::new(format!("spec.relationships[{at}]"), text));
        }
    }
}

impl OwnRule {
    pub(super) const fn scope(&self) -> Scope {
        self.expression.scope()
    }
}
