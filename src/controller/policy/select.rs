//! Which snapshots a policy selects: by name, or by label as Kubernetes understands selectors. Pure.

use std::collections::BTreeMap;
use std::sync::Arc;

use kube::ResourceExt;

use crate::api::SchemaSnapshot;
use crate::api::policy::{LabelExpression, LabelOperator, LabelSelector, SnapshotChoice};

/// Snapshots one policy judges at most; its status has room for no more.
pub const MOST: usize = 100;

/// What a policy selects.
#[derive(Clone, Debug, Default)]
pub struct Selected {
    /// The snapshots, sorted by name.
    pub snapshots: Vec<Arc<SchemaSnapshot>>,
    /// Names that are no snapshot's.
    pub missing: Vec<String>,
    /// Snapshots beyond [`MOST`].
    pub left_out: usize,
}

/// Whether a policy selects this snapshot of its namespace.
#[must_use]
pub fn selects(choice: &SnapshotChoice, snapshot: &SchemaSnapshot) -> bool {
    let name = snapshot.name_any();
    choice.names.contains(&name)
        || choice.selector.as_ref().is_some_and(|selector| matches(selector, snapshot.labels()))
}

/// The snapshots a policy of `namespace` selects out of all there are.
#[must_use]
pub fn select(choice: &SnapshotChoice, namespace: &str, all: &[Arc<SchemaSnapshot>]) -> Selected {
    let here = |snapshot: &&Arc<SchemaSnapshot>| {
        snapshot.metadata.namespace.as_deref() == Some(namespace) && selects(choice, snapshot)
    };
    let mut snapshots: Vec<_> = all.iter().filter(here).cloned().collect();
    snapshots.sort_by_key(|snapshot| snapshot.name_any());
    let mut missing: Vec<String> =
        choice.names.iter().filter(|name| !snapshots.iter().any(|s| s.name_any() == **name)).cloned().collect();
    missing.sort();
    missing.dedup();
    let left_out = (snapshots.len() + missing.len()).saturating_sub(MOST);
    snapshots.truncate(MOST.saturating_sub(missing.len()));
    Selected { snapshots, missing, left_out }
}

fn matches(selector: &LabelSelector, labels: &BTreeMap<String, String>) -> bool {
    selector.match_labels.iter().all(|(key, value)| labels.get(key) == Some(value))
        && selector.match_expressions.iter().all(|expression| holds(expression, labels))
}

/// As the API machinery does: a label that is not there satisfies `NotIn` and `DoesNotExist`.
fn holds(expression: &LabelExpression, labels: &BTreeMap<String, String>) -> bool {
    let value = labels.get(&expression.key);
    match expression.operator {
        LabelOperator::In => value.is_some_and(|value| expression.values.contains(value)),
        LabelOperator::NotIn => value.is_none_or(|value| !expression.values.contains(value)),
        LabelOperator::Exists => value.is_some(),
        LabelOperator::DoesNotExist => value.is_none(),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use serde_json::json;

    use super::*;

    fn snapshot(namespace: &str, name: &str, labels: &[(&str, &str)]) -> Arc<SchemaSnapshot> {
        let mut object = SchemaSnapshot::new(name, serde_json::from_value(json!({})).unwrap());
        object.metadata.namespace = Some(namespace.to_owned());
        object.metadata.labels = Some(labels.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect());
        Arc::new(object)
    }

    #[test]
    fn names_and_selectors_choose_within_the_namespace() {
        let all = [
            snapshot("shop", "orders", &[("tier", "prod"), ("team", "a")]),
            snapshot("shop", "bills", &[("tier", "test")]),
            snapshot("shop", "plain", &[]),
            snapshot("other", "orders", &[("tier", "prod")]),
        ];
        for (choice, want, missing) in [
            (json!({"names": ["orders", "gone", "gone"]}), vec!["orders"], vec!["gone"]),
            (json!({"selector": {}}), vec!["bills", "orders", "plain"], vec![]),
            (json!({"selector": {"matchLabels": {"tier": "prod"}}}), vec!["orders"], vec![]),
            (json!({"selector": {"matchLabels": {"tier": "prod", "team": "b"}}}), vec![], vec![]),
            (expression("In", &["prod", "test"]), vec!["bills", "orders"], vec![]),
            (expression("NotIn", &["prod"]), vec!["bills", "plain"], vec![]),
            (expression("Exists", &[]), vec!["bills", "orders"], vec![]),
            (expression("DoesNotExist", &[]), vec!["plain"], vec![]),
            (json!({}), vec![], vec![]),
        ] {
            let parsed: SnapshotChoice = serde_json::from_value(choice.clone()).unwrap();
            let found = select(&parsed, "shop", &all);
            let names: Vec<_> = found.snapshots.iter().map(|s| s.name_any()).collect();
            assert_eq!((names, found.missing, found.left_out), (own(&want), own(&missing), 0), "{choice}");
        }
    }

    fn expression(operator: &str, values: &[&str]) -> serde_json::Value {
        json!({"selector": {"matchExpressions": [{"key": "tier", "operator": operator, "values": values}]}})
    }

    fn own(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn what_is_beyond_the_bound_is_counted() {
        let all: Vec<_> = (0..MOST + 3).map(|n| snapshot("shop", &format!("s{n:03}"), &[])).collect();
        let choice: SnapshotChoice = serde_json::from_value(json!({"selector": {}})).unwrap();
        let found = select(&choice, "shop", &all);
        assert_eq!((found.snapshots.len(), found.left_out), (MOST, 3));
    }
}
