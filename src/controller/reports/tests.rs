//! Which requests are made, against answers given by path; the real API server has its turn in `tests/cluster/reports.rs`.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use http::{Request, Response};
use kube::client::Body;
use serde_json::{Value, json};

use super::*;
use crate::api::policy::ReportSettings;
use testing::{item, policy, report};

/// A cluster that serves both kinds and answers by method and kind; and the requests it was asked.
fn cluster(answer: impl Fn(&str) -> (u16, Value) + Send + Sync + 'static) -> (Client, Arc<Mutex<Vec<String>>>) {
    let (asked, answer) = (Arc::new(Mutex::new(Vec::new())), Arc::new(answer));
    let log = Arc::clone(&asked);
    let service = tower::service_fn(move |request: Request<Body>| {
        let path = request.uri().path();
        let (code, body) = if let Some(kind) =
            ReportKind::ALL.iter().find(|kind| path == format!("/apis/{}", kind.api_version()))
        {
            let resource = json!({"name": kind.plural(), "singularName": "", "namespaced": true, "kind": kind.kind(), "verbs": []});
            (200, json!({"groupVersion": kind.api_version(), "resources": [resource]}))
        } else {
            let what = format!("{} {}", request.method(), path.split('/').nth(6).unwrap());
            log.lock().unwrap().push(what.clone());
            answer(&what)
        };
        let response = Response::builder().status(code).body(Body::from(body.to_string().into_bytes())).unwrap();
        std::future::ready(Ok::<_, std::convert::Infallible>(response))
    });
    (Client::new(service, "default"), asked)
}

fn status(code: u16, message: &str) -> (u16, Value) {
    let reason = if code == 404 { "NotFound" } else { "Forbidden" };
    (
        code,
        json!({"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code, "reason": reason, "message": message}),
    )
}

fn wanting(api: ReportApi) -> SchemaValidationPolicy {
    let mut policy = policy("orders");
    policy.spec.report = Some(ReportSettings { api: Some(api), max_results: None });
    policy
}

fn snapshots() -> Vec<(String, Report)> {
    use crate::validation::policy::{ReportSeverity, ResultWord};
    vec![("shop".to_owned(), report(vec![item(ResultWord::Fail, Some(ReportSeverity::High), "a")]))]
}

/// The object as it was stored at second 0.
fn stored(kind: ReportKind) -> (u16, Value) {
    let mut object = build::build(kind, &policy("orders"), &snapshots(), Timestamp::UNIX_EPOCH, 200);
    object["metadata"]["uid"] = json!("u-report");
    object["metadata"]["resourceVersion"] = json!("7");
    (200, object)
}

fn later() -> Timestamp {
    Timestamp::from_second(5).unwrap()
}

#[tokio::test]
async fn what_is_unchanged_costs_one_read() {
    let (client, asked) = cluster(|what| match what {
        "GET reports" => stored(ReportKind::OpenReports),
        _ => status(404, "not found"),
    });
    let reports = Reports::new();
    let want = Written { kind: Ok(ReportKind::OpenReports), wrote: false, deleted: 0 };
    for requests in [&["GET reports", "GET policyreports"][..], &["GET reports"], &["GET reports"]] {
        assert_eq!(reports.write(&client, &wanting(ReportApi::Auto), &snapshots(), later()).await.unwrap(), want);
        assert_eq!(std::mem::take(&mut *asked.lock().unwrap()), requests);
    }
}

#[tokio::test]
async fn the_new_one_stands_before_the_old_one_goes_and_no_report_costs_nothing() {
    let (client, asked) = cluster(|what| match what {
        "GET policyreports" => stored(ReportKind::PolicyReport),
        "GET reports" => status(404, "not found"),
        _ => (200, json!({"apiVersion": "v1", "kind": "Status", "metadata": {}, "status": "Success"})),
    });
    let reports = Reports::new();
    let none = Err(NoReport::NotWanted);
    for (api, kind, wrote, deleted, requests) in [
        (
            ReportApi::Auto,
            Ok(ReportKind::OpenReports),
            true,
            1,
            &["GET reports", "PATCH reports", "GET policyreports", "DELETE policyreports"][..],
        ),
        (ReportApi::None, none, false, 1, &["GET reports", "GET policyreports", "DELETE policyreports"]),
        (ReportApi::None, none, false, 0, &[]),
    ] {
        let written = reports.write(&client, &wanting(api), &snapshots(), later()).await.unwrap();
        assert_eq!(written, Written { kind, wrote, deleted }, "{api:?}");
        assert_eq!(std::mem::take(&mut *asked.lock().unwrap()), requests, "{api:?}");
    }
}

#[tokio::test]
async fn a_missing_verb_is_named_and_does_not_hold_up_who_wants_no_report() {
    let denied = "User \"x\" cannot get resource \"reports\" in API group \"openreports.io\"";
    let (client, _) = cluster(move |_| status(403, denied));
    let reports = Reports::new();
    let write = async |api| reports.write(&client, &wanting(api), &snapshots(), later()).await;
    let error = write(ReportApi::Auto).await.unwrap_err();
    assert!(matches!(error, ReportsError::Forbidden { kind: ReportKind::OpenReports, verb: Verb::Get }), "{error}");
    assert!(error.to_string().contains("lacks the verb get on reports.openreports.io"), "{error}");
    assert_eq!(write(ReportApi::None).await.unwrap().kind, Err(NoReport::NotWanted));
}

#[tokio::test]
async fn what_is_not_ours_is_neither_written_nor_deleted() {
    let (client, asked) = cluster(|what| match what.starts_with("GET") {
        true => {
            (200, json!({"apiVersion": "a/b", "kind": "C", "metadata": {"name": "schema-policy-orders", "uid": "u"}}))
        }
        false => status(403, "never asked"),
    });
    let reports = Reports::new();
    let error = reports.write(&client, &wanting(ReportApi::Auto), &snapshots(), later()).await.unwrap_err();
    assert!(matches!(error, ReportsError::Conflict { .. }), "{error}");
    let written = reports.write(&client, &wanting(ReportApi::None), &snapshots(), later()).await.unwrap();
    assert_eq!(written.deleted, 0);
    assert!(asked.lock().unwrap().iter().all(|what| what.starts_with("GET")));
}
