//! The two report APIs in the control plane that all tests share, and what a test of reports starts from.

use k8s_openapi::jiff::Timestamp;
use kube::api::{Api, Patch, PatchParams, PostParams};
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::core::{ApiResource, DynamicObject, GroupVersionKind};
use kube::{Client, Config, ResourceExt};
use mcp_schema_operator::api::SchemaValidationPolicy;
use mcp_schema_operator::api::policy::{ReportApi, ReportSettings};
use mcp_schema_operator::controller::reports::{ReportKind, Reports, ReportsError, Written};
use mcp_schema_operator::validation::policy::{Report, ReportSeverity, ResultItem, ResultWord, Summary, Verdict};
use mcpschema_bed::{Tools, wait_for};
use serde_json::{Value, json};

use crate::support::{ACCOUNT, Case, OPERATOR_NAMESPACE, SOON};

/// The CRD of OpenReports as it is published.
pub(crate) fn open_reports() -> Value {
    let file = Tools::load().unwrap().openreports_crd;
    serde_saphyr::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
}

/// A CRD for PolicyReports. No package registry carries the published one, so this is not it: a stand-in with the fields,
/// words and required fields that the API documentation of wgpolicyk8s.io/v1alpha2 gave them at first. Later ones allow
/// more (`critical`), so what this one takes, they take. It is as strict to a server-side apply: no field but these.
pub(crate) fn policy_reports() -> Value {
    let (text, whole, yes_no) = (json!({"type": "string"}), json!({"type": "integer"}), json!({"type": "boolean"}));
    let words = |words: &[&str]| json!({"type": "string", "enum": words});
    let counts: serde_json::Map<String, Value> =
        ["pass", "fail", "warn", "error", "skip"].map(|word| (word.to_owned(), whole.clone())).into_iter().collect();
    let reference: serde_json::Map<String, Value> =
        ["apiVersion", "kind", "namespace", "name", "uid", "resourceVersion", "fieldPath"]
            .map(|field| (field.to_owned(), text.clone()))
            .into_iter()
            .collect();
    let result = json!({"type": "object", "required": ["policy"], "properties": {
        "source": text, "policy": text, "rule": text, "category": text, "message": text, "scored": yes_no,
        "severity": words(&["high", "low", "medium"]),
        "result": words(&["pass", "fail", "warn", "error", "skip"]),
        "resources": {"type": "array", "items": {"type": "object", "properties": reference}},
        "properties": {"type": "object", "additionalProperties": text},
        "timestamp": {"type": "object", "required": ["nanos", "seconds"], "properties": {
            "nanos": {"type": "integer", "format": "int32"}, "seconds": {"type": "integer", "format": "int64"},
        }},
    }});
    let schema = json!({"type": "object", "properties": {
        "apiVersion": text, "kind": text, "metadata": {"type": "object"},
        "scope": {"type": "object", "properties": reference},
        "summary": {"type": "object", "properties": counts},
        "results": {"type": "array", "items": result},
    }});
    json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": "policyreports.wgpolicyk8s.io", "annotations": {
            // The API server asks for it wherever a group ends with k8s.io.
            "api-approved.kubernetes.io": "unapproved, a stand-in for tests",
        }},
        "spec": {
            "group": "wgpolicyk8s.io", "scope": "Namespaced",
            "names": {"kind": "PolicyReport", "listKind": "PolicyReportList", "plural": "policyreports", "singular": "policyreport"},
            "versions": [{"name": "v1alpha2", "served": true, "storage": true, "schema": {"openAPIV3Schema": schema}}],
        },
    })
}

/// Installs a CRD and waits until its objects can be listed and discovery tells of it.
pub(crate) async fn install(client: &Client, definition: &Value) {
    let text = |pointer: &str| definition.pointer(pointer).unwrap().as_str().unwrap().to_owned();
    let (group, plural, kind) = (text("/spec/group"), text("/spec/names/plural"), text("/spec/names/kind"));
    let version = text("/spec/versions/0/name");
    let definitions: Api<DynamicObject> = Api::all_with(
        client.clone(),
        &ApiResource::from_gvk(&GroupVersionKind::gvk("apiextensions.k8s.io", "v1", "CustomResourceDefinition")),
    );
    let params = PatchParams::apply("test").force();
    definitions.patch(&format!("{plural}.{group}"), &params, &Patch::Apply(definition)).await.unwrap();
    let resource = ApiResource::from_gvk_with_plural(&GroupVersionKind::gvk(&group, &version, &kind), &plural);
    let objects: Api<DynamicObject> = Api::all_with(client.clone(), &resource);
    let served = async || {
        objects.list(&Default::default()).await.map_err(|error| error.to_string())?;
        let told = client.list_api_group_resources(&format!("{group}/{version}")).await;
        let told = told.map_err(|error| error.to_string())?;
        told.resources.iter().any(|r| r.name == plural).then_some(()).ok_or_else(|| "not in discovery".to_owned())
    };
    wait_for(&format!("{plural}.{group} to be served"), SOON, served).await.unwrap();
}

