//! Reads the Secrets and ConfigMaps a source names: by name, in the namespace the source has them in, when a look is due.
//! Nothing is listed, watched or kept. The default server has files instead. What is in them is judged in
//! `source::references`.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::time::Duration;

use k8s_openapi::api::core::v1::{ConfigMap, Secret};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::{Api, Client};
use tokio::io::AsyncReadExt as _;

use super::outcome::Failure;
use super::source::references::{FILE_CONTENT, Kind, MAX_FILE, Object, Objects, Reference, Wanted, by_object};
use crate::error::{Reason, shorten};
use crate::schema::canonical::sha256_hex;

/// Deadline of one call to the API server, and of reading one file.
const CALL_DEADLINE: Duration = Duration::from_secs(15);

/// Why an object could not be read.
enum Unread {
    /// The API server refused or failed the call.
    Kube(kube::Error),
    /// The file system did.
    File(io::Error),
    /// It did not end.
    Late,
}

/// Reads every object in `wanted`, each once, all at the same time; there are at most as many as a spec can name (19).
///
/// # Errors
/// `CredentialsUnavailable` for the first object, in the order of the fields, that could not be read.
pub async fn read(client: &Client, namespace: &str, wanted: &[Wanted]) -> Result<Objects, Failure> {
    let objects = by_object(wanted);
    let calls = objects.iter().map(|(&reference, keys)| async move {
        let call = tokio::time::timeout(CALL_DEADLINE, get(client, namespace, reference, keys)).await;
        (reference, call.unwrap_or(Err(Unread::Late)))
    });
    let mut read: BTreeMap<&Reference, _> = futures::future::join_all(calls).await.into_iter().collect();
    for one in wanted {
        if let Some(Err(error)) = read.get(&one.reference) {
            return Err(unavailable(one, namespace, error));
        }
    }
    let found = objects.keys().filter_map(|&reference| Some((reference.clone(), read.remove(reference)?.ok()?)));
    Ok(found.collect())
}

async fn get(client: &Client, namespace: &str, reference: &Reference, keys: &BTreeSet<&str>) -> Result<Object, Unread> {
    match reference.kind {
        Kind::File => file(&reference.name).await.map_err(Unread::File),
        Kind::Secret => {
            let api = Api::<Secret>::namespaced(client.clone(), namespace);
            let secret = api.get(&reference.name).await.map_err(Unread::Kube)?;
            let data = secret.data.unwrap_or_default().into_iter().map(|(key, value)| (key, value.0));
            Ok(object(secret.metadata, data, keys))
        }
        Kind::ConfigMap => {
            let api = Api::<ConfigMap>::namespaced(client.clone(), namespace);
            let map = api.get(&reference.name).await.map_err(Unread::Kube)?;
            let text = map.data.unwrap_or_default().into_iter().map(|(key, value)| (key, value.into_bytes()));
            let binary = map.binary_data.unwrap_or_default().into_iter().map(|(key, value)| (key, value.0));
            Ok(object(map.metadata, text.chain(binary), keys))
        }
    }
}

/// A file as an object of one key. Its content alone tells its versions apart: a mounted Secret is replaced by a link to
/// another folder, and neither its name nor its time need change.
async fn file(path: &str) -> Result<Object, io::Error> {
    let file = tokio::fs::File::open(path).await?;
    if !file.metadata().await?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "no file"));
    }
    let mut content = Vec::new();
    file.take(MAX_FILE as u64).read_to_end(&mut content).await?;
    let resource_version = sha256_hex(&[&content]);
    Ok(Object { uid: String::new(), resource_version, data: [(FILE_CONTENT.to_owned(), content)].into() })
}

/// Keeps the keys that are wanted and nothing else.
fn object(metadata: ObjectMeta, data: impl Iterator<Item = (String, Vec<u8>)>, keys: &BTreeSet<&str>) -> Object {
    Object {
        uid: metadata.uid.unwrap_or_default(),
        resource_version: metadata.resource_version.unwrap_or_default(),
        data: data.filter(|(key, _)| keys.contains(key.as_str())).collect(),
    }
}

/// Why an object could not be read and what to do.
fn unavailable(wanted: &Wanted, namespace: &str, error: &Unread) -> Failure {
    let Wanted { reference, field, .. } = wanted;
    let resource = if reference.kind == Kind::Secret { "secrets" } else { "configmaps" };
    let problem = match error {
        Unread::File(error) => unreadable(error).to_owned(),
        Unread::Kube(kube::Error::Api(status)) if status.is_not_found() => {
            format!("is not in namespace {namespace}: create it there, or correct the reference")
        }
        Unread::Kube(kube::Error::Api(status)) if status.is_forbidden() => format!(
            "may not be read by the operator: install its chart with rbac.secrets=true, or bind a Role of namespace \
             {namespace} that allows get on {resource} {:?} to its ServiceAccount",
            reference.name
        ),
        Unread::Kube(kube::Error::Api(status)) => {
            format!("could not be read, and is tried again: {}", shorten(&status.message, 256))
        }
        Unread::Kube(_) => {
            "could not be read, and is tried again: the Kubernetes API did not answer as it should".to_owned()
        }
        Unread::Late => format!("could not be read within {} s, and is tried again", CALL_DEADLINE.as_secs()),
    };
    Failure::new(Reason::CredentialsUnavailable, format!("{field}: {reference} {problem}"))
}

fn unreadable(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::NotFound => "is not there: mount it into the operator's pod, or correct the flag",
        io::ErrorKind::PermissionDenied => "may not be read by the operator: let the user it runs as read it",
        io::ErrorKind::InvalidInput => "is no file: the flag has to name the file and not its folder",
        _ => "could not be read, and is tried again",
    }
}

#[cfg(test)]
mod tests;
