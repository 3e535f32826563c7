//! `SchemaValidationPolicy`: what a team demands of the schemas that snapshots of its namespace publish. Field comments
//! are user documentation; the rules are judged by the API server (`tests/admission/` holds an example of each).
//! Expressions, patterns, globs and type texts are judged when the policy is compiled (`validation::policy`).
#![expect(unreachable_pub, reason = "the schema derive puts a copy of each type into a function body")]

pub mod checks;
pub mod contract;
pub mod rules;
pub mod status;

use std::collections::BTreeMap;
use std::time::Duration;

use kube::{CustomResource, KubeSchema};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

pub use checks::{DataCheck, Exception, KeyRef, QueryCheck, RelationshipCheck, RowsFrom, Sample};
pub use contract::Contract;
pub use rules::{BuiltinRule, Params, PolicyRule, Scope, Severity};
pub use status::SchemaValidationPolicyStatus;

use crate::duration::{self, DurationError};

/// Time between two evaluations of a policy that sets none.
pub const DEFAULT_INTERVAL: Duration = Duration::from_secs(15 * 60);

/// Most results in a report of a policy that sets none.
pub const DEFAULT_MAX_RESULTS: usize = 200;

/// What snapshots must hold, and what happens when they do not.
#[derive(CustomResource, KubeSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[kube(
    group = "mcpschema.io",
    version = "v1alpha1",
    kind = "SchemaValidationPolicy",
    namespaced,
    status = "SchemaValidationPolicyStatus",
    derive = "PartialEq",
    shortname = "svp",
    category = "schemas",
    doc = "Judges the schemas that SchemaSnapshots of this namespace publish: contracts, rules, rows, queries and relationships.",
    validation = Rule::new("size(self.metadata.name) <= 63")
        .message("metadata.name may have at most 63 characters: it becomes a label value")
        .field_path(".metadata.name"),
    printcolumn(name = "Enforcement", type_ = "string", json_path = ".spec.enforcement", description = "Audit reports; Enforce also holds publication"),
    printcolumn(name = "Compliant", type_ = "string", json_path = ".status.conditions[?(@.type==\"Compliant\")].status", description = "The schemas are as the policy demands; Unknown when nothing could be judged"),
    printcolumn(name = "Pass", type_ = "integer", json_path = ".status.summary.pass", description = "Results that passed"),
    printcolumn(name = "Fail", type_ = "integer", json_path = ".status.summary.fail", description = "Results of severity Error that failed"),
    printcolumn(name = "Warn", type_ = "integer", json_path = ".status.summary.warn", description = "Results of severity Warn and Info that failed"),
    printcolumn(name = "Error", type_ = "integer", json_path = ".status.summary.error", description = "What could not be judged"),
    printcolumn(name = "Ready", type_ = "string", json_path = ".status.conditions[?(@.type==\"Ready\")].status", description = "The policy is understood and evaluated"),
    printcolumn(name = "Evaluated", type_ = "date", json_path = ".status.lastEvaluationTime", description = "Last evaluation"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp", description = "Since the policy was created"),
)]
#[x_kube(
    validation = Rule::new("has(self.snapshots) && (has(self.snapshots.names) && size(self.snapshots.names) > 0) != has(self.snapshots.selector)")
        .message("set exactly one of names and selector, as in snapshots: {names: [orders]}")
        .field_path(".snapshots"),
    validation = Rule::new("!has(self.contracts) || self.contracts.all(a, self.contracts.exists_one(b, a.name == b.name))")
        .message("contracts must be unique by name")
        .field_path(".contracts"),
    validation = Rule::new("!has(self.queries) || self.queries.all(a, self.queries.exists_one(b, a.name == b.name))")
        .message("queries must be unique by name")
        .field_path(".queries")
)]
#[serde(rename_all = "camelCase")]
pub struct SchemaValidationPolicySpec {
    /// Which snapshots of this namespace are judged: by name or by label. Required.
    #[serde(default, skip_serializing_if = "SnapshotChoice::is_empty")]
    pub snapshots: SnapshotChoice,
    /// Time between two evaluations, at least 10s, as in 15m; a new revision of a snapshot is judged at once. Left out: 15m.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 32))]
    #[x_kube(validation = Rule::new("self.matches('^([0-9]{1,5}(ms|s|m|h)){1,4}$') && duration(self) >= duration('10s')")
        .message("interval must be a duration of at least 10s, as in 30s, 5m or 1h30m"))]
    pub interval: Option<String>,
    /// Audit reports what is wrong; Enforce also holds back the publication of content that fails.
    #[serde(default)]
    pub enforcement: Enforcement,
    /// What counts while the server of a snapshot is away: UseStale judges the last good copy and says so, Error says
    /// that nothing could be judged. Neither ever passes what was not looked at.
    #[serde(default)]
    pub on_unavailable: OnUnavailable,
    /// True: whatever the server would silently change in a row is an error. Left out: SCHEMA_STRICT_MODE of the operator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strict_mode: Option<bool>,
    /// Judge types, lengths and ranges of rows. Left out: SCHEMA_VALIDATE_TYPES of the operator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validate_types: Option<bool>,
    /// Judge NOT NULL, keys and checks of rows. Left out: SCHEMA_VALIDATE_CONSTRAINTS of the operator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validate_constraints: Option<bool>,
    /// Judge foreign keys of rows. Left out: SCHEMA_VALIDATE_RELATIONSHIPS of the operator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validate_relationships: Option<bool>,
    /// Columns a row names and the table lacks are warnings instead of errors. Left out: SCHEMA_ALLOW_UNKNOWN_COLUMNS of
    /// the operator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allow_unknown_columns: Option<bool>,
    /// What a consumer relies on, at most 32.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 32))]
    pub contracts: Vec<Contract>,
    /// Rules that are run, at most 128: built in ones, and expressions of your own. Nothing runs that is not listed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 128))]
    pub rules: Vec<PolicyRule>,
    /// Rows judged against the schema, at most 32.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 32))]
    pub data: Vec<DataCheck>,
    /// Foreign keys whose rows are looked up through the MCP server, at most 32.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 32))]
    pub relationships: Vec<RelationshipCheck>,
    /// Queries an application sends, judged against the schema and never run, at most 64.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64))]
    pub queries: Vec<QueryCheck>,
    /// Objects that may break a rule until a day, each with a reason, at most 100.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 100))]
    pub exceptions: Vec<Exception>,
    /// The report object beside the policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<ReportSettings>,
}

