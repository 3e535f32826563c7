//! `SchemaValidationPolicy.status`: what the last evaluation found. Never a row value, never SQL text. Who fills it in is
//! the controller's business.
#![expect(unreachable_pub, reason = "the schema derive puts a copy of each type into a function body")]

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, Time};
use kube::KubeSchema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::api::status::condition_list;

/// Most results listed in `status.results`.
pub const MAX_STATUS_RESULTS: usize = 50;

/// What the last evaluation found.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct SchemaValidationPolicyStatus {
    /// Generation of the spec this status speaks of; -1 until the operator has looked at the object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// The snapshots judged, sorted by name, at most 100.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 100))]
    #[x_kube(merge_strategy = ListMerge::Atomic)]
    pub evaluated: Vec<EvaluatedSnapshot>,
    /// How many results there are of each kind, over all snapshots; exact even when results are cut.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<ResultCounts>,
    /// Results that did not pass, worst first, at most 50; the report holds more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 50))]
    #[x_kube(merge_strategy = ListMerge::Atomic)]
    pub results: Vec<StatusResult>,
    /// Last evaluation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_evaluation_time: Option<Time>,
    /// Ready, Compliant and Stalled.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "condition_list")]
    #[x_kube(merge_strategy = ListMerge::Map(vec!["type".into()]))]
    pub conditions: Vec<Condition>,
}

/// One snapshot as judged.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct EvaluatedSnapshot {
    /// Name of the snapshot.
    #[schemars(length(max = 63))]
    pub snapshot: String,
    /// Revision of the content that was judged.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 12))]
    pub revision: String,
    /// True when the content is older than it should be because the server is away.
    #[serde(default)]
    pub stale: bool,
    /// True when the database has newer content, which a policy that enforces holds back: what was judged is what
    /// applications see.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub held: bool,
    /// Whether it is as the policy demands; left out when that could not be judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compliant: Option<bool>,
    /// Results of each kind.
    #[serde(flatten)]
    pub counts: ResultCounts,
}

/// How many results there are of each kind.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct ResultCounts {
    /// Passed.
    pub pass: u32,
    /// Failed with severity Error.
    pub fail: u32,
    /// Failed with severity Warn or Info.
    pub warn: u32,
    /// Could not be judged.
    pub error: u32,
    /// Does not apply, or is waived by an exception.
    pub skip: u32,
}

/// One result that did not pass.
#[derive(JsonSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct StatusResult {
    /// The snapshot it was found in.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 63))]
    pub snapshot: String,
    /// The object: DB, DB.TABLE or DB.TABLE.ELEMENT.
    #[schemars(length(max = 256))]
    pub object: String,
    /// The rule, contract or query.
    #[schemars(length(max = 128))]
    pub rule: String,
    /// fail, error or warn.
    #[schemars(length(max = 16))]
    pub result: String,
    /// What is wrong.
    #[schemars(length(max = 1024))]
    pub message: String,
}
