//! What the tests of this folder share: a policy, and reports of a few words.

use std::collections::BTreeMap;

use crate::api::{SchemaValidationPolicy, SchemaValidationPolicySpec};
use crate::validation::policy::{Report, ReportSeverity, ResultItem, ResultWord, Summary, Verdict};

/// A policy in namespace `team` with uid `u-NAME`.
pub(super) fn policy(name: &str) -> SchemaValidationPolicy {
    let mut policy = SchemaValidationPolicy::new(name, SchemaValidationPolicySpec::default());
    policy.metadata.namespace = Some("team".to_owned());
    policy.metadata.uid = Some(format!("u-{name}"));
    policy
}

/// What a rule says of one table.
pub(super) fn item(result: ResultWord, severity: Option<ReportSeverity>, table: &str) -> ResultItem {
    ResultItem {
        source: crate::api::FIELD_MANAGER,
        policy: "orders".to_owned(),
        rule: "a-rule".to_owned(),
        category: "keys",
        severity,
        result,
        scored: true,
        message: format!("{table} is wrong"),
        properties: BTreeMap::from([("database", "db".to_owned()), ("table", table.to_owned())]),
    }
}

/// A report of these results, none left out.
pub(super) fn report(results: Vec<ResultItem>) -> Report {
    let mut summary = Summary::default();
    for item in &results {
        *match item.result {
            ResultWord::Pass => &mut summary.pass,
            ResultWord::Skip => &mut summary.skip,
            ResultWord::Warn => &mut summary.warn,
            ResultWord::Error => &mut summary.error,
            ResultWord::Fail => &mut summary.fail,
        } += 1;
    }
    Report {
        policy: "orders".to_owned(),
        content_hash: "sha256:00".to_owned(),
        compliant: if summary.fail > 0 { Verdict::False } else { Verdict::True },
        summary,
        results,
        results_left_out: 0,
    }
}
