//! The control plane does what the operator's tests will rely on: storage, garbage collection, namespaces that end,
//! identities, and an audit log that counts requests.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;
use std::time::Duration;

use k8s_openapi::api::core::v1::{ConfigMap, Namespace};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference};
use kube::api::{DeleteParams, PostParams};
use kube::{Api, Client, Resource as _};
use mcpschema_bed::{AuditFilter, ControlPlane, wait_for};
use tokio::sync::OnceCell;

static CONTROL_PLANE: OnceCell<ControlPlane> = OnceCell::const_new();

async fn control_plane() -> &'static ControlPlane {
    CONTROL_PLANE.get_or_try_init(ControlPlane::start).await.unwrap()
}

async fn namespace(client: &Client, name: &str) {
    let metadata = ObjectMeta { name: Some(name.to_owned()), ..ObjectMeta::default() };
    let namespace = Namespace { metadata, ..Namespace::default() };
    Api::all(client.clone()).create(&PostParams::default(), &namespace).await.unwrap();
}

fn config_map(name: &str, owner: Option<&ConfigMap>) -> ConfigMap {
    let reference = owner.map(|owner| OwnerReference {
        api_version: "v1".to_owned(),
        kind: "ConfigMap".to_owned(),
        name: owner.metadata.name.clone().unwrap(),
        uid: owner.metadata.uid.clone().unwrap(),
        ..OwnerReference::default()
    });
    let metadata = ObjectMeta {
        name: Some(name.to_owned()),
        owner_references: reference.map(|one| vec![one]),
        ..ObjectMeta::default()
    };
    ConfigMap { metadata, data: Some(BTreeMap::from([("k".to_owned(), "v".to_owned())])), ..ConfigMap::default() }
}

async fn gone(api: &Api<ConfigMap>, name: &str) {
    let look = async || match api.get_opt(name).await {
        Ok(None) => Ok(()),
        Ok(Some(_)) => Err("it is still there".to_owned()),
        Err(error) => Err(error.to_string()),
    };
    wait_for(&format!("the end of ConfigMap {name}"), Duration::from_secs(60), look).await.unwrap();
}

#[tokio::test]
async fn an_object_is_stored_changed_and_deleted() {
    let client = control_plane().await.client().await.unwrap();
    namespace(&client, "crud").await;
    let api: Api<ConfigMap> = Api::namespaced(client, "crud");
    let mut made = api.create(&PostParams::default(), &config_map("a", None)).await.unwrap();
    made.data = Some(BTreeMap::from([("k".to_owned(), "changed".to_owned())]));
    api.replace("a", &PostParams::default(), &made).await.unwrap();
    assert_eq!(api.get("a").await.unwrap().data.unwrap()["k"], "changed");
    api.delete("a", &DeleteParams::default()).await.unwrap();
    gone(&api, "a").await;
}

#[tokio::test]
async fn an_owned_object_goes_with_its_owner() {
    let client = control_plane().await.client().await.unwrap();
    namespace(&client, "owned").await;
    let api: Api<ConfigMap> = Api::namespaced(client, "owned");
    let owner = api.create(&PostParams::default(), &config_map("owner", None)).await.unwrap();
    let child = api.create(&PostParams::default(), &config_map("child", Some(&owner))).await.unwrap();
    assert_eq!(child.meta().owner_references.as_ref().unwrap().len(), 1);
    api.delete("owner", &DeleteParams::background()).await.unwrap();
    gone(&api, "child").await;
}

#[tokio::test]
async fn a_deleted_namespace_ends_with_everything_in_it() {
    let client = control_plane().await.client().await.unwrap();
    namespace(&client, "leaving").await;
    let api: Api<ConfigMap> = Api::namespaced(client.clone(), "leaving");
    api.create(&PostParams::default(), &config_map("a", None)).await.unwrap();
    let namespaces: Api<Namespace> = Api::all(client);
    namespaces.delete("leaving", &DeleteParams::default()).await.unwrap();
    let look = async || match namespaces.get_opt("leaving").await {
        Ok(None) => Ok(()),
        other => Err(format!("{other:?}")),
    };
    wait_for("the end of the namespace", Duration::from_secs(60), look).await.unwrap();
}

#[tokio::test]
async fn a_service_account_is_bound_by_rbac_and_counted_in_the_audit_log() {
    let control_plane = control_plane().await;
    let client = control_plane.client().await.unwrap();
    namespace(&client, "identity").await;
    let made = control_plane.kubectl(["create", "serviceaccount", "visitor", "-n", "identity"]).unwrap();
    assert!(made.status.success(), "{made:?}");
    let kubeconfig = control_plane.identity_kubeconfig("identity", "visitor").unwrap();

    let mut command = control_plane.kubectl_command();
    let refused = command.env("KUBECONFIG", kubeconfig).args(["get", "configmaps", "-n", "identity"]).output().unwrap();
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("system:serviceaccount:identity:visitor\" cannot list"), "{said}");

    let user = Some("system:serviceaccount:identity:visitor");
    let events = control_plane.audit(&AuditFilter { user, user_agent: Some("kubectl/"), since: None }).unwrap();
    let lists: Vec<_> = events.iter().filter(|event| event.verb == "list").collect();
    assert_eq!(lists.len(), 1, "{events:?}");
    assert_eq!(lists[0].object_ref.as_ref().unwrap().resource, "configmaps");
    assert_eq!(lists[0].response_status.as_ref().unwrap().code, 403);
}

#[tokio::test]
async fn helm_and_kubectl_reach_the_api_server() {
    let control_plane = control_plane().await;
    let listed = control_plane.helm(["list", "-n", "kube-system", "-o", "json"]).unwrap();
    assert_eq!(String::from_utf8_lossy(&listed.stdout).trim(), "[]", "{listed:?}");
    let version = control_plane.kubectl(["version", "-o", "json"]).unwrap();
    let version: serde_json::Value = serde_json::from_slice(&version.stdout).unwrap();
    assert_eq!(version["serverVersion"]["major"], "1", "{version}");
}

#[tokio::test]
async fn a_chart_is_installed_and_upgraded_and_a_refusal_is_told() {
    let control_plane = control_plane().await;
    let chart = tempfile::tempdir().unwrap();
    let account = "{apiVersion: v1, kind: ServiceAccount, metadata: {name: \"{{ .Values.name }}\"}}\n";
    std::fs::create_dir(chart.path().join("templates")).unwrap();
    std::fs::write(chart.path().join("Chart.yaml"), "{apiVersion: v2, name: tiny, version: 0.1.0}\n").unwrap();
    std::fs::write(chart.path().join("templates/account.yaml"), account).unwrap();
    for name in ["one", "two"] {
        let value = format!("name={name}");
        control_plane.install_chart(chart.path(), "tiny", "charted", &["--set", &value]).unwrap();
    }
    let accounts = control_plane.kubectl(["get", "serviceaccounts", "-n", "charted", "-o", "name"]).unwrap();
    assert_eq!(String::from_utf8_lossy(&accounts.stdout).trim(), "serviceaccount/two");
    let error =
        control_plane.install_chart(chart.path(), "tiny", "charted", &["--set", "name=Not_A_Name"]).unwrap_err();
    assert!(error.to_string().contains("Not_A_Name"), "{error}");
}
