//! How often the API server is asked, and what counts while it does not answer.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use http::{Request, Response};
use kube::client::Body;
use serde_json::json;

use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

/// An API server that answers each question for OpenReports as `answers` says, in turn, and has no PolicyReport.
fn server(answers: &'static [(u16, &'static str)]) -> (Client, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let service = tower::service_fn(move |request: Request<Body>| {
        let (mut code, mut resource) = (404, "");
        if request.uri().path() == "/apis/openreports.io/v1alpha1" {
            (code, resource) = answers[count.fetch_add(1, Ordering::SeqCst)];
        }
        let body = match code {
            200 => json!({"groupVersion": "openreports.io/v1alpha1", "resources": [
                {"name": resource, "singularName": "", "namespaced": true, "kind": "Report", "verbs": ["get"]},
            ]})
            .to_string(),
            _ => "404 page not found\n".to_owned(),
        };
        let response = Response::builder().status(code).body(Body::from(body.into_bytes())).unwrap();
        std::future::ready(Ok::<_, std::convert::Infallible>(response))
    });
    (Client::new(service, "default"), asked)
}

#[test]
fn an_answer_counts_for_a_minute() {
    for (asked, now, want) in [(0, 0, true), (0, 59, true), (0, 60, false), (0, 3600, false), (10, 9, false)] {
        assert_eq!(counts(at(asked), at(now)), want, "{asked} {now}");
    }
}

#[tokio::test]
async fn a_crd_installed_later_is_noticed_and_a_failed_question_keeps_the_last_answer() {
    let (client, asked) = server(&[(404, ""), (200, "clusterreports"), (200, "reports"), (503, ""), (404, "")]);
    let known = Known::default();
    for (second, has, questions) in [
        (0, false, 1),
        (59, false, 1),
        (60, false, 2), // the cluster-wide kind alone is of no use
        (121, true, 3),
        (200, true, 4), // no answer
        (201, false, 5),
    ] {
        let installed = known.installed(&client, at(second)).await.unwrap();
        assert_eq!((installed.open_reports, asked.load(Ordering::SeqCst)), (has, questions), "at {second}");
        assert!(!installed.policy_reports);
    }
}

#[tokio::test]
async fn the_first_question_without_an_answer_is_an_error_and_is_asked_again() {
    let (client, asked) = server(&[(503, ""), (200, "reports"), (200, "reports")]);
    let known = Known::default();
    let error = known.installed(&client, at(0)).await.unwrap_err().to_string();
    assert!(error.starts_with("it cannot be told which kinds of report are installed"), "{error}");
    assert!(known.installed(&client, at(0)).await.unwrap().open_reports);
    known.forget().await;
    assert!(known.installed(&client, at(1)).await.unwrap().open_reports);
    assert_eq!(asked.load(Ordering::SeqCst), 3);
}
