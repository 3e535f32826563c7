//! Private authorities and mutual TLS: what is trusted and shown comes from ConfigMaps and Secrets, and what is wrong
//! with them is said by name.

use std::process::Command;

use k8s_openapi::api::core::v1::ConfigMap;
use kube::api::{Api, Patch, PatchParams};
use mcp_schema_operator::api::conditions::ConditionType;
use mcpschema_bed::Workdir;
use serde_json::{Value, json};

use crate::credentials::{refresh, secret};
use crate::faults::live;
use crate::server::{Authority, Server};
use crate::support::Case;

/// Makes or changes the ConfigMap with the bundle of authorities.
async fn bundle(case: &Case, pem: &str) {
    let object =
        json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "corp-ca"}, "data": {"ca.crt": pem}});
    let api: Api<ConfigMap> = case.config_maps();
    api.patch("corp-ca", &PatchParams::apply("test").force(), &Patch::Apply(&object)).await.unwrap();
}

fn trusting(kind: &str) -> Value {
    json!({"source": {"tls": {"caBundleRef": {"kind": kind, "name": "corp-ca", "key": "ca.crt"}}}})
}

/// A case with one table, and a server with a certificate of an authority nobody else knows.
async fn private(name: &str, mutual: bool) -> (Case, Authority, Server) {
    let case = Case::new(name).await;
    case.table("t", "id INT PRIMARY KEY").await;
    let authority = Authority::new();
    let server = Server::start_tls(live(&case), &authority, mutual).await;
    (case, authority, server)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_of_a_private_authority_is_trusted_by_its_bundle_and_by_nothing_else() {
    let (case, authority, server) = private("privateca", false).await;
    case.snapshot(&server.url(), json!({})).await;
    let status = case.condition(ConditionType::SourceReachable, "False", "TlsFailed").await;
    let message = Case::message(&status, ConditionType::SourceReachable);
    assert!(message.contains("authorities"), "{message}");
    case.snapshot(&server.url(), trusting("ConfigMap")).await;
    let status = case.condition(ConditionType::Ready, "False", "CredentialsUnavailable").await;
    let message = Case::message(&status, ConditionType::Ready);
    assert!(message.starts_with("source.tls.caBundleRef: ConfigMap \"corp-ca\" is not in namespace"), "{message}");
    bundle(&case, "no certificate").await;
    refresh(&case, "with a bundle that is none").await;
    let message = Case::message(
        &case.condition(ConditionType::SourceReachable, "False", "CredentialsUnavailable").await,
        ConditionType::SourceReachable,
    );
    assert!(message.contains("corp-ca"), "{message}");
    bundle(&case, &Authority::new().pem()).await;
    refresh(&case, "with the bundle of another authority").await;
    case.condition(ConditionType::SourceReachable, "False", "TlsFailed").await;
    bundle(&case, &authority.pem()).await;
    refresh(&case, "with the right one").await;
    case.published().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bundle_that_holds_no_certificate_is_named_by_object_and_key() {
    let (case, authority, server) = private("badbundle", false).await;
    secret(&case, "corp-ca", &[("ca.crt", "no certificate")]).await;
    case.snapshot(&server.url(), trusting("Secret")).await;
    let status = case.condition(ConditionType::Ready, "False", "CredentialsUnavailable").await;
    let message = Case::message(&status, ConditionType::Ready);
    let want = "source.tls.caBundleRef: key \"ca.crt\" of Secret \"corp-ca\" holds no whole PEM certificate";
    assert!(message.starts_with(want), "{message}");
    secret(&case, "corp-ca", &[("ca.crt", &authority.pem())]).await;
    case.published().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_asks_for_a_client_certificate_gets_the_one_of_the_secret() {
    let (case, authority, server) = private("mtls", true).await;
    bundle(&case, &authority.pem()).await;
    case.snapshot(&server.url(), trusting("ConfigMap")).await;
    let status = case.condition(ConditionType::Ready, "False", "SourceUnavailable").await;
    let message = Case::message(&status, ConditionType::SourceReachable);
    assert!(!message.is_empty() && status.revision.is_none(), "{message}");
    let whole = authority.client_pem();
    let (cert, key) = whole.split_at(whole.find("-----BEGIN PRIVATE KEY").unwrap());
    let other = Authority::new().client_pem();
    let (_, foreign) = other.split_at(other.find("-----BEGIN PRIVATE KEY").unwrap());
    secret(&case, "mcp-mtls", &[("tls.crt", cert), ("tls.key", foreign)]).await;
    let mut extra = trusting("ConfigMap");
    extra["source"]["tls"]["clientCertSecretRef"] = json!({"name": "mcp-mtls"});
    case.snapshot(&server.url(), extra).await;
    let status = case.condition(ConditionType::Ready, "False", "CredentialsUnavailable").await;
    let message = Case::message(&status, ConditionType::Ready);
    assert!(message.contains("key \"tls.key\" of Secret \"mcp-mtls\" is not the private key"), "{message}");
    secret(&case, "mcp-mtls", &[("tls.crt", cert), ("tls.key", key)]).await;
    refresh(&case, "with its own key").await;
    case.published().await;
}

/// `discover` on the command line: its exit code, standard output and standard error.
fn discover(args: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mcp-schema-operator"));
    let output = command.arg("discover").args(args).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_shows_its_token_and_trusts_its_file_of_authorities() {
    let (case, authority, server) = private("cli", false).await;
    server.accept(&["hunter2"]);
    let folder = Workdir::new("cli").unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (ca, token) = (file("ca.crt", &authority.pem()), file("token", "hunter2\n"));
    let (url, database) = (server.url(), case.database.clone());
    let run =
        |more: &[&str]| discover(&[&["--url", &url, "--database", &database, "--format", "summary"], more].concat());
    let (code, out, error) = run(&[]);
    assert!(code == Some(2) && out.is_empty() && error.contains("no TLS connection"), "{error}");
    let (code, out, error) = run(&["--ca-file", &ca]);
    assert!(code == Some(2) && out.is_empty() && error.contains("HTTP 401"), "{error}");
    let (code, out, error) = run(&["--ca-file", &ca, "--token-file", &token]);
    assert!(code == Some(0) && out.contains(&database), "{out} {error}");
    assert!(error.contains("chmod 600") && !error.contains("hunter2"), "{error}");
}
