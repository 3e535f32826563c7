//! What the tests of policies share: making one, and waiting for what it says.

use std::time::Duration;

use kube::api::{Api, DeleteParams, Patch, PatchParams};
use kube::core::{ApiResource, DynamicObject, GroupVersionKind};
use mcp_schema_operator::api::conditions::{ConditionType, find};
use mcp_schema_operator::api::{SchemaValidationPolicy, SchemaValidationPolicyStatus};
use mcpschema_bed::wait_for;
use serde_json::{Value, json};

use crate::support::{Case, SOON};

/// Longest wait for a report after its API was installed.
const NOTICED: Duration = Duration::from_secs(180);

impl Case {
    pub(crate) fn policies(&self) -> Api<SchemaValidationPolicy> {
        Api::namespaced(self.client.clone(), &self.namespace)
    }

    /// Makes, or changes, a policy of the snapshot `orders`; `spec` may select others.
    pub(crate) async fn policy(&self, name: &str, spec: Value) {
        let mut all = json!({"snapshots": {"names": ["orders"]}, "interval": "1h"});
        for (key, value) in spec.as_object().unwrap() {
            all[key] = value.clone();
        }
        let object = json!({
            "apiVersion": "mcpschema.io/v1alpha1", "kind": "SchemaValidationPolicy", "metadata": {"name": name}, "spec": all,
        });
        let params = PatchParams::apply("test").force();
        self.policies().patch(name, &params, &Patch::Apply(&object)).await.unwrap();
    }

    pub(crate) async fn drop_policy(&self, name: &str) {
        self.policies().delete(name, &DeleteParams::default()).await.unwrap();
    }

    /// A ConfigMap with one key.
    pub(crate) async fn rows(&self, name: &str, text: &str) {
        let object =
            json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": {"rows.ndjson": text}});
        let params = PatchParams::apply("test").force();
        self.config_maps().patch(name, &params, &Patch::Apply(&object)).await.unwrap();
    }

    /// Waits until a condition of a policy has this status and reason, of its newest spec.
    pub(crate) async fn verdict(
        &self,
        policy: &str,
        kind: ConditionType,
        status: &str,
        reason: &str,
    ) -> SchemaValidationPolicyStatus {
        let what = format!("{}={status} {reason} of policy {policy} in {}", kind.as_str(), self.namespace);
        let look = async || {
            let now = self.policies().get(policy).await.unwrap();
            let told = now.status.unwrap_or_default();
            if told.observed_generation != now.metadata.generation {
                return Err("the newest spec was not looked at yet".to_owned());
            }
            match find(&told.conditions, kind) {
                Some(c) if c.status == status && c.reason == reason => Ok(told),
                Some(c) => Err(format!("{}={} {}: {}", kind.as_str(), c.status, c.reason, c.message)),
                None => Err("no such condition".to_owned()),
            }
        };
        wait_for(&what, SOON, look).await.unwrap_or_else(|error| panic!("{error}\n{}", self.log()))
    }

    pub(crate) async fn compliant(&self, policy: &str) -> SchemaValidationPolicyStatus {
        self.verdict(policy, ConditionType::Compliant, "True", "Compliant").await
    }

    pub(crate) async fn not_compliant(&self, policy: &str) -> SchemaValidationPolicyStatus {
        self.verdict(policy, ConditionType::Compliant, "False", "NotCompliant").await
    }

    pub(crate) async fn not_judged(&self, policy: &str) -> SchemaValidationPolicyStatus {
        self.verdict(policy, ConditionType::Compliant, "Unknown", "NotJudged").await
    }

    /// Waits until a gauge about a policy has that value.
    pub(crate) async fn gauge(&self, series: &str, policy: &str, label: &str, value: i64) {
        let (key, word) = label.split_once('=').unwrap();
        let namespace = &self.namespace;
        // The text format sorts labels by name.
        let mut labels =
            [format!("namespace=\"{namespace}\""), format!("policy=\"{policy}\""), format!("{key}=\"{word}\"")];
        labels.sort();
        let line = format!("mcp_schema_{series}{{{}}} {value}", labels.join(","));
        let look = async || {
            let text = self.world.operator.metrics().await.map_err(|error| error.to_string())?;
            let about = |line: &&str| line.starts_with(&format!("mcp_schema_{series}{{")) && line.contains(namespace);
            if text.lines().any(|found| found == line) {
                Ok(())
            } else {
                Err(text.lines().filter(about).collect::<Vec<_>>().join("\n"))
            }
        };
        wait_for(&line, SOON, look).await.unwrap_or_else(|error| panic!("{error}"));
    }

    /// Waits for the OpenReports report of what the status of a policy says now. The operator asks once a minute which
    /// kinds of report there are.
    pub(crate) async fn report_of(&self, policy: &str) -> Value {
        let gvk = GroupVersionKind::gvk("openreports.io", "v1alpha1", "Report");
        let resource = ApiResource::from_gvk_with_plural(&gvk, "reports");
        let api: Api<DynamicObject> = Api::namespaced_with(self.client.clone(), &self.namespace, &resource);
        let look = async || {
            let status = self.policies().get(policy).await.unwrap().status.unwrap_or_default();
            let found = api.get_opt(&format!("schema-policy-{policy}")).await.unwrap();
            let found = found.map(|found| serde_json::to_value(found).unwrap()).unwrap_or_default();
            let counts = status
                .summary
                .map(|s| json!({"pass": s.pass, "fail": s.fail, "warn": s.warn, "error": s.error, "skip": s.skip}));
            if counts.is_some_and(|counts| found["summary"] == counts) { Ok(found) } else { Err(found.to_string()) }
        };
        let what = format!("the report of {policy}");
        wait_for(&what, NOTICED, look).await.unwrap_or_else(|error| panic!("{error}\n{}", self.log()))
    }

    /// Waits for an Event about any object of this name.
    pub(crate) async fn event_about(&self, name: &str, reason: &str) {
        let look = async || {
            let seen = self.events(name).await;
            if seen.iter().any(|r| r == reason) { Ok(()) } else { Err(format!("{seen:?}")) }
        };
        wait_for(&format!("Event {reason} about {name}"), SOON, look).await.unwrap_or_else(|error| panic!("{error}"));
    }
}

/// The message of a condition of a policy.
pub(crate) fn message(status: &SchemaValidationPolicyStatus, kind: ConditionType) -> String {
    find(&status.conditions, kind).map(|c| c.message.clone()).unwrap_or_default()
}