/// Snapshots by name or label.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct SnapshotChoice {
    /// Names of snapshots of this namespace.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 100), inner(length(min = 1, max = 63)))]
    pub names: Vec<String>,
    /// Labels of snapshots of this namespace; an empty selector means every one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selector: Option<LabelSelector>,
}

/// A label selector as in Kubernetes; all of it must hold.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct LabelSelector {
    /// Labels with exactly these values.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(schema_with = "label_map")]
    pub match_labels: BTreeMap<String, String>,
    /// Further conditions on labels.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16))]
    pub match_expressions: Vec<LabelExpression>,
}

/// One condition on a label.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct LabelExpression {
    /// The label.
    #[schemars(length(min = 1, max = 316))]
    pub key: String,
    /// In and NotIn go with values, Exists and DoesNotExist without.
    pub operator: LabelOperator,
    /// Values for In and NotIn.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64), inner(length(max = 63)))]
    pub values: Vec<String>,
}

/// How a label is compared.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "docs on variants would turn the enum into oneOf; the field explains them")]
pub enum LabelOperator {
    In,
    NotIn,
    Exists,
    DoesNotExist,
}

/// What a failing policy does.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "docs on variants would turn the enum into oneOf; the field explains them")]
pub enum Enforcement {
    #[default]
    Audit,
    Enforce,
}

/// What counts while a server is away.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "docs on variants would turn the enum into oneOf; the field explains them")]
pub enum OnUnavailable {
    #[default]
    UseStale,
    Error,
}

/// The report object.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct ReportSettings {
    /// Which kind of report is written: Auto takes OpenReports or PolicyReport, whichever is installed; None writes none.
    /// Left out: Auto.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api: Option<ReportApi>,
    /// Most results in the report, worst first, 1 to 1000; the summary counts them all. Left out: 200.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1000))]
    pub max_results: Option<u32>,
}

/// Which kind of report.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "docs on variants would turn the enum into oneOf; the field explains them")]
pub enum ReportApi {
    #[default]
    Auto,
    OpenReports,
    PolicyReport,
    None,
}

impl SchemaValidationPolicySpec {
    /// Time between two evaluations.
    ///
    /// # Errors
    /// A text that is no duration; the API server refuses it.
    pub fn interval(&self) -> Result<Duration, DurationError> {
        self.interval.as_deref().map_or(Ok(DEFAULT_INTERVAL), duration::parse)
    }

    /// Most results in its report.
    #[must_use]
    pub fn max_results(&self) -> usize {
        let given = self.report.as_ref().and_then(|report| report.max_results);
        given.and_then(|most| usize::try_from(most).ok()).unwrap_or(DEFAULT_MAX_RESULTS)
    }
}

impl SnapshotChoice {
    const fn is_empty(&self) -> bool {
        self.names.is_empty() && self.selector.is_none()
    }
}

fn label_map(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "object", "maxProperties": 32, "additionalProperties": {"type": "string", "maxLength": 63}})
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_was_left_out_means_what_the_documentation_says() {
        let spec: SchemaValidationPolicySpec =
            serde_json::from_value(json!({"snapshots": {"names": ["orders"]}})).unwrap();
        assert_eq!((spec.enforcement, spec.on_unavailable), (Enforcement::Audit, OnUnavailable::UseStale));
        assert_eq!((spec.interval().unwrap(), spec.max_results()), (Duration::from_secs(900), 200));
        assert_eq!((spec.strict_mode, spec.validate_types), (None, None));
    }

    #[test]
    fn what_was_set_is_used() {
        let spec: SchemaValidationPolicySpec =
            serde_json::from_value(json!({"interval": "1h", "report": {"maxResults": 5}, "later": 1})).unwrap();
        assert_eq!((spec.interval().unwrap(), spec.max_results()), (Duration::from_secs(3600), 5));
    }
}
