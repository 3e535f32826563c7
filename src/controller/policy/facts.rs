//! What the per-policy gauges tell, read from the watch's store at each scrape. Pure.

use std::sync::Arc;

use kube::ResourceExt;

use crate::api::SchemaValidationPolicy;
use crate::api::conditions::{ConditionType, truth};
use crate::metrics::policies::PolicyFacts;

/// Facts of every policy in the store.
#[must_use]
pub fn of(policies: &[Arc<SchemaValidationPolicy>]) -> Vec<PolicyFacts> {
    policies.iter().map(|policy| one(policy)).collect()
}

fn one(policy: &SchemaValidationPolicy) -> PolicyFacts {
    let status = policy.status.as_ref();
    let counts = status.and_then(|status| status.summary);
    let results = counts
        .map(|c| vec![("pass", c.pass), ("fail", c.fail), ("warn", c.warn), ("error", c.error), ("skip", c.skip)]);
    PolicyFacts {
        namespace: policy.namespace().unwrap_or_default(),
        name: policy.name_any(),
        conditions: [ConditionType::Ready, ConditionType::Compliant, ConditionType::Stalled]
            .into_iter()
            .filter_map(|kind| truth(&status?.conditions, kind))
            .collect(),
        results: results.unwrap_or_default(),
    }
}