/// A policy in a namespace of its own, and a writer of reports with the rights the chart gives the operator.
pub(crate) struct Place {
    pub(crate) case: Case,
    pub(crate) operator: Client,
    pub(crate) policy: SchemaValidationPolicy,
    pub(crate) reports: Reports,
}

impl Place {
    pub(crate) async fn new(name: &str) -> Self {
        let case = Case::new(name).await;
        let policies: Api<SchemaValidationPolicy> = Api::namespaced(case.client.clone(), &case.namespace);
        let policy = serde_json::from_value(json!({
            // Of a class that no operator serves: the test itself writes its reports.
            "metadata": {"name": "orders", "labels": {"mcpschema.io/instance": "nobody"}}, "spec": {"snapshots": {"names": ["shop"]}},
        }));
        let policy = policies.create(&PostParams::default(), &policy.unwrap()).await.unwrap();
        let operator = client_of(&case, OPERATOR_NAMESPACE, ACCOUNT).await;
        Self { case, operator, policy, reports: Reports::new() }
    }

    pub(crate) fn want(&mut self, api: ReportApi, max_results: Option<u32>) {
        self.policy.spec.report = Some(ReportSettings { api: Some(api), max_results });
    }

    /// Writes what these tables fail, as found at that second.
    pub(crate) async fn write(&self, tables: &[&str], second: i64) -> Result<Written, ReportsError> {
        let snapshots = [("shop".to_owned(), failing(tables))];
        self.reports.write(&self.operator, &self.policy, &snapshots, Timestamp::from_second(second).unwrap()).await
    }

    pub(crate) fn api(&self, kind: ReportKind) -> Api<DynamicObject> {
        let gvk = GroupVersionKind::gvk(kind.group(), kind.version(), kind.kind());
        let resource = ApiResource::from_gvk_with_plural(&gvk, kind.plural());
        Api::namespaced_with(self.case.client.clone(), &self.case.namespace, &resource)
    }

    /// The report as it is stored, if there is one.
    pub(crate) async fn stored(&self, kind: ReportKind) -> Option<(String, Value)> {
        let found = self.api(kind).get_opt("schema-policy-orders").await.unwrap()?;
        Some((found.resource_version().unwrap(), serde_json::to_value(found).unwrap()))
    }
}

/// A client with the rights of a ServiceAccount.
pub(crate) async fn client_of(case: &Case, namespace: &str, account: &str) -> Client {
    let file = case.world.bed.control_plane.identity_kubeconfig(namespace, account).unwrap();
    let read = Kubeconfig::read_from(file).unwrap();
    let mut config = Config::from_custom_kubeconfig(read, &KubeConfigOptions::default()).await.unwrap();
    config.proxy_url = None;
    Client::try_from(config).unwrap()
}

/// What a policy of one rule says when these tables break it; the first loses a key.
pub(crate) fn failing(tables: &[&str]) -> Report {
    let item = |(at, table): (usize, &&str)| ResultItem {
        source: "mcp-schema-operator",
        policy: "orders".to_owned(),
        rule: "table-has-primary-key".to_owned(),
        category: "keys",
        severity: Some(if at == 0 { ReportSeverity::Critical } else { ReportSeverity::High }),
        result: ResultWord::Fail,
        scored: true,
        message: format!("{table} has no primary key"),
        properties: [("database", "shop".to_owned()), ("table", (*table).to_owned())].into(),
    };
    Report {
        policy: "orders".to_owned(),
        content_hash: "sha256:00".to_owned(),
        compliant: Verdict::False,
        summary: Summary { fail: tables.len() as u64, ..Summary::default() },
        results: tables.iter().enumerate().map(item).collect(),
        results_left_out: 0,
    }
}
