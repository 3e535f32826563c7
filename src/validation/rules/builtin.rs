//! What a built in rule is: an entry of a table with name, severity, parameters, documentation and one pure function.

use crate::api::policy::{BuiltinRule, Severity};
use crate::schema::{Database, Snapshot, Table, View};
use crate::validation::contract::Contract;

use super::params::Settings;

/// One built in rule.
#[derive(Clone, Copy, Debug)]
pub struct Builtin {
    /// Its name.
    pub rule: BuiltinRule,
    /// Severity when the policy sets none; one that is Off by default runs as Warn once it is listed.
    pub severity: Severity,
    /// What it looks at, one at a time.
    pub check: Check,
    /// What it demands, in a sentence.
    pub demands: &'static str,
    /// Why, in a sentence.
    pub why: &'static str,
    /// What it can be told.
    pub params: &'static [Param],
}

/// A parameter of a rule.
#[derive(Clone, Copy, Debug)]
pub struct Param {
    /// Which field of `params`, and its value when it is left out.
    pub default: Given,
    /// What it means for this rule.
    pub meaning: &'static str,
}

/// A parameter's field and default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    /// `params.max`.
    Max(i64),
    /// `params.pattern`.
    Pattern(&'static str),
    /// `params.values`; without a default the policy must give some.
    Values(Option<&'static [&'static str]>),
    /// `params.names`, globs compared without case.
    Names(&'static [&'static str]),
}

/// The function of a rule, by what it looks at.
#[derive(Clone, Copy, Debug)]
pub enum Check {
    /// Each table.
    Table(fn(&On<'_>, &Table) -> Judgement),
    /// Each view.
    View(fn(&On<'_>, &View) -> Judgement),
    /// Each database as a whole.
    Database(fn(&On<'_>) -> Judgement),
}

/// What a rule may know beside the object itself.
#[derive(Clone, Copy)]
pub struct On<'a> {
    /// The whole snapshot.
    pub snapshot: &'a Snapshot,
    /// The database the object is in.
    pub database: &'a Database,
    /// The rule's parameters.
    pub params: &'a Settings,
    /// The contracts of the policy.
    pub contracts: &'a [Contract],
    /// The next AUTO_INCREMENT value by DB.TABLE, where it is known; it is no part of a schema.
    pub next_values: &'a dyn Fn(&str, &str) -> Option<u64>,
    /// A table the rule was asked to look at.
    pub selected: &'a dyn Fn(&str) -> bool,
}

/// What a rule says of one object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// All is well.
    Pass,
    /// The rule does not apply to it, and why.
    Skip(&'static str),
    /// What is wrong, at least one.
    Found(Vec<Finding>),
    /// It could not be judged, and why. Never a pass.
    Unknown(String),
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The table it is in, where the rule looked at a whole database.
    pub table: Option<String>,
    /// Column, index or key; none for the object itself.
    pub element: Option<String>,
    /// What is wrong.
    pub message: String,
    /// It matters less than the rule: at most this much.
    pub at_most: Option<Severity>,
}

impl Finding {
    /// Wrong with the object itself.
    pub(super) fn here(message: impl Into<String>) -> Self {
        Self { table: None, element: None, message: message.into(), at_most: None }
    }

    /// Wrong with a column, index or key of the object.
    pub(super) fn of(element: &str, message: impl Into<String>) -> Self {
        Self { element: Some(element.to_owned()), ..Self::here(message) }
    }

    /// Wrong with a table of the database.
    pub(super) fn in_table(table: &str, element: Option<&str>, message: impl Into<String>) -> Self {
        Self { table: Some(table.to_owned()), element: element.map(str::to_owned), ..Self::here(message) }
    }
}

impl Judgement {
    /// Passes when nothing was found.
    pub(super) fn of(findings: impl IntoIterator<Item = Finding>) -> Self {
        let findings: Vec<Finding> = findings.into_iter().collect();
        if findings.is_empty() { Self::Pass } else { Self::Found(findings) }
    }

    /// Wrong when it is so.
    pub(super) fn wrong_if(wrong: bool, message: impl FnOnce() -> String) -> Self {
        Self::of(wrong.then(|| Finding::here(message())))
    }
}

/// An entry without parameters.
pub(super) const fn rule(
    rule: BuiltinRule,
    severity: Severity,
    check: Check,
    demands: &'static str,
    why: &'static str,
) -> Builtin {
    Builtin { rule, severity, check, demands, why, params: &[] }
}

impl Builtin {
    pub(super) const fn with(mut self, params: &'static [Param]) -> Self {
        self.params = params;
        self
    }
}

/// A parameter.
pub(super) const fn param(default: Given, meaning: &'static str) -> Param {
    Param { default, meaning }
}
