//! The policies that judge a snapshot, for `status`: their verdict, and what is worst.

use kube::ResourceExt;

use super::cluster::Target;
use super::text::{aligned, row};
use crate::api::conditions::{ConditionType, find};
use crate::api::policy::Enforcement;
use crate::api::{SchemaSnapshot, SchemaValidationPolicy};
use crate::controller::policy::select::selects;

/// The policies as `status` prints them; true when one of them is not kept.
pub(super) async fn of(target: &Target) -> (String, bool) {
    match target.policies().await {
        Ok(policies) => table(&policies, &target.object),
        Err(why) => (format!("\npolicies are not known: {why}\n"), false),
    }
}

fn table(policies: &[SchemaValidationPolicy], snapshot: &SchemaSnapshot) -> (String, bool) {
    let mut mine: Vec<_> = policies.iter().filter(|policy| selects(&policy.spec.snapshots, snapshot)).collect();
    mine.sort_by_key(|policy| policy.name_any());
    if mine.is_empty() {
        return (String::new(), false);
    }
    let mut rows = vec![row(["POLICY", "ENFORCEMENT", "COMPLIANT", "REASON", "MESSAGE"])];
    let mut findings = false;
    for policy in mine {
        let status = policy.status.as_ref();
        let compliant = status.and_then(|status| find(&status.conditions, ConditionType::Compliant));
        let (truth, reason, message) = compliant.map_or(("Unknown", "", "no operator has looked at it yet"), |c| {
            (c.status.as_str(), c.reason.as_str(), c.message.as_str())
        });
        findings |= truth == "False";
        let enforcement = match policy.spec.enforcement {
            Enforcement::Audit => "Audit",
            Enforcement::Enforce => "Enforce",
        };
        rows.push(row([&policy.name_any(), enforcement, truth, reason, message]));
    }
    (format!("\n{}", aligned(&rows, &[], "")), findings)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn policy(name: &str, snapshot: &str, spec: Value, compliant: Option<&str>) -> SchemaValidationPolicy {
        let mut object = json!({"metadata": {"name": name}, "spec": {"snapshots": {"names": [snapshot]}}});
        object["spec"].as_object_mut().unwrap().extend(spec.as_object().unwrap().clone());
        if let Some(truth) = compliant {
            object["status"] = json!({"conditions": [{"type": "Compliant", "status": truth, "reason": "Why",
                "message": "so it is", "lastTransitionTime": "2026-01-01T00:00:00Z"}]});
        }
        serde_json::from_value(object).unwrap()
    }

    #[test]
    fn the_policies_of_the_snapshot_are_listed_with_their_verdict() {
        let snapshot = SchemaSnapshot::new("orders", serde_json::from_value(json!({})).unwrap());
        let fresh = policy("fresh", "orders", json!({}), None);
        let kept = policy("kept", "orders", json!({"enforcement": "Enforce"}), Some("True"));
        let broken = policy("broken", "orders", json!({}), Some("False"));
        let other = policy("other", "bills", json!({}), Some("False"));
        assert_eq!(table(std::slice::from_ref(&other), &snapshot), (String::new(), false));
        let want = "
POLICY  ENFORCEMENT  COMPLIANT  REASON  MESSAGE
fresh   Audit        Unknown            no operator has looked at it yet
kept    Enforce      True       Why     so it is
";
        assert_eq!(table(&[kept.clone(), fresh, other], &snapshot), (want.to_owned(), false));
        let (text, findings) = table(&[kept, broken], &snapshot);
        assert!(findings && text.contains("broken  Audit        False"), "{text}");
    }
}
