//! The report of an evaluation: every result, worst first and capped, a summary that is exact, and the verdict. The shape
//! of a result is that of OpenReports and PolicyReport. Plain data, filled by [`Collector`].

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::Serialize;

use super::exceptions::Exceptions;
use super::input::{Judged, Outcome};
use crate::api::policy::Severity;

/// Longest message of a result, in bytes.
const MAX_MESSAGE: usize = 1024;

/// Whether content is as a policy demands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Verdict {
    /// Nothing failed, and everything could be judged.
    True,
    /// Something failed.
    False,
    /// Nothing failed, and something, or everything, could not be judged.
    Unknown,
}

/// What an evaluation found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The policy.
    pub policy: String,
    /// Hash of the content that was judged.
    pub content_hash: String,
    /// The verdict.
    pub compliant: Verdict,
    /// How many results there are of each kind, exact even when the list is cut.
    pub summary: Summary,
    /// Results, worst first.
    pub results: Vec<ResultItem>,
    /// How many results were left out.
    pub results_left_out: u64,
}

/// How many results there are of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Passed.
    pub pass: u64,
    /// Failed with severity Error.
    pub fail: u64,
    /// Failed with severity Warn or Info.
    pub warn: u64,
    /// Could not be judged.
    pub error: u64,
    /// Does not apply, was not looked at here, or is waived.
    pub skip: u64,
}

/// A result's word, best to worst as they compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ResultWord {
    /// All is well.
    Pass,
    /// Does not apply, was not looked at here, or is waived.
    Skip,
    /// Wrong, with severity Warn or Info.
    Warn,
    /// Could not be judged.
    Error,
    /// Wrong, with severity Error.
    Fail,
}

/// A result's severity, as reports spell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ReportSeverity {
    /// Of a rule of severity Info.
    Low,
    /// Of a rule of severity Warn.
    Medium,
    /// Of a rule of severity Error.
    High,
    /// A key, a foreign key or a table is lost.
    Critical,
}

/// One result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ResultItem {
    /// Who says so.
    pub source: &'static str,
    /// The policy.
    pub policy: String,
    /// The rule.
    pub rule: String,
    /// What the rule is about.
    pub category: &'static str,
    /// How bad it is; left out where nothing is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<ReportSeverity>,
    /// The word.
    pub result: ResultWord,
    /// It counts; a finding of severity Info does not.
    pub scored: bool,
    /// What is wrong.
    pub message: String,
    /// database, table, element, hash, waiver: those there are.
    pub properties: BTreeMap<&'static str, String>,
}

impl Report {
    /// The report of an evaluation that did not take place, as one result that says why.
    #[must_use]
    pub fn unjudged(policy: &str, why: &str) -> Self {
        let result = ResultItem {
            source: crate::api::FIELD_MANAGER,
            policy: policy.to_owned(),
            rule: "snapshot".to_owned(),
            category: "snapshot",
            severity: Some(ReportSeverity::High),
            result: ResultWord::Error,
            scored: true,
            message: crate::error::shorten(why, MAX_MESSAGE),
            properties: BTreeMap::new(),
        };
        Self {
            policy: policy.to_owned(),
            content_hash: String::new(),
            compliant: Verdict::Unknown,
            summary: Summary { error: 1, ..Summary::default() },
            results: vec![result],
            results_left_out: 0,
        }
    }
}

impl ResultWord {
    /// The word itself.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Skip => "skip",
            Self::Warn => "warn",
            Self::Error => "error",
            Self::Fail => "fail",
        }
    }
}

impl ReportSeverity {
    /// The word itself.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

impl ResultItem {
    /// DB, DB.TABLE or DB.TABLE.ELEMENT.
    #[must_use]
    pub fn object(&self) -> String {
        let parts = ["database", "table", "element"].iter().filter_map(|key| self.properties.get(key));
        parts.cloned().collect::<Vec<_>>().join(".")
    }

    fn badness(&self) -> (ResultWord, Option<ReportSeverity>) {
        (self.result, self.severity)
    }
}

/// Takes results one by one, waives what an exception covers, counts all, and keeps the worst.
pub(super) struct Collector<'a> {
    policy: &'a str,
    exceptions: &'a Exceptions,
    now: k8s_openapi::jiff::Timestamp,
    most: usize,
    kept: Vec<ResultItem>,
    total: u64,
    summary: Summary,
    judged: bool,
}

