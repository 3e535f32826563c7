//! Reads the Secrets and ConfigMaps a source names: by name, in the snapshot's own namespace, when a look is due.
//! Nothing is listed, watched or kept. What is in them is judged in `source::references`.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use k8s_openapi::api::core::v1::{ConfigMap, Secret};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::{Api, Client};

use super::outcome::Failure;
use super::source::references::{Kind, Object, Objects, Reference, Wanted, by_object};
use crate::error::{Reason, shorten};

/// Deadline of one call to the API server.
const CALL_DEADLINE: Duration = Duration::from_secs(15);

/// Reads every object in `wanted`, each once, all at the same time; there are at most as many as a spec can name (19).
///
/// # Errors
/// `CredentialsUnavailable` for the first object, in the order of the fields, that could not be read.
pub async fn read(client: &Client, namespace: &str, wanted: &[Wanted]) -> Result<Objects, Failure> {
    let objects = by_object(wanted);
    let calls = objects.iter().map(|(&reference, keys)| async move {
        let call = tokio::time::timeout(CALL_DEADLINE, get(client, namespace, reference, keys)).await;
        (reference, call.map_or(Err(None), |result| result.map_err(Some)))
    });
    let mut read: BTreeMap<&Reference, _> = futures::future::join_all(calls).await.into_iter().collect();
    for one in wanted {
        if let Some(Err(error)) = read.get(&one.reference) {
            return Err(unavailable(one, namespace, error.as_ref()));
        }
    }
    let found = objects.keys().filter_map(|&reference| Some((reference.clone(), read.remove(reference)?.ok()?)));
    Ok(found.collect())
}

async fn get(
    client: &Client,
    namespace: &str,
    reference: &Reference,
    keys: &BTreeSet<&str>,
) -> Result<Object, kube::Error> {
    match reference.kind {
        Kind::Secret => {
            let secret: Secret = Api::namespaced(client.clone(), namespace).get(&reference.name).await?;
            let data = secret.data.unwrap_or_default().into_iter().map(|(key, value)| (key, value.0));
            Ok(object(secret.metadata, data, keys))
        }
        Kind::ConfigMap => {
            let map: ConfigMap = Api::namespaced(client.clone(), namespace).get(&reference.name).await?;
            let text = map.data.unwrap_or_default().into_iter().map(|(key, value)| (key, value.into_bytes()));
            let binary = map.binary_data.unwrap_or_default().into_iter().map(|(key, value)| (key, value.0));
            Ok(object(map.metadata, text.chain(binary), keys))
        }
    }
}

/// Keeps the keys that are wanted and nothing else.
fn object(metadata: ObjectMeta, data: impl Iterator<Item = (String, Vec<u8>)>, keys: &BTreeSet<&str>) -> Object {
    Object {
        uid: metadata.uid.unwrap_or_default(),
        resource_version: metadata.resource_version.unwrap_or_default(),
        data: data.filter(|(key, _)| keys.contains(key.as_str())).collect(),
    }
}

/// Why an object could not be read and what to do; `None` stands for a call that did not end.
fn unavailable(wanted: &Wanted, namespace: &str, error: Option<&kube::Error>) -> Failure {
    let Wanted { reference, field, .. } = wanted;
    let resource = match reference.kind {
        Kind::Secret => "secrets",
        Kind::ConfigMap => "configmaps",
    };
    let problem = match error {
        Some(kube::Error::Api(status)) if status.is_not_found() => {
            format!("is not in namespace {namespace}: create it there, or correct the reference")
        }
        Some(kube::Error::Api(status)) if status.is_forbidden() => format!(
            "may not be read by the operator: install its chart with rbac.secrets=true, or bind a Role of namespace \
             {namespace} that allows get on {resource} {:?} to its ServiceAccount",
            reference.name
        ),
        Some(kube::Error::Api(status)) => {
            format!("could not be read, and is tried again: {}", shorten(&status.message, 256))
        }
        Some(_) => "could not be read, and is tried again: the Kubernetes API did not answer as it should".to_owned(),
        None => format!("could not be read within {} s, and is tried again", CALL_DEADLINE.as_secs()),
    };
    Failure::new(Reason::CredentialsUnavailable, format!("{field}: {reference} {problem}"))
}

#[cfg(test)]
mod tests;
