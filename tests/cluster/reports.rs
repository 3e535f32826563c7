//! Reports of policies on the real API server, with the real rights of the operator: which API they go to, that what is
//! unchanged is not written, and that what is not ours is left alone.

use std::time::Duration;

use kube::api::{DeleteParams, Patch, PatchParams, PostParams};
use mcp_schema_operator::api::SchemaValidationPolicy;
use mcp_schema_operator::api::policy::ReportApi;
use mcp_schema_operator::controller::reports::ReportKind::{OpenReports, PolicyReport};
use mcp_schema_operator::controller::reports::{NoReport, Reports, ReportsError, Written};
use mcpschema_bed::wait_for;
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use crate::report_apis::{Place, client_of, failing, install, open_reports, policy_reports};

const NAME: &str = "schema-policy-orders";

static INSTALLED: OnceCell<()> = OnceCell::const_new();

/// Both APIs. They are installed one after the other by the test that watches how that is noticed, since the control plane
/// is one for all and an API cannot be taken away from under other tests.
pub(crate) async fn installed() {
    INSTALLED.get_or_init(one_after_the_other).await;
}

async fn one_after_the_other() {
    let mut place = Place::new("reports-apis").await;
    let admin = place.case.client.clone();
    let tables = ["customers"];
    let outcome = |kind, wrote, deleted| Written { kind, wrote, deleted };

    let none = outcome(Err(NoReport::NoneInstalled), false, 0);
    assert_eq!(place.write(&tables, 0).await.unwrap(), none);
    install(&admin, &policy_reports()).await;
    assert_eq!(place.write(&tables, 59).await.unwrap(), none, "asked once a minute");
    assert_eq!(place.write(&tables, 60).await.unwrap(), outcome(Ok(PolicyReport), true, 0));
    let (_, stored) = place.stored(PolicyReport).await.unwrap();
    assert_eq!(stored["results"][0]["severity"], "high");
    assert_eq!(stored["results"][0]["properties"]["severity"], "critical");

    // Asked for what is not there: nothing is written, the old one does not stay with what it said, and a person is told.
    place.want(ReportApi::OpenReports, None);
    let written = place.write(&tables, 61).await.unwrap();
    assert_eq!(written, outcome(Err(NoReport::Missing { wanted: OpenReports, other: true }), false, 1));
    let says = "the CRD reports.openreports.io is not installed: install it, or set report.api: Auto";
    assert!(written.kind.unwrap_err().to_string().starts_with(says));
    assert_eq!(place.stored(PolicyReport).await, None);
    place.want(ReportApi::Auto, None);
    assert_eq!(place.write(&tables, 62).await.unwrap(), outcome(Ok(PolicyReport), true, 0));

    install(&admin, &open_reports()).await;
    assert_eq!(place.write(&tables, 63).await.unwrap(), outcome(Ok(PolicyReport), false, 0), "asked once a minute");
    assert_eq!(place.write(&tables, 120).await.unwrap(), outcome(Ok(OpenReports), true, 1));
    assert_eq!(place.stored(PolicyReport).await, None);
    let (_, stored) = place.stored(OpenReports).await.unwrap();
    assert_eq!((&stored["source"], &stored["summary"]["fail"]), (&json!("mcp-schema-operator"), &json!(1)));

    // A new process knows nothing of what the one before it wrote, and still finds the old one.
    place.reports = Reports::new();
    place.want(ReportApi::PolicyReport, None);
    assert_eq!(place.write(&tables, 121).await.unwrap(), outcome(Ok(PolicyReport), true, 1));
    assert_eq!(place.stored(OpenReports).await, None);
    place.want(ReportApi::None, None);
    assert_eq!(place.write(&tables, 122).await.unwrap(), outcome(Err(NoReport::NotWanted), false, 1));
    assert_eq!(place.stored(PolicyReport).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_installed_later_is_noticed_and_a_switch_takes_the_old_report_away() {
    installed().await;
}

fn seconds(stored: &Value) -> Vec<i64> {
    let results = stored["results"].as_array().unwrap();
    results.iter().map(|result| result["timestamp"]["seconds"].as_i64().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_unchanged_is_not_written_and_an_edit_is_mended() {
    installed().await;
    for (name, api, kind) in
        [("reports-open", ReportApi::OpenReports, OpenReports), ("reports-old", ReportApi::PolicyReport, PolicyReport)]
    {
        let mut place = Place::new(name).await;
        place.want(api, None);
        assert!(place.write(&["a", "c"], 10).await.unwrap().wrote);
        let first = place.stored(kind).await.unwrap();
        assert!(!place.write(&["a", "c"], 20).await.unwrap().wrote);
        assert_eq!(place.stored(kind).await.unwrap(), first);
        assert_eq!(seconds(&first.1), [10, 10]);

        // What is new has the time it was found at, what was there keeps its own.
        assert!(place.write(&["a", "b", "c"], 30).await.unwrap().wrote);
        let second = place.stored(kind).await.unwrap().1;
        assert_eq!((seconds(&second), &second["summary"]["fail"]), (vec![10, 30, 10], &json!(3)));
        let owner = &second["metadata"]["ownerReferences"][0];
        let uid = place.policy.metadata.uid.as_deref().unwrap();
        assert_eq!(
            (&owner["uid"], &owner["controller"], owner.get("blockOwnerDeletion")),
            (&json!(uid), &json!(true), None)
        );

        let edit = json!({"metadata": {"labels": {"mcpschema.io/policy": null, "team": "shop"}}, "summary": {"fail": 0}, "results": []});
        place.api(kind).patch(NAME, &PatchParams::default(), &Patch::Merge(&edit)).await.unwrap();
        assert!(place.write(&["a", "b", "c"], 40).await.unwrap().wrote);
        let mended = place.stored(kind).await.unwrap().1;
        assert_eq!((&mended["summary"], seconds(&mended)), (&second["summary"], vec![40, 40, 40]));
        let labels = json!({"app.kubernetes.io/managed-by": "mcp-schema-operator", "mcpschema.io/policy": "orders", "team": "shop"});
        assert_eq!(mended["metadata"]["labels"], labels);
        assert!(!place.write(&["a", "b", "c"], 50).await.unwrap().wrote, "labels of others are no difference");
        place.api(kind).delete(NAME, &DeleteParams::default()).await.unwrap();
        assert!(place.write(&["a", "b", "c"], 60).await.unwrap().wrote);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn results_are_capped_and_the_largest_report_is_accepted() {
    installed().await;
    let mut place = Place::new("reports-cap").await;
    for (api, kind) in [(ReportApi::OpenReports, OpenReports), (ReportApi::PolicyReport, PolicyReport)] {
        place.want(api, Some(2));
        assert!(place.write(&["d", "a", "b", "c"], 10).await.unwrap().wrote);
        let (_, stored) = place.stored(kind).await.unwrap();
        let tables: Vec<_> = stored["results"].as_array().unwrap().iter().map(|r| &r["properties"]["table"]).collect();
        assert_eq!(tables, ["d", "a"], "worst first, then by name");
        assert_eq!(stored["metadata"]["annotations"]["mcpschema.io/results-left-out"], "2");
        assert_eq!(stored["summary"]["fail"], 4);

        place.want(api, Some(1000));
        assert!(place.write(&["d", "a"], 10).await.unwrap().wrote);
        let (_, stored) = place.stored(kind).await.unwrap();
        assert_eq!(stored["metadata"].get("annotations"), None, "all of them are in it");

        let mut large = failing(&["t"; 1000]);
        large.results.iter_mut().for_each(|item| item.message = "\"".repeat(1024));
        let now = k8s_openapi::jiff::Timestamp::from_second(10).unwrap();
        let snapshots = [("shop".to_owned(), large)];
        for wrote in [true, false] {
            let written = place.reports.write(&place.operator, &place.policy, &snapshots, now).await.unwrap();
            assert_eq!(written.wrote, wrote);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_ours_is_left_alone_and_says_so() {
    installed().await;
    let mut place = Place::new("reports-foreign").await;
    let foreign = serde_json::from_value(json!({
        "apiVersion": "openreports.io/v1alpha1", "kind": "Report", "metadata": {"name": NAME}, "source": "theirs",
    }));
    place.api(OpenReports).create(&PostParams::default(), &foreign.unwrap()).await.unwrap();
    let before = place.stored(OpenReports).await.unwrap();
    let error = place.write(&["a"], 10).await.unwrap_err();
    assert!(matches!(error, ReportsError::Conflict { .. }), "{error}");
    let says = format!("reports.openreports.io {NAME} exists and belongs to someone else");
    assert!(error.to_string().starts_with(&says) && error.to_string().contains("delete or rename it"), "{error}");
    // Nor is it taken for an old one of ours.
    for api in [ReportApi::PolicyReport, ReportApi::None] {
        place.want(api, None);
        place.write(&["a"], 10).await.unwrap();
    }
    assert_eq!(place.stored(OpenReports).await.unwrap(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_role_is_named() {
    installed().await;
    let mut place = Place::new("reports-role").await;
    let account = ["create", "serviceaccount", "nobody", "-n", place.case.namespace.as_str()];
    assert!(place.case.world.bed.control_plane.kubectl(account).unwrap().status.success());
    place.operator = client_of(&place.case, &place.case.namespace, "nobody").await;
    let error = place.write(&["a"], 10).await.unwrap_err();
    assert!(matches!(error, ReportsError::Forbidden { kind: OpenReports, .. }), "{error}");
    assert!(error.to_string().contains("lacks the verb get on reports.openreports.io"), "{error}");
    place.want(ReportApi::None, None);
    assert_eq!(place.write(&["a"], 10).await.unwrap().kind, Err(NoReport::NotWanted));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_goes_with_its_policy() {
    installed().await;
    let place = Place::new("reports-gone").await;
    assert!(place.write(&["a"], 10).await.unwrap().wrote);
    let policies: kube::Api<SchemaValidationPolicy> =
        kube::Api::namespaced(place.case.client.clone(), &place.case.namespace);
    policies.delete("orders", &DeleteParams::default()).await.unwrap();
    let gone = async || place.stored(OpenReports).await.map_or(Ok(()), |(version, _)| Err(version));
    // The garbage collector looks for new kinds every 30 s.
    wait_for("the report to go", Duration::from_secs(120), gone).await.unwrap();
}