impl<'a> Collector<'a> {
    pub(super) const fn new(
        policy: &'a str,
        exceptions: &'a Exceptions,
        now: k8s_openapi::jiff::Timestamp,
        most: usize,
    ) -> Self {
        let summary = Summary { pass: 0, fail: 0, warn: 0, error: 0, skip: 0 };
        Self { policy, exceptions, now, most, kept: Vec::new(), total: 0, summary, judged: false }
    }

    pub(super) fn add(&mut self, judged: Judged) {
        let item = self.item(judged);
        let count = match item.result {
            ResultWord::Pass => &mut self.summary.pass,
            ResultWord::Skip => &mut self.summary.skip,
            ResultWord::Warn => &mut self.summary.warn,
            ResultWord::Error => &mut self.summary.error,
            ResultWord::Fail => &mut self.summary.fail,
        };
        *count += 1;
        self.total += 1;
        self.kept.push(item);
        if self.kept.len() > self.most.saturating_mul(4).saturating_add(1000) {
            self.cut();
        }
    }

    fn item(&mut self, judged: Judged) -> ResultItem {
        let wrong = matches!(judged.outcome, Outcome::Broken | Outcome::Unknown);
        self.judged |= judged.outcome != Outcome::NotRun && judged.outcome != Outcome::Unknown;
        let severity = match judged.severity {
            _ if judged.critical => ReportSeverity::Critical,
            Severity::Error => ReportSeverity::High,
            Severity::Warn => ReportSeverity::Medium,
            Severity::Info | Severity::Off => ReportSeverity::Low,
        };
        let mut properties = BTreeMap::new();
        let object = [
            ("database", &judged.object.database),
            ("table", &judged.object.table),
            ("element", &judged.object.element),
        ];
        properties
            .extend(object.into_iter().filter(|(_, text)| !text.is_empty()).map(|(key, text)| (key, text.clone())));
        let mut message = judged.message.clone();
        let waiver = if wrong { self.exceptions.find(&judged, self.now) } else { None };
        let waived = waiver.as_ref().is_some_and(|waiver| waiver.counts);
        if let Some(waiver) = waiver {
            if !waiver.counts {
                message = format!("{message} ({})", waiver.text);
            }
            properties.insert("waiver", waiver.text);
        }
        let result = match judged.outcome {
            _ if waived => ResultWord::Skip,
            Outcome::Pass => ResultWord::Pass,
            Outcome::Skip | Outcome::NotRun => ResultWord::Skip,
            Outcome::Unknown => ResultWord::Error,
            Outcome::Broken if judged.severity == Severity::Error => ResultWord::Fail,
            Outcome::Broken => ResultWord::Warn,
        };
        self.judged |= waived;
        ResultItem {
            source: crate::api::FIELD_MANAGER,
            policy: self.policy.to_owned(),
            rule: judged.rule,
            category: judged.category,
            severity: (wrong && !waived).then_some(severity),
            result,
            scored: !(judged.outcome == Outcome::Broken && judged.severity == Severity::Info),
            message: crate::error::shorten(&message, MAX_MESSAGE),
            properties,
        }
    }

    /// Keeps the worst; of equals those first by object, rule and message, so that every run keeps the same.
    fn cut(&mut self) {
        self.kept.sort_by_cached_key(|item| {
            (Reverse(item.badness()), item.object(), item.rule.clone(), item.message.clone())
        });
        self.kept.truncate(self.most);
    }

    pub(super) fn finish(mut self, content_hash: String) -> Report {
        self.cut();
        let verdict = if self.summary.fail > 0 {
            Verdict::False
        } else if self.summary.error > 0 || !self.judged {
            Verdict::Unknown
        } else {
            Verdict::True
        };
        Report {
            policy: self.policy.to_owned(),
            content_hash,
            compliant: verdict,
            summary: self.summary,
            results_left_out: self.total - self.kept.len() as u64,
            results: self.kept,
        }
    }
}
