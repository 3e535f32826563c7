//! A policy's report as an object of Kubernetes, worst results first and never too large. Pure: the time is an argument.
//!
//! Both kinds have the same shape but for two things. OpenReports has `source` at its top too. And the PolicyReports of the
//! first years know no severity `critical`; theirs is `high`, and the property `severity` tells the whole truth.

use k8s_openapi::jiff::Timestamp;
use kube::{Resource, ResourceExt};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::choice::ReportKind;
use crate::api::{FIELD_MANAGER, SchemaSnapshot, SchemaValidationPolicy, annotations, labels};
use crate::validation::policy::{Report, ReportSeverity, ResultItem, Summary};

/// Longest name of an object, in bytes.
const MAX_NAME: usize = 253;

/// Longest value of a label, in bytes.
const MAX_LABEL: usize = 63;

/// What the results of one report may take as JSON: an API server stores at most 1.5 MiB, and a thousand long messages
/// are more.
const MAX_BYTES: usize = 1_000_000;

/// Name of a policy's report, whichever kind it is.
#[must_use]
pub fn name(policy: &SchemaValidationPolicy) -> String {
    fitting(&format!("schema-policy-{}", policy.name_any()), MAX_NAME)
}

/// What the label [`labels::POLICY`] of a policy's report says.
#[must_use]
pub fn label(policy: &SchemaValidationPolicy) -> String {
    fitting(&policy.name_any(), MAX_LABEL)
}

/// The report of one policy: what it found in each snapshot (by name), judged at `time`.
#[must_use]
pub fn build(
    kind: ReportKind,
    policy: &SchemaValidationPolicy,
    snapshots: &[(String, Report)],
    time: Timestamp,
    max_results: usize,
) -> Value {
    let namespace = policy.namespace().unwrap_or_default();
    let mut all: Vec<(&str, &ResultItem)> = snapshots
        .iter()
        .flat_map(|(name, report)| report.results.iter().map(move |item| (name.as_str(), item)))
        .collect();
    let found = all.len() as u64 + snapshots.iter().map(|(_, report)| report.results_left_out).sum::<u64>();
    // Of equals always the same are kept, in the same order: an order that moves would be a write.
    all.sort_by_cached_key(|(snapshot, item)| {
        let worst = std::cmp::Reverse((item.result, item.severity));
        (worst, (*snapshot).to_owned(), item.object(), item.rule.clone(), item.message.clone())
    });
    let (mut results, mut bytes) = (Vec::new(), 0);
    for (snapshot, item) in all.into_iter().take(max_results) {
        let result = result(kind, &namespace, snapshot, item, time);
        bytes += result.to_string().len();
        if bytes > MAX_BYTES {
            break;
        }
        results.push(result);
    }

    let mut metadata = json!({
        "name": name(policy),
        "namespace": namespace,
        "labels": { labels::MANAGED_BY: labels::MANAGED_BY_US, labels::POLICY: label(policy) },
        "ownerReferences": policy.controller_owner_ref(&()).into_iter().collect::<Vec<_>>(),
    });
    let left_out = found - results.len() as u64;
    if left_out > 0 {
        metadata["annotations"] = json!({ annotations::RESULTS_LEFT_OUT: left_out.to_string() });
    }
    let mut report = json!({
        "apiVersion": kind.api_version(),
        "kind": kind.kind(),
        "metadata": metadata,
        "summary": summary(snapshots),
        "results": results,
    });
    if kind == ReportKind::OpenReports {
        report["source"] = json!(FIELD_MANAGER);
    }
    report
}

/// Counts every result of every snapshot, those left out too.
fn summary(snapshots: &[(String, Report)]) -> Value {
    let sum = |count: fn(&Summary) -> u64| snapshots.iter().map(|(_, report)| count(&report.summary)).sum::<u64>();
    json!({
        "pass": sum(|s| s.pass), "fail": sum(|s| s.fail), "warn": sum(|s| s.warn),
        "error": sum(|s| s.error), "skip": sum(|s| s.skip),
    })
}

fn result(kind: ReportKind, namespace: &str, snapshot: &str, item: &ResultItem, time: Timestamp) -> Value {
    let mut properties: Map<String, Value> =
        item.properties.iter().map(|(key, text)| ((*key).to_owned(), json!(text))).collect();
    // What concerns no snapshot concerns the policy itself.
    let (api_version, about, name) = if snapshot.is_empty() {
        (SchemaValidationPolicy::api_version(&()), SchemaValidationPolicy::kind(&()), item.policy.as_str())
    } else {
        properties.insert("snapshot".to_owned(), json!(snapshot));
        (SchemaSnapshot::api_version(&()), SchemaSnapshot::kind(&()), snapshot)
    };
    let mut severity = item.severity;
    if kind == ReportKind::PolicyReport && severity == Some(ReportSeverity::Critical) {
        severity = Some(ReportSeverity::High);
        properties.insert("severity".to_owned(), json!(ReportSeverity::Critical.as_str()));
    }
    let mut result = json!({
        "source": item.source,
        "policy": item.policy,
        "rule": item.rule,
        "category": item.category,
        "result": item.result.as_str(),
        "scored": item.scored,
        "message": item.message,
        "resources": [{
            "apiVersion": api_version,
            "kind": about,
            "namespace": namespace,
            "name": name,
        }],
        "properties": properties,
        "timestamp": { "seconds": time.as_second(), "nanos": time.subsec_nanosecond() },
    });
    if let Some(severity) = severity {
        result["severity"] = json!(severity.as_str());
    }
    result
}

/// `text`, or when it is longer than `max`, its start with a hash over all of it.
fn fitting(text: &str, max: usize) -> String {
    if text.len() <= max {
        return text.to_owned();
    }
    let hash: String = Sha256::digest(text).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let mut end = max.saturating_sub(hash.len() + 1);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}-{hash}", text[..end].trim_end_matches(['.', '-']))
}

#[cfg(test)]
mod tests;
