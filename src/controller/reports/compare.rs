//! What is there next to what should be: whose the object is, since when each result is known, and whether there is
//! anything to write. Pure.

use std::collections::{BTreeMap, VecDeque};

use kube::{Resource, ResourceExt};
use serde_json::{Value, json};

use super::build;
use crate::api::{SchemaValidationPolicy, annotations, labels};
use crate::error::shorten;

/// Whose an object of the report's name is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose {
    /// The policy's own.
    Ours,
    /// On its way out: it is being deleted, or belongs to a deleted policy of the same name.
    Leaving,
    /// Somebody else's, in words.
    Foreign(String),
}

/// Whose `found` is. Whose controller the policy is belongs to it, whatever somebody did to its labels; one without a
/// controller, as `kubectl delete --cascade=orphan` leaves it, is known by them.
#[must_use]
pub fn whose(found: &impl ResourceExt, policy: &SchemaValidationPolicy) -> Whose {
    let controller = found.owner_references().iter().find(|owner| owner.controller == Some(true));
    match controller {
        Some(owner) if Some(&owner.uid) == policy.meta().uid.as_ref() => {}
        Some(owner) if owner.kind == SchemaValidationPolicy::kind(&()) && owner.name == policy.name_any() => {
            return Whose::Leaving;
        }
        Some(owner) => return Whose::Foreign(shorten(&format!("{} {}", owner.kind, owner.name), 256)),
        None => {
            let label = |key: &str| found.labels().get(key).map(String::as_str);
            let ours = label(labels::MANAGED_BY) == Some(labels::MANAGED_BY_US)
                && label(labels::POLICY) == Some(build::label(policy).as_str());
            if !ours {
                let first = found.managed_fields().first().and_then(|fields| fields.manager.as_deref());
                return Whose::Foreign(first.map_or_else(
                    || "someone else".to_owned(),
                    |manager| format!("someone else (written by {})", shorten(manager, 64)),
                ));
            }
        }
    }
    if found.meta().deletion_timestamp.is_some() { Whose::Leaving } else { Whose::Ours }
}

/// Gives every result of `report` that is in `live` already the time it has there: a result's time is when it was found,
/// not when it was last looked at.
pub fn keep_times(live: &Value, report: &mut Value) {
    let mut known: BTreeMap<String, VecDeque<&Value>> = BTreeMap::new();
    for result in results(live) {
        if let Some(time) = result.get("timestamp") {
            known.entry(timeless(result)).or_default().push_back(time);
        }
    }
    for result in report.get_mut("results").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(time) = known.get_mut(&timeless(result)).and_then(VecDeque::pop_front) {
            result["timestamp"] = time.clone();
        }
    }
}

/// Whether writing `report` would change `live`. What others added to it, as labels of their own, is no difference.
#[must_use]
pub fn differs(live: &Value, report: &Value) -> bool {
    let left_out = |object: &Value| {
        let annotations = object.pointer("/metadata/annotations");
        annotations.and_then(|all| all.get(annotations::RESULTS_LEFT_OUT)).cloned()
    };
    let labels = |object: &Value| object.pointer("/metadata/labels").cloned().unwrap_or_default();
    !holds(&labels(live), &labels(report))
        || !owners(report).iter().all(|ours| owners(live).iter().any(|live| holds(live, ours)))
        || left_out(live) != left_out(report)
        || ["source", "summary"].iter().any(|key| live.get(key) != report.get(key))
        || results(live) != results(report)
}

/// Whether every field of `wanted` is in `live`.
fn holds(live: &Value, wanted: &Value) -> bool {
    wanted.as_object().into_iter().flatten().all(|(key, value)| live.get(key) == Some(value))
}

fn owners(object: &Value) -> &[Value] {
    object.pointer("/metadata/ownerReferences").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn results(report: &Value) -> &[Value] {
    report.get("results").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A result without its time, as text that two equal ones share.
fn timeless(result: &Value) -> String {
    let Some(fields) = result.as_object() else { return result.to_string() };
    let fields: BTreeMap<&String, &Value> = fields.iter().filter(|(key, _)| *key != "timestamp").collect();
    json!(fields).to_string()
}

#[cfg(test)]
mod tests;
