//! What is asked of the API server, and what its refusals become.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::{Arc, Mutex};

use http::{Request, Response};
use kube::client::Body;
use serde_json::{Value, json};

use super::*;
use crate::api::source::Server;
use crate::config::default_server::DefaultServer;
use crate::controller::source::references::{of_files, versions, wanted};

/// A client whose answers are given by path; and the requests it was asked.
fn client(answer: impl Fn(&str) -> (u16, Value) + Send + Sync + 'static) -> (Client, Arc<Mutex<Vec<String>>>) {
    let (asked, answer) = (Arc::new(Mutex::new(Vec::new())), Arc::new(answer));
    let log = Arc::clone(&asked);
    let service = tower::service_fn(move |request: Request<Body>| {
        let path = request.uri().path().to_owned();
        log.lock().unwrap().push(format!("{} {path}", request.method()));
        let (status, body) = answer(&path);
        let response = Response::builder().status(status).body(Body::from(body.to_string().into_bytes())).unwrap();
        std::future::ready(Ok::<_, std::convert::Infallible>(response))
    });
    (Client::new(service, "default"), asked)
}

fn needs(source: Value) -> Vec<Wanted> {
    wanted(&serde_json::from_value::<Server>(source).unwrap()).unwrap()
}

fn token() -> Vec<Wanted> {
    needs(json!({"auth": {"bearerTokenSecretRef": {"name": "mcp-token", "key": "token"}}}))
}

fn refusal(code: u16, reason: &str) -> (u16, Value) {
    let message = format!("the API server's own words, {reason}");
    (
        code,
        json!({"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code, "reason": reason, "message": message}),
    )
}

#[tokio::test]
async fn every_object_is_got_once_by_name_and_only_what_is_wanted_is_kept() {
    let (client, asked) = client(|path| match path.rsplit('/').next().unwrap() {
        // "hunter2" and "other" in base64.
        "mcp" => (
            200,
            json!({"metadata": {"name": "mcp", "uid": "u1", "resourceVersion": "7"}, "data": {"token": "aHVudGVyMg==", "tenant": "b3RoZXI=", "rest": "b3RoZXI="}}),
        ),
        _ => (
            200,
            json!({"metadata": {"name": "ca", "uid": "u2", "resourceVersion": "8"}, "data": {"ca.crt": "text"}, "binaryData": {"x": "b3RoZXI="}}),
        ),
    });
    let wanted = needs(json!({
        "auth": {"bearerTokenSecretRef": {"name": "mcp", "key": "token"}},
        "headers": [{"name": "x-tenant", "valueFromSecretRef": {"name": "mcp", "key": "tenant"}}],
        "tls": {"caBundleRef": {"kind": "ConfigMap", "name": "ca", "key": "ca.crt"}},
    }));
    let objects = read(&client, "shop", &wanted).await.unwrap();
    let mut asked = asked.lock().unwrap().clone();
    asked.sort();
    assert_eq!(asked, ["GET /api/v1/namespaces/shop/configmaps/ca", "GET /api/v1/namespaces/shop/secrets/mcp"]);
    let kept: Vec<_> = objects.values().map(|object| object.data.keys().cloned().collect::<Vec<_>>()).collect();
    assert_eq!(kept, [vec!["ca.crt"], vec!["tenant", "token"]]);
    assert_eq!(objects.values().last().unwrap().data["token"], b"hunter2");
    assert_eq!(versions(&objects), "ConfigMap \"ca\" u2 8\nSecret \"mcp\" u1 7");
    assert!(!format!("{objects:?}").contains("hunter2"));
}

#[tokio::test]
async fn a_source_that_names_nothing_costs_no_call() {
    let (client, asked) = client(|_| refusal(500, "InternalError"));
    assert_eq!(read(&client, "shop", &[]).await.unwrap(), Objects::new());
    assert_eq!(*asked.lock().unwrap(), Vec::<String>::new());
}

#[tokio::test]
async fn what_cannot_be_read_is_named_with_what_to_do() {
    for (answer, want) in [
        (refusal(404, "NotFound"), "is not in namespace shop: create it there, or correct the reference"),
        (
            refusal(403, "Forbidden"),
            "rbac.secrets=true, or bind a Role of namespace shop that allows get on secrets \"mcp-token\"",
        ),
        (
            refusal(500, "InternalError"),
            "could not be read, and is tried again: the API server's own words, InternalError",
        ),
        ((200, json!("not an object, with hunter2 in it")), "the Kubernetes API did not answer as it should"),
    ] {
        let (client, _) = client(move |_| answer.clone());
        let failure = read(&client, "shop", &token()).await.unwrap_err();
        assert_eq!((failure.reason, failure.retry_after), (Reason::CredentialsUnavailable, None));
        let message = failure.message;
        assert!(message.starts_with("source.auth.bearerTokenSecretRef: Secret \"mcp-token\" "), "{message}");
        assert!(message.contains(want) && !message.contains("hunter2"), "{message}");
    }
}

#[tokio::test]
async fn the_first_field_that_fails_is_told_whichever_call_ends_first() {
    let (client, _) =
        client(|path| if path.ends_with("/a") { refusal(403, "Forbidden") } else { refusal(404, "NotFound") });
    let wanted = needs(json!({
        "auth": {"bearerTokenSecretRef": {"name": "z", "key": "token"}},
        "tls": {"clientCertSecretRef": {"name": "a"}},
    }));
    let message = read(&client, "shop", &wanted).await.unwrap_err().message;
    assert!(message.starts_with("source.auth.bearerTokenSecretRef: Secret \"z\" is not in"), "{message}");
}

#[tokio::test(start_paused = true)]
async fn a_call_that_does_not_end_is_given_up() {
    let service = tower::service_fn(|_: Request<Body>| {
        std::future::pending::<Result<Response<Body>, std::convert::Infallible>>()
    });
    let message = read(&Client::new(service, "default"), "shop", &token()).await.unwrap_err().message;
    assert!(message.contains("could not be read within 15 s"), "{message}");
}

#[tokio::test]
async fn the_files_of_the_default_server_are_read_anew_each_time_and_cost_no_call() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    let (client, asked) = client(|_| refusal(500, "InternalError"));
    let wanted = of_files(&DefaultServer { token_file: Some(path.clone()), ..DefaultServer::default() });
    let look = async || read(&client, "", &wanted).await;
    let told = |failure: Failure| (failure.reason, failure.message);
    let (reason, message) = told(look().await.unwrap_err());
    assert_eq!(reason, Reason::CredentialsUnavailable);
    assert_eq!(
        message,
        format!("--token-file: File {path:?} is not there: mount it into the operator's pod, or correct the flag")
    );
    std::fs::write(&path, "hunter2").unwrap();
    let first = look().await.unwrap();
    assert_eq!(versions(&first), versions(&look().await.unwrap()));
    // Written in place and replaced: both are another version, and neither shows the content.
    std::fs::write(&path, "hunter3").unwrap();
    let second = look().await.unwrap();
    assert_ne!(versions(&first), versions(&second));
    assert!(!format!("{second:?}").contains("hunter") && !versions(&second).contains("hunter"));
    std::fs::remove_file(&path).unwrap();
    std::fs::create_dir(&path).unwrap();
    assert!(told(look().await.unwrap_err()).1.contains("is no file"));
    assert_eq!(*asked.lock().unwrap(), Vec::<String>::new());
}
